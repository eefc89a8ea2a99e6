import { hideTokens } from './hideTokens';

/**
 * Failures of FreshBooks requests, as data. Pure, without n8n.
 *
 * FreshBooks returns errors in many envelopes (freshbooks.com/api/errors; the fixtures of FreshBooks' Node.js and Python SDKs).
 * `readErrorBody` parses all of them, and `classifyAnswer` sets the kind of the failure.
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
	| 'unclear'
	| 'unreachable'
	| 'validation';

/** The texts of a failure of kind `refused`, which this package itself decides. */
export interface RefusalTexts {
	/** What happened, in one sentence without a full stop. */
	message: string;
	/** How to fix it. */
	wayOut: string;
	/** What was found and done, as plain JSON, if an operation stopped half-way. */
	report?: Record<string, unknown>;
}

/** Why a request or an operation failed. */
export interface Failure {
	kind: FailureKind;
	/** The HTTP status, or the status that an error in an HTTP 200 means. Undefined without a response. */
	status?: number;
	/** FreshBooks' error text: one line of at most 300 characters, without tokens. */
	serviceText?: string;
	/** The field that FreshBooks names, for example `email`. */
	field?: string;
	/** The missing scopes that the response lists. */
	scopes?: string[];
	/** The wait that FreshBooks announces, in milliseconds. */
	retryAfterMs?: number;
	/** What the request was about: `team member 7f3…`, `the invitations`. */
	subject: string;
	/** The kind of ID in the path, for example `business ID`. */
	idFamily: string;
	method: string;
	/** How often the request was sent; 0 if it certainly never was. */
	sent?: number;
	/** True if the deadline had passed before the first try. */
	noTimeLeft?: boolean;
	/** True if any try ended without a response from FreshBooks itself, so that it may have been carried out. */
	maybeDone?: boolean;
	/** True if the last response came from FreshBooks itself: JSON in one of its envelopes. */
	answeredByFreshBooks?: boolean;
	/** True if the write was accepted and only reading its result failed. */
	readBackFailed?: boolean;
	/** True if an earlier try ended without a clear response, so that it may have been carried out. */
	afterUnclearTry?: boolean;
	/** Set for the kind `refused` only. */
	refusal?: RefusalTexts;
}

/** The only error class below the nodes. Never contains a token, a header or a raw body. */
export class FreshBooksError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.refusal?.message ?? `${failure.kind}: ${failure.method} ${failure.subject}`);
		this.name = 'FreshBooksError';
		this.failure = failure;
	}
}

/** The error of an operation that refuses to continue, for example because it found nobody or two people. */
export function refusal(message: string, wayOut: string, report?: RefusalTexts['report']): FreshBooksError {
	return new FreshBooksError({ kind: 'refused', subject: '', idFamily: '', method: '', refusal: { message, wayOut, report } });
}

/** True for FreshBooksError. Checks the name, because two copies of this module may be loaded. */
export function isFreshBooksError(error: unknown): error is FreshBooksError {
	return error instanceof Error && error.name === 'FreshBooksError';
}

/** The failure of a FreshBooksError; undefined for any other error. */
export function failureOf(error: unknown): Failure | undefined {
	return isFreshBooksError(error) ? error.failure : undefined;
}

/** True if the response could not be parsed. Another reading may succeed; the client itself retries all other errors. */
export function isUnreadable(error: unknown): boolean {
	const kind = failureOf(error)?.kind;
	return kind === 'malformed' || kind === 'notJson';
}

type JsonObject = Record<string, unknown>;

/** True for a JSON object: not an array, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The contents of an error body, from any envelope. */
export interface ErrorBody {
	text?: string;
	field?: string;
	/** FreshBooks' error number (`errno`), for example 1012 for an unknown resource. */
	errno?: number;
	/** The gRPC code of the accounting envelope since API version 2022-10-31. */
	code?: number;
	/** The error code of the auth services, for example `unauthenticated`. */
	errorCode?: string;
}

const LONGEST_TEXT = 300;
/** The rest is not read. A word cut here is dropped, because half a token would not be recognized. */
const LONGEST_READ = 20_000;

