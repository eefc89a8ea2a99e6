/** How often the same trouble is reported. Pure. */

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** Whether trouble that is reported once in `interval` is due again. All in milliseconds. If the clock was set back, it is due. */
export function isReportDue(reportedAt: number | null, now: number, interval: number): boolean {
	return reportedAt === null || now < reportedAt || now - reportedAt >= interval;
}
