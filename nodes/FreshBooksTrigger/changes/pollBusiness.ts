import { exceeds, type RemovalLimit } from '../../FreshBooks/people/removalLimit';
import type { Comparison } from './compare';
import { comparePeople, hasNewAlias } from './compare';
import type { LongUndecided, LookUp, MissingPerson, Outcomes } from './decide';
import { countSecondList, longUndecided, missingPeople, needsSecondList, outcomesOf, peopleToAsk, undecidedTogether } from './decide';
import type { Business, ChangeItem, EventName, ItemContext } from './events';
import { INVITATION_EVENTS, invitationItem, personItems, turnsAfter } from './events';
import type { InvitationChanges, KnownInvitation, Membership, SecondReading } from './invitations';
import { newlyListed, followInvitations, followWithoutList, mayBeRevoked, pendingIdsOf } from './invitations';
import type { IncompleteListing, Listing, ListingPurpose, Reading } from './listing';
import { problemOf, readCompletely } from './listing';
import type { ListedInvitation, Person, Source } from './person';
import { addressOf, hasJoined, idKey } from './person';
import { DAY_MS, HOUR_MS, isReportDue } from './reporting';
import type { ReportTimes, Snapshot, StoredSnapshot } from './snapshot';
import { closeSnapshot, emptySnapshot, historyOf, openSnapshot, putHistory, putPerson, rememberDeparted, subjectOfNewcomer } from './snapshot';
import type { Draft } from './drafts';
import { draftChanges, membershipOf, withAcceptances, withheldNewcomers, writeChanges } from './drafts';

/**
 * What a poll of one business reads from outside. An error ends the poll of this business: {@link pollBusiness} throws it, nothing is
 * emitted, and nothing is stored.
 */
export interface BusinessPort {
	/**
	 * All pages of the chosen source. Called once; again (`repeat`) when the first reading was not complete or shows a person under two
	 * IDs; and again (`confirm`) to search for missing people or invitations. A `confirm` may be declined with `truncated: true`: the
	 * next poll then searches.
	 */
	listPeople(purpose: ListingPurpose): Promise<Listing<Person>>;
	/** All pages of the invitations. With `unavailable` (the reason), only people are compared. */
	listInvitations(purpose: ListingPurpose): Promise<Listing<ListedInvitation> | { unavailable: unknown }>;
	/** Requests team members by ID; one answer for each, in order. Only called for `teamMembers`. */
	lookUpMembers(ids: readonly string[]): Promise<readonly LookUp[]>;
	now(): Date;
}

export interface PollSettings {
	/** Tells one trigger from another; part of every event ID. */
	trigger: string;
	business: Business;
	source: Source;
	events: ReadonlySet<EventName>;
	/** Emit everyone as `memberAdded` when there is no snapshot yet. Never after damage. */
	emitExisting: boolean;
	removalLimit: RemovalLimit;
	/** How many people are requested by ID in one poll, at most. */
	maxConfirmations: number;
}

/** More people or invitations disappeared in one poll than the removal limit allows. */
export interface HeldRemovals {
	list: 'people' | 'invitations';
	limit: RemovalLimit;
	/** FreshBooks confirmed that they are gone. */
	confirmed: number;
	/** Not requested yet, or without a clear answer. */
	unconfirmed: number;
	/** How many of the business were known before this poll. */
	known: number;
}

/** Trouble of one business, which does not stop the others. */
export type Trouble =
	/**
	 * The stored state could not be read: a new baseline was taken, and changes since the last poll are unknown. Reported for an hour,
	 * as the poll that found it may be one that cannot show an error.
	 */
	| { kind: 'stateDamaged' }
	/** The list of people (then nothing was compared) or of invitations (then only people were compared). */
	| ({ kind: 'incompleteListing' } & IncompleteListing)
	| { kind: 'invitationsUnavailable'; reason: unknown }
	/** All events of this business, or of the invitations that ended, are held; `isDue` at most once an hour. */
	| ({ kind: 'removalsHeld'; isDue: boolean } & HeldRemovals)
	/** `isDue` at most once a day. */
	| ({ kind: 'undecidedPeople'; isDue: boolean } & LongUndecided);

