import { onAFastClock, START } from '../../harness/clock';
import { ENGINES, passMinutes, reported, type TestTrigger } from '../../harness/trigger';
import type { Answer } from '../hostile/server.cts';
import { acme, addressOf, BOLT, changesIn, json, lookUpCount, NOT_FOUND, onAScript, person, textOf, uuidOf, watched, watchingAcme } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** People whom complete lists lack and whom FreshBooks does not confirm as gone. */

const FORBIDDEN = json({ error: 'forbidden', error_description: 'Permission Denied.' }, 403);
const DAY = 24 * 60;

interface Shown {
	minute: number;
	text: string;
}

/** Polls every few minutes; answers the errors, by the minute in which their poll began. */
async function errorsOver(trigger: TestTrigger, minutes: number, every = 5, each: (minute: number) => void = () => undefined): Promise<Shown[]> {
	const errors: Shown[] = [];
	const start = Date.now();
	for (let minute = every; minute <= minutes; minute += every) {
		each(minute);
		passMinutes(Math.max(0, start / 60_000 + minute - 1 - Date.now() / 60_000));
		const text = textOf(await trigger.poll());
		if (text !== '') errors.push({ minute, text });
	}
	return errors;
}

const ANSWERS: Array<[string, Answer | undefined, RegExp]> = [
	['200', undefined, /200|found|still|there/i],
	['403', FORBIDDEN, /403/],
	['405', json({ error: 'not_allowed' }, 405), /405/],
	['500', json({ error: 'internal_server_error' }, 500), /500/],
	['503', json({ error: 'unavailable' }, 503), /503/],
	['404 of a web page', { status: 404, body: '<html><body>404</body></html>', headers: { 'content-type': 'text/html' } }, /404|web page/i],
	['410 of a web page', { status: 410, body: '<html><body>410</body></html>', headers: { 'content-type': 'text/html' } }, /410|web page/i],
	['somebody else', json({ response: { uuid: uuidOf(77), email: 'x@example.com' } }), /200|malformed|somebody|other|form|answer/i],
];

