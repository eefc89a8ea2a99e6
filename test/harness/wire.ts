import nock from 'nock';

import { PACKAGE_VERSION } from '../../nodes/FreshBooks/client/version';
import { API, FIRST_TOKEN } from './context';

/** Mocks FreshBooks with nock. No request leaves the machine, and every mock must be used. */

const unexpected: string[] = [];

function noteUnexpected(request: { method?: string; path?: string; options?: { method?: string; path?: string } }): void {
	unexpected.push(`${request.method ?? request.options?.method} ${request.path ?? request.options?.path}`);
}

/** Call once in a suite. After each test, fails for unused mocks and for other requests. */
export function onTheWire(): void {
	beforeAll(() => {
		if (!nock.isActive()) nock.activate();
		nock.disableNetConnect();
		nock.emitter.on('no match', noteUnexpected);
	});
	beforeEach(() => {
		unexpected.length = 0;
	});
	afterEach(() => {
		const unused = nock.pendingMocks();
		nock.cleanAll();
		expect({ unused, unexpected }).toEqual({ unused: [], unexpected: [] });
	});
	afterAll(() => {
		nock.emitter.off('no match', noteUnexpected);
		// Otherwise nock would be off in the next file of this worker.
		nock.restore();
	});
}

const ALWAYS = {
	accept: 'application/json',
	'api-version': 'alpha',
	'user-agent': `n8n-nodes-freshbooks/${PACKAGE_VERSION}`,
};

function scope(token: string, base: string): nock.Scope {
	return nock(base, { reqheaders: { ...ALWAYS, authorization: `Bearer ${token}` } });
}

export interface Target {
	token?: string;
	base?: string;
}

/** Expects a GET without body or content type; `pathAndQuery` is matched exactly. */
export function onGet(pathAndQuery: string, { token = FIRST_TOKEN, base = API }: Target = {}): nock.Interceptor {
	const scopeOfReads = nock(base, {
		reqheaders: { ...ALWAYS, authorization: `Bearer ${token}` },
		badheaders: ['content-type', 'content-length'],
	});
	return scopeOfReads.get(pathAndQuery, '');
}

/** Expects a PUT with exactly this JSON body. */
export function onPut(path: string, body: nock.DataMatcherMap, { token = FIRST_TOKEN, base = API }: Target = {}): nock.Interceptor {
	return scope(token, base).put(path, body).matchHeader('content-type', /application\/json/);
}

/** Expects a POST with exactly this JSON body. */
export function onPost(path: string, body: nock.DataMatcherMap, { token = FIRST_TOKEN, base = API }: Target = {}): nock.Interceptor {
	return scope(token, base).post(path, body).matchHeader('content-type', /application\/json/);
}

/** Expects a DELETE without body. */
export function onDelete(path: string, { token = FIRST_TOKEN, base = API }: Target = {}): nock.Interceptor {
	return scope(token, base).delete(path, '');
}

/** Expects n8n's refresh of the token with `oldRefresh`, and returns new tokens as FreshBooks does. */
export function onRefresh(oldRefresh: string, tokens: { access: string; refresh: string }): void {
	nock(API)
		.post('/auth/oauth/token', (form: Record<string, string>) => {
			const { grant_type, refresh_token, client_id, client_secret } = form;
			return grant_type === 'refresh_token' && refresh_token === oldRefresh && client_id === 'client-id' && client_secret === 'client-password';
		})
		.reply(200, {
			access_token: tokens.access,
			token_type: 'Bearer',
			expires_in: 43200,
			refresh_token: tokens.refresh,
			scope: 'user:profile:read user:teams:read user:teams:write',
			created_at: 1756000000,
			direct_buy_tokens: {},
		});
}

/** FreshBooks' response to an expired token in the auth services (tests of its Node.js SDK). */
export const UNAUTHENTICATED = {
	error: 'unauthenticated',
	error_description: 'This action requires authentication to continue.',
};

/** The query of page 1 of a list, as the node sends it. */
export function pageOf(path: string, page = 1): string {
	return `${path}?page=${page}&per_page=100`;
}
