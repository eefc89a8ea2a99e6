import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../support.mts';
import type { IndependentReader } from './independent.mts';
import type { Provider, ScimAnswer } from './provider.mts';

/** The steps of an identity provider's test as data, and their player. */

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
/** The trigger's role for requests without one. */
export const EMPLOYEE = 'business_employee';

export interface Request {
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Below the base URL. */
	readonly address: string;
	readonly body?: Json;
	/** Replaces the provider's own. */
	readonly authorization?: string;
}

/** Bodies of earlier responses, by the names that the steps give. */
export type Seen = Readonly<Record<string, Json>>;

/** A request or an expectation, as a value or built from earlier responses. */
type Built<Thing> = Thing | ((seen: Seen) => Thing);

export interface Step {
	readonly name: string;
	readonly send: Built<Request>;
	readonly status: number;
	/** What the response must contain: see `assertLike`. */
	readonly answer?: Built<Json>;
	/** The name of the response's body for later steps. */
	readonly keep?: string;
	readonly withinMs?: number;
	/** Not checked by the independent library: the response has only chosen attributes, or attributes of no schema. */
	readonly isUnread?: boolean;
	/** A PATCH in the RFC's form. Its result is compared with that of the independent library. */
	readonly isPlainPatch?: boolean;
}

/** Steps in order, and what FreshBooks and the workflow have received after the last one. */
export interface StepList {
	readonly name: string;
	readonly steps: readonly Step[];
	/** Changes in FreshBooks, such as `invitationCreated <address>`. */
	readonly changes: readonly string[];
	/** The pending invitations: address and role. */
	readonly pending: Readonly<Record<string, string>>;
	/** The `event` of each item that started the workflow. */
	readonly events: readonly string[];
}

/** A check for a value that is not known in advance. */
export type Check = (value: unknown, place: string) => void;

export const isFilled: Check = (value, place) => {
	const isEmpty = value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
	assert.ok(!isEmpty, `${place} is empty`);
};

export const isWholeNumber: Check = (value, place) => assert.ok(Number.isInteger(value), `${place} is not a whole number: ${JSON.stringify(value)}`);

/** A list that contains an element like this one. */
export const hasElement =
	(expected: unknown): Check =>
	(value, place) => {
		const elements = Array.isArray(value) ? (value as unknown[]) : [];
		assert.ok(elements.some((element) => isLike(element, expected)), `${place} has no element like ${JSON.stringify(expected)}: ${JSON.stringify(value)}`);
	};

/** A list that contains no element like this one, or no list. */
export const hasNoElement =
	(unexpected: unknown): Check =>
	(value, place) => {
		const elements = Array.isArray(value) ? (value as unknown[]) : [];
		assert.ok(!elements.some((element) => isLike(element, unexpected)), `${place} has an element like ${JSON.stringify(unexpected)}`);
	};

