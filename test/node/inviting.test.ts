import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock, waits } from '../harness/clock';
import { API, errorOf, jsonOf, locator } from '../harness/context';
import { EXAMPLE, invitationRow, memberRow, teamMemberRow, upTo } from '../harness/examples';
import { onLists, onNextReading } from '../harness/lists';
import { onGet, onPost, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const USER_INVITATION = '/auth/api/v1/users/invitation';
const NEW_STAFF = { email: 'newstaff@example.com', role: 'business_employee' };
const create = { resource: 'invitation', operation: 'create', business, ...NEW_STAFF };
const ROW = invitationRow(55, { email: NEW_STAFF.email });
const CREATED = EXAMPLE.invitationCreated;
const UNKNOWN = 'it is not known whether it was carried out';
/** FreshBooks' text for its own failure. */
const OWN_500 = { error: 'internal_server_error', error_description: 'internal server error' };

const networkError = (code: string) => Object.assign(new Error(`the network said ${code}`), { code });
const waited = (): number => waits.reduce((sum, ms) => sum + ms, 0);
const createdIn = async (settings = {}, parameters: IDataObject = {}) => await jsonOf({ ...create, ...parameters } as never, settings);

describe('an invitation is sent once', () => {
	test.each([
		['a 500 of FreshBooks itself', () => onPost(INVITATIONS, NEW_STAFF).reply(500, OWN_500)],
		['a gateway that answers 520', () => onPost(INVITATIONS, NEW_STAFF).reply(520, '<html>Web server is returning an unknown error</html>')],
		['a gateway that answers 524', () => onPost(INVITATIONS, NEW_STAFF).reply(524, '<html>A timeout occurred</html>')],
		['a web page with 503', () => onPost(INVITATIONS, NEW_STAFF).reply(503, '<html>Maintenance</html>')],
		['a broken connection', () => onPost(INVITATIONS, NEW_STAFF).replyWithError(networkError('ECONNRESET'))],
		['a timeout', () => onPost(INVITATIONS, NEW_STAFF).replyWithError(networkError('ETIMEDOUT'))],
		['truncated JSON', () => onPost(INVITATIONS, NEW_STAFF).reply(200, '{"response": {"invi')],
		['JSON about something else', () => onPost(INVITATIONS, NEW_STAFF).reply(200, { response: 'ok' })],
		['an invitation of another person', () => onPost(INVITATIONS, NEW_STAFF).reply(200, { response: { invitation: { id: 77, email: 'other@example.com' } } })],
	])('after %s it is found in the list if it arrives 2.5 seconds later', async (_name, post) => {
		const lists = onLists();
		post();
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 2_500 ? [ROW] : []) });
		expect(await createdIn()).toEqual([ROW]);
		expect(waited()).toBeGreaterThanOrEqual(2_500);
	});

	test.each([
		['a gateway', 504, '<html>Gateway</html>'],
		['nothing', 500, ''],
		['a text', 500, 'upstream failed'],
		['a web page with 403', 403, '<html>Denied</html>'],
		['an empty body with 201', 201, ''],
	])('answered by %s and not listed for 20 seconds: it is not sent again, and the error says that it may still arrive', async (_name, status, body) => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(status, body);
		const output = await createdIn({ items: [{}, {}], continueOnFail: true });
		expect(output).toMatchObject([{ error: expect.stringContaining(UNKNOWN) }, { error: expect.stringContaining(UNKNOWN) }]);
		expect(waited()).toBe(40_000);
	});

	test.each([
		['is complete and does not show it', 200, { response: { invitations: [] } }],
		['cannot be read', 500, OWN_500],
		['counts more invitations than it shows', 200, { response: { invitations: [invitationRow(1)], pages: { page: 1, pages: 1, per_page: 100, total: 2 } } }],
	])('answered with 500 by FreshBooks itself while the list %s: it is not sent again, because somebody may have revoked it', async (_name, status, body) => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(500, () => {
			lists.instead.invitations = { status, body };
			return OWN_500;
		});
		expect(await errorOf(create)).toMatchObject({ message: expect.stringContaining(UNKNOWN), description: expect.stringContaining('running it again later is safe'), httpCode: '500' });
	});

	test('that was accepted before it was read is a success', async () => {
		const lists = onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(504, () => {
			lists.team = [teamMemberRow(1, { email: NEW_STAFF.email, identity_id: 77, active: true })];
			return '<html>Gateway</html>';
		});
		expect(await createdIn()).toEqual([{ ...NEW_STAFF, status: 'accepted' }]);
	});

	test('that FreshBooks did not receive, for lack of a connection, is sent again', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).replyWithError(networkError('ECONNREFUSED'));
		onPost(INVITATIONS, NEW_STAFF).reply(200, CREATED);
		expect(await createdIn()).toMatchObject([{ id: 55 }]);
	});

	test('even if the address is in the input several times, whatever the lists show', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(200, CREATED);
		const items = ['newstaff@example.com', 'NEWSTAFF@example.com', 'newstaff@EXAMPLE.com'].map((email) => ({ email }));
		const output = await createdIn({ items }, { email: '={{ $json.email }}', options: { ifExists: 'return', batchSize: 3 } });
		expect(output.map(({ id, alreadyInvited }) => [id, alreadyInvited])).toEqual([[55, undefined], [55, true], [55, true]]);
	});

	test('if FreshBooks offers no list of invitations and answers 504: it is not sent again', async () => {
		nock(API).persist().get(INVITATIONS).query(true).optionally().reply(404, { message: 'No such page.' });
		onLists();
		nock(API).post(USER_INVITATION).reply(504);
		const output = await createdIn({ items: [{}, {}], continueOnFail: true }, { options: { endpoint: 'userInvitation' } });
		expect(output).toMatchObject([{ error: expect.stringContaining(UNKNOWN) }, { error: expect.stringContaining(UNKNOWN) }]);
	});
});

