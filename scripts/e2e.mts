// npm run e2e [-- part-of-a-file-name ...]: the suites on the packed tarball, a real n8n and Chromium.
import { installN8n, packPackage } from '../sandbox/n8n/index.mts';
import { installChromium } from './lib/chromium.mts';
import { nodeTest } from './lib/nodeTest.mts';
import { conclude } from './lib/reports.mts';
import { giveUp } from './lib/run.mts';

async function main(): Promise<void> {
	await installChromium();
	await installN8n();
	await packPackage();
	const counts = await nodeTest('e2e', 'test/e2e/**/*.test.mts', { only: process.argv.slice(2), concurrency: 2 });
	await conclude('e2e', counts);
}

main().catch(giveUp);
