import type { Candidate, LookUp, SecondListing, Verdict } from './confirm';
import {
	absenceAfter,
	absenceAfterSight,
	candidatesToAsk,
	verdictOfListings,
	verdictOfLookUp,
	verdictAfterSecondListing,
	verdictBesideWrongList,
	verdictRemembered,
} from './confirm';
import type { Comparison, Found, FoundPeople, Wanted } from './diff';
import { comparePeople, findPeople, isSameAsKnown, showsNewcomerTwice } from './diff';
import type { Business, ChangeItem, EventName, ItemContext } from './events';
import { INVITATION_EVENTS, invitationItem, personItems } from './events';
import { NO_HISTORY, turnsAfter } from './history';
import type { InvitationChanges, KnownInvitation, Member, SecondLook } from './invitations';
import { firstSight, followInvitations, revocationCandidates, withSightings } from './invitations';
import type { IncompleteListing, Listing, ListingPurpose, Reading } from './listing';
import { problemOf, readCompletely } from './listing';
import type { Draft, Fates, KnownAbsence } from './outcome';
import { draftChanges, draftOfKnown, fatesOf, writeAbsences, writeChanges } from './outcome';
import type { PendingInvitation, Person, Source, YieldToEventLoop } from './person';
import { addressOf, forEachInSlices } from './person';
import type { Disappearances, RemovalLimit } from './safeguard';
import { isReportDue, mustHold } from './safeguard';
import type { Snapshot, StoredSnapshot } from './snapshot';
import {
	closeSnapshot,
	emptySnapshot,
	encodeLine,
	historyOf,
	isIntact,
	openSnapshot,
	personOf,
	placesOf,
} from './snapshot';

/**
 * What a poll of one business asks of the outside. Whatever one of these throws ends the poll of this
 * business: {@link pollBusiness} throws it on, nothing is emitted, nothing stored.
 */
export interface BusinessPort {
	/**
	 * All pages of the chosen source. Called once, again (`repeat`) when the first reading was not
	 * complete or shows somebody under two ids, and again (`confirm`) to look a second time for missing people or invitations; a
	 * `confirm` may be declined with `truncated: true`, the next poll then looks.
	 */
	listPeople(purpose: ListingPurpose): Promise<Listing<Person>>;
	/** All pages of the pending invitations; `unavailable` (with the reason) leaves the people's events alone. */
	listInvitations(
		purpose: ListingPurpose,
	): Promise<Listing<PendingInvitation> | { unavailable: unknown }>;
	/** Asks for team members by id; one answer for each, in order. Only called for `teamMembers`. */
	lookUpMembers(ids: readonly string[]): Promise<readonly LookUp[]>;
	now(): Date;
	/** See {@link YieldToEventLoop}. */
	pause: YieldToEventLoop;
}

export interface PollSettings {
	business: Business;
	source: Source;
	events: ReadonlySet<EventName>;
	/** Emit everyone as `memberAdded` when there is no snapshot yet. Never after damage. */
	emitExisting: boolean;
	removalLimit: RemovalLimit;
	/** At most so many people are asked for by id in one poll. */
	maxConfirmations: number;
}

/** What the user should know about a poll. None of it stops another business. */
export type Trouble =
	/** What was stored could not be read: a new baseline was taken, changes since the last poll are unknown. */
	| { kind: 'stateDamaged' }
	/** The list of people (then nothing was compared) or of invitations (then only people were). */
	| ({ kind: 'incompleteListing' } & IncompleteListing)
	| { kind: 'invitationsUnavailable'; reason: unknown }
	/** Everything of this business is held back; `isDue` at most once an hour. */
	| ({ kind: 'removalsHeld'; limit: RemovalLimit; isDue: boolean } & Disappearances)
	/** So many people were asked for by id without a clear answer; they are asked again. */
	| { kind: 'unclearAnswers'; people: number };

