import type { IDataObject } from 'n8n-workflow';

import { getBusinessGroup, listBusinessMembers } from '../../api/businessMembers';
import { sameAddress } from '../../api/identifiers';
import type { ListRequest } from '../../api/listing';
import { listTeamMembers } from '../../api/teamMembers';
import { textOrNull, type WireObject } from '../../api/wire';
import { scimSourceOfBusinessMember, scimSourceOfTeamMember, toScimUser } from '../../scim/user';
import { businessLocator, outputFormatOption, returnAllAndLimit, shownFor, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import type { Session } from '../common/session';
import { simplifyBusinessMember, simplifyTeamMember } from '../common/simplify';

const shown = shownFor('teamMember', ['getAll']);

interface Filters {
	active?: boolean;
	role?: string;
	email?: string;
}

interface Input {
	businessId: number;
	source: string;
	limit: number;
	filters: Filters;
	simplify: boolean;
	scim: boolean;
}

const whole = (row: WireObject): WireObject => row;

function matches(row: WireObject, { active, role, email }: Filters): boolean {
	const rowRole = textOrNull(row.business_role_name) ?? textOrNull(row.role);
	// The guide's list has no `active`: whoever is in it is.
	if (active !== undefined && (row.active ?? true) !== active) return false;
	if (role !== undefined && rowRole?.toLowerCase() !== role.toLowerCase()) return false;
	return email === undefined || sameAddress(textOrNull(row.email), email);
}

/** FreshBooks filters its team members by `active: true` only; everything else is filtered here, over the whole list. */
async function readRows(session: Session, { businessId, source, limit, filters }: Input): Promise<WireObject[]> {
	if (source === 'businessGroup') return await getBusinessGroup(session.client, businessId);
	const onlyActive = source === 'teamMembers' && filters.active === true ? true : undefined;
	const request: ListRequest<WireObject> =
		source === 'businessMembers' ? listBusinessMembers(businessId, whole) : listTeamMembers(businessId, whole, onlyActive);
	const { active = onlyActive, role, email } = filters;
	const filtersHere = role !== undefined || email !== undefined || active !== onlyActive;
	return await session.readRows(request, filtersHere ? Infinity : limit);
}

function scimUserOf(row: WireObject, { source, businessId }: Input): IDataObject {
	return toScimUser(source === 'teamMembers' ? scimSourceOfTeamMember(row) : scimSourceOfBusinessMember(row, businessId));
}

export const getAll = operation<Input>({
	description: [
		businessLocator(shown),
		...returnAllAndLimit(shown),
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Active',
					name: 'active',
					type: 'boolean',
					default: true,
					description: 'Whether to return active people only, or (switched off) inactive people only',
				},
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					placeholder: 'name@email.com',
					default: '',
					description: 'Only the person with this address, in upper or lower case',
				},
				{
					displayName: 'Role',
					name: 'role',
					type: 'string',
					placeholder: 'e.g. business_manager',
					default: '',
					description: 'Only people with this role',
				},
			],
			...shown,
		},
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			default: 'teamMembers',
			description: 'Which of FreshBooks\' lists of people to read',
			options: [
				{
					name: 'Team Members',
					value: 'teamMembers',
					description: "FreshBooks' published list, by UUID",
				},
				{
					name: 'Business Members',
					value: 'businessMembers',
					description: 'By whole number, as Update Role and Remove need it; not in FreshBooks\' documentation',
				},
				{
					name: 'Business Group',
					value: 'businessGroup',
					description: 'People with a login of their own; not in FreshBooks\' documentation',
				},
			],
			...shown,
		},
		simplifyParameter(shown),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [outputFormatOption],
			...shown,
		},
	],
	read(parameters) {
		const filters = parameters.collection('filters');
		return {
			businessId: parameters.businessId(),
			source: parameters.oneOf('source', 'Source', ['teamMembers', 'businessMembers', 'businessGroup']),
			limit: parameters.limit(),
			filters: {
				active: parameters.optionalBoolean(filters, 'active', 'Active'),
				role: parameters.shortText(filters, 'role', 'Role'),
				email: parameters.optionalEmail(filters, 'email', 'Email'),
			},
			simplify: parameters.boolean('simplify', 'Simplify', true),
			scim: parameters.collection('options').outputFormat === 'scim',
		};
	},
	async execute(session, input) {
		const rows = (await readRows(session, input)).filter((row) => matches(row, input.filters)).slice(0, input.limit);
		if (input.scim) return rows.map((row) => scimUserOf(row, input));
		if (!input.simplify) return rows as IDataObject[];
		return rows.map(input.source === 'teamMembers' ? simplifyTeamMember : simplifyBusinessMember);
	},
});
