import type { Comparison, Replacement } from './compare';
import { isReplacedBy, replacementOf } from './compare';
import type { Listing } from './listing';
import { problemOf } from './listing';
import type { Person, Source } from './person';
import { idKey, isGivenAgain, PeopleIndex, withLastKnown } from './person';
import type { Absence, Snapshot } from './snapshot';
import { historyOf } from './snapshot';
import { HOUR_MS } from './reporting';

/** FreshBooks' answer to a request for one person by ID. */
export type LookUp =
	/** 200: still there, as `person`. */
	| { answer: 'found'; person: Person }
	/** 404 or 410. */
	| { answer: 'gone' }
	/** Any other answer; `said` describes it in a few words for a sentence. */
	| { answer: 'unknown'; said: string };

/** A known person whose ID a complete list does not have. */
export interface MissingPerson {
	/** With the last known values. */
	person: Person;
	key: string;
	/** With this poll counted. */
	absence: Absence;
	/** The previous list had their ID. */
	isFirst: boolean;
	/** The list has another person under their ID. */
	isIdGivenAgain: boolean;
	replacement: Replacement | undefined;
	/** `undefined`: not requested in this poll. A second list of the same poll that has their ID counts as an answer. */
	lookUp?: LookUp;
}

/** The missing people of a comparison. */
export function missingPeople(comparison: Comparison, snapshot: Snapshot, now: number): MissingPerson[] {
	const newKeys = new Set(comparison.newcomers.map(({ person }) => idKey(person.id)));
	return comparison.missing.map((person) => {
		const key = idKey(person.id);
		const before = historyOf(snapshot, key).absence;
		const replacement = replacementOf(person, comparison, snapshot);
		const missed = replacement === undefined ? (before?.missed ?? 0) + 1 : 0;
		return { person, key, absence: { since: Math.min(before?.since ?? now, now), missed }, isFirst: before === null, isIdGivenAgain: newKeys.has(key), replacement };
	});
}

/** The people to request by ID in this poll: those missing for the first time, then the others in turn; at most `limit`. */
export function peopleToAsk(missing: readonly MissingPerson[], limit: number): MissingPerson[] {
	const others = missing.filter(({ isFirst }) => !isFirst);
	const polls = Math.max(0, ...others.map(({ absence }) => absence.missed));
	const start = others.length === 0 ? 0 : (polls * limit) % others.length;
	return [...missing.filter(({ isFirst }) => isFirst), ...others.slice(start), ...others.slice(0, start)].slice(0, limit);
}

/** Whether FreshBooks has no one under the ID any more, or another person. An answer about another ID is ignored. */
function isGone({ person, key, isIdGivenAgain, lookUp }: MissingPerson): boolean {
	if (isIdGivenAgain) return true;
	if (lookUp?.answer !== 'found') return lookUp?.answer === 'gone';
	return idKey(lookUp.person.id) === key && isGivenAgain(person, lookUp.person);
}

/** Whether a second list could show that the person is still there. */
export function needsSecondList(missing: MissingPerson, source: Source): boolean {
	return source === 'businessMembers' || (missing.replacement === undefined && isGone(missing));
}

/**
 * Counts a second list of the same poll. A person in it is there, even if the list is incomplete. A person not in it was missed once
 * more, if the list is complete. If it has a person whom the first list lacks, the first list was wrong and does not count.
 */
export function countSecondList(missing: readonly MissingPerson[], second: Listing<Person>, snapshot: Snapshot): void {
	const isComplete = problemOf(second) === undefined;
	const index = new PeopleIndex();
	const byKey = new Map<string, Person>();
	second.rows.forEach((person, position) => {
		index.add({ person, position });
		byKey.set(idKey(person.id), person);
	});
	const listed = missing.filter((one) => {
		const own = byKey.get(one.key);
		const isBack = own !== undefined && !isGivenAgain(one.person, own);
		if (isBack) one.lookUp = { answer: 'found', person: own };
		return isBack || index.sameAs(one.person).some(({ person }) => isReplacedBy(one.person, person, snapshot));
	});
	const isFirstWrong = listed.some(({ replacement }) => replacement === undefined);
	const lists = (isComplete ? 1 : 0) - (isFirstWrong ? 1 : 0);
	for (const { absence, replacement } of missing) if (replacement === undefined) absence.missed += lists;
	for (const { absence } of listed) absence.missed = 0;
}

