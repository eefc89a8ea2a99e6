import { Ajv } from 'ajv';
import type { IDataObject, WorkflowActivateMode } from 'n8n-workflow';

import schema from '../../../nodes/FreshBooksTrigger/__schema__/v1.0.0.json';
import { holdWaits, onAFastClock, START } from '../../harness/clock';
import { ALL_EVENTS, ENGINES, passMinutes, reported, type Polled, type TestTrigger } from '../../harness/trigger';
import {
	ALWAYS,
	BILLSPRING,
	control,
	credential,
	fault,
	HARBOUR,
	LANTERN,
	ME,
	clearFaults,
	onASandbox,
	ONE_MEMBER,
	people,
	published,
	TEAM,
	teamOf,
	triggerOf,
	watching,
} from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const all = watching([], { businesses: 'all' });

/** Trouble that passes by itself, as kind, route and parameters of a fault. */
const PASSING: Array<[string, string, string, IDataObject]> = [
	['an outage', 'status', '', { status: 500 }],
	['an outage of the lists alone', 'status', TEAM, { status: 503 }],
	['a gateway', 'html502', '', {}],
	['a web page of a firewall', 'status', '', { status: 403, body: '<html><body>Blocked</body></html>', headers: { 'content-type': 'text/html' } }],
	['a web page of a firewall for the lists alone', 'status', TEAM, { status: 403, body: '<html><body>Blocked</body></html>', headers: { 'content-type': 'text/html' } }],
	['broken connections', 'resetBefore', '', {}],
	['too many requests', 'rateLimited', '', { retryAfter: 7 }],
	['half answers', 'truncatedJson', '', {}],
	['answers of another form', 'wrongShape', '', {}],
	['a list a row short', 'dropRows', TEAM, { emails: [IVO] }],
];

describe('the poll of an activation', () => {
	const modes: WorkflowActivateMode[] = ['activate', 'init', 'leadershipChange', 'update'];
	test.each(PASSING)('never throws on trouble that passes: %s', async (_name, kind, route, params) => {
		for (const mode of modes) {
			const trigger = await triggerOf();
			await fault(kind, route, { ...params, ...(kind === 'dropRows' ? { count: 2, probability: 0.5 } : ALWAYS) });
			expect(await trigger.activate(mode)).toEqual({ items: [] });
			await clearFaults();
		}
	});

	test("does not mistake a firewall's web page for a business that the user may not list, and reports it", async () => {
		const trigger = await triggerOf(all);
		const blocked = { status: 403, body: '<html><body>Blocked</body></html>', headers: { 'content-type': 'text/html' } };
		await fault('status', `/${HARBOUR}/team_members$`, { ...blocked, ...ALWAYS });
		await trigger.activate();
		expect((await trigger.poll()).error?.message).toContain(`A web page came back instead of FreshBooks' data for team members of business ${HARBOUR}`);
	});

	test('says in the log that the baseline could not be taken, and the next poll throws it', async () => {
		const trigger = await triggerOf();
		await fault('status', TEAM, ALWAYS);
		expect(await trigger.activate()).toEqual({ items: [] });
		expect(trigger.warnings.join('\n')).toMatch(/not able to answer for team members of business 6806492/);
		expect((await trigger.poll()).error?.message).toMatch(/not able to answer for team members of business 6806492/);
	});

	test('takes the baseline later, when the trouble has passed', async () => {
		const trigger = await triggerOf();
		await fault('status', '', ALWAYS);
		await trigger.activate('init');
		await clearFaults();
		expect(await trigger.poll()).toEqual({ items: [] });
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	const TO_FIX: Array<[string, () => Promise<unknown>, string, RegExp]> = [
		['a grant that was revoked', async () => await control('POST', '/oauth/revoke'), 'credential-invalid', /connect it again/],
		['a business the user may not list', async () => await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false }), 'configuration-invalid', /connect as an owner or admin/],
		['a business the user is not in', async () => await control('DELETE', `/businesses/${BILLSPRING}/membership`), 'configuration-invalid', /choose the businesses without this one/],
		['a total that always lies', async () => await fault('totalTooLarge', TEAM, ALWAYS), 'temporarily-unavailable', /To fix this, connect a user who may see everybody/],
	];

	test.each(TO_FIX)('throws to the person who publishes what they must fix, in every attempt: %s', async (_name, breakIt, cause, wayOut) => {
		const trigger = await triggerOf();
		await breakIt();
		for (let attempt = 0; attempt < 5; attempt++) {
			const { error } = await trigger.activate('activate');
			expect(error).toMatchObject({ cause, description: expect.stringMatching(wayOut) });
		}
	});

	test.each(TO_FIX)('throws nothing on a restart or a take-over, and the poll after it does: %s', async (_name, breakIt, cause) => {
		for (const mode of ['init', 'leadershipChange', 'update'] as const) {
			const trigger = await triggerOf();
			await breakIt();
			for (let attempt = 0; attempt < 5; attempt++) expect(await trigger.activate(mode)).toEqual({ items: [] });
			expect((await trigger.poll()).error).toMatchObject({ cause });
			await control('POST', '/reset');
		}
	});

	test('a credential that is not there, or leads elsewhere, kills nothing on a restart', async () => {
		const trigger = await triggerOf(watching([BILLSPRING]), { credential: { id: 'elsewhere', data: { environment: 'custom', apiBaseUrl: 'http://example.com' }, saved: 0 } });
		expect((await trigger.activate('activate')).error).toMatchObject({ message: expect.stringMatching(/'API Base URL'/), cause: 'configuration-invalid' });
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error).toMatchObject({ message: expect.stringMatching(/'API Base URL'/), cause: 'configuration-invalid' });
	});
});

