import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { invitationRow, memberRow, membersPage, teamMemberRow, teamMembersPage } from '../harness/examples';
import { onLists, onNextReading } from '../harness/lists';
import { onDelete, onGet, onPut, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const TEAM = '/auth/api/v1/businesses/789/team_members';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';

const get = (email: string) => ({ resource: 'teamMember', operation: 'get', business, member: locator('email', email) });
const updateRole = (email: string) => ({ resource: 'teamMember', operation: 'updateRole', business, role: 'admin', member: locator('email', email) });
const remove = (email: string, options = {}) => ({ resource: 'teamMember', operation: 'remove', business, member: locator('email', email), options });
const revoke = (email: string, options = {}) => ({ resource: 'invitation', operation: 'revoke', business, invitation: locator('email', email), options });

const STAFF = memberRow(1, { email: 'staff@example.com', role: 'employee' });

describe('an address of two people is an error that lists both IDs, and nothing is changed', () => {
	test('for Get', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1, { email: 'a@b.co' }), teamMemberRow(2, { email: 'A@B.co' })]));
		expect(await errorOf(get('a@b.co'))).toMatchObject({
			message: 'More than one team member of business 789 has the address a@b.co: 00000000-0000-4000-8000-000000000001 and 00000000-0000-4000-8000-000000000002 [item 0]',
			description: "To fix this, choose one of them in 'Team Member' by ID.",
			itemIndex: 0,
		});
	});

	test.each([['Update Role', updateRole], ['Remove', remove]])('for %s', async (_name, parameters) => {
		onLists({ members: [memberRow(7, { email: 'a@b.co' }), memberRow(8, { email: 'A@B.CO' })] });
		expect((await errorOf(parameters('a@b.co'))).message).toBe('More than one team member of business 789 has the address a@b.co: 7 and 8 [item 0]');
	});

	test('for Revoke', async () => {
		onLists({ invitations: [invitationRow(5, { email: 'a@b.co' }), invitationRow(6, { email: 'A@b.co' })] });
		expect((await errorOf(revoke('a@b.co'))).message).toBe('More than one pending invitation of business 789 has the address a@b.co: 5 and 6 [item 0]');
	});
});

describe('an address of nobody is an error that names the searched lists', () => {
	test('for Get', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1)]));
		expect(await errorOf(get('nobody@example.com'))).toMatchObject({
			message: 'No team member of business 789 has the address nobody@example.com [item 0]',
			description: expect.stringContaining('The node searched all team members'),
		});
	});

	test.each([['Update Role', updateRole], ['Remove', remove]])('for %s', async (_name, parameters) => {
		onLists({ members: [STAFF] });
		expect(await errorOf(parameters('nobody@example.com'))).toMatchObject({
			message: 'No team member of business 789 has the address nobody@example.com [item 0]',
			description: expect.stringContaining("Check 'Team Member' and 'Business'"),
		});
	});

	test('for Revoke', async () => {
		onLists({ invitations: [invitationRow(55)] });
		expect(await errorOf(revoke('nobody@example.com'))).toMatchObject({
			message: 'No pending invitation of business 789 has the address nobody@example.com [item 0]',
			description: expect.stringContaining('The node searched all pending invitations'),
		});
	});

	test("but a success for Remove and Revoke with 'If Not Found: Succeed'", async () => {
		onLists({ members: [STAFF], invitations: [invitationRow(55)] });
		for (const parameters of [remove, revoke]) {
			expect(await jsonOf(parameters('nobody@example.com', { ifMissing: 'succeed' }))).toEqual([
				{ deleted: true, businessId: 789, email: 'nobody@example.com', alreadyMissing: true },
			]);
		}
	});

	test("is not a success if FreshBooks does not offer the list, whatever 'If Not Found' says", async () => {
		onNextReading('members', 404, { message: 'No such page.' }, 2);
		onLists();
		expect((await errorOf(remove('nobody@example.com', { ifMissing: 'succeed' }))).message).toContain('FreshBooks answered 404 for business members of business 789');
	});

	test('is a success if FreshBooks answers only one 404: the list is offered', async () => {
		onNextReading('members', 404, { message: 'No such page.' });
		onLists({ members: [STAFF] });
		expect(await jsonOf(remove('nobody@example.com', { ifMissing: 'succeed' }))).toMatchObject([{ alreadyMissing: true }]);
	});

	test("is not a success if another needed list cannot be read, whatever 'If Not Found' says", async () => {
		onNextReading('team', 403, { error: 'forbidden', error_description: 'Permission Denied.' });
		onLists();
		expect((await errorOf(remove('nobody@example.com', { ifMissing: 'succeed' }))).message).toContain('no permission for team members of business 789');
	});
});

describe('a list that changes during the reading, because others leave', () => {
	const people = Array.from({ length: 110 }, (_, index) => memberRow(index + 1, { email: `person${index + 1}@example.com` }));
	/** One person leaves between two pages: the first row of page 2 is skipped. */
	const movedReading = () => {
		onGet(pageOf(MEMBERS, 1)).reply(200, membersPage(people.slice(0, 100), 1, 110));
		onGet(pageOf(MEMBERS, 2)).reply(200, membersPage(people.slice(101), 2, 109));
	};

	test('is read again before the person counts as not found', async () => {
		movedReading();
		movedReading();
		onGet(pageOf(MEMBERS, 1)).reply(200, membersPage(people.slice(1, 101), 1, 109));
		onGet(pageOf(MEMBERS, 2)).reply(200, membersPage(people.slice(101), 2, 109));
		onLists();
		onPut(`${MEMBERS}/101`, { role: 'admin' }).reply(200, { response: { member: { id: 101, role: 'admin' } } });
		expect(await jsonOf(updateRole('person101@example.com'))).toMatchObject([{ id: 101 }]);
	});

	test('every time: nothing is changed, and the error does not say that nobody has the address', async () => {
		for (let reading = 1; reading <= 14; reading++) movedReading();
		onLists();
		const { message, description } = await errorOf(updateRole('person101@example.com'));
		expect(message).toContain('changed while it was read');
		expect(message).not.toContain('No member');
		expect(description).toContain('Nothing was changed');
	});
});

