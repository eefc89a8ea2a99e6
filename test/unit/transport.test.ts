import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { connect, type ClientSettings, type FreshBooksContext, type FreshBooksRequest } from '../../nodes/FreshBooks/client/client';
import { onAFastClock, START, waits } from '../harness/clock';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onAFastClock();

type Answer = (options: IHttpRequestOptions) => Promise<Partial<IN8nHttpFullResponse>>;

let contexts = 0;

/** A client on a context whose HTTP helper notes what it is asked; without a cancel signal, as a PollContext. */
async function clientOn(answer: Answer, settings: ClientSettings = {}) {
	const asked: IHttpRequestOptions[] = [];
	const id = `transport-${++contexts}`;
	const context = {
		getCredentials: async () => ({ environment: 'production' }),
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

test('a request has a time-out, follows no redirect, and leaves the 401 to n8n', async () => {
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
	test('shortens the time-out of the last request', async () => {
		const { client, asked } = await clientOn(fine, { deadlineAt: START + 4_000 });
		await client.send(GET);
		expect(asked[0].timeout).toBe(4_000);
	});

	test('that has passed lets nothing be sent', async () => {
		const { client, asked } = await clientOn(fine, { deadlineAt: START });
		await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'unreachable', serviceText: 'No time was left in this run.' } });
		expect(asked).toEqual([]);
	});

	test('is not slept past: what FreshBooks answered last is told at once', async () => {
		const { client, asked } = await clientOn(async () => ({ statusCode: 429, headers: { 'retry-after': '10' } }), { deadlineAt: START + 10_000 });
		await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'rateLimited', retryAfterMs: 10_000 } });
		expect(asked).toHaveLength(1);
		expect(waits).toEqual([]);
	});
});

test('no more requests are under way than the caller allows', async () => {
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

test('credentials are removed from an answer that n8n has parsed already', async () => {
	const { client } = await clientOn(async () => ({ body: { response: { id: 1, api_token: 'secret' } } }));
	expect(await client.send(GET)).toEqual({ response: { id: 1 } });
});

test("FreshBooks' plain words under an error status are quoted", async () => {
	const { client } = await clientOn(async () => ({ statusCode: 400, body: 'stuff' }));
	await expect(client.send(GET)).rejects.toMatchObject({ failure: { kind: 'validation', serviceText: 'stuff' } });
});

test('nothing of the request is in the error: no header, no body, no token', async () => {
	const { client } = await clientOn(async (options) => await Promise.reject(Object.assign(new Error('Bearer abc'), { config: options, code: 'EPROTO' })));
	const error = await client.send({ ...PUT, method: 'POST' }).catch((reason: unknown) => reason);
	expect(JSON.stringify([error, String(error), Object.entries(error as object)])).not.toMatch(/Bearer|alpha|"a":1/);
});