export interface BusinessPoll {
	/** The snapshot to store; `undefined`: keep the stored one. */
	snapshot: StoredSnapshot | undefined;
	items: ChangeItem[];
	troubles: Trouble[];
}

/** The input of one poll. */
interface Poll {
	port: BusinessPort;
	settings: PollSettings;
	troubles: Trouble[];
	listed: readonly Person[];
	/** `undefined`: not requested, or not available. */
	invitations: readonly ListedInvitation[] | undefined;
	at: Date;
}

/**
 * One poll of one business: reads, compares with `stored` (what the last poll returned, as n8n kept it), decides about the missing
 * people, and returns what to emit and what to store. Without a usable snapshot it takes the baseline. Throws only what the port
 * throws.
 *
 * Invitations are read before people: a person who accepts in between is then pending *and* a member, never neither.
 */
export async function pollBusiness(port: BusinessPort, stored: unknown, settings: PollSettings): Promise<BusinessPoll> {
	const troubles: Trouble[] = [];
	const snapshot = openSnapshot(stored);
	const invitations = await readInvitations(port, settings, troubles);
	const listed = await readPeople(port, troubles, 'poll');
	if (listed === undefined) return { snapshot: undefined, items: [], troubles };
	const poll: Poll = { port, settings, troubles, listed, invitations, at: port.now() };
	if (snapshot === undefined || snapshot === 'damaged') return takeBaseline(poll, snapshot);
	reportDamage(poll, snapshot);
	const comparison = comparePeople(snapshot, listed, invitations !== undefined);
	if (!hasNewAlias(comparison, snapshot)) return await followPeople(poll, snapshot, comparison);
	// A person under two IDs counts only if two lists in a row show it.
	const again = await readPeople(port, troubles, 'repeat');
	if (again === undefined) return { snapshot: undefined, items: [], troubles };
	return await followPeople({ ...poll, listed: again, at: port.now() }, snapshot, comparePeople(snapshot, again, invitations !== undefined));
}

/** Whether the chosen events need the invitations to be listed. */
function watchesInvitations(events: ReadonlySet<EventName>): boolean {
	return INVITATION_EVENTS.some((event) => events.has(event));
}

async function readPeople(port: BusinessPort, troubles: Trouble[], first: ListingPurpose): Promise<readonly Person[] | undefined> {
	const reading = await readCompletely('people', async (purpose) => await port.listPeople(purpose === 'poll' ? first : purpose));
	if (reading.complete) return reading.rows;
	troubles.push(incomplete(reading));
	return undefined;
}

async function readInvitations(port: BusinessPort, settings: PollSettings, troubles: Trouble[]): Promise<readonly ListedInvitation[] | undefined> {
	if (!watchesInvitations(settings.events)) return undefined;
	let refusal: { reason: unknown } | undefined;
	const reading: Reading<ListedInvitation> = await readCompletely('invitations', async (purpose) => {
		const answer = refusal === undefined ? await port.listInvitations(purpose) : { unavailable: refusal.reason };
		if (!('unavailable' in answer)) return answer;
		refusal = { reason: answer.unavailable };
		return { rows: [], totals: [], duplicates: 0, truncated: true };
	});
	if (reading.complete) return reading.rows;
	troubles.push(refusal === undefined ? incomplete(reading) : { kind: 'invitationsUnavailable', ...refusal });
	return undefined;
}

function incomplete({ list, problem, listed, total, steady }: IncompleteListing): Trouble {
	return { kind: 'incompleteListing', list, problem, listed, total, steady };
}

/** Detected now, and not when the lists were read: a person requested by ID may have changed since. */
function contextOf({ settings, port }: Poll, { baselineAt }: Snapshot): ItemContext {
	const { business, source, trigger } = settings;
	return { business, source, trigger, detectedAt: port.now().toISOString(), baselineAt };
}

