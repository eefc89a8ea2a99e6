import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { API, errorOf, jsonOf, locator, runWithHints } from '../harness/context';
import { invitationRow, memberRow, teamMemberRow } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const EMAIL = 'staff@example.com';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const business = locator('id', '789');

/** Pages of invitations with a number of pages and without a total. */
function onInvitationPages(rowsByPage: Record<number, IDataObject[]>): void {
	nock(API).persist().get(INVITATIONS).query(true).reply(200, (uri) => {
		const page = Number(new URL(uri, API).searchParams.get('page'));
		return { response: { invitations: rowsByPage[page] ?? [], pages: { page, pages: 3, per_page: 100 } } };
	});
	onLists();
}

describe('a number of pages without a total', () => {
	test.each<[string, Record<number, IDataObject[]>]>([
		['an empty first page of three is not an empty list', { 2: [invitationRow(55, { email: EMAIL })] }],
		['an empty page in the middle, after a short one, is not the end', { 1: [invitationRow(54)], 3: [invitationRow(55, { email: EMAIL })] }],
	])('%s: nobody is invited again', async (_case, rows) => {
		onInvitationPages(rows);
		let sent = 0;
		nock(API).post(INVITATIONS).optionally().reply(200, () => {
			sent++;
			return { response: { invitation: { id: 56, email: EMAIL, role: 'business_employee', status: 'pending' } } };
		});
		const error = await errorOf({ resource: 'access', operation: 'onboard', business, email: EMAIL, role: 'business_employee' });
		expect(`${error.message} ${error.description}`).toContain('3 pages of');
		expect(sent).toBe(0);
	});

	test('Get Many reports the missing pages', async () => {
		onInvitationPages({ 1: [invitationRow(54)] });
		const { items, hints } = await runWithHints({ resource: 'invitation', operation: 'getAll', business, returnAll: true });
		expect(items).toHaveLength(1);
		expect(hints.join()).toMatch(/counts 3 pages of .* but shows nothing after page 2/);
	});

	test('Get Many refuses an empty list of three pages', async () => {
		onInvitationPages({});
		expect((await errorOf({ resource: 'invitation', operation: 'getAll', business, returnAll: true })).message).toMatch(/counts 3 pages of .* but shows none/);
	});

	test('a limit that is reached before the last page is not a doubt', async () => {
		onInvitationPages({ 1: [invitationRow(54)] });
		const { items, hints } = await runWithHints({ resource: 'invitation', operation: 'getAll', business, limit: 1 });
		expect([items.length, hints]).toEqual([1, []]);
	});
});

describe('an empty list of people', () => {
	const NOBODY = { response: [], meta: { page: 1, per_page: 100, total: 0 } };
	const getAll = { resource: 'teamMember', operation: 'getAll', business, returnAll: true };

	test.each<[string, IDataObject]>([
		['published', {}],
		['published, with a limit', { returnAll: false, limit: 5 }],
		['published, in SCIM', { options: { outputFormat: 'scim' } }],
		['published, filtered by email', { filters: { email: EMAIL } }],
		['members', { source: 'businessMembers' }],
	])('%s, is refused, not returned as an empty output', async (_case, parameters) => {
		const lists = onLists();
		lists.instead = { team: { status: 200, body: NOBODY }, members: { status: 200, body: NOBODY } };
		const error = await errorOf({ ...getAll, ...parameters } as never);
		expect(error.message).toContain('lists nobody in business 789, not even the connected user');
	});

	test.each(['teamMembers', 'businessMembers'])('no match for a filter is an empty output (%s)', async (source) => {
		onLists({ team: [teamMemberRow(1)], members: [memberRow(1)] });
		expect(await jsonOf({ ...getAll, source, filters: { email: 'nobody@example.com' } })).toEqual([]);
	});
});
