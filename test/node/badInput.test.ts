import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage, upTo } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onDelete, onGet, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** These tests mock no request, so any request fails the test. */

const business = locator('id', '789');
const account = locator('id', 'zDmNq');
const UUID = '879dd802-2ec2-4683-9165-8ecdfcae4e2a';

const CRAFTED = ['', ' ', '-1', '0', '1.5', '1e3', 'abc', '9'.repeat(16), '9'.repeat(300), '1/2', '/', '..', '../..', '1/..', '%2e%2e', '1%2F2', '1?x=1', '1#x', '1\u0000', '\u202e1', '__proto__', 'null', 'undefined', UUID];

interface Case {
	name: string;
	/** The parameters with the crafted ID. */
	parameters: (id: string) => INodeParameters;
	displayName: string;
}

const BY_INTEGER: Case[] = [
	{ name: 'Business of Get Many team members', displayName: 'Business', parameters: (id) => ({ resource: 'teamMember', operation: 'getAll', business: locator('id', id) }) },
	{ name: 'Business of Get', displayName: 'Business', parameters: (id) => ({ resource: 'teamMember', operation: 'get', business: locator('id', id), member: locator('id', UUID) }) },
	{ name: 'Business of Update Role', displayName: 'Business', parameters: (id) => ({ resource: 'teamMember', operation: 'updateRole', business: locator('id', id), member: locator('id', 1), role: 'admin' }) },
	{ name: 'Business of Remove', displayName: 'Business', parameters: (id) => ({ resource: 'teamMember', operation: 'remove', business: locator('list', id), member: locator('id', 1) }) },
	{ name: 'Business of Create', displayName: 'Business', parameters: (id) => ({ resource: 'invitation', operation: 'create', business: locator('id', id), email: 'a@b.co', role: 'admin' }) },
	{ name: 'Business of Get Many invitations', displayName: 'Business', parameters: (id) => ({ resource: 'invitation', operation: 'getAll', business: locator('id', id) }) },
	{ name: 'Member of Update Role', displayName: 'Team Member', parameters: (id) => ({ resource: 'teamMember', operation: 'updateRole', business, member: locator('id', id), role: 'admin' }) },
	{ name: 'Member of Remove', displayName: 'Team Member', parameters: (id) => ({ resource: 'teamMember', operation: 'remove', business, member: locator('id', id) }) },
	{ name: 'Member of Remove, from the list', displayName: 'Team Member', parameters: (id) => ({ resource: 'teamMember', operation: 'remove', business, member: locator('list', id) }) },
	{ name: 'Invitation of Revoke', displayName: 'Invitation', parameters: (id) => ({ resource: 'invitation', operation: 'revoke', business, invitation: locator('id', id) }) },
	{ name: 'Staff of Get', displayName: 'Staff', parameters: (id) => ({ resource: 'staff', operation: 'get', account, staff: locator('id', id) }) },
	{ name: 'Staff of Update', displayName: 'Staff', parameters: (id) => ({ resource: 'staff', operation: 'update', account, staff: locator('id', id), updateFields: { fname: 'B' } }) },
	{ name: 'Staff of Delete', displayName: 'Staff', parameters: (id) => ({ resource: 'staff', operation: 'delete', account, staff: locator('id', id) }) },
];

/** `id` as an expression, so that n8n passes it unchanged. */
const ID = '={{ $json.id }}';

describe.each(BY_INTEGER)('$name', ({ parameters, displayName }) => {
	test.each(['', ' ', null, undefined])('from an expression with the result %j is reported as empty, and nothing is sent', async (id) => {
		const error = await errorOf(parameters(ID), { items: [id === undefined ? {} : { id }] });
		expect(error).toMatchObject({
			message: `${displayName} is empty: the expression returned nothing [item 0]`,
			description: expect.stringMatching(/^Check the expression in '.*', and the field of the input item that it reads\./),
		});
	});

	test.each(CRAFTED.filter((id) => id.trim() !== '' && (displayName !== 'Team Member' || id !== UUID)))('refuses %j by name, and sends nothing', async (id) => {
		expect(await errorOf(parameters(ID), { items: [{ id }] })).toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(new RegExp(`^Parameter '${displayName}' must be .* \\[item 0\\]$`)),
			itemIndex: 0,
		});
	});

	test.each([[{}], [true], [1.5], [-1]])('refuses %j', async (id) => {
		expect((await errorOf(parameters(ID), { items: [{ id }] })).message).toContain(`Parameter '${displayName}' `);
	});
});

