import type { LookUp } from '../../../nodes/FreshBooksTrigger/changes/decide';
import { problemOf } from '../../../nodes/FreshBooksTrigger/changes/listing';
import type { Person } from '../../../nodes/FreshBooksTrigger/changes/person';
import { exceeds } from '../../../nodes/FreshBooks/people/removalLimit';
import type { Trouble } from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import { aPerson, eventLine, listingOf, peopleIn, somePeople, watching, Watched } from './fixtures';

const UNKNOWN: LookUp = { answer: 'unknown', said: 'HTTP 403' };

const NONE = () => listingOf<Person>([], { truncated: true });

async function watchingMembers(count: number) {
	const people = Array.from({ length: count }, (_, at) => aPerson({ id: `${at + 1}` }));
	const watched = new Watched(people);
	watched.settings.source = 'businessMembers';
	await watched.poll();
	return { watched, people };
}

async function watchingTeam(count: number) {
	const people = somePeople(count);
	return { watched: await watching(people), people };
}

describe('a list that shows a new person under two ids', () => {
	const twin = () => {
		const [one, moved, ...others] = somePeople(5);
		return { one, moved, others, renamed: { ...moved, id: 'a-new-id' } };
	};

	it('is read once more: a new id given while the pages were read is no newcomer, and whoever it pushed out is there', async () => {
		const { one, moved, others, renamed } = twin();
		const watched = await watching([one, moved, ...others]);
		watched.people = [one, ...others, renamed];
		watched.peopleListings = { poll: () => listingOf([one, moved, ...others.slice(1), renamed]) };
		const { items, troubles } = await watched.poll();
		expect(items).toMatchObject([{ event: 'memberUpdated', changes: { id: { from: moved.id, to: 'a-new-id' } } }]);
		expect(troubles).toEqual([]);
		expect(watched.known()).toEqual(watched.people);
	});

	it('and shows them so again is right: a second row of one person gives no event, and that is asked once', async () => {
		const { one, moved, others, renamed } = twin();
		const watched = await watching([one, moved, ...others]);
		watched.people.push({ ...renamed, email: moved.email?.toUpperCase() ?? null });
		expect(await watched.events()).toEqual([]);
		expect(watched.listings).toContain('people:repeat');
		expect(await watched.events()).toEqual([]);
		expect(watched.listings).not.toContain('people:repeat');
		watched.remove(moved);
		expect(await watched.events()).toEqual(['memberUpdated a-new-id']);
		expect(await watched.events()).toEqual([]);
		expect(watched.known()).toEqual(expect.arrayContaining(watched.people));
	});

	it('and cannot be read once more tells nothing yet', async () => {
		const { one, moved, others, renamed } = twin();
		const watched = await watching([one, moved, ...others]);
		watched.people.push(renamed);
		watched.peopleListings = { repeat: NONE };
		expect(await watched.poll()).toMatchObject({ snapshot: undefined, items: [], troubles: [{ kind: 'incompleteListing' }] });
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([]);
	});
});

describe('a listing', () => {
	const people = somePeople(3);

	it('is complete when there are as many people as every page says', () => {
		expect(problemOf(listingOf(people, { totals: [3, 3] }))).toBeUndefined();
		expect(problemOf(listingOf(people, { totals: [] }))).toBeUndefined();
		expect(problemOf(listingOf([], { totals: [0] }))).toBeUndefined();
		expect(problemOf(listingOf(people, { totals: [3], duplicates: 1 }))).toBeUndefined();
	});

	it('is none when it is short, long, cut off, moved, or changed its total', () => {
		expect(problemOf(listingOf(people, { totals: [4, 4] }))).toBe('short');
		expect(problemOf(listingOf(people, { totals: [2] }))).toBe('long');
		expect(problemOf(listingOf(people, { truncated: true }))).toBe('truncated');
		expect(problemOf(listingOf(people, { totals: [], duplicates: 1 }))).toBe('repeatedRows');
		expect(problemOf(listingOf(people, { totals: [4, 3] }))).toBe('totalChanged');
	});

	it('that is not complete is repeated once and then used', async () => {
		const watched = await watching(people);
		const newcomer = aPerson();
		watched.people.push(newcomer);
		watched.peopleListings = { poll: () => listingOf(people, { totals: [4] }) };
		expect(await watched.events()).toEqual([`memberAdded ${newcomer.id}`]);
		expect(watched.listings).toEqual(expect.arrayContaining(['people:poll', 'people:repeat']));
	});

	it('that stays incomplete leaves the snapshot untouched and is reported', async () => {
		const watched = await watching(people);
		watched.people = people.slice(1);
		const cut = () => listingOf(watched.people, { truncated: true });
		watched.peopleListings = { poll: cut, repeat: cut };
		const result = await watched.poll();
		expect(result).toMatchObject({ snapshot: undefined, items: [] });
		expect(result.troubles).toEqual([
			expect.objectContaining({ kind: 'incompleteListing', problem: 'truncated', steady: false }),
		]);
		expect(watched.asked).toEqual([]);
	});

	it('whose total lies the same way twice is reported as such, never passed over', async () => {
		const watched = await watching(people);
		const lying = () => listingOf(people, { totals: [5] });
		watched.peopleListings = { poll: lying, repeat: lying };
		expect((await watched.poll()).troubles).toEqual([
			{
				kind: 'incompleteListing',
				list: 'people',
				problem: 'short',
				listed: 3,
				total: 5,
				steady: true,
			},
		]);
	});
});

