import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';

import { missingScope, noSuchRoute, tooManyRequests, unauthenticated } from './answers.mts';
import type { Answer } from './answers.mts';
import { distortionOf } from './faults.mts';
import type { Faults, Hit } from './faults.mts';
import { answerUnder, arrivesAfter, cutBefore, cutMidBody, delayOf, instead } from './misbehave.mts';
import type { OAuthStore, Token } from './oauthStore.mts';
import type { Distortion } from './paging.mts';
import type { RateGate } from './rateGate.mts';
import type { RequestEntry, RequestLog } from './requestLog.mts';
import type { Settings } from './types.mts';
import type { World } from './world.mts';
import { asRecord, text } from './values.mts';

/** The parts of one sandbox. */
export interface Parts { world: World; oauth: OAuthStore; faults: Faults; log: RequestLog; rate: RateGate; wait: (ms: number) => Promise<void> }

/** One call of an endpoint, as its handler sees it. */
export interface Call {
	params: Record<string, string>;
	query: Record<string, unknown>;
	body: Record<string, unknown>;
	headers: Record<string, unknown>;
	token: Token | null;
	distortion: Distortion | undefined;
}

export interface Endpoint {
	method: HTTPMethods;
	path: string;
	/** One of these scopes is needed, or `admin:all:legacy`; 'none': no token; 'any': any valid token. */
	scope: 'none' | 'any' | readonly string[];
	/** True: only a third-party guide describes it; the profile `documented` answers 404. */
	guideOnly?: boolean;
	handle: (call: Call) => Answer;
}

/** Puts the endpoints on the server, each behind log, rate limit, latency, faults, profile and authorization. */
export function publish(app: FastifyInstance, parts: Parts, endpoints: readonly Endpoint[]): void {
	for (const endpoint of endpoints) {
		app.route({ method: endpoint.method, url: endpoint.path, handler: (request, reply) => serve(parts, endpoint, request, reply) });
	}
	app.setNotFoundHandler((request, reply) => serve(parts, null, request, reply));
}

async function serve(parts: Parts, endpoint: Endpoint | null, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
	const started = performance.now();
	const entry = openEntry(parts, request);
	const close = (status: number | null) => parts.log.close(entry, status, performance.now() - started);
	const limited = isRateLimited(entry.path) ? parts.rate.refusal(parts.world.settings.rateLimit) : undefined;
	if (limited) return deliver(reply, tooManyRequests(limited), close);
	const hit = parts.faults.next(entry);
	entry.fault = hit?.kind ?? null;
	await parts.wait(parts.world.settings.latencyMs + delayOf(hit));
	if (hit?.kind === 'resetBefore' || isLostRefresh(entry, request)) return cutBefore(reply, close);
	if (hit?.kind === 'lateArrival') void arriveLater(parts, hit, () => answerFor(parts, endpoint, request, hit));
	return finish(reply, hit, instead(hit) ?? answerUnder(hit, answerFor(parts, endpoint, request, hit)), close);
}

/** True when the caller of the token endpoint is gone. No token is issued then: a refresh token works once, and a caller who loses the answer must connect again. */
function isLostRefresh({ path }: RequestEntry, { socket }: FastifyRequest): boolean {
	return path.includes('/oauth/') && socket.destroyed;
}

/** Carries out later the request that the gateway gave up. After a reset or a seed the people are other ones, and the request is dropped. */
async function arriveLater({ world, wait }: Parts, hit: Hit, carryOut: () => Answer): Promise<void> {
	const { businesses } = world;
	await wait(arrivesAfter(hit));
	if (world.businesses === businesses) carryOut();
}

function finish(reply: FastifyReply, hit: Hit | undefined, answer: Answer, close: (status: number | null) => void): unknown {
	if (hit?.kind === 'resetMidBody' || (hit?.kind === 'applyThenFail' && hit.params.with === 'cut')) return cutMidBody(reply, answer, close);
	if (hit?.kind === 'applyThenFail' && hit.params.with === 'reset') return cutBefore(reply, close);
	return deliver(reply, answer, close);
}

function deliver(reply: FastifyReply, answer: Answer, close: (status: number | null) => void): FastifyReply {
	close(answer.status);
	const headers = answer.headers ?? {};
	void reply.code(answer.status).headers(headers);
	if (answer.text !== undefined) return reply.type(headers['content-type'] ?? 'text/html; charset=utf-8').send(answer.text);
	return answer.body === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
}

function openEntry(parts: Parts, request: FastifyRequest): RequestEntry {
	const [path = '', query = ''] = request.url.split('?', 2);
	const body = path.includes('/oauth/') ? { grant_type: asRecord(request.body).grant_type ?? null } : request.body;
	const grant = grantOf(parts.oauth, request);
	return parts.log.open({ method: request.method, path, query, headers: request.headers, body, at: parts.world.now(), grant });
}

function grantOf(oauth: OAuthStore, request: FastifyRequest): number | null {
	const token = bearerText(request) ?? text(asRecord(request.body).refresh_token);
	return token === undefined ? null : oauth.grantOf(token);
}

function isRateLimited(path: string): boolean {
	return !path.includes('/oauth/');
}

function answerFor(parts: Parts, endpoint: Endpoint | null, request: FastifyRequest, hit: Hit | undefined): Answer {
	if (!endpoint || (endpoint.guideOnly && parts.world.settings.profile === 'documented')) return noSuchRoute();
	const accessToken = bearerText(request);
	if (hit?.kind === 'expireToken' && accessToken !== undefined) parts.oauth.expire(accessToken);
	const token = accessToken === undefined ? undefined : parts.oauth.authenticate(accessToken);
	const refusal = authorize(endpoint, token, parts.world.settings);
	if (refusal) return refusal;
	const query = asRecord(request.query);
	parts.world.actingGrant = token?.grant ?? null;
	return endpoint.handle({
		params: asRecord(request.params) as Record<string, string>, query, body: asRecord(request.body), headers: request.headers,
		token: token ?? null, distortion: distortionOf(hit, Number(query.page ?? 1)),
	});
}

function bearerText(request: FastifyRequest): string | undefined {
	return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function authorize(endpoint: Endpoint, token: Token | undefined, { expiredTokenStatus }: Settings): Answer | undefined {
	if (endpoint.scope === 'none') return undefined;
	if (!token) return unauthenticated(expiredTokenStatus);
	if (endpoint.scope === 'any') return undefined;
	const held = token.scope.split(' ');
	const sufficient = held.includes('admin:all:legacy') || endpoint.scope.some((scope) => held.includes(scope));
	return sufficient ? undefined : missingScope(token.scope, endpoint.scope);
}
