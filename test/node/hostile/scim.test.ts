import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { connectedCredential, FIRST_REFRESH, FIRST_TOKEN, locator } from '../../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, staffPage, teamMemberRow, teamMembersPage, upTo } from '../../harness/examples';
import { BASE_URL, SHOWN, TestScimTrigger, type Answered, type Asked } from '../../harness/scim';
import { hostileAnswer, type HostileAnswer } from './bodies';
import { attempt, IS_LONG, noteShown, runs, type Ending } from './campaign.cts';
import { endpointOf, type Endpoint } from './freshBooks';
import { expectIntended, expectPrototypeUntouched, idsIn } from './judge';
import type { Answer } from './server.cts';
import { hostileSuite } from './suite.cts';
import { hostileValue, LONG_TEXTS, NASTY_KEYS, NASTY_TEXTS } from './values';

/** For any request, the SCIM service answers in SCIM, and FreshBooks receives nothing that was refused. */

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
const server = hostileSuite('scim');

/** The one business of the example of users/me. */
const BUSINESS = 77128;
const ACCOUNT = 'ACM123';
const PEOPLE = 6;
const ENDPOINTS: Endpoint[] = ['me', 'teamMembers', 'members', 'invitations', 'invite', 'revoke', 'updateMember', 'removeMember', 'staffList'];
const REFRESHING = '/auth/oauth/token';
const STATUSES = new Set([200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415, 429, 501, 503]);
/** Answered before FreshBooks is asked for anything. */
const ASKS_NOTHING = new Set([400, 401, 405, 413, 415]);
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const PASSWORD = 'what-a-provider-sends-as-password';
const NEVER_SHOWN = [FIRST_TOKEN, FIRST_REFRESH, 'client-password', SHOWN, PASSWORD];
const EVENTS = new Set<unknown>(['provisioned', 'updated', 'deprovisioned', 'reactivated', 'failed']);
const LONGEST_DETAIL = 1_500;

const idOf = (address: string): string => Buffer.from(address).toString('base64url');

/** A business that FreshBooks changes as requested. */
class Business {
	people = upTo(PEOPLE);

	private readonly roles = new Map<number, unknown>();

	private invited = upTo(2).map((number) => invitationRow(number));

	/** The changes, such as `removed person1@example.com`. */
	readonly changes: string[] = [];

	good(method: string, url: string, body: string): IDataObject | undefined {
		const id = Number(url.split('?')[0].split('/').at(-1));
		switch (endpointOf(method, url)) {
			case 'me':
				return EXAMPLE.usersMeModern;
			case 'teamMembers':
				return teamMembersPage(this.people.map((number) => teamMemberRow(number, { identity_id: number, active: true, business_role_name: this.roleOf(number) })));
			case 'members':
				return membersPage(this.people.map((number) => memberRow(number, { identity_id: number, role: this.roleOf(number) })));
			case 'invitations':
				return invitationsAnswer(this.invited);
			case 'invite':
				return this.invite(JSON.parse(body) as IDataObject);
			case 'revoke':
				// A repetition after an unreadable response finds none.
				this.changes.push(...this.invited.filter((row) => row.id === id).map(({ email }) => `revoked ${String(email)}`));
				this.invited = this.invited.filter((row) => row.id !== id);
				return {};
			case 'updateMember':
				this.changes.push(`changed person${id}@example.com`);
				this.roles.set(id, (JSON.parse(body) as IDataObject).role);
				return { response: { member: memberRow(id, { role: this.roleOf(id) }) } };
			case 'staffList':
				return staffPage([]);
			case 'removeMember':
				this.changes.push(`removed person${id}@example.com`);
				this.people = this.people.filter((number) => number !== id);
				return {};
			default:
				return undefined;
		}
	}

	private roleOf(number: number): string {
		return String(this.roles.get(number) ?? 'business_employee');
	}

	private invite({ email, role }: IDataObject): IDataObject {
		const invitation = invitationRow(50 + this.invited.length, { email, role });
		this.invited.push(invitation);
		this.changes.push(`invited ${String(email)}`);
		return { response: { invitation } };
	}