describe('someone missing from the list of team members', () => {
	it('is removed when FreshBooks does not find them by id', async () => {
		const [leaver, ...others] = somePeople(5);
		const watched = await watching([leaver, ...others]);
		watched.remove(leaver);
		const [item, ...rest] = await watched.items();
		expect(rest).toEqual([]);
		expect(item).toMatchObject({ event: 'memberRemoved', member: leaver, previous: leaver, changes: {} });
		expect(watched.asked).toEqual([[leaver.id]]);
		expect(watched.known()).toEqual(others);
		expect(await watched.items()).toEqual([]);
	});

	it('has one event id however often the stored state goes back, and another one after a new baseline', async () => {
		const [leaver, ...others] = somePeople(5);
		const watched = await watching([leaver, ...others]);
		const { stored } = watched;
		watched.remove(leaver);
		const [first] = await watched.items();
		watched.stored = stored;
		watched.now = new Date('2026-11-22T08:00:00.000Z');
		const [again] = await watched.items();
		expect(again.eventId).toBe(first.eventId);

		watched.people.push(leaver);
		watched.stored = undefined;
		await watched.items();
		watched.remove(leaver);
		const [later] = await watched.items();
		expect(later).toMatchObject({ event: 'memberRemoved', member: leaver });
		expect(later.eventId).not.toBe(first.eventId);
	});

	it('is present when FreshBooks finds them by id, as they are now', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.hidden = [{ ...person, role: 'business_manager' }];
		expect(await watched.events()).toEqual([`roleChanged ${person.id}`]);
		expect(watched.known()).toContainEqual({ ...person, role: 'business_manager' });
	});

	it('stays with the last known values on any other answer, and is asked again', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.remove(person);
		watched.lookUp = () => UNKNOWN;
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [] });
		expect(watched.known()).toContainEqual(person);
		watched.lookUp = undefined;
		expect(await watched.events()).toEqual([`memberRemoved ${person.id}`]);
	});

	it('is not kept by an answer about another person', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.remove(person);
		watched.lookUp = () => ({ answer: 'found', person: others[0] });
		expect(await watched.events()).toEqual([]);
		expect(watched.known()).toContainEqual(person);
	});

	it('and found by id for long is not removed by the first list after that', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.hidden = [person];
		for (let poll = 0; poll < 3; poll++) expect(await watched.events()).toEqual([]);
		const renewed = { ...person, id: aPerson().id };
		watched.hidden = [];
		watched.people = [renewed, ...others];
		watched.peopleListings = { poll: () => listingOf(others), confirm: NONE };
		expect(await watched.events()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([`memberUpdated ${renewed.id}`]);
	});

	it('while FreshBooks has given the ID to another person, who is not listed either, is removed and not updated', async () => {
		const [leaver, ...others] = somePeople(5);
		const watched = await watching([leaver, ...others]);
		watched.people = others;
		watched.hidden = [aPerson({ id: leaver.id })];
		expect(await watched.events()).toEqual([`memberRemoved ${leaver.id}`]);
	});

	it('and comes back with a change is not removed by the next list without them', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.lookUp = () => UNKNOWN;
		expect(await watched.events()).toEqual([]);
		watched.people = [{ ...person, role: 'owner' }, ...others];
		expect(await watched.events()).toEqual([`roleChanged ${person.id}`]);
		watched.lookUp = undefined;
		watched.people = others;
		watched.peopleListings = { confirm: NONE };
		expect(await watched.events()).toEqual([]);
		expect(await watched.events()).toEqual([`memberRemoved ${person.id}`]);
	});

	it('is removed although the same lists lack a person who is there', async () => {
		const [leaver, missed, ...others] = somePeople(6);
		const watched = await watching([leaver, missed, ...others]);
		watched.people = others;
		watched.hidden = [missed];
		expect([...(await watched.events()), ...(await watched.events())]).toEqual([`memberRemoved ${leaver.id}`]);
		expect(watched.known()).toEqual(expect.arrayContaining([missed, ...others]));
	});

	it('is nothing once the list has them again', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.lookUp = () => UNKNOWN;
		await watched.poll();
		watched.people = [person, ...others];
		expect(await watched.items()).toEqual([]);
		expect(watched.asked).toEqual([]);
	});
});

