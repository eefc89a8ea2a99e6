// The error workflows of docs/recipes.md: what n8n passes to them for errors of the trigger and for a failed run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TYPES, type WorkflowDraft } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, startWorld, type Json, type World } from './support.mts';
import { pollTimes } from './trigger/pollTimes.mts';

const WITHIN_MS = 60_000;

/** The expressions of the recipe. */
const TOLD = `={{ {
	message: $json.trigger?.error.message ?? $json.execution.error.message,
	description: $json.trigger?.error.description ?? $json.execution.error.description,
} }}`;

const ERROR_WORKFLOW: WorkflowDraft = {
	name: 'Receives errors',
	nodes: [
		{ name: 'Error Trigger', type: 'n8n-nodes-base.errorTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
		{ name: 'Received', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [220, 0], parameters: { mode: 'raw', jsonOutput: TOLD, options: {} } },
	],
	connections: { 'Error Trigger': { main: [[{ node: 'Received', type: 'main', index: 0 }]] } },
};

/** Publishes a trigger with that error workflow. Every item ends in an error. */
async function publishWatch(world: World, errorWorkflow: string): Promise<void> {
	const { id, name } = world.credential;
	const parameters = { pollTimes: pollTimes(), businesses: 'selected', businessIds: [BILLSPRING], events: ['roleChanged'] };
	const workflow = await world.n8n.client.createWorkflow({
		name: 'Watch',
		nodes: [
			{ name: 'Watch', type: TYPES.trigger, typeVersion: 1, position: [0, 0], parameters, credentials: { [TYPES.credential]: { id, name } } },
			{ name: 'Stop', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, position: [220, 0], parameters: { errorMessage: 'The ticket system is down' } },
		],
		connections: { Watch: { main: [[{ node: 'Stop', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', errorWorkflow },
	});
	assert.equal(await world.n8n.client.publish(workflow.id), 'published');
}

describe('an error workflow', () => {
	let world: World;
	let errorWorkflow: string;

	before(async () => {
		world = await startWorld('recipes');
		const { client } = world.n8n;
		errorWorkflow = (await client.createWorkflow(ERROR_WORKFLOW)).id;
		assert.equal(await client.publish(errorWorkflow), 'published');
		await publishWatch(world, errorWorkflow);
	});
	after(async () => await world?.close());

	/** The input of its run number `count`. */
	async function received(count: number): Promise<Json | undefined> {
		const { client } = world.n8n;
		for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(250)) {
			const runs = await client.executions(errorWorkflow);
			const run = runs[count - 1];
			if (run) return (await client.finished(run.id)).items('Received')[0];
		}
		return assert.fail(`It was not started within ${WITHIN_MS / 1000} s.`);
	}

	test('receives a failed run', async () => {
		await world.control('PATCH', `/businesses/${BILLSPRING}/members/ivo.castellan@example.com`, { role: 'contractor' });
		assert.equal((await received(1))?.['message'], 'The ticket system is down');
	});

	test("receives the trigger's error, with the fix", async () => {
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { listable: false });
		const { message, description } = (await received(2)) ?? {};
		assert.match(String(message), /^BillSpring: The connected FreshBooks user has no permission for team members/);
		assert.match(String(description), /^To fix this, connect as an owner or admin/);
	});
});
