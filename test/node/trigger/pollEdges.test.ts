import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, reported, type Polled, type TestTrigger } from '../../harness/trigger';
import { ALWAYS, BILLSPRING, control, fault, HARBOUR, INVITATIONS, LANTERN, ME, clearFaults, onASandbox, ONE_MEMBER, people, published, TEAM, teamOf, triggerOf, watching } from './onSandbox';

/** n8n's side of a poll at its edges: activations, businesses that end, errors beside items, what the process remembers. */

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const HUGH = 'hugh.omalley-reyes@example.com';
const RAVI = 'ravi.montclair@example.org';
const HOUR = 60;
const DAY = 24 * HOUR;
const PEOPLE_EVENTS = ['memberAdded', 'memberRemoved', 'memberDeactivated', 'memberReactivated', 'roleChanged', 'memberUpdated'];
const all = watching([], { businesses: 'all' });
const changed: INodeParameters = watching([BILLSPRING], { options: { maxRemovals: 30 } });

/** Polls once every `everyMinutes` for that time, and comes back with what each poll gave. */
async function pollFor(trigger: TestTrigger, minutes: number, everyMinutes = 1, before: () => Promise<unknown> = async () => undefined): Promise<Polled[]> {
	const polls: Polled[] = [];
	for (let passed = 0; passed < minutes; passed += everyMinutes) {
		passMinutes(everyMinutes - 1);
		await before();
		polls.push(await trigger.poll());
	}
	return polls;
}

function errorsIn(polls: Polled[]): string[] {
	return polls.flatMap(({ error }) => (error ? [error.message] : []));
}

function snapshotsOf(trigger: TestTrigger): string[] {
	return Object.keys((trigger.state()?.snapshots ?? {}) as IDataObject).sort();
}

describe('publishing a changed workflow while FreshBooks is down', () => {
	/** Refused and silent: nothing is thrown by the activation, and the next poll throws the outage. */
	async function expectSilentActivation(trigger: TestTrigger, parameters = changed): Promise<void> {
		await fault('status', '', ALWAYS);
		for (let attempt = 0; attempt < 5; attempt++) expect(await trigger.publish(parameters)).toEqual({ items: [] });
		expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable' });
	}

	test('throws nothing on n8n before 2.38, which gives a poll no budget', async () => {
		const trigger = await published(undefined, { olderHost: true });
		await trigger.poll();
		await expectSilentActivation(trigger);
	});

	test('throws nothing on n8n before 2.38 when the trigger itself is as it was', async () => {
		const trigger = await published(undefined, { olderHost: true });
		await trigger.poll();
		await expectSilentActivation(trigger, trigger.parameters);
	});

	test.each(ENGINES.flatMap((engine) => [20_000, 36_000, 600_000].map((budgetMs) => [engine, budgetMs] as const)))(
		'throws nothing with the engine %s, were an activation granted %i ms',
		async (engine, budgetMs) => {
			const trigger = await published(undefined, { engine });
			await trigger.poll();
			trigger.budgetMs = budgetMs;
			await fault('status', '', ALWAYS);
			expect(await trigger.publish(changed)).toEqual({ items: [] });
			trigger.budgetMs = undefined;
			expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable' });
		},
	);

	test('throws nothing where n8n activates again a trigger that is as it was', async () => {
		const trigger = await published();
		await trigger.poll();
		trigger.budgetMs = 100_000;
		await expectSilentActivation(trigger, trigger.parameters);
	});
});

describe("a scheduled poll of n8n's durable scheduler", () => {
	test.each((['scheduler', 'cursors'] as const).flatMap((engine) => [4_000, 36_000, 300_000].map((budgetMs) => [engine, budgetMs] as const)))(
		'throws an outage at once (%s), were it granted %i ms',
		async (engine, budgetMs) => {
			const trigger = await published(undefined, { engine, budgetMs });
			await fault('status', '', ALWAYS);
			expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable' });
		},
	);

	test.each(['scheduler', 'cursors'] as const)('throws an outage in its second poll in a new process (%s)', async (engine) => {
		const trigger = await published(undefined, { engine });
		await trigger.restart();
		await fault('status', '', ALWAYS);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable' });
	});

	test('throws an outage, even where the workflow polls once in two days', async () => {
		const trigger = await published(undefined, { engine: 'scheduler' });
		await fault('status', '', ALWAYS);
		for (let poll = 0; poll < 3; poll++) {
			passMinutes(2 * DAY);
			expect((await trigger.poll()).error).toMatchObject({ cause: 'temporarily-unavailable' });
		}
	});
});

