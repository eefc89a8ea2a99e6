import { isJsonObject } from '../FreshBooks/client/errors';
import { objectOf } from '../FreshBooks/client/json';
import type { Source } from './changes/person';
import type { StoredSnapshot } from './changes/snapshot';

/** What the trigger stores, for all businesses. Pure. */

/**
 * Everything the trigger stores: one snapshot for each business and source, under `<source>:<business id>`. Assign it to one
 * key of n8n's static data, at the end of a poll.
 */
export interface TriggerState {
	v: 1;
	snapshots: Record<string, StoredSnapshot>;
	/** Businesses chosen since the first poll that have no snapshot yet: `emitExisting` applies to them. */
	awaited: number[];
	/** Since when users/me lacks a known business, in milliseconds, by business ID. */
	missingSince: Record<string, number>;
}

/** The state as one poll works on it. */
export interface OpenState {
	/** The stored value is not a state of this version: the poll takes new baselines and warns. */
	isDamaged: boolean;
	/** Nothing is stored: this is the trigger's first poll. */
	isFirstPoll: boolean;
	/** What is stored for each business, unchecked: `pollBusiness` checks it. */
	snapshots: ReadonlyMap<number, unknown>;
	awaited: ReadonlySet<number>;
	missingSince: ReadonlyMap<number, number>;
}

const NOTHING = { snapshots: new Map<number, unknown>(), awaited: new Set<number>(), missingSince: new Map<number, number>() };

/**
 * Reads what n8n kept, for one source. Snapshots of the other source are left out: it takes a new baseline when it is chosen again.
 * Never throws.
 */
export function readTriggerState(stored: unknown, source: Source): OpenState {
	if (stored === undefined || stored === null) return { isDamaged: false, isFirstPoll: true, ...NOTHING };
	if (!isTriggerState(stored)) return { isDamaged: true, isFirstPoll: false, ...NOTHING };
	const snapshots = new Map<number, unknown>();
	for (const [name, snapshot] of Object.entries(stored.snapshots)) {
		const [itsSource, id] = name.split(':');
		if (itsSource === source && /^\d{1,15}$/.test(id ?? '')) snapshots.set(Number(id), snapshot);
	}
	const missingSince = new Map(Object.entries(stored.missingSince).map(([id, since]) => [Number(id), since]));
	return { isDamaged: false, isFirstPoll: false, snapshots, awaited: new Set(stored.awaited), missingSince };
}

/** Whether the business was chosen when the trigger polled for the first time, and not later. */
export function isSinceFirstPoll(state: OpenState, businessId: number): boolean {
	return state.isFirstPoll || state.awaited.has(businessId);
}

/** What a poll found out about all businesses. */
export interface PolledBusinesses {
	/** The businesses to keep. The stored snapshot of any other is dropped. */
	kept: Iterable<number>;
	/** The new snapshots. A business without one keeps its stored one. */
	snapshots: ReadonlyMap<number, StoredSnapshot | undefined>;
	missingSince: ReadonlyMap<number, number>;
}

/** The state after a poll. */
export function writeTriggerState(state: OpenState, source: Source, { kept, snapshots: polled, missingSince }: PolledBusinesses): TriggerState {
	const snapshots: Record<string, StoredSnapshot> = {};
	const awaited: number[] = [];
	for (const id of new Set(kept)) {
		const snapshot = polled.get(id) ?? state.snapshots.get(id);
		if (snapshot !== undefined) snapshots[`${source}:${id}`] = snapshot as StoredSnapshot;
		else if (isSinceFirstPoll(state, id)) awaited.push(id);
	}
	return { v: 1, snapshots, awaited, missingSince: Object.fromEntries(missingSince) };
}

function areNumbers(values: unknown[]): boolean {
	return values.every((value) => typeof value === 'number');
}

function isTriggerState(value: unknown): value is TriggerState {
	const { v, snapshots, awaited, missingSince } = objectOf(value);
	if (v !== 1 || !isJsonObject(snapshots) || !isJsonObject(missingSince)) return false;
	return Array.isArray(awaited) && areNumbers(awaited) && areNumbers(Object.values(missingSince));
}
