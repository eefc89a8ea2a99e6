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

/** The one place that calls n8n's HTTP helper: authentication, time-outs, retries, and answers turned into data or failures. */

export const CREDENTIAL_TYPE = 'freshBooksOAuth2Api';
const REQUEST_TIMEOUT_MS = 30_000;
/** n8n waits at most ten seconds for another process's refresh; a request a second later finds its token. */
const WAIT_FOR_STORED_TOKEN_MS = 1_000;

export type FreshBooksContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface ClientSettings {
	/** Epoch milliseconds after which nothing is sent any more. */
	deadlineAt?: number;
	/** Most requests under way at once through this client; the credential's shared throttle may allow fewer. */
	maxInFlight?: number;
}

export interface FreshBooksClient {
	/**
	 * Sends a request and returns the parsed JSON of a successful answer; undefined for an empty one.
	 * Throws FreshBooksError for everything else, with what happened on the wire in its failure.
	 */
	send(request: FreshBooksRequest): Promise<unknown>;
	/** Waits without holding up a cancelled execution. Throws FreshBooksError of kind `cancelled`. */
	pause(ms: number): Promise<void>;
	/** Writes a warning to n8n's log. */
	warn(message: string): void;
	/** Whether the connection asks for a scope, so that a request that needs it is worth sending. */
	mayUse(scope: string): boolean;
	/** Most pages worth asking for at once. */
	readonly maxInFlight: number;
}

/** The request that every token with `user:profile:read` may make, and that changes nothing. */
export const ASK_WHO_I_AM: FreshBooksRequest = {
	method: 'GET',
	path: '/auth/api/v1/users/me',
	subject: 'the connected user',
	idFamily: 'none',
	published: true,
};

/** What has happened on the wire to one request, over all its tries. */
interface WireFacts {
	tried: number;
	sent: number;
	/** The last try ended without a clear answer. */
	isUnclear: boolean;
	/** An earlier one did. */
	afterUnknownFate: boolean;
	/** Once for each request, whatever it has met before: an outage or a 429 says nothing about the token. */
	hasRetriedWithStoredToken: boolean;
	/** Why the last try failed. */
	failure?: Failure;
}

function note(facts: WireFacts, { trouble, failure, wasSent = true }: FailedTry): void {
	facts.tried++;
	if (wasSent) facts.sent++;
	facts.afterUnknownFate ||= facts.isUnclear;
	facts.isUnclear = trouble === 'unknownFate';
	facts.failure = facts.isUnclear && failure.method === 'POST' ? { ...failure, kind: 'unknownFate' } : failure;
}

class Client implements FreshBooksClient {
	readonly maxInFlight: number;

	private readonly throttle: Throttle;

	/** Aborts when the execution is cancelled; polls have none. */
	private readonly cancelSignal: AbortSignal | undefined;

	/** Aborts at the deadline, so that a long queue or an announced pause cannot outlast a poll. */
	private readonly timeUp: AbortSignal | undefined;

	/** The deadline on the monotonic clock. */
	private readonly endsAt: number;

	/** Limits this client alone, where it was given a limit; acquired before the credential's semaphore. */
	private readonly ownLimit: Semaphore | undefined;

	constructor(
		private readonly context: FreshBooksContext,
		private readonly baseUrl: string,
		private readonly credentialId: string,
		/** Values that no error may show. */
		private readonly secrets: readonly string[],
		private readonly scopes: ReadonlySet<string>,
		/** The credential's access is for reading. */
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
		if (this.isReadOnly && request.method !== 'GET') throw readsOnly();
		const facts: WireFacts = { tried: 0, sent: 0, isUnclear: false, afterUnknownFate: false, hasRetriedWithStoredToken: false };
		const held: Semaphore[] = [];
		try {
			if (this.ownLimit) await this.acquire(this.ownLimit, held);
			await this.acquire(this.throttle.underWay, held);
			return await this.sendUntilDone(request, facts, held);
		} catch (error) {
			throw this.stopSignal()?.aborted && !(error instanceof FreshBooksError) ? this.ended(request, facts) : error;
		} finally {
			held.forEach((semaphore) => semaphore.release());
		}
	}

	private async sendUntilDone(request: FreshBooksRequest, facts: WireFacts, held: Semaphore[]): Promise<unknown> {
		for (;;) {
			await this.throttle.untilPauseEnds(this.stopSignal());
			if (this.remaining() <= 0) throw this.ended(request, facts);
			const outcome = await this.trySending(request);
			if (outcome.ok) return outcome.body;
			note(facts, outcome);
			const isWorthIt = outcome.retryWithStoredToken ? await this.waitForStoredToken(facts) : await this.waitForNextTry(outcome, facts, held);
			if (!isWorthIt) throw this.ended(request, facts);
		}
	}

	private async acquire(semaphore: Semaphore, held: Semaphore[]): Promise<void> {
		if (held.includes(semaphore)) return;
		await semaphore.acquire(this.stopSignal());
		held.push(semaphore);
	}

