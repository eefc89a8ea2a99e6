import type { Comparison, FieldChange } from './compare';
import { acceptedSince, changedFields } from './compare';
import type { MissingPerson, Outcomes } from './decide';
import type { ChangeItem, ItemContext } from './events';
import { personItems, turnKindsOf, turnsAfter } from './events';
import type { InvitationChanges, KnownInvitation, Member, Membership } from './invitations';
import type { PendingInvitation, Person, Source } from './person';
import { addressOf, hasJoined, idKey, withLastKnown } from './person';
import type { History, Snapshot } from './snapshot';
import { historyOf, NO_HISTORY, personOf, putHistory, putPerson, rememberDeparted, subjectOfNewcomer } from './snapshot';

/** One person's changes in one poll, before they are written into the snapshot and into items. */
export interface Draft {
	/** Position among the items: FreshBooks' order, then those not listed. */
	position: number;
	/** `null`: new. */
	before: Person | null;
	after: Person;
	history: History;
	fields: FieldChange[];
	/** `false`: `after` is known under its ID, which has its own draft, and `before` only frees the other ID. */
	hasOwnLine: boolean;
	/** Absent: no acceptance; `null`: of an invitation that was never listed. */
	accepted?: PendingInvitation | null;
}

/** By `idKey`: newcomers who are not reported yet, as they are a second row of a person or may be an undecided person. */
export function withheldNewcomers({ aliases }: Comparison, { moved, undecided, found }: Outcomes): Set<string> {
	const withheld = new Set(aliases);
	// Another person under an ID that may still belong to the first one.
	for (const { key } of [...undecided, ...found]) withheld.add(key);
	for (const { replacement } of undecided) if (replacement?.isNew) withheld.add(idKey(replacement.person.id));
	for (const { replacement } of moved) if (replacement?.isNew) withheld.delete(idKey(replacement.person.id));
	return withheld;
}

/** The changes of all people who are there, in the order of {@link Draft.position}. */
export function draftChanges(snapshot: Snapshot, comparison: Comparison, outcomes: Outcomes, withheld: ReadonlySet<string>): Draft[] {
	const drafts: Draft[] = [];
	const taken = new Set<string>();
	for (const { person, key, replacement } of outcomes.moved) {
		if (replacement === undefined) continue;
		const toKey = idKey(replacement.person.id);
		const hasOwnLine = replacement.isNew && !taken.has(toKey);
		taken.add(toKey);
		const history = { ...historyOf(snapshot, key), subject: historyOf(snapshot, key).subject ?? key };
		const draft = draftOf(person, withLastKnown(person, replacement.person), history, replacement.position, hasOwnLine);
		drafts.push(hasOwnLine ? draft : { ...draft, fields: draft.fields.filter(({ field }) => field === 'id') });
	}
	for (const { person, position } of comparison.newcomers) {
		const key = idKey(person.id);
		if (taken.has(key) || withheld.has(key)) continue;
		drafts.push({ position, before: null, after: person, history: NO_HISTORY, fields: [], hasOwnLine: true });
	}
	for (const { before, person, position } of comparison.different) {
		drafts.push(draftOf(before, person, historyOf(snapshot, idKey(person.id)), position, true));
	}
	for (const { person, key, lookUp } of outcomes.found) {
		if (lookUp?.answer !== 'found') continue;
		drafts.push(draftOf(person, withLastKnown(person, lookUp.person), historyOf(snapshot, key), Infinity, true));
	}
	const dates = invitationDates(snapshot.invitations ?? []);
	return drafts.map((draft) => withDate(draft, dates, snapshot.baselineAt)).sort((one, other) => one.position - other.position);
}

function draftOf(before: Person, after: Person, history: History, position: number, hasOwnLine: boolean): Draft {
	return { position, before, after, history, fields: changedFields(before, after, history.turns.added !== undefined), hasOwnLine };
}

/** When the invitations to each address were sent that are not settled. */
function invitationDates(known: readonly KnownInvitation[]): Map<string, string[]> {
	const dates = new Map<string, string[]>();
	for (const { invitation, settled, since } of known) {
		const address = addressOf(invitation);
		if (address !== null && !settled) dates.set(address, [...(dates.get(address) ?? []), since]);
	}
	return dates;
}

/** Adds an acceptance that the date shows, unless the membership was already reported as one. */
function withDate(draft: Draft, dates: ReadonlyMap<string, string[]>, baselineAt: string): Draft {
	const { before, after, history, hasOwnLine } = draft;
	if (before === null || !hasOwnLine || after.invitationAcceptedAt === null) return draft;
	if (history.acceptedWithoutDate) return { ...draft, history: { ...history, acceptedWithoutDate: false } };
	const open = dates.get(addressOf(after) ?? '');
	// A person with an identity and without an invitation had joined before: an answer left the date out.
	if (open === undefined && before.invitationAcceptedAt === null && before.identityId !== null) return draft;
	const invited = open ?? [baselineAt];
	const isNews = invited.some((date) => acceptedSince(before.invitationAcceptedAt, after.invitationAcceptedAt, [date]));
	return isNews ? { ...draft, accepted: null } : draft;
}

