import { textOrNull, type WireObject } from '../client/json';

/** FreshBooks' date formats, and the age of an invitation. Pure. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Possible names of the date field. No published example of an invitation has a date. */
const DATE_FIELDS = ['created_at', 'invited_at', 'sent_at'];

const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?$/;

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}[ T].*(?:Z|[+-]\d{2}:?\d{2})$/;

/** Converts a date and time to ISO 8601 in UTC, or null if it is not one. Without a zone it is America/New_York time. */
export function isoOrNull(value: unknown): string | null {
	if (typeof value !== 'string') return null;
	if (WITHOUT_ZONE.test(value)) return easternToUtc(value);
	const moment = WITH_ZONE.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(moment) ? null : new Date(moment).toISOString();
}

let eastern: Intl.DateTimeFormat | undefined;

/** Created on first use: this takes longer than loading the rest of the package. */
function easternFormat(): Intl.DateTimeFormat {
	eastern ??= new Intl.DateTimeFormat('en-US', {
		timeZone: 'America/New_York',
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	return eastern;
}

/** The local time in New York at `moment`, as if it were UTC. Both in epoch milliseconds. */
function easternClock(moment: number): number {
	const part = Object.fromEntries(easternFormat().formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
	return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

/**
 * Converts an accounting time such as `2016-08-05 10:38:41` to ISO 8601 in UTC, or null. It has no zone and is
 * America/New_York time (FreshBooks' documentation of dates; models.py of the Python SDK). In the hour that the end of
 * daylight saving time repeats, it returns the earlier time.
 */
function easternToUtc(value: string): string | null {
	const [, day, time] = WITHOUT_ZONE.exec(value) ?? [];
	const iso = `${day}T${time}.000Z`;
	const clock = Date.parse(iso);
	// Also null: `0000-00-00 00:00:00`, and dates that do not exist.
	if (Number.isNaN(clock) || new Date(clock).toISOString() !== iso) return null;
	const daylight = clock + 4 * HOUR_MS;
	const moment = easternClock(daylight) === clock ? daylight : clock + 5 * HOUR_MS;
	return new Date(moment).toISOString();
}

/** When an invitation was sent, in ISO 8601 and UTC; null if its row has no date. */
export function invitedAtOf(row: WireObject): string | null {
	for (const field of DATE_FIELDS) {
		const moment = isoOrNull(textOrNull(row[field]));
		if (moment !== null) return moment;
	}
	return null;
}

/** Whole days from `moment` (ISO 8601) to `now` (epoch milliseconds). Null for null, 0 if `moment` is in the future. */
export function ageInDays(moment: string | null, now: number): number | null {
	return moment === null ? null : Math.max(0, Math.floor((now - Date.parse(moment)) / DAY_MS));
}
