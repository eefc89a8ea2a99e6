import { createHash, randomBytes } from 'node:crypto';

import type { Settings } from './types.mts';

/** Scopes an app can enable (FreshBooks API docs, Scopes page), the legacy scope of older apps included. */
const OBJECTS = ['bill_payments', 'bill_vendors', 'billable_items', 'bills', 'business', 'clients', 'credit_notes', 'estimates', 'expenses',
	'invoices', 'journal_entries', 'online_payments', 'other_income', 'payments', 'projects', 'retainers', 'taxes', 'teams', 'time_entries'];
const READ_ONLY = ['profile', 'notifications', 'reports'];
const KNOWN_SCOPES = new Set(['admin:all:legacy', ...READ_ONLY.map((name) => `user:${name}:read`),
	...OBJECTS.flatMap((name) => [`user:${name}:read`, `user:${name}:write`])]);
/** The third-party guide names this scope; FreshBooks' developer portal does not offer it. */
const GUIDE_SCOPE = 'user:profile:write';
const DEFAULT_SCOPE = 'user:profile:read user:teams:read';

/** An access token lives 12 hours (FreshBooks API docs, Authentication page). */
const ACCESS_TOKEN_SECONDS = 43_200;
/** A code lives 5 minutes (FreshBooks' OAuth tutorial). */
const CODE_SECONDS = 300;

export interface Token {
	accessToken: string;
	refreshToken: string;
	scope: string;
	createdAt: number;
	expiresAt: number;
	revoked: boolean;
	refreshed: boolean;
	/** The number of the consent that it comes from, counted from 1; a refresh keeps it. */
	grant: number;
}

interface Code { redirectUri: string; scope: string; expiresAt: number; used: boolean; challenge: string | null }

export interface CodeRequest { redirectUri: string; scope: string; challenge: string | null }

/** The one app registered with the sandbox, and every code and token given to it. */
export class OAuthStore {
	readonly clientId: string;
	readonly clientSecret: string;
	readonly counts = { codes: 0, grants: 0, refreshes: 0, reuseAttempts: 0, refused: 0, revocations: 0 };
	private readonly now: () => number;
	private readonly codes = new Map<string, Code>();
	private readonly byAccess = new Map<string, Token>();
	private readonly byRefresh = new Map<string, Token>();
	/** The number of the latest grant. */
	lastGrant = 0;

	constructor(now: () => number, client: { id?: string; secret?: string } = {}) {
		this.now = now;
		this.clientId = client.id ?? `fbsx-client-${randomBytes(12).toString('hex')}`;
		this.clientSecret = client.secret ?? `fbsx-secret-${randomBytes(32).toString('hex')}`;
	}

	/** The scope to grant, `user:profile:read` added as FreshBooks does, or undefined when a scope is not enabled on the app. */
	grantableScope(requested: string | undefined, { profile, appScopes }: Pick<Settings, 'profile' | 'appScopes'>): string | undefined {
		const scopes = (requested?.trim() || (appScopes ?? DEFAULT_SCOPE)).split(/\s+/);
		const enabled = appScopes === null ? KNOWN_SCOPES : new Set(appScopes.split(/\s+/));
		const guideScope = appScopes === null && profile === 'guide' ? GUIDE_SCOPE : undefined;
		if (!scopes.every((scope) => enabled.has(scope) || scope === guideScope)) return undefined;
		return [...new Set(scopes.includes('admin:all:legacy') ? scopes : ['user:profile:read', ...scopes])].join(' ');
	}

	issueCode(request: CodeRequest): string {
		const code = `fbsx-code-${randomBytes(32).toString('hex')}`;
		this.codes.set(code, { ...request, expiresAt: this.now() + CODE_SECONDS * 1000, used: false });
		this.counts.codes += 1;
		return code;
	}

	/** Assumption 10: a PKCE verifier is checked when it is sent, and not required. */
	exchangeCode(value: string, redirectUri: string | undefined, verifier: string | undefined): Token | undefined {
		const code = this.codes.get(value);
		if (!code || code.used || code.expiresAt <= this.now() || code.redirectUri !== redirectUri) return this.refuse();
		if (code.challenge && verifier && createHash('sha256').update(verifier).digest('base64url') !== code.challenge) return this.refuse();
		code.used = true;
		return this.issue(code.scope);
	}

	private refuse(): undefined {
		this.counts.refused += 1;
		return undefined;
	}

	issue(scope: string, grant = (this.lastGrant += 1)): Token {
		const createdAt = Math.floor(this.now() / 1000);
		const token: Token = {
			accessToken: `fbsx-access-${randomBytes(240).toString('hex')}`, refreshToken: `fbsx-refresh-${randomBytes(32).toString('hex')}`,
			scope, createdAt, expiresAt: (createdAt + ACCESS_TOKEN_SECONDS) * 1000, revoked: false, refreshed: false, grant,
		};
		this.byAccess.set(token.accessToken, token);
		this.byRefresh.set(token.refreshToken, token);
		this.counts.grants += 1;
		return token;
	}

	/** A refresh token works once (FreshBooks API docs, Authentication page). */
	refresh(refreshToken: string, killAccessToken: boolean): Token | undefined {
		const token = this.byRefresh.get(refreshToken);
		if (token?.refreshed) this.counts.reuseAttempts += 1;
		if (!token || token.revoked || token.refreshed) return this.refuse();
		token.refreshed = true;
		if (killAccessToken) token.expiresAt = this.now();
		this.counts.refreshes += 1;
		return this.issue(token.scope, token.grant);
	}

	/** The grant of an access or refresh token, valid or not. */
	grantOf(token: string): number | null {
		return (this.byAccess.get(token) ?? this.byRefresh.get(token))?.grant ?? null;
	}

	/** Ends one access token now. */
	expire(accessToken: string): void {
		const token = this.byAccess.get(accessToken);
		if (token) token.expiresAt = this.now();
	}

	/** The token record of a valid access token. */
	authenticate(accessToken: string): Token | undefined {
		const token = this.byAccess.get(accessToken);
		return token && !token.revoked && token.expiresAt > this.now() ? token : undefined;
	}

	revoke(value: string): void {
		const token = this.byAccess.get(value) ?? this.byRefresh.get(value);
		if (!token) return;
		token.revoked = true;
		this.counts.revocations += 1;
	}

	/** Ends every access token now; their refresh tokens still work. Returns how many it ended. */
	expireAccessTokens(): number {
		const alive = [...this.byAccess.values()].filter((token) => this.authenticate(token.accessToken));
		for (const token of alive) token.expiresAt = this.now();
		return alive.length;
	}

	revokeAll(): void {
		for (const token of this.byAccess.values()) token.revoked = true;
	}

	/** Every secret ever issued, by kind. */
	secrets(): { clientSecret: string; codes: string[]; accessTokens: string[]; refreshTokens: string[] } {
		return {
			clientSecret: this.clientSecret, codes: [...this.codes.keys()],
			accessTokens: [...this.byAccess.keys()], refreshTokens: [...this.byRefresh.keys()],
		};
	}
}
