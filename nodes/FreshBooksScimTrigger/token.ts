import { createHash, timingSafeEqual } from 'crypto';

/** The one secret that an identity provider shows. Pure. */

export const SCIM_CREDENTIAL_TYPE = 'freshBooksScimApi';

/** 32 hexadecimal digits are 128 bits: out of reach for guessing. */
const SHORTEST_TOKEN = 32;

/** RFC 6750, 2.1; the scheme is the same in any case (RFC 9110, 11.1). */
const BEARER = /^bearer +(\S+)$/i;

/** What is wrong with a token, as the end of a sentence; undefined where it may be used. */
export function tokenProblem(token: unknown): string | undefined {
	if (typeof token !== 'string' || token === '') return 'is empty';
	if (/[^\x21-\x7e]/.test(token)) return 'holds a blank or a character that no HTTP header may have';
	return token.length < SHORTEST_TOKEN ? `is too short: it has ${token.length} characters, and needs at least ${SHORTEST_TOKEN}` : undefined;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether a request shows the token. Digests are compared, in constant time: how long it takes says nothing about the token, not
 * even how long it is. A token that must not be used is shown by nobody.
 * @param authorization the request's header of this name
 * @param token what the credential holds
 */
export function showsToken(authorization: unknown, token: unknown): boolean {
	const shown = (typeof authorization === 'string' ? BEARER.exec(authorization.trim()) : null)?.[1] ?? '';
	const isSame = timingSafeEqual(digestOf(shown), digestOf(String(token)));
	return isSame && tokenProblem(token) === undefined;
}