	answer({ method, url, body }: { method: string; url: string; body: string }): Answer {
		const good = this.good(method, url, body);
		return good === undefined ? { status: 404, body: '{"error":"not_found"}' } : { status: 200, body: JSON.stringify(good) };
	}
}

function aTrigger(): TestScimTrigger {
	const credential = connectedCredential({ environment: 'custom', apiBaseUrl: server().url, accessTokenUrl: `${server().url}${REFRESHING}` });
	return new TestScimTrigger(credential, { business: locator('id', String(BUSINESS)) });
}

/** A request below the base URL. */
interface Request extends Asked {
	collection: string | undefined;
	id: string | undefined;
}

function fail(reason: string): never {
	throw new Error(reason);
}

function expectUser(user: IDataObject): void {
	const { id, userName, meta } = user;
	if (typeof id !== 'string' || typeof userName !== 'string' || userName === '') fail(`A user without a name: ${JSON.stringify(user).slice(0, 300)}`);
	if ((meta as IDataObject).location !== `${BASE_URL}/Users/${id}`) fail(`A user at another place: ${JSON.stringify(meta)}`);
}

function expectError(body: IDataObject, status: number): void {
	const { schemas, detail } = body;
	if (JSON.stringify(schemas) !== JSON.stringify([ERROR]) || body.status !== String(status)) fail(`No SCIM error: ${JSON.stringify(body).slice(0, 300)}`);
	if (typeof detail !== 'string' || !/\w+ \w+/.test(detail) || detail.length > LONGEST_DETAIL) fail(`A detail of ${String(detail).length} characters: ${String(detail).slice(0, 300)}`);
	if (/an unexpected error/.test(detail)) fail(`Met a defect: ${detail}`);
}

/** Checks that the response is SCIM, with a status that a provider knows, and without a secret. */
function expectScim({ status, headers, body, items }: Answered): void {
	const text = JSON.stringify({ headers, body, items }) ?? '';
	noteShown(text);
	if (!STATUSES.has(status)) fail(`The status ${status}: ${text.slice(0, 500)}`);
	const secret = NEVER_SHOWN.find((one) => text.includes(one));
	if (secret) fail(`'${secret}' is in the answer.`);
	if (items && !items.every(({ event }) => EVENTS.has(event))) fail(`An item of no event: ${text.slice(0, 300)}`);
	if (status === 204) {
		if (body !== undefined) fail('A 204 with a body.');
		return;
	}
	if (headers['content-type'] !== 'application/scim+json' || !Array.isArray(body.schemas)) fail(`Not SCIM: ${text.slice(0, 300)}`);
	if (status >= 400) expectError(body, status);
	else if (body.userName !== undefined) expectUser(body);
}

/** Checks that FreshBooks received nothing for a refused request, and otherwise only requests of this service. */
function expectModest(business: Business, { status }: Answered): void {
	const arrived = server().arrived.filter(({ url }) => url !== REFRESHING);
	expectIntended(arrived, new URL(server().url).host, ENDPOINTS);
	const strange = idsIn(arrived).find((id) => ![BUSINESS, ACCOUNT, ...upTo(PEOPLE), 50, 51, 52].map(String).includes(id));
	if (strange !== undefined) fail(`A path with the ID ${strange}, which nobody has.`);
	if (ASKS_NOTHING.has(status) && arrived.length > 0) fail(`FreshBooks was asked for what is answered ${status}.`);
	if (status >= 400 && business.changes.length > 0) fail(`Answered ${status} after: ${business.changes.join(', ')}`);
}

/** Checks that only the person whose ID is in the path loses access, and nobody after a POST. */
function expectNoOneElse({ changes }: Business, { method, id }: Request): void {
	for (const change of changes) {
		const [what, address] = change.split(' ');
		if (what === 'invited' ? method === 'POST' || idOf(address) === id : idOf(address) === id && method !== 'POST') continue;
		fail(`${change} by ${method} /Users/${id}`);
	}
}

async function ask(trigger: TestScimTrigger, { collection, id, ...asked }: Request): Promise<Answered> {
	return await trigger.askFor(collection, id, asked);
}

