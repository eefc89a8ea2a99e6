import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { connect, type ClientSettings, type FreshBooksContext, type FreshBooksRequest } from '../../nodes/FreshBooks/client/client';
import { failureOf, type Failure } from '../../nodes/FreshBooks/client/errors';
import { textOf } from '../../nodes/FreshBooks/client/errorTexts';
import { onAFastClock, START, waits } from '../harness/clock';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onAFastClock();

type Answer = (options: IHttpRequestOptions) => Promise<Partial<IN8nHttpFullResponse>>;

let contexts = 0;

/** A client on a context whose HTTP helper records its calls. Without a cancel signal, like a PollContext. */
async function clientOn(answer: Answer, settings: ClientSettings = {}, oauthTokenData: object = {}) {
	const asked: IHttpRequestOptions[] = [];
	const id = `transport-${++contexts}`;
	const context = {
		getCredentials: async () => ({ environment: 'production', oauthTokenData }),
		getNode: () => ({ credentials: { freshBooksOAuth2Api: { id, name: 'FreshBooks' } } }),
		logger: { warn: () => undefined },
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
				asked.push(options);
				return { headers: {}, statusCode: 200, body: '{}', ...(await answer(options)) };
			},
		},
	} as unknown as FreshBooksContext;
	return { client: await connect(context, settings), asked };
}

const GET: FreshBooksRequest = { method: 'GET', path: '/things', query: { page: 1 }, subject: 'things', idFamily: 'business ID', published: true };
const PUT: FreshBooksRequest = { ...GET, method: 'PUT', query: undefined, body: { a: 1 } };
const fine: Answer = async () => ({});

test('a request has a timeout, follows no redirect, and leaves a 401 to n8n', async () => {
	const { client, asked } = await clientOn(fine);
	await client.send(GET);
	expect(asked).toEqual([
		{
			method: 'GET',
			url: 'https://api.freshbooks.com/things',
			qs: { page: 1 },
			headers: { Accept: 'application/json', 'Api-Version': 'alpha', 'User-Agent': expect.stringContaining('n8n-nodes-freshbooks/') },
			arrayFormat: 'brackets',
			encoding: 'text',
			timeout: 30_000,
			returnFullResponse: true,
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
			ignoreHttpStatusErrors: { ignore: true, except: [401] },
		},
	]);
});

test('a body is sent with a PUT, never with a GET', async () => {
	const { client, asked } = await clientOn(fine);
	await client.send(PUT);
	await client.send({ ...GET, body: { a: 1 } });
	expect(asked.map(({ body }) => body)).toEqual([{ a: 1 }, undefined]);
});

describe('a deadline', () => {
	test('shortens the timeout of the last request', async () => {
		const { client, asked } = await clientOn(fine, { deadlineAt: START + 4_000 });
		await client.send(GET);
		expect(asked[0].timeout).toBe(4_000);
	});

	test('that has passed prevents requests', async () => {
		const { client, asked } = await clientOn(fine, { deadlineAt: START });
		await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'unreachable', noTimeLeft: true } });
		expect(asked).toEqual([]);
	});

	test('is not exceeded by a wait: the last response of FreshBooks is reported at once', async () => {
		const { client, asked } = await clientOn(async () => ({ statusCode: 429, headers: { 'retry-after': '10' } }), { deadlineAt: START + 10_000 });
		await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'rateLimited', retryAfterMs: 10_000 } });
		expect(asked).toHaveLength(1);
		expect(waits).toEqual([]);
	});
});

test('no more requests are in flight than the caller allows', async () => {
	let now = 0;
	let most = 0;
	const { client } = await clientOn(
		async () => {
			most = Math.max(most, ++now);
			for (let turn = 0; turn < 5; turn++) await Promise.resolve();
			now--;
			return {};
		},
		{ maxInFlight: 2 },
	);
	await Promise.all(Array.from({ length: 20 }, async () => await client.send(GET)));
	expect(most).toBe(2);
});

