// The SCIM service on a real n8n with the FreshBooks sandbox, over HTTP with the requests of an identity provider.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nRequestError, type WorkflowNode } from '../../sandbox/n8n/index.mts';
import { executionsOf, itemsOf, newToken, publishScim, scimWorkflow, type Provider, type ScimAnswer } from './scim/provider.mts';
import { BILLSPRING, HARBOUR, locator, QUARRY, searchFiles, startWorld, type Json, type World } from './support.mts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';
const TEODOR = 'teodor.wexley@example.com';

let world: World;
let provider: Provider;

const idOf = (address: string): string => Buffer.from(address).toString('base64url');
const usersOf = ({ body }: ScimAnswer): Json[] => body['Resources'] as Json[];
const namesOf = (answer: ScimAnswer): unknown[] => usersOf(answer).map(({ userName }) => userName);

function assertError(answer: ScimAnswer, status: number): void {
	assert.equal(answer.status, status);
	assert.match(String(answer.headers.get('content-type')), /^application\/scim\+json/);
	assert.deepEqual(answer.body['schemas'], [ERROR]);
	assert.equal(answer.body['status'], String(status));
	assert.match(String(answer.body['detail']), /\w+ \w+/);
}

/** The number of requests to FreshBooks for the people of a business. */
async function listings(business = BILLSPRING): Promise<number> {
	return (await world.requests()).filter(({ path }) => path.endsWith(`/businesses/${business}/team_members`)).length;
}

interface Person {
	readonly email: string;
	readonly active: boolean;
}

interface Invitation {
	readonly email: string;
	readonly status: string;
}

async function peopleOf(business = BILLSPRING): Promise<{ members: Person[]; invitations: Invitation[] }> {
	return await world.control('GET', `/businesses/${business}`);
}

/** n8n removes a workflow's webhook URLs a moment after it reports it. */
async function untilGone(gone: Provider): Promise<void> {
	for (let tries = 0; tries < 50; tries++) {
		if ((await gone.ask('/ServiceProviderConfig')).status === 404) return;
		await sleep(200);
	}
	assert.fail('An unpublished trigger still answers.');
}

before(async () => {
	world = await startWorld('scim');
	provider = await publishScim(world);
});
after(async () => await world.close());
beforeEach(async () => {
	await world.reset();
	await world.clearRequests();
});

describe('reading people', () => {
	test('all members and invited people, as SCIM users', async () => {
		const answer = await provider.ask('/Users');
		assert.equal(answer.status, 200);
		assert.match(String(answer.headers.get('content-type')), /^application\/scim\+json/);
		const { members, invitations } = await peopleOf();
		const pending = invitations.filter(({ status }) => status === 'pending');
		assert.ok(members.length > 10 && pending.length > 0, 'the sandbox has both');
		assert.deepEqual([answer.body['schemas'], answer.body['totalResults'], answer.body['startIndex'], answer.body['itemsPerPage']], [[LIST], members.length + pending.length, 1, members.length + pending.length]);
		const byName = (one: { email: string }, other: { email: string }): number => (one.email < other.email ? -1 : 1);
		assert.deepEqual(namesOf(answer), [...[...members].sort(byName), ...[...pending].sort(byName)].map(({ email }) => email));
		for (const user of usersOf(answer)) {
			assert.equal(user['id'], idOf(String(user['userName'])));
			assert.equal((user['meta'] as Json)['location'], `${provider.baseUrl}/Users/${String(user['id'])}`);
			const member = members.find(({ email }) => email === user['userName']);
			assert.equal(user['active'], member?.active ?? true);
			assert.equal((user[FRESHBOOKS_USER] as Json)['invitationPending'], member === undefined);
		}
	});

	test('each of them by the ID in the list, and nobody else', async () => {
		const listed = usersOf(await provider.ask('/Users'));
		for (const user of listed) {
			const one = await provider.ask(`/Users/${String(user['id'])}`);
			assert.equal(one.status, 200);
			assert.deepEqual(one.body, user);
			assert.equal(one.headers.get('location'), (user['meta'] as Json)['location']);
		}
		for (const id of [idOf('nobody@example.com'), 'x', TEODOR, '%2e%2e', '12']) assertError(await provider.ask(`/Users/${id}`), 404);
	});

	test('with a filter, a page, and chosen attributes', async () => {
		const query = new URLSearchParams({ filter: `userName eq "${TEODOR.toUpperCase()}"`, attributes: 'userName,active' });
		const found = await provider.ask(`/Users?${query.toString()}`);
		assert.deepEqual(found.body['totalResults'], 1);
		assert.deepEqual(Object.keys(usersOf(found)[0] ?? {}).sort(), ['active', 'id', 'schemas', 'userName']);
		const nobody = await provider.ask('/Users?filter=userName%20eq%20%22c7a3dd1e-5a60-4d0e-9a7d-0d4d3f3a2b11%22');
		assert.deepEqual([nobody.status, nobody.body['totalResults'], nobody.body['Resources']], [200, 0, []]);
		const page = await provider.ask('/Users?startIndex=3&count=2');
		assert.deepEqual([page.body['startIndex'], page.body['itemsPerPage'], usersOf(page).length], [3, 2, 2]);
		const misunderstood = await provider.ask('/Users?filter=userName%20sounds%20%22x%22');
		assertError(misunderstood, 400);
		assert.equal(misunderstood.body['scimType'], 'invalidFilter');
	});

	test('all pages of an import read FreshBooks\' lists once, and so do 25 requests at once', async () => {
		const harbour = await publishScim(world, { business: locator('id', HARBOUR) });
		const names: unknown[] = [];
		for (let start = 1; ; start += 20) {
			const page = await harbour.ask(`/Users?startIndex=${start}&count=20`);
			names.push(...namesOf(page));
			if (names.length >= Number(page.body['totalResults'])) break;
		}
		assert.ok(names.length >= 131);
		assert.equal(new Set(names).size, names.length);
		// 131 people are two pages in FreshBooks.
		assert.equal(await listings(HARBOUR), 2);
		const atOnce = await Promise.all(Array.from({ length: 25 }, async () => await provider.ask('/Users')));
		assert.deepEqual(new Set(atOnce.map(({ status }) => status)), new Set([200]));
		assert.ok((await listings()) <= 1, `FreshBooks was asked ${await listings()} times`);
	});

	test('starts no execution', async () => {
		await provider.ask('/Users');
		assert.equal(await executionsOf(world, provider), 0);
	});
});

