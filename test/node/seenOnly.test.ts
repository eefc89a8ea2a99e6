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

/** Nothing is said that was not seen: what a review from outside found. */

describe('Revoke of a pending invitation of somebody who was a member before', () => {
	const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') };
	const there = () => onLists({ team: [PERSON], members: [MEMBER], invitations: [invitationRow(55, { email: EMAIL })] });

	test('an earlier try revoked it: nothing says that it was accepted and not revoked', async () => {
		const lists = there();
		nock(API).delete(`${INVITATIONS}/55`).reply(503, () => {
			lists.invitations = [];
			return OWN_500;
		});
		nock(API).delete(`${INVITATIONS}/55`).reply(404, MISSING);
		const text = await said(revoke);
		expect(text).not.toContain('Nothing was revoked');
	});

	test('refused with 403 while it is still pending: nothing says that it was accepted', async () => {
		there();
		nock(API).delete(`${INVITATIONS}/55`).reply(403, FORBIDDEN);
		const text = await said(revoke);
		expect(text).not.toContain('has accepted the invitation');
	});

	test('by email, twice in the input: the second does not say that it was accepted', async () => {
		const lists = there();
		nock(API).delete(`${INVITATIONS}/55`).reply(204, () => {
			lists.invitations = [];
			return '';
		});
		const text = await said({ ...revoke, invitation: locator('email', EMAIL) }, { items: [{}, {}], continueOnFail: true });
		expect(text).not.toContain('has accepted the invitation');
	});
});

describe('an invitation is not called accepted because FreshBooks lists the invited person', () => {
	test('Onboard: the published list shows them at once, without identity, the invitations list lags', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(200, () => {
			lists.team = [teamMemberRow(5, { email: EMAIL, active: true, identity_id: null, invitation_date_accepted: null })];
			return { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'pending' } } };
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});

	test('Onboard: POST ends unclear, the members list shows them with an unconfirmed address, the invitations list lags', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(504, () => {
			lists.members = [memberRow(5, { email: EMAIL, confirmed: false })];
			return '<html>Gateway</html>';
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});

	test('Create: the same answers no status accepted', async () => {
		const lists = onLists();
		nock(API).post(INVITATIONS).reply(504, () => {
			lists.members = [memberRow(5, { email: EMAIL, confirmed: false })];
			return '<html>Gateway</html>';
		});
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 3_000 ? [invitationRow(55, { email: EMAIL })] : []) });
		const text = await said({ resource: 'invitation', operation: 'create', business, email: EMAIL, role: 'business_employee' });
		expect(text).not.toContain('"accepted"');
	});

	test('Onboard: FreshBooks answers the POST with an invitation that has expired', async () => {
		onLists();
		nock(API).post(INVITATIONS).reply(200, { response: { invitation: { id: 55, email: EMAIL, role: 'business_employee', status: 'expired' } } });
		const text = await said(onboard);
		expect(text).not.toContain('has accepted already');
	});
});

describe('Offboard of an invitation that FreshBooks calls accepted', () => {
	test.each([
		['200 with the accepted invitation', 200, { response: { invitation: { id: 55, status: 'accepted' } } }],
		['422 with a sentence', 422, { error: 'invalid_resource', error_description: 'Invitation was already accepted.' }],
	])('%s, the member not listed within 15 seconds, is not "revoked" and not verified', async (_name, status, body) => {
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
	test('of somebody with an invitation only: the second item knows what the first did', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(204, () => {
			lists.invitations = [];
			return '';
		});
		const text = await said(offboard, { items: [{}, {}], continueOnFail: true });
		expect(text).not.toContain('is in none of the businesses');
	});

	test('the removal that the first item sent is not called somebody else\'s by the second', async () => {
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
	test('archived by somebody else while this run was refused is not called this run\'s', async () => {
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

describe('a 404 of the invitations list that FreshBooks did not write', () => {
	test.each([
		['problem JSON of a gateway', { type: 'about:blank', title: 'Not Found', status: 404 }],
		['an empty body', ''],
		['FreshBooks own 404 (left out without a word)', MISSING],
	])('%s: Offboard does not call the person offboarded and verified in silence', async (_name, body) => {
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

describe('an execution that is stopped after a write was accepted', () => {
	test('Offboard: stopped while the lists are read again', async () => {
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
	test('is not removed because of an owner of whom FreshBooks does not say whether they are active', async () => {
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

describe('somebody who accepts between two items', () => {
	test('is not reported with a pending invitation by a later item', async () => {
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

describe('Onboard beside another run', () => {
	test('a membership that came of another invitation is not called the acceptance of ours, which is still pending', async () => {
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
	test('has an id for everybody', async () => {
		nock(API).get('/auth/api/v1/users/business/789').reply(200, { response: { id: 789, business_group: { members: [{ email: EMAIL, identity_id: 71, role: 'owner', active: true }] } } });
		const [item] = await jsonOf({ resource: 'teamMember', operation: 'getAll', business, returnAll: true, source: 'businessGroup', options: { outputFormat: 'scim' } });
		expect(item.id).toBeTruthy();
	});
});

describe('Offboard to archive staff, the person in no list', () => {
	test('says that staff records were not looked at where no accounting system is named', async () => {
		onLists();
		const text = await said({ ...offboard, options: { failOnPartial: false, ifNotFound: 'succeed', staff: 'archive' } });
		expect(text).toMatch(/staff records were not looked at/);
	});
});

describe('what FreshBooks leaves out', () => {
	test('Offboard does not call it no project where a project does not say who works on it', async () => {
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

	test('SCIM: a time without a zone is New York, whatever the zone of this machine', async () => {
		onLists({ team: [{ ...PERSON, created_at: '2026-01-05 10:38:41' }] });
		const items = await jsonOf({ resource: 'teamMember', operation: 'getAll', business, returnAll: true, options: { outputFormat: 'scim' } });
		expect(items).toContainEqual(expect.objectContaining({ userName: EMAIL, meta: expect.objectContaining({ created: '2026-01-05T15:38:41.000Z' }) }));
	});
});
