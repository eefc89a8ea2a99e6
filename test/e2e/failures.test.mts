// What n8n shows for failures of FreshBooks and for bad input: one test per row of the error table.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	BILLSPRING,
	locator,
	NODE,
	QUARRY,
	searchForSecrets,
	startWorld,
	TRIGGER,
	type Json,
	type World,
} from './support.mts';

interface Row {
	/** The failure kind of `nodes/FreshBooks/client/errors.ts`. */
	readonly kind: string;
	readonly parameters: Json;
	readonly settings?: Json;
	readonly faults?: Json[];
	readonly message: RegExp;
	readonly description: RegExp;
	readonly httpCode?: string;
	/** Further checks, given the duration of the run. */
	readonly also?: (tookMs: number) => Promise<void>;
}

const BUSINESS = { business: locator('id', BILLSPRING) };
const GET_MANY = { resource: 'teamMember', operation: 'getAll', ...BUSINESS };
const NOBODY = 'aaaaaaaa-0000-4000-8000-000000000000';
const TEODOR = 'teodor.wexley@example.com';
const LISTING = 'GET /team_members';
const INVITE = {
	resource: 'invitation',
	operation: 'create',
	...BUSINESS,
	email: 'nadia.okafor@example.com',
	role: 'business_employee',
};

const ROWS: Row[] = [
	{
		kind: 'permission',
		parameters: { ...GET_MANY, business: locator('id', QUARRY) },
		message: /no permission for .*'Business'/,
		description: /connect as an owner or admin/,
		httpCode: '403',
	},
	{
		kind: 'notFound',
		parameters: { resource: 'teamMember', operation: 'get', ...BUSINESS, member: locator('id', NOBODY) },
		message: /does not know team member/,
		description: /UUID/,
		httpCode: '404',
	},
	{
		kind: 'notPublished',
		parameters: INVITE,
		settings: { profile: 'documented' },
		message: /answered 404 .*does not offer/,
		description: /not in FreshBooks' public documentation.*under Team Members/,
		httpCode: '404',
	},
	{
		kind: 'validation',
		parameters: { resource: 'teamMember', operation: 'updateRole', ...BUSINESS, member: locator('email', TEODOR), role: 'contractor' },
		faults: [{ kind: 'status', route: 'PUT /members/', status: 422, body: { error: 'invalid_resource', error_description: 'Validation failed: Payroll is running' } }],
		message: /did not accept/,
		description: /Check the value/,
		httpCode: '422',
	},
	{
		kind: 'conflict',
		parameters: INVITE,
		faults: [{ kind: 'status', route: 'POST /invitations$', status: 409, body: { error: 'conflict', message: 'Already there' } }],
		message: /conflict for .*Already there/,
		description: /Check which one to keep/,
		httpCode: '409',
	},
	{
		kind: 'rateLimited',
		parameters: GET_MANY,
		faults: [{ kind: 'rateLimited', route: LISTING, count: 0, retryAfter: 1 }],
		message: /allows no more requests right now/,
		description: /To fix this, wait .*second/,
		httpCode: '429',
	},
	{
		kind: 'outage',
		parameters: GET_MANY,
		faults: [{ kind: 'status', route: LISTING, status: 503, count: 0 }],
		message: /not able to answer .*503/,
		description: /Nothing was changed.*later/,
		httpCode: '503',
	},
	{
		kind: 'unreachable',
		parameters: GET_MANY,
		faults: [{ kind: 'resetBefore', route: LISTING, count: 0 }],
		message: /was not reached/,
		description: /Check the network/,
	},
	{
		kind: 'unclear',
		parameters: INVITE,
		faults: [{ kind: 'resetBefore', route: 'POST /invitations$', count: 0 }],
		message: /not known whether it was carried out/,
		description: /It may still arrive\..*not sent again.*running it again later is safe/,
		also: async (tookMs) => {
			assert.ok(tookMs >= LOOKED_FOR_MS, `looked for ${tookMs} ms`);
			assert.equal(await invitationsSent(), 1);
			assert.ok((await readsAfterThePost()) > 5, 'the invitations are read again and again');
		},
	},
	{
		kind: 'notJson',
		parameters: GET_MANY,
		faults: [{ kind: 'status', route: LISTING, status: 200, body: '<html><body>Gateway</body></html>', headers: { 'content-type': 'text/html' }, count: 0 }],
		message: /web page came back/,
		description: /gateway or proxy/,
	},
	{
		kind: 'malformed',
		parameters: GET_MANY,
		faults: [{ kind: 'wrongShape', route: LISTING, body: { response: { unexpected: true } }, count: 0 }],
		message: /not of the documented form/,
		description: /To fix this, run it again later/,
	},
	{
		kind: 'redirect',
		parameters: GET_MANY,
		faults: [{ kind: 'status', route: LISTING, status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' }, count: 0 }],
		message: /redirected .*not followed/,
		description: /access token goes nowhere else/,
	},
];

/** How long the node searches for an invitation with an unknown result. */
const LOOKED_FOR_MS = 20_000;

let world: World;

async function invitationsSent(): Promise<number> {
	return (await world.requests()).filter(({ method, path }) => method === 'POST' && path.endsWith('/invitations')).length;
}

/** The number of readings of the invitations after one was sent. */
async function readsAfterThePost(): Promise<number> {
	const requests = (await world.requests()).filter(({ path }) => path.endsWith('/invitations'));
	return requests.slice(requests.findIndex(({ method }) => method === 'POST')).filter(({ method }) => method === 'GET').length;
}

async function withFaults(faults: Json[]): Promise<void> {
	for (const fault of faults) await world.control('POST', '/faults', fault);
}

before(async () => {
	world = await startWorld('failures');
});
beforeEach(async () => await world.reset());
after(async () => await world.close());

describe('the error table, as the user sees it', () => {
	for (const { kind, parameters, settings, faults = [], message, description, httpCode, also } of ROWS) {
		test(kind, async (context) => {
			if (settings) await world.control('PATCH', '/settings', settings);
			await withFaults(faults);
			await world.clearRequests();
			const started = performance.now();
			const { status, error } = await world.run(parameters);
			const tookMs = performance.now() - started;
			context.diagnostic(`${error?.message} | ${error?.description}`);
			assert.equal(status, 'error');
			assert.match(String(error?.message), message);
			assert.match(String(error?.message), /\[item 0\]$/);
			assert.match(String(error?.description), description);
			await also?.(tookMs);
			if (httpCode) assert.equal(error?.httpCode, httpCode);
			assert.equal(error?.context?.['itemIndex'], 0);
		});
	}

	const REMOVE = { resource: 'teamMember', operation: 'remove', ...BUSINESS, member: locator('id', 41004) };

	test('a credential with the access Read Team', async (context) => {
		const credential = await world.connect('Read Team', { access: 'read', customScopes: '' });
		const { error } = await world.run(REMOVE, { credential });
		context.diagnostic(`${error?.message} | ${error?.description}`);
		assert.match(String(error?.message), /'Access' is Read Team/);
		assert.match(String(error?.description), /Manage Team/);
		assert.deepEqual(await world.changes(), []);
	});

	test('scope', async (context) => {
		const credential = await world.connect('Reads only', { access: 'custom', customScopes: 'user:profile:read user:teams:read' });
		const { error } = await world.run(REMOVE, { credential });
		context.diagnostic(`${error?.message} | ${error?.description}`);
		assert.match(String(error?.message), /lacks the scope [^:]*: user:teams:write is needed/);
		assert.match(String(error?.description), /Developer Portal/);
		assert.equal(error?.httpCode, '403');
	});

	test('reconnect', async (context) => {
		const credential = await world.connect('Revoked later');
		await world.control('POST', '/oauth/revoke');
		const { error } = await world.run(GET_MANY, { credential });
		context.diagnostic(`${error?.message} | ${error?.description}`);
		assert.match(`${error?.message} ${error?.description}`, /connect/i);
		await world.connect(world.credential.name);
		assert.equal((await world.run(GET_MANY)).status, 'success');
	});

	test('reconnect: FreshBooks requires redirect_uri for a refresh, and n8n sends none', async (context) => {
		await world.control('PATCH', '/settings', { refreshNeedsRedirectUri: true });
		assert.equal((await world.run(GET_MANY)).status, 'success');
		await world.control('POST', '/oauth/expire');
		const { error } = await world.run(GET_MANY);
		context.diagnostic(`${error?.message} | ${error?.description}`);
		assert.match(`${error?.message} ${error?.description}`, /no longer accepts the connection.*connect it again/);
		await world.connect(world.credential.name);
		assert.equal((await world.run(GET_MANY)).status, 'success');
		await world.control('PATCH', '/settings', { refreshNeedsRedirectUri: false });
	});

	test('cancelled: stopping the execution ends the wait at once', async () => {
		await withFaults([{ kind: 'delay', route: LISTING, ms: 20_000 }]);
		const { client } = world.n8n;
		const workflow = await client.createWorkflow(world.workflowOf(GET_MANY));
		const run = client.run(workflow.id, TRIGGER);
		const [execution] = await running(workflow.id);
		const started = performance.now();
		await client.request('POST', `/rest/executions/${execution}/stop`, {});
		const { status } = await run;
		assert.equal(status, 'canceled');
		assert.ok(performance.now() - started < 5_000);
	});

	async function running(workflowId: string): Promise<string[]> {
		for (let tries = 0; tries < 50; tries++) {
			await sleep(100);
			const requests = await world.requests();
			if (!requests.some(({ path }) => path.endsWith('/team_members'))) continue;
			return (await world.n8n.client.executions(workflowId)).map(({ id }) => id);
		}
		throw new Error('The execution never asked FreshBooks for anything.');
	}
});

describe('a redirect to another origin', () => {
	const heard: string[] = [];
	let elsewhere: Server;
	let location: string;

	before(async () => {
		elsewhere = createServer((request, response) => {
			heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
			response.end('{}');
		});
		await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
		location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/elsewhere`;
	});
	after(() => void elsewhere.close());

	const STATUSES = [301, 302, 303, 307, 308];

	for (const status of STATUSES) {
		test(`with ${status} is not followed by a read: nothing arrives there`, async () => {
			await withFaults([{ kind: 'status', route: LISTING, status, headers: { location }, count: 0 }]);
			const { status: end, error } = await world.run(GET_MANY);
			assert.equal(end, 'error');
			assert.match(String(error?.message), /redirected .*not followed/);
			assert.deepEqual(heard, []);
		});
	}

	test('with any status is not followed by a write: nothing arrives there, and the result is unknown', async (context) => {
		// A gateway's page. A response of FreshBooks itself would show that the request has ended.
		const body = '<html><body>Moved</body></html>';
		await withFaults(STATUSES.map((status) => ({ kind: 'status', route: 'POST /invitations$', status, headers: { location, 'content-type': 'text/html' }, body })));
		await world.clearRequests();
		const started = performance.now();
		const { items } = await world.run(
			{ ...INVITE, email: '={{ $json.email }}', options: { batchSize: STATUSES.length } },
			{ input: STATUSES.map((status) => ({ email: `status${status}@example.com` })), settings: { onError: 'continueRegularOutput' } },
		);
		assert.ok(performance.now() - started >= LOOKED_FOR_MS);
		assert.equal(items.length, STATUSES.length);
		context.diagnostic(`${items[0]?.['error']} | ${items[0]?.['message']}`);
		for (const item of items) {
			assert.match(String(item['error']), /not known whether it was carried out/);
			assert.match(String(item['message']), /It may still arrive\..*A redirect came and was not followed/);
		}
		assert.deepEqual(items.map(({ details }) => Number((details as Json)['httpCode'])).sort(), STATUSES);
		assert.equal(await invitationsSent(), STATUSES.length);
		assert.deepEqual(heard, []);
	});
});

describe('temporary faults do not fail the run', () => {
	const PASSING: Json[] = [
		{ kind: 'rateLimited', route: LISTING, retryAfter: 1 },
		{ kind: 'rateLimited', route: LISTING, retryAfterDate: 1 },
		{ kind: 'status', route: LISTING, status: 500 },
		{ kind: 'html502', route: LISTING },
		{ kind: 'resetBefore', route: LISTING },
		{ kind: 'resetMidBody', route: LISTING },
		{ kind: 'truncatedJson', route: LISTING },
	];
	for (const fault of PASSING) {
		test(`${fault['kind']} ${fault['status'] ?? ''}`, async () => {
			await withFaults([fault]);
			assert.equal((await world.items({ ...GET_MANY, returnAll: true })).length, 12);
		});
	}

	test('an invitation that FreshBooks stored before the connection broke is found, not sent twice', async () => {
		await withFaults([{ kind: 'applyThenFail', route: 'POST /invitations$', with: 'reset' }]);
		const [invitation] = await world.items(INVITE);
		assert.equal(typeof invitation?.['id'], 'number');
		assert.equal(await invitationsSent(), 1);
	});

	for (const status of [520, 524, 503]) {
		test(`an invitation that arrives after a ${status} of the gateway is found, not sent twice`, async () => {
			await withFaults([{ kind: 'lateArrival', route: 'POST /invitations$', status, arrivesAfterMs: 2_500 }]);
			const [invitation] = await world.items(INVITE);
			assert.equal(typeof invitation?.['id'], 'number');
			assert.equal(await invitationsSent(), 1);
			assert.equal((await world.pendingOf(INVITE.email)).length, 1);
		});
	}
});

describe('bad input is refused before any request', () => {
	const BAD_IDS = ['', ' ', '0', '-1', '1.5', 'abc', '6806492/../1', '..', '%2e%2e', '1?x', '1#x', '1 2', '9'.repeat(40)];

	test('every bad business ID, in one run that continues on failures', async () => {
		await world.clearRequests();
		const { items } = await world.run(
			{ ...GET_MANY, business: { __rl: true, mode: 'id', value: '={{ $json.id }}' } },
			{ input: BAD_IDS.map((id) => ({ id })), settings: { onError: 'continueRegularOutput' } },
		);
		assert.equal(items.length, BAD_IDS.length);
		for (const [n, item] of items.entries()) {
			assert.match(String(item['error']), /^(Parameter 'Business' |Business is empty)/, `ID '${BAD_IDS[n]}'`);
			assert.match(String(item['error']), new RegExp(`\\[item ${n}\\]$`));
		}
		assert.deepEqual(await world.requests(), []);
	});

	const OTHERS: Array<[string, Json, RegExp]> = [
		['a bad address', { ...INVITE, email: 'nobody' }, /'Email'/],
		['an empty role', { ...INVITE, role: ' ' }, /^Role is empty/],
		['a limit below 1', { ...GET_MANY, limit: 0 }, /'Limit'/],
		[
			'permissions that are no object',
			{ resource: 'teamMember', operation: 'updateRole', ...BUSINESS, member: locator('id', 41004), role: 'contractor', permissions: '[1]' },
			/'Permissions'/,
		],
		[
			'neither a whole number nor a UUID, for a removal',
			{ resource: 'teamMember', operation: 'remove', ...BUSINESS, member: locator('id', '41004a') },
			/'Team Member' .*whole number.*UUID/,
		],
		[
			'a whole number where a UUID belongs',
			{ resource: 'teamMember', operation: 'get', ...BUSINESS, member: locator('id', 41004) },
			/'Team Member' .*UUID/,
		],
	];
	for (const [name, parameters, message] of OTHERS) {
		test(name, async (context) => {
			await world.clearRequests();
			await assertRefused(context, parameters, message);
			assert.deepEqual(await world.requests(), []);
		});
	}
});

async function assertRefused(context: TestContext, parameters: Json, message: RegExp): Promise<void> {
	const { status, error } = await world.run(parameters);
	context.diagnostic(`${error?.message} | ${error?.description}`);
	assert.equal(status, 'error');
	assert.match(String(error?.message), message);
	assert.match(String(error?.message), /\[item 0\]$/);
}

describe('a person who is not found, or cannot be removed, is one sentence', () => {
	const REMOVE = { resource: 'teamMember', operation: 'remove', ...BUSINESS };

	test('nobody with that address', async (context) => {
		const get = { resource: 'teamMember', operation: 'get', ...BUSINESS, member: locator('email', 'no@example.com') };
		await assertRefused(context, get, /^No team member of business 6806492 has the address no@example\.com /);
	});

	test('nobody with that UUID, for a removal', async (context) => {
		await assertRefused(context, { ...REMOVE, member: locator('id', NOBODY) }, new RegExp(`^No team member of business 6806492 has the UUID ${NOBODY} `));
	});

	test('a team member without a whole-number ID', async (context) => {
		const [{ id: uuid } = {}] = await world.items({ resource: 'teamMember', operation: 'get', ...BUSINESS, member: locator('email', TEODOR) });
		await withFaults([{ kind: 'dropRows', route: 'GET /business/6806492/members$', count: 0, emails: [TEODOR], keepTotal: false }]);
		for (const [member, named] of [[locator('email', TEODOR), `the address ${TEODOR}`], [locator('id', String(uuid)), `the UUID ${String(uuid)}`]] as const) {
			await assertRefused(context, { ...REMOVE, member }, new RegExp(`^The team member with ${named} has no whole-number ID in business 6806492`));
		}
		assert.deepEqual(await world.changes(), []);
	});
});

describe('continuing after a failed item', () => {
	const input = [{ id: BILLSPRING }, { id: QUARRY }, { id: BILLSPRING }];
	const parameters = { ...GET_MANY, business: { __rl: true, mode: 'id', value: '={{ $json.id }}' }, limit: 1 };

	test('the regular output has the error in the place of its item', async () => {
		const { status, items, pairedItems } = await world.run(parameters, {
			input,
			settings: { onError: 'continueRegularOutput' },
		});
		assert.equal(status, 'success');
		assert.equal(items.length, 3);
		assert.match(String(items[1]?.['error']), /no permission/);
		assert.deepEqual(pairedItems, [{ item: 0 }, { item: 1 }, { item: 2 }]);
	});

	test('the error output gets only the failed item', async () => {
		const { execution } = await world.run(parameters, { input, settings: { onError: 'continueErrorOutput' } });
		assert.equal(execution.items(NODE, 0).length, 2);
		assert.equal(execution.items(NODE, 1).length, 1);
	});

	test('without it the execution stops, and reports what was done before', async () => {
		const { status, error } = await world.run(
			{ ...INVITE, email: '={{ $json.email }}' },
			{ input: [{ email: 'first@example.com' }, { email: 'jun.takeda@example.com' }] },
		);
		assert.equal(status, 'error');
		assert.match(String(error?.message), /\[item 1\]$/);
		assert.match(String(error?.description), /Done before it stopped: item 0/);
	});
});

describe('secrets', () => {
	test('no failure left a secret in n8n\'s folder', async () => {
		await world.n8n.stop();
		assert.deepEqual((await searchForSecrets(world)).findings, []);
	});
});