/** The result for a missing person. */
export type Outcome =
	/** Left: two complete lists in a row lack them under any ID, and a request by ID, where the source has one, does not find them. */
	| 'gone'
	/** The same person under another ID. */
	| 'moved'
	/** Not listed, but there: a request by ID or a second list found them. */
	| 'found'
	/** Keeps the last known values; the next poll decides again. */
	| 'undecided';

/** The one place that decides who is gone. `hasSecondList`: this poll read a second, complete list. */
export function decide(missing: MissingPerson, source: Source, hasSecondList: boolean): Outcome {
	const { replacement, isFirst, absence, lookUp } = missing;
	const isConfirmed = isGone(missing);
	if (replacement !== undefined) {
		const isOldIdOver = source === 'businessMembers' ? hasSecondList && lookUp === undefined : isConfirmed;
		return isOldIdOver || !isFirst ? 'moved' : 'undecided';
	}
	if (lookUp?.answer === 'found' && !isConfirmed && idKey(lookUp.person.id) === missing.key) return 'found';
	return (source === 'businessMembers' || isConfirmed) && absence.missed >= 2 ? 'gone' : 'undecided';
}

/** The missing people of one poll by outcome. */
export type Outcomes = Record<Outcome, MissingPerson[]>;

export function outcomesOf(missing: readonly MissingPerson[], source: Source, hasSecondList: boolean): Outcomes {
	const outcomes: Outcomes = { gone: [], moved: [], found: [], undecided: [] };
	for (const one of missing) outcomes[decide(one, source, hasSecondList)].push(one);
	// They are there, so the lists without them were wrong.
	for (const { absence } of outcomes.found) absence.missed = 0;
	return outcomes;
}

/**
 * How many of the undecided disappeared together with those who are gone: in this poll or, where they were not requested by ID yet,
 * in the same earlier poll as a person who is gone. Otherwise the limit on requests would let a mass removal pass, a few people in
 * every poll.
 */
export function undecidedTogether({ gone, undecided }: Outcomes): number {
	const polls = new Set(gone.map(({ absence }) => absence.since));
	return undecided.filter(({ replacement, isFirst, lookUp, absence }) => {
		const isUnasked = lookUp === undefined && polls.has(absence.since);
		return replacement === undefined && (isFirst || isUnasked);
	}).length;
}

/** People about whom complete lists and FreshBooks' answers by ID have differed for more than an hour. */
export interface LongUndecided {
	people: number;
	/** Name or address of the first. */
	first: string;
	/** What FreshBooks answered about the first. */
	answer: string;
}

/** `undefined` when there are none. A person whom FreshBooks calls inactive is reported as deactivated, and is not undecided. */
export function longUndecided({ undecided, found }: Outcomes, now: number): LongUndecided | undefined {
	const stillThere = found.filter(({ person, lookUp }) => lookUp?.answer === 'found' && withLastKnown(person, lookUp.person).active !== false);
	const long = [...undecided, ...stillThere].filter(({ absence }) => now - absence.since > HOUR_MS);
	if (long.length === 0) return undefined;
	const { person, lookUp } = long.find((one) => one.lookUp !== undefined) ?? long[0];
	return { people: long.length, first: nameOf(person), answer: answerOf(lookUp) };
}

function nameOf({ id, email, firstName, lastName }: Person): string {
	const name = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
	return email ?? (name === '' ? id : name);
}

function answerOf(lookUp: LookUp | undefined): string {
	if (lookUp === undefined) return 'nothing yet';
	if (lookUp.answer === 'found') return 'that the person is there';
	return lookUp.answer === 'gone' ? 'that there is nobody with this ID' : lookUp.said;
}
