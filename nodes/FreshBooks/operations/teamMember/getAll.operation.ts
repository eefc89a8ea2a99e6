import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { outputFormatOption } from '../../methods/outputFormat';
import { getBusinessGroup, listBusinessMembers, type BusinessMember } from '../../api/businessMembers';
import { refusal } from '../../client/errors';
import { sameAddress } from '../../client/identifiers';
import { listTeamMembers, type TeamMember } from '../../api/teamMembers';
import type { WireObject } from '../../client/json';
import { sameRole } from '../../people/roles';
import { scimSourceOfBusinessMember, scimSourceOfTeamMember, toScimUser } from '../../people/scimUser';
import { businessLocator, returnAllAndLimit, simplifyParameter } from '../common/descriptions';
import { businessOf, type NamedBusiness } from '../../people/namedBusiness';
import { operation } from '../common/operation';
import type { Session } from '../../people/session';
import { simplifyBusinessMember, simplifyGroupMember, simplifyTeamMember } from '../common/simplify';

type Source = 'teamMembers' | 'businessMembers' | 'businessGroup';

interface Filters {
	active?: boolean;
	role?: string;
	email?: string;
}

interface Input {
	businessId: number;
	source: Source;
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
	simplified: (business: NamedBusiness) => IDataObject;
	scim: () => IDataObject;
}

function listedTeamMember(member: TeamMember): ListedPerson {
	return {
		...member,
		simplified: (business) => simplifyTeamMember(member, business),
		scim: () => toScimUser(scimSourceOfTeamMember(member)),
	};
}

function listedMember(businessId: number, simplify: (member: BusinessMember, business: NamedBusiness) => IDataObject) {
	return (member: BusinessMember): ListedPerson => ({
		...member,
		simplified: (business) => simplify(member, business),
		scim: () => toScimUser(scimSourceOfBusinessMember(member, businessId)),
	});
}

function matches(person: ListedPerson, { active, role, email }: Filters): boolean {
	// A row without a value counts as active: FreshBooks was asked for active people.
	if (active !== undefined && (person.active ?? true) !== active) return false;
	return (role === undefined || sameRole(person.role, role)) && (email === undefined || sameAddress(person.email, email));
}

/** The published list. FreshBooks filters it by `active: true` only; everything else is filtered here, over the complete list. */
async function readTeamMembers(session: Session, { businessId, limit, filters: { active, role, email } }: Input): Promise<ListedPerson[]> {
	const request = listTeamMembers(businessId, listedTeamMember, active === true ? true : undefined);
	const filteredHere = active === false || role !== undefined || email !== undefined;
	const people = await session.readRows(request, filteredHere ? Infinity : limit);
	const ignored = active === true && !filteredHere && people.some((person) => person.active === false);
	return ignored ? await session.readRows(request, Infinity) : people;
}

async function readPeople(session: Session, input: Input): Promise<ListedPerson[]> {
	const { businessId, source, limit, filters } = input;
	if (source === 'teamMembers') return await readTeamMembers(session, input);
	if (source === 'businessGroup') {
		return (await getBusinessGroup(session.client, businessId)).map(listedMember(businessId, simplifyGroupMember));
	}
	const filteredHere = filters.role !== undefined || filters.email !== undefined;
	const request = listBusinessMembers(businessId, listedMember(businessId, simplifyBusinessMember));
	return await session.readRows(request, filteredHere ? Infinity : limit);
}

/** Refuses an empty list of people: a business has at least the connected user. */
function requireAnybody(people: ListedPerson[], { businessId, source }: Input): void {
	if (people.length > 0 || source === 'businessGroup') return;
	throw refusal(
		`FreshBooks lists nobody in business ${businessId}, not even the connected user`,
		"The list cannot be complete. To fix this, run it again, or read another 'Source'.",
	);
}

/** Refuses the filter `active` if FreshBooks gives no value for some people, unless FreshBooks filtered them itself. */
function requireActive(people: ListedPerson[], { businessId, source, filters: { active } }: Input): void {
	const unknown = people.filter((person) => person.active === null).length;
	if (active === undefined || unknown === 0 || (active && source === 'teamMembers')) return;
	throw refusal(
		`FreshBooks does not say whether ${unknown} of ${people.length} people of business ${businessId} are active`,
		"To fix this, remove the filter 'Active', or read another 'Source'.",
	);
}

export const getAll = operation<Input>({
	description: updateDisplayOptions({ show: { resource: ['teamMember'], operation: ['getAll'] } }, [
		businessLocator,
		...returnAllAndLimit,
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
					description: "Whether to return only active people (on) or only inactive people (off). The source 'Business Members' does not say who is active.",
				},
				{
					displayName: 'Email',
					name: 'email',
					type: 'string',
					placeholder: 'name@email.com',
					default: '',
					description: 'Return only the person with this address, in upper or lower case',
				},
				{
					displayName: 'Role',
					name: 'role',
					type: 'string',
					placeholder: 'e.g. business_manager',
					default: '',
					description: 'Return only people with this role. Any of its names works: Manager, manager or business_manager.',
				},
			],
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
					description: "FreshBooks' documented list. IDs are UUIDs.",
				},
				{
					name: 'Business Members',
					value: 'businessMembers',
					description: 'Undocumented. IDs are whole numbers.',
				},
				{
					name: 'Business Group',
					value: 'businessGroup',
					description: 'Undocumented. People with a login of their own.',
				},
			],
		},
		simplifyParameter,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [outputFormatOption],
		},
	]),
	read(parameters) {
		const filters = parameters.collection('filters');
		const source = parameters.oneOf<Source>('source', 'Source', ['teamMembers', 'businessMembers', 'businessGroup']);
		const active = parameters.optionalBoolean(filters, 'active', 'Active');
		if (active !== undefined && source === 'businessMembers') {
			parameters.refuse('Active', "cannot be used with the source 'Business Members', which does not say who is active", "To fix this, remove the filter, or set 'Source' to Team Members.");
		}
		return {
			businessId: parameters.businessId(),
			source,
			limit: parameters.limit(),
			filters: {
				active,
				role: parameters.shortText(filters, 'role', 'Role'),
				email: parameters.optionalEmail(filters, 'email', 'Email'),
			},
			simplify: parameters.boolean('simplify', 'Simplify', true),
			scim: parameters.scimWanted(),
		};
	},
	async execute(session, input) {
		const listed = await readPeople(session, input);
		requireAnybody(listed, input);
		requireActive(listed, input);
		const people = listed.filter((person) => matches(person, input.filters)).slice(0, input.limit);
		if (input.scim) return people.map((person) => person.scim());
		if (!input.simplify) return people.map(({ raw }) => raw as IDataObject);
		const business = await businessOf(session, input.businessId);
		return people.map((person) => person.simplified(business));
	},
});
