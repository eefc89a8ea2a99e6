import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { ListedInvitation, Person, Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import {
	ALL_EVENTS,
	aPerson,
	anInvitation,
	anInvitedPerson,
	listingOf,
	opened,
	somePeople,
	watching,
	Watched,
} from './fixtures';

const INVITATION_EVENT = /^invitation/;

/** Later than the baselines of these tests. */
const ACCEPTED = '2026-11-21T10:15:30Z';

/** A business with members and one pending invitation, already polled. */
async function invitedTo(
	source: Source,
	people: readonly Person[] = [],
	invitation = anInvitation(),
): Promise<{ watched: Watched; invitation: ListedInvitation; reported: () => Promise<string[]> }> {
	const watched = new Watched([...somePeople(3), ...people]);
	watched.settings.source = source;
	watched.invitations = [invitation];
	await watched.poll();
	const reported = async () => eventsOf(await watched.items());
	return { watched, invitation, reported };
}

function eventsOf(items: readonly ChangeItem[]): string[] {
	return items.map(({ event }) => event).filter((event) => INVITATION_EVENT.test(event));
}

describe('an invitation', () => {
	it('that is new is created, once', async () => {
		const watched = new Watched(somePeople(2));
		await watched.poll();
		const invitation = anInvitation({ id: '55' });
		watched.invitations = [invitation];
		const [item] = await watched.items();
		expect(item).toEqual({
			event: 'invitationCreated',
			eventId: expect.stringMatching(/^[0-9a-f]{64}$/),
			detectedAt: expect.any(String),
			business: { id: 6806492, name: 'BillSpring' },
			invitation: { id: 55, email: invitation.email, role: 'employee', status: 'pending' },
			previous: null,
			changes: {},
		});
		expect(await watched.items()).toEqual([]);
	});

	it('is not listed while no invitation event is chosen, and starts from a baseline when one is', async () => {
		const watched = new Watched(somePeople(2));
		watched.invitations = [anInvitation()];
		watched.settings.events = new Set(['memberAdded']);
		await watched.poll();
		expect(watched.listings).toEqual(['people:poll']);
		watched.settings.events = ALL_EVENTS;
		expect(await watched.items()).toEqual([]);
		watched.invitations.push(anInvitation());
		expect(eventsOf(await watched.items())).toEqual(['invitationCreated']);
	});

	it('that went while its events were not chosen gives no event when they are chosen again', async () => {
		const { watched, reported } = await invitedTo('teamMembers');
		watched.settings.events = new Set(['memberAdded']);
		await watched.poll();
		watched.invitations = [];
		watched.settings.events = ALL_EVENTS;
		expect(await reported()).toEqual([]);
	});

	it('that cannot be listed leaves the events of people alone', async () => {
		const { watched, reported } = await invitedTo('teamMembers');
		const reason = new Error('404');
		watched.invitationListings = { poll: () => ({ unavailable: reason }) };
		watched.invitations = [];
		const newcomer = aPerson();
		watched.people.push(newcomer);
		const result = await watched.poll();
		expect(result.items).toHaveLength(1);
		expect(result.troubles).toEqual([{ kind: 'invitationsUnavailable', reason }]);
		watched.invitationListings = {};
		expect(await reported()).toEqual(['invitationRevoked']);
	});
});

describe.each(['teamMembers', 'businessMembers'] as const)('an acceptance, in %s', (source) => {
	const joined = (invitation: ListedInvitation) =>
		source === 'teamMembers'
			? aPerson({ email: invitation.email })
			: aPerson({ email: invitation.email, invitationAcceptedAt: null, identityId: null });

	it('is seen when the invitation is gone and its address a member', async () => {
		const { watched, invitation, reported } = await invitedTo(source);
		const member = joined({ ...invitation, email: invitation.email?.toUpperCase() ?? null });
		watched.people.push(member);
		watched.invitations = [];
		const items = await watched.items();
		expect(items.map(({ event }) => event)).toEqual(['memberAdded', 'invitationAccepted']);
		expect(items[1]).toMatchObject({
			member: { email: member.email },
			invitation: { id: Number(invitation.id), email: invitation.email, role: 'employee', status: 'pending' },
			previous: null,
		});
		expect(await reported()).toEqual([]);
	});

	it('is one when the member is seen a poll before the invitation goes', async () => {
		const { watched, invitation, reported } = await invitedTo(source);
		watched.people.push(joined(invitation));
		const seen = await reported();
		watched.invitations = [];
		seen.push(...(await reported()), ...(await reported()));
		expect(seen).toEqual(['invitationAccepted']);
	});

	it('is one when the invitation goes a poll before the member is seen', async () => {
		const { watched, invitation, reported } = await invitedTo(source);
		watched.invitations = [];
		const cut = { rows: [], totals: [], duplicates: 0, truncated: true };
		watched.peopleListings = { confirm: () => cut };
		expect(await reported()).toEqual([]);
		watched.peopleListings = {};
		watched.people.push(joined(invitation));
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationAccepted']);
	});
});

describe('an acceptance', () => {
	it('is seen from the date alone, without an invitation', async () => {
		const person = anInvitedPerson();
		const watched = new Watched([person, ...somePeople(2)]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		const items = await watched.items();
		expect(items).toEqual([
			expect.objectContaining({
				event: 'invitationAccepted',
				member: expect.objectContaining({ id: person.id }),
				invitation: { id: null, email: person.email, role: null, status: null },
				previous: person,
				changes: { invitationAcceptedAt: { from: null, to: ACCEPTED } },
			}),
		]);
	});

	it.each([
		['together', [{ date: true, gone: true }]],
		['date first', [{ date: true }, { gone: true }]],
		['invitation first', [{ gone: true }, { date: true }]],
	] as const)('of someone listed already is one: %s', async (_, steps) => {
		const invitation = anInvitation();
		const person = anInvitedPerson({ email: invitation.email });
		const { watched, reported } = await invitedTo('teamMembers', [person], invitation);
		const seen: string[] = [];
		for (const step of steps) {
			if ('gone' in step) watched.invitations = [];
			if ('date' in step) watched.change(person, { invitationAcceptedAt: ACCEPTED });
			seen.push(...(await reported()));
		}
		expect([...seen, ...(await reported())]).toEqual(['invitationAccepted']);
	});

	it('is one when the member comes without a date and the date later', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		const member = anInvitedPerson({ email: invitation.email });
		watched.people.push(member);
		watched.invitations = [];
		const seen = await reported();
		watched.change(member, { invitationAcceptedAt: ACCEPTED });
		expect([...seen, ...(await reported()), ...(await reported())]).toEqual(['invitationAccepted']);
	});

	it('has one id, whether its date is known yet or not', async () => {
		const { watched, invitation } = await invitedTo('teamMembers');
		const { stored } = watched;
		const member = aPerson({ email: invitation.email, invitationAcceptedAt: null });
		watched.people.push(member);
		watched.invitations = [];
		const idOf = (items: readonly ChangeItem[]) =>
			items.filter(({ event }) => event === 'invitationAccepted').map(({ eventId }) => eventId);
		const ids = idOf(await watched.items());
		watched.stored = stored;
		watched.change(member, { invitationAcceptedAt: ACCEPTED });
		expect(idOf(await watched.items())).toEqual(ids);
		expect(ids).toHaveLength(1);
	});

	it('gives no event when the same date comes back after an answer without it', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: null });
		expect(await watched.items()).toEqual([]);
		watched.people = [person];
		expect(await watched.items()).toEqual([]);
	});

	it('is another when the date is a later one', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		expect(eventsOf(await watched.items())).toEqual(['invitationAccepted']);
	});

	it('is none when the date is a later one from before the baseline', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: '2024-01-01T00:00:00Z' });
		expect(await watched.items()).toEqual([]);
	});

	it('is none when the date is an earlier one', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: '2022-01-01T00:00:00Z' });
		expect(await watched.items()).toEqual([]);
	});

	it('is one for two invitations of one person', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations.push(anInvitation({ email: invitation.email }));
		await watched.poll();
		watched.invitations = [];
		watched.people.push(aPerson({ email: invitation.email }));
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationAccepted']);
	});

	it('is not seen in FreshBooks listing someone who is only invited', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.people.push(anInvitedPerson({ email: invitation.email }));
		expect(await reported()).toEqual([]);
		watched.invitations = [];
		expect(await reported()).toEqual([]);
	});

	it('by date is reported once although the invitations cannot be listed then', async () => {
		const invitation = anInvitation();
		const person = anInvitedPerson({ email: invitation.email });
		const { watched, reported } = await invitedTo('teamMembers', [person], invitation);
		watched.invitationListings = { poll: () => ({ unavailable: 'down' }) };
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		const seen = await reported();
		watched.invitationListings = {};
		watched.invitations = [];
		expect([...seen, ...(await reported())]).toEqual(['invitationAccepted']);
	});
});

