import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { classifyAnswer, isEnvelope, isTokenExpired, statusInsideSuccess, type Failure } from './errors';
import { withoutSecrets } from './json';
import type { FreshBooksRequest } from './requestOptions';
import { announcedWait, type Trouble } from './retry';

/** What an answer means: data, or why there is none. Pure. */

/** A try that failed. */
export interface FailedTry {
	ok: false;
	trouble: Trouble;
	failure: Failure;
	/** False when the request surely never left; true unless given. */
	wasSent?: boolean;
	/** Another process may have saved a new token meanwhile, so that the same request is worth one more try. */
	retryWithStoredToken?: boolean;
}

/** How one try ended. */
export type Try = { ok: true; body: unknown } | FailedTry;

/** The part of a failure that is known before anything is sent. */
export function contextOf({ subject, idFamily, method }: FreshBooksRequest): Pick<Failure, 'subject' | 'idFamily' | 'method'> {
	return { subject, idFamily, method };
}

/** Cheap look before the walk; an escaped letter could spell the field as well. */
const MAY_HOLD_SECRETS = /_token|\\u/;

type Parsed = { json: true; value: unknown } | { json: false; html: boolean; text: string };

function parseBody(text: unknown): Parsed {
	if (text === undefined || text === null || text === '') return { json: true, value: undefined };
	if (typeof text !== 'string') return { json: true, value: withoutSecrets(text) };
	try {
		const value = JSON.parse(text) as unknown;
		return { json: true, value: MAY_HOLD_SECRETS.test(text) ? withoutSecrets(value) : value };
	} catch {
		return { json: false, html: /^\s*</.test(text), text };
	}
}

/** True when the answer says that the token has expired. */
export function saysTokenExpired({ statusCode, body }: IN8nHttpFullResponse): boolean {
	if (statusCode !== 401 && statusCode !== 403) return false;
	const parsed = parseBody(body);
	return isTokenExpired(statusCode, parsed.json ? parsed.value : undefined);
}

function troubleOfStatus(status: number): Trouble {
	if (status === 429) return 'throttled';
	return status >= 500 || status === 408 ? 'unknownFate' : 'final';
}

/** "Not there" decides over removals, so only FreshBooks' own JSON (or an empty body) counts, never another text. */
const NOT_THERE = new Set([404, 405, 410]);
/** These mean the same whether FreshBooks or a proxy answers: try again later. */
const LATER = new Set([408, 429]);

/** True for a refusal that FreshBooks did not write: a proxy's or firewall's 403 says nothing about permissions. */
function isForeignRefusal(status: number, { html }: Parsed & { json: false }): boolean {
	return NOT_THERE.has(status) || (html && status >= 400 && status < 500 && !LATER.has(status));
}

/**
 * What an answer to `request` means. Only JSON in one of FreshBooks' envelopes, or a 429, shows that a POST has ended; after
 * anything else, e.g. a gateway's page, FreshBooks may still be at work on it.
 */
export function readAnswer(answer: IN8nHttpFullResponse, request: FreshBooksRequest): Try {
	const { statusCode, headers } = answer;
	const parsed = parseBody(answer.body);
	const body = parsed.json ? parsed.value : parsed.html ? undefined : parsed.text;
	const answeredByFreshBooks = isEnvelope(body);
	// A 429 says whoever wrote it that nothing was done.
	const facts = { answeredByFreshBooks, maybeDone: !answeredByFreshBooks && statusCode !== 429 };
	const context = { ...contextOf(request), ...facts };
	if (request.method === 'POST' && facts.maybeDone) {
		return { ok: false, trouble: 'unknownFate', failure: { ...context, kind: 'unknownFate', status: statusCode } };
	}
	const succeeded = statusCode >= 200 && statusCode < 300;
	if (!parsed.json && (succeeded || isForeignRefusal(statusCode, parsed))) {
		const trouble = succeeded ? 'unknownFate' : 'final';
		return { ok: false, trouble, failure: { ...context, kind: parsed.html ? 'notJson' : 'malformed', status: statusCode } };
	}
	const status = succeeded ? statusInsideSuccess(body) : statusCode;
	if (status === undefined) return { ok: true, body };
	const failure = classifyAnswer(status, body, request, announcedWait(status, headers, Date.now()));
	return { ok: false, trouble: troubleOfStatus(status), failure: { ...failure, ...facts } };
}