describe('someone under a new id whom a list left out', () => {
	const NEW_ID = '00000000-0639-40bd-9502-000000000001';

	async function renewed(fields: Partial<Person>): Promise<{ watched: Watched; now: Person; others: Person[] }> {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const now = { ...person, id: NEW_ID, ...fields };
		watched.people = [now, ...others];
		watched.peopleListings = { poll: () => listingOf(others) };
		return { watched, now, others };
	}

	it.each([
		['with the same address', {}],
		['with the same identity', { email: 'renewed@billspring.com' }],
	])('%s is there in a second list: no removal, and an update once the list has them', async (_name, fields) => {
		const { watched, now, others } = await renewed(fields);
		expect(await watched.items()).toEqual([]);
		expect(watched.listings.filter((one) => one === 'people:confirm')).toHaveLength(1);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([`memberUpdated ${NEW_ID}`]);
		expect(watched.known()).toEqual([...others, now]);
	});

	it('is not removed while no second list is to be had either', async () => {
		const { watched } = await renewed({});
		watched.peopleListings.confirm = () => listingOf([], { truncated: true });
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([`memberUpdated ${NEW_ID}`]);
	});

	it('is removed by the next list when the second one could not be had', async () => {
		const [leaver, ...others] = somePeople(5);
		const watched = await watching([leaver, ...others]);
		watched.remove(leaver);
		watched.peopleListings = { confirm: NONE };
		expect(await watched.items()).toEqual([]);
		expect(await watched.events()).toEqual([`memberRemoved ${leaver.id}`]);
	});

	it('is not removed by the next list that leaves them out, when the second one between the two had them', async () => {
		const { watched } = await renewed({});
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([`memberUpdated ${NEW_ID}`]);
	});

	it('is not removed by the next list that leaves them out, when the one before had them but the old id had no clear answer', async () => {
		const { watched } = await renewed({});
		const { poll } = watched.peopleListings;
		watched.peopleListings = {};
		watched.lookUp = () => UNKNOWN;
		expect(await watched.items()).toEqual([]);
		watched.lookUp = undefined;
		watched.peopleListings = { poll };
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([`memberUpdated ${NEW_ID}`]);
	});

	it('is removed when two lists in a row leave them out after all', async () => {
		const { watched, others } = await renewed({});
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = { confirm: NONE };
		watched.people = others;
		expect(await watched.items()).toEqual([]);
		expect((await watched.events()).length).toBe(1);
	});

	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('is not removed when %s that were held are emitted', async (_name, begin) => {
		const { watched, people } = await begin(10);
		const [person, ...others] = people;
		const staying = others.slice(4);
		watched.people = [{ ...person, id: '99' }, ...staying];
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 4 }]);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		watched.peopleListings = { poll: () => listingOf(staying) };
		// The second list has a person whom the first one lacks: the first one says nothing of the others either.
		expect(await watched.events()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual(['memberUpdated 99', ...others.slice(0, 4).map(({ id }) => `memberRemoved ${id}`)]);
	});
});

const HOUR = 60 * 60 * 1000;

describe('an undecided person: not listed, and not confirmed as gone', () => {
	const undecided = (troubles: readonly Trouble[]) => troubles.filter(({ kind }) => kind === 'undecidedPeople');

	/** Polls every ten minutes; answers after how many hours an undecided person was reported as due. */
	async function reportsOf(watched: Watched, hours: number): Promise<number[]> {
		const reports: number[] = [];
		for (let tenth = 1; tenth <= hours * 6; tenth++) {
			watched.now = new Date(watched.now.getTime() + HOUR / 6 - 60_000);
			for (const trouble of undecided((await watched.poll()).troubles))
				if (trouble.kind === 'undecidedPeople' && trouble.isDue) reports.push(tenth / 6);
		}
		return reports;
	}

	it('is reported an hour after the clock was set back', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const { now } = watched;
		watched.now = new Date(now.getTime() + 48 * HOUR);
		watched.people = others;
		watched.lookUp = () => UNKNOWN;
		await watched.poll();
		watched.now = now;
		expect(await reportsOf(watched, 3)).toHaveLength(1);
	});

	it('is reported with an answer, though not everybody was asked in that poll', async () => {
		const [one, other, ...others] = somePeople(6);
		const watched = await watching([one, other, ...others]);
		watched.settings.maxConfirmations = 1;
		watched.people = others;
		watched.lookUp = () => UNKNOWN;
		for (let poll = 0; poll < 6; poll++) {
			watched.now = new Date(watched.now.getTime() + HOUR);
			for (const trouble of undecided((await watched.poll()).troubles)) expect(trouble).toMatchObject({ people: 2, answer: 'HTTP 403' });
		}
	});

	it.each([
		['HTTP 403', UNKNOWN],
		['HTTP 503', { answer: 'unknown', said: 'HTTP 503' }],
	] satisfies Array<[string, LookUp]>)('is reported after an hour and then daily, with the answer: %s', async (said, answer) => {
		const [person, other, ...others] = somePeople(6);
		const watched = await watching([person, other, ...others]);
		watched.remove(person);
		watched.lookUp = () => answer;
		expect(undecided((await watched.poll()).troubles)).toEqual([]);
		const reports = await reportsOf(watched, 50);
		expect(reports.map(Math.floor)).toEqual([1, 25, 49]);
		watched.remove(other);
		await watched.poll();
		watched.now = new Date(watched.now.getTime() + 2 * HOUR);
		const [trouble] = undecided((await watched.poll()).troubles);
		expect(trouble).toMatchObject({ people: 2, answer: said });
		expect([person.email, person.firstName, `${person.firstName} ${person.lastName}`]).toContain(Reflect.get(trouble, 'first'));
	});

	it('is reported when FreshBooks finds by ID who is on no list', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.hidden = [person];
		await watched.poll();
		expect((await reportsOf(watched, 26)).map(Math.floor)).toEqual([1, 25]);
	});

	it('is not reported while a list has them from time to time', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.lookUp = () => UNKNOWN;
		for (let half = 0; half < 6; half++) {
			watched.people = half % 2 === 0 ? others : [person, ...others];
			watched.now = new Date(watched.now.getTime() + HOUR / 2);
			expect((await watched.poll()).troubles).toEqual([]);
		}
	});

	it('is removed once FreshBooks answers clearly, and nothing is reported any more', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.remove(person);
		watched.lookUp = () => UNKNOWN;
		await watched.poll();
		await reportsOf(watched, 3);
		watched.lookUp = undefined;
		expect(await watched.poll()).toMatchObject({ items: [{ event: 'memberRemoved' }], troubles: [] });
		expect(await reportsOf(watched, 30)).toEqual([]);
	});

	it('keeps nobody else waiting: joiners, leavers and changes are reported meanwhile', async () => {
		const [stuck, leaver, changed, ...others] = somePeople(8);
		const watched = await watching([stuck, leaver, changed, ...others]);
		watched.remove(stuck);
		watched.lookUp = (id) => (id === stuck.id ? UNKNOWN : { answer: 'gone' });
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
		const newcomer = aPerson();
		watched.people.push(newcomer);
		watched.change(changed, { role: 'owner' });
		watched.remove(leaver);
		expect(await watched.events()).toEqual([`roleChanged ${changed.id}`, `memberAdded ${newcomer.id}`, `memberRemoved ${leaver.id}`]);
	});

	it('keeps no leaver waiting though there are more of them than questions in a poll', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 5;
		const stuck = people.slice(0, 15);
		const ids = new Set(stuck.map(({ id }) => id));
		watched.remove(...stuck);
		watched.lookUp = (id) => (ids.has(id) ? UNKNOWN : { answer: 'gone' });
		for (let poll = 0; poll < 4; poll++) expect(await watched.items()).toEqual([]);
		watched.remove(people[50]);
		const reported: string[] = [];
		for (let poll = 0; poll < 4; poll++) reported.push(...(await watched.events()));
		expect(reported).toEqual([`memberRemoved ${people[50].id}`]);
	});

	it('who comes back under another ID is reported in the next poll, whatever FreshBooks answers to the old one', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.remove(person);
		watched.lookUp = () => UNKNOWN;
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
		const renewed = { ...person, id: aPerson().id };
		watched.people = [renewed, ...others];
		const reported = [...(await watched.events()), ...(await watched.events()), ...(await watched.events())];
		expect(reported).toEqual([`memberUpdated ${renewed.id}`]);
		expect(watched.known()).toEqual(expect.arrayContaining([renewed, ...others]));
	});

	it('who is found as inactive is deactivated, once', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.hidden = [{ ...person, active: false }];
		expect([...(await watched.events()), ...(await watched.events())]).toEqual([`memberDeactivated ${person.id}`]);
	});
});

