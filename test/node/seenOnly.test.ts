import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock, waits } from '../harness/clock';
import { API, connectedCredential, jsonOf, locator, run } from '../harness/context';
import { invitationRow, memberRow, projectRow, staffPage, staffRow, teamMemberRow, topLevelPage } from '../harness/examples';
import { BOSS, onLists } from '../harness/lists';
import { onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const EMAIL = 'staff@example.com';
const MISSING = { error: 'not_found', error_description: 'No such thing.' };
const OWN_500 = { error: 'internal_server_error', error_description: 'internal server error' };
const FORBIDDEN = { error: 'forbidden', error_description: 'Permission Denied.' };
const MEMBER = memberRow(1, { email: EMAIL, role: 'employee' });
const PERSON = teamMemberRow(1, { email: EMAIL, active: true, identity_id: 71, business_role_name: 'business_employee' });
const offboard = { resource: 'access', operation: 'offboard', email: EMAIL, options: { failOnPartial: false } };
const onboard = { resource: 'access', operation: 'onboard', business, email: EMAIL, role: 'business_employee' };
const waited = (): number => waits.reduce((sum, ms) => sum + ms, 0);
const said = async (parameters: unknown, settings = {}): Promise<string> =>
	await run(parameters as never, settings).then((items) => JSON.stringify(items.map(({ json }) => json)), (e: Error & { description?: string; context?: IDataObject }) => `${e.message} | ${e.description} | ${JSON.stringify(e.context?.data)}`);

/** The node reports only what it has seen. These cases come from a review. */

describe('Revoke of a pending invitation of a former member', () => {
	const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') };
	const there = () => onLists({ team: [PERSON], members: [MEMBER], invitations: [invitationRow(55, { email: EMAIL })] });

	test('an earlier try revoked it: it is not reported as accepted', async () => {
		const lists = there();
		nock(API).delete(`${INVITATIONS}/55`).reply(503, () => {
			lists.invitations = [];
			return OWN_500;
		});
		nock(API).delete(`${INVITATIONS}/55`).reply(404, MISSING);
		const text = await said(revoke);
		expect(text).not.toContain('Nothing was revoked');
	});

	test('refused with 403 while it is still pending: it is not reported as accepted', async () => {
		there();
		nock(API).delete(`${INVITATIONS}/55`).reply(403, FORBIDDEN);
		const text = await said(revoke);
		expect(text).not.toContain('has accepted the invitation');
	});

	test('by email, twice in the input: the second does not report it as accepted', async () => {
		const lists = there();
		nock(API).delete(`${INVITATIONS}/55`).reply(204, () => {
			lists.invitations = [];
			return '';
		});
		const text = await said({ ...revoke, invitation: locator('email', EMAIL) }, { items: [{}, {}], continueOnFail: true });
		expect(text).not.toContain('has accepted the invitation');
	});
});

describe('an invitation is not reported as accepted because FreshBooks lists the invited person', () => {
	test('Onboard: the published list shows them at once without identity, and the invitations list lags', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(200, () => {
			lists.team = [teamMemberRow(5, { email: EMAIL, active: true, identity_id: null, invitation_date_accepted: null })];
			return { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'pending' } } };
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});

	test('Onboard: the result of the POST is unknown, the members list shows an unconfirmed address, and the invitations list lags', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(504, () => {
			lists.members = [memberRow(5, { email: EMAIL, confirmed: false })];
			return '<html>Gateway</html>';
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});

	test('Create: the same does not return the status accepted', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(504, () => {
			lists.members = [memberRow(5, { email: EMAIL, confirmed: false })];
			return '<html>Gateway</html>';
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said({ resource: 'invitation', operation: 'create', business, email: EMAIL, role: 'business_employee' });
		expect(text).not.toContain('"accepted"');
	});

	test('Onboard: FreshBooks answers the POST with an expired invitation', async () => {
		onLists();
		nock(API).post(INVITATIONS).reply(200, { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'expired' } } });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});
});

describe('Offboard of an invitation that FreshBooks reports as accepted', () => {
	test.each([
		['200 with the accepted invitation', 200, { response: { invitation: { id: 55, status: 'accepted' } } }],
		['422 with a sentence', 422, { error: 'invalid_resource', error_description: 'Invitation was already accepted.' }],
	])('%s, and the member is not listed within 15 seconds: neither "revoked" nor verified', async (_name, status, body) => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(status, () => {
			lists.invitations = [];
			return body;
		});
		const text = await said(offboard);
		expect(text).not.toContain('was revoked');
		expect(text).not.toContain('"status":"offboarded"');
	});
});

