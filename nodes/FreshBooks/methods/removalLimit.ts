import type { INodeProperties } from 'n8n-workflow';

/**
 * The options of the removal limit; `removalLimitIn` reads them. A new node shows both, because they are in the defaults of its
 * collection. The values equal `DEFAULT_REMOVAL_LIMIT`; n8n's lint requires literals.
 * @param description what happens above the limit, and what is always allowed
 */
export function removalLimitOptions(description: string): INodeProperties[] {
	return [
		{ displayName: 'Max Removals', name: 'maxRemovals', type: 'number', typeOptions: { minValue: 0 }, default: 20, description },
		{
			displayName: 'Max Removals Unit',
			name: 'maxRemovalsUnit',
			type: 'options',
			default: 'percent',
			description: 'The unit of Max Removals',
			options: [
				{ name: 'People', value: 'count' },
				{ name: 'Percent of the Business', value: 'percent' },
			],
		},
	];
}
