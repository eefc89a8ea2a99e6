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

	test.each(['annsmith@example.com', 'ann-smith@example.com', 'ann.smith@ex.ample.com'])('Update Me: %s is another address', async (email) => {
		onMe(email);
		expect((await errorOf(me)).message).toContain("answers another value for 'Email'");
	});

	test('Staff Update: a dot less is another address', async () => {
		onStaff('annsmith@example.com');
		expect((await errorOf(staff)).message).toContain("answers another value for 'Email'");
	});

	test('upper case and blanks are the same address', async () => {
		onMe(' Ann.Smith@Example.com ');
		onStaff('ANN.SMITH@example.com');
		expect(await jsonOf(me)).toHaveLength(1);
		expect(await jsonOf(staff)).toHaveLength(1);
	});
});
