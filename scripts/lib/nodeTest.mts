import { glob } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../sandbox/n8n/paths.mts';
import { countNodeTest, freshReport, NO_TESTS, type Counts } from './reports.mts';
import { run } from './run.mts';

interface NodeTestOptions {
	/** Only the files whose path contains one of these. */
	readonly only?: string[];
	/** How many files at a time. */
	readonly concurrency?: number;
}

async function testFiles(pattern: string, only: string[]): Promise<string[]> {
	const files: string[] = [];
	for await (const file of glob(pattern, { cwd: ROOT })) files.push(file);
	return files.filter((file) => only.length === 0 || only.some((part) => file.includes(part))).sort();
}

/** Runs the matching files with `node --test`, and counts the tests from the runner's report. */
export async function nodeTest(
	name: string,
	pattern: string,
	{ only = [], concurrency = 1 }: NodeTestOptions = {},
): Promise<Counts> {
	const files = await testFiles(pattern, only);
	if (files.length === 0) {
		console.log(`No test file matches ${pattern} ${only.join(' ')}`);
		return NO_TESTS;
	}
	const report = await freshReport(`${name}.json`);
	const passed = await run(process.execPath, [
		'--test',
		`--test-concurrency=${concurrency}`,
		'--test-reporter=spec',
		'--test-reporter-destination=stdout',
		`--test-reporter=${path.join(import.meta.dirname, 'nodeTestReporter.mts')}`,
		`--test-reporter-destination=${report}`,
		...files,
	]);
	const counts = await countNodeTest(report);
	return !passed && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