export interface BusinessPoll {
	/** To be stored; `undefined`: leave what is stored as it is. */
	snapshot: StoredSnapshot | undefined;
	items: ChangeItem[];
	troubles: Trouble[];
}

/** Whether the chosen events need the invitations to be listed. */
export function watchesInvitations(events: ReadonlySet<EventName>): boolean {
	return INVITATION_EVENTS.some((event) => events.has(event));
}

/**
 * One poll of one business: lists, compares with `stored` (what the last poll returned, as n8n kept
 * it), confirms, and returns what to emit and what to store. Without a usable snapshot it takes the
 * baseline. Throws only what the port throws.
 *
 * Invitations are listed before people: who accepts in between is then pending *and* a member, never
 * neither.
 */
export async function pollBusiness(
	port: BusinessPort,
	stored: unknown,
	settings: PollSettings,
): Promise<BusinessPoll> {
	const troubles: Trouble[] = [];
	const snapshot = await openSnapshot(stored, port.pause);
	const pending = await readInvitations(port, settings, troubles);
	const reading = await readCompletely('people', (purpose) => port.listPeople(purpose));
	if (!reading.complete) {
		troubles.push(incomplete(reading));
		return { snapshot: undefined, items: [], troubles };
	}
	const poll: Poll = { port, settings, troubles, listed: reading.rows, pending, at: port.now() };
	if (snapshot === 'damaged') return await recover(poll);
	if (snapshot === undefined) return await takeBaseline(poll, settings.emitExisting);
	return await followPeople(poll, snapshot);
}

/** One poll's givens. */
interface Poll {
	port: BusinessPort;
	settings: PollSettings;
	troubles: Trouble[];
	listed: readonly Person[];
	/** `undefined`: not asked for, or not to be had. */
	pending: readonly PendingInvitation[] | undefined;
	at: Date;
}

function incomplete({ list, problem, listed, total, steady }: IncompleteListing): Trouble {
	return { kind: 'incompleteListing', list, problem, listed, total, steady };
}

function contextOf({ settings, at }: Poll, countedSince: string | null): ItemContext {
	return {
		business: settings.business,
		source: settings.source,
		detectedAt: at.toISOString(),
		countedSince,
	};
}

async function readInvitations(
	port: BusinessPort,
	settings: PollSettings,
	troubles: Trouble[],
): Promise<readonly PendingInvitation[] | undefined> {
	if (!watchesInvitations(settings.events)) return undefined;
	let reason: unknown;
	let isAvailable = true;
	const reading: Reading<PendingInvitation> = await readCompletely('invitations', async (purpose) => {
		const answer = isAvailable ? await port.listInvitations(purpose) : { unavailable: reason };
		if (!('unavailable' in answer)) return answer;
		reason = answer.unavailable;
		isAvailable = false;
		return { rows: [], totals: [], duplicates: 0, truncated: true };
	});
	if (reading.complete) return reading.rows;
	troubles.push(isAvailable ? incomplete(reading) : { kind: 'invitationsUnavailable', reason });
	return undefined;
}

/** A new baseline in place of what could not be read: a warning, and no event. */
async function recover(poll: Poll): Promise<BusinessPoll> {
	poll.troubles.push({ kind: 'stateDamaged' });
	return await takeBaseline(poll, false);
}

async function takeBaseline(poll: Poll, emitExisting: boolean): Promise<BusinessPoll> {
	const { port, settings, listed, pending, troubles } = poll;
	const snapshot = emptySnapshot(poll.at.toISOString());
	const history = emitExisting
		? { ...NO_HISTORY, turns: turnsAfter(NO_HISTORY.turns, ['added']) }
		: NO_HISTORY;
	const isTold = emitExisting && settings.events.has('memberAdded');
	const ids = new Set<string>();
	const lines: string[] = [];
	const items: ChangeItem[] = [];
	await forEachInSlices(listed, port.pause, (person) => {
		if (ids.has(person.id)) return;
		ids.add(person.id);
		lines.push(encodeLine(person, history, snapshot.roles));
		const change = { before: null, after: person, fields: [], history };
		if (isTold) items.push(...personItems(change, contextOf(poll, null)));
	});
	if (pending !== undefined) snapshot.invitations = await invitationBaseline(poll, pending, new Set());
	return { snapshot: await closeSnapshot(snapshot, lines, port.pause), items, troubles };
}

