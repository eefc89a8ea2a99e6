/**
 * When a request is sent again, and after how long. Pure.
 *
 * FreshBooks publishes no rate limit and does not promise Retry-After, so both cases are handled: an announced wait is
 * honoured, otherwise full-jitter exponential back-off.
 */

export const MAX_TRIES = 5;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A longer announced wait is reported to the user instead of slept through. */
export const LONGEST_ANNOUNCED_WAIT_MS = 120_000;

/**
 * Milliseconds of a Retry-After header: whole seconds or an HTTP date (RFC 9110, 10.2.3).
 * A date in the past is 0; anything else is undefined.
 */
export function parseRetryAfter(header: unknown, now: number): number | undefined {
	const first: unknown = Array.isArray(header) ? header[0] : header;
	const value = typeof first === 'number' ? String(first) : first;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	if (/^\s*\d+(\.\d+)?\s*$/.test(value)) {
		const ms = Number(value) * 1000;
		return Number.isSafeInteger(Math.round(ms)) ? ms : undefined;
	}
	if (!/[a-z]{3}/i.test(value)) return undefined;
	const at = Date.parse(value);
	return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Full-jitter exponential wait before try number `tried + 1`, in milliseconds. `random` is in [0, 1). */
export function backoffMs(tried: number, random: number): number {
	const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tried - 1));
	return Math.round(FIRST_BACKOFF_MS / 2 + random * (ceiling - FIRST_BACKOFF_MS / 2));
}

/** What became of a try, as far as sending it again is concerned. */
export type Trouble =
	/** 429: FreshBooks did not take the request. */
	| 'throttled'
	/** No connection was made: FreshBooks never saw the request. */
	| 'neverSent'
	/** 5xx, time-out, broken connection, unreadable answer: it may or may not have been carried out. */
	| 'unknownFate'
	/** A definite answer. */
	| 'final';

/** True when the same request may be sent again: POST only when it surely had no effect. */
export function mayRepeat(method: string, trouble: Trouble): boolean {
	if (trouble === 'final') return false;
	return method !== 'POST' || trouble !== 'unknownFate';
}

/**
 * Milliseconds to wait before the next try, or undefined when there is no next try.
 * @param tried how many tries were made, from 1
 * @param announcedMs what Retry-After said
 * @param remainingMs how much time the caller has left
 */
export function waitBeforeRetry(tried: number, announcedMs: number | undefined, remainingMs: number, random: number): number | undefined {
	if (tried >= MAX_TRIES) return undefined;
	const wait = announcedMs ?? backoffMs(tried, random);
	if (wait > LONGEST_ANNOUNCED_WAIT_MS || wait >= remainingMs) return undefined;
	return wait;
}
