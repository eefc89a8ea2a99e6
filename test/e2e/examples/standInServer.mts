import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a service was asked. */
export interface Asked {
	readonly method: string;
	readonly url: URL;
	readonly headers: IncomingMessage['headers'];
	readonly body: string;
}

/** What it answers. */
export interface Answer {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string | string[]>>;
	/** Sent as JSON; nothing without it. */
	readonly body?: unknown;
}

async function textOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

/** An HTTP address on 127.0.0.1 that stands in for a service, and keeps what it was asked. */
export class StandInServer {
	readonly asked: Asked[] = [];
	readonly #server: Server;

	private constructor(answerTo: (asked: Asked) => Answer) {
		this.#server = createServer((request, answer) => {
			void textOf(request).then((body) => {
				const { method = '', url = '', headers } = request;
				const asked = { method, url: new URL(url, 'http://127.0.0.1'), headers, body };
				this.asked.push(asked);
				const { status, headers: answered = {}, body: json } = answerTo(asked);
				answer.writeHead(status, { 'content-type': 'application/json', ...answered });
				answer.end(json === undefined ? undefined : JSON.stringify(json));
			});
		});
	}

	static async open(answerTo: (asked: Asked) => Answer): Promise<StandInServer> {
		const standIn = new StandInServer(answerTo);
		standIn.#server.listen(0, '127.0.0.1');
		await once(standIn.#server, 'listening');
		return standIn;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	close(): void {
		this.#server.close();
	}
}

/** The environment of an n8n that finds these hosts on these ports of 127.0.0.1: see `redirect.mts`. */
export function redirectEnv(ports: Readonly<Record<string, number>>): Record<string, string> {
	const preload = pathToFileURL(path.join(import.meta.dirname, 'redirect.mts')).href;
	return { NODE_OPTIONS: `--import=${preload}`, REDIRECTED_HOSTS: JSON.stringify(ports) };
}
