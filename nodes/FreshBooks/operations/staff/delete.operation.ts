import { updateDisplayOptions } from 'n8n-workflow';

import { setStaffVisState, VIS_STATE } from '../../api/staff';
import { accountLocator, optionsCollection, staffLocator } from '../common/descriptions';
import { operation } from '../common/operation';
import { staffKey, readStaffLocator, staffIdOf } from './staffRecord';

export const deleteStaff = operation({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['staff'], operation: ['delete'] } }, [
		accountLocator,
		staffLocator,
		optionsCollection(),
	]),
	read: readStaffLocator,
	serialKey: staffKey,
	async execute(session, named) {
		const { accountId } = named;
		const staffId = await staffIdOf(session, named);
		await setStaffVisState(session.client, accountId, staffId, VIS_STATE.deleted);
		return [{ deleted: true, accountId, staffId }];
	},
});
