import type { IDataObject } from 'n8n-workflow';

import type { BusinessMembership } from '../../api/me';
import { returnAllAndLimit, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';

function toItem({ name, role, businessId, businessUuid, accountId, membershipId, active }: BusinessMembership): IDataObject {
	return { name, role, businessId, businessUuid, accountId, membershipId, active };
}

export const getAll = operation({
	description: returnAllAndLimit(shownFor('business', ['getAll'])),
	read: (parameters) => ({ limit: parameters.limit() }),
	async execute(session, { limit }) {
		return (await session.getMe()).memberships.slice(0, limit).map(toItem);
	},
});
