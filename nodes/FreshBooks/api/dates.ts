import { textOrNull, type WireObject } from '../client/json';

/** How long an invitation has been waiting. Pure. */

const DAY_MS = 86_400_000;

/** Names under which FreshBooks might give the date; no published example of an invitation has one. */
const DATE_FIELDS = ['created_at', 'invited_at', 'sent_at'];

/** A moment in ISO 8601 and UTC, or null for anything that is none. */
export function isoOrNull(value: unknown): string | null {
	const moment = typeof value === 'string' ? Date.parse(value) : NaN;
	return Number.isNaN(moment) ? null : new Date(moment).toISOString();
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
