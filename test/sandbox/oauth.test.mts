import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { kinds, TEAM, useSandbox, INVITATIONS, STAFF } from './support.mts';

const REDIRECT = 'http://localhost:5678/rest/oauth2-credential/callback';
const bench = useSandbox();

function authorizeQuery(changes: Record<string, string> = {}): Record<string, string> {
	return { client_id: bench.sandbox.clientId, response_type: 'code', redirect_uri: REDIRECT, scope: 'user:profile:read user:teams:read', state: 's t&1', ...changes };
}

async function allow(changes: Record<string, string> = {}): Promise<URL> {
	const answer = await bench.open.post('/oauth/authorize', new URLSearchParams({ ...authorizeQuery(changes), decision: 'allow' }));
	assert.equal(answer.status, 302);
	return new URL(String(answer.headers.location));
}

async function exchange(code: string, changes: Record<string, string> = {}, path = '/auth/oauth/token') {
	const { clientId, clientSecret } = bench.sandbox;
	return bench.open.post(path, new URLSearchParams({ grant_type: 'authorization_code', client_id: clientId, client_secret: clientSecret, code, redirect_uri: REDIRECT, ...changes }));
}

async function newToken(scope = 'user:teams:read'): Promise<{ access_token: string; refresh_token: string }> {
	const code = (await allow({ scope })).searchParams.get('code') ?? '';
	return (await exchange(code)).data;
}

function refresh(refreshToken: string, changes: Record<string, string> = {}) {
	const { clientId, clientSecret } = bench.sandbox;
	return bench.open.post('/auth/oauth/token', { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken, ...changes });
}

const me = (accessToken: string) => bench.open.get('/auth/api/v1/users/me', { headers: { authorization: `Bearer ${accessToken}` } });