async function tryRequest(request: Request): Promise<Ending> {
	const business = new Business();
	server().answerWith((arrived) => business.answer(arrived));
	const answered = await ask(aTrigger(), request);
	expectPrototypeUntouched();
	expectScim(answered);
	expectModest(business, answered);
	expectNoOneElse(business, request);
	return answered.status >= 400 ? 'error' : 'items';
}

const PERSON = idOf('person1@example.com');
const nastyText = fc.constantFrom(...NASTY_TEXTS);
const someText = fc.oneof({ weight: 4, arbitrary: nastyText }, { weight: 2, arbitrary: fc.string({ unit: 'binary' }) }, { weight: 1, arbitrary: fc.constantFrom(...LONG_TEXTS) });
const collections = fc.oneof({ weight: 8, arbitrary: fc.constantFrom('Users', 'Groups', 'Bulk', 'Me', 'Schemas', 'ResourceTypes', 'ServiceProviderConfig', 'users', '.search', ...NASTY_KEYS) }, { weight: 1, arbitrary: someText });
/** IDs of existing people, of people of another business and of nobody, and invalid IDs. */
const ids = fc.oneof(
	fc.constantFrom(PERSON, idOf('person2@example.com'), idOf('invited1@example.com'), idOf('o@example.com')),
	fc.constantFrom(idOf('somebody@another.example'), idOf('Person1@example.com'), `${PERSON}=`, `${PERSON}/`, '1', '00000000-0000-4000-8000-000000000001'),
	someText,
	someText.map(idOf),
);
const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'get', ...NASTY_KEYS);

const attributes = fc.oneof(
	fc.constantFrom('userName', 'USERNAME', 'id', 'externalId', 'active', 'emails', 'emails.value', 'emails[type eq "work"].value', 'name.givenName', 'roles', 'roles[primary eq "True"].value', 'password', 'urn:ietf:params:scim:schemas:core:2.0:User:userName', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User:role', 'schemas', 'meta'),
	fc.constantFrom(...NASTY_KEYS, 'name.__proto__.polluted', '__proto__.polluted', 'constructor.prototype.polluted', 'emails[', 'emails[type eq', '[]', '.', ':', 'a'.repeat(5_000)),
	someText,
);
const literals = fc.oneof(hostileValue.map((value) => JSON.stringify(value) ?? ''), someText, fc.constantFrom('"person1@example.com"', 'true', 'null', '"', '""', '"\\"', "'x'"));
const condition = fc.tuple(attributes, fc.constantFrom('eq', 'EQ', 'ne', 'co', 'pr', 'sw', 'and', '', '\0'), literals).map((parts) => parts.join(' '));
const filters = fc.oneof(condition, fc.array(condition, { maxLength: 30 }).map((all) => all.join(' and ')), fc.nat(3_000).map((deep) => `${'('.repeat(deep)}userName eq "x"${')'.repeat(deep)}`), fc.nat(3_000).map((times) => `${'not '.repeat(times)}active eq true`), someText);
const queries: fc.Arbitrary<IDataObject> = fc.oneof(
	fc.constant({}),
	filters.map((filter) => ({ filter })),
	fc.dictionary(fc.constantFrom('filter', 'startIndex', 'count', 'attributes', 'excludedAttributes', 'sortBy', ...NASTY_KEYS), fc.oneof(hostileValue, attributes), { maxKeys: 5 }) as fc.Arbitrary<IDataObject>,
);
const contentTypes = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('application/scim+json', 'application/json; charset=utf-8', 'Application/SCIM+JSON') }, { weight: 1, arbitrary: fc.oneof(nastyText, fc.constantFrom('text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonx', 'application/json,text/html')) });

const values = fc.oneof(hostileValue, fc.constantFrom<unknown>(true, false, 'False', 'true', [{ value: 'person1@example.com', type: 'work' }], [{ value: '{"id":"1","value":"Manager"}' }], { active: false }, { userName: 'x@example.com' }));
/** A user with one or several mistakes. */
const users: fc.Arbitrary<unknown> = fc
	.tuple(fc.constantFrom('new@example.com', 'person1@example.com', 'x', ''), fc.dictionary(attributes, values, { maxKeys: 4 }))
	.map(([userName, others]) => ({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, password: PASSWORD, ...others }));
