import { copyFile, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isInstalled, npm, npmCi } from '../../scripts/lib/install.mjs';
import { N8N_HOME } from './paths.mts';

// n8n's dependencies are installed without their scripts. Of those that it loads at start, only these
// need to be built.
const NATIVE_PACKAGES = ['sqlite3', 'isolated-vm'];
const NATIVE_PROOF = path.join(N8N_HOME, 'node_modules/sqlite3/build/Release/node_sqlite3.node');

/** Installs the pinned n8n into `.cache/n8n`, unless it is there already. */
export async function installN8n(log: (line: string) => void = console.log): Promise<void> {
	await mkdir(N8N_HOME, { recursive: true });
	for (const file of ['package.json', 'package-lock.json']) {
		await copyFile(path.join(import.meta.dirname, file), path.join(N8N_HOME, file));
	}
	const complete = isInstalled(N8N_HOME);
	if (complete && existsSync(NATIVE_PROOF)) return;
	log('Installing n8n into .cache/n8n: 2.8 GB, 4 to 8 minutes, once.');
	if (!complete) await npmCi(N8N_HOME, { label: 'n8n', args: ['--ignore-scripts'], log });
	log('  n8n: building its native packages, about a minute');
	await npm(N8N_HOME, ['rebuild', ...NATIVE_PACKAGES]);
}
