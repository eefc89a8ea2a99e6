import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TYPES, type Credential, type WorkflowDraft } from '../../../sandbox/n8n/index.mts';
import { BILLSPRING, locator, type Json, type World } from '../support.mts';

/** The SCIM trigger on a real n8n, and an identity provider that sends it HTTP requests. */

/** The result of a request. */
export interface ScimAnswer {
	readonly status: number;
	readonly headers: Headers;
	/** The parsed body; undefined for an empty one. */
	readonly body: Json;
	readonly tookMs: number;
}

interface Asked {
	readonly method?: string;
	readonly body?: unknown;
	readonly contentType?: string;
	/** Undefined: no such header. */
	readonly authorization?: string | undefined;
	readonly headers?: Record<string, string>;
}

/** As Okta does. */
const HANGS_UP_AFTER_MS = 60_000;

/** Sends an identity provider's requests to a published SCIM trigger. */
export class Provider {
	readonly workflowId: string;
	readonly baseUrl: string;
	/** Its token. */
	readonly token: string;

	constructor(workflowId: string, baseUrl: string, token: string) {
		this.workflowId = workflowId;
		this.baseUrl = baseUrl;
		this.token = token;
	}

	get authorization(): string {
		return `Bearer ${this.token}`;
	}

	/** Sends a request to a URL below the base URL, such as `/Users?count=1`. */
	async ask(address: string, asked: Asked = {}): Promise<ScimAnswer> {
		const { method = 'GET', body, contentType = 'application/scim+json', headers = {} } = asked;
		const authorization = 'authorization' in asked ? asked.authorization : this.authorization;
		const began = performance.now();
		const response = await fetch(`${this.baseUrl}${address}`, {
			method,
			headers: {
				...(authorization !== undefined && { authorization }),
				...(body !== undefined && { 'content-type': contentType }),
				...headers,
			},
			body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
			signal: AbortSignal.timeout(HANGS_UP_AFTER_MS),
		});
		const text = await response.text();
		const parsed = (text === '' ? undefined : JSON.parse(text)) as Json;
		return { status: response.status, headers: response.headers, body: parsed, tookMs: performance.now() - began };
	}
}

/** 64 hexadecimal digits. */
export function newToken(): string {
	return `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
}

/** A workflow with only a SCIM trigger. */
export async function scimWorkflow({ n8n, credential }: Pick<World, 'n8n' | 'credential'>, token: string, parameters: Json = {}, webhookId: string = randomUUID()): Promise<WorkflowDraft> {
	const scim = await n8n.client.createCredential(TYPES.scimCredential, `SCIM ${webhookId}`, { token });
	return {
		name: `SCIM ${webhookId}`,
		nodes: [
			{
				id: randomUUID(),
				name: 'FreshBooks SCIM Trigger',
				type: TYPES.scimTrigger,
				typeVersion: 1,
				position: [0, 0],
				webhookId,
				parameters: { business: locator('id', BILLSPRING), path: 'scim/v2', ...parameters },
				credentials: {
					[TYPES.credential]: { id: credential.id, name: credential.name },
					[TYPES.scimCredential]: { id: scim.id, name: scim.name },
				},
			},
		],
		connections: {},
	};
}

/** Publishes a SCIM trigger, and returns its identity provider. */
export async function publishScim({ n8n, credential: usual }: World, parameters: Json = {}, credential: Credential = usual): Promise<Provider> {
	const token = newToken();
	const webhookId = randomUUID();
	const { client, url } = n8n;
	const { id } = await client.createWorkflow(await scimWorkflow({ n8n, credential }, token, parameters, webhookId));
	const status = await client.publish(id);
	if (status !== 'published') throw new Error(`The SCIM trigger could not be published: ${status}.`);
	return new Provider(id, `${url}/webhook/${webhookId}/${String(parameters['path'] ?? 'scim/v2')}`, token);
}

/** The number of executions of the workflow, after a moment for one to start. */
export async function executionsOf(world: World, { workflowId }: Provider): Promise<number> {
	await sleep(500);
	return (await world.n8n.client.executions(workflowId)).length;
}

/** The items that started the workflow's first `count` executions, oldest first. Waits for them. */
export async function itemsOf({ n8n }: World, { workflowId }: Provider, count: number): Promise<Json[]> {
	for (let tries = 0; tries < 100; tries++) {
		const executions = await n8n.client.executions(workflowId);
		if (executions.length >= count) {
			const ended = await Promise.all(executions.slice(0, count).map(async ({ id }) => await n8n.client.finished(id)));
			return ended.flatMap((execution) => execution.items('FreshBooks SCIM Trigger'));
		}
		await sleep(100);
	}
	throw new Error(`The workflow was not started ${count} times.`);
}
