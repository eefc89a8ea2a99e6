import * as fc from 'fast-check';

import type { Person } from '../../../nodes/FreshBooksTrigger/changes/person';
import type { History, StoredSnapshot } from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import {
	closeSnapshot,
	emptySnapshot,
	lineOf,
	NO_HISTORY,
	openSnapshot,
	personOf,
	putHistory,
	putPerson,
} from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import { aPerson, anInvitation, opened, somePeople, watching, Watched } from './fixtures';

const text = fc.oneof(fc.constantFrom('', '"', '\\', '\\"', '",', '\n', '\0', '__proto__', 'ń’'), fc.string({ unit: 'binary', maxLength: 12 }));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const person: fc.Arbitrary<Person> = fc.record({
	id: fc.oneof(fc.uuid(), fc.nat().map(String), text),
	email: maybe(text),
	firstName: maybe(text),
	lastName: maybe(text),
	role: maybe(text),
	active: maybe(fc.boolean()),
	identityId: maybe(fc.maxSafeInteger()),
	invitationAcceptedAt: maybe(text),
	updatedAt: maybe(text),
});
const history: fc.Arbitrary<History> = fc.record({
	subject: maybe(text),
	turns: fc.dictionary(fc.constantFrom('added', 'role', 'id'), fc.integer({ min: 1, max: 5000 }), { noNullPrototype: true }),
	acceptedWithoutDate: fc.boolean(),
	absence: maybe(fc.record({ since: fc.maxSafeInteger(), missed: fc.nat() })),
});

const asStored = (snapshot: StoredSnapshot): unknown => JSON.parse(JSON.stringify(snapshot));

describe('a snapshot', () => {
	it('gives back whoever went in, in their order, with their history, whatever the texts are', () => {
		const people = fc.uniqueArray(fc.tuple(person, history), { selector: ([{ id }]) => id.toLowerCase(), minLength: 1, maxLength: 5 });
		fc.assert(
			fc.property(people, (entries) => {
				const snapshot = emptySnapshot('2026-11-21T10:15:00.000Z');
				for (const [one, past] of entries) {
					putPerson(snapshot, one);
					putHistory(snapshot, one.id.toLowerCase(), past);
				}
				const back = opened(asStored(closeSnapshot(snapshot)));
				expect([...back.people.values()].map(personOf)).toEqual(entries.map(([one]) => one));
				expect(back).toEqual(snapshot);
			}),
			{ numRuns: 1500 },
		);
	}, 60_000);

	it('has another line for people who differ in anything, and one line for each', () => {
		fc.assert(
			fc.property(person, person, (one, other) => {
				const fields = Object.keys(one) as Array<keyof Person>;
				const isSame = fields.every((field) => Object.is(one[field], other[field]));
				expect(lineOf(one) === lineOf(other)).toBe(isSame);
				expect(lineOf(one)).not.toContain('\n');
			}),
		);
	});

	it('has no room for the history of a person to whom nothing happened', () => {
		const snapshot = emptySnapshot('2026-11-21T10:15:00.000Z');
		putHistory(snapshot, 'x', { ...NO_HISTORY, turns: { role: 1 } });
		putHistory(snapshot, 'x', NO_HISTORY);
		expect(closeSnapshot(snapshot).histories).toEqual([]);
	});
});

describe('a stored snapshot', () => {
	const FIRST = ['Maria', 'Christopher', 'José', 'Alexandra', 'Wei', 'Oluwaseun', 'Jean-Pierre', 'Zoë'];
	const LAST = ['Fernández', 'Smith', 'Müller', 'Papadopoulos', 'van der Berg', 'O’Brien', 'Nguyen'];
	const DOMAINS = ['billspring.com', 'northwind-consulting.com', 'accounting.example.co.uk'];

	function realistic(at: number): Person {
		const firstName = FIRST[at % FIRST.length];
		const lastName = LAST[at % LAST.length];
		const plain = `${firstName}.${lastName}`.normalize('NFD').replace(/[^\w.-]/g, '').toLowerCase();
		return aPerson({
			firstName,
			lastName,
			email: `${plain}${at}@${DOMAINS[at % DOMAINS.length]}`,
			role: ['business_employee', 'business_manager', 'owner', 'no_seat_employee'][at % 4],
		});
	}

	it('is plain JSON of at most 250 bytes a person', async () => {
		const watched = await watching(Array.from({ length: 10_000 }, (_, at) => realistic(at)));
		const bytes = Buffer.byteLength(JSON.stringify(watched.stored)) / 10_000;
		expect(bytes).toBeLessThan(250);
		expect(watched.known()).toEqual(watched.people);
	}, 60_000);

	it('does not grow while people come and go, roles change and invitations end', async () => {
		const watched = await watching(somePeople(50));
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		for (let poll = 0; poll < 120; poll++) {
			watched.people = [...watched.people.slice(10), ...somePeople(10)];
			watched.people = watched.people.map((one, at) => ({ ...one, role: `role ${poll} ${at}` }));
			watched.invitations = [anInvitation(), anInvitation({ email: watched.people[0].email })];
			await watched.poll();
		}
		const { departed, invitations } = opened(watched.stored);
		expect(departed.size).toBe(1000);
		expect(invitations?.length).toBeLessThan(10);
		expect(JSON.stringify(watched.stored).length).toBeLessThan(100_000);
	}, 60_000);

	it.each([
		['a text', 'nonsense'],
		['a number', 7],
		['a list', []],
		['an empty object', {}],
		['another version', { v: 2 }],
	])('that is %s is damaged', (_, stored) => {
		expect(openSnapshot(stored)).toBe('damaged');
	});

	it.each([
		['a person is cut', (it: StoredSnapshot) => (it.people[0] = it.people[0].slice(0, 500))],
		['the people are gone', (it: StoredSnapshot) => (it.people = [])],
		['the people are numbers', (it: StoredSnapshot) => Object.assign(it, { people: [7] })],
		['a history is added', (it: StoredSnapshot) => it.histories.push('x')],
		['an ID is added to those given up', (it: StoredSnapshot) => it.departed.push('["x",1]')],
		['an alias is added', (it: StoredSnapshot) => it.aliases.push('x')],
		['the baseline is another', (it: StoredSnapshot) => (it.baselineAt = '2020-01-01T00:00:00.000Z')],
		['a time is another', (it: StoredSnapshot) => (it.removalsReportedAt = 5)],
		['the digest is another', (it: StoredSnapshot) => (it.digest = 'x')],
		['the invitations are no list', (it: StoredSnapshot) => Object.assign(it, { invitations: 'x' })],
	])('in which %s is damaged: a new baseline and a warning, no event', async (_, damage) => {
		const watched = await watching(somePeople(20));
		damage(watched.stored as StoredSnapshot);
		watched.settings.emitExisting = true;
		watched.people.push(aPerson());
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [{ kind: 'stateDamaged' }] });
		expect(watched.known()).toEqual(watched.people);
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [{ kind: 'stateDamaged' }] });
		watched.now = new Date(watched.now.getTime() + 3_600_000);
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [] });
	});

	it('may have its keys in any order', async () => {
		const watched = await watching(somePeople(3));
		watched.stored = Object.fromEntries(Object.entries(watched.stored as object).reverse());
		expect((await watched.poll()).troubles).toEqual([]);
	});

	it('stays as it is in a poll without changes', async () => {
		const watched = new Watched(somePeople(3));
		watched.invitations = [anInvitation()];
		await watched.poll();
		const { stored } = watched;
		expect(await watched.items()).toEqual([]);
		expect(watched.stored).toEqual(stored);
	});
});