/** The invitations as first seen: no event tells of them, and whoever is a member now was one before. */
async function invitationBaseline(
	{ port, listed, settings }: Poll,
	pending: readonly PendingInvitation[],
	undecided: ReadonlySet<string>,
): Promise<KnownInvitation[]> {
	const wanted = { addresses: addressesOf(pending), identities: new Set<number>() };
	const { byAddress } = await findPeople(listed, new Set(), wanted, port.pause);
	const members = new Map<string, Member>();
	for (const [address, { person }] of byAddress) members.set(address, { person, isNew: false, acceptedByDate: false });
	return pending.map((invitation) => firstSight(invitation, { members, undecided }, settings.source));
}

function addressesOf(holders: Iterable<{ email: string | null }>): Set<string> {
	const addresses = new Set<string>();
	for (const holder of holders) {
		const address = addressOf(holder);
		if (address !== null) addresses.add(address);
	}
	return addresses;
}

async function followPeople(poll: Poll, snapshot: Snapshot, isReadAgain = false): Promise<BusinessPoll> {
	const { port, settings, listed } = poll;
	const comparison = await comparePeople(snapshot, listed, port.pause);
	if (!isSameAsKnown(comparison) && !(await isIntact(snapshot, port.pause))) return await recover(poll);
	if (!isReadAgain && (await showsNewcomerTwice(comparison, listed, port.pause))) return await followAgain(poll, snapshot);
	const candidates = await candidatesOf(snapshot, comparison, port.pause);
	// Counted only where somebody is missing: a poll without news leaves the state as it was, and n8n then writes nothing.
	if (candidates.length > 0) snapshot.polls += 1;
	const wanted = await wantedOf(poll, snapshot, candidates);
	const newcomers = new Set(comparison.newcomers.map(({ person }) => person.id));
	const found = await findPeople(listed, newcomers, wanted, port.pause);
	const second = await lookAgain(poll, snapshot, candidates, found);
	const replacements = await replacementsOf(candidates, found, port.pause);
	const verdicts = await verdictsOf(poll, snapshot, candidates, second, replacements);
	const fates = await fatesOf(candidates, verdicts, replacements, port.pause);
	const disappearances: Disappearances = {
		confirmed: fates.leavers.length,
		unconfirmed: fates.unconfirmed,
		known: snapshot.lines.count,
	};
	if (mustHold(settings.removalLimit, disappearances))
		return await hold(poll, snapshot, { comparison, candidates, found, fates, second }, disappearances);
	return await tell(poll, snapshot, { comparison, candidates, found, fates, second });
}

/** With the people read once more: what two readings show in a row is so. */
async function followAgain(poll: Poll, snapshot: Snapshot): Promise<BusinessPoll> {
	const { port, troubles } = poll;
	const reading = await readCompletely('people', async () => await port.listPeople('repeat'));
	if (reading.complete) return await followPeople({ ...poll, listed: reading.rows, at: port.now() }, snapshot, true);
	troubles.push(incomplete(reading));
	return { snapshot: undefined, items: [], troubles };
}

async function candidatesOf(
	snapshot: Snapshot,
	{ missing }: Comparison,
	pause: YieldToEventLoop,
): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	await forEachInSlices(missing, pause, (index) => {
		const line = snapshot.lines.at(index);
		const absence = absenceAfter(historyOf(line).absence);
		candidates.push({ index, person: personOf(line, snapshot.roles), absence });
	});
	return candidates;
}

