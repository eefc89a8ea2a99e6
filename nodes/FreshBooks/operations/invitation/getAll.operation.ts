import type { IDataObject } from 'n8n-workflow';

import { listInvitations } from '../../api/invitations';
import { businessLocator, notPublishedNotice, returnAllAndLimit, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';

const shown = shownFor('invitation', ['getAll']);

export const getAll = operation({
	description: [notPublishedNotice(shown), businessLocator(shown), ...returnAllAndLimit(shown)],
	read: (parameters) => ({ businessId: parameters.businessId(), limit: parameters.limit() }),
	async execute(session, { businessId, limit }) {
		const request = listInvitations(businessId, ({ raw }) => raw);
		return (await session.readRows(request, limit)) as IDataObject[];
	},
});
