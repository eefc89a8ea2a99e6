import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { PendingInvitation, Person, Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import {
	ACCEPTED,
	ALL_EVENTS,
	aPerson,
	anInvitation,
	anInvitedPerson,
	listingOf,
	opened,
	somePeople,
	Watched,
} from './fixtures';

const INVITATION_EVENT = /^invitation/;

/** A business with members and one pending invitation, already polled. */
async function invitedTo(
	source: Source,
	people: readonly Person[] = [],
	invitation = anInvitation(),
): Promise<{ watched: Watched; invitation: PendingInvitation; told: () => Promise<string[]> }> {
	const watched = new Watched([...somePeople(3), ...people]);
	watched.settings.source = source;
	watched.invitations = [invitation];
	await watched.poll();
	const told = async () => eventsOf(await watched.items());
	return { watched, invitation, told };
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
			invitation: { ...invitation, id: 55 },
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

	it('that went while its events were not chosen is no news when they are chosen again', async () => {
		const { watched, told } = await invitedTo('teamMembers');
		watched.settings.events = new Set(['memberAdded']);
		await watched.poll();
		watched.invitations = [];
		watched.settings.events = ALL_EVENTS;
		expect(await told()).toEqual([]);
	});

	it('that cannot be listed leaves the events of people alone', async () => {
		const { watched, told } = await invitedTo('teamMembers');
		const reason = new Error('404');
		watched.invitationListings = { poll: () => ({ unavailable: reason }) };
		watched.invitations = [];
		const newcomer = aPerson();
		watched.people.push(newcomer);
		const result = await watched.poll();
		expect(result.items).toHaveLength(1);
		expect(result.troubles).toEqual([{ kind: 'invitationsUnavailable', reason }]);
		watched.invitationListings = {};
		expect(await told()).toEqual(['invitationRevoked']);
	});
});

describe.each(['teamMembers', 'businessMembers'] as const)('an acceptance, in %s', (source) => {
	const joined = (invitation: PendingInvitation) =>
		source === 'teamMembers'
			? aPerson({ email: invitation.email })
			: aPerson({ email: invitation.email, invitationAcceptedAt: null, identityId: null });

	it('is seen when the invitation is gone and its address a member', async () => {
		const { watched, invitation, told } = await invitedTo(source);
		const member = joined({ ...invitation, email: invitation.email?.toUpperCase() ?? null });
		watched.people.push(member);
		watched.invitations = [];
		const items = await watched.items();
		expect(items.map(({ event }) => event)).toEqual(['memberAdded', 'invitationAccepted']);
		expect(items[1]).toMatchObject({
			member: { email: member.email },
			invitation: { ...invitation, id: Number(invitation.id) },
			previous: null,
		});
		expect(await told()).toEqual([]);
	});

	it('is one when the member is seen a poll before the invitation goes', async () => {
		const { watched, invitation, told } = await invitedTo(source);
		watched.people.push(joined(invitation));
		const seen = await told();
		watched.invitations = [];
		seen.push(...(await told()), ...(await told()));
		expect(seen).toEqual(['invitationAccepted']);
	});

	it('is one when the invitation goes a poll before the member is seen', async () => {
		const { watched, invitation, told } = await invitedTo(source);
		watched.invitations = [];
		const cut = { rows: [], totals: [], duplicates: 0, truncated: true };
		watched.peopleListings = { confirm: () => cut };
		expect(await told()).toEqual([]);
		watched.peopleListings = {};
		watched.people.push(joined(invitation));
		expect([...(await told()), ...(await told())]).toEqual(['invitationAccepted']);
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
		const { watched, told } = await invitedTo('teamMembers', [person], invitation);
		const seen: string[] = [];
		for (const step of steps) {
			if ('gone' in step) watched.invitations = [];
			if ('date' in step) watched.change(person, { invitationAcceptedAt: ACCEPTED });
			seen.push(...(await told()));
		}
		expect([...seen, ...(await told())]).toEqual(['invitationAccepted']);
	});

	it('is one when the member comes without a date and the date later', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		const member = anInvitedPerson({ email: invitation.email });
		watched.people.push(member);
		watched.invitations = [];
		const seen = await told();
		watched.change(member, { invitationAcceptedAt: ACCEPTED });
		expect([...seen, ...(await told()), ...(await told())]).toEqual(['invitationAccepted']);
	});

	it('has one id, whether its date is known yet or not', async () => {
		const { watched, invitation } = await invitedTo('teamMembers');
		const { stored } = watched;
		const member = anInvitedPerson({ email: invitation.email });
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

	it('is no news when the same date comes back after an answer without it', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: null });
		expect(await watched.items()).toEqual([]);
		expect((await watched.known())[0].invitationAcceptedAt).toBeNull();
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		expect(await watched.items()).toEqual([]);
	});

	it('is another when the date is a later one', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: '2024-01-01T00:00:00Z' });
		expect(eventsOf(await watched.items())).toEqual(['invitationAccepted']);
	});

	it('is none when the date is an earlier one', async () => {
		const person = aPerson();
		const watched = new Watched([person]);
		await watched.poll();
		watched.change(person, { invitationAcceptedAt: '2022-01-01T00:00:00Z' });
		expect(await watched.items()).toEqual([]);
	});

	it('is one for two invitations of one person', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.invitations.push(anInvitation({ email: invitation.email }));
		await watched.poll();
		watched.invitations = [];
		watched.people.push(aPerson({ email: invitation.email }));
		expect([...(await told()), ...(await told())]).toEqual(['invitationAccepted']);
	});

	it('is not seen in FreshBooks listing someone who is only invited', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.people.push(anInvitedPerson({ email: invitation.email }));
		expect(await told()).toEqual([]);
		watched.invitations = [];
		expect(await told()).toEqual([]);
	});

	it('by date is told once although the invitations cannot be listed then', async () => {
		const invitation = anInvitation();
		const person = anInvitedPerson({ email: invitation.email });
		const { watched, told } = await invitedTo('teamMembers', [person], invitation);
		watched.invitationListings = { poll: () => ({ unavailable: 'down' }) };
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		const seen = await told();
		watched.invitationListings = {};
		watched.invitations = [];
		expect([...seen, ...(await told())]).toEqual(['invitationAccepted']);
	});
});

