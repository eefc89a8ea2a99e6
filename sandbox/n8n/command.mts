import { spawn } from 'node:child_process';

interface CommandOptions {
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end and returns its output; throws with the output when it fails. */
export async function runCommand(
	command: string,
	args: string[],
	{ cwd, env }: CommandOptions = {},
): Promise<string> {
	return await new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
		let stdout = '';
		let all = '';
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk.toString();
			all += chunk.toString();
		});
		child.stderr.on('data', (chunk: Buffer) => {
			all += chunk.toString();
		});
		child.once('error', reject);
		child.once('close', (code, signal) => {
			if (code === 0) resolve(stdout);
			else reject(new Error(`'${command} ${args.join(' ')}' ended with ${code ?? signal}:\n${all.trim()}`));
		});
	});
}
