import type { INodeProperties } from 'n8n-workflow';

import { create } from './create.operation';
import { getAll } from './getAll.operation';
import { revoke } from './revoke.operation';

/** Invitations that wait to be accepted. */
export const operations = { create, getAll, revoke };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['invitation'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				action: 'Create an invitation',
				description: 'Invite a person to a business by email',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many invitations',
				description: 'List the pending invitations of a business',
			},
			{
				name: 'Revoke',
				value: 'revoke',
				action: 'Revoke an invitation',
				description: 'Withdraw a pending invitation (destructive)',
			},
		],
		default: 'create',
	},
	...create.description,
	...getAll.description,
	...revoke.description,
];
