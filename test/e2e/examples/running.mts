import assert from 'node:assert/strict';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	readExecution,
	readWorkflow,
	ROOT,
	TYPES,
	withCredential,
	type CredentialRef,
	type Execution,
	type StoredExecution,
	type Workflow,
	type WorkflowDraft,
	type WorkflowNode,
} from '../../../sandbox/n8n/index.mts';
import type { World } from '../support.mts';
import { pollTimes } from '../trigger/pollTimes.mts';
import { isNotHere, standIn } from './standIn.mts';

const WAIT_MS = 60_000;

/** What is here of the services that an example uses. */
export interface Here {
	/** Credentials by type. */
	readonly credentials?: Readonly<Record<string, CredentialRef>>;
	/** What a service's address is replaced with. */
	readonly addresses?: Readonly<Record<string, string>>;
}

const SMTP = 'smtp';

/** The credential types of a node; the mail node of the examples ships disabled, and without. */
function credentialTypes(node: WorkflowNode): string[] {
	return node.type === 'n8n-nodes-base.emailSend' ? [SMTP] : Object.keys(node.credentials ?? {});
}

function withCredentials(node: WorkflowNode, { credentials = {} }: Here): WorkflowNode {
	const given = credentialTypes(node).flatMap((type) => (credentials[type] ? [[type, credentials[type]] as const] : []));
	if (given.length === 0) return node;
	return { ...node, disabled: false, credentials: { ...node.credentials, ...Object.fromEntries(given) } };
}

function withAddresses(node: WorkflowNode, { addresses = {} }: Here): WorkflowNode {
	let text = JSON.stringify(node);
	for (const [address, here] of Object.entries(addresses)) text = text.replaceAll(address, here);
	return JSON.parse(text) as WorkflowNode;
}

/** The node as it runs here, and what is said about it if it is not the example's own. */
function nodeHere(node: WorkflowNode, here: Here): { node: WorkflowNode; said?: string } {
	if (isNotHere(node)) {
		return { node: standIn(node), said: `'${node.name}' (${node.type}) is replaced by a node that shows what it would have been given` };
	}
	if (node.type === TYPES.trigger) {
		return { node: { ...node, parameters: { ...node.parameters, pollTimes: pollTimes() } }, said: `'${node.name}' polls every three seconds` };
	}
	const addressed = withAddresses(node, here);
	const moved = JSON.stringify(addressed) !== JSON.stringify(node);
	return { node: withCredentials(addressed, here), ...(moved && { said: `'${node.name}' asks an address of the suite's own` }) };
}

/** Reads an example as it lies in the repository. */
export async function readExample(name: string): Promise<WorkflowDraft> {
	return await readWorkflow(path.join(ROOT, 'examples', `${name}.json`));
}

/**
 * Imports an example with the credentials filled in. A node whose service is not here is replaced (`standIn`), and the
 * test's output says so.
 */
export async function importExample(context: Pick<TestContext, 'diagnostic'>, world: World, name: string, here: Here = {}): Promise<Workflow> {
	const draft = withCredential(await readExample(name), world.credential, here.credentials?.[TYPES.scimCredential]);
	const nodes = draft.nodes.map((node) => nodeHere(node, here));
	for (const { said } of nodes) if (said) context.diagnostic(`${name}: ${said}`);
	return await world.n8n.client.createWorkflow({ ...draft, nodes: nodes.map(({ node }) => node) });
}

/** Publishes an example, lets something happen, and gives the first execution that its trigger starts. */
export async function firstExecution(world: World, workflowId: string, happens: () => Promise<unknown>): Promise<Execution> {
	const { client } = world.n8n;
	assert.equal(await client.publish(workflowId), 'published');
	try {
		await happens();
		const deadline = Date.now() + WAIT_MS;
		for (;;) {
			const first = (await client.executions(workflowId)).find(({ mode }) => mode === 'trigger');
			if (first) return await client.finished(first.id);
			assert.ok(Date.now() < deadline, 'The trigger started nothing.');
			await sleep(150);
		}
	} finally {
		await client.unpublish(workflowId);
	}
}

/** Lets something happen, and gives what came of it and the next execution that a webhook of the published workflow starts. */
export async function nextExecution<Answer>({ n8n: { client } }: World, workflowId: string, happens: () => Promise<Answer>): Promise<{ answer: Answer; execution: Execution }> {
	const started = async (): Promise<string[]> => (await client.executions(workflowId)).filter(({ mode }) => mode === 'webhook').map(({ id }) => id);
	const before = (await started()).length;
	const answer = await happens();
	const deadline = Date.now() + WAIT_MS;
	for (;;) {
		const next = (await started())[before];
		if (next !== undefined) return { answer, execution: await client.finished(next) };
		assert.ok(Date.now() < deadline, 'The request started nothing.');
		await sleep(150);
	}
}

/** Starts a workflow by hand and does not wait for its end. */
export async function begin(world: World, workflowId: string, trigger: string): Promise<string> {
	const { executionId } = await world.n8n.client.request<{ executionId: string }>('POST', `/rest/workflows/${workflowId}/run`, {
		triggerToStartFrom: { name: trigger },
	});
	return executionId;
}

/** Waits until an execution stands still for somebody's answer, and reads what it came to by then. */
export async function untilWaiting(world: World, executionId: string): Promise<Execution> {
	const deadline = Date.now() + WAIT_MS;
	for (;;) {
		const stored = await world.n8n.client.request<StoredExecution>('GET', `/rest/executions/${executionId}`);
		if (stored.status === 'waiting') return readExecution(stored);
		if (!['new', 'running'].includes(stored.status)) {
			assert.fail(`The execution did not wait, but ended with ${stored.status}: ${readExecution(stored).error?.message}`);
		}
		assert.ok(Date.now() < deadline, `The execution was still ${stored.status}.`);
		await sleep(150);
	}
}

/** Opens the form, and sends it filled in, as a browser does; the fields in the order of the form. */
export async function answerForm(url: string, answers: string[]): Promise<string> {
	const page = await fetch(url);
	const html = await page.text();
	assert.equal(page.status, 200, html.slice(0, 300));
	const form = new FormData();
	answers.forEach((answer, field) => form.append(`field-${field}`, answer));
	const sent = await fetch(url, { method: 'POST', body: form });
	assert.ok(sent.ok, `${sent.status}: ${(await sent.text()).slice(0, 300)}`);
	return html;
}

interface BinaryFile {
	data: string;
	fileName?: string;
	/** Where n8n keeps it, if not in `data`. */
	id?: string;
}

/** The file that a node gave. */
export async function fileOf(world: World, execution: Execution, node: string): Promise<{ name: string; text: string }> {
	const item = execution.runData[node]?.at(-1)?.data?.main?.[0]?.[0] as { binary?: Record<string, BinaryFile> } | undefined;
	const file = Object.values(item?.binary ?? {})[0];
	assert.ok(file, `${node} gave a file`);
	if (!file.id) return { name: file.fileName ?? '', text: Buffer.from(file.data, 'base64').toString('utf8') };
	const { baseUrl, cookie } = world.n8n.client;
	const answer = await fetch(`${baseUrl}/rest/binary-data?id=${encodeURIComponent(file.id)}&action=download`, { headers: { cookie } });
	assert.ok(answer.ok, `${answer.status} for ${file.id}`);
	return { name: file.fileName ?? '', text: await answer.text() };
}
