import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { LONGEST_ANNOUNCED_WAIT_MS } from '../../nodes/FreshBooks/client/retry';
import { holdWaits, onAFastClock, START, waits } from '../harness/clock';
import { API, errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, teamMembersPage, upTo } from '../harness/examples';
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
const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') };

const networkError = (code: string) => Object.assign(new Error(`the network said ${code}`), { code });
const BROKEN = networkError('ECONNRESET');
const TIMED_OUT = networkError('ETIMEDOUT');
const REFUSED = networkError('ECONNREFUSED');

/** A page of invitations where FreshBooks pages them, as it does members. */
const invitationsPage = (rows: IDataObject[], page: number, total: number) => ({
	response: { invitations: rows, pages: { page, pages: Math.ceil(total / 100), per_page: 100, total } },
});
const nothingPending = () => onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([]));

describe('a 429', () => {
	test('is waited out as long as Retry-After says in seconds', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': '7' });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits).toEqual([7_000]);
	});

	test('is waited out as long as Retry-After says with a date', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': new Date(START + 11_000).toUTCString() });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits).toEqual([11_000]);
	});

	test('without Retry-After is waited out for moments of our own, at most five tries', async () => {
		const triedAt: number[] = [];
		onGet(ME)
			.times(5)
			.reply(429, () => {
				triedAt.push(Date.now());
				return {};
			});
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks allows no more requests right now, and did not answer for the connected user [item 0]',
			httpCode: '429',
			cause: 'rate-limited',
		});
		expect(triedAt).toHaveLength(5);
		for (const [index, moment] of triedAt.slice(1).entries()) {
			expect(moment - triedAt[index]).toBeGreaterThan(0);
			expect(moment - triedAt[index]).toBeLessThan(10_000);
		}
	});

	test.each(['soon', '-1', '', '99999999999999999999'])('with Retry-After %j is waited out as if there were none', async (header) => {
		onGet(ME).reply(429, {}, { 'Retry-After': header });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		expect(waits[0]).toBeGreaterThan(0);
		expect(waits[0]).toBeLessThanOrEqual(500);
	});

	test('that asks for longer than one can wait is reported with that time', async () => {
		onGet(ME).reply(429, {}, { 'Retry-After': String(LONGEST_ANNOUNCED_WAIT_MS / 1000 + 180) });
		expect((await errorOf(getMe)).description).toContain('Wait 300 seconds');
		expect(waits).toEqual([]);
	});

	test('is waited out for POST as well: FreshBooks did not take the request', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(429, {}, { 'Retry-After': '2' });
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
		expect(waits).toEqual([2_000]);
	});

	test('is waited out for PUT and DELETE', async () => {
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(429, {});
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).reply(429, {});
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
	});
});

describe('an unclear end', () => {
	test.each([500, 502, 503, 504, 408])('of a GET, PUT or DELETE with %d is tried again', async (status) => {
		onGet(ME).reply(status, 'stuff');
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).reply(status);
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
		expect(waits).toHaveLength(3);
	});

	test.each([['broken connection', BROKEN], ['time-out', TIMED_OUT], ['refused connection', REFUSED]])('of a GET, PUT or DELETE by a %s is tried again', async (_name, error) => {
		onGet(ME).replyWithError(error);
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run(getMe);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).replyWithError(error);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run(updateRole);
		onDelete(`${MEMBERS}/1`).replyWithError(error);
		onDelete(`${MEMBERS}/1`).reply(204);
		await run(remove);
		expect(waits).toHaveLength(3);
	});

	test('five times over is reported, with the status and what FreshBooks said', async () => {
		onGet(ME).times(5).reply(503, { error: 'internal_server_error', error_description: 'internal server error' });
		expect(await errorOf(getMe)).toMatchObject({
			message: 'FreshBooks is not able to answer for the connected user at the moment (status 503) [item 0]',
			description: expect.stringContaining('"internal server error"'),
			httpCode: '503',
			cause: 'temporarily-unavailable',
		});
	});

	test('without any connection, five times over, is reported in words of our own', async () => {
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
	])('by %s under 200 is an error, never half an answer', async (_name, body, sentence) => {
		const times = body === '' ? 1 : 5;
		onGet(ME).times(times).reply(200, body);
		expect((await errorOf(getMe)).message).toContain(sentence);
	});

	test('by truncated JSON in the middle of a list is tried again', async () => {
		onGet(pageOf(MEMBERS)).reply(200, '{"response": {"members": [{"id": 1');
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect(await run({ resource: 'teamMember', operation: 'getAll', business, source: 'businessMembers' })).toHaveLength(1);
	});
});

