import { createHash } from 'crypto';

import type { History, Turns } from './history';
import { decodeHistory, encodeHistory, NO_HISTORY, turnsFrom } from './history';
import type { KnownInvitation } from './invitations';
import { decodeInvitation, encodeInvitation } from './invitations';
import {
	escapeText,
	FIELD,
	HISTORY,
	LINE,
	packDate,
	packText,
	TextTable,
	unescapeText,
	unpackDate,
	unpackText,
} from './packing';
import type { Person, YieldToEventLoop } from './person';
import { SLICE } from './person';

/**
 * One business's people of one source as n8n stores them: plain JSON, about 100 bytes a person.
 *
 * People are lines of text joined to chunks, not objects: a line that the next poll's person packs to
 * again is equal as a whole and never taken apart, a chunk can be read between two pauses, and no key
 * of a stored object comes from FreshBooks (`__proto__` is a text like any other).
 */
export interface StoredSnapshot {
	v: 1;
	/** Chunks of lines, see {@link encodePerson}. */
	people: string[];
	roles: string[];
	/** The parts of the addresses after the `@`. */
	domains: string[];
	/** The people who left last, oldest first: a bounded memory of their turns. */
	gone: string[];
	/** The highest turn among those no longer in `gone`. */
	turnFloor: number;
	/** How many polls this snapshot has seen; orders confirmations fairly. */
	polls: number;
	/** When the baseline was taken, ISO. */
	baselineAt: string;
	/** `null` while no invitation event is chosen. */
	invitations: string[] | null;
	/** When the removal safeguard last reported, in milliseconds; `null` when nothing is held. */
	reportedAt: number | null;
	/** Digest of all the above: a state changed by anyone else is not compared with. */
	digest: string;
}

/** What a line needs besides itself. */
export interface Tables {
	roles: TextTable;
	domains: TextTable;
}

/** What is remembered of someone who left. */
export interface Past {
	turns: Turns;
	origin: string | null;
}

/** A stored snapshot opened for one poll. `lines` and `places` (id to index in `lines`) belong together. */
export interface Snapshot {
	lines: string[];
	places: Map<string, number>;
	tables: Tables;
	gone: Map<string, Past>;
	turnFloor: number;
	polls: number;
	baselineAt: string;
	invitations: KnownInvitation[] | null;
	reportedAt: number | null;
	/** The chunks as stored, reusable while no line changes. */
	chunks: string[];
}

/** As many leavers are remembered, about 40 bytes each. */
export const GONE_LIMIT = 1000;

const PEOPLE_PER_CHUNK = 500;

/** A fresh snapshot without people. */
export function emptySnapshot(baselineAt: string): Snapshot {
	return {
		lines: [],
		places: new Map(),
		tables: { roles: new TextTable(), domains: new TextTable() },
		gone: new Map(),
		turnFloor: 0,
		polls: 0,
		baselineAt,
		invitations: null,
		reportedAt: null,
		chunks: [],
	};
}

/** A person as a line, without history. The id comes first and unpacked: it is the key. */
export function encodePerson(person: Person, tables: Tables): string {
	const { email, role, active, identityId } = person;
	const at = email === null ? -1 : email.lastIndexOf('@');
	const domain = email === null || at < 0 ? '' : tables.domains.placeOf(email.slice(at + 1));
	const local = email === null || at < 0 ? packText(email) : escapeText(email.slice(0, at));
	return (
		`${escapeText(person.id)}|${local}|${domain}|` +
		`${packText(person.firstName)}|${packText(person.lastName)}|` +
		`${role === null ? '' : tables.roles.placeOf(role)}|` +
		`${active === null ? '' : active ? '1' : '0'}|${identityId === null ? '' : identityId}|` +
		`${packDate(person.invitationAcceptedAt)}|${packDate(person.updatedAt)}`
	);
}

function decodePerson(record: string, tables: Tables): Person {
	const [id, local, domain, firstName, lastName, role, active, identityId, acceptedAt, updatedAt] =
		record.split(FIELD);
	return {
		id: unescapeText(id),
		email:
			domain === '' ? unpackText(local) : `${unescapeText(local)}@${tables.domains.textAt(domain)}`,
		firstName: unpackText(firstName),
		lastName: unpackText(lastName),
		role: role === '' ? null : tables.roles.textAt(role),
		active: active === '' ? null : active === '1',
		identityId: identityId === '' ? null : Number(identityId),
		invitationAcceptedAt: unpackDate(acceptedAt),
		updatedAt: unpackDate(updatedAt),
	};
}

