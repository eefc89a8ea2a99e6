import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface GuardedOptions {
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
}

const STOP_WITHIN_MS = 15_000;
const LAST_LOG_LINES = 25;

/** A program in a process group of its own, which ends with the process that started it: see `guard.mts`. */
export class Guarded {
	/** What the program printed since its first start. */
	readonly logFile: string;
	#process: ChildProcess | undefined;

	constructor(logFile: string) {
		this.logFile = logFile;
	}

	/** Whether the program runs. */
	get running(): boolean {
		return this.#process?.exitCode === null && this.#process.signalCode === null;
	}

	/** The guard's process id, whose child the program is; undefined before the first start. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	/** Settles when the program ends, for whatever reason. */
	async ended(): Promise<void> {
		if (this.running && this.#process) await once(this.#process, 'exit');
	}

	/** Starts `command`; its output goes to the log file. */
	async start(command: readonly string[], { cwd, env }: GuardedOptions): Promise<void> {
		const log = await open(this.logFile, 'a');
		try {
			this.#process = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.mts'), ...command], {
				cwd,
				detached: true,
				env,
				stdio: ['ignore', log.fd, log.fd, 'ipc'],
			});
		} finally {
			await log.close();
		}
	}

	/** Waits until `isReady`; throws with the program's last lines of output when it ends before, or takes too long. */
	async ready(name: string, isReady: () => Promise<boolean>, withinMs: number): Promise<void> {
		const deadline = Date.now() + withinMs;
		while (!(await isReady())) {
			if (!this.running) throw await this.#failure(`${name} ended while it was starting.`);
			if (Date.now() > deadline) throw await this.#failure(`${name} was not ready within ${withinMs / 1000} s.`);
			await sleep(200);
		}
	}

	/** Ends the program as a host does at shutdown. */
	async stop(): Promise<void> {
		await this.#end('SIGTERM');
	}

	/** Ends the program as a power cut does: `kill -9` of everything it started. */
	async kill(): Promise<void> {
		await this.#end('SIGKILL');
	}

	/** What the program printed. */
	async log(): Promise<string> {
		return existsSync(this.logFile) ? await readFile(this.logFile, 'utf8') : '';
	}

	async #failure(sentence: string): Promise<Error> {
		const lines = (await this.log()).trimEnd().split('\n').slice(-LAST_LOG_LINES);
		return new Error(`${sentence} Its last lines of output (the complete log is ${this.logFile}):\n${lines.join('\n')}`);
	}

	async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		const guard = this.#process;
		if (!this.running || !guard?.pid) return;
		const ended = once(guard, 'exit');
		// The guard passes SIGTERM on; SIGKILL goes to all of the group.
		signalProcess(signal === 'SIGKILL' ? -guard.pid : guard.pid, signal);
		await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
		// What is left of the guard's group (n8n's task runner, or n8n itself) ends now.
		while (signalProcess(-guard.pid, 'SIGKILL')) await sleep(20);
		await ended;
	}
}

/** Whether a process received the signal. */
function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
		throw error;
	}
}
