import type { INodeProperties } from 'n8n-workflow';

import { getMe } from './getMe.operation';
import { updateMe } from './updateMe.operation';

/** The connected user. */
export const operations = { getMe, updateMe };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['user'] } },
		options: [
			{
				name: 'Get Me',
				value: 'getMe',
				action: 'Get the connected user',
				description: 'Retrieve the connected user and their businesses',
			},
			{
				name: 'Update Me',
				value: 'updateMe',
				action: 'Update the connected user',
				description: 'Change the profile of the connected user',
			},
		],
		default: 'getMe',
	},
	...getMe.description,
	...updateMe.description,
];