/** Whom the listing must be searched for: the missing under another id, the invited among the members. */
async function wantedOf(
	{ settings, pending, port }: Poll,
	{ invitations }: Snapshot,
	candidates: readonly Candidate[],
): Promise<Wanted> {
	const isWatching = watchesInvitations(settings.events);
	const known = isWatching ? (invitations ?? []).map(({ invitation }) => invitation) : [];
	const addresses = addressesOf([...known, ...(pending ?? [])]);
	const identities = new Set<number>();
	await forEachInSlices(candidates, port.pause, ({ person }) => {
		const address = addressOf(person);
		if (address !== null) addresses.add(address);
		if (person.identityId !== null) identities.add(person.identityId);
	});
	return { addresses, identities };
}

/** Who is listed in place of the missing; of the others it is noted that they are listed under no id. */
async function replacementsOf(
	candidates: readonly Candidate[],
	{ byAddress, byIdentity }: FoundPeople,
	pause: YieldToEventLoop,
): Promise<Map<number, Found>> {
	const replacements = new Map<number, Found>();
	await forEachInSlices(candidates, pause, (candidate) => {
		const { index, person } = candidate;
		const sameAddress = byAddress.get(addressOf(person) ?? '');
		const same = sameAddress ?? byIdentity.get(person.identityId ?? NaN);
		if (same !== undefined) replacements.set(index, same);
		else candidate.absence = absenceAfterSight(candidate.absence);
	});
	return replacements;
}

/** A second listing taken in the same poll, as far as it was needed and to be had. */
interface LookedAgain {
	people?: SecondListing;
	invitations?: SecondLook;
}

async function lookAgain(
	poll: Poll,
	snapshot: Snapshot,
	candidates: readonly Candidate[],
	found: FoundPeople,
): Promise<LookedAgain> {
	const { port, settings, pending } = poll;
	const revocable = pending === undefined ? [] : revocableOf(snapshot, pending, candidates, found);
	const isUnsure =
		settings.source === 'businessMembers' &&
		candidates.some(({ absence }) => absence.verdict !== 'gone');
	if (!isUnsure && revocable.length === 0) return {};
	const pendingAgain = revocable.length === 0 ? undefined : await port.listInvitations('confirm');
	const people = await listPeopleAgain(port);
	if (pendingAgain === undefined) return { people };
	if ('unavailable' in pendingAgain)
		return { people, invitations: { isComplete: false, pendingIds: new Set(), memberAddresses: people.addresses } };
	const pendingIds = new Set(pendingAgain.rows.map(({ id }) => id));
	const isComplete = people.isComplete && problemOf(pendingAgain) === undefined;
	return { people, invitations: { isComplete, pendingIds, memberAddresses: people.addresses } };
}

async function listPeopleAgain(port: BusinessPort): Promise<SecondListing> {
	const again = await port.listPeople('confirm');
	const byId = new Map<string, Person>();
	const addresses = new Set<string>();
	const identities = new Set<number>();
	await forEachInSlices(again.rows, port.pause, (person) => {
		byId.set(person.id, person);
		const address = addressOf(person);
		if (address !== null) addresses.add(address);
		if (person.identityId !== null) identities.add(person.identityId);
	});
	return { isComplete: problemOf(again) === undefined, byId, addresses, identities };
}

function revocableOf(
	{ invitations }: Snapshot,
	pending: readonly PendingInvitation[],
	candidates: readonly Candidate[],
	found: FoundPeople,
): KnownInvitation[] {
	const undecided = addressesOf(candidates.map(({ person }) => person));
	const membership = { members: membersOf(found, [], undecided), undecided };
	return revocationCandidates(invitations ?? [], pending, membership);
}