it('a person invited while still a member, who left and joined again, has accepted once the invitation goes', async () => {
	const person = aPerson({ id: '41', invitationAcceptedAt: null });
	const { watched, reported } = await invitedTo('businessMembers', [person], anInvitation({ email: person.email }));
	watched.remove(person);
	for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
	watched.people.push({ ...person, id: '42' });
	expect(await reported()).toEqual([]);
	watched.invitations = [];
	expect(await reported()).toEqual(['invitationAccepted']);
});

it('of a member whom a list leaves out as the invitation is first seen, its withdrawal is no acceptance', async () => {
	const watched = new Watched(somePeople(5));
	const [{ email }, ...others] = watched.people;
	watched.settings.events = new Set(['memberAdded']);
	await watched.poll();
	watched.hidden = watched.people.slice(0, 1);
	watched.peopleListings = { poll: () => listingOf(others) };
	const reported = async () => eventsOf(await watched.items());
	watched.settings.events = ALL_EVENTS;
	watched.invitations = [anInvitation({ email })];
	expect(await reported()).toEqual([]);
	watched.invitations.push(anInvitation({ email }));
	expect(await reported()).toEqual(['invitationCreated']);
	watched.peopleListings = {};
	expect(await reported()).toEqual([]);
	watched.invitations = [];
	for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
});

