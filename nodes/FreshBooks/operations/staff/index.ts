import type { INodeProperties } from 'n8n-workflow';

import { deleteStaff } from './delete.operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { update } from './update.operation';

/**
 * Staff records of the accounting system. There is no create: FreshBooks' documentation says not to make staff this way,
 * as such a record can never log in; inviting a person creates the record as well.
 */
export const operations = { get, getAll, update, delete: deleteStaff };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['staff'] } },
		options: [
			{
				name: 'Delete',
				value: 'delete',
				action: 'Delete a staff record',
				description: 'Mark a staff record as deleted in accounting (destructive). To end the login of a person, use Access > Offboard.',
			},
			{ name: 'Get', value: 'get', action: 'Get a staff record', description: 'Retrieve one staff record' },
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many staff records',
				description: 'List the staff records of an account',
			},
			{ name: 'Update', value: 'update', action: 'Update a staff record', description: 'Change fields of a staff record' },
		],
		default: 'getAll',
	},
	...getAll.description,
	...get.description,
	...update.description,
	...deleteStaff.description,
];
