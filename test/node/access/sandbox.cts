import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

/** The FreshBooks sandbox in its own process, with its control API. */

export interface Sandbox {
	url: string;
	/** Calls the control API. Throws if it refuses. */
	control<Answer = IDataObject>(method: string, path: string, body?: IDataObject): Promise<Answer>;
	/** The fields that a credential needs. */
	credentialData(): Promise<ICredentialDataDecryptedObject>;
	close(): Promise<void>;
}

async function firstLine(child: ChildProcess): Promise<string> {
	if (!child.stdout) throw new Error('The sandbox has no output.');
	const lines = createInterface({ input: child.stdout });
	const [line] = (await once(lines, 'line')) as [string];
	lines.close();
	return line;
}

/** Starts a sandbox on a free port. */
export async function startSandbox(): Promise<Sandbox> {
	const main = join(__dirname, '../../../sandbox/freshbooks/main.mts');
	const child = spawn(process.execPath, [main, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const { url } = JSON.parse(await firstLine(child)) as { url: string };

	const control = async <Answer,>(method: string, path: string, body?: IDataObject): Promise<Answer> => {
		const answer = await fetch(`${url}/sandbox${path}`, {
			method,
			...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
		return (text === '' ? {} : JSON.parse(text)) as Answer;
	};

	return {
		url,
		control,
		credentialData: async () => ({
			environment: 'custom',
			apiBaseUrl: url,
			authBaseUrl: url,
			accessTokenUrl: `${url}/auth/oauth/token`,
			oauthTokenData: (await control<IDataObject>('POST', '/oauth/grant', { scope: 'user:profile:read user:teams:read user:teams:write' })) as unknown as ICredentialDataDecryptedObject[string],
		}),
		close: async () => {
			const ended = once(child, 'exit');
			child.kill();
			await ended;
		},
	};
}
