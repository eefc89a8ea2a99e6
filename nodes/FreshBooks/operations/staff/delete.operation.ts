import { setStaffVisState, VIS_STATE } from '../../api/staff';
import { accountLocator, optionsCollection, shownFor, staffLocator } from '../common/descriptions';
import { operation } from '../common/operation';
import { aboutStaff, readStaffLocator } from './staffRecord';

const shown = shownFor('staff', ['delete']);

export const deleteStaff = operation({
	description: [accountLocator(shown), staffLocator(shown), optionsCollection(shown)],
	read: readStaffLocator,
	serialKey: aboutStaff,
	async execute(session, { accountId, staffId }) {
		await setStaffVisState(session.client, accountId, staffId, VIS_STATE.deleted);
		return [{ deleted: true, accountId, staffId }];
	},
});