describe('Offboard twice in one input', () => {
	test('of a person with only an invitation: the second item knows what the first did', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(204, () => {
			lists.invitations = [];
			return '';
		});
		const text = await said(offboard, { items: [{}, {}], continueOnFail: true });
		expect(text).not.toContain('is in none of the businesses');
	});

	test('the second item does not credit somebody else with the first item\'s removal', async () => {
		const lists = onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).reply(204);
		nock(API).delete(`${MEMBERS}/1`).reply(404, () => {
			lists.members = [];
			lists.team = [];
			return MISSING;
		});
		const text = await said(offboard, { items: [{}, {}] });
		expect(text).not.toContain('somebodyElse');
	});
});

describe('Offboard with staff records', () => {
	test('archived by somebody else while this run was refused is not reported as done by this run', async () => {
		nock(API).persist().get('/auth/api/v1/users/me').query(true).reply(200, { response: { id: BOSS.identityId, email: BOSS.email, business_memberships: [{ id: 1, role: 'owner', business: { id: 789, name: 'One', account_id: 'zDmNq' } }] } });
		onLists();
		const record = staffRow(7, { email: EMAIL, vis_state: 0 });
		let state = 0;
		nock(API).persist().get('/accounting/account/zDmNq/users/staffs').query(true).reply(200, () => staffPage([{ ...record, vis_state: state }]));
		nock(API).put('/accounting/account/zDmNq/users/staffs/7').reply(403, () => {
			state = 2;
			return { response: { errors: [{ errno: 1003, message: 'Not allowed.' }] } };
		});
		const text = await said({ ...offboard, options: { failOnPartial: false, staff: 'archive' } });
		expect(text).not.toContain('"by":"thisRun"');
	});
});

describe('a 404 of the invitations list that did not come from FreshBooks', () => {
	test.each([
		['problem JSON of a gateway', { type: 'about:blank', title: 'Not Found', status: 404 }],
		['an empty body', ''],
		['FreshBooks own 404 (silently skipped)', MISSING],
	])('%s: Offboard does not report offboarded and verified without a remark', async (_name, body) => {
		const lists = onLists({ team: [PERSON], members: [MEMBER], invitations: [invitationRow(55, { email: EMAIL })] });
		lists.instead.invitations = { status: 404, body };
		nock(API).delete(`${MEMBERS}/1`).optionally().reply(204, () => {
			lists.team = [];
			lists.members = [];
			return '';
		});
		const text = await said(offboard);
		expect(/"status":"offboarded"/.test(text) && !/nvitations of business 789|nvitations were/.test(text)).toBe(false);
	});
});

describe('an execution that is stopped after an accepted write', () => {
	test('Offboard: stopped during the second reading of the lists', async () => {
		const stopped = new AbortController();
		let removed = false;
		nock(API).persist().get(INVITATIONS).query(true).reply(() => {
			if (removed) stopped.abort();
			return [200, { response: { invitations: [] } }];
		});
		onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).reply(204, () => {
			removed = true;
			return '';
		});
		const text = await said(offboard, { signal: stopped.signal });
		expect(removed).toBe(true);
		expect(text).not.toMatch(/[Nn]othing was changed/);
	});
});

describe('the only owner who is surely active', () => {
	test('is not removed because of an owner without a known active state', async () => {
		const lists = onLists({
			team: [teamMemberRow(1, { email: EMAIL, identity_id: 71, business_role_name: 'owner', active: true }), teamMemberRow(2, { email: 'b@example.com', identity_id: 72, business_role_name: 'owner', active: null })],
			members: [MEMBER],
		});
		lists.bossRole = 'business_partner';
		let sent = 0;
		nock(API).delete(`${MEMBERS}/1`).optionally().reply(204, () => {
			sent++;
			return '';
		});
		await said({ resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') });
		expect(sent).toBe(0);
	});
});

describe('a person who accepts between two items', () => {
	test('is not reported as pending by a later item', async () => {
		const lists = onLists();
		const posts = ['staff@example.com', 'b@example.com'];
		posts.forEach((email, index) =>
			nock(API).post(INVITATIONS).reply(200, () => {
				lists.invitations = [invitationRow(55 + index, { email, role: 'business_employee' })];
				// The first person accepts before the second is invited.
				if (index === 1) lists.team = [PERSON];
				return { response: { invitation: { id: 55 + index, email, role: 'business_employee', status: 'pending' } } };
			}),
		);
		const text = await said({ ...onboard, email: '={{ $json.email }}', options: { batchSize: 1 } }, { items: [{ email: posts[0] }, { email: posts[1] }, { email: posts[0] }] });
		expect(text).not.toContain('also have a pending invitation');
	});
});

describe('Onboard during another run', () => {
	test('a membership from another invitation does not count as the acceptance of this one, which is still pending', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(200, () => {
			lists.team = [PERSON];
			lists.invitations = [invitationRow(55, { email: EMAIL, role: 'business_employee' })];
			return { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'pending' } } };
		});
		const text = await said(onboard);
		expect(text).toMatch(/pending invitation/);
	});
});

