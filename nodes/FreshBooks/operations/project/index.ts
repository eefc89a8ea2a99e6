import type { INodeProperties } from 'n8n-workflow';

import { getAll } from './getAll.operation';

/** The projects of a business, and who works on them. */
export const operations = { getAll };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['project'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many projects',
				description: 'List the projects of a business, with who works on them',
			},
		],
		default: 'getAll',
	},
	...getAll.description,
];
