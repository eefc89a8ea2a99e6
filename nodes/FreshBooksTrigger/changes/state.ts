import type { Source } from './person';
import type { StoredSnapshot } from './snapshot';

/**
 * Everything the trigger stores: one snapshot for each business and source, under
 * `<source>:<business id>`. To be assigned as a whole to one key of n8n's static data, last.
 */
export interface TriggerState {
	v: 1;
	snapshots: Record<string, StoredSnapshot>;
	/** Businesses chosen from the first poll on that have no snapshot yet: `emitExisting` is due to them. */
	awaited: number[];
}

/** The state as one poll works on it. */
export interface OpenState {
	/** Something was stored that is not a state of this version: new baselines, and a warning. */
	isDamaged: boolean;
	/** Nothing was stored: this is the trigger's first poll. */
	isFirstPoll: boolean;
	/** What is stored for each business, unchecked: `pollBusiness` checks it. */
	snapshots: Map<number, unknown>;
	awaited: ReadonlySet<number>;
}

/**
 * Reads what n8n kept, for one source. Snapshots of the other source are left behind: it has its own,
 * taken anew when it is chosen again. Never throws.
 */
export function readTriggerState(stored: unknown, source: Source): OpenState {
	const empty = { snapshots: new Map<number, unknown>(), awaited: new Set<number>() };
	if (stored === undefined || stored === null)
		return { isDamaged: false, isFirstPoll: true, ...empty };
	if (!isTriggerState(stored)) return { isDamaged: true, isFirstPoll: false, ...empty };
	for (const [name, snapshot] of Object.entries(stored.snapshots)) {
		const [itsSource, id] = name.split(':');
		if (itsSource === source && /^\d{1,15}$/.test(id ?? '')) empty.snapshots.set(Number(id), snapshot);
	}
	return {
		isDamaged: false,
		isFirstPoll: false,
		snapshots: empty.snapshots,
		awaited: new Set(stored.awaited),
	};
}

/** Whether this business' first snapshot is the trigger's own beginning, not a business chosen later. */
export function isFromTheBeginning(state: OpenState, businessId: number): boolean {
	return state.isFirstPoll || state.awaited.has(businessId);
}

/**
 * The state after a poll. `polled` has what `pollBusiness` returned for each business that was polled
 * (`undefined`: keep what is stored). Of the others those in `chosen` are kept as they are, and
 * whoever is not in `chosen` is forgotten: for `businesses: all` it must name the stored businesses
 * too, so that one whose access is lost keeps its snapshot.
 */
export function writeTriggerState(
	state: OpenState,
	source: Source,
	chosen: Iterable<number>,
	polled: ReadonlyMap<number, StoredSnapshot | undefined>,
): TriggerState {
	const snapshots: Record<string, StoredSnapshot> = {};
	const awaited: number[] = [];
	for (const id of new Set(chosen)) {
		const snapshot = polled.get(id) ?? state.snapshots.get(id);
		if (snapshot !== undefined) snapshots[`${source}:${id}`] = snapshot as StoredSnapshot;
		else if (isFromTheBeginning(state, id)) awaited.push(id);
	}
	return { v: 1, snapshots, awaited };
}

function isTriggerState(value: unknown): value is TriggerState {
	if (typeof value !== 'object' || value === null) return false;
	const it = value as Partial<Record<keyof TriggerState, unknown>>;
	return (
		it.v === 1 &&
		typeof it.snapshots === 'object' &&
		it.snapshots !== null &&
		!Array.isArray(it.snapshots) &&
		Array.isArray(it.awaited) &&
		it.awaited.every((id) => typeof id === 'number')
	);
}