describe.each(ENGINES)("a business that ended, with 'All' (%s)", (engine) => {
	test('is reported at once and then daily for a week; then its state is dropped with a line in the log', async () => {
		const trigger = await published({ ...all, events: PEOPLE_EVENTS }, { engine });
		await people.add('first@example.com');
		expect((await trigger.poll()).items).toHaveLength(1);
		await control('DELETE', `/businesses/${BILLSPRING}/membership`);
		expect((await trigger.poll()).error?.message).toMatch(/business 6806492/);
		expect(errorsIn(await pollFor(trigger, 22 * HOUR, 2 * HOUR))).toEqual([]);
		const errors = errorsIn(await pollFor(trigger, 5 * DAY, 2 * HOUR));
		expect(errors).toHaveLength(5);
		expect(errors.every((message) => message.includes('business 6806492'))).toBe(true);
		expect(errorsIn(await pollFor(trigger, 10 * DAY, 2 * HOUR)).length).toBeLessThanOrEqual(2);
		expect(trigger.warnings.filter((line) => /business 6806492.*dropped/.test(line))).toHaveLength(1);
		await people.change(RAVI, { role: 'contractor' }, LANTERN);
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${RAVI}`]);
		expect(snapshotsOf(trigger)).toEqual([`teamMembers:${HARBOUR}`, `teamMembers:${LANTERN}`]);
	});

	test('keeps the trigger from nothing: it is published again, and the others are watched', async () => {
		const trigger = await published({ ...all, events: PEOPLE_EVENTS }, { engine });
		await people.add('first@example.com');
		await trigger.poll();
		await control('DELETE', `/businesses/${BILLSPRING}/membership`);
		await people.change(RAVI, { role: 'contractor' }, LANTERN);
		expect(reported((await trigger.activate('activate')).items)).toEqual([`roleChanged ${RAVI}`]);
		expect(await trigger.activate('activate')).toEqual({ items: [] });
	});

	test('and comes back within the week is as it was', async () => {
		const trigger = await published({ ...all, events: PEOPLE_EVENTS }, { engine });
		await people.add('first@example.com');
		await trigger.poll();
		for (let time = 0; time < 2; time++) {
			await control('DELETE', `/businesses/${BILLSPRING}/membership`);
			await pollFor(trigger, 5 * DAY, 6 * HOUR);
			await control('PUT', `/businesses/${BILLSPRING}/membership`, { role: 'owner' });
			await people.change(IVO, { role: `role_${time}` });
			expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
		}
	});
});

describe('a business chosen by name that cannot be read', () => {
	const lose: Array<[string, () => Promise<unknown>]> = [
		['is one the user no longer belongs to', async () => await control('DELETE', `/businesses/${BILLSPRING}/membership`)],
		['may not be listed', async () => await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false })],
		['is not known', async () => await fault('status', teamOf(BILLSPRING), { status: 404, body: { error: 'not_found' }, ...ALWAYS })],
	];

	test.each(lose)('is reported at once and then daily, as long as it lasts, where it %s', async (_name, breakIt) => {
		const trigger = await published(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }));
		await breakIt();
		expect(errorsIn(await pollFor(trigger, 10 * DAY, 2 * HOUR))).toHaveLength(10);
		expect(snapshotsOf(trigger)).toHaveLength(2);
	});

	test.each(lose)('keeps nobody from publishing while another can be read, where it %s', async (_name, breakIt) => {
		await breakIt();
		const trigger = await triggerOf(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }));
		expect(await trigger.activate()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.message).toMatch(/6806492/);
		await people.change(RAVI, { role: 'contractor' }, LANTERN);
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${RAVI}`]);
	});

	test.each(lose)('refuses the publishing when none of them can be read, where one %s', async (_name, breakIt) => {
		await breakIt();
		await control('PATCH', `/businesses/${LANTERN}`, { listable: false });
		const trigger = await triggerOf(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }));
		for (let attempt = 0; attempt < 5; attempt++) expect((await trigger.activate()).error?.message).toMatch(/6806492/);
	});

	test('refuses nothing while another is only down', async () => {
		await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
		await fault('status', teamOf(LANTERN), ALWAYS);
		const trigger = await triggerOf(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }));
		expect(await trigger.activate()).toEqual({ items: [] });
	});
});