describe('a doubtful list prevents an invitation', () => {
	test.each(['create', 'onboard'])('%s: a list that changes during the reading is read again before the address counts as not invited', async (operation) => {
		const rows = upTo(110).map((id) => invitationRow(id));
		const page = (part: IDataObject[], number: number, total: number) => ({ response: { invitations: part, pages: { page: number, pages: 2, per_page: 100, total } } });
		for (let reading = 1; reading <= 2; reading++) {
			onGet(pageOf(INVITATIONS, 1)).reply(200, page(rows.slice(0, 100), 1, 110));
			onGet(pageOf(INVITATIONS, 2)).reply(200, page(rows.slice(101), 2, 109));
		}
		onGet(pageOf(INVITATIONS, 1)).reply(200, page(rows.slice(1, 101), 1, 109));
		onGet(pageOf(INVITATIONS, 2)).reply(200, page(rows.slice(101), 2, 109));
		onLists();
		const invited = { business, email: 'invited101@example.com', role: 'business_employee' };
		const parameters = operation === 'create' ? { resource: 'invitation', operation, ...invited, options: { ifExists: 'return' } } : { resource: 'access', operation, ...invited };
		const [item] = await jsonOf(parameters);
		expect(item).toMatchObject(operation === 'create' ? { id: 101, alreadyInvited: true } : { status: 'alreadyInvited', invitation: { id: 101 } });
	});

	test.each(['team', 'members', 'invitations'] as const)('if the list of %s cannot be read, nothing is sent', async (list) => {
		onNextReading(list, 403, { error: 'forbidden', error_description: 'Permission Denied.' });
		onLists();
		expect((await errorOf(create)).message).toContain('has no permission for');
	});

	test('if a list of people is empty, without even the connected user, nothing is sent', async () => {
		nock(API).persist().get('/auth/api/v1/businesses/789/team_members').query(true).optionally().reply(200, { response: [], meta: { page: 1, per_page: 100, total: 0 } });
		onLists();
		expect((await errorOf(create)).message).toContain('lists nobody in business 789, not even the connected user');
	});

	test('an invitation with an unknown status is a doubt', async () => {
		onLists({ invitations: [{ ...ROW, status: 'queued' }] });
		expect((await errorOf(create)).message).toContain("has the status 'queued', which is not known");
	});

	test('an unknown status is cut to a readable length', async () => {
		onLists({ invitations: [{ ...ROW, status: 'queued'.repeat(10_000) }] });
		const { message } = await errorOf(create);
		expect(message).toContain('has the status');
		expect(message.length).toBeLessThan(300);
	});

	test.each(['accepted', 'expired', 'revoked', 'declined'])('an invitation that is %s is not pending', async (status) => {
		onLists({ invitations: [{ ...ROW, id: 54, status }] });
		onPost(INVITATIONS, NEW_STAFF).reply(200, CREATED);
		expect(await createdIn()).toMatchObject([{ id: 55 }]);
	});
});

