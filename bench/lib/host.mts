// Nodes on n8n-core's own contexts, with n8n's complete request stack; only the credential store is replaced.
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Core from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	INodeTypes,
	IWebhookData,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import type * as WorkflowPackage from 'n8n-workflow';
import { BUSINESS } from './control.mts';
import type { SandboxAddress, Stage } from './stage.mts';

const CREDENTIAL = 'freshBooksOAuth2Api';
const SCIM_CREDENTIAL = 'freshBooksScimApi';
/** The token that the identity provider sends. */
const SHOWN = '0123456789abcdef'.repeat(2);
const WEBHOOK_ID = 'webhook-1';
const HTTP_REQUEST_VERSION = 4.4;
const TRIGGER_PARAMETERS: INodeParameters = {
	businesses: 'all',
	events: ['memberAdded', 'memberRemoved', 'memberDeactivated', 'memberReactivated', 'roleChanged'],
	source: 'teamMembers',
	options: {},
};

/** The business as the node's resource locator holds it. */
export const THE_BUSINESS = { __rl: true, mode: 'id', value: String(BUSINESS) };

const SCIM_PARAMETERS: INodeParameters = { business: THE_BUSINESS, path: 'scim/v2', role: { __rl: true, mode: 'id', value: 'business_employee' }, options: {} };

interface RunSettings {
	items?: IDataObject[];
	continueOnFail?: boolean;
	/** The node to run, by default the FreshBooks node. */
	rival?: Rival;
}

interface PollSettings {
	/** The time limit of a poll; n8n's default is 300 s. */
	budgetMs?: number | undefined;
	parameters?: INodeParameters;
	/** The trigger keeps its state by the node's name: scenes that must not share it use different names. */
	nodeName?: string;
}

/** Another node for comparison, with n8n's name of its type. */
export interface Rival {
	type: INodeType;
	name: string;
	version: number;
}

/** A list of users as the SCIM trigger answers it. */
interface ScimList {
	totalResults: number;
	Resources: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

interface ScimAsked {
	method?: string;
	id?: string;
	query?: Record<string, string>;
	body?: unknown;
}

interface ScimAnswered {
	status: number;
	/** Parsed; undefined for an empty answer. */
	body: unknown;
	/** The items that start the workflow. */
	items: IDataObject[];
}

/** One published SCIM trigger. */
export interface ScimService {
	/** Sends a request to an address below the base URL, such as `Users`. */
	ask(collection: string, asked?: ScimAsked): Promise<ScimAnswered>;
	/** Requests a list; throws for any status except 200. */
	list(collection: string, query: Record<string, string>): Promise<ScimList>;
}

let credentialCount = 0;

/** n8n-core, the packed package's nodes, and n8n's own HTTP Request node where it is installed. */
export class Host {
	readonly freshBooks: INodeType;

	readonly trigger: INodeType;

	private readonly scimTrigger: INodeType;

	private readonly core: typeof Core;

	private readonly workflowPackage: typeof WorkflowPackage;

	private readonly requireFromN8n: NodeJS.Require;

	private readonly requireFromPackage: NodeJS.Require;

	private readonly stage: Stage;

	constructor(stage: Stage) {
		this.stage = stage;
		this.requireFromN8n = createRequire(path.join(stage.n8nHome, 'package.json'));
		this.requireFromPackage = createRequire(path.join(stage.packageFolder, 'package.json'));
		this.requireFromN8n('reflect-metadata');
		this.core = this.requireFromN8n('n8n-core') as typeof Core;
		this.workflowPackage = this.requireFromN8n('n8n-workflow') as typeof WorkflowPackage;
		const { FreshBooks, FreshBooksTrigger, FreshBooksScimTrigger } = this.requireFromPackage(stage.packageFolder) as Record<string, new () => INodeType>;
		if (!FreshBooks || !FreshBooksTrigger || !FreshBooksScimTrigger) throw new Error('The package does not export its nodes.');
		this.freshBooks = new FreshBooks();
		this.trigger = new FreshBooksTrigger();
		this.scimTrigger = new FreshBooksScimTrigger();
	}

