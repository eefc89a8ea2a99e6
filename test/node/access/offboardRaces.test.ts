import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { run } from '../../harness/context';
import { invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage } from '../../harness/examples';
import { onDelete, onGet, onTheWire, pageOf } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

/** What the sandbox cannot time: things that happen between two requests of the node. */

const EMAIL = 'lee.aver@example.com';
const TEAM = pageOf('/auth/api/v1/businesses/101/team_members');
const MEMBERS = pageOf('/auth/api/v1/business/101/members');
const INVITATIONS = pageOf('/auth/api/v1/business/101/invitations');
const ME = {
	response: {
		id: 9,
		email: 'boss@example.com',
		business_memberships: [{ id: 1, role: 'owner', business: { id: 101, name: 'One', account_id: null } }],
	},
};

interface Lists {
	team?: IDataObject[];
	members?: IDataObject[];
	invitations?: IDataObject[];
}

/** The next reading of the three lists. */
function lists({ team = [], members = [], invitations = [] }: Lists): void {
	onGet(TEAM).reply(200, teamMembersPage(team));
	onGet(MEMBERS).reply(200, membersPage(members));
	onGet(INVITATIONS).reply(200, invitationsAnswer(invitations));
}

async function offboardAtOnce(batchSize: number, ...emails: string[]): Promise<IDataObject[]> {
	const items = emails.map((email) => ({ email }));
	const parameters = { resource: 'access', operation: 'offboard', email: '={{ $json.email }}', options: { failOnPartial: false, batchSize } };
	return (await run(parameters, { items })).map(({ json }) => json);
}

async function offboard(...emails: string[]): Promise<IDataObject[]> {
	return await offboardAtOnce(1, ...emails);
}

const person = (changes: IDataObject = {}) => teamMemberRow(1, { email: EMAIL, active: true, ...changes });

