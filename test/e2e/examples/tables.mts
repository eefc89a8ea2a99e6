import assert from 'node:assert/strict';
import type { WorkflowNode } from '../../../sandbox/n8n/index.mts';
import type { Json, World } from '../support.mts';

const START: WorkflowNode = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} };

const byName = (name: string): Json => ({ __rl: true, mode: 'name', value: name });

function dataTable(name: string, parameters: Json): WorkflowNode {
	return { name, type: 'n8n-nodes-base.dataTable', typeVersion: 1.1, position: [0, 0], parameters };
}

/** Runs nodes one after another, and gives the items of the last one. */
async function run({ n8n: { client } }: World, nodes: WorkflowNode[]): Promise<Json[]> {
	const connections: Json = {};
	let last = START.name;
	for (const { name } of nodes) {
		connections[last] = { main: [[{ node: name, type: 'main', index: 0 }]] };
		last = name;
	}
	const workflow = await client.createWorkflow({ name: 'Data tables', nodes: [START, ...nodes], connections });
	const execution = await client.run(workflow.id, START.name);
	assert.equal(execution.status, 'success', execution.error?.message);
	return execution.items(last);
}

/** Every row of a data table, in the order in which they were written. */
export async function rowsOf(world: World, name: string): Promise<Json[]> {
	const get = { resource: 'row', operation: 'get', dataTableId: byName(name), returnAll: true };
	const rows = await run(world, [dataTable('Rows', get)]);
	return rows.sort((one, other) => Number(one['id']) - Number(other['id']));
}

/** Writes these cells into every row of a data table that has `value` in `column`. */
export async function updateRows(world: World, name: string, column: string, value: string, cells: Json): Promise<void> {
	const filters = { conditions: [{ keyName: column, condition: 'eq', keyValue: value }] };
	const schema = Object.keys(cells).map((id) => ({ id, displayName: id, type: 'string', display: true, required: false, defaultMatch: false, canBeUsedToMatch: true }));
	const columns = { mappingMode: 'defineBelow', value: cells, matchingColumns: [], schema };
	await run(world, [dataTable('Update', { resource: 'row', operation: 'update', dataTableId: byName(name), matchType: 'allConditions', filters, columns, options: {} })]);
}

/** Deletes every data table. */
export async function deleteTables(world: World): Promise<void> {
	const list = { resource: 'table', operation: 'list', returnAll: true, options: {} };
	const remove = { resource: 'table', operation: 'delete', dataTableId: { __rl: true, mode: 'id', value: '={{ $json.id }}' } };
	await run(world, [dataTable('Tables', list), dataTable('Delete', remove)]);
}