it('that went while its address was listed is not revoked when the member leaves while the invitations cannot be listed', async () => {
	const person = aPerson({ id: '41', invitationAcceptedAt: null });
	const { watched, reported } = await invitedTo('businessMembers', [person], anInvitation({ email: person.email }));
	watched.invitations = [];
	expect(await reported()).toEqual([]);
	watched.invitationListings = { poll: () => ({ unavailable: 'down' }) };
	expect(await reported()).toEqual([]);
	watched.remove(person);
	for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
	watched.invitationListings = {};
	for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
	expect(opened(watched.stored).invitations).toEqual([]);
});

describe('an invitation of which nothing is left to tell is not created once more', () => {
	/** One list leaves out what is pending; the next one has it again. */
	async function leavingOut(watched: Watched, reported: () => Promise<string[]>): Promise<string[][]> {
		watched.invitationListings = { poll: () => listingOf([]) };
		const first = await reported();
		watched.invitationListings = {};
		return [first, await reported(), await reported()];
	}

	it('by a list that leaves it out while its address is listed without having joined', async () => {
		const person = anInvitedPerson();
		const { watched, reported } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email }));
		expect(await leavingOut(watched, reported)).toEqual([[], [], []]);
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		watched.invitations = [];
		expect(await reported()).toEqual(['invitationAccepted']);
		for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
		expect(opened(watched.stored).invitations).toEqual([]);
	});

	it('by two lists that leave it out, when the second reading between the two had it', async () => {
		const person = anInvitedPerson();
		const { watched, reported } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email }));
		watched.invitations.push(anInvitation());
		expect(await reported()).toEqual(['invitationCreated']);
		const [listed, unlisted] = watched.invitations;
		watched.invitationListings = { poll: () => listingOf([]) };
		expect(await reported()).toEqual([]);
		watched.invitationListings = { poll: () => listingOf([unlisted]) };
		expect(await reported()).toEqual([]);
		watched.invitationListings = {};
		expect(await reported()).toEqual([]);
		expect(opened(watched.stored).invitations).toMatchObject([listed, unlisted].map(({ id }) => ({ invitation: { id } })));
	});

	it('by two lists that leave it out after its acceptance, when the second reading between the two had it', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.people.push(aPerson({ email: invitation.email, invitationAcceptedAt: ACCEPTED }));
		expect(await reported()).toEqual(['invitationAccepted']);
		watched.invitations.push(anInvitation());
		expect(await reported()).toEqual(['invitationCreated']);
		watched.invitationListings = { poll: () => listingOf([]) };
		expect(await reported()).toEqual([]);
		watched.invitationListings = { poll: () => listingOf(watched.invitations.slice(1)) };
		expect(await reported()).toEqual([]);
		watched.invitationListings = {};
		expect(await reported()).toEqual([]);
	});

	it('by a list that leaves it out after its acceptance', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.people.push(aPerson({ email: invitation.email, invitationAcceptedAt: ACCEPTED }));
		expect(await reported()).toEqual(['invitationAccepted']);
		expect(await leavingOut(watched, reported)).toEqual([[], [], []]);
	});

	it('by an old list after its acceptance', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.people.push(aPerson({ email: invitation.email, invitationAcceptedAt: ACCEPTED }));
		watched.invitations = [];
		expect(await reported()).toEqual(['invitationAccepted']);
		watched.invitations = [invitation];
		expect(await reported()).toEqual([]);
		watched.invitations = [];
		for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
		expect(opened(watched.stored).invitations).toEqual([]);
	});
});

