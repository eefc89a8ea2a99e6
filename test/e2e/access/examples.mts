import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	readExecution,
	readWorkflow,
	ROOT,
	withCredential,
	type CredentialRef,
	type Execution,
	type StoredExecution,
	type Workflow,
	type WorkflowNode,
} from '../../../sandbox/n8n/index.mts';
import type { World } from '../support.mts';

const WAIT_MS = 60_000;

/** Imports an example with the credentials filled in; the mail node, which ships disabled, is switched on. */
export async function importExample(world: World, name: string, smtp: CredentialRef): Promise<Workflow> {
	const draft = withCredential(await readWorkflow(path.join(ROOT, 'examples', `${name}.json`)), world.credential);
	const nodes = draft.nodes.map(
		(node): WorkflowNode =>
			node.type === 'n8n-nodes-base.emailSend'
				? { ...node, disabled: false, credentials: { smtp: { id: smtp.id, name: smtp.name } } }
				: node,
	);
	return await world.n8n.client.createWorkflow({ ...draft, nodes });
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
