import {
	classifyAnswer,
	failureOf,
	FreshBooksError,
	readErrorBody,
	statusInsideSuccess,
	type ErrorBody,
	type FailureKind,
} from '../../nodes/FreshBooks/client/errors';

const context = { subject: 'the thing', idFamily: 'business ID', method: 'GET', published: true };

const NOT_AUTHORIZED =
	"The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand how to supply the credentials required.";
const GOOGLE_DETAILS = (metadata: object, reason: string) => [
	{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'accounting.api.freshbooks.com', metadata },
];

/** Every known error envelope: [source, HTTP status, body, expected text, kind]. */
const ENVELOPES: Array<[where: string, status: number, body: unknown, says: ErrorBody, kind: FailureKind]> = [
	['OAuth, used code', 400, { error: 'invalid_grant', error_description: 'The provided authorization grant is invalid' }, { text: 'The provided authorization grant is invalid' }, 'validation'],
	['OAuth, wrong client', 401, { error: 'invalid_client', error_description: 'Client authentication failed' }, { text: 'Client authentication failed' }, 'reconnect'],
	['token info, bad token', 401, { error: 'invalid_token', error_description: 'The access token is invalid', state: 'unauthorized' }, { text: 'The access token is invalid' }, 'reconnect'],
	['auth family, expired token', 401, { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' }, { text: 'This action requires authentication to continue.' }, 'reconnect'],
	['auth family, expired token under 403', 403, { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' }, { text: 'This action requires authentication to continue.' }, 'reconnect'],
	['accounting, expired token', 401, { response: { errors: [{ message: 'The server could not verify that you are authorized to access the URL requested.', errno: 1003 }] } }, { text: 'The server could not verify that you are authorized to access the URL requested.', errno: 1003 }, 'reconnect'],
	['projects, expired token', 401, { message: NOT_AUTHORIZED }, { text: NOT_AUTHORIZED }, 'reconnect'],
	['projects, invalid token', 401, { message: 'invalid_token: The request token failed to authenticate or validate.' }, { text: 'invalid_token: The request token failed to authenticate or validate.' }, 'reconnect'],
	['events, invalid token', 401, { errno: 401, message: 'invalid_token: The request token failed to authenticate or validate.' }, { text: 'invalid_token: The request token failed to authenticate or validate.', errno: 401 }, 'reconnect'],
	['accounting, role refused', 403, { response: { errors: [{ errno: 1003, field: null, message: 'Permission Denied.', object: null, value: null }] } }, { text: 'Permission Denied.', errno: 1003 }, 'permission'],
	['team members, not found', 404, { error: 'not_found', error_description: 'Team member not found' }, { text: 'Team member not found', errorCode: 'not_found' }, 'notFound'],
	['auth family, validation', 422, { error: 'invalid_resource', error_description: 'Validation failed: Name has already been taken' }, { text: 'Validation failed: Name has already been taken' }, 'validation'],
	['auth family, outage', 500, { error: 'internal_server_error', error_description: 'internal server error' }, { text: 'internal server error' }, 'outage'],
	['old accounting', 404, { response: { errors: [{ errno: 1012, field: 'userid', message: 'Client not found.', object: 'client', value: '12345' }] } }, { text: 'Client not found.', field: 'userid', errno: 1012 }, 'notFound'],
	['old accounting, one object for the list', 404, { response: { errors: { errno: 1012, field: 'userid', message: 'Client not found.', object: 'client', value: '12345' } } }, { text: 'Client not found.', field: 'userid', errno: 1012 }, 'notFound'],
	['new accounting', 404, { code: 5, message: 'Request failed with status_code: 404', details: GOOGLE_DETAILS({ object: 'item', message: 'Item not found.', value: '123432', field: 'itemid' }, '1012') }, { text: 'Item not found.', field: 'itemid', errno: 1012, code: 5 }, 'notFound'],
	['new accounting, validation', 422, { code: 3, message: 'Request failed with status_code: 422', details: GOOGLE_DETAILS({ object: 'staff', message: 'email is not valid', field: 'email' }, '1004') }, { text: 'email is not valid', field: 'email', errno: 1004, code: 3 }, 'validation'],
	['accounting by business UUID', 400, { errors: { message: 'Request failed with status code 400', status: 400, details: [{ reason: 'name: This field is required.', metadata: { message: 'This field is required.', field: 'name' } }] } }, { text: 'name: This field is required.', field: 'name' }, 'validation'],
	['projects, not found', 404, { error: 'Requested resource could not be found.' }, { text: 'Requested resource could not be found.' }, 'notFound'],
	['projects, not found by type', 404, { error_type: 'not_found', message: 'The requested resource was not found.' }, { text: 'The requested resource was not found.', errorCode: 'not_found' }, 'notFound'],
	['projects, field errors', 422, { errno: 2001, error: { title: 'field required', description: 'field required' } }, { text: 'field required', field: 'title', errno: 2001 }, 'validation'],
	['projects, sentence', 422, { errno: 2001, error: 'Retainer for client already exists' }, { text: 'Retainer for client already exists', errno: 2001 }, 'validation'],
	['business family, bad value', 422, { errno: 2001, error: { updated_since: 'Input should be a valid datetime or date, input is too short' } }, { text: 'Input should be a valid datetime or date, input is too short', field: 'updated_since', errno: 2001 }, 'validation'],
	['payments, validation', 400, { error_type: 'validation', message: 'A validation error occurred.', errors: [{ error_type: 'type_error.enum', message: 'value is not a valid enumeration member', field: 'entity_type' }] }, { text: 'value is not a valid enumeration member', field: 'entity_type' }, 'validation'],
	['payments, unauthorized', 401, { error_type: 'unauthorized', message: 'Authentication is required to complete this request.' }, { text: 'Authentication is required to complete this request.' }, 'reconnect'],
	['payments, forbidden', 403, { error_type: 'forbidden', message: 'Not for you.' }, { text: 'Not for you.' }, 'permission'],
	['events, not found', 404, { errno: 404, message: 'Requested resource could not be found.' }, { text: 'Requested resource could not be found.', errno: 404 }, 'notFound'],
	['events, validation', 422, { errno: 422, message: 'The request was well-formed but was unable to be followed due to semantic errors.', details: ['event: Value error, Unrecognized event.'] }, { text: 'event: Value error, Unrecognized event.' }, 'validation'],
	['older events, validation', 400, { code: 3, message: 'Invalid data in this request.', details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'event', description: 'Unrecognized event.' }] }] }, { text: 'Unrecognized event.', field: 'event', code: 3 }, 'validation'],
	['uploads, not found', 404, { error: 'File not found' }, { text: 'File not found' }, 'notFound'],
	['uploads, method', 422, { error: 'Method not allowed' }, { text: 'Method not allowed' }, 'validation'],
	['elsewhere', 400, { error: 'Content is required' }, { text: 'Content is required' }, 'validation'],
	['unknown route', 404, { message: 'The requested URL was not found on the server.' }, { text: 'The requested URL was not found on the server.' }, 'notFound'],
	['plain text', 500, 'stuff', { text: 'stuff' }, 'outage'],
	['nothing at all', 503, undefined, {}, 'outage'],
];

