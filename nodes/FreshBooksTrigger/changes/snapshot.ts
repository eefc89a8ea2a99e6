import { createHash } from 'crypto';

import type { History, Turns } from './history';
import { decodeHistory, encodeHistory, NO_HISTORY, turnsFrom } from './history';
import type { KnownInvitation } from './invitations';
import { decodeInvitation, encodeInvitation } from './invitations';
import {
	ESCAPE,
	escapeText,
	FIELD,
	HISTORY,
	LINE,
	packDate,
	packedLength,
	packedNumber,
	packText,
	secondsOf,
	TextTable,
	unescapeText,
	unpackDate,
	unpackText,
} from './packing';
import type { Person, YieldToEventLoop } from './person';
import { forEachInSlices } from './person';

/**
 * One business's people of one source as n8n stores them: plain JSON, about 120 bytes a person.
 *
 * People are lines of text joined to chunks, not objects: the next poll's people are compared with
 * their lines in place, a chunk can be read between two pauses, and no key of a stored object comes
 * from FreshBooks (`__proto__` is a text like any other).
 */
export interface StoredSnapshot {
	v: 1;
	/** Chunks of lines, see {@link encodePerson}. */
	people: string[];
	roles: string[];
	/** The people who left last, oldest first: a bounded memory of their turns. */
	gone: string[];
	/** The highest turn among those no longer in `gone`. */
	turnFloor: number;
	/** How many polls have missed somebody; orders confirmations fairly. */
	polls: number;
	/** When the baseline was taken, ISO. */
	baselineAt: string;
	/** `null` while no invitation event is chosen. */
	invitations: string[] | null;
	/** When the removal safeguard last reported, in milliseconds; `null` when nothing is held. */
	reportedAt: number | null;
	/** Digests of `people` and of all the rest, this first digest among it: no change is read out of what someone else has altered. */
	digests: [people: string, rest: string];
}

/** As many leavers are remembered, about 40 bytes each. */
export const GONE_LIMIT = 1000;

const PEOPLE_PER_CHUNK = 500;

/** So many chunks are worked on as a whole between two pauses. */
const CHUNKS_PER_SLICE = 4;

/** What is remembered of someone who left. */
export interface Past {
	turns: Turns;
	origin: string | null;
}

/**
 * The lines of a snapshot where they are stored, in their chunks. Cutting a hundred thousand lines out
 * would take longer than comparing them in place.
 */
export class Lines {
	private readonly ends: number[] = [];

	private readonly chunkOf: number[] = [];

	/** By chunk: whether there is an escape or a history in it. */
	private readonly withMarks: boolean[] = [];

	constructor(readonly chunks: readonly string[] = []) {}

	get count(): number {
		return this.ends.length;
	}

	/** Finds the lines; to be awaited once before use. */
	async find(pause: YieldToEventLoop): Promise<this> {
		for (let place = 0; place < this.chunks.length; place++) {
			if (place % CHUNKS_PER_SLICE === CHUNKS_PER_SLICE - 1) await pause();
			const chunk = this.chunks[place];
			this.withMarks.push(MARKS.some((mark) => chunk.includes(mark)));
			for (let end = chunk.indexOf(LINE); end >= 0; end = chunk.indexOf(LINE, end + 1))
				this.note(place, end);
			this.note(place, chunk.length);
		}
		return this;
	}

	private note(chunk: number, end: number): void {
		this.chunkOf.push(chunk);
		this.ends.push(end);
	}

	/** The chunk a line is in. */
	chunkAt(index: number): string {
		return this.chunks[this.chunkOf[index]];
	}

	/** Whether a text read in place may run across an escape or a history, were it to contain their marks. */
	hasMarksAt(index: number): boolean {
		return this.withMarks[this.chunkOf[index]];
	}

	/** Where the line begins in its chunk. */
	startOf(index: number): number {
		const isFirst = index === 0 || this.chunkOf[index - 1] !== this.chunkOf[index];
		return isFirst ? 0 : this.ends[index - 1] + 1;
	}

