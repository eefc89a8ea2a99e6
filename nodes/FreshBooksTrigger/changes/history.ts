import {
	joinFields,
	packDate,
	packNumbers,
	packText,
	unpackDate,
	unpackNumbers,
	unpackText,
} from './packing';

/**
 * What the trigger remembers of a person besides their data.
 *
 * **Turns** make event ids. Every kind of change has a counter per person, and the counter is part of
 * the event id: the same change found again after the stored state went back finds the same counter,
 * hence the same id; the same kind of change happening later finds a higher one. One revision for the
 * whole person would not do: were a role change and a name change seen in two polls, and after a
 * rollback both in one, the second would get another id than the first time. So every field counts
 * alone, and it counts every change seen, whether its event is chosen or not. A new baseline counts from
 * the start, so the baseline's time is part of the id too: who leaves once more after it is no repeat.
 * Known limit: a change and its undoing that a rolled back state never saw leave no trace, so a
 * *later* change of the same kind can then get the id of the earlier one.
 */
export const TURN_KINDS = [
	'added',
	'removed',
	'active',
	'role',
	'accepted',
	'id',
	'email',
	'firstName',
	'lastName',
	'identityId',
] as const;

export type TurnKind = (typeof TURN_KINDS)[number];

/** The counters, in the order of {@link TURN_KINDS}. */
export type Turns = readonly number[];

/**
 * What asking FreshBooks for a person missing from its list has given so far; `seen` when the last list, or a second one after
 * it, had the person under whatever id.
 */
export type AbsenceVerdict = 'unasked' | 'unknown' | 'present' | 'gone' | 'seen';

/** A person missing from the last complete listing, and not reported as removed. */
export interface Absence {
	/** In how many complete listings in a row the person was missing. */
	missed: number;
	/** The number of the poll that last asked for the person; 0 before the first. */
	askedAt: number;
	verdict: AbsenceVerdict;
}

/** The trigger's memory of one person. */
export interface History {
	turns: Turns;
	/** The first id known for the person, when FreshBooks has given another since: event ids keep it. */
	origin: string | null;
	/** `invitationAccepted` was emitted while FreshBooks gave no date: the date to come is no news. */
	acceptedWithoutDate: boolean;
	/** The last acceptance date seen, when the person has none now: its return is no news. */
	lastAcceptedAt: string | null;
	absence: Absence | null;
}

const NO_TURNS: Turns = TURN_KINDS.map(() => 0);

/** The history of a person of whom nothing was ever reported. */
export const NO_HISTORY: History = {
	turns: NO_TURNS,
	origin: null,
	acceptedWithoutDate: false,
	lastAcceptedAt: null,
	absence: null,
};

/** Turns that all stand at `floor`: where a person starts who may be one already forgotten. */
export function turnsFrom(floor: number): Turns {
	return floor === 0 ? NO_TURNS : TURN_KINDS.map(() => floor);
}

/** The turns after one more change of each of `kinds`. */
export function turnsAfter(turns: Turns, kinds: readonly TurnKind[]): Turns {
	const next = [...turns];
	for (const kind of kinds) next[TURN_KINDS.indexOf(kind)] += 1;
	return next;
}

/** The counter of one kind. */
export function turnOf(turns: Turns, kind: TurnKind): number {
	return turns[TURN_KINDS.indexOf(kind)];
}

const VERDICT_CODES: ReadonlyMap<AbsenceVerdict, string> = new Map([
	['unasked', 'w'],
	['unknown', 'u'],
	['present', 'p'],
	['gone', 'g'],
	['seen', 's'],
]);
const VERDICTS = new Map([...VERDICT_CODES].map(([verdict, code]) => [code, verdict]));

/** The history as text, empty for {@link NO_HISTORY}: what almost everyone has. */
export function encodeHistory(history: History): string {
	if (history === NO_HISTORY) return '';
	const { absence } = history;
	return joinFields([
		packNumbers(history.turns),
		packText(history.origin),
		history.acceptedWithoutDate ? '1' : '',
		packDate(history.lastAcceptedAt),
		absence === null ? '' : packNumbers([absence.missed, absence.askedAt]),
		absence === null ? '' : (VERDICT_CODES.get(absence.verdict) ?? ''),
	]);
}

/** The reverse of {@link encodeHistory}. */
export function decodeHistory(packed: string): History {
	if (packed === '') return NO_HISTORY;
	const [turns, origin = '', undated, lastAcceptedAt = '', absence = '', code = ''] =
		packed.split('|');
	return {
		turns: unpackNumbers(turns, TURN_KINDS.length),
		origin: unpackText(origin),
		acceptedWithoutDate: undated === '1',
		lastAcceptedAt: unpackDate(lastAcceptedAt),
		absence: decodeAbsence(absence, code),
	};
}

function decodeAbsence(packed: string, code: string): Absence | null {
	const verdict = VERDICTS.get(code);
	if (verdict === undefined) return null;
	const [missed, askedAt] = unpackNumbers(packed, 2);
	return { missed, askedAt, verdict };
}
