import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on 127.0.0.1 that returns what a test sets and records the requests. */

/** A request exactly as received. */
export interface Arrived {
	method: string;
	/** Path and query, undecoded. */
	url: string;
	/** Host, undecoded. */
	host: string;
	authorization: string;
	body: string;
}

export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
}

export type Answering = (request: Arrived, place: number) => Answer | Promise<Answer>;

export interface TestServer {
	url: string;
	/** Since the last `answerWith`. */
	arrived: Arrived[];
	/** Sets the response and clears the recorded requests. */
	answerWith(answering: Answering): void;
	close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}

/** Starts a server on a free port. Request lines of several megabytes are read like any other. */
export async function startServer(): Promise<TestServer> {
	let answering: Answering = () => ({ status: 500 });
	const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const { method = '', url = '' } = request;
		const { host = '', authorization = '' } = request.headers;
		const arrived = { method, url, host, authorization, body: await bodyOf(request) };
		served.arrived.push(arrived);
		const { status, headers, body } = await answering(arrived, served.arrived.length);
		response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body ?? '');
	};
	const server: Server = createServer({ maxHeaderSize: 16_000_000 }, (request, response) => {
		handle(request, response).catch(() => response.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const served: TestServer = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		arrived: [],
		answerWith(next) {
			answering = next;
			served.arrived = [];
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return served;
}
