import * as fc from 'fast-check';

import { NO_HISTORY, turnsAfter, turnsFrom } from '../../../nodes/FreshBooksTrigger/changes/history';
import type { History } from '../../../nodes/FreshBooksTrigger/changes/history';
import {
	decodeInvitation,
	encodeInvitation,
} from '../../../nodes/FreshBooksTrigger/changes/invitations';
import { TextTable } from '../../../nodes/FreshBooksTrigger/changes/packing';
import type { Person } from '../../../nodes/FreshBooksTrigger/changes/person';
import {
	compareLine,
	encodeLine,
	historyOf,
	isAbout,
	Lines,
	openSnapshot,
	personOf,
} from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import {
	isFromTheBeginning,
	readTriggerState,
	writeTriggerState,
} from '../../../nodes/FreshBooksTrigger/changes/state';
import type { StoredSnapshot } from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import { aPerson, somePeople, watching, Watched, withoutPause } from './fixtures';

const nasty = fc.constantFrom('', '|', '||', '|', '^', ';', '~', '~e', '~p', '\0', '__proto__', 'ń’|;^~', '@', 'x@', '@x');
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 12 }));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const date = fc.oneof(
	nasty,
	fc.constantFrom('2023-02-31T00:00:00Z', '2024-02-29T23:59:59Z', '2023-02-29T00:00:00Z', '1969-12-31T23:59:59Z', '2023-01-01T24:00:00Z', '2023-01-24T17:17:56.000Z', '2023-01-24 17:17:56', '202x-01-24T17:17:56Z', '2100-03-01T00:00:00Z', '2000-03-01T12:00:00Z'),
	fc
		.date({ min: new Date('1970-01-01'), max: new Date('2399-12-31'), noInvalidDate: true })
		.map((day) => `${day.toISOString().slice(0, 19)}Z`),
);
const person: fc.Arbitrary<Person> = fc.record({
	id: fc.oneof(fc.uuid(), fc.nat().map(String), text),
	email: maybe(fc.oneof(fc.emailAddress(), text)),
	firstName: maybe(text),
	lastName: maybe(text),
	role: maybe(fc.oneof(fc.constantFrom('owner', '__proto__'), text)),
	active: maybe(fc.boolean()),
	identityId: maybe(fc.maxSafeInteger()),
	invitationAcceptedAt: maybe(date),
	updatedAt: maybe(date),
});
const history: fc.Arbitrary<History> = fc.record({
	turns: fc.array(fc.nat(5000), { minLength: 10, maxLength: 10 }),
	origin: maybe(text),
	acceptedWithoutDate: fc.boolean(),
	lastAcceptedAt: maybe(date),
	absence: maybe(
		fc.record({
			missed: fc.nat(),
			askedAt: fc.nat(),
			verdict: fc.constantFrom('unasked' as const, 'unknown' as const, 'present' as const, 'gone' as const),
		}),
	),
});

/** Compares a line that stands between two others. */
async function compared(line: string, who: Person, roles: TextTable) {
	const lines = await new Lines([`${line};${line}`, `x|${line};${line};|`]).find(withoutPause);
	const [first, ...others] = [0, 1, 3].map((index) => compareLine(lines, index, who, roles));
	expect(others).toEqual([first, first]);
	return first;
}