	/** Where the line ends in its chunk. */
	endOf(index: number): number {
		return this.ends[index];
	}

	/** The line, cut out. */
	at(index: number): string {
		return this.chunkAt(index).slice(this.startOf(index), this.endOf(index));
	}

	/** All lines, cut out. */
	async all(pause: YieldToEventLoop): Promise<string[]> {
		const lines: string[] = [];
		for (let place = 0; place < this.chunks.length; place++) {
			if (place % CHUNKS_PER_SLICE === CHUNKS_PER_SLICE - 1) await pause();
			for (const line of this.chunks[place].split(LINE)) lines.push(line);
		}
		return lines;
	}
}

/** A stored snapshot opened for one poll. */
export interface Snapshot {
	lines: Lines;
	/** Index in `lines` by id, once someone has needed it: see {@link placesOf}. */
	places: Map<string, number> | undefined;
	roles: TextTable;
	gone: Map<string, Past>;
	turnFloor: number;
	polls: number;
	baselineAt: string;
	invitations: KnownInvitation[] | null;
	reportedAt: number | null;
	/** Of the chunks as stored. */
	chunksDigest: string;
}

/** A fresh snapshot without people. */
export function emptySnapshot(baselineAt: string): Snapshot {
	return {
		lines: new Lines(),
		places: undefined,
		roles: new TextTable(),
		gone: new Map(),
		turnFloor: 0,
		polls: 0,
		baselineAt,
		invitations: null,
		reportedAt: null,
		chunksDigest: '',
	};
}

/** A person as a line, without history. The id comes first: a line is found by it. */
export function encodePerson(person: Person, roles: TextTable): string {
	const { role, active, identityId } = person;
	return (
		`${escapeText(person.id)}|${packText(person.email)}|` +
		`${packText(person.firstName)}|${packText(person.lastName)}|` +
		`${role === null ? '' : roles.placeOf(role)}|` +
		`${active === null ? '' : active ? '1' : '0'}|${identityId === null ? '' : identityId.toString(36)}|` +
		`${packDate(person.invitationAcceptedAt)}|${packDate(person.updatedAt)}`
	);
}

/** The person a line tells of. */
export function personOf(line: string, roles: TextTable): Person {
	const [id, email, firstName, lastName, role, active, identityId, acceptedAt, updatedAt] =
		recordOf(line).split(FIELD);
	return {
		id: unescapeText(id),
		email: unpackText(email),
		firstName: unpackText(firstName),
		lastName: unpackText(lastName),
		role: role === '' ? null : (roles.textAt(parseInt(role, 36)) ?? null),
		active: active === '' ? null : active === '1',
		identityId: identityId === '' ? null : parseInt(identityId, 36),
		invitationAcceptedAt: unpackDate(acceptedAt),
		updatedAt: unpackDate(updatedAt),
	};
}

function recordOf(line: string): string {
	const at = line.indexOf(HISTORY);
	return at < 0 ? line : line.slice(0, at);
}

/** A person with their history as a line. */
export function encodeLine(person: Person, history: History, roles: TextTable): string {
	return joinHistory(encodePerson(person, roles), history);
}

/** The line with another history. */
export function withHistory(line: string, history: History): string {
	return joinHistory(recordOf(line), history);
}

function joinHistory(record: string, history: History): string {
	const packed = encodeHistory(history);
	return packed === '' ? record : record + HISTORY + packed;
}

/** The history a line carries. */
export function historyOf(line: string): History {
	const at = line.indexOf(HISTORY);
	return at < 0 ? NO_HISTORY : decodeHistory(line.slice(at + 1));
}

/** How a line compares with a listed person. */
export interface LineComparison {
	isSame: boolean;
	/** The history, when it is the same. */
	history: History;
}

const SAME_WITHOUT_HISTORY: LineComparison = { isSame: true, history: NO_HISTORY };
const DIFFERENT: LineComparison = { isSame: false, history: NO_HISTORY };
const FIELD_CODE = FIELD.charCodeAt(0);
const MARKS = [ESCAPE, HISTORY];

