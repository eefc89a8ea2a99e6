import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock, waits } from '../harness/clock';
import { API, connectedCredential, errorOf, FIRST_REFRESH, FIRST_TOKEN, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, invitationRow, memberRow, upTo } from '../harness/examples';
import { onLists, usersMe } from '../harness/lists';
import { onDelete, onGet, onPost, onRefresh, onTheWire, pageOf, UNAUTHENTICATED } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const ME = '/auth/api/v1/users/me';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const business = locator('id', '789');
/** The lists of a FreshBooks that accepts the first token and the first refreshed token. */
const onMembers = (count: number) => onLists({ members: upTo(count).map((id) => memberRow(id)) }, 789, [FIRST_TOKEN, 'second-access']);
const getMe = { resource: 'user', operation: 'getMe' };
const connectedWith = (oauthTokenData: ICredentialDataDecryptedObject[string] | undefined) => {
	const credential = connectedCredential();
	delete credential.data.oauthTokenData;
	if (oauthTokenData !== undefined) credential.data.oauthTokenData = oauthTokenData;
	return credential;
};
const RECONNECT = 'FreshBooks no longer accepts the connection, so the connected user could not be reached [item 0]';

const refusedRefresh = (status: number, body: nock.Body, times = 1) => nock(API).post('/auth/oauth/token').times(times).reply(status, body);
const INVALID_GRANT = { error: 'invalid_grant', error_description: 'The provided authorization grant is invalid, expired, revoked' };

describe('an expired token', () => {
	test('is refreshed once, the request is repeated, and the new refresh token is saved', async () => {
		const credential = connectedCredential();
		onGet(ME).reply(401, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
		expect(await jsonOf(getMe, { credential })).toMatchObject([{ id: 712052 }]);
		expect(credential.saved).toBe(1);
		expect(credential.data.oauthTokenData).toMatchObject({ access_token: 'second-access', refresh_token: 'second-refresh' });
		expect(waits).toEqual([]);
	});

	test('is refreshed once with twenty parallel items, and no item fails', async () => {
		const credential = connectedCredential();
		onMembers(20);
		for (const id of upTo(20)) {
			onDelete(`${MEMBERS}/${id}`).optionally().reply(401, UNAUTHENTICATED);
			onDelete(`${MEMBERS}/${id}`, { token: 'second-access' }).reply(204);
		}
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $json.id }}'), options: { batchSize: 20 } };
		const output = await jsonOf(parameters, { credential, items: upTo(20).map((id) => ({ id })) });
		expect(output).toEqual(upTo(20).map((memberId) => ({ deleted: true, businessId: 789, memberId, email: `person${memberId}@example.com` })));
		expect(credential.saved).toBe(1);
	});

	test('does not send an invitation twice', async () => {
		onMembers(0);
		onPost(INVITATIONS, { email: 'a@b.co', role: 'employee' }).reply(401, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onPost(INVITATIONS, { email: 'a@b.co', role: 'employee' }, { token: 'second-access' }).reply(200, { response: { invitation: invitationRow(55, { email: 'a@b.co' }) } });
		const parameters = { resource: 'invitation', operation: 'create', business, email: 'a@b.co', role: 'employee' };
		expect(await jsonOf(parameters)).toMatchObject([{ id: 55 }]);
	});
});

describe('a token that expires before the lists are read (which is before every write)', () => {
	/** The first request is refused. All requests after the refresh have the second token. */
	const onExpired = (status: number, first = pageOf(INVITATIONS)): void => {
		onGet(first).reply(status, UNAUTHENTICATED);
		// n8n refreshes on a 401 only, so after a 403 the node requests the connected user.
		if (status === 403) {
			onGet(ME).reply(403, UNAUTHENTICATED);
			onGet(ME, { token: 'second-access' }).reply(200, usersMe());
		}
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
	};

	test.each([401, 403])('and is refused with %d is refreshed once, and each removal is sent once', async (status) => {
		const credential = connectedCredential();
		onExpired(status);
		const lists = onLists({ members: upTo(5).map((id) => memberRow(id)) }, 789, ['second-access']);
		for (const id of upTo(5)) onDelete(`${MEMBERS}/${id}`, { token: 'second-access' }).reply(204);
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $json.id }}') };
		expect(await jsonOf(parameters, { credential, items: upTo(5).map((id) => ({ id })) })).toHaveLength(5);
		expect(lists.readings).toEqual({ team: 1, members: 1, invitations: 1 });
		expect(credential.saved).toBe(1);
		expect(waits).toEqual([]);
	});

	test.each([401, 403])('and is refused with %d is refreshed once, and the invitation is sent once', async (status) => {
		// Create first reads how many seats the plan allows.
		onExpired(status, ME);
		onLists({}, 789, ['second-access']);
		onPost(INVITATIONS, { email: 'a@b.co', role: 'employee' }, { token: 'second-access' }).reply(200, { response: { invitation: invitationRow(55, { email: 'a@b.co' }) } });
		expect(await jsonOf({ resource: 'invitation', operation: 'create', business, email: 'a@b.co', role: 'employee' })).toMatchObject([{ id: 55 }]);
	});

	test('and cannot be refreshed asks to reconnect, and nothing is sent', async () => {
		nock(API).persist().get(/^\/auth\/api\//).reply(401, UNAUTHENTICATED);
		nock(API).persist().post('/auth/oauth/token').reply(400, INVALID_GRANT);
		const shown = await errorOf({ resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) });
		expect(shown).toMatchObject({ message: expect.stringContaining('no longer accepts the connection'), cause: 'credential-invalid', itemIndex: 0 });
	});
});

