/**
 * What can go wrong between this package and FreshBooks, as data. Pure: knows no n8n.
 *
 * FreshBooks answers errors in many envelopes (freshbooks.com/api/errors, and the fixtures of FreshBooks' own Node.js and
 * Python SDKs); `readErrorBody` understands every one of them and `classifyAnswer` gives the failure its kind.
 */

export type FailureKind =
	| 'cancelled'
	| 'conflict'
	| 'malformed'
	| 'notFound'
	| 'notJson'
	| 'notPublished'
	| 'outage'
	| 'permission'
	| 'rateLimited'
	| 'reconnect'
	| 'redirect'
	| 'refused'
	| 'scope'
	| 'unknownFate'
	| 'unreachable'
	| 'validation';

/** What this package itself refuses, in its own words; `kind` is `refused`. */
export interface RefusalTexts {
	/** What happened, in one sentence without a full stop. */
	message: string;
	/** The way out. */
	wayOut: string;
	/** What was found and done, for an operation that stopped half-way; plain JSON. */
	report?: Record<string, unknown>;
}

/** Why something could not be done. `status` is the HTTP status, or the one that an error inside an HTTP 200 stands for. */
export interface Failure {
	kind: FailureKind;
	/** HTTP status; undefined where no answer came. */
	status?: number;
	/** FreshBooks' own words, at most 300 characters, without line breaks. Never a raw dump. */
	serviceText?: string;
	/** The parameter FreshBooks names, e.g. `email`. */
	field?: string;
	/** Scopes that the answer of a refused request lists. */
	scopes?: string[];
	/** How long FreshBooks asks to wait, in milliseconds. */
	retryAfterMs?: number;
	/** What was asked for, in words: `team member 7f3…`, `the invitations`. */
	subject: string;
	/** Which kind of ID the path was built from, e.g. `business ID`. */
	idFamily: string;
	method: string;
	/** True when an earlier try of the same request ended without a clear answer, and so may have been carried out. */
	afterUnknownFate?: boolean;
	/** True when the write itself was accepted, and reading its result back is what failed. */
	readBackFailed?: boolean;
	/** The texts of a refusal; set for the kind `refused` only. */
	refusal?: RefusalTexts;
}

/** The one error of this package, from the client to the edge; it never carries a token, a header or a raw body. */
export class FreshBooksError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.refusal?.message ?? `${failure.kind}: ${failure.method} ${failure.subject}`);
		this.name = 'FreshBooksError';
		this.failure = failure;
	}
}

/** The error of somebody who looked and does not go on: nobody found, two found, already there. */
export function refusal(message: string, wayOut: string, report?: RefusalTexts['report']): FreshBooksError {
	return new FreshBooksError({ kind: 'refused', subject: '', idFamily: '', method: '', refusal: { message, wayOut, report } });
}

/** True for this package's own error; by name, because two copies of a module may be loaded. */
export function isFreshBooksError(error: unknown): error is FreshBooksError {
	return error instanceof Error && error.name === 'FreshBooksError';
}

/** The failure behind an error if it is one of the API layer's, otherwise undefined. */
export function failureOf(error: unknown): Failure | undefined {
	return isFreshBooksError(error) ? error.failure : undefined;
}

/** Trouble of an answer itself, which a second reading may not meet; other trouble the transport has tried to get past already. */
export function isUnreadable(error: unknown): boolean {
	const kind = failureOf(error)?.kind;
	return kind === 'malformed' || kind === 'notJson';
}

type JsonObject = Record<string, unknown>;

/** A plain JSON object, not an array and not null. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an error body says, whichever envelope it came in. */
export interface ErrorBody {
	text?: string;
	field?: string;
	/** FreshBooks' error number (`errno`), e.g. 1012 for an unknown resource. */
	errno?: number;
	/** gRPC-style code of the envelope that accounting answers since API version 2022-10-31. */
	code?: number;
	/** The short code of the auth family, e.g. `unauthenticated`. */
	errorCode?: string;
}

const LONGEST_TEXT = 300;

/** What may be a credential: a bearer token, a JWT, a run of 40 letters and digits, not of letters alone (a UUID has no such run). */
const LIKE_A_TOKEN = /\bbearer\s+\S+|\beyJ[\w-]+(?:\.[\w-]+)*|(?=[A-Za-z_]{0,200}\d)[A-Za-z0-9_]{40,}/gi;

