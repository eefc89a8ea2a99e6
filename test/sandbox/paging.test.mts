import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { LARGE, LARGE_TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const team = async (params: Record<string, unknown> = {}) => (await bench.api.get(LARGE_TEAM, { params })).data;

describe('pages', () => {
	it('have 15 rows by default, and another number by setting', async () => {
		assert.deepEqual((await team()).meta, { page: 1, per_page: 15, total: 131 });
		await bench.control('PATCH', '/settings', { defaultPerPage: 5 });
		assert.equal((await team()).response.length, 5);
	});

	it('have at most 100 rows, which only the reported per_page shows', async () => {
		const first = await team({ per_page: 500 });
		assert.deepEqual([first.meta.per_page, first.response.length], [100, 100]);
		const second = await team({ per_page: 500, page: 2 });
		assert.equal(second.response.length, 31);
		const ids = new Set([...first.response, ...second.response].map(({ uuid }: Body) => uuid));
		assert.equal(ids.size, 131);
	});

	it('past the end are empty, and page 0 is page 1', async () => {
		const past = await team({ per_page: 100, page: 9 });
		assert.deepEqual([past.response, past.meta.total], [[], 131]);
		const [zero, one] = [await team({ page: 0 }), await team({ page: 1 })];
		assert.deepEqual(zero.response, one.response);
	});

	it('of staff and members page the same way', async () => {
		const { result } = (await bench.api.get('/accounting/account/e6Wmk/users/staffs', { params: { per_page: 1000, page: 2 } })).data.response;
		assert.deepEqual([result.page, result.pages, result.per_page, result.total, result.staff.length], [2, 2, 100, 131, 31]);
		const { pages } = (await bench.api.get(`/auth/api/v1/business/${LARGE}/members`, { params: { per_page: 1000 } })).data.response;
		assert.deepEqual(pages, { page: 1, pages: 2, per_page: 100, total: 131 });
	});

	it('refuse what is not a number', async () => {
		assert.equal((await bench.api.get(LARGE_TEAM, { params: { page: '-1' } })).status, 422);
		const staff = await bench.api.get('/accounting/account/e6Wmk/users/staffs', { params: { per_page: 'all' } });
		assert.deepEqual([staff.status, staff.data.response.errors[0].errno], [400, 1013]);
	});

	it('of an empty staff list are 0', async () => {
		const { result } = (await bench.api.get('/accounting/account/e6Wmk/users/staffs', { params: { 'search[userid]': 5 } })).data.response;
		assert.deepEqual([result.pages, result.total, result.staff], [0, 0, []]);
	});

	it('reach through 100,000 people', async () => {
		const { id } = await bench.control('POST', '/businesses', { name: 'Many', generate: 100_000, staff: false });
		const { data } = await bench.api.get(`/auth/api/v1/businesses/${String(id)}/team_members`, { params: { per_page: 100, page: 1000 } });
		assert.deepEqual([data.response.length, data.meta.total], [100, 100_000]);
	});
});
