import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { toListError } from '../shownErrors';
import { getMe } from '../api/me';
import { connect } from '../client/client';
import { businessEntry } from './entries';

/** What fills lists of which several entries can be chosen. */

/** All of the token owner's businesses. */
export async function getBusinesses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const me = async () => await getMe(await connect(this));
	return await me().then(
		({ memberships }) => memberships.map(businessEntry),
		(error: unknown) => Promise.reject(toListError(this.getNode(), error)),
	);
}
