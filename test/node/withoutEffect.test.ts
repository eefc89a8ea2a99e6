import type { IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { API, errorOf, jsonOf, locator } from '../harness/context';
import { staffRow } from '../harness/examples';
import { onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

describe('a change of an address without effect', () => {
	const me = { resource: 'user', operation: 'updateMe', updateFields: { email: 'ann.smith@example.com' } };
	const staff = { resource: 'staff', operation: 'update', account: locator('id', 'zDmNq'), staff: locator('id', '7'), updateFields: { email: 'ann.smith@example.com' } };
	const onMe = (email: string) => nock(API).put('/auth/api/v1/users/me').reply(200, { response: { id: 9, email, unconfirmed_email: null } });
	const onStaff = (email: string) => nock(API).put('/accounting/account/zDmNq/users/staffs/7').reply(200, { response: { result: { staff: staffRow(7, { email }) } } });

	test.each(['annsmith@example.com', 'ann-smith@example.com', 'ann.smith@ex.ample.com'])('Update Me: %s is a different address', async (email) => {
		onMe(email);
		expect((await errorOf(me)).message).toContain("answers another value for 'Email'");
	});

	test('Staff Update: one dot less is a different address', async () => {
		onStaff('annsmith@example.com');
		expect((await errorOf(staff)).message).toContain("answers another value for 'Email'");
	});

	test('upper case and spaces are the same address', async () => {
		onMe(' Ann.Smith@Example.com ');
		onStaff('ANN.SMITH@example.com');
		expect(await jsonOf(me)).toHaveLength(1);
		expect(await jsonOf(staff)).toHaveLength(1);
	});
});

describe('a change of a text without effect', () => {
	const update = (updateFields: INodeParameters) => ({ resource: 'staff', operation: 'update', account: locator('id', 'zDmNq'), staff: locator('id', '7'), updateFields });
	const onStaff = (changes: IDataObject) => nock(API).put('/accounting/account/zDmNq/users/staffs/7').reply(200, { response: { result: { staff: staffRow(7, changes) } } });

	test.each([
		['Postal Code', { pCode: '02134' }, { p_code: '2134' }],
		['Note', { note: '***' }, { note: '' }],
		['Note', { note: '1e3' }, { note: '1000' }],
	])('%s: %j is not %j', async (field, sent, answered) => {
		onStaff(answered);
		expect((await errorOf(update(sent))).message).toContain(`answers another value for '${field}'`);
	});

	test.each([
		[{ rate: '35' }, { rate: '35.00' }],
		[{ rate: '35.50' }, { rate: 35.5 }],
		[{ busPhone: '416 555-0100' }, { bus_phone: '(416) 5550100' }],
		[{ note: '' }, { note: null }],
	])('%j is %j', async (sent, answered) => {
		onStaff(answered);
		expect(await jsonOf(update(sent))).toHaveLength(1);
	});
});