describe('two known identities are two people', () => {
	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('a colleague takes over the address of a leaver: %s', async (_name, begin) => {
		const { watched, people: [leaver, heir] } = await begin(6);
		watched.remove(leaver);
		watched.change(heir, { email: leaver.email });
		const items = await watched.items();
		expect(items.map(eventLine)).toEqual([`memberUpdated ${heir.id}`, `memberRemoved ${leaver.id}`]);
		expect(items[0].changes).toEqual({ email: { from: heir.email, to: leaver.email } });
		expect(await watched.items()).toEqual([]);
	});

	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('a newcomer takes over the address of a leaver: %s', async (_name, begin) => {
		const { watched, people: [leaver] } = await begin(6);
		const heir = aPerson({ id: '900', email: leaver.email });
		watched.remove(leaver);
		watched.people.push(heir);
		expect(await watched.events()).toEqual(['memberAdded 900', `memberRemoved ${leaver.id}`]);
		expect(await watched.items()).toEqual([]);
	});

	it('two people exchange their addresses', async () => {
		const { watched, people: [one, other] } = await watchingTeam(6);
		watched.change(one, { email: other.email });
		watched.change(other, { email: one.email });
		expect(await watched.events()).toEqual([`memberUpdated ${one.id}`, `memberUpdated ${other.id}`]);
	});

	it('an ID given again to another person after its owner left has other event IDs', async () => {
		const { watched, people: [person, ...others] } = await watchingTeam(6);
		const ids: string[] = [];
		for (const one of [person, aPerson({ id: person.id }), aPerson({ id: person.id })]) {
			watched.people = [one, ...others];
			ids.push(...(await watched.items()).map(({ eventId }) => eventId));
			watched.people = others;
			ids.push(...(await watched.items()).map(({ eventId }) => eventId));
		}
		expect(ids).toHaveLength(5);
		expect(new Set(ids).size).toBe(5);
	});

	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('an ID given to another person between two polls is a removal and an addition: %s', async (_name, begin) => {
		const { watched, people: [person, ...others] } = await begin(6);
		const next = aPerson({ id: person.id });
		watched.people = [next, ...others];
		const items = [...(await watched.items()), ...(await watched.items())];
		// The old owner goes first, or a reader who keeps people by ID would lose the new one.
		expect(items.map(({ event, member }) => [event, member?.email])).toEqual([
			['memberRemoved', person.email],
			['memberAdded', next.email],
		]);
		expect(watched.known()).toEqual(expect.arrayContaining([next, ...others]));
	});

	it('an ID given to another person is asked for by nobody: the answer would be about them', async () => {
		const { watched, people: [person, ...others] } = await watchingTeam(6);
		watched.lookUp = () => UNKNOWN;
		watched.people = [aPerson({ id: person.id }), ...others];
		expect((await watched.items()).map(({ event }) => event)).toEqual(['memberRemoved', 'memberAdded']);
	});

	it('where one identity is unknown, the address decides', async () => {
		const { watched, people: [person, ...others] } = await watchingTeam(6);
		const now = { ...person, id: aPerson().id, identityId: null };
		watched.people = [now, ...others];
		const items = await watched.items();
		expect(items.map(({ event }) => event)).toEqual(['memberUpdated']);
		expect(Object.keys(items[0].changes)).toEqual(['id']);
	});

	it.each([
		['both identities are known', {}, {}],
		['one is unknown', {}, { identityId: null }],
		['none is known', { identityId: null }, { identityId: null }],
	])('a known person whose own ID stays does not become the leaver by taking the address: %s', async (_name, leaving, staying) => {
		const [leaver, heir] = [aPerson(leaving), aPerson(staying)];
		const watched = await watching([leaver, heir, ...somePeople(4)]);
		watched.remove(leaver);
		watched.change(heir, { email: leaver.email });
		expect(await watched.events()).toEqual([`memberUpdated ${heir.id}`, `memberRemoved ${leaver.id}`]);
		expect(await watched.items()).toEqual([]);
	});

	it('nor where an answer leaves out the identity', async () => {
		const { watched, people: [leaver, heir] } = await watchingTeam(6);
		watched.remove(leaver);
		watched.change(heir, { email: leaver.email, identityId: null });
		expect(await watched.events()).toEqual([`memberUpdated ${heir.id}`, `memberRemoved ${leaver.id}`]);
	});
});

