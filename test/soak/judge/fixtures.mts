// Test data of the judge's own tests: times are milliseconds after BEGINNING.
import type { HistoryEntry, HistoryKind } from '../../../sandbox/freshbooks/types.mts';
import type { Poll, Reading, Request } from './polls.mts';
import { Timelines, type Beginning, type PersonState } from './timelines.mts';
import type { Fields, Item, Watcher } from './triggers.mts';

export const BEGINNING = Date.parse('2026-11-21T10:00:00.000Z');
export const BUSINESS = 6101;
export const PACKAGE = 4;
export const OTHER = 9;

export const ANN: PersonState = { uuid: 'ann', memberId: 1, email: 'ann@b.c', role: 'business_employee', active: true, firstName: 'Ann', lastName: 'Arbor', identityId: 71 };
export const BOB: PersonState = { ...ANN, uuid: 'bob', memberId: 2, email: 'bob@b.c', firstName: 'Bob', identityId: 72 };

/** The identity of the connected user. */
export const CONNECTED = 712052;
export const OWNER: PersonState = { ...ANN, uuid: 'boss', memberId: 3, email: 'boss@b.c', role: 'owner', firstName: 'Bo', identityId: 73 };

interface Happening {
	readonly at: number;
	readonly kind: HistoryKind;
	readonly person?: PersonState;
	readonly details?: Record<string, unknown>;
	readonly grant?: number | undefined;
}

function entryOf({ at, kind, person = undefined, details = {}, grant }: Happening, place: number): HistoryEntry {
	const machineAt = BEGINNING + at;
	return {
		seq: place + 1, at: new Date(machineAt).toISOString(), machineAt, kind, by: grant === undefined ? 'control' : 'api', grant: grant ?? null,
		businessId: BUSINESS, person: person ?? null, details,
	};
}

export function historyOf(...happenings: Happening[]): HistoryEntry[] {
	return happenings.map(entryOf);
}

/** The history of a team of which Ann is the only member at first. */
export function timelinesOf(history: HistoryEntry[]): Timelines {
	const beginning = [{ id: BUSINESS, name: 'Alder Works', members: [ANN], invitations: [] }] as unknown as Beginning;
	return new Timelines(beginning, history);
}

export function invitation(id: number, email: string, status: string): Record<string, unknown> {
	return { id, email, role: 'contractor', status };
}

let lastEventId = 0;

function item(event: string, at: number, more: Partial<Item>): Item {
	lastEventId += 1;
	return { event, eventId: String(lastEventId), detectedAt: new Date(BEGINNING + at).toISOString(), business: { id: BUSINESS }, changes: {}, ...more };
}

/** An item about a person as they are after the change. */
export function personItem(event: string, at: number, person: PersonState, changes: Item['changes'] = {}): Item {
	const member: Fields = { ...person, id: person.uuid };
	return item(event, at, { member, changes });
}

export function invitationItem(event: string, at: number, id: number, email: string): Item {
	return item(event, at, { invitation: { id, email } });
}

/** A poll that read the business from one time to another without a fault, by default. */
export function cleanPoll(from: number, to: number, more: Partial<Reading> = {}): Poll {
	const reading = { from: BEGINNING + from, to: BEGINNING + to, clean: true, paged: false, refused: false, leftOut: false, undecided: new Set<string>(), ...more };
	return { startedAt: BEGINNING + from, overBy: BEGINNING + to + 500, readings: new Map([[BUSINESS, reading]]) };
}

export function watcherOf(items: readonly Item[], polls: readonly Poll[] = []): Watcher {
	return { name: 'the trigger', source: 'teamMembers', businessIds: [BUSINESS], watchesInvitations: true, watchesProfiles: true, items, errors: [], polls };
}

export function request(at: number, path: string, more: Partial<Request> = {}): Request {
	return { method: 'GET', path: `/auth/api/v1${path}`, query: '', status: 200, ms: 10, machineAt: BEGINNING + at, fault: null, grant: PACKAGE, ...more };
}