test('credentials are removed from a response that n8n has parsed', async () => {
	const { client } = await clientOn(async () => ({ body: { response: { id: 1, api_token: 'secret' } } }));
	expect(await client.send(GET)).toEqual({ response: { id: 1 } });
});

test("FreshBooks' plain text with an error status is quoted", async () => {
	const { client } = await clientOn(async () => ({ statusCode: 400, body: 'stuff' }));
	await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'validation', serviceText: 'stuff' } });
});

const POST: FreshBooksRequest = { ...PUT, method: 'POST' };
const DELETE: FreshBooksRequest = { ...GET, method: 'DELETE', query: undefined };
const JSON_500 = { statusCode: 500, body: '{"error":"internal_server_error"}' };
const THROTTLED = { statusCode: 429, body: '' };

/** Returns the responses in turn, and then repeats the last one. Throws an Error among them. */
function answers(...list: Array<Partial<IN8nHttpFullResponse> | Error>): Answer {
	let next = 0;
	return async () => {
		const answer = list[Math.min(next++, list.length - 1)];
		return answer instanceof Error ? await Promise.reject(answer) : answer;
	};
}

const network = (code: string) => Object.assign(new Error(code), { code });

async function failureAfter(request: FreshBooksRequest, ...list: Array<Partial<IN8nHttpFullResponse> | Error>) {
	const { client, asked } = await clientOn(answers(...list));
	const error: unknown = await client.send(request).then(
		() => undefined,
		(reason: unknown) => reason,
	);
	return { failure: failureOf(error), sent: asked.length };
}

describe('a POST is retried only if it surely was not carried out', () => {
	test.each([
		['a web page with 502', { statusCode: 502, body: '<html>' }],
		['a web page with 503', { statusCode: 503, body: '<html>' }],
		['504 without anything', { statusCode: 504, body: '' }],
		['a web page with 520', { statusCode: 520, body: '<html>' }],
		['a web page with 524', { statusCode: 524, body: '<html>' }],
		['a web page with 403', { statusCode: 403, body: '<html>' }],
		['text with 400', { statusCode: 400, body: 'bad request' }],
		['404 without anything', { statusCode: 404, body: '' }],
		['500 without anything', { statusCode: 500, body: '' }],
		['JSON without an envelope, with 500', { statusCode: 500, body: '{}' }],
		['JSON without an envelope, with 400', { statusCode: 400, body: '[]' }],
		['a redirect', { statusCode: 307, body: '' }],
		['200 without anything', { statusCode: 200, body: '' }],
		['201 without anything', { statusCode: 201, body: '' }],
		['a web page with 200', { statusCode: 200, body: '<html>' }],
		['truncated JSON', { statusCode: 200, body: '{"response":{"id":1' }],
		['JSON without an envelope', { statusCode: 200, body: '{"unexpected":true}' }],
		['a broken connection', network('ECONNRESET')],
		['a timeout', network('ETIMEDOUT')],
		['an unknown network error', network('EPROTO')],
	])('%s leaves its result unknown', async (_name, answer) => {
		const { failure, sent } = await failureAfter(POST, answer);
		expect(failure).toMatchObject({ kind: 'unclear', sent: 1, maybeDone: true, afterUnclearTry: false });
		expect(failure?.answeredByFreshBooks ?? false).toBe(false);
		expect(sent).toBe(1);
	});

	test.each([500, 502, 503, 408])("FreshBooks' own %d leaves its result unknown, and shows that it has ended", async (statusCode) => {
		const { failure, sent } = await failureAfter(POST, { ...JSON_500, statusCode });
		expect(failure).toMatchObject({ kind: 'unclear', status: statusCode, answeredByFreshBooks: true, sent: 1, maybeDone: true });
		expect(sent).toBe(1);
	});

	test("FreshBooks' own error 500 inside a 200 does the same", async () => {
		const { failure } = await failureAfter(POST, { body: '{"response":{"errors":[{"errno":500,"message":"Unexpected."}]}}' });
		expect(failure).toMatchObject({ kind: 'unclear', status: 500, answeredByFreshBooks: true });
	});

	test.each([
		[400, 'validation'],
		[403, 'permission'],
		[404, 'notFound'],
		[409, 'conflict'],
		[422, 'validation'],
	])("FreshBooks' own %d is final", async (statusCode, kind) => {
		const { failure, sent } = await failureAfter(POST, { statusCode, body: '{"message":"No."}' });
		expect(failure).toMatchObject({ kind, answeredByFreshBooks: true, sent: 1, maybeDone: false });
		expect(sent).toBe(1);
	});

	test.each(['EHOSTUNREACH', 'ENETUNREACH'])('%s on a connection that was established allows no retry', async (code) => {
		const { sent } = await failureAfter(POST, Object.assign(network(code), { syscall: 'read' }), { body: '{"response":{"id":1}}' });
		expect(sent).toBe(1);
	});

	test.each([
		['a 429', THROTTLED],
		['a 429 with a web page', { statusCode: 429, body: '<html>' }],
		...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map((code): [string, Error] => [code, network(code)]),
		['an unreachable host, when connecting', Object.assign(network('EHOSTUNREACH'), { syscall: 'connect' })],
	])('%s allows a retry', async (_name, answer) => {
		const { failure, sent } = await failureAfter(POST, answer, { body: '{"response":{"id":1}}' });
		expect(failure).toBeUndefined();
		expect(sent).toBe(2);
	});
});

