import type { INode } from 'n8n-workflow';

import { textOf } from '../../nodes/FreshBooks/client/errorTexts';
import { toNodeError } from '../../nodes/FreshBooks/shownErrors';
import { FreshBooksError, refusal, type Failure, type FailureKind } from '../../nodes/FreshBooks/client/errors';

const NODE: INode = { id: '1', name: 'FreshBooks', type: 'freshBooks', typeVersion: 1, position: [0, 0], parameters: {} };

const failure = (kind: FailureKind, more: Partial<Failure> = {}): Failure => ({
	kind,
	subject: 'member 7 of business 789',
	idFamily: 'whole-number ID',
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
	'unclear',
	'unreachable',
	'validation',
];

describe.each(KINDS)('a failure of kind %s', (kind) => {
	test.each(['GET', 'POST', 'PUT', 'DELETE'])('(%s) says what happened and what to do', (method) => {
		const { message, description } = textOf(failure(kind, { method, status: 500 }));
		expect(message).toContain('member 7 of business 789');
		expect(message).not.toMatch(/[.]$|undefined|null|\berror\b|\bproblem\b|\bfailure\b|\bmistake\b/i);
		expect(description).toMatch(/^[A-Z].*[.)]$/);
		if (kind !== 'cancelled') expect(description).toMatch(/(^|\. )(To fix this, |Check )/);
		if (method === 'GET' && kind !== 'unclear') expect(description).not.toMatch(/\bsent\b/);
		expect(description).not.toMatch(/undefined|null/);
	});

	test("is shown unchanged: n8n's standard texts do not replace it", () => {
		const subject = 'freeaccess@keeperman.example, whose preexisting ECONNREFUSED is reported';
		const shown = toNodeError(NODE, new FreshBooksError(failure(kind, { subject, serviceText: 'ENOTFOUND ETIMEDOUT' })), { itemIndex: 3 });
		expect(shown.message).toContain(subject);
		expect(shown.message).toMatch(/ \[item 3\]$/);
		expect(shown.context.itemIndex).toBe(3);
	});
});

/** The texts that n8n shows for a failure in a node with these parameters. */
const shownWith = (parameters: INode['parameters'], shown: Failure) => {
	const { message, description } = toNodeError({ ...NODE, parameters }, new FreshBooksError(shown));
	return { message, description: description ?? '' };
};
const LOCATOR = { __rl: true, mode: 'id', value: '7' };

test.each<[FailureKind, string, string, string]>([
	['notFound', 'business ID', 'business', 'Business'],
	['notFound', 'business ID', 'businessIds', 'Business Names or IDs'],
	['notFound', 'account ID', 'account', 'Account'],
	['notFound', 'team member UUID', 'member', 'Team Member'],
	['notPublished', 'whole-number ID', 'member', 'Team Member'],
	['notPublished', 'invitation ID', 'invitation', 'Invitation'],
	['notFound', 'staff ID', 'staff', 'Staff'],
	['permission', 'business ID', 'business', 'Business'],
])('%s by %s names the parameter if the operation has %s', (kind, idFamily, name, parameter) => {
	expect(shownWith({ [name]: LOCATOR }, failure(kind, { idFamily })).message).toContain(`(parameter '${parameter}')`);
	expect(shownWith({ email: 'a@b.co' }, failure(kind, { idFamily })).message).not.toContain('parameter');
	expect(textOf(failure(kind, { idFamily })).message).not.toContain('parameter');
});

test('not found names the kind of ID', () => {
	expect(textOf(failure('notFound', { idFamily: 'team member UUID' })).description).toContain('looked up by its team member UUID');
});

test('not found without an ID mentions none', () => {
	expect(textOf(failure('notFound', { idFamily: 'none', subject: 'the connected user' })).description).not.toContain('none');
});

test.each([
	['email', 'email', 'Email'],
	['to_email', 'email', 'Email'],
	['role', 'role', 'Role'],
	['capacity', 'role', 'Role'],
	['permissions', 'permissions', 'Permissions'],
])("a rejected field '%s' is shown as the parameter if the operation has %s", (field, name, parameter) => {
	const refused = failure('validation', { field, serviceText: 'is invalid' });
	expect(shownWith({ [name]: 'x' }, refused).message).toMatch(new RegExp(`parameter '${parameter}'.*is invalid`));
	const without = shownWith({}, refused);
	expect(without.message).not.toContain('parameter');
	expect(without.description).toContain(`'${field}'`);
});

test("'Batch Size' is suggested only if it is set", () => {
	const refused = failure('rateLimited', { method: 'DELETE', sent: 5, maybeDone: false });
	expect(shownWith({ options: { batchSize: 20 } }, refused).description).toContain("'Batch Size'");
	for (const parameters of [{ options: {} }, {}, { options: 'batchSize' }]) expect(shownWith(parameters, refused).description).not.toContain("'Batch Size'");
});

