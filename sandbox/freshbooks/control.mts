import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { peopleRoutes } from './controlPeople.mts';
import { ControlError } from './controlRoute.mts';
import type { ControlRoute } from './controlRoute.mts';
import { readFault } from './faults.mts';
import type { Parts } from './gate.mts';
import { tokenBody } from './oauth.mts';
import { seedDefault } from './people.mts';
import type { Settings } from './types.mts';
import { asRecord, text } from './values.mts';
import type { World } from './world.mts';

/** The control API, by which people and tests change and inspect the sandbox. README.md lists its routes. */
export function publishControl(app: FastifyInstance, parts: Parts, outage: (ms: number) => void): void {
	const routes = [...peopleRoutes(parts), ...settingsRoutes(parts, outage), ...observationRoutes(parts), ...faultRoutes(parts), ...oauthRoutes(parts)];
	for (const route of routes) {
		app.route({ method: route.method, url: `/sandbox${route.path}`, handler: (request, reply) => run(route, request, reply) });
	}
}

function run(route: ControlRoute, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	try {
		const result = route.run({
			params: asRecord(request.params) as Record<string, string>, query: asRecord(request.query) as Record<string, string>, body: asRecord(request.body),
		});
		return reply.code(route.created ? 201 : 200).type('application/json; charset=utf-8').send(JSON.stringify(result ?? {}));
	} catch (error) {
		const status = error instanceof ControlError ? error.status : 400;
		return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
	}
}

function settingsRoutes({ world, faults, log }: Parts, outage: (ms: number) => void): ControlRoute[] {
	return [
		{ method: 'GET', path: '/settings', run: () => world.settings },
		{ method: 'PATCH', path: '/settings', run: ({ body }) => changeSettings(world, body) },
		{ method: 'POST', path: '/outage', run: ({ body }) => outage(Number(body.ms ?? 1000)) },
		{ method: 'POST', path: '/reset', run: ({ body }) => {
			changeSettings(world, { ...world.initialSettings, ...asRecord(body.settings) });
			faults.clear();
			faults.resetCounts();
			seedDefault(world, 'control');
			world.history = [];
			log.clear();
		} },
	];
}

function changeSettings(world: World, changes: Record<string, unknown>): Settings {
	const { settings } = world;
	const unknown = Object.keys(changes).find((name) => !(name in settings));
	if (unknown !== undefined) throw new ControlError(400, `Unknown setting '${unknown}'. Known: ${Object.keys(settings).join(', ')}`);
	const lagged = settings.listLagMs;
	Object.assign(settings, changes);
	if (settings.listLagMs !== lagged) world.showAtOnce();
	return settings;
}

function observationRoutes({ world, oauth, log, faults }: Parts): ControlRoute[] {
	return [
		{ method: 'GET', path: '/requests', run: ({ query }) => log.since(Number(query.since ?? 0)) },
		{ method: 'DELETE', path: '/requests', run: () => log.clear() },
		{ method: 'GET', path: '/history', run: ({ query }) => world.history.filter(({ seq }) => seq > Number(query.since ?? 0)) },
		{ method: 'DELETE', path: '/history', run: () => { world.history = []; } },
		{ method: 'GET', path: '/stats', run: () => ({ ...log.stats(), oauth: oauth.counts, faults: faults.list().fired }) },
		{ method: 'GET', path: '/secrets', run: () => {
			const others = [...world.secrets];
			const issued = oauth.secrets();
			const kinds = { ...issued, fasttrackTokens: others.filter((secret) => secret.startsWith('fbsx-fasttrack')), apiTokens: others.filter((secret) => secret.startsWith('fbsx-apitoken')) };
			return { ...kinds, all: Object.values(kinds).flat() };
		} },
	];
}

function faultRoutes({ faults }: Parts): ControlRoute[] {
	return [
		{ method: 'GET', path: '/faults', run: () => faults.list() },
		{ method: 'POST', path: '/faults', created: true, run: ({ body }) => {
			if (typeof body.seed === 'number') faults.seed(body.seed);
			const specs = Array.isArray(body.faults) ? body.faults : [body];
			return { ids: specs.map((spec) => faults.add(readFault(spec))), ...faults.list() };
		} },
		{ method: 'DELETE', path: '/faults', run: () => { faults.clear(); faults.resetCounts(); } },
		{ method: 'DELETE', path: '/faults/:id', run: ({ params }) => faults.clear(Number(params.id)) },
	];
}

function oauthRoutes({ oauth, world }: Parts): ControlRoute[] {
	return [
		{ method: 'GET', path: '/oauth', run: () => ({ clientId: oauth.clientId, clientSecret: oauth.clientSecret, ...oauth.counts }) },
		{ method: 'POST', path: '/oauth/grant', created: true, run: ({ body }) => {
			const scope = oauth.grantableScope(text(body.scope), world.settings);
			if (scope === undefined) throw new ControlError(400, 'Unknown scope, or one that is not enabled on the app (setting appScopes)');
			return tokenBody(oauth.issue(scope));
		} },
		{ method: 'POST', path: '/oauth/expire', run: () => ({ expired: oauth.expireAccessTokens() }) },
		{ method: 'POST', path: '/oauth/revoke', run: () => oauth.revokeAll() },
	];
}
