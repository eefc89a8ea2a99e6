import { randomUUID } from 'node:crypto';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { FreshBooksScimTrigger } from '../../nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node';
import { connectedCredential, hookContext, locator, webhookContext, type StoredCredential, type WebhookSettings } from './context';

/** Runs the SCIM trigger on n8n-core's contexts, with the requests of an identity provider. */

/** The identity provider's token. */
export const SHOWN = '0123456789abcdef0123456789abcdef';
const WEBHOOK_ID = '2f1c7f0e-6f0c-4d4e-9a53-0d6f5e0c4a11';
export const BASE_URL = `http://localhost/webhook/${WEBHOOK_ID}/scim/v2`;

/** One request. Default: a GET with the right token. */
export interface Asked {
	method?: string;
	query?: IDataObject;
	headers?: Record<string, string>;
	body?: string | Uint8Array;
}

export interface Answered {
	status: number;
	headers: Record<string, string>;
	/** The parsed JSON; undefined for an empty response. */
	body: IDataObject;
	/** The items of the started execution; undefined if none was started. */
	items: IDataObject[] | undefined;
}

export class TestScimTrigger {
	private readonly type = new FreshBooksScimTrigger();

	private readonly parameters: INodeParameters;

	constructor(
		readonly credential: StoredCredential = connectedCredential(),
		parameters: INodeParameters = {},
		/** The SCIM credential; null if there is none. */
		private readonly scimToken: string | null = SHOWN,
		/** Triggers with the same state are one trigger, in several processes or after a restart. */
		private readonly nodeId: string = randomUUID(),
		/** The workflow's static data, saved after each response. */
		readonly staticData: IDataObject = {},
	) {
		this.parameters = { business: locator('id', '789'), path: 'scim/v2', role: locator('list', 'business_employee'), options: {}, ...parameters };
	}

	private get settings(): WebhookSettings {
		return { credential: this.credential, others: this.scimToken === null ? {} : { freshBooksScimApi: { token: this.scimToken } }, webhookId: WEBHOOK_ID, nodeId: this.nodeId, staticData: this.staticData };
	}

	/** Runs the node's part of publishing the workflow. */
	async publish(): Promise<boolean> {
		return await this.type.webhookMethods.default.checkExists.call(hookContext(this.type, this.parameters, this.settings));
	}

	/** Sends a request to a path below the base URL, such as `Users/abc`; `''` is the base URL itself. */
	async ask(address: string, asked: Asked = {}): Promise<Answered> {
		const [collection, id] = address === '' ? [] : address.split('/');
		return await this.askFor(collection, id, asked);
	}

	/** The same with the two path segments decoded, as n8n passes them. */
	async askFor(collection: string | undefined, id: string | undefined, { method = 'GET', query = {}, headers = {}, body }: Asked): Promise<Answered> {
		const params = { ...(collection !== undefined && { [`collection-${WEBHOOK_ID}`]: collection }), ...(id !== undefined && { [`id-${WEBHOOK_ID}`]: id }) };
		const request = { method, params, query, headers: { authorization: `Bearer ${SHOWN}`, ...headers }, body: {}, rawBody: typeof body === 'string' ? Buffer.from(body) : body };
		const sent = { status: 0, headers: {} as Record<string, string>, text: undefined as string | undefined };
		const response = {
			status: (code: number) => ((sent.status = code), response),
			set: (name: string, value: string) => ((sent.headers[name] = value), response),
			send: (text: string) => ((sent.text = text), response),
			end: () => response,
		};
		const context = webhookContext(this.type, this.parameters, this.settings, request, response);
		const { noWebhookResponse, workflowData } = await this.type.webhook.call(context);
		Object.assign(this.staticData, JSON.parse(JSON.stringify(context.workflow.staticData)));
		if (!noWebhookResponse) throw new Error('The node lets n8n answer.');
		return { status: sent.status, headers: sent.headers, body: (sent.text === undefined ? undefined : JSON.parse(sent.text)) as IDataObject, items: workflowData?.[0]?.map(({ json }) => json) };
	}
}
