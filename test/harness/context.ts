import { ExecuteContext, HookContext, LoadOptionsContext, PollContext, WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { FreshBooks } from '../../nodes/FreshBooks/FreshBooks.node';

/** Runs nodes on n8n-core's contexts, with n8n's request stack. Only the credential store is fake. */

export const CREDENTIAL = 'freshBooksOAuth2Api';
export const API = 'https://api.freshbooks.com';
export const FIRST_TOKEN = 'first-access-token';
export const FIRST_REFRESH = 'first-refresh-token';

/** A stored credential, and how often n8n saved a new token. */
export interface StoredCredential {
	id: string;
	data: ICredentialDataDecryptedObject;
	saved: number;
}

type OtherCredentials = Readonly<Record<string, ICredentialDataDecryptedObject>>;

let credentialCount = 0;

/** A connected credential as n8n decrypts it. Each has its own ID, so that tests do not share a throttle. */
export function connectedCredential(changes: ICredentialDataDecryptedObject = {}): StoredCredential {
	const data: ICredentialDataDecryptedObject = {
		grantType: 'authorizationCode',
		clientId: 'client-id',
		clientSecret: 'client-password',
		access: 'manage',
		environment: 'production',
		apiBaseUrl: API,
		authBaseUrl: 'https://auth.freshbooks.com',
		authUrl: 'https://auth.freshbooks.com/oauth/authorize',
		accessTokenUrl: `${API}/auth/oauth/token`,
		scope: 'user:profile:read user:teams:read user:teams:write',
		authQueryParameters: '',
		authentication: 'body',
		oauthTokenData: { access_token: FIRST_TOKEN, refresh_token: FIRST_REFRESH, token_type: 'Bearer' },
		...changes,
	};
	return { id: `credential-${++credentialCount}`, data, saved: 0 };
}

/** `others`: fields of credentials of other types, by type. */
function credentialsHelper(stored: StoredCredential, others: OtherCredentials): ICredentialsHelper {
	const helper = {
		getParentTypes: () => ['oAuth2Api'],
		getDecrypted: async (_additionalData: unknown, _details: unknown, type: string) => structuredClone(others[type] ?? stored.data),
		getCredentialsProperties: () => [],
		isCredentialUsableByNode: async () => true,
		authenticate: async (_credentials: unknown, _type: unknown, options: unknown) => options,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		updateCredentials: async () => undefined,
		updateCredentialsOauthTokenData: async (_node: unknown, _type: unknown, data: ICredentialDataDecryptedObject) => {
			stored.data = structuredClone(data);
			stored.saved++;
		},
	};
	return helper as unknown as ICredentialsHelper;
}

function nodeTypesWith(type: INodeType): INodeTypes {
	return { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) } as unknown as INodeTypes;
}

interface Scene {
	node: INode;
	workflow: Workflow;
	additionalData: IWorkflowExecuteAdditionalData;
}

function sceneOf(type: INodeType, parameters: INodeParameters, stored: StoredCredential, extra: Partial<INode> = {}, staticData: IDataObject = {}, others: OtherCredentials = {}): Scene {
	const node: INode = {
		id: 'node-1',
		name: 'FreshBooks',
		type: 'n8n-nodes-freshbooks.test',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [CREDENTIAL]: { id: stored.id, name: 'FreshBooks' }, ...Object.fromEntries(Object.keys(others).map((name) => [name, { id: name, name }])) },
		...extra,
	};
	const workflow = new Workflow({ id: 'workflow-1', nodes: [node], connections: {}, active: false, nodeTypes: nodeTypesWith(type), staticData });
	const additionalData = {
		credentialsHelper: credentialsHelper(stored, others),
		executionId: 'execution-1',
		webhookBaseUrl: 'http://localhost/webhook',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost',
		variables: {},
		userId: 'user-1',
	} as unknown as IWorkflowExecuteAdditionalData;
	return { node, workflow, additionalData };
}

export interface RunSettings {
	/** The json of the input items; one empty item by default. */
	items?: IDataObject[];
	credential?: StoredCredential;
	/** "On Error: Continue" in the node's settings. */
	continueOnFail?: boolean;
	signal?: AbortSignal;
	/** Runs the node as the tool that n8n makes of it for agents. */
	asTool?: boolean;
}

/** The result of one run of the node. */
export interface RunResult {
	/** The output items. */
	items: INodeExecutionData[];
	/** Hints that the editor shows with the output. */
	hints: string[];
}

export function executeContext(parameters: INodeParameters, settings: RunSettings) {
	const stored = settings.credential ?? connectedCredential();
	const { node, workflow, additionalData } = sceneOf(new FreshBooks(), parameters, stored, {
		...(settings.continueOnFail ? { onError: 'continueRegularOutput' } : {}),
		...(settings.asTool ? { type: 'n8n-nodes-freshbooks.freshBooksTool' } : {}),
	});
	const items: INodeExecutionData[] = (settings.items ?? [{}]).map((json) => ({ json }));
	const input = { main: [items] };
	const data = { node, data: input, source: null };
	return new ExecuteContext(workflow, node, additionalData, 'manual', createRunExecutionData({}), 0, items, input, data, [], settings.signal);
}