describe('Member of Get', () => {
	const parameters = { resource: 'teamMember', operation: 'get', business, member: locator('id', ID) };

	test.each([...CRAFTED.filter((id) => id.trim() !== '' && id !== UUID), `${UUID}/..`, `${UUID}0`, UUID.replace('8', 'g')])('refuses %j, and sends nothing', async (id) => {
		expect((await errorOf(parameters, { items: [{ id }] })).message).toMatch(/^Parameter 'Team Member' must be a UUID.* \[item 0\]$/);
	});
});

describe('Account', () => {
	const parameters = { resource: 'staff', operation: 'getAll', account: locator('id', ID) };

	test('that is empty by an expression is reported as empty', async () => {
		expect((await errorOf(parameters, { items: [{}] })).message).toBe('Account is empty: the expression returned nothing [item 0]');
	});

	test.each(['a/b', '..', '%2e', 'a?b', 'a#b', 'a b', '\u202ea', 'a'.repeat(33), '__proto__', UUID])('refuses %j, and sends nothing', async (id) => {
		expect((await errorOf(parameters, { items: [{ id }] })).message).toBe("Parameter 'Account' must be letters and digits only, such as zDmNq [item 0]");
	});
});

describe('an ID of the wrong kind', () => {
	test('an integer for Get is refused with that reason', async () => {
		const { message } = await errorOf({ resource: 'teamMember', operation: 'get', business, member: locator('id', '712052') });
		expect(message).toBe("Parameter 'Team Member' must be a UUID, but this is a whole number. Get identifies a team member by UUID; the whole number is for Update Role and Remove [item 0]");
	});
});

describe('an address', () => {
	test.each(['', ' ', null, undefined])('from an expression with the result %j is reported as empty, and nothing is sent', async (email) => {
		const items = [email === undefined ? {} : { email }];
		const expression = '={{ $json.email }}';
		expect((await errorOf({ resource: 'invitation', operation: 'create', business, email: expression, role: 'admin' }, { items })).message).toBe('Email is empty: the expression returned nothing [item 0]');
		expect((await errorOf({ resource: 'teamMember', operation: 'remove', business, member: locator('email', expression) }, { items })).message).toBe('Team Member is empty: the expression returned nothing [item 0]');
		expect((await errorOf({ resource: 'access', operation: 'offboard', email: expression }, { items })).message).toBe('Email is empty: the expression returned nothing [item 0]');
	});

	test('that is empty in the editor is reported as empty, without an expression', async () => {
		expect(await errorOf({ resource: 'access', operation: 'offboard', email: '' })).toMatchObject({ message: 'Email is empty [item 0]', description: "To fix this, give an address such as name@example.com. Nothing was changed for this item." });
	});

	test.each(['a', 'a@b', 'a b@c.co', 'a@b.co,c@d.co', 'a@b.co\nBcc: x@y.co', '\u202ea@b.co', `${'a'.repeat(250)}@b.co`])('like %j is refused, and nothing is sent', async (email) => {
		const items = [{ email }];
		const expression = '={{ $json.email }}';
		const create = { resource: 'invitation', operation: 'create', business, email: expression, role: 'admin' };
		const remove = { resource: 'teamMember', operation: 'remove', business, member: locator('email', expression) };
		const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('email', expression) };
		const staff = { resource: 'staff', operation: 'update', account, staff: locator('id', 1), updateFields: { email: expression } };
		expect((await errorOf(create, { items })).message).toBe("Parameter 'Email' must be an email address such as name@example.com [item 0]");
		expect((await errorOf(remove, { items })).message).toContain("Parameter 'Team Member' must be an email address");
		expect((await errorOf(revoke, { items })).message).toContain("Parameter 'Invitation' must be an email address");
		expect((await errorOf(staff, { items })).message).toContain("Parameter 'Email' must be an email address");
	});
});