describe('an error body', () => {
	test.each(ENVELOPES)('%s (%d) is parsed to its text', (_where, status, body, says, kind) => {
		expect(readErrorBody(body)).toMatchObject(says);
		expect(classifyAnswer(status, body, context)).toMatchObject({ kind, status, serviceText: says.text, field: says.field });
	});

	test.each([null, 7, true, [], [{ message: 'x' }], {}, { error: null }, { error: {} }, { errors: [] }, { errors: [null] }, { details: [] }, { response: { errors: [[]] } }])(
		'without any text has none: %j',
		(body) => {
			expect(readErrorBody(body).text).toBeUndefined();
			expect(classifyAnswer(500, body, context).serviceText).toBeUndefined();
		},
	);

	test('becomes one short line', () => {
		const { text } = readErrorBody({ message: `a\r\nb\u0000c\u202ed ${'x'.repeat(5000)}` });
		expect(text).toHaveLength(300);
		expect(text).toMatch(/^a b c d x+…$/);
	});

	const HEX = 'a1b2'.repeat(16);
	const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0=.abc_def-1';
	const BASIC = Buffer.from('client-id:client-password').toString('base64');

	test.each([
		'Bearer first-access-token is not good',
		'bearer: first-access-token',
		'Authorization=Bearer%20first-access-token',
		'Bearer%2520first-access-token',
		`The token ${HEX} is expired`,
		`The token ${HEX.match(/.{8}/g)?.join(' ')} is expired`,
		`The token ${HEX.match(/.{20}/g)?.join('\r\n')}`,
		`The token ${HEX.match(/.{3}/g)?.join('\u200b')} is expired`,
		`The token ${[...HEX].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')} is expired`,
		`${JWT} is expired`,
		`token:${JWT}==, expired`,
		`The token ${JWT.match(/.{9}/g)?.join('\n')} is expired`,
		`Basic ${BASIC} was refused`,
		`user ${BASIC} was refused`,
		'https://x.example/?access_token=first-access-token&page=1',
		'{"refresh_token": "first-access-token"}',
		"client_secret='first-access-token'",
		'api_token: first-access-token',
		`${' '.repeat(18_000)}${HEX.repeat(40)}`,
		`${'\u200b'.repeat(19_970)}${HEX}`,
	])('shows no token that FreshBooks repeats: %#', (message) => {
		for (const { text = '', field = '' } of [readErrorBody({ message }), readErrorBody({ error: { [message]: 'is invalid' } })]) {
			expect(`${text} ${field}`).not.toMatch(/first-access|a1b2|a 1|eyJ|abc_def|Y2xp|%61/);
		}
		expect(classifyAnswer(401, message, context).serviceText ?? '').not.toMatch(/first-access|a1b2|eyJ|abc_def|Y2xp/);
	});

	test.each([
		'No member dd6392d0-0639-40bd-9502-7d80c44de9f3 in business 6806492 for a.very.long.address@a-company.example.com',
		'Members dd6392d0-0639-40bd-9502-7d80c44de9f3 dd6392d0-0639-40bd-9502-7d80c44de9f4 and DD6392D0-0639-40BD-9502-7D80C44DE9F5',
		'invalid_token: The request token failed to authenticate or validate.',
		'No route /accounting/account/zDmNq/users/staffs/2194844?page=1&per_page=100 at 2026-11-21T10:00:00.000Z',
		'The Basic plan allows 100% of 5 bearers, a bad face, and 25% more; see multi-factor-authentication-2fa-required',
		'Scopes needed: user:teams:read user:teams:write admin:all:legacy',
		'Password: must have 8 characters. Secret: too short',
		'IDs 6806492 6806493 6806494 6806495 6806496 6806497 6806498 are unknown',
	])('keeps useful text: %s', (message) => {
		expect(readErrorBody({ message }).text).toBe(message);
	});

	test('has a field name of one short line', () => {
		expect(readErrorBody({ error: { [`a\n${'x'.repeat(5000)}`]: 'bad' } }).field).toHaveLength(300);
	});

	test('keeps no other field of the body', () => {
		const failure = classifyAnswer(422, { error: 'invalid_resource', error_description: 'No.', api_token: 'secret-thing', trace: 'secret-thing' }, context);
		expect(JSON.stringify(failure)).not.toContain('secret-thing');
	});
});

