import type { Checked } from './identifiers';

/** Where FreshBooks' API is (freshbooks.com/api/start). */
export const PRODUCTION_API = 'https://api.freshbooks.com';

/** Where FreshBooks asks the user for consent (freshbooks.com/api/authentication). */
export const PRODUCTION_AUTH = 'https://auth.freshbooks.com';

/**
 * What a base URL may look like: https to any host, or http to a loopback host; no user name, query or fragment.
 * The credential's hidden URLs hold the same pattern in an expression, so that no token endpoint elsewhere is ever called.
 */
export const BASE_URL_PATTERN =
	/^(https:\/\/([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])|http:\/\/(localhost|127(\.[0-9]{1,3}){3}|\[::1\]))(:[0-9]{1,5})?(\/[A-Za-z0-9_-]+)*\/*$/;

/** A base URL without its trailing slashes, or what is wrong with it. */
export function checkBaseUrl(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value : '';
	return BASE_URL_PATTERN.test(text)
		? { ok: true, value: text.replace(/\/+$/, '') }
		: { ok: false, problem: 'must start with https:// (or http:// with localhost or 127.0.0.1) and have no user name, query or fragment' };
}