test("'If Already Invited' is advised for Create only", () => {
	const open = failure('unclear', { method: 'POST', sent: 1, maybeDone: true });
	expect(shownWith({ resource: 'invitation', operation: 'create' }, open).description).toContain("'If Already Invited'");
	expect(shownWith({ resource: 'access', operation: 'onboard' }, open).description).not.toContain("'If Already Invited'");
});

test('a rejected field that is not a parameter has FreshBooks\' name', () => {
	expect(textOf(failure('validation', { field: 'p_code' })).description).toContain("'p_code'");
});

test('a missing scope names the scopes and where to enable them', () => {
	const { message, description } = textOf(failure('scope', { scopes: ['user:teams:read', 'user:teams:write'], serviceText: 'Scopes needed.' }));
	expect(message).toContain('user:teams:read user:teams:write');
	expect(description).toContain('Settings > Developer Portal');
	expect(description).toContain('"Scopes needed."');
});

test('an undocumented endpoint is called that, and the text says where to do it by hand', () => {
	const { message, description } = textOf(failure('notPublished', { status: 405 }));
	expect(message).toContain('405');
	expect(description).toContain("not in FreshBooks' public documentation");
	expect(description).toContain('third-party guide');
	expect(description).toContain('in FreshBooks itself, under Team Members');
});