/** Makes a text of FreshBooks part of a sentence: one line, at most `longest` characters, no invisible ones. */
export function inOneLine(text: string, longest: number): string {
	// Four times the length is enough, and keeps this fast for long texts.
	const line = text.slice(0, longest * 4).replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
	return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** A text for errors, without tokens that a response may repeat. */
function asText(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const read = value.length > LONGEST_READ ? value.slice(0, LONGEST_READ).replace(/\S*$/, '') : value;
	return inOneLine(hideTokens(read), LONGEST_TEXT) || undefined;
}

function asNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** `errors` may be an array or one object: `_handle_error` of the Python SDK handles both. */
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

/** `{"errno":2001,"error":{"title":"field required"}}`: in the business services the key is the field. */
function readErrorObject(error: unknown): ErrorBody {
	if (!isJsonObject(error)) return { text: asText(error) };
	const [field, text] = Object.entries(error)[0] ?? [];
	return { text: asText(error.message) ?? asText(text), field: asText(error.message) ? undefined : asText(field) };
}

/**
 * Parses any FreshBooks error body (parsed JSON or raw text) to text, field and codes.
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

/** The HTTP status that an errno means (freshbooks.com/api/errors). */
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

/** The events service uses HTTP statuses as errno. */
function statusOfErrno(errno: number): number | undefined {
	return STATUS_OF_ERRNO.get(errno) ?? (errno >= 400 && errno < 600 ? errno : undefined);
}

/** The HTTP status that a gRPC code means. FreshBooks' SDK tests contain 3 and 5. */
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

/** Keys of FreshBooks' envelopes. Every fixture of its SDKs has at least one. */
const ENVELOPE_KEYS = ['response', 'error', 'error_description', 'error_type', 'errors', 'errno', 'code', 'message'];

/** True for JSON in one of FreshBooks' envelopes: it came from FreshBooks, not from a proxy, gateway or firewall. */
export function isEnvelope(body: unknown): boolean {
	return isJsonObject(body) && ENVELOPE_KEYS.some((key) => body[key] !== undefined);
}

/** True for a number that is neither 0 (gRPC's OK) nor an HTTP 2xx status. */
function isErrorNumber(value: unknown): boolean {
	return typeof value === 'number' && value !== 0 && !(value >= 200 && value < 300);
}

function hasContent(value: unknown): boolean {
	if (typeof value !== 'object') return value !== undefined && value !== '' && value !== false;
	return value !== null && Object.keys(value).length > 0;
}

/**
 * The HTTP status that an error in an HTTP 2xx response means; undefined if the body is not an error. FreshBooks' Node.js SDK
 * tests and live reports show error envelopes with HTTP 200.
 */
export function statusInsideSuccess(body: unknown): number | undefined {
	if (!isJsonObject(body)) return undefined;
	const response = isJsonObject(body.response) ? body.response : undefined;
	const named = [response?.errors, body.errors, body.error, body.error_type].some(hasContent);
	const isNumbered = (isErrorNumber(body.code) || isErrorNumber(body.errno)) && body.response === undefined;
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
	/\b(?<scope>(?:user|admin):[a-z_]+:[a-z_]+)\b|(?<needed>need|requir|missing)|(?<granted>provid|grant|\bha[sv]e?\b)|[.;]\s|\bbut\b/gi;

/** The scopes that a text calls needed or missing. If it has no such words, all scopes except those it calls granted. */
function scopesNeeded(text: string): string[] {
	const needed: string[] = [];
	const unmarked: string[] = [];
	let list: string[] | undefined = unmarked;
	for (const { groups } of text.matchAll(SCOPE_OR_CUE)) {
		if (groups?.scope) list?.push(groups.scope);
		else if (groups?.needed) list = needed;
		else list = groups?.granted ? undefined : unmarked;
	}
	return [...new Set(needed.length > 0 ? needed : unmarked)];
}

/** FreshBooks' Python SDK shows this body with HTTP 403 too. */
function saysTokenExpired({ errorCode }: ErrorBody): boolean {
	return errorCode === 'unauthenticated' || errorCode === 'invalid_token';
}

/** True for the response to a request with an expired token. */
export function isTokenExpired(status: number, body: unknown): boolean {
	return status === 401 || (status === 403 && saysTokenExpired(readErrorBody(body)));
}

function kindOf403(body: ErrorBody): FailureKind {
	if (saysTokenExpired(body)) return 'reconnect';
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

/** The fields of a failure that are known before the request is sent. */
export type FailureContext = Pick<Failure, 'subject' | 'idFamily' | 'method'> & {
	/** False for an endpoint that FreshBooks does not document. */
	published: boolean;
};

/**
 * Converts an error response to a failure.
 * @param status the HTTP status, or the one from `statusInsideSuccess`
 * @param body parsed JSON, or the text of a response that was neither JSON nor HTML
 * @param retryAfterMs the wait that FreshBooks announces, in milliseconds
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
