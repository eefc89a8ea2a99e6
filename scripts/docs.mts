// npm run docs: writes the nodes' output in the sandbox into README.md and docs/. With --check nothing is written, and the
// differences are listed.
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
	if (stale.length === 0) console.log('The examples in the documentation are up to date.');
	else if (isCheck) throw new Error(`The nodes' output differs from the examples in ${stale.join(', ')}.\nTo fix this, run: npm run docs`);
	else console.log(`Written: ${stale.join(', ')}`);
}

main().then(() => process.exit(0), giveUp);