/** A text of the service as it may stand in a sentence: one line, at most so many characters, nothing invisible. */
export function inOneLine(text: string, longest: number): string {
	// Four times as much is enough, and what comes after it is not worth the time.
	const line = text.slice(0, longest * 4).replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
	return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** For error texts: never a token that FreshBooks, or something between, repeats in its answer. */
function asText(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	return inOneLine(value.slice(0, LONGEST_TEXT * 4).replace(LIKE_A_TOKEN, '[hidden]'), LONGEST_TEXT) || undefined;
}

function asNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** `errors` may be a list or one object; PY SDK `_handle_error` meets both. */
function firstOf(errors: unknown): JsonObject | undefined {
	const first: unknown = Array.isArray(errors) ? errors[0] : errors;
	return isJsonObject(first) ? first : undefined;
}

function readAccountingErrors(errors: unknown): ErrorBody | undefined {
	const first = firstOf(errors);
	if (!first) return undefined;
	const details = firstOf(first.details);
	return {
		text: asText(details?.reason) ?? asText(first.message),
		field: asText(first.field) ?? asText(firstOf(details?.metadata)?.field),
		errno: asNumber(first.errno),
	};
}

function readDetails(details: unknown): ErrorBody {
	if (Array.isArray(details) && typeof details[0] === 'string') return { text: asText(details[0]) };
	const first = firstOf(details);
	const metadata = firstOf(first?.metadata);
	const violation = firstOf(first?.fieldViolations);
	return {
		text: asText(metadata?.message) ?? asText(violation?.description),
		field: asText(metadata?.field) ?? asText(violation?.field),
		errno: asNumber(first?.reason),
	};
}

/** `{"errno":2001,"error":{"title":"field required"}}`: the business family names fields as keys. */
function readErrorObject(error: unknown): ErrorBody {
	if (!isJsonObject(error)) return { text: asText(error) };
	const [field, text] = Object.entries(error)[0] ?? [];
	return { text: asText(error.message) ?? asText(text), field: asText(error.message) ? undefined : asText(field) };
}

/**
 * The text, field and codes of any FreshBooks error body, parsed JSON or raw text.
 * Order: error_description, response.errors, details[].metadata, message, errors, error, raw text.
 */
export function readErrorBody(body: unknown): ErrorBody {
	if (!isJsonObject(body)) return { text: asText(body) };
	const response = isJsonObject(body.response) ? body.response : {};
	const inResponse = readAccountingErrors(response.errors);
	const inErrors = readAccountingErrors(body.errors);
	const details = readDetails(body.details);
	const error = readErrorObject(body.error);
	return {
		text:
			asText(body.error_description) ??
			inResponse?.text ??
			details.text ??
			inErrors?.text ??
			asText(body.message) ??
			error.text,
		field: inResponse?.field ?? details.field ?? inErrors?.field ?? error.field,
		errno: inResponse?.errno ?? details.errno ?? inErrors?.errno ?? asNumber(body.errno),
		code: asNumber(body.code),
		errorCode: asText(body.error) ?? asText(body.error_type),
	};
}

/** errno: freshbooks.com/api/errors. */
const STATUS_OF_ERRNO: ReadonlyMap<number, number> = new Map([
	[409, 409],
	[500, 500],
	[1001, 422],
	[1003, 403],
	[1004, 422],
	[1005, 400],
	[1011, 404],
	[1012, 404],
	[1013, 422],
	[1014, 422],
	[1017, 422],
	[1042, 403],
]);

/** The events service uses HTTP statuses as its error numbers. */
function statusOfErrno(errno: number): number | undefined {
	return STATUS_OF_ERRNO.get(errno) ?? (errno >= 400 && errno < 600 ? errno : undefined);
}

/** gRPC codes, of which FreshBooks' SDK tests show 3 and 5. */
const STATUS_OF_CODE: ReadonlyMap<number, number> = new Map([
	[3, 422],
	[5, 404],
	[6, 409],
	[7, 403],
	[8, 429],
	[13, 500],
	[14, 503],
	[16, 401],
]);

const STATUS_OF_ERROR_CODE: ReadonlyMap<string, number> = new Map([
	['unauthenticated', 401],
	['invalid_token', 401],
	['unauthorized', 401],
	['not_found', 404],
	['invalid_resource', 422],
	['forbidden', 403],
	['internal_server_error', 500],
]);

function saysSomething(value: unknown): boolean {
	if (typeof value !== 'object') return value !== undefined && value !== '' && value !== false;
	return value !== null && Object.keys(value).length > 0;
}

/**
 * The status that an error inside an HTTP 2xx answer stands for, or undefined when the body is no error.
 * FreshBooks' Node.js SDK tests and live reports show error envelopes under HTTP 200.
 */
export function statusInsideSuccess(body: unknown): number | undefined {
	if (!isJsonObject(body)) return undefined;
	const response = isJsonObject(body.response) ? body.response : undefined;
	const named = [response?.errors, body.errors, body.error, body.error_type].some(saysSomething);
	const isNumbered = (typeof body.code === 'number' || typeof body.errno === 'number') && body.response === undefined;
	if (!named && !isNumbered) return undefined;
	const { errno, code, errorCode } = readErrorBody(body);
	return (
		(errno === undefined ? undefined : statusOfErrno(errno)) ??
		(code === undefined ? undefined : STATUS_OF_CODE.get(code)) ??
		(errorCode === undefined ? undefined : STATUS_OF_ERROR_CODE.get(errorCode)) ??
		422
	);
}

const SCOPE_OR_CUE =
	/\b(?<scope>(?:user|admin):[a-z_]+:[a-z_]+)\b|(?<needed>need|requir|missing)|(?<held>provid|grant|\bha[sv]e?\b)|[.;]\s|\bbut\b/gi;

/** The scopes that a text calls needed; where it does not say so, those that it does not call held. */
function scopesNeeded(text: string): string[] {
	const needed: string[] = [];
	const unsaid: string[] = [];
	let list: string[] | undefined = unsaid;
	for (const { groups } of text.matchAll(SCOPE_OR_CUE)) {
		if (groups?.scope) list?.push(groups.scope);
		else if (groups?.needed) list = needed;
		else list = groups?.held ? undefined : unsaid;
	}
	return [...new Set(needed.length > 0 ? needed : unsaid)];
}

function kindOf403(body: ErrorBody): FailureKind {
	// FreshBooks' Python SDK has the unauthenticated body under HTTP 403, too.
	if (body.errorCode === 'unauthenticated' || body.errorCode === 'invalid_token') return 'reconnect';
	return /(?:\b|_)scopes?\b/i.test(`${body.errorCode} ${body.text}`) ? 'scope' : 'permission';
}

function kindOfStatus(status: number, body: ErrorBody, published: boolean): FailureKind {
	if (status === 401) return 'reconnect';
	if (status === 403) return kindOf403(body);
	if (status === 404 || status === 405 || status === 410) return published ? 'notFound' : 'notPublished';
	if (status === 408) return 'outage';
	if (status === 409) return 'conflict';
	if (status === 429) return 'rateLimited';
	if (status >= 300 && status < 400) return 'redirect';
	return status >= 500 ? 'outage' : 'validation';
}

/** What a request was about; the part of a failure that is known before anything is sent. */
export type FailureContext = Pick<Failure, 'subject' | 'idFamily' | 'method'> & {
	/** False for an endpoint that is not in FreshBooks' public documentation. */
	published: boolean;
};

/**
 * The failure that an answered error stands for.
 * @param status HTTP status, or the one from `statusInsideSuccess`
 * @param body parsed JSON, or the text of an answer that was neither JSON nor a web page
 * @param retryAfterMs the wait FreshBooks asked for, in milliseconds
 */
export function classifyAnswer(
	status: number,
	body: unknown,
	context: FailureContext,
	retryAfterMs?: number,
): Failure {
	const read = readErrorBody(body);
	const kind = kindOfStatus(status, read, context.published);
	return {
		kind,
		status,
		serviceText: read.text,
		field: read.field,
		scopes: kind === 'scope' ? scopesNeeded(read.text ?? '') : undefined,
		retryAfterMs,
		subject: context.subject,
		idFamily: context.idFamily,
		method: context.method,
	};
}