describe('a change of ID while FreshBooks still finds the old one', () => {
	it('is one memberUpdated in the next poll, and no memberAdded', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const renewed = { ...person, id: aPerson().id };
		watched.people = [renewed, ...others];
		watched.hidden = [person];
		const reported: string[] = [];
		for (let poll = 0; poll < 4; poll++) reported.push(...(await watched.events()));
		expect(reported).toEqual([`memberUpdated ${renewed.id}`]);
		expect(watched.known()).toEqual(expect.arrayContaining([renewed, ...others]));
	});

	it('is none for who has both on the list, until the first row goes', async () => {
		const { watched, people: [person, ...others] } = await watchingMembers(5);
		watched.people.push({ ...person, id: '99' });
		for (let poll = 0; poll < 2; poll++) expect(await watched.items()).toEqual([]);
		watched.people = [...others, { ...person, id: '99', role: 'owner' }];
		expect(await watched.events()).toEqual(['memberUpdated 99', 'roleChanged 99']);
		watched.people = others;
		expect(await watched.events()).toEqual(['memberRemoved 99']);
	});

	it('is nothing to report when the second row goes', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.people.push({ ...people[0], id: '99' });
		await watched.poll();
		watched.people = people;
		for (let poll = 0; poll < 2; poll++) expect(await watched.items()).toEqual([]);
	});

	it.each([
		['first', (rows: Person[]) => rows],
		['last', (rows: Person[]) => [...rows].reverse()],
	])('is one for who has three rows and becomes inactive in the known one, with an active row that comes %s', async (_name, ordered) => {
		const { watched, people: [person, ...others] } = await watchingMembers(5);
		const inactive = { ...person, active: false };
		watched.people = [...others, ...ordered([{ ...person, id: '98' }, { ...inactive, id: '99' }]), inactive];
		for (let poll = 0; poll < 3; poll++) await watched.poll();
		expect(watched.known().map(({ id }) => id).sort()).toEqual([...others.map(({ id }) => id), '98'].sort());
		expect(await watched.items()).toEqual([]);
	});

	it('both on the first list are one person', async () => {
		const people = somePeople(3);
		const watched = new Watched([...people, { ...people[0], id: aPerson().id }]);
		watched.settings.emitExisting = true;
		expect(await watched.events()).toEqual(people.map(({ id }) => `memberAdded ${id}`));
	});
});

describe('confirmations', () => {
	it('are bounded in a poll; the rest wait and nobody is forgotten', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 4;
		watched.people = people.slice(10);
		const removed: string[] = [];
		for (let poll = 0; poll < 3; poll++) removed.push(...(await watched.events()));
		expect(watched.asked).toEqual([expect.any(Array)]);
		expect(new Set(removed)).toEqual(new Set(people.slice(0, 10).map(({ id }) => `memberRemoved ${id}`)));
		expect(removed).toHaveLength(10);
	});

	it('take turns, so that nobody starves', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 3;
		watched.people = people.slice(9);
		watched.lookUp = () => UNKNOWN;
		const asked: string[] = [];
		for (let poll = 0; poll < 4; poll++) {
			await watched.poll();
			asked.push(...watched.asked.flat());
		}
		expect(new Set(asked)).toEqual(new Set(people.slice(0, 9).map(({ id }) => id)));
	});
});

