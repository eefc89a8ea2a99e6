import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { INVITATIONS, kinds, LARGE_TEAM, MEMBERS, TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const arm = (fault: Body) => bench.control('POST', '/faults', { route: 'GET /team_members$', ...fault });
const team = (params: Body = { per_page: 100 }) => bench.api.get(TEAM, { params });
const page = async (number: number): Promise<string[]> =>
	(await bench.api.get(LARGE_TEAM, { params: { per_page: 100, page: number } })).data.response.map(({ uuid }: { uuid: string }) => uuid);

describe('a fault', () => {
	it('hits matching requests, after those that it lets pass', async () => {
		await arm({ kind: 'status', status: 503, count: 2, after: 1 });
		assert.equal((await bench.api.get(MEMBERS)).status, 200);
		const statuses = [await team(), await team(), await team(), await team()].map(({ status }) => status);
		assert.deepEqual(statuses, [200, 503, 503, 200]);
		const { fired, remaining } = await bench.control('GET', '/faults');
		assert.deepEqual([fired, remaining], [{ status: 2 }, { status: 0 }]);
	});

	it('can match the query, have no end, and be cleared', async () => {
		await arm({ kind: 'status', query: 'page=2', count: 0 });
		assert.equal((await team()).status, 200);
		assert.equal((await team({ page: 2 })).status, 500);
		assert.equal((await team({ page: 2 })).status, 500);
		assert.equal(((await bench.control('GET', '/faults')).remaining as Body).status, null);
		await bench.control('DELETE', '/faults');
		assert.equal((await team({ page: 2 })).status, 200);
	});

	it('can hit by chance, the same way for the same seed', async () => {
		const run = async () => {
			await bench.control('DELETE', '/faults');
			await bench.control('POST', '/faults', { seed: 7, faults: [{ kind: 'status', route: 'GET /team_members$', probability: 0.5, count: 0 }] });
			const statuses: number[] = [];
			for (let turn = 0; turn < 20; turn += 1) statuses.push((await team()).status);
			return statuses;
		};
		const first = await run();
		assert.deepEqual(await run(), first);
		assert.equal(new Set(first).size, 2);
	});

	it('of an unknown kind is refused', async () => {
		await assert.rejects(arm({ kind: 'gremlin' }), /Unknown fault kind 'gremlin'/);
	});
});

describe('fault kinds', () => {
	it('status: any status, body and headers', async () => {
		await arm({ kind: 'status', status: 418, body: { a: 1 }, headers: { 'X-Odd': 'yes' } });
		const answer = await team();
		assert.deepEqual([answer.status, answer.data, answer.headers['x-odd']], [418, { a: 1 }, 'yes']);
	});

	it('rateLimited: Retry-After in seconds, as a date, or none', async () => {
		for (const params of [{ retryAfter: 2 }, { retryAfterDate: 5 }, {}]) await arm({ kind: 'rateLimited', ...params });
		const answers = [await team(), await team(), await team()];
		assert.deepEqual(answers.map(({ status }) => status), [429, 429, 429]);
		const [seconds, date, none] = answers.map(({ headers }) => headers['retry-after']);
		assert.equal(seconds, '2');
		assert.ok(Date.parse(String(date)) > Date.now() && String(date).endsWith('GMT'));
		assert.equal(none, undefined);
	});

	it('delay: the normal answer, later', async () => {
		await arm({ kind: 'delay', ms: 30 });
		assert.equal((await team()).data.response.length, 12);
		const [entry] = (await bench.control('GET', '/requests')) as unknown as { ms: number; fault: string }[];
		assert.equal(entry?.fault, 'delay');
		assert.ok(entry.ms >= 29);
	});

	it('resetBefore: no answer at all, and nothing done', async () => {
		await bench.control('POST', '/faults', { kind: 'resetBefore', route: 'POST /invitations' });
		await assert.rejects(bench.api.post(INVITATIONS, { email: 'a@example.com', role: 'contractor' }), { code: 'ECONNRESET' });
		assert.deepEqual(await kinds(bench), []);
	});

	it('resetMidBody: the connection ends inside the body', async () => {
		await arm({ kind: 'resetMidBody' });
		const response = await fetch(bench.sandbox.url + TEAM, { headers: { authorization: String(bench.api.defaults.headers.authorization) } });
		assert.equal(response.status, 200);
		await assert.rejects(response.text());
	});

	it('truncatedJson: a complete body of half the JSON', async () => {
		await arm({ kind: 'truncatedJson' });
		const { status, data, headers } = await team();
		assert.deepEqual([status, typeof data], [200, 'string']);
		assert.match(String(headers['content-type']), /json/);
		assert.throws(() => JSON.parse(data));
	});

	it('html502: a gateway\'s page', async () => {
		await arm({ kind: 'html502' });
		const { status, data, headers } = await team();
		assert.equal(status, 502);
		assert.match(data, /502 Bad Gateway/);
		assert.match(String(headers['content-type']), /html/);
	});

	it('errorIn200 and wrongShape: 200 with something else', async () => {
		await arm({ kind: 'errorIn200' });
		await arm({ kind: 'wrongShape' });
		await arm({ kind: 'wrongShape', body: { response: { '0': 1 } } });
		const [error, shape, own] = [await team(), await team(), await team()];
		assert.deepEqual([error.status, error.data.response.errors[0].errno], [200, 1003]);
		assert.deepEqual(shape.data, { response: 'ok' });
		assert.deepEqual(own.data, { response: { '0': 1 } });
	});

	it('fieldsLeftOut: the answer without roles, names and dates, or without the fields named', async () => {
		await arm({ kind: 'fieldsLeftOut' });
		await arm({ kind: 'fieldsLeftOut', fields: ['email', 'total'] });
		const [complete, first, second] = [await bench.api.get(MEMBERS), await team(), await team()];
		const [row] = first.data.response;
		assert.deepEqual(Object.keys(row).filter((name) => /role|name|_at$|date/.test(name)), []);
		assert.deepEqual([row.email, row.active, first.data.meta.total], ['marlowe.ashdown@example.com', true, 12]);
		assert.deepEqual(['email' in second.data.response[0], second.data.response[0].business_role_name, 'total' in second.data.meta], [false, 'owner', false]);
		assert.ok(complete.data.response.members.every((member: Body) => typeof member.role === 'string'));
	});

	it('emptyList: no rows, with or without the total', async () => {
		await arm({ kind: 'emptyList' });
		await arm({ kind: 'emptyList', keepTotal: true });
		const [empty, lying] = [await team(), await team()];
		assert.deepEqual([empty.data.response, empty.data.meta.total], [[], 0]);
		assert.deepEqual([lying.data.response, lying.data.meta.total], [[], 12]);
	});

	it('totalTooLarge: a total beyond the rows', async () => {
		await arm({ kind: 'totalTooLarge', extra: 3 });
		const { data } = await team();
		assert.deepEqual([data.response.length, data.meta.total], [12, 15]);
	});

	it('applyThenFail: the write is done, the answer is not', async () => {
		await bench.control('POST', '/faults', { faults: [{ kind: 'applyThenFail', route: 'POST /invitations' }, { kind: 'applyThenFail', with: 'reset', route: 'POST /invitations' }] });
		assert.equal((await bench.api.post(INVITATIONS, { email: 'a@example.com', role: 'contractor' })).status, 500);
		await assert.rejects(bench.api.post(INVITATIONS, { email: 'b@example.com', role: 'contractor' }));
		assert.deepEqual(await kinds(bench), ['invitationCreated', 'invitationCreated']);
	});

	it('lateArrival: a gateway gives up at once with a web page, and the write is done later', async () => {
		for (const [status, title] of [[520, /520/], [524, /524/], [503, /503/]] as const) {
			await bench.control('POST', '/reset');
			await bench.control('POST', '/faults', { kind: 'lateArrival', route: 'POST /invitations', status, arrivesAfterMs: 150 });
			const answer = await bench.api.post(INVITATIONS, { email: 'late@example.com', role: 'contractor' });
			assert.equal(answer.status, status);
			assert.match(String(answer.headers['content-type']), /html/);
			assert.match(answer.data, title);
			assert.deepEqual(await kinds(bench), []);
			await sleep(200);
			assert.deepEqual(await kinds(bench), ['invitationCreated']);
		}
	});

	it('lateArrival: answers 520 and arrives 2.5 seconds later by default, and not after a reset', async () => {
		await bench.control('POST', '/faults', { kind: 'lateArrival', route: 'POST /invitations' });
		assert.equal((await bench.api.post(INVITATIONS, { email: 'late@example.com', role: 'contractor' })).status, 520);
		await bench.control('POST', '/reset');
		await sleep(2_600);
		assert.deepEqual(await kinds(bench), []);
	});

	it('rotateRows: somebody is skipped, or repeated, while the total stays', async () => {
		await arm({ kind: 'rotateRows', count: 2 });
		const skipped = [...(await page(1)), ...(await page(2))];
		assert.deepEqual([skipped.length, new Set(skipped).size], [131, 130]);
		await arm({ kind: 'rotateRows', count: 2, by: -1 });
		const [first, second] = [await page(1), await page(2)];
		assert.equal(first.at(-1), second[0]);
	});

	it('shiftRows: the list loses its first rows before page 2', async () => {
		await arm({ kind: 'shiftRows', count: 2 });
		const read = [...(await page(1)), ...(await page(2))];
		assert.deepEqual([read.length, new Set(read).size], [130, 130]);
		assert.equal((await page(2)).length, 31);
	});

	it('dropRows: named people are missing', async () => {
		await arm({ kind: 'dropRows', emails: ['Ivo.Castellan@example.com'] });
		const { data } = await team();
		assert.deepEqual([data.response.length, data.meta.total], [11, 12]);
		assert.ok(!data.response.some(({ email }: Body) => email === 'ivo.castellan@example.com'));
	});

	it('hugeBody and deepJson: very large answers', async () => {
		await arm({ kind: 'hugeBody', bytes: 1_000_000 });
		await arm({ kind: 'deepJson', depth: 500 });
		assert.equal((await team()).data.response.length, 1_000_000);
		assert.equal(JSON.stringify((await team()).data).length, '{"response":}'.length + 1000);
	});

	it('expireToken: the access token of this request ends, its refresh token stays good', async () => {
		const { access_token, refresh_token } = bench.sandbox.grant();
		const own = { headers: { authorization: `Bearer ${String(access_token)}` } };
		await arm({ kind: 'expireToken' });
		assert.equal((await bench.open.get(TEAM, own)).status, 401);
		assert.equal((await team()).status, 200);
		const { clientId: client_id, clientSecret: client_secret } = bench.sandbox;
		const refreshed = await bench.open.post('/auth/oauth/token', { grant_type: 'refresh_token', refresh_token, client_id, client_secret });
		assert.equal(refreshed.status, 200);
	});

	it('reach the token endpoint', async () => {
		await bench.control('POST', '/faults', { kind: 'status', route: 'POST /oauth/token' });
		assert.equal((await bench.open.post('/auth/oauth/token', {})).status, 500);
		assert.equal((await bench.open.post('/auth/oauth/token', {})).status, 401);
	});
});

describe('a director', () => {
	it('decides first, gets the grant of the request, and may leave it to the armed faults', async () => {
		const { faults, oauth } = bench.sandbox.parts;
		const grants: Array<number | null> = [];
		faults.director = ({ grant }) => {
			grants.push(grant);
			return grants.length === 1 ? { kind: 'status', params: { status: 418 }, turn: 0 } : undefined;
		};
		await arm({ kind: 'status', status: 503 });
		const own = String(bench.sandbox.grant().access_token);
		const statuses = [await bench.open.get(TEAM, { headers: { authorization: `Bearer ${own}` } }), await team(), await team()].map(({ status }) => status);
		faults.director = undefined;
		assert.deepEqual(statuses, [418, 503, 200]);
		assert.deepEqual(grants.map((grant) => grant === oauth.lastGrant), [true, false, false]);
		assert.deepEqual(faults.list().fired, { status: 2 });
	});
});