describe('a revocation', () => {
	it('is seen when a second reading finds the invitation neither pending nor a member', async () => {
		const { watched, invitation } = await invitedTo('teamMembers');
		watched.invitations = [];
		const [item, ...rest] = await watched.items();
		expect(rest).toEqual([]);
		expect(item).toMatchObject({
			event: 'invitationRevoked',
			invitation: { id: Number(invitation.id), email: invitation.email, role: 'employee', status: 'pending' },
		});
		expect(watched.listings).toEqual([
			'invitations:poll',
			'people:poll',
			'invitations:confirm',
			'people:confirm',
		]);
		expect(await watched.items()).toEqual([]);
	});

	it('is none when the second reading finds it pending', async () => {
		const { watched, reported } = await invitedTo('teamMembers');
		watched.invitationListings = { poll: () => listingOf([]) };
		expect(await reported()).toEqual([]);
		watched.invitationListings = {};
		expect(await reported()).toEqual([]);
	});

	it('is an acceptance when the second reading finds a member', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations = [];
		const without = watched.people;
		watched.people = [...without, aPerson({ email: invitation.email })];
		watched.peopleListings = { poll: () => listingOf(without) };
		expect(await reported()).toEqual([]);
		watched.peopleListings = {};
		expect(await reported()).toEqual(['invitationAccepted']);
	});

	it('waits for the next poll when there is no second reading', async () => {
		const { watched, reported } = await invitedTo('teamMembers');
		watched.invitations = [];
		watched.invitationListings = { confirm: () => ({ unavailable: 'no time' }) };
		expect(await reported()).toEqual([]);
		expect(await reported()).toEqual(['invitationRevoked']);
	});

	it('is none where the second reading finds it pending, even one that is not complete', async () => {
		for (const list of ['peopleListings', 'invitationListings'] as const) {
			const { watched, invitation, reported } = await invitedTo('teamMembers');
			watched.invitationListings = { poll: () => listingOf([]) };
			if (list === 'peopleListings') watched.peopleListings = { confirm: () => listingOf([], { truncated: true }) };
			else watched.invitationListings.confirm = () => listingOf([invitation], { totals: [2] });
			expect(await reported()).toEqual([]);
			// The same once more is the first time again, as it was pending meanwhile.
			watched.invitationListings.confirm = () => ({ unavailable: 'no time' });
			expect(await reported()).toEqual([]);
		}
	});

	it('is none where the second reading at the people finds a member, even if the invitations cannot be listed again', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations = [];
		const without = watched.people;
		watched.people = [...without, aPerson({ email: invitation.email })];
		watched.peopleListings = { poll: () => listingOf(without) };
		watched.invitationListings = { confirm: () => ({ unavailable: 'no time' }) };
		// The second time is the first again, as the member was there meanwhile.
		for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
		watched.peopleListings = {};
		expect(await reported()).toEqual(['invitationAccepted']);
	});

	it('is none where a list had it pending while removals were held', async () => {
		const { watched, reported } = await invitedTo('teamMembers', somePeople(7));
		const [...people] = watched.people;
		const leavingOut = { poll: () => listingOf<ListedInvitation>([]), confirm: () => ({ unavailable: 'no time' }) };
		watched.invitationListings = leavingOut;
		expect(await reported()).toEqual([]);
		watched.invitationListings = {};
		watched.people = people.slice(4);
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld' }]);
		watched.people = people;
		watched.invitationListings = leavingOut;
		expect(await reported()).toEqual([]);
	});

	it('is looked for again in the next poll, too', async () => {
		const { watched, reported } = await invitedTo('teamMembers');
		watched.invitationListings = { poll: () => listingOf([]), confirm: () => ({ unavailable: 'no time' }) };
		expect(await reported()).toEqual([]);
		delete watched.invitationListings.confirm;
		expect(await reported()).toEqual([]);
	});

	it('is reported beside the creation when the same address is invited again', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations = [anInvitation({ email: invitation.email })];
		expect(await reported()).toEqual(['invitationCreated', 'invitationRevoked']);
	});
});