describe('a line', () => {
	it('gives back whoever went in, with their history, whatever the texts are', async () => {
		await fc.assert(
			fc.asyncProperty(person, history, async (who, past) => {
				const roles = new TextTable(['owner']);
				const line = encodeLine(who, past, roles);
				expect(line).not.toMatch(/[;\0]/);
				expect(personOf(line, roles)).toEqual(who);
				expect(historyOf(line)).toEqual(past);
				expect(await compared(line, who, roles)).toEqual({ isSame: true, history: past });
			}),
			{ numRuns: 1500 },
		);
	}, 60_000);

	it('tells people apart who differ in anything', async () => {
		await fc.assert(
			fc.asyncProperty(person, person, fc.integer({ min: 1, max: 511 }), history, async (one, other, mask, past) => {
				const fields = Object.keys(one) as Array<keyof Person>;
				const mixed: Person = { ...one };
				fields.forEach((field, at) => {
					if (field !== 'id' && (mask >> at) % 2 === 1) Object.assign(mixed, { [field]: other[field] });
				});
				const roles = new TextTable();
				const line = encodeLine(one, past, roles);
				const isSame = fields.every((field) => one[field] === mixed[field]);
				expect((await compared(line, mixed, roles)).isSame).toBe(isSame);
			}),
			{ numRuns: 1500 },
		);
	}, 60_000);

	it('is read from where its id ends, also when the id is longer in the line than in life', async () => {
		const [one, other] = [{ email: 'E', firstName: null }, { email: null, firstName: 'E' }];
		const rest = { id: '|', lastName: null, role: null, active: null, identityId: null };
		const dates = { invitationAcceptedAt: null, updatedAt: null };
		const roles = new TextTable();
		const line = encodeLine({ ...rest, ...dates, ...one }, NO_HISTORY, roles);
		expect((await compared(line, { ...rest, ...dates, ...one }, roles)).isSame).toBe(true);
		expect((await compared(line, { ...rest, ...dates, ...other }, roles)).isSame).toBe(false);
	});

	it.each([
		['', '~e'],
		['|', '~p'],
		['~', '~t'],
	])('with %j is not taken for one with the text it is written as, %j', async (before, now) => {
		const roles = new TextTable();
		const whole = { ...aPerson(), invitationAcceptedAt: null, updatedAt: null };
		for (const field of ['email', 'firstName', 'lastName'] as const) {
			const line = encodeLine({ ...whole, [field]: before }, NO_HISTORY, roles);
			expect((await compared(line, { ...whole, [field]: now }, roles)).isSame).toBe(false);
		}
		const lines = await new Lines([encodeLine({ ...aPerson(), id: before }, NO_HISTORY, roles)]).find(withoutPause);
		expect(isAbout(lines, 0, now)).toBe(false);
	});

	it('is not read on into the history behind it', async () => {
		const nobody: Person = { id: '1', email: null, firstName: null, lastName: null, role: null, active: null, identityId: null, invitationAcceptedAt: null, updatedAt: null };
		const roles = new TextTable();
		const line = encodeLine(nobody, { ...NO_HISTORY, turns: turnsFrom(1), absence: { missed: 1, askedAt: 0, verdict: 'unasked' } }, roles);
		const turns = line.slice(line.indexOf('^') + 1, line.indexOf('|', line.indexOf('^')));
		const other = { ...nobody, lastName: `|||||^${turns}`, invitationAcceptedAt: '1970-01-01T00:00:01Z', updatedAt: '1970-01-01T00:00:32Z' };
		expect((await compared(line, other, roles)).isSame).toBe(false);
		expect((await compared(line, nobody, roles)).isSame).toBe(true);
	});

	it('has no room for the history of someone to whom nothing happened', () => {
		const roles = new TextTable();
		const quiet = encodeLine(aPerson(), NO_HISTORY, roles);
		expect(quiet).not.toContain('^');
		const moved = { ...NO_HISTORY, turns: turnsAfter(NO_HISTORY.turns, ['role', 'role']) };
		expect(encodeLine(aPerson(), moved, roles)).toMatch(/\^,,,2$/);
	});
});

