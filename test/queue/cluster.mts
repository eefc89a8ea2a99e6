// n8n in queue mode: one main process, two workers, a webhook process, Redis and PostgreSQL, and the FreshBooks sandbox.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';
import { connectCredential, packPackage, prepareN8n, RUNS, type N8n } from '../../sandbox/n8n/index.mts';
import { World } from '../e2e/support.mts';
import type { Engine } from '../e2e/trigger/engines.mts';
import { Postgres, Redis } from './services.mts';

/** The folder of this run; nothing outside it is changed. */
const FOLDER = path.join(RUNS, 'queue');
/** The main process is first: it creates the tables that the others need. */
const N8NS = [
	{ name: 'main', role: 'main' },
	{ name: 'worker 1', role: 'worker' },
	{ name: 'worker 2', role: 'worker' },
	{ name: 'webhook process', role: 'webhook' },
] as const;

/** A program of the cluster, with its name in the report. */
export interface Member {
	readonly name: string;
	/** Its parent process. */
	readonly pid: number | undefined;
}

interface Parts {
	readonly sandbox: Sandbox;
	readonly redis: Redis;
	readonly postgres: Postgres;
}

/** The environment of every n8n of the cluster; `engine` is the main process's trigger engine. */
function environment({ redis, postgres }: Parts, engine: Engine, encryptionKey: string): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		...postgres.environment,
		N8N_ENCRYPTION_KEY: encryptionKey,
		// The workers' logs show which worker ran an execution.
		N8N_LOG_LEVEL: 'info',
		...engine.env,
	};
}

/** A running cluster. */
export class Cluster {
	readonly sandbox: Sandbox;
	readonly redis: Redis;
	readonly postgres: Postgres;
	readonly #encryptionKey = randomBytes(24).toString('hex');
	readonly #n8ns: N8n[] = [];
	#world: World | undefined;

	private constructor({ sandbox, redis, postgres }: Parts) {
		this.sandbox = sandbox;
		this.redis = redis;
		this.postgres = postgres;
	}

	/** Prepares a cluster in which only the sandbox runs: `start` starts it, `close` ends what was started. */
	static async prepare(): Promise<Cluster> {
		await rm(FOLDER, { recursive: true, force: true });
		const redis = await Redis.prepare(path.join(FOLDER, 'redis'));
		const postgres = await Postgres.prepare(path.join(FOLDER, 'postgres'));
		return new Cluster({ sandbox: await startSandbox(), redis, postgres });
	}

	/** Starts Redis, PostgreSQL, every n8n, and connects a credential. */
	async start(engine: Engine): Promise<void> {
		await Promise.all([this.redis.start(), this.postgres.start()]);
		const packed = await packPackage();
		const env = environment(this, engine, this.#encryptionKey);
		for (const { name, role } of N8NS) {
			this.#n8ns.push(await prepareN8n({ userFolder: path.join(FOLDER, name.replace(' ', '-')), packed, env, role }));
		}
		await this.main.start();
		await Promise.all(this.#n8ns.slice(1).map(async (n8n) => await n8n.start()));
		this.#world = new World(this.main, this.sandbox, await connectCredential(this.main.client, this.sandbox));
	}

	/** Starts the main process again with another trigger engine. */
	async changeEngine(engine: Engine): Promise<void> {
		await this.main.restart(environment(this, engine, this.#encryptionKey));
	}

	get main(): N8n {
		const [main] = this.#n8ns;
		if (!main) throw new Error('The cluster was not started.');
		return main;
	}

	get workers(): N8n[] {
		return this.#n8ns.filter((_, index) => N8NS[index]?.role === 'worker');
	}

	/** Answers webhooks beside the main process. */
	get webhook(): N8n {
		const webhook = this.#n8ns.find((_, index) => N8NS[index]?.role === 'webhook');
		if (!webhook) throw new Error('The cluster was not started.');
		return webhook;
	}

	/** The main process and the sandbox, in the form of the end-to-end suites. */
	get world(): World {
		if (!this.#world) throw new Error('The cluster was not started.');
		return this.#world;
	}

	/** Everything that runs. */
	get members(): Member[] {
		const n8ns = this.#n8ns.map(({ pid }, index) => ({ name: `n8n ${N8NS[index]?.name ?? ''}`, pid }));
		return [...n8ns, { name: 'Redis', pid: this.redis.pid }, { name: 'PostgreSQL', pid: this.postgres.pid }];
	}

	/** How many executions each worker has finished. */
	async finishedByWorker(): Promise<number[]> {
		const logs = await Promise.all(this.workers.map(async (worker) => await worker.log()));
		return logs.map((log) => log.match(/Worker finished execution/g)?.length ?? 0);
	}

	/** Stops everything, each service after its users, and removes the data; n8n's folders only if nothing failed. */
	async close({ keepLogs }: { keepLogs: boolean }): Promise<void> {
		await Promise.all(this.#n8ns.map(async (n8n) => await n8n.stop()));
		await Promise.all([this.redis.remove(), this.postgres.remove(), this.sandbox.close()]);
		if (!keepLogs) await rm(FOLDER, { recursive: true, force: true });
	}
}
