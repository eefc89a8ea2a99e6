import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BILLSPRING, INVITATIONS, kinds, TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const OF = `/businesses/${BILLSPRING}`;
const TEODOR = `${OF}/members/teodor.wexley@example.com`;
const team = async (): Promise<Body[]> => (await bench.api.get(TEAM, { params: { per_page: 100 } })).data.response;
const seen = async (email: string) => (await team()).find((member) => member.email === email);

describe('people', () => {
	it('are added, changed, deactivated, reactivated and removed, and history records each', async () => {
		await bench.control('POST', `${OF}/members`, { email: 'new@example.com', firstName: 'New', role: 'contractor' });
		assert.equal((await seen('new@example.com'))?.business_role_name, 'contractor');
		await bench.control('PATCH', TEODOR, { role: 'business_manager', lastName: 'Wren' });
		await bench.control('POST', `${TEODOR}/deactivate`);
		assert.equal((await seen('teodor.wexley@example.com'))?.active, false);
		await bench.control('POST', `${TEODOR}/reactivate`);
		await bench.control('DELETE', TEODOR);
		assert.equal(await seen('teodor.wexley@example.com'), undefined);
		assert.deepEqual(await kinds(bench), ['memberAdded', 'roleChanged', 'memberUpdated', 'memberDeactivated', 'memberReactivated', 'memberRemoved']);
	});

	it('leave no history when nothing changes', async () => {
		await bench.control('POST', `${TEODOR}/reactivate`);
		await bench.control('PATCH', TEODOR, { lastName: 'Wexley' });
		assert.deepEqual(await kinds(bench), []);
	});

	it('get a new UUID at the same place in the list', async () => {
		const before = await team();
		const position = before.findIndex(({ email }) => email === 'teodor.wexley@example.com');
		await bench.control('POST', `${TEODOR}/new-id`);
		const after = await team();
		assert.equal(after[position]?.email, before[position]?.email);
		assert.notEqual(after[position]?.uuid, before[position]?.uuid);
		assert.equal((await bench.api.get(`${TEAM}/${String(before[position]?.uuid)}`)).status, 404);
		assert.equal((await bench.api.get(`${TEAM}/${String(after[position]?.uuid)}`)).status, 200);
	});

	it('may still answer under their former UUID, which no list shows, until they leave', async () => {
		const former = (await seen('teodor.wexley@example.com'))?.uuid;
		await bench.control('POST', `${TEODOR}/new-id`, { oldAnswers: true });
		const answer = await bench.api.get(`${TEAM}/${String(former)}`);
		assert.deepEqual([answer.status, answer.data.response.uuid, answer.data.response.email], [200, former, 'teodor.wexley@example.com']);
		assert.ok(!(await team()).some(({ uuid }) => uuid === former));
		await bench.control('DELETE', TEODOR);
		assert.equal((await bench.api.get(`${TEAM}/${String(former)}`)).status, 404);
	});

	it('change updated_at when they change, except with bumpUpdatedAt false', async () => {
		const updated = async () => (await seen('teodor.wexley@example.com'))?.updated_at;
		const first = await updated();
		await bench.control('PATCH', '/settings', { bumpUpdatedAt: false });
		await bench.control('PATCH', TEODOR, { role: 'contractor' });
		assert.equal(await updated(), first);
		await bench.control('PATCH', '/settings', { bumpUpdatedAt: true });
		await bench.control('PATCH', TEODOR, { role: 'business_manager' });
		assert.notEqual(await updated(), first);
	});

	it('stay as inactive rows after a removal with removedMembers inactive', async () => {
		await bench.control('PATCH', '/settings', { removedMembers: 'inactive' });
		await bench.control('DELETE', TEODOR);
		assert.equal((await seen('teodor.wexley@example.com'))?.active, false);
	});

	it('that do not exist are 404', async () => {
		await assert.rejects(bench.control('DELETE', `${OF}/members/nobody@example.com`), /404.*no team member/);
	});
});

