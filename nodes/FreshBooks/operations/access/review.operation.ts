import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { outputFormatOption } from '../../methods/outputFormat';
import { readDirectory, type Directory, type DirectoryFields } from '../../people/directory';
import { businessesParameters, readChosenBusinesses } from '../common/chosenBusinesses';
import type { RunnableOperation } from '../common/operation';
import type { Parameters } from '../common/parameters';
import { reviewAccess, type DirectorySource, type ReviewInput } from './reviewing';

const OPTIONS: INodeProperties[] = [
	{
		displayName: 'Active Field',
		name: 'activeField',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile.isActive',
		description: 'Field of the directory that says who is active. Detected automatically in active, status, accountEnabled and suspended.',
	},
	{
		displayName: 'Email Field',
		name: 'emailField',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile.email',
		description: 'Field of the directory with the address. Detected automatically in email, mail, primaryEmail, profile.email and userPrincipalName.',
	},
	{
		displayName: 'Include Business Members',
		name: 'businessMembers',
		type: 'boolean',
		default: false,
		description:
			"Whether to read FreshBooks' undocumented list of business members as well. Only it says whose address is confirmed.",
	},
	{
		displayName: 'Only People with Findings',
		name: 'onlyFindings',
		type: 'boolean',
		default: false,
		description: 'Whether to return only people with findings. The summary counts everybody.',
	},
	outputFormatOption,
	{
		displayName: 'Report Pending Invitations',
		name: 'pendingInvitations',
		type: 'boolean',
		default: true,
		description:
			'Whether to read the pending invitations, from a list that FreshBooks does not document',
	},
	{
		displayName: 'Role Field',
		name: 'roleField',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile.freshbooksRole',
		description: 'Field of the directory with the role expected in FreshBooks. Detected automatically in role and freshbooksRole.',
	},
	{
		displayName: 'Stale Invitation After Days',
		name: 'staleAfterDays',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 14,
		description: 'How many days an invitation may be pending before it is a finding',
	},
];

const DESCRIPTION: INodeProperties[] = [
	...businessesParameters,
	{
		displayName: 'Directory',
		name: 'directory',
		type: 'options',
		default: 'items',
		description: 'Who should have access, to compare FreshBooks with. For example from Okta, Entra ID, Google Workspace or a sheet.',
		options: [
			{
				name: 'Input Items',
				value: 'items',
				description: 'All input items together: an email address each, and optionally role, active and businessId',
			},
			{ name: 'JSON', value: 'json', description: 'A list given below' },
			{ name: 'None', value: 'none', description: 'Review without a directory' },
		],
	},
	{
		displayName: 'Directory (JSON)',
		name: 'directoryJson',
		type: 'json',
		default: '[]',
		description: 'A list such as [{"email": "name@example.com", "role": "business_employee", "active": true}]',
		displayOptions: { show: { directory: ['json'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: OPTIONS,
	},
];

function readRows(parameters: Parameters, source: DirectorySource, fields: DirectoryFields): Directory | undefined {
	if (source === 'none') return undefined;
	const rows = source === 'json' ? parameters.jsonList('directoryJson', 'Directory (JSON)') : parameters.inputItems();
	const directory = readDirectory(rows, fields);
	if (directory.people.size > 0) return directory;
	// Compared with an empty directory, everybody would be an orphan.
	const wayOut = "and the option 'Email Field' if the address has another name. To review without a directory, set 'Directory' to None.";
	if (source === 'json') return parameters.refuse('Directory (JSON)', 'has nobody with an email address', `Check the list, ${wayOut}`);
	return parameters.fail("No input item has an email address, and 'Directory' is set to Input Items", `Check the items that reach this node, ${wayOut}`);
}

function read(parameters: Parameters): ReviewInput {
	const options = parameters.collection('options');
	const directorySource: DirectorySource = parameters.oneOf('directory', 'Directory', ['items', 'json', 'none']);
	const fields = {
		email: parameters.shortText(options, 'emailField', 'Email Field'),
		role: parameters.shortText(options, 'roleField', 'Role Field'),
		active: parameters.shortText(options, 'activeField', 'Active Field'),
	};
	return {
		chosen: readChosenBusinesses(parameters),
		directory: readRows(parameters, directorySource, fields),
		directorySource,
		withInvitations: parameters.optionalBoolean(options, 'pendingInvitations', 'Report Pending Invitations') ?? true,
		withMembers: parameters.optionalBoolean(options, 'businessMembers', 'Include Business Members') ?? false,
		staleAfterDays: parameters.optionalNumber(options, 'staleAfterDays', 'Stale Invitation After Days', 14),
		onlyFindings: parameters.optionalBoolean(options, 'onlyFindings', 'Only People with Findings') ?? false,
		scim: parameters.scimWanted(),
		item: parameters.itemIndex,
	};
}

export const review: RunnableOperation = {
	description: updateDisplayOptions({ show: { resource: ['access'], operation: ['review'] } }, DESCRIPTION),
	outputs: 2,
	takesAllItems: (parameters) => parameters.choice('directory', 'items') === 'items',
	prepare(parameters) {
		const input = read(parameters);
		return { serialKey: undefined, run: async (session) => await reviewAccess(session, input) };
	},
};
