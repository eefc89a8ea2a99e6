import type { INodeProperties } from 'n8n-workflow';

/** Parameters that several operations share. */

export { businessLocator } from '../../methods/businesses';

export const accountLocator: INodeProperties = {
	displayName: 'Account',
	name: 'account',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The account in which a business keeps its books and its staff records',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchAccounts', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. zDmNq',
			hint: "Copy 'accountId' from Business > Get Many. It is not the business ID.",
		},
	],
};

interface PersonLocator {
	displayName: string;
	name: string;
	description: string;
	searchListMethod: string;
	idPlaceholder: string;
	idHint: string;
}

const personLocator = (person: PersonLocator): INodeProperties => ({
	displayName: person.displayName,
	name: person.name,
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: person.description,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: person.searchListMethod, searchable: true },
		},
		{ displayName: 'By Email', name: 'email', type: 'string', placeholder: 'e.g. name@example.com' },
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: person.idPlaceholder, hint: person.idHint },
	],
});

/** A team member to read, by UUID. */
export const memberByUuidLocator = personLocator({
	displayName: 'Team Member',
	name: 'member',
	description: 'The team member to look up',
	searchListMethod: 'searchTeamMembers',
	idPlaceholder: 'e.g. dd6392d0-0639-40bd-9502-7d80c44de9f3',
	idHint: "Copy 'id' from Get Many with the source Team Members",
});

/** A team member to change or remove. FreshBooks needs the whole-number ID; the node finds it by UUID or address. */
export const memberToChangeLocator = personLocator({
	displayName: 'Team Member',
	name: 'member',
	description: 'The team member to change or remove',
	searchListMethod: 'searchBusinessMembers',
	idPlaceholder: 'e.g. 712052',
	idHint: "Copy 'id' from Get Many, with any source",
});

export const invitationLocator = personLocator({
	displayName: 'Invitation',
	name: 'invitation',
	description: 'The pending invitation to revoke',
	searchListMethod: 'searchInvitations',
	idPlaceholder: 'e.g. 55',
	idHint: "Copy 'id' from Get Many",
});

export const staffLocator = personLocator({
	displayName: 'Staff',
	name: 'staff',
	description: 'The staff record to work on',
	searchListMethod: 'searchStaff',
	idPlaceholder: 'e.g. 2194844',
	idHint: "Copy 'id' from Get Many",
});

export const emailParameter = (description: string): INodeProperties => ({
	displayName: 'Email',
	name: 'email',
	type: 'string',
	placeholder: 'name@email.com',
	default: '',
	required: true,
	description,
});

/** A role from the list, or by name, because FreshBooks renames and adds roles. */
export const roleParameter: INodeProperties = {
	displayName: 'Role',
	name: 'role',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'What the person may do in the business',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchRoles', searchable: true },
		},
		{
			displayName: 'By Name',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. business_employee',
			hint: "Enter FreshBooks' name of the role. If it is not in the list, switch the option 'Allow Other Roles' on.",
		},
	],
};

/** Permission flags; which ones exist depends on the role. */
export const permissionsParameter: INodeProperties = {
	displayName: 'Permissions',
	name: 'permissions',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"invoices": true}',
	description: 'Permission flags as a JSON object. Which ones exist depends on the role.',
};

/** Allows a role name that neither FreshBooks nor stitchflow.com's guide documents. */
export const allowOtherRolesOption: INodeProperties = {
	displayName: 'Allow Other Roles',
	name: 'allowOtherRoles',
	type: 'boolean',
	default: false,
	description: "Whether to accept a 'Role' By Name that FreshBooks does not document. FreshBooks may refuse it.",
};

/**
 * An entry of `options` that is now a parameter. n8n drops entries that a node does not declare, and their effect is lost
 * (n8n-workflow 2.40, getNodeParameters). So this entry stays declared. The editor shows it only if a workflow still has it,
 * and `Parameters.collection` refuses it with `wayOut`.
 */
export const movedOption = (displayName: string, name: string, wayOut: string): INodeProperties => ({
	displayName,
	name,
	type: 'boolean',
	default: false,
	description: wayOut,
	displayOptions: { show: { [name]: [{ _cnd: { exists: true } }] } },
});

export const returnAllAndLimit: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

export const simplifyParameter: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** `options` with Batch Size and an operation's own entries. */
export const optionsCollection = (entries: INodeProperties[] = []): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50 },
			default: 5,
			description: 'How many input items to work on at the same time. The output keeps their order.',
		},
		...entries,
	],
});

/** `ifMissing` for operations that remove something. */
export const ifMissingOption = (thing: string): INodeProperties => ({
	displayName: 'If Not Found',
	name: 'ifMissing',
	type: 'options',
	default: 'error',
	description: `What to do if the ${thing} is not there`,
	options: [
		{ name: 'Stop with Error', value: 'error', description: 'Treat it as a mistake in the input' },
		{ name: 'Succeed', value: 'succeed', description: 'Treat it as already done' },
	],
});

/** The notice of operations that use an undocumented endpoint. */
export const notPublishedNotice: INodeProperties = {
	displayName:
		'Uses an undocumented FreshBooks endpoint that may not be available to your account. If it is not, this step fails; use FreshBooks > Team Members instead.',
	name: 'notPublishedNotice',
	type: 'notice',
	default: '',
};

/**
 * The warning for agents, in operations that remove access.
 * @param instead the alternative to a human review
 */
export const agentNotice = (instead: string): INodeProperties => ({
	displayName: `An AI agent can remove access with this and asks nobody. Put a human review before it, or ${instead}.`,
	name: 'agentNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { '@tool': [true] } },
});
