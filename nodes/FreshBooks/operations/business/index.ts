import type { INodeProperties } from 'n8n-workflow';

import { getAll } from './getAll.operation';

/** The businesses of the connected user. */
export const operations = { getAll };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['business'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many businesses',
				description: 'List the businesses of the connected user, with the role in each',
			},
		],
		default: 'getAll',
	},
	...getAll.description,
];
