import { createHash } from 'crypto';

import type { Turns } from './events';
import type { KnownInvitation } from './invitations';
import type { Person } from './person';
import { idKey } from './person';

/**
 * One business's people of one source: as n8n stores them (plain JSON, under 250 bytes a person), and as a poll uses them.
 *
 * A person is one line of JSON text, so equal text means that nothing changed. Several hundred lines are one string. No key of a
 * stored object comes from FreshBooks, so `__proto__` is a text like any other.
 */
export interface StoredSnapshot {
	v: 1;
	people: string[];
	histories: string[];
	aliases: string[];
	unconfirmed: string[];
	departed: string[];
	departedFloor: number;
	baselineAt: string;
	/** `null` while no invitation event is chosen. */
	invitations: string[] | null;
	removalsReportedAt: number | null;
	invitationsReportedAt: number | null;
	undecidedReportedAt: number | null;
	damagedAt: number | null;
	/** Over all other fields: a state that something else has altered is not compared. */
	digest: string;
}

/** A person whose ID the last complete list lacked, and who is not reported as removed. */
export interface Absence {
	/** Since when, in milliseconds. */
	since: number;
	/** How many complete lists in a row lacked the person under any ID, by identity or address. */
	missed: number;
}

/** What is remembered of a person beside their line; few people have a history. */
export interface History {
	/** The person's name in event IDs; `null`: the ID itself, which was never another person's. */
	subject: string | null;
	turns: Turns;
	/** `invitationAccepted` was emitted before FreshBooks gave a date: the date gives no second event. */
	acceptedWithoutDate: boolean;
	absence: Absence | null;
}

export const NO_HISTORY: History = { subject: null, turns: {}, acceptedWithoutDate: false, absence: null };

/** When each kind of trouble that is not reported in every poll was last reported, in milliseconds. */
export interface ReportTimes {
	removals: number | null;
	invitations: number | null;
	undecided: number | null;
}

/** A snapshot opened for one poll. */
export interface Snapshot {
	/** Lines by `idKey`. */
	people: Map<string, string>;
	/** Sparse; by `idKey`. */
	histories: Map<string, History>;
	/** IDs, by `idKey`, of second rows of known people. */
	aliases: ReadonlySet<string>;
	/** IDs, by `idKey`, of listed rows that are not confirmed. */
	unconfirmed: ReadonlySet<string>;
	/** How often an ID was freed, by `idKey`, the longest ago first: a person who gets it again has other event IDs. */
	departed: Map<string, number>;
	/** The highest count of an ID that is no longer in `departed`. */
	departedFloor: number;
	/** When the baseline was taken, ISO. */
	baselineAt: string;
	invitations: KnownInvitation[] | null;
	reportedAt: ReportTimes;
	/** When a baseline replaced a state that could not be read, in milliseconds; `null` once that was reported for an hour. */
	damagedAt: number | null;
}

/** How many freed IDs are remembered, about 50 bytes each. */
export const DEPARTED_LIMIT = 1000;

const LINES_PER_CHUNK = 500;

export function emptySnapshot(baselineAt: string): Snapshot {
	return {
		people: new Map(),
		histories: new Map(),
		aliases: new Set(),
		unconfirmed: new Set(),
		departed: new Map(),
		departedFloor: 0,
		baselineAt,
		invitations: null,
		reportedAt: { removals: null, invitations: null, undecided: null },
		damagedAt: null,
	};
}

/** A person as a line. */
export function lineOf({ id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt }: Person): string {
	return JSON.stringify([id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt]);
}

type PersonLine = [string, string | null, string | null, string | null, string | null, boolean | null, number | null, string | null, string | null];

/** The person of a line. */
export function personOf(line: string): Person {
	const [id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt] = JSON.parse(line) as PersonLine;
	return { id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt };
}

/** Stores a person's values. */
export function putPerson({ people }: Snapshot, person: Person): void {
	people.set(idKey(person.id), lineOf(person));
}

export function historyOf({ histories }: Snapshot, key: string): History {
	return histories.get(key) ?? NO_HISTORY;
}

/** Stores a history, unless it is empty. */
export function putHistory({ histories }: Snapshot, key: string, history: History): void {
	const { subject, turns, acceptedWithoutDate, absence } = history;
	const isEmpty = subject === null && Object.keys(turns).length === 0 && !acceptedWithoutDate && absence === null;
	if (isEmpty) histories.delete(key);
	else histories.set(key, history);
}

/** The name in event IDs of a person who is new under this ID: the ID, and how often it was freed before. `null`: never. */
export function subjectOfNewcomer({ departed, departedFloor }: Snapshot, key: string): string | null {
	const times = Math.max(departed.get(key) ?? 0, departedFloor);
	return times === 0 ? null : `${key}#${times}`;
}

