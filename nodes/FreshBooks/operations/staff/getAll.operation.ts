import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { searchStaff, type StaffSearch } from '../../api/staff';
import { idOrNull } from '../../client/json';
import { accountLocator, returnAllAndLimit, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import type { Parameters } from '../common/parameters';
import { simplifyStaff } from '../common/simplify';

const textFilter = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	description,
});

/** Filters by a part of a text, and how the editor shows them. */
const LIKE_FILTERS = [
	['nameLike', 'Name Contains'],
	['emailLike', 'Email Contains'],
	['phoneLike', 'Phone Contains'],
	['noteLike', 'Note Contains'],
] as const;

function searchIn(parameters: Parameters, filters: IDataObject): StaffSearch {
	const search: StaffSearch = {};
	const userIds = parameters.optionalIds(filters, 'userIds', 'User IDs');
	const userId = parameters.optionalIds(filters, 'userId', 'User ID');
	// An empty list would return everybody, and several user IDs only one record.
	if (userIds?.length === 0) parameters.refuse('User IDs', 'is an empty list', 'To fix this, give at least one ID, or remove the filter.');
	if (userId && userId.length !== 1) parameters.refuse('User ID', 'must be one whole number', "To fix this, use 'User IDs' for several.");
	if (userId) [search.userId] = userId;
	if (userIds) search.userIds = userIds;
	for (const [name, displayName] of LIKE_FILTERS) {
		const value = parameters.shortText(filters, name, displayName);
		if (value !== undefined) search[name] = value;
	}
	return {
		...search,
		userLevel: parameters.filterIn(filters, 'userLevel', 'User Level', ['admin', 'staff']),
		visState: parameters.filterIn(filters, 'visState', 'State', [0, 1, 2], '0 (active), 1 (deleted) or 2 (archived)'),
	};
}

/** The numbers that FreshBooks gives; null where it gives no list. */
function projectIdsIn(value: unknown): number[] | null {
	return Array.isArray(value) ? value.map(idOrNull).filter((id) => id !== null) : null;
}

export const getAll = operation({
	description: updateDisplayOptions({ show: { resource: ['staff'], operation: ['getAll'] } }, [
		accountLocator,
		...returnAllAndLimit,
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
		},
		simplifyParameter,
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
		},
	]),
	read(parameters) {
		return {
			accountId: parameters.accountId(),
			limit: parameters.limit(),
			search: searchIn(parameters, parameters.collection('filters')),
			withProjects: parameters.optionalBoolean(parameters.collection('options'), 'includeProjectIds', 'Include Project IDs') ?? false,
			simplify: parameters.boolean('simplify', 'Simplify', true),
		};
	},
	async execute(session, { accountId, limit, search, withProjects, simplify }) {
		const rows = await session.readRows(searchStaff(accountId, search, withProjects), limit);
		if (!simplify) return rows.map(({ raw }) => raw as IDataObject);
		return rows.map((row) => ({
			...simplifyStaff(row),
			...(withProjects ? { projectIds: projectIdsIn(row.raw.projectids) } : {}),
		}));
	},
});
