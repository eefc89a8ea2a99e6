import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../sandbox/freshbooks/main.mts', import.meta.url));

async function start(...args: string[]) {
	const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [chunk]: Buffer[] = await once(child.stdout, 'data');
	return { child, output: String(chunk) };
}

describe('main', () => {
	it('prints one line of JSON first, and stops on SIGTERM', async () => {
		const { child, output } = await start('--json', '--profile', 'documented', '--client-id', 'my-app');
		const started = JSON.parse(output.split('\n')[0] ?? '');
		assert.match(started.url, /^http:\/\/127\.0\.0\.1:\d+$/);
		assert.equal(started.clientId, 'my-app');
		assert.match(started.clientSecret, /^fbsx-secret-/);
		const settings = await (await fetch(`${started.url}/sandbox/settings`)).json() as { profile: string };
		assert.equal(settings.profile, 'documented');
		child.kill('SIGTERM');
		assert.deepEqual(await once(child, 'exit'), [0, null]);
	});

	it('prints its address, client and people', async () => {
		const { child, output } = await start();
		assert.match(output, /FreshBooks sandbox at http:\/\/127\.0\.0\.1:\d+\n.*client id.*\n.*client secret/);
		assert.match(output, /6806492 {2}BillSpring.*12 people/);
		child.kill('SIGINT');
		assert.deepEqual(await once(child, 'exit'), [0, null]);
	});
});
