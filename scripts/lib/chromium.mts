import { existsSync } from 'node:fs';
import { installFromDebian } from './debian.mts';

/** Debian's Chromium: the browser that the end-to-end suites drive. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Installs Chromium if it is missing and this process may; else throws with what to run. */
export async function installChromium(): Promise<void> {
	await installFromDebian({
		name: 'Chromium',
		packages: 'chromium fonts-dejavu-core',
		isThere: () => existsSync(CHROMIUM),
		orElse: 'set CHROMIUM_PATH to one that is installed',
	});
}
