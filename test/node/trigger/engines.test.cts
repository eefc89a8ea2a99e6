import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, TestTrigger, reported, type Engine, type Polled } from '../../harness/trigger';
import { ALWAYS, BILLSPRING, control, credential, fault, HARBOUR, LANTERN, clearFaults, onASandbox, ONE_MEMBER, people, published, TEAM, triggerOf, watching } from './onSandbox';
import { Replica, Story } from './story';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const HUGH = 'hugh.omalley-reyes@example.com';

describe.each(ENGINES)('the engine %s', (engine) => {
	const start = async () => await published(watching([BILLSPRING]), { engine });

	test('remembers the baseline of the activation', async () => {
		const trigger = await start();
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('emits a change once, after many polls without any', async () => {
		const trigger = await start();
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('loses nothing over polls that throw', async () => {
		const trigger = await start();
		await people.remove(IVO);
		await fault('status', TEAM, ALWAYS);
		expect((await trigger.poll()).error).toBeDefined();
		await people.change(HUGH, { role: 'contractor' });
		passMinutes(20);
		expect((await trigger.poll()).error).toBeDefined();
		await clearFaults();
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${HUGH}`, `memberRemoved ${IVO}`]);
	});

	test('killed after items were emitted: none is emitted again, and later changes are reported', async () => {
		const trigger = await start();
		await people.remove(IVO);
		await trigger.poll();
		await trigger.poll();
		await people.change(HUGH, { role: 'contractor' });
		const { items } = await trigger.restart();
		expect(reported([...items, ...(await trigger.poll()).items])).toEqual([`roleChanged ${HUGH}`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('killed after the baseline: later changes are reported where the engine has kept it', async () => {
		const trigger = await start();
		await people.remove(IVO);
		const { items } = await trigger.restart();
		const later = await trigger.poll();
		// With durable cursors n8n does not store the state of an activation without items: the baseline is taken again.
		expect(reported([...items, ...later.items])).toEqual(engine === 'cursors' ? [] : [`memberRemoved ${IVO}`]);
		await people.remove(HUGH);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${HUGH}`]);
	});

	test('killed while a removal waits for confirmation: it is reported later', async () => {
		const trigger = await start();
		await people.change(HUGH, { role: 'contractor' });
		await trigger.poll();
		await people.remove(IVO);
		await fault('status', ONE_MEMBER, ALWAYS);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.restart()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
		await clearFaults();
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('emits everybody once at the first poll where the option says so', async () => {
		const trigger = await triggerOf(watching([LANTERN], { options: { emitExisting: true } }), { engine });
		expect((await trigger.activate()).items).toHaveLength(3);
		expect(await trigger.poll()).toEqual({ items: [] });
		await trigger.restart();
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(trigger.emitted).toHaveLength(3);
	});

	test('emits everyone once, even if the first poll could not read anybody', async () => {
		const trigger = await triggerOf(watching([LANTERN], { options: { emitExisting: true } }), { engine });
		await fault('status', TEAM, ALWAYS);
		expect(await trigger.activate()).toEqual({ items: [] });
		await clearFaults();
		expect((await trigger.poll()).items).toHaveLength(3);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('the safeguard keeps its hour over polls whose state is lost', async () => {
		const trigger = await start();
		for (const { email } of (await people.all()).slice(1, 6)) await people.remove(email);
		const errors = [];
		for (let poll = 0; poll < 8; poll++) {
			passMinutes(9);
			errors.push((await trigger.poll()).error !== undefined);
		}
		expect(errors).toEqual([true, false, false, false, false, false, true, false]);
	});
});

describe('the stored state goes back to an earlier one', () => {
	test.each(ENGINES)('%s, in a new process: what was emitted since is emitted again with the same IDs, and nothing else', async (engine) => {
		const trigger = await published(watching([BILLSPRING]), { engine });
		await people.add('first@example.com');
		await trigger.poll();
		const before = trigger.stored;
		await people.remove(IVO);
		const removed = await trigger.poll();
		await people.change(HUGH, { role: 'contractor' });
		const changed = await trigger.poll();
		trigger.stored = before;
		const again = [...(await trigger.restart()).items, ...(await trigger.poll()).items];
		expect(new Set(again.map(({ eventId }) => eventId))).toEqual(new Set([...removed.items, ...changed.items].map(({ eventId }) => eventId)));
	});

	test.each(['scheduler', 'cursors'] as const)('%s, in the same process: emitted items that were kept are not emitted again, and no later change is missed', async (engine) => {
		const trigger = await published(watching([BILLSPRING]), { engine });
		const first = trigger.stored;
		await people.deactivate(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberDeactivated ${IVO}`]);
		await trigger.poll();
		trigger.stored = first;
		await people.reactivate(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberReactivated ${IVO}`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('cursors, to nothing at all: a poll that returns at once stores what it read, and no baseline is taken over what happens', async () => {
		const trigger = await published(watching([BILLSPRING]), { engine: 'cursors' });
		const nothing = trigger.stored;
		await trigger.poll();
		await people.add('first@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberAdded first@example.com']);
		trigger.stored = nothing;
		await people.add('second@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberAdded first@example.com', 'memberAdded second@example.com']);
	});

	test('to another main process, which went on meanwhile', async () => {
		const trigger = await published(watching([BILLSPRING]), { engine: 'scheduler' });
		await people.add('first@example.com');
		await trigger.poll();
		await trigger.poll();
		const other = await triggerOf(watching([BILLSPRING]), { engine: 'scheduler' });
		other.stored = trigger.stored;
		await people.remove(IVO);
		expect(reported((await other.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
		trigger.stored = other.stored;
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test.each<[string, unknown]>([
		['a text', 'garbage'],
		['a number', 7],
		['null', null],
		['a list', []],
		['another version', { v: 99, snapshots: {} }],
		['no snapshots', { v: 1, awaited: [] }],
		['snapshots that are none', { v: 1, awaited: [], snapshots: { [`teamMembers:${BILLSPRING}`]: { v: 1, people: 7 } } }],
		['a prototype', JSON.parse('{"v":1,"awaited":[],"snapshots":{"__proto__":{"v":1}}}')],
	])('%s in its place: no crash, no flood, a new baseline and one error', async (_name, garbage) => {
		const parameters = watching([BILLSPRING], { options: { emitExisting: true } });
		const trigger = await triggerOf(parameters);
		trigger.stored = JSON.stringify({ 'node:FreshBooks': { freshBooks: garbage as IDataObject } });
		const { items, error } = await trigger.activate('init');
		expect(error).toBeUndefined();
		// Without a stored state it is the trigger's first poll; in a state without the business, the business was chosen later.
		expect(items).toHaveLength(garbage === null ? 12 : 0);
		await people.remove(IVO);
		if (garbage !== null) expect((await trigger.poll()).error?.message).toBe("BillSpring: the trigger's stored state could not be read");
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('one row changed by another hand is not compared with', async () => {
		const trigger = await published(watching([BILLSPRING]));
		await people.add('first@example.com');
		await trigger.poll();
		trigger.stored = trigger.stored.replace('ivo.castellan', 'ivo.castellon');
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.message).toMatch(/could not be read/);
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('polls at the same time', () => {
	test('the second returns at once, and the change is emitted once', async () => {
		const trigger = await published();
		await people.remove(IVO);
		await fault('delay', TEAM, { ms: 150 });
		const both = await Promise.all([trigger.pollAtOnce(), trigger.pollAtOnce(), trigger.pollAtOnce()]);
		expect(both.flatMap(({ items }) => reported(items))).toEqual([`memberRemoved ${IVO}`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('the guard opens again after an error', async () => {
		const trigger = await published();
		await fault('status', TEAM, ALWAYS);
		expect((await trigger.poll()).error).toBeDefined();
		await clearFaults();
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('one that runs on after n8n gave it up, with its items dropped, loses nothing', async () => {
		const trigger = await published(watching([BILLSPRING]), { engine: 'scheduler' });
		await people.remove(IVO);
		const before = trigger.stored;
		const dropped = await trigger.poll();
		trigger.stored = before;
		const { items } = await trigger.poll();
		expect(items.map(({ eventId }) => eventId)).toEqual(dropped.items.map(({ eventId }) => eventId));
	});
});

describe('what is stored', () => {
	test('is one key, plain JSON, of at most 250 bytes a person', async () => {
		await control('POST', '/seed', { businesses: [{ id: 1, name: 'Large', generate: 2000, staff: false }] });
		const trigger = await published(watching([1]));
		const stored = JSON.parse(trigger.stored) as Record<string, IDataObject>;
		expect(Object.keys(stored)).toEqual(['node:FreshBooks']);
		expect(Object.keys(stored['node:FreshBooks'])).toEqual(['freshBooks']);
		expect(trigger.stored.length / 2000).toBeLessThanOrEqual(250);
		await people.remove((await people.all(1))[1000].email, 1);
		expect((await trigger.poll()).items).toHaveLength(1);
	});
});

/** How many steps each history takes. */
const STEPS = 14;
/** One history each. TRIGGER_SEEDS=7,8 tells others: the failing one is in the name of its test. */
const SEEDS = (process.env.TRIGGER_SEEDS ?? '1,2,3').split(',').map(Number);

describe('random histories', () => {
	const businesses = [BILLSPRING, HARBOUR, LANTERN];
	const totals: Array<{ engine: Engine; histories: number; polls: number; changes: number; emitted: number }> = [];

	test.each(ENGINES.flatMap((engine) => SEEDS.map((seed) => [engine, seed] as const)))(
		'%s, seed %i: nothing false, nothing lost, nothing twice with two ids',
		async (engine, seed) => {
			const parameters = watching(businesses, { options: { maxRemovals: 100, maxRemovalsUnit: 'count' } });
			const trigger = new TestTrigger({ credential: await credential(), parameters, engine });
			const story = await Story.begin(seed, businesses);
			await trigger.activate();
			const replica = new Replica(await story.truth());
			// What durable cursors do not keep of the activation they keep from the first poll on.
			if (engine === 'cursors') await trigger.poll();
			let polls = 0;
			const note = async ({ items }: Polled) => {
				if (items.length > 0) replica.apply(items, await story.everSeen());
			};
			const pollOnce = async () => {
				polls++;
				await note(await trigger.poll());
			};
			for (let step = 0; step < STEPS; step++) {
				await story.changeSomething();
				const luck = story.dice(10);
				if (luck < 3) await story.troubleSomething();
				await pollOnce();
				await clearFaults();
				if (luck === 8) await note(await trigger.restart());
				if (luck === 9) {
					const before = trigger.stored;
					await pollOnce();
					trigger.stored = before;
					const again = [...(await trigger.restart()).items, ...(await trigger.poll()).items];
					replica.expectKnown(again);
				}
			}
			for (let poll = 0; poll < 3; poll++) await pollOnce();
			expect({ seed, problems: replica.problems }).toEqual({ seed, problems: [] });
			expect(replica.people()).toEqual(new Replica(await story.truth()).people());
			totals.push({ engine, histories: 1, polls, changes: story.changes, emitted: trigger.emitted.length });
		},
	);

	afterAll(() => {
		const sum = (engine: Engine, field: 'histories' | 'polls' | 'changes' | 'emitted') =>
			totals.filter((row) => row.engine === engine).reduce((total, row) => total + row[field], 0);
		const lines = ENGINES.map((engine) => `${engine}: ${sum(engine, 'histories')} histories, ${sum(engine, 'polls')} polls, ${sum(engine, 'changes')} changes made, ${sum(engine, 'emitted')} items`);
		process.stdout.write(`${lines.join('\n')}\n`);
	});
});
