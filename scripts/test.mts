// npm test: build, lint, types, and every suite that needs no n8n server.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../sandbox/n8n/paths.mts';
import { nodeTest } from './lib/nodeTest.mts';
import { conclude, countJest, freshReport, NO_TESTS, sum, type Counts } from './lib/reports.mts';
import { giveUp, run, step } from './lib/run.mts';

const CHECKS = ['build', 'lint', 'lint:tools', 'typecheck'];

/** A check is not a test: it is counted only when it fails. */
async function check(script: string): Promise<Counts> {
	const passed = await step(script, async () => await run('npm', ['run', '--silent', script]));
	return passed ? NO_TESTS : { ...NO_TESTS, failed: 1 };
}

async function jest(): Promise<Counts> {
	if (!existsSync(path.join(ROOT, 'jest.config.js'))) return NO_TESTS;
	const report = await freshReport('jest.json');
	const passed = await run('jest', ['--passWithNoTests', '--json', `--outputFile=${report}`]);
	const counts = await countJest(report);
	return !passed && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function suite(name: string, work: () => Promise<Counts>): Promise<Counts> {
	let counts = NO_TESTS;
	await step(name, async () => {
		counts = await work();
		return counts.failed === 0;
	});
	return counts;
}

async function main(): Promise<void> {
	const results: Counts[] = [];
	for (const script of CHECKS) results.push(await check(script));
	results.push(await suite('unit tests and nodes on n8n-core', jest));
	results.push(
		await suite('sandbox', async () => await nodeTest('sandbox', 'test/sandbox/**/*.test.mts')),
		await suite('documentation', async () => await nodeTest('docs', 'test/docs/**/*.test.mts')),
		await suite('packaging', async () => await nodeTest('packaging', 'test/packaging/**/*.test.mts')),
		await suite('campaign of faults, its plan and its judge', async () => await nodeTest('soak', 'test/soak/**/*.test.mts')),
		await suite('benchmarks, tiny', async () => await nodeTest('bench', 'test/bench/**/*.test.mts')),
	);
	await conclude('test', sum(results));
}

main().catch(giveUp);
