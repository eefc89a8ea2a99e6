import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import type { BusinessMembership } from '../../api/me';
import { returnAllAndLimit, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';

function simplifyBusiness({ name, role, businessId, businessUuid, accountId, membershipId, active }: BusinessMembership): IDataObject {
	return { name, role, businessId, businessUuid, accountId, membershipId, active };
}

export const getAll = operation({
	description: updateDisplayOptions({ show: { resource: ['business'], operation: ['getAll'] } }, [
		...returnAllAndLimit,
		simplifyParameter,
	]),
	read: (parameters) => ({ limit: parameters.limit(), simplify: parameters.boolean('simplify', 'Simplify', true) }),
	async execute(session, { limit, simplify }) {
		const memberships = (await session.getMe()).memberships.slice(0, limit);
		return memberships.map((membership) => (simplify ? simplifyBusiness(membership) : (membership.raw as IDataObject)));
	},
});