describe('a renamed trigger', () => {
	// n8n keeps a durable cursor by the ID of the node, so there the state outlives the name.
	test.each(['legacy', 'scheduler'] as const)("starts with a new baseline, with 'Report Existing People' (%s)", async (engine) => {
		const trigger = await triggerOf(watching([LANTERN], { options: { emitExisting: true } }), { engine });
		expect((await trigger.activate()).items).toHaveLength(3);
		await trigger.poll();
		expect((await trigger.rename('People of Lantern')).items).toHaveLength(3);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('is the way out of a state that n8n cannot keep, as its error says', async () => {
		const trigger = await published();
		trigger.stored = JSON.stringify({ 'node:FreshBooks': 'garbage' });
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.description).toMatch(/rename the trigger/);
		expect(await trigger.rename('FreshBooks again')).toEqual({ items: [] });
		await people.change(IVO, { role: 'contractor' });
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
	});
});

test('held removals are thrown at most once an hour, even when the list is empty in every other poll', async () => {
	const trigger = await published(watching([BILLSPRING], { events: PEOPLE_EVENTS }));
	for (const { email } of (await people.all()).slice(1, 7)) await people.remove(email);
	let minute = 0;
	const polls = await pollFor(trigger, 3 * HOUR, 5, async () => {
		await clearFaults();
		if (minute++ % 2) await fault('status', TEAM, { status: 200, body: { response: [], meta: { page: 1, per_page: 100, total: 0 } }, ...ALWAYS });
	});
	const held = errorsIn(polls).filter((message) => /disappeared|missing/.test(message));
	expect(held.length).toBeGreaterThanOrEqual(2);
	expect(held.length).toBeLessThanOrEqual(3);
});

describe.each(ENGINES)('trouble beside items in every poll (%s)', (engine) => {
	const parameters = watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS });

	/** Two hours in which Ravi changes before every poll. */
	async function twoBusyHours(trigger: TestTrigger): Promise<{ polls: Polled[]; made: string[] }> {
		const made: string[] = [];
		const polls = await pollFor(trigger, 2 * HOUR, 2, async () => {
			made.push(`role_${made.length}`);
			await people.change(RAVI, { role: made[made.length - 1] }, LANTERN);
		});
		polls.push(await trigger.poll());
		return { polls, made };
	}

	test('is thrown once an hour; the items of that poll come with the next one, each once', async () => {
		const trigger = await published(parameters, { engine });
		await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
		await fault('status', teamOf(BILLSPRING), ALWAYS);
		const { polls, made } = await twoBusyHours(trigger);
		expect(errorsIn(polls)).toHaveLength(2);
		expect(errorsIn(polls)[0]).toMatch(/^BillSpring: /);
		expect(polls.every(({ error }, place) => !error || !polls[place + 1].error)).toBe(true);
		expect(trigger.emitted.map(({ member }) => member?.role)).toEqual(made);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(made.length);
	});

	test('stores nothing when it is thrown: n8n killed then, the items come nevertheless, each once', async () => {
		const trigger = await published(parameters, { engine });
		await people.change(RAVI, { role: 'role_a' }, LANTERN);
		await trigger.poll();
		await fault('status', teamOf(BILLSPRING), ALWAYS);
		await people.change(RAVI, { role: 'role_b' }, LANTERN);
		expect((await trigger.poll()).items).toHaveLength(1);
		await people.change(RAVI, { role: 'role_c' }, LANTERN);
		const before = JSON.stringify(trigger.state());
		expect((await trigger.poll()).error).toBeDefined();
		expect(JSON.stringify(trigger.state())).toBe(before);
		await trigger.restart();
		await trigger.poll();
		expect(trigger.emitted.map(({ member }) => member?.role)).toEqual(['role_a', 'role_b', 'role_c']);
	});

	test('loses nothing that is done and undone around the poll that throws', async () => {
		const trigger = await published(parameters, { engine });
		await fault('status', teamOf(BILLSPRING), ALWAYS);
		await people.change(RAVI, { role: 'role_b' }, LANTERN);
		await trigger.poll();
		await people.deactivate(RAVI, LANTERN);
		expect((await trigger.poll()).error).toBeDefined();
		await people.reactivate(RAVI, LANTERN);
		expect(reported((await trigger.poll()).items)).toEqual([`memberDeactivated ${RAVI}`, `memberReactivated ${RAVI}`]);
	});

	test('that is there in every other poll only is thrown, too', async () => {
		const trigger = await published(parameters, { engine });
		let count = 0;
		const polls = await pollFor(trigger, 20, 2, async () => {
			await clearFaults();
			if (count++ % 2 === 0) {
				await fault('status', teamOf(BILLSPRING), ALWAYS);
				await people.change(RAVI, { role: `role_${count}` }, LANTERN);
			}
		});
		expect(errorsIn(polls)).toHaveLength(1);
	});
});

