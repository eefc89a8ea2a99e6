// npm run bench [-- --json] [--quick] [--only list,poll]: how fast the nodes are, compared with what people use today.
import { parseArgs } from 'node:util';
import { giveUp } from '../scripts/lib/run.mts';
import { installN8n } from '../sandbox/n8n/install.mts';
import { BENCHMARKS } from './benchmarks.mts';
import { costTable, json, table, type Figures } from './figures.mts';
import { clearStage, prepareStage, startSandboxProcess } from './lib/stage.mts';
import { FULL, TINY } from './sizes.mts';

function readOptions(): { asJson: boolean; quick: boolean; only: string[] } {
	const { values } = parseArgs({
		options: {
			json: { type: 'boolean', default: false },
			quick: { type: 'boolean', default: false },
			only: { type: 'string', default: Object.keys(BENCHMARKS).join(',') },
		},
	});
	const only = values.only.split(',');
	const unknown = only.find((name) => !(name in BENCHMARKS));
	if (unknown !== undefined) throw new Error(`There is no benchmark '${unknown}'.\nChoose from ${Object.keys(BENCHMARKS).join(', ')}.`);
	return { asJson: values.json, quick: values.quick, only };
}

async function main(): Promise<void> {
	const { asJson, quick, only } = readOptions();
	if (!quick) await installN8n();
	const sizes = quick ? TINY : FULL;
	const stage = await prepareStage(console.log);
	const sandbox = await startSandboxProcess();
	const figures: Figures = {};
	try {
		for (const name of only) {
			const started = performance.now();
			Object.assign(figures, await BENCHMARKS[name]?.({ sizes, stage, sandbox: { url: sandbox.url, token: sandbox.token } }));
			console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
		}
	} finally {
		await sandbox.stop();
		await clearStage(stage);
		// Also if a later benchmark failed.
		console.log(`\n${table(figures)}`);
	}
	const costs = costTable(figures);
	if (costs !== undefined) console.log(`\nWhat a poll costs:\n${costs}`);
	if (asJson) console.log(json(figures));
}

await main().catch(giveUp);
