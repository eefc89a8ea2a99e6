import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { BILLSPRING, INVITATIONS, LARGE, LARGE_TEAM, MEMBERS, STAFF, TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const set = (settings: Body) => bench.control('PATCH', '/settings', settings);
const GROUP = `/auth/api/v1/users/business/${BILLSPRING}`;
const LARGE_MEMBERS = `/auth/api/v1/business/${LARGE}/members`;
const LARGE_STAFF = '/accounting/account/e6Wmk/users/staffs';
const IVO = 'ivo.castellan@example.com';
const page = { params: { per_page: 100 } };

const publishedRow = async (email: string) => (await bench.api.get(TEAM, page)).data.response.find((row: Body) => row.email === email);
const memberRow = async (email: string) => (await bench.api.get(MEMBERS, page)).data.response.members.find((row: Body) => row.email === email);
const groupRow = async (email: string) => (await bench.api.get(GROUP)).data.response.business_group.members.find((row: Body) => row.email === email);
const invitationRow = async (email: string) => (await bench.api.get(INVITATIONS)).data.response.invitations.find((row: Body) => row.email === email);
const control = (method: string, path: string, body?: Body) => bench.control(method, `/businesses/${BILLSPRING}${path}`, body);

describe('listLagMs', () => {
	const LAG_MS = 400;

	it('shows a removed person in every list until it has passed, while the single record is gone', async () => {
		const { uuid } = await publishedRow(IVO);
		await set({ listLagMs: LAG_MS });
		await control('DELETE', `/members/${IVO}`);
		for (const row of [publishedRow, memberRow, groupRow]) assert.ok(await row(IVO));
		assert.equal((await bench.api.get(`${TEAM}/${uuid}`)).status, 404);
		await sleep(LAG_MS + 50);
		for (const row of [publishedRow, memberRow, groupRow]) assert.equal(await row(IVO), undefined);
	});

	it('hides a new invitation and shows a revoked one', async () => {
		await set({ listLagMs: LAG_MS });
		await bench.api.post(INVITATIONS, { email: 'new@example.com', role: 'contractor' });
		await control('DELETE', '/invitations/jun.takeda@example.com');
		assert.equal(await invitationRow('new@example.com'), undefined);
		assert.equal((await invitationRow('jun.takeda@example.com')).status, 'pending');
		await sleep(LAG_MS + 50);
		assert.ok(await invitationRow('new@example.com'));
		assert.equal(await invitationRow('jun.takeda@example.com'), undefined);
	});

	it('shows the old role, and each state for as long as it lasted', async () => {
		const role = async () => (await publishedRow(IVO)).business_role_name;
		await set({ listLagMs: LAG_MS });
		await control('PATCH', `/members/${IVO}`, { role: 'contractor' });
		await sleep(LAG_MS / 2);
		await control('PATCH', `/members/${IVO}`, { role: 'business_employee' });
		assert.equal(await role(), 'business_manager');
		await sleep(LAG_MS / 2 + 50);
		assert.equal(await role(), 'contractor');
		assert.equal((await memberRow(IVO)).role, 'contractor');
		await sleep(LAG_MS / 2 + 50);
		assert.equal(await role(), 'business_employee');
	});

	it('does not show people from before a reset or a seed', async () => {
		await set({ listLagMs: 60_000 });
		await bench.control('POST', '/reset', { settings: { listLagMs: 60_000 } });
		assert.ok(await publishedRow(IVO));
		assert.ok(await invitationRow('jun.takeda@example.com'));
		await bench.control('POST', '/seed', { businesses: [{ id: BILLSPRING, members: [{ email: 'ann@example.com', identityId: 7 }], invitations: [{ email: 'bob@example.com' }] }] });
		assert.ok(await publishedRow('ann@example.com'));
		assert.ok(await invitationRow('bob@example.com'));
	});

	it('filters what it shows by activity', async () => {
		await set({ listLagMs: 60_000 });
		await control('POST', `/members/${IVO}/deactivate`);
		const { data } = await bench.api.get(TEAM, { params: { active: true, per_page: 100 } });
		assert.equal(data.meta.total, 11);
		assert.equal((await publishedRow(IVO)).active, true);
	});

	it('ends with the setting', async () => {
		await set({ listLagMs: 60_000 });
		await control('DELETE', `/members/${IVO}`);
		await set({ listLagMs: 0 });
		assert.equal(await publishedRow(IVO), undefined);
	});
});

describe('pageSizeCap and perPageEcho', () => {
	const firstPages = async () => {
		const team = (await bench.api.get(LARGE_TEAM, page)).data;
		const members = (await bench.api.get(LARGE_MEMBERS, page)).data.response;
		const { staff, ...staffPaging } = (await bench.api.get(LARGE_STAFF, page)).data.response.result;
		return { rows: [team.response.length, members.members.length, staff.length], echoes: [team.meta.per_page, members.pages.per_page, staffPaging.per_page], pages: [members.pages.pages, staffPaging.pages] };
	};

	it('return fewer rows than requested, and report that number', async () => {
		await set({ pageSizeCap: 15 });
		assert.deepEqual(await firstPages(), { rows: [15, 15, 15], echoes: [15, 15, 15], pages: [9, 9] });
	});

	it('report the requested number, and return fewer rows', async () => {
		await set({ pageSizeCap: 15, perPageEcho: 'asked' });
		assert.deepEqual(await firstPages(), { rows: [15, 15, 15], echoes: [100, 100, 100], pages: [9, 9] });
		const second = (await bench.api.get(LARGE_TEAM, { params: { per_page: 100, page: 2 } })).data;
		assert.deepEqual([second.response.length, second.meta.total], [15, 131]);
	});

	it('leave per_page out', async () => {
		await set({ pageSizeCap: 15, perPageEcho: 'absent' });
		assert.deepEqual(await firstPages(), { rows: [15, 15, 15], echoes: [undefined, undefined, undefined], pages: [9, 9] });
		const { meta } = (await bench.api.get(LARGE_TEAM, page)).data;
		assert.deepEqual(meta, { page: 1, total: 131 });
	});
});

describe('pagesWithoutSaying', () => {
	it('returns pages of every list without a paging object', async () => {
		await set({ pagesWithoutSaying: true, pageSizeCap: 15 });
		const team = (await bench.api.get(LARGE_TEAM, page)).data;
		assert.deepEqual([Object.keys(team), team.response.length], [['response'], 15]);
		const { response } = (await bench.api.get(LARGE_MEMBERS, page)).data;
		assert.deepEqual([Object.keys(response), response.members.length], [['members'], 15]);
		const { result } = (await bench.api.get(LARGE_STAFF, { params: { per_page: 100, page: 9 } })).data.response;
		assert.deepEqual([Object.keys(result), result.staff.length], [['staff'], 11]);
		const projects = (await bench.api.get(`/projects/business/${BILLSPRING}/projects`, { params: { per_page: 1 } })).data;
		assert.deepEqual([Object.keys(projects), projects.projects.length], [['projects'], 1]);
	});

	it('returns pages of the invitations, too', async () => {
		for (let count = 0; count < 20; count += 1) await control('POST', '/invitations', { email: `person${count}@example.com` });
		const emails = async (number: number) => (await bench.api.get(INVITATIONS, { params: { page: number } })).data.response.invitations.map(({ email }: Body) => email);
		assert.equal((await emails(1)).length, 22);
		await set({ pagesWithoutSaying: true });
		const [first, second, third] = [await emails(1), await emails(2), await emails(3)];
		assert.deepEqual([first.length, second.length, third.length, new Set([...first, ...second]).size], [15, 7, 0, 22]);
	});
});

describe('roleChangeIgnored', () => {
	it('answers 200 with the role that the member had, and keeps it', async () => {
		await set({ roleChangeIgnored: true });
		const { id } = await memberRow(IVO);
		const answer = await bench.api.put(`${MEMBERS}/${id}`, { role: 'contractor', permissions: { 'invoices.access': true } });
		assert.deepEqual([answer.status, answer.data.response.member.role], [200, 'business_manager']);
		const { role, permissions } = await memberRow(IVO);
		assert.deepEqual([role, permissions], ['business_manager', { 'invoices.access': true }]);
		assert.equal((await bench.api.put(`${MEMBERS}/${id}`, { role: 'superuser' })).status, 422);
	});
});

describe('ownerProtected', () => {
	it('false: the owner of a business is changed and removed like anybody', async () => {
		const { id } = await memberRow('marlowe.ashdown@example.com');
		assert.equal((await bench.api.delete(`${MEMBERS}/${id}`)).status, 422);
		await set({ ownerProtected: false });
		assert.equal((await bench.api.put(`${MEMBERS}/${id}`, { role: 'contractor' })).data.response.member.role, 'contractor');
		await control('PATCH', '/members/marlowe.ashdown@example.com', { role: 'owner' });
		assert.equal((await bench.api.delete(`${MEMBERS}/${id}`)).status, 204);
	});
});

describe('invitationStatus', () => {
	it('is the status under which pending invitations are listed', async () => {
		await set({ invitationStatus: 'awaiting_review' });
		assert.equal((await invitationRow('jun.takeda@example.com')).status, 'awaiting_review');
		assert.equal((await bench.api.post(INVITATIONS, { email: 'new@example.com', role: 'contractor' })).data.response.invitation.status, 'pending');
	});
});

describe('expiredTokenStatus', () => {
	it('answers an expired token with 403 unauthenticated, or 401', async () => {
		const expired = async () => {
			const headers = { authorization: `Bearer ${String(bench.sandbox.grant().access_token)}` };
			await bench.control('POST', '/faults', { kind: 'expireToken', route: 'GET /staffs$' });
			return await bench.open.get(STAFF, { headers });
		};
		assert.equal((await expired()).status, 401);
		await set({ expiredTokenStatus: 403 });
		const { status, data } = await expired();
		assert.deepEqual([status, data.error], [403, 'unauthenticated']);
	});
});