test('trouble of one among several businesses that comes and goes is thrown at most once an hour', async () => {
	const trigger = await published(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }));
	let count = 0;
	const polls = await pollFor(trigger, 3 * HOUR, 5, async () => {
		await control('PATCH', `/businesses/${BILLSPRING}`, { listable: count++ % 2 === 1 });
	});
	expect(errorsIn(polls)).toHaveLength(3);
});

describe('invitation events where FreshBooks offers no invitations', () => {
	const chosen = watching([BILLSPRING, LANTERN], { events: ['memberRemoved', 'invitationRevoked', 'invitationCreated'] });

	test('are refused to a person who publishes, with the events to deselect', async () => {
		await control('PATCH', '/settings', { profile: 'documented' });
		const trigger = await triggerOf(chosen);
		for (let attempt = 0; attempt < 5; attempt++) {
			const { error } = await trigger.activate();
			expect(error?.cause).toBe('configuration-invalid');
			expect(error?.description).toMatch(/'Invitation Created' and 'Invitation Revoked' in 'Events'/);
		}
		const { stored } = trigger;
		expect(stored).not.toMatch(/snapshots/);
		expect(await trigger.publish({ ...chosen, events: ['memberRemoved'] })).toEqual({ items: [] });
	});

	test("are refused with 'Report Existing People', too, and everybody is reported once the events are deselected", async () => {
		await control('PATCH', '/settings', { profile: 'documented' });
		const options = { emitExisting: true };
		const trigger = await triggerOf({ ...chosen, events: ['memberAdded', 'invitationCreated'], businessIds: [LANTERN], options });
		expect((await trigger.activate()).error?.description).toMatch(/'Invitation Created' in 'Events'/);
		trigger.parameters = { ...chosen, events: ['memberAdded'], businessIds: [LANTERN], options };
		expect((await trigger.activate()).items).toHaveLength(3);
	});

	test('are not refused while another business offers them', async () => {
		await fault('status', `GET /${BILLSPRING}/invitations$`, { status: 404, body: { error: 'not_found' }, ...ALWAYS });
		expect(await (await triggerOf(chosen)).activate()).toEqual({ items: [] });
	});

	test('are not refused for an outage', async () => {
		await fault('status', INVITATIONS, ALWAYS);
		expect(await (await triggerOf(chosen)).activate()).toEqual({ items: [] });
	});

	test('on a live trigger are trouble once a day, and the people are reported nevertheless', async () => {
		const trigger = await published(chosen);
		await control('PATCH', '/settings', { profile: 'documented' });
		expect(await trigger.restart()).toEqual({ items: [] });
		expect(errorsIn(await pollFor(trigger, 5 * DAY, 2 * HOUR))).toHaveLength(5);
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});
});

