import type {
	IAdditionalCredentialOptions,
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { checkBaseUrl, PRODUCTION_API } from './baseUrl';
import { FreshBooksError, isJsonObject, refusal, type Failure } from './errors';
import { hideTokens } from './hideTokens';
import { contextOf, readAnswer, saysTokenExpired, type FailedTry, type Try } from './readAnswer';
import { readThrown } from './readThrown';
import { requestOptions, type FreshBooksRequest } from './requestOptions';
import { LONGEST_ANNOUNCED_WAIT_MS, shouldRetry, waitBeforeRetry } from './retry';
import { Semaphore, untilAborted, wait } from './semaphore';
import { singleFlight } from './singleFlight';
import { throttleOf, type Throttle } from './throttle';

export type { FreshBooksRequest } from './requestOptions';

/** The only caller of n8n's HTTP helper. Handles authentication, timeouts and retries, and returns data or throws failures. */

export const CREDENTIAL_TYPE = 'freshBooksOAuth2Api';
const REQUEST_TIMEOUT_MS = 30_000;
/** n8n waits up to ten seconds for another process to refresh the token. A request one second later finds the new token. */
const WAIT_FOR_STORED_TOKEN_MS = 1_000;

export type FreshBooksContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface ClientSettings {
	/** No request is sent after this time, in epoch milliseconds. */
	deadlineAt?: number;
	/** Maximum number of requests in flight of this client. The credential's throttle may allow fewer. */
	maxInFlight?: number;
}

export interface FreshBooksClient {
	/**
	 * Sends a request, with retries. Returns the parsed JSON of a successful response, undefined for an empty one. Throws
	 * FreshBooksError otherwise. Its failure tells how often the request was sent and whether it may have been carried out.
	 */
	send(request: FreshBooksRequest): Promise<unknown>;
	/** Waits `ms` milliseconds. Throws FreshBooksError of kind `cancelled` as soon as the execution is cancelled. */
	pause(ms: number): Promise<void>;
	/** Writes a warning to n8n's log. */
	warn(message: string): void;
	/** Whether the credential requests this scope. */
	mayUse(scope: string): boolean;
	/** Maximum number of pages to request at once. */
	readonly maxInFlight: number;
}

/** Reads the connected user. Every token with `user:profile:read` may send this, and it changes nothing. */
export const GET_ME_REQUEST: FreshBooksRequest = {
	method: 'GET',
	path: '/auth/api/v1/users/me',
	subject: 'the connected user',
	idFamily: 'none',
	published: true,
};

/** What happened to one request, over all its tries. */
interface WireFacts {
	/** Number of tries that ended with a 429. */
	throttled: number;
	/** Number of other tries. A token that another process refreshed meanwhile does not count. */
	tried: number;
	sent: number;
	/** The last try ended without a clear response. */
	isUnclear: boolean;
	/** An earlier try ended without a clear response. */
	afterUnclearTry: boolean;
	hasRetriedWithStoredToken: boolean;
	/** Why the last try failed. */
	failure?: Failure;
}

function recordTry(facts: WireFacts, { trouble, failure, retryWithStoredToken = false, wasSent = true }: FailedTry): void {
	if (trouble === 'throttled') facts.throttled++;
	else if (!retryWithStoredToken) facts.tried++;
	if (wasSent) facts.sent++;
	facts.afterUnclearTry ||= facts.isUnclear;
	facts.isUnclear = trouble === 'unclear';
	facts.failure = facts.isUnclear && failure.method === 'POST' ? { ...failure, kind: 'unclear' } : failure;
}

class Client implements FreshBooksClient {
	readonly maxInFlight: number;

	private readonly throttle: Throttle;

	/** Aborts if the execution is cancelled. Polls have no signal. */
	private readonly cancelSignal: AbortSignal | undefined;

	/** Aborts at the deadline, so that queueing and pauses end with the poll. */
	private readonly timeUp: AbortSignal | undefined;

	/** The deadline on the monotonic clock. */
	private readonly endsAt: number;

	/** The limit of this client, if it has one. Acquired before the credential's semaphore. */
	private readonly ownLimit: Semaphore | undefined;

	constructor(
		private readonly context: FreshBooksContext,
		private readonly baseUrl: string,
		private readonly credentialId: string,
		/** Values that must not appear in errors. */
		private readonly secrets: readonly string[],
		private readonly scopes: ReadonlySet<string>,
		/** The credential's Access is Read Team. */
		private readonly isReadOnly: boolean,
		{ deadlineAt, maxInFlight }: ClientSettings,
	) {
		this.throttle = throttleOf(credentialId);
		this.maxInFlight = maxInFlight ?? 10;
		this.ownLimit = maxInFlight === undefined ? undefined : new Semaphore(maxInFlight);
		this.cancelSignal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		this.endsAt = deadlineAt === undefined ? Infinity : performance.now() + deadlineAt - Date.now();
		this.timeUp = deadlineAt === undefined ? undefined : AbortSignal.timeout(Math.max(0, Math.ceil(this.remaining())));
	}

	mayUse(scope: string): boolean {
		return this.scopes.has(scope) || this.scopes.has(EVERY_SCOPE);
	}

	warn(message: string): void {
		this.context.logger.warn(message);
	}

	async pause(ms: number): Promise<void> {
		await wait(Math.max(0, Math.min(ms, this.remaining())), this.cancelSignal).catch(() => Promise.reject(new FreshBooksError(this.cancelled(''))));
	}

	async send(request: FreshBooksRequest): Promise<unknown> {
		if (this.isReadOnly && request.method !== 'GET') throw readOnlyError(request);
		const facts: WireFacts = { throttled: 0, tried: 0, sent: 0, isUnclear: false, afterUnclearTry: false, hasRetriedWithStoredToken: false };
		const held: Semaphore[] = [];
		try {
			if (this.ownLimit) await this.acquire(this.ownLimit, held);
			await this.acquire(this.throttle.inFlight, held);
			return await this.sendUntilDone(request, facts, held);
		} catch (error) {
			throw this.stopSignal()?.aborted && !(error instanceof FreshBooksError) ? this.finalError(request, facts) : error;
		} finally {
			held.forEach((semaphore) => semaphore.release());
		}
	}

	private async sendUntilDone(request: FreshBooksRequest, facts: WireFacts, held: Semaphore[]): Promise<unknown> {
		for (;;) {
			await this.throttle.untilPauseEnds(this.stopSignal());
			if (this.remaining() <= 0) throw this.finalError(request, facts);
			request.onTry?.();
			const outcome = await this.trySending(request);
			if (outcome.ok) return outcome.body;
			recordTry(facts, outcome);
			const isRetried = outcome.retryWithStoredToken ? await this.waitForStoredToken(facts) : await this.waitForNextTry(outcome, facts, held);
			if (!isRetried) throw this.finalError(request, facts);
		}
	}

	private async acquire(semaphore: Semaphore, held: Semaphore[]): Promise<void> {
		if (held.includes(semaphore)) return;
		await semaphore.acquire(this.stopSignal());
		held.push(semaphore);
	}

	/** Waits until another process should have stored a token. False if this request has done that before. */
	private async waitForStoredToken(facts: WireFacts): Promise<boolean> {
		if (facts.hasRetriedWithStoredToken) return false;
		facts.hasRetriedWithStoredToken = true;
		await wait(Math.max(0, Math.min(WAIT_FOR_STORED_TOKEN_MS, this.remaining())), this.stopSignal());
		return true;
	}

	/** Waits before the next try. False if there is none. After a 429 all requests with this credential wait. */
	private async waitForNextTry({ trouble, failure }: FailedTry, facts: WireFacts, held: Semaphore[]): Promise<boolean> {
		const tried = trouble === 'throttled' ? facts.throttled : facts.tried;
		const ms = waitBeforeRetry(tried, failure.retryAfterMs, Math.random());
		const isTooLong = ms > LONGEST_ANNOUNCED_WAIT_MS;
		if (trouble === 'throttled' && !isTooLong) this.throttle.pauseFor(ms);
		if (!shouldRetry(failure.method, trouble, tried) || isTooLong || ms >= this.remaining()) return false;
		if (trouble === 'throttled') await this.acquire(this.throttle.repeating, held);
		else await wait(ms, this.stopSignal());
		return true;
	}

	private async trySending(request: FreshBooksRequest): Promise<Try> {
		return await untilAborted(this.sendWithRefresh(request), this.timeUp)
			.then((answer) => readAnswer(answer, request))
			.catch((error: unknown) => readThrown(error, request, this.cancelSignal?.aborted ?? false));
	}

	/** The error of a request that is not retried: why its last try failed, or why it was not sent. */
	private finalError(request: FreshBooksRequest, facts: WireFacts): FreshBooksError {
		const { sent, isUnclear, afterUnclearTry } = facts;
		const unsent: Failure = { ...contextOf(request), kind: 'unreachable', noTimeLeft: true };
		const failure = this.cancelSignal?.aborted ? this.cancelled(request.method) : (facts.failure ?? unsent);
		const maybeDone = isUnclear || afterUnclearTry || facts.failure?.maybeDone === true;
		const [serviceText, field] = [failure.serviceText, failure.field].map((text) => text && hideTokens(text, this.secrets));
		return new FreshBooksError({ ...failure, serviceText, field, sent, maybeDone, afterUnclearTry });
	}

	private cancelled(method: string): Failure {
		return { kind: 'cancelled', subject: 'the request', idFamily: '', method };
	}

	/** Sends the request once. If the token has expired, n8n refreshes it and sends the request again; the first one was not carried out. */
	private async sendWithRefresh(request: FreshBooksRequest): Promise<IN8nHttpFullResponse> {
		const answer = await this.sendOnce(request);
		if (!saysTokenExpired(answer)) return answer;
		await singleFlight(this.credentialId, async () => await this.refreshToken(answer.statusCode));
		return await this.sendOnce(request);
	}

	/**
	 * Makes n8n refresh the token. n8n does that on a 401, and before 2.9 only if every status is an error (it ignored `except`). So
	 * this sends a request for which every status is an error. It must change nothing, because n8n repeats it. All waiting requests
	 * share it, because n8n before 2.9 may refresh twice with the same refresh token. `tokenExpiredStatusCode` is set only after
	 * another status than 401, because older n8n versions do not accept a list.
	 */
	private async refreshToken(status: number): Promise<void> {
		const more = status === 401 ? undefined : { oauth2: { tokenExpiredStatusCode: [401, status] } };
		await this.sendOnce(GET_ME_REQUEST, { ignoreHttpStatusErrors: false }, more);
	}

	private async sendOnce(
		request: FreshBooksRequest,
		changes: Partial<IHttpRequestOptions> = {},
		more?: IAdditionalCredentialOptions,
	): Promise<IN8nHttpFullResponse> {
		const timeout = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, Math.ceil(this.remaining())));
		const options = { ...requestOptions(this.baseUrl, request, timeout), ...changes };
		const { httpRequestWithAuthentication } = this.context.helpers;
		return (await httpRequestWithAuthentication.call(this.context, CREDENTIAL_TYPE, options, more)) as IN8nHttpFullResponse;
	}

	private stopSignal(): AbortSignal | undefined {
		return this.cancelSignal ?? this.timeUp;
	}

	private remaining(): number {
		return this.endsAt - performance.now();
	}
}