/** Runs the action node as n8n does. */
export async function runWithHints(parameters: INodeParameters, settings: RunSettings = {}): Promise<RunResult> {
	const context = executeContext(parameters, settings);
	const output = await new FreshBooks().execute.call(context);
	return { items: output[0], hints: context.hints.map(({ message }) => message) };
}

/** Runs the action node and returns its output items. */
export async function run(parameters: INodeParameters, settings: RunSettings = {}): Promise<INodeExecutionData[]> {
	return (await runWithHints(parameters, settings)).items;
}

/** Runs the action node and returns the json of its output items. */
export async function jsonOf(parameters: INodeParameters, settings: RunSettings = {}): Promise<IDataObject[]> {
	return (await run(parameters, settings)).map(({ json }) => json);
}

/** The parts of an error that n8n shows. */
export interface ShownError {
	name: string;
	message: string;
	description: string;
	httpCode: string | null;
	itemIndex: number | undefined;
	cause: string | undefined;
}

interface ErrorLike {
	name: string;
	message: string;
	description?: string | null;
	httpCode?: string | null;
	context?: IDataObject;
	failure?: { cause: string };
}

/** The parts of a rejection that n8n shows. Fails if the promise does not reject. */
export async function shownErrorOf(work: Promise<unknown>): Promise<ShownError> {
	const error = await work.then(
		() => undefined,
		(reason: unknown) => reason as ErrorLike,
	);
	if (error === undefined) throw new Error('Nothing was thrown.');
	return {
		name: error.name,
		message: error.message,
		description: error.description ?? '',
		httpCode: error.httpCode ?? null,
		itemIndex: error.context?.itemIndex as number | undefined,
		cause: error.failure?.cause,
	};
}

/** Runs the action node, expects it to throw, and returns what n8n shows. */
export async function errorOf(parameters: INodeParameters, settings: RunSettings = {}): Promise<ShownError> {
	return await shownErrorOf(run(parameters, settings));
}

export type SearchMethod = keyof FreshBooks['methods']['listSearch'];

/** Fills a resource locator's list as the editor does. */
export async function searchList(
	method: SearchMethod,
	parameters: INodeParameters,
	filter?: string,
	paginationToken?: string,
	stored: StoredCredential = connectedCredential(),
): Promise<INodeListSearchResult> {
	const type = new FreshBooks();
	return await type.methods.listSearch[method].call(optionsContext(type, parameters, stored), filter, paginationToken);
}

export type OptionsMethod = keyof FreshBooks['methods']['loadOptions'];

/** Fills a multi-select list as the editor does. */
export async function optionsFor(method: OptionsMethod, parameters: INodeParameters): Promise<INodePropertyOptions[]> {
	const type = new FreshBooks();
	return await type.methods.loadOptions[method].call(optionsContext(type, parameters, connectedCredential()));
}

function optionsContext(type: INodeType, parameters: INodeParameters, stored: StoredCredential): LoadOptionsContext {
	const { node, workflow, additionalData } = sceneOf(type, parameters, stored);
	additionalData.currentNodeParameters = parameters;
	return new LoadOptionsContext(workflow, node, additionalData, '');
}

/** A PollContext for a trigger, and the workflow that has its static data. */
export function pollContext(type: INodeType, parameters: INodeParameters, staticData: IDataObject = {}, stored = connectedCredential(), mode: 'trigger' | 'manual' = 'trigger', extra: Partial<INode> = {}) {
	const { node, workflow, additionalData } = sceneOf(type, parameters, stored, extra, staticData);
	return { context: new PollContext(workflow, node, additionalData, mode, 'update'), workflow, node };
}

/** How to run a node with a webhook. */
export interface WebhookSettings {
	credential: StoredCredential;
	/** The fields of its other credentials, by type. */
	others: OtherCredentials;
	webhookId: string;
	nodeId: string;
	/** The workflow's static data; changed in place. */
	staticData: IDataObject;
}

/** The context in which n8n activates a node with webhooks. */
export function hookContext(type: INodeType, parameters: INodeParameters, { credential, others, webhookId, nodeId, staticData }: WebhookSettings): HookContext {
	const { node, workflow, additionalData } = sceneOf(type, parameters, credential, { webhookId, id: nodeId }, staticData, others);
	return new HookContext(workflow, node, additionalData, 'webhook', 'activate');
}

/** The context in which n8n runs a node for one HTTP request. `request` and `response` are the used parts of Express' objects. */
export function webhookContext(type: INodeType, parameters: INodeParameters, { credential, others, webhookId, nodeId, staticData }: WebhookSettings, request: object, response: object): WebhookContext {
	const { node, workflow, additionalData } = sceneOf(type, parameters, credential, { webhookId, id: nodeId }, staticData, others);
	Object.assign(additionalData, { httpRequest: request, httpResponse: response });
	const [webhookDescription] = type.description.webhooks ?? [];
	const webhook = { httpMethod: 'GET', node: node.name, path: '', webhookDescription, workflowId: 'workflow-1', workflowExecuteAdditionalData: additionalData } as IWebhookData;
	return new WebhookContext(workflow, node, additionalData, 'webhook', webhook, [], null);
}

/** A resource locator's value. */
export function locator(mode: 'list' | 'id' | 'email', value: string | number): INodeParameters {
	return { __rl: true, mode, value };
}
