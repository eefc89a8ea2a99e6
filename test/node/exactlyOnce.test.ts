import nock from 'nock';

import { LONGEST_ANNOUNCED_WAIT_MS } from '../../nodes/FreshBooks/client/retry';
import { holdWaits, onAFastClock, START, waits } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, memberRow } from '../harness/examples';
import { onLists, usersMe } from '../harness/lists';
import { onDelete, onGet, onPost, onPut, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const ME = '/auth/api/v1/users/me';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const NEW_STAFF = { email: 'newstaff@example.com', role: 'employee' };

const getMe = { resource: 'user', operation: 'getMe' };
const updateRole = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', '1'), role: 'admin' };
const remove = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') };
const create = { resource: 'invitation', operation: 'create', business, ...NEW_STAFF };

const networkError = (code: string) => Object.assign(new Error(`the network said ${code}`), { code });
const BROKEN = networkError('ECONNRESET');
const TIMED_OUT = networkError('ETIMEDOUT');
const REFUSED = networkError('ECONNREFUSED');

/** Lists with one member, whom an operation changes. */
const onMember = () => onLists({ members: [memberRow(1)] });

describe('a 429', () => {
	test('waits as long as Retry-After says in seconds', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': '7' });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits).toEqual([7_000]);
	});

	test('waits as long as Retry-After says as a date', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': new Date(START + 11_000).toUTCString() });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits).toEqual([11_000]);
	});

	test('without Retry-After waits for increasing times, for at most eight tries', async () => {
		const triedAt: number[] = [];
		onGet(ME)
			.times(8)
			.reply(429, () => {
				triedAt.push(Date.now());
				return {};
			});
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks allows no more requests right now, and did not answer for the connected user [item 0]',
			httpCode: '429',
			cause: 'rate-limited',
		});
		expect(triedAt).toHaveLength(8);
		for (const [index, moment] of triedAt.slice(1).entries()) {
			expect(moment - triedAt[index]).toBeGreaterThan(0);
			expect(moment - triedAt[index]).toBeLessThanOrEqual(30_000);
		}
	});

	test.each(['soon', '-1', '', '99999999999999999999'])('with Retry-After %j waits as if there were none', async (header) => {
		onGet(ME).reply(429, {}, { 'Retry-After': header });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits[0]).toBeGreaterThan(0);
		expect(waits[0]).toBeLessThanOrEqual(500);
	});

	test('with too long a wait is reported with that time', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': String(LONGEST_ANNOUNCED_WAIT_MS / 1000 + 180) });
		expect((await errorOf(getMe)).description).toContain('wait 300 seconds');
		expect(waits).toEqual([]);
	});

	test('waits for POST too: FreshBooks did not carry out the request', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(429, {}, { 'Retry-After': '2' });
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
		expect(waits).toEqual([2_000]);
	});

	test('of a POST eight times: nothing was done, and the error has the number of tries', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).times(8).reply(429, {});
		expect((await errorOf(create)).description).toMatch(/^Nothing was done for it\. It was tried 8 times\. To fix this, wait a minute and run it again\.$/);
	});

	test('without Retry-After waits as long as X-RateLimit-Reset says', async () => {
		onGet(ME).reply(429, {}, { 'X-RateLimit-Reset': '9' });
		onGet(ME).reply(429, {}, { 'X-RateLimit-Reset': String(START / 1000 + 20) });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits).toEqual([9_000, 11_000]);
	});

	test('waits for PUT and DELETE', async () => {
		onMember();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(429, {});
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).reply(429, {});
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
	});
});