/** Whether a line is about this id. */
export function isAbout(lines: Lines, index: number, id: string): boolean {
	const start = lines.startOf(index);
	const isWritten = isField(lines.chunkAt(index), start, start + id.length, id);
	return isWritten && !(lines.hasMarksAt(index) && hasMarks(id));
}

function hasMarks(text: string | null): boolean {
	return text !== null && MARKS.some((mark) => text.includes(mark));
}

/** Whether the field is written like this. Says nothing of a text with marks: `~e` is how the empty text is written. */
function isField(chunk: string, from: number, end: number, text: string): boolean {
	// `slice` and `===` take a third of the time of `startsWith` (V8 13.6).
	return chunk.charCodeAt(end) === FIELD_CODE && chunk.slice(from, end) === text;
}

/**
 * Whether a line, already known to be about the person's id, tells just what `person` does. Reads the
 * line in place, field by field, because most people never change: taking lines apart or packing
 * people costs several times as much.
 */
export function compareLine(
	lines: Lines,
	index: number,
	person: Person,
	roles: TextTable,
): LineComparison {
	const chunk = lines.chunkAt(index);
	const lineEnd = lines.endOf(index);
	const isPlain = !lines.hasMarksAt(index) || !textsOf(person).some(hasMarks);
	const end = isPlain ? endOfSame(chunk, lines.startOf(index) + person.id.length, lineEnd, person, roles) : -1;
	if (end === lineEnd) return SAME_WITHOUT_HISTORY;
	if (end >= 0) return { isSame: true, history: decodeHistory(chunk.slice(end + 1, lineEnd)) };
	const line = lines.at(index);
	if (recordOf(line) !== encodePerson(person, roles)) return DIFFERENT;
	return { isSame: true, history: historyOf(line) };
}

function textsOf({ id, email, firstName, lastName }: Person): Array<string | null> {
	return [id, email, firstName, lastName];
}

/**
 * The end of the record whose id ends at `idEnd` if it tells what `person` does, else -1. May answer
 * -1 for what is the same (text with escapes, for one), never the end for what is different.
 */
function endOfSame(
	chunk: string,
	idEnd: number,
	lineEnd: number,
	person: Person,
	roles: TextTable,
): number {
	// An id with escapes takes more room in the line than it has characters.
	if (chunk.charCodeAt(idEnd) !== FIELD_CODE) return -1;
	const emailEnd = endOfText(chunk, idEnd, person.email);
	const firstNameEnd = endOfText(chunk, emailEnd, person.firstName);
	const lastNameEnd = endOfText(chunk, firstNameEnd, person.lastName);
	const roleEnd = endOfRole(chunk, lastNameEnd, person.role, roles);
	const activeEnd = endOfActive(chunk, roleEnd, person.active);
	const identityEnd = endOfNumber(chunk, activeEnd, person.identityId);
	if (chunk.charCodeAt(identityEnd) !== FIELD_CODE) return -1;
	const acceptedEnd = endOfDate(chunk, identityEnd, person.invitationAcceptedAt);
	if (chunk.charCodeAt(acceptedEnd) !== FIELD_CODE) return -1;
	const end = endOfDate(chunk, acceptedEnd, person.updatedAt);
	return end === lineEnd || (end < lineEnd && chunk[end] === HISTORY) ? end : -1;
}

/** The end of the field after the one that ends at `previous` if it is just `text`, else -1. */
function endOfText(chunk: string, previous: number, text: string | null): number {
	if (previous < 0 || text === '') return -1;
	const from = previous + 1;
	if (text === null) return chunk.charCodeAt(from) === FIELD_CODE ? from : -1;
	return isField(chunk, from, from + text.length, text) ? from + text.length : -1;
}

function endOfRole(chunk: string, previous: number, role: string | null, roles: TextTable): number {
	if (previous < 0) return -1;
	const end = chunk.indexOf(FIELD, previous + 1);
	if (role === null) return end === previous + 1 ? end : -1;
	const isSame = roles.textAt(packedNumber(chunk, previous + 1, end)) === role;
	return isSame && end > previous + 1 ? end : -1;
}