test.each(['a b', 'a/b', 'a'.repeat(65)])('a role like %j is refused, and nothing is sent', async (role) => {
	const updateRole = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 1), role };
	const create = { resource: 'invitation', operation: 'create', business, email: 'a@b.co', role };
	for (const parameters of [updateRole, create]) {
		expect((await errorOf(parameters)).message).toBe("Parameter 'Role' must be a role name such as business_employee [item 0]");
	}
});

test.each(['{', '[]', '[1]', '"text"', '7', 'true', 'null', '{"a":}', "{'a': 1}"])('permissions like %s are refused, and nothing is sent', async (permissions) => {
	const parameters = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 1), role: 'admin', permissions };
	expect((await errorOf(parameters)).message).toBe("Parameter 'Permissions' must be a JSON object such as {\"invoices\": true} [item 0]");
});

describe('a limit', () => {
	const many: Array<[string, INodeParameters]> = [
		['business', { resource: 'business', operation: 'getAll' }],
		['teamMember', { resource: 'teamMember', operation: 'getAll', business }],
		['invitation', { resource: 'invitation', operation: 'getAll', business }],
		['staff', { resource: 'staff', operation: 'getAll', account }],
	];
	test.each(many)('of %s below 1 or not whole is refused, and nothing is sent', async (_resource, parameters) => {
		for (const limit of [0, -1, 1.5, '={{ NaN }}', '={{ "ten" }}', '={{ null }}']) {
			expect((await errorOf({ ...parameters, returnAll: false, limit })).message).toBe("Parameter 'Limit' must be a whole number of at least 1 [item 0]");
		}
	});
});

test.each([
	['user', 'updateMe', {}],
	['staff', 'update', { account, staff: locator('id', 1) }],
])('%s %s without a field to change is refused, and nothing is sent', async (resource, operation, more) => {
	expect(await errorOf({ resource, operation, updateFields: {}, ...more })).toMatchObject({
		message: 'Update Fields is empty [item 0]',
		description: 'To fix this, add at least one field to change. Nothing was changed for this item.',
	});
});

test.each([['x', 'User IDs', 'userIds'], ['1,,2', 'User IDs', 'userIds'], ['1;2', 'User ID', 'userId']])('a filter like %j is refused, and nothing is sent', async (value, displayName, name) => {
	const parameters = { resource: 'staff', operation: 'getAll', account, filters: { [name]: value } };
	expect((await errorOf(parameters)).message).toContain(`Parameter '${displayName}' must be a whole number`);
});

test.each([
	['userIds', [], 'User IDs is empty: the expression returned nothing [item 0]'],
	['userId', [], 'User ID is empty: the expression returned nothing [item 0]'],
	['userId', [1, 2], "Parameter 'User ID' must be one whole number [item 0]"],
	['userId', '1,2', "Parameter 'User ID' must be one whole number [item 0]"],
])('a filter %s of %j does not return everybody, or one person', async (name, ids, message) => {
	const parameters = { resource: 'staff', operation: 'getAll', account, filters: { [name]: '={{ $json.ids }}' } };
	expect((await errorOf(parameters, { items: [{ ids }] })).message).toBe(message);
});

test.each([0, -1, 51, 2.5, '={{ "many" }}', '={{ NaN }}'])('a batch size of %j is refused, and nothing is sent', async (batchSize) => {
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', 1), options: { batchSize } };
	expect((await errorOf(parameters)).message).toContain("Parameter 'Batch Size' must be a whole number from 1 to 50");
});

test('a refused batch size is an error of every item if the node continues, and the input is not passed on', async () => {
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', ID), options: { batchSize: 0 } };
	const output = await jsonOf(parameters, { items: [{ id: 1 }, { id: 'x' }], continueOnFail: true });
	expect(output).toMatchObject([{ error: expect.stringContaining("Parameter 'Batch Size'") }, { error: expect.stringContaining("Parameter 'Team Member'") }]);
});

