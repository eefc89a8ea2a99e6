import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { classifyAnswer, isEnvelope, isTokenExpired, statusInsideSuccess, type Failure } from './errors';
import { withoutSecrets } from './json';
import type { FreshBooksRequest } from './requestOptions';
import { announcedWait, type Trouble } from './retry';

/** Converts responses to data or failures. Pure. */

/** A try that failed. */
export interface FailedTry {
	ok: false;
	trouble: Trouble;
	failure: Failure;
	/** False if the request was certainly never sent. Default: true. */
	wasSent?: boolean;
	/** Another process may have stored a new token meanwhile, so the request is retried once. */
	retryWithStoredToken?: boolean;
}

/** The result of one try. */
export type Try = { ok: true; body: unknown } | FailedTry;

/** The fields of a failure that are known before the request is sent. */
export function contextOf({ subject, idFamily, method }: FreshBooksRequest): Pick<Failure, 'subject' | 'idFamily' | 'method'> {
	return { subject, idFamily, method };
}

/** A fast check before the full search. A field name may also contain escaped letters. */
const MAY_CONTAIN_SECRETS = /_token|\\u/;

type Parsed = { json: true; value: unknown } | { json: false; html: boolean; text: string };

function parseBody(text: unknown): Parsed {
	if (text === undefined || text === null || text === '') return { json: true, value: undefined };
	if (typeof text !== 'string') return { json: true, value: withoutSecrets(text) };
	try {
		const value = JSON.parse(text) as unknown;
		return { json: true, value: MAY_CONTAIN_SECRETS.test(text) ? withoutSecrets(value) : value };
	} catch {
		return { json: false, html: /^\s*</.test(text), text };
	}
}

/** True if the response says that the token has expired. */
export function saysTokenExpired({ statusCode, body }: IN8nHttpFullResponse): boolean {
	if (statusCode !== 401 && statusCode !== 403) return false;
	const parsed = parseBody(body);
	return isTokenExpired(statusCode, parsed.json ? parsed.value : undefined);
}

function troubleOfStatus(status: number): Trouble {
	if (status === 429) return 'throttled';
	return status >= 500 || status === 408 ? 'unclear' : 'final';
}

/** These mean that something is gone, so they count only with FreshBooks' JSON or an empty body, never with other text. */
const GONE_STATUSES = new Set([404, 405, 410]);
/** These mean 'try again later', whether FreshBooks or a proxy answers. */
const LATER_STATUSES = new Set([408, 429]);

/** True for a refusal by a proxy or firewall. Its 403 says nothing about FreshBooks' permissions. */
function isForeignRefusal(status: number, { html }: Parsed & { json: false }): boolean {
	return GONE_STATUSES.has(status) || (html && status >= 400 && status < 500 && !LATER_STATUSES.has(status));
}

/**
 * Converts the response to `request` to data or a failure. Only JSON in one of FreshBooks' envelopes, or a 429, shows that a POST
 * has ended. After anything else, for example a gateway's page, FreshBooks may still be working on it.
 */
export function readAnswer(answer: IN8nHttpFullResponse, request: FreshBooksRequest): Try {
	const { statusCode, headers } = answer;
	const parsed = parseBody(answer.body);
	const body = parsed.json ? parsed.value : parsed.html ? undefined : parsed.text;
	const answeredByFreshBooks = isEnvelope(body);
	// After a 429 nothing was done, whether FreshBooks or a gateway sent it.
	const facts = { answeredByFreshBooks, maybeDone: !answeredByFreshBooks && statusCode !== 429 };
	const context = { ...contextOf(request), ...facts };
	if (request.method === 'POST' && facts.maybeDone) {
		return { ok: false, trouble: 'unclear', failure: { ...context, kind: 'unclear', status: statusCode } };
	}
	const succeeded = statusCode >= 200 && statusCode < 300;
	if (!parsed.json && (succeeded || isForeignRefusal(statusCode, parsed))) {
		const trouble = succeeded ? 'unclear' : 'final';
		return { ok: false, trouble, failure: { ...context, kind: parsed.html ? 'notJson' : 'malformed', status: statusCode } };
	}
	const status = succeeded ? statusInsideSuccess(body) : statusCode;
	if (status === undefined) return { ok: true, body };
	const failure = classifyAnswer(status, body, request, announcedWait(status, headers, Date.now()));
	return { ok: false, trouble: troubleOfStatus(status), failure: { ...failure, ...facts } };
}