/** A person with their history as a line. */
export function encodeLine(person: Person, history: History, tables: Tables): string {
	return withHistory(encodePerson(person, tables), history);
}

/** The line with another history. */
export function withHistory(line: string, history: History): string {
	const packed = encodeHistory(history);
	const record = recordOf(line);
	return packed === '' ? record : record + HISTORY + packed;
}

function recordOf(line: string): string {
	const at = line.indexOf(HISTORY);
	return at < 0 ? line : line.slice(0, at);
}

/** The person a line tells of. */
export function personOf(line: string, tables: Tables): Person {
	return decodePerson(recordOf(line), tables);
}

/** The history a line carries. */
export function historyOf(line: string): History {
	const at = line.indexOf(HISTORY);
	return at < 0 ? NO_HISTORY : decodeHistory(line.slice(at + 1));
}

/** Whether the line tells exactly what `record` does, whatever its history. */
export function tellsTheSame(line: string, record: string): boolean {
	if (line.length === record.length) return line === record;
	return line.startsWith(record) && line[record.length] === HISTORY;
}

function idOf(line: string): string {
	return unescapeText(line.slice(0, line.indexOf(FIELD)));
}

/** The history a person starts with: their own when they were here before, see {@link Past}. */
export function historyOfNewcomer(snapshot: Snapshot, id: string): History {
	const past = snapshot.gone.get(id);
	if (past !== undefined) return { ...NO_HISTORY, turns: past.turns, origin: past.origin };
	return snapshot.turnFloor === 0
		? NO_HISTORY
		: { ...NO_HISTORY, turns: turnsFrom(snapshot.turnFloor) };
}

/**
 * Remembers the turns of someone who left, so that their second leaving has another event id than
 * the first. The memory is bounded; `turnFloor` stands in for those it had to forget: whoever comes
 * new starts above any turn they can have had.
 */
export function rememberLeaver(snapshot: Snapshot, id: string, past: Past): void {
	snapshot.gone.delete(id);
	snapshot.gone.set(id, past);
	if (snapshot.gone.size <= GONE_LIMIT) return;
	for (const [oldest, { turns }] of snapshot.gone) {
		snapshot.gone.delete(oldest);
		snapshot.turnFloor = Math.max(snapshot.turnFloor, ...turns);
		return;
	}
}

/** The stored chunks' people, to be read a chunk at a time. */
export async function decodePeople(
	snapshot: Snapshot,
	yieldToEventLoop: YieldToEventLoop,
): Promise<Person[]> {
	const people: Person[] = [];
	for (const line of snapshot.lines) {
		if (people.length % SLICE === SLICE - 1) await yieldToEventLoop();
		people.push(personOf(line, snapshot.tables));
	}
	return people;
}

/**
 * Opens what n8n stored. `undefined` when nothing is stored; `'damaged'` when it is not a snapshot of
 * this version, or not as it was written. Never throws.
 */
export async function openSnapshot(
	stored: unknown,
	yieldToEventLoop: YieldToEventLoop,
): Promise<Snapshot | 'damaged' | undefined> {
	if (stored === undefined || stored === null) return undefined;
	if (!isStoredSnapshot(stored)) return 'damaged';
	if ((await digestOf(stored, yieldToEventLoop)) !== stored.digest) return 'damaged';
	const snapshot: Snapshot = {
		...emptySnapshot(stored.baselineAt),
		tables: { roles: new TextTable(stored.roles), domains: new TextTable(stored.domains) },
		gone: new Map(stored.gone.map(decodePast)),
		turnFloor: stored.turnFloor,
		polls: stored.polls,
		invitations: stored.invitations === null ? null : stored.invitations.map(decodeInvitation),
		reportedAt: stored.reportedAt,
		chunks: stored.people,
	};
	await readLines(snapshot, yieldToEventLoop);
	return snapshot;
}

async function readLines(snapshot: Snapshot, yieldToEventLoop: YieldToEventLoop): Promise<void> {
	const { lines, places, chunks } = snapshot;
	for (const [at, chunk] of chunks.entries()) {
		if (at % 4 === 3) await yieldToEventLoop();
		for (const line of chunk.split(LINE)) {
			places.set(idOf(line), lines.length);
			lines.push(line);
		}
	}
}

