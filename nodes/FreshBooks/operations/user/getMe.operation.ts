import type { IDataObject } from 'n8n-workflow';

import { shownFor, simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import { simplifyMe } from '../common/simplify';

const shown = shownFor('user', ['getMe']);

export const getMe = operation({
	description: [simplifyParameter(shown)],
	read: (parameters) => ({ simplify: parameters.boolean('simplify', 'Simplify', true) }),
	async execute(session, { simplify }) {
		const me = await session.getMe();
		return [simplify ? simplifyMe(me) : (me.raw as IDataObject)];
	},
});