it('somebody invited while still a member, who left and joined again, has accepted once the invitation goes', async () => {
	const person = aPerson({ id: '41', invitationAcceptedAt: null });
	const { watched, told } = await invitedTo('businessMembers', [person], anInvitation({ email: person.email }));
	watched.remove(person);
	for (let poll = 0; poll < 2; poll++) expect(await told()).toEqual([]);
	watched.people.push({ ...person, id: '42' });
	expect(await told()).toEqual([]);
	watched.invitations = [];
	expect(await told()).toEqual(['invitationAccepted']);
});

it('of a member whom a list leaves out as the invitation is first seen, its withdrawal is no acceptance', async () => {
	const watched = new Watched(somePeople(5));
	const [{ email }, ...others] = watched.people;
	watched.settings.events = new Set(['memberAdded']);
	await watched.poll();
	watched.hidden = watched.people.slice(0, 1);
	watched.peopleListings = { poll: () => listingOf(others) };
	const told = async () => eventsOf(await watched.items());
	watched.settings.events = ALL_EVENTS;
	watched.invitations = [anInvitation({ email })];
	expect(await told()).toEqual([]);
	watched.invitations.push(anInvitation({ email }));
	expect(await told()).toEqual(['invitationCreated']);
	watched.peopleListings = {};
	expect(await told()).toEqual([]);
	watched.invitations = [];
	for (let poll = 0; poll < 3; poll++) expect(await told()).toEqual([]);
});

it('that went while its address was listed is not revoked when the member leaves while the invitations cannot be listed', async () => {
	const person = aPerson({ id: '41', invitationAcceptedAt: null });
	const { watched, told } = await invitedTo('businessMembers', [person], anInvitation({ email: person.email }));
	watched.invitations = [];
	expect(await told()).toEqual([]);
	watched.invitationListings = { poll: () => ({ unavailable: 'down' }) };
	expect(await told()).toEqual([]);
	watched.remove(person);
	for (let poll = 0; poll < 2; poll++) expect(await told()).toEqual([]);
	watched.invitationListings = {};
	for (let poll = 0; poll < 3; poll++) expect(await told()).toEqual([]);
	expect((await opened(watched.stored)).invitations).toEqual([]);
});

describe('an invitation of which nothing is left to tell is not created once more', () => {
	/** One list leaves out what is pending; the next one has it again. */
	async function leavingOut(watched: Watched, told: () => Promise<string[]>): Promise<string[][]> {
		watched.invitationListings = { poll: () => listingOf([]) };
		const first = await told();
		watched.invitationListings = {};
		return [first, await told(), await told()];
	}

	it('by a list that leaves it out while its address is listed without having joined', async () => {
		const person = anInvitedPerson();
		const { watched, told } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email }));
		expect(await leavingOut(watched, told)).toEqual([[], [], []]);
		watched.change(person, { invitationAcceptedAt: ACCEPTED });
		watched.invitations = [];
		expect(await told()).toEqual(['invitationAccepted']);
		for (let poll = 0; poll < 3; poll++) expect(await told()).toEqual([]);
		expect((await opened(watched.stored)).invitations).toEqual([]);
	});

	it('by two lists that leave it out, when the second look between the two had it', async () => {
		const person = anInvitedPerson();
		const { watched, told } = await invitedTo('teamMembers', [person], anInvitation({ email: person.email }));
		watched.invitations.push(anInvitation());
		expect(await told()).toEqual(['invitationCreated']);
		const [listed, unlisted] = watched.invitations;
		watched.invitationListings = { poll: () => listingOf([]) };
		expect(await told()).toEqual([]);
		watched.invitationListings = { poll: () => listingOf([unlisted]) };
		expect(await told()).toEqual([]);
		watched.invitationListings = {};
		expect(await told()).toEqual([]);
		expect((await opened(watched.stored)).invitations?.map(({ invitation }) => invitation)).toEqual([listed, unlisted]);
	});

	it('by a list that leaves it out after its acceptance', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.people.push(aPerson({ email: invitation.email }));
		expect(await told()).toEqual(['invitationAccepted']);
		expect(await leavingOut(watched, told)).toEqual([[], [], []]);
	});

	it('by an old list after its acceptance', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.people.push(aPerson({ email: invitation.email }));
		watched.invitations = [];
		expect(await told()).toEqual(['invitationAccepted']);
		watched.invitations = [invitation];
		expect(await told()).toEqual([]);
		watched.invitations = [];
		for (let poll = 0; poll < 3; poll++) expect(await told()).toEqual([]);
		expect((await opened(watched.stored)).invitations).toEqual([]);
	});
});

