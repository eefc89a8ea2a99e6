// npm run docs: writes into README.md and docs/ what the nodes answer in the sandbox. With --check nothing is written, and
// whatever differs is named.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../sandbox/n8n/paths.mts';
import { recordExamples } from './docs/examples.mts';
import { pages, withExamples } from './docs/markdown.mts';
import { giveUp } from './lib/run.mts';

async function main(): Promise<void> {
	const isCheck = process.argv.includes('--check');
	const examples = await recordExamples(console.log);
	const stale: string[] = [];
	for (const page of await pages()) {
		const text = await withExamples(page, examples);
		if (text === page.text) continue;
		stale.push(page.name);
		if (!isCheck) await writeFile(path.join(ROOT, page.name), text);
	}
	if (stale.length === 0) console.log('The documentation shows what the nodes answer.');
	else if (isCheck) throw new Error(`What the nodes answer is not what these show: ${stale.join(', ')}. Run: npm run docs`);
	else console.log(`Written: ${stale.join(', ')}`);
}

main().then(() => process.exit(0), giveUp);