/** Takes the baseline where nothing is stored, or where the stored state could not be read. */
function takeBaseline(poll: Poll, stored: 'damaged' | undefined): BusinessPoll {
	const { settings, listed, invitations, troubles, at } = poll;
	const snapshot = emptySnapshot(at.toISOString());
	const emitExisting = stored === undefined && settings.emitExisting;
	if (stored === 'damaged') snapshot.damagedAt = at.getTime();
	reportDamage(poll, snapshot);
	const { newcomers, aliases, unconfirmed, index } = comparePeople(snapshot, listed, true);
	const people = newcomers.filter(({ person }) => !aliases.has(idKey(person.id)));
	snapshot.aliases = aliases;
	snapshot.unconfirmed = unconfirmed;
	const items: ChangeItem[] = [];
	for (const { person } of people) {
		putPerson(snapshot, person);
		if (!emitExisting) continue;
		const turns = turnsAfter({}, ['added']);
		items.push(...personItems({ before: null, after: person, fields: [], subject: null, turns }, contextOf(poll, snapshot)));
	}
	if (invitations !== undefined) {
		const members = new Map(
			addressesOf(invitations).flatMap((address) => {
				const member = index.withAddress(address).find(({ person }) => hasJoined(person, settings.source));
				return member === undefined ? [] : [[address, { person: member.person, hasJoined: true, joinedNow: false, acceptedByDate: false }] as const];
			}),
		);
		snapshot.invitations = invitationBaseline(poll, snapshot, { members, undecided: new Set() });
	}
	return { snapshot: closeSnapshot(snapshot), items: items.filter(({ event }) => settings.events.has(event)), troubles };
}

/** The invitations of a first reading: they give no event, and no second one for a person whose date has just been reported. */
function invitationBaseline({ invitations, at }: Poll, snapshot: Snapshot, membership: Membership): KnownInvitation[] {
	const pending = (invitations ?? []).filter(({ state }) => state === 'pending');
	return pending.map((invitation) => {
		const settled = membership.members.get(addressOf(invitation) ?? '')?.acceptedByDate ?? false;
		return { ...newlyListed(invitation, subjectOfInvitation(snapshot, invitation), membership, { now: at.toISOString(), baselineAt: snapshot.baselineAt }), settled };
	});
}

function invitationKey({ id }: { id: string }): string {
	return `invitation ${id}`;
}

function subjectOfInvitation(snapshot: Snapshot, invitation: ListedInvitation): string {
	return subjectOfNewcomer(snapshot, invitationKey(invitation)) ?? invitationKey(invitation);
}

function addressesOf(holders: ReadonlyArray<{ email: string | null }>): string[] {
	return [...new Set(holders.flatMap((holder) => addressOf(holder) ?? []))];
}

/** Compares the lists, decides, and writes the changes, or holds all events. */
async function followPeople(poll: Poll, snapshot: Snapshot, comparison: Comparison): Promise<BusinessPoll> {
	const { settings, at } = poll;
	const missing = missingPeople(comparison, snapshot, at.getTime());
	await lookUp(poll, missing);
	const second = await readAgain(poll, snapshot, comparison, missing);
	const outcomes = outcomesOf(missing, settings.source, second.hasPeople);
	reportLongUndecided(poll, snapshot, outcomes);
	const together = undecidedTogether(outcomes);
	const known = snapshot.people.size;
	if (outcomes.gone.length > 0 && exceeds(settings.removalLimit, outcomes.gone.length + together, known)) {
		reportHeld(poll, snapshot, { list: 'people', limit: settings.removalLimit, confirmed: outcomes.gone.length, unconfirmed: together, known });
		return hold(poll, snapshot, outcomes);
	}
	return writeResult(poll, snapshot, comparison, outcomes, second.invitations);
}

async function lookUp({ port, settings }: Poll, missing: readonly MissingPerson[]): Promise<void> {
	if (settings.source !== 'teamMembers') return;
	const asked = peopleToAsk(missing, settings.maxConfirmations);
	if (asked.length === 0) return;
	const answers = await port.lookUpMembers(asked.map(({ person }) => person.id));
	asked.forEach((one, place) => (one.lookUp = answers[place]));
}

