// npm run scan: n8n's own package scanner over the source and over the packed tarball, and what a
// reviewer checks first: size, files, run-time dependencies.
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { glob, stat } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../sandbox/n8n/command.mts';
import { packPackage, unpack } from '../sandbox/n8n/package.mts';
import { CACHE, ROOT } from '../sandbox/n8n/paths.mts';
import { conclude } from './lib/reports.mts';
import { giveUp, step } from './lib/run.mts';

const LARGEST_TARBALL = 150_000;
// The files of a published package that the scanner reads.
const TARBALL_FILE_PATTERNS = ['**/*.js', 'package.json'];
// Below a node_modules, so that the project's own lint does not read the unpacked copy.
const UNPACKED = path.join(CACHE, 'scan/node_modules/n8n-nodes-freshbooks');

async function scan(folder: string, patterns: string[]): Promise<boolean> {
	const { passed, message, details } = await analyzePackage(folder, patterns);
	if (!passed) console.log([message, details].filter(Boolean).join('\n'));
	return passed;
}

async function listFiles(folder: string): Promise<boolean> {
	for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		const { size } = await stat(file);
		console.log(`${String(size).padStart(8)}  ${path.relative(folder, file)}`);
	}
	return true;
}

async function isSmallEnough(tarball: string): Promise<boolean> {
	const { size } = await stat(tarball);
	console.log(`${size} of at most ${LARGEST_TARBALL} bytes`);
	return size < LARGEST_TARBALL;
}

interface DependencyTree {
	dependencies?: Record<string, { extraneous?: boolean }>;
}

/** The packages that `npm install n8n-nodes-freshbooks` would install too; n8n itself has the peer. */
async function hasNoDependencies(): Promise<boolean> {
	const printed = await runCommand('npm', ['ls', '--omit=dev', '--omit=peer', '--json'], { cwd: ROOT });
	const { dependencies = {} } = JSON.parse(printed) as DependencyTree;
	// 'Extraneous' is a package that an install script added: no package.json names it.
	const names = Object.keys(dependencies).filter((name) => !dependencies[name]?.extraneous);
	console.log(names.length === 0 ? 'none' : names.join(', '));
	return names.length === 0;
}

async function main(): Promise<void> {
	const { tarball } = await packPackage();
	await unpack(tarball, UNPACKED);
	const results = [
		await step("n8n's scanner on the source", async () => await scan(ROOT, SOURCE_FILE_PATTERNS)),
		await step("n8n's scanner on the tarball", async () => await scan(UNPACKED, TARBALL_FILE_PATTERNS)),
		await step('files of the tarball', async () => await listFiles(UNPACKED)),
		await step('size of the tarball', async () => await isSmallEnough(tarball)),
		await step('run-time dependencies', hasNoDependencies),
	];
	const passed = results.filter(Boolean).length;
	await conclude('scan', { passed, failed: results.length - passed, skipped: 0 });
}

main().catch(giveUp);
