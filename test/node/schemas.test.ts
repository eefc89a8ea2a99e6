import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { onAFastClock } from '../harness/clock';
import { jsonOf, locator } from '../harness/context';
import { EXAMPLE, projectRow, staffPage, staffRow, topLevelPage } from '../harness/examples';
import { onGet, onPut, onTheWire, pageOf } from '../harness/wire';
import { schemaProblem } from './hostile/schemas.cts';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** The outputs match the output schemas, for documented responses and for rows with few fields. */

const ME = '/auth/api/v1/users/me';
const STAFF = '/accounting/account/zDmNq/users/staffs';
const account = locator('id', 'zDmNq');
const staff = locator('id', '2194844');
const anyStaff = { rate: 35, vis_state: 9, last_login: 'never', role: 'admin', projectids: [5] };

async function expectPromised(parameters: INodeParameters): Promise<void> {
	const output = await jsonOf(parameters);
	expect(output.length).toBeGreaterThan(0);
	for (const json of output) expect(schemaProblem(String(parameters.resource), String(parameters.operation), json)).toBeUndefined();
}

describe('the schema of', () => {
	test.each([EXAMPLE.usersMe, EXAMPLE.usersMeModern, EXAMPLE.usersMeFlat, { response: { id: 1, business_memberships: [{ business_id: 2 }] } }])('the connected user and of businesses matches', async (me) => {
		onGet(ME).times(2).reply(200, me);
		await expectPromised({ resource: 'user', operation: 'getMe' });
		await expectPromised({ resource: 'business', operation: 'getAll' });
	});

	test.each([EXAMPLE.usersMeUpdated, EXAMPLE.usersMe, EXAMPLE.usersMeModern])('the updated user matches', async ({ response }) => {
		onPut(ME, { language: 'en' }).reply(200, { response: { ...response, language: 'en' } });
		await expectPromised({ resource: 'user', operation: 'updateMe', updateFields: { language: 'en' } });
	});

	test.each<IDataObject>([{}, anyStaff, { fname: 'B', rate: '35.00', note: null }])('staff records with %j matches', async (changes) => {
		const row = staffRow(2194844, changes);
		onGet(`${STAFF}?include%5B%5D=projectids&page=1&per_page=100`).reply(200, staffPage([row, { id: 1 }]));
		await expectPromised({ resource: 'staff', operation: 'getAll', account, options: { includeProjectIds: true } });
		onGet(`${STAFF}/2194844`).reply(200, { response: { result: { staff: row } } });
		await expectPromised({ resource: 'staff', operation: 'get', account, staff });
		onPut(`${STAFF}/2194844`, { staff: { lname: 'C' } }).reply(200, { response: { result: { staff: { ...row, lname: 'C' } } } });
		await expectPromised({ resource: 'staff', operation: 'update', account, staff, updateFields: { lname: 'C' } });
		onPut(`${STAFF}/2194844`, { staff: { vis_state: 1 } }).reply(200, EXAMPLE.staffDeleted);
		await expectPromised({ resource: 'staff', operation: 'delete', account, staff });
	});

	test.each<IDataObject>([{}, { group: null, client_id: null, title: null }, { group: { members: [{}], pending_invitations: [{}] } }])('projects with %j matches', async (changes) => {
		onGet(pageOf('/projects/business/789/projects')).reply(200, topLevelPage('projects', [projectRow(1, changes), { id: 2 }]));
		await expectPromised({ resource: 'project', operation: 'getAll', business: locator('id', '789') });
	});

	test('an output does not match every schema', () => {
		expect(schemaProblem('staff', 'get', { id: 'one' })).toContain('must be integer');
		expect(schemaProblem('staff', 'getAll', { id: 1, projectIds: ['5'] })).toContain('must be integer');
		expect(schemaProblem('project', 'getAll', { id: 1, members: null })).toContain('must be array');
	});
});