describe('SCIM of a business group', () => {
	test('has an ID for everybody', async () => {
		nock(API).get('/auth/api/v1/users/business/789').reply(200, { response: { id: 789, business_group: { members: [{ email: EMAIL, identity_id: 71, role: 'owner', active: true }] } } });
		const [item] = await jsonOf({ resource: 'teamMember', operation: 'getAll', business, returnAll: true, source: 'businessGroup', options: { outputFormat: 'scim' } });
		expect(item.id).toBeTruthy();
	});
});

describe('Offboard with archiving, for a person in no list', () => {
	test('reports that staff records were not read if the account is unknown', async () => {
		onLists();
		const text = await said({ ...offboard, options: { failOnPartial: false, ifNotFound: 'succeed', staff: 'archive' } });
		expect(text).toMatch(/staff records were not checked/);
	});
});

describe('fields that FreshBooks omits', () => {
	test('Offboard does not report no project if a project has no members field', async () => {
		const lists = onLists({ team: [PERSON], members: [MEMBER] });
		const row = projectRow(1) as IDataObject;
		delete row.group;
		nock(API).persist().get('/projects/business/789/projects').query(true).reply(200, topLevelPage('projects', [row]));
		nock(API).delete(`${MEMBERS}/1`).reply(204, () => {
			lists.team = [];
			lists.members = [];
			return '';
		});
		const credential = connectedCredential({ scope: 'user:profile:read user:teams:read user:teams:write user:projects:read' });
		const [item] = await jsonOf(offboard, { credential });
		const [{ handOver }] = item.businesses as IDataObject[];
		expect(handOver).toMatchObject({ projects: null, leftOut: [expect.stringContaining('does not say who works on'), expect.any(String)] });
	});

	test('SCIM: a time without a zone is New York time, in any zone of this machine', async () => {
		onLists({ team: [{ ...PERSON, created_at: '2026-01-05 10:38:41' }] });
		const items = await jsonOf({ resource: 'teamMember', operation: 'getAll', business, returnAll: true, options: { outputFormat: 'scim' } });
		expect(items).toContainEqual(expect.objectContaining({ userName: EMAIL, meta: expect.objectContaining({ created: '2026-01-05T15:38:41.000Z' }) }));
	});
});

/** Cases from a second review. */

const NOBODY_IN_PARTICULAR = { email: null, identity_id: null };

describe('two runs remove the last two owners', () => {
	test('Offboard reports that no owner is left, even if the response to its removal was lost', async () => {
		const lists = onLists({ team: [{ ...PERSON, business_role_name: 'owner' }], members: [{ ...MEMBER, role: 'owner' }] });
		nock(API).delete(`${MEMBERS}/1`).reply(503, () => {
			lists.team = [];
			lists.members = [];
			lists.bossRole = 'business_partner';
			return OWN_500;
		});
		nock(API).delete(`${MEMBERS}/1`).reply(404, MISSING);
		expect(await said(offboard)).toContain('lists no active owner');
	});
});

describe('a member with neither address nor identity in the lists', () => {
	const remove = { resource: 'teamMember', operation: 'remove', business, options: { ifMissing: 'succeed' } };
	const UUID = String(teamMemberRow(1).uuid);

	test.each([
		['Remove', remove, 'delete'],
		['Update Role', { resource: 'teamMember', operation: 'updateRole', business, role: 'business_employee' }, 'put'],
	] as const)('%s by whole-number ID: nothing is sent, because it may be the only owner or the connected user', async (_name, parameters, method) => {
		onLists({ team: [{ ...PERSON, business_role_name: 'owner' }], members: [memberRow(1, { ...NOBODY_IN_PARTICULAR, role: 'owner' })] });
		let sent = 0;
		nock(API)[method](`${MEMBERS}/1`).optionally().reply(200, () => {
			sent++;
			return { response: { member: { id: 1, role: 'business_employee' } } };
		});
		const text = await said({ ...parameters, member: locator('id', '1') });
		expect(sent).toBe(0);
		expect(text).toContain('without an address');
	});

	test('Remove by UUID does not report a person in the published list as missing', async () => {
		onLists({ team: [{ ...PERSON, ...NOBODY_IN_PARTICULAR }], members: [MEMBER] });
		const text = await said({ ...remove, member: locator('id', UUID) });
		expect(text).not.toMatch(/alreadyMissing|No team member of business/);
		expect(text).toContain('has no whole-number ID');
	});
});

