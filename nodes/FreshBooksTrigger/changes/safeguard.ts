/** The removal safeguard: an emptied list or a revoked permission must not look like everyone leaving. */

export interface RemovalLimit {
	maxRemovals: number;
	/** `percent`: of those known in the business before this poll. */
	unit: 'percent' | 'count';
}

export const DEFAULT_REMOVAL_LIMIT: RemovalLimit = { maxRemovals: 20, unit: 'percent' };

/** Fewer than this never trip a limit in percent: in a team of four, one leaver is a quarter. */
export const PERCENT_TRIPS_FROM = 3;

/** Whether so many disappearances among so many known are more than the limit allows. */
export function exceeds(limit: RemovalLimit, disappearances: number, known: number): boolean {
	if (limit.unit === 'count') return disappearances > limit.maxRemovals;
	return disappearances >= PERCENT_TRIPS_FROM && disappearances * 100 > limit.maxRemovals * known;
}

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** Whether the user is to be shown something again that is shown once in `interval`. All in milliseconds; a clock set back reports. */
export function isReportDue(reportedAt: number | null, now: number, interval: number): boolean {
	return reportedAt === null || now < reportedAt || now - reportedAt >= interval;
}
