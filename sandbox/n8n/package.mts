import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mts';
import { CACHE, N8N_HOME, ROOT } from './paths.mts';

const PACKED = path.join(CACHE, 'package');
const SOURCES = ['nodes/**/*', 'credentials/**/*', 'icons/**/*', '*.{js,json,md}'];

/** The packed package, ready to be installed into an n8n. */
export interface Packed {
	readonly name: string;
	readonly version: string;
	readonly tarball: string;
}

async function hashSources(): Promise<string> {
	const files: string[] = [];
	for await (const entry of glob(SOURCES, { cwd: ROOT, withFileTypes: true })) {
		if (entry.isFile()) files.push(path.join(entry.parentPath, entry.name));
	}
	const hash = createHash('sha256');
	for (const file of files.sort()) hash.update(file).update(await readFile(file));
	return hash.digest('hex');
}

async function readIfThere(file: string): Promise<string | undefined> {
	return existsSync(file) ? await readFile(file, 'utf8') : undefined;
}

/** Builds the package and packs it into `.cache/package`; unchanged sources keep the last tarball. */
export async function packPackage(log: (line: string) => void = console.log): Promise<Packed> {
	const manifest = await readFile(path.join(ROOT, 'package.json'), 'utf8');
	const { name, version } = JSON.parse(manifest) as { name: string; version: string };
	const packed = { name, version, tarball: path.join(PACKED, `${name}-${version}.tgz`) };
	const hashFile = path.join(PACKED, 'sources.sha256');
	const hash = await hashSources();
	if (existsSync(packed.tarball) && (await readIfThere(hashFile)) === hash) return packed;
	log('Building and packing the package.');
	await rm(PACKED, { recursive: true, force: true });
	await mkdir(PACKED, { recursive: true });
	// With CI set, the build prints no spinner into the output that is shown when it fails.
	await runCommand('npm', ['run', 'build'], { cwd: ROOT, env: { ...process.env, CI: 'true' } });
	await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', PACKED], { cwd: ROOT });
	await writeFile(hashFile, hash);
	return packed;
}

/** Unpacks a tarball, as npm would, into `folder`. */
export async function unpack(tarball: string, folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await runCommand('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
}

/** Puts the packed package where n8n looks for community packages in its user folder. */
export async function installCommunityPackage(packed: Packed, userFolder: string, n8nHome = N8N_HOME): Promise<void> {
	const nodes = path.join(userFolder, '.n8n/nodes');
	await unpack(packed.tarball, path.join(nodes, 'node_modules', packed.name));
	// The package gets n8n's own copy of n8n-workflow, as in a real installation, so that n8n recognizes the package's errors.
	// From a folder inside this repository it would find the repository's copy instead.
	const workflow = path.join(nodes, 'node_modules/n8n-workflow');
	await rm(workflow, { recursive: true, force: true });
	await symlink(path.join(n8nHome, 'node_modules/n8n-workflow'), workflow);
	const manifest = {
		name: 'installed-nodes',
		private: true,
		dependencies: { [packed.name]: packed.version },
	};
	await writeFile(path.join(nodes, 'package.json'), JSON.stringify(manifest));
}
