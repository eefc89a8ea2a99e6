import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { N8nClient, type Owner } from './client.mts';
import { runCommand } from './command.mts';
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

/** How an n8n is started. */
export interface N8nOptions {
	/** Its home: database, settings and log live in it, and survive a restart. */
	readonly userFolder: string;
	/** The package to install before the start. */
	readonly packed?: Packed;
	/** A free one unless given. */
	readonly port?: number;
	/** More environment variables. */
	readonly env?: Record<string, string>;
	readonly owner?: Owner;
	/** Another n8n than the pinned one. */
	readonly installed?: InstalledN8n;
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
		super(`Port ${port} of 127.0.0.1 is taken by another program.`);
		this.name = 'PortTakenError';
		this.port = port;
	}
}

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;
const LAST_LOG_LINES = 25;

/** A real n8n in a process group of its own. */
export class N8n {
	readonly url: string;
	readonly port: number;
	readonly userFolder: string;
	readonly owner: Owner;
	/** What n8n printed since its first start on this folder. */
	readonly logFile: string;
	/** The REST API, signed in as the owner. */
	readonly client: N8nClient;
	readonly #installed: InstalledN8n;
	#env: Record<string, string>;
	#process: ChildProcess | undefined;

	constructor(options: N8nOptions, port: number) {
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		this.userFolder = path.resolve(options.userFolder);
		this.owner = options.owner ?? DEFAULT_OWNER;
		this.logFile = path.join(this.userFolder, 'n8n-output.txt');
		this.client = new N8nClient(this.url);
		this.#installed = options.installed ?? { home: N8N_HOME, node: process.execPath };
		this.#env = options.env ?? {};
	}

	get #program(): string {
		return path.join(this.#installed.home, 'node_modules/n8n/bin/n8n');
	}

	/** Runs one of n8n's own commands on this user folder, such as `import:workflow`; comes back with what it printed. */
	async command(args: string[]): Promise<string> {
		const options = { cwd: this.userFolder, env: await this.#environment() };
		return await runCommand(this.#installed.node, [this.#program, ...args], options);
	}

	/** Whether the process lives. */
	get running(): boolean {
		return this.#process?.exitCode === null && this.#process.signalCode === null;
	}

	/** Settles when the running process ends, for whatever reason. */
	async ended(): Promise<void> {
		if (this.running && this.#process) await once(this.#process, 'exit');
	}

	/** Starts the process and comes back when n8n answers and the owner is signed in. */
	async start(env?: Record<string, string>): Promise<void> {
		if (this.running) throw new Error(`The n8n on port ${this.port} runs already.`);
		if (env) this.#env = env;
		if (!(await isPortFree(this.port))) throw new PortTakenError(this.port);
		const log = await open(this.logFile, 'a');
		try {
			this.#process = spawn(
				process.execPath,
				[path.join(import.meta.dirname, 'guard.mts'), this.#installed.node, this.#program, 'start'],
				{
					cwd: this.userFolder,
					detached: true,
					env: await this.#environment(),
					stdio: ['ignore', log.fd, log.fd, 'ipc'],
				},
			);
		} finally {
			await log.close();
		}
		try {
			await this.#ready();
			await this.client.signIn(this.owner);
		} catch (error) {
			await this.kill();
			throw error;
		}
	}

	/** Ends n8n as a host does at shutdown. */
	async stop(): Promise<void> {
		await this.#end('SIGTERM');
	}

	/** Ends n8n as a power cut does: `kill -9` of everything it started. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** Stops n8n, unless it is down already, and starts it on the same folder and port. */
	async restart(env?: Record<string, string>): Promise<void> {
		await this.stop();
		await this.start(env);
	}

	/** What n8n printed. */
	async log(): Promise<string> {
		return existsSync(this.logFile) ? await readFile(this.logFile, 'utf8') : '';
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
			...this.#env,
		};
	}

	async #ready(): Promise<void> {
		const deadline = Date.now() + READY_WITHIN_MS;
		while (!(await this.#answers())) {
			if (!this.running) throw await this.#failure('n8n ended while it was starting.');
			if (Date.now() > deadline) {
				throw await this.#failure(`n8n was not ready within ${READY_WITHIN_MS / 1000} s.`);
			}
			await sleep(200);
		}
	}

	async #answers(): Promise<boolean> {
		try {
			const health = await fetch(`${this.url}/healthz/readiness`);
			if (!health.ok) return false;
			const settings = await fetch(`${this.url}/rest/settings`);
			return settings.headers.get('content-type')?.includes('json') ?? false;
		} catch {
			return false;
		}
	}

	async #failure(sentence: string): Promise<Error> {
		const lines = (await this.log()).trimEnd().split('\n').slice(-LAST_LOG_LINES);
		return new Error(`${sentence} Its last lines (whole log: ${this.logFile}):\n${lines.join('\n')}`);
	}

	async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		const guard = this.#process;
		if (!this.running || !guard?.pid) return;
		const ended = once(guard, 'exit');
		// The guard passes SIGTERM on; SIGKILL goes to the whole group.
		signalProcess(signal === 'SIGKILL' ? -guard.pid : guard.pid, signal);
		await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
		// What outlived the guard of its own group (n8n's task runner, or n8n itself) goes now.
		while (signalProcess(-guard.pid, 'SIGKILL')) await sleep(20);
		await ended;
	}
}

/** Whether there was anyone to get the signal. */
function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
		throw error;
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
