import type { INodeParameters } from 'n8n-workflow';

import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator } from '../harness/context';
import { EXAMPLE, staffPage, staffRow, upTo } from '../harness/examples';
import { onGet, onPut, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** A staff record named by address is looked up in the complete list of the account, before anything is written. */

const STAFF = '/accounting/account/zDmNq/users/staffs';
const account = locator('id', 'zDmNq');
const ann = staffRow(2194844, { email: 'Ann@Example.com' });
const byEmail = (operation: string, more: INodeParameters = {}): INodeParameters => ({ resource: 'staff', operation, account, staff: locator('email', '={{ $json.email }}'), ...more });
const ANN = { items: [{ email: ' ann@example.com ' }] };
const listed = (...rows: object[]) => onGet(pageOf(STAFF)).reply(200, staffPage(rows as Parameters<typeof staffPage>[0]));
const WRITES: Array<[string, INodeParameters]> = [
	['get', byEmail('get')],
	['update', byEmail('update', { updateFields: { note: 'x' } })],
	['delete', byEmail('delete')],
];

test('is found for get, in upper or lower case, on any page', async () => {
	const rows = upTo(130).map((id) => staffRow(id, { email: `person${id}@example.com` }));
	onGet(pageOf(STAFF)).reply(200, staffPage(rows.slice(0, 100), 1, 131));
	onGet(pageOf(STAFF, 2)).reply(200, staffPage([...rows.slice(100), ann], 2, 131));
	onGet(`${STAFF}/2194844`).reply(200, { response: { result: { staff: ann } } });
	expect(await jsonOf(byEmail('get'), ANN)).toMatchObject([{ id: 2194844, email: 'Ann@Example.com' }]);
});

test('is found for update and delete, and the list is read once for all items', async () => {
	listed(staffRow(7, { email: 'bo@example.com' }), ann);
	onPut(`${STAFF}/2194844`, { staff: { note: 'x' } }).reply(200, { response: { result: { staff: { ...ann, note: 'x' } } } });
	onPut(`${STAFF}/7`, { staff: { note: 'x' } }).reply(200, { response: { result: { staff: { ...staffRow(7), note: 'x' } } } });
	expect(await jsonOf(byEmail('update', { updateFields: { note: 'x' } }), { items: [{ email: 'ann@example.com' }, { email: 'bo@example.com' }] })).toMatchObject([{ id: 2194844 }, { id: 7 }]);
	listed(ann);
	onPut(`${STAFF}/2194844`, { staff: { vis_state: 1 } }).reply(200, EXAMPLE.staffDeleted);
	expect(await jsonOf(byEmail('delete'), ANN)).toEqual([{ deleted: true, accountId: 'zDmNq', staffId: 2194844 }]);
});

test.each(WRITES)('that nobody has is an error, and nothing is sent (%s)', async (_operation, parameters) => {
	listed(staffRow(7, { email: 'bo@example.com' }));
	expect(await errorOf(parameters, ANN)).toMatchObject({
		message: 'No staff record of account zDmNq has the address ann@example.com [item 0]',
		description: "The node searched all staff records, ignoring upper and lower case. Check 'Staff' and 'Account'.",
	});
});

test.each(WRITES)('that two have is an error which names both, and nothing is sent (%s)', async (_operation, parameters) => {
	listed(ann, staffRow(8, { email: 'ann@example.com' }));
	expect(await errorOf(parameters, ANN)).toMatchObject({
		message: 'More than one staff record of account zDmNq has the address ann@example.com: 2194844 and 8 [item 0]',
		description: 'To fix this, choose one of them in \'Staff\' by ID.',
	});
});

test('that only one has which is not deleted means that one', async () => {
	listed(staffRow(8, { email: 'ann@example.com', vis_state: 1 }), ann);
	onGet(`${STAFF}/2194844`).reply(200, { response: { result: { staff: ann } } });
	expect(await jsonOf(byEmail('get'), ANN)).toMatchObject([{ id: 2194844 }]);
});

test.each(WRITES)('is not looked up in a list that may lack a row (%s)', async (_operation, parameters) => {
	onGet(pageOf(STAFF)).times(2).reply(200, staffPage([ann], 1, 7));
	onGet(pageOf(STAFF, 2)).times(2).reply(200, staffPage([], 2, 7));
	expect(await errorOf(parameters, ANN)).toMatchObject({
		message: expect.stringContaining('FreshBooks counts 7 staff of account zDmNq but shows 1'),
		description: "To fix this, choose the record in 'Staff' by ID, or connect as an owner or admin.",
	});
});

test('that an earlier item gave to another record means that record now', async () => {
	const bo = staffRow(7, { email: 'bo@example.com' });
	const moved = { ...ann, email: 'ann.old@example.com' };
	const renamed = { ...bo, email: 'ann@example.com' };
	listed(ann, bo);
	onPut(`${STAFF}/2194844`, { staff: { email: 'ann.old@example.com' } }).reply(200, { response: { result: { staff: moved } } });
	listed(moved, bo);
	onPut(`${STAFF}/7`, { staff: { email: 'ann@example.com' } }).reply(200, { response: { result: { staff: renamed } } });
	listed(moved, renamed);
	onPut(`${STAFF}/7`, { staff: { email: 'bo.new@example.com' } }).reply(200, { response: { result: { staff: { ...bo, email: 'bo.new@example.com' } } } });
	const rename = byEmail('update', { updateFields: { email: '={{ $json.to }}' } });
	const items = [
		{ email: 'ann@example.com', to: 'ann.old@example.com' },
		{ email: 'bo@example.com', to: 'ann@example.com' },
		{ email: 'ann@example.com', to: 'bo.new@example.com' },
	];
	expect(await jsonOf(rename, { items })).toMatchObject([{ id: 2194844 }, { id: 7 }, { id: 7 }]);
});

test('that is none is refused by name', async () => {
	expect((await errorOf(byEmail('get'), { items: [{ email: 'ann' }] })).message).toBe("Parameter 'Staff' must be an email address such as name@example.com [item 0]");
});