test('an unknown operation is refused, and nothing is sent', async () => {
	expect((await errorOf({ resource: 'staff', operation: 'create' })).message).toBe("The FreshBooks node has no operation 'create' of 'staff'");
	expect((await errorOf({ resource: 'staff', operation: 'toString' })).message).toContain("no operation 'toString'");
});

describe('an expression that fails', () => {
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '={{ $("Nowhere").item.json.id }}') };

	test("is reported with n8n's text and the item, not as a defect of the node", async () => {
		const { message, itemIndex } = await errorOf(parameters, { items: [{}] });
		expect(message).not.toContain('An unexpected error');
		expect(message).toMatch(/\[item 0\]$/);
		expect(itemIndex).toBe(0);
	});

	test('is an error of its item if the node continues', async () => {
		const output = await run(parameters, { items: [{}], continueOnFail: true });
		expect(output).toEqual([{ json: { error: expect.not.stringContaining('An unexpected error'), message: expect.any(String) }, pairedItem: { item: 0 } }]);
	});
});

describe('every parameter of every item is checked before the first request', () => {
	const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', ID) };

	test('a mistake in the last item leaves nothing half done', async () => {
		expect(await errorOf(parameters, { items: [{ id: 1 }, { id: 2 }, { id: '3/..' }] })).toMatchObject({
			message: "Parameter 'Team Member' must be a whole number or a UUID, as Get Many gives them [item 2]",
			description: "Check the value of 'Team Member'. Nothing was changed for this item.",
			itemIndex: 2,
		});
	});

	test('if the node continues, the other items run and the bad one has its error', async () => {
		onLists({ members: [memberRow(1), memberRow(3)] });
		onDelete('/auth/api/v1/business/789/members/1').reply(204);
		onDelete('/auth/api/v1/business/789/members/3').reply(204);
		expect(await run(parameters, { items: [{ id: 1 }, { id: 'x' }, { id: 3 }], continueOnFail: true })).toEqual([
			{ json: { deleted: true, businessId: 789, memberId: 1, email: 'person1@example.com' }, pairedItem: { item: 0 } },
			{ json: { error: "Parameter 'Team Member' must be a whole number or a UUID, as Get Many gives them [item 1]", message: expect.any(String) }, pairedItem: { item: 1 } },
			{ json: { deleted: true, businessId: 789, memberId: 3, email: 'person3@example.com' }, pairedItem: { item: 2 } },
		]);
	});
});

test('valid values are accepted: a number from a list, an address in capitals', async () => {
	onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMeFlat);
	expect(await jsonOf({ resource: 'business', operation: 'getAll', limit: 1 })).toHaveLength(1);
});