describe('the consent page', () => {
	it('asks with Allow and Deny, and escapes what it was given', async () => {
		const page = await bench.open.get('/oauth/authorize', { params: authorizeQuery({ state: '"><script>' }) });
		assert.equal(page.status, 200);
		assert.match(page.data, /value="allow">Allow/);
		assert.match(page.data, /value="deny">Deny/);
		assert.doesNotMatch(page.data, /"><script>/);
	});

	it('sends code and state back on Allow', async () => {
		const back = await allow();
		assert.equal(back.origin + back.pathname, REDIRECT);
		assert.equal(back.searchParams.get('state'), 's t&1');
		assert.match(back.searchParams.get('code') ?? '', /^fbsx-code-/);
	});

	it('sends access_denied back on Deny', async () => {
		const answer = await bench.open.post('/oauth/authorize', new URLSearchParams({ ...authorizeQuery(), decision: 'deny' }));
		const back = new URL(String(answer.headers.location));
		assert.equal(back.searchParams.get('error'), 'access_denied');
		assert.equal(back.searchParams.get('state'), 's t&1');
		assert.equal(back.searchParams.get('code'), null);
	});

	const refused: [string, Record<string, string>, number, RegExp][] = [
		['an unknown client', { client_id: 'nobody' }, 500, /unknown/],
		['an unknown scope', { scope: 'user:teams:reed' }, 400, /invalid, unknown, or malformed/],
		['an address that is not on this machine', { redirect_uri: 'https://evil.example.com/callback' }, 400, /Invalid URI/],
		['another response type', { response_type: 'token' }, 400, /response type/],
	];
	for (const [what, changes, status, text] of refused) {
		it(`answers ${what} with a page and no redirect`, async () => {
			for (const answer of [
				await bench.open.get('/oauth/authorize', { params: authorizeQuery(changes) }),
				await bench.open.post('/oauth/authorize', new URLSearchParams({ ...authorizeQuery(changes), decision: 'allow' })),
			]) {
				assert.equal(answer.status, status);
				assert.match(answer.data, text);
				assert.equal(answer.headers.location, undefined);
			}
		});
	}

	it('redirects at once under autoConsent', async () => {
		await bench.control('PATCH', '/settings', { autoConsent: true });
		const answer = await bench.open.get('/service/auth/oauth/authorize', { params: authorizeQuery() });
		assert.equal(answer.status, 302);
	});
});

describe('the token endpoint', () => {
	it('answers the fields of FreshBooks for a code', async () => {
		const code = (await allow()).searchParams.get('code') ?? '';
		const { status, data } = await exchange(code);
		assert.equal(status, 200);
		const { access_token: accessToken, refresh_token: refreshToken, created_at: createdAt, ...rest } = data;
		assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 43200, scope: 'user:profile:read user:teams:read', direct_buy_tokens: {} });
		assert.ok(accessToken.length > 400 && /^fbsx-refresh-/.test(refreshToken) && Number.isInteger(createdAt));
		assert.equal((await me(accessToken)).status, 200);
	});

	it('takes a code once', async () => {
		const code = (await allow()).searchParams.get('code') ?? '';
		assert.equal((await exchange(code)).status, 200);
		const again = await exchange(code);
		assert.equal(again.status, 400);
		assert.equal(again.data.error, 'invalid_grant');
	});

	it('takes a code for five minutes', async () => {
		const code = (await allow()).searchParams.get('code') ?? '';
		const late = (await allow()).searchParams.get('code') ?? '';
		await bench.control('PATCH', '/settings', { clockOffsetMs: 290_000 });
		assert.equal((await exchange(code)).status, 200);
		await bench.control('PATCH', '/settings', { clockOffsetMs: 301_000 });
		assert.equal((await exchange(late)).data.error, 'invalid_grant');
	});

	it('takes a code with its own redirect address only', async () => {
		const code = (await allow()).searchParams.get('code') ?? '';
		assert.equal((await exchange(code, { redirect_uri: 'http://localhost:1/other' })).data.error, 'invalid_grant');
	});

	it('checks a PKCE verifier that is sent', async () => {
		const challenge = createHash('sha256').update('verifier').digest('base64url');
		const code = (await allow({ code_challenge: challenge })).searchParams.get('code') ?? '';
		assert.equal((await exchange(code, { code_verifier: 'wrong' })).data.error, 'invalid_grant');
		assert.equal((await exchange(code, { code_verifier: 'verifier' })).status, 200);
	});

	it('takes JSON, Basic credentials and the second set of addresses', async () => {
		const { clientId, clientSecret } = bench.sandbox;
		const code = (await allow()).searchParams.get('code') ?? '';
		const basic = await bench.open.post('/service/auth/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }, { auth: { username: clientId, password: clientSecret } });
		assert.equal(basic.status, 200);
		assert.equal((await refresh(basic.data.refresh_token)).status, 200);
	});

	it('refuses a wrong secret with 401 invalid_client', async () => {
		const code = (await allow()).searchParams.get('code') ?? '';
		const answer = await exchange(code, { client_secret: 'wrong' });
		assert.equal(answer.status, 401);
		assert.equal(answer.data.error, 'invalid_client');
	});

	it('rotates refresh tokens: each works once, and reuse is counted', async () => {
		const first = await newToken();
		const before = await bench.control('GET', '/oauth');
		const second = await refresh(first.refresh_token);
		assert.equal(second.status, 200);
		assert.notEqual(second.data.refresh_token, first.refresh_token);
		const reuse = await refresh(first.refresh_token);
		assert.equal(reuse.status, 400);
		assert.equal(reuse.data.error, 'invalid_grant');
		assert.equal((await refresh(second.data.refresh_token)).status, 200);
		const now = await bench.control('GET', '/oauth');
		assert.equal(Number(now.refreshes) - Number(before.refreshes), 2);
		assert.equal(Number(now.reuseAttempts) - Number(before.reuseAttempts), 1);
	});

	it('refuses a refresh without redirect_uri on request, and the refresh token still works', async () => {
		await bench.control('PATCH', '/settings', { refreshNeedsRedirectUri: true });
		const { refresh_token: refreshToken } = await newToken();
		const refused = await refresh(refreshToken);
		assert.deepEqual([refused.status, refused.data], [400, { error: 'invalid_request', error_description: 'Missing required parameter: redirect_uri.' }]);
		assert.equal((await refresh(refreshToken, { redirect_uri: REDIRECT })).status, 200);
	});

	it('does not refresh when the connection was cut meanwhile: the refresh token still works', async () => {
		const token = await newToken();
		await bench.control('POST', '/faults', { kind: 'delay', ms: 150, route: 'POST /oauth/token' });
		const cut = assert.rejects(refresh(token.refresh_token), { code: 'ECONNRESET' });
		await sleep(30);
		await bench.control('POST', '/outage', { ms: 200 });
		await cut;
		await sleep(300);
		const [entry] = bench.sandbox.parts.log.latest(1);
		assert.deepEqual([entry?.path, entry?.status], ['/auth/oauth/token', null]);
		assert.equal((await refresh(token.refresh_token)).status, 200);
	});
});

