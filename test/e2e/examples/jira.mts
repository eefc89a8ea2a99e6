import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support.mts';

/** A ticket as Jira was asked for it. */
export interface Ticket {
	readonly authorization: string;
	readonly fields: Json;
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString('utf8');
	return (text === '' ? {} : JSON.parse(text)) as Json;
}

/** An address on 127.0.0.1 that answers as Jira does where issues are created, and keeps what it was asked for. */
export class Jira {
	readonly tickets: Ticket[] = [];
	/** Creates nothing. */
	refuses = false;
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((request, answer) => void this.#answer(request, answer));
	}

	static async open(): Promise<Jira> {
		const jira = new Jira();
		jira.#server.listen(0, '127.0.0.1');
		await once(jira.#server, 'listening');
		return jira;
	}

	async #answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
		const send = (status: number, body: unknown): void => void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		const body = await bodyOf(request);
		if (request.method === 'GET') return send(200, [{ id: '10001', name: 'Task', subtask: false }]);
		if (this.refuses) return send(400, { errorMessages: [], errors: { project: 'Specify a valid project ID or key' } });
		this.tickets.push({ authorization: request.headers.authorization ?? '', fields: body['fields'] as Json });
		return send(201, { id: String(10100 + this.tickets.length), key: `IT-${this.tickets.length}`, self: `${this.url}/rest/api/2/issue/${this.tickets.length}` });
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** What n8n's Jira credential is filled in with. */
	get credentialData(): Record<string, unknown> {
		return { email: 'it@example.com', apiToken: 'jira-token', domain: this.url };
	}

	close(): void {
		this.#server.close();
	}
}