describe('a boolean or a choice from an expression', () => {
	const ONE_OF = { resource: 'access', operation: 'offboard', email: 'a@b.co' };

	test.each(['yes', '', 1, 0, {}, [], null])('of %j for Dry Run is refused, and nobody is removed', async (dryRun) => {
		const error = await errorOf({ ...ONE_OF, dryRun: '={{ $json.dryRun }}' }, { items: [{ dryRun }] });
		expect(error.message).toBe("Parameter 'Dry Run' must be true or false [item 0]");
	});

	test.each(['true', 'TRUE', ' True '])('of %j is true, even as text: a dry run stays one', async (dryRun) => {
		onLists({ members: [memberRow(7, { email: 'a@b.co', role: 'employee' })] });
		const [report] = await jsonOf({ ...ONE_OF, dryRun: '={{ $json.dryRun }}' }, { items: [{ dryRun }] });
		expect(report).toMatchObject({ status: 'planned', dryRun: true });
	});

	test('that remains as an option of an older workflow is refused: it must not become a real removal', async () => {
		expect(await errorOf({ ...ONE_OF, options: { dryRun: true } })).toMatchObject({
			message: "Parameter 'Dry Run' is no longer an option [item 0]",
			description: expect.stringContaining("set the parameter 'Dry Run' above"),
		});
	});

	test.each(['Selected', '', null, true])('of %j for Businesses is refused, and does not mean all businesses', async (businesses) => {
		const parameters = { ...ONE_OF, businesses: '={{ $json.businesses }}', businessIds: [789] };
		expect((await errorOf(parameters, { items: [{ businesses }] })).message).toBe("Parameter 'Businesses' must be one of all, selected [item 0]");
	});

	test('Return All as text returns all, and does not stop at the limit', async () => {
		onGet(pageOf('/auth/api/v1/business/789/invitations')).reply(200, invitationsAnswer(upTo(60).map((id) => invitationRow(id))));
		expect(await jsonOf({ resource: 'invitation', operation: 'getAll', business, returnAll: '={{ "true" }}' })).toHaveLength(60);
	});

	test('a filter is applied or refused, never ignored', async () => {
		const getAll = { resource: 'teamMember', operation: 'getAll', business };
		onGet(pageOf('/auth/api/v1/businesses/789/team_members')).reply(200, teamMembersPage([teamMemberRow(1, { active: true }), teamMemberRow(2, { active: false })]));
		expect(await jsonOf({ ...getAll, simplify: false, filters: { active: '={{ "false" }}' } })).toMatchObject([{ active: false }]);
		expect((await errorOf({ ...getAll, filters: { active: '={{ "inactive" }}' } })).message).toContain("Parameter 'Active' must be true or false");
		expect((await errorOf({ ...getAll, filters: { role: '={{ 7 }}' } })).message).toContain("Parameter 'Role' must be a text");
		expect((await errorOf({ ...getAll, source: '={{ "members" }}' })).message).toContain("Parameter 'Source' must be one of teamMembers, businessMembers, businessGroup");
	});
});

describe('an empty filter', () => {
	const getAll = { resource: 'teamMember', operation: 'getAll', business };
	const FROM_INPUT = '={{ $json.value }}';

	test.each([[undefined], [null], [''], [' ']])('from an expression with the result %j is refused, and does not mean everybody', async (value) => {
		const items = [value === undefined ? {} : { value }];
		for (const [name, displayName] of [['email', 'Email'], ['role', 'Role']]) {
			expect(await errorOf({ ...getAll, filters: { [name]: FROM_INPUT } }, { items })).toMatchObject({
				message: `${displayName} is empty: the expression returned nothing [item 0]`,
				description: expect.not.stringMatching(/nothing was|sent/i),
			});
		}
		expect((await errorOf({ ...getAll, filters: { active: FROM_INPUT } }, { items })).message).toBe("Parameter 'Active' must be true or false [item 0]");
	});

	test.each(['email', 'role'])('as added in the editor (%s) is refused too', async (name) => {
		expect((await errorOf({ ...getAll, filters: { [name]: '' } })).message).toContain('is empty [item 0]');
	});

	test.each([
		['nameLike', 'Name Contains'],
		['emailLike', 'Email Contains'],
		['userLevel', 'User Level'],
		['userId', 'User ID'],
		['userIds', 'User IDs'],
	])('of staff, %s, is refused', async (name, displayName) => {
		for (const items of [[{}], [{ value: null }], [{ value: ' ' }]]) {
			const parameters = { resource: 'staff', operation: 'getAll', account, filters: { [name]: FROM_INPUT } };
			expect((await errorOf(parameters, { items })).message).toBe(`${displayName} is empty: the expression returned nothing [item 0]`);
		}
	});
});

