import { spawn } from 'node:child_process';
import { ROOT } from '../../sandbox/n8n/paths.mts';

/** Runs a command with its output on the terminal; true when it succeeds. */
export async function run(command: string, args: string[]): Promise<boolean> {
	const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
	const stop = (): boolean => child.kill('SIGTERM');
	process.once('SIGTERM', stop).once('SIGINT', stop);
	try {
		return await new Promise((resolve, reject) => {
			child.once('error', reject);
			child.once('close', (code) => resolve(code === 0));
		});
	} finally {
		process.off('SIGTERM', stop).off('SIGINT', stop);
	}
}

/** Runs one named step and says how it ended. */
export async function step(name: string, work: () => Promise<boolean>): Promise<boolean> {
	console.log(`\n--- ${name}`);
	const started = performance.now();
	const passed = await work();
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	console.log(`--- ${name}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s`);
	return passed;
}

/** Prints what happened and what to do, without a stack trace, and ends the process. */
export function giveUp(error: unknown): never {
	console.error(`\n${error instanceof Error ? error.message : String(error)}`);
	process.exit(1);
}
