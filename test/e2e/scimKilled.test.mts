// The SCIM service if n8n or FreshBooks fails during a write, and the identity provider repeats its request as Okta and Entra ID do.
// Every case has its own business and trigger, so that all can run at the same time.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { executionsOf, itemsOf, publishScim, type Provider } from './scim/provider.mts';
import { deprovision, provision, repeated, type Attempt } from './scim/requests.mts';
import { locator, startWorld, type Json, type World } from './support.mts';

interface Change {
	readonly kind: string;
	readonly by: string;
	readonly businessId: number | null;
	readonly person: { readonly email: string } | null;
	readonly details: { readonly email?: string };
}

/** One person whom the provider assigns, or one whom it removes. */
type Task = 'create' | 'deactivate';

let world: World;
let lastId = 7_200_000;

before(async () => {
	world = await startWorld('scim-killed');
});
after(async () => await world.close());

/** Its own business with a published trigger. */
class Case {
	readonly task: Task;
	readonly businessId: number;
	readonly provider: Provider;
	/** The person. */
	readonly address: string;
	readonly others: readonly string[];

	private constructor(task: Task, businessId: number, provider: Provider, address: string, others: readonly string[]) {
		this.task = task;
		this.businessId = businessId;
		this.provider = provider;
		this.address = address;
		this.others = others;
	}

	static async open(task: Task): Promise<Case> {
		const businessId = ++lastId;
		await world.control('POST', '/businesses', { id: businessId, withOwner: true, generate: 12 });
		const { members } = await world.control<{ members: Array<{ email: string; role: string }> }>('GET', `/businesses/${businessId}`);
		const leaver = members.find(({ role }) => role !== 'owner');
		assert.ok(leaver);
		const address = task === 'create' ? `new.${businessId}@example.net` : leaver.email;
		// A pause after a 429 applies to one credential, not to the others.
		const provider = await publishScim(world, { business: locator('id', businessId) }, await world.connect(`Case ${businessId}`));
		return new Case(task, businessId, provider, address, members.map(({ email }) => email).filter((email) => email !== address));
	}

	/** The write request to FreshBooks. */
	get write(): string {
		return this.task === 'create' ? `POST /business/${this.businessId}/invitations$` : `DELETE /business/${this.businessId}/members/`;
	}

	async attempt(): Promise<Attempt> {
		return this.task === 'create' ? await provision(this.provider, this.address) : await deprovision(this.provider, this.address);
	}

	/** The API's changes in this business: kind and person. */
	async changes(): Promise<string[]> {
		const history = await world.control<Change[]>('GET', '/history');
		return history.filter(({ by, businessId }) => by === 'api' && businessId === this.businessId).map(({ kind, person, details }) => `${kind} ${person?.email ?? details.email ?? ''}`);
	}

	async assertDone(): Promise<void> {
		const { members, invitations } = await world.control<{ members: Array<{ email: string }>; invitations: Array<{ email: string; status: string }> }>('GET', `/businesses/${this.businessId}`);
		const expected = this.task === 'create' ? `invitationCreated ${this.address}` : `memberRemoved ${this.address}`;
		assert.deepEqual(await this.changes(), [expected], 'FreshBooks was changed once');
		assert.deepEqual(members.map(({ email }) => email).sort(), [...this.others].sort(), 'everybody else is still there');
		assert.deepEqual(invitations.map(({ email, status }) => `${email} ${status}`), this.task === 'create' ? [`${this.address} pending`] : []);
	}

	/** The items of the workflow's executions. */
	async items(): Promise<Json[]> {
		return await itemsOf(world, this.provider, await executionsOf(world, this.provider));
	}
}

/** Waits until FreshBooks has received the write of each case and not answered it. */
async function writesUnderWay(cases: ReadonlyArray<Pick<Case, 'write'>>): Promise<void> {
	const isUnderWay = ({ write }: Pick<Case, 'write'>): boolean => {
		const [method, pattern = ''] = write.split(' ');
		return world.sandbox.parts.log.since(0).some((entry) => entry.ms === null && entry.method === method && new RegExp(pattern).test(entry.path));
	};
	for (let tries = 0; tries < 400; tries++) {
		if (cases.every(isUnderWay)) return;
		await sleep(50);
	}
	assert.fail(`FreshBooks did not get: ${cases.filter((one) => !isUnderWay(one)).map(({ write }) => write).join(', ')}`);
}