describe('one acceptance is reported once', () => {
	const joined = (source: Source, { email }: ListedInvitation) =>
		source === 'teamMembers' ? aPerson({ email, invitationAcceptedAt: ACCEPTED }) : aPerson({ email, invitationAcceptedAt: null, identityId: null });

	describe.each(['teamMembers', 'businessMembers'] as const)('%s', (source) => {
		it.each([
			['all at once', [[0, 1, 2]]],
			['one after the other', [[0], [1], [2]]],
			['the last first', [[2], [0, 1]]],
		])('of three invitations to one address, which end %s', async (_name, ends) => {
			const { watched, invitation, reported } = await invitedTo(source);
			watched.invitations.push(anInvitation({ email: invitation.email }), anInvitation({ email: invitation.email?.toUpperCase() }));
			await watched.poll();
			const [...invitations] = watched.invitations;
			watched.people.push(joined(source, invitation));
			const events: string[] = [];
			for (const end of ends) {
				watched.invitations = watched.invitations.filter((one) => !end.some((at) => invitations[at] === one));
				events.push(...(await reported()), ...(await reported()));
			}
			expect(events).toEqual(['invitationAccepted']);
		});

		it('when the invitation is sent again after it, and withdrawn', async () => {
			const { watched, invitation, reported } = await invitedTo(source);
			watched.people.push(joined(source, invitation));
			watched.invitations = [];
			const events = [...(await reported()), ...(await reported())];
			watched.invitations = [anInvitation({ email: invitation.email })];
			events.push(...(await reported()));
			watched.invitations = [];
			for (let poll = 0; poll < 3; poll++) events.push(...(await reported()));
			expect(events.filter((event) => event === 'invitationAccepted')).toHaveLength(1);
		});

		it('when the list keeps the invitation with a status that says so', async () => {
			const { watched, invitation, reported } = await invitedTo(source);
			watched.people.push(joined(source, invitation));
			watched.invitations = [{ ...invitation, status: 'accepted', state: 'ended' }];
			const events = [...(await reported()), ...(await reported())];
			watched.invitations = [];
			for (let poll = 0; poll < 3; poll++) events.push(...(await reported()));
			expect(events).toEqual(['invitationAccepted']);
		});
	});

	it('when the date comes long after a person joined without one', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		const member = aPerson({ email: invitation.email, invitationAcceptedAt: null });
		watched.people.push(member);
		watched.invitations = [];
		expect(await reported()).toEqual(['invitationAccepted']);
		for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
		watched.change(member, { invitationAcceptedAt: '2026-11-21T10:16:30Z' });
		expect([...(await reported()), ...(await reported())]).toEqual([]);
	});

	it('when the invitations are first listed in the poll that sees the date', async () => {
		const person = anInvitedPerson();
		const watched = new Watched([person, ...somePeople(3)]);
		watched.invitationListings = { poll: () => ({ unavailable: 'down' }) };
		await watched.poll();
		watched.invitationListings = {};
		watched.invitations = [anInvitation({ email: person.email })];
		watched.change(person, { invitationAcceptedAt: '2026-11-21T10:15:30Z' });
		expect(eventsOf(await watched.items())).toEqual(['invitationAccepted']);
		watched.invitations = [];
		for (let poll = 0; poll < 3; poll++) expect(await watched.items()).toEqual([]);
	});

	it.each([
		['an older date than the baseline', '2026-11-21T10:14:59Z', []],
		['a date of long ago', '2020-01-01T00:00:00Z', []],
		['a later date than the baseline', '2026-11-21T10:15:30.250Z', ['invitationAccepted']],
	])('%s, where none was known', async (_name, invitationAcceptedAt, events) => {
		const person = anInvitedPerson();
		const watched = new Watched([person, ...somePeople(2)]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt });
		expect(eventsOf(await watched.items())).toEqual(events);
		expect(eventsOf(await watched.items())).toEqual([]);
	});

	it('a date that is older than the baseline says nothing, though the invitation is older still', async () => {
		const person = anInvitedPerson();
		const { watched, reported } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email, invitedAt: '2026-11-01T10:00:00Z' }));
		watched.change(person, { invitationAcceptedAt: '2026-11-02T10:00:00Z' });
		expect([...(await reported()), ...(await reported())]).toEqual([]);
	});

	it('a date that is older than the invitation is of another one', async () => {
		const person = anInvitedPerson();
		const { watched, reported } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email, invitedAt: '2026-11-21T10:20:00Z' }));
		watched.change(person, { invitationAcceptedAt: '2026-11-21T10:19:00Z' });
		expect([...(await reported()), ...(await reported())]).toEqual([]);
	});

	it.each(['2023-01-24T17:17:56.000Z', '2023-01-24T17:17:56.731Z', '2023-01-24T17:17:56+00:00'])('a date written as %s is no other date', async (invitationAcceptedAt) => {
		const person = aPerson({ invitationAcceptedAt: '2023-01-24T17:17:56Z' });
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt });
		expect(await watched.items()).toEqual([]);
		watched.change(person, { invitationAcceptedAt: '2023-01-24T17:17:56Z' });
		expect(await watched.items()).toEqual([]);
	});
});

