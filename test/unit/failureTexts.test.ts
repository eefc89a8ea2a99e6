import type { INode } from 'n8n-workflow';

import { textOf } from '../../nodes/FreshBooks/client/errorTexts';
import { toNodeError } from '../../nodes/FreshBooks/shownErrors';
import { FreshBooksError, refusal, type Failure, type FailureKind } from '../../nodes/FreshBooks/client/errors';

const NODE: INode = { id: '1', name: 'FreshBooks', type: 'freshBooks', typeVersion: 1, position: [0, 0], parameters: {} };

const failure = (kind: FailureKind, more: Partial<Failure> = {}): Failure => ({
	kind,
	subject: 'member 7 of business 789',
	idFamily: 'integer member ID',
	method: 'GET',
	...more,
});

const KINDS: FailureKind[] = [
	'cancelled',
	'conflict',
	'malformed',
	'notFound',
	'notJson',
	'notPublished',
	'outage',
	'permission',
	'rateLimited',
	'reconnect',
	'redirect',
	'scope',
	'unknownFate',
	'unreachable',
	'validation',
];

describe.each(KINDS)('a failure of kind %s', (kind) => {
	test.each(['GET', 'POST', 'PUT', 'DELETE'])('(%s) says what it was about and what to do, in words of n8n', (method) => {
		const { message, description } = textOf(failure(kind, { method, status: 500 }));
		expect(message).toContain('member 7 of business 789');
		expect(message).not.toMatch(/[.]$|undefined|null|\berror\b|\bproblem\b|\bfailure\b|\bmistake\b/i);
		expect(description).toMatch(/^[A-Z].*[.)]$/);
		expect(description).not.toMatch(/undefined|null/);
	});

	test("reaches the user as it is: n8n's stock sentences do not replace it", () => {
		const subject = 'freeaccess@keeperman.example, whose preexisting ECONNREFUSED is told';
		const shown = toNodeError(NODE, new FreshBooksError(failure(kind, { subject, serviceText: 'ENOTFOUND ETIMEDOUT' })), { itemIndex: 3 });
		expect(shown.message).toContain(subject);
		expect(shown.message).toMatch(/ \[item 3\]$/);
		expect(shown.context.itemIndex).toBe(3);
	});
});

test.each<[FailureKind, string, string]>([
	['notFound', 'business ID', 'Business'],
	['notFound', 'account ID', 'Account'],
	['notFound', 'team member UUID', 'Team Member'],
	['notPublished', 'integer member ID', 'Team Member'],
	['notPublished', 'invitation ID', 'Invitation'],
	['notFound', 'staff ID', 'Staff'],
	['permission', 'business ID', 'Business'],
])('%s by %s names the parameter %s', (kind, idFamily, parameter) => {
	expect(textOf(failure(kind, { idFamily })).message).toContain(`'${parameter}'`);
});

test('not found says which kind of ID was used', () => {
	expect(textOf(failure('notFound', { idFamily: 'team member UUID' })).description).toContain('looked up by its team member UUID');
});

test('not found without an ID says nothing about one', () => {
	expect(textOf(failure('notFound', { idFamily: 'none', subject: 'the connected user' })).description).not.toContain('none');
});

test.each([
	['email', 'Email'],
	['to_email', 'Email'],
	['role', 'Role'],
	['capacity', 'Role'],
	['permissions', 'Permissions'],
])("a refused field '%s' is the parameter '%s'", (field, parameter) => {
	expect(textOf(failure('validation', { field, serviceText: 'is invalid' })).message).toMatch(new RegExp(`parameter '${parameter}'.*is invalid`));
});

test('a refused field that is no parameter is named as FreshBooks names it', () => {
	expect(textOf(failure('validation', { field: 'p_code' })).description).toContain("'p_code'");
});

test('a refused scope names the scopes and where to enable them', () => {
	const { message, description } = textOf(failure('scope', { scopes: ['user:teams:read', 'user:teams:write'], serviceText: 'Scopes needed.' }));
	expect(message).toContain('user:teams:read user:teams:write');
	expect(description).toContain('Settings > Developer Portal');
	expect(description).toContain('"Scopes needed."');
});

