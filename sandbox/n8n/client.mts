import { setTimeout as sleep } from 'node:timers/promises';
import { readExecution, type Execution, type StoredExecution } from './execution.mts';

/** The person who owns the n8n instance. */
export interface Owner {
	readonly email: string;
	readonly password: string;
	readonly firstName: string;
	readonly lastName: string;
}

/** A node of a workflow, as n8n stores it. */
export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, CredentialRef>;
	/** Of a node with webhooks: a part of their addresses. */
	webhookId?: string;
	[setting: string]: unknown;
}

/** A workflow as it is created or imported. */
export interface WorkflowDraft {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	pinData?: Record<string, Array<{ json: Record<string, unknown> }>>;
}

/** A workflow that n8n has stored. */
export interface Workflow extends WorkflowDraft {
	id: string;
	versionId: string;
	active: boolean;
}

/** How a node names its credential. */
export interface CredentialRef {
	id: string;
	name: string;
}

/** A stored credential. */
export interface Credential extends CredentialRef {
	type: string;
}

/** An execution as n8n lists it. */
export interface ExecutionSummary {
	id: string;
	status: string;
	mode: string;
	workflowId: string;
	/** Null for the failed poll of a trigger (n8n 2.40). */
	startedAt: string | null;
	stoppedAt?: string;
}

/** What a published workflow's trigger is: see `publish`. */
export type PublicationStatus = 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';

/** Gets the person's consent: opens the authorization URL and returns the callback URL. */
export type GiveConsent = (authorizeUrl: string) => Promise<string>;

/** An answer of n8n that is not a success. */
export class N8nRequestError extends Error {
	readonly status: number;
	readonly body: string;

	constructor(method: string, path: string, status: number, body: string) {
		super(`n8n answered ${status} to ${method} ${path}: ${body.slice(0, 500)}`);
		this.name = 'N8nRequestError';
		this.status = status;
		this.body = body;
	}
}

const POLL_EVERY_MS = 150;
const DATABASE_READY_WITHIN_MS = 30_000;
const RUNNING = new Set(['new', 'running', 'waiting', 'unknown']);

/** Whether an execution with this status is over. */
export function hasEnded(status: string): boolean {
	return !RUNNING.has(status);
}

/** n8n's REST API as its editor uses it, signed in as one person. */
export class N8nClient {
	readonly baseUrl: string;
	#cookie = '';

	constructor(baseUrl: string) {
		this.baseUrl = baseUrl;
	}

	/** The session cookie (`n8n-auth=...`), for a browser that should be signed in already. */
	get cookie(): string {
		return this.#cookie;
	}