describe('an invalid refresh token', () => {
	test('asks to reconnect the credential, after a retry with the token that another process may have saved', async () => {
		onGet(ME).times(2).reply(401, UNAUTHENTICATED);
		refusedRefresh(400, INVALID_GRANT, 2);
		expect(await errorOf(getMe)).toMatchObject({
			name: 'NodeApiError',
			message: RECONNECT,
			description: expect.stringContaining('connect it again'),
			cause: 'credential-invalid',
			itemIndex: 0,
		});
		expect(waits).toEqual([1_000]);
	});

	test.each([
		['at the first try', 0],
		['after an outage', 1],
	])('does no harm if another process has saved a new token: %s', async (_, outages) => {
		const credential = connectedCredential();
		if (outages > 0) onGet(ME).times(outages).reply(503, {});
		onGet(ME).reply(401, UNAUTHENTICATED);
		nock(API)
			.post('/auth/oauth/token')
			.reply(400, () => {
				credential.data = { ...credential.data, oauthTokenData: { access_token: 'saved-elsewhere', refresh_token: 'r', token_type: 'Bearer' } };
				return INVALID_GRANT;
			});
		onGet(ME, { token: 'saved-elsewhere' }).reply(200, EXAMPLE.usersMe);
		expect(await jsonOf(getMe, { credential })).toMatchObject([{ id: 712052 }]);
	});
});

test('a 401 with a new token asks to reconnect', async () => {
	const credential = connectedCredential();
	onGet(ME).reply(401, UNAUTHENTICATED);
	onRefresh(FIRST_REFRESH, { access: 'a2', refresh: 'r2' });
	onGet(ME, { token: 'a2' }).times(2).reply(401, UNAUTHENTICATED);
	onRefresh('r2', { access: 'a3', refresh: 'r3' });
	onGet(ME, { token: 'a3' }).reply(401, UNAUTHENTICATED);
	expect((await errorOf(getMe, { credential })).message).toBe(RECONNECT);
});

test.each<[string, { access_token?: string; token_type?: string } | undefined]>([
	['was never connected', undefined],
	['was connected half-way', {}],
	['has no refresh token', { access_token: 'first-access-token', token_type: 'Bearer' }],
])('a credential that %s asks to connect it', async (_name, oauthTokenData) => {
	if (oauthTokenData?.access_token) onGet(ME).times(2).reply(401, UNAUTHENTICATED);
	expect((await errorOf(getMe, { credential: connectedWith(oauthTokenData) })).message).toBe(RECONNECT);
});

test.each([500, 503, 429])('a token endpoint that answers %d once is retried', async (status) => {
	onGet(ME).times(2).reply(401, UNAUTHENTICATED);
	refusedRefresh(status, { message: 'Later.' });
	onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
	onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
	await run(getMe);
});