describe('someone missing from the list of business members', () => {
	it('is removed when a second complete listing does not have them either', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.people = people.slice(1);
		const [item] = await watched.items();
		expect(item).toMatchObject({ event: 'memberRemoved', member: { id: 1 } });
		expect(watched.asked).toEqual([]);
		expect(watched.listings).toContain('people:confirm');
	});

	it('is present when the second listing has them', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.peopleListings = { poll: () => listingOf(people.slice(1)) };
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toEqual(people);
	});

	it('is present when the second listing has them, even one that is not complete', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.peopleListings = { poll: () => listingOf(people.slice(1)), confirm: () => listingOf(people, { totals: [6] }) };
		expect(await watched.items()).toEqual([]);
		// The same once more is the first time again, as they were there meanwhile.
		watched.peopleListings.confirm = () => listingOf([], { truncated: true });
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toEqual(people);
	});

	it('is nothing once the list has them again, and waits again when missing later', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.peopleListings = { confirm: () => listingOf([], { truncated: true }) };
		for (let round = 0; round < 3; round++) {
			watched.people = people.slice(1);
			expect(await watched.items()).toEqual([]);
			watched.people = people;
			expect(await watched.items()).toEqual([]);
		}
	});

	it.each([
		['address', {}],
		['identity and another address', { email: 'renewed@billspring.com' }],
	])('waits for the next poll when the second listing has them under another ID: by %s', async (_, renewed) => {
		const { watched, people } = await watchingMembers(5);
		watched.people = [...people.slice(1), { ...people[0], id: '99', ...renewed }];
		watched.peopleListings = { poll: () => listingOf(people.slice(1)) };
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual(['memberUpdated 99']);
	});

	it('waits for the next poll when a second listing that is not complete has them under another ID', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.people = [{ ...people[0], id: '99' }, ...people.slice(1)];
		watched.peopleListings = { poll: () => listingOf(people.slice(1)), confirm: () => listingOf(watched.people, { totals: [6] }) };
		expect(await watched.items()).toEqual([]);
		watched.peopleListings.confirm = NONE;
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual(['memberUpdated 99']);
	});

	it('is removed after two lists without them though no second listing is available, when they had last been seen under another ID', async () => {
		const { watched, people } = await watchingMembers(5);
		const others = people.slice(1);
		watched.people = [{ ...people[0], id: '99' }, ...others];
		watched.peopleListings = { confirm: NONE };
		expect(await watched.items()).toEqual([]);
		watched.people = others;
		expect(await watched.items()).toEqual([]);
		expect(await watched.events()).toEqual([`memberRemoved ${people[0].id}`]);
	});

	it('waits for the next poll when there is no second listing', async () => {
		const { watched, people } = await watchingMembers(5);
		watched.people = people.slice(1);
		watched.peopleListings = { confirm: () => listingOf([], { truncated: true }) };
		expect(await watched.items()).toEqual([]);
		expect(await watched.events()).toEqual(['memberRemoved 1']);
	});
});

describe('the same person under a new id', () => {
	it('is an update, never a removal or an addition', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const renewed = { ...person, id: aPerson().id, email: person.email?.toUpperCase() ?? null };
		watched.people = [renewed, ...others];
		const [item, ...rest] = await watched.items();
		expect(rest).toEqual([]);
		expect(item).toMatchObject({
			event: 'memberUpdated',
			member: { id: renewed.id },
			previous: person,
			changes: {
				id: { from: person.id, to: renewed.id },
				email: { from: person.email, to: renewed.email },
			},
		});
		expect(watched.known()).toEqual([...others, renewed]);
	});

	it('is a changed role as well when the role changed at once', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const renewed = { ...person, id: aPerson().id, role: 'business_manager' };
		watched.people = [...others, renewed];
		expect(await watched.events()).toEqual([
			`memberUpdated ${renewed.id}`,
			`roleChanged ${renewed.id}`,
		]);
	});

	it('is recognised by the identity when the address changed at once', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const renewed = { ...person, id: aPerson().id, email: 'new@billspring.com' };
		watched.people = [...others, renewed];
		expect(await watched.events()).toEqual([`memberUpdated ${renewed.id}`]);
	});

	it('is nobody with another identity, whatever FreshBooks answers to the old id', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		const other = aPerson({ email: person.email });
		watched.people = [...others, other];
		watched.lookUp = () => UNKNOWN;
		expect(await watched.events()).toEqual([`memberAdded ${other.id}`]);
		watched.lookUp = undefined;
		expect(await watched.events()).toEqual([`memberRemoved ${person.id}`]);
	});

	it('is an update although an earlier poll had found the old id, and this one has no room to ask for it', async () => {
		const people = somePeople(6);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 1;
		const [one, other, ...others] = people;
		watched.people = others;
		watched.hidden = [one, other];
		for (let poll = 0; poll < 2; poll++) expect(await watched.items()).toEqual([]);
		const [[lastAsked]] = watched.asked;
		const [person, hidden] = lastAsked === one.id ? [one, other] : [other, one];
		const renewed = { ...person, id: aPerson().id };
		watched.people = [...others, renewed];
		watched.hidden = [hidden];
		const reported = [];
		for (let poll = 0; poll < 4; poll++) reported.push(...(await watched.events()));
		expect(reported).toEqual([`memberUpdated ${renewed.id}`]);
	});

	it('leaves the other row when two had shared one address and no identity is known: the person is still there', async () => {
		const [one, ...others] = [aPerson({ identityId: null }), ...somePeople(4)];
		const other = aPerson({ email: one.email, identityId: null, role: 'owner', active: false });
		const watched = await watching([one, other, ...others]);
		watched.remove(one);
		expect(await watched.events()).toEqual([
			`memberUpdated ${other.id}`,
			`roleChanged ${other.id}`,
			`memberDeactivated ${other.id}`,
		]);
		expect(watched.known()).toEqual(expect.arrayContaining([other, ...others]));
		watched.remove(other);
		expect(await watched.events()).toEqual([`memberRemoved ${other.id}`]);
	});
});

