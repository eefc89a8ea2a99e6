import type { Settings } from './types.mts';

/** An answer of the sandbox: JSON in `body`, or other text in `text`. */
export interface Answer {
	status: number;
	body?: unknown;
	text?: string;
	headers?: Record<string, string>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const noContent = (): Answer => ({ status: 204 });

/** The error envelope of the `/auth` family (FreshBooks' SDK tests, e.g. `unauthenticated`, `invalid_resource`). */
export function authError(status: number, error: string, description: string): Answer {
	return { status, body: { error, error_description: description } };
}

/** An absent, expired or revoked token: 401 (FreshBooks' Node and PHP SDK tests), or 403 (FreshBooks' Python SDK tests). */
export function unauthenticated(status: Settings['expiredTokenStatus']): Answer {
	return authError(status, 'unauthenticated', 'This action requires authentication to continue.');
}

/** A refused validation (FreshBooks' Node SDK tests, FreshBooks' Postman collection). */
export function invalidResource(reason: string): Answer {
	return authError(422, 'invalid_resource', `Validation failed: ${reason}`);
}

/** Assumption 2: nobody has published a 404 of the team endpoints; this follows the `/auth` family's pattern. */
export function notFound(what: string): Answer {
	return authError(404, 'not_found', `${what} could not be found.`);
}

/** A business that the project and time services do not know (FreshBooks' Node and Python SDK tests). */
export function noSuchBusiness(): Answer {
	return { status: 404, body: { error: 'Requested resource could not be found.' } };
}

/** A refused query of the project and time services (FreshBooks' Python SDK tests). */
export function businessProblem(field: string, message: string): Answer {
	return { status: 422, body: { errno: 2001, error: { [field]: message } } };
}

/** A path that does not exist. Assumption: Flask's text, which some FreshBooks services answer. */
export function noSuchRoute(): Answer {
	return { status: 404, body: { message: 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.' } };
}

/** Refused for the caller's role (FreshBooks' Postman collection, Delete Staff example). */
export function permissionDenied(): Answer {
	return { status: 403, body: { response: { errors: [{ errno: 1003, field: null, message: 'Permission Denied.', object: null, value: null }] } } };
}

/**
 * Assumption 1: FreshBooks says that this message names the scopes provided and those needed
 * (freshbooks.com/api/how-to-find-the-right-scopes-for-your-app); the JSON around it is assumed.
 */
export function missingScope(provided: string, needed: readonly string[]): Answer {
	return authError(403, 'insufficient_scope', `The access token does not have the required scopes. Scopes provided: ${provided}. Scopes needed: ${needed.join(' ')}.`);
}

/** Assumption 9: nobody has published the body of a 429. */
export function tooManyRequests(headers: Record<string, string> = {}): Answer {
	return { ...authError(429, 'too_many_requests', 'Rate limit exceeded. Please try again later.'), headers };
}

export interface AccountingProblem { status: number; errno: number; field: string; message: string; object: string; value: string }

/** An accounting error, in the old envelope or the one of 2022-10-31 (FreshBooks API docs, Errors page; FreshBooks' SDK tests). */
export function accountingError(settings: Settings, problem: AccountingProblem): Answer {
	const { status, errno, field, message, object, value } = problem;
	if (settings.accountingErrors === 'old') {
		return { status, body: { response: { errors: [{ errno, field, message, object, value }] } } };
	}
	const detail = {
		'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: String(errno), domain: 'accounting.api.freshbooks.com',
		metadata: { object, message, value, field },
	};
	return { status, body: { code: status === 404 ? 5 : 3, message: `Request failed with status_code: ${status}`, details: [detail] } };
}
