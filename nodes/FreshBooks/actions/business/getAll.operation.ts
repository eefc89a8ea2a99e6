import { membershipsOf } from '../../api/identity';
import { returnAllAndLimit, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';

export const getAll = operation({
	description: returnAllAndLimit(shownFor('business', ['getAll'])),
	read: (parameters) => ({ limit: parameters.limit() }),
	async execute(session, { limit }) {
		return membershipsOf(await session.getMe())
			.slice(0, limit)
			.map((membership) => ({ ...membership }));
	},
});
