import type { IDataObject } from 'n8n-workflow';

import { getStaff } from '../../api/staff';
import { accountLocator, optionsCollection, shownFor, simplifyParameter, staffLocator } from '../common/descriptions';
import { operation } from '../common/operation';
import { simplifyStaff } from '../common/simplify';
import { aboutStaff, readStaffLocator, type StaffRecord } from './staffRecord';

const shown = shownFor('staff', ['get']);

export const get = operation<StaffRecord & { simplify: boolean }>({
	description: [accountLocator(shown), staffLocator(shown), simplifyParameter(shown), optionsCollection(shown)],
	read: (parameters) => ({ ...readStaffLocator(parameters), simplify: parameters.boolean('simplify', 'Simplify', true) }),
	serialKey: aboutStaff,
	async execute(session, { accountId, staffId, simplify }) {
		const record = await getStaff(session.client, accountId, staffId);
		return [simplify ? simplifyStaff(record) : (record.raw as IDataObject)];
	},
});