describe('duration', () => {
	const ROUNDS = 40;

	async function answeredAfterMs(ask: () => Promise<unknown>): Promise<number> {
		const began = performance.now();
		await ask();
		return performance.now() - began;
	}

	/** The median and the maximum. */
	function inWords(times: number[]): string {
		const sorted = times.sort((one, other) => one - other);
		return `${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms (slowest of ${ROUNDS}: ${sorted.at(-1)?.toFixed(1)} ms)`;
	}

	/** Publishes a workflow with only n8n's Webhook node; returns its URL. */
	async function webhookOf(parameters: Json, credentials?: WorkflowNode['credentials']): Promise<string> {
		const { client, url } = world.n8n;
		const path = newToken();
		const node: WorkflowNode = { name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2, position: [0, 0], webhookId: path, parameters: { httpMethod: 'GET', path, responseMode: 'onReceived', options: {}, ...parameters }, credentials };
		const { id } = await client.createWorkflow({ name: 'Empty', nodes: [node], connections: {} });
		assert.equal(await client.publish(id), 'published');
		return `${url}/webhook/${path}`;
	}

	// Printed, without a limit, because times on a busy machine vary. Most of the time is n8n's: its expression engine creates an isolate
	// for every request with a credential (n8n 2.40). So the table includes a webhook with a credential.
	test('a search with cached lists, compared with webhooks of empty workflows', async (context) => {
		const token = newToken();
		const { id, name } = await world.n8n.client.createCredential('httpHeaderAuth', 'Header', { name: 'x-token', value: token });
		const empty = await webhookOf({});
		const guarded = await webhookOf({ authentication: 'headerAuth' }, { httpHeaderAuth: { id, name } });
		const fetched = async (address: string): Promise<void> => assert.equal((await fetch(address, { headers: { 'x-token': token } })).status, 200);
		const search = async (): Promise<unknown> => await provider.ask(`/Users?filter=${encodeURIComponent(`userName eq "${TEODOR}"`)}`);
		const times = { search: [] as number[], empty: [] as number[], guarded: [] as number[] };
		for (let round = 0; round < ROUNDS; round++) {
			await search();
			times.search.push(await answeredAfterMs(search));
			times.empty.push(await answeredAfterMs(async () => await fetched(empty)));
			times.guarded.push(await answeredAfterMs(async () => await fetched(guarded)));
		}
		context.diagnostic(`GET /Users?filter=userName eq on a warm list: ${inWords(times.search)}`);
		context.diagnostic(`the webhook of an empty workflow: ${inWords(times.empty)}; one with Header Auth: ${inWords(times.guarded)}`);
	});
});

