/**
 * Whether to retry a request, and how long to wait before that. Pure.
 *
 * FreshBooks publishes no rate limit and does not promise Retry-After. If a response announces a wait, that wait is used.
 * Otherwise the wait doubles with each try.
 */

const MAX_TRIES = 5;
/** A limit that several workers share may refuse a request many times. FreshBooks does not carry it out then. */
const MAX_TRIES_AFTER_429 = 8;
const FIRST_WAIT_MS = 500;
const LONGEST_OWN_WAIT_MS = 8_000;
/** If FreshBooks announces a longer wait, the request fails instead. */
export const LONGEST_ANNOUNCED_WAIT_MS = 120_000;

/** How a try failed, for the decision to retry. */
export type Trouble =
	/** 429: FreshBooks did not carry out the request. */
	| 'throttled'
	/** No connection, or the token could not be refreshed: the request was not carried out. */
	| 'notCarriedOut'
	/** 5xx, timeout, broken connection or unreadable response: FreshBooks may have carried out the request. */
	| 'unclear'
	/** A definite response: retrying does not help. */
	| 'final';

/**
 * True if the request may be sent again. A POST only if it certainly had no effect.
 * @param tried number of tries so far, from 1. Tries that ended with a 429 are counted apart from the others.
 */
export function shouldRetry(method: string, trouble: Trouble, tried: number): boolean {
	if (trouble === 'final' || tried >= (trouble === 'throttled' ? MAX_TRIES_AFTER_429 : MAX_TRIES)) return false;
	return method !== 'POST' || trouble !== 'unclear';
}

/**
 * Milliseconds to wait before the next try: the announced wait, or else a random part, at least half, of 500, 1000, 2000, 4000 and
 * then 8000. At least half, because a rate limit lets requests pass again only after about a second: a shorter wait would waste a try.
 * @param tried number of tries so far, from 1
 * @param random from 0 (included) to 1 (excluded)
 */
export function waitBeforeRetry(tried: number, announcedMs: number | undefined, random: number): number {
	const longest = Math.min(LONGEST_OWN_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1));
	return announcedMs ?? Math.round((longest / 2) * (1 + random));
}

/** The text of a header. HTTP libraries return a string, a number or an array. */
function textOfHeader(header: unknown): string | undefined {
	const first: unknown = Array.isArray(header) ? header[0] : header;
	const text = typeof first === 'number' ? String(first) : first;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/**
 * The wait of a Retry-After header (seconds or an HTTP date; RFC 9110, 10.2.3), in milliseconds. A date in the past is 0,
 * anything else undefined.
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
 * The wait of an X-RateLimit-Reset header, in milliseconds. No standard defines it, so the size of the number decides: seconds
 * from now, epoch seconds or epoch milliseconds. Zero, a time in the past and anything else are undefined.
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
 * The wait that a response announces, in milliseconds: Retry-After or, with a 429 only, X-RateLimit-Reset. A Retry-After that is over
 * does not count: it may be a date, and the clock of this machine ahead.
 * @param now epoch milliseconds
 */
export function announcedWait(status: number, headers: Record<string, unknown>, now: number): number | undefined {
	return parseRetryAfter(headers['retry-after'], now) || (status === 429 ? parseRateLimitReset(headers['x-ratelimit-reset'], now) : undefined);
}
