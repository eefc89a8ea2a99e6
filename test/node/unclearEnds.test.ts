import nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { API, errorOf, jsonOf, locator, run } from '../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../harness/examples';
import { onLists, type Lists } from '../harness/lists';
import { onPut, onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** Reports after a write with an unknown result, or with a later failure. */

const business = locator('id', '789');
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const EMAIL = 'staff@example.com';
const MISSING = { error: 'not_found', error_description: 'No such thing.' };
const FORBIDDEN = { error: 'forbidden', error_description: 'Permission Denied.' };
const OWN_500 = { error: 'internal_server_error', error_description: 'internal server error' };
const NOBODY = { response: [], meta: { page: 1, per_page: 100, total: 0 } };

const remove = { resource: 'teamMember', operation: 'remove', business, member: locator('id', '1') };
const revoke = { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', '55') };
const onboard = { resource: 'access', operation: 'onboard', business, email: EMAIL, role: 'employee' };

/** Answers a DELETE once, after calling `meanwhile`. */
function onRemoval(path: string, status: number, meanwhile: () => void, body: nock.Body = ''): void {
	nock(API)
		.delete(path)
		.reply(status, () => {
			meanwhile();
			return body;
		});
}

describe('Remove of one of two owners', () => {
	const owner = { email: EMAIL, business_role_name: 'owner', active: true };
	const twoOwners = (): Lists => onLists({ team: [teamMemberRow(1, owner)], members: [memberRow(1, { email: EMAIL })] });

	test.each([
		['cannot be read', { status: 403, body: FORBIDDEN }],
		['shows nobody', { status: 200, body: NOBODY }],
	])('does not report that no owner is left if the published list %s afterwards', async (_case, answer) => {
		const lists = twoOwners();
		onRemoval(`${MEMBERS}/1`, 204, () => {
			lists.instead.team = answer;
		});
		const said = await jsonOf(remove).then((items) => JSON.stringify(items), (error: Error) => error.message);
		expect(said).not.toContain('lists no active owner');
	});

	test('reports that no owner is left if the other one left at the same time, even if the list still shows the removed one', async () => {
		const lists = twoOwners();
		onRemoval(`${MEMBERS}/1`, 204, () => {
			lists.bossRole = 'business_partner';
		});
		expect((await errorOf(remove)).message).toContain('no active owner of business 789');
	});
});

describe('Update Role that FreshBooks answers without a role', () => {
	test('does not report the listed role if the members list cannot be read afterwards', async () => {
		const lists = onLists({ members: [memberRow(1, { email: EMAIL, role: 'employee' })] });
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, () => {
			lists.instead.members = { status: 403, body: FORBIDDEN };
			return {};
		});
		const { message, description } = await errorOf({ resource: 'teamMember', operation: 'updateRole', business, member: locator('id', '1'), role: 'admin' });
		expect(message).not.toMatch(/lists staff@example\.com/);
		expect(`${message} ${description}`).toContain('could not be');
	});
});

describe('Revoke of an invitation that was accepted meanwhile is not a success', () => {
	const accepted = (lists: Lists) => () => {
		lists.invitations = [];
		lists.team = [teamMemberRow(1, { email: EMAIL, active: true })];
		lists.members = [memberRow(1, { email: EMAIL })];
	};

	test('if the result of every try is unknown', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).times(4).reply(503, OWN_500);
		onRemoval(`${INVITATIONS}/55`, 503, accepted(lists), OWN_500);
		expect((await errorOf(revoke)).message).toContain('has accepted the invitation');
	});

	test('if a 404 follows a try with an unknown result', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] });
		nock(API).delete(`${INVITATIONS}/55`).reply(503, OWN_500);
		onRemoval(`${INVITATIONS}/55`, 404, accepted(lists), MISSING);
		expect((await errorOf(revoke)).message).toContain('has accepted the invitation');
	});
});

describe('Onboard that revoked a duplicate', () => {
	const two = [55, 56].map((id) => invitationRow(id, { email: EMAIL, role: 'employee' }));

	test('does not report that nothing was changed if the lists are doubtful afterwards, and names the revoked one', async () => {
		const lists = onLists({ invitations: two });
		onRemoval(`${INVITATIONS}/56`, 204, () => {
			lists.instead.team = { status: 200, body: NOBODY };
		});
		const said = await run(onboard).then((items) => JSON.stringify(items), (error: Error & { description: string; context: object }) => `${error.message} ${error.description} ${JSON.stringify(error.context)}`);
		expect(said).not.toContain('Nothing was changed');
		expect(said).toContain('56');
	});

	test('names it even if the list cannot be read afterwards', async () => {
		const lists = onLists();
		nock(API)
			.post(INVITATIONS)
			.reply(200, () => {
				lists.invitations = two;
				return { response: { invitation: two[0] } };
			});
		onRemoval(`${INVITATIONS}/56`, 204, () => {
			lists.instead.invitations = { status: 403, body: FORBIDDEN };
		});
		expect(await jsonOf(onboard)).toMatchObject([{ status: 'invited', verified: false, revokedDuplicates: [56] }]);
	});
});

describe('the same team member named in two ways in one input', () => {
	test('is removed once, and the second item uses the first one\'s result', async () => {
		const lists = onLists({ members: [memberRow(1, { email: EMAIL })] });
		onRemoval(`${MEMBERS}/1`, 204, () => {
			lists.members = [];
		});
		nock(API).delete(`${MEMBERS}/1`).optionally().reply(404, MISSING);
		const items = [{ member: { ...locator('id', '1') } }, { member: { ...locator('email', EMAIL) } }];
		const output = await jsonOf({ ...remove, member: '={{ $json.member }}' }, { items, continueOnFail: true });
		expect(output).toMatchObject([{ deleted: true, memberId: 1 }, { error: expect.stringContaining('was removed from business 789 by an earlier item') }]);
	});
});

test("an unknown UUID with 'If Not Found: Succeed' is named in the output", async () => {
	onLists();
	const uuid = '00000000-0000-4000-8000-000000000077';
	const [item] = await jsonOf({ ...remove, member: locator('id', uuid), options: { ifMissing: 'succeed' } });
	expect(JSON.stringify(item)).toContain(uuid);
});