describe('a list that was offered at the first request, and answers 404 later', () => {
	test.each([
		['refused with 403', 403, FORBIDDEN],
		['malformed', 200, { response: {} }],
		['broken off', 200, '{"response": {"memb'],
	])('%s at first: it is unread, not "not offered"', async (_name, status, body) => {
		const lists = onLists();
		lists.instead.members = { status, body };
		let readings = 0;
		Object.defineProperty(lists.instead, 'invitations', {
			get: () => {
				if (++readings > 1) lists.instead.members = { status: 404, body: MISSING };
				return undefined;
			},
		});
		const items = await jsonOf({ ...offboard, email: '={{ $json.email }}', options: { failOnPartial: false, ifNotFound: 'succeed', batchSize: 1 } }, { items: [{ email: 'a@example.com' }, { email: EMAIL }] });
		expect(items.map(({ status: shown }) => shown)).toEqual(['partial', 'partial']);
	});
});

describe('Revoke of an invitation of a person with an unconfirmed address in the members list', () => {
	const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55'), options: { ifMissing: 'succeed' } };
	const unconfirmed = memberRow(5, { email: EMAIL, confirmed: false });
	const invitations = [invitationRow(55, { email: EMAIL })];

	test('revoked by an earlier try: a row that appears late is not reported as an acceptance', async () => {
		const lists = onLists({ invitations });
		nock(API).delete(`${INVITATIONS}/55`).reply(503, () => {
			lists.invitations = [];
			lists.members = [unconfirmed];
			return OWN_500;
		});
		nock(API).delete(`${INVITATIONS}/55`).reply(404, MISSING);
		const text = await said(revoke);
		expect(text).not.toContain('has accepted the invitation');
		expect(text).toContain('"deleted":true');
	});

	test.each([
		['at once', [404]],
		['after a try with an unknown result', [503, 404]],
	])('accepted meanwhile, answered with 404 %s: it is reported', async (_name, statuses) => {
		const lists = onLists({ invitations, members: [unconfirmed] });
		for (const status of statuses) {
			nock(API).delete(`${INVITATIONS}/55`).reply(status, () => {
				lists.invitations = [];
				lists.team = [PERSON];
				lists.members = [MEMBER];
				return status === 503 ? OWN_500 : MISSING;
			});
		}
		expect(await said(revoke)).toContain('has accepted the invitation');
	});
});