	/** Waits until another process's token should be stored; false when that was tried before. */
	private async waitForStoredToken(facts: WireFacts): Promise<boolean> {
		if (facts.hasRetriedWithStoredToken) return false;
		facts.hasRetriedWithStoredToken = true;
		await wait(Math.max(0, Math.min(WAIT_FOR_STORED_TOKEN_MS, this.remaining())), this.stopSignal());
		return true;
	}

	/** Waits before the next try; false when there is none. A 429 makes all others with this credential wait as well. */
	private async waitForNextTry({ trouble, failure }: FailedTry, { tried }: WireFacts, held: Semaphore[]): Promise<boolean> {
		const ms = waitBeforeRetry(tried, failure.retryAfterMs, Math.random());
		const isTooLong = ms > LONGEST_ANNOUNCED_WAIT_MS;
		if (trouble === 'throttled' && !isTooLong) this.throttle.pauseFor(ms);
		if (!shouldRetry(failure.method, trouble, tried) || isTooLong || ms >= this.remaining()) return false;
		if (trouble === 'throttled') await this.acquire(this.throttle.repeating, held);
		else await wait(ms, this.stopSignal());
		return true;
	}

	private async trySending(request: FreshBooksRequest): Promise<Try> {
		return await untilAborted(this.call(request), this.timeUp)
			.then((answer) => readAnswer(answer, request))
			.catch((error: unknown) => readThrown(error, request, this.cancelSignal?.aborted ?? false));
	}

	/** The error of a request that is not tried again: why the last try failed, or why there was none. */
	private ended(request: FreshBooksRequest, facts: WireFacts): FreshBooksError {
		const { sent, isUnclear, afterUnknownFate } = facts;
		const unsent: Failure = { ...contextOf(request), kind: 'unreachable', serviceText: 'No time was left in this run.' };
		const failure = this.cancelSignal?.aborted ? this.cancelled(request.method) : (facts.failure ?? unsent);
		const maybeDone = isUnclear || afterUnknownFate || facts.failure?.maybeDone === true;
		const [serviceText, field] = [failure.serviceText, failure.field].map((text) => text && hideTokens(text, this.secrets));
		return new FreshBooksError({ ...failure, serviceText, field, sent, maybeDone, afterUnknownFate });
	}

	private cancelled(method: string): Failure {
		return { kind: 'cancelled', subject: 'the request', idFamily: '', method };
	}

	/** An answer of FreshBooks. With an expired token n8n refreshes it, and the request, which was not carried out, is sent again. */
	private async call(request: FreshBooksRequest): Promise<IN8nHttpFullResponse> {
		const answer = await this.ask(request);
		if (!saysTokenExpired(answer)) return answer;
		await singleFlight(this.credentialId, async () => await this.letHostRefresh(answer.statusCode));
		return await this.ask(request);
	}

	/**
	 * n8n refreshes on a 401 only, and before 2.9 only where every status is an error: it took `except` for "no status is an error".
	 * So a request whose every status is an error makes n8n refresh, on a 403 as well where FreshBooks answered that. It is one that
	 * changes nothing, since n8n repeats it; and one for all who wait, since n8n before 2.9 does not stop two refreshes with one
	 * refresh token. A list of statuses only where it is needed: older hosts compare with a single one.
	 */
	private async letHostRefresh(status: number): Promise<void> {
		const more = status === 401 ? undefined : { oauth2: { tokenExpiredStatusCode: [401, status] } };
		await this.ask(ASK_WHO_I_AM, { ignoreHttpStatusErrors: false }, more);
	}

	private async ask(
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

/** FreshBooks does not say that it refuses every write without the scope for it, so this connection sends none. */
function readsOnly(): FreshBooksError {
	return refusal(
		"The credential's 'Access' is Read Team, so nothing that changes something was sent",
		"To fix this, choose Manage Team as 'Access' in the credential, enable the scope user:teams:write on the FreshBooks app, and connect the credential again.",
	);
}

function baseUrlOf(credentials: ICredentialDataDecryptedObject): unknown {
	return credentials.environment === 'custom' ? credentials.apiBaseUrl : PRODUCTION_API;
}

/** What apps made before October 2021 have (freshbooks.com/api/how-to-find-the-right-scopes-for-your-app). */
const EVERY_SCOPE = 'admin:all:legacy';

/** The scopes that the credential asks for. */
function scopesOf({ scope }: ICredentialDataDecryptedObject): Set<string> {
	return new Set(typeof scope === 'string' ? scope.split(/\s+/) : []);
}

/** The tokens that were stored when the client was made, and the app's secret. */
function secretsOf({ clientSecret, oauthTokenData }: ICredentialDataDecryptedObject): string[] {
	const tokens = isJsonObject(oauthTokenData) ? [oauthTokenData.access_token, oauthTokenData.refresh_token] : [];
	return [clientSecret, ...tokens].filter((value) => typeof value === 'string');
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
			description: "Nothing was sent. To fix this, use https, or http with localhost or 127.0.0.1, or set the credential's 'Environment' to Production.",
			failure: { cause: 'configuration-invalid' },
		});
	}
	const credentialId = context.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? 'unsaved';
	return new Client(context, baseUrl.value, credentialId, secretsOf(credentials), scopesOf(credentials), credentials.access === 'read', settings);
}
