// How long n8n's own loader needs for a package, in a process that has loaded n8n-core only.
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Core from 'n8n-core';
import type { Stage } from '../lib/stage.mts';

export interface LoadInput {
	which: 'freshBooks' | 'empty';
}

export async function load({ which }: LoadInput, stage: Stage): Promise<number> {
	const requireFromN8n = createRequire(path.join(stage.n8nHome, 'package.json'));
	requireFromN8n('reflect-metadata');
	const { PackageDirectoryLoader } = requireFromN8n('n8n-core') as typeof Core;
	const folder = which === 'empty' ? stage.emptyPackageFolder : stage.packageFolder;
	const started = performance.now();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const took = performance.now() - started;
	const expected = which === 'empty' ? 1 : 3;
	if (Object.keys(loader.nodeTypes).length !== expected) throw new Error(`The loader did not find ${expected} nodes.`);
	return took;
}
