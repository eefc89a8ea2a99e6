import type { INodeProperties } from 'n8n-workflow';

import { offboard } from './offboard.operation';
import { onboard } from './onboard.operation';
import { review } from './review.operation';

/** The access lifecycle of a person: onboard, offboard and review, each in one step. */
export const operations = { offboard, onboard, review };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['access'] } },
		options: [
			{
				name: 'Offboard',
				value: 'offboard',
				action: 'Offboard a person and remove their access',
				description: 'Remove a person from all or selected businesses, and verify it (destructive)',
			},
			{
				name: 'Onboard',
				value: 'onboard',
				action: 'Onboard a person by inviting them',
				description: 'Invite a person unless they are already a team member or invited. Safe to repeat.',
			},
			{
				name: 'Review',
				value: 'review',
				action: 'Review who has access',
				description: 'List who has access to all or selected businesses, compared with a directory',
			},
		],
		default: 'onboard',
	},
	...onboard.description,
	...offboard.description,
	...review.description,
];