describe('an empty expression for a required parameter', () => {
	const NOTHING = '={{ $json.nope }}';

	test.each<[string, string, INodeParameters]>([
		['Return All', 'must be true or false', { resource: 'business', operation: 'getAll', returnAll: NOTHING }],
		['Limit', 'must be a whole number of at least 1', { resource: 'business', operation: 'getAll', limit: NOTHING }],
		['Simplify', 'must be true or false', { resource: 'user', operation: 'getMe', simplify: NOTHING }],
		['Source', 'must be one of teamMembers, businessMembers, businessGroup', { resource: 'teamMember', operation: 'getAll', business, source: NOTHING }],
		['Output Format', 'must be one of freshBooks, scim', { resource: 'teamMember', operation: 'getAll', business, options: { outputFormat: NOTHING } }],
		['Output Format', 'must be one of freshBooks, scim', { resource: 'teamMember', operation: 'get', business, member: locator('id', UUID), options: { outputFormat: NOTHING } }],
		['Batch Size', 'must be a whole number from 1 to 50', { resource: 'teamMember', operation: 'get', business, member: locator('id', UUID), options: { batchSize: NOTHING } }],
	])('(%s) is refused: %s', async (displayName, problem, parameters) => {
		expect((await errorOf(parameters)).message).toBe(`Parameter '${displayName}' ${problem} [item 0]`);
	});

	test.each([NOTHING, locator('list', NOTHING), locator('id', NOTHING)])('(Role) is reported as empty: %j', async (role) => {
		expect(await errorOf({ resource: 'invitation', operation: 'create', business, email: 'a@b.co', role })).toMatchObject({
			message: 'Role is empty: the expression returned nothing [item 0]',
			description: "Check the expression in 'Role', and the field of the input item that it reads. Nothing was changed for this item.",
		});
	});

	test.each<[string, INodeParameters]>([
		['Business', { resource: 'teamMember', operation: 'getAll', business: locator('id', NOTHING) }],
		['Team Member', { resource: 'teamMember', operation: 'get', business, member: locator('id', NOTHING) }],
		['Staff', { resource: 'staff', operation: 'get', account, staff: locator('id', NOTHING) }],
		['Limit', { resource: 'invitation', operation: 'getAll', business, limit: NOTHING }],
		['Active', { resource: 'teamMember', operation: 'getAll', business, source: 'businessMembers', filters: { active: true } }],
		['Directory', { resource: 'access', operation: 'review' }],
	])('of an operation that only reads, (%s) says nothing of sending or changing', async (_displayName, parameters) => {
		expect((await errorOf(parameters)).description).toMatch(/^(?!.*(sent|changed))(Check |To fix this, )/);
	});

	test('(Directory) of input items without an address says that it is these', async () => {
		expect(await errorOf({ resource: 'access', operation: 'review' }, { items: [{ name: 'Ann' }, {}] })).toMatchObject({
			message: "No input item has an email address, and 'Directory' is set to Input Items [item 0]",
			description: "Check the items that reach this node, and the option 'Email Field' if the address has another name. To review without a directory, set 'Directory' to None.",
		});
		expect(await errorOf({ resource: 'access', operation: 'review', directory: 'json', directoryJson: '[{"name": "Ann"}]' })).toMatchObject({
			message: "Parameter 'Directory (JSON)' has nobody with an email address [item 0]",
		});
	});

	test('differs from a parameter that an older workflow does not have', async () => {
		onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMeFlat);
		expect(await jsonOf({ resource: 'business', operation: 'getAll' })).toHaveLength(1);
	});
});