describe('a status', () => {
	test.each<[number, boolean, FailureKind]>([
		[302, true, 'redirect'],
		[400, true, 'validation'],
		[401, true, 'reconnect'],
		[403, true, 'permission'],
		[404, true, 'notFound'],
		[404, false, 'notPublished'],
		[405, true, 'notFound'],
		[405, false, 'notPublished'],
		[408, true, 'outage'],
		[409, true, 'conflict'],
		[410, true, 'notFound'],
		[422, false, 'validation'],
		[429, true, 'rateLimited'],
		[500, true, 'outage'],
		[503, false, 'outage'],
		[599, true, 'outage'],
	])('%d (published: %s) is %s', (status, published, kind) => {
		expect(classifyAnswer(status, undefined, { ...context, published }).kind).toBe(kind);
	});

	test('keeps the wait that FreshBooks announces', () => {
		expect(classifyAnswer(429, undefined, context, 7000).retryAfterMs).toBe(7000);
	});
});

describe('an error inside an HTTP 200', () => {
	test.each<[string, unknown, number]>([
		['errno 1012', { response: { errors: [{ errno: 1012, message: 'Staff not found.' }] } }, 404],
		['errno 1011', { response: { errors: [{ errno: 1011, message: 'Deleted.' }] } }, 404],
		['errno 1003', { response: { errors: { errno: 1003, message: 'Permission Denied.' } } }, 403],
		['errno 1042', { response: { errors: [{ errno: 1042, message: 'Inactive.' }] } }, 403],
		['errno 1001', { response: { errors: [{ errno: 1001, message: 'Required.' }] } }, 422],
		['errno 1005', { response: { errors: [{ errno: 1005, message: 'Cannot be parsed.' }] } }, 400],
		['errno 409', { response: { errors: [{ errno: 409, message: 'Conflict.' }] } }, 409],
		['errno 500', { response: { errors: [{ errno: 500, message: 'Unexpected.' }] } }, 500],
		['an unknown errno', { response: { errors: [{ errno: 12001, message: 'Something.' }] } }, 422],
		['code 5', { code: 5, message: 'Request failed with status_code: 404', details: [] }, 404],
		['code 3', { code: 3, message: 'Invalid data', details: [] }, 422],
		['code 7', { code: 7, message: 'No' }, 403],
		['code 8', { code: 8, message: 'Too many' }, 429],
		['code 13', { code: 13, message: 'Oh' }, 500],
		['code 16', { code: 16, message: 'Who?' }, 401],
		['unauthenticated', { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' }, 401],
		['not_found', { error_type: 'not_found', message: 'The requested resource was not found.' }, 404],
		['unauthorized', { error_type: 'unauthorized', message: 'Authentication is required.' }, 401],
		['internal_server_error', { error: 'internal_server_error' }, 500],
		['a sentence', { error: 'Content is required' }, 422],
		['events, errno 404', { errno: 404, message: 'Requested resource could not be found.' }, 404],
		['events, errno 401', { errno: 401, message: 'invalid_token: The request token failed.' }, 401],
		['errors beside code 0', { code: 0, errors: [{ errno: 1012, message: 'Not found.' }] }, 404],
		['an error beside code 200', { code: 200, error: 'Content is required' }, 422],
		['code 404', { code: 404, message: 'No' }, 422],
		['a newer errors object', { errors: { message: 'Request failed', status: 400 } }, 422],
	])('%s means %s', (_name, body, status) => {
		expect(statusInsideSuccess(body)).toBe(status);
	});

	test.each([
		undefined,
		null,
		'text',
		[],
		{},
		{ response: {} },
		{ response: { result: { staff: { id: 1 } } } },
		{ response: [], meta: {} },
		{ response: { id: 1, code: 5 } },
		{ response: { members: [] }, error: null },
		{ response: { members: [] }, errors: [] },
		{ response: { members: [], errors: [] } },
		{ response: { members: [] }, error: '' },
		{ code: 0 },
		{ code: 0, message: 'ok' },
		{ code: 200, message: 'Invited.' },
		{ code: 204 },
		{ errno: 0, message: '' },
	])('is not found in %j', (body) => {
		expect(statusInsideSuccess(body)).toBeUndefined();
	});
});

describe('a missing scope', () => {
	const refusal = (text: string, error?: string) => classifyAnswer(403, { error, error_description: text }, context);

	test.each<[string, string[]]>([
		['Scopes provided: user:profile:read. Scopes needed: user:teams:read user:teams:write.', ['user:teams:read', 'user:teams:write']],
		['You provided the scopes user:profile:read, but user:teams:read is required', ['user:teams:read']],
		['Required scopes: user:teams:read. Provided scopes: user:profile:read.', ['user:teams:read']],
		['scope user:teams:write is required, the token has user:profile:read', ['user:teams:write']],
		['This needs the scope admin:all:legacy, admin:all:legacy', ['admin:all:legacy']],
		['The scope user:teams:read', ['user:teams:read']],
		['The requested scope is invalid, unknown, or malformed', []],
	])('%s', (text, scopes) => {
		expect(refusal(text)).toMatchObject({ kind: 'scope', scopes });
	});

	test('is recognized by its code alone', () => {
		expect(classifyAnswer(403, { error: 'insufficient_scope' }, context)).toMatchObject({ kind: 'scope', scopes: [] });
	});

	test('is not found in a refused role', () => {
		expect(refusal('Permission Denied.')).toMatchObject({ kind: 'permission', scopes: undefined });
	});
});

test('an API error names only its subject, and is recognized by name in another copy of the module', () => {
	const failure = classifyAnswer(404, { message: 'No.' }, context);
	const error = new FreshBooksError(failure);
	expect(error.message).toBe('notFound: GET the thing');
	expect(failureOf(error)).toBe(failure);
	expect(failureOf(Object.assign(new Error('x'), { name: 'FreshBooksError', failure }))).toBe(failure);
	expect(failureOf(new Error('x'))).toBeUndefined();
	expect(failureOf('x')).toBeUndefined();
});