describe('only pending is pending', () => {
	it.each([
		['accepted', 'ended'],
		['expired', 'ended'],
		['bounced', 'unknown'],
	] as const)('an invitation first listed as %s is nothing to report', async (status, state) => {
		const { watched, reported } = await invitedTo('teamMembers');
		const [pending] = watched.invitations;
		watched.invitations = [pending, anInvitation({ status, state })];
		for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
		watched.invitations = [pending];
		for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
	});

	it.each(['cancelled', 'expired'])('an invitation listed as %s is revoked, once', async (status) => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations = [{ ...invitation, status, state: 'ended' }];
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationRevoked']);
		watched.invitations = [];
		for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
	});

	it('an invitation whose status says nothing waits for one that does', async () => {
		const { watched, invitation, reported } = await invitedTo('teamMembers');
		watched.invitations = [{ ...invitation, status: 'bounced', state: 'unknown' }];
		for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
		watched.invitations = [invitation];
		expect(await reported()).toEqual([]);
		watched.invitations = [];
		expect(await reported()).toEqual(['invitationRevoked']);
	});
});

describe('a business member who is not confirmed is no member yet', () => {
	const waiting = (fields: Partial<Person>) => aPerson({ identityId: null, invitationAcceptedAt: null, confirmed: false, ...fields });

	it('and has accepted when confirmed', async () => {
		const { watched, invitation, reported } = await invitedTo('businessMembers');
		const row = waiting({ id: '77', email: invitation.email });
		watched.people.push(row);
		for (let poll = 0; poll < 2; poll++) expect(await reported()).toEqual([]);
		watched.change(row, { confirmed: true });
		watched.invitations = [];
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationAccepted']);
	});

	it('and has not accepted when the invitation goes while the row stays', async () => {
		const invitation = anInvitation();
		const { watched, reported } = await invitedTo('businessMembers', [waiting({ id: '77', email: invitation.email })], invitation);
		watched.invitations = [];
		for (let poll = 0; poll < 3; poll++) expect(await reported()).not.toContain('invitationAccepted');
	});
});

