// npm run soak [-- minutes] [--seed N] [--markdown]: a campaign of faults on a real n8n, judged by the sandbox's own history.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n, packPackage } from '../../sandbox/n8n/index.mts';
import { REPORTS } from '../../scripts/lib/reports.mts';
import { giveUp } from '../../scripts/lib/run.mts';
import { runCampaign } from './campaign.mts';
import { problemsOf, tablesOf } from './report.mts';

const DEFAULT_MINUTES = 10;

interface Wanted {
	readonly minutes: number;
	readonly seed: number;
	readonly markdown: boolean;
}

function readArguments(): Wanted {
	const { values, positionals } = parseArgs({
		options: { seed: { type: 'string' }, markdown: { type: 'boolean', default: false } },
		allowPositionals: true,
	});
	const minutes = Number(positionals[0] ?? DEFAULT_MINUTES);
	const seed = Number(values.seed ?? Date.now() % 1_000_000);
	if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('Usage: npm run soak -- [minutes] [--seed whole number] [--markdown]');
	return { minutes, seed, markdown: values.markdown };
}

async function main(): Promise<void> {
	const { minutes, seed, markdown } = readArguments();
	const say = (line: string): void => (markdown ? console.error(line) : console.log(line));
	say(`A campaign of ${minutes} min with seed ${seed}. To run the same plan again: npm run soak -- ${minutes} --seed ${seed}`);
	await installN8n();
	await packPackage(say);
	const verdict = await runCampaign(seed, minutes, say);
	const tables = tablesOf(verdict);
	await mkdir(REPORTS, { recursive: true });
	await writeFile(path.join(REPORTS, 'soak.json'), JSON.stringify(verdict, undefined, '\t'));
	await writeFile(path.join(REPORTS, 'soak.md'), `${tables}\n`);
	console.log(`\n${tables}\n`);
	const problems = problemsOf(verdict);
	for (const problem of problems) say(problem);
	process.exit(problems.length === 0 ? 0 : 1);
}

main().catch(giveUp);