function isLike(value: unknown, expected: unknown): boolean {
	try {
		assertLike(value, expected, '');
		return true;
	} catch {
		return false;
	}
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An object must have the expected keys with matching values, and may have more. `undefined` means that the key must be absent.
 * Lists must have the same length and matching elements. A function checks the value itself. Other values must be equal.
 */
export function assertLike(value: unknown, expected: unknown, place: string): void {
	if (typeof expected === 'function') return (expected as Check)(value, place);
	if (Array.isArray(expected)) {
		assert.ok(Array.isArray(value) && value.length === expected.length, `${place} should be a list of ${expected.length}: ${JSON.stringify(value)}`);
		return expected.forEach((one, index) => assertLike((value as unknown[])[index], one, `${place}[${index}]`));
	}
	if (isObject(expected)) {
		assert.ok(isObject(value), `${place} should be an object: ${JSON.stringify(value)}`);
		return Object.entries(expected).forEach(([key, one]) => assertLike(value[key], one, `${place}.${key}`));
	}
	assert.ok(isDeepStrictEqual(value, expected), `${place} should be ${JSON.stringify(expected)}: ${JSON.stringify(value)}`);
}

/** The ID of a user from an earlier step. */
export function idOf(user: Json | undefined): string {
	if (typeof user?.['id'] !== 'string') throw new Error('An earlier step, which should have kept a user, failed.');
	return user['id'];
}

/** The first user of a list from an earlier step. */
export const firstOf = (list: Json | undefined): Json | undefined => (list?.['Resources'] as Json[] | undefined)?.[0];

export const get = (address: string): Request => ({ method: 'GET', address });
export const getUser = (user: Json | undefined): Request => get(`/Users/${idOf(user)}`);
export const find = (filter: string, more = ''): Request => get(`/Users?filter=${encodeURIComponent(filter)}${more}`);
export const post = (body: Json): Request => ({ method: 'POST', address: '/Users', body });
export const put = (user: Json | undefined, changes: Json): Request => ({ method: 'PUT', address: `/Users/${idOf(user)}`, body: { ...user, ...changes } });
export const patch = (user: Json | undefined, ...operations: Json[]): Request => ({
	method: 'PATCH', address: `/Users/${idOf(user)}`, body: { schemas: [PATCH], Operations: operations },
});
export const remove = (user: Json | undefined): Request => ({ method: 'DELETE', address: `/Users/${idOf(user)}` });

export const NOBODY: Json = { schemas: [LIST], totalResults: 0, Resources: [] };
/** A list of one user. */
export const oneUser = (user: Json): Json => ({ schemas: [LIST], totalResults: 1, Resources: [user] });
export const errorOf = (status: number, rest: Json = {}): Json => ({ schemas: [ERROR], status: String(status), detail: isFilled, ...rest });

/** Who sends the requests, and who checks the responses. */
export interface Connection {
	readonly provider: Provider;
	readonly reader: IndependentReader;
}

export interface Manner {
	readonly contentType: string;
	/** For every request. */
	readonly headers?: Record<string, string>;
}

/** Sends a request like an identity provider. */
export async function send({ provider }: Connection, { contentType, headers = {} }: Manner, request: Request): Promise<ScimAnswer> {
	const { method, address, body, authorization = provider.authorization } = request;
	return await provider.ask(address, { method, body, contentType, authorization, headers });
}

/** Checks every response. */
export function assertAnswer({ reader }: Connection, answer: ScimAnswer, status: number, isUnread = false): void {
	const { body, headers } = answer;
	assert.equal(answer.status, status, JSON.stringify(body));
	if (status === 204) return assert.equal(body, undefined);
	assert.match(String(headers.get('content-type')), /^application\/scim\+json/);
	if (status === 201) assert.equal(headers.get('location'), (body['meta'] as Json)['location']);
	if (!isUnread) reader.read(body);
}

const built = <Thing,>(thing: Built<Thing>, seen: Seen): Thing => (typeof thing === 'function' ? (thing as (seen: Seen) => Thing)(seen) : thing);

/** One test for each step, in order. */
export function playSteps(steps: readonly Step[], connection: () => Connection, manner: Manner): void {
	const seen: Record<string, Json> = {};
	for (const step of steps) {
		test(step.name, async () => {
			const connected = connection();
			const request = built(step.send, seen);
			const before = step.isPlainPatch ? await connected.provider.ask(request.address) : undefined;
			const answer = await send(connected, manner, request);
			assertAnswer(connected, answer, step.status, step.isUnread);
			if (step.keep !== undefined) seen[step.keep] = answer.body;
			assertLike(answer.body, built(step.answer, seen) ?? answer.body, 'The answer');
			if (before) await connected.reader.assertPatched(before.body, request.body, answer.body);
			if (step.withinMs !== undefined) assert.ok(answer.tookMs < step.withinMs, `It took ${Math.round(answer.tookMs)} ms`);
		});
	}
}
