import type { Person } from '../../../nodes/FreshBooksTrigger/changes/person';
import { DEPARTED_LIMIT } from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import { anInvitation, aPerson, listingOf, opened, somePeople, watching, Watched } from './fixtures';

/** Polls after one person changed and gives what was emitted, as `event: changes`. */
async function changesOf(fields: Partial<Person>, before: Partial<Person> = {}) {
	const [person, ...others] = [aPerson(before), ...somePeople(3)];
	const watched = await watching([person, ...others]);
	watched.change(person, fields);
	const items = await watched.items();
	return items.map(({ event, changes }) => ({ event, changes }));
}

describe('the first poll', () => {
	it('takes the baseline and emits nothing', async () => {
		const watched = new Watched(somePeople(3));
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [] });
		expect(watched.known()).toEqual(watched.people);
	});

	it('emits everyone as added when asked to', async () => {
		const watched = new Watched(somePeople(2));
		watched.settings.emitExisting = true;
		const items = await watched.items();
		expect(items.map(({ event, member, previous }) => ({ event, member, previous }))).toEqual(
			watched.people.map((member) => ({ event: 'memberAdded', member, previous: null })),
		);
		expect(await watched.items()).toEqual([]);
	});
});

describe('an item', () => {
	it('is what the contract says', async () => {
		const person = aPerson();
		const watched = await watching([person, ...somePeople(2)]);
		watched.change(person, { role: 'business_manager' });
		expect(await watched.items()).toEqual([
			{
				event: 'roleChanged',
				eventId: expect.stringMatching(/^[0-9a-f]{64}$/),
				detectedAt: '2026-11-21T10:16:00.000Z',
				business: { id: 6806492, name: 'BillSpring' },
				member: { ...person, role: 'business_manager' },
				previous: person,
				changes: { role: { from: 'business_employee', to: 'business_manager' } },
			},
		]);
	});

	it('shows the id of a business member as the number it is', async () => {
		const watched = new Watched([aPerson({ id: '1' }), aPerson({ id: '2' })]);
		watched.settings.source = 'businessMembers';
		await watched.poll();
		watched.change(watched.people[0], { id: '3' });
		const [item] = await watched.items();
		expect(item).toMatchObject({
			member: { id: 3 },
			previous: { id: 1 },
			changes: { id: { from: 1, to: 3 } },
		});
	});
});

describe('a change', () => {
	it('of the role is roleChanged, also to a role never heard of', async () => {
		expect(await changesOf({ role: '__proto__' })).toEqual([
			{ event: 'roleChanged', changes: { role: { from: 'business_employee', to: '__proto__' } } },
		]);
	});

	it('of being active is a deactivation or a reactivation', async () => {
		expect(await changesOf({ active: false })).toEqual([
			{ event: 'memberDeactivated', changes: { active: { from: true, to: false } } },
		]);
		expect(await changesOf({ active: true }, { active: false })).toEqual([
			{ event: 'memberReactivated', changes: { active: { from: false, to: true } } },
		]);
	});

	it('of name, address or identity is one update', async () => {
		expect(
			await changesOf(
				{ firstName: 'Mary', email: 'm@b.c', identityId: 5 },
				{ firstName: null, email: 'a@b.c', identityId: null },
			),
		).toEqual([
			{
				event: 'memberUpdated',
				changes: {
					email: { from: 'a@b.c', to: 'm@b.c' },
					firstName: { from: null, to: 'Mary' },
					identityId: { from: null, to: 5 },
				},
			},
		]);
	});

	it('of several kinds is one item per event, each with its own changes', async () => {
		const events = await changesOf({ role: 'owner', active: false, lastName: 'Roe' });
		expect(events.map(({ event, changes }) => [event, Object.keys(changes)])).toEqual([
			['memberUpdated', ['lastName']],
			['roleChanged', ['role']],
			['memberDeactivated', ['active']],
		]);
	});

	it('of updatedAt alone is none, but is remembered', async () => {
		const person = aPerson();
		const watched = await watching([person]);
		watched.change(person, { updatedAt: '2026-01-01T00:00:00Z' });
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toEqual(watched.people);
	});

	it('is found although updatedAt stands still', async () => {
		expect(await changesOf({ lastName: 'Roe' })).toHaveLength(1);
	});

	it('of being active does not hide behind an answer that leaves it out', async () => {
		const person = aPerson();
		const watched = await watching([person]);
		watched.change(person, { active: null });
		expect(await watched.items()).toEqual([]);
		watched.change(person, { active: true });
		expect(await watched.items()).toEqual([]);
		watched.change(person, { active: null });
		await watched.items();
		watched.change(person, { active: false });
		expect(await watched.events()).toEqual([`memberDeactivated ${person.id}`]);
	});

	it.each(['email', 'firstName', 'lastName', 'role', 'active', 'identityId', 'invitationAcceptedAt', 'updatedAt'] as const)(
		'is none where an answer leaves out %s, and what was last seen is kept',
		async (field) => {
			const person = aPerson();
			const watched = await watching([person, ...somePeople(2)]);
			watched.change(person, { [field]: null });
			expect(await watched.items()).toEqual([]);
			expect(watched.known()).toContainEqual(person);
			watched.people = watched.people.map((one) => (one.id === person.id ? person : one));
			expect(await watched.items()).toEqual([]);
		},
	);

	it('of a role is reported for who was added without one, and is none for who was always known without', async () => {
		const known = aPerson({ role: null });
		const watched = await watching([known, ...somePeople(2)]);
		const newcomer = aPerson({ role: null });
		watched.people.push(newcomer);
		expect(await watched.events()).toEqual([`memberAdded ${newcomer.id}`]);
		watched.change(known, { role: 'owner' });
		watched.change(newcomer, { role: 'owner' });
		expect(await watched.events()).toEqual([`roleChanged ${newcomer.id}`]);
	});

	it('is reported beside a field that is left out, without it', async () => {
		const person = aPerson();
		const watched = await watching([person]);
		watched.change(person, { role: null, lastName: 'Roe', firstName: null });
		expect(await watched.items()).toMatchObject([
			{ event: 'memberUpdated', member: { role: person.role, firstName: person.firstName }, changes: { lastName: { from: person.lastName, to: 'Roe' } } },
		]);
		watched.change(person, { role: 'owner' });
		expect(await watched.items()).toMatchObject([{ event: 'roleChanged', changes: { role: { from: person.role, to: 'owner' } } }]);
	});

	it('is none where an answer to a question by ID leaves fields out', async () => {
		const [person, ...others] = somePeople(5);
		const watched = await watching([person, ...others]);
		watched.people = others;
		watched.hidden = [{ ...person, role: null, firstName: null, active: null, email: null }];
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toContainEqual(person);
	});

	it('of being active is none when it was never known', async () => {
		expect(await changesOf({ active: false }, { active: null })).toEqual([]);
	});
});