describe('a member is not invited', () => {
	test.each([
		['in the published list', { team: [teamMemberRow(1, { email: 'NewStaff@example.com', active: true })] }, 'is already a team member of business 789'],
		['in the members list only', { members: [memberRow(7, { email: NEW_STAFF.email })] }, 'is already a team member of business 789'],
		['deactivated', { team: [teamMemberRow(1, { email: NEW_STAFF.email, active: false })] }, 'is a deactivated team member of business 789'],
		[
			'with another address, by identity',
			{ team: [teamMemberRow(1, { email: 'other@example.com', identity_id: 71, active: true })], members: [memberRow(7, { email: NEW_STAFF.email, identity_id: 71 })] },
			'is already a team member of business 789',
		],
		[
			'deactivated with another address, by identity',
			{ team: [teamMemberRow(1, { email: 'other@example.com', identity_id: 71, active: false })], members: [memberRow(7, { email: NEW_STAFF.email, identity_id: 71 })] },
			'is a deactivated team member of business 789',
		],
	])('%s', async (_name, rows, message) => {
		onLists(rows);
		expect((await errorOf(create)).message).toContain(message);
	});
});

describe('Onboard keeps one invitation', () => {
	const onboarding = { resource: 'access', operation: 'onboard', business, ...NEW_STAFF };

	test('of two pending ones, the one with the wanted role, whatever its ID', async () => {
		const manager = invitationRow(54, { email: NEW_STAFF.email, role: 'manager' });
		const employee = invitationRow(60, { email: NEW_STAFF.email, role: 'employee' });
		const lists = onLists({ invitations: [manager, employee] });
		nock(API).delete(`${INVITATIONS}/54`).reply(204, () => {
			lists.invitations = [employee];
		});
		expect(await jsonOf(onboarding)).toMatchObject([{ status: 'alreadyInvited', invitation: { id: 60, role: 'employee' }, revokedDuplicates: [54] }]);
	});

	test('even if the list still shows the revoked one for a moment', async () => {
		const lists = onLists({ invitations: [ROW, invitationRow(56, { email: NEW_STAFF.email })] });
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 6_000 ? [ROW] : [ROW, invitationRow(56, { email: NEW_STAFF.email })]) });
		nock(API).delete(`${INVITATIONS}/56`).reply(204);
		expect(await jsonOf(onboarding)).toMatchObject([{ status: 'alreadyInvited', invitation: { id: 55 }, revokedDuplicates: [56] }]);
	});

	test('reports that FreshBooks does not list the invitation within 15 seconds', async () => {
		onLists();
		onPost(INVITATIONS, NEW_STAFF).reply(200, CREATED);
		expect(await jsonOf(onboarding)).toMatchObject([{ status: 'invited', verified: false, message: expect.stringContaining('could not be verified: FreshBooks does not list the invitation') }]);
		expect(waited()).toBe(15_000);
	});

	test('names a pending invitation of a member', async () => {
		onLists({ team: [teamMemberRow(1, { email: NEW_STAFF.email, active: true, identity_id: 71, business_role_name: 'business_employee' })], invitations: [ROW] });
		expect(await jsonOf(onboarding)).toMatchObject([{ status: 'alreadyMember', invitation: { id: 55 }, message: expect.stringContaining('also have a pending invitation') }]);
	});

	test('identifies a member with another address by identity, and also the connected user and an owner', async () => {
		const lists = onLists({ team: [teamMemberRow(1, { email: 'other@example.com', active: true, identity_id: 71, business_role_name: 'business_employee' })], members: [memberRow(7, { email: NEW_STAFF.email, identity_id: 71 })] });
		expect(await jsonOf(onboarding)).toMatchObject([{ status: 'alreadyMember', message: expect.stringContaining('under the address other@example.com') }]);
		lists.members = [memberRow(7, { email: NEW_STAFF.email, identity_id: 9 })];
		lists.team = [];
		expect((await errorOf({ ...onboarding, role: 'business_manager', options: { updateRole: true } })).message).toMatch(/owns One \(business 789\)|is the connected user/);
	});

	test('does not call a member who has not confirmed deactivated', async () => {
		onLists({ members: [memberRow(7, { email: NEW_STAFF.email, confirmed: false })] });
		const [item] = await jsonOf(onboarding);
		expect(item).toMatchObject({ status: 'alreadyMember', member: { confirmed: false } });
		expect(item.message).toContain('has not confirmed the address yet');
	});

	test('does not report a role as changed if FreshBooks returns the old one', async () => {
		onLists({ team: [teamMemberRow(1, { email: NEW_STAFF.email, active: true, business_role_name: 'contractor' })], members: [memberRow(7, { email: NEW_STAFF.email, role: 'contractor' })] });
		nock(API).put('/auth/api/v1/business/789/members/7').reply(200, { response: { member: { id: 7, role: 'contractor' } } });
		expect((await errorOf({ ...onboarding, options: { updateRole: true } })).message).toContain('answers with newstaff@example.com as Contractor, not as Employee');
	});
});
