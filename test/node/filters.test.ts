import nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { API, errorOf, jsonOf, locator } from '../harness/context';
import { staffPage, staffRow } from '../harness/examples';
import { onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

describe('the filters of Staff Get Many', () => {
	const getAll = { resource: 'staff', operation: 'getAll', account: locator('id', 'zDmNq'), returnAll: true };

	function onStaff(): { queries: URLSearchParams[] } {
		const seen: { queries: URLSearchParams[] } = { queries: [] };
		nock(API).get('/accounting/account/zDmNq/users/staffs').query(true).optionally().reply(200, (uri) => {
			seen.queries.push(new URL(uri, API).searchParams);
			return staffPage([staffRow(1, { vis_state: 0 }), staffRow(2, { vis_state: 2 })]);
		});
		return seen;
	}

	test('Name Contains: a name that is an object is no defect of the node', async () => {
		nock(API).get('/accounting/account/zDmNq/users/staffs').query(true).reply(200, staffPage([staffRow(1, { fname: { toString: 1 } }), staffRow(2, { fname: 'Ada' })]));
		expect(await jsonOf({ ...getAll, filters: { nameLike: 'ada' } })).toMatchObject([{ id: 2 }]);
	});

	test.each<[string, unknown]>([
		['an expression with an empty result', '={{ $json.nope }}'],
		['null', '={{ null }}'],
		['an empty text', ''],
		['an unknown number', '={{ 7 }}'],
		['a list', '={{ [2] }}'],
	])('State: %s is refused before any request', async (_case, visState) => {
		const { queries } = onStaff();
		expect((await errorOf({ ...getAll, filters: { visState: visState as string } })).message).toMatch(/^(Parameter 'State' must|State is empty)/);
		expect(queries).toEqual([]);
	});

	test.each<[string, string | number]>([
		['a number', 2],
		['a number as text', '={{ "2" }}'],
		['a number as text with spaces', '={{ " 2 " }}'],
	])('State: %s is accepted', async (_case, visState) => {
		const { queries } = onStaff();
		expect(await jsonOf({ ...getAll, filters: { visState } })).toMatchObject([{ id: 2, state: 'archived' }]);
		expect(queries[0].get('search[vis_state]')).toBe('2');
	});

	test.each(['={{ "boss" }}', '={{ $json.nope }}', '={{ 1 }}'])('User Level: %s is refused before any request', async (userLevel) => {
		const { queries } = onStaff();
		expect((await errorOf({ ...getAll, filters: { userLevel } })).message).toMatch(/^(Parameter 'User Level' must|User Level is empty)/);
		expect(queries).toEqual([]);
	});

	test('a filter that was not added is not sent', async () => {
		const { queries } = onStaff();
		expect(await jsonOf(getAll)).toHaveLength(2);
		expect([...queries[0].keys()].filter((key) => key.startsWith('search'))).toEqual([]);
	});
});