describe('a failure has the facts of its tries', () => {
	test('a POST answered eight times with 429 was sent eight times and not carried out', async () => {
		const { failure } = await failureAfter(POST, THROTTLED);
		expect(failure).toMatchObject({ kind: 'rateLimited', sent: 8, maybeDone: false, afterUnclearTry: false });
	});

	test('a DELETE answered with 500 and then 429 until the last try may have been carried out', async () => {
		const { failure } = await failureAfter(DELETE, JSON_500, THROTTLED);
		expect(failure).toMatchObject({ kind: 'rateLimited', sent: 9, maybeDone: true, afterUnclearTry: true });
	});

	test('a GET answered five times with 429 and then with 503: the 503 is retried, too', async () => {
		const { failure, sent } = await failureAfter(GET, THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED, { statusCode: 503, body: '' }, { body: '{}' });
		expect([failure, sent]).toEqual([undefined, 7]);
		expect(waits.every((ms) => ms > 0)).toBe(true);
		expect(waits.at(-1)).toBeLessThanOrEqual(500);
	});

	test('a GET answered 429 and 503 in turn fails after the fifth 503', async () => {
		const turns = Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? THROTTLED : { statusCode: 503, body: '' }));
		expect(await failureAfter(GET, ...turns)).toMatchObject({ failure: { status: 503 }, sent: 10 });
	});

	test('a GET whose token another process refreshed is tried five times after that', async () => {
		const { failure, sent } = await failureAfter(GET, Object.assign(new Error('401'), { httpCode: '401' }), ...Array.from({ length: 4 }, () => ({ statusCode: 503, body: '' })), { body: '{}' });
		expect([failure, sent]).toEqual([undefined, 6]);
	});

	test('a DELETE whose first response broke off and whose second is 404', async () => {
		const { failure } = await failureAfter(DELETE, network('ECONNRESET'), { statusCode: 404, body: '{"message":"No."}' });
		expect(failure).toMatchObject({ kind: 'notFound', sent: 2, maybeDone: true, afterUnclearTry: true, answeredByFreshBooks: true });
	});

	test('a request whose connection was always refused was never sent', async () => {
		const { failure } = await failureAfter(DELETE, network('ECONNREFUSED'));
		expect(failure).toMatchObject({ kind: 'unreachable', serviceText: 'ECONNREFUSED', sent: 0, maybeDone: false });
	});

	test('a request that was refused, timed out and was refused again was sent once', async () => {
		const { failure } = await failureAfter(DELETE, network('ECONNREFUSED'), network('ETIMEDOUT'), network('ECONNREFUSED'));
		expect(failure).toMatchObject({ sent: 1, maybeDone: true, afterUnclearTry: true });
	});

	test('a deadline before the first try: nothing was sent', async () => {
		const { client } = await clientOn(fine, { deadlineAt: START });
		const error: unknown = await client.send(DELETE).catch((thrown: unknown) => thrown);
		expect(failureOf(error)).toMatchObject({ kind: 'unreachable', sent: 0, maybeDone: false, noTimeLeft: true });
		const { message, description } = textOf(failureOf(error) as Failure);
		expect(message).toMatch(/^No time was left to ask FreshBooks for /);
		expect(description).toBe('It was not sent, so nothing was done for it. To fix this, run it again.');
	});

	test('an outage: sent once, because no time was left for more', async () => {
		const { client } = await clientOn(answers({ ...JSON_500, headers: { 'retry-after': '10' } }), { deadlineAt: START + 10_000 });
		await expect(client.send(DELETE)).rejects.toMatchObject({ failure: { kind: 'outage', sent: 1, maybeDone: true, afterUnclearTry: false } });
	});

	test("a firewall's web page is not a response of FreshBooks: a DELETE may have been carried out", async () => {
		const { failure } = await failureAfter(DELETE, { statusCode: 403, body: '<html>' });
		expect(failure).toMatchObject({ kind: 'notJson', answeredByFreshBooks: false, sent: 1, maybeDone: true });
	});
});

