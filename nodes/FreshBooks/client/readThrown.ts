import { isJsonObject, type Failure } from './errors';
import { contextOf, type FailedTry } from './readAnswer';
import type { FreshBooksRequest } from './requestOptions';

/** Converts errors of n8n's HTTP helper to failures. Pure. */

/** Node.js error codes of a connection that was never made. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function isErrorLike(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** The value of `key` on an error or on one of its causes: n8n wraps axios errors. */
function findInCauses(error: unknown, key: string): unknown {
	for (let current = error, depth = 0; isErrorLike(current) && depth < 5; current = current.cause, depth++) {
		if (current[key] !== undefined && current[key] !== null) return current[key];
	}
	return undefined;
}

function isCredentialError(error: unknown, code: string): boolean {
	const declared = findInCauses(error, 'failure');
	if (isJsonObject(declared) && declared.cause === 'credential-invalid') return true;
	if (code === '401' || code === '403' || code === 'EAUTH') return true;
	const message = error instanceof Error ? error.message : '';
	return /not connected|sign without access token|needs to be reconnected|no refresh token/i.test(message);
}

/** The URL of the failed request, if the error contains it: of the API request or of the token endpoint. */
function urlOf(error: unknown): string | undefined {
	const config = findInCauses(error, 'config');
	return isErrorLike(config) && typeof config.url === 'string' ? config.url : undefined;
}

/** The method of the failed request, if the error contains it. */
function methodOf(error: unknown): string | undefined {
	const config = findInCauses(error, 'config');
	return isErrorLike(config) && typeof config.method === 'string' ? config.method.toUpperCase() : undefined;
}

/** URLs of the requests that refresh a token: the token endpoint, or users/me (see `refreshToken` in client.ts). */
const REFRESH_URL = /\/auth\/(?:oauth\/token|api\/v1\/users\/me)$/;

/** True if the refresh of the token failed. The request itself was sent and answered with 401 before. */
function isRefreshError(error: unknown, { path }: FreshBooksRequest): boolean {
	const url = urlOf(error) ?? '';
	return REFRESH_URL.test(url) && !url.endsWith(path);
}

/**
 * True if the response to the request itself broke off or could not be unpacked. n8n's error then has the status that was
 * received, for example 200. A 401 is thrown for complete responses too, and any 4xx of the GET that refreshes the token.
 */
function isBrokenOff(error: unknown, status: string, { method, path }: FreshBooksRequest): boolean {
	if (/^2\d\d$/.test(status)) return true;
	if (urlOf(error)?.endsWith(path) !== true) return false;
	return /^5\d\d$/.test(status) || (/^[34]\d\d$/.test(status) && status !== '401' && method !== 'GET' && methodOf(error) === method);
}

/**
 * Converts an error of n8n's HTTP helper to a failure. The helper returns every status except 401, so a thrown status is one of:
 * the API's 401 after a refresh; the status of the token endpoint; the status of a response that broke off. In the first two
 * cases the request was not carried out.
 * @param cancelled true if the execution was stopped
 */
export function readThrown(error: unknown, request: FreshBooksRequest, cancelled: boolean): FailedTry {
	const context = contextOf(request);
	if (cancelled) return { ok: false, trouble: 'final', failure: { ...context, kind: 'cancelled', maybeDone: true } };
	const code = String(findInCauses(error, 'httpCode') ?? findInCauses(error, 'code') ?? '');
	if (code === '429') return { ok: false, trouble: 'throttled', failure: { ...context, kind: 'rateLimited', status: 429 } };
	const isRefresh = isRefreshError(error, request);
	if (!isRefresh && isBrokenOff(error, code, request)) {
		return { ok: false, trouble: 'unclear', failure: { ...context, kind: 'unreachable', serviceText: `status ${code}, broken off` } };
	}
	if (isCredentialError(error, code)) {
		const failure: Failure = { ...context, kind: 'reconnect', status: code === '401' ? 401 : undefined };
		return { ok: false, trouble: 'final', failure, retryWithStoredToken: true };
	}
	if (/^[345]\d\d$/.test(code)) {
		return { ok: false, trouble: 'notCarriedOut', failure: { ...context, kind: 'outage', status: Number(code) } };
	}
	const serviceText = /^[A-Z_]{1,40}$/.test(code) ? code : undefined;
	const failure: Failure = { ...context, kind: 'unreachable', serviceText };
	// Linux reports an unreachable host also for a connection on which the request was sent.
	const wasConnected = ['read', 'write'].includes(String(findInCauses(error, 'syscall')));
	if (!isRefresh && (wasConnected || !NEVER_CONNECTED.has(code))) return { ok: false, trouble: 'unclear', failure };
	return { ok: false, trouble: 'notCarriedOut', failure, wasSent: isRefresh };
}
