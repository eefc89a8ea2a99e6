import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { getStaff } from '../../api/staff';
import { accountLocator, optionsCollection, simplifyParameter, staffLocator } from '../common/descriptions';
import { operation } from '../common/operation';
import { simplifyStaff } from '../common/simplify';
import { staffKey, readStaffLocator, staffIdOf, type NamedStaff } from './staffRecord';

export const get = operation<NamedStaff & { simplify: boolean }>({
	description: updateDisplayOptions({ show: { resource: ['staff'], operation: ['get'] } }, [
		accountLocator,
		staffLocator,
		simplifyParameter,
		optionsCollection(),
	]),
	read: (parameters) => ({ ...readStaffLocator(parameters), simplify: parameters.boolean('simplify', 'Simplify', true) }),
	serialKey: staffKey,
	async execute(session, { simplify, ...named }) {
		const record = await getStaff(session.client, named.accountId, await staffIdOf(session, named));
		return [simplify ? simplifyStaff(record) : (record.raw as IDataObject)];
	},
});