describe('a 403 with the body of an expired token', () => {
	test('is refreshed once, the request is repeated, and the new refresh token is saved', async () => {
		const credential = connectedCredential();
		onGet(ME).reply(200, usersMe());
		onDelete(`${MEMBERS}/1`).reply(403, UNAUTHENTICATED);
		onGet(ME).reply(403, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
		onMembers(1);
		onDelete(`${MEMBERS}/1`, { token: 'second-access' }).reply(204);
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) };
		expect(await jsonOf(parameters, { credential })).toEqual([{ deleted: true, businessId: 789, memberId: 1, email: 'person1@example.com' }]);
		expect(credential.saved).toBe(1);
		expect(waits).toEqual([]);
	});

	test('is refreshed too if another service of FreshBooks answers 401', async () => {
		onGet(ME).reply(200, usersMe());
		onDelete(`${MEMBERS}/1`).reply(403, UNAUTHENTICATED);
		onGet(ME).reply(401, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
		onMembers(1);
		onDelete(`${MEMBERS}/1`, { token: 'second-access' }).reply(204);
		await run({ resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) });
	});

	test('is refreshed once with twenty parallel items, and no item fails', async () => {
		const credential = connectedCredential();
		for (const id of upTo(20)) {
			onDelete(`${MEMBERS}/${id}`).optionally().reply(403, UNAUTHENTICATED);
			onDelete(`${MEMBERS}/${id}`, { token: 'second-access' }).reply(204);
		}
		onGet(ME).reply(200, usersMe());
		onGet(ME).reply(403, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).times(20).optionally().reply(200, EXAMPLE.usersMe);
		onMembers(20);
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $json.id }}'), options: { batchSize: 20 } };
		expect(await jsonOf(parameters, { credential, items: upTo(20).map((id) => ({ id })) })).toHaveLength(20);
		expect(credential.saved).toBe(1);
	});

	test('does not send an invitation twice', async () => {
		onGet(ME).reply(200, usersMe());
		onPost(INVITATIONS, { email: 'a@b.co', role: 'employee' }).reply(403, UNAUTHENTICATED);
		onGet(ME).reply(403, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
		onMembers(0);
		onPost(INVITATIONS, { email: 'a@b.co', role: 'employee' }, { token: 'second-access' }).reply(200, { response: { invitation: invitationRow(55, { email: 'a@b.co' }) } });
		expect(await jsonOf({ resource: 'invitation', operation: 'create', business, email: 'a@b.co', role: 'employee' })).toMatchObject([{ id: 55 }]);
	});

	test('that remains with a new token asks to reconnect', async () => {
		onGet(ME).reply(200, usersMe());
		onDelete(`${MEMBERS}/1`).reply(403, UNAUTHENTICATED);
		onGet(ME).reply(403, UNAUTHENTICATED);
		onRefresh(FIRST_REFRESH, { access: 'second-access', refresh: 'second-refresh' });
		onGet(ME, { token: 'second-access' }).reply(200, EXAMPLE.usersMe);
		onMembers(1);
		onDelete(`${MEMBERS}/1`, { token: 'second-access' }).reply(403, UNAUTHENTICATED);
		const shown = await errorOf({ resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) });
		expect(shown).toMatchObject({ message: expect.stringContaining('no longer accepts the connection'), cause: 'credential-invalid', httpCode: '403' });
	});

	test('that remains after every refresh asks to reconnect, also for the connected user', async () => {
		nock(API).persist().get(ME).reply(403, UNAUTHENTICATED);
		nock(API).persist().post('/auth/oauth/token').reply(200, { access_token: 'second-access', refresh_token: 'second-refresh', token_type: 'Bearer', expires_in: 43_200 });
		expect(await errorOf(getMe)).toMatchObject({ message: expect.stringContaining('no longer accepts the connection'), cause: 'credential-invalid' });
		nock.cleanAll();
	});

	test.each([{ message: 'Permission Denied.' }, { error: 'forbidden', error_description: 'Not you.' }])('is not confused with a missing permission, which causes no refresh: %j', async (body) => {
		onMembers(1);
		onDelete(`${MEMBERS}/1`).reply(403, body);
		expect((await errorOf({ resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) })).message).toContain('has no permission');
	});
});

describe("a credential's base URL that a token must not be sent to", () => {
	test.each(['http://api.freshbooks.com', 'https://user:password@api.freshbooks.com', 'https://api.freshbooks.com?x=1', 'ftp://localhost', '', 'api.freshbooks.com'])(
		'%j is refused before any request',
		async (apiBaseUrl) => {
			const credential = connectedCredential({ environment: 'custom', apiBaseUrl });
			expect(await errorOf(getMe, { credential })).toMatchObject({
				message: expect.stringContaining("The credential's 'API Base URL' must start with https://"),
				description: expect.stringMatching(/Nothing was sent\. To fix this, .*https.*localhost or 127\.0\.0\.1/),
				cause: 'configuration-invalid',
			});
		},
	);
});