describe('invitations', () => {
	it('are accepted into the team, once', async () => {
		const member = await bench.control('POST', `${OF}/invitations/jun.takeda@example.com/accept`);
		assert.deepEqual([member.firstName, member.lastName, member.role], ['Jun', 'Takeda', 'business_employee']);
		assert.notEqual((await seen('jun.takeda@example.com'))?.invitation_date_accepted, null);
		assert.equal((await bench.api.get(INVITATIONS)).data.response.invitations.length, 1);
		await assert.rejects(bench.control('POST', `${OF}/invitations/jun.takeda@example.com/accept`), /404/);
		assert.deepEqual(await kinds(bench), ['memberAdded', 'invitationAccepted']);
	});

	it('accepted by a person without a seat turn their acceptance from null to a date', async () => {
		const before = await seen('noor.haddad@example.com');
		await bench.control('POST', `${OF}/invitations`, { email: 'Noor.Haddad@example.com', role: 'business_employee' });
		await bench.control('POST', `${OF}/invitations/noor.haddad@example.com/accept`);
		const after = await seen('noor.haddad@example.com');
		assert.equal(before?.invitation_date_accepted, null);
		assert.equal(typeof after?.invitation_date_accepted, 'string');
		assert.equal(after?.uuid, before?.uuid);
		assert.equal((await team()).length, 12);
	});

	it('are listed in the team before acceptance with pendingInTeamMembers', async () => {
		await bench.control('PATCH', '/settings', { pendingInTeamMembers: true });
		await bench.control('POST', `${OF}/invitations`, { email: 'early@example.com' });
		assert.deepEqual([(await seen('early@example.com'))?.active, (await seen('early@example.com'))?.invitation_date_accepted], [false, null]);
	});

	it('are revoked', async () => {
		await bench.control('DELETE', `${OF}/invitations/jun.takeda@example.com`);
		assert.equal((await bench.api.get(INVITATIONS)).data.response.invitations.length, 1);
	});
});

describe('businesses', () => {
	it('are replaced by a seed, with given and generated people', async () => {
		await bench.control('POST', '/seed', { businesses: [
			{ id: 5, name: 'Five', withOwner: true, members: [{ email: 'one@example.com', role: 'contractor' }], generate: 20, invitations: [{ email: 'two@example.com', role: 'contractor' }] },
			{ id: 6, role: null },
		] });
		const { response } = (await bench.api.get('/auth/api/v1/users/me')).data;
		assert.deepEqual(response.business_memberships.map(({ business }: { business: Body }) => business.id), [5]);
		assert.equal((await bench.api.get('/auth/api/v1/businesses/5/team_members')).data.meta.total, 22);
		assert.equal((await bench.api.get('/auth/api/v1/businesses/6/team_members')).status, 403);
		assert.equal((await bench.api.get(TEAM)).status, 404);
	});

	it('are the same people with the same ids after each seeding', async () => {
		const before = await team();
		await bench.control('POST', '/seed');
		assert.deepEqual(await team(), before);
	});

	it('are left and joined by the connected user', async () => {
		await bench.control('DELETE', `${OF}/membership`);
		assert.equal((await bench.api.get(TEAM)).status, 403);
		await bench.control('PUT', `${OF}/membership`, { role: 'business_manager' });
		assert.equal((await bench.api.get(TEAM)).status, 200);
	});

	it('are made unlistable and listable', async () => {
		await bench.control('PATCH', OF, { listable: false });
		assert.equal((await bench.api.get(TEAM)).status, 403);
	});
});

