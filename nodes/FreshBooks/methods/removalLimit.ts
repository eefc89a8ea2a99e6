import type { INodeProperties } from 'n8n-workflow';

/**
 * The options of the removal limit, which `removalLimitIn` reads. A new node shows both from the start, as the defaults of its
 * collection have them; the values are `DEFAULT_REMOVAL_LIMIT`, written out as n8n's lint wants them.
 * @param description what becomes of more removals, and what is always allowed
 */
export function removalLimitOptions(description: string): INodeProperties[] {
	return [
		{ displayName: 'Max Removals', name: 'maxRemovals', type: 'number', typeOptions: { minValue: 0 }, default: 20, description },
		{
			displayName: 'Max Removals Unit',
			name: 'maxRemovalsUnit',
			type: 'options',
			default: 'percent',
			description: 'What the number of Max Removals means',
			options: [
				{ name: 'People', value: 'count' },
				{ name: 'Percent of the Business', value: 'percent' },
			],
		},
	];
}
