import { Socket } from 'node:net';

/**
 * Watches every connection of this process. Does not use nock, because nock 14 hangs on requests of more than some tens of
 * kilobytes.
 */

const strangers: string[] = [];
const allowed = new Set<string>();
let original: Socket['connect'] | undefined;

interface Target {
	host?: string;
	port?: number | string;
}

function targetOf(parts: unknown[]): Target {
	const [first] = Array.isArray(parts[0]) ? (parts[0] as unknown[]) : parts;
	return typeof first === 'object' && first !== null ? (first as Target) : { port: first as number };
}

/** Refuses and records every connection except to these ports of 127.0.0.1. */
export function allowOnly(urls: string[]): void {
	allowed.clear();
	for (const url of urls) allowed.add(new URL(url).host);
	strangers.length = 0;
	if (original) return;
	const connect = Socket.prototype.connect;
	original = connect;
	Socket.prototype.connect = function (this: Socket, ...parts: unknown[]) {
		const { host = 'localhost', port } = targetOf(parts);
		if (!allowed.has(`${host}:${port}`)) {
			strangers.push(`${host}:${port}`);
			throw new Error(`A connection to ${host}:${port}.`);
		}
		return Reflect.apply(connect, this, parts) as Socket;
	} as Socket['connect'];
}

/** The refused connections since `allowOnly`. */
export function connectionsElsewhere(): string[] {
	return [...strangers];
}

export function allowAll(): void {
	if (original) Socket.prototype.connect = original;
	original = undefined;
}
