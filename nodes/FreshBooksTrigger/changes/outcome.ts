import type { Candidate, Verdict } from './confirm';
import type { Comparison, FieldChange, Found, Listed } from './diff';
import { acceptedSince, carriedOver, changedFields } from './diff';
import type { ChangeItem, ItemContext } from './events';
import { personItems, turnKindsOf } from './events';
import type { Absence, History, TurnKind } from './history';
import { turnsAfter } from './history';
import type { PendingInvitation, Person, YieldToEventLoop } from './person';
import { forEachInSlices } from './person';
import type { Lines, Snapshot } from './snapshot';
import { encodeLine, historyOf, historyOfNewcomer, personOf, rememberLeaver, withHistory } from './snapshot';

/** What is to become of everyone who is missing, and of the newcomers who may be them. */
export interface Fates {
	leavers: Candidate[];
	/** The same person under another id. */
	moved: Array<{ candidate: Candidate; to: Found }>;
	/** Not listed but there, as FreshBooks said when asked. */
	acquitted: Array<{ index: number; person: Person; absence: Absence }>;
	/** Those who stay as last seen, with what is now remembered of their absence. */
	staying: Array<{ index: number; absence: Absence }>;
	/** Newcomers who may be someone still to be confirmed as gone: not taken up yet, by id. */
	withheld: Set<string>;
	/** How many of the missing without another id nobody has vouched for or confirmed as gone. */
	unconfirmed: number;
}

/**
 * Sorts the candidates by verdict. `replacements` names, by index, who is listed with the address or
 * the identity of a missing person: FreshBooks has one address for one login, so as long as one of its
 * ids is there the person has not left, whether that id is new or had been listed beside the other.
 */
export async function fatesOf(
	candidates: readonly Candidate[],
	verdicts: ReadonlyMap<number, Verdict>,
	replacements: ReadonlyMap<number, Found>,
	pause: YieldToEventLoop,
): Promise<Fates> {
	const fates: Fates = {
		leavers: [],
		moved: [],
		acquitted: [],
		staying: [],
		withheld: new Set(),
		unconfirmed: 0,
	};
	await forEachInSlices(candidates, pause, (candidate) => {
		const verdict = verdicts.get(candidate.index);
		if (verdict !== undefined)
			sortInto(fates, candidate, verdict, replacements.get(candidate.index));
	});
	for (const { to } of fates.moved) fates.withheld.delete(to.person.id);
	return fates;
}

function sortInto(
	fates: Fates,
	candidate: Candidate,
	verdict: Verdict,
	replacement: Found | undefined,
): void {
	const { index } = candidate;
	const { absence } = verdict;
	if (verdict.kind === 'gone') {
		if (replacement === undefined) fates.leavers.push({ ...candidate, absence });
		else fates.moved.push({ candidate: { ...candidate, absence }, to: replacement });
	} else if (verdict.kind === 'present' && verdict.person !== undefined) {
		fates.acquitted.push({ index, person: verdict.person, absence });
	} else if (replacement === undefined) {
		fates.staying.push({ index, absence });
		if (verdict.kind !== 'present') fates.unconfirmed += 1;
	} else {
		// An acquittal of an earlier poll says nothing of today's other id.
		fates.staying.push({ index, absence: { ...absence, verdict: 'seen' } });
		if (replacement.isNew) fates.withheld.add(replacement.person.id);
	}
}

/** Someone's change on its way to a line and items. */
export interface Draft {
	/** Place among the items: FreshBooks' order, then those not listed. */
	position: number;
	before: Person | null;
	after: Person;
	history: History;
	fields: FieldChange[];
	/** The line to rewrite; `null`: a new line; `undefined`: none, the person has a line of their own. */
	index: number | null | undefined;
	/** Absent: no acceptance; `null`: of an invitation never seen. */
	accepted?: PendingInvitation | null;
}

