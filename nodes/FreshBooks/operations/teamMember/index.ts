import type { INodeProperties } from 'n8n-workflow';

import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { remove } from './remove.operation';
import { updateRole } from './updateRole.operation';

/** The people of a business. */
export const operations = { get, getAll, remove, updateRole };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['teamMember'] } },
		options: [
			{ name: 'Get', value: 'get', action: 'Get a team member', description: 'Retrieve one person of a business' },
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many team members',
				description: 'List the people of a business, completely or up to a limit',
			},
			{
				name: 'Remove',
				value: 'remove',
				action: 'Remove a team member',
				description: 'Remove a person from a business (destructive). Their own FreshBooks account stays.',
			},
			{
				name: 'Update Role',
				value: 'updateRole',
				action: 'Update the role of a team member',
				description: 'Change what a person may do in a business',
			},
		],
		default: 'getAll',
	},
	...getAll.description,
	...get.description,
	...updateRole.description,
	...remove.description,
];