describe('items that n8n dropped, from memory', () => {
	test.each(['scheduler', 'cursors'] as const)('are none of an event that was deselected meanwhile (%s)', async (engine) => {
		const trigger = await published(watching([BILLSPRING], { events: PEOPLE_EVENTS }), { engine });
		const { stored } = trigger;
		await people.change(IVO, { role: 'contractor' });
		await people.deactivate(HUGH);
		expect((await trigger.poll()).items).toHaveLength(2);
		trigger.stored = stored;
		expect(reported((await trigger.publish(watching([BILLSPRING], { events: ['roleChanged'] }))).items)).toEqual([`roleChanged ${IVO}`]);
	});

	test.each(['scheduler', 'cursors'] as const)('are none of a business that was deselected meanwhile (%s)', async (engine) => {
		const trigger = await published(watching([BILLSPRING, LANTERN], { events: PEOPLE_EVENTS }), { engine });
		const { stored } = trigger;
		await people.change(IVO, { role: 'contractor' });
		await people.change(RAVI, { role: 'contractor' }, LANTERN);
		expect((await trigger.poll()).items).toHaveLength(2);
		trigger.stored = stored;
		expect(reported((await trigger.publish(watching([LANTERN], { events: PEOPLE_EVENTS }))).items)).toEqual([`roleChanged ${RAVI}`]);
	});
});

describe('a poll that never comes to its lists', () => {
	test('as users/me takes all the time is reported', async () => {
		const trigger = await published(watching([BILLSPRING], { events: PEOPLE_EVENTS }));
		trigger.budgetMs = 10_000;
		trigger.requestMs = 9_000;
		const slow = await triggerOf(trigger.parameters, { budgetMs: 10_000, requestMs: 9_000 });
		slow.stored = trigger.stored;
		const polls = await pollFor(slow, 5);
		expect(errorsIn(polls).join()).toMatch(/BillSpring/);
	});
});

describe('a poll that never ends', () => {
	/** Begins a poll whose first request never ends, until what comes back is called. */
	async function hangingPoll(trigger: TestTrigger): Promise<() => void> {
		return await new Promise((begun) => {
			trigger.beforeRequest = async () => {
				trigger.beforeRequest = undefined;
				await new Promise<void>((goOn) => begun(goOn));
			};
			void trigger.poll().then(({ items }) => hung.push(...reported(items)));
		});
	}
	const hung: string[] = [];

	test.each(ENGINES)('is given up after a quarter of an hour, visibly, and holds up no change (%s)', async (engine) => {
		const trigger = await published(undefined, { engine });
		await people.change(IVO, { role: 'contractor' });
		const goOn = await hangingPoll(trigger);
		expect(await trigger.poll()).toEqual({ items: [] });
		passMinutes(15);
		expect((await trigger.poll()).error).toMatchObject({ message: expect.stringMatching(/did not end/), cause: 'temporarily-unavailable' });
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
		goOn();
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(hung).toEqual([]);
	});
});

test('a 410 for one person counts as gone, like a 404', async () => {
	const trigger = await published(watching([BILLSPRING], { events: PEOPLE_EVENTS }));
	await people.remove(IVO);
	await fault('status', ONE_MEMBER, { status: 410, body: { error: 'not_found' }, ...ALWAYS });
	await trigger.poll();
	await trigger.poll();
	expect(reported(trigger.emitted)).toEqual([`memberRemoved ${IVO}`]);
});

test('an outage of users/me between does not make the trouble of a business new', async () => {
	const trigger = await published(watching([BILLSPRING], { events: PEOPLE_EVENTS }));
	await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
	const polls: Polled[] = [];
	for (let poll = 0; poll < 6; poll++) {
		if (poll % 2) await fault('status', ME, ALWAYS);
		polls.push(await trigger.poll());
		await clearFaults();
	}
	expect(errorsIn(polls).filter((message) => message.includes('permission'))).toHaveLength(1);
});