describe('Revoke of an invitation with an unknown status', () => {
	test.each([
		['by ID', [{ status: 'queued' }], locator('id', '55'), "Invitation 55 of business 789 has the status 'queued', which is not known"],
		['by email', [{ status: 'queued' }], locator('email', EMAIL), "Invitation 55 of business 789 has the status 'queued', which is not known"],
		['by email, with another pending one', [{}, { status: 'queued' }], locator('email', EMAIL), "Invitation 56 of business 789 has the status 'queued', which is not known"],
	])('%s: nothing is sent', async (_name, rows, invitation, message) => {
		onLists({ invitations: rows.map((row, index) => invitationRow(55 + index, { email: EMAIL, ...row })) });
		let sent = 0;
		nock(API).persist().delete(/invitations/).optionally().reply(204, () => {
			sent++;
			return '';
		});
		const text = await said({ resource: 'invitation', operation: 'revoke', business, invitation, options: { ifMissing: 'succeed' } });
		expect(sent).toBe(0);
		expect(text).toContain(message);
	});

	test('a pending one of the same person is revoked by ID', async () => {
		onLists({ invitations: [invitationRow(55, { email: EMAIL }), invitationRow(56, { email: EMAIL, status: 'queued' })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(204);
		expect(await said({ resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') })).toContain('"deleted":true');
	});
});

describe('Create twice for an address with an expired invitation in the list', () => {
	test('the second item is refused, because the first invited the person', async () => {
		onLists({ invitations: [invitationRow(54, { email: EMAIL, status: 'expired' })] });
		nock(API).post(INVITATIONS).reply(200, { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'pending' } } });
		const create = { resource: 'invitation', operation: 'create', business, email: EMAIL, role: 'business_employee' };
		const output = await jsonOf(create, { items: [{}, {}], continueOnFail: true });
		expect(output).toMatchObject([{ id: 55 }, { error: expect.stringContaining('already has a pending invitation to business 789') }]);
	});
});

describe('Offboard twice in one input, with unreadable lists after the first removal', () => {
	test('the second item knows what the first did', async () => {
		const lists = onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).reply(204, () => {
			lists.team = [];
			lists.members = [];
			return '';
		});
		let refusals = 6;
		Object.defineProperty(lists.instead, 'invitations', { get: () => (lists.members.length === 0 && refusals-- > 0 ? { status: 403, body: FORBIDDEN } : undefined) });
		const output = await jsonOf(offboard, { items: [{}, {}], continueOnFail: true });
		expect(output[0]).toMatchObject({ status: 'partial' });
		expect(JSON.stringify(output[1])).not.toContain('is in none of the businesses');
		expect(output[1]).toMatchObject({ status: 'offboarded', businesses: [{ done: [{ action: 'memberRemoved', id: 1, by: 'thisRun' }] }] });
	});
});

describe('Offboard with archiving', () => {
	const record = staffRow(7, { email: EMAIL, vis_state: 0 });
	let state = 0;
	const onStaff = (status: number, answer: (changed: IDataObject) => nock.Body): void => {
		state = 0;
		nock(API).persist().get('/auth/api/v1/users/me').query(true).reply(200, { response: { id: BOSS.identityId, email: BOSS.email, business_memberships: [{ id: 1, role: 'owner', business: { id: 789, name: 'One', account_id: 'zDmNq' } }] } });
		nock(API).persist().get('/accounting/account/zDmNq/users/staffs').query(true).reply(200, () => staffPage([{ ...record, vis_state: state }]));
		nock(API).put('/accounting/account/zDmNq/users/staffs/7').reply(status, () => {
			state = 2;
			return answer({ ...record, vis_state: 2 });
		});
		onLists();
	};
	const archive = { ...offboard, options: { failOnPartial: false, staff: 'archive' } };

	test('of a person in no list does not report that the lists were read again', async () => {
		onStaff(200, (staff) => ({ response: { result: { staff } } }));
		const text = await said(archive);
		expect(text).toContain('was archived');
		expect(text).not.toContain('read again');
	});

	test.each([
		['returns the unchanged record', { ...record, vis_state: 0 }],
		['returns another record', { ...record, id: 8, userid: 8, vis_state: 2 }],
	])('does not credit somebody else if FreshBooks accepts it and %s', async (_name, staff) => {
		onStaff(200, () => ({ response: { result: { staff } } }));
		const text = await said(archive);
		expect(text).toContain('"by":"thisRun"');
	});
});

describe('an invitation that is gone before its revocation', () => {
	test('Offboard does not report that it was revoked', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(404, () => {
			lists.invitations = [];
			return MISSING;
		});
		const text = await said(offboard);
		expect(text).not.toContain('was revoked');
		expect(text).toContain('was not pending any more');
	});

	test('Onboard names a duplicate that an earlier try revoked', async () => {
		const lists = onLists({ invitations: [55, 56].map((id) => invitationRow(id, { email: EMAIL, role: 'employee' })) });
		nock(API).delete(`${INVITATIONS}/56`).reply(503, () => {
			lists.invitations = lists.invitations.slice(0, 1);
			return OWN_500;
		});
		nock(API).delete(`${INVITATIONS}/56`).reply(404, MISSING);
		expect(await jsonOf(onboard)).toMatchObject([{ status: 'alreadyInvited', invitation: { id: 55 }, revokedDuplicates: [56] }]);
	});

	test('Onboard names a duplicate that it revoked if the other one is gone too', async () => {
		const lists = onLists({ invitations: [55, 56].map((id) => invitationRow(id, { email: EMAIL, role: 'employee' })) });
		nock(API).delete(`${INVITATIONS}/56`).reply(204, () => {
			lists.invitations = [];
			return '';
		});
		expect(await said(onboard)).toContain('"revokedDuplicates":[56]');
	});
});

describe('Onboard of a person whom a list of people shows at once as not joined', () => {
	test.each([
		['the members list, unconfirmed', { members: [memberRow(5, { email: EMAIL, confirmed: false })] }],
		['the published list, without identity', { team: [teamMemberRow(5, { email: EMAIL, active: true, identity_id: null, invitation_date_accepted: null })] }],
		['the published list, as inactive', { team: [teamMemberRow(5, { email: EMAIL, active: false, identity_id: null, invitation_date_accepted: null })] }],
	])('%s: the list of invitations still gets its 15 seconds', async (_name, rows) => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(200, () => {
			Object.assign(lists, rows);
			return { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'pending' } } };
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		expect(await jsonOf(onboard)).toMatchObject([{ status: 'invited', verified: true }]);
	});
});

describe('a request that was answered with 401 before the refresh broke off', () => {
	const broken = Object.assign(new Error('the network said ECONNRESET'), { code: 'ECONNRESET' });
	const EXPIRED = { error: 'unauthenticated', error_description: 'This action requires authentication to continue.' };

	test('Create: the error does not say that the invitation may still arrive, and it is sent with the next token', async () => {
		onLists({}, 789, ['first-access-token', 'second-access']);
		nock(API).post(INVITATIONS).times(5).reply(401, EXPIRED);
		nock(API).post('/auth/oauth/token').times(5).replyWithError(broken);
		const text = await said({ resource: 'invitation', operation: 'create', business, email: EMAIL, role: 'business_employee' });
		expect(text).not.toMatch(/may still arrive|not known whether/);
		expect(text).toContain('othing was done');
	});

	test('Remove: the error does not say that it may have been carried out', async () => {
		onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).times(5).reply(401, EXPIRED);
		nock(API).post('/auth/oauth/token').times(5).replyWithError(broken);
		const text = await said({ resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') });
		expect(text).not.toContain('may not have been carried out');
		expect(text).toContain('othing was done');
	});
});

describe('projects and time of a leaver', () => {
	const withScope = (scope: string) => ({ credential: connectedCredential({ scope: `user:profile:read user:teams:read user:teams:write ${scope}` }) });
	const removable = (): void => {
		const lists = onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).reply(204, () => {
			lists.team = [];
			lists.members = [];
			return '';
		});
	};
	const leftOutOf = async (scope: string): Promise<IDataObject> => {
		const [item] = await jsonOf(offboard, withScope(scope));
		return (item.businesses as IDataObject[])[0].handOver as IDataObject;
	};

	test('does not report no project if the group of a project has no members field', async () => {
		removable();
		nock(API).persist().get('/projects/business/789/projects').query(true).reply(200, topLevelPage('projects', [projectRow(1, { group: { id: 6543 } })]));
		expect(await leftOutOf('user:projects:read')).toMatchObject({ projects: null, leftOut: [expect.stringContaining('does not say who works on'), expect.any(String)] });
	});

	test('a time entry without a duration is not reported as hidden', async () => {
		removable();
		const entry = { id: 1, identity_id: 71, billed: false, duration: null };
		nock(API).persist().get('/timetracking/business/789/time_entries').query(true).reply(200, topLevelPage('time_entries', [entry]));
		const { unbilledSeconds, leftOut } = await leftOutOf('user:time_entries:read');
		expect(unbilledSeconds).toBeNull();
		expect(leftOut).toContainEqual(expect.stringMatching(/without a duration/));
	});
});

describe('a business that others change during the reading of its lists', () => {
	/** Answers `times` pages that each repeat rows of the page before. */
	const onMovingPages = (times: number): void => {
		const rows = Array.from({ length: 100 }, (_, number) => teamMemberRow(number + 10));
		nock(API).get('/auth/api/v1/businesses/789/team_members').query(true).times(times).reply(200, { response: rows, meta: { page: 1, per_page: 100, total: 150 } });
	};

	test('is read again after pauses, until the lists do not change', async () => {
		// Two pages twice are one reading. The sixth reading is complete.
		onMovingPages(20);
		const lists = onLists({ team: [PERSON], members: [MEMBER] });
		nock(API).delete(`${MEMBERS}/1`).reply(204, () => {
			lists.team = lists.members = [];
			return '';
		});
		expect(await jsonOf({ ...offboard, businesses: 'selected', businessIds: [789] })).toMatchObject([{ status: 'offboarded' }]);
		expect(waited()).toBeGreaterThanOrEqual(7_000);
	});

	test('is read for at most 15 seconds, and then nothing is changed', async () => {
		onMovingPages(28);
		onLists({ team: [PERSON], members: [MEMBER] });
		expect(await said({ ...offboard, businesses: 'selected', businessIds: [789] })).toContain('changed while it was read');
		expect(waited()).toBe(15_000);
	});
});