describe('the service\'s discovery', () => {
	for (const address of ['/ServiceProviderConfig', '/ResourceTypes', '/ResourceTypes/User', '/Schemas', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User']) {
		test(address, async () => {
			const { status, body } = await provider.ask(address);
			assert.equal(status, 200);
			assert.ok(JSON.stringify(body).includes(`${provider.baseUrl}/`), 'it knows its own address');
			assert.deepEqual(await world.requests(), []);
		});
	}

	test('there are no groups', async () => {
		for (const address of ['/Groups', '/Groups?filter=displayName%20eq%20%22Everybody%22', '/Groups?startIndex=1&count=100']) {
			const { status, body } = await provider.ask(address);
			assert.deepEqual([status, body['totalResults'], body['Resources']], [200, 0, []]);
		}
	});
});

describe('the token', () => {
	const WRONG: Array<string | undefined> = [undefined, '', 'Bearer', 'Bearer x', `Bearer ${newToken()}`, `Basic ${newToken()}`];

	test('without the right one every URL answers the same 401, without a request to FreshBooks', async () => {
		const answers: ScimAnswer[] = [];
		for (const authorization of WRONG) {
			for (const address of ['/Users', `/Users/${idOf(TEODOR)}`, '/Nothing', '']) answers.push(await provider.ask(address, { authorization }));
			answers.push(await provider.ask('/Users', { authorization, method: 'POST', body: { userName: 'x@example.com' } }));
		}
		for (const answer of answers) {
			assertError(answer, 401);
			assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
		}
		assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
		assert.deepEqual(await world.requests(), []);
		assert.equal(await executionsOf(world, provider), 0);
	});

	test('of one trigger does not open another', async () => {
		const other = await publishScim(world);
		assertError(await provider.ask('/Users', { authorization: other.authorization }), 401);
		assert.equal((await other.ask('/Users')).status, 200);
	});
});

describe('URLs and methods', () => {
	const NOT_OFFERED: Array<[string, string]> = [
		['POST', '/Groups'],
		['PATCH', '/Groups/1'],
		['POST', '/Bulk'],
		['GET', '/Me'],
	];
	for (const [method, address] of NOT_OFFERED) {
		for (const contentType of ['application/scim+json', 'application/json']) {
			test(`${method} ${address} as ${contentType} is 501`, async () => {
				assertError(await provider.ask(address, { method, contentType, body: method === 'GET' ? undefined : {} }), 501);
				assert.deepEqual(await world.changes(), []);
			});
		}
	}

	for (const contentType of ['application/scim+json', 'application/json']) {
		test(`writes as ${contentType} change people, and each starts an execution with its item`, async () => {
			const fresh = await publishScim(world);
			const created = await fresh.ask('/Users', { method: 'POST', contentType, body: { userName: 'new@example.com', active: true, externalId: 'x1' } });
			assert.equal(created.status, 201);
			assert.equal(created.headers.get('location'), `${fresh.baseUrl}/Users/${idOf('new@example.com')}`);
			const out = await fresh.ask(`/Users/${idOf(TEODOR)}`, { method: 'PATCH', contentType, body: { Operations: [{ op: 'replace', value: { active: false } }] } });
			assert.deepEqual([out.status, out.body['active']], [200, false]);
			const { members, invitations } = await peopleOf();
			assert.ok(!members.some(({ email }) => email === TEODOR));
			assert.ok(invitations.some(({ email, status }) => email === 'new@example.com' && status === 'pending'));
			const [first, second] = await itemsOf(world, fresh, 2);
			assert.deepEqual([first?.['event'], first?.['email'], first?.['externalId'], first?.['requestedBy']], ['provisioned', 'new@example.com', 'x1', 'node']);
			assert.deepEqual([second?.['event'], second?.['email'], second?.['status']], ['deprovisioned', TEODOR, 'offboarded']);
		});
	}

	test('a method that a URL does not support is 405 with Allow', async () => {
		for (const [method, address, allow] of [['PUT', '/Users', 'GET, POST'], ['POST', `/Users/${idOf(TEODOR)}`, 'GET, PUT, PATCH, DELETE'], ['DELETE', '/Schemas', 'GET']] as const) {
			const answer = await provider.ask(address, { method, body: {} });
			assertError(answer, 405);
			assert.equal(answer.headers.get('allow'), allow);
		}
	});

	test('an unknown URL, and the base URL itself, is 404 in SCIM', async () => {
		for (const address of ['', '/', '/Nothing', '/Nothing/1', '/users', '/ServiceProviderConfig/1']) assertError(await provider.ask(address), 404);
	});

	test('a trailing slash makes no difference', async () => {
		assert.deepEqual((await provider.ask('/Users/')).body, (await provider.ask('/Users')).body);
	});
});

describe('failures of FreshBooks', () => {
	/** Its own, so that no list is cached. */
	async function askedWith(faults: Json[], business = BILLSPRING): Promise<ScimAnswer> {
		const own = await publishScim(world, { business: locator('id', business) }, await world.connect(`For ${newToken()}`));
		for (const fault of faults) await world.control('POST', '/faults', { count: 0, ...fault });
		return await own.ask('/Users');
	}

	const LISTING = 'GET /team_members';
	const FAULTS: Array<[string, Json]> = [
		['401', { kind: 'status', route: LISTING, status: 401, body: { error: 'unauthenticated' } }],
		['403', { kind: 'status', route: LISTING, status: 403, body: { error: 'forbidden' } }],
		['404', { kind: 'status', route: LISTING, status: 404, body: { error: 'not_found' } }],
		['503', { kind: 'status', route: LISTING, status: 503 }],
		['a web page', { kind: 'status', route: LISTING, status: 200, body: '<html>Login</html>', headers: { 'content-type': 'text/html' } }],
		['no answer', { kind: 'resetBefore', route: LISTING }],
	];
	for (const [name, fault] of FAULTS) {
		test(`${name} is 503 with Retry-After`, async () => {
			const answer = await askedWith([fault]);
			assertError(answer, 503);
			assert.ok(Number(answer.headers.get('retry-after')) > 0);
		});
	}

	test('a business whose people the connected user may not list is 503', async () => {
		assertError(await askedWith([], QUARRY), 503);
	});

	test('a dead connection is 503', async () => {
		const credential = await world.connect(`Dead ${newToken()}`);
		const own = await publishScim(world, {}, credential);
		await world.control('POST', '/oauth/revoke', {});
		const answer = await own.ask('/Users');
		await world.connect(world.credential.name);
		assertError(answer, 503);
		assert.ok(Number(answer.headers.get('retry-after')) > 0);
		assert.match(String(answer.body['detail']), /connect it again/);
	});
});

describe('publishing', () => {
	test('a trigger of another business beside the first one, with the same path', async () => {
		const harbour = await publishScim(world, { business: locator('id', HARBOUR) });
		assert.ok(Number((await harbour.ask('/Users')).body['totalResults']) >= 131);
		assert.ok(Number((await provider.ask('/Users')).body['totalResults']) < 131);
		await world.n8n.client.unpublish(harbour.workflowId);
		await untilGone(harbour);
		assert.equal((await provider.ask('/Users')).status, 200);
	});

	test('two triggers of one workflow', async () => {
		const [one, other] = [await scimWorkflow(world, newToken()), await scimWorkflow(world, newToken(), { business: locator('id', HARBOUR) })];
		const [first, second] = [...one.nodes, ...other.nodes.map((node): WorkflowNode => ({ ...node, name: 'Another' }))];
		assert.ok(first && second);
		const { client, url } = world.n8n;
		const { id } = await client.createWorkflow({ ...one, nodes: [first, second] });
		assert.equal(await client.publish(id), 'published');
		for (const node of [first, second]) assert.equal((await fetch(`${url}/webhook/${node.webhookId}/scim/v2/Users`)).status, 401);
	});

	for (const [name, token, parameters] of [
		['a short token', 'too-short', {}],
		['a path with an underscore', newToken(), { path: 'scim_v2' }],
		['no business', newToken(), { business: locator('list', '') }],
	] as const) {
		test(`is refused with ${name}`, async () => {
			const { client } = world.n8n;
			const { id } = await client.createWorkflow(await scimWorkflow(world, token, parameters));
			const status = await client.publish(id).catch((error: unknown) => (error instanceof N8nRequestError ? error.body : Promise.reject(error)));
			assert.notEqual(status, 'published');
		});
	}
});

describe('secrets', () => {
	test("no token remains in n8n's folder", async () => {
		await world.n8n.stop();
		const { all } = await world.control<{ all: string[] }>('GET', '/secrets');
		assert.deepEqual((await searchFiles(world.n8n.userFolder, [...all, provider.token])).findings, []);
	});
});