test.each([400, 403, 404, 409, 410, 422])('a definite answer (%d) is not tried again', async (status) => {
	onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status, { message: 'No.' });
	expect((await errorOf(updateRole)).httpCode).toBe(String(status));
	expect(waits).toEqual([]);
});

describe('an invitation is sent once', () => {
	test('a 500 after it was stored: it is found in the list, and not sent again', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(500, { error: 'internal_server_error' });
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect(await jsonOf(create)).toEqual(EXAMPLE.invitations.response.invitations);
	});

	test('a 500 without it being stored: the list shows that, and it is sent again', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(500);
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		expect(await jsonOf(create)).toEqual([EXAMPLE.invitationCreated.response.invitation]);
	});

	test('a 500 and a list that cannot be read: nothing is known, so it is not sent again', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(500);
		onGet(pageOf(INVITATIONS)).times(5).reply(500);
		expect(await errorOf(create)).toMatchObject({
			message: expect.stringContaining('it is not known whether it was carried out'),
			description: expect.stringContaining('not sent again'),
			httpCode: '500',
		});
	});

	test('a 500 and a list that FreshBooks counts longer than it shows: it may be hidden there, so it is not sent again', async () => {
		onGet(pageOf(INVITATIONS)).times(4).reply(200, invitationsPage([invitationRow(1)], 1, 2));
		onGet(pageOf(INVITATIONS, 2)).times(4).reply(200, invitationsPage([], 2, 2));
		onPost(INVITATIONS, NEW_STAFF).reply(500);
		expect((await errorOf(create)).message).toContain('it is not known whether it was carried out');
	});

	test.each(['create', 'onboard'])('a list that moves while it is read is read again before %s takes the address for not invited', async (operation) => {
		const rows = upTo(110).map((id) => invitationRow(id));
		for (let reading = 1; reading <= 2; reading++) {
			onGet(pageOf(INVITATIONS, 1)).reply(200, invitationsPage(rows.slice(0, 100), 1, 110));
			onGet(pageOf(INVITATIONS, 2)).reply(200, invitationsPage(rows.slice(101), 2, 109));
		}
		onGet(pageOf(INVITATIONS, 1)).reply(200, invitationsPage(rows.slice(1, 101), 1, 109));
		onGet(pageOf(INVITATIONS, 2)).reply(200, invitationsPage(rows.slice(101), 2, 109));
		const invited = { business, email: 'invited101@example.com', role: 'employee' };
		if (operation === 'create') {
			const created = await jsonOf({ resource: 'invitation', operation, ...invited, options: { ifExists: 'return' } });
			expect(created).toMatchObject([{ id: 101, alreadyInvited: true }]);
			return;
		}
		onGet(pageOf('/auth/api/v1/businesses/789/team_members')).reply(200, teamMembersPage([]));
		onGet(pageOf(MEMBERS)).reply(200, membersPage([]));
		expect(await jsonOf({ resource: 'access', operation, ...invited })).toMatchObject([{ status: 'alreadyInvited', invitation: { id: 101 } }]);
	});

	test('a 500 where FreshBooks offers no list of invitations: it is not sent again', async () => {
		onGet(pageOf(INVITATIONS)).times(2).reply(404, { message: 'No such page.' });
		nock(API).post('/auth/api/v1/users/invitation').reply(500);
		const { message } = await errorOf({ ...create, options: { endpoint: 'userInvitation' } });
		expect(message).toContain('it is not known whether it was carried out');
	});

	test.each([502, 504])("a gateway's %d: FreshBooks may still be at work, so it is looked for and not sent again", async (status) => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(status, '<html>Gateway</html>');
		nothingPending();
		expect((await errorOf(create)).message).toContain('it is not known whether it was carried out');
	});

	test.each([['broken connection', BROKEN], ['time-out', TIMED_OUT]])('a %s: it is looked for, found, and not sent again', async (_name, error) => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).replyWithError(error);
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
	});

	test.each([['broken connection', BROKEN], ['time-out', TIMED_OUT]])('a %s without a trace in the list: it is not sent again, and that is said', async (_name, error) => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).replyWithError(error);
		nothingPending();
		expect((await errorOf(create)).description).toContain('not sent again, as that could invite the person twice');
	});

	test('a connection that was never made: FreshBooks saw nothing, so it is sent again', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).replyWithError(REFUSED);
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
	});

	test('truncated JSON or a web page under 200: it is looked for', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(200, '{"response": {"invi');
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
	});

	const NO_INVITATIONS: nock.Body[] = [{ response: 'ok' }, { response: [{}] }, { unexpected: true }, [], 'null', '42'];

	test.each(NO_INVITATIONS)('JSON about something else under 200 (%j): it is looked for', async (body) => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(200, body);
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect(await jsonOf(create)).toMatchObject([{ id: 55 }]);
	});

	test.each(['businessInvitations', 'userInvitation'])('JSON about something else and no trace in the list (%s): that is said, and it is not sent again', async (endpoint) => {
		onGet(pageOf(INVITATIONS)).times(2).reply(200, invitationsAnswer([]));
		nock(API).post(endpoint === 'userInvitation' ? '/auth/api/v1/users/invitation' : INVITATIONS).reply(200, { response: 'ok' });
		expect((await errorOf({ ...create, options: { endpoint } })).message).toContain('it is not known whether it was carried out');
	});

	test('three times a 500 without a trace in the list ends it', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).times(3).reply(500);
		onGet(pageOf(INVITATIONS)).times(3).reply(200, invitationsAnswer([]));
		expect((await errorOf(create)).httpCode).toBe('500');
	});

	test('three times a 500 without a trace in the list does not keep a later item about the same address from being sent', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).times(3).reply(500);
		onGet(pageOf(INVITATIONS)).times(3).reply(200, invitationsAnswer([]));
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		expect(await jsonOf(create, { items: [{}, {}], continueOnFail: true })).toMatchObject([{ error: expect.any(String) }, { id: 55 }]);
	});

	test('however often the address is in the input', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		const parameters = { ...create, email: '={{ $json.email }}', options: { ifExists: 'return' } };
		const output = await jsonOf(parameters, { items: ['newstaff@example.com', 'NEWSTAFF@example.com', 'newstaff@EXAMPLE.com'].map((email) => ({ email })) });
		expect(output.map(({ id, alreadyInvited }) => [id, alreadyInvited])).toEqual([
			[55, undefined],
			[55, true],
			[55, true],
		]);
	});

	test('however often the address is in the input, where FreshBooks offers no list and answers nothing', async () => {
		onGet(pageOf(INVITATIONS)).reply(404, { message: 'No such page.' });
		nock(API).post('/auth/api/v1/users/invitation').reply(201);
		const parameters = { ...create, options: { endpoint: 'userInvitation', ifExists: 'return' } };
		expect(await jsonOf(parameters, { items: [{}, {}] })).toMatchObject([{}, { email: 'newstaff@example.com', alreadyInvited: true }]);
	});

	test.each([
		['a list that does not show it', 3, () => onGet(pageOf(INVITATIONS)).times(3).reply(200, invitationsAnswer([]))],
		['no list at all', 4, () => onGet(pageOf(INVITATIONS)).times(4).reply(404, { message: 'No such page.' })],
	])('however often the address is in the input, also after an unclear end with %s', async (_name, lists, list) => {
		list();
		const endpoint = lists === 3 ? 'businessInvitations' : 'userInvitation';
		nock(API).post(lists === 3 ? INVITATIONS : '/auth/api/v1/users/invitation').reply(504);
		const output = await jsonOf({ ...create, options: { endpoint } }, { items: [{}, {}], continueOnFail: true });
		expect(output).toMatchObject([{ error: expect.stringContaining('not known') }, { error: expect.stringContaining('not known') }]);
	});

	test('and counts as sent when the list cannot be read afterwards', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(200, EXAMPLE.invitationCreated);
		onPost(INVITATIONS, { email: 'other@example.com', role: 'employee' }).replyWithError(BROKEN);
		onGet(pageOf(INVITATIONS)).times(5).reply(500);
		const parameters = { ...create, email: '={{ $json.email }}' };
		const output = await jsonOf(parameters, { items: [{ email: 'other@example.com' }, { email: 'newstaff@example.com' }], continueOnFail: true });
		expect(output).toMatchObject([{ error: expect.stringContaining('not known') }, { id: 55 }]);
	});
});

