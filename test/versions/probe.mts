import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';
import { prepareN8n, readExecution, RUNS, TYPES, type Execution, type N8n, type Packed, type StoredExecution } from '../../sandbox/n8n/index.mts';
import { HARBOUR } from '../e2e/support.mts';
import type { Release } from './install.mts';
import { BY_EXPRESSION, credentials, LIST, REFUSED, TRIGGER, WATCH, watch, WORK, work } from './workflows.mts';

/** The checks of a release: why it did not pass, or undefined. */
export interface Findings {
	starts?: string;
	loads?: string;
	action?: string;
	refresh?: string;
	/** Base URLs from expressions in the credential, with its own refresh. */
	expression?: string;
	errors?: string;
	trigger?: string;
}

export type Check = keyof Findings;
export const CHECKS: readonly Check[] = ['starts', 'loads', 'action', 'refresh', 'expression', 'errors', 'trigger'];

const LOOK_EVERY_MS = 500;
const POLLED_WITHIN_MS = 60_000;
const EMITTED_WITHIN_MS = 60_000;

/** A release with the package in it, and the FreshBooks it is connected to. */
class Probe {
	readonly #n8n: N8n;
	readonly #sandbox: Sandbox;
	readonly #people: string[];

	constructor(n8n: N8n, sandbox: Sandbox) {
		this.#n8n = n8n;
		this.#sandbox = sandbox;
		this.#people = this.#emails();
	}

	#emails(): string[] {
		return (this.#sandbox.parts.world.businesses.get(HARBOUR)?.members ?? []).map(({ email }) => email);
	}

	/** Imports the credentials and the work; the first command also sets the database up. */
	async import(): Promise<void> {
		const put = async (name: string, content: unknown): Promise<string> => {
			const file = path.join(this.#n8n.userFolder, name);
			await writeFile(file, JSON.stringify(content));
			return `--input=${file}`;
		};
		await this.#n8n.command(['import:credentials', await put('credentials.json', credentials(this.#sandbox))]);
		// n8n 2.0 treats a workflow with an ID as an existing one; newer releases require an ID.
		await this.#n8n
			.command(['import:workflow', await put('workflows.json', [{ id: randomUUID().slice(0, 16), ...work() }])])
			.catch(async () => await this.#n8n.command(['import:workflow', await put('workflows.json', [work()])]));
	}

	/** Reads n8n's database. */
	#rows<T>(query: string, ...values: string[]): T[] {
		const database = new DatabaseSync(path.join(this.#n8n.userFolder, '.n8n/database.sqlite'), { readOnly: true, timeout: 5_000 });
		try {
			return database.prepare(query).all(...values) as T[];
		} finally {
			database.close();
		}
	}

	#idOf(workflow: string): string {
		const [row] = this.#rows<{ id: string }>('select id from workflow_entity where name = ?', workflow);
		if (!row) throw new Error(`n8n did not import '${workflow}'`);
		return row.id;
	}

	/** The executions of a workflow, oldest first. */
	#executions(workflow: string): Execution[] {
		const query =
			'select e.id, e.status, e.mode, d.data from execution_entity e join execution_data d on d.executionId = e.id where e.workflowId = ? order by e.id';
		return this.#rows<StoredExecution>(query, this.#idOf(workflow)).map(readExecution);
	}

	/** Runs the work once; it ends with an error, and so n8n's command does too. */
	async run(): Promise<Execution> {
		const printed = await this.#n8n.command(['execute', `--id=${this.#idOf(WORK)}`]).catch(String);
		const execution = this.#executions(WORK).at(-1);
		if (!execution) throw new Error(`it stored no execution: ${printed.slice(0, 500)}`);
		return execution;
	}

	/** The people whom a list lacks. */
	listing(execution: Execution, node: string): string | undefined {
		const run = execution.runData[node]?.at(-1);
		const error = run ? run.error : execution.error;
		if (!run || error) return error?.message ?? 'it did not run';
		const emails = execution.items(node).map(({ email }) => String(email));
		const missing = this.#people.filter((email) => !emails.includes(email));
		return missing.length > 0 ? `${emails.length} of ${this.#people.length} people` : undefined;
	}

	/** Ends every grant: the nodes then ask to connect again. */
	async reconnecting(): Promise<string | undefined> {
		await fetch(`${this.#sandbox.url}/sandbox/oauth/revoke`, { method: 'POST' });
		const { message = '' } = (await this.run()).runData[LIST]?.at(-1)?.error ?? {};
		return message.startsWith('FreshBooks no longer accepts the connection') ? undefined : `'${message}' with a revoked grant`;
	}

	/** Whether the error says what happened and what to do, as n8n shows it. */
	refusal({ runData }: Execution): string | undefined {
		const error = runData[REFUSED]?.at(-1)?.error;
		if (!error) return `'${REFUSED}' gave no error`;
		const isOurs = /member/i.test(error.message) && error.message.includes(String(HARBOUR)) && Boolean(error.description);
		return isOurs ? undefined : `'${error.message}', '${error.description}'`;
	}

	/** Ends every access token; refresh tokens still work, once each. */
	async expireTokens(): Promise<void> {
		await fetch(`${this.#sandbox.url}/sandbox/oauth/expire`, { method: 'POST' });
	}

	async start(): Promise<void> {
		await this.#n8n.start();
	}

	/** Creates and activates the watching workflow: from n8n 2.0 on by publishing it, before by a flag. */
	async #activate(): Promise<void> {
		const { client } = this.#n8n;
		const { id, versionId } = await client.createWorkflow(watch());
		await client
			.request('POST', `/rest/workflows/${id}/activate`, { versionId })
			.catch(async () => await client.request('PATCH', `/rest/workflows/${id}`, { active: true, versionId }));
	}

