import fc from 'fast-check';

import { announcedWait, parseRateLimitReset, parseRetryAfter, shouldRetry, waitBeforeRetry } from '../../nodes/FreshBooks/client/retry';

const NOW = Date.UTC(2026, 10, 21, 10, 0, 0);

describe('Retry-After', () => {
	test.each<[unknown, number]>([
		['0', 0],
		['7', 7_000],
		[' 30 ', 30_000],
		['1.5', 1_500],
		[3, 3_000],
		[['5', '9'], 5_000],
		['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
		['Saturday, 21-Nov-26 10:01:00 GMT', 60_000],
		['Sat, 21 Nov 2026 09:00:00 GMT', 0],
	])('%j is %d ms', (header, ms) => {
		expect(parseRetryAfter(header, NOW)).toBe(ms);
	});

	test.each([undefined, null, '', '  ', 'soon', '-5', '1e3', 'NaN', '99999999999999999999', '2026-11-21', {}, [], [Object.create(null)], true, 'Infinity'])('%j says nothing', (header) => {
		expect(parseRetryAfter(header, NOW)).toBeUndefined();
	});

	test('any value is a wait of at least 0, or undefined', () => {
		fc.assert(
			fc.property(fc.anything(), (header) => {
				const ms = parseRetryAfter(header, NOW);
				expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
			}),
		);
	});
});

describe('X-RateLimit-Reset', () => {
	test.each<[unknown, number]>([
		['7', 7_000],
		[30, 30_000],
		['1.5', 1_500],
		[['5', '9'], 5_000],
		[String(NOW / 1_000 + 45), 45_000],
		[String(NOW + 45_000), 45_000],
	])('%j is %d ms', (header, ms) => {
		expect(parseRateLimitReset(header, NOW)).toBe(ms);
	});

	test.each([undefined, null, '', '0', '-5', 'soon', '1e3', String(NOW / 1_000 - 60), String(NOW - 1), '99999999999999999999', 'Sat, 21 Nov 2026 10:00:30 GMT', {}, NaN])('%j says nothing', (header) => {
		expect(parseRateLimitReset(header, NOW)).toBeUndefined();
	});

	test('any value is a wait of at least 0, or undefined', () => {
		fc.assert(
			fc.property(fc.anything(), (header) => {
				const ms = parseRateLimitReset(header, NOW);
				expect(ms === undefined || (Number.isFinite(ms) && ms > 0)).toBe(true);
			}),
		);
	});

	test('does not count if it is over: the clock of this machine may be ahead', () => {
		const past = new Date(NOW - 1_000).toUTCString();
		expect(announcedWait(429, { 'retry-after': past, 'x-ratelimit-reset': '9' }, NOW)).toBe(9_000);
		expect([past, '0'].map((header) => announcedWait(429, { 'retry-after': header }, NOW))).toEqual([undefined, undefined]);
	});

	test('is used with a 429 only, and after Retry-After', () => {
		expect(announcedWait(429, { 'x-ratelimit-reset': '9' }, NOW)).toBe(9_000);
		expect(announcedWait(429, { 'x-ratelimit-reset': '9', 'retry-after': '2' }, NOW)).toBe(2_000);
		expect(announcedWait(429, { 'x-ratelimit-reset': '9', 'retry-after': 'soon' }, NOW)).toBe(9_000);
		expect(announcedWait(503, { 'x-ratelimit-reset': '9' }, NOW)).toBeUndefined();
		expect(announcedWait(503, { 'retry-after': '3' }, NOW)).toBe(3_000);
	});
});

describe('the wait before the next try', () => {
	test('doubles from half a second to eight, and is a random part of at least half', () => {
		expect([1, 2, 3, 4].map((tried) => waitBeforeRetry(tried, undefined, 0.999999))).toEqual([500, 1000, 2000, 4000]);
		expect([1, 2, 3, 4].map((tried) => waitBeforeRetry(tried, undefined, 0))).toEqual([250, 500, 1000, 2000]);
		expect(waitBeforeRetry(20, undefined, 0.999999)).toBe(8_000);
	});

	test('is the announced wait, if there is one', () => {
		expect(waitBeforeRetry(1, 7_000, 0.5)).toBe(7_000);
	});
});

describe('a retry', () => {
	const METHODS = ['GET', 'PUT', 'DELETE', 'POST'];

	test.each(METHODS)('of %s is allowed after a 429 and if it was not carried out', (method) => {
		expect(shouldRetry(method, 'throttled', 1)).toBe(true);
		expect(shouldRetry(method, 'notCarriedOut', 1)).toBe(true);
	});

	test.each(METHODS)('of %s is not allowed after a definite response', (method) => {
		expect(shouldRetry(method, 'final', 1)).toBe(false);
	});

	test('is allowed only for GET, PUT and DELETE if the result is unknown', () => {
		expect(METHODS.filter((method) => shouldRetry(method, 'unclear', 1))).toEqual(['GET', 'PUT', 'DELETE']);
	});

	test('is not allowed after the fifth try', () => {
		expect([4, 5].map((tried) => shouldRetry('GET', 'unclear', tried))).toEqual([true, false]);
		expect([4, 5].map((tried) => shouldRetry('GET', 'notCarriedOut', tried))).toEqual([true, false]);
	});

	test('is not allowed after the eighth try that ended with a 429', () => {
		expect([5, 7, 8].map((tried) => shouldRetry('GET', 'throttled', tried))).toEqual([true, true, false]);
	});
});