describe('a person missing from complete lists and not confirmed as gone for more than an hour', () => {
	test.each(ANSWERS)('answered %s: one error says how many, who first and what FreshBooks answered', async (_name, answer, said) => {
		const trigger = await watched();
		acme().hide(3);
		if (answer) acme().byId.set(3, answer);
		const errors = await errorsOver(trigger, 5 * 60);
		expect(errors).toHaveLength(1);
		expect(errors[0].minute).toBeGreaterThan(60);
		expect(errors[0].minute).toBeLessThanOrEqual(75);
		expect(errors[0].text).toMatch(/\b1 (?:person|people)\b/);
		expect(errors[0].text).toMatch(/person3@example\.com|First3/);
		expect(errors[0].text).toMatch(said);
		expect(errors[0].text).toContain('Acme');
		expect(trigger.emitted).toEqual([]);
	});

	test('several: all are counted, the first is named', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 4, 7);
		const errors = await errorsOver(trigger, 90);
		expect(errors).toHaveLength(1);
		expect(errors[0].text).toMatch(/\b2 people\b/);
		expect(errors[0].text).toMatch(/person4@example\.com|First4/);
		expect(errors[0].text).not.toMatch(/person7@example\.com|First7/);
	});

	test.each(ENGINES)('%s: then at most once a day, as long as it lasts', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		acme().undecided(FORBIDDEN, 3);
		const errors = await errorsOver(trigger, 3 * DAY, 20);
		expect(errors).toHaveLength(3);
		const [first, second, third] = errors.map(({ minute }) => minute);
		expect(first).toBeGreaterThan(60);
		expect(first).toBeLessThanOrEqual(100);
		for (const pause of [second - first, third - second]) {
			expect(pause).toBeGreaterThanOrEqual(DAY);
			expect(pause).toBeLessThanOrEqual(DAY + 30);
		}
	});

	test('the daily error counts who became undecided meanwhile', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		const errors = await errorsOver(trigger, 26 * 60, 10, (minute) => {
			if (minute === 90) acme().undecided(FORBIDDEN, 3, 5);
		});
		expect(errors).toHaveLength(2);
		expect(errors[0].text).toMatch(/\b1 (?:person|people)\b/);
		expect(errors[1].text).toMatch(/\b2 people\b/);
	});

	test.each(ENGINES)("%s: everybody else's events are emitted all the while, each once, and the error is still seen", async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		acme().undecided(FORBIDDEN, 3);
		let roles = 0;
		const errors = await errorsOver(trigger, 120, 5, () => acme().change(1, { role: `role${++roles}` }));
		await trigger.poll();
		expect(errors).toHaveLength(1);
		const seen = trigger.emitted.flatMap(({ changes }) => (changes.role ? [[changes.role.from, changes.role.to]] : []));
		expect(seen[0][0]).toBe('business_employee');
		expect(seen.at(-1)?.[1]).toBe(`role${roles}`);
		for (let place = 1; place < seen.length; place++) expect(seen[place][0]).toBe(seen[place - 1][1]);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(trigger.emitted.length);
		expect(trigger.emitted.every(({ event }) => event === 'roleChanged')).toBe(true);
		expect(trigger.emitted.length).toBeGreaterThanOrEqual(roles - 2);
	});

	test("another business's events are emitted all the while, and the error is still seen", async () => {
		const trigger = await watched({ ...watchingAcme(), businesses: 'all' });
		acme().undecided(FORBIDDEN, 3);
		let roles = 0;
		const errors = await errorsOver(trigger, 120, 5, () => acme(BOLT).change(1, { role: `role${++roles}` }));
		await trigger.poll();
		expect(errors).toHaveLength(1);
		expect(errors[0].text).toContain('Acme');
		expect(trigger.emitted.length).toBeGreaterThanOrEqual(roles - 2);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(trigger.emitted.length);
	});

	test('back in the list before the hour is over: no error, and the hour begins again', async () => {
		const trigger = await watched();
		const errors = await errorsOver(trigger, 150, 5, (minute) => {
			if (minute === 5 || minute === 60) acme().undecided(FORBIDDEN, 3);
			if (minute === 55 || minute === 110) acme().showAll();
		});
		expect(errors).toEqual([]);
		expect(trigger.emitted).toEqual([]);
	});

	test('back, and undecided again later: reported after an hour again', async () => {
		const trigger = await watched();
		const errors = await errorsOver(trigger, 3 * DAY, 20, (minute) => {
			if (minute === 20 || minute === 2 * DAY) acme().undecided(FORBIDDEN, 3);
			if (minute === 200) acme().showAll();
		});
		expect(errors).toHaveLength(2);
		expect(errors[1].minute).toBeGreaterThan(2 * DAY + 60);
		expect(errors[1].minute).toBeLessThanOrEqual(2 * DAY + 90);
	});

	test('another person later on the same day, when the first is decided: an error after an hour, too', async () => {
		const trigger = await watched();
		const errors = await errorsOver(trigger, 360, 5, (minute) => {
			if (minute === 5) acme().undecided(FORBIDDEN, 3);
			if (minute === 120) acme().showAll();
			if (minute === 180) acme().undecided(FORBIDDEN, 5);
		});
		expect(errors).toHaveLength(2);
		expect(errors[1].minute).toBeGreaterThan(240);
		expect(errors[1].minute).toBeLessThanOrEqual(255);
		expect(errors[1].text).toContain(addressOf(5));
	});

	test('confirmed as gone at last: removed, and no error after that', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		expect(await errorsOver(trigger, 120)).toHaveLength(1);
		acme().byId.clear();
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(3)}`]);
		expect(await errorsOver(trigger, 2 * DAY, 30)).toEqual([]);
	});

	test('over a restart with what the last items stored', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		expect(await errorsOver(trigger, 40)).toEqual([]);
		acme().change(1, { role: 'contractor' });
		expect((await trigger.poll()).items).toHaveLength(1);
		await trigger.restart();
		const errors = await errorsOver(trigger, 60);
		expect(errors).toHaveLength(1);
		expect(errors[0].minute).toBeLessThanOrEqual(45);
	});
});

describe('what FreshBooks answers for a missing person', () => {
	test.each([404, 410])('%i is gone', async (status) => {
		const trigger = await watched();
		acme().undecided(json({ error: 'not_found', error_description: 'The requested resource was not found.' }, status), 3);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(3)}`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('200 with active: false is a deactivation, once, and no doubt that needs an error', async () => {
		const trigger = await watched();
		acme().hide(3);
		acme().change(3, { active: false });
		expect(changesIn(await trigger.poll())).toEqual([`memberDeactivated ${addressOf(3)} active: true -> false`]);
		expect(await errorsOver(trigger, 2 * DAY, 30)).toEqual([]);
		expect(trigger.emitted).toHaveLength(1);
	});

	test('a deactivated person whom the list drops afterwards is no doubt that needs an error, and is removed when they are gone', async () => {
		const trigger = await watched();
		acme().change(3, { active: false });
		expect(changesIn(await trigger.poll())).toEqual([`memberDeactivated ${addressOf(3)} active: true -> false`]);
		acme().hide(3);
		expect(await errorsOver(trigger, 120)).toEqual([]);
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(3)}`]);
	});

	test('200 with active: true after a deactivation off the list is a reactivation', async () => {
		const trigger = await watched();
		acme().hide(3);
		acme().change(3, { active: false });
		await trigger.poll();
		acme().change(3, { active: true });
		expect(changesIn(await trigger.poll())).toEqual([`memberReactivated ${addressOf(3)} active: false -> true`]);
	});

	test('200 without an active leaves it as it was', async () => {
		const trigger = await watched();
		acme().hide(3);
		acme().leaveOut(3, 'active');
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('an undecided person who comes back under another ID', () => {
	const moved = `memberUpdated ${addressOf(3)} id: ${uuidOf(3)} -> ${uuidOf(103)}`;

	test.each<[string, Answer | undefined]>([
		['403', FORBIDDEN],
		['503', json({}, 503)],
		['404', NOT_FOUND],
	])('is reported within two polls, once, while the old one is answered %s', async (_name, answer) => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		await errorsOver(trigger, 20);
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103 }));
		if (answer) acme().byId.set(3, answer);
		const items = [...(await trigger.poll()).items, ...(await trigger.poll()).items];
		expect(changesIn({ items })).toEqual([moved]);
		expect(await errorsOver(trigger, 2 * DAY, 30)).toEqual([]);
		expect(trigger.emitted).toHaveLength(1);
	});

	test('is reported within two polls, once, while the old one is answered 200', async () => {
		const trigger = await watched();
		acme().hide(3);
		await errorsOver(trigger, 20);
		acme().add(person(103, { ...person(3), id: 103 }));
		const items = [...(await trigger.poll()).items, ...(await trigger.poll()).items];
		expect(changesIn({ items })).toEqual([moved]);
		expect(await errorsOver(trigger, 2 * DAY, 30)).toEqual([]);
	});

	test('by the address where FreshBooks gives no identity', async () => {
		acme().change(3, { identity_id: null });
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		await errorsOver(trigger, 20);
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103, identity_id: null }));
		const items = [...(await trigger.poll()).items, ...(await trigger.poll()).items];
		expect(changesIn({ items })).toEqual([moved]);
	});

	test.each(ENGINES)('%s: also after the hour, and after the error', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		acme().undecided(FORBIDDEN, 3);
		expect(await errorsOver(trigger, 90)).toHaveLength(1);
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103 }));
		const items = [...(await trigger.poll()).items, ...(await trigger.poll()).items];
		expect(changesIn({ items })).toEqual([moved]);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe("the removal safeguard's count", () => {
	test('has those whom this poll would report and those undecided who went missing in the same poll', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3, 4);
		acme().remove(5);
		const polled = await trigger.poll();
		expect(polled.items).toEqual([]);
		expect(textOf(polled)).toMatch(/^3 of 10 people disappeared from Acme/);
	});

	test('has not those undecided of earlier polls: the leaver is reported at once', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3, 4);
		expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(5);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(5)}`]);
		acme().remove(6);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(6)}`]);
	});

	test('has not people who were found by ID in earlier polls', async () => {
		const trigger = await watched();
		acme().hide(3, 4, 7, 8);
		expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(5);
		await trigger.poll();
		await trigger.poll();
		expect(reported(trigger.emitted)).toEqual([`memberRemoved ${addressOf(5)}`]);
	});

	test('lets undecided people of earlier polls leave one by one', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3, 4, 5, 6, 7);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		for (const id of [3, 4, 5, 6, 7]) {
			acme().byId.set(id, NOT_FOUND);
			expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(id)}`]);
		}
	});

	test('has those of earlier polls whom this poll would report', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3, 4, 5, 6, 7);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		for (const id of [3, 4, 5, 6, 7]) acme().byId.set(id, NOT_FOUND);
		const polled = await trigger.poll();
		expect(polled.items).toEqual([]);
		expect(textOf(polled)).toMatch(/^5 of 10 people disappeared from Acme/);
	});

	test('has not people of the same poll who are there under another ID', async () => {
		const trigger = await watched();
		acme().remove(3, 4, 5);
		acme().add(person(103, { ...person(3), id: 103 }), person(104, { ...person(4), id: 104 }));
		await trigger.poll();
		await trigger.poll();
		expect(reported(trigger.emitted).sort()).toEqual([`memberRemoved ${addressOf(5)}`, `memberUpdated ${addressOf(3)}`, `memberUpdated ${addressOf(4)}`]);
	});

	test('holds nothing where nobody is confirmed as gone', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3, 4, 5, 6, 7);
		acme().change(1, { role: 'contractor' });
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${addressOf(1)}`]);
	});

	test('is not reached by a few: one leaver beside one undecided is reported at once', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		acme().remove(5);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(5)}`]);
	});

	test('asks for the same people again when the answer was no answer', async () => {
		const trigger = await watched();
		acme().undecided(FORBIDDEN, 3);
		await trigger.poll();
		const asked = lookUpCount();
		await trigger.poll();
		expect(lookUpCount()).toBeGreaterThan(asked);
		expect(Date.now()).toBeGreaterThan(START);
	});
});