test('the deadline does not move if the system clock is set back during a run', async () => {
	const { client, asked } = await clientOn(
		async () => {
			jest.setSystemTime(Date.now() - 3 * 3_600_000);
			return { statusCode: 429, headers: { 'retry-after': '7' } };
		},
		{ deadlineAt: START + 10_000 },
	);
	await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'rateLimited' } });
	expect(asked.map(({ timeout }) => timeout)).toEqual([10_000, 3_000]);
});

test('a 429 delays the other requests with the same credential', async () => {
	const began: number[] = [];
	const from = performance.now();
	let first = true;
	const { client } = await clientOn(async () => {
		began.push(performance.now() - from);
		const answer = first ? { statusCode: 429, headers: { 'retry-after': '7' } } : {};
		first = false;
		return answer;
	});
	await client.send(GET);
	await client.send(GET);
	expect(began).toEqual([0, 7_000, 7_000]);
	expect(waits).toEqual([7_000]);
});

test('X-RateLimit-Reset is used if there is no Retry-After', async () => {
	const { client } = await clientOn(answers({ statusCode: 429, headers: { 'x-ratelimit-reset': '4' } }, {}));
	await client.send(GET);
	expect(waits).toEqual([4_000]);
});

test.each(['{"code":0}', '{"code":0,"message":"ok"}', '{"code":200,"message":"Invited."}'])('200 with %s is a success', async (body) => {
	const { client } = await clientOn(async () => ({ body }));
	expect(await client.send(POST)).toEqual(JSON.parse(body));
});

test('a stored token is in no error, whatever its form', async () => {
	for (const message of ['The key open-sesame-42 is bad', 'The key open-sesa\nme-42', 'open%2Dsesame%2D42', 'x?k=open-sesame-42&y']) {
		const { client } = await clientOn(async () => ({ statusCode: 422, body: JSON.stringify({ message, errors: { field: message } }) }), {}, { access_token: 'open-sesame-42' });
		const error: unknown = await client.send(GET).catch((reason: unknown) => reason);
		expect(failureOf(error)).toMatchObject({ serviceText: '[hidden]', field: '[hidden]' });
	}
});

test('an error contains nothing of the request: no header, body or token', async () => {
	const { client } = await clientOn(async (options) => await Promise.reject(Object.assign(new Error('Bearer abc'), { config: options, code: 'EPROTO' })));
	const error = await client.send({ ...PUT, method: 'POST' }).catch((reason: unknown) => reason);
	expect(JSON.stringify([error, String(error), Object.entries(error as object)])).not.toMatch(/Bearer|alpha|"a":1/);
});
