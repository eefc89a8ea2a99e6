import { onAFastClock } from '../harness/clock';
import { errorOf, jsonOf, locator, run } from '../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage } from '../harness/examples';
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

describe('an address that two have is an error that lists both IDs, and nothing is changed', () => {
	test('for Get', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1, { email: 'a@b.co' }), teamMemberRow(2, { email: 'A@B.co' })]));
		expect(await errorOf(get('a@b.co'))).toMatchObject({
			message: 'More than one team member has the address a@b.co: 00000000-0000-4000-8000-000000000001 and 00000000-0000-4000-8000-000000000002 [item 0]',
			description: expect.stringContaining('the team members of business 789'),
			itemIndex: 0,
		});
	});

	test.each([['Update Role', updateRole], ['Remove', remove]])('for %s', async (_name, parameters) => {
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(7, { email: 'a@b.co' }), memberRow(8, { email: 'A@B.CO' })]));
		expect((await errorOf(parameters('a@b.co'))).message).toBe('More than one member has the address a@b.co: 7 and 8 [item 0]');
	});

	test('for Revoke', async () => {
		onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([invitationRow(5, { email: 'a@b.co' }), invitationRow(6, { email: 'A@b.co' })]));
		expect((await errorOf(revoke('a@b.co'))).message).toBe('More than one pending invitation has the address a@b.co: 5 and 6 [item 0]');
	});
});

describe('an address that nobody has is an error that says where was looked', () => {
	test('for Get', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1)]));
		expect(await errorOf(get('nobody@example.com'))).toMatchObject({
			message: 'No team member has the address nobody@example.com [item 0]',
			description: expect.stringContaining('All of the team members of business 789 were looked through'),
		});
	});

	test.each([['Update Role', updateRole], ['Remove', remove]])('for %s', async (_name, parameters) => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect(await errorOf(parameters('nobody@example.com'))).toMatchObject({
			message: 'No member has the address nobody@example.com [item 0]',
			description: expect.stringContaining('the members of business 789'),
		});
	});

	test('for Revoke', async () => {
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect((await errorOf(revoke('nobody@example.com'))).description).toContain('the pending invitations of business 789');
	});

	test("but a success for Remove and Revoke with 'If Missing: Succeed'", async () => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect(await jsonOf(remove('nobody@example.com', { ifMissing: 'succeed' }))).toEqual([
			{ deleted: true, businessId: 789, email: 'nobody@example.com', alreadyMissing: true },
		]);
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		expect(await jsonOf(revoke('nobody@example.com', { ifMissing: 'succeed' }))).toEqual([
			{ deleted: true, businessId: 789, email: 'nobody@example.com', alreadyMissing: true },
		]);
	});

	test("is no success when the list cannot be read, whatever 'If Missing' says", async () => {
		onGet(pageOf(MEMBERS)).reply(404, { message: 'No such page.' });
		expect((await errorOf(remove('nobody@example.com', { ifMissing: 'succeed' }))).message).toContain('FreshBooks answered 404 for members of business 789');
	});
});

describe('a list that moves while it is read, because others leave', () => {
	const people = Array.from({ length: 110 }, (_, index) => memberRow(index + 1, { email: `person${index + 1}@example.com` }));
	/** One person left between the pages of a reading: the first of page 2 is skipped. */
	const movedReading = () => {
		onGet(pageOf(MEMBERS, 1)).reply(200, membersPage(people.slice(0, 100), 1, 110));
		onGet(pageOf(MEMBERS, 2)).reply(200, membersPage(people.slice(101), 2, 109));
	};

	test('is read again before nobody is found', async () => {
		movedReading();
		movedReading();
		onGet(pageOf(MEMBERS, 1)).reply(200, membersPage(people.slice(1, 101), 1, 109));
		onGet(pageOf(MEMBERS, 2)).reply(200, membersPage(people.slice(101), 2, 109));
		onPut(`${MEMBERS}/101`, { role: 'admin' }).reply(200, { response: { member: { id: 101, role: 'admin' } } });
		expect(await jsonOf(updateRole('person101@example.com'))).toMatchObject([{ id: 101 }]);
	});

	test('and never stands still: the error does not say that nobody has the address', async () => {
		for (let reading = 1; reading <= 8; reading++) movedReading();
		expect(await errorOf(updateRole('person101@example.com'))).toMatchObject({
			message: 'No member with the address person101@example.com was found [item 0]',
			description: expect.stringContaining('changed while it was read'),
		});
	});
});

describe('a part of an address', () => {
	test.each(['staff@example.co', 'taff@example.com', 'staff@example.com.au'])('(%s) is not the address', async (email) => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect((await errorOf(remove(email))).message).toContain('No member has the address');
	});
});

test('a row without an address is nobody’s', async () => {
	onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1, { email: null }), memberRow(2, { email: 'a@b.co' })]));
	onDelete(`${MEMBERS}/2`).reply(204);
	expect(await jsonOf(remove('a@b.co'))).toMatchObject([{ memberId: 2 }]);
});

test("the invitation of FreshBooks' Postman collection is found by its to_email", async () => {
	onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([{ id: 9, to_email: 'Staff@example.com', capacity: 'manager' }]));
	onDelete(`${INVITATIONS}/9`).reply(204);
	expect(await jsonOf(revoke('staff@example.com'))).toMatchObject([{ invitationId: 9, email: 'Staff@example.com' }]);
});

describe('the same address twice in the input meets the first one’s result', () => {
	const items = [{ email: 'staff@example.com' }, { email: 'STAFF@example.com' }];

	test('of Remove: the second finds nobody, without asking again', async () => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		onDelete(`${MEMBERS}/1`).reply(204);
		expect(await jsonOf(remove('={{ $json.email }}'), { items, continueOnFail: true })).toEqual([
			{ deleted: true, businessId: 789, memberId: 1, email: 'staff@example.com' },
			{ error: 'No member has the address STAFF@example.com [item 1]', message: expect.stringContaining('looked through') },
		]);
	});

	test('of Remove by ID: the second is settled by the list', async () => {
		onDelete(`${MEMBERS}/1`).reply(204);
		onDelete(`${MEMBERS}/1`).reply(404, { message: 'No.' });
		onGet(pageOf(MEMBERS)).reply(200, membersPage([]));
		const parameters = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1'), options: { ifMissing: 'succeed' } };
		expect(await jsonOf(parameters, { items: [{}, {}] })).toEqual([
			{ deleted: true, businessId: 789, memberId: 1 },
			{ deleted: true, businessId: 789, memberId: 1, alreadyMissing: true },
		]);
	});

	test('of Update Role: the second is sent after the first was answered', async () => {
		const answered: string[] = [];
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
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
		onGet(pageOf(INVITATIONS)).reply(200, EXAMPLE.invitations);
		onDelete(`${INVITATIONS}/55`).reply(204);
		const output = await run(revoke('={{ $json.email }}', { ifMissing: 'succeed' }), { items: [{ email: 'newstaff@example.com' }, { email: 'NEWSTAFF@example.com' }] });
		expect(output.map(({ json }) => json.alreadyMissing)).toEqual([undefined, true]);
	});
});