	/** Sends one request to n8n and returns the answer's `data`. */
	async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const deadline = Date.now() + DATABASE_READY_WITHIN_MS;
		for (;;) {
			const response = await this.#send(method, path, body);
			const text = await response.text();
			if (response.ok) return (JSON.parse(text) as { data: T }).data;
			// A busy n8n answers this about its SQLite before it reads the request.
			const again = response.status === 503 && text.includes('Database is not ready') && Date.now() < deadline;
			if (!again) throw new N8nRequestError(method, path, response.status, text);
			await sleep(POLL_EVERY_MS);
		}
	}

	async #send(method: string, path: string, body: unknown): Promise<Response> {
		const response = await fetch(new URL(path, this.baseUrl), {
			method,
			headers: {
				cookie: this.#cookie,
				// A busy n8n may close a kept connection while the next request is being sent.
				connection: 'close',
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		for (const cookie of response.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.#cookie = cookie.split(';', 1)[0] ?? '';
		}
		return response;
	}

	/** Signs in; a fresh instance gets its owner first. */
	async signIn(owner: Owner): Promise<void> {
		const settings = await this.request<{ userManagement?: { showSetupOnFirstLoad?: boolean } }>(
			'GET',
			'/rest/settings',
		);
		if (settings.userManagement?.showSetupOnFirstLoad) {
			await this.request('POST', '/rest/owner/setup', owner);
			return;
		}
		await this.request('POST', '/rest/login', {
			emailOrLdapLoginId: owner.email,
			password: owner.password,
		});
	}

	/** Every credential of `type`. */
	async credentials(type: string): Promise<Credential[]> {
		const all = await this.request<Credential[]>('GET', '/rest/credentials');
		return all.filter((credential) => credential.type === type);
	}

	/** Creates a credential from its decrypted fields. */
	async createCredential(type: string, name: string, data: Record<string, unknown>): Promise<Credential> {
		return await this.request('POST', '/rest/credentials', { name, type, data });
	}

	/** Replaces the fields of a credential. */
	async updateCredential(credential: Credential, data: Record<string, unknown>): Promise<Credential> {
		const { id, name, type } = credential;
		return await this.request('PATCH', `/rest/credentials/${id}`, { name, type, data });
	}

	/** Connects an OAuth2 credential, as its Connect button does. */
	async connectOAuth2(credentialId: string, giveConsent: GiveConsent): Promise<void> {
		const authorizeUrl = await this.request<string>(
			'GET',
			`/rest/oauth2-credential/auth?id=${credentialId}`,
		);
		const callback = await fetch(await giveConsent(authorizeUrl), { headers: { cookie: this.#cookie } });
		const page = await callback.text();
		// n8n answers 200 in every case; only the text of the page says whether it worked.
		if (!/Connection successful/i.test(page)) {
			throw new Error(`n8n did not connect the credential: ${textOf(page).slice(0, 400)}`);
		}
	}

	/** Creates a workflow. */
	async createWorkflow(draft: WorkflowDraft): Promise<Workflow> {
		return await this.request('POST', '/rest/workflows', { settings: {}, ...draft });
	}

	/** The workflow as stored. */
	async workflow(id: string): Promise<Workflow> {
		return await this.request('GET', `/rest/workflows/${id}`);
	}

	/** Every workflow's id and name. */
	async workflows(): Promise<Array<{ id: string; name: string; active: boolean }>> {
		return await this.request('GET', '/rest/workflows?skip=0&take=100');
	}

	/** Saves a new draft of a workflow; the published version stays as it is until the workflow is published again. */
	async updateWorkflow(id: string, draft: Partial<WorkflowDraft>): Promise<Workflow> {
		const { versionId } = await this.workflow(id);
		return await this.request('PATCH', `/rest/workflows/${id}`, { ...draft, versionId });
	}

	/** Publishes the current draft and waits until its triggers run, or failed to. */
	async publish(id: string, timeoutMs = 90_000): Promise<PublicationStatus> {
		const { versionId } = await this.workflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
		const deadline = Date.now() + timeoutMs;
		let status = await this.publicationStatus(id);
		// Not published yet: on PostgreSQL n8n answers before the change is visible.
		while ((status === 'in_progress' || status === 'not_published') && Date.now() < deadline) {
			await sleep(POLL_EVERY_MS);
			status = await this.publicationStatus(id);
		}
		return status;
	}

	/** Whether a published workflow's triggers run. */
	async publicationStatus(id: string): Promise<PublicationStatus> {
		const answer = await this.request<{ status: PublicationStatus }>(
			'GET',
			`/rest/workflows/${id}/publication-status`,
		);
		return answer.status;
	}

	/** Deactivates a workflow's triggers. */
	async unpublish(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	/** Runs a workflow by hand from its trigger, waits for its end and reads the output of every node. */
	async run(id: string, trigger: string, options: RunOptions = {}): Promise<Execution> {
		const { destination, timeoutMs = 60_000 } = options;
		const { executionId } = await this.request<{ executionId: string }>(
			'POST',
			`/rest/workflows/${id}/run`,
			{
				triggerToStartFrom: { name: trigger },
				...(destination && { destinationNode: { nodeName: destination, mode: 'inclusive' } }),
			},
		);
		return await this.finished(executionId, timeoutMs);
	}

	/** Waits for an execution's end and reads it. */
	async finished(executionId: string, timeoutMs = 60_000): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const stored = await this.request<StoredExecution>('GET', `/rest/executions/${executionId}`);
			if (hasEnded(stored.status)) return readExecution(stored);
			if (Date.now() > deadline) {
				throw new Error(`Execution ${executionId} was still ${stored.status} after ${timeoutMs} ms.`);
			}
			await sleep(POLL_EVERY_MS);
		}
	}

	/** The executions of a workflow, oldest first. */
	async executions(workflowId: string, limit = 100): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.request<{ results: ExecutionSummary[] }>(
			'GET',
			`/rest/executions?filter=${filter}&limit=${limit}`,
		);
		return results.sort((a, b) => Number(a.id) - Number(b.id));
	}
}

/** Options of a manual run. */
export interface RunOptions {
	/** Stop after this node. */
	readonly destination?: string;
	readonly timeoutMs?: number;
}

function textOf(page: string): string {
	return page
		.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
}
