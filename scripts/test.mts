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

const SUITES: ReadonlyArray<[name: string, work: () => Promise<Counts>]> = [
	['unit tests and nodes on n8n-core', jest],
	['sandbox', async () => await nodeTest('sandbox', 'test/sandbox/**/*.test.mts')],
	['documentation', async () => await nodeTest('docs', 'test/docs/**/*.test.mts')],
	['packaging', async () => await nodeTest('packaging', 'test/packaging/**/*.test.mts')],
	['campaign of faults, its plan and its judge', async () => await nodeTest('soak', 'test/soak/**/*.test.mts')],
	['benchmarks, tiny', async () => await nodeTest('bench', 'test/bench/**/*.test.mts')],
];

async function main(): Promise<void> {
	const results: Array<[name: string, counts: Counts]> = [];
	for (const script of CHECKS) results.push([script, await check(script)]);
	for (const [name, work] of SUITES) results.push([name, await suite(name, work)]);
	const failed = results.filter(([, counts]) => counts.failed > 0);
	if (failed.length > 0) console.log(`\nFailed: ${failed.map(([name]) => name).join('; ')}. The reasons are above.`);
	await conclude('test', sum(results.map(([, counts]) => counts)));
}

main().catch(giveUp);