const operation = fc.record({ op: fc.oneof(fc.constantFrom('add', 'Replace', 'REMOVE', 'move', ...NASTY_KEYS), hostileValue), path: fc.oneof(attributes, filters, hostileValue), value: values }, { requiredKeys: [] });
const patches: fc.Arbitrary<unknown> = fc.oneof(
	fc.array(operation, { maxLength: 4 }).map((Operations) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })),
	hostileValue.map((Operations) => ({ Operations })),
);
const bodies: fc.Arbitrary<string | Uint8Array | undefined> = fc.oneof(
	{ weight: 4, arbitrary: fc.oneof(users, patches).map((body) => JSON.stringify(body)) },
	{ weight: 2, arbitrary: hostileValue.map((body) => JSON.stringify(body) ?? '') },
	{ weight: 1, arbitrary: someText },
	{ weight: 1, arbitrary: fc.uint8Array() },
	{ weight: 1, arbitrary: fc.constant(undefined) },
);

const agents = fc.oneof(nastyText, fc.constant('Okta SCIM Client 1.0.0'));
const requests: fc.Arbitrary<Request> = fc.record({
	collection: fc.oneof({ weight: 5, arbitrary: fc.constant('Users') }, { weight: 2, arbitrary: collections }, { weight: 1, arbitrary: fc.constant(undefined) }),
	id: fc.oneof({ weight: 3, arbitrary: ids }, { weight: 2, arbitrary: fc.constant(undefined) }),
	method: methods,
	query: queries,
	headers: fc.record({ 'content-type': contentTypes, 'user-agent': agents }),
	body: bodies,
});

/** Requests that are valid except for their content, and so get further. */
const writes: fc.Arbitrary<Request> = fc.oneof(
	users.map((body): Request => ({ collection: 'Users', id: undefined, method: 'POST', body: JSON.stringify(body) })),
	fc.tuple(ids, users).map(([id, body]): Request => ({ collection: 'Users', id, method: 'PUT', body: JSON.stringify(body) })),
	fc.tuple(ids, patches).map(([id, body]): Request => ({ collection: 'Users', id, method: 'PATCH', body: JSON.stringify(body) })),
	ids.map((id): Request => ({ collection: 'Users', id, method: 'DELETE' })),
);

