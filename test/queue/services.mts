// Real Redis and PostgreSQL of this run only: on free ports of 127.0.0.1, with data folders of their own.
import { existsSync, globSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installFromDebian } from '../../scripts/lib/debian.mts';
import { runCommand } from '../../sandbox/n8n/command.mts';
import { freePort, Guarded } from '../../sandbox/n8n/index.mts';

const REDIS_SERVER = process.env['REDIS_SERVER_PATH'] ?? '/usr/bin/redis-server';
const READY_WITHIN_MS = 60_000;
const DATABASE = 'n8n';
const USER = 'n8n';

/** The folder of PostgreSQL's programs: by default the newest of Debian. */
function postgresPrograms(): string | undefined {
	const given = process.env['POSTGRES_BIN_PATH'];
	const folders = given ? [given] : globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionOf(b) - versionOf(a));
	return folders.find((folder) => ['initdb', 'postgres', 'psql'].every((program) => existsSync(path.join(folder, program))));
}

function versionOf(folder: string): number {
	return Number(path.basename(path.dirname(folder)));
}

/** Installs Redis and PostgreSQL if they are missing and this process may; else throws with what to run. */
export async function installServices(): Promise<void> {
	await installFromDebian({
		name: 'Redis',
		packages: 'redis-server',
		isThere: () => existsSync(REDIS_SERVER),
		orElse: 'set REDIS_SERVER_PATH to one that is installed',
	});
	await installFromDebian({
		name: 'PostgreSQL',
		packages: 'postgresql',
		isThere: () => postgresPrograms() !== undefined,
		orElse: 'set POSTGRES_BIN_PATH to the folder of its initdb, postgres and psql',
	});
}

const SERVICE_ENV: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LANG: 'C.UTF-8', TZ: 'UTC' };

/** Sends a line over TCP and returns the first answer; undefined when no program listens. */
async function ask(port: number, line: string): Promise<string | undefined> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => socket.write(line));
		socket.once('data', (answer) => {
			socket.destroy();
			resolve(answer.toString());
		});
		socket.once('error', () => resolve(undefined));
	});
}

/** A Redis that keeps its queue in an append-only file, so that it survives a restart. */
export class Redis {
	readonly port: number;
	readonly #folder: string;
	readonly #guarded: Guarded;

	private constructor(folder: string, port: number) {
		this.port = port;
		this.#folder = folder;
		this.#guarded = new Guarded(path.join(folder, 'redis-output.txt'));
	}

	/** Prepares one with its data in `folder`; `start` starts it. */
	static async prepare(folder: string): Promise<Redis> {
		await mkdir(folder, { recursive: true });
		return new Redis(folder, await freePort());
	}

	get pid(): number | undefined {
		return this.#guarded.pid;
	}

	async start(): Promise<void> {
		const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--appendonly', 'yes'];
		await this.#guarded.start([REDIS_SERVER, ...settings], { cwd: this.#folder, env: SERVICE_ENV });
		await this.#guarded.ready('Redis', async () => (await ask(this.port, 'PING\r\n'))?.startsWith('+PONG') ?? false, READY_WITHIN_MS);
	}

	async stop(): Promise<void> {
		await this.#guarded.stop();
	}

	/** Stops it and removes its data. */
	async remove(): Promise<void> {
		await this.stop();
		await rm(this.#folder, { recursive: true, force: true });
	}
}

/** PostgreSQL does not run as root. If this process is root, it runs as Debian's user for it. */
async function postgresUser(): Promise<{ prefix: string[]; ids?: [number, number] }> {
	if (process.getuid?.() !== 0) return { prefix: [] };
	const ids = await Promise.all(['-u', '-g'].map(async (which) => Number(await runCommand('id', [which, 'postgres']))));
	const [uid = 0, gid = 0] = ids;
	return { prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'], ids: [uid, gid] };
}

/** `folder`, or a temporary folder if PostgreSQL's user may not enter that one. */
async function enterable(folder: string, prefix: string[]): Promise<string> {
	await mkdir(folder, { recursive: true });
	const [program, ...args] = [...prefix, 'test', '-x', folder];
	const mayEnter = await runCommand(program ?? '', args).then(
		() => true,
		() => false,
	);
	return mayEnter ? folder : await mkdtemp(path.join(tmpdir(), 'n8n-nodes-freshbooks-postgres-'));
}

/** A PostgreSQL with one empty database. */
export class Postgres {
	readonly port: number;
	readonly #programs: string;
	readonly #folder: string;
	readonly #prefix: string[];
	readonly #guarded: Guarded;

	private constructor(folder: string, port: number, programs: string, prefix: string[]) {
		this.port = port;
		this.#folder = folder;
		this.#programs = programs;
		this.#prefix = prefix;
		this.#guarded = new Guarded(path.join(folder, 'postgres-output.txt'));
	}

	/** Prepares one with its data in `wanted`, or beside it where it must; `start` starts it. */
	static async prepare(wanted: string): Promise<Postgres> {
		const programs = postgresPrograms();
		if (programs === undefined) throw new Error('PostgreSQL is not installed.');
		const { prefix, ids } = await postgresUser();
		const folder = await enterable(wanted, prefix);
		if (ids) await chown(folder, ...ids);
		return new Postgres(folder, await freePort(), programs, prefix);
	}

	get pid(): number | undefined {
		return this.#guarded.pid;
	}

	/** The environment variables of n8n that point to it. */
	get environment(): Record<string, string> {
		return {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(this.port),
			DB_POSTGRESDB_DATABASE: DATABASE,
			DB_POSTGRESDB_USER: USER,
		};
	}

	get #data(): string {
		return path.join(this.#folder, 'data');
	}

	#as(program: string, args: string[]): string[] {
		return [...this.#prefix, path.join(this.#programs, program), ...args];
	}

	async start(): Promise<void> {
		const [initdb = '', ...args] = this.#as('initdb', ['-D', this.#data, '-A', 'trust', '-U', USER, '-E', 'UTF8', '--locale=C.UTF-8']);
		await runCommand(initdb, args, { cwd: this.#folder, env: SERVICE_ENV });
		const settings = ['-D', this.#data, '-p', String(this.port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
		await this.#guarded.start(this.#as('postgres', settings), { cwd: this.#folder, env: SERVICE_ENV });
		await this.#guarded.ready('PostgreSQL', async () => await this.#answers(), READY_WITHIN_MS);
		await this.query(`create database ${DATABASE}`, 'postgres');
	}

	async #answers(): Promise<boolean> {
		return await this.query('select 1', 'postgres').then(
			() => true,
			() => false,
		);
	}

	/** Runs one statement; its rows, columns parted by `|`. */
	async query(sql: string, database = DATABASE): Promise<string[][]> {
		const address = ['-h', '127.0.0.1', '-p', String(this.port), '-U', USER, '-d', database];
		const printed = await runCommand(path.join(this.#programs, 'psql'), [...address, '-X', '-A', '-t', '-c', sql], { env: SERVICE_ENV });
		return printed.split('\n').filter(Boolean).map((line) => line.split('|'));
	}

	/** Stops it and removes its data. */
	async remove(): Promise<void> {
		await this.#guarded.stop();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
