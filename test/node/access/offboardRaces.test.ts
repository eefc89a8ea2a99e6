import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock, waits } from '../../harness/clock';
import { API, run } from '../../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../../harness/examples';
import { onLists, type Lists } from '../../harness/lists';
import { onDelete, onTheWire } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

/** Changes between two requests of the node, which the sandbox cannot time. */

const EMAIL = 'lee.aver@example.com';
const MEMBER_7 = '/auth/api/v1/business/101/members/7';
const INVITATION_55 = '/auth/api/v1/business/101/invitations/55';
const GONE = { error: 'not_found' };
const OWN_500 = { error: 'internal_server_error', error_description: 'internal server error' };

async function offboardAtOnce(batchSize: number, emails: string[], options: IDataObject = {}): Promise<IDataObject[]> {
	const items = emails.map((email) => ({ email }));
	const parameters = {
		resource: 'access',
		operation: 'offboard',
		email: '={{ $json.email }}',
		options: { failOnPartial: false, ifNotFound: 'succeed', batchSize, ...options },
	};
	return (await run(parameters as never, { items })).map(({ json }) => json);
}

async function offboard(email = EMAIL, options: IDataObject = {}): Promise<IDataObject> {
	return (await offboardAtOnce(1, [email], options))[0];
}

const person = (changes: IDataObject = {}) => teamMemberRow(1, { email: EMAIL, active: true, business_role_name: 'business_employee', ...changes });
const member = (changes: IDataObject = {}) => memberRow(7, { email: EMAIL, role: 'business_employee', ...changes });
const waited = (): number => waits.reduce((sum, ms) => sum + ms, 0);
const there = (changes: Partial<Pick<Lists, 'team' | 'members' | 'invitations'>> = {}) => onLists({ team: [person()], members: [member()], ...changes }, 101);

/** FreshBooks answers a removal with a status, and its lists show the result. */
function onRemoval(path: string, status: number, body: nock.Body, effect: () => void = () => undefined): void {
	nock(API)
		.delete(path)
		.reply(status, () => {
			effect();
			return body;
		});
}