/** The second readings of the same poll, where they were needed and possible. */
interface SecondReadings {
	/** A second, complete list of people was counted. */
	hasPeople: boolean;
	invitations?: SecondReading;
}

async function readAgain(poll: Poll, snapshot: Snapshot, comparison: Comparison, missing: readonly MissingPerson[]): Promise<SecondReadings> {
	const { port, settings } = poll;
	const isUnsure = missing.some((one) => needsSecondList(one, settings.source));
	const isRevocable = hasRevocable(poll, snapshot, comparison, missing);
	if (!isUnsure && !isRevocable) return { hasPeople: false };
	const pending = isRevocable ? await port.listInvitations('confirm') : undefined;
	const people = await port.listPeople('confirm');
	countSecondList(missing, people, snapshot);
	const hasPeople = problemOf(people) === undefined;
	if (pending === undefined) return { hasPeople };
	const memberAddresses = new Set(addressesOf(people.rows));
	if ('unavailable' in pending) return { hasPeople, invitations: { isComplete: false, pendingIds: new Set(), memberAddresses } };
	const pendingIds = pendingIdsOf(pending.rows, snapshot.invitations ?? []);
	return { hasPeople, invitations: { isComplete: hasPeople && problemOf(pending) === undefined, pendingIds, memberAddresses } };
}

function hasRevocable({ invitations }: Poll, snapshot: Snapshot, { index }: Comparison, missing: readonly MissingPerson[]): boolean {
	if (invitations === undefined || snapshot.invitations === null) return false;
	const pendingIds = pendingIdsOf(invitations, snapshot.invitations);
	const undecided = new Set(missing.map(({ person }) => addressOf(person) ?? ''));
	return snapshot.invitations.some((entry) => {
		const isListed = index.withAddress(addressOf(entry.invitation)).length > 0;
		return !isListed && mayBeRevoked(entry, pendingIds, { members: new Map(), undecided });
	});
}

function reportDamage({ troubles, at }: Poll, snapshot: Snapshot): void {
	if (snapshot.damagedAt === null) return;
	if (at.getTime() - snapshot.damagedAt < HOUR_MS) troubles.push({ kind: 'stateDamaged' });
	else snapshot.damagedAt = null;
}

function reportLongUndecided({ troubles, at }: Poll, { reportedAt }: Snapshot, outcomes: Outcomes): void {
	const long = longUndecided(outcomes, at.getTime());
	if (long === undefined) reportedAt.undecided = null;
	else troubles.push({ kind: 'undecidedPeople', ...long, isDue: nowDue(reportedAt, 'undecided', at, DAY_MS) });
}

function reportHeld({ troubles, at }: Poll, { reportedAt }: Snapshot, held: HeldRemovals): void {
	const isDue = nowDue(reportedAt, held.list === 'people' ? 'removals' : 'invitations', at, HOUR_MS);
	troubles.push({ kind: 'removalsHeld', ...held, isDue });
}

function nowDue(reportedAt: ReportTimes, what: keyof ReportTimes, at: Date, interval: number): boolean {
	const isDue = isReportDue(reportedAt[what], at.getTime(), interval);
	if (isDue) reportedAt[what] = at.getTime();
	return isDue;
}

/**
 * Emits nothing of this business and stores no change of its people: the next poll lists and requests all missing people again. For
 * people about whom FreshBooks gave no clear answer, the time since when they are missing is kept.
 */
function hold({ troubles }: Poll, snapshot: Snapshot, { found, undecided }: Outcomes): BusinessPoll {
	const unclear = new Map([...found, ...undecided].filter((one) => one.lookUp !== undefined && one.lookUp.answer !== 'gone').map((one) => [one.key, one.absence]));
	keepAbsences(snapshot, unclear);
	snapshot.invitations = snapshot.invitations?.map((entry) => (entry.settled ? entry : { ...entry, missed: 0 })) ?? null;
	return { snapshot: closeSnapshot(snapshot), items: [], troubles };
}