describe('any request of a provider is answered in SCIM, and FreshBooks receives nothing that was refused', () => {
	test('any address, query, header and body', async () => {
		await fc.assert(fc.asyncProperty(requests, async (request) => await attempt('scim', 'request', async () => await tryRequest(request))), runs(60));
	});

	test('any user and any patch', async () => {
		await fc.assert(fc.asyncProperty(writes, async (request) => await attempt('scim', 'write', async () => await tryRequest(request))), runs(60));
	});

	test('any filter', async () => {
		const each = async (filter: unknown) => await attempt('scim', 'filter', async () => await tryRequest({ collection: 'Users', id: undefined, query: { filter } as IDataObject }));
		await fc.assert(fc.asyncProperty(fc.oneof(filters, hostileValue), each), runs(60));
	});

	test('any ID, by every method', async () => {
		const each = async (id: string, method: string) => await attempt('scim', 'id', async () => await tryRequest({ collection: 'Users', id, method, body: '{"active":false,"Operations":[{"op":"replace","value":{"active":false}}]}' }));
		await fc.assert(fc.asyncProperty(ids, fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE'), each), runs(60));
	});

	test('bodies of a megabyte, and nested ten thousand levels deep', async () => {
		const DEEP = 10_000;
		const deep = [`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, `${'{"name":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, `{"userName":"new@example.com","name":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`, `{"Operations":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`];
		const long = (IS_LONG ? LONG_TEXTS : LONG_TEXTS.slice(-3)).flatMap((text) => [text, JSON.stringify({ userName: text }), JSON.stringify({ userName: 'new@example.com', displayName: text.slice(0, 900_000), externalId: text.slice(0, 100_000) })]);
		for (const body of [...deep, ...long]) {
			for (const [method, id] of [['POST', undefined], ['PUT', PERSON], ['PATCH', PERSON]] as const) {
				await attempt('scim', 'long or deep body', async () => await tryRequest({ collection: 'Users', id, method, body, headers: { 'content-type': 'application/scim+json' } }));
			}
		}
	});
});

test('any wrong token: the same 401, and no request to FreshBooks', async () => {
	const nearly = fc.constantFrom(SHOWN.slice(1), `${SHOWN}0`, SHOWN.toUpperCase(), ` ${SHOWN}x`, `${SHOWN},${SHOWN}`, `${SHOWN}\0`, [...SHOWN].toReversed().join(''));
	const wrong = fc.oneof(nearly, someText, fc.string()).map((token) => `Bearer ${token}`);
	const authorizations = fc.oneof(wrong, nastyText, fc.constantFrom(`Basic ${SHOWN}`, SHOWN, `Bearer${SHOWN}`)).filter((text) => !/^bearer +\S+$/i.test(text.trim()) || text.trim().split(/ +/)[1] !== SHOWN);
	const each = async (request: Request, authorization: string) =>
		await attempt('scim', 'token', async (): Promise<Ending> => {
			server().answerWith(() => ({ status: 500 }));
			const answered = await ask(aTrigger(), { ...request, headers: { ...request.headers, authorization } });
			expectScim(answered);
			expect([answered.status, answered.headers['www-authenticate'], server().arrived]).toEqual([401, 'Bearer', []]);
			expect(answered.body.detail).toBe('The request has no valid token.');
			return 'error';
		});
	await fc.assert(fc.asyncProperty(requests, authorizations, each), runs(60));
});

/** Ordinary requests of a provider. */
const ORDINARY: readonly Request[] = [
	{ collection: 'Users', id: undefined },
	{ collection: 'Users', id: PERSON },
	{ collection: 'Users', id: undefined, method: 'POST', body: '{"userName":"new@example.com"}' },
	{ collection: 'Users', id: PERSON, method: 'PATCH', body: '{"Operations":[{"op":"replace","path":"active","value":false}]}' },
	{ collection: 'Users', id: PERSON, method: 'PUT', body: '{"userName":"person1@example.com","active":true,"roles":[{"value":"Contractor"}]}' },
	{ collection: 'Users', id: PERSON, method: 'DELETE' },
	{ collection: 'Users', id: idOf('invited1@example.com'), method: 'DELETE' },
];

test('any response of FreshBooks: SCIM, nobody else loses access, and nobody is invited twice', async () => {
	const each = async (request: Request, hostile: HostileAnswer, from: number, once: boolean) =>
		await attempt('scim', 'answer', async (): Promise<Ending> => {
			const business = new Business();
			let asked = 0;
			server().answerWith((arrived) => {
				if (arrived.url === REFRESHING) return { status: 200, body: JSON.stringify({ access_token: FIRST_TOKEN, refresh_token: FIRST_REFRESH, token_type: 'Bearer', expires_in: 43_200 }) };
				const isHit = ++asked === from || (asked > from && !once);
				// A 429 means that FreshBooks did not carry out the request.
				const isThrottled = isHit && hostile({}).status === 429;
				const good = isThrottled ? {} : (business.good(arrived.method, arrived.url, arrived.body) ?? {});
				return isHit ? hostile(good) : { status: 200, body: JSON.stringify(good) };
			});
			const answered = await ask(aTrigger(), request);
			expectPrototypeUntouched();
			expectScim(answered);
			expectIntended(server().arrived.filter(({ url }) => url !== REFRESHING), new URL(server().url).host, ENDPOINTS);
			expectNoOneElse(business, request);
			expect(business.changes.filter((change) => change.startsWith('invited')).length).toBeLessThanOrEqual(1);
			return answered.status >= 400 ? 'error' : 'items';
		});
	await fc.assert(fc.asyncProperty(fc.constantFrom(...ORDINARY), hostileAnswer, fc.integer({ min: 1, max: 12 }), fc.boolean(), each), runs(40));
});

test.each(ORDINARY.map((request) => [request.method ?? 'GET', request] as const))('an ordinary %s succeeds', async (_method, request) => {
	expect(await tryRequest(request)).toBe('items');
});
