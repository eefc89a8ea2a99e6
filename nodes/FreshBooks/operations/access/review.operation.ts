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
		description: 'Where the directory says who is active; found by itself under active, status, accountEnabled and suspended',
	},
	{
		displayName: 'Business Members',
		name: 'businessMembers',
		type: 'boolean',
		default: false,
		description:
			"Whether to read the members list by whole number as well, for those IDs and for people who are in that list only; not in FreshBooks' documentation",
	},
	{
		displayName: 'Email Field',
		name: 'emailField',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile.email',
		description: 'Where the directory has the address; found by itself under email, mail, primaryEmail, profile.email and userPrincipalName',
	},
	{
		displayName: 'Only Findings',
		name: 'onlyFindings',
		type: 'boolean',
		default: false,
		description: 'Whether to return only people about whom something was found; the summary counts everybody',
	},
	outputFormatOption,
	{
		displayName: 'Pending Invitations',
		name: 'pendingInvitations',
		type: 'boolean',
		default: true,
		description:
			"Whether to read pending invitations, which FreshBooks does not document; switched off, the review is complete without them and says so",
	},
	{
		displayName: 'Role Field',
		name: 'roleField',
		type: 'string',
		default: '',
		placeholder: 'e.g. profile.freshbooksRole',
		description: 'Where the directory has the role expected in FreshBooks; found by itself under role and freshbooksRole',
	},
	{
		displayName: 'Stale After Days',
		name: 'staleAfterDays',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 14,
		description: 'A pending invitation older than this is reported',
	},
];

const DESCRIPTION: INodeProperties[] = [
	...businessesParameters,
	{
		displayName: 'Directory',
		name: 'directory',
		type: 'options',
		default: 'items',
		description: 'What FreshBooks is compared with: who should have access, for example from Okta, Entra ID, Google Workspace or a sheet',
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
	return parameters.refuse(
		source === 'json' ? 'Directory (JSON)' : 'Directory',
		'holds nobody with an email address',
		"Check the field names (option 'Email Field'), or set 'Directory' to None to review without one. Nothing was sent.",
	);
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
		withInvitations: parameters.optionalBoolean(options, 'pendingInvitations', 'Pending Invitations') ?? true,
		withMembers: parameters.optionalBoolean(options, 'businessMembers', 'Business Members') ?? false,
		staleAfterDays: parameters.optionalNumber(options, 'staleAfterDays', 'Stale After Days', 14),
		onlyFindings: parameters.optionalBoolean(options, 'onlyFindings', 'Only Findings') ?? false,
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
