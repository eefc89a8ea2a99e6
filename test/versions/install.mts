import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { npm } from '../../scripts/lib/install.mjs';
import { CACHE, N8N_HOME, ROOT, type InstalledN8n } from '../../sandbox/n8n/index.mts';

/** The dependencies that n8n loads at start and that need to be built, if a release has them. */
const NATIVE_PACKAGES = ['sqlite3', 'isolated-vm'];

/** The settings for an installation from the npm registry only. */
const OVERRIDES = {
	// Older n8n download it from its maker's site; the registry has an older version.
	xlsx: '0.18.5',
};

/** A released n8n, installed. */
export interface Release extends InstalledN8n {
	readonly version: string;
	/** Such as `20.20.2`. */
	readonly nodeVersion: string;
}

interface Manifest {
	version: string;
	engines?: { node?: string };
	overrides?: Record<string, string>;
}

/** The folder of a release; the pinned one shares the folder of the other suites. */
export function homeOf(version: string): string {
	return path.join(CACHE, 'n8n-versions', version);
}

async function readManifest(file: string): Promise<Manifest> {
	return JSON.parse(await readFile(file, 'utf8')) as Manifest;
}

function manifestOf(home: string, name: string): string {
	return path.join(home, 'node_modules', name, 'package.json');
}

/** sqlite3 has one interface for every Node.js: the build of the pinned n8n works for its own version on any Node.js. */
async function borrowSqlite(home: string): Promise<boolean> {
	const [ours, theirs] = [manifestOf(N8N_HOME, 'sqlite3'), manifestOf(home, 'sqlite3')];
	const build = path.join(path.dirname(ours), 'build');
	if (!existsSync(build) || (await readManifest(ours)).version !== (await readManifest(theirs)).version) return false;
	await cp(build, path.join(path.dirname(theirs), 'build'), { recursive: true });
	return true;
}

async function install(version: string, home: string): Promise<void> {
	const { overrides } = await readManifest(path.join(ROOT, 'sandbox/n8n/package.json'));
	await mkdir(home, { recursive: true });
	await writeFile(path.join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { n8n: version }, overrides: { ...overrides, ...OVERRIDES } }));
	await npm(home, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']);
	const borrowed = await borrowSqlite(home);
	const toBuild = NATIVE_PACKAGES.filter((name) => existsSync(manifestOf(home, name)) && !(borrowed && name === 'sqlite3'));
	if (toBuild.length > 0) await npm(home, ['rebuild', ...toBuild]);
}

type Version = readonly [major: number, minor: number, patch: number];

function versionOf(text: string): Version {
	const [major = 0, minor = 0, patch = 0] = text.replace(/[^\d.]/g, '').split('.').map(Number);
	return [major, minor, patch];
}

function isAtLeast(one: Version, other: Version): boolean {
	const differing = one.findIndex((part, index) => part !== other[index]);
	return differing === -1 || (one[differing] ?? 0) > (other[differing] ?? 0);
}

/** Whether a Node.js is in a range as n8n writes it: `>=18.17 <= 22`, `>=20.19 <= 24.x`, `>=24.0.0`. */
export function isSupported(nodeVersion: string, range: string): boolean {
	const node = versionOf(nodeVersion);
	const [, lowest = '0'] = />=\s*([\d.]+)/.exec(range) ?? [];
	const [, highest] = /<=\s*(\d+)/.exec(range) ?? [];
	return isAtLeast(node, versionOf(lowest)) && (highest === undefined || node[0] <= Number(highest));
}

/** Every Node.js on the PATH, in its order, with its version. */
async function nodesOnPath(): Promise<Array<{ node: string; nodeVersion: string }>> {
	const folders = (process.env['PATH'] ?? '').split(path.delimiter);
	const nodes = [...new Set([process.execPath, ...folders.map((folder) => path.join(folder, 'node'))])].filter(existsSync);
	return await Promise.all(
		nodes.map(async (node) => {
			const { stdout } = await promisify(execFile)(node, ['--version']);
			return { node, nodeVersion: stdout.trim().slice(1) };
		}),
	);
}

/** Installs a release below `.cache/n8n-versions`, and chooses the first Node.js on the PATH that it supports. */
export async function installRelease(version: string): Promise<Release> {
	const pinned = existsSync(N8N_HOME) && (await readManifest(manifestOf(N8N_HOME, 'n8n'))).version === version;
	const home = pinned ? N8N_HOME : homeOf(version);
	if (!existsSync(manifestOf(home, 'n8n'))) await install(version, home);
	const { engines } = await readManifest(manifestOf(home, 'n8n'));
	const range = engines?.node ?? '';
	const chosen = (await nodesOnPath()).find(({ nodeVersion }) => isSupported(nodeVersion, range));
	if (!chosen) throw new Error(`n8n ${version} needs Node.js ${range}, and there is none on the PATH.\nTo fix this, add one to the PATH.`);
	return { version, home, ...chosen };
}