/** What the list of people shows about the invitations to `addresses`. */
export function membershipOf(
	snapshot: Snapshot,
	{ index }: Comparison,
	outcomes: Outcomes,
	{ drafts, withheld, source, addresses }: { drafts: readonly Draft[]; withheld: ReadonlySet<string>; source: Source; addresses: Iterable<string> },
): Membership {
	const unclear = [...outcomes.undecided, ...outcomes.found];
	const undecided = new Set(unclear.flatMap(({ person, replacement }) => [addressOf(person) ?? '', addressOf(replacement?.person ?? person) ?? '']));
	const movedFrom = new Map(outcomes.moved.map(({ person, replacement }) => [idKey((replacement?.person ?? person).id), person]));
	const before = (key: string): Person | undefined => {
		const line = snapshot.people.get(key);
		return line === undefined ? movedFrom.get(key) : personOf(line);
	};
	const members = new Map<string, Member>();
	for (const address of addresses) {
		if (undecided.has(address)) continue;
		for (const { person } of index.withAddress(address)) {
			const known = before(idKey(person.id));
			const joined = hasJoined(person, source) && !withheld.has(idKey(person.id));
			const joinedNow = joined && (known === undefined || !hasJoined(known, source));
			if (joined || !members.has(address)) members.set(address, { person, hasJoined: joined, joinedNow, acceptedByDate: false });
			if (joined) break;
		}
	}
	for (const { after, accepted } of drafts) {
		const address = addressOf(after);
		if (accepted !== undefined && address !== null) members.set(address, { person: after, hasJoined: true, joinedNow: true, acceptedByDate: true });
	}
	return { members, undecided };
}

/** Adds each acceptance to the person's draft, or makes a draft for a person without other changes. */
export function withAcceptances(snapshot: Snapshot, drafts: readonly Draft[], { accepted }: InvitationChanges, { present }: Comparison): Draft[] {
	const byKey = new Map(drafts.filter(({ hasOwnLine }) => hasOwnLine).map((draft) => [idKey(draft.after.id), { ...draft }]));
	const unchanged: Draft[] = [];
	for (const { invitation, person } of accepted) {
		const key = idKey(person.id);
		const draft = byKey.get(key);
		const listed = present.get(key);
		if (draft !== undefined) draft.accepted = invitation;
		else if (listed !== undefined) {
			unchanged.push({ ...draftOf(listed.person, listed.person, historyOf(snapshot, key), listed.position, true), accepted: invitation });
		}
	}
	const all = drafts.map((draft) => (draft.hasOwnLine ? (byKey.get(idKey(draft.after.id)) ?? draft) : draft));
	return [...all, ...unchanged].sort((one, other) => one.position - other.position);
}

/**
 * Writes a poll's changes into the snapshot and returns them as items: person by person in FreshBooks' order, then those not listed,
 * then removals. An ID is freed before it is given again: last come people with an ID that was another person's until now.
 */
export function writeChanges(snapshot: Snapshot, drafts: readonly Draft[], gone: readonly MissingPerson[], context: ItemContext): ChangeItem[] {
	const given = drafts.filter(({ before, after, hasOwnLine }) => hasOwnLine && hasAnotherId(before, after) && snapshot.people.has(idKey(after.id)));
	const others = drafts.filter((draft) => !given.includes(draft));
	for (const { before, after } of drafts) if (before !== null && hasAnotherId(before, after)) freeId(snapshot, idKey(before.id));
	const removals = gone.flatMap((leaver) => writeLeaver(snapshot, leaver, context));
	const itemsOf = (some: readonly Draft[]) => some.flatMap((draft) => writeDraft(snapshot, draft, context));
	return [...itemsOf(others), ...removals, ...itemsOf(given)];
}

function hasAnotherId(before: Person | null, after: Person): boolean {
	return before === null || idKey(before.id) !== idKey(after.id);
}

function freeId(snapshot: Snapshot, key: string): void {
	snapshot.people.delete(key);
	snapshot.histories.delete(key);
	rememberDeparted(snapshot, key);
}

function writeLeaver(snapshot: Snapshot, { person, key }: MissingPerson, context: ItemContext): ChangeItem[] {
	const { subject, turns } = historyOf(snapshot, key);
	freeId(snapshot, key);
	const change = { before: person, after: null, fields: [] };
	return personItems({ ...change, subject, turns: turnsAfter(turns, turnKindsOf(change)) }, context);
}

function writeDraft(snapshot: Snapshot, draft: Draft, context: ItemContext): ChangeItem[] {
	const { before, after, fields, accepted, history, hasOwnLine } = draft;
	const key = idKey(after.id);
	const kinds = turnKindsOf(draft);
	const turns = turnsAfter(history.turns, kinds);
	const subject = before === null ? subjectOfNewcomer(snapshot, key) : history.subject;
	if (hasOwnLine) {
		const isWithoutDate = accepted !== undefined && after.invitationAcceptedAt === null;
		putPerson(snapshot, after);
		putHistory(snapshot, key, { ...history, subject, turns, acceptedWithoutDate: history.acceptedWithoutDate || isWithoutDate });
	}
	return kinds.length === 0 ? [] : personItems({ before, after, fields, accepted, subject, turns }, context);
}
