import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { checkBaseUrl, PRODUCTION_API } from './baseUrl';
import {
	classifyAnswer,
	FreshBooksError,
	isJsonObject,
	statusInsideSuccess,
	type Failure,
	type FailureContext,
	type FailureKind,
} from './errors';
import { ASK_WHO_I_AM } from '../api/me';
import { budgetOf, Places, wait, type RequestBudget } from './requestBudget';
import { mayRepeat, parseRetryAfter, waitBeforeRetry, type Trouble } from './retry';
import { together } from './singleFlight';
import { PACKAGE_VERSION } from './version';
import { withoutSecrets } from './json';

/** The one place that calls n8n's HTTP helper: authentication, time-outs, retries, and answers turned into data or failures. */

export const CREDENTIAL_TYPE = 'freshBooksOAuth2Api';
const REQUEST_TIMEOUT_MS = 30_000;
/** n8n waits at most ten seconds for another process's refresh; a second look a second later finds its token. */
const SECOND_LOOK_AT_TOKEN_MS = 1_000;

export type FreshBooksContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** One request. `path` comes from `path` in identifiers.ts, which lets no crafted ID through. */
export interface FreshBooksRequest extends Omit<FailureContext, 'method'> {
	method: IHttpRequestMethods;
	path: string;
	query?: IDataObject;
	body?: IDataObject;
}

export interface ClientSettings {
	/** Epoch milliseconds after which nothing is sent any more. */
	deadlineAt?: number;
	/** Most requests under way at once through this client; the credential's shared budget may allow fewer. */
	maxInFlight?: number;
}

export interface FreshBooksClient {
	/**
	 * Sends a request and returns the parsed JSON of a successful answer; undefined for an empty one.
	 * Throws FreshBooksError for everything else.
	 */
	send(request: FreshBooksRequest): Promise<unknown>;
	/** Waits without holding up a cancelled execution. Throws FreshBooksError of kind `cancelled`. */
	pause(ms: number): Promise<void>;
	/** Writes a warning to n8n's log. */
	warn(message: string): void;
	/** Most pages worth asking for at once. */
	readonly maxInFlight: number;
}

type Attempt =
	| { ok: true; body: unknown }
	| { ok: false; trouble: Trouble; failure: Failure; retryAfterMs?: number; secondLook?: boolean };

function deadlineFailure(request: FreshBooksRequest): Failure {
	return { ...contextOf(request), kind: 'unreachable', serviceText: 'No time was left in this run.' };
}

function contextOf(request: FreshBooksRequest): Pick<Failure, 'subject' | 'idFamily' | 'method'> {
	return { subject: request.subject, idFamily: request.idFamily, method: request.method };
}

function headers(): IDataObject {
	return {
		Accept: 'application/json',
		// As FreshBooks' documentation examples and Node.js SDK send it.
		'Api-Version': 'alpha',
		'User-Agent': `n8n-nodes-freshbooks/${PACKAGE_VERSION}`,
	};
}

