import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/freshbooks/server.mts';
import {
	connectCredential,
	packPackage,
	RUNS,
	startN8n,
	TYPES,
	type Credential,
	type Execution,
	type ExecutionError,
	type N8n,
	type WorkflowDraft,
	type WorkflowNode,
} from '../../sandbox/n8n/index.mts';

export type Json = Record<string, unknown>;

export const TRIGGER = 'Start';
export const NODE = 'FreshBooks';

/** The sandbox's default people that the suites use. */
export const BILLSPRING = 6806492;
export const BILLSPRING_ACCOUNT = 'zDmNq';
export const HARBOUR = 311394;
export const LANTERN = 530277;
export const QUARRY = 884410;

/** The result of a run of the FreshBooks node. */
export interface Outcome {
	readonly execution: Execution;
	readonly status: string;
	readonly items: Json[];
	readonly pairedItems: unknown[];
	readonly error: ExecutionError | undefined;
}

/** A person of a business in the sandbox. */
export interface SandboxMember {
	readonly email: string;
	readonly role: string;
}

/** An invitation in the sandbox. */
export interface SandboxInvitation {
	readonly id: number;
	readonly email: string;
	readonly status: string;
}

interface RunOptions {
	/** The input items; one empty item unless given. */
	readonly input?: Json[];
	/** Settings of the node itself, such as `onError`. */
	readonly settings?: Partial<WorkflowNode>;
	/** Replaces the world's credential. */
	readonly credential?: Credential;
	readonly timeoutMs?: number;
}

/** A resource locator's value. */
export function locator(mode: 'id' | 'email' | 'list', value: string | number): Json {
	return { __rl: true, mode, value: String(value) };
}

/** A real n8n with the packed package, connected to a FreshBooks sandbox. */
export class World {
	readonly n8n: N8n;
	readonly sandbox: Sandbox;
	readonly credential: Credential;

	constructor(n8n: N8n, sandbox: Sandbox, credential: Credential) {
		this.n8n = n8n;
		this.sandbox = sandbox;
		this.credential = credential;
	}