describe('the removal safeguard', () => {
	it('counts in percent of the known people, and never trips below three', () => {
		const limit = { maxRemovals: 20, unit: 'percent' as const };
		expect(exceeds(limit, 2, 2)).toBe(false);
		expect(exceeds(limit, 3, 3)).toBe(true);
		expect(exceeds(limit, 3, 14)).toBe(true);
		expect(exceeds(limit, 3, 15)).toBe(false);
		expect(exceeds(limit, 20, 100)).toBe(false);
		expect(exceeds(limit, 21, 100)).toBe(true);
		expect(exceeds({ ...limit, maxRemovals: 100 }, 100, 100)).toBe(false);
		expect(exceeds({ ...limit, maxRemovals: 0 }, 2, 100)).toBe(false);
	});

	it('counts people', () => {
		const limit = { maxRemovals: 2, unit: 'count' as const };
		expect(exceeds(limit, 2, 2)).toBe(false);
		expect(exceeds(limit, 3, 1000)).toBe(true);
		expect(exceeds({ ...limit, maxRemovals: 0 }, 1, 1000)).toBe(true);
	});

	it('holds everything of the business back and says how many of how many', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = [aPerson(), ...people.slice(3)];
		const result = await watched.poll();
		expect(result.items).toEqual([]);
		expect(result.troubles).toEqual([
			{
				kind: 'removalsHeld',
				list: 'people',
				confirmed: 3,
				unconfirmed: 0,
				known: 10,
				limit: { maxRemovals: 20, unit: 'percent' },
				isDue: true,
			},
		]);
		expect(watched.known()).toEqual(people);
	});

	it('reports once an hour', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = [];
		const reports: number[] = [];
		for (let minute = 0; minute < 125; minute++)
			for (const trouble of (await watched.poll()).troubles)
				if (trouble.kind === 'removalsHeld' && trouble.isDue) reports.push(minute);
		expect(reports).toEqual([0, 60, 120]);
	});

	it('lets them go when the limit is raised', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.remove(...people.slice(0, 5));
		await watched.poll();
		watched.settings.removalLimit = { maxRemovals: 5, unit: 'count' };
		expect(await watched.events()).toEqual(
			people.slice(0, 5).map(({ id }) => `memberRemoved ${id}`),
		);
	});

	it('continues by itself when the people come back', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = [];
		await watched.poll();
		const newcomer = aPerson();
		watched.people = [...people, newcomer];
		expect(await watched.events()).toEqual([`memberAdded ${newcomer.id}`]);
	});

	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('forgets of %s who come back changed that they were gone', async (_name, begin) => {
		const { watched, people } = await begin(10);
		const [person, ...others] = people;
		const staying = others.slice(4);
		watched.people = staying;
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 5 }]);
		watched.people = [{ ...person, updatedAt: '2026-11-21T10:15:00Z' }, ...staying];
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 4 }]);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		watched.peopleListings = { poll: () => listingOf(staying) };
		const removed = others.slice(0, 4).map(({ id }) => `memberRemoved ${id}`);
		const reported = await watched.events();
		watched.peopleListings = {};
		expect([...reported, ...(await watched.events())]).toEqual(removed);
	});

	it('does not let a mass removal through a few people at a time', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 5;
		watched.people = people.slice(60);
		for (let poll = 0; poll < 30; poll++)
			expect(await watched.poll()).toMatchObject({ items: [], troubles: [{ kind: 'removalsHeld' }] });
	});

	it('nor where FreshBooks gave no clear answer about any of them at first', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 5;
		watched.people = people.slice(60);
		watched.lookUp = () => UNKNOWN;
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
		watched.lookUp = undefined;
		for (let poll = 0; poll < 15; poll++) expect(await watched.poll()).toMatchObject({ items: [], troubles: [{ kind: 'removalsHeld' }] });
	});

	it('holds one leaver back only until a list full of holes is cleared up', async () => {
		const people = somePeople(100);
		const watched = await watching(people);
		watched.settings.maxConfirmations = 20;
		watched.people = people.slice(50);
		watched.hidden = people.slice(1, 50);
		const reported: string[] = [];
		for (let poll = 0; poll < 3; poll++) reported.push(...(await watched.events()));
		expect(reported).toEqual([`memberRemoved ${people[0].id}`]);
		expect(watched.known().map(({ id }) => id)).toEqual(people.slice(1).map(({ id }) => id));
	});

	it('counts those undecided who went missing in the same poll, and says how many they are', async () => {
		const people = somePeople(20);
		const watched = await watching(people);
		watched.people = people.slice(5);
		watched.lookUp = (id) => (people.slice(3, 5).some((one) => one.id === id) ? UNKNOWN : { answer: 'gone' });
		expect((await watched.poll()).troubles).toEqual([
			{ kind: 'removalsHeld', list: 'people', confirmed: 3, unconfirmed: 2, known: 20, limit: { maxRemovals: 20, unit: 'percent' }, isDue: true },
		]);
		watched.lookUp = undefined;
		watched.people = people.slice(4);
		expect(await watched.events()).toEqual(people.slice(0, 4).map(({ id }) => `memberRemoved ${id}`));
	});

	it('does not count those undecided of earlier polls: they hold no leaver back', async () => {
		const people = somePeople(20);
		const watched = await watching(people);
		const stuck = new Set(people.slice(0, 4).map(({ id }) => id));
		watched.lookUp = (id) => (stuck.has(id) ? UNKNOWN : { answer: 'gone' });
		watched.people = people.slice(4);
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
		watched.people = people.slice(7);
		expect(await watched.events()).toEqual(people.slice(4, 7).map(({ id }) => `memberRemoved ${id}`));
	});

	it('counts those who are confirmed as gone together, whenever they went missing', async () => {
		const people = somePeople(20);
		const watched = await watching(people);
		watched.lookUp = () => UNKNOWN;
		for (let gone = 1; gone <= 6; gone++) {
			watched.people = people.slice(gone);
			expect(await watched.items()).toEqual([]);
		}
		watched.lookUp = undefined;
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 6, unconfirmed: 0 }]);
	});

	it.each([
		['team members', watchingTeam],
		['business members', watchingMembers],
	])('asks everybody again after a hold: a list that lacks one of %s who is back removes nobody', async (_name, begin) => {
		const { watched, people } = await begin(10);
		watched.people = people.slice(5);
		for (let poll = 0; poll < 3; poll++) expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 5 }]);
		watched.people = people;
		watched.peopleListings = { poll: () => listingOf(people.slice(1)) };
		expect(await watched.items()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toEqual(people);
	});

	it('forgets after a hold that a person was missed and not found by id', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = people.slice(3);
		watched.lookUp = () => UNKNOWN;
		for (let poll = 0; poll < 2; poll++) expect(await watched.items()).toEqual([]);
		watched.lookUp = undefined;
		const renewed = { ...people[3], id: aPerson().id };
		watched.people = [...people.slice(4), renewed];
		watched.peopleListings = { poll: () => listingOf(people.slice(4)), confirm: NONE };
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 3, unconfirmed: 1 }]);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		expect(await watched.events()).not.toContain(`memberRemoved ${people[3].id}`);
		watched.peopleListings = {};
		expect(await watched.events()).toContain(`memberUpdated ${renewed.id}`);
	});

	it('asks everybody again after the limit was raised', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = people.slice(5);
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld', confirmed: 5 }]);
		watched.hidden = people.slice(0, 1);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		expect(await watched.events()).toEqual(people.slice(1, 5).map(({ id }) => `memberRemoved ${id}`));
	});

	it('reports once an hour, also when the list is empty every other poll only', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		const reports: number[] = [];
		for (let minute = 0; minute < 65; minute++) {
			watched.people = minute % 2 === 0 ? [] : people;
			for (const trouble of (await watched.poll()).troubles)
				if (trouble.kind === 'removalsHeld' && trouble.isDue) reports.push(minute);
		}
		expect(reports).toEqual([0, 60]);
	});

	it('does not count people who have another ID while the old one still answers', async () => {
		const [leaver, ...others] = somePeople(10);
		const watched = await watching([leaver, ...others]);
		watched.people = others.map((person) => ({ ...person, id: aPerson().id }));
		watched.hidden = others;
		expect(await watched.events()).toEqual([`memberRemoved ${leaver.id}`]);
		expect(await watched.events()).toEqual(watched.people.map(({ id }) => `memberUpdated ${id}`));
	});

	it('does not count people who only have another ID', async () => {
		const people = somePeople(10);
		const watched = await watching(people);
		watched.people = people.map((person) => ({ ...person, id: aPerson().id }));
		expect(await watched.events()).toEqual(
			watched.people.map(({ id }) => `memberUpdated ${id}`),
		);
	});

});

