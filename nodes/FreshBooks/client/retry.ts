/**
 * Whether a request is sent again, and after how long. Pure.
 *
 * FreshBooks publishes no rate limit and does not promise Retry-After, so both cases are handled: an announced wait is
 * kept, otherwise the wait doubles with each try.
 */

export const MAX_TRIES = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_OWN_WAIT_MS = 30_000;
/** A longer announced wait is reported to the user instead of slept through. */
export const LONGEST_ANNOUNCED_WAIT_MS = 120_000;

/** How a try failed, as far as sending the request again is concerned. */
export type Trouble =
	/** 429: FreshBooks did not take the request. */
	| 'throttled'
	/** No connection was made, or the token could not be refreshed: the request was not carried out. */
	| 'notCarriedOut'
	/** 5xx, time-out, broken connection, unreadable answer: it may or may not have been carried out. */
	| 'unknownFate'
	/** A definite answer. */
	| 'final';

/**
 * True when the same request may be sent again: a POST only when it surely had no effect.
 * @param tried how many tries were made, from 1
 */
export function shouldRetry(method: string, trouble: Trouble, tried: number): boolean {
	if (trouble === 'final' || tried >= MAX_TRIES) return false;
	return method !== 'POST' || trouble !== 'unknownFate';
}

/**
 * Milliseconds to wait before the next try: what FreshBooks announced, else between half and all of 500, 1000, 2000...
 * At least half, because requests pass again only when a second or so is over; a shorter wait spends a try on nothing.
 * @param tried how many tries were made, from 1
 * @param random from 0 (included) to 1 (excluded)
 */
export function waitBeforeRetry(tried: number, announcedMs: number | undefined, random: number): number {
	const longest = Math.min(LONGEST_OWN_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1));
	return announcedMs ?? Math.round((longest / 2) * (1 + random));
}

/** The text of a header of which HTTP libraries give a number, a text or a list. */
function textOfHeader(header: unknown): string | undefined {
	const first: unknown = Array.isArray(header) ? header[0] : header;
	const text = typeof first === 'number' ? String(first) : first;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/**
 * Milliseconds of a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).
 * A date in the past is 0; anything else is undefined.
 * @param now epoch milliseconds
 */
export function parseRetryAfter(header: unknown, now: number): number | undefined {
	const text = textOfHeader(header);
	if (text === undefined) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) {
		const ms = Number(text) * 1000;
		return Number.isSafeInteger(Math.round(ms)) ? ms : undefined;
	}
	if (!/[a-z]{3}/i.test(text)) return undefined;
	const at = Date.parse(text);
	return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MILLISECONDS_FROM = 1e12;

/**
 * Milliseconds of an X-RateLimit-Reset header. No standard defines it, so three forms are read: seconds from now, and as larger
 * numbers epoch seconds and epoch milliseconds. A time that is over, zero and anything else say nothing: undefined.
 * @param now epoch milliseconds
 */
export function parseRateLimitReset(header: unknown, now: number): number | undefined {
	const text = textOfHeader(header);
	if (text === undefined || !/^\d{1,13}(\.\d+)?$/.test(text)) return undefined;
	const value = Number(text);
	const inMs = value < EPOCH_SECONDS_FROM ? value * 1000 : value < EPOCH_MILLISECONDS_FROM ? value * 1000 - now : value - now;
	return inMs > 0 ? inMs : undefined;
}

/**
 * How long an answer asks to wait, in milliseconds: Retry-After, with a 429 else X-RateLimit-Reset.
 * @param now epoch milliseconds
 */
export function announcedWait(status: number, headers: Record<string, unknown>, now: number): number | undefined {
	return parseRetryAfter(headers['retry-after'], now) ?? (status === 429 ? parseRateLimitReset(headers['x-ratelimit-reset'], now) : undefined);
}
