// npm start [-- --port N --sandbox-port N]: a real n8n with the package installed, connected to the
// FreshBooks sandbox. All its files are in .cache/runs.
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
/** They run on the sandbox as they are. Those with a trigger are published. */
const READY = 'sandbox/n8n/workflows/*.json';
/** They are imported only: some call services that do not exist here. */
const EXAMPLES = 'examples/*.json';

interface Ports {
	readonly n8n: number;
	readonly sandbox: number;
}

function portFrom(text: string, name: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`'${text}' is not a port.\nTo fix this, give --${name} a whole number from 1 to 65535.`);
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
		`Port ${port} is used by another program.\n` +
			`To fix this, stop that program, or choose another port: npm start -- --${option} ${port + 20}`,
	);
}

/** Two n8n on one database would damage it. */
async function demandNoOther(): Promise<void> {
	if (!existsSync(RUNNING_FILE)) return;
	const { port } = JSON.parse(await readFile(RUNNING_FILE, 'utf8')) as { port: number };
	if (await isPortFree(port)) return;
	throw new Error(
		`npm start is already running in this folder: http://127.0.0.1:${port}\nTo fix this, stop it with Ctrl-C first.`,
	);
}

interface Credentials {
	readonly freshBooks: CredentialRef;
	readonly scim: CredentialRef;
}

/** Imports the workflows whose name n8n does not have yet; returns the IDs of those with a FreshBooks trigger. */
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

/** Publishes workflows again: a poll before the credential was connected may have deactivated them. */
async function publishWorkflows({ client }: N8n, ids: string[]): Promise<void> {
	for (const id of ids) {
		const { active, name } = await client.workflow(id);
		if (active) await client.unpublish(id);
		const status = await client.publish(id);
		console.log(status === 'published' ? `  Published the workflow '${name}'.` : `  The workflow '${name}' could not be published: ${status}.`);
	}
}

/** What an identity provider is configured with. */
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
	throw new Error(`No workflow of ${READY} has a SCIM Trigger.`);
}

function welcome(n8n: N8n, sandbox: Sandbox, scim: ScimAccess): string {
	return [
		'',
		'n8n is running with this package, connected to a FreshBooks sandbox on this machine. Open both in a browser:',
		'',
		`  n8n                 ${n8n.url}/home/workflows`,
		`    email             ${n8n.owner.email}`,
		`    password          ${n8n.owner.password}`,
		`  FreshBooks sandbox  ${sandbox.url}`,
		'',
		'What to try:',
		"  1. In n8n, open the workflow 'FreshBooks: list team members' and press 'Execute workflow'.",
		"  2. On the sandbox's page, remove someone. Within a minute, the workflow 'FreshBooks: people who leave'",
		'     has a new execution, which shows who left.',
		'  3. Open an example workflow. Its note says what to change before you publish it.',
		'  4. Send SCIM requests, as an identity provider does, to the address below.',
		"  5. Connect an n8n of your own: the sandbox's page lists the values for its credential.",
		'',
		`  SCIM base URL       ${scim.baseUrl}`,
		`  SCIM token          ${scim.token}`,
		'',
		'Press Ctrl-C to stop both. n8n keeps your workflows for the next start (in',
		`${path.relative(ROOT, USER_FOLDER)}); the sandbox starts again with its default people.`,
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
	n8n = await prepareN8n({ userFolder: USER_FOLDER, packed, port: ports.n8n });
	sandbox = await startSandbox({ port: ports.sandbox, n8nUrl: n8n.url });
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
	if (!stopping) throw new Error(`n8n stopped by itself.\nIts log says why: ${n8n.logFile}`);
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