describe('n8n killed with -9 while FreshBooks has the request', () => {
	/** Longer than the other cases need for their write. */
	const HELD_MS = 15_000;
	const CARRIED_OUT = { kind: 'delay', ms: HELD_MS };
	const LOST = { kind: 'status', status: 503, delayMs: HELD_MS };
	const EVENT = { create: 'provisioned', deactivate: 'deprovisioned' } as const;
	const CASES: Array<[string, Task, Json, boolean]> = [
		['a create that FreshBooks carries out', 'create', CARRIED_OUT, true],
		['a create that FreshBooks loses', 'create', LOST, false],
		['a deactivation that FreshBooks carries out', 'deactivate', CARRIED_OUT, true],
		['a deactivation that FreshBooks loses', 'deactivate', LOST, false],
	];
	const played = new Map<string, Case>();

	before(async () => {
		for (const [name, task, fault] of CASES) {
			const one = await Case.open(task);
			played.set(name, one);
			await world.control('POST', '/faults', { ...fault, route: one.write });
		}
		const cases = [...played.values()];
		const cut = cases.map(async (one) => await one.attempt().then(({ statuses }) => `answered ${statuses.join(', ')}`, () => 'cut'));
		await writesUnderWay(cases);
		await world.n8n.kill();
		assert.deepEqual(await Promise.all(cut), cases.map(() => 'cut'));
		while (world.sandbox.parts.log.inFlight > 0) await sleep(100);
		await world.n8n.start();
	});

	for (const [name, , , isCarriedOut] of CASES) {
		test(`${name}: the repeated request has the same result, once`, async () => {
			const one = played.get(name);
			assert.ok(one);
			assert.equal((await one.changes()).length, isCarriedOut ? 1 : 0, 'the result of the interrupted request');
			for (let times = 0; times < 2; times++) {
				const { isDone, statuses } = await one.attempt();
				assert.ok(isDone, `the provider was answered ${statuses.join(', ')}`);
				await one.assertDone();
			}
			// An item comes only with a write that n8n answers. What FreshBooks did for a killed n8n is found as already done.
			const items = (await one.items()).map(({ event, email }) => [event, email]);
			assert.deepEqual(items, isCarriedOut ? [] : [[EVENT[one.task], one.address]]);
		});
	}

	test('a person whom the provider created is read back as inactive', async () => {
		const one = await Case.open('create');
		assert.ok((await one.attempt()).isDone);
		await one.assertDone();
		await world.control('POST', `/businesses/${one.businessId}/invitations/${one.address}/accept`, {});
		// n8n stores a trigger's static data a moment after the response.
		await executionsOf(world, one.provider);
		const write = `DELETE /business/${one.businessId}/members/`;
		await world.control('POST', '/faults', { ...CARRIED_OUT, ms: 3_000, route: write });
		const cut = deprovision(one.provider, one.address).catch(() => undefined);
		await writesUnderWay([{ write }]);
		await world.n8n.kill();
		assert.equal(await cut, undefined);
		while (world.sandbox.parts.log.inFlight > 0) await sleep(100);
		await world.n8n.start();
		const found = await one.provider.ask(`/Users/${Buffer.from(one.address).toString('base64url')}`);
		assert.deepEqual([found.status, found.body['active'], found.body['userName']], [200, false, one.address]);
		const { isDone, statuses } = await deprovision(one.provider, one.address);
		assert.ok(isDone, `the provider was answered ${statuses.join(', ')}`);
		assert.deepEqual(await one.changes(), [`invitationCreated ${one.address}`, `memberRemoved ${one.address}`]);
	});
});

describe('FreshBooks fails while the provider repeats its request', { concurrency: 8 }, () => {
	const TRIES = 3;
	/** Okta and Entra ID wait minutes or hours. */
	const PAUSE_MS = 8_000;
	/** How long the service does not know whether an invitation with an unknown result arrived. */
	const UNCLEAR_MS = 61_000;
	/** Okta's timeout. */
	const ANSWERED_WITHIN_MS = 60_000;
	const PAGE = { body: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } };
	const ON_EVERYTHING: Array<[string, Json]> = [
		['429', { kind: 'rateLimited' }],
		['a cut connection', { kind: 'resetBefore' }],
	];
	const ON_THE_WRITE: Array<[string, Json]> = [
		...ON_EVERYTHING,
		['500', { kind: 'status', status: 500 }],
		['a web page', { kind: 'status', status: 200, ...PAGE }],
		['500, although it is carried out,', { kind: 'applyThenFail', status: 500 }],
		['a web page, although it is carried out,', { kind: 'applyThenFail', ...PAGE, status: 502 }],
		['a cut connection, although it is carried out,', { kind: 'applyThenFail', with: 'reset' }],
		['nothing for 35 s, in which n8n gives up,', { kind: 'delay', ms: 35_000 }],
	];
	const cases: Array<[string, Task, string, Json]> = (['create', 'deactivate'] as const).flatMap((task) => [
		...ON_EVERYTHING.map(([name, fault]): [string, Task, string, Json] => [`${name} to every request`, task, 'everything', fault]),
		...ON_THE_WRITE.map(([name, fault]): [string, Task, string, Json] => [`${name} to the write`, task, 'write', fault]),
	]);

	for (const [name, task, where, fault] of cases) {
		test(`${task}: ${name}`, async () => {
			const one = await Case.open(task);
			const route = where === 'write' ? one.write : `/business(es)?/${one.businessId}/`;
			const { ids } = await world.control<{ ids: number[] }>('POST', '/faults', { ...fault, route, count: 0 });
			const faulty = await repeated(async () => await one.attempt(), TRIES - 1, PAUSE_MS);
			await world.control('DELETE', `/faults/${ids[0]}`);
			const announcedMs = Number(faulty.at(-1)?.answer.headers.get('retry-after') ?? 0) * 1_000;
			await sleep(Math.min(Math.max(PAUSE_MS, announcedMs), UNCLEAR_MS));
			const last = await one.attempt();
			for (const attempt of [...faulty, last]) {
				assert.ok(attempt, 'every request is answered');
				const { answer, isDone, statuses } = attempt;
				assert.ok(answer.tookMs < ANSWERED_WITHIN_MS, `answered after ${answer.tookMs} ms`);
				if (!isDone) assert.ok(answer.status === 503 && Number(answer.headers.get('retry-after')) > 0, `answered ${statuses.join(', ')}`);
			}
			assert.ok(last.isDone, `the last attempt was answered ${last.statuses.join(', ')}`);
			await one.assertDone();
		});
	}
});