describe('an invitation that ended while its address was listed without having joined', () => {
	it.each([1, 3])('is revoked when that row leaves %i polls later', async (polls) => {
		const invitation = anInvitation();
		const row = anInvitedPerson({ email: invitation.email });
		const { watched, reported } = await invitedTo('teamMembers', [row], invitation);
		watched.invitations = [];
		for (let poll = 0; poll < polls; poll++) expect(await reported()).toEqual([]);
		watched.remove(row);
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationRevoked']);
		expect(await reported()).toEqual([]);
	});

	it('waits as long as it is undecided whether that row is gone', async () => {
		const invitation = anInvitation();
		const row = anInvitedPerson({ email: invitation.email });
		const { watched, reported } = await invitedTo('teamMembers', [row], invitation);
		watched.lookUp = () => ({ answer: 'unknown', said: 'HTTP 403' });
		watched.invitations = [];
		watched.remove(row);
		for (let poll = 0; poll < 4; poll++) expect(await reported()).toEqual([]);
		watched.lookUp = undefined;
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationRevoked']);
	});

	it('is accepted when that row gets a date later', async () => {
		const invitation = anInvitation();
		const row = anInvitedPerson({ email: invitation.email });
		const { watched, reported } = await invitedTo('teamMembers', [row], invitation);
		watched.invitations = [];
		for (let poll = 0; poll < 3; poll++) expect(await reported()).toEqual([]);
		watched.change(row, { invitationAcceptedAt: '2026-11-21T10:19:00Z', identityId: 5 });
		expect([...(await reported()), ...(await reported())]).toEqual(['invitationAccepted']);
	});
});

describe('invitations that vanish all at once', () => {
	async function invitedMany(count: number): Promise<{ watched: Watched; invitations: ListedInvitation[] }> {
		const watched = new Watched(somePeople(3));
		const invitations = Array.from({ length: count }, () => anInvitation());
		watched.invitations = invitations;
		await watched.poll();
		return { watched, invitations };
	}

	it('are held like people, reported once an hour, and nothing else of the business waits', async () => {
		const { watched, invitations } = await invitedMany(10);
		watched.invitations = [];
		const newcomer = aPerson();
		watched.people.push(newcomer);
		const { items, troubles } = await watched.poll();
		expect(items.map(({ event }) => event)).toEqual(['memberAdded']);
		expect(troubles).toEqual([
			{ kind: 'removalsHeld', list: 'invitations', confirmed: 10, unconfirmed: 0, known: 10, limit: { maxRemovals: 20, unit: 'percent' }, isDue: true },
		]);
		const reports: number[] = [];
		for (let minute = 1; minute < 65; minute++)
			for (const trouble of (await watched.poll()).troubles) if (trouble.kind === 'removalsHeld' && trouble.isDue) reports.push(minute);
		expect(reports).toEqual([60]);
		watched.invitations = invitations;
		expect(await watched.poll()).toMatchObject({ items: [], troubles: [] });
		expect(opened(watched.stored).invitations).toHaveLength(10);
	});

	it('are revoked when the limit is raised, and looked for once more', async () => {
		const { watched, invitations } = await invitedMany(10);
		watched.invitations = [];
		expect(await watched.events()).toEqual([]);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		watched.invitationListings = { poll: () => listingOf([]) };
		watched.invitations = invitations.slice(0, 1);
		expect(eventsOf(await watched.items())).toHaveLength(9);
		watched.invitationListings = {};
		expect(await watched.items()).toEqual([]);
	});

	it('are looked for twice again after a hold', async () => {
		const { watched, invitations } = await invitedMany(10);
		watched.invitations = [];
		expect(await watched.events()).toEqual([]);
		watched.settings.removalLimit = { maxRemovals: 100, unit: 'percent' };
		watched.invitations = invitations;
		watched.invitationListings = { poll: () => listingOf([]), confirm: () => ({ unavailable: 'no time' }) };
		expect(await watched.items()).toEqual([]);
		watched.invitationListings = {};
		expect(await watched.items()).toEqual([]);
	});

	it('are not held when most of them were accepted', async () => {
		const { watched, invitations } = await invitedMany(10);
		watched.invitations = [];
		watched.people.push(...invitations.slice(1).map(({ email }) => aPerson({ email, invitationAcceptedAt: ACCEPTED })));
		const events = eventsOf(await watched.items());
		expect(events.filter((event) => event === 'invitationAccepted')).toHaveLength(9);
		expect(events.filter((event) => event === 'invitationRevoked')).toHaveLength(1);
	});
});