/**
 * The snapshot as n8n is to store it, with `lines` (`undefined`: unchanged) in place of its own.
 */
export async function closeSnapshot(
	snapshot: Snapshot,
	lines: readonly string[] | undefined,
	yieldToEventLoop: YieldToEventLoop,
): Promise<StoredSnapshot> {
	const packed = await packLines(snapshot, lines, yieldToEventLoop);
	const content = {
		v: 1 as const,
		people: packed.chunks,
		roles: [...packed.tables.roles.texts],
		domains: [...packed.tables.domains.texts],
		gone: [...snapshot.gone].map(encodePast),
		turnFloor: snapshot.turnFloor,
		polls: snapshot.polls,
		baselineAt: snapshot.baselineAt,
		invitations: snapshot.invitations === null ? null : snapshot.invitations.map(encodeInvitation),
		reportedAt: snapshot.reportedAt,
	};
	return { ...content, digest: await digestOf(content, yieldToEventLoop) };
}

interface PackedLines {
	chunks: string[];
	tables: Tables;
}

async function packLines(
	snapshot: Snapshot,
	changed: readonly string[] | undefined,
	yieldToEventLoop: YieldToEventLoop,
): Promise<PackedLines> {
	if (changed === undefined) return { chunks: [...snapshot.chunks], tables: snapshot.tables };
	const { lines, tables } = await withoutIdleTexts(changed, snapshot.tables, yieldToEventLoop);
	const chunks: string[] = [];
	for (let from = 0; from < lines.length; from += PEOPLE_PER_CHUNK) {
		if (chunks.length % 4 === 3) await yieldToEventLoop();
		chunks.push(lines.slice(from, from + PEOPLE_PER_CHUNK).join(LINE));
	}
	return { chunks, tables };
}

/** Renews tables that have outgrown the people, so that the state stays bounded. */
async function withoutIdleTexts(
	lines: readonly string[],
	tables: Tables,
	yieldToEventLoop: YieldToEventLoop,
): Promise<{ lines: readonly string[]; tables: Tables }> {
	const largest = Math.max(tables.roles.texts.length, tables.domains.texts.length);
	if (largest <= lines.length + 64) return { lines, tables };
	const renewed: Tables = { roles: new TextTable(), domains: new TextTable() };
	const rewritten: string[] = [];
	for (const line of lines) {
		if (rewritten.length % SLICE === SLICE - 1) await yieldToEventLoop();
		rewritten.push(encodeLine(personOf(line, tables), historyOf(line), renewed));
	}
	return { lines: rewritten, tables: renewed };
}

function encodePast([id, { turns, origin }]: [string, Past]): string {
	return `${escapeText(id)}${HISTORY}${encodeHistory({ ...NO_HISTORY, turns, origin })}`;
}

function decodePast(packed: string): [string, Past] {
	const [id, history = ''] = packed.split(HISTORY);
	const { turns, origin } = decodeHistory(history);
	return [unescapeText(id), { turns, origin }];
}

type Undigested = Omit<StoredSnapshot, 'digest'>;

/** Independent of the order of keys: a database may store JSON in its own. */
async function digestOf(content: Undigested, yieldToEventLoop: YieldToEventLoop): Promise<string> {
	const hash = createHash('sha256');
	for (const [at, chunk] of content.people.entries()) {
		if (at % 16 === 15) await yieldToEventLoop();
		hash.update(chunk).update(LINE);
	}
	const { roles, domains, gone, turnFloor, polls, baselineAt, invitations, reportedAt } = content;
	hash.update(
		JSON.stringify([roles, domains, gone, turnFloor, polls, baselineAt, invitations, reportedAt]),
	);
	return hash.digest('hex').slice(0, 16);
}

function isTextList(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isStoredSnapshot(value: unknown): value is StoredSnapshot {
	if (typeof value !== 'object' || value === null) return false;
	const it = value as Partial<Record<keyof StoredSnapshot, unknown>>;
	return (
		it.v === 1 &&
		[it.people, it.roles, it.domains, it.gone].every(isTextList) &&
		(it.invitations === null || isTextList(it.invitations)) &&
		(it.reportedAt === null || typeof it.reportedAt === 'number') &&
		typeof it.turnFloor === 'number' &&
		typeof it.polls === 'number' &&
		typeof it.baselineAt === 'string' &&
		typeof it.digest === 'string'
	);
}
