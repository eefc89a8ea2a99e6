import { createHash, timingSafeEqual } from 'crypto';

/** The bearer token of the identity provider. Pure. */

export const SCIM_CREDENTIAL_TYPE = 'freshBooksScimApi';

/** 32 hexadecimal digits are 128 bits, which cannot be guessed. */
const SHORTEST_TOKEN = 32;

/** RFC 6750, 2.1. The letter case of the scheme does not matter (RFC 9110, 11.1). */
const BEARER = /^bearer +(\S+)$/i;

/** The problem with a token, as the end of a sentence; undefined where it is usable. */
export function tokenProblem(token: unknown): string | undefined {
	if (typeof token !== 'string' || token === '') return 'is empty';
	if (/[^\x21-\x7e]/.test(token)) return 'has a blank or a character that an HTTP header cannot have';
	return token.length < SHORTEST_TOKEN ? `is too short: it has ${token.length} characters, and needs at least ${SHORTEST_TOKEN}` : undefined;
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether a request has the token. Digests are compared in constant time, so the duration reveals nothing about the token, not even
 * its length. No request has a token that is not usable.
 * @param authorization the request's header of this name
 * @param token the credential's
 */
export function showsToken(authorization: unknown, token: unknown): boolean {
	const shown = (typeof authorization === 'string' ? BEARER.exec(authorization.trim()) : null)?.[1] ?? '';
	const isSame = timingSafeEqual(digestOf(shown), digestOf(String(token)));
	return isSame && tokenProblem(token) === undefined;
}