it('a date that the answer left out when a person with an identity was added is no acceptance', async () => {
	const watched = await watching(somePeople(3));
	const joined = aPerson({ invitationAcceptedAt: null });
	watched.people.push(joined);
	expect(await watched.events()).toEqual([`memberAdded ${joined.id}`]);
	watched.change(joined, { invitationAcceptedAt: new Date(watched.now.getTime() + 1000).toISOString() });
	expect(await watched.events()).toEqual([]);
});

it('a person with an identity and without a date accepts an invitation sent since, when the date comes', async () => {
	const member = aPerson({ invitationAcceptedAt: null });
	const watched = await watching([member, ...somePeople(3)]);
	watched.invitations = [anInvitation({ email: member.email, invitedAt: '2026-11-21T10:15:30Z' })];
	expect(await watched.events()).toHaveLength(1);
	watched.change(member, { invitationAcceptedAt: '2026-11-21T10:17:00Z' });
	expect(eventsOf(await watched.items())).toEqual(['invitationAccepted']);
});

it('a date that comes after the role changed is still of the acceptance that was reported without it', async () => {
	const { watched, invitation, reported } = await invitedTo('businessMembers');
	const joined = aPerson({ email: invitation.email, identityId: null, invitationAcceptedAt: null });
	watched.people.push(joined);
	watched.invitations = [];
	expect(await reported()).toEqual(['invitationAccepted']);
	watched.change(joined, { role: 'owner' });
	expect(await watched.events()).toEqual([`roleChanged ${joined.id}`]);
	watched.change(joined, { invitationAcceptedAt: '2026-11-21T10:17:00Z' });
	expect(await reported()).toEqual([]);
});

it('a person who is invited and joins between two polls accepts when the invitation ends', async () => {
	const watched = await watching(somePeople(3));
	const invitation = anInvitation();
	watched.invitations = [invitation];
	watched.people.push(aPerson({ email: invitation.email, invitationAcceptedAt: null }));
	expect(eventsOf(await watched.items())).toEqual(['invitationCreated']);
	watched.invitations = [];
	expect(eventsOf(await watched.items())).toEqual(['invitationAccepted']);
});

it('the successor of a member accepts the invitation that was sent to the address while the member was there', async () => {
	const leaver = aPerson();
	const { watched, invitation } = await invitedTo('teamMembers', [leaver], anInvitation({ email: leaver.email }));
	const successor = aPerson({ email: invitation.email, invitationAcceptedAt: null });
	watched.remove(leaver);
	watched.people.push(successor);
	watched.invitations = [];
	expect(await watched.events()).toEqual([`memberAdded ${successor.id}`, `invitationAccepted ${successor.id}`, `memberRemoved ${leaver.id}`]);
});

it('a member with a new ID accepts nothing when an invitation to them ends', async () => {
	const member = aPerson();
	const { watched } = await invitedTo('teamMembers', [member], anInvitation({ email: member.email }));
	watched.remove(member);
	watched.people.push({ ...member, id: 'a-new-id' });
	watched.invitations = [];
	expect(await watched.events()).toEqual(['memberUpdated a-new-id']);
});

it('of two rows with one address the one that has joined accepts', async () => {
	const { watched, invitation } = await invitedTo('teamMembers');
	const [row, joined] = [anInvitedPerson({ email: invitation.email }), aPerson({ email: invitation.email, invitationAcceptedAt: ACCEPTED })];
	watched.people.push(row, joined);
	watched.invitations = [];
	expect(await watched.events()).toEqual([`memberAdded ${joined.id}`, `invitationAccepted ${joined.id}`]);
});

it('a list that has the row of an invited person lies between two that have neither: nothing is revoked', async () => {
	const { watched, invitation, reported } = await invitedTo('businessMembers');
	const row = aPerson({ id: '77', email: invitation.email, identityId: null, invitationAcceptedAt: null, confirmed: false });
	const cut = () => listingOf<Person>([], { truncated: true });
	watched.invitations = [];
	watched.peopleListings = { confirm: cut };
	expect(await reported()).toEqual([]);
	watched.people.push(row);
	expect(await reported()).toEqual([]);
	watched.peopleListings = { poll: () => listingOf(watched.people.slice(0, -1)), confirm: cut };
	expect(await reported()).toEqual([]);
	watched.peopleListings = {};
	watched.change(row, { confirmed: true });
	expect(await reported()).toEqual(['invitationAccepted']);
});
