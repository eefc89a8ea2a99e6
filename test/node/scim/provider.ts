import type { IDataObject, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

import { SCIM_USER } from '../../../nodes/FreshBooks/people/scimUser';
import { FreshBooksScimTrigger } from '../../../nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node';
import { passTime } from '../../harness/clock';
import { SHOWN } from '../../harness/scim';
import { keyOf } from '../people/evidence';
import { addressOf, businessIdOf, SECRETS, type Alias } from '../people/plan';
import type { World } from '../people/world';

/** An identity provider that asks the SCIM trigger in a world of test/node/people: n8n is a fake with only what the node uses. */

/** One request about a person, who is meant by the ID of an address. */
export interface RequestPlan {
	kind: 'create' | 'createInactive' | 'deactivate' | 'reactivate' | 'changeRole' | 'rename' | 'delete' | 'get';
	human: number;
	alias: Alias;
	dialect: 'okta' | 'entra';
	role: string;
	/** Which of n8n's processes answers. */
	process: number;
	/** The process is killed after the request: nothing that it remembers is saved. */
	isKilled: boolean;
	/** Milliseconds since the one before. */
	after: number;
}

export interface Ended {
	plan: RequestPlan;
	address: string;
	status: number;
	headers: Record<string, string>;
	body: IDataObject;
	item: IDataObject | undefined;
	/** Of the requests to FreshBooks: those from the first to before the second are of this one. */
	sent: [number, number];
	startedAt: number;
	endedAt: number;
}

export interface Options {
	role?: string;
	options?: IDataObject;
}

const patch = (...Operations: IDataObject[]): IDataObject => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
const idOf = (key: string): string => Buffer.from(key).toString('base64url');

/** What a provider sends. */
export function requestOf({ kind, dialect, role, human }: RequestPlan, address: string): { method: string; body?: IDataObject } {
	const user = (more: IDataObject): IDataObject => ({ schemas: [SCIM_USER], userName: address, externalId: `00u${human}`, ...more });
	const isOkta = dialect === 'okta';
	const active = (value: boolean): IDataObject => (isOkta ? { op: 'replace', value: { active: value } } : { op: 'Replace', path: 'active', value: value ? 'True' : 'False' });
	switch (kind) {
		case 'create':
			return { method: 'POST', body: user({ active: true, roles: [{ value: role, primary: true }] }) };
		case 'createInactive':
			return { method: 'POST', body: user({ active: false }) };
		case 'deactivate':
			return isOkta ? { method: 'PUT', body: user({ active: false, name: { givenName: 'A' } }) } : { method: 'PATCH', body: patch(active(false), { op: 'Add', path: 'nonsense[', value: 1 }) };
		case 'reactivate':
			return isOkta ? { method: 'PUT', body: user({ active: true }) } : { method: 'PATCH', body: patch(active(true)) };
		case 'changeRole':
			return { method: 'PATCH', body: patch({ op: isOkta ? 'replace' : 'Add', path: 'roles', value: [{ value: role }] }) };
		case 'rename':
			return { method: 'PATCH', body: patch({ op: 'Replace', path: 'userName', value: `renamed${human}@example.com` }) };
		case 'delete':
			return { method: 'DELETE' };
		case 'get':
			return { method: 'GET' };
	}
}

let worlds = 0;

/** A trigger in a world, in as many processes as are asked for. */
export class Provider {
	private readonly type = new FreshBooksScimTrigger();
	private readonly id = `scim-world-${++worlds}`;
	private staticData: IDataObject = {};
	private readonly killed = new Map<number, number>();
	readonly shown: string[] = [];

	constructor(
		private readonly world: World,
		private readonly parameters: Options = {},
	) {}

	/** Sends one request as planned. */
	async send(plan: RequestPlan): Promise<Ended> {
		const address = addressOf(plan.human, plan.alias);
		const { method, body } = requestOf(plan, address);
		return await this.ask(plan, address, method, body);
	}

	async ask(plan: RequestPlan, address: string, method: string, body?: IDataObject): Promise<Ended> {
		const { process, isKilled, after } = plan;
		passTime(after);
		const [from, startedAt] = [this.world.sent.length, Date.now()];
		const staticData = structuredClone(this.staticData);
		const answered = { status: 0, headers: {} as Record<string, string>, text: '' };
		const node = `node-${this.id}-${process}-${this.killed.get(process) ?? 0}`;
		const params = { collection: 'Users', ...(method !== 'POST' && { id: idOf(keyOf(address)) }) };
		const { workflowData } = await this.type.webhook.call(this.context(node, staticData, { method, params, body }, answered));
		if (isKilled) this.killed.set(process, (this.killed.get(process) ?? 0) + 1);
		else this.staticData = staticData;
		const item = workflowData?.[0]?.[0].json;
		this.shown.push(answered.text, JSON.stringify(item ?? null));
		return {
			plan, address, status: answered.status, headers: answered.headers, body: (answered.text === '' ? {} : JSON.parse(answered.text)) as IDataObject,
			item: isKilled ? undefined : item, sent: [from, this.world.sent.length], startedAt, endedAt: Date.now(),
		};
	}

	private context(node: string, staticData: IDataObject, request: { method: string; params: IDataObject; body?: IDataObject }, answered: { status: number; headers: Record<string, string>; text: string }): IWebhookFunctions {
		const [accessToken, refreshToken, clientSecret] = SECRETS;
		const locator = (value: string): IDataObject => ({ __rl: true, mode: 'id', value });
		const { role = 'business_employee', options = {} } = this.parameters;
		const parameters: IDataObject = { business: locator(String(businessIdOf(0))), path: 'scim/v2', role: locator(role), options };
		const response = {
			status: (code: number) => ((answered.status = code), response),
			set: (name: string, value: string) => ((answered.headers[name] = value), response),
			send: (text: string) => ((answered.text = text), response),
			end: () => response,
		};
		const note = (text: unknown, more?: unknown): void => void this.shown.push(JSON.stringify([text, more]));
		const context = {
			getNode: () => ({ id: node, name: 'SCIM', type: 'x', typeVersion: 1, position: [0, 0], parameters: {}, credentials: { freshBooksOAuth2Api: { id: node, name: 'FreshBooks' } } }),
			getWorkflow: () => ({ id: this.id }),
			getWorkflowStaticData: () => staticData,
			getNodeParameter: (name: string, fallback?: unknown) => structuredClone(parameters[name] ?? fallback),
			getNodeWebhookUrl: () => 'https://n8n.example.com/webhook/x/scim/v2',
			getCredentials: async (type: string) => (type === 'freshBooksScimApi' ? { token: SHOWN } : { environment: 'production', access: 'manage', clientSecret, oauthTokenData: { access_token: accessToken, refresh_token: refreshToken } }),
			getRequestObject: () => ({ method: request.method, rawBody: request.body && Buffer.from(JSON.stringify(request.body)) }),
			getParamsData: () => request.params,
			getHeaderData: () => ({ authorization: `Bearer ${SHOWN}`, 'content-type': 'application/scim+json' }),
			getQueryData: () => ({}),
			getResponseObject: () => response,
			logger: { debug: note, info: note, warn: note, error: note },
			helpers: { httpRequestWithAuthentication: async (_type: string, options_: IHttpRequestOptions) => await this.world.answer(0, options_) },
		};
		return context as unknown as IWebhookFunctions;
	}
}
