import type { IDataObject } from 'n8n-workflow';

import { FIRST_TOKEN } from '../../harness/context';
import { noteShown } from './campaign.cts';
import { endpointOf, type Endpoint } from './freshBooks';
import type { Arrived } from './server.cts';

/** Checks the result of a hostile attempt. Every function throws with the reason. */

/** The result of a run of a node. */
export type RunEnd = { items: Array<{ json: IDataObject; pairedItem?: unknown }> } | { error: unknown };

export async function endOf(work: Promise<Array<{ json: IDataObject; pairedItem?: unknown }>>): Promise<RunEnd> {
	return await work.then(
		(items) => ({ items }),
		(error: unknown) => ({ error }),
	);
}

const LONGEST_MESSAGE = 700;
const LONGEST_DESCRIPTION = 1_200;

function fail(reason: string): never {
	throw new Error(reason);
}

/** Checks an error: an n8n error class, not the fallback for defects, short, and without the token. */
export function expectClear(error: unknown): string {
	const { name, message, description } = error as { name?: unknown; message?: unknown; description?: unknown };
	const text = `${String(message)} | ${String(description ?? '')}`;
	noteShown(text);
	if (name !== 'NodeOperationError' && name !== 'NodeApiError') {
		fail(`Thrown as ${String(name)}: ${String((error as Error).stack).slice(0, 1_500)}`);
	}
	if (/an unexpected error/i.test(text)) fail(`Met a defect: ${text.slice(0, 500)}`);
	if (String(message).length > LONGEST_MESSAGE) fail(`A message of ${String(message).length} characters: ${text.slice(0, 300)}`);
	if (String(description ?? '').length > LONGEST_DESCRIPTION) fail(`A description of ${String(description).length} characters: ${text.slice(0, 300)}`);
	if (text.includes(FIRST_TOKEN)) fail('The token is in the error.');
	return String(message);
}

/** Checks that every request went to this host and an endpoint of the operation, with the token and a JSON body. */
export function expectIntended(arrived: readonly Arrived[], host: string, endpoints: readonly Endpoint[]): void {
	for (const { method, url, host: asked, authorization, body } of arrived) {
		const line = `${method} ${url.slice(0, 200)}`;
		const endpoint = endpointOf(method, url);
		if (endpoint === undefined || !endpoints.includes(endpoint)) fail(`A request to where it does not belong: ${line}`);
		if (asked !== host) fail(`A request for the host ${asked}: ${line}`);
		if (authorization !== `Bearer ${FIRST_TOKEN}`) fail(`A request with the authorization '${authorization}': ${line}`);
		if (body !== '') JSON.parse(body);
	}
}

/** The IDs in the paths of requests. */
export function idsIn(arrived: readonly Arrived[]): string[] {
	return arrived.flatMap(({ url }) => {
		const [path] = url.split('?');
		return [...path.matchAll(/\/(?:business(?:es)?|account|team_members|members|invitations|staffs)\/([^/]+)/g)].map(([, id]) => id);
	});
}

const ownKeys = Reflect.ownKeys(Object.prototype).length;

/** Checks that nothing was added to Object.prototype. */
export function expectPrototypeUntouched(): void {
	const probe: IDataObject = {};
	if ('polluted' in probe || Reflect.ownKeys(Object.prototype).length !== ownKeys) fail('Object.prototype was changed.');
}

const SECRET_FIELDS = /"(?:fasttrack_token|api_token)"/;

/** Checks that items are JSON objects, paired with an input item, and contain no credential. */
export function expectItems(items: ReadonlyArray<{ json: IDataObject; pairedItem?: unknown }>): void {
	for (const { json, pairedItem } of items) {
		if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(`An item that is no object: ${String(json)}`);
		const text = JSON.stringify(json);
		if (SECRET_FIELDS.test(text)) fail(`A credential in an item: ${text.slice(0, 300)}`);
		if (pairedItem === undefined) fail('An item that does not say where it came from.');
	}
}
