import type { IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock } from '../../harness/clock';
import { API, connectedCredential, errorOf, jsonOf } from '../../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../../harness/examples';
import { BOSS, onASecondBusiness, onLists } from '../../harness/lists';
import { onTheWire } from '../../harness/wire';

/** What the message and the report say is the matter, and the way out. */

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const EMAIL = 'staff@example.com';
const BY_HAND = 'remove the person in FreshBooks itself, under Team Members.';
const joined = { active: true, identity_id: 71, invitation_date_accepted: '2023-01-24T17:17:56Z' };
const member = { team: [teamMemberRow(1, { email: EMAIL, ...joined })], members: [memberRow(71, { email: EMAIL, identity_id: 71 })] };
const offboarding: INodeParameters = { resource: 'access', operation: 'offboard', email: EMAIL, businesses: 'selected', businessIds: [789], dryRun: false, options: {} };

function onRemoval(status: number, body: IDataObject): void {
	nock(API).persist().delete('/auth/api/v1/business/789/members/71').optionally().reply(status, body as nock.Body);
}

describe('a failed removal', () => {
	test('with an access that only reads says how to change the access', async () => {
		onLists(member);
		const error = await errorOf(offboarding, { credential: connectedCredential({ access: 'read', scope: 'user:profile:read user:teams:read' }) });
		expect(error.message).toContain("To fix this, choose Manage Team as 'Access' in the credential");
		expect(error.message).not.toContain(BY_HAND);
	});

	test.each<[string, number, IDataObject]>([
		['allows no more requests', 429, { message: 'slow down' }],
		['is down', 503, { error: 'internal_server_error', message: 'try later' }],
		['reports a conflict', 409, { errno: 409, message: 'busy' }],
	])('while FreshBooks %s is to be run again', async (_case, status, body) => {
		onLists(member);
		onRemoval(status, body);
		const { message } = await errorOf(offboarding);
		expect(message).toContain('To fix this, run it again later.');
		expect(message).not.toContain(BY_HAND);
	});

	test('that lacks a scope says how to get the scope', async () => {
		onLists(member);
		onRemoval(403, { error: 'forbidden', error_description: 'Requires scope user:teams:write' });
		const { message } = await errorOf(offboarding);
		expect(message).toContain('To fix this, enable the scope for your app in FreshBooks');
		expect(message).not.toContain(BY_HAND);
	});

	test('that the connected user may not do needs another connection, or is done by hand', async () => {
		onLists(member);
		onRemoval(403, { error: 'forbidden', error_description: 'Permission Denied.' });
		expect((await errorOf(offboarding)).message).toContain(`To fix this, connect as an owner or admin, or ${BY_HAND}`);
	});

	test.each([422, 404])('that FreshBooks refuses for good (%d) is done by hand', async (status) => {
		onLists(member);
		onRemoval(status, { error: 'invalid_resource', error_description: 'Payroll is running' });
		expect((await errorOf(offboarding)).message).toContain(`To fix this, ${BY_HAND}`);
	});
});

test('a business without an owner is said before any other reason', async () => {
	const owner = { ...joined, email: EMAIL, business_role_name: 'owner' };
	const lists = onLists({ team: [teamMemberRow(1, owner)], members: [memberRow(71, { email: EMAIL, identity_id: 71, role: 'owner' })], invitations: [invitationRow(55, { email: EMAIL })] });
	nock(API).delete('/auth/api/v1/business/789/invitations/55').reply(403, { error: 'forbidden', error_description: 'Permission Denied.' });
	nock(API).delete('/auth/api/v1/business/789/members/71').reply(() => {
		Object.assign(lists, { team: [], members: [], bossRole: 'business_partner' });
		return [204];
	});
	const [report] = await jsonOf({ ...offboarding, options: { failOnPartial: false } });
	const [{ notDone }] = report.businesses as Array<{ notDone: IDataObject[] }>;
	expect(notDone.map(({ what }) => what)).toEqual(['owner', 'invitation']);
	expect(report.message).toContain('contact FreshBooks support now');
});

test('the connected user who owns the business, among others or alone, gets both ways out', async () => {
	onLists({ team: [teamMemberRow(1, { ...joined, email: EMAIL, business_role_name: 'owner' })], members: [memberRow(71, { email: EMAIL, identity_id: 71, role: 'owner' })] });
	const [report] = await jsonOf({ ...offboarding, email: BOSS.email, dryRun: true });
	expect(report.message).toBe(
		'boss@example.com owns One (business 789) and cannot be removed here, as the connected FreshBooks user. To fix this, connect as another owner; if there is none, ask FreshBooks support to transfer the business first.',
	);
});

describe('a closed business whose lists FreshBooks refuses', () => {
	const REFUSAL = { errno: 1012, message: 'Not found' };
	const plan = async (changes: INodeParameters) => (await jsonOf({ ...offboarding, dryRun: true, options: { failOnPartial: false }, ...changes }))[0];

	test.each([403, 404])('(%d) is not passed over: it is called closed, with the way to leave it out', async (status) => {
		onASecondBusiness({ business: { active: false }, refused: { status, body: REFUSAL } });
		onLists();
		const report = await plan({ businesses: 'all' });
		expect(report.status).toBe('partial');
		expect(report.message).toMatch(/Two \(business 790\): .*\. It is closed: to leave it out, choose the businesses one by one\.$/);
	});

	test('and that was chosen by itself, or is not closed, gets no such advice', async () => {
		onASecondBusiness({ business: { active: false }, refused: { status: 403, body: REFUSAL } });
		onLists();
		expect((await plan({ businessIds: [790] })).message).not.toContain('closed');
		nock.cleanAll();
		onASecondBusiness({ business: { active: true }, refused: { status: 403, body: REFUSAL } });
		onLists();
		expect((await plan({ businesses: 'all' })).message).not.toContain('closed');
	});

	test('does not hide one that is closed and can be read', async () => {
		onASecondBusiness({ business: { active: false }, team: [teamMemberRow(1, { email: EMAIL, ...joined })], members: [memberRow(71, { email: EMAIL, identity_id: 71 })] });
		onLists();
		expect((await plan({ businesses: 'all' })).message).toContain('would be offboarded from Two (business 790)');
	});
});
