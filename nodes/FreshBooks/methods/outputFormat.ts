import type { INodeProperties } from 'n8n-workflow';

/** The format of output items with people. */
export const outputFormatOption: INodeProperties = {
	displayName: 'Output Format',
	name: 'outputFormat',
	type: 'options',
	default: 'freshBooks',
	description: 'The form of the output items',
	options: [
		{ name: 'FreshBooks', value: 'freshBooks', description: "FreshBooks' own fields" },
		{ name: 'SCIM 2.0 User', value: 'scim', description: "For identity systems (RFC 7643). 'Simplify' does not apply." },
	],
};