describe('access tokens', () => {
	const unauthenticated = { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' };

	it('expire after twelve hours', async () => {
		const token = await newToken();
		await bench.control('PATCH', '/settings', { clockOffsetMs: 43_190_000 });
		assert.equal((await me(token.access_token)).status, 200);
		await bench.control('PATCH', '/settings', { clockOffsetMs: 43_201_000 });
		const late = await me(token.access_token);
		assert.equal(late.status, 401);
		assert.deepEqual(late.data, unauthenticated);
	});

	it('expire on command while their refresh tokens still work', async () => {
		const token = await newToken();
		const { expired } = await bench.control('POST', '/oauth/expire');
		assert.ok(Number(expired) >= 1);
		assert.equal((await me(token.access_token)).status, 401);
		const renewed = await refresh(token.refresh_token);
		assert.equal((await me(renewed.data.access_token)).status, 200);
	});

	it('end at once when revoked', async () => {
		const token = await newToken();
		const { clientId, clientSecret } = bench.sandbox;
		const revoked = await bench.open.post('/auth/oauth/revoke', new URLSearchParams({ client_id: clientId, client_secret: clientSecret, token: token.access_token }));
		assert.deepEqual([revoked.status, revoked.data], [200, {}]);
		assert.equal((await me(token.access_token)).status, 401);
		assert.equal((await refresh(token.refresh_token)).data.error, 'invalid_grant');
	});

	it('stay good after a refresh, except with refreshKillsAccessToken', async () => {
		const token = await newToken();
		const next = await refresh(token.refresh_token);
		assert.equal((await me(token.access_token)).status, 200);
		await bench.control('PATCH', '/settings', { refreshKillsAccessToken: true });
		await refresh(next.data.refresh_token);
		assert.equal((await me(next.data.access_token)).status, 401);
	});

	it('are required on every endpoint', async () => {
		for (const path of ['/auth/api/v1/users/me', TEAM, INVITATIONS, STAFF]) assert.equal((await bench.open.get(path)).status, 401, path);
	});
});

describe('scopes', () => {
	it('are enforced with a 403 that names those provided and those needed', async () => {
		const reader = await newToken('user:teams:read');
		const headers = { authorization: `Bearer ${reader.access_token}` };
		assert.equal((await bench.open.get(TEAM, { headers })).status, 200);
		const refused = await bench.open.post(INVITATIONS, { email: 'a@example.com', role: 'contractor' }, { headers });
		assert.equal(refused.status, 403);
		assert.match(refused.data.error_description, /provided: user:profile:read user:teams:read.*needed: user:teams:write/);
		assert.deepEqual(await kinds(bench), []);
	});

	it('are all covered by admin:all:legacy', async () => {
		const admin = await newToken('admin:all:legacy');
		const headers = { authorization: `Bearer ${admin.access_token}` };
		assert.equal((await bench.open.post(INVITATIONS, { email: 'a@example.com', role: 'contractor' }, { headers })).status, 200);
	});

	it('are the default ones when the request has none', async () => {
		const code = (await allow({ scope: '' })).searchParams.get('code') ?? '';
		assert.equal((await exchange(code)).data.scope, 'user:profile:read user:teams:read');
	});

	it('are those enabled on the app, on request: consent to another is refused, and they are the default', async () => {
		await bench.control('PATCH', '/settings', { appScopes: 'user:profile:read user:teams:read account' });
		const refused = await bench.open.get('/oauth/authorize', { params: authorizeQuery({ scope: 'user:teams:read admin:all:legacy' }) });
		assert.equal(refused.status, 400);
		assert.match(refused.data, /The requested scope is invalid, unknown, or malformed/);
		const code = (await allow({ scope: '' })).searchParams.get('code') ?? '';
		assert.equal((await exchange(code)).data.scope, 'user:profile:read user:teams:read account');
		await assert.rejects(bench.control('POST', '/oauth/grant', { scope: 'user:teams:write' }), /Unknown scope/);
	});
});
