import { authError, ok } from './answers.mts';
import type { Answer } from './answers.mts';
import type { Call, Endpoint } from './gate.mts';
import { consentPage, refusalPage } from './consentPage.mts';
import type { OAuthStore, Token } from './oauthStore.mts';
import { text } from './values.mts';
import type { World } from './world.mts';

/**
 * Both sets of OAuth2 addresses: the documented one (FreshBooks API docs, Authentication page) and the one of
 * `auth.freshbooks.com/.well-known/oauth-authorization-server`.
 */
const AUTHORIZE = ['/oauth/authorize', '/oauth/authorize/', '/service/auth/oauth/authorize'];
const TOKEN = ['/auth/oauth/token', '/service/auth/oauth/token'];
const REVOKE = ['/auth/oauth/revoke', '/service/auth/oauth/revoke'];

/** OAuth2 with consent page, one-time codes and one-time refresh tokens. */
export function oauthEndpoints(oauth: OAuthStore, world: World): Endpoint[] {
	const at = (paths: string[], method: 'GET' | 'POST', handle: (call: Call) => Answer): Endpoint[] =>
		paths.map((path) => ({ method, path, scope: 'none', handle }));
	return [
		...at(AUTHORIZE, 'GET', (call) => showConsent(oauth, world, call)),
		...at(AUTHORIZE, 'POST', (call) => decide(oauth, world, call)),
		...at(TOKEN, 'POST', (call) => token(oauth, world, call)),
		...at(REVOKE, 'POST', (call) => revoke(oauth, call)),
	];
}

interface ConsentRequest { redirectUri: string; scope: string; state: string | undefined; challenge: string | null }

function isLoopback(address: string): boolean {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '') || url?.hostname.endsWith('.localhost') === true;
	return url !== undefined && local && ['http:', 'https:'].includes(url.protocol);
}

/** Reads the request, or returns the page that says what is wrong. FreshBooks redirects in none of these cases. */
function readRequest(oauth: OAuthStore, world: World, values: Record<string, unknown>): ConsentRequest | Answer {
	// An unknown client gets a page with status 500 from FreshBooks, as third parties reported in 2026.
	if (values.client_id !== oauth.clientId) return refusalPage(500, 'Something went wrong', 'The client application is unknown.');
	const redirectUri = text(values.redirect_uri) ?? '';
	// FreshBooks requires a registered HTTPS address; the sandbox accepts any address on this machine instead.
	if (!isLoopback(redirectUri)) return refusalPage(400, 'Invalid URI', 'The redirect URI is not registered. The sandbox accepts loopback addresses only.');
	if (values.response_type !== 'code') return refusalPage(400, 'Unsupported response type', 'The authorization server does not support this response type.');
	const scope = oauth.grantableScope(text(values.scope), world.settings);
	if (scope === undefined) return refusalPage(400, 'Invalid scope', 'The requested scope is invalid, unknown, or malformed.');
	return { redirectUri, scope, state: text(values.state), challenge: text(values.code_challenge) ?? null };
}

function showConsent(oauth: OAuthStore, world: World, { query }: Call): Answer {
	const request = readRequest(oauth, world, query);
	if ('status' in request) return request;
	if (world.settings.autoConsent) return grant(oauth, request);
	return consentPage(world.owner, request.scope, query);
}

function decide(oauth: OAuthStore, world: World, { body }: Call): Answer {
	const request = readRequest(oauth, world, body);
	if ('status' in request) return request;
	if (body.decision === 'allow') return grant(oauth, request);
	return redirect(request, { error: 'access_denied', error_description: 'The resource owner or authorization server denied the request.' });
}

function grant(oauth: OAuthStore, request: ConsentRequest): Answer {
	return redirect(request, { code: oauth.issueCode(request) });
}

function redirect({ redirectUri, state }: ConsentRequest, values: Record<string, string>): Answer {
	const url = new URL(redirectUri);
	for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
	if (state !== undefined) url.searchParams.set('state', state);
	return { status: 302, text: '', headers: { location: url.href } };
}

function basicCredentials(header: unknown): { id?: string; secret?: string } {
	const [, encoded] = /^Basic\s+(\S+)$/i.exec(text(header) ?? '') ?? [];
	if (encoded === undefined) return {};
	const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
	const decode = (part: string) => decodeURIComponent(part.replace(/\+/g, ' '));
	return { id: decode(id), secret: decode(secret.join(':')) };
}

/** Client id and secret in the body or as Basic credentials; both are accepted by FreshBooks. */
function isClient(oauth: OAuthStore, { headers, body }: Call): boolean {
	const basic = basicCredentials(headers.authorization);
	return (text(body.client_id) ?? basic.id) === oauth.clientId && (text(body.client_secret) ?? basic.secret) === oauth.clientSecret;
}

function token(oauth: OAuthStore, world: World, call: Call): Answer {
	const { body } = call;
	if (!isClient(oauth, call)) return authError(401, 'invalid_client', 'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.');
	if (body.grant_type === 'authorization_code') {
		return tokenAnswer(oauth.exchangeCode(text(body.code) ?? '', text(body.redirect_uri), text(body.code_verifier)));
	}
	if (body.grant_type === 'refresh_token' && world.settings.refreshNeedsRedirectUri && !text(body.redirect_uri)) {
		// Assumption 15. What FreshBooks would answer is unknown; this is Doorkeeper's answer to a missing parameter.
		return authError(400, 'invalid_request', 'Missing required parameter: redirect_uri.');
	}
	if (body.grant_type === 'refresh_token') return tokenAnswer(oauth.refresh(text(body.refresh_token) ?? '', world.settings.refreshKillsAccessToken));
	return authError(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server.');
}

/** The fields of FreshBooks' token answer, as third parties reported them in 2026; a used or expired grant is 400 `invalid_grant`. */
function tokenAnswer(issued: Token | undefined): Answer {
	if (!issued) {
		return authError(400, 'invalid_grant', 'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.');
	}
	return ok(tokenBody(issued));
}

/** The body of the token endpoint's answer. */
export function tokenBody(issued: Token): Record<string, unknown> {
	return {
		access_token: issued.accessToken, token_type: 'Bearer', expires_in: 43_200, refresh_token: issued.refreshToken,
		scope: issued.scope, created_at: issued.createdAt, direct_buy_tokens: {},
	};
}

function revoke(oauth: OAuthStore, call: Call): Answer {
	if (!isClient(oauth, call)) return authError(401, 'invalid_client', 'Client authentication failed.');
	oauth.revoke(text(call.body.token) ?? '');
	return ok({});
}
