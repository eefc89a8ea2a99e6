import type { ICredentialDataDecryptedObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { connect, CREDENTIAL_TYPE } from '../FreshBooks/client/client';
import { addressKey } from '../FreshBooks/client/identifiers';
import { untilAborted } from '../FreshBooks/client/semaphore';
import { KeyedQueue } from '../FreshBooks/people/keyedQueue';
import { Session } from '../FreshBooks/people/session';
import { readDirectory, type Directory } from './freshBooksDirectory';
import { PeopleMemory } from './memory';
import { readBody } from './protocol/body';
import { ScimError } from './protocol/errors';
import type { Attributes } from './protocol/names';
import { refusalOf, refusedAnswer } from './refusals';
import { dispatch } from './routes';
import type { Answer, ScimRequest, Service } from './service';
import { businessIdOf, isReadOnly, writeSettingsOf } from './settings';
import { forgetDirectory, sharedDirectory } from './sharedDirectory';
import { SCIM_CREDENTIAL_TYPE, showsToken, tokenProblem } from './token';

/** One request of an identity provider, from n8n's side: its token, what it asks for, and its answer. */

/** Okta ends its requests after 60 seconds (developer.okta.com, SCIM FAQs). */
const ANSWERED_WITHIN_MS = 50_000;
/** After this time no request is sent to FreshBooks, so that a write ends, and its result is known, before the answer is due. */
const ASKED_WITHIN_MS = 40_000;
const RETRY_S = 60;

/** The parts of Express' request and response that are used; n8n passes them as they are. */
interface HttpRequest {
	method: string;
	rawBody?: Uint8Array;
}
interface HttpResponse {
	status(code: number): HttpResponse;
	set(name: string, value: string): HttpResponse;
	send(body: string): HttpResponse;
	end(): HttpResponse;
}

/** The same text for every reason, so that it reveals nothing. RFC 9110, 15.5.2, requires the header. */
function unauthorized(): Answer {
	return refusedAnswer(new ScimError(401, 'The request has no valid token.'), { 'www-authenticate': 'Bearer' });
}

function answerOf(context: IWebhookFunctions, error: unknown): Answer {
	const known = refusalOf(error);
	if (known) {
		if (known.error.status >= 500) context.logger.warn(`FreshBooks SCIM Trigger: ${known.error.detail}`);
		return refusedAnswer(known.error);
	}
	// The message may contain data of the request.
	const stack = error instanceof Error ? error.stack?.split('\n').slice(1).join('\n') : undefined;
	context.logger.error('The FreshBooks SCIM Trigger failed with an unexpected error. Please report it.', { stack });
	return refusedAnswer(new ScimError(500, 'The FreshBooks SCIM Trigger failed with an unexpected error. Check the log of n8n.'));
}

/** The writes of this process, by business and person. */
const queue = new KeyedQueue();

/** What this process remembers, by trigger and business. */
const memories = new Map<string, PeopleMemory>();

function memoryOf(context: IWebhookFunctions): PeopleMemory {
	const businessId = businessIdOf(context);
	const key = `${context.getWorkflow().id} ${context.getNode().id} ${businessId}`;
	const memory = memories.get(key) ?? new PeopleMemory(businessId);
	memories.set(key, memory);
	memory.read(context.getWorkflowStaticData('node').people);
	return memory;
}

function directoryKey(context: IWebhookFunctions): string {
	return `${context.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? 'unsaved'} ${businessIdOf(context)}`;
}

async function directoryFor(context: IWebhookFunctions, deadlineAt: number, isLaterPage: boolean): Promise<Directory> {
	const read = async (): Promise<Directory> => await readDirectory(await connect(context, { deadlineAt }), businessIdOf(context));
	return await sharedDirectory(directoryKey(context), isLaterPage, read);
}

function serviceOf(context: IWebhookFunctions): Service {
	const deadlineAt = Date.now() + ASKED_WITHIN_MS;
	return {
		baseUrl: context.getNodeWebhookUrl('default') ?? '',
		isReadOnly: isReadOnly(context),
		directory: async ({ isLaterPage = false } = {}) => await directoryFor(context, deadlineAt, isLaterPage),
		memory: () => memoryOf(context),
		writeSettings: () => writeSettingsOf(context),
		openSession: async () => new Session(await connect(context, { deadlineAt }), (remark) => context.logger.warn(`FreshBooks SCIM Trigger: ${remark}`)),
		inTurn: async (address, work) => await queue.run(`${directoryKey(context)} ${addressKey(address)}`, work),
		afterWrite: () => {
			const saved = context.getWorkflowStaticData('node');
			const text = memoryOf(context).text();
			if (saved.people !== text) saved.people = text;
			forgetDirectory(directoryKey(context));
		},
	};
}

function requestOf(context: IWebhookFunctions): ScimRequest {
	const { method, rawBody } = context.getRequestObject() as HttpRequest;
	// In the order of the path. Their names differ from node to node.
	const [collection, id] = Object.values(context.getParamsData()) as Array<string | undefined>;
	const headers = context.getHeaderData();
	const body = (): Attributes => readBody(rawBody, headers['content-type']);
	return { method, collection, id, query: context.getQueryData() as Record<string, unknown>, body, userAgent: headers['user-agent'] ?? null, receivedAt: new Date().toISOString() };
}

async function isAllowed(context: IWebhookFunctions): Promise<boolean> {
	const { token } = await context.getCredentials<ICredentialDataDecryptedObject>(SCIM_CREDENTIAL_TYPE);
	const problem = tokenProblem(token);
	if (problem) context.logger.warn(`FreshBooks SCIM Trigger: every request is refused, because the SCIM credential's 'Token' ${problem}. To fix this, give it at least 32 random characters.`);
	return showsToken(context.getHeaderData().authorization, token);
}

async function answer(context: IWebhookFunctions): Promise<Answer> {
	const allowed = await isAllowed(context).catch(() => undefined);
	if (allowed === undefined) {
		context.logger.warn('FreshBooks SCIM Trigger: the SCIM credential cannot be read.');
		return refusedAnswer(new ScimError(503, 'The service cannot check tokens at the moment.', { retryAfter: RETRY_S }));
	}
	if (!allowed) return unauthorized();
	const timeUp = AbortSignal.timeout(ANSWERED_WITHIN_MS);
	return await untilAborted(dispatch(requestOf(context), serviceOf(context)), timeUp).catch((error: unknown) => {
		if (!timeUp.aborted) throw error;
		throw new ScimError(503, 'FreshBooks took too long, and the request may still be carried out. Repeat it: no one is invited or removed twice.', { retryAfter: RETRY_S });
	});
}

function send(context: IWebhookFunctions, { status, body, headers = {} }: Answer): void {
	const response = (context.getResponseObject() as HttpResponse).status(status);
	for (const [name, value] of Object.entries(headers)) response.set(name, value);
	if (body === undefined) response.end();
	else response.set('content-type', 'application/scim+json').send(JSON.stringify(body));
}

/** Answers one request. Never throws: n8n would answer with a page of its own, and start an execution. */
export async function serve(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const answered = await answer(this).catch((error: unknown) => answerOf(this, error));
	send(this, answered);
	return answered.item ? { noWebhookResponse: true, workflowData: [[{ json: answered.item }]] } : { noWebhookResponse: true };
}
