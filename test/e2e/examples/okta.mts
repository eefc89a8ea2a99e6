import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of Okta. */
export interface Asked {
	readonly method: string;
	readonly url: string;
	readonly authorization: string;
}

/** The ID under which Okta knows the user of a path. */
export function idOf(url: string): string {
	return `00u${Buffer.from(url.split('/').at(-1) ?? '').toString('hex').slice(0, 17)}`;
}

/** An address on 127.0.0.1 that answers as Okta's users and app assignments do, and keeps what it was asked. */
export class Okta {
	readonly asked: Asked[] = [];
	/** Logins that Okta does not know. */
	readonly unknown = new Set<string>();
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((request, answer) => {
			const { method = '', url = '', headers } = request;
			this.asked.push({ method, url, authorization: headers.authorization ?? '' });
			const known = ![...this.unknown].some((login) => url.includes(encodeURIComponent(login)));
			// Okta answers 204 to an assignment that is taken away.
			answer.writeHead(!known ? 404 : method === 'DELETE' ? 204 : 200, { 'content-type': 'application/json' });
			answer.end(method === 'DELETE' ? undefined : known ? JSON.stringify({ id: idOf(url), status: 'ACTIVE' }) : '{"errorCode":"E0000007","errorSummary":"Not found: Resource not found (User)"}');
		});
	}

	static async open(): Promise<Okta> {
		const okta = new Okta();
		okta.#server.listen(0, '127.0.0.1');
		await once(okta.#server, 'listening');
		return okta;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.#server.close();
	}
}
