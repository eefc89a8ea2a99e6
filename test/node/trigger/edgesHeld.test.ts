import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, reported, type TestTrigger } from '../../harness/trigger';
import { acme, addressOf, BOLT, changesIn, idIn, json, lookUpCount, onAScript, person, SOURCES, textOf, uuidOf, watched, watchingAcme, type Row } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** Removals that are held. */

const REMOVED = (id: number) => `memberRemoved ${addressOf(id)}`;
const FIVE = [3, 4, 5, 6, 7];
const OUTAGE = json({ error: 'internal_server_error' }, 500);
const NOT_FOUND = json({ error: 'not_found', error_description: 'The requested resource was not found.' }, 404);
const UNLIMITED = { options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } };

/** The list lacks five, and FreshBooks says that they are gone. */
async function loseFive(trigger: TestTrigger): Promise<void> {
	acme().undecided(NOT_FOUND, ...FIVE);
	const polled = await trigger.poll();
	expect(polled.items).toEqual([]);
	expect(textOf(polled)).toMatch(/^5 of 10 people disappeared from Acme/);
}

/** The next list lacks these, and the one after it is complete: the second reading of the same poll, or the next poll. */
function lackOnce(...ids: number[]): void {
	let lists = 0;
	acme().list = (rows: Row[]) => (lists++ === 0 ? rows.filter(({ id }) => !ids.includes(id)) : rows);
}

describe('how often held removals are reported', () => {
	async function minutesOfErrors(trigger: TestTrigger, polls: number, before: (poll: number) => void): Promise<number[]> {
		const minutes: number[] = [];
		for (let poll = 0; poll < polls; poll++) {
			before(poll);
			if (textOf(await trigger.poll()) !== '') minutes.push(poll * 5);
			passMinutes(4);
		}
		return minutes;
	}

	test.each(ENGINES)('%s: at most once an hour, also when the list is empty every other poll', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		for (let id = 1; id <= 10; id++) acme().byId.set(id, NOT_FOUND);
		const minutes = await minutesOfErrors(trigger, 37, (poll) => {
			acme().list = poll % 2 ? (rows) => rows : () => [];
		});
		expect(minutes).toEqual([0, 60, 120, 180]);
		expect(trigger.emitted).toEqual([]);
	});

	test.each(SOURCES)('%s: also when items are emitted in the polls between', async (source) => {
		const trigger = await watched(watchingAcme(source));
		for (let id = 1; id <= 10; id++) acme().byId.set(id, NOT_FOUND);
		const minutes = await minutesOfErrors(trigger, 37, (poll) => {
			acme().list = poll % 2 ? (rows) => rows : () => [];
			if (poll % 2) acme().change(1, { role: `role${poll}` });
		});
		expect(minutes).toEqual([0, 60, 120, 180]);
		expect(trigger.emitted.every(({ event }) => event === 'roleChanged')).toBe(true);
		expect(trigger.emitted).toHaveLength(18);
	});

	test.each(ENGINES)('%s: a second time within the hour, after all were back: reported when the hour is over', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		for (let id = 1; id <= 10; id++) acme().byId.set(id, NOT_FOUND);
		const minutes = await minutesOfErrors(trigger, 20, (poll) => {
			acme().list = poll >= 1 && poll <= 5 ? (rows) => rows : () => [];
		});
		expect(minutes).toEqual([0, 60]);
	});

	test('two businesses are reported each by itself', async () => {
		const trigger = await watched({ ...watchingAcme(), businesses: 'all' });
		const messages: string[] = [];
		acme().remove(...FIVE);
		for (let poll = 0; poll < 24; poll++) {
			if (poll === 6) acme(BOLT).remove(...FIVE);
			const text = textOf(await trigger.poll());
			if (text !== '') messages.push(`${poll * 5} ${/from (\w+) at once/.exec(text)?.[1]}`);
			passMinutes(4);
		}
		expect(messages).toEqual(['0 Acme', '30 Bolt', '60 Acme', '90 Bolt']);
	});
});

describe.each(SOURCES)('after removals were held, everybody is listed and asked again (%s)', (source) => {
	const watch = async (changes = {}) => await watched(watchingAcme(source, changes));

	test('all are back: nothing is reported', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().showAll();
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('a later list misses one of them who is there', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().byId.clear();
		lackOnce(3);
		expect(await trigger.poll()).toEqual({ items: [] });
		acme().showAll();
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('a later list misses one of them for whom FreshBooks has no answer', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().byId.clear();
		acme().byId.set(3, OUTAGE);
		lackOnce(3);
		expect(await trigger.poll()).toEqual({ items: [] });
		acme().showAll();
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('a later list skips one of them who has a new ID meanwhile', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().showAll();
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103 }));
		lackOnce(103);
		await trigger.poll();
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([`memberUpdated ${addressOf(3)} id: ${idIn(source, 3)} -> ${idIn(source, 103)}`]);
	});

	test('a later list misses others than those held', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().showAll();
		lackOnce(8);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('who really left meanwhile is reported, and nobody else', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().showAll();
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([REMOVED(3)]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('held for several polls, then all but one are back', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().byId.clear();
		lackOnce(5);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('what changed of the others meanwhile is reported afterwards, once', async () => {
		const trigger = await watch();
		acme().change(1, { role: 'contractor' });
		await loseFive(trigger);
		acme().showAll();
		expect(changesIn(await trigger.poll())).toEqual([`roleChanged ${addressOf(1)} role: business_employee -> contractor`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('with a higher limit those who are gone are emitted, each once', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().byId.clear();
		acme().remove(...FIVE);
		const asked = lookUpCount();
		const { items } = await trigger.publish(watchingAcme(source, UNLIMITED));
		expect(reported([...items, ...(await trigger.poll()).items])).toEqual(FIVE.map(REMOVED));
		if (source === 'teamMembers') expect(lookUpCount() - asked).toBeGreaterThanOrEqual(5);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('with a higher limit, one of them who is there after all is not reported', async () => {
		const trigger = await watch();
		await loseFive(trigger);
		acme().showAll();
		acme().remove(4, 5, 6, 7);
		lackOnce(3, 4, 5, 6, 7);
		const { items } = await trigger.publish(watchingAcme(source, UNLIMITED));
		const later = [...(await trigger.poll()).items, ...(await trigger.poll()).items];
		expect(reported([...items, ...later]).sort()).toEqual([4, 5, 6, 7].map(REMOVED));
	});
});

describe.each(ENGINES)('the same with what the engine %s keeps', (engine) => {
	test('a later list misses one who is there', async () => {
		const trigger = await watched(watchingAcme(), { engine });
		acme().change(1, { role: 'contractor' });
		await trigger.poll();
		await loseFive(trigger);
		acme().byId.clear();
		lackOnce(3);
		expect(await trigger.poll()).toEqual({ items: [] });
		await trigger.restart();
		acme().hide(4);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(trigger.emitted).toHaveLength(1);
	});
});

test('a new person who may be one of those held is withheld no longer than those', async () => {
	const trigger = await watched();
	acme().add(person(103, { ...person(3), id: 103 }));
	acme().undecided(NOT_FOUND, 4, 5, 6, 7);
	acme().remove(3);
	expect((await trigger.poll()).items).toEqual([]);
	acme().showAll();
	await trigger.poll();
	await trigger.poll();
	expect(changesIn({ items: trigger.emitted })).toEqual([`memberUpdated ${addressOf(3)} id: ${uuidOf(3)} -> ${uuidOf(103)}`]);
});
