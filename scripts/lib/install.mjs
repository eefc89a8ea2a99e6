// Runs on the machine's own Node (20 or later), before anything is installed: built-in modules only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, extraneous?: boolean, link?: boolean }} LockedPackage
 * @typedef {(line: string) => void} Log
 */

const PROGRESS_EVERY_MS = 30_000;
/** In lines. */
const LONGEST_REASON = 20;

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/**
 * The folders that `npm ci` must leave behind: optional packages may be skipped on this platform.
 *
 * @param {Record<string, LockedPackage>} packages
 */
function requiredFolders(packages) {
	return Object.entries(packages)
		.filter(
			([folder, { optional, devOptional, extraneous, link }]) =>
				folder && !optional && !devOptional && !extraneous && !link,
		)
		.map(([folder]) => folder);
}

/**
 * Whether `node_modules` in `folder` holds what its lock file names, whatever the dates of the files are.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
	const installedLock = path.join(folder, 'node_modules/.package-lock.json');
	if (!existsSync(installedLock)) return false;
	const wanted = lockedPackages(path.join(folder, 'package-lock.json'));
	const installed = lockedPackages(installedLock);
	return requiredFolders(wanted).every(
		(name) => installed[name]?.version === wanted[name]?.version,
	);
}

/**
 * The environment for another npm, without the variables that an outer `npm run` sets about its package.
 *
 * @returns {NodeJS.ProcessEnv}
 */
function npmEnvironment() {
	const entries = Object.entries(process.env).filter(
		([name]) => !/^npm_(package|lifecycle)_|^npm_(command|config_local_prefix)$/.test(name),
	);
	return Object.fromEntries(entries);
}

/**
 * @param {string} folder
 * @param {string} label
 * @param {Log} log
 */
function reportProgress(folder, label, log) {
	const folders = requiredFolders(lockedPackages(path.join(folder, 'package-lock.json')));
	const started = Date.now();
	return setInterval(() => {
		const done = folders.filter((name) => existsSync(path.join(folder, name, 'package.json')));
		const seconds = Math.round((Date.now() - started) / 1000);
		log(`  ${label}: ${phaseText(done.length, folders.length)}, ${seconds} s`);
	}, PROGRESS_EVERY_MS);
}

/**
 * npm downloads before it creates the folders, and fills them after it created the last one.
 *
 * @param {number} done
 * @param {number} all
 */
function phaseText(done, all) {
	if (done === 0) return `downloading ${all} packages`;
	return done < all ? `${done} of ${all} packages` : `all ${all} packages, finishing`;
}

/**
 * The error in npm's output, without warnings and usage text.
 *
 * @param {string} output
 */
function reasonIn(output) {
	const [reason = ''] = output.split('npm error Clean install a project');
	const lines = reason.split('\n').filter((line) => line.trim() && !line.startsWith('npm warn'));
	return lines.slice(-LONGEST_REASON).join('\n');
}

/**
 * Runs npm in `folder`, quietly unless it fails.
 *
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<void>}
 */
export function npm(folder, args) {
	return new Promise((resolve, reject) => {
		const child = spawn('npm', args, {
			cwd: folder,
			env: npmEnvironment(),
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const stop = () => child.kill('SIGTERM');
		process.once('SIGTERM', stop).once('SIGINT', stop);
		let output = '';
		child.stdout.on('data', (chunk) => (output += chunk));
		child.stderr.on('data', (chunk) => (output += chunk));
		child.once('error', reject);
		child.once('close', (code, signal) => {
			process.off('SIGTERM', stop).off('SIGINT', stop);
			if (code === 0) return resolve();
			reject(new Error(`'npm ${args.join(' ')}' ended with ${code ?? signal}:\n${reasonIn(output)}`));
		});
	});
}

/**
 * Installs exactly what the lock file in `folder` names, and logs its progress every 30 seconds.
 *
 * @param {string} folder
 * @param {{ label: string, args?: string[], log: Log }} options
 */
export async function npmCi(folder, { label, args = [], log }) {
	const started = Date.now();
	const progress = reportProgress(folder, label, log);
	try {
		await npm(folder, ['ci', '--no-audit', '--no-fund', ...args]);
	} finally {
		clearInterval(progress);
	}
	log(`  ${label}: installed in ${Math.round((Date.now() - started) / 1000)} s`);
}