/** Remembers that the ID of a person or an invitation was freed, so that the next one with this ID has other event IDs. */
export function rememberDeparted(snapshot: Snapshot, key: string): void {
	const { departed } = snapshot;
	const times = Math.max(departed.get(key) ?? 0, snapshot.departedFloor) + 1;
	departed.delete(key);
	departed.set(key, times);
	if (departed.size <= DEPARTED_LIMIT) return;
	for (const [oldest, itsTimes] of departed) {
		departed.delete(oldest);
		snapshot.departedFloor = Math.max(snapshot.departedFloor, itsTimes);
		return;
	}
}

type HistoryLine = [string, string | null, Turns, 0 | 1, number | null, number];

function historyLine([key, { subject, turns, acceptedWithoutDate, absence }]: [string, History]): string {
	const line: HistoryLine = [key, subject, turns, acceptedWithoutDate ? 1 : 0, absence?.since ?? null, absence?.missed ?? 0];
	return JSON.stringify(line);
}

function historyOfLine(line: string): [string, History] {
	const [key, subject, turns, acceptedWithoutDate, since, missed] = JSON.parse(line) as HistoryLine;
	return [key, { subject, turns, acceptedWithoutDate: acceptedWithoutDate === 1, absence: since === null ? null : { since, missed } }];
}

/** Opens the stored value. `undefined` when nothing is stored; `'damaged'` when it is not what was written. Never throws. */
export function openSnapshot(stored: unknown): Snapshot | 'damaged' | undefined {
	if (stored === undefined || stored === null) return undefined;
	if (!isIntact(stored)) return 'damaged';
	const lines = stored.people.flatMap((chunk) => chunk.split('\n'));
	return {
		people: new Map(lines.filter((line) => line !== '').map((line) => [idKey(idIn(line)), line])),
		histories: new Map(stored.histories.map(historyOfLine)),
		aliases: new Set(stored.aliases),
		unconfirmed: new Set(stored.unconfirmed),
		departed: new Map(stored.departed.map((line) => JSON.parse(line) as [string, number])),
		departedFloor: stored.departedFloor,
		baselineAt: stored.baselineAt,
		invitations: stored.invitations === null ? null : stored.invitations.map((line) => JSON.parse(line) as KnownInvitation),
		reportedAt: { removals: stored.removalsReportedAt, invitations: stored.invitationsReportedAt, undecided: stored.undecidedReportedAt },
		damagedAt: stored.damagedAt,
	};
}

/** The ID that a line begins with; a line is parsed only when something in it changed. */
function idIn(line: string): string {
	const text = line.slice(1, line.indexOf('",', 2) + 1);
	return text.includes('\\') ? personOf(line).id : text.slice(1, -1);
}

/** The snapshot in the form in which n8n stores it. */
export function closeSnapshot(snapshot: Snapshot): StoredSnapshot {
	const { people, histories, aliases, unconfirmed, departed, departedFloor, baselineAt, invitations, reportedAt, damagedAt } = snapshot;
	const lines = [...people.values()];
	const chunks: string[] = [];
	for (let from = 0; from < lines.length; from += LINES_PER_CHUNK) chunks.push(lines.slice(from, from + LINES_PER_CHUNK).join('\n'));
	const rest = {
		v: 1 as const,
		people: chunks,
		histories: [...histories].map(historyLine),
		aliases: [...aliases],
		unconfirmed: [...unconfirmed],
		departed: [...departed].map((entry) => JSON.stringify(entry)),
		departedFloor,
		baselineAt,
		invitations: invitations === null ? null : invitations.map((known) => JSON.stringify(known)),
		removalsReportedAt: reportedAt.removals,
		invitationsReportedAt: reportedAt.invitations,
		undecidedReportedAt: reportedAt.undecided,
		damagedAt,
	};
	return { ...rest, digest: digestOf(rest) };
}

/** SHA-256, shortened; the order of keys does not matter, as a database may store JSON in its own. */
function digestOf(stored: Omit<StoredSnapshot, 'digest'>): string {
	const { people, histories, aliases, unconfirmed, departed, departedFloor, baselineAt, invitations } = stored;
	const { removalsReportedAt, invitationsReportedAt, undecidedReportedAt, damagedAt } = stored;
	const times = [removalsReportedAt, invitationsReportedAt, undecidedReportedAt, damagedAt];
	const hash = createHash('sha256').update(JSON.stringify([people.length, histories, aliases, unconfirmed, departed, departedFloor, baselineAt, invitations, times]));
	for (const chunk of people) hash.update(chunk).update('\n');
	return hash.digest('hex').slice(0, 16);
}

function isIntact(value: unknown): value is StoredSnapshot {
	if (typeof value !== 'object' || value === null) return false;
	const it = value as StoredSnapshot;
	const hasPeople: boolean = it.v === 1 && Array.isArray(it.people) && it.people.every((chunk) => typeof chunk === 'string');
	return hasPeople && digestOf(it) === it.digest;
}
