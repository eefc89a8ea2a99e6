// npm run fuzz [-- --runs N --seed N --only part-of-a-file-name]: the hostile suites, with many more runs.
import { randomInt } from 'node:crypto';
import { glob, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { conclude, countJest, freshReport, REPORTS } from './lib/reports.mts';
import { giveUp, run } from './lib/run.mts';

/** The secrets that the suites give to the nodes. No output or file may have one. */
const SECRETS = ['first-access-token', 'first-refresh-token', 'client-password', '0123456789abcdef0123456789abcdef'];
const SUITES = 'test/node/(hostile|people)';
const FOLDER = path.join(REPORTS, 'hostile');

/** One line of the table, as test/node/hostile/campaign.cts writes it. */
interface Count {
	what: string;
	kind: string;
	tried: number;
	errors: number;
	wellFormed: number;
	other: number;
}

function settings(): { runs: number; seed: number; only: string } {
	const { values } = parseArgs({ options: { runs: { type: 'string', default: '300' }, seed: { type: 'string' }, only: { type: 'string', default: '' } } });
	const runs = Number(values.runs);
	const seed = Number(values.seed ?? randomInt(2 ** 31));
	if (Number.isInteger(runs) && runs > 0 && Number.isInteger(seed)) return { runs, seed, only: values.only };
	throw new Error('Usage: npm run fuzz -- [--runs 300] [--seed 1] [--only input]');
}

async function counts(): Promise<Count[]> {
	const all: Count[] = [];
	for await (const file of glob('*.json', { cwd: FOLDER })) all.push(...(JSON.parse(await readFile(path.join(FOLDER, file), 'utf8')) as Count[]));
	return all;
}

function print(rows: Count[]): void {
	const total: Count = { what: 'all', kind: '', tried: 0, errors: 0, wellFormed: 0, other: 0 };
	for (const { tried, errors, wellFormed, other } of rows) {
		total.tried += tried;
		total.errors += errors;
		total.wellFormed += wellFormed;
		total.other += other;
	}
	const cells = [
		['what', 'kind', 'tried', 'clear errors', 'well-formed', 'anything else'],
		...[...rows, total].map(({ what, kind, tried, errors, wellFormed, other }) => [what, kind, tried, errors, wellFormed, other].map(String)),
	];
	const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
	for (const row of cells) console.log(row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
}

/** The files of the campaign that have a secret. */
async function leaks(): Promise<string[]> {
	const found: string[] = [];
	for await (const file of glob('*', { cwd: FOLDER })) {
		const content = await readFile(path.join(FOLDER, file), 'utf8');
		found.push(...SECRETS.filter((secret) => content.includes(secret)).map((secret) => `${file} holds ${secret}`));
	}
	return found;
}

async function main(): Promise<void> {
	const { runs, seed, only } = settings();
	console.log(`${runs} runs a property, seed ${seed}. To replay: npm run fuzz -- --runs ${runs} --seed ${seed}${only && ` --only ${only}`}`);
	await rm(FOLDER, { recursive: true, force: true });
	await mkdir(FOLDER, { recursive: true });
	Object.assign(process.env, { HOSTILE_RUNS: String(runs), HOSTILE_SEED: String(seed), HOSTILE_REPORTS: FOLDER });
	const report = await freshReport('fuzz.json');
	const passed = await run('jest', ['--json', `--outputFile=${report}`, `${SUITES}/.*${only}`]);
	const tests = await countJest(report);
	const rows = await counts();
	print(rows.sort((one, other) => one.kind.localeCompare(other.kind) || one.what.localeCompare(other.what)));
	const secrets = await leaks();
	console.log(secrets.length === 0 ? '\nNo output and no file has a secret.' : `\n${secrets.join('\n')}`);
	if (!passed) console.log(`\nTo replay: npm run fuzz -- --runs ${runs} --seed ${seed}`);
	const failures = secrets.length + rows.filter(({ other }) => other > 0).length;
	await conclude('fuzz', { ...tests, failed: Math.max(tests.failed, failures) });
}

main().catch(giveUp);
