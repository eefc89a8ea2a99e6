import nock from 'nock';

import { onAFastClock, waits } from '../harness/clock';
import { API, errorOf, jsonOf, locator } from '../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../harness/examples';
import { BOSS, onLists, onNextReading } from '../harness/lists';
import { onDelete, onPut, onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const EMAIL = 'staff@example.com';
const MEMBER = memberRow(1, { email: EMAIL, role: 'employee' });
const PERSON = teamMemberRow(1, { email: EMAIL, active: true, business_role_name: 'business_employee' });
const MISSING = { error: 'not_found', error_description: 'No such member' };
const OWN_500 = { error: 'internal_server_error', error_description: 'internal server error' };

const remove = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') };
const updateRole = { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', '1'), role: 'admin' };
const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') };
const succeed = { options: { ifMissing: 'succeed' } };
const waited = (): number => waits.reduce((sum, ms) => sum + ms, 0);
const there = () => onLists({ team: [PERSON], members: [MEMBER] });

describe('Remove', () => {
	test('returns what was removed, and names a pending invitation of the person', async () => {
		onLists({ team: [PERSON], members: [MEMBER], invitations: [invitationRow(55, { email: EMAIL.toUpperCase() })] });
		onDelete(`${MEMBERS}/1`).reply(204);
		expect(await jsonOf(remove)).toEqual([{ deleted: true, businessId: 789, memberId: 1, email: EMAIL, pendingInvitationIds: [55] }]);
	});

	test.each(['team', 'members', 'invitations'] as const)('sends nothing if the list of %s cannot be read', async (list) => {
		onNextReading(list, 403, { error: 'forbidden', error_description: 'Permission Denied.' });
		there();
		expect((await errorOf(remove)).message).toContain('has no permission for');
	});

	test('sends nothing if the published list counts more people than it shows', async () => {
		const shown = (page: number) => (page === 1 ? [PERSON] : []);
		nock(API)
			.persist()
			.get('/auth/api/v1/businesses/789/team_members')
			.query(true)
			.optionally()
			.reply(200, (uri) => {
				const page = Number(new URL(uri, API).searchParams.get('page'));
				return { response: shown(page), meta: { page, per_page: 100, total: 2 } };
			});
		there();
		expect((await errorOf(remove)).message).toContain('FreshBooks counts 2 team members of business 789 but shows 1');
	});

	test.each([
		['by address', { email: BOSS.email }],
		['by identity, with another address', { email: 'other@example.com', identity_id: BOSS.identityId }],
	])('never removes the connected user, identified %s', async (_name, row) => {
		onLists({ team: [teamMemberRow(2, { business_role_name: 'owner', email: 'second@example.com', active: true })], members: [memberRow(1, row)] });
		expect((await errorOf(remove)).message).toMatch(/is the connected user and cannot be removed here/);
	});

	test('says of an owner who is the connected user that they own the business: another connection could not remove them either', async () => {
		onLists({ members: [memberRow(1, { email: BOSS.email })] });
		expect((await errorOf(remove)).message).toBe('boss@example.com owns One (business 789) and cannot be removed [item 0]');
	});

	test('never removes the only active owner', async () => {
		const owner = { business_role_name: 'owner', active: true };
		const boss = { email: BOSS.email, identity_id: BOSS.identityId, business_role_name: 'business_partner', active: true };
		nock(API)
			.persist()
			.get('/auth/api/v1/businesses/789/team_members')
			.query(true)
			.optionally()
			.reply(200, { response: [teamMemberRow(999, boss), teamMemberRow(1, { ...owner, email: EMAIL }), teamMemberRow(2, { ...owner, email: 'b@x.org', active: false })], meta: { page: 1, per_page: 100, total: 3 } });
		onLists({ members: [MEMBER] });
		expect(await errorOf(remove)).toMatchObject({
			message: 'staff@example.com owns One (business 789) and cannot be removed [item 0]',
			description: 'To fix this, ask FreshBooks support to transfer the business to another owner first. Nothing was changed.',
		});
	});
});

describe('a removal that is answered with 404', () => {
	test('after an unknown result has succeeded, if the lists show that the person is gone', async () => {
		const lists = there();
		onDelete(`${MEMBERS}/1`).reply(503, OWN_500);
		nock(API).delete(`${MEMBERS}/1`).reply(404, () => {
			lists.members = [];
			return MISSING;
		});
		expect(await jsonOf(remove)).toEqual([{ deleted: true, businessId: 789, memberId: 1, email: EMAIL }]);
	});

	test('after an unknown result has failed, if the list still shows the person 15 seconds later', async () => {
		there();
		onDelete(`${MEMBERS}/1`).reply(503, OWN_500);
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		expect((await errorOf(remove)).httpCode).toBe('404');
		expect(waited()).toBeGreaterThanOrEqual(15_000);
	});

	test('at once is an error, if the list shows that the person is gone', async () => {
		const lists = there();
		nock(API).delete(`${MEMBERS}/1`).reply(404, () => {
			lists.members = [];
			return MISSING;
		});
		expect(await errorOf(remove)).toMatchObject({ message: expect.stringContaining('FreshBooks does not know team member 1 of business 789'), httpCode: '404' });
	});

	test("is a success with 'If Not Found: Succeed', also when the list shows it only after some seconds", async () => {
		const lists = there();
		Object.defineProperty(lists, 'members', { get: () => (waited() >= 6_000 ? [] : [MEMBER]) });
		onDelete(`${MEMBERS}/1`).reply(404, MISSING);
		expect(await jsonOf({ ...remove, ...succeed })).toEqual([{ deleted: true, businessId: 789, memberId: 1, email: EMAIL, alreadyMissing: true }]);
	});

	test.each([
		['404, though it was read before', 404, MISSING],
		['a malformed response', 200, { response: {} }],
	])("is never 'already removed' if the list then returns %s, whatever 'If Not Found' says", async (_name, status, body) => {
		const lists = there();
		nock(API).delete(`${MEMBERS}/1`).reply(404, () => {
			lists.instead.members = { status, body };
			return MISSING;
		});
		expect((await errorOf({ ...remove, ...succeed })).message).toContain('FreshBooks answered 404');
	});

	test.each([403, 422])("with %d is not 'already removed' either", async (status) => {
		there();
		onDelete(`${MEMBERS}/1`).reply(status, { message: 'No.' });
		expect((await errorOf({ ...remove, ...succeed })).httpCode).toBe(String(status));
	});

	test('of an invitation works the same way', async () => {
		const lists = onLists({ invitations: [invitationRow(55)] });
		nock(API).delete(`${INVITATIONS}/55`).reply(404, () => {
			lists.invitations = [];
			return MISSING;
		});
		expect(await jsonOf({ ...revoke, ...succeed })).toEqual([{ deleted: true, businessId: 789, invitationId: 55, email: 'invited55@example.com', alreadyMissing: true }]);
	});

	test('of an accepted invitation is not a revocation: the person is a member', async () => {
		const lists = onLists({ invitations: [invitationRow(55)] });
		nock(API).delete(`${INVITATIONS}/55`).reply(404, () => {
			lists.invitations = [];
			lists.members = [memberRow(5, { email: 'invited55@example.com' })];
			return MISSING;
		});
		expect((await errorOf({ ...revoke, ...succeed })).message).toContain('has accepted the invitation and is a team member of business 789');
	});

	test.each([
		['422 with a sentence', 422, { error: 'invalid_resource', error_description: 'Invitation was already accepted.' }],
		['200 with the accepted invitation', 200, { response: { invitation: { id: 55, status: 'accepted' } } }],
	])('and one answered with %s is not one either', async (_name, status, body) => {
		const lists = onLists({ invitations: [invitationRow(55)] });
		nock(API).delete(`${INVITATIONS}/55`).reply(status, () => {
			lists.invitations = [];
			lists.members = [memberRow(5, { email: 'invited55@example.com' })];
			return body;
		});
		expect((await errorOf(revoke)).message).toContain('has accepted the invitation');
	});
});

describe('Update Role', () => {
	test.each([
		['an owner', { team: [teamMemberRow(1, { email: EMAIL, business_role_name: 'owner', active: true })], members: [MEMBER] }, 'owns business 789, and the role of an owner cannot be changed'],
		['the connected user by identity', { members: [memberRow(1, { email: EMAIL, identity_id: 10 })] }, 'is the connected user'],
	])('refuses %s', async (_name, rows, message) => {
		nock(API).get('/auth/api/v1/users/me').optionally().reply(200, { response: { id: 10, email: 'boss@example.com', business_memberships: [] } });
		onLists(rows);
		expect((await errorOf(updateRole)).message).toContain(message);
	});

	test('does not report a role as changed if FreshBooks returns the old one', async () => {
		there();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, { response: { member: { id: 1, role: 'employee' } } });
		expect(await errorOf(updateRole)).toMatchObject({ message: expect.stringContaining('answers with staff@example.com as Employee, not as Admin'), description: expect.stringContaining('Check the role') });
	});

	test('does not report the number of tries if it is unknown', async () => {
		there();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(503, OWN_500);
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, { response: { member: { id: 2, role: 'admin' } } });
		expect((await errorOf(updateRole)).description).not.toContain('tried once');
	});

	test('does not accept a response about another member', async () => {
		there();
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, { response: { member: { id: 2, role: 'admin' } } });
		expect((await errorOf(updateRole)).message).toContain('member 1 of business 789');
	});
});