describe('observation', () => {
	it('logs requests without their authorization', async () => {
		await bench.api.get(TEAM, { params: { page: 1 }, headers: { 'user-agent': 'tests/1', 'api-version': 'alpha' } });
		await bench.api.post(INVITATIONS, { email: 'a@example.com', role: 'contractor' });
		const log = (await bench.control('GET', '/requests')) as unknown as (Body & { headers: Body; seq: number })[];
		const [list, invite] = log;
		assert.deepEqual([list?.method, list?.path, list?.query, list?.status, list?.authorization], ['GET', TEAM, 'page=1', 200, true]);
		assert.deepEqual([list?.headers['user-agent'], list?.headers['api-version'], list?.headers['content-type'], list?.body], ['tests/1', 'alpha', undefined, null]);
		assert.deepEqual(invite?.body, { email: 'a@example.com', role: 'contractor' });
		assert.doesNotMatch(JSON.stringify(log), /fbsx-/);
		assert.equal(((await bench.control('GET', `/requests?since=${list?.seq}`)) as unknown as Body[]).length, 1);
		await bench.control('DELETE', '/requests');
		assert.deepEqual(await bench.control('GET', '/requests'), []);
	});

	it('keeps the secrets of token requests out of the log', async () => {
		await bench.open.post('/auth/oauth/token', { grant_type: 'refresh_token', client_secret: bench.sandbox.clientSecret, refresh_token: 'x' });
		assert.doesNotMatch(JSON.stringify(await bench.control('GET', '/requests')), /fbsx-/);
	});

	it('logs paths that do not exist', async () => {
		assert.equal((await bench.api.get('/auth/api/v1/business//members')).status, 404);
		assert.equal(((await bench.control('GET', '/requests')) as unknown as Body[])[0]?.path, '/auth/api/v1/business//members');
	});

	it('counts requests by route and the most at one time', async () => {
		await bench.control('PATCH', '/settings', { latencyMs: 50 });
		await Promise.all([team(), team(), team()]);
		const stats = await bench.control('GET', '/stats');
		assert.deepEqual([stats.requests, stats.peakInFlight, stats.inFlight], [3, 3, 0]);
		assert.deepEqual(stats.byRoute, { 'GET /auth/api/v1/businesses/:id/team_members': 3 });
	});

	it('lists every secret it has issued', async () => {
		const { access_token: access, refresh_token: refresh } = await bench.control('POST', '/oauth/grant', { scope: 'user:teams:read' });
		const { response } = (await bench.api.get('/auth/api/v1/users/me')).data;
		const staff = (await bench.api.get('/accounting/account/zDmNq/users/staffs')).data.response.result.staff;
		const { all } = await bench.control('GET', '/secrets');
		const secrets = [access, refresh, bench.sandbox.clientSecret, response.business_memberships[0].fasttrack_token, staff[0].api_token];
		for (const secret of secrets) assert.ok((all as unknown[]).includes(secret), String(secret).slice(0, 20));
	});
});

describe('settings', () => {
	it('limit the rate, with Retry-After in the form asked for', async () => {
		await bench.control('PATCH', '/settings', { rateLimit: { perSecond: 2, retryAfter: 'seconds' } });
		const answers = await Promise.all([1, 2, 3, 4].map(() => bench.api.get(TEAM)));
		assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 429, 429]);
		assert.equal(answers.find(({ status }) => status === 429)?.headers['retry-after'], '1');
		assert.equal((await bench.control('GET', '/stats')).rateLimited, 2);
	});

	it('that do not exist are refused', async () => {
		await assert.rejects(bench.control('PATCH', '/settings', { latency: 5 }), /Unknown setting 'latency'/);
	});

	it('go back to the start with reset', async () => {
		await bench.control('PATCH', '/settings', { defaultPerPage: 3 });
		await bench.control('POST', '/reset');
		assert.equal((await bench.api.get(TEAM)).data.meta.per_page, 15);
	});
});

describe('the server', () => {
	it('refuses connections during an outage and comes back at the same address', async () => {
		await bench.control('POST', '/outage', { ms: 300 });
		const outcomes = new Set<string>();
		while (!outcomes.has('ECONNREFUSED') || !outcomes.has('ok')) {
			const outcome = await team().then(() => 'ok', (error: { code: string }) => error.code);
			if (outcome === 'ok' && !outcomes.has('ECONNREFUSED')) continue;
			outcomes.add(outcome);
		}
		assert.equal((await team()).length, 12);
	});
});

describe('history', () => {
	it('records the grant of a change, also after a refresh, and the time of the machine', async () => {
		const { access_token, refresh_token } = bench.sandbox.grant();
		const invite = async (token: unknown, email: string) =>
			await bench.open.post(INVITATIONS, { email, role: 'contractor' }, { headers: { authorization: `Bearer ${String(token)}` } });
		await invite(access_token, 'a@example.com');
		const refreshed = bench.sandbox.parts.oauth.refresh(String(refresh_token), false);
		await bench.control('PATCH', '/settings', { clockOffsetMs: 3_600_000 });
		await invite(refreshed?.accessToken, 'b@example.com');
		await bench.control('POST', `/businesses/${BILLSPRING}/members`, { email: 'c@example.com' });
		const { history } = bench.sandbox.parts.world;
		const { lastGrant } = bench.sandbox.parts.oauth;
		assert.deepEqual(history.map(({ grant }) => grant), [lastGrant, lastGrant, null]);
		const ahead = history.map(({ at, machineAt }) => Math.round((Date.parse(at) - machineAt) / 3_600_000));
		// As text, because the first difference may round to -0.
		assert.equal(ahead.join(), '0,1,1');
		assert.equal(history[2]?.person?.email, 'c@example.com');
	});
});
