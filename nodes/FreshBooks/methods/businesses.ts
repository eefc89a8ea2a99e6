import type { INodeProperties } from 'n8n-workflow';

/**
 * The parameters that choose businesses.
 * @param description what the choice is for
 * @param all the description of the choice 'All'
 */
export function businessesParameters(description: string, all: string): INodeProperties[] {
	return [
		{
			displayName: 'Businesses',
			name: 'businesses',
			type: 'options',
			default: 'all',
			description,
			options: [
				{ name: 'All', value: 'all', description: all },
				{ name: 'Selected', value: 'selected', description: 'Only the businesses chosen below' },
			],
		},
		{
			displayName: 'Business Names or IDs',
			name: 'businessIds',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'getBusinesses' },
			default: [],
			description: 'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			displayOptions: { show: { businesses: ['selected'] } },
		},
	];
}

/** The parameter that chooses one business. */
export const businessLocator: INodeProperties = {
	displayName: 'Business',
	name: 'business',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: "The business to work in. The list shows the connected user's businesses.",
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchBusinesses', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 6806492',
			hint: "Copy 'businessId' from Business > Get Many. It is not the account ID.",
		},
	],
};