describe('a part of an address', () => {
	test.each(['staff@example.co', 'taff@example.com', 'staff@example.com.au'])('(%s) is not the address', async (email) => {
		onLists({ members: [STAFF] });
		expect((await errorOf(remove(email))).message).toContain(`No team member of business 789 has the address ${email}`);
	});
});

test('a row without an address matches nobody', async () => {
	onLists({ members: [memberRow(1, { email: null }), memberRow(2, { email: 'a@b.co' })] });
	onDelete(`${MEMBERS}/2`).reply(204);
	expect(await jsonOf(remove('a@b.co'))).toMatchObject([{ memberId: 2 }]);
});

test("the invitation of FreshBooks' Postman collection is found by its to_email", async () => {
	onLists({ invitations: [{ id: 9, to_email: 'Staff@example.com', capacity: 'manager' }] });
	onDelete(`${INVITATIONS}/9`).reply(204);
	expect(await jsonOf(revoke('staff@example.com'))).toMatchObject([{ invitationId: 9, email: 'staff@example.com' }]);
});

describe('a UUID from Get Many', () => {
	const uuid = String(teamMemberRow(1).uuid);

	test('is found in the members list by identity', async () => {
		onLists({ team: [teamMemberRow(1, { identity_id: 71 })], members: [memberRow(7, { email: 'old@example.com', identity_id: 71 })] });
		onDelete(`${MEMBERS}/7`).reply(204);
		expect(await jsonOf({ ...remove(''), member: locator('id', uuid.toUpperCase()) })).toEqual([{ deleted: true, businessId: 789, memberId: 7, email: 'old@example.com' }]);
	});

	test('is found in the members list by address if no identity is known', async () => {
		onLists({ team: [teamMemberRow(1)], members: [memberRow(7, { email: 'PERSON1@example.com' })] });
		onPut(`${MEMBERS}/7`, { role: 'admin' }).reply(200, { response: { member: { id: 7, role: 'admin' } } });
		expect(await jsonOf({ ...updateRole(''), member: locator('list', uuid) })).toEqual([{ id: 7, role: 'admin' }]);
	});

	test('of a person who is not in the members list is an error with the fix', async () => {
		onLists({ team: [teamMemberRow(1)] });
		expect(await errorOf({ ...remove(''), member: locator('id', uuid) })).toMatchObject({
			message: expect.stringContaining('has no whole-number ID in business 789'),
			description: expect.stringContaining('do it in FreshBooks itself'),
		});
	});
});

describe('the same address twice in the input: the second item uses the first one’s result, even if the lists lag', () => {
	const items = [{ email: 'staff@example.com' }, { email: 'STAFF@example.com' }];

	test('of Remove: the second is refused, and nothing is sent for it', async () => {
		const lists = onLists({ team: [teamMemberRow(1, { email: 'staff@example.com' })], members: [STAFF] });
		onDelete(`${MEMBERS}/1`).reply(204);
		expect(await jsonOf(remove('={{ $json.email }}'), { items, continueOnFail: true })).toMatchObject([
			{ deleted: true, businessId: 789, memberId: 1, email: 'staff@example.com' },
			{ error: 'The team member with the address STAFF@example.com was removed from business 789 by an earlier item [item 1]' },
		]);
		expect(lists.readings.members).toBe(1);
	});

	test('of Remove by ID: the second is missing already', async () => {
		onLists({ members: [STAFF] });
		onDelete(`${MEMBERS}/1`).reply(204);
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1'), options: { ifMissing: 'succeed' } };
		expect(await jsonOf(parameters, { items: [{}, {}] })).toEqual([
			{ deleted: true, businessId: 789, memberId: 1, email: 'staff@example.com' },
			{ deleted: true, businessId: 789, memberId: 1, alreadyMissing: true },
		]);
	});

	test('of Update Role: the second is sent after the first ended', async () => {
		const answered: string[] = [];
		onLists({ members: [STAFF] });
		for (const role of ['admin', 'employee']) {
			onPut(`${MEMBERS}/1`, { role })
				.delay(role === 'admin' ? 60 : 0)
				.reply(200, () => {
					answered.push(role);
					return { response: { member: { id: 1, role } } };
				});
		}
		const parameters = { ...updateRole('={{ $json.email }}'), role: '={{ $json.role }}' };
		const output = await jsonOf(parameters, { items: [{ ...items[0], role: 'admin' }, { ...items[1], role: 'employee' }] });
		expect(output.map(({ role }) => role)).toEqual(['admin', 'employee']);
		expect(answered).toEqual(['admin', 'employee']);
	});

	test('of Revoke: the second finds none', async () => {
		onLists({ invitations: [invitationRow(55, { email: 'newstaff@example.com' })] });
		onDelete(`${INVITATIONS}/55`).reply(204);
		const output = await run(revoke('={{ $json.email }}', { ifMissing: 'succeed' }), { items: [{ email: 'newstaff@example.com' }, { email: 'NEWSTAFF@example.com' }] });
		expect(output.map(({ json }) => json.alreadyMissing)).toEqual([undefined, true]);
	});
});
