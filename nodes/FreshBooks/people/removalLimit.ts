/** How many people may lose their access at once, before somebody has to look. Pure. */

export interface RemovalLimit {
	maxRemovals: number;
	/** `percent`: of those who had access before. */
	unit: 'percent' | 'count';
}

export const DEFAULT_REMOVAL_LIMIT: RemovalLimit = { maxRemovals: 20, unit: 'percent' };

/** Fewer than this never trip a limit in percent: in a team of four, one leaver is a quarter. */
const PERCENT_TRIPS_FROM = 3;

/** Whether so many removals among so many known are more than the limit allows. */
export function exceeds(limit: RemovalLimit, removals: number, known: number): boolean {
	if (limit.unit === 'count') return removals > limit.maxRemovals;
	return removals >= PERCENT_TRIPS_FROM && removals * 100 > limit.maxRemovals * known;
}

/** The limit in a node's options; undefined where 'Max Removals' is no number of at least 0. */
export function removalLimitIn({ maxRemovals = DEFAULT_REMOVAL_LIMIT.maxRemovals, maxRemovalsUnit }: Record<string, unknown>): RemovalLimit | undefined {
	if (typeof maxRemovals !== 'number' || !Number.isFinite(maxRemovals) || maxRemovals < 0) return undefined;
	return { maxRemovals, unit: maxRemovalsUnit === 'count' ? 'count' : 'percent' };
}
