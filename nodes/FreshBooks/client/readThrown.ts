import { isJsonObject, type Failure } from './errors';
import { contextOf, type FailedTry } from './readAnswer';
import type { FreshBooksRequest } from './requestOptions';

/** What an error thrown by n8n's HTTP helper means. Pure. */

/** Node.js' codes for a connection that was never made. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function isErrorLike(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** Looks for `key` on an error and along its causes: n8n wraps what axios threw. */
function alongCauses(error: unknown, key: string): unknown {
	for (let current = error, depth = 0; isErrorLike(current) && depth < 5; current = current.cause, depth++) {
		if (current[key] !== undefined && current[key] !== null) return current[key];
	}
	return undefined;
}

function isCredentialTrouble(error: unknown, code: string): boolean {
	const declared = alongCauses(error, 'failure');
	if (isJsonObject(declared) && declared.cause === 'credential-invalid') return true;
	if (code === '401' || code === '403' || code === 'EAUTH') return true;
	const message = error instanceof Error ? error.message : '';
	return /not connected|sign without access token|needs to be reconnected|no refresh token/i.test(message);
}

/** The address that the failed request went to, where the error names it: the request's own, or the token endpoint's. */
function urlOf(error: unknown): string | undefined {
	const config = alongCauses(error, 'config');
	return isErrorLike(config) && typeof config.url === 'string' ? config.url : undefined;
}

/** What n8n asks for after a 401, before it sends the request again: a new token, or (client.ts) who the user is. */
const ASKED_TO_REFRESH = /\/auth\/(?:oauth\/token|api\/v1\/users\/me)$/;

/** True when the refresh of the token failed: the request itself had been sent, and answered 401. */
function isOfRefresh(error: unknown, { path }: FreshBooksRequest): boolean {
	const url = urlOf(error) ?? '';
	return ASKED_TO_REFRESH.test(url) && !url.endsWith(path);
}

/** True when the answer to the request itself broke off: n8n throws it with the status that had come, 200 or any other. */
function brokeOff(error: unknown, status: string, { path }: FreshBooksRequest): boolean {
	return /^2\d\d$/.test(status) || (/^5\d\d$/.test(status) && urlOf(error)?.endsWith(path) === true);
}

/**
 * What an error thrown by n8n's helper means. Every status but 401 comes back as an answer, so a thrown status is the API's
 * 401 after a refresh, or the token endpoint's own (the request itself was not carried out in either case), or an answer that
 * broke off.
 * @param cancelled true when the execution was stopped
 */
export function readThrown(error: unknown, request: FreshBooksRequest, cancelled: boolean): FailedTry {
	const context = contextOf(request);
	if (cancelled) return { ok: false, trouble: 'final', failure: { ...context, kind: 'cancelled', maybeDone: true } };
	const code = String(alongCauses(error, 'httpCode') ?? alongCauses(error, 'code') ?? '');
	if (isCredentialTrouble(error, code)) {
		const failure: Failure = { ...context, kind: 'reconnect', status: code === '401' ? 401 : undefined };
		return { ok: false, trouble: 'final', failure, retryWithStoredToken: true };
	}
	if (code === '429') return { ok: false, trouble: 'throttled', failure: { ...context, kind: 'rateLimited', status: 429 } };
	const isRefresh = isOfRefresh(error, request);
	if (!isRefresh && brokeOff(error, code, request)) {
		return { ok: false, trouble: 'unknownFate', failure: { ...context, kind: 'unreachable', serviceText: `status ${code}, broken off` } };
	}
	if (/^[345]\d\d$/.test(code)) {
		return { ok: false, trouble: 'notCarriedOut', failure: { ...context, kind: 'outage', status: Number(code) } };
	}
	const serviceText = /^[A-Z_]{1,40}$/.test(code) ? code : undefined;
	const failure: Failure = { ...context, kind: 'unreachable', serviceText };
	if (!isRefresh && !NEVER_CONNECTED.has(code)) return { ok: false, trouble: 'unknownFate', failure };
	return { ok: false, trouble: 'notCarriedOut', failure, wasSent: isRefresh };
}
