import assert from 'node:assert/strict';
import type { Json, World } from '../support.mts';

/** A data table of n8n, worked on by workflows of its own: as the examples do, by name. */
export class DataTable {
	readonly #world: World;
	readonly #table: Json;

	constructor(world: World, name: string) {
		this.#world = world;
		this.#table = { __rl: true, mode: 'name', value: name };
	}

	/** Every row. */
	async rows(): Promise<Json[]> {
		return await this.#run({ resource: 'row', operation: 'get', returnAll: true });
	}

	/** Writes these cells into every row that has `value` in `column`. */
	async update(column: string, value: string, cells: Json): Promise<void> {
		const filters = { conditions: [{ keyName: column, condition: 'eq', keyValue: value }] };
		const schema = Object.keys(cells).map((id) => ({ id, displayName: id, type: 'string', display: true, required: false, defaultMatch: false, canBeUsedToMatch: true }));
		const columns = { mappingMode: 'defineBelow', value: cells, matchingColumns: [], schema };
		await this.#run({ resource: 'row', operation: 'update', matchType: 'allConditions', filters, columns, options: {} });
	}

	/** Deletes the table. */
	async drop(): Promise<void> {
		await this.#run({ resource: 'table', operation: 'delete' });
	}

	async #run(parameters: Json): Promise<Json[]> {
		const { client } = this.#world.n8n;
		const workflow = await client.createWorkflow({
			name: 'A data table',
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
				{ name: 'Table', type: 'n8n-nodes-base.dataTable', typeVersion: 1, position: [220, 0], parameters: { ...parameters, dataTableId: this.#table } },
			],
			connections: { Start: { main: [[{ node: 'Table', type: 'main', index: 0 }]] } },
		});
		const execution = await client.run(workflow.id, 'Start');
		assert.equal(execution.status, 'success', execution.error?.message);
		return execution.items('Table');
	}
}