/** The changes of everyone who is there, in the order of {@link Draft.position}. */
export async function draftChanges(
	snapshot: Snapshot,
	comparison: Comparison,
	fates: Fates,
	listedCount: number,
	pause: YieldToEventLoop,
): Promise<Draft[]> {
	const drafts: Draft[] = [];
	const takenOver = new Set<string>();
	for (const { candidate, to } of fates.moved) {
		drafts.push(draftOfMoved(snapshot, candidate, to, takenOver));
		takenOver.add(to.person.id);
	}
	await forEachInSlices(comparison.newcomers, pause, ({ person, position }) => {
		if (!takenOver.has(person.id) && !fates.withheld.has(person.id))
			drafts.push(draftOfNewcomer(snapshot, { person, position }));
	});
	await forEachInSlices(comparison.different, pause, ({ index, person, position }) => {
		drafts.push(draftOfKnown(snapshot, index, person, position, null));
	});
	for (const { index, person, absence } of fates.acquitted)
		drafts.push(draftOfKnown(snapshot, index, person, listedCount + index, absence));
	return drafts.sort((one, other) => one.position - other.position);
}

function draftOfNewcomer(snapshot: Snapshot, { person, position }: Listed): Draft {
	const history = historyOfNewcomer(snapshot, person.id);
	return { position, before: null, after: person, history, fields: [], index: null };
}

/** The draft of someone known; also of someone unchanged, for an acceptance seen elsewhere. */
export function draftOfKnown(
	snapshot: Snapshot,
	index: number,
	person: Person,
	position: number,
	absence: Absence | null,
): Draft {
	const line = snapshot.lines.at(index);
	const before = personOf(line, snapshot.roles);
	const known = historyOf(line);
	const history = known.absence === absence ? known : { ...known, absence };
	return noteDate(draftOf(position, before, carriedOver(before, person), history, index));
}

function draftOfMoved(
	snapshot: Snapshot,
	candidate: Candidate,
	to: Found,
	takenOver: ReadonlySet<string>,
): Draft {
	const before = candidate.person;
	const history = { ...historyOf(snapshot.lines.at(candidate.index)), absence: null };
	const origin = history.origin ?? before.id;
	const after = carriedOver(before, to.person);
	const hasOwnLine = !to.isNew || takenOver.has(to.person.id);
	const index = hasOwnLine ? undefined : null;
	const draft = draftOf(to.position, before, after, { ...history, origin }, index);
	return hasOwnLine ? draft : noteDate(draft);
}

function draftOf(
	position: number,
	before: Person,
	after: Person,
	history: History,
	index: Draft['index'],
): Draft {
	return { position, before, after, history, fields: changedFields(before, after), index };
}

/** Reads an acceptance out of the date, once: not when the membership has already told of it. */
function noteDate(draft: Draft): Draft {
	const { before, after, history } = draft;
	const lastKnown = before?.invitationAcceptedAt ?? history.lastAcceptedAt;
	const date = after.invitationAcceptedAt;
	const isNews = acceptedSince(lastKnown, date);
	const lastAcceptedAt = date === null ? lastKnown : null;
	if (!isNews && lastAcceptedAt === history.lastAcceptedAt) return draft;
	const remembered: History = {
		...history,
		lastAcceptedAt,
		acceptedWithoutDate: history.acceptedWithoutDate && !isNews,
	};
	if (!isNews || history.acceptedWithoutDate) return { ...draft, history: remembered };
	return { ...draft, history: remembered, accepted: null };
}

/** The lines and items that come of a poll. */
export interface Written {
	/** `undefined`: as they were. */
	lines: string[] | undefined;
	items: ChangeItem[];
}

/** Which lines change. */
class LineChanges {
	readonly rewritten = new Map<number, string>();

	readonly dropped = new Set<number>();

	readonly added: string[] = [];