	/** A module of the packed package, by its path below `dist`. */
	part<Module>(file: string): Module {
		return this.requireFromPackage(path.join(this.stage.packageFolder, 'dist', file)) as Module;
	}

	/** n8n's own HTTP Request node; undefined where n8n is not installed. */
	httpRequestNode(): Rival | undefined {
		if (!this.stage.hasHttpRequestNode) return undefined;
		const { HttpRequest } = this.requireFromN8n('n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js') as {
			HttpRequest: new () => { getNodeType(version: number): INodeType };
		};
		return { type: new HttpRequest().getNodeType(HTTP_REQUEST_VERSION), name: 'n8n-nodes-base.httpRequest', version: HTTP_REQUEST_VERSION };
	}

	/** Runs a node as n8n does and returns the items of its first output. */
	async run(parameters: INodeParameters, sandbox: SandboxAddress, settings: RunSettings = {}): Promise<INodeExecutionData[]> {
		return (await this.outputs(parameters, sandbox, settings))[0] ?? [];
	}

	/**
	 * Runs a node as n8n does and returns the items of all its outputs. Every run has a credential of its own and so a fresh
	 * request budget, as the first run after n8n's start has.
	 */
	async outputs(parameters: INodeParameters, sandbox: SandboxAddress, settings: RunSettings = {}): Promise<INodeExecutionData[][]> {
		const { items = [{}], continueOnFail = false, rival } = settings;
		const type = rival?.type ?? this.freshBooks;
		const { node, workflow, additionalData } = this.sceneOf(type, parameters, sandbox, {});
		if (rival) Object.assign(node, { type: rival.name, typeVersion: rival.version });
		if (continueOnFail) node.onError = 'continueRegularOutput';
		const input: INodeExecutionData[] = items.map((json) => ({ json }));
		const inputData = { main: [input] };
		const runData = this.workflowPackage.createRunExecutionData({});
		const executeData = { node, data: inputData, source: null };
		const context = new this.core.ExecuteContext(workflow, node, additionalData, 'manual', runData, 0, input, inputData, executeData, []);
		return (await type.execute?.call(context)) as INodeExecutionData[][];
	}

	/** A context to poll in, over static data that lasts between contexts. */
	pollContext(sandbox: SandboxAddress, staticData: IDataObject, settings: PollSettings = {}): InstanceType<typeof Core.PollContext> {
		const { budgetMs = 300_000, parameters = TRIGGER_PARAMETERS, nodeName } = settings;
		const { node, workflow, additionalData } = this.sceneOf(this.trigger, parameters, sandbox, staticData);
		if (nodeName !== undefined) Object.assign(node, { id: nodeName, name: nodeName });
		const context = new this.core.PollContext(workflow, node, additionalData, 'trigger', 'update');
		return Object.assign(context, { getPollBudgetMs: () => budgetMs });
	}

	/** Polls once and returns how many items were emitted; throws when they are more than `most`. */
	async poll(sandbox: SandboxAddress, staticData: IDataObject, most = 0): Promise<number> {
		const output = await this.trigger.poll?.call(this.pollContext(sandbox, staticData));
		const emitted = output?.[0]?.length ?? 0;
		if (emitted > most) throw new Error(`A poll over ${most} changes emitted ${emitted} items.`);
		return emitted;
	}

