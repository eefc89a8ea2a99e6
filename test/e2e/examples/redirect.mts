// Loaded into n8n before it starts (`redirectEnv`): sends its HTTPS requests to the named hosts to a port of 127.0.0.1, without
// TLS. Some of n8n's nodes have a fixed address. What they send, and what they make of the answer, stays theirs.
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';

const ports = JSON.parse(process.env['REDIRECTED_HOSTS'] ?? '{}') as Record<string, number>;
const request = https.request;

type Answered = (answer: IncomingMessage) => void;

/** As axios and follow-redirects call it: options, then what to do with the answer. */
function redirected(options: RequestOptions, answered?: Answered): ClientRequest {
	const port = ports[options.hostname ?? options.host ?? ''];
	if (port === undefined) return request(options, answered);
	return http.request({ ...options, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port, agent: undefined, agents: undefined } as RequestOptions, answered);
}

https.request = redirected as typeof https.request;
