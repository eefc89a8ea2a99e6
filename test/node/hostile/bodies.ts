import fc from 'fast-check';

import type { Answer } from './server.cts';
import { hostileValue } from './values';

/** Responses that FreshBooks never returns, or almost returns. */

/** One change of a good response. */
interface Change {
	/** Which value of the response, by its position among all values. */
	at: number;
	how: 'replace' | 'delete' | 'repeat' | 'poison' | 'huge';
	value: unknown;
}

/** Numbers that JSON can contain and JavaScript cannot represent. */
const HUGE = '@huge@';

type Position = [holder: Record<string, unknown>, key: string];

function positionsIn(value: unknown): Position[] {
	if (typeof value !== 'object' || value === null) return [];
	const holder = value as Record<string, unknown>;
	return Object.entries(holder).flatMap(([key, inner]): Position[] => [[holder, key], ...positionsIn(inner)]);
}

function apply({ at, how, value }: Change, body: unknown): void {
	const places = positionsIn(body);
	if (places.length === 0) return;
	const [holder, key] = places[at % places.length];
	if (how === 'delete') delete holder[key];
	else if (how === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
	else if (how === 'poison') Object.defineProperty(holder, '__proto__', { value: { polluted: true }, enumerable: true, configurable: true, writable: true });
	else holder[key] = how === 'huge' ? HUGE : value;
}

function changed(good: unknown, changes: Change[]): string {
	const body = structuredClone(good);
	for (const change of changes) apply(change, body);
	// A deleted array element becomes null.
	return (JSON.stringify(body) ?? '').replaceAll(`"${HUGE}"`, '1e999');
}

const change: fc.Arbitrary<Change> = fc.record({
	at: fc.nat(10_000),
	how: fc.constantFrom('replace', 'replace', 'replace', 'delete', 'delete', 'repeat', 'poison', 'huge'),
	value: hostileValue,
});

const long = 'x'.repeat(1_000_000);

/** Texts that are not a valid response, or an error response. */
const TEXTS: readonly string[] = [
	'',
	' ',
	'null',
	'true',
	'0',
	'"text"',
	'[]',
	'{}',
	'{',
	'{"response":',
	'\ufeff{"response":[]}',
	'<html><body>Bad Gateway</body></html>',
	`<html>${long}`,
	long,
	'{"response":null}',
	'{"response":{}}',
	'{"response":[]}',
	'{"response":[null]}',
	'{"response":{"result":{}}}',
	'{"response":[],"response":{}}',
	'{"response":[{"uuid":"../../1"}],"meta":{"total":1}}',
	'{"response":{"members":[{"id":-5,"email":"person1@example.com"}]}}',
	'{"response":{"members":[{"id":1.5,"email":"person1@example.com"}]}}',
	'{"response":{"members":[{"id":"1e3","email":"person1@example.com"}]}}',
	'{"response":{"invitations":[{"id":1e300,"email":"new@example.com"}]}}',
	'{"response":{"id":1,"business_memberships":[{"business_id":-1},{"business_id":0.5},{"business":{"id":1e21,"account_id":"../x"}}]}}',
	'{"response":[],"meta":{"page":1,"per_page":1,"total":1e9}}',
	'{"__proto__":{"polluted":true},"response":[]}',
	'{"error":{"__proto__":{"polluted":true}}}',
	'{"error":"unauthenticated"}',
	`{"error":{"${long}":"x"}}`,
	`{"error":"${long}"}`,
	`{"message":"${'\\u202e'.repeat(1000)}${long}"}`,
	'{"error_description":"Bearer first-access-token is not good"}',
	'{"errno":1012,"error":"x"}',
	'{"code":5,"message":[]}',
	'{"response":{"errors":[{"errno":{},"message":{},"field":[]}]}}',
	'{"response":{"errors":[null,1]}}',
	'{"errors":{"details":[null]}}',
	'{"details":[{"metadata":[]}],"message":1}',
	`${'['.repeat(10_000)}${']'.repeat(10_000)}`,
	`${'{"response":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
];

/** Bodies derived from a good response to the same request. */
export type HostileBody = (good: unknown) => string;

export const hostileBody: fc.Arbitrary<HostileBody> = fc.oneof(
	{ weight: 5, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }).map((changes): HostileBody => (good) => changed(good, changes)) },
	{ weight: 2, arbitrary: fc.constantFrom(...TEXTS).map((text): HostileBody => () => text) },
	{ weight: 1, arbitrary: fc.json().map((text): HostileBody => () => text) },
	{ weight: 1, arbitrary: fc.json().map((text): HostileBody => () => `{"response":${text}}`) },
	{ weight: 1, arbitrary: fc.nat(400).map((length): HostileBody => (good) => JSON.stringify(good).slice(0, length)) },
);

const STATUSES = [201, 202, 203, 204, 206, 301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 408, 409, 410, 415, 418, 422, 429, 451, 500, 501, 502, 503, 504, 507, 599];

const header = fc.constantFrom<Record<string, string>>(
	{},
	{},
	{ 'content-type': 'text/html' },
	{ 'content-type': 'application/octet-stream' },
	{ 'content-type': 'x' },
	{ 'content-encoding': 'gzip' },
	{ 'retry-after': '0' },
	{ 'retry-after': '-1' },
	{ 'retry-after': '1e9' },
	{ 'retry-after': '99999999999999999999' },
	{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
	{ 'retry-after': 'soon' },
	{ location: 'http://127.0.0.1:9/elsewhere' },
	{ location: '//' },
);

/** A response derived from the good response to the same request. */
export type HostileAnswer = (good: unknown) => Answer;

function answerArbitrary(status: fc.Arbitrary<number>): fc.Arbitrary<HostileAnswer> {
	return fc.tuple(status, hostileBody, header).map(([code, body, headers]): HostileAnswer => (good) => ({ status: code, headers, body: body(good) }));
}

/** Any status, more often 200. */
export const hostileAnswer = answerArbitrary(fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, { weight: 2, arbitrary: fc.constantFrom(...STATUSES) }));

/** FreshBooks' error numbers for 'not found', with any status (freshbooks.com/api/errors). */
const SAYS_NOT_THERE = /"errno":\s*10(?:11|12)|"code":\s*5\b/;

/** Any response that does not mean 'not found'. */
export const hostileButNotGone: fc.Arbitrary<HostileAnswer> = hostileAnswer.map((answer): HostileAnswer => (good) => {
	const { status, headers, body = '' } = answer(good);
	return { status: status === 404 || status === 410 ? 500 : status, headers, body: SAYS_NOT_THERE.test(String(body)) ? '{}' : body };
});
