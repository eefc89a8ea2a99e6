// Runs n8n in a process group of its own and ends it when the process that asked for it is gone,
// however that one ended: no n8n is left behind.
import { spawn } from 'node:child_process';

const GRACE_MS = 10_000;

const [, , node = process.execPath, ...args] = process.argv;
const child = spawn(node, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function stop(): void {
	child.kill('SIGTERM');
	setTimeout(() => process.kill(-process.pid, 'SIGKILL'), GRACE_MS).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);
child.once('exit', (code, signal) => {
	console.error(`n8n ended with ${code ?? signal}.`);
	process.exit(code ?? 1);
});
