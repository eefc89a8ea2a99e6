import type { ChangeItem, EventName } from '../../../nodes/FreshBooksTrigger/changes/events';
import { EVENTS } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { Listing, ListingPurpose } from '../../../nodes/FreshBooksTrigger/changes/listing';
import type { LookUp } from '../../../nodes/FreshBooksTrigger/changes/decide';
import type { ListedInvitation, PendingInvitation, Person } from '../../../nodes/FreshBooksTrigger/changes/person';
import type {
	BusinessPoll,
	BusinessPort,
	PollSettings,
} from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import { pollBusiness } from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import type { Snapshot } from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import { openSnapshot, personOf } from '../../../nodes/FreshBooksTrigger/changes/snapshot';

export const ACCEPTED = '2023-01-24T17:17:56Z';

let lastNumber = 0;

/** A person with an id and an address of their own. */
export function aPerson(fields: Partial<Person> = {}): Person {
	const number = (lastNumber += 1);
	return {
		id: `dd6392d0-0639-40bd-9502-${number.toString(16).padStart(12, '0')}`,
		email: `person${number}@billspring.com`,
		firstName: 'Jo',
		lastName: `Doe ${number}`,
		role: 'business_employee',
		active: true,
		identityId: 700_000 + number,
		invitationAcceptedAt: ACCEPTED,
		updatedAt: '2023-03-01T09:45:42Z',
		...fields,
	};
}

export function somePeople(count: number): Person[] {
	return Array.from({ length: count }, () => aPerson());
}

/** Someone FreshBooks lists who has not accepted their invitation. */
export function anInvitedPerson(fields: Partial<Person> = {}): Person {
	return aPerson({ identityId: null, invitationAcceptedAt: null, ...fields });
}

export function anInvitation(fields: Partial<ListedInvitation> = {}): ListedInvitation {
	const number = (lastNumber += 1);
	return {
		id: `${number}`,
		email: `invited${number}@billspring.com`,
		role: 'employee',
		status: 'pending',
		state: 'pending',
		invitedAt: null,
		...fields,
	};
}

export function listingOf<Row>(rows: readonly Row[], fields: Partial<Listing<Row>> = {}): Listing<Row> {
	return { rows: [...rows], totals: [rows.length], duplicates: 0, truncated: false, ...fields };
}

export const ALL_EVENTS: ReadonlySet<EventName> = new Set(EVENTS);

/**
 * One business of a FreshBooks that does as it is asked, and a trigger that polls it. `people` are
 * both listed and found by id; `hidden` are missing from the lists but found by id.
 */
export class Watched {
	people: Person[] = [];

	hidden: Person[] = [];

	invitations: ListedInvitation[] = [];

	/** What a listing gives instead, by purpose. */
	peopleListings: Partial<Record<ListingPurpose, () => Listing<Person>>> = {};

	invitationListings: Partial<
		Record<ListingPurpose, () => Listing<ListedInvitation> | { unavailable: unknown }>
	> = {};

	/** What asking by id gives instead. */
	lookUp: ((id: string) => LookUp) | undefined;

	now = new Date('2026-11-21T10:15:00.000Z');

	settings: PollSettings = {
		trigger: 'workflow 1: Trigger',
		business: { id: 6806492, name: 'BillSpring' },
		source: 'teamMembers',
		events: ALL_EVENTS,
		emitExisting: false,
		removalLimit: { maxRemovals: 20, unit: 'percent' },
		maxConfirmations: 50,
	};

	stored: unknown;

	asked: string[][] = [];

	listings: string[] = [];

	private readonly port: BusinessPort = {
		listPeople: async (purpose) => {
			this.listings.push(`people:${purpose}`);
			return this.peopleListings[purpose]?.() ?? listingOf(this.people);
		},
		listInvitations: async (purpose) => {
			this.listings.push(`invitations:${purpose}`);
			return this.invitationListings[purpose]?.() ?? listingOf(this.invitations);
		},
		lookUpMembers: async (ids) => {
			this.asked.push([...ids]);
			return ids.map((id) => this.answerTo(id));
		},
		now: () => this.now,
	};

	constructor(people: readonly Person[] = []) {
		this.people = [...people];
	}

	private answerTo(id: string): LookUp {
		if (this.lookUp !== undefined) return this.lookUp(id);
		const person = [...this.people, ...this.hidden].find((one) => one.id === id);
		return person === undefined ? { answer: 'gone' } : { answer: 'found', person };
	}

	/** One poll; what it returns is stored as n8n stores it: as JSON. */
	async poll(): Promise<BusinessPoll> {
		this.asked = [];
		this.listings = [];
		const result = await pollBusiness(this.port, this.stored, this.settings);
		if (result.snapshot !== undefined) this.stored = JSON.parse(JSON.stringify(result.snapshot));
		this.now = new Date(this.now.getTime() + 60_000);
		return result;
	}

	/** The items of one poll. */
	async items(): Promise<ChangeItem[]> {
		return (await this.poll()).items;
	}

	/** The events of one poll with the id of whom they are about. */
	async events(): Promise<string[]> {
		return (await this.items()).map(eventLine);
	}

	change(person: Person, fields: Partial<Person>): void {
		this.people = this.people.map((one) => (one.id === person.id ? { ...one, ...fields } : one));
	}

	remove(...people: Person[]): void {
		const ids = new Set(people.map(({ id }) => id));
		this.people = this.people.filter(({ id }) => !ids.has(id));
	}

	known(): Person[] {
		return peopleIn(this.stored);
	}
}

export function eventLine({ event, member, invitation }: ChangeItem): string {
	return `${event} ${member?.id ?? invitation?.id}`;
}

/** A business already polled once. */
export async function watching(people: readonly Person[]): Promise<Watched> {
	const watched = new Watched(people);
	await watched.poll();
	return watched;
}

export function opened(stored: unknown): Snapshot {
	const snapshot = openSnapshot(stored);
	if (snapshot === undefined || snapshot === 'damaged') throw new Error('no snapshot to open');
	return snapshot;
}

/** Everybody a stored snapshot knows. */
export function peopleIn(stored: unknown): Person[] {
	return [...opened(stored).people.values()].map(personOf);
}

/** The invitations that a stored snapshot knows. */
export function invitationsIn(stored: unknown): PendingInvitation[] {
	return (opened(stored).invitations ?? []).map(({ invitation }) => invitation);
}
