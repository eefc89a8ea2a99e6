import { existsSync } from 'node:fs';
import { run } from './run.mts';

interface Wanted {
	/** For the user, with a capital letter. */
	readonly name: string;
	readonly packages: string;
	readonly isThere: () => boolean;
	/** What to do instead of installing. */
	readonly orElse: string;
}

/** Installs programs of Debian if they are missing and this process may; else throws with what to run. */
export async function installFromDebian({ name, packages, isThere, orElse }: Wanted): Promise<void> {
	if (isThere()) return;
	const command = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages}`;
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.log(`Installing ${name} with apt-get: about a minute, once.`);
		if ((await run('sh', ['-c', command])) && isThere()) return;
	}
	throw new Error(`${name} is needed, and is not installed.\nTo fix this, install it (on Debian, as root: ${command}), or ${orElse}.`);
}
