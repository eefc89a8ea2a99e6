import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { listStaff } from '../../api/staff';
import { idOrNull } from '../../client/json';
import { accountLocator, returnAllAndLimit, shownFor, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import type { Parameters } from '../common/parameters';
import { simplifyStaff } from '../common/simplify';

const shown = shownFor('staff', ['getAll']);

const textFilter = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	description,
});

/** Text filters and FreshBooks' names for them (freshbooks.com/api/staff, Filters). */
const LIKE_FILTERS: ReadonlyArray<[name: string, theirs: string, displayName: string]> = [
	['nameLike', 'user_like', 'Name Contains'],
	['emailLike', 'email_like', 'Email Contains'],
	['phoneLike', 'phone_like', 'Phone Contains'],
	['noteLike', 'note_like', 'Note Contains'],
	['userLevel', 'user_levels', 'User Level'],
];

function searchOf(parameters: Parameters, filters: IDataObject): IDataObject {
	const search: IDataObject = {};
	const userIds = parameters.optionalIds(filters, 'userIds', 'User IDs');
	const userId = parameters.optionalIds(filters, 'userId', 'User ID');
	// Without it everybody would be listed, and of several only one.
	if (userIds?.length === 0) parameters.refuse('User IDs', 'is an empty list', 'Give at least one ID, or remove the filter.');
	if (userId && userId.length !== 1) parameters.refuse('User ID', 'must be one whole number', "Use 'User IDs' for several.");
	if (userId) [search.userid] = userId;
	if (userIds) search.userids = userIds;
	for (const [name, theirs, displayName] of LIKE_FILTERS) {
		const value = parameters.shortText(filters, name, displayName);
		if (value !== undefined) search[theirs] = value;
	}
	const visState: unknown = filters.visState ?? undefined;
	if (visState === undefined) return search;
	if (visState !== 0 && visState !== 1 && visState !== 2) return parameters.refuse('State', 'must be 0 (active), 1 (deleted) or 2 (archived)');
	search.vis_state = visState;
	return search;
}

/** FreshBooks gives numbers; whatever else stands there is left out. */
function idsIn(value: unknown): number[] {
	return Array.isArray(value) ? value.map(idOrNull).filter((id) => id !== null) : [];
}

export const getAll = operation({
	description: [
		accountLocator(shown),
		...returnAllAndLimit(shown),
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				textFilter('Email Contains', 'emailLike', 'Part of the email address'),
				textFilter('Name Contains', 'nameLike', 'Part of the first name, last name or organization'),
				textFilter('Note Contains', 'noteLike', 'Part of the note'),
				textFilter('Phone Contains', 'phoneLike', 'Part of a phone number'),
				{
					displayName: 'State',
					name: 'visState',
					type: 'options',
					default: 0,
					description: 'Only staff in this state',
					options: [
						{ name: 'Active', value: 0 },
						{ name: 'Archived', value: 2 },
						{ name: 'Deleted', value: 1 },
					],
				},
				{ ...textFilter('User ID', 'userId', 'Only the staff record with this user ID'), placeholder: 'e.g. 2194844' },
				{
					...textFilter('User IDs', 'userIds', 'Only the staff records with these user IDs, separated by commas'),
					placeholder: 'e.g. 2194844,2194845',
				},
				{
					displayName: 'User Level',
					name: 'userLevel',
					type: 'options',
					default: 'staff',
					description: 'Only administrators, or only ordinary staff',
					options: [
						{ name: 'Admin', value: 'admin' },
						{ name: 'Staff', value: 'staff' },
					],
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
			options: [
				{
					displayName: 'Include Project IDs',
					name: 'includeProjectIds',
					type: 'boolean',
					default: false,
					description: 'Whether to add the IDs of the projects each staff member works on',
				},
			],
			...shown,
		},
	],
	read(parameters) {
		const search = searchOf(parameters, parameters.collection('filters'));
		const query: IDataObject = Object.keys(search).length > 0 ? { search } : {};
		const withProjects = parameters.optionalBoolean(parameters.collection('options'), 'includeProjectIds', 'Include Project IDs') ?? false;
		if (withProjects) query.include = ['projectids'];
		return {
			accountId: parameters.accountId(),
			limit: parameters.limit(),
			query,
			withProjects,
			simplify: parameters.boolean('simplify', 'Simplify', true),
		};
	},
	async execute(session, { accountId, limit, query, withProjects, simplify }) {
		const request = listStaff(accountId, query, (record) => record);
		const rows = await session.readRows(request, limit);
		if (!simplify) return rows.map(({ raw }) => raw as IDataObject);
		return rows.map((row) => ({
			...simplifyStaff(row),
			...(withProjects ? { projectIds: idsIn(row.raw.projectids) } : {}),
		}));
	},
});