describe('access: offboard, when things change meanwhile', () => {
	jest.setTimeout(60_000);
	onTheWire();
	onAFastClock();
	beforeEach(() => {
		onGet('/auth/api/v1/users/me').reply(200, ME);
	});

	test('an invitation accepted before it could be revoked: the new member is removed in a second round', async () => {
		lists({ invitations: [invitationRow(55, { email: EMAIL })] });
		onDelete('/auth/api/v1/business/101/invitations/55').reply(404, { error: 'not_found' });
		lists({ team: [person()], members: [memberRow(7, { email: EMAIL })] });
		onDelete('/auth/api/v1/business/101/members/7').reply(204);
		lists({});
		const [report] = await offboard(EMAIL);
		expect(report).toMatchObject({
			status: 'offboarded',
			businesses: [{ outcome: 'removed', verified: true, done: [{ action: 'invitationRevoked', wasGone: true }, { action: 'memberRemoved', wasGone: false }] }],
		});
	});

	test('an invitation accepted while the lists are read: the new member does not slip through between them', async () => {
		let accepted = false;
		let members = [memberRow(7, { email: EMAIL })];
		onGet(INVITATIONS).times(2).reply(200, () => {
			accepted = true;
			return invitationsAnswer([]);
		});
		onGet(TEAM).times(2).reply(200, () => teamMembersPage([]));
		onGet(MEMBERS).times(2).reply(200, () => membersPage(accepted ? members : []));
		onDelete('/auth/api/v1/business/101/members/7').reply(204, () => {
			members = [];
		});
		expect((await offboard(EMAIL))[0]).toMatchObject({ status: 'offboarded', businesses: [{ outcome: 'removed', done: [{ action: 'memberRemoved', id: 7 }] }] });
	});

	test('a member whom FreshBooks still lists after a moment is not done', async () => {
		const there = { team: [person()], members: [memberRow(7, { email: EMAIL })] };
		lists(there);
		onDelete('/auth/api/v1/business/101/members/7').reply(204);
		lists(there);
		lists(there);
		const [report] = await offboard(EMAIL);
		expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [] }] });
		expect(report.message).toContain('still lists it');
	});

	test('a list that catches up after a moment is done', async () => {
		const there = { team: [person()], members: [memberRow(7, { email: EMAIL })] };
		lists(there);
		onDelete('/auth/api/v1/business/101/members/7').reply(204);
		lists(there);
		lists({});
		expect((await offboard(EMAIL))[0]).toMatchObject({ status: 'offboarded', businesses: [{ verified: true }] });
	});

	test('gone from the list by whole number, but still active in the published one: not done', async () => {
		lists({ team: [person()], members: [memberRow(7, { email: EMAIL })] });
		onDelete('/auth/api/v1/business/101/members/7').reply(204);
		lists({ team: [person()] });
		const [report] = await offboard(EMAIL);
		expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [{ action: 'memberRemoved' }] }] });
	});

	test.each([
		[403, { error: 'forbidden', error_description: 'Permission Denied.' }],
		[404, { error: 'not_found' }],
	])('a removal answered %i of somebody listed as inactive is not told as done', async (status, body) => {
		const there = { team: [person({ active: false })], members: [memberRow(7, { email: EMAIL })] };
		lists(there);
		onDelete('/auth/api/v1/business/101/members/7').reply(status, body);
		lists(there);
		const [report] = await offboard(EMAIL);
		expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'failed', verified: false, done: [], notDone: [{ what: 'membership', id: 7 }] }] });
	});

	test.each([
		['an earlier try of the same removal that ended in a 500', [500, 404]],
		['somebody else, meanwhile', [404]],
	])('taken out by %s, and kept in the lists as inactive: done', async (_name, statuses) => {
		lists({ team: [person()], members: [memberRow(7, { email: EMAIL })] });
		for (const status of statuses) onDelete('/auth/api/v1/business/101/members/7').reply(status, { error: 'not_found' });
		lists({ team: [person({ active: false })], members: [memberRow(7, { email: EMAIL })] });
		const [report] = await offboard(EMAIL);
		expect(report).toMatchObject({ status: 'offboarded', businesses: [{ outcome: 'removed', verified: true, done: [{ action: 'memberRemoved', id: 7, wasGone: true }] }] });
	});

	test('of two owners in one run only the first is removed: the other is the only one by then', async () => {
		const owner = (id: number) => memberRow(id, { email: `owner${id}@example.com`, role: 'owner' });
		const both = { members: [owner(1), owner(2)] };
		lists(both);
		lists(both);
		onDelete('/auth/api/v1/business/101/members/1').reply(204);
		lists({ members: [owner(2)] });
		lists({ members: [owner(2)] });
		const reports = await offboard('owner1@example.com', 'owner2@example.com');
		expect(reports.map(({ status }) => status)).toEqual(['offboarded', 'refused']);
	});

	test('of two owners at the same time, too', async () => {
		const owner = (id: number) => memberRow(id, { email: `owner${id}@example.com`, role: 'owner' });
		let members = [owner(1), owner(2)];
		onGet(TEAM).times(4).reply(200, () => teamMembersPage([]));
		onGet(MEMBERS).times(4).reply(200, () => membersPage(members));
		onGet(INVITATIONS).times(4).reply(200, () => invitationsAnswer([]));
		onDelete('/auth/api/v1/business/101/members/1').reply(204, () => {
			members = members.filter(({ id }) => id !== 1);
		});
		const reports = await offboardAtOnce(5, 'owner1@example.com', 'owner2@example.com');
		expect(reports.map(({ status }) => status)).toEqual(['offboarded', 'refused']);
		expect(members).toHaveLength(1);
	});

	test('an owner beside whom there is only an inactive one is the only one', async () => {
		const owners = {
			team: [person({ business_role_name: 'owner' }), teamMemberRow(2, { business_role_name: 'owner', active: false })],
			members: [memberRow(7, { email: EMAIL, role: 'owner' }), memberRow(2, { role: 'owner' })],
		};
		lists(owners);
		lists(owners);
		expect((await offboard(EMAIL))[0]).toMatchObject({ status: 'refused', businesses: [{ outcome: 'refused', done: [] }] });
	});

	test('every membership of an address goes, also a second one', async () => {
		lists({ members: [memberRow(7, { email: EMAIL }), memberRow(8, { email: EMAIL.toUpperCase() })] });
		onDelete('/auth/api/v1/business/101/members/7').reply(204);
		onDelete('/auth/api/v1/business/101/members/8').reply(204);
		lists({});
		expect((await offboard(EMAIL))[0]).toMatchObject({ status: 'offboarded', businesses: [{ done: [{ id: 7 }, { id: 8 }] }] });
	});
});