describe('an unknown result', () => {
	test.each([500, 502, 503, 504, 408])('of a GET, PUT or DELETE with %d is retried', async (status) => {
		onGet(ME).reply(status, 'stuff');
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		onMember();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).reply(status);
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
		expect(waits).toHaveLength(3);
	});

	test.each([['broken connection', BROKEN], ['time-out', TIMED_OUT], ['refused connection', REFUSED]])('of a GET, PUT or DELETE by a %s is retried', async (_name, error) => {
		onGet(ME).replyWithError(error);
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		onMember();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).replyWithError(error);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).replyWithError(error);
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
		expect(waits).toHaveLength(3);
	});

	test('after one try, if FreshBooks announces too long a wait, is not called several tries', async () => {
		onMember();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(503, { message: 'Down.' }, { 'Retry-After': '600' });
		expect((await errorOf(updateRole)).description).toMatch(/^It may or may not have been carried out; running it again is safe\. It was tried once\./);
	});

	test('followed by 429 until the last try never says that nothing was done', async () => {
		onMember();
		onDelete(`${MEMBERS}/1`).reply(500, { error: 'internal_server_error' });
		onDelete(`${MEMBERS}/1`).times(8).reply(429, {});
		const { message, description } = await errorOf(remove);
		expect(message).toContain('allows no more requests right now');
		expect(description).toMatch(/^It may or may not have been carried out; running it again is safe\. It was tried 9 times\. To fix this, wait a minute/);
	});

	test('five times is reported with the status and the text of FreshBooks', async () => {
		onGet(ME).times(5).reply(503, { error: 'internal_server_error', error_description: 'internal server error' });
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks is not able to answer for the connected user at the moment (status 503) [item 0]',
			description: expect.stringContaining('"internal server error"'),
			httpCode: '503',
			cause: 'temporarily-unavailable',
		});
	});

	test('without any connection, five times, is reported with a text of this package', async () => {
		onGet(ME).times(5).replyWithError(REFUSED);
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks was not reached for the connected user [item 0]',
			description: expect.stringContaining('(ECONNREFUSED)'),
		});
	});

	test.each([
		['HTML', '<!DOCTYPE html><html><body>Maintenance</body></html>', 'A web page came back'],
		['truncated JSON', '{"response": {"id": 712', 'is incomplete or not of the documented form'],
		['nothing', '', 'is incomplete or not of the documented form'],
	])('by %s with HTTP 200 is an error, never partial data', async (_name, body, sentence) => {
		const times = body === '' ? 1 : 5;
		onGet(ME).times(times).reply(200, body);
		expect((await errorOf(getMe)).message).toContain(sentence);
	});

	test('by truncated JSON in the middle of a list is retried', async () => {
		onGet(pageOf(MEMBERS)).reply(200, '{"response": {"members": [{"id": 1');
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		onGet(ME).reply(200, usersMe());
		expect(await run({ resource: 'teamMember', operation: 'getAll', business, source: 'businessMembers' })).toHaveLength(1);
	});
});

test.each([400, 403, 404, 409, 410, 422])('a definite response (%d) is not retried', async (status) => {
	onMember();
	onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status, { message: 'No.' });
	expect((await errorOf(updateRole)).httpCode).toBe(String(status));
	expect(waits).toEqual([]);
});

describe('a redirect is not followed, and the token is sent nowhere else', () => {
	test.each([301, 302, 307, 308])('%d', async (status) => {
		const elsewhere = nock('https://elsewhere.example').get('/me').reply(200, EXAMPLE.usersMe);
		onGet(ME).reply(status, {}, { Location: 'https://elsewhere.example/me' });
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks redirected the request for the connected user, which was not followed [item 0]',
			httpCode: String(status),
		});
		expect(elsewhere.isDone()).toBe(false);
		nock.cleanAll();
	});

	test('nor for a POST', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(307, {}, { Location: 'https://elsewhere.example/me' });
		expect(await errorOf(create)).toMatchObject({ message: expect.stringContaining('it is not known whether it was carried out'), httpCode: '307' });
	});
});

describe('a stopped execution', () => {
	test('does not wait for the next try', async () => {
		const stopped = new AbortController();
		holdWaits(() => stopped.abort());
		onGet(ME).reply(429, {}, { 'Retry-After': '100' });
		expect((await errorOf(getMe, { signal: stopped.signal })).message).toBe('The execution was stopped before the request was done [item 0]');
	});

	test('starts no further item, even if it continues on failures', async () => {
		const stopped = new AbortController();
		holdWaits(() => stopped.abort());
		onLists({ members: [1, 2, 3].map((id) => memberRow(id)) });
		onDelete(`${MEMBERS}/1`).reply(429, {});
		const parameters = { ...remove, member: locator('id', '={{ $json.id }}'), options: { batchSize: 1 } };
		const output = await run(parameters, { items: [{ id: 1 }, { id: 2 }, { id: 3 }], signal: stopped.signal, continueOnFail: true });
		expect(output).toHaveLength(1);
		expect(output[0].json.error).toContain('was stopped');
	});

	test('aborts the request in flight', async () => {
		const stopped = new AbortController();
		onGet(ME).reply(200, function () {
			stopped.abort();
			return new Promise<nock.Body>(() => undefined);
		} as unknown as nock.Body);
		expect((await errorOf(getMe, { signal: stopped.signal })).message).toContain('The execution was stopped');
	});
});
