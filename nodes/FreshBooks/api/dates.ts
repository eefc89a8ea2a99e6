import { textOrNull, type WireObject } from '../client/json';

/** Moments as FreshBooks writes them, and how long an invitation has been waiting. Pure. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Names under which FreshBooks might give the date; no published example of an invitation has one. */
const DATE_FIELDS = ['created_at', 'invited_at', 'sent_at'];

const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?$/;

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}[ T].*(?:Z|[+-]\d{2}:?\d{2})$/;

/** A moment in ISO 8601 and UTC, or null for anything that is none; one without a zone means America/New_York. */
export function isoOrNull(value: unknown): string | null {
	if (typeof value !== 'string') return null;
	if (WITHOUT_ZONE.test(value)) return easternToUtc(value);
	const moment = WITH_ZONE.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(moment) ? null : new Date(moment).toISOString();
}

let eastern: Intl.DateTimeFormat | undefined;

/** Made when first needed: it takes longer than loading the rest of the package. */
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

/** What a New York clock shows at a moment, read as if it were UTC; epoch milliseconds. */
function easternClock(moment: number): number {
	const part = Object.fromEntries(easternFormat().formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
	return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

/**
 * ISO 8601 in UTC for an accounting time such as `2016-08-05 10:38:41`, which carries no zone and means America/New_York
 * (FreshBooks' documentation of dates; models.py of the Python SDK). Null for anything else. Of the two readings in the hour
 * that a clock change repeats, the earlier one.
 */
function easternToUtc(value: string): string | null {
	const [, day, time] = WITHOUT_ZONE.exec(value) ?? [];
	const iso = `${day}T${time}.000Z`;
	const clock = Date.parse(iso);
	// Also null: `0000-00-00 00:00:00`, and days that no calendar has.
	if (Number.isNaN(clock) || new Date(clock).toISOString() !== iso) return null;
	const daylight = clock + 4 * HOUR_MS;
	const moment = easternClock(daylight) === clock ? daylight : clock + 5 * HOUR_MS;
	return new Date(moment).toISOString();
}

/** When an invitation was sent, if its row says so. */
export function invitedAtOf(row: WireObject): string | null {
	for (const field of DATE_FIELDS) {
		const moment = isoOrNull(textOrNull(row[field]));
		if (moment !== null) return moment;
	}
	return null;
}

/** Whole days from a moment to `now` (epoch milliseconds); null without a moment, 0 for one in the future. */
export function ageInDays(moment: string | null, now: number): number | null {
	return moment === null ? null : Math.max(0, Math.floor((now - Date.parse(moment)) / DAY_MS));
}
