import type { IDataObject } from 'n8n-workflow';

import { getBusinessGroup, listBusinessMembers, type BusinessMember } from '../../api/businessMembers';
import { sameAddress } from '../../client/identifiers';
import type { ListRequest } from '../../api/lists';
import { listTeamMembers, type TeamMember } from '../../api/teamMembers';
import type { WireObject } from '../../client/json';
import { scimSourceOfBusinessMember, scimSourceOfTeamMember, toScimUser } from '../../people/scimUser';
import { businessLocator, outputFormatOption, returnAllAndLimit, shownFor, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import type { Session } from '../../people/session';
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

/** A person of any of the three lists. */
interface ListedPerson {
	email: string | null;
	role: string | null;
	active: boolean | null;
	raw: WireObject;
	/** The item as `simplify` and the output format want it. */
	simplified: () => IDataObject;
	scim: () => IDataObject;
}

function listedTeamMember(member: TeamMember): ListedPerson {
	return { ...member, simplified: () => simplifyTeamMember(member), scim: () => toScimUser(scimSourceOfTeamMember(member)) };
}

function listedBusinessMember(businessId: number) {
	return (member: BusinessMember): ListedPerson => ({
		...member,
		simplified: () => simplifyBusinessMember(member),
		scim: () => toScimUser(scimSourceOfBusinessMember(member, businessId)),
	});
}

function matches(person: ListedPerson, { active, role, email }: Filters): boolean {
	// The guide's list has no `active`: whoever is in it is.
	if (active !== undefined && (person.active ?? true) !== active) return false;
	if (role !== undefined && person.role?.toLowerCase() !== role.toLowerCase()) return false;
	return email === undefined || sameAddress(person.email, email);
}

/** FreshBooks filters its team members by `active: true` only; everything else is filtered here, over the whole list. */
async function readPeople(session: Session, { businessId, source, limit, filters }: Input): Promise<ListedPerson[]> {
	if (source === 'businessGroup') return (await getBusinessGroup(session.client, businessId)).map(listedBusinessMember(businessId));
	const onlyActive = source === 'teamMembers' && filters.active === true ? true : undefined;
	const request: ListRequest<ListedPerson> =
		source === 'businessMembers'
			? listBusinessMembers(businessId, listedBusinessMember(businessId))
			: listTeamMembers(businessId, listedTeamMember, onlyActive);
	const { active = onlyActive, role, email } = filters;
	const filtersHere = role !== undefined || email !== undefined || active !== onlyActive;
	return await session.readRows(request, filtersHere ? Infinity : limit);
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
		const people = (await readPeople(session, input)).filter((person) => matches(person, input.filters)).slice(0, input.limit);
		if (input.scim) return people.map((person) => person.scim());
		return people.map((person) => (input.simplify ? person.simplified() : (person.raw as IDataObject)));
	},
});
