// Runs a program in a process group of its own, and ends it when the process that started it is gone,
// however that one ended. guard.mts <program> [argument ...]
import { spawn } from 'node:child_process';

const GRACE_MS = 10_000;

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function stop(): void {
	child.kill('SIGTERM');
	setTimeout(() => process.kill(-process.pid, 'SIGKILL'), GRACE_MS).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);
child.once('error', (error) => {
	console.error(error.message);
	process.exit(1);
});
child.once('exit', (code, signal) => {
	console.error(`The program ended with ${code ?? signal}.`);
	process.exit(code ?? 1);
});
