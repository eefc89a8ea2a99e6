import type { IDataObject } from 'n8n-workflow';
import { BaseError, ExecutionBaseError } from 'n8n-workflow';

import { failureOf, type Failure } from '../FreshBooks/client/errors';
import { textOf } from '../FreshBooks/client/errorTexts';
import { errorBody, ScimError } from './protocol/errors';
import type { Answer } from './service';

/**
 * The answers to an identity provider when something could not be done. FreshBooks' own 401, 403 and 404 are about n8n's connection
 * to it, and a provider would relate them to itself: Entra ID quarantines an app for them. So a request that may be repeated gets a
 * 503, which every provider repeats, and one that FreshBooks does not offer gets a 501.
 */

const PASSES_BY_ITSELF: ReadonlySet<Failure['kind']> = new Set(['malformed', 'notJson', 'outage', 'rateLimited', 'unreachable']);
const SOON_S = 30;
/** For trouble that a person has to fix. */
const LATER_S = 300;

/** A write that was not done, or only in part, and gives an item. */
export class WriteRefused extends Error {
	override readonly name = 'WriteRefused';

	constructor(
		readonly error: ScimError,
		/** What Onboard or Offboard answered, or a status and a message. */
		readonly report: IDataObject,
	) {
		super(error.detail);
	}
}

export function refusedAnswer(error: ScimError, headers: Record<string, string> = {}): Answer {
	const wait: Record<string, string> = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
	return { status: error.status, body: errorBody(error), headers: { ...wait, ...headers } };
}

/** A refusal, with a report where a person has to do something about it. */
export interface Refusal {
	error: ScimError;
	report?: IDataObject;
}

function retryAfterOf({ kind, retryAfterMs }: Failure): number {
	if (retryAfterMs !== undefined) return Math.max(1, Math.ceil(retryAfterMs / 1000));
	return PASSES_BY_ITSELF.has(kind) ? SOON_S : LATER_S;
}

function refusalOfFailure(failure: Failure): Refusal {
	const { message, description } = textOf(failure);
	const detail = `${message}. ${description}`;
	const error = failure.kind === 'notPublished' ? new ScimError(501, detail) : new ScimError(503, detail, { retryAfter: retryAfterOf(failure) });
	return { error, report: PASSES_BY_ITSELF.has(failure.kind) ? undefined : { status: 'failed', message: detail, ...failure.refusal?.report } };
}

/**
 * The refusal for an error. Its texts have no token, as those of a failure never do. Undefined for a defect of this package.
 */
export function refusalOf(error: unknown): Refusal | undefined {
	if (error instanceof ScimError) return { error };
	if (error instanceof WriteRefused) return { error: error.error, report: error.report };
	const failure = failureOf(error);
	if (failure) return refusalOfFailure(failure);
	if (!(error instanceof BaseError || error instanceof ExecutionBaseError)) return undefined;
	// n8n's own errors: a credential that cannot be read, an expression that cannot be resolved.
	const detail = [error.message, error.description].filter(Boolean).join('. ');
	return { error: new ScimError(503, detail, { retryAfter: LATER_S }), report: { status: 'failed', message: detail } };
}
