import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { listInvitations } from '../../api/invitations';
import { businessLocator, notPublishedNotice, returnAllAndLimit } from '../common/descriptions';
import { operation } from '../common/operation';

export const getAll = operation({
	description: updateDisplayOptions({ show: { resource: ['invitation'], operation: ['getAll'] } }, [notPublishedNotice, businessLocator, ...returnAllAndLimit]),
	read: (parameters) => ({ businessId: parameters.businessId(), limit: parameters.limit() }),
	async execute(session, { businessId, limit }) {
		return (await session.readRows(listInvitations(businessId, ({ raw }) => raw), limit)) as IDataObject[];
	},
});
