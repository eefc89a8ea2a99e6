import { existsSync } from 'node:fs';
import { run } from './run.mts';

/** Debian's Chromium: the browser that the end-to-end suites drive. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Sees to a Chromium: installs it where it may, else says what to run. */
export async function installChromium(): Promise<void> {
	if (existsSync(CHROMIUM)) return;
	const command = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core';
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.log('Installing Chromium with apt-get: about a minute, once.');
		if ((await run('sh', ['-c', command])) && existsSync(CHROMIUM)) return;
	}
	throw new Error(
		`The end-to-end suites need Chromium, and ${CHROMIUM} is not there.\n` +
			`Install it (on Debian, as root: ${command}), or set CHROMIUM_PATH to one that is installed.`,
	);
}