it('keeps a held snapshot as it was, but for who was asked', async () => {
	const people = somePeople(10);
	const watched = await watching(people);
	watched.people = people.slice(5).map((person) => ({ ...person, role: 'owner' }));
	await watched.poll();
	expect(peopleIn(watched.stored)).toEqual(people);
});

describe('business members', () => {
	const membersOf = (people: readonly Person[]) => {
		const watched = new Watched(people);
		watched.settings = { ...watched.settings, source: 'businessMembers' };
		return watched;
	};
	const member = (id: number, email: string, fields: Partial<Person> = {}) => aPerson({ id: `${id}`, email, identityId: null, active: null, ...fields });

	it('nobody is removed by two lists of one poll of which the second shows that the first was wrong', async () => {
		const people = [1, 2, 3, 4].map((id) => member(id, `p${id}@b.c`));
		const watched = membersOf(people);
		await watched.poll();
		watched.peopleListings = { poll: () => listingOf<Person>([]), confirm: () => listingOf(people.slice(1)) };
		expect(await watched.events()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([]);
		watched.remove(people[0]);
		expect(await watched.events()).toEqual(['memberRemoved 1']);
	});

	it('nobody has another ID by a first list that the second one proves wrong', async () => {
		const people = [1, 2, 3].map((id) => member(id, `p${id}@b.c`));
		const watched = membersOf(people);
		await watched.poll();
		watched.peopleListings = { poll: () => listingOf([member(9, 'p1@b.c'), ...people.slice(1)]) };
		expect(await watched.events()).toEqual([]);
		watched.peopleListings = {};
		expect(await watched.events()).toEqual([]);
		expect(watched.known().map(({ id }) => id)).toEqual(['1', '2', '3']);
	});

	it('a person not confirmed who takes the address of a leaver is not the leaver', async () => {
		const people = [member(1, 'leaver@b.c'), member(2, 'other@b.c'), member(3, 'invited@b.c', { confirmed: false })];
		const watched = membersOf(people);
		await watched.poll();
		watched.remove(people[0]);
		watched.change(people[2], { email: 'leaver@b.c' });
		expect(await watched.events()).toEqual(['memberRemoved 1']);
		watched.change(people[2], { confirmed: true });
		expect(await watched.events()).toEqual(['memberAdded 3']);
	});
});
