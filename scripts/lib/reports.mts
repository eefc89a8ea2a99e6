import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../../sandbox/n8n/paths.mts';

/** How many tests a run had, by how they ended. */
export interface Counts {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

export const REPORTS = path.join(CACHE, 'reports');
export const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };
/** The counts of a runner that left no report: one failure. */
const NO_REPORT: Counts = { passed: 0, failed: 1, skipped: 0 };

/** A runner's report file. The report of an earlier run is removed. */
export async function freshReport(name: string): Promise<string> {
	await mkdir(REPORTS, { recursive: true });
	const file = path.join(REPORTS, name);
	await rm(file, { force: true });
	return file;
}

async function readReport<T>(file: string): Promise<T | undefined> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as T;
	} catch {
		return undefined;
	}
}

interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numRuntimeErrorTestSuites: number;
}

/** Counts what jest wrote with `--json --outputFile`; a suite that could not run is one failed. */
export async function countJest(file: string): Promise<Counts> {
	const report = await readReport<JestReport>(file);
	if (!report) return NO_REPORT;
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
		skipped: report.numPendingTests,
	};
}

/** Counts what `nodeTestReporter.mts` wrote for `node --test`. */
export async function countNodeTest(file: string): Promise<Counts> {
	return (await readReport<Counts>(file)) ?? NO_REPORT;
}

/** Adds counts up. */
export function sum(counts: Counts[]): Counts {
	return counts.reduce(
		(total, one) => ({
			passed: total.passed + one.passed,
			failed: total.failed + one.failed,
			skipped: total.skipped + one.skipped,
		}),
		NO_TESTS,
	);
}

/** Keeps a script's counts for `.ci/run`, prints them as its last line and ends the process. */
export async function conclude(script: string, counts: Counts): Promise<never> {
	await mkdir(REPORTS, { recursive: true });
	await writeFile(path.join(REPORTS, `total-${script}.json`), JSON.stringify(counts));
	if (counts.skipped > 0) console.log(`\n${counts.skipped} skipped`);
	console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
	process.exit(counts.failed === 0 ? 0 : 1);
}
