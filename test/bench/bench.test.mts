// Each benchmark once and tiny, to show that it still runs. The figures have no meaning here.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BENCHMARKS } from '../../bench/benchmarks.mts';
import { costTable, json, KEYS, table, type Figures } from '../../bench/figures.mts';
import { median } from '../../bench/lib/measure.mts';
import { clearStage, prepareStage, startSandboxProcess, type SandboxProcess, type Stage } from '../../bench/lib/stage.mts';
import { TINY } from '../../bench/sizes.mts';

describe('the benchmarks', () => {
	const figures: Figures = {};
	let stage: Stage;
	let sandbox: SandboxProcess;

	before(async () => {
		stage = await prepareStage(console.log);
		sandbox = await startSandboxProcess();
	});
	after(async () => {
		await sandbox.stop();
		await clearStage(stage);
	});

	for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
		test(name, async () => {
			Object.assign(figures, await benchmark({ sizes: TINY, stage, sandbox: { url: sandbox.url, token: sandbox.token } }));
		});
	}

	test('give every figure, in the table and as JSON', () => {
		assert.deepEqual(Object.keys(JSON.parse(json(figures)) as object), [...KEYS]);
		assert.equal(table(figures).split('\n').length, KEYS.length + 1);
	});

	test('count the requests of a list, and those of the complete execution', () => {
		assert.equal(figures.listRequests?.value, Math.ceil(TINY.listMembers / 100));
		assert.match(figures.listRequests?.details ?? '', /; 4 in the complete execution/);
	});

	test('say what a poll costs at every size, as a table of Markdown', () => {
		const lines = costTable(figures)?.split('\n') ?? [];
		assert.equal(lines.length, TINY.pollMembers.length + 2);
		assert.match(lines[2] ?? '', /^\| 100 \| 2, 4 \|/);
		assert.equal(costTable({}), undefined);
	});

	test('read the list once for an import, and once for requests that come at once', () => {
		assert.equal(figures.scimImportVsList?.value, 1);
		assert.equal(figures.scimAtOnceVsList?.value, 1);
		assert.match(figures.scimImportVsList?.details ?? '', /^150 people in 4 pages: 2 requests to the published list, beside Get Many's 2; 5 in all/);
	});

	test('lose and repeat nothing against a limit', () => {
		assert.equal(figures.throttledLost?.value, 0);
		assert.equal(figures.throttledRepeated?.value, 0);
	});
});

test('the median of an even and an odd number of values', () => {
	assert.equal(median([3, 1, 2]), 2);
	assert.equal(median([4, 1, 2, 3]), 2.5);
});
