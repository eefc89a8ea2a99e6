import type { FastifyReply } from 'fastify';

import { ok, tooManyRequests } from './answers.mts';
import type { Answer } from './answers.mts';
import type { Hit } from './faults.mts';
import { retryAfter } from './rateGate.mts';
import { asRecord, many, text } from './values.mts';

type Close = (status: number | null) => void;

/** The titles of a gateway's error pages; 520 and 524 are Cloudflare's. */
const GATEWAY_TITLES: Readonly<Record<number, string>> = {
	502: 'Bad Gateway', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out', 520: 'Web server is returning an unknown error', 524: 'A timeout occurred',
};

function gatewayPage(status: number): Answer {
	const title = `${status} ${GATEWAY_TITLES[status] ?? 'Error'}`;
	return { status, text: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n` };
}

/** By how many milliseconds a hit delays the answer. */
export function delayOf(hit: Hit | undefined): number {
	return Number(hit?.params.delayMs ?? (hit?.kind === 'delay' ? (hit.params.ms ?? 1000) : 0));
}

/** How many milliseconds after its answer a `lateArrival` is carried out. */
export function arrivesAfter(hit: Hit): number {
	return Number(hit.params.arrivesAfterMs ?? 2500);
}

/** The answer that a hit gives in place of the endpoint's own; the endpoint is not called. */
export function instead(hit: Hit | undefined): Answer | undefined {
	switch (hit?.kind) {
		case 'status': return anyAnswer(hit.params, 500);
		case 'rateLimited': return tooManyRequests(rateHeaders(hit.params));
		case 'html502': return gatewayPage(502);
		case 'lateArrival': return gatewayPage(Number(hit.params.status ?? 520));
		case 'errorIn200': return ok(hit.params.body ?? { response: { errors: [{ errno: 1003, field: null, message: 'Permission Denied.', object: null, value: null }] } });
		case 'wrongShape': return ok('body' in hit.params ? hit.params.body : { response: 'ok' });
		case 'hugeBody': return { status: 200, text: `{"response":"${'x'.repeat(Number(hit.params.bytes ?? 1e8))}"}`, headers: { 'content-type': 'application/json' } };
		case 'deepJson': return { status: 200, text: nested(Number(hit.params.depth ?? 10_000)), headers: { 'content-type': 'application/json' } };
		default: return undefined;
	}
}

/** The endpoint's own answer as a hit changes it. */
export function answerUnder(hit: Hit | undefined, answer: Answer): Answer {
	if (hit?.kind === 'applyThenFail') return anyAnswer(hit.params, 500);
	if (hit?.kind === 'fieldsLeftOut') return { ...answer, body: without(answer.body, new Set(many(hit.params.fields ?? ROLES_NAMES_AND_DATES))) };
	if (hit?.kind !== 'truncatedJson') return answer;
	const complete = JSON.stringify(answer.body ?? {});
	return { ...answer, body: undefined, text: complete.slice(0, Math.max(1, Math.floor(complete.length / 2))), headers: { 'content-type': 'application/json; charset=utf-8' } };
}

/** Of team members, members and invitations. */
const ROLES_NAMES_AND_DATES = ['role', 'business_role_name', 'first_name', 'middle_name', 'last_name', 'invitation_date_accepted', 'created_at', 'updated_at'];

function without(body: unknown, fields: ReadonlySet<string>): unknown {
	if (Array.isArray(body)) return body.map((entry) => without(entry, fields));
	if (typeof body !== 'object' || body === null) return body;
	return Object.fromEntries(Object.entries(body).flatMap(([name, value]) => (fields.has(name) ? [] : [[name, without(value, fields)]])));
}

function anyAnswer(params: Record<string, unknown>, status: number): Answer {
	const headers = Object.fromEntries(Object.entries(asRecord(params.headers)).map(([name, value]) => [name.toLowerCase(), String(value)]));
	const answer: Answer = { status: Number(params.status ?? status), headers: { ...headers, ...rateHeaders(params) } };
	if (text(params.body) !== undefined) return { ...answer, text: String(params.body) };
	return { ...answer, body: params.body ?? { error: 'internal_server_error', error_description: 'internal server error' } };
}

/** `retryAfter` in seconds (or any text, sent as it is), or `retryAfterDate` in seconds from now, sent as an HTTP date. */
function rateHeaders(params: Record<string, unknown>): Record<string, string> {
	if (params.retryAfterDate !== undefined) return retryAfter('date', Number(params.retryAfterDate));
	return params.retryAfter === undefined ? {} : { 'retry-after': String(params.retryAfter) };
}

function nested(depth: number): string {
	return `{"response":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

/** Cuts the connection without an answer. */
export function cutBefore(reply: FastifyReply, close: Close): FastifyReply {
	close(null);
	reply.hijack();
	reply.raw.socket?.resetAndDestroy();
	return reply;
}

/** Sends the head and half of the body, then cuts the connection. */
export function cutMidBody(reply: FastifyReply, answer: Answer, close: Close): FastifyReply {
	close(null);
	reply.hijack();
	const complete = Buffer.from(answer.text ?? JSON.stringify(answer.body ?? {}));
	reply.raw.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', 'content-length': complete.length });
	reply.raw.write(complete.subarray(0, Math.floor(complete.length / 2)), () => setImmediate(() => reply.raw.socket?.destroy()));
	return reply;
}