	/** What n8n offers its editor, and what it logged about the package. */
	async loaded(): Promise<string | undefined> {
		const types = path.join(this.#n8n.userFolder, '.cache/n8n/public/types');
		const named: string[] = [];
		for (const file of ['nodes.json', 'credentials.json']) {
			if (!existsSync(path.join(types, file))) return `n8n wrote no ${file}`;
			const list = JSON.parse(await readFile(path.join(types, file), 'utf8')) as Array<{ name: string }>;
			named.push(...list.map(({ name }) => name));
		}
		const missing = Object.values(TYPES).filter((type) => !named.includes(type));
		const warnings = (await this.#n8n.log()).split('\n').filter((line) => /(error|problem|fail|skip|warn).*n8n-nodes-freshbooks/i.test(line));
		return [...missing.map((type) => `no ${type}`), ...warnings].join('; ') || undefined;
	}

	async #until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
		const deadline = Date.now() + timeoutMs;
		while (!condition()) {
			if (Date.now() > deadline) return false;
			await sleep(LOOK_EVERY_MS);
		}
		return true;
	}

	#polls(): number {
		return this.#sandbox.parts.log.since(0).filter(({ path, status }) => path.endsWith('/users/me') && status === 200).length;
	}

	/** Removes somebody while the trigger polls with an expired token, and waits for the event. */
	async leaver(): Promise<string | undefined> {
		await this.#activate();
		const polled = this.#polls() + 2;
		if (!(await this.#until(() => this.#polls() >= polled, POLLED_WITHIN_MS))) return 'it does not poll';
		await this.expireTokens();
		const leaver = this.#people.at(-1);
		await fetch(`${this.#sandbox.url}/sandbox/businesses/${HARBOUR}/members/${leaver}`, { method: 'DELETE' });
		const emitted = (): unknown[] => this.#executions(WATCH).flatMap((one) => one.items(TRIGGER)).map(({ event, member }) => [event, (member as { email?: string } | undefined)?.email]);
		await this.#until(() => emitted().length > 0, EMITTED_WITHIN_MS);
		const found = JSON.stringify(emitted());
		return found === JSON.stringify([['memberRemoved', leaver]]) ? undefined : `it emitted ${found}`;
	}
}

/** The error of a step in one line. */
async function troubleIn(work: () => Promise<string | undefined | void>): Promise<string | undefined> {
	try {
		return (await work()) ?? undefined;
	} catch (error) {
		return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 600);
	}
}

const NOT_REACHED = 'not reached';

/** Two runs of the work, the second with expired tokens, and their errors. */
async function commandLine(probe: Probe, sandbox: Sandbox): Promise<Findings> {
	let first: Execution | undefined;
	const failed = await troubleIn(async () => {
		first = await probe.run();
	});
	if (!first) return { action: failed, refresh: NOT_REACHED, expression: NOT_REACHED, errors: NOT_REACHED };
	await probe.expireTokens();
	const before = sandbox.parts.oauth.counts.refreshes;
	const second = await probe.run();
	const refreshes = sandbox.parts.oauth.counts.refreshes - before;
	return {
		action: probe.listing(first, LIST),
		refresh: probe.listing(second, LIST) ?? (refreshes > 2 ? `${refreshes} refreshes of 2 credentials` : undefined),
		expression: probe.listing(first, BY_EXPRESSION) ?? probe.listing(second, BY_EXPRESSION),
		errors: probe.refusal(first),
	};
}

async function findingsOf(probe: Probe, sandbox: Sandbox): Promise<Findings> {
	const unusable = await troubleIn(async () => await probe.import());
	if (unusable) return Object.fromEntries(CHECKS.map((check) => [check, check === 'starts' ? unusable : NOT_REACHED]));
	const findings = await commandLine(probe, sandbox);
	findings.starts = await troubleIn(async () => await probe.start());
	findings.loads = await troubleIn(async () => await probe.loaded());
	findings.trigger = findings.starts ? NOT_REACHED : await troubleIn(async () => await probe.leaver());
	findings.errors ??= await troubleIn(async () => await probe.reconnecting());
	return findings;
}

async function removeRun(userFolder: string): Promise<void> {
	for await (const file of glob('*', { cwd: userFolder })) {
		if (!file.endsWith('.txt')) await rm(path.join(userFolder, file), { recursive: true, force: true });
	}
}

/** Puts the package into a release on a fresh user folder, tests it, and reports what failed. */
export async function probeRelease(release: Release, packed: Packed): Promise<Findings> {
	const userFolder = path.join(RUNS, `version-${release.version}`);
	await rm(userFolder, { recursive: true, force: true });
	const sandbox = await startSandbox();
	const n8n = await prepareN8n({ userFolder, packed, installed: release });
	try {
		return await findingsOf(new Probe(n8n, sandbox), sandbox);
	} finally {
		await n8n.stop();
		await sandbox.close();
		await removeRun(userFolder);
	}
}