describe('a removal that answers 404', () => {
	const MISSING = { error: 'not_found', error_description: 'No such member' };

	test('after an unclear end has succeeded, when the list shows the person gone', async () => {
		onDelete(`${MEMBERS}/1`).reply(503);
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(2)]));
		expect(await jsonOf(remove)).toEqual([{ deleted: true, businessId: 789, memberId: 1 }]);
	});

	test('after an unclear end has not, when the list still has the person', async () => {
		onDelete(`${MEMBERS}/1`).reply(503);
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1), memberRow(2)]));
		expect((await errorOf(remove)).httpCode).toBe('404');
	});

	test('at once is an error that says so, when the list shows that there is nobody', async () => {
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(2)]));
		expect(await errorOf(remove)).toMatchObject({
			message: "FreshBooks does not know member 1 of business 789 (parameter 'Member') [item 0]",
			description: expect.stringContaining('looked up by its integer member ID'),
			httpCode: '404',
		});
	});

	test("is a success with 'If Missing: Succeed', when the list shows that there is nobody", async () => {
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(2)]));
		expect(await jsonOf({ ...remove, options: { ifMissing: 'succeed' } })).toEqual([{ deleted: true, businessId: 789, memberId: 1, alreadyMissing: true }]);
	});

	test.each([
		['cannot be read', () => onGet(pageOf(MEMBERS)).reply(404, MISSING)],
		['is malformed', () => onGet(pageOf(MEMBERS)).reply(200, { response: {} })],
		['still has the person', () => onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1)]))],
	])("is never 'already removed' when the list %s, whatever 'If Missing' says", async (_name, list) => {
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		list();
		expect(await errorOf({ ...remove, options: { ifMissing: 'succeed' } })).toMatchObject({
			message: expect.stringContaining('FreshBooks answered 404'),
			description: expect.stringContaining("not in FreshBooks' public documentation"),
		});
	});

	test.each([403, 405, 422, 500])("with %d is no 'already removed' either", async (status) => {
		onDelete(`${MEMBERS}/1`).times(status === 500 ? 5 : 1).reply(status, { message: 'No.' });
		if (status === 405) onGet(pageOf(MEMBERS)).reply(405, { message: 'No.' });
		expect((await errorOf({ ...remove, options: { ifMissing: 'succeed' } })).httpCode).toBe(String(status));
	});

	test('of an invitation is settled the same way', async () => {
		onDelete(`${INVITATIONS}/55`).times(2).reply(404, MISSING);
		onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([invitationRow(56)]));
		onGet(pageOf(INVITATIONS)).reply(404, MISSING);
		expect(await jsonOf({ ...revoke, options: { ifMissing: 'succeed' } })).toEqual([{ deleted: true, businessId: 789, invitationId: 55, alreadyMissing: true }]);
		expect((await errorOf({ ...revoke, options: { ifMissing: 'succeed' } })).message).toContain('FreshBooks answered 404');
	});
});

