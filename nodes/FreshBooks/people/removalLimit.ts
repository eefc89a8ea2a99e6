/** How many people may lose access at once without a confirmation. Pure. */

export interface RemovalLimit {
	maxRemovals: number;
	/** `percent` is of the people who had access before. */
	unit: 'percent' | 'count';
}

export const DEFAULT_REMOVAL_LIMIT: RemovalLimit = { maxRemovals: 20, unit: 'percent' };

/** Fewer removals never exceed a limit in percent: in a team of four, one leaver is 25%. */
const PERCENT_APPLIES_FROM = 3;

/** Whether `removals` of `known` people exceed the limit. */
export function exceeds(limit: RemovalLimit, removals: number, known: number): boolean {
	if (limit.unit === 'count') return removals > limit.maxRemovals;
	return removals >= PERCENT_APPLIES_FROM && removals * 100 > limit.maxRemovals * known;
}

/** The limit in a node's options; undefined if `maxRemovals` is not a number of at least 0. */
export function removalLimitIn({ maxRemovals = DEFAULT_REMOVAL_LIMIT.maxRemovals, maxRemovalsUnit }: Record<string, unknown>): RemovalLimit | undefined {
	if (typeof maxRemovals !== 'number' || !Number.isFinite(maxRemovals) || maxRemovals < 0) return undefined;
	return { maxRemovals, unit: maxRemovalsUnit === 'count' ? 'count' : 'percent' };
}
