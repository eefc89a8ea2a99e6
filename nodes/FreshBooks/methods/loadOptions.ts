import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { searchBusinesses } from './listSearch';

/** What fills lists of which several entries can be chosen. */

/** The token owner's businesses. */
export async function getBusinesses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const { results } = await searchBusinesses.call(this);
	return results.map(({ name, value }) => ({ name, value }));
}
