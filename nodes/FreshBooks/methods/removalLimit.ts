import type { INodeProperties } from 'n8n-workflow';

/**
 * The options of the removal limit, which `removalLimitIn` reads; the defaults are its `DEFAULT_REMOVAL_LIMIT`, written out as n8n's lint wants them.
 * @param description what becomes of more removals than that
 * @param ofWhom whose part the percent are, and what is always allowed
 */
export function removalLimitOptions(description: string, ofWhom: string): INodeProperties[] {
	return [
		{ displayName: 'Max Removals', name: 'maxRemovals', type: 'number', typeOptions: { minValue: 0 }, default: 20, description },
		{
			displayName: 'Max Removals Unit',
			name: 'maxRemovalsUnit',
			type: 'options',
			default: 'percent',
			description: 'What Max Removals counts',
			options: [
				{ name: 'People', value: 'count', description: 'A number of people' },
				{ name: 'Percent of the Business', value: 'percent', description: ofWhom },
			],
		},
	];
}
