import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { simplifyParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import { simplifyMe } from '../common/simplify';

export const getMe = operation({
	description: updateDisplayOptions({ show: { resource: ['user'], operation: ['getMe'] } }, [simplifyParameter]),
	read: (parameters) => ({ simplify: parameters.boolean('simplify', 'Simplify', true) }),
	async execute(session, { simplify }) {
		const me = await session.getMe();
		return [simplify ? simplifyMe(me) : (me.raw as IDataObject)];
	},
});