describe('a number, a choice or an ID as text', () => {
	test.each(['2', ' 2 '])('is accepted as the limit: %j', async (limit) => {
		onGet(pageOf('/auth/api/v1/business/789/invitations')).reply(200, invitationsAnswer(upTo(9).map((id) => invitationRow(id))));
		const parameters = { resource: 'invitation', operation: 'getAll', business, limit: '={{ $json.limit }}' };
		expect(await jsonOf(parameters, { items: [{ limit }] })).toHaveLength(2);
	});

	test('is accepted as the batch size', async () => {
		onLists({ members: [memberRow(1)] });
		onDelete('/auth/api/v1/business/789/members/1').reply(204);
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', 1), options: { batchSize: '={{ "7" }}' } };
		expect(await jsonOf(parameters)).toMatchObject([{ deleted: true }]);
	});

	test.each(['0', '-1', '1.5', '1e1', '0x10', 'ten', '9'.repeat(30)])('is refused as the limit if it is not an integer from 1: %j', async (limit) => {
		const parameters = { resource: 'business', operation: 'getAll', limit: '={{ $json.limit }}' };
		expect((await errorOf(parameters, { items: [{ limit }] })).message).toContain("Parameter 'Limit' must be a whole number");
	});

	test.each([' 1', '1 ', '1\n', '\t1'])('is accepted without surrounding spaces: %j', async (id) => {
		onLists({ members: [memberRow(1)] });
		onDelete('/auth/api/v1/business/789/members/1').reply(204);
		const parameters = { resource: 'teamMember', operation: 'remove', business: locator('id', ' 789 '), member: locator('id', ID) };
		expect(await jsonOf(parameters, { items: [{ id }] })).toMatchObject([{ deleted: true, businessId: 789, memberId: 1 }]);
	});

	test('is accepted as a choice with surrounding spaces', async () => {
		onGet(pageOf('/auth/api/v1/business/789/members')).reply(200, membersPage([memberRow(7)]));
		const parameters = { resource: 'teamMember', operation: 'getAll', business, simplify: '={{ " FALSE " }}', source: '={{ " businessMembers " }}' };
		expect(await jsonOf(parameters)).toMatchObject([{ id: 7 }]);
	});

	test.each(['SCIM', 'json', 7, true])('is refused as an unknown output format: %j', async (outputFormat) => {
		for (const more of [{ operation: 'getAll' }, { operation: 'get', member: locator('id', UUID) }]) {
			const parameters = { resource: 'teamMember', business, ...more, options: { outputFormat: '={{ $json.outputFormat }}' } };
			expect((await errorOf(parameters, { items: [{ outputFormat }] })).message).toBe("Parameter 'Output Format' must be one of freshBooks, scim [item 0]");
		}
	});
});

describe('cases from the hostile suites', () => {
	const hostile = '={{ $json.hostile }}';
	const given = (value: IDataObject[string]) => ({ items: [{ hostile: value }] });

	test('a long operation name is not repeated in the error', async () => {
		expect((await errorOf({ resource: 'staff', operation: 'x'.repeat(1_000_000) })).message.length).toBeLessThan(150);
		expect((await errorOf({ resource: 'staff', operation: { toString: 1 } as unknown as string })).message).toContain("no operation ''");
	});

	test('an object that cannot become text is refused', async () => {
		const member = { __rl: true, mode: { toString: 1 } as unknown as string, value: 'x' };
		expect((await errorOf({ resource: 'teamMember', operation: 'remove', business, member })).message).toContain("Parameter 'Team Member'");
		const onboard = { resource: 'access', operation: 'onboard', business, email: 'a@b.co', role: 'admin', options: { invitedAt: hostile } };
		expect((await errorOf(onboard, given({ toString: 1 }))).message).toContain("Parameter 'Invited At'");
	});

	test('endlessly nested permissions are refused', async () => {
		const permissions = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
		const parameters = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 1), role: 'admin', permissions };
		expect((await errorOf(parameters)).message).toContain("Parameter 'Permissions' must not be nested more than 20 levels deep");
	});

	test('a filter that would make a URL of a megabyte, and an unknown state, are refused', async () => {
		const getAll = { resource: 'staff', operation: 'getAll', account };
		expect((await errorOf({ ...getAll, filters: { noteLike: 'x'.repeat(256) } })).message).toContain("Parameter 'Note Contains' must be a text of at most 255 characters");
		expect((await errorOf({ ...getAll, filters: { visState: 7 } })).message).toContain("Parameter 'State' must be 0 (active)");
	});

	test('a text field does not accept an object', async () => {
		const update = { resource: 'staff', operation: 'update', account, staff: locator('id', 1), updateFields: { note: hostile } };
		expect((await errorOf(update, given({ a: 1 }))).message).toContain("Parameter 'Note' must be a text, not a list or an object");
		const updateMe = { resource: 'user', operation: 'updateMe', updateFields: { company: hostile } };
		expect((await errorOf(updateMe, given(['a']))).message).toContain("Parameter 'Company' must be a text, not a list or an object");
	});
});