/** Replaces the stored absences. */
function keepAbsences(snapshot: Snapshot, absences: ReadonlyMap<string, MissingPerson['absence']>): void {
	for (const [key, history] of [...snapshot.histories]) {
		if (history.absence !== null && !absences.has(key)) putHistory(snapshot, key, { ...history, absence: null });
	}
	for (const [key, absence] of absences) putHistory(snapshot, key, { ...historyOf(snapshot, key), absence });
}

function writeResult(poll: Poll, snapshot: Snapshot, comparison: Comparison, outcomes: Outcomes, second: SecondReading | undefined): BusinessPoll {
	const { settings, troubles } = poll;
	keepAbsences(snapshot, new Map([...outcomes.found, ...outcomes.undecided].map(({ key, absence }) => [key, absence])));
	const withheld = withheldNewcomers(comparison, outcomes);
	const drafts = draftChanges(snapshot, comparison, outcomes, withheld);
	const invitations = updateInvitations(poll, snapshot, comparison, outcomes, { drafts, withheld, second });
	const context = contextOf(poll, snapshot);
	const people = writeChanges(snapshot, withAcceptances(snapshot, drafts, invitations, comparison), outcomes.gone, context);
	snapshot.aliases = comparison.aliases;
	snapshot.unconfirmed = comparison.unconfirmed;
	const items = [
		...invitations.created.map(({ invitation, subject }) => invitationItem('invitationCreated', invitation, subject, context)),
		...people,
		...invitations.revoked.map(({ invitation, subject }) => invitationItem('invitationRevoked', invitation, subject, context)),
	].filter(({ event }) => settings.events.has(event));
	return { snapshot: closeSnapshot(snapshot), items, troubles };
}

const NO_INVITATION_CHANGES: InvitationChanges = { known: [], created: [], revoked: [], accepted: [] };

interface PeopleChanges {
	drafts: readonly Draft[];
	withheld: ReadonlySet<string>;
	second: SecondReading | undefined;
}

/** Compares the invitations and stores them in the snapshot; `null` while no invitation event is chosen. */
function updateInvitations(poll: Poll, snapshot: Snapshot, comparison: Comparison, outcomes: Outcomes, people: PeopleChanges): InvitationChanges {
	const { settings, invitations, at } = poll;
	const known = snapshot.invitations;
	if (!watchesInvitations(settings.events)) {
		snapshot.invitations = null;
		return NO_INVITATION_CHANGES;
	}
	const addresses = addressesOf([...(known ?? []).map(({ invitation }) => invitation), ...(invitations ?? [])]);
	const membership = membershipOf(snapshot, comparison, outcomes, { ...people, source: settings.source, addresses });
	if (known === null) {
		if (invitations !== undefined) snapshot.invitations = invitationBaseline(poll, snapshot, membership);
		return NO_INVITATION_CHANGES;
	}
	if (invitations === undefined) {
		const changes = followWithoutList(known, membership);
		snapshot.invitations = changes.known;
		return changes;
	}
	const times = { now: at.toISOString(), baselineAt: snapshot.baselineAt };
	const newlyListedOf = (row: ListedInvitation) => newlyListed(row, subjectOfInvitation(snapshot, row), membership, times);
	const changes = heldIfTooMany(poll, snapshot, followInvitations(known, invitations, membership, people.second, newlyListedOf));
	const stillKnown = new Set(changes.known.map(({ invitation }) => invitation.id));
	for (const { invitation } of known) if (!stillKnown.has(invitation.id)) rememberDeparted(snapshot, invitationKey(invitation));
	snapshot.invitations = changes.known;
	return changes;
}

/** Holds invitations that disappear all at once, like people: they stay known, and the next poll decides again. */
function heldIfTooMany(poll: Poll, snapshot: Snapshot, changes: InvitationChanges): InvitationChanges {
	const limit = poll.settings.removalLimit;
	const known = (snapshot.invitations ?? []).filter(({ settled }) => !settled).length;
	const confirmed = changes.revoked.length;
	if (confirmed === 0 || !exceeds(limit, confirmed, known)) return changes;
	reportHeld(poll, snapshot, { list: 'invitations', limit, confirmed, unconfirmed: 0, known });
	return { ...changes, known: [...changes.known, ...changes.revoked], revoked: [] };
}
