import type { AddressInfo } from 'node:net';

import formbody from '@fastify/formbody';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

import { publishControl } from './control.mts';
import { Faults } from './faults.mts';
import { publish } from './gate.mts';
import type { Parts } from './gate.mts';
import { oauthEndpoints, tokenBody } from './oauth.mts';
import { OAuthStore } from './oauthStore.mts';
import { publishPage } from './page.mts';
import { defaultOwner, seedDefault } from './people.mts';
import { RateGate } from './rateGate.mts';
import { RequestLog } from './requestLog.mts';
import { businessMemberEndpoints } from './routes/businessMembers.mts';
import { identityEndpoints } from './routes/identity.mts';
import { invitationEndpoints } from './routes/invitations.mts';
import { staffEndpoints } from './routes/staff.mts';
import { teamMemberEndpoints } from './routes/teamMembers.mts';
import { workEndpoints } from './routes/work.mts';
import { defaultSettings } from './settings.mts';
import type { Settings } from './types.mts';
import { Waits } from './waits.mts';
import { World } from './world.mts';

export interface SandboxOptions extends Partial<Settings> {
	/** 0, the default, takes a free port. */
	port?: number;
	/** A fixed OAuth client, for a credential that must stay good when the sandbox is started again; random by default. */
	clientId?: string;
	clientSecret?: string;
	/** The n8n that belongs to it: the page links to its workflows. */
	n8nUrl?: string;
}

/** A running sandbox. `url` is both the API's and the authorization server's base address. */
export interface Sandbox {
	url: string;
	port: number;
	clientId: string;
	clientSecret: string;
	parts: Parts;
	/** A token as the token endpoint would answer it, without a consent page. */
	grant(scope?: string): Record<string, unknown>;
	close(): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const { port = 0, clientId, clientSecret, n8nUrl, ...settings } = options;
	const waits = new Waits();
	const parts = makeParts(settings, waits, { id: clientId, secret: clientSecret });
	const app = await makeApp();
	publish(app, parts, [
		...oauthEndpoints(parts.oauth, parts.world), ...identityEndpoints(parts.world), ...teamMemberEndpoints(parts.world),
		...businessMemberEndpoints(parts.world), ...invitationEndpoints(parts.world), ...staffEndpoints(parts.world), ...workEndpoints(parts.world),
	]);
	publishControl(app, parts, (ms) => refuseConnections(app, waits, ms));
	publishPage(app, parts, n8nUrl);
	await app.listen({ host: '127.0.0.1', port });
	return describeSandbox(app, parts, waits);
}

function makeParts(settings: Partial<Settings>, waits: Waits, client: { id: string | undefined; secret: string | undefined }): Parts {
	const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
	const world = new World({ ...defaultSettings(), ...given }, defaultOwner());
	seedDefault(world, 'control');
	world.history = [];
	const oauth = new OAuthStore(() => world.now(), client);
	return { world, oauth, faults: new Faults(), log: new RequestLog(), rate: new RateGate(), wait: (ms) => waits.wait(ms) };
}

async function makeApp(): Promise<FastifyInstance> {
	const app = fastify({ bodyLimit: 256 * 1024 * 1024, forceCloseConnections: true, routerOptions: { maxParamLength: 5000 } });
	await app.register(formbody);
	app.removeContentTypeParser('application/json');
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
		try {
			done(null, body === '' ? undefined : JSON.parse(String(body)));
		} catch {
			done(Object.assign(new Error('The body is not JSON.'), { statusCode: 400 }));
		}
	});
	return app;
}

function describeSandbox(app: FastifyInstance, parts: Parts, waits: Waits): Sandbox {
	const { port } = app.server.address() as AddressInfo;
	const { clientId, clientSecret } = parts.oauth;
	return {
		url: `http://127.0.0.1:${port}`, port, clientId, clientSecret, parts,
		grant: (scope = 'admin:all:legacy') => tokenBody(parts.oauth.issue(scope)),
		close: async () => {
			waits.endAll();
			await app.close();
		},
	};
}

/** Refuses connections for `ms` milliseconds, as a machine that is down does. */
function refuseConnections(app: FastifyInstance, waits: Waits, ms: number): void {
	const { port } = app.server.address() as AddressInfo;
	setImmediate(() => {
		app.server.close();
		setImmediate(() => app.server.closeAllConnections());
		void waits.wait(ms).then(() => waits.ended || app.server.listen(port, '127.0.0.1'));
	});
}
