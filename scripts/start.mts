// npm start [-- --port N --sandbox-port N]: a real n8n with the package installed, connected to the
// FreshBooks sandbox. Everything it leaves behind is in .cache/runs.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../sandbox/freshbooks/server.mts';
import {
	connectCredential,
	giveScimToken,
	hasTrigger,
	installN8n,
	isPortFree,
	packPackage,
	prepareN8n,
	readWorkflow,
	ROOT,
	RUNS,
	TYPES,
	withCredential,
	type CredentialRef,
	type N8n,
} from '../sandbox/n8n/index.mts';
import { giveUp } from './lib/run.mts';

const USER_FOLDER = path.join(RUNS, 'start');
const RUNNING_FILE = path.join(USER_FOLDER, 'running.json');
/** Ready to run on the sandbox: those with a trigger go live. */
const READY = 'sandbox/n8n/workflows/*.json';
/** To be looked at: some act on services that are not here. */
const EXAMPLES = 'examples/*.json';

interface Ports {
	readonly n8n: number;
	readonly sandbox: number;
}

function portFrom(text: string, name: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`'${text}' is no port.\nGive --${name} a whole number from 1 to 65535.`);
}

function readPorts(): Ports {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: process.env['N8N_PORT'] ?? '5678' },
			'sandbox-port': { type: 'string', default: process.env['SANDBOX_PORT'] ?? '5680' },
		},
	});
	return {
		n8n: portFrom(values.port, 'port'),
		sandbox: portFrom(values['sandbox-port'], 'sandbox-port'),
	};
}

async function demandFree(port: number, option: string): Promise<void> {
	if (await isPortFree(port)) return;
	throw new Error(
		`Port ${port} is taken by another program.\n` +
			`Stop that program, or choose another port: npm start -- --${option} ${port + 20}`,
	);
}

/** Two n8n on one database would spoil it. */
async function demandNoOther(): Promise<void> {
	if (!existsSync(RUNNING_FILE)) return;
	const { port } = JSON.parse(await readFile(RUNNING_FILE, 'utf8')) as { port: number };
	if (await isPortFree(port)) return;
	throw new Error(
		`npm start runs already in this folder: http://127.0.0.1:${port}\nStop that one with Ctrl-C first.`,
	);
}

interface Credentials {
	readonly freshBooks: CredentialRef;
	readonly scim: CredentialRef;
}

/** Imports what is not there yet by name; comes back with the ids of those that have the trigger. */
async function importWorkflows({ client }: N8n, files: string, { freshBooks, scim }: Credentials): Promise<string[]> {
	const present = new Map((await client.workflows()).map(({ name, id }) => [name, id]));
	const triggered: string[] = [];
	for await (const file of glob(files, { cwd: ROOT })) {
		const draft = withCredential(await readWorkflow(path.join(ROOT, file)), freshBooks, scim);
		const id = present.get(draft.name) ?? (await client.createWorkflow(draft)).id;
		if (hasTrigger(draft)) triggered.push(id);
	}
	return triggered;
}

/** Publishes workflows afresh: a poll made before the credential was connected may have ended them. */
async function publishWorkflows({ client }: N8n, ids: string[]): Promise<void> {
	for (const id of ids) {
		const { active, name } = await client.workflow(id);
		if (active) await client.unpublish(id);
		const status = await client.publish(id);
		console.log(status === 'published' ? `  '${name}' is live.` : `  '${name}' could not be published: ${status}.`);
	}
}

/** What an identity provider is set up with. */
interface ScimAccess {
	readonly baseUrl: string;
	readonly token: string;
}

/** The base URL of the first SCIM trigger among the workflows. */
async function scimBaseUrl({ client, url }: N8n, ids: string[]): Promise<string> {
	for (const id of ids) {
		const { nodes } = await client.workflow(id);
		const trigger = nodes.find(({ type }) => type === TYPES.scimTrigger);
		if (trigger) return `${url}/webhook/${String(trigger.webhookId)}/${String(trigger.parameters['path'])}`;
	}
	throw new Error(`No workflow of ${READY} has a SCIM trigger.`);
}

function welcome(n8n: N8n, sandbox: Sandbox, scim: ScimAccess): string {
	return [
		'',
		`  n8n's workflows     ${n8n.url}/home/workflows`,
		`    login             ${n8n.owner.email}`,
		`    password          ${n8n.owner.password}`,
		`  FreshBooks sandbox  ${sandbox.url}`,
		`  SCIM base URL       ${scim.baseUrl}`,
		`  SCIM token          ${scim.token}`,
		'',
		"  Log in, open the workflow 'FreshBooks: list team members' and press 'Execute workflow'.",
		"  'FreshBooks: people who leave' is live: remove somebody on the sandbox's page (its address above), wait a",
		'  minute, and look at its executions. The examples are imported as well; the note in each says what to change.',
		"  To try an n8n of your own, connect it to the sandbox: the sandbox's page says with what.",
		'  Ctrl-C stops everything.',
		'',
	].join('\n');
}

let n8n: N8n | undefined;
let sandbox: Sandbox | undefined;
let stopping = false;

async function stopAll(): Promise<void> {
	await n8n?.stop();
	await sandbox?.close();
	if (n8n) await rm(RUNNING_FILE, { force: true });
}

function stopOn(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'disconnect'): void {
	process.on(event, () => {
		if (stopping) return;
		stopping = true;
		console.log('\nStopping n8n and the sandbox.');
		void stopAll().finally(() => process.exit(0));
	});
}

async function start(ports: Ports): Promise<void> {
	await demandNoOther();
	await demandFree(ports.n8n, 'port');
	await demandFree(ports.sandbox, 'sandbox-port');
	await installN8n();
	const packed = await packPackage();
	sandbox = await startSandbox({ port: ports.sandbox });
	n8n = await prepareN8n({ userFolder: USER_FOLDER, packed, port: ports.n8n });
	await writeFile(RUNNING_FILE, JSON.stringify({ port: ports.n8n }));
	console.log('Starting n8n.');
	await n8n.start();
	const token = randomBytes(32).toString('hex');
	const credentials = { freshBooks: await connectCredential(n8n.client, sandbox), scim: await giveScimToken(n8n.client, token) };
	await importWorkflows(n8n, EXAMPLES, credentials);
	const ready = await importWorkflows(n8n, READY, credentials);
	await publishWorkflows(n8n, ready);
	console.log(welcome(n8n, sandbox, { baseUrl: await scimBaseUrl(n8n, ready), token }));
	await n8n.ended();
	if (!stopping) throw new Error(`n8n ended by itself.\nWhy is in its log: ${n8n.logFile}`);
}

for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) stopOn(event);
try {
	await start(readPorts());
} catch (error) {
	if (!stopping) {
		stopping = true;
		await stopAll();
		giveUp(error);
	}
}
