import type { Checked } from './identifiers';

/** FreshBooks' API (freshbooks.com/api/start). */
export const PRODUCTION_API = 'https://api.freshbooks.com';

/** FreshBooks' consent page (freshbooks.com/api/authentication). */
export const PRODUCTION_AUTH = 'https://auth.freshbooks.com';

/**
 * A valid base URL: https to any host, or http to a loopback host; no user name, query or fragment. The credential's hidden
 * URLs use the same pattern in an expression, so that a token is never sent to another host.
 */
export const BASE_URL_PATTERN =
	/^(https:\/\/([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])|http:\/\/(localhost|127(\.[0-9]{1,3}){3}|\[::1\]))(:[0-9]{1,5})?(\/[A-Za-z0-9_-]+)*\/*$/;

/** Checks a base URL. Returns it without trailing slashes, or what is wrong. */
export function checkBaseUrl(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value : '';
	return BASE_URL_PATTERN.test(text)
		? { ok: true, value: text.replace(/\/+$/, '') }
		: { ok: false, problem: 'must start with https:// (or http:// with localhost or 127.0.0.1) and have no user name, query or fragment' };
}
