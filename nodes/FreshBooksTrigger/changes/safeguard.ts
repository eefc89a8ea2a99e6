/** The removal safeguard: an emptied list or a revoked permission must not look like everyone leaving. */

export interface RemovalLimit {
	maxRemovals: number;
	/** `percent`: of the people of the business known before this poll. */
	unit: 'percent' | 'count';
}

export const DEFAULT_REMOVAL_LIMIT: RemovalLimit = { maxRemovals: 20, unit: 'percent' };

/** Fewer people than this never trip a limit in percent: in a team of four, one leaver is a quarter. */
export const PERCENT_TRIPS_FROM = 3;

const REPORT_INTERVAL_MS = 60 * 60 * 1000;

/** Whether so many disappearances of so many known people are more than the limit allows. */
export function exceeds(limit: RemovalLimit, disappearances: number, known: number): boolean {
	if (limit.unit === 'count') return disappearances > limit.maxRemovals;
	return disappearances >= PERCENT_TRIPS_FROM && disappearances * 100 > limit.maxRemovals * known;
}

/** The disappearances of one poll: no longer listed, and neither acquitted nor there under another id. */
export interface Disappearances {
	/** FreshBooks confirmed that they are gone. */
	confirmed: number;
	/** Not asked yet, or without a clear answer. */
	unconfirmed: number;
	/** The people of the business known before this poll. */
	known: number;
}

/**
 * Whether the removals must be held back. Those that still wait for confirmation count too: the
 * bound on confirmations would otherwise let a mass removal through, a few people in every poll. As
 * long as nobody is confirmed gone there is nothing to hold.
 */
export function mustHold(limit: RemovalLimit, disappearances: Disappearances): boolean {
	const { confirmed, unconfirmed, known } = disappearances;
	return confirmed > 0 && exceeds(limit, confirmed + unconfirmed, known);
}

/** Whether the user is to be told again. Both times in milliseconds; a clock set back reports. */
export function isReportDue(reportedAt: number | null, now: number): boolean {
	return reportedAt === null || now < reportedAt || now - reportedAt >= REPORT_INTERVAL_MS;
}

/** What the user is told: how many of how many, and what to do. */
export function heldRemovalsText(
	business: string,
	held: Disappearances,
	limit: RemovalLimit,
): { message: string; description: string } {
	const { confirmed, unconfirmed, known } = held;
	const missing = confirmed + unconfirmed;
	const allowed = limit.unit === 'percent' ? `${limit.maxRemovals} %` : `${limit.maxRemovals}`;
	const doubt = unconfirmed === 0 ? '' : ` (${unconfirmed} of them still to be confirmed)`;
	return {
		message: `${missing} of ${known} people disappeared from ${business} at once: nothing was emitted`,
		description:
			`${confirmed} are confirmed as gone${doubt}, more than the removal limit of ${allowed} allows. ` +
			'Check in FreshBooks whether they really left, and whether the connected account still may see the whole team. ' +
			"If they did leave, raise 'Max Removals' in the trigger's options: the removals then go out with the next poll. " +
			'If they come back, the trigger goes on by itself. Until then no event of this business is emitted.',
	};
}