describe('a revocation', () => {
	it('is seen when a second look finds the invitation neither pending nor a member', async () => {
		const { watched, invitation } = await invitedTo('teamMembers');
		watched.invitations = [];
		const [item, ...rest] = await watched.items();
		expect(rest).toEqual([]);
		expect(item).toMatchObject({
			event: 'invitationRevoked',
			invitation: { ...invitation, id: Number(invitation.id) },
		});
		expect(watched.listings).toEqual([
			'invitations:poll',
			'people:poll',
			'invitations:confirm',
			'people:confirm',
		]);
		expect(await watched.items()).toEqual([]);
	});

	it('is none when the second look finds it pending', async () => {
		const { watched, told } = await invitedTo('teamMembers');
		watched.invitationListings = { poll: () => listingOf([]) };
		expect(await told()).toEqual([]);
		watched.invitationListings = {};
		expect(await told()).toEqual([]);
	});

	it('is an acceptance when the second look finds a member', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.invitations = [];
		const without = watched.people;
		watched.people = [...without, aPerson({ email: invitation.email })];
		watched.peopleListings = { poll: () => listingOf(without) };
		expect(await told()).toEqual([]);
		watched.peopleListings = {};
		expect(await told()).toEqual(['invitationAccepted']);
	});

	it('waits for the next poll when there is no second look', async () => {
		const { watched, told } = await invitedTo('teamMembers');
		watched.invitations = [];
		watched.invitationListings = { confirm: () => ({ unavailable: 'no time' }) };
		expect(await told()).toEqual([]);
		expect(await told()).toEqual(['invitationRevoked']);
	});

	it('is none where the second look finds it pending, even one that is not complete', async () => {
		for (const list of ['peopleListings', 'invitationListings'] as const) {
			const { watched, invitation, told } = await invitedTo('teamMembers');
			watched.invitationListings = { poll: () => listingOf([]) };
			if (list === 'peopleListings') watched.peopleListings = { confirm: () => listingOf([], { truncated: true }) };
			else watched.invitationListings.confirm = () => listingOf([invitation], { totals: [2] });
			expect(await told()).toEqual([]);
			// The same once more is the first time again, as it was pending meanwhile.
			watched.invitationListings.confirm = () => ({ unavailable: 'no time' });
			expect(await told()).toEqual([]);
		}
	});

	it('is none where the second look at the people finds a member, even if the invitations cannot be listed again', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.invitations = [];
		const without = watched.people;
		watched.people = [...without, aPerson({ email: invitation.email })];
		watched.peopleListings = { poll: () => listingOf(without) };
		watched.invitationListings = { confirm: () => ({ unavailable: 'no time' }) };
		// The second time is the first again, as the member was there meanwhile.
		for (let poll = 0; poll < 2; poll++) expect(await told()).toEqual([]);
		watched.peopleListings = {};
		expect(await told()).toEqual(['invitationAccepted']);
	});

	it('is none where a list had it pending while removals were held back', async () => {
		const { watched, told } = await invitedTo('teamMembers', somePeople(7));
		const [...people] = watched.people;
		const leavingOut = { poll: () => listingOf<PendingInvitation>([]), confirm: () => ({ unavailable: 'no time' }) };
		watched.invitationListings = leavingOut;
		expect(await told()).toEqual([]);
		watched.invitationListings = {};
		watched.people = people.slice(4);
		expect((await watched.poll()).troubles).toMatchObject([{ kind: 'removalsHeld' }]);
		watched.people = people;
		watched.invitationListings = leavingOut;
		expect(await told()).toEqual([]);
	});

	it('is looked for again in the next poll, too', async () => {
		const { watched, told } = await invitedTo('teamMembers');
		watched.invitationListings = { poll: () => listingOf([]), confirm: () => ({ unavailable: 'no time' }) };
		expect(await told()).toEqual([]);
		delete watched.invitationListings.confirm;
		expect(await told()).toEqual([]);
	});

	it('is told beside the creation when the same address is invited again', async () => {
		const { watched, invitation, told } = await invitedTo('teamMembers');
		watched.invitations = [anInvitation({ email: invitation.email })];
		expect(await told()).toEqual(['invitationCreated', 'invitationRevoked']);
	});
});
