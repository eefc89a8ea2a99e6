// Starts every npm script that must work in a fresh clone: installs what is missing with the
// machine's own Node, then runs the named script with the Node that the lock file pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isInstalled, npmCi } from './lib/install.mjs';

const OLDEST_NODE = 20;
const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');
const pinnedNode = path.join(bin, 'node');

/** @param {string} message */
function giveUp(message) {
	console.error(`\n${message}`);
	process.exit(1);
}

async function installDependencies() {
	if (isInstalled(root) && existsSync(pinnedNode)) return;
	console.log('Installing the development dependencies into node_modules: 1 to 8 minutes, once.');
	try {
		await npmCi(root, { label: 'dependencies', log: console.log });
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		giveUp(
			`The dependencies could not be installed.\n${reason}\n` +
				'Check that the npm registry can be reached and that package-lock.json is unchanged, then run the same command again.',
		);
	}
}

/** @param {string[]} command */
function runPinned(command) {
	const child = spawn(pinnedNode, command, {
		cwd: root,
		env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
		// The channel closes when this process is gone, so that the script can stop what it started.
		stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
	});
	for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		process.on(signal, () => child.kill(signal));
	}
	child.once('close', (code) => process.exit(code ?? 1));
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
	giveUp(`Node ${process.version} is too old.\nTo fix this, install Node ${OLDEST_NODE} or later, then run the same command again.`);
}
await installDependencies();
runPinned(process.argv.slice(2));