describe("a redirect is not followed, and the token goes nowhere else", () => {
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

	test('not even for a POST', async () => {
		nothingPending();
		onPost(INVITATIONS, NEW_STAFF).reply(307, {}, { Location: 'https://elsewhere.example/me' });
		expect((await errorOf(create)).message).toContain('which was not followed');
	});
});

describe('a stopped execution', () => {
	test('waits no longer for the next try', async () => {
		const stopped = new AbortController();
		holdWaits(() => stopped.abort());
		onGet(ME).reply(429, {}, { 'Retry-After': '100' });
		expect((await errorOf(getMe, { signal: stopped.signal })).message).toBe('The execution was stopped before the request was done [item 0]');
	});

	test('begins no further item, not even when it continues on failures', async () => {
		const stopped = new AbortController();
		holdWaits(() => stopped.abort());
		onDelete(`${MEMBERS}/1`).reply(429, {});
		const parameters = { ...remove, member: locator('id', '={{ $json.id }}'), options: { batchSize: 1 } };
		const output = await run(parameters, { items: [{ id: 1 }, { id: 2 }, { id: 3 }], signal: stopped.signal, continueOnFail: true });
		expect(output).toHaveLength(1);
		expect(output[0].json.error).toContain('was stopped');
	});

	test('breaks off the request that is under way', async () => {
		const stopped = new AbortController();
		onGet(ME).reply(200, function () {
			stopped.abort();
			return new Promise<nock.Body>(() => undefined);
		} as unknown as nock.Body);
		expect((await errorOf(getMe, { signal: stopped.signal })).message).toContain('The execution was stopped');
	});
});