describe('items', () => {
	it('come in the order of FreshBooks, removals last', async () => {
		const [first, second, third] = somePeople(3);
		const watched = await watching([first, second, third]);
		const newcomer = aPerson();
		watched.people = [{ ...third, role: 'owner' }, newcomer, { ...second, lastName: 'Roe' }];
		expect(await watched.events()).toEqual([
			`roleChanged ${third.id}`,
			`memberAdded ${newcomer.id}`,
			`memberUpdated ${second.id}`,
			`memberRemoved ${first.id}`,
		]);
	});

	it('are none when only the order changed', async () => {
		const people = somePeople(5);
		const watched = await watching(people);
		watched.people = [...people].reverse();
		expect(await watched.items()).toEqual([]);
		expect(watched.known()).toEqual(people);
	});

	it('are none for a row that comes twice', async () => {
		const [person, ...rest] = somePeople(3);
		const watched = await watching([person, ...rest]);
		const [changed, newcomer] = [{ ...person, role: 'owner' }, aPerson()];
		watched.peopleListings = {
			poll: () => listingOf([changed, ...rest, changed, newcomer, newcomer], { totals: [] }),
		};
		expect(await watched.events()).toEqual([
			`roleChanged ${changed.id}`,
			`memberAdded ${newcomer.id}`,
		]);
	});
});

describe('an event that is not chosen', () => {
	it('is not emitted, and yet what it would have reported is known', async () => {
		const people = somePeople(3);
		const watched = await watching(people);
		watched.settings.events = new Set(['memberRemoved']);
		const newcomer = aPerson();
		watched.people.push(newcomer);
		expect(await watched.items()).toEqual([]);
		watched.remove(newcomer);
		expect(await watched.events()).toEqual([`memberRemoved ${newcomer.id}`]);
	});
});

