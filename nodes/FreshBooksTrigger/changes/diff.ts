import type { Person, YieldToEventLoop } from './person';
import { addressOf, forEachInSlices, SLICE } from './person';
import type { Snapshot } from './snapshot';
import { compareLine, isAbout, placesOf } from './snapshot';

/** Someone listed, and their place in FreshBooks' order. */
export interface Listed {
	person: Person;
	position: number;
}

/** A complete listing held against a snapshot. Indexes are places in the snapshot's `lines`. */
export interface Comparison {
	/** Known people of whom the list tells something else than the snapshot. */
	different: Array<Listed & { index: number }>;
	/** People with an id the snapshot does not know. */
	newcomers: Listed[];
	/** Known people whom the list does not have: candidates, not leavers. */
	missing: number[];
	/** Known people, unchanged, who had been missing before. */
	returned: number[];
}

/**
 * Holds a complete listing against a snapshot, in one pass with pauses. FreshBooks' order is tried
 * first; the ids are indexed only when it differs from the snapshot's.
 */
export async function comparePeople(
	snapshot: Snapshot,
	listed: readonly Person[],
	pause: YieldToEventLoop,
): Promise<Comparison> {
	const comparison: Comparison = { different: [], newcomers: [], missing: [], returned: [] };
	const { lines } = snapshot;
	const seen = new Uint8Array(lines.count);
	const seenNewcomers = new Set<string>();
	let next = 0;
	for (let position = 0; position < listed.length; position++) {
		if (position % SLICE === SLICE - 1) await pause();
		const person = listed[position];
		const isNext = next < lines.count && isAbout(lines, next, person.id);
		const index = isNext ? next : (snapshot.places ?? (await placesOf(snapshot, pause))).get(person.id);
		if (index === undefined) {
			if (!seenNewcomers.has(person.id)) comparison.newcomers.push({ person, position });
			seenNewcomers.add(person.id);
			continue;
		}
		next = index + 1;
		if (seen[index] === 0) noteKnown(comparison, snapshot, { person, position, index });
		seen[index] = 1;
	}
	for (let index = 0; index < seen.length; index++)
		if (seen[index] === 0) comparison.missing.push(index);
	return comparison;
}

function noteKnown(
	comparison: Comparison,
	snapshot: Snapshot,
	entry: Comparison['different'][number],
): void {
	const { lines, roles } = snapshot;
	const { isSame, history } = compareLine(lines, entry.index, entry.person, roles);
	if (!isSame) comparison.different.push(entry);
	else if (history.absence !== null) comparison.returned.push(entry.index);
}

/** Whether a listing tells nothing new. */
export function isSameAsKnown({ different, newcomers, missing, returned }: Comparison): boolean {
	return different.length + newcomers.length + missing.length + returned.length === 0;
}

/**
 * Whether somebody new in a listing stands in it a second time, under another id: by identity or address. That may be so, or
 * they got a new id after the page with the old one had been read, and then somebody else is left out.
 */
export async function showsNewcomerTwice(
	{ newcomers }: Comparison,
	listed: readonly Person[],
	pause: YieldToEventLoop,
): Promise<boolean> {
	if (newcomers.length === 0) return false;
	const marks = new Set(newcomers.flatMap(({ person }) => marksOf(person)));
	const ids = new Map<string | number, string>();
	let isTwice = false;
	await forEachInSlices(listed, pause, (person) => {
		for (const mark of marksOf(person)) {
			if (!marks.has(mark)) continue;
			const id = ids.get(mark);
			if (id === undefined) ids.set(mark, person.id);
			else isTwice ||= id !== person.id;
		}
	});
	return isTwice;
}

/** What a person keeps under a new id: the identity, a number, and the address, a text. */
function marksOf(person: Person): Array<string | number> {
	return [person.identityId, addressOf(person)].filter((mark) => mark !== null);
}

/** The fields whose change is an event of its own or part of `memberUpdated`. */
export const DIFFED_FIELDS = [
	'id',
	'email',
	'firstName',
	'lastName',
	'identityId',
	'role',
	'active',
] as const;

export type DiffedField = (typeof DIFFED_FIELDS)[number];

export interface FieldChange {
	field: DiffedField;
	from: Person[DiffedField];
	to: Person[DiffedField];
}

/**
 * What a listed person means after what was known: an `active` that FreshBooks leaves out stays as it
 * was, or a deactivation could hide behind one answer without it.
 */
export function carriedOver(before: Person, now: Person): Person {
	return now.active === null && before.active !== null ? { ...now, active: before.active } : now;
}

/**
 * The fields that changed, in the order of {@link DIFFED_FIELDS}. An `active` that was not known
 * before is no change: the list began to tell it, the person did nothing. `updatedAt` never counts.
 */
export function changedFields(before: Person, after: Person): FieldChange[] {
	return DIFFED_FIELDS.filter(
		(field) =>
			before[field] !== after[field] &&
			!(field === 'active' && (before.active === null || after.active === null)),
	).map((field) => ({ field, from: before[field], to: after[field] }));
}

/**
 * Whether the acceptance date tells of an acceptance: it is there and was never there before, or lies
 * later than the last one known (withdrawn and given again between two polls). The same date coming
 * back after an answer without it is none.
 */
export function acceptedSince(lastKnown: string | null, now: string | null): boolean {
	if (now === null) return false;
	return lastKnown === null || Date.parse(now) > Date.parse(lastKnown);
}

/** Whom to look for in a listing. Addresses as {@link addressOf} gives them. */
export interface Wanted {
	addresses: ReadonlySet<string>;
	identities: ReadonlySet<number>;
}

export interface Found extends Listed {
	/** The snapshot does not know this id. */
	isNew: boolean;
}

export interface FoundPeople {
	byAddress: Map<string, Found>;
	byIdentity: Map<number, Found>;
}

/**
 * The listed people with one of the wanted addresses or identities. When several share one, a
 * newcomer (by id in `newcomers`) comes before a known person, then FreshBooks' order decides.
 */
export async function findPeople(
	listed: readonly Person[],
	newcomers: ReadonlySet<string>,
	wanted: Wanted,
	pause: YieldToEventLoop,
): Promise<FoundPeople> {
	const found: FoundPeople = { byAddress: new Map(), byIdentity: new Map() };
	if (wanted.addresses.size === 0 && wanted.identities.size === 0) return found;
	await forEachInSlices(listed, pause, (person, position) => {
		const address = addressOf(person);
		const hasAddress = address !== null && wanted.addresses.has(address);
		const hasIdentity = person.identityId !== null && wanted.identities.has(person.identityId);
		if (!hasAddress && !hasIdentity) return;
		const entry = { person, position, isNew: newcomers.has(person.id) };
		if (hasAddress) keepBetter(found.byAddress, address, entry);
		if (hasIdentity) keepBetter(found.byIdentity, person.identityId, entry);
	});
	return found;
}

function keepBetter<Key>(found: Map<Key, Found>, key: Key | null, entry: Found): void {
	if (key === null) return;
	const other = found.get(key);
	if (other === undefined || (entry.isNew && !other.isNew)) found.set(key, entry);
}
