/** How often the same trouble is reported. Pure. */

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** Whether the user is to be shown something again that is shown once in `interval`. All in milliseconds; a clock set back reports. */
export function isReportDue(reportedAt: number | null, now: number, interval: number): boolean {
	return reportedAt === null || now < reportedAt || now - reportedAt >= interval;
}
