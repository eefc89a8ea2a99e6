import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

async function listenOn(port: number): Promise<number> {
	const server = createServer();
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const { port: taken } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return taken;
}

/** A port of 127.0.0.1 that no program listens on. */
export async function freePort(): Promise<number> {
	return await listenOn(0);
}

/** Whether `port` of 127.0.0.1 can be listened on. */
export async function isPortFree(port: number): Promise<boolean> {
	return await listenOn(port).then(
		() => true,
		() => false,
	);
}