function endOfActive(chunk: string, previous: number, active: boolean | null): number {
	return endOfText(chunk, previous, active === null ? null : active ? '1' : '0');
}

/** As {@link endOfText}, but what stands after the field is not looked at. */
function endOfNumber(chunk: string, previous: number, number: number | null): number {
	if (previous < 0) return -1;
	const from = previous + 1;
	if (number === null) return from;
	const end = from + packedLength(number);
	return packedNumber(chunk, from, end) === number ? end : -1;
}

function endOfDate(chunk: string, previous: number, text: string | null): number {
	return endOfNumber(chunk, previous, text === null ? null : secondsOf(text));
}

function idOf(line: string): string {
	return unescapeText(line.slice(0, line.indexOf(FIELD)));
}

/** Index in the snapshot's lines by id: built when first asked for. */
export async function placesOf(
	snapshot: Snapshot,
	pause: YieldToEventLoop,
): Promise<ReadonlyMap<string, number>> {
	if (snapshot.places !== undefined) return snapshot.places;
	const places = new Map<string, number>();
	const lines = await snapshot.lines.all(pause);
	await forEachInSlices(lines, pause, (line, place) => places.set(idOf(line), place));
	snapshot.places = places;
	return places;
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
export function rememberLeaver(snapshot: Snapshot, id: string, { turns, origin }: Past): void {
	snapshot.gone.delete(id);
	snapshot.gone.set(id, { turns, origin });
	if (snapshot.gone.size <= GONE_LIMIT) return;
	for (const [oldest, past] of snapshot.gone) {
		snapshot.gone.delete(oldest);
		snapshot.turnFloor = Math.max(snapshot.turnFloor, ...past.turns);
		return;
	}
}

/** Everyone in the snapshot, as last seen. */
export async function peopleOf(snapshot: Snapshot, pause: YieldToEventLoop): Promise<Person[]> {
	const people: Person[] = [];
	const lines = await snapshot.lines.all(pause);
	await forEachInSlices(lines, pause, (line) => people.push(personOf(line, snapshot.roles)));
	return people;
}

/**
 * Opens what n8n stored. `undefined` when nothing is stored; `'damaged'` when it is not a snapshot of
 * this version, or not as it was written; of the people only {@link isIntact} tells that. Never throws.
 */
export async function openSnapshot(
	stored: unknown,
	pause: YieldToEventLoop,
): Promise<Snapshot | 'damaged' | undefined> {
	if (stored === undefined || stored === null) return undefined;
	if (!isStoredSnapshot(stored)) return 'damaged';
	const [chunksDigest, restDigest] = stored.digests;
	if (restDigestOf(stored, chunksDigest) !== restDigest) return 'damaged';
	return {
		...emptySnapshot(stored.baselineAt),
		lines: await new Lines(stored.people).find(pause),
		roles: new TextTable(stored.roles),
		gone: new Map(stored.gone.map(decodePast)),
		turnFloor: stored.turnFloor,
		polls: stored.polls,
		invitations: stored.invitations === null ? null : stored.invitations.map(decodeInvitation),
		reportedAt: stored.reportedAt,
		chunksDigest,
	};
}

/**
 * Whether the people are as they were written. Costs as much as comparing them all, and a listing that
 * tells the same of everyone has already shown it: to be asked before a difference is believed.
 */
export async function isIntact(snapshot: Snapshot, pause: YieldToEventLoop): Promise<boolean> {
	return (await chunksDigestOf(snapshot.lines.chunks, pause)) === snapshot.chunksDigest;
}

/**
 * The snapshot as n8n is to store it, with `lines` (`undefined`: unchanged) in place of its own.
 */
export async function closeSnapshot(
	snapshot: Snapshot,
	lines: readonly string[] | undefined,
	pause: YieldToEventLoop,
): Promise<StoredSnapshot> {
	const people = await packPeople(snapshot, lines, pause);
	const { gone, invitations } = snapshot;
	const rest = {
		v: 1 as const,
		roles: people.roles,
		gone: [...gone].map(encodePast),
		turnFloor: snapshot.turnFloor,
		polls: snapshot.polls,
		baselineAt: snapshot.baselineAt,
		invitations: invitations === null ? null : invitations.map(encodeInvitation),
		reportedAt: snapshot.reportedAt,
	};
	return { ...rest, people: people.chunks, digests: [people.digest, restDigestOf(rest, people.digest)] };
}

async function packPeople(
	snapshot: Snapshot,
	changed: readonly string[] | undefined,
	pause: YieldToEventLoop,
): Promise<{ chunks: string[]; roles: string[]; digest: string }> {
	if (changed === undefined) {
		const chunks = [...snapshot.lines.chunks];
		return { chunks, roles: [...snapshot.roles.texts], digest: snapshot.chunksDigest };
	}
	const { lines, roles } = await withoutIdleRoles(changed, snapshot.roles, pause);
	const chunks: string[] = [];
	for (let from = 0; from < lines.length; from += PEOPLE_PER_CHUNK) {
		if (chunks.length % CHUNKS_PER_SLICE === CHUNKS_PER_SLICE - 1) await pause();
		chunks.push(lines.slice(from, from + PEOPLE_PER_CHUNK).join(LINE));
	}
	return { chunks, roles: [...roles.texts], digest: await chunksDigestOf(chunks, pause) };
}

/** Renews a table that has outgrown the people, so that the state stays bounded. */
async function withoutIdleRoles(
	lines: readonly string[],
	roles: TextTable,
	pause: YieldToEventLoop,
): Promise<{ lines: readonly string[]; roles: TextTable }> {
	if (roles.texts.length <= lines.length + 64) return { lines, roles };
	const renewed = new TextTable();
	const rewritten: string[] = [];
	await forEachInSlices(lines, pause, (line) =>
		rewritten.push(encodeLine(personOf(line, roles), historyOf(line), renewed)),
	);
	return { lines: rewritten, roles: renewed };
}

function encodePast([id, { turns, origin }]: [string, Past]): string {
	return `${escapeText(id)}${HISTORY}${encodeHistory({ ...NO_HISTORY, turns, origin })}`;
}

function decodePast(packed: string): [string, Past] {
	const [id, history = ''] = packed.split(HISTORY);
	const { turns, origin } = decodeHistory(history);
	return [unescapeText(id), { turns, origin }];
}

const DIGEST_LENGTH = 16;

async function chunksDigestOf(chunks: readonly string[], pause: YieldToEventLoop): Promise<string> {
	const hash = createHash('sha256');
	for (let at = 0; at < chunks.length; at++) {
		if (at % CHUNKS_PER_SLICE === CHUNKS_PER_SLICE - 1) await pause();
		hash.update(chunks[at]).update(LINE);
	}
	return hash.digest('hex').slice(0, DIGEST_LENGTH);
}

/**
 * Independent of the order of keys: a database may store JSON in its own. It covers the people's digest, which is held
 * against the people only once there is a difference: too late to find it spoilt.
 */
function restDigestOf(rest: Omit<StoredSnapshot, 'people' | 'digests'>, chunksDigest: string): string {
	const { roles, gone, turnFloor, polls, baselineAt, invitations, reportedAt } = rest;
	const content = [roles, gone, turnFloor, polls, baselineAt, invitations, reportedAt, chunksDigest];
	const hash = createHash('sha256').update(JSON.stringify(content));
	return hash.digest('hex').slice(0, DIGEST_LENGTH);
}

function isTextList(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isStoredSnapshot(value: unknown): value is StoredSnapshot {
	if (typeof value !== 'object' || value === null) return false;
	const it = value as Partial<Record<keyof StoredSnapshot, unknown>>;
	return (
		it.v === 1 &&
		[it.people, it.roles, it.gone, it.digests].every(isTextList) &&
		(it.invitations === null || isTextList(it.invitations)) &&
		(it.reportedAt === null || typeof it.reportedAt === 'number') &&
		typeof it.turnFloor === 'number' &&
		typeof it.polls === 'number' &&
		typeof it.baselineAt === 'string'
	);
}