	async applyTo(lines: Lines, pause: YieldToEventLoop): Promise<string[] | undefined> {
		if (this.rewritten.size + this.dropped.size + this.added.length === 0) return undefined;
		const kept = await lines.all(pause);
		for (const [index, line] of this.rewritten) kept[index] = line;
		const staying = this.dropped.size === 0 ? kept : kept.filter((_, at) => !this.dropped.has(at));
		for (const line of this.added) staying.push(line);
		return staying;
	}
}

/** Only what is remembered of absences moves: nobody's data, and nothing is emitted. */
export async function writeAbsences(
	snapshot: Snapshot,
	absences: readonly KnownAbsence[],
	pause: YieldToEventLoop,
): Promise<string[] | undefined> {
	const changes = new LineChanges();
	await noteAbsences(snapshot, absences, changes, pause);
	return await changes.applyTo(snapshot.lines, pause);
}

export interface KnownAbsence {
	index: number;
	absence: Absence | null;
}

async function noteAbsences(
	snapshot: Snapshot,
	absences: readonly KnownAbsence[],
	changes: LineChanges,
	pause: YieldToEventLoop,
): Promise<void> {
	await forEachInSlices(absences, pause, ({ index, absence }) => {
		const line = snapshot.lines.at(index);
		changes.rewritten.set(index, withHistory(line, { ...historyOf(line), absence }));
	});
}

/**
 * Turns drafts and fates into lines and items. Items come person by person in FreshBooks' order,
 * then those of people not listed, removals last.
 */
export async function writeChanges(
	snapshot: Snapshot,
	drafts: readonly Draft[],
	fates: Fates,
	returned: readonly number[],
	context: ItemContext,
	pause: YieldToEventLoop,
): Promise<Written> {
	const changes = new LineChanges();
	const items: ChangeItem[] = [];
	const back = returned.map((index) => ({ index, absence: null }));
	await noteAbsences(snapshot, [...fates.staying, ...back], changes, pause);
	await forEachInSlices(drafts, pause, (draft) => {
		items.push(...writeDraft(snapshot, draft, changes, context));
	});
	await forEachInSlices(fates.leavers, pause, ({ index, person }) => {
		items.push(...writeLeaver(snapshot, index, person, changes, context));
	});
	for (const { candidate } of fates.moved) changes.dropped.add(candidate.index);
	return { lines: await changes.applyTo(snapshot.lines, pause), items };
}

function writeDraft(
	snapshot: Snapshot,
	draft: Draft,
	changes: LineChanges,
	context: ItemContext,
): ChangeItem[] {
	const { before, after, fields, accepted, index } = draft;
	const change = { before, after, fields, accepted };
	const kinds = turnKindsOf(change);
	const history = kinds.length === 0 ? draft.history : historyAfter(draft, kinds);
	if (before === null || before.id !== after.id) snapshot.gone.delete(after.id);
	if (before !== null && before.id !== after.id) rememberLeaver(snapshot, before.id, history);
	if (index !== undefined) {
		const line = encodeLine(after, history, snapshot.roles);
		if (index === null) changes.added.push(line);
		else changes.rewritten.set(index, line);
	}
	return kinds.length === 0 ? [] : personItems({ ...change, history }, context);
}

function historyAfter({ history, after, accepted }: Draft, kinds: readonly TurnKind[]): History {
	const isWithoutDate = accepted !== undefined && after.invitationAcceptedAt === null;
	return {
		...history,
		turns: turnsAfter(history.turns, kinds),
		acceptedWithoutDate: history.acceptedWithoutDate || isWithoutDate,
	};
}

function writeLeaver(
	snapshot: Snapshot,
	index: number,
	person: Person,
	changes: LineChanges,
	context: ItemContext,
): ChangeItem[] {
	const change = { before: person, after: null, fields: [] };
	const known = historyOf(snapshot.lines.at(index));
	const history = { ...known, turns: turnsAfter(known.turns, turnKindsOf(change)) };
	changes.dropped.add(index);
	rememberLeaver(snapshot, person.id, history);
	return personItems({ ...change, history }, context);
}
