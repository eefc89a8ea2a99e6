import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { toListError } from '../shownErrors';
import { getMe } from '../api/me';
import { connect } from '../client/client';
import { businessEntries, byName } from './entries';

/** Fills the lists that allow several choices. */

/** The connected user's businesses, sorted by name. */
export async function getBusinesses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const me = async () => await getMe(await connect(this));
	return await me().then(
		({ memberships }) => businessEntries(memberships).sort(byName),
		(error: unknown) => Promise.reject(toListError(this.getNode(), error)),
	);
}