describe('access: offboard, with changes during the run', () => {
	onTheWire();
	onAFastClock();

	test('an invitation accepted before it is revoked: the new member is removed, and no revocation is reported', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] }, 101);
		onRemoval(INVITATION_55, 404, GONE, () => Object.assign(lists, { team: [person()], members: [member()], invitations: [] }));
		onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, { team: [], members: [] }));
		expect(await offboard()).toMatchObject({
			status: 'offboarded',
			businesses: [{ outcome: 'removed', verified: true, done: [{ action: 'memberRemoved', id: 7, by: 'thisRun', wasGone: false }] }],
		});
	});

	test('an invitation that somebody else revokes meanwhile is gone, but not revoked by this run', async () => {
		const lists = onLists({ invitations: [invitationRow(55, { email: EMAIL })] }, 101);
		onRemoval(INVITATION_55, 404, GONE, () => Object.assign(lists, { invitations: [] }));
		expect(await offboard()).toMatchObject({
			status: 'offboarded',
			businesses: [{ outcome: 'invitationRevoked', done: [{ action: 'invitationRevoked', id: 55, by: 'somebodyElse', wasGone: true }] }],
		});
	});

	test('an invitation accepted during the reading of the lists: the new member is not missed', async () => {
		const lists = onLists({}, 101);
		Object.defineProperty(lists, 'invitations', {
			get: () => {
				if (lists.readings.invitations === 1) lists.members = [member()];
				return [];
			},
		});
		onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, { members: [] }));
		expect(await offboard()).toMatchObject({ status: 'offboarded', businesses: [{ outcome: 'removed', done: [{ action: 'memberRemoved', id: 7 }] }] });
	});

	test('a member who is still listed after 15 seconds is not done', async () => {
		there();
		onDelete(MEMBER_7).reply(204);
		const report = await offboard();
		expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [] }] });
		expect(report.message).toContain('still show the access');
		expect(waited()).toBe(15_000);
	});

	test.each(['team', 'members'] as const)('is done if the list of %s catches up after 9 seconds', async (list) => {
		const lists = there();
		const rows = lists[list];
		onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, list === 'team' ? { members: [] } : { team: [] }));
		Object.defineProperty(lists, list, { get: () => (waited() >= 9_000 ? [] : rows) });
		expect(await offboard()).toMatchObject({ status: 'offboarded', businesses: [{ verified: true }] });
	});

	test('also waits for an invitation that is still listed some seconds after a 404', async () => {
		const lists = onLists({}, 101);
		Object.defineProperty(lists, 'invitations', { get: () => (waited() >= 9_000 ? [] : [invitationRow(55, { email: EMAIL })]) });
		onDelete(INVITATION_55).reply(404, GONE);
		expect(await offboard()).toMatchObject({ status: 'offboarded', businesses: [{ verified: true, done: [{ wasGone: true }] }] });
	});

	test('gone from the members list, but still active in the published list: not done', async () => {
		const lists = there();
		onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, { members: [] }));
		expect(await offboard()).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [{ action: 'memberRemoved' }] }] });
	});

	test.each([
		[403, { error: 'forbidden', error_description: 'Permission Denied.' }],
		[404, GONE],
	])('a removal of an inactive person that is answered with %i is not reported as done', async (status, body) => {
		there({ team: [person({ active: false })] });
		onDelete(MEMBER_7).reply(status, body);
		expect(await offboard()).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [], notDone: [{ what: 'membership', id: 7 }] }] });
	});

	test.each([
		['an earlier try of the same removal that ended in a 500', 'earlierTry', [500, 404]],
		['somebody else, meanwhile', 'somebodyElse', [404]],
	])('removed by %s, and kept in the lists as inactive: done', async (_name, by, statuses) => {
		const lists = there();
		for (const status of statuses) onRemoval(MEMBER_7, status, status === 500 ? OWN_500 : GONE, () => Object.assign(lists, { team: [person({ active: false })] }));
		expect(await offboard()).toMatchObject({
			status: 'offboarded',
			businesses: [{ outcome: 'removed', verified: true, done: [{ action: 'memberRemoved', id: 7, by, wasGone: by === 'somebodyElse' }] }],
		});
	});

	describe('owners', () => {
		const owner = (id: number) => ({ team: teamMemberRow(id, { email: `owner${id}@example.com`, business_role_name: 'owner', active: true }), member: memberRow(id, { email: `owner${id}@example.com`, role: 'owner' }) });

		/** A business with these owners. The connected user is not one. */
		function ownedBy(...ids: number[]): Lists {
			const lists = onLists({ team: ids.map((id) => owner(id).team), members: ids.map((id) => owner(id).member) }, 101);
			lists.bossRole = 'business_partner';
			return lists;
		}

		const removes = (lists: Lists, id: number) =>
			onRemoval(`/auth/api/v1/business/101/members/${id}`, 204, '', () => {
				lists.team = lists.team.filter(({ email }) => email !== `owner${id}@example.com`);
				lists.members = lists.members.filter((row) => row.id !== id);
			});

		test.each([1, 5])('of two in one run, %i at a time, only the first is removed: the other is then the only one', async (batchSize) => {
			const lists = ownedBy(1, 2);
			removes(lists, 1);
			const reports = await offboardAtOnce(batchSize, ['owner1@example.com', 'owner2@example.com']);
			expect(reports.map(({ status }) => status)).toEqual(['offboarded', 'refused']);
			expect(lists.members).toHaveLength(1);
		});

		test('one is the only owner if the other is inactive', async () => {
			const lists = ownedBy(1, 2);
			lists.team[1] = { ...lists.team[1], active: false };
			expect(await offboard('owner1@example.com')).toMatchObject({ status: 'refused', businesses: [{ outcome: 'refused', done: [] }] });
		});

		test('an owner row without an address is not a second owner', async () => {
			const lists = ownedBy(1);
			lists.members = [{ ...owner(1).member, email: null }];
			lists.team.push(teamMemberRow(2, { email: null, identity_id: null, business_role_name: 'owner', active: true }));
			expect(await offboard('owner1@example.com')).toMatchObject({ status: 'refused' });
		});

		test('two runs remove the two owners at the same time: the report says that no owner is left', async () => {
			const lists = ownedBy(1, 2);
			onRemoval('/auth/api/v1/business/101/members/1', 204, '', () => Object.assign(lists, { team: [], members: [] }));
			const report = await offboard('owner1@example.com');
			expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, notDone: [{ what: 'owner', reason: expect.stringContaining('no active owner') }] }] });
		});
	});

	test('every membership of an address is removed, even a second one', async () => {
		const lists = onLists({ members: [member(), memberRow(8, { email: EMAIL.toUpperCase() })] }, 101);
		for (const id of [7, 8]) {
			onRemoval(`/auth/api/v1/business/101/members/${id}`, 204, '', () => {
				lists.members = lists.members.filter((row) => row.id !== id);
			});
		}
		expect(await offboard()).toMatchObject({ status: 'offboarded', businesses: [{ done: [{ id: 7 }, { id: 8 }] }] });
	});

	describe('the same identity with another address', () => {
		const alias = { team: teamMemberRow(2, { email: 'alias@example.com', identity_id: 71, active: true }), member: memberRow(8, { email: 'alias@example.com', identity_id: 71 }) };
		const both = () => onLists({ team: [person({ identity_id: 71 }), alias.team], members: [member({ identity_id: 71 }), alias.member] }, 101);

		test('is not removed by default: it is named and makes the result partial', async () => {
			const lists = both();
			onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, { team: [alias.team], members: [alias.member] }));
			expect(await offboard()).toMatchObject({
				status: 'partial',
				businesses: [{ done: [{ action: 'memberRemoved', id: 7 }], notDone: [{ what: 'otherAddress', reason: expect.stringContaining('alias@example.com') }], found: { otherAddresses: [{ email: 'alias@example.com' }, { memberId: 8 }] } }],
			});
		});

		test('is removed too if chosen', async () => {
			const lists = both();
			onRemoval(MEMBER_7, 204, '', () => Object.assign(lists, { team: [alias.team], members: [alias.member] }));
			onRemoval('/auth/api/v1/business/101/members/8', 204, '', () => Object.assign(lists, { team: [], members: [] }));
			expect(await offboard(EMAIL, { includeOtherAddresses: true })).toMatchObject({ status: 'offboarded', businesses: [{ verified: true, done: [{ id: 7 }, { id: 8 }] }] });
		});

		test('is the connected user, whatever address is named', async () => {
			onLists({ members: [member({ identity_id: 9 })] }, 101);
			expect(await offboard()).toMatchObject({ status: 'refused' });
		});

		test('is an owner, whatever address is named', async () => {
			const lists = onLists({ team: [person({ identity_id: 71, business_role_name: 'business_employee' }), teamMemberRow(2, { email: 'alias@example.com', identity_id: 71, active: true, business_role_name: 'owner' })], members: [member({ identity_id: 71 })] }, 101);
			lists.bossRole = 'business_partner';
			expect(await offboard()).toMatchObject({ status: 'refused', message: 'lee.aver@example.com owns One (business 101) and cannot be removed. To fix this, ask FreshBooks support to transfer the business to another owner first.' });
		});
	});

	test('a list that was read once and later answers 404 is unread, not "not offered"', async () => {
		const lists = there();
		onRemoval(MEMBER_7, 204, '', () => {
			Object.assign(lists, { team: [], members: [] });
			lists.instead.members = { status: 404, body: GONE };
		});
		expect(await offboard()).toMatchObject({ status: 'partial', businesses: [{ outcome: 'notVerified', verified: false }] });
	});
});
