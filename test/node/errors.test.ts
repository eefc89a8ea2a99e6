import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, invitationRow, memberRow, teamMemberRow, upTo } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onDelete, onGet, onPut, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const account = locator('id', 'zDmNq');
const TEAM = '/auth/api/v1/businesses/789/team_members';
const MEMBERS = '/auth/api/v1/business/789/members';
const STAFF = '/accounting/account/zDmNq/users/staffs';
const UUID = '879dd802-2ec2-4683-9165-8ecdfcae4e2a';

const remove = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $json.id }}') };
const updateRole = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 1), role: 'admin' };
/** Members with these IDs, for an operation that changes one of them. */
const onMembers = (count = 1) => onLists({ members: upTo(count).map((id) => memberRow(id)) });
const getStaff = { resource: 'staff', operation: 'get', account, staff: locator('id', 5) };

describe('an error has what happened, the parameter, the status and the item', () => {
	test('if a scope is missing', async () => {
		onGet(pageOf(TEAM)).reply(403, { error: 'insufficient_scope', error_description: 'Scopes provided: user:profile:read. Scopes needed: user:teams:read.' });
		expect(await errorOf({ resource: 'teamMember', operation: 'getAll', business })).toEqual({
			name: 'NodeApiError',
			message: 'The FreshBooks connection lacks the scope for team members of business 789: user:teams:read is needed [item 0]',
			description: expect.stringContaining('Developer Portal'),
			httpCode: '403',
			itemIndex: 0,
			cause: 'configuration-invalid',
		});
	});

	test('as a tool, with the fix in the message: a model gets only that', async () => {
		onGet(pageOf(TEAM)).reply(403, { error: 'insufficient_scope', error_description: 'Scopes needed: user:teams:read.' });
		const sent = await errorOf({ resource: 'teamMember', operation: 'getAll', business }, { asTool: true });
		expect(sent.message).toMatch(/user:teams:read is needed \[item 0\]\n\nDetails: To fix this, enable the scope .*connect again\./);
		const refused = await errorOf({ resource: 'teamMember', operation: 'getAll', business: locator('id', 'x') }, { asTool: true });
		expect(refused.message).toMatch(/^Parameter 'Business' must be .*\n\nDetails: Check the value of 'Business'\.$/);
	});

	test('if the role does not allow it', async () => {
		onGet(`${STAFF}/5`).reply(403, { response: { errors: [{ errno: 1003, field: null, message: 'Permission Denied.', object: null, value: null }] } });
		expect(await errorOf(getStaff)).toMatchObject({
			message: "The connected FreshBooks user has no permission for staff 5 of account zDmNq (parameter 'Staff') [item 0]",
			description: expect.stringContaining('"Permission Denied."'),
			httpCode: '403',
		});
	});

	test('if the profile of the connected user may not be changed: no business is named, as there is none', async () => {
		onLists({});
		onPut('/auth/api/v1/users/me', { profession: { company: 'C' } }).reply(403, { error: 'forbidden', error_description: 'Permission Denied.' });
		expect(await errorOf({ resource: 'user', operation: 'updateMe', updateFields: { company: 'C' } })).toMatchObject({
			message: 'FreshBooks does not allow this connection the request for the connected user [item 0]',
			description: expect.stringMatching(/^Check the credential's 'Access', or do it in FreshBooks itself\..*"Permission Denied\."/),
		});
	});

	test('if an invitation was accepted before it was revoked: not that something has the same name', async () => {
		onLists({ invitations: [invitationRow(55, { email: 'staff@example.com' })], members: [memberRow(1, { email: 'staff@example.com' })], team: [teamMemberRow(1, { email: 'staff@example.com', active: true })] });
		onDelete('/auth/api/v1/business/789/invitations/55').reply(200, { response: { invitation: { id: 55, email: 'staff@example.com', status: 'accepted' } } });
		const { description } = await errorOf({ resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') });
		expect(description).not.toContain('same name');
		expect(description).toContain('Check it in FreshBooks');
	});

	test('if a team member is unknown: the kind of ID that was used', async () => {
		onGet(`${TEAM}/${UUID}`).reply(404, { error: 'not_found', error_description: 'Not here.' });
		expect(await errorOf({ resource: 'teamMember', operation: 'get', business, member: locator('id', UUID) })).toMatchObject({
			message: `FreshBooks does not know team member ${UUID} of business 789 (parameter 'Team Member') [item 0]`,
			description: expect.stringMatching(/team member UUID.*"Not here\."/),
			httpCode: '404',
		});
	});

	test.each([404, 405])('if FreshBooks does not document the endpoint and answers %d', async (status) => {
		onMembers();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status, { message: 'The requested URL was not found on the server.' });
		expect(await errorOf(updateRole)).toMatchObject({
			message: expect.stringContaining(`FreshBooks answered ${status} for team member 1 of business 789 (parameter 'Team Member')`),
			description: expect.stringMatching(/not in FreshBooks' public documentation.*under Team Members/),
			httpCode: String(status),
		});
	});

	test('if a value is rejected: the parameter and the text of FreshBooks', async () => {
		onMembers();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(422, { errno: 2001, error: { role: 'is not a role' } });
		expect(await errorOf(updateRole)).toMatchObject({
			message: "FreshBooks did not accept parameter 'Role' in team member 1 of business 789: is not a role [item 0]",
			httpCode: '422',
		});
	});

	test('if a gateway answers with a web page', async () => {
		onGet(`${STAFF}/5`).times(5).reply(502, '<html><body>502 Bad Gateway</body></html>');
		const { message, description } = await errorOf(getStaff);
		expect(message).toBe('FreshBooks is not able to answer for staff 5 of account zDmNq at the moment (status 502) [item 0]');
		expect(description).not.toContain('<');
	});

	test.each([400, 403, 407, 451])('if a proxy or firewall answers %d with a web page: it blames neither a permission nor a value', async (status) => {
		onGet(`${STAFF}/5`).reply(status, '<!DOCTYPE html><html><body>Access denied: request blocked</body></html>');
		expect(await errorOf(getStaff)).toMatchObject({
			message: "A web page came back instead of FreshBooks' data for staff 5 of account zDmNq [item 0]",
			description: expect.stringContaining('gateway or proxy'),
			httpCode: String(status),
		});
	});
});

describe('an error inside a 200', () => {
	test.each([
		['a list', `${STAFF}?page=1&per_page=100`, { resource: 'staff', operation: 'getAll', account }],
		['one record', `${STAFF}/5`, getStaff],
	])('of %s is an error with the status that it means', async (_name, path, parameters) => {
		onGet(path).reply(200, { response: { errors: [{ errno: 1012, field: 'userid', message: 'Staff not found.', object: 'staff', value: '5' }] } });
		expect(await errorOf(parameters)).toMatchObject({ message: expect.stringContaining('FreshBooks does not know'), description: expect.stringContaining('Staff not found.'), httpCode: '404' });
	});

	test('of a deletion is an error, not a success', async () => {
		onPut(`${STAFF}/5`, { staff: { vis_state: 1 } }).reply(200, { response: { errors: [{ errno: 1003, message: 'Permission Denied.' }] } });
		expect((await errorOf({ resource: 'staff', operation: 'delete', account, staff: locator('id', 5) })).httpCode).toBe('403');
	});

	test('of a removal is an error, not a success', async () => {
		onMembers();
		onDelete(`${MEMBERS}/1`).reply(200, { error: 'forbidden', error_description: 'Not you.' });
		expect((await errorOf(remove, { items: [{ id: 1 }] })).message).toContain('has no permission');
	});
});

describe('a response with other content is an error', () => {
	test('another team member than the requested one', async () => {
		onGet(`${TEAM}/dd6392d0-0639-40bd-9502-7d80c44de9f3`).reply(200, EXAMPLE.teamMember);
		const parameters = { resource: 'teamMember', operation: 'get', business, member: locator('id', 'dd6392d0-0639-40bd-9502-7d80c44de9f3') };
		expect((await errorOf(parameters)).message).toContain('not of the documented form');
	});

	test.each([{}, { response: {} }, { response: { result: {} } }, { response: { result: { staff: [] } } }, []])('no staff record in %j', async (body) => {
		onGet(`${STAFF}/5`).reply(200, body);
		expect((await errorOf(getStaff)).message).toContain('not of the documented form');
	});

	test.each([{}, { response: {} }, { response: [] }, { response: { user: { id: 1 } } }])('no user in %j', async (body) => {
		onGet('/auth/api/v1/users/me').reply(200, body);
		expect((await errorOf({ resource: 'user', operation: 'getMe' })).message).toContain('not of the documented form');
	});
});

describe('many items', () => {
	const items = upTo(12).map((id) => ({ id }));

	test('have outputs in the order of the input, in whatever order responses arrive', async () => {
		onMembers(12);
		for (const id of upTo(12)) {
			onDelete(`${MEMBERS}/${id}`)
				.delay(id % 3 === 0 ? 25 : 0)
				.reply(204);
		}
		const output = await run({ ...remove, options: { batchSize: 6 } }, { items });
		expect(output.map(({ json, pairedItem }) => [json.memberId, pairedItem])).toEqual(upTo(12).map((id) => [id, { item: id - 1 }]));
	});

	test('stop at the first failure, and the error says which were done', async () => {
		onMembers(12);
		onDelete(`${MEMBERS}/1`).reply(204);
		onDelete(`${MEMBERS}/2`).reply(204);
		onDelete(`${MEMBERS}/3`).reply(403, { message: 'Not you.' });
		expect(await errorOf({ ...remove, options: { batchSize: 1 } }, { items })).toMatchObject({
			message: expect.stringMatching(/has no permission.*\[item 2\]$/),
			description: expect.stringContaining('Done before it stopped: items 0, 1.'),
			itemIndex: 2,
			httpCode: '403',
		});
	});

	test('all run if the node continues after a failure, and the failed one has its error', async () => {
		onMembers(12);
		for (const id of upTo(12)) onDelete(`${MEMBERS}/${id}`).reply(id === 5 ? 403 : 204, id === 5 ? { message: 'Not you.' } : undefined);
		const output = await run(remove, { items, continueOnFail: true });
		expect(output).toHaveLength(12);
		expect(output[4]).toEqual({
			json: {
				error: expect.stringMatching(/has no permission.*\[item 4\]$/),
				message: expect.stringContaining('"Not you."'),
				details: { httpCode: '403' },
			},
			pairedItem: { item: 4 },
		});
		expect(output.filter(({ json }) => json.deleted)).toHaveLength(11);
	});

	test('read users/me again after a failure, and only then', async () => {
		onGet('/auth/api/v1/users/me').times(5).reply(500);
		onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMe);
		const output = await jsonOf({ resource: 'user', operation: 'getMe' }, { items: [{}, {}, {}], continueOnFail: true });
		expect(output).toMatchObject([{ error: expect.any(String) }, { id: 712052 }, { id: 712052 }]);
	});

	test('zero items give zero outputs', async () => {
		expect(await run({ resource: 'user', operation: 'getMe' }, { items: [] })).toEqual([]);
	});
});
