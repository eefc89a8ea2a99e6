import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { N8nClient, type Owner } from './client.mts';
import { runCommand } from './command.mts';
import { Guarded } from './guarded.mts';
import { installCommunityPackage, type Packed } from './package.mts';
import { N8N_HOME } from './paths.mts';
import { freePort, isPortFree } from './ports.mts';

/** An installed n8n, and the Node.js it runs on. */
export interface InstalledN8n {
	/** The folder whose `node_modules` hold it. */
	readonly home: string;
	/** The executable. */
	readonly node: string;
}

type Role = 'main' | 'worker' | 'webhook';

/** How an n8n is started. */
export interface N8nOptions {
	/** Its home: database, settings and log live in it, and survive a restart. */
	readonly userFolder: string;
	/** The package to install before the start. */
	readonly packed?: Packed;
	/** By default a free one. */
	readonly port?: number;
	/** More environment variables. */
	readonly env?: Record<string, string>;
	readonly owner?: Owner;
	/** An n8n other than the pinned one. */
	readonly installed?: InstalledN8n;
	/** In queue mode: a worker runs executions for a main process, and answers health checks only; a webhook process answers webhooks. */
	readonly role?: Role;
}

/** Who owns the instances that the sandbox starts. */
export const DEFAULT_OWNER: Owner = {
	email: 'owner@example.com',
	password: 'Sandbox-2026',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

/** A port that another program listens on. */
export class PortTakenError extends Error {
	readonly port: number;

	constructor(port: number) {
		super(`Port ${port} of 127.0.0.1 is used by another program.`);
		this.name = 'PortTakenError';
		this.port = port;
	}
}

const READY_WITHIN_MS = 120_000;
/** A worker with the fewest executions at once that n8n runs without a warning; its default is 10. */
const COMMANDS: Readonly<Record<Role, readonly string[]>> = { main: ['start'], worker: ['worker', '--concurrency=5'], webhook: ['webhook'] };

/** A real n8n in a process group of its own. */
export class N8n {
	readonly url: string;
	readonly port: number;
	readonly userFolder: string;
	readonly owner: Owner;
	/** The REST API, signed in as the owner. */
	readonly client: N8nClient;
	readonly #installed: InstalledN8n;
	readonly #role: Role;
	readonly #guarded: Guarded;
	#env: Record<string, string>;

	constructor(options: N8nOptions, port: number) {
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		this.userFolder = path.resolve(options.userFolder);
		this.owner = options.owner ?? DEFAULT_OWNER;
		this.#installed = options.installed ?? { home: N8N_HOME, node: process.execPath };
		this.#role = options.role ?? 'main';
		this.#guarded = new Guarded(path.join(this.userFolder, 'n8n-output.txt'));
		this.client = new N8nClient(this.url);
		this.#env = options.env ?? {};
	}

	get #program(): string {
		return path.join(this.#installed.home, 'node_modules/n8n/bin/n8n');
	}

	/** Runs one of n8n's own commands on this user folder, such as `import:workflow`; returns its output. */
	async command(args: string[]): Promise<string> {
		const options = { cwd: this.userFolder, env: await this.#environment() };
		return await runCommand(this.#installed.node, [this.#program, ...args], options);
	}

	/** What n8n printed since its first start on this folder. */
	get logFile(): string {
		return this.#guarded.logFile;
	}

	/** Whether the process runs. */
	get running(): boolean {
		return this.#guarded.running;
	}

	/** The process whose child n8n is; undefined before the first start. */
	get pid(): number | undefined {
		return this.#guarded.pid;
	}

	/** Settles when the running process ends, for whatever reason. */
	async ended(): Promise<void> {
		await this.#guarded.ended();
	}

	/** Starts the process; resolves when n8n answers and, for a main process, the owner is signed in. */
	async start(env?: Record<string, string>): Promise<void> {
		if (this.running) throw new Error(`The n8n on port ${this.port} is already running.`);
		if (env) this.#env = env;
		if (!(await isPortFree(this.port))) throw new PortTakenError(this.port);
		await this.#guarded.start([this.#installed.node, this.#program, ...COMMANDS[this.#role]], { cwd: this.userFolder, env: await this.#environment() });
		try {
			await this.#guarded.ready('n8n', async () => await this.#answers(), READY_WITHIN_MS);
			if (this.#role === 'main') await this.client.signIn(this.owner);
		} catch (error) {
			await this.kill();
			throw error;
		}
	}

	/** Ends n8n as a host does at shutdown. */
	async stop(): Promise<void> {
		await this.#guarded.stop();
	}

	/** Ends n8n as a power cut does: `kill -9` of everything it started. */
	async kill(): Promise<void> {
		await this.#guarded.kill();
	}

	/** Stops n8n, unless it is down already, and starts it on the same folder and port. */
	async restart(env?: Record<string, string>): Promise<void> {
		await this.stop();
		await this.start(env);
	}

	/** What n8n printed. */
	async log(): Promise<string> {
		return await this.#guarded.log();
	}

	async #environment(): Promise<NodeJS.ProcessEnv> {
		const { PATH, HOME, LANG, TZ } = process.env;
		return {
			PATH,
			HOME,
			LANG,
			TZ,
			N8N_USER_FOLDER: this.userFolder,
			N8N_PORT: String(this.port),
			N8N_HOST: '127.0.0.1',
			N8N_PROTOCOL: 'http',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			// The browser's session cookie does not follow the sandbox's redirect in every setting.
			N8N_SKIP_AUTH_ON_OAUTH_CALLBACK: 'true',
			N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
			...(this.#role === 'worker' && { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(this.port) }),
			...this.#env,
		};
	}

	async #answers(): Promise<boolean> {
		try {
			const health = await fetch(`${this.url}/healthz/readiness`);
			if (!health.ok || this.#role !== 'main') return health.ok;
			const settings = await fetch(`${this.url}/rest/settings`);
			return settings.headers.get('content-type')?.includes('json') ?? false;
		} catch {
			return false;
		}
	}
}

/** Prepares a user folder with the package installed in it: `start()` starts the n8n on it. */
export async function prepareN8n(options: N8nOptions): Promise<N8n> {
	await mkdir(options.userFolder, { recursive: true });
	if (options.packed) await installCommunityPackage(options.packed, options.userFolder, options.installed?.home);
	return new N8n(options, options.port ?? (await freePort()));
}

/** Installs the package into a user folder and starts a real n8n on it. */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const n8n = await prepareN8n(options);
	await n8n.start();
	return n8n;
}
