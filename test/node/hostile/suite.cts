import { onAFastClock } from '../../harness/clock';
import { IS_LONG, reporting } from './campaign.cts';
import { allowAll, allowOnly, connectionsElsewhere } from './network.cts';
import { startServer, type TestServer } from './server.cts';

/** Sets up a hostile suite: its own server, a fast clock, and no other connections. Returns a function for the server. */
export function hostileSuite(name: string): () => TestServer {
	let server: TestServer;
	jest.setTimeout(IS_LONG ? 3_600_000 : 60_000);
	reporting(name);
	onAFastClock();
	beforeAll(async () => {
		server = await startServer();
		allowOnly([server.url]);
	});
	afterAll(async () => {
		allowAll();
		await server.close();
		expect(connectionsElsewhere()).toEqual([]);
	});
	return () => server;
}