	/** A SCIM trigger of its own, with a credential of its own. */
	scimService(sandbox: SandboxAddress, parameters: INodeParameters = {}): ScimService {
		const { node, workflow, additionalData } = this.sceneOf(this.scimTrigger, { ...SCIM_PARAMETERS, ...parameters }, sandbox, {});
		Object.assign(node, { webhookId: WEBHOOK_ID, credentials: { ...node.credentials, [SCIM_CREDENTIAL]: { id: 'scim', name: 'SCIM' } } });
		const [webhookDescription] = this.scimTrigger.description.webhooks ?? [];
		const ask = async (collection: string, { method = 'GET', id, query = {}, body }: ScimAsked = {}): Promise<ScimAnswered> => {
			const answered = { status: 0, text: '' };
			const response = {
				status: (code: number) => ((answered.status = code), response),
				set: () => response,
				send: (text: string) => ((answered.text = text), response),
				end: () => response,
			};
			const params = { [`collection-${WEBHOOK_ID}`]: collection, ...(id !== undefined && { [`id-${WEBHOOK_ID}`]: id }) };
			const headers = { authorization: `Bearer ${SHOWN}`, 'content-type': 'application/scim+json', 'user-agent': 'Okta SCIM Client 1.0.0' };
			const httpRequest = { method, params, query, headers, body: {}, rawBody: Buffer.from(JSON.stringify(body) ?? '') };
			const own = { ...additionalData, httpRequest, httpResponse: response } as unknown as IWorkflowExecuteAdditionalData;
			const webhook = { httpMethod: 'GET', node: node.name, path: '', webhookDescription, workflowId: 'workflow-1', workflowExecuteAdditionalData: own } as IWebhookData;
			const output = await this.scimTrigger.webhook?.call(new this.core.WebhookContext(workflow, node, own, 'webhook', webhook, [], null));
			const items = (output?.workflowData?.[0] ?? []).map(({ json }) => json);
			return { status: answered.status, body: answered.text === '' ? undefined : JSON.parse(answered.text), items };
		};
		return {
			ask,
			list: async (collection, query) => {
				const { status, body } = await ask(collection, { query });
				if (status !== 200) throw new Error(`The SCIM trigger answered ${status}: ${JSON.stringify(body)}`);
				return body as ScimList;
			},
		};
	}

	private sceneOf(type: INodeType, parameters: INodeParameters, sandbox: SandboxAddress, staticData: IDataObject): Scene {
		const node: INode = {
			id: 'node-1',
			name: 'FreshBooks',
			type: 'n8n-nodes-freshbooks.bench',
			typeVersion: 1,
			position: [0, 0],
			parameters,
			credentials: { [CREDENTIAL]: { id: `credential-${++credentialCount}`, name: 'FreshBooks' } },
		};
		const nodeTypes = { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) } as unknown as INodeTypes;
		const workflow = new this.workflowPackage.Workflow({
			id: 'workflow-1', nodes: [node], connections: {}, active: true, nodeTypes, staticData,
		});
		return { node, workflow, additionalData: additionalDataFor(sandbox) };
	}
}

interface Scene {
	node: INode;
	workflow: Workflow;
	additionalData: IWorkflowExecuteAdditionalData;
}

function additionalDataFor(sandbox: SandboxAddress): IWorkflowExecuteAdditionalData {
	return {
		credentialsHelper: credentialsHelperFor(sandbox),
		executionId: 'execution-1',
		webhookBaseUrl: 'http://localhost/webhook',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost',
		variables: {},
		userId: 'user-1',
	} as unknown as IWorkflowExecuteAdditionalData;
}

function credentialsHelperFor({ url, token }: SandboxAddress): ICredentialsHelper {
	const data: ICredentialDataDecryptedObject = {
		grantType: 'authorizationCode',
		clientId: 'client-id',
		clientSecret: 'client-password',
		access: 'manage',
		environment: 'custom',
		apiBaseUrl: url,
		authBaseUrl: url,
		authUrl: `${url}/oauth/authorize`,
		accessTokenUrl: `${url}/auth/oauth/token`,
		scope: 'admin:all:legacy',
		authQueryParameters: '',
		authentication: 'body',
		oauthTokenData: { access_token: token, refresh_token: 'unused', token_type: 'Bearer' },
	};
	return {
		getParentTypes: () => ['oAuth2Api'],
		getDecrypted: async (_data: unknown, _credentials: unknown, type: string) => (type === SCIM_CREDENTIAL ? { token: SHOWN } : structuredClone(data)),
		getCredentialsProperties: () => [],
		isCredentialUsableByNode: async () => true,
		authenticate: async (_credentials: unknown, _type: unknown, options: unknown) => options,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		updateCredentials: async () => undefined,
		updateCredentialsOauthTokenData: async () => undefined,
	} as unknown as ICredentialsHelper;
}