it('an invitation gives back what went in', () => {
	const invitation = fc.record({
		id: text,
		email: maybe(text),
		role: maybe(text),
		status: maybe(text),
	});
	fc.assert(
		fc.property(invitation, fc.boolean(), fc.boolean(), fc.nat(9), (one, listed, settled, missed) => {
			const known = { invitation: one, listedAsMember: listed, settled, missed };
			expect(decodeInvitation(encodeInvitation(known))).toEqual(known);
		}),
	);
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

	it('is plain JSON of at most 160 bytes a person', async () => {
		const watched = await watching(Array.from({ length: 10_000 }, (_, at) => realistic(at)));
		const bytes = Buffer.byteLength(JSON.stringify(watched.stored)) / 10_000;
		expect(bytes).toBeLessThan(160);
		expect(watched.known()).toEqual(watched.people);
	}, 60_000);

	it('does not grow while people come and go and roles change', async () => {
		const watched = await watching(somePeople(50));
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		for (let poll = 0; poll < 120; poll++) {
			watched.people = [...watched.people.slice(10), ...somePeople(10)];
			watched.people = watched.people.map((one, at) => ({ ...one, role: `role ${poll} ${at}` }));
			await watched.poll();
		}
		expect(JSON.stringify(watched.stored).length).toBeLessThan(80_000);
		expect((watched.stored as StoredSnapshot).roles.length).toBeLessThan(200);
	}, 60_000);

	it.each([
		['a text', 'nonsense'],
		['a number', 7],
		['a list', []],
		['an empty object', {}],
		['another version', { v: 2 }],
	])('that is %s is damaged', async (_, stored) => {
		expect(await openSnapshot(stored, withoutPause)).toBe('damaged');
	});

	it('that anyone has changed is damaged: a new baseline and a warning, no event', async () => {
		const people = somePeople(20);
		const damages: Array<(snapshot: StoredSnapshot) => void> = [
			(it) => (it.people[0] = it.people[0].slice(0, 500)),
			(it) => (it.people = []),
			(it) => (it.people = [7 as unknown as string]),
			(it) => it.roles.push('x'),
			(it) => (it.polls = 99),
			(it) => (it.gone = ['x']),
			(it) => (it.digests = ['x', 'y']),
			(it) => Object.assign(it, { invitations: 'x' }),
		];
		for (const damage of damages) {
			const watched = await watching(people);
			damage(watched.stored as StoredSnapshot);
			watched.settings.emitExisting = true;
			watched.people.push(aPerson());
			expect(await watched.poll()).toMatchObject({ items: [], troubles: [{ kind: 'stateDamaged' }] });
			expect(watched.known()).toEqual(watched.people);
		}
	});

	it('whose digest of the people is spoilt is found so before anybody changes', async () => {
		const watched = await watching(somePeople(3));
		(watched.stored as StoredSnapshot).digests[0] = '0123456789abcdef';
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'stateDamaged' }]);
		watched.people.push(aPerson());
		expect(await watched.poll()).toMatchObject({ items: [{ event: 'memberAdded' }], troubles: [] });
	});

	it('may have its keys in any order', async () => {
		const watched = await watching(somePeople(3));
		const reversed = Object.fromEntries(Object.entries(watched.stored as object).reverse());
		watched.stored = reversed;
		expect((await watched.poll()).troubles).toEqual([]);
	});

	it('is worked on in slices', async () => {
		const people = somePeople(2000);
		const watched = new Watched(people);
		const stored = (await watched.poll()).snapshot;
		let pauses = 0;
		await openSnapshot(stored, async () => {
			pauses += 1;
		});
		expect(pauses).toBeGreaterThan(0);
	});
});

describe('the state of the trigger', () => {
	const snapshot = { v: 1 } as StoredSnapshot;

	it('begins empty with the first poll', () => {
		const state = readTriggerState(undefined, 'teamMembers');
		expect(state).toMatchObject({ isDamaged: false, isFirstPoll: true });
		expect(isFromTheBeginning(state, 1)).toBe(true);
	});

	it('keeps what was polled and what was chosen, and forgets the rest', () => {
		const first = readTriggerState(undefined, 'teamMembers');
		const polled = new Map([1, 2, 3].map((id) => [id, snapshot]));
		const stored = writeTriggerState(first, 'teamMembers', [1, 2, 3], polled);
		const next = readTriggerState(JSON.parse(JSON.stringify(stored)), 'teamMembers');
		const kept = writeTriggerState(next, 'teamMembers', [1, 2], new Map([[1, undefined]]));
		expect(Object.keys(kept.snapshots)).toEqual(['teamMembers:1', 'teamMembers:2']);
	});

	it('has nothing to compare with after a change of source', () => {
		const first = readTriggerState(undefined, 'teamMembers');
		const stored = writeTriggerState(first, 'teamMembers', [1], new Map([[1, snapshot]]));
		const other = readTriggerState(stored, 'businessMembers');
		expect(other.snapshots.size).toBe(0);
		expect(isFromTheBeginning(other, 1)).toBe(false);
	});

	it('remembers which businesses of the first poll still await their baseline', () => {
		const first = readTriggerState(undefined, 'teamMembers');
		const stored = writeTriggerState(first, 'teamMembers', [1, 2], new Map([[1, snapshot]]));
		const next = readTriggerState(stored, 'teamMembers');
		expect([isFromTheBeginning(next, 2), isFromTheBeginning(next, 3)]).toEqual([true, false]);
	});

	it.each(['x', 5, [], {}, { v: 2, snapshots: {}, awaited: [] }, { v: 1, snapshots: [], awaited: [] }])(
		'that is %j is damaged, and no beginning',
		(stored) => {
			const state = readTriggerState(stored, 'teamMembers');
			expect(state).toMatchObject({ isDamaged: true, isFirstPoll: false });
			expect(state.snapshots.size).toBe(0);
		},
	);
});