async function verdictsOf(
	poll: Poll,
	snapshot: Snapshot,
	candidates: readonly Candidate[],
	{ people }: LookedAgain,
	replacements: ReadonlyMap<number, Found>,
): Promise<Map<number, Verdict>> {
	const canAsk = poll.settings.source === 'teamMembers';
	const verdicts = new Map<number, Verdict>();
	await forEachInSlices(candidates, poll.port.pause, (candidate) => {
		const verdict = canAsk
			? verdictRemembered(candidate)
			: verdictOfListings(candidate, people, replacements.has(candidate.index));
		verdicts.set(candidate.index, verdict);
	});
	if (!canAsk) return verdicts;
	await askForMembers(poll, snapshot, candidates, verdicts);
	const leavers = candidates.filter(
		({ index, absence }) =>
			verdicts.get(index)?.kind === 'gone' && absence.missed === 1 && !replacements.has(index),
	);
	const second = people ?? (leavers.length === 0 ? undefined : await listPeopleAgain(poll.port));
	if (second === undefined) return verdicts;
	await forEachInSlices(candidates, poll.port.pause, (candidate) => {
		const verdict = verdicts.get(candidate.index);
		if (verdict === undefined || replacements.has(candidate.index)) return;
		verdicts.set(candidate.index, verdictAfterSecondListing(candidate, verdict, second));
	});
	return verdicts;
}

async function askForMembers(
	{ port, settings, troubles, at }: Poll,
	snapshot: Snapshot,
	candidates: readonly Candidate[],
	verdicts: Map<number, Verdict>,
): Promise<void> {
	const asked = candidatesToAsk(candidates, settings.maxConfirmations, at);
	if (asked.length === 0) return;
	const answers = await port.lookUpMembers(asked.map(({ person }) => person.id));
	let unclear = 0;
	asked.forEach((candidate, place) => {
		const answer: LookUp = answers[place] ?? { answer: 'unknown' };
		const verdict = verdictOfLookUp(candidate, answer, snapshot.polls);
		if (verdict.kind === 'waiting') unclear += 1;
		verdicts.set(candidate.index, verdict);
	});
	const listIsWrong = asked.some(({ index }) => verdicts.get(index)?.kind === 'present');
	for (const candidate of asked) {
		const verdict = verdicts.get(candidate.index);
		if (listIsWrong && verdict) verdicts.set(candidate.index, verdictBesideWrongList(candidate, verdict));
	}
	if (unclear > 0) troubles.push({ kind: 'unclearAnswers', people: unclear });
}

/** Nothing of this business goes out and nobody's data moves; only who was asked, and who and what is there, is remembered. */
async function hold(
	{ port, settings, troubles, at, pending }: Poll,
	snapshot: Snapshot,
	{ comparison: { returned, different }, fates, found, second }: Findings,
	disappearances: Disappearances,
): Promise<BusinessPoll> {
	const isDue = isReportDue(snapshot.reportedAt, at.getTime());
	troubles.push({
		kind: 'removalsHeld',
		limit: settings.removalLimit,
		isDue,
		...disappearances,
	});
	if (isDue) snapshot.reportedAt = at.getTime();
	if (snapshot.invitations !== null)
		snapshot.invitations = withSightings(snapshot.invitations, pending ?? [], found.byAddress, second.invitations);
	const moved = fates.moved.map(({ candidate: { index, absence } }): KnownAbsence => ({ index, absence: { ...absence, verdict: 'seen' } }));
	const confirmed = [...fates.leavers, ...moved];
	const back = returned.map((index): KnownAbsence => ({ index, absence: null }));
	await forEachInSlices(different, port.pause, ({ index }) => {
		if (historyOf(snapshot.lines.at(index)).absence !== null) back.push({ index, absence: null });
	});
	const absences = [...fates.staying, ...fates.acquitted, ...confirmed, ...back];
	const lines = await writeAbsences(snapshot, absences, port.pause);
	return {
		snapshot: await closeSnapshot(snapshot, lines, port.pause),
		items: [],
		troubles,
	};
}

interface Findings {
	comparison: Comparison;
	candidates: readonly Candidate[];
	found: FoundPeople;
	fates: Fates;
	second: LookedAgain;
}