test('an endpoint that FreshBooks does not publish is called that, with where to do it by hand', () => {
	const { message, description } = textOf(failure('notPublished', { status: 405 }));
	expect(message).toContain('405');
	expect(description).toContain("not in FreshBooks' public documentation");
	expect(description).toContain('third-party guide');
	expect(description).toContain('in FreshBooks itself, under Team Members');
});

test('one about the connected user has no ID to check, and its place by hand is not the team', () => {
	const { description } = textOf(failure('notPublished', { subject: 'the connected user', idFamily: 'none', status: 404 }));
	expect(description).toMatch(/only\. Do it in FreshBooks itself\.$/);
});

test.each([
	['Permission Denied.', '"Permission Denied."'],
	['Permission denied', '"Permission denied".'],
])('FreshBooks\' words %s end in one full stop', (serviceText, end) => {
	const { description } = textOf(failure('permission', { serviceText }));
	expect(description.endsWith(` FreshBooks said: ${end}`)).toBe(true);
});

test.each<[number | undefined, string]>([
	[1_000, '1 second'],
	[300_000, '300 seconds'],
	[undefined, 'a minute'],
])('a rate limit with an announced wait of %s ms says %s', (retryAfterMs, wait) => {
	expect(textOf(failure('rateLimited', { retryAfterMs })).description).toContain(wait);
});

test('a broken-off write says that it may have been carried out, a read that nothing was changed', () => {
	for (const kind of ['outage', 'unreachable', 'notJson', 'malformed'] as const) {
		expect(textOf(failure(kind, { method: 'GET' })).description).toContain('Nothing was changed');
		expect(textOf(failure(kind, { method: 'PUT' })).description).toContain('may or may not have been carried out');
	}
});

describe('as n8n shows it', () => {
	test.each<[FailureKind, string | undefined]>([
		['rateLimited', 'rate-limited'],
		['outage', 'temporarily-unavailable'],
		['unreachable', 'temporarily-unavailable'],
		['notJson', 'temporarily-unavailable'],
		['malformed', 'temporarily-unavailable'],
		['reconnect', 'credential-invalid'],
		['scope', 'configuration-invalid'],
		['permission', 'configuration-invalid'],
		['notFound', 'configuration-invalid'],
		['notPublished', 'configuration-invalid'],
		['redirect', 'configuration-invalid'],
		['cancelled', undefined],
		['validation', undefined],
		['conflict', undefined],
		['unknownFate', undefined],
	])('%s declares %s', (kind, cause) => {
		expect(toNodeError(NODE, new FreshBooksError(failure(kind))).failure?.cause).toBe(cause);
	});

	test('a rate limit declares how long to wait', () => {
		const shown = toNodeError(NODE, new FreshBooksError(failure('rateLimited', { retryAfterMs: 9_000 })));
		expect(shown.failure).toEqual({ cause: 'rate-limited', retryAfterMs: 9_000 });
	});

	test('the status is kept', () => {
		expect(toNodeError(NODE, new FreshBooksError(failure('notFound', { status: 404 })))).toMatchObject({ name: 'NodeApiError', httpCode: '404' });
	});

	test('a refusal keeps its words and its way out, n8n’s stock sentences aside', () => {
		const shown = toNodeError(NODE, refusal('Nobody has freeaccess@example.com', 'Look again.'), { itemIndex: 0, remark: 'Done before it stopped: item 1.' });
		expect(shown).toMatchObject({ name: 'NodeOperationError', message: 'Nobody has freeaccess@example.com [item 0]', description: 'Look again. Done before it stopped: item 1.' });
	});

	test('anything else is called a defect, and its words are not shown: they may hold a token', () => {
		const shown = toNodeError(NODE, new TypeError('x is not a function: Bearer abc'), { itemIndex: 2 });
		expect(shown.message).toBe('The FreshBooks node met something it was not made for [item 2]');
		expect(JSON.stringify(shown)).not.toContain('Bearer');
		expect(shown.failure?.cause).toBe('node-defect');
	});
});