/** FreshBooks does not promise to refuse a write without its scope, so a Read Team credential sends none. */
function readOnlyError({ idFamily }: FreshBooksRequest): FreshBooksError {
	// The portal does not offer the scope user:profile:write, as others report (docs/connecting.md).
	const wayOut =
		idFamily === 'none'
			? 'To fix this, change the profile in FreshBooks itself: its portal offers apps no scope for this.'
			: "To fix this, choose Manage Team as 'Access' in the credential, enable the scope user:teams:write on the FreshBooks app, and connect the credential again.";
	return refusal("The credential's 'Access' is Read Team, so the node did not send this change", wayOut);
}

function baseUrlOf(credentials: ICredentialDataDecryptedObject): unknown {
	return credentials.environment === 'custom' ? credentials.apiBaseUrl : PRODUCTION_API;
}

/** The scope of apps created before October 2021 (freshbooks.com/api/how-to-find-the-right-scopes-for-your-app). */
const EVERY_SCOPE = 'admin:all:legacy';

/** The scopes that the credential requests. */
function scopesOf({ scope }: ICredentialDataDecryptedObject): Set<string> {
	return new Set(typeof scope === 'string' ? scope.split(/\s+/) : []);
}

/** The tokens stored when the client was created, and the app's secret. */
function secretsOf({ clientSecret, oauthTokenData }: ICredentialDataDecryptedObject): string[] {
	const tokens = isJsonObject(oauthTokenData) ? [oauthTokenData.access_token, oauthTokenData.refresh_token] : [];
	return [clientSecret, ...tokens].filter((value) => typeof value === 'string');
}

/**
 * Creates a client for the node's credential. Throws NodeOperationError if a token must not be sent to the credential's API Base
 * URL.
 */
export async function connect(context: FreshBooksContext, settings: ClientSettings = {}): Promise<FreshBooksClient> {
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	const baseUrl = checkBaseUrl(baseUrlOf(credentials));
	if (!baseUrl.ok) {
		throw new NodeOperationError(context.getNode(), `The credential's 'API Base URL' ${baseUrl.problem}`, {
			description: "Nothing was sent. To fix this, use https, or http with localhost or 127.0.0.1, or set the credential's 'Environment' to Production.",
			failure: { cause: 'configuration-invalid' },
		});
	}
	const credentialId = context.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? 'unsaved';
	return new Client(context, baseUrl.value, credentialId, secretsOf(credentials), scopesOf(credentials), credentials.access === 'read', settings);
}