async function tell(poll: Poll, snapshot: Snapshot, findings: Findings): Promise<BusinessPoll> {
	const { port, settings, listed, troubles } = poll;
	const { comparison, fates } = findings;
	const pause = port.pause;
	snapshot.reportedAt = null;
	const drafts = await draftChanges(snapshot, comparison, fates, listed.length, pause);
	const invitations = await tellInvitations(poll, snapshot, findings, drafts);
	const context = contextOf(poll, snapshot.baselineAt);
	const written = await writeChanges(
		snapshot,
		await withAcceptances(poll, snapshot, drafts, invitations, findings.found),
		fates,
		comparison.returned,
		context,
		pause,
	);
	const items = [
		...invitations.created.map((one) => invitationItem('invitationCreated', one, context)),
		...written.items,
		...invitations.revoked.map((one) => invitationItem('invitationRevoked', one, context)),
	].filter(({ event }) => settings.events.has(event));
	return { snapshot: await closeSnapshot(snapshot, written.lines, pause), items, troubles };
}

const NO_INVITATION_CHANGES: InvitationChanges = { known: [], created: [], revoked: [], accepted: [] };

/** Follows the invitations and leaves the new ones in the snapshot; `null` while nobody asked for them. */
async function tellInvitations(
	poll: Poll,
	snapshot: Snapshot,
	{ candidates, found, fates, second }: Findings,
	drafts: readonly Draft[],
): Promise<InvitationChanges> {
	const { settings, pending } = poll;
	const known = snapshot.invitations;
	if (!watchesInvitations(settings.events)) {
		snapshot.invitations = null;
		return NO_INVITATION_CHANGES;
	}
	const undecided = addressesOf(candidates.map(({ person }) => person));
	if (known === null) {
		if (pending !== undefined)
			snapshot.invitations = await invitationBaseline(poll, pending, undecided);
		return NO_INVITATION_CHANGES;
	}
	for (const { person } of found.byAddress.values())
		if (fates.withheld.has(person.id)) undecided.add(addressOf(person) ?? '');
	const members = membersOf(found, drafts, undecided);
	const membership = { members, undecided };
	const changes = followInvitations(known, pending, membership, second.invitations, settings.source);
	snapshot.invitations = changes.known;
	return changes;
}

/** The listed people by address, without those of whom this poll cannot be sure. */
function membersOf(
	{ byAddress }: FoundPeople,
	drafts: readonly Draft[],
	undecided: ReadonlySet<string>,
): Map<string, Member> {
	const members = new Map<string, Member>();
	for (const [address, { person, isNew }] of byAddress)
		if (!undecided.has(address)) members.set(address, { person, isNew, acceptedByDate: false });
	for (const { after, accepted, before } of drafts) {
		const address = addressOf(after);
		if (accepted === undefined || address === null) continue;
		members.set(address, { person: after, isNew: before === null, acceptedByDate: true });
	}
	return members;
}

/** Gives each acceptance its invitation, and a draft to those who changed in nothing else. */
async function withAcceptances(
	{ port }: Poll,
	snapshot: Snapshot,
	drafts: Draft[],
	{ accepted }: InvitationChanges,
	{ byAddress }: FoundPeople,
): Promise<Draft[]> {
	if (accepted.length === 0) return drafts;
	const places = await placesOf(snapshot, port.pause);
	const written = drafts.filter(({ index }) => index !== undefined);
	const byId = new Map(written.map((draft) => [draft.after.id, draft]));
	const unchanged: Draft[] = [];
	for (const { invitation, person } of accepted) {
		const draft = byId.get(person.id);
		const index = places.get(person.id);
		if (draft !== undefined) draft.accepted = invitation;
		else if (index !== undefined) {
			const position = byAddress.get(addressOf(person) ?? '')?.position ?? 0;
			const bare = draftOfKnown(snapshot, index, person, position, null);
			unchanged.push({ ...bare, accepted: invitation });
		}
	}
	return [...drafts, ...unchanged].sort((one, other) => one.position - other.position);
}
