import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { toNodeError } from '../actions/common/nodeErrors';
import { getMe, membershipsOf } from '../api/identity';
import { connect } from '../api/transport';
import { businessEntry } from './entries';

/** What fills lists of which several entries can be chosen. */

/** All of the token owner's businesses. */
export async function getBusinesses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const client = await connect(this);
	const asked = await getMe(client).then(
		(me) => ({ me }),
		(error: unknown) => ({ error }),
	);
	if ('error' in asked) throw toNodeError(this.getNode(), asked.error);
	return membershipsOf(asked.me).map(businessEntry);
}
