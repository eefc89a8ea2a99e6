import fc from 'fast-check';

import { backoffMs, LONGEST_ANNOUNCED_WAIT_MS, MAX_TRIES, mayRepeat, parseRetryAfter, waitBeforeRetry } from '../../nodes/FreshBooks/client/retry';

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

	test('whatever it holds is a wait or nothing, never a negative or endless one', () => {
		fc.assert(
			fc.property(fc.anything(), (header) => {
				const ms = parseRetryAfter(header, NOW);
				expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
			}),
		);
	});
});

describe('the wait before the next try', () => {
	test('grows from half a second to thirty, with jitter', () => {
		expect([1, 2, 3, 4].map((tried) => backoffMs(tried, 0.999999))).toEqual([500, 1000, 2000, 4000]);
		expect(backoffMs(20, 0.999999)).toBe(30_000);
		expect(backoffMs(9, 0)).toBeLessThan(500);
		expect(backoffMs(4, 0.25)).not.toBe(backoffMs(4, 0.75));
	});

	test('is what FreshBooks announced, when it did', () => {
		expect(waitBeforeRetry(1, 7_000, Infinity, 0.5)).toBe(7_000);
		expect(waitBeforeRetry(1, 0, Infinity, 0.5)).toBe(0);
	});

	test('is not made for a longer announcement than one can wait for', () => {
		expect(waitBeforeRetry(1, LONGEST_ANNOUNCED_WAIT_MS, Infinity, 0.5)).toBe(LONGEST_ANNOUNCED_WAIT_MS);
		expect(waitBeforeRetry(1, LONGEST_ANNOUNCED_WAIT_MS + 1, Infinity, 0.5)).toBeUndefined();
	});

	test('is not made when it would outlast the time that is left', () => {
		expect(waitBeforeRetry(1, 7_000, 7_000, 0.5)).toBeUndefined();
		expect(waitBeforeRetry(1, undefined, 100, 0.5)).toBeUndefined();
	});

	test('ends with the fifth try', () => {
		expect(MAX_TRIES).toBe(5);
		expect(waitBeforeRetry(4, undefined, Infinity, 0.5)).toBeGreaterThan(0);
		expect(waitBeforeRetry(5, undefined, Infinity, 0.5)).toBeUndefined();
		expect(waitBeforeRetry(5, 1_000, Infinity, 0.5)).toBeUndefined();
	});
});

describe('sending again', () => {
	test.each(['GET', 'PUT', 'DELETE', 'POST'])('%s is allowed after a 429 and when nothing was sent', (method) => {
		expect(mayRepeat(method, 'throttled')).toBe(true);
		expect(mayRepeat(method, 'neverSent')).toBe(true);
	});

	test.each(['GET', 'PUT', 'DELETE', 'POST'])('%s is not after a definite answer', (method) => {
		expect(mayRepeat(method, 'final')).toBe(false);
	});

	test('is allowed for GET, PUT and DELETE alone when the fate of the first is unknown', () => {
		expect(['GET', 'PUT', 'DELETE', 'POST'].filter((method) => mayRepeat(method, 'unknownFate'))).toEqual(['GET', 'PUT', 'DELETE']);
	});
});