describe('an event ID', () => {
	async function idsOf(watched: Watched) {
		return (await watched.items()).map(({ eventId }) => eventId);
	}

	it('is the same when the change is found again after the stored state went back', async () => {
		const people = somePeople(4);
		const watched = await watching(people);
		const { stored } = watched;
		watched.change(people[0], { role: 'owner' });
		watched.remove(people[1]);
		watched.people.push(aPerson());
		const ids = await idsOf(watched);
		expect(new Set(ids).size).toBe(3);
		watched.stored = stored;
		expect(await idsOf(watched)).toEqual(ids);
	});

	it('is the same when two changes found apart are then found together', async () => {
		const [person] = somePeople(1);
		const watched = await watching([person]);
		const { stored } = watched;
		const ids: string[] = [];
		for (const fields of [{ lastName: 'Roe' }, { role: 'owner' }, { active: false }]) {
			watched.change(person, fields);
			ids.push(...(await idsOf(watched)));
		}
		watched.stored = stored;
		expect(await idsOf(watched)).toEqual(ids);
	});

	it('is another when the same kind of change happens again', async () => {
		const person = aPerson();
		const watched = await watching([person, ...somePeople(3)]);
		const ids: string[] = [];
		for (const role of ['owner', 'business_employee', 'owner', 'business_employee', 'owner']) {
			watched.change(person, { role });
			ids.push(...(await idsOf(watched)));
		}
		expect(ids).toHaveLength(5);
		expect(new Set(ids).size).toBe(5);
	});

	it('is another when the same person leaves or joins again', async () => {
		const [person, ...others] = somePeople(4);
		const watched = await watching([person, ...others]);
		const ids: string[] = [];
		for (let round = 0; round < 3; round++) {
			watched.people = others;
			ids.push(...(await idsOf(watched)));
			watched.people = [person, ...others];
			ids.push(...(await idsOf(watched)));
		}
		expect(ids).toHaveLength(6);
		expect(new Set(ids).size).toBe(6);
	});

	it('is another even when so many left in between that the first leaving is forgotten', async () => {
		const [person, ...others] = somePeople(4);
		const watched = await watching([person, ...others]);
		watched.settings.maxConfirmations = 10_000;
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		watched.people = others;
		const first = await idsOf(watched);
		watched.people = [...others, ...somePeople(DEPARTED_LIMIT + 5)];
		await watched.poll();
		watched.people = others;
		await watched.poll();
		expect(opened(watched.stored).departed.size).toBe(DEPARTED_LIMIT);
		expect(opened(watched.stored).departed.has(person.id)).toBe(false);
		watched.people = [person, ...others];
		await watched.poll();
		watched.people = others;
		const second = await idsOf(watched);
		expect(second).toHaveLength(1);
		expect(second).not.toEqual(first);
	});

	it('survives a new id of the same person', async () => {
		const [person] = somePeople(1);
		const renewed = { ...person, id: aPerson().id };
		const watched = await watching([person]);
		const { stored } = watched;
		const ids: string[] = [];
		for (const now of [
			{ ...person, active: false },
			{ ...renewed, active: false },
			{ ...renewed, active: false, role: 'owner' },
		]) {
			watched.people = [now];
			ids.push(...(await idsOf(watched)));
		}
		watched.stored = stored;
		expect((await idsOf(watched)).sort()).toEqual(ids.sort());
	});

	it('differs by trigger, for every event', async () => {
		const ids: string[] = [];
		const people = somePeople(8);
		for (const trigger of ['workflow 1: Trigger', 'workflow 2: Trigger']) {
			const watched = new Watched(people.slice(1));
			watched.settings = { ...watched.settings, trigger, emitExisting: true };
			watched.invitations = [anInvitation({ id: '1' })];
			ids.push(...(await idsOf(watched)));
			watched.people = [people[0], { ...people[1], role: 'x', lastName: 'y', active: false }, ...people.slice(3)];
			watched.invitations = [anInvitation({ id: '2' })];
			ids.push(...(await idsOf(watched)));
		}
		expect(ids).toHaveLength(2 * (7 + 7));
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('differs from one baseline to the next, for every event', async () => {
		const ids: string[] = [];
		const people = somePeople(8);
		for (const day of ['2026-11-21', '2026-11-22']) {
			const watched = new Watched(people.slice(1));
			watched.now = new Date(`${day}T10:00:00Z`);
			watched.settings = { ...watched.settings, emitExisting: true };
			watched.invitations = [anInvitation({ id: '1' })];
			ids.push(...(await idsOf(watched)));
			watched.people = [people[0], { ...people[1], role: 'x', lastName: 'y', active: false }, ...people.slice(3)];
			watched.invitations = [anInvitation({ id: '2' })];
			ids.push(...(await idsOf(watched)));
		}
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('is the same for the first poll done again', async () => {
		const watched = new Watched(somePeople(3));
		watched.settings.emitExisting = true;
		const { now } = watched;
		const ids = await idsOf(watched);
		watched.stored = undefined;
		watched.now = now;
		expect(await idsOf(watched)).toEqual(ids);
	});

	it('differs by business and source', async () => {
		const person = aPerson({ id: '7' });
		const ids: string[] = [];
		for (const source of ['teamMembers', 'businessMembers'] as const) {
			for (const id of [1, 2]) {
				const watched = await watching([]);
				watched.settings = { ...watched.settings, source, business: { id, name: 'B' } };
				watched.people = [person];
				ids.push(...(await idsOf(watched)));
			}
		}
		expect(new Set(ids).size).toBe(4);
	});
});
