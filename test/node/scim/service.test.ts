import type { ICredentialsDecrypted, ICredentialTestFunctions, IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { FreshBooksScimTrigger } from '../../../nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node';
import { onAFastClock } from '../../harness/clock';
import { API, connectedCredential, locator, shownErrorOf } from '../../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../../harness/examples';
import { onLists, type Lists } from '../../harness/lists';
import { BASE_URL, SHOWN, TestScimTrigger, type Answered } from '../../harness/scim';
import { onTheWire } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** The SCIM service on n8n-core's webhook context: tokens, addresses, reads, and what becomes of FreshBooks' refusals. */

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const ADA = 'ada@example.com';
const idOf = (email: string): string => Buffer.from(email).toString('base64url');

/** A business of Ada, the connected user, and an invited person; its trigger has a credential of its own, so no list is shared. */
function business(): { lists: Lists; trigger: TestScimTrigger } {
	const lists = onLists({
		team: [teamMemberRow(1, { email: ADA, first_name: 'Ada', last_name: 'Byron', business_role_name: 'business_manager', active: true, identity_id: 5 })],
		members: [memberRow(71, { email: ADA })],
		invitations: [invitationRow(5, { email: 'new@example.com' })],
	});
	return { lists, trigger: new TestScimTrigger() };
}

function expectError({ status, headers, body, items }: Answered, expected: number): IDataObject {
	expect(body).toMatchObject({ schemas: [ERROR], status: String(expected), detail: expect.stringMatching(/\w+ \w+/) as string });
	expect({ status, type: headers['content-type'], items }).toEqual({ status: expected, type: 'application/scim+json', items: undefined });
	return body;
}

const usersIn = ({ body }: Answered): string[] => (body.Resources as Array<{ userName: string }>).map(({ userName }) => userName);

describe('the token', () => {
	const trigger = new TestScimTrigger();

	test.each<[string, Record<string, string>]>([
		['absent', { authorization: '' }],
		['another', { authorization: `Bearer ${SHOWN.replace('0', '1')}` }],
		['in another scheme', { authorization: `Basic ${SHOWN}` }],
		['without a scheme', { authorization: SHOWN }],
	])('%s: 401, and FreshBooks is not asked', async (_name, headers) => {
		const answer = await trigger.ask('Users', { headers });
		expectError(answer, 401);
		expect(answer.headers['www-authenticate']).toBe('Bearer');
	});

	test.each(['Users', `Users/${idOf(ADA)}`, `Users/${idOf('nobody@example.com')}`, 'Nothing', 'ServiceProviderConfig', ''])(
		'401 for /%s is the same for every address and method',
		async (address) => {
			const answers = await Promise.all(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(async (method) => await trigger.ask(address, { method, headers: { authorization: 'Bearer wrong' } })));
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
			expectError(answers[0], 401);
		},
	);

	test('of fewer than 32 characters lets nobody in, not even with it', async () => {
		const short = new TestScimTrigger(connectedCredential(), {}, 'short');
		expectError(await short.ask('ServiceProviderConfig', { headers: { authorization: 'Bearer short' } }), 401);
	});

	test('that cannot be read is 503, as it may be there again soon', async () => {
		const answer = await new TestScimTrigger(connectedCredential(), {}, null).ask('Users');
		expectError(answer, 503);
		expect(answer.headers['retry-after']).toBe('60');
	});

	test('empty lets nobody in', async () => {
		const empty = new TestScimTrigger(connectedCredential(), {}, '');
		for (const authorization of ['', 'Bearer ', 'Bearer']) expectError(await empty.ask('ServiceProviderConfig', { headers: { authorization } }), 401);
	});
});

describe('publishing', () => {
	test('sends nothing, and is done', async () => {
		expect(await new TestScimTrigger().publish()).toBe(true);
	});

	test.each([
		['short', /'Token' is too short: it has 5 characters/],
		['', /'Token' is empty/],
	])('is refused with the token %j', async (token, message) => {
		const { message: shown, description } = await shownErrorOf(new TestScimTrigger(connectedCredential(), {}, token).publish());
		expect(shown).toMatch(message);
		expect(description).toMatch(/at least 32 random characters/);
	});

	test.each(['', '/scim', 'scim/', 'scim//v2', 'scim_v2', ':scim', 'scim v2', '../scim', 'scim?x', 5])('is refused with the path %j', async (path) => {
		expect((await shownErrorOf(new TestScimTrigger(connectedCredential(), { path }).publish())).message).toMatch(/^Parameter 'Path' must be/);
	});

	test.each(['scim', 'scim/v2', 'people-1/SCIM.v2'])('is done with the path %j', async (path) => {
		expect(await new TestScimTrigger(connectedCredential(), { path }).publish()).toBe(true);
	});

	test.each(['', 'abc', '0', '../1'])('is refused with the business %j', async (id) => {
		expect((await shownErrorOf(new TestScimTrigger(connectedCredential(), { business: locator('id', id) }).publish())).message).toMatch(/^Parameter 'Business' must be/);
	});
});

describe("the credential's own test", () => {
	const testToken = new FreshBooksScimTrigger().methods.credentialTest.testScimToken;
	const tested = async (data: IDataObject | undefined) => await testToken.call({} as ICredentialTestFunctions, { data } as unknown as ICredentialsDecrypted);

	test('is passed by 32 characters', async () => {
		expect((await tested({ token: 'x'.repeat(32) })).status).toBe('OK');
	});

	test.each([[{ token: 'x'.repeat(31) }], [{ token: '' }], [{}], [undefined]])('is not passed by %j', async (data) => {
		expect(await tested(data)).toMatchObject({ status: 'Error', message: expect.stringMatching(/^The token is .*at least 32 random characters/) as string });
	});
});

describe('addresses', () => {
	const trigger = new TestScimTrigger();

	test.each(['', 'Nothing', 'users', 'Users2', '__proto__', 'constructor', 'Nothing/1', 'ServiceProviderConfig/1', 'Me/1'])('/%s is 404', async (address) => {
		expectError(await trigger.ask(address), 404);
	});

	test.each([
		['PUT', 'Users', 'GET, POST'],
		['DELETE', 'Users', 'GET, POST'],
		['POST', `Users/${idOf(ADA)}`, 'GET, PUT, PATCH, DELETE'],
		['POST', 'Schemas', 'GET'],
		['DELETE', 'ServiceProviderConfig', 'GET'],
		['constructor', 'Users', 'GET, POST'],
	])('%s /%s is 405, and says what is allowed', async (method, address, allow) => {
		const answer = await trigger.ask(address, { method });
		expectError(answer, 405);
		expect(answer.headers.allow).toBe(allow);
	});

	test.each([
		['POST', 'Groups'],
		['PATCH', 'Groups/1'],
		['DELETE', 'Groups/1'],
		['POST', 'Bulk'],
		['GET', 'Me'],
	])('%s /%s is 501, and FreshBooks is not asked', async (method, address) => {
		expectError(await trigger.ask(address, { method, body: '{}' }), 501);
	});

	test.each([
		['POST', 'Users'],
		['PATCH', `Users/${idOf(ADA)}`],
		['DELETE', `Users/${idOf(ADA)}`],
	])("%s /%s is 403 with the option 'Read Only'", async (method, address) => {
		const readOnly = new TestScimTrigger(connectedCredential(), { options: { readOnly: true } });
		expect(expectError(await readOnly.ask(address, { method, body: '{}' }), 403).detail).toMatch(/'Read Only'/);
	});
});

describe('what the service is', () => {
	const trigger = new TestScimTrigger();

	test.each(['ServiceProviderConfig', 'ResourceTypes', 'ResourceTypes/User', 'Schemas', 'Schemas/urn:ietf:params:scim:schemas:core:2.0:User'])('/%s is answered without FreshBooks', async (address) => {
		const { status, body } = await trigger.ask(address);
		expect(status).toBe(200);
		expect(JSON.stringify(body)).toContain(`${BASE_URL}/`);
	});

	test.each(['Schemas/urn:other', 'ResourceTypes/Group'])('/%s is 404', async (address) => {
		expectError(await trigger.ask(address), 404);
	});

	test('a business that an expression does not give leaves it as it is', async () => {
		const withoutBusiness = new TestScimTrigger(connectedCredential(), { business: locator('id', '') });
		expect((await withoutBusiness.ask('ServiceProviderConfig')).status).toBe(200);
		expect(expectError(await withoutBusiness.ask('Users'), 503).detail).toMatch(/^Parameter 'Business'/);
	});

	test.each([{}, { filter: 'displayName eq "All"' }, { filter: 'nonsense' }, { count: '10', startIndex: '1' }])('there are no groups, asked with %j', async (query) => {
		expect((await trigger.ask('Groups', { query })).body).toMatchObject({ totalResults: 0, itemsPerPage: 0, Resources: [] });
	});

	test('no group is there', async () => {
		expectError(await trigger.ask('Groups/1'), 404);
	});
});

describe('reading people', () => {
	test('all members, then those who are invited', async () => {
		const { trigger } = business();
		const answer = await trigger.ask('Users');
		expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/scim+json' }, items: undefined });
		expect(answer.body).toMatchObject({ totalResults: 3, startIndex: 1, itemsPerPage: 3 });
		expect(usersIn(answer)).toEqual([ADA, 'boss@example.com', 'new@example.com']);
	});

	test('a person by the ID of the list', async () => {
		const { trigger } = business();
		const { body, headers, status } = await trigger.ask(`Users/${idOf(ADA)}`);
		expect(status).toBe(200);
		expect(headers.location).toBe(`${BASE_URL}/Users/${idOf(ADA)}`);
		expect(body).toMatchObject({
			id: idOf(ADA),
			userName: ADA,
			active: true,
			name: { givenName: 'Ada', familyName: 'Byron' },
			emails: [{ value: ADA, primary: true }],
			roles: [{ value: 'business_manager' }],
			meta: { resourceType: 'User', location: `${BASE_URL}/Users/${idOf(ADA)}` },
		});
	});

	test('an invited person is active, and the extension says that the invitation is pending', async () => {
		const { trigger } = business();
		const { body } = await trigger.ask(`Users/${idOf('new@example.com')}`);
		expect(body).toMatchObject({ active: true, 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User': { invitationPending: true } });
	});

	test('nobody with the ID: 404', async () => {
		const { trigger } = business();
		expectError(await trigger.ask(`Users/${idOf('nobody@example.com')}`), 404);
	});

	test.each([ADA, `${idOf(ADA)}=`, idOf('ADA@example.com'), '..', '6806492', idOf('a@example.com/../x'), '%00'])('an ID that reads back to no address, %j: 404, and FreshBooks is not asked', async (id) => {
		expectError(await new TestScimTrigger().ask(`Users/${id.replaceAll('/', '')}`), 404);
	});

	test.each([
		[{ filter: `userName eq "${ADA}"` }, [ADA]],
		[{ filter: `userName eq "${ADA.toUpperCase()}"` }, [ADA]],
		[{ filter: 'userName eq "00000000-0000-0000-0000-000000000000"' }, []],
		[{ startIndex: '2', count: '1' }, ['boss@example.com']],
		[{ startIndex: '4' }, []],
		[{ count: '0' }, []],
	])('asked with %j: %j', async (query, expected) => {
		const { trigger } = business();
		const answer = await trigger.ask('Users', { query });
		expect(answer.status).toBe(200);
		expect(usersIn(answer)).toEqual(expected);
	});

	test('only the attributes that are asked for', async () => {
		const { trigger } = business();
		const { body } = await trigger.ask(`Users/${idOf(ADA)}`, { query: { attributes: 'userName' } });
		expect(Object.keys(body).sort()).toEqual(['id', 'schemas', 'userName']);
	});

	test.each([{ filter: 'userName sounds "x"' }, { filter: 'userName eq' }])('a filter that is not understood, %j: 400, and FreshBooks is not asked', async (query) => {
		expect(expectError(await new TestScimTrigger().ask('Users', { query }), 400)).toMatchObject({ scimType: 'invalidFilter' });
	});

	test.each([{ startIndex: 'x' }, { count: '1.5' }])('a page that is none, %j: 400', async (query) => {
		expectError(await new TestScimTrigger().ask('Users', { query }), 400);
	});
});

describe('the lists of FreshBooks', () => {
	test('are read once for requests that come together, and for those that follow', async () => {
		const { lists, trigger } = business();
		await Promise.all(Array.from({ length: 50 }, async () => await trigger.ask('Users')));
		await trigger.ask(`Users/${idOf(ADA)}`);
		expect(lists.readings).toEqual({ team: 1, members: 1, invitations: 1 });
	});

	test('are read again when they are older than a few seconds', async () => {
		const { lists, trigger } = business();
		await trigger.ask('Users');
		jest.advanceTimersByTime(6_000);
		lists.team = [];
		lists.members = [];
		expectError(await trigger.ask(`Users/${idOf(ADA)}`), 404);
		expect(lists.readings.team).toBe(2);
	});

	test('are the same for every page of an import, and read again for the next import', async () => {
		const { lists, trigger } = business();
		const first = await trigger.ask('Users', { query: { startIndex: '1', count: '1' } });
		lists.team = [teamMemberRow(9, { email: 'aaa@example.com' }), ...lists.team];
		jest.advanceTimersByTime(30_000);
		const second = await trigger.ask('Users', { query: { startIndex: '2', count: '1' } });
		expect([...usersIn(first), ...usersIn(second)]).toEqual([ADA, 'boss@example.com']);
		expect(lists.readings.team).toBe(1);
		expect(usersIn(await trigger.ask('Users', { query: { startIndex: '1', count: '1' } }))).toEqual(['aaa@example.com']);
	});

	test('are not shared by two credentials', async () => {
		const { lists, trigger } = business();
		await trigger.ask('Users');
		await new TestScimTrigger().ask('Users');
		expect(lists.readings.team).toBe(2);
	});

	test('that could not be read are asked for again by the next request', async () => {
		const { lists, trigger } = business();
		lists.instead.team = { status: 503, body: '' };
		expectError(await trigger.ask('Users'), 503);
		delete lists.instead.team;
		expect((await trigger.ask('Users')).status).toBe(200);
	});

	test('that FreshBooks does not offer are done without', async () => {
		const { lists, trigger } = business();
		lists.instead.members = lists.instead.invitations = { status: 404, body: { error: 'not_found', message: 'No such page' } };
		expect(usersIn(await trigger.ask('Users'))).toEqual([ADA, 'boss@example.com']);
	});

	test('that lack rows which FreshBooks hides are all there is', async () => {
		// Asked before what `business` answers.
		for (const [page, response] of [['1', [teamMemberRow(1, { email: ADA })]], ['2', []]] as const) {
			const answer = { response, meta: { page: Number(page), per_page: 100, total: 2 } };
			nock(API).persist().get('/auth/api/v1/businesses/789/team_members').query({ page, per_page: '100' }).reply(200, answer);
		}
		const { trigger } = business();
		expect(usersIn(await trigger.ask('Users'))).toEqual([ADA, 'boss@example.com', 'new@example.com']);
	});

	test('whose rows move while they are read are not answered from', async () => {
		const { lists, trigger } = business();
		const rows = Array.from({ length: 100 }, (_, number) => teamMemberRow(number + 1));
		// Every page is the first one: what is on the second is not seen.
		lists.instead.team = { status: 200, body: { response: rows, meta: { page: 1, per_page: 100, total: 150 } } };
		expect(expectError(await trigger.ask('Users'), 503).detail).toMatch(/changed while it was read/);
	});

	test('without anybody are not an empty directory', async () => {
		const { lists, trigger } = business();
		lists.instead.team = { status: 200, body: { response: [], meta: { page: 1, per_page: 100, total: 0 } } };
		expectError(await trigger.ask('Users'), 503);
	});
});

describe("FreshBooks' refusals", () => {
	const REFUSALS: Array<[status: number, body: nock.Body]> = [
		[401, { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' }],
		[403, { error: 'forbidden', message: 'You may not' }],
		[403, { error: 'insufficient_scope', error_description: 'The request needs the scope user:teams:read' }],
		[404, { error: 'not_found', message: 'No such business' }],
		[410, { error: 'not_found', message: 'Gone' }],
		[422, { error: 'invalid_resource', message: 'No' }],
		[500, { error: 'internal_server_error', message: 'Oops' }],
		[502, '<html>Bad gateway</html>'],
		[503, ''],
		[200, '<html>Log in</html>'],
		[200, { response: { unexpected: true } }],
	];

	test.each(REFUSALS)('%i %j to the list of people is 503 with Retry-After', async (status, body) => {
		const { lists, trigger } = business();
		nock(API).persist().post('/auth/oauth/token').optionally().reply(400, { error: 'invalid_grant', error_description: 'The token is invalid' });
		lists.instead.team = { status, body };
		for (const address of ['Users', `Users/${idOf(ADA)}`]) {
			const answer = await trigger.ask(address);
			expectError(answer, 503);
			expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
			expect(JSON.stringify(answer)).not.toContain('access-token');
		}
	});

	test('a list of invitations that may not be read is no list without invitations', async () => {
		const { lists, trigger } = business();
		lists.instead.invitations = { status: 403, body: { error: 'forbidden', message: 'You may not' } };
		expectError(await trigger.ask('Users'), 503);
	});

	test('a base URL that no token may be sent to is 503 without a request', async () => {
		const trigger = new TestScimTrigger(connectedCredential({ environment: 'custom', apiBaseUrl: 'http://example.com' }));
		expect(expectError(await trigger.ask('Users'), 503).detail).toMatch(/'API Base URL'/);
	});
});
