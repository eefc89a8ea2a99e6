// The environment of a run: the packed package as n8n would find it, the n8n it runs on, and a sandbox in a process of its own.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packPackage, unpack } from '../../sandbox/n8n/package.mts';
import { N8N_HOME, ROOT } from '../../sandbox/n8n/paths.mts';

const NAME = 'n8n-nodes-freshbooks';

/** Everything a worker process needs to know. Plain data: it is sent to workers. */
export interface Stage {
	/** The run's own folder, with `node_modules` as n8n's folder of community packages has it. */
	readonly folder: string;
	/** The unpacked tarball. */
	readonly packageFolder: string;
	/** A package with one trivial node, to compare loading with. */
	readonly emptyPackageFolder: string;
	readonly tarballBytes: number;
	/** The folder whose `node_modules` has n8n-core and n8n-workflow. */
	readonly n8nHome: string;
	/** Whether it has n8n's own nodes too: with the pinned n8n only. */
	readonly hasHttpRequestNode: boolean;
}

const EMPTY_NODE = `
class Empty {
	constructor() {
		this.description = {
			displayName: 'Empty', name: 'empty', group: ['input'], version: 1, description: 'Does nothing',
			defaults: { name: 'Empty' }, inputs: ['main'], outputs: ['main'], properties: [],
		};
	}
	async execute() {
		return [this.getInputData()];
	}
}
exports.Empty = Empty;
`;

async function writeEmptyPackage(folder: string): Promise<void> {
	await mkdir(path.join(folder, 'dist/nodes/Empty'), { recursive: true });
	const manifest = { name: 'n8n-nodes-empty', version: '1.0.0', n8n: { n8nNodesApiVersion: 1, nodes: ['dist/nodes/Empty/Empty.node.js'] } };
	await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
	await writeFile(path.join(folder, 'dist/nodes/Empty/Empty.node.js'), EMPTY_NODE);
}

/** Whether the pinned n8n is installed, which contains the node for comparison. */
function isN8nInstalled(): boolean {
	return existsSync(path.join(N8N_HOME, 'node_modules/n8n-nodes-base/package.json'));
}

/** Packs the package and prepares a folder for the run; `clear` removes it. */
export async function prepareStage(log: (line: string) => void): Promise<Stage> {
	const { tarball } = await packPackage(log);
	const folder = await mkdtemp(path.join(tmpdir(), 'freshbooks-bench-'));
	const modules = path.join(folder, 'node_modules');
	const stage: Stage = {
		folder,
		packageFolder: path.join(modules, NAME),
		emptyPackageFolder: path.join(modules, 'n8n-nodes-empty'),
		tarballBytes: (await stat(tarball)).size,
		n8nHome: isN8nInstalled() ? N8N_HOME : ROOT,
		hasHttpRequestNode: isN8nInstalled(),
	};
	await unpack(tarball, stage.packageFolder);
	await writeEmptyPackage(stage.emptyPackageFolder);
	await symlink(path.join(stage.n8nHome, 'node_modules/n8n-workflow'), path.join(modules, 'n8n-workflow'));
	return stage;
}

export async function clearStage({ folder }: Stage): Promise<void> {
	await rm(folder, { recursive: true, force: true });
}

/** The address of a sandbox, and a token for it. Plain data: it is sent to workers. */
export interface SandboxAddress {
	readonly url: string;
	readonly token: string;
}

export interface SandboxProcess extends SandboxAddress {
	stop(): Promise<void>;
}

async function stopChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill('SIGTERM');
	await once(child, 'exit');
}

/** Starts a sandbox in a process of its own, so that its work is neither counted as the nodes' work nor delays them. */
export async function startSandboxProcess(): Promise<SandboxProcess> {
	const child = fork(path.join(import.meta.dirname, 'sandboxProcess.mts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	const started = await Promise.race([
		once(child, 'message').then(([message]) => message as SandboxAddress),
		once(child, 'exit').then(() => Promise.reject(new Error('The sandbox ended while it was starting.'))),
	]);
	return { ...started, stop: async () => await stopChild(child) };
}

/** Runs one task in a fresh process and returns what it measured. */
export async function inWorker<Result>(task: string, input: unknown, stage: Stage): Promise<Result> {
	const child = fork(path.join(import.meta.dirname, '../worker.mts'), [task], {
		execArgv: ['--expose-gc'],
		// n8n-core writes its files into this folder only, and logs errors only.
		env: { ...process.env, N8N_USER_FOLDER: stage.folder, N8N_LOG_LEVEL: 'error', NODE_ENV: 'production' },
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	child.send({ stage, input });
	const answer = await Promise.race([
		once(child, 'message').then(([message]) => message as { result?: Result; error?: string }),
		once(child, 'exit').then(() => ({ error: 'it ended without a result' })),
	]);
	await stopChild(child);
	if ('error' in answer && answer.error !== undefined) throw new Error(`The benchmark '${task}' failed:\n${answer.error}`);
	return (answer as { result: Result }).result;
}