	/** Sends one request to the sandbox's control API. */
	async control<T = Json>(method: string, route: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.sandbox.url}/sandbox${route}`, {
			method,
			headers: body === undefined ? {} : { 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${method} ${route}: ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	}

	/** A workflow with a manual trigger and one FreshBooks node. */
	workflowOf(parameters: Json, options: RunOptions = {}): WorkflowDraft {
		const { input = [{}], settings = {}, credential = this.credential } = options;
		const node: WorkflowNode = {
			name: NODE,
			type: TYPES.action,
			typeVersion: 1,
			position: [220, 0],
			parameters,
			credentials: { [TYPES.credential]: { id: credential.id, name: credential.name } },
			...settings,
		};
		const trigger = {
			name: TRIGGER,
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		} satisfies WorkflowNode;
		return {
			name: `${String(parameters['resource'])} ${String(parameters['operation'])}`,
			nodes: [trigger, node],
			connections: { [TRIGGER]: { main: [[{ node: NODE, type: 'main', index: 0 }]] } },
			pinData: { [TRIGGER]: input.map((json) => ({ json })) },
		};
	}

	/** Runs the FreshBooks node once, in a new workflow, on the real n8n. */
	async run(parameters: Json, options: RunOptions = {}): Promise<Outcome> {
		const { client } = this.n8n;
		const workflow = await client.createWorkflow(this.workflowOf(parameters, options));
		const execution = await client.run(workflow.id, TRIGGER, { timeoutMs: options.timeoutMs });
		const last = execution.runData[NODE]?.at(-1);
		return {
			execution,
			status: execution.status,
			items: execution.items(NODE),
			pairedItems: (last?.data?.main?.[0] ?? []).map((item) => item.pairedItem),
			error: last?.error ?? execution.error,
		};
	}

	/** Runs the node and returns its items. Throws the shown text if the execution fails. */
	async items(parameters: Json, options: RunOptions = {}): Promise<Json[]> {
		const { status, items, error } = await this.run(parameters, options);
		if (status === 'success') return items;
		throw new Error(`The execution ended with ${status}: ${error?.message} | ${error?.description ?? ''}`);
	}

	/** Another connected credential for the same sandbox. */
	async connect(name: string, data: Record<string, string> = {}): Promise<Credential> {
		return await connectCredential(this.n8n.client, this.sandbox, { name, data });
	}

	/** The sandbox's requests since `clearRequests`. */
	async requests(): Promise<Array<{ method: string; path: string; query: string; status: number | null; body: unknown }>> {
		const answer = await this.control<unknown>('GET', '/requests');
		const list = Array.isArray(answer) ? answer : (answer as { requests: unknown }).requests;
		return list as Array<{ method: string; path: string; query: string; status: number | null; body: unknown }>;
	}

	async clearRequests(): Promise<void> {
		await this.control('DELETE', '/requests');
	}

	/** A person of a business; undefined if they are not in it. */
	async memberOf(email: string, business = BILLSPRING): Promise<SandboxMember | undefined> {
		const { members } = await this.#peopleOf(business);
		return members.find((member) => member.email === email);
	}

	/** All invitations of an address, whatever their status. */
	async invitationsOf(email: string, business = BILLSPRING): Promise<SandboxInvitation[]> {
		const { invitations } = await this.#peopleOf(business);
		return invitations.filter((invitation) => invitation.email === email);
	}

	async pendingOf(email: string, business = BILLSPRING): Promise<SandboxInvitation[]> {
		return (await this.invitationsOf(email, business)).filter(({ status }) => status === 'pending');
	}

	async #peopleOf(business: number): Promise<{ members: SandboxMember[]; invitations: SandboxInvitation[] }> {
		return await this.control('GET', `/businesses/${business}`);
	}

	/** The API's changes since the last reset or seed. */
	async changes(): Promise<string[]> {
		const history = await this.control<Array<{ kind: string; by: string }>>('GET', '/history');
		return history.filter(({ by }) => by === 'api').map(({ kind }) => kind);
	}

	/** Restores the default people and removes all faults. */
	async reset(): Promise<void> {
		await this.control('POST', '/reset', {});
	}

	/** Removes the business whose people the connected user may not list, because with it no operation on all businesses is complete. */
	async withoutQuarry(): Promise<void> {
		await this.control('DELETE', `/businesses/${QUARRY}`);
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await this.sandbox.close();
	}
}

interface WorldOptions {
	readonly sandbox?: SandboxOptions;
	readonly env?: Record<string, string>;
	/** Changed fields of the credential. */
	readonly credential?: Record<string, string>;
}

/** Starts a new n8n with the packed package, in `.cache/runs/node_modules/<name>`. */
export async function startFreshN8n(name: string, env: Record<string, string> = {}): Promise<N8n> {
	const userFolder = path.join(RUNS, name);
	await rm(userFolder, { recursive: true, force: true });
	const packed = await packPackage();
	return await startN8n({ userFolder, packed, env: { N8N_LOG_LEVEL: 'debug', ...env } });
}

/** Starts a new sandbox and a new n8n on free ports, and connects them. */
export async function startWorld(name: string, options: WorldOptions = {}): Promise<World> {
	const sandbox = await startSandbox(options.sandbox);
	try {
		const n8n = await startFreshN8n(name, options.env);
		const credential = await connectCredential(n8n.client, sandbox, { data: options.credential });
		return new World(n8n, sandbox, credential);
	} catch (error) {
		await sandbox.close();
		throw error;
	}
}

/** The forms of a secret in a file. */
function formsOf(secret: string): string[] {
	return [...new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])];
}

/** The findings of a search in n8n's files, and its extent. */
export interface FileSearch {
	readonly findings: string[];
	readonly texts: number;
	readonly files: number;
	readonly bytes: number;
}

/** Searches for texts in all files below `folder`, including hidden ones. */
export async function searchFiles(folder: string, texts: string[]): Promise<FileSearch> {
	const forms = texts.map((text) => ({ text, forms: formsOf(text) }));
	// Secrets share prefixes. A file without any prefix needs no further search.
	const prefixes = new Set(forms.flatMap((one) => one.forms.map((form) => form.slice(0, 6))));
	const findings: string[] = [];
	let files = 0;
	let bytes = 0;
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		const content = await readFile(file);
		files += 1;
		bytes += content.length;
		if (![...prefixes].some((prefix) => content.includes(prefix))) continue;
		for (const one of forms) {
			if (!one.forms.some((form) => content.includes(form))) continue;
			findings.push(`${path.relative(folder, file)} holds ${one.text.slice(0, 25)}...`);
		}
	}
	return { findings, texts: texts.length, files, bytes };
}

/**
 * Searches n8n's whole user folder (database with its write-ahead log, executions, logs, settings) for every secret that the
 * sandbox issued. n8n encrypts its credentials, so there is no exception.
 */
export async function searchForSecrets(world: World): Promise<FileSearch> {
	const { all } = await world.control<{ all: string[] }>('GET', '/secrets');
	return await searchFiles(world.n8n.userFolder, all);
}
