import type { ICredentialDataDecryptedObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { connect, CREDENTIAL_TYPE } from '../FreshBooks/client/client';
import { readDirectory, type Directory } from './freshBooksDirectory';
import { errorBody, ScimError } from './protocol/errors';
import { dispatch } from './routes';
import type { Answer, ScimRequest, Service } from './service';
import { businessIdOf, isReadOnly } from './settings';
import { sharedDirectory } from './sharedDirectory';
import { SCIM_CREDENTIAL_TYPE, showsToken, tokenProblem } from './token';
import { unavailable } from './unavailable';

/** One request of an identity provider, from n8n's side: whose it is, what it asks for, and what it is answered. */

/** Okta ends its requests after 60 seconds (developer.okta.com, SCIM FAQs). */
const ANSWERED_WITHIN_MS = 50_000;
const CREDENTIAL_RETRY_S = 60;

/** What is used of Express' request and response, which n8n hands over as they are. */
interface HttpRequest {
	method: string;
}
interface HttpResponse {
	status(code: number): HttpResponse;
	set(name: string, value: string): HttpResponse;
	send(body: string): HttpResponse;
	end(): HttpResponse;
}

function refused(error: ScimError, headers: Record<string, string> = {}): Answer {
	const wait: Record<string, string> = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
	return { status: error.status, body: errorBody(error), headers: { ...wait, ...headers } };
}

/** The same words for every reason: they tell nobody what is here. RFC 9110, 15.5.2, wants the header. */
function unauthorized(): Answer {
	return refused(new ScimError(401, 'The request shows no valid token.'), { 'www-authenticate': 'Bearer' });
}

function answerOf(context: IWebhookFunctions, error: unknown): Answer {
	if (error instanceof ScimError) return refused(error);
	const known = unavailable(error);
	if (known) {
		context.logger.warn(`FreshBooks SCIM Trigger: ${known.detail}`);
		return refused(known);
	}
	// The message may hold what the request held.
	const stack = error instanceof Error ? error.stack?.split('\n').slice(1).join('\n') : undefined;
	context.logger.error('The FreshBooks SCIM Trigger met something it was not made for; please report it.', { stack });
	return refused(new ScimError(500, 'The FreshBooks SCIM Trigger met something it was not made for. The log of n8n says where.'));
}

async function directoryFor(context: IWebhookFunctions, isLaterPage: boolean): Promise<Directory> {
	const businessId = businessIdOf(context);
	const credentialId = context.getNode().credentials?.[CREDENTIAL_TYPE]?.id ?? 'unsaved';
	const deadlineAt = Date.now() + ANSWERED_WITHIN_MS;
	return await sharedDirectory(`${credentialId} ${businessId}`, isLaterPage, async () => await readDirectory(await connect(context, { deadlineAt }), businessId));
}

function serviceOf(context: IWebhookFunctions): Service {
	return {
		baseUrl: context.getNodeWebhookUrl('default') ?? '',
		isReadOnly: isReadOnly(context),
		directory: async ({ isLaterPage = false } = {}) => await directoryFor(context, isLaterPage),
	};
}

function requestOf(context: IWebhookFunctions): ScimRequest {
	const { method } = context.getRequestObject() as HttpRequest;
	// In the order of the path, under names that differ from node to node.
	const [collection, id] = Object.values(context.getParamsData()) as Array<string | undefined>;
	return { method, collection, id, query: context.getQueryData() as Record<string, unknown> };
}

async function isAllowed(context: IWebhookFunctions): Promise<boolean> {
	const { token } = await context.getCredentials<ICredentialDataDecryptedObject>(SCIM_CREDENTIAL_TYPE);
	const problem = tokenProblem(token);
	if (problem) context.logger.warn(`FreshBooks SCIM Trigger: every request is refused, as the SCIM credential's 'Token' ${problem}.`);
	return showsToken(context.getHeaderData().authorization, token);
}

async function answer(context: IWebhookFunctions): Promise<Answer> {
	const allowed = await isAllowed(context).catch(() => undefined);
	if (allowed === undefined) {
		context.logger.warn('FreshBooks SCIM Trigger: the SCIM credential cannot be read.');
		return refused(new ScimError(503, 'The service cannot check tokens at the moment.', { retryAfter: CREDENTIAL_RETRY_S }));
	}
	if (!allowed) return unauthorized();
	return await dispatch(requestOf(context), serviceOf(context));
}

function send(context: IWebhookFunctions, { status, body, headers = {} }: Answer): void {
	const response = (context.getResponseObject() as HttpResponse).status(status);
	for (const [name, value] of Object.entries(headers)) response.set(name, value);
	if (body === undefined) response.end();
	else response.set('content-type', 'application/scim+json').send(JSON.stringify(body));
}

/** Answers one request. Never throws: n8n would answer with a page of its own, and start an execution. */
export async function serve(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	send(this, await answer(this).catch((error: unknown) => answerOf(this, error)));
	return { noWebhookResponse: true };
}