test('one about the connected user suggests neither an ID nor the team page', () => {
	const { description } = textOf(failure('notPublished', { subject: 'the connected user', idFamily: 'none', status: 404 }));
	expect(description).toMatch(/only\. To fix this, do it in FreshBooks itself\.$/);
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

describe('a text claims only the facts', () => {
	const FACTS: Array<Partial<Failure>> = [0, 1, 2, 5, undefined].flatMap((sent) =>
		[true, false, undefined].flatMap((maybeDone) =>
			[true, false].flatMap((answeredByFreshBooks) =>
				[true, false].flatMap((afterUnclearTry) => [true, false].map((readBackFailed) => ({ sent, maybeDone, answeredByFreshBooks, afterUnclearTry, readBackFailed }))),
			),
		),
	);
	/** Facts that cannot occur together. */
	const isImpossible = ({ sent, maybeDone, afterUnclearTry, readBackFailed, answeredByFreshBooks }: Partial<Failure>) =>
		(sent === 0 && (maybeDone === true || readBackFailed === true || answeredByFreshBooks === true)) || (afterUnclearTry === true && (maybeDone !== true || (sent !== undefined && sent < 2)));
	const CASES = KINDS.flatMap((kind) =>
		['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) => FACTS.filter((facts) => !isImpossible(facts)).map((facts) => failure(kind, { method, status: 500, ...facts }))),
	);
	const described = (shown: Failure) => ({ shown, text: Object.values(textOf(shown)).join(' ') });

	test('for any facts, nothing else is claimed', () => {
		const wrong = CASES.map(described).filter(({ shown, text }) => {
			const { method, sent, maybeDone, readBackFailed, kind } = shown;
			const isRead = method === 'GET';
			const claims = [
				/nothing was done/i.test(text) && (isRead || readBackFailed || (maybeDone !== false && sent !== 0)),
				/nothing was changed/i.test(text) && !isRead,
				/was not sent,/.test(text) && sent !== 0,
				/may (or may not )?have been carried out/.test(text) && (isRead || maybeDone === false || sent === 0),
				/several times/.test(text),
				/tried once/.test(text) && sent !== 1,
				[...text.matchAll(/tried (\d+) times/g)].some(([, times]) => Number(times) !== sent),
				/not sent again/.test(text) && kind !== 'unclear',
				/may still arrive/.test(text) && shown.answeredByFreshBooks === true,
				/reading it back failed/.test(text) && !readBackFailed,
				/'Batch Size'|'If Already Invited'|parameter/.test(text),
			];
			return claims.includes(true);
		});
		expect(wrong).toEqual([]);
	});

	test('and an unknown result of a write is reported', () => {
		const silent = CASES.filter(({ method, maybeDone, readBackFailed, kind }) => method !== 'GET' && maybeDone && !readBackFailed && kind !== 'unclear')
			.filter(({ kind, afterUnclearTry }) => afterUnclearTry || ['outage', 'unreachable', 'notJson', 'malformed', 'rateLimited', 'cancelled'].includes(kind))
			.map(described)
			.filter(({ text }) => !/may (or may not )?have been carried out/.test(text));
		expect(silent).toEqual([]);
	});

	test.each<[string, Partial<Failure> & { kind: FailureKind }, RegExp]>([
		['a read', { kind: 'malformed', method: 'GET', sent: 5 }, /^Nothing was changed\. It was tried 5 times\./],
		['a write that was refused five times', { kind: 'rateLimited', method: 'POST', sent: 5, maybeDone: false }, /^Nothing was done for it\. It was tried 5 times\. To fix this, wait a minute and run it again\.$/],
		['a removal with an unknown result, and then refused', { kind: 'rateLimited', method: 'DELETE', sent: 3, maybeDone: true, afterUnclearTry: true }, /^It may or may not have been carried out; running it again is safe\. It was tried 3 times\./],
		['an outage, once', { kind: 'outage', method: 'PUT', sent: 1, maybeDone: true }, /It was tried once\. To fix this, run it again later\.$/],
		['a deadline before the first try', { kind: 'unreachable', method: 'DELETE', sent: 0, maybeDone: false }, /^It was not sent, so nothing was done for it\. Check/],
		['a write whose result could not be read back', { kind: 'outage', method: 'GET', readBackFailed: true }, /^The change was accepted; only reading it back failed\./],
		['a refused read-back', { kind: 'permission', method: 'GET', readBackFailed: true }, /^The change was accepted; only reading it back failed\./],
		['a definite response after a try with an unknown result', { kind: 'notFound', method: 'DELETE', sent: 2, maybeDone: true, afterUnclearTry: true }, /An earlier try of it ended without a clear answer and may have been carried out\.$/],
		['an execution stopped before anything was sent', { kind: 'cancelled', method: 'POST', sent: 0, maybeDone: false }, /^It was not sent, so nothing was done for it\.$/],
		['an execution stopped during a write', { kind: 'cancelled', method: 'POST', sent: 1, maybeDone: true }, /^The request may have been carried out\.$/],
		['an invitation that a gateway answered', { kind: 'unclear', method: 'POST', sent: 1, maybeDone: true, answeredByFreshBooks: false }, /^It may still arrive\. It was not sent again/],
		['an invitation whose connection broke', { kind: 'unclear', method: 'POST', sent: 1, maybeDone: true, answeredByFreshBooks: false, serviceText: 'ECONNRESET' }, /is safe\. \(ECONNRESET\)$/],
		['an invitation that FreshBooks answered', { kind: 'unclear', method: 'POST', sent: 1, maybeDone: true, answeredByFreshBooks: true }, /^It was not sent again/],
	])('of %s', (_name, { kind, ...facts }, description) => {
		expect(textOf(failure(kind, facts)).description).toMatch(description);
	});
});

describe('a business or an account that was chosen from the list', () => {
	const chosen = (value: unknown, name: string) => ({ __rl: true, mode: 'list', value, cachedResultName: name }) as unknown as INode['parameters'][string];

	test.each<[string, INode['parameters'], string]>([
		['with its ID once', { business: chosen(789, 'BillSpring (Owner)') }, 'member 7 of BillSpring (business 789)'],
		['as text', { business: chosen('789', 'Quarry (Lane) Café (Employee)') }, 'member 7 of Quarry (Lane) Café (business 789)'],
		['not where another one is meant', { business: chosen(78, 'Other (Owner)') }, 'member 7 of business 789'],
		['not by ID alone', { business: { __rl: true, mode: 'id', value: '789' } }, 'member 7 of business 789'],
	])('is named: %s', (_case, parameters, words) => {
		expect(shownWith(parameters, failure('permission')).message).toBe(`The connected FreshBooks user has no permission for ${words}`);
	});

	test('is named in a refusal, and not a second time', () => {
		const node = { ...NODE, parameters: { business: chosen(789, 'One (Owner)') } };
		expect(toNodeError(node, refusal('No team member of business 789 has it', 'Look at business 789.'))).toMatchObject({ message: 'No team member of One (business 789) has it', description: 'Look at business 789.' });
		expect(toNodeError(node, refusal('One (business 789): no', '')).message).toBe('One (business 789): no');
	});

	test('an account as well', () => {
		expect(shownWith({ account: chosen('zDmNq', 'BillSpring (Owner)') }, failure('permission', { subject: 'staff of account zDmNq' })).message).toContain('staff of BillSpring (account zDmNq)');
	});
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
		['unclear', undefined],
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

	test('a refusal keeps its message and description instead of n8n’s standard texts', () => {
		const shown = toNodeError(NODE, refusal('Nobody has freeaccess@example.com', 'Look again.'), { itemIndex: 0, remark: 'Done before it stopped: item 1.' });
		expect(shown).toMatchObject({ name: 'NodeOperationError', message: 'Nobody has freeaccess@example.com [item 0]', description: 'Look again. Done before it stopped: item 1.' });
	});

	test('any other error is called a defect, and its text, which may contain a token, is not shown', () => {
		const shown = toNodeError(NODE, new TypeError('x is not a function: Bearer abc'), { itemIndex: 2 });
		expect(shown.message).toBe('An unexpected error occurred in the FreshBooks node [item 2]');
		expect(JSON.stringify(shown)).not.toContain('Bearer');
		expect(shown.failure?.cause).toBe('node-defect');
	});
});