/** Answers are read as text: n8n's helper would hand truncated JSON and HTML over as if they were data. */
function httpOptions(baseUrl: string, request: FreshBooksRequest, timeout: number): IHttpRequestOptions {
	const options: IHttpRequestOptions = {
		method: request.method,
		url: `${baseUrl}${request.path}`,
		headers: headers(),
		qs: request.query,
		arrayFormat: 'brackets',
		encoding: 'text',
		timeout,
		returnFullResponse: true,
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		// 401 must stay an error: n8n refreshes the token on it. All other statuses come back as answers.
		ignoreHttpStatusErrors: { ignore: true, except: [401] },
	};
	if (request.body && request.method !== 'GET') options.body = request.body;
	return options;
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

function troubleOfStatus(status: number): Trouble {
	if (status === 429) return 'throttled';
	return status >= 500 || status === 408 ? 'unknownFate' : 'final';
}

/** "Not there" decides over removals, so only FreshBooks' own JSON (or an empty body) counts, never another text. */
const NOT_THERE = new Set([404, 405, 410]);
/** What says the same from whoever it comes: try again later. */
const LATER = new Set([408, 429]);

/** Whether a web page stands where FreshBooks would say what is wrong: a proxy's or firewall's 403 tells nothing of permissions. */
function isForeignRefusal(status: number, { html }: Parsed & { json: false }): boolean {
	return NOT_THERE.has(status) || (html && status >= 400 && status < 500 && !LATER.has(status));
}

function readAnswer(answer: IN8nHttpFullResponse, request: FreshBooksRequest): Attempt {
	const parsed = parseBody(answer.body);
	const body = parsed.json ? parsed.value : parsed.html ? undefined : parsed.text;
	const succeeded = answer.statusCode >= 200 && answer.statusCode < 300;
	if (!parsed.json && (succeeded || isForeignRefusal(answer.statusCode, parsed))) {
		const kind: FailureKind = parsed.html ? 'notJson' : 'malformed';
		const trouble: Trouble = succeeded ? 'unknownFate' : 'final';
		return { ok: false, trouble, failure: { ...contextOf(request), kind, status: answer.statusCode } };
	}
	const status = succeeded ? statusInsideSuccess(body) : answer.statusCode;
	if (status === undefined) return { ok: true, body };
	const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
	const failure = classifyAnswer(status, body, { ...contextOf(request), published: request.published }, retryAfterMs);
	return { ok: false, trouble: troubleOfStatus(status), failure, retryAfterMs };
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Looks for `key` on an error and along its causes: n8n wraps what axios threw. */
function alongCauses(error: unknown, key: string): unknown {
	for (let current = error, depth = 0; isErrorLike(current) && depth < 5; current = current.cause, depth++) {
		if (current[key] !== undefined && current[key] !== null) return current[key];
	}
	return undefined;
}

function isErrorLike(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

function isCredentialTrouble(error: unknown, code: string): boolean {
	const declared = alongCauses(error, 'failure');
	if (isJsonObject(declared) && declared.cause === 'credential-invalid') return true;
	if (code === '401' || code === 'EAUTH') return true;
	const message = error instanceof Error ? error.message : '';
	return /not connected|sign without access token|needs to be reconnected|no refresh token/i.test(message);
}

/**
 * Whether the answer to the request itself broke off half-way: n8n throws it with the status that had come, 200 or any other.
 * An error of the token endpoint names that one's address.
 */
function brokeOff(error: unknown, status: string, { path }: FreshBooksRequest): boolean {
	const config = alongCauses(error, 'config');
	const url = isErrorLike(config) ? config.url : undefined;
	return /^2\d\d$/.test(status) || (/^5\d\d$/.test(status) && typeof url === 'string' && url.endsWith(path));
}

/**
 * What an error thrown by n8n's helper means. Every status but 401 comes back as an answer, so a thrown status is the API's
 * 401 after a refresh, or the token endpoint's own (the request itself was not carried out in either case), or an answer that
 * broke off.
 */
function readThrown(error: unknown, request: FreshBooksRequest, cancelled: boolean): Attempt {
	const context = contextOf(request);
	if (cancelled) return { ok: false, trouble: 'final', failure: { ...context, kind: 'cancelled' } };
	const code = String(alongCauses(error, 'httpCode') ?? alongCauses(error, 'code') ?? '');
	if (isCredentialTrouble(error, code)) {
		const failure: Failure = { ...context, kind: 'reconnect', status: code === '401' ? 401 : undefined };
		return { ok: false, trouble: 'final', failure, secondLook: true };
	}
	if (code === '429') return { ok: false, trouble: 'throttled', failure: { ...context, kind: 'rateLimited', status: 429 } };
	if (brokeOff(error, code, request)) {
		return { ok: false, trouble: 'unknownFate', failure: { ...context, kind: 'unreachable', serviceText: `status ${code}, broken off` } };
	}
	if (/^[345]\d\d$/.test(code)) {
		return { ok: false, trouble: 'neverSent', failure: { ...context, kind: 'outage', status: Number(code) } };
	}
	const trouble: Trouble = NEVER_SENT.has(code) ? 'neverSent' : 'unknownFate';
	return { ok: false, trouble, failure: { ...context, kind: 'unreachable', serviceText: code || undefined } };
}

function finalFailure(attempt: Attempt & { ok: false }, afterUnknownFate: boolean): FreshBooksError {
	const { failure, trouble } = attempt;
	if (trouble === 'unknownFate' && failure.method === 'POST') {
		return new FreshBooksError({ ...failure, kind: 'unknownFate' });
	}
	return new FreshBooksError({ ...failure, afterUnknownFate });
}

class Client implements FreshBooksClient {
	readonly maxInFlight: number;

	private readonly budget: RequestBudget;

	/** Aborts when the execution is cancelled; polls have none. */
	private readonly signal: AbortSignal | undefined;

	/** Aborts at the deadline, so that a long queue or an announced pause cannot outlast a poll. */
	private readonly timeUp: AbortSignal | undefined;

	/** This client's own share, where it was given one; taken before a place in the credential's budget. */
	private readonly lane: Places | undefined;

	constructor(
		private readonly context: FreshBooksContext,
		private readonly baseUrl: string,
		private readonly credentialId: string,
		private readonly settings: ClientSettings,
	) {
		this.budget = budgetOf(credentialId);
		this.maxInFlight = settings.maxInFlight ?? 10;
		this.lane = settings.maxInFlight === undefined ? undefined : new Places(settings.maxInFlight);
		this.signal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		this.timeUp = settings.deadlineAt === undefined ? undefined : AbortSignal.timeout(Math.max(0, this.remaining()));
	}

	warn(message: string): void {
		this.context.logger.warn(message);
	}

	async pause(ms: number): Promise<void> {
		await wait(ms, this.signal).catch(() => Promise.reject(this.cancelled()));
	}

	async send(request: FreshBooksRequest): Promise<unknown> {
		let afterUnknownFate = false;
		let hasLookedAgain = false;
		for (let tried = 1; ; tried++) {
			const attempt = await this.attempt(request, tried > 1);
			if (attempt.ok) return attempt.body;
			const pauseMs = attempt.secondLook ? this.waitBeforeLook(hasLookedAgain) : this.nextWait(attempt, tried, request);
			if (pauseMs === undefined) throw finalFailure(attempt, afterUnknownFate);
			afterUnknownFate ||= attempt.trouble === 'unknownFate';
			hasLookedAgain ||= attempt.secondLook === true;
			await this.pause(pauseMs);
		}
	}

	/** Once for each request, whatever it has met before: an outage or a 429 says nothing about the token. */
	private waitBeforeLook(hasLookedAgain: boolean): number | undefined {
		return hasLookedAgain ? undefined : Math.min(SECOND_LOOK_AT_TOKEN_MS, this.remaining());
	}

	private nextWait(attempt: Attempt & { ok: false }, tried: number, request: FreshBooksRequest): number | undefined {
		if (!mayRepeat(request.method, attempt.trouble)) return undefined;
		return waitBeforeRetry(tried, attempt.retryAfterMs, this.remaining(), Math.random());
	}

	private async attempt(request: FreshBooksRequest, again: boolean): Promise<Attempt> {
		const admitted = this.remaining() > 0 && (await this.admit(again));
		if (!admitted) return { ok: false, trouble: 'final', failure: deadlineFailure(request) };
		const startedAt = Date.now();
		const attempt = await this.inTime(this.call(request))
			.then((answer) => readAnswer(answer, request))
			.catch((error: unknown) => readThrown(error, request, this.signal?.aborted ?? false));
		const throttled = !attempt.ok && attempt.trouble === 'throttled' ? { announcedMs: attempt.retryAfterMs } : undefined;
		this.budget.release({ durationMs: Date.now() - startedAt, throttled });
		this.lane?.leave();
		return attempt;
	}

	/** Waits for a place; false when the time was up before there was one. Throws when the execution is cancelled. */
	private async admit(again: boolean): Promise<boolean> {
		const admitted = await this.enterBoth(this.signal ?? this.timeUp, again).then(
			() => true,
			() => false,
		);
		if (!admitted && this.signal?.aborted) throw this.cancelled();
		return admitted;
	}

	private async enterBoth(signal: AbortSignal | undefined, again: boolean): Promise<void> {
		await this.lane?.enter(signal, again);
		await this.budget.enter(signal, again).catch((error: unknown) => {
			this.lane?.leave();
			return Promise.reject(error);
		});
	}

	/**
	 * Ends with the deadline, whatever n8n still waits for: five minutes for a new token, and for an answer as long as now and
	 * then a byte of it comes. A refresh goes on and is shared by whoever asks for the next token.
	 */
	private async inTime<Answer>(work: Promise<Answer>): Promise<Answer> {
		const { timeUp } = this;
		if (!timeUp) return await work;
		let stop: () => void = () => undefined;
		const stopped = new Promise<never>((_resolve, reject) => {
			stop = () => reject(new Error('No time was left in this run.'));
		});
		if (timeUp.aborted) stop();
		timeUp.addEventListener('abort', stop, { once: true });
		return await Promise.race([work, stopped]).finally(() => timeUp.removeEventListener('abort', stop));
	}

	private async call(request: FreshBooksRequest): Promise<IN8nHttpFullResponse> {
		const answer = await this.ask(request);
		if (answer.statusCode !== 401) return answer;
		await this.letHostRefresh();
		return await this.ask(request);
	}

	/**
	 * n8n before 2.9 takes `except` for "no status is an error": a 401 comes back as an answer and refreshes nothing. There, a
	 * request whose every status is an error makes n8n refresh. It is one that changes nothing, since n8n repeats it and
	 * throws what comes of it; and one for all who wait, since those n8n do not stop two refreshes with one refresh token.
	 */
	private async letHostRefresh(): Promise<void> {
		await together(this.credentialId, async () => await this.ask(ASK_WHO_I_AM, { ignoreHttpStatusErrors: false }));
	}

	private async ask(request: FreshBooksRequest, changes: Partial<IHttpRequestOptions> = {}): Promise<IN8nHttpFullResponse> {
		const timeout = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, this.remaining()));
		const options = { ...httpOptions(this.baseUrl, request, timeout), ...changes };
		const { httpRequestWithAuthentication } = this.context.helpers;
		return (await httpRequestWithAuthentication.call(this.context, CREDENTIAL_TYPE, options)) as IN8nHttpFullResponse;
	}

	private remaining(): number {
		return (this.settings.deadlineAt ?? Infinity) - Date.now();
	}

	private cancelled(): FreshBooksError {
		return new FreshBooksError({ kind: 'cancelled', subject: 'the request', idFamily: '', method: '' });
	}
}

function baseUrlOf(credentials: ICredentialDataDecryptedObject): unknown {
	return credentials.environment === 'custom' ? credentials.apiBaseUrl : PRODUCTION_API;
}

/**
 * A client for the credential of the running node.
 * Throws NodeOperationError when the credential's API Base URL is none that a token may be sent to.
 */
export async function connect(context: FreshBooksContext, settings: ClientSettings = {}): Promise<FreshBooksClient> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const baseUrl = checkBaseUrl(baseUrlOf(credentials));
	if (!baseUrl.ok) {
		throw new NodeOperationError(context.getNode(), `The credential's 'API Base URL' ${baseUrl.problem}`, {
			description: "Nothing was sent. Open the credential and correct 'API Base URL', or set 'Environment' to FreshBooks.",
			failure: { cause: 'configuration-invalid' },
		});
	}
	const credentialId = context.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? 'unsaved';
	return new Client(context, baseUrl.value, credentialId, settings);
}