describe('later polls', () => {
	async function aNight(trigger: TestTrigger, minutes: number): Promise<Polled[]> {
		const polls: Polled[] = [];
		const end = Date.now() + minutes * 60_000;
		while (Date.now() < end) {
			polls.push(await trigger.poll());
			passMinutes(4);
		}
		return polls;
	}

	test.each(ENGINES)('throw an outage of a night (%s) every quarter of an hour, whatever face it shows, and lose nothing', async (engine) => {
		const trigger = await published(watching([BILLSPRING]), { engine });
		await people.remove(IVO);
		const faces = ['status', 'html502', 'resetBefore', 'truncatedJson'];
		const polls: Polled[] = [];
		for (let hour = 0; hour < 4; hour++) {
			await clearFaults();
			await fault(faces[hour], '', ALWAYS);
			polls.push(...(await aNight(trigger, 60)));
		}
		const thrown = polls.filter(({ error }) => error);
		expect(polls.length).toBeGreaterThan(20);
		expect(thrown.length).toBeGreaterThanOrEqual(4 * 2);
		expect(thrown.length).toBeLessThanOrEqual(4 * 4);
		expect(thrown.every(({ error }) => error?.cause === 'temporarily-unavailable')).toBe(true);
		await clearFaults();
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('throw trouble that comes and goes every other minute no more often', async () => {
		const trigger = await published();
		let thrown = 0;
		for (let minute = 0; minute < 12; minute++) {
			await fault('status', TEAM, minute % 2 ? { count: 1 } : ALWAYS);
			if ((await trigger.poll()).error) thrown++;
			await clearFaults();
		}
		expect(thrown).toBe(1);
	});

	test('throw what a person must fix at once when it comes back', async () => {
		const trigger = await published();
		for (let time = 0; time < 2; time++) {
			await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
			expect((await trigger.poll()).error?.cause).toBe('configuration-invalid');
			expect((await trigger.poll()).error).toBeUndefined();
			await control('PATCH', `/businesses/${BILLSPRING}`, { listable: true });
			expect(await trigger.poll()).toEqual({ items: [] });
		}
	});

	test('throw a rate limit with its wait', async () => {
		const trigger = await published();
		await fault('rateLimited', '', { retryAfter: 600, ...ALWAYS });
		expect((await trigger.poll()).error).toMatchObject({ cause: 'rate-limited', retryAfterMs: 600_000, httpCode: '429' });
	});

	test('throw an outage as one, with the status', async () => {
		const trigger = await published();
		await fault('status', ME, { status: 503, ...ALWAYS });
		expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable', httpCode: '503' });
	});

	test('throw a FreshBooks that does not answer at all', async () => {
		const trigger = await published();
		await control('POST', '/outage', { ms: 400 });
		const { error } = await trigger.poll();
		expect(error).toMatchObject({ cause: 'temporarily-unavailable', message: expect.stringMatching(/not reached/) });
		await waitForSandbox();
	});

	test('throw a revoked connection as the credential’s', async () => {
		const trigger = await published();
		await control('POST', '/oauth/revoke');
		expect((await trigger.poll()).error).toMatchObject({ cause: 'credential-invalid', description: expect.stringMatching(/connect it again/) });
	});

	test("report one business's trouble as passing, however bad, while others continue", async () => {
		const trigger = await published(watching([BILLSPRING, LANTERN]));
		await control('PATCH', `/businesses/${LANTERN}`, { listable: false });
		expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable', message: expect.stringMatching(/^Lantern Bookkeeping: /) });
	});

	test('tell the troubles of several businesses in one error', async () => {
		const trigger = await published(all);
		await fault('status', teamOf(BILLSPRING), ALWAYS);
		await fault('totalTooLarge', teamOf(LANTERN), ALWAYS);
		const { error } = await trigger.poll();
		expect(error?.message).toMatch(/^BillSpring: /);
		expect(error?.description).toMatch(/Also: Lantern Bookkeeping: /);
		for (let poll = 0; poll < 3; poll++) expect((await trigger.poll()).error).toBeUndefined();
	});

	test('keep the words of a name that looks like a network error', async () => {
		await control('PATCH', `/businesses/${BILLSPRING}`, { name: 'Freeaccess Ltd' });
		const trigger = await published();
		await fault('totalTooLarge', TEAM, ALWAYS);
		expect((await trigger.poll()).error?.message).toMatch(/^Freeaccess Ltd: FreshBooks did not give the complete list/);
	});
});

async function waitForSandbox(): Promise<void> {
	for (let tries = 0; tries < 20_000; tries++) {
		const isUp = await control('GET', '/settings').then(
			() => true,
			() => false,
		);
		if (isUp) return;
	}
	throw new Error('The sandbox did not come back.');
}

describe('the time n8n gives a poll', () => {
	const many = Array.from({ length: 40 }, (_, index) => index + 1);
	const seedMany = async () =>
		await control('POST', '/seed', { businesses: many.map((id) => ({ id, name: `Number ${id}`, members: [{ email: `one${id}@example.com` }, { email: `two${id}@example.com` }] })) });

	test('is kept; what there was no time for comes next, nothing is false, and no business starves', async () => {
		await seedMany();
		const trigger = await published(watching(many, { events: ['memberAdded', 'memberRemoved'] }));
		trigger.requestMs = 1000;
		const slow = await triggerOf(trigger.parameters, { engine: 'scheduler', requestMs: 1000, budgetMs: 20_000 });
		slow.stored = trigger.stored;
		for (const id of many) await people.add(`new${id}@example.com`, {}, id);
		const counts: number[] = [];
		for (let poll = 0; poll < 5; poll++) {
			const startedAt = Date.now() + 60_000;
			const { items, error } = await slow.poll();
			expect(error).toBeUndefined();
			expect(Date.now() - startedAt).toBeLessThanOrEqual(20_000);
			counts.push(items.length);
		}
		expect(counts.slice(0, 2).every((count) => count > 5 && count < 20)).toBe(true);
		expect(counts.reduce((sum, count) => sum + count)).toBe(40);
		expect(new Set(reported(slow.emitted))).toEqual(new Set(many.map((id) => `memberAdded new${id}@example.com`)));
	});

	test('goes round: every business is polled as often as the others', async () => {
		await seedMany();
		const trigger = await triggerOf(watching(many), { requestMs: 1000 });
		for (let poll = 0; poll < 12; poll++) {
			trigger.budgetMs = 20_000;
			await (poll === 0 ? trigger.activate() : trigger.poll());
		}
		const requests = await control<Array<{ path: string }>>('GET', '/requests');
		const counts = many.map((id) => requests.filter(({ path }) => path.includes(`/businesses/${id}/team_members`)).length);
		expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
		expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
	});

	test('is kept by a FreshBooks that does not answer, in a poll and in an activation', async () => {
		const trigger = await published(watching([BILLSPRING, LANTERN]));
		await fault('delay', teamOf(BILLSPRING), { ms: 30_000, ...ALWAYS });
		await people.remove('ravi.montclair@example.org', LANTERN);
		trigger.budgetMs = 700;
		const { items } = await trigger.poll();
		expect(reported(items)).toEqual(['memberRemoved ravi.montclair@example.org']);
		// The next poll begins with the business before an error is thrown.
		expect((await trigger.poll()).error?.message).toMatch(/^BillSpring: /);
		await clearFaults();
		await people.remove(IVO);
		trigger.budgetMs = undefined;
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test.each(['a poll', 'an activation'])('is kept by a token endpoint that does not answer, in %s, and one refresh serves all', async (kind) => {
		const trigger = await published();
		await control('POST', '/oauth/expire');
		await fault('delay', 'POST /oauth/token', { ms: 6_000 });
		await people.remove(IVO);
		trigger.budgetMs = 700;
		const startedAt = jest.getRealSystemTime();
		expect((await (kind === 'a poll' ? trigger.poll() : trigger.restart())).items).toEqual([]);
		expect(jest.getRealSystemTime() - startedAt).toBeLessThan(4_000);
		trigger.budgetMs = undefined;
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
		expect(await control('GET', '/stats')).toMatchObject({ oauth: { reuseAttempts: 0 } });
	});

	test('is at most 45 seconds while n8n activates', async () => {
		await seedMany();
		const trigger = await triggerOf(watching(many), { requestMs: 5000 });
		await trigger.activate('init');
		expect(Date.now() - START).toBeLessThanOrEqual(60_000);
	});
});

test('a clock set back by hours holds up no poll', async () => {
	const trigger = await published();
	jest.setSystemTime(Date.now() - 3 * 3_600_000);
	await people.change(IVO, { role: 'contractor' });
	expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
});

describe('requests', () => {
	test('at most six are in flight, with a large business, many businesses and many candidates', async () => {
		const trigger = await published(watching([BILLSPRING, HARBOUR, LANTERN], { options: { maxRemovals: 100 } }));
		for (const { email } of (await people.all(HARBOUR)).slice(1, 60)) await people.remove(email, HARBOUR);
		await control('DELETE', '/requests');
		// Requests that an earlier test gave up may still be held by the sandbox.
		const { inFlight: leftOver } = await control<{ inFlight: number }>('GET', '/stats');
		await control('PATCH', '/settings', { latencyMs: 15 });
		expect((await trigger.poll()).items.length).toBe(50);
		const { peakInFlight } = await control<{ peakInFlight: number }>('GET', '/stats');
		expect(peakInFlight - leftOver).toBeGreaterThan(2);
		expect(peakInFlight - leftOver).toBeLessThanOrEqual(6);
	});

	test('are few when nothing happens: who the user is, and one list for each 100 people', async () => {
		const trigger = await published({ ...all, events: ['memberRemoved'] });
		await control('DELETE', '/requests');
		await trigger.poll();
		// users/me, BillSpring, Harbour twice, Lantern, Quarry's refusal.
		expect(await control('GET', '/stats')).toMatchObject({ requests: 6 });
	});
});

describe('the token', () => {
	test('that expired between two polls is refreshed once, the new refresh token is kept, and the events are right', async () => {
		const stored = await credential();
		const trigger = await published(watching([BILLSPRING, HARBOUR, LANTERN]), { credential: stored });
		for (let time = 1; time <= 3; time++) {
			await control('POST', '/oauth/expire');
			await people.change(IVO, { role: `role_${time}` });
			expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
			expect(stored.saved).toBe(time);
		}
		const { oauth } = await control<{ oauth: IDataObject }>('GET', '/stats');
		expect(oauth).toMatchObject({ reuseAttempts: 0 });
	});

	test('that cannot be refreshed is reported; once connected again, nothing is lost', async () => {
		const stored = await credential();
		const trigger = await published(watching([BILLSPRING]), { credential: stored });
		await control('POST', '/oauth/revoke');
		await people.remove(IVO);
		expect((await trigger.poll()).error?.cause).toBe('credential-invalid');
		stored.data = (await credential()).data;
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('is in no error and no log line', async () => {
		const trigger = await published();
		await fault('status', TEAM, ALWAYS);
		const { error } = await trigger.poll();
		const { all: secrets } = await control<{ all: string[] }>('GET', '/secrets');
		const shown = `${JSON.stringify(error)}${trigger.warnings.join('\n')}${trigger.stored}`;
		expect(secrets.length).toBeGreaterThan(2);
		expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
	});
});

describe('"Fetch Test Event"', () => {
	const SAMPLE = 'sample.person@example.com';

	test('shows one sample of each chosen event, always in the same order, and touches no state', async () => {
		const trigger = await published(watching([BILLSPRING], { events: [...ALL_EVENTS].reverse() }));
		await people.remove(IVO);
		const { items } = await trigger.tryOut();
		expect(items.map(({ event }) => event)).toEqual(ALL_EVENTS);
		// The published trigger still reports the real one.
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('is about a person who is in no business, whatever a workflow does to them', async () => {
		const listed = (await people.all()).map(({ email }) => email);
		const { items } = await (await triggerOf(watching([BILLSPRING]))).tryOut();
		const shown = items.flatMap(({ member, previous, invitation }) => [member, previous, invitation]).flatMap((one) => one?.email ?? []);
		expect([...new Set(shown)]).toEqual([SAMPLE]);
		expect(listed).not.toContain(SAMPLE);
	});

	test('is marked as a sample, which no real item is, also as SCIM users', async () => {
		for (const [outputFormat, leaver] of [['freshBooks', IVO], ['scim', 'mirela.okafor@example.com']]) {
			const trigger = await published(watching([BILLSPRING], { options: { outputFormat } }));
			const { items } = await trigger.tryOut();
			expect(items.map(({ test: mark }) => mark)).toEqual(ALL_EVENTS.map(() => true));
			await people.remove(leaver);
			const [real] = (await trigger.poll()).items;
			expect(real).toMatchObject({ event: 'memberRemoved' });
			expect(real).not.toHaveProperty('test');
		}
	});

	test('has other event IDs each time, so that a workflow that drops repeated ones can be tried again', async () => {
		const trigger = await triggerOf(watching([BILLSPRING]));
		const first = (await trigger.tryOut()).items;
		passMinutes(1);
		const ids = [...first, ...(await trigger.tryOut()).items].map(({ eventId }) => eventId);
		expect(new Set(ids).size).toBe(2 * ALL_EVENTS.length);
	});

	test('has the form of a real item for each of the nine events', async () => {
		for (const event of watching([]).events as string[]) {
			const { items } = await (await triggerOf(watching([BILLSPRING], { events: [event] }))).tryOut();
			expect(items).toHaveLength(1);
			expect(items[0]).toMatchObject({ event, eventId: expect.stringMatching(/^[0-9a-f]{64}$/), business: { id: BILLSPRING, name: 'BillSpring' } });
			const differences = Object.values(items[0].changes).filter((change) => change.from === change.to);
			expect(differences).toEqual([]);
			if (['memberDeactivated', 'memberReactivated', 'roleChanged', 'memberUpdated'].includes(event)) expect(Object.keys(items[0].changes)).toHaveLength(1);
			expect(items[0].previous === null).toBe(['memberAdded', 'invitationCreated', 'invitationAccepted', 'invitationRevoked'].includes(event));
			expect('invitation' in items[0]).toBe(event.startsWith('invitation'));
			expect('member' in items[0]).toBe(event === 'invitationAccepted' || event.startsWith('member') || event === 'roleChanged');
		}
	});

	test.each(['teamMembers', 'businessMembers'])('fits the published output schema, which names every field, with the source %s', async (source) => {
		const { member, invitation, previous, changes } = schema.properties;
		const fits = new Ajv({ strict: false }).compile(schema);
		for (const event of watching([]).events as string[]) {
			const [item] = (await (await triggerOf(watching([BILLSPRING], { events: [event], source }))).tryOut()).items;
			expect([fits(item), fits.errors]).toEqual([true, null]);
			expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(item)));
			const parts: Array<[object, object | null | undefined]> = [
				[member.properties, item.member],
				[invitation.properties, item.invitation],
				[previous.properties, item.previous],
				[changes.properties, item.changes],
			];
			for (const [named, found] of parts) expect(Object.keys(named)).toEqual(expect.arrayContaining(Object.keys(found ?? {})));
			// n8n shows the schema before anything ran, and the item's fields as columns: in the same order.
			expect(Object.keys(item)).toEqual(Object.keys(schema.properties).filter((key) => key in item));
		}
	});

	test.each([watching([LANTERN], { source: 'businessMembers' }), watching([], { businesses: 'all' })])('works with %p', async (parameters) => {
		expect((await (await triggerOf(parameters)).tryOut()).items).toHaveLength(ALL_EVENTS.length);
	});

	test('makes differences that are some, also where a business has nobody yet', async () => {
		await control('POST', '/seed', { businesses: [{ id: 1, name: 'Empty' }] });
		const { items } = await (await triggerOf(watching([1], { events: ['roleChanged', 'memberUpdated', 'memberReactivated'] }))).tryOut();
		expect(items).toHaveLength(3);
		for (const { business, changes } of items) {
			expect(business).toEqual({ id: 1, name: 'Empty' });
			for (const { from, to } of Object.values(changes)) expect(from).not.toBe(to);
		}
	});

	test('is of a business that can be listed', async () => {
		await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
		const { items } = await (await triggerOf(watching([BILLSPRING, HARBOUR]))).tryOut();
		expect(new Set(items.map(({ business }) => business.id))).toEqual(new Set([HARBOUR]));
	});

	test('says why when there is no business', async () => {
		await control('POST', '/seed', { businesses: [] });
		const ofAll = await (await triggerOf(all)).tryOut();
		expect(ofAll.error).toMatchObject({ message: expect.stringMatching(/belongs to no business/), description: expect.stringMatching(/To fix this, give the user access/) });
		const ofOne = await (await triggerOf(watching([BILLSPRING]))).tryOut();
		expect(ofOne.error).toMatchObject({ message: expect.stringMatching(/no longer belongs to business 6806492/), description: expect.stringMatching(/choose the businesses without this one/) });
	});

	test.each<[string, () => Promise<unknown>, RegExp]>([
		['nothing may be listed', async () => await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false }), /no permission for team members/],
		['FreshBooks is down', async () => await fault('status', '', ALWAYS), /not able to answer/],
		['the connection is revoked', async () => await control('POST', '/oauth/revoke'), /no longer accepts the connection/],
	])('says why when %s', async (_name, breakIt, message) => {
		const trigger = await triggerOf(watching([BILLSPRING]));
		await breakIt();
		expect((await trigger.tryOut()).error?.message).toMatch(message);
	});
});

test('a poll asks for no wait while nothing is wrong', async () => {
	const trigger = await published(all);
	holdWaits(() => {
		throw new Error('It waited.');
	});
	await fault('status', ONE_MEMBER, { count: 1, after: 1000 });
	expect(await trigger.poll()).toEqual({ items: [] });
});
