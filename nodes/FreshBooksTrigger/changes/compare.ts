import type { Listed, Person } from './person';
import { idKey, isGivenAgain, isSamePerson, PeopleIndex, rankOf, withLastKnown } from './person';
import type { Snapshot } from './snapshot';
import { lineOf, personOf } from './snapshot';

/** A known person whose row differs from the snapshot. */
export interface Different extends Listed {
	before: Person;
}

/** A complete list compared with a snapshot. */
export interface Comparison {
	/** `person` is the listed one; fields that the list leaves out have their last known value. */
	different: Different[];
	/** People with an ID that the snapshot does not know. */
	newcomers: Listed[];
	/** Known people whose ID the list lacks, or has only in a row left over beside a new one; with their last known values. */
	missing: Person[];
	/** By `idKey`: known people whose ID the list has. */
	present: ReadonlyMap<string, Listed>;
	/** `present`, the newcomers and the unconfirmed rows. Empty when no one is new or missing and it was not requested. */
	index: PeopleIndex;
	/** By `idKey`: listed IDs of a second row of a person who is known, or new, under another ID. */
	aliases: ReadonlySet<string>;
	/** By `idKey`: listed IDs of rows that are not confirmed. They are not members yet. */
	unconfirmed: ReadonlySet<string>;
}

/** Compares a complete list with a snapshot. Of several rows with one ID the first counts. A row that is not confirmed is not a member yet. */
export function comparePeople(snapshot: Snapshot, listed: readonly Person[], needsIndex: boolean): Comparison {
	const different: Different[] = [];
	const newcomers: Listed[] = [];
	const unconfirmed: Listed[] = [];
	const present = new Map<string, Listed>();
	const unknown = new Set<string>();
	listed.forEach((person, position) => {
		const key = idKey(person.id);
		if (present.has(key) || unknown.has(key)) return;
		const line = snapshot.people.get(key);
		if (line !== undefined && line === lineOf(person)) {
			present.set(key, { person, position });
			return;
		}
		const before = line === undefined ? undefined : personOf(line);
		if (before === undefined || isGivenAgain(before, person)) {
			unknown.add(key);
			(person.confirmed === false ? unconfirmed : newcomers).push({ person, position });
			return;
		}
		const now = withLastKnown(before, person);
		present.set(key, { person: now, position });
		if (lineOf(now) !== line) different.push({ before, person: now, position });
	});
	const everybody = () => indexOf([...present.values(), ...newcomers, ...unconfirmed]);
	let index = needsIndex || newcomers.length > 0 || present.size < snapshot.people.size ? everybody() : new PeopleIndex();
	const leftOver = leftOverRows(newcomers, index, present);
	for (const key of leftOver) present.delete(key);
	if (leftOver.size > 0) index = everybody();
	const missing: Person[] = [];
	for (const [key, line] of snapshot.people) if (!present.has(key)) missing.push(personOf(line));
	return {
		different: different.filter(({ person }) => present.has(idKey(person.id))),
		newcomers,
		missing,
		present,
		index,
		aliases: aliasesOf(newcomers, index, present),
		unconfirmed: new Set(unconfirmed.map(({ person }) => idKey(person.id))),
	};
}

function indexOf(people: Iterable<Listed>): PeopleIndex {
	const index = new PeopleIndex();
	for (const one of people) index.add(one);
	return index;
}

/** By `idKey`: known people who are also listed under another ID, with a row of higher rank. That row replaces theirs. */
function leftOverRows(newcomers: readonly Listed[], index: PeopleIndex, present: ReadonlyMap<string, Listed>): Set<string> {
	const leftOver = new Set<string>();
	for (const newcomer of newcomers) {
		for (const { person } of index.sameAs(newcomer.person)) {
			const key = idKey(person.id);
			if (present.has(key) && rankOf(newcomer.person) > rankOf(person)) leftOver.add(key);
		}
	}
	return leftOver;
}

function aliasesOf(newcomers: readonly Listed[], index: PeopleIndex, present: ReadonlyMap<string, Listed>): Set<string> {
	const aliases = new Set<string>();
	const chosen = new Set<string>(present.keys());
	const byRank = [...newcomers].sort((one, other) => rankOf(other.person) - rankOf(one.person) || one.position - other.position);
	for (const { person } of byRank) {
		const key = idKey(person.id);
		const isSecond = index.sameAs(person).some((other) => idKey(other.person.id) !== key && chosen.has(idKey(other.person.id)));
		(isSecond ? aliases : chosen).add(key);
	}
	return aliases;
}

/**
 * Whether the list shows an alias for the first time. Either the person has two rows, or got a new ID after the page with the old one
 * was read; in that case another person is missing from the list.
 */
export function hasNewAlias({ aliases }: Comparison, snapshot: Snapshot): boolean {
	return [...aliases].some((key) => !snapshot.aliases.has(key));
}

/** The row that replaces a missing person's row. */
export interface Replacement extends Listed {
	/** The snapshot does not know this ID. */
	isNew: boolean;
}

/** The row that lists the same person under another ID: a newcomer first, then a known person, then a second row of either. */
export function replacementOf(missing: Person, { index, present, aliases }: Comparison, snapshot: Snapshot): Replacement | undefined {
	const listed = index.sameAs(missing).filter(({ person }) => isReplacedBy(missing, person, snapshot));
	const candidates = listed.map((one) => ({ ...one, isNew: !present.has(idKey(one.person.id)) }));
	const newcomers = candidates.filter(({ isNew }) => isNew);
	const isFirstRow = ({ person }: Listed) => !aliases.has(idKey(person.id));
	return newcomers.find(isFirstRow) ?? candidates.find(({ isNew }) => !isNew) ?? newcomers[0];
}

/**
 * Whether a listed person is the missing person under another ID. For a person known under their own ID only the identity counts: one
 * who shares nothing but the address has taken it over.
 */
export function isReplacedBy(missing: Person, listed: Person, { people, unconfirmed }: Snapshot): boolean {
	if (!isSamePerson(missing, listed)) return false;
	const key = idKey(listed.id);
	return !(people.has(key) || unconfirmed.has(key)) || (missing.identityId !== null && missing.identityId === listed.identityId);
}

/** The fields whose change is an event, or part of `memberUpdated`. */
export const DIFFED_FIELDS = ['id', 'email', 'firstName', 'lastName', 'identityId', 'role', 'active'] as const;

export type DiffedField = (typeof DIFFED_FIELDS)[number];

export interface FieldChange {
	field: DiffedField;
	from: Person[DiffedField];
	to: Person[DiffedField];
}

/**
 * The fields that changed, in the order of {@link DIFFED_FIELDS}. An `active` that was unknown before is not a change: only the list
 * changed. A role that was unknown is one only if the person was reported as added without it (`wasAdded`). The same ID in another
 * letter case is not a change.
 */
export function changedFields(before: Person, after: Person, wasAdded: boolean): FieldChange[] {
	return DIFFED_FIELDS.filter((field) => {
		if (field === 'id') return idKey(before.id) !== idKey(after.id);
		if (field === 'active' && before.active === null) return false;
		if (field === 'role' && before.role === null && !wasAdded) return false;
		return before[field] !== after[field];
	}).map((field) => ({ field, from: before[field], to: after[field] }));
}

/** Seconds since 1970, as FreshBooks gives the same date with and without fractions. NaN for a text that is not a date. */
function secondsOf(date: string): number {
	return Math.floor(Date.parse(date) / 1000);
}

/**
 * Whether the acceptance date shows a new acceptance: it is later than the last known one, if any, and than all of `after` (ISO: the
 * baseline, the invitation).
 */
export function acceptedSince(lastKnown: string | null, now: string | null, after: readonly string[]): boolean {
	if (now === null) return false;
	const others = lastKnown === null ? after : [lastKnown, ...after];
	return others.every((date) => secondsOf(now) > secondsOf(date));
}
