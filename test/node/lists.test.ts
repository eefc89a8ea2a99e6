import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock, passTime } from '../harness/clock';
import { API, errorOf, jsonOf, locator, run, runWithHints } from '../harness/context';
import { invitationRow, memberRow, teamMemberRow, teamMembersPage } from '../harness/examples';
import { onLists, onNextReading } from '../harness/lists';
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

describe('a page that arrives late', () => {
	const PATH = '/auth/api/v1/businesses/789/team_members';
	const getAll = { resource: 'teamMember', operation: 'getAll', business, returnAll: true };
	const LATER: nock.ReplyFnResult = [503, {}, { 'Retry-After': '2' }];
	const addressOf = (number: number): string => `person.${number}@example.com`;
	const rowOf = (number: number): IDataObject => teamMemberRow(number, { email: addressOf(number), active: true });

	interface PageRequest {
		page: number;
		/** How often this page was requested, from 1. */
		time: number;
		/** The rows of the list, which the test may change. */
		team: IDataObject[];
		/** FreshBooks' answer with the rows as they are now. */
		answer: () => nock.ReplyFnResult;
	}

	/** Mocks a team of `people` people. `reply` may answer in place of FreshBooks. Returns the requested pages. */
	function onTwoPages(reply: (request: PageRequest) => nock.ReplyFnResult | undefined, people = 102): number[] {
		const team = Array.from({ length: people }, (_, index) => rowOf(index + 1));
		const requested: number[] = [];
		nock(API).persist().get(PATH).query(true).reply((uri) => {
			const page = Number(new URL(uri, API).searchParams.get('page'));
			requested.push(page);
			const answer = (): nock.ReplyFnResult => [200, teamMembersPage(team.slice((page - 1) * 100, page * 100), page, team.length)];
			return reply({ page, team, answer, time: requested.filter((other) => other === page).length }) ?? answer();
		});
		onLists();
		return requested;
	}

	/** One leaves the first page and another joins: the rows move, and the total is the same. */
	function replaceOne(team: IDataObject[], number = 103): void {
		team.shift();
		team.push(rowOf(number));
	}

	const LATE: Array<[string, (request: PageRequest) => nock.ReplyFnResult | undefined]> = [
		['page 2 was retried', ({ page, time, team }) => {
			if (page !== 2 || time > 1) return undefined;
			replaceOne(team);
			return LATER;
		}],
		['page 2 was computed late', ({ page, time, team }) => {
			if (page !== 2 || time > 1) return undefined;
			replaceOne(team);
			passTime(1_500);
			return undefined;
		}],
		['page 1 was computed at once and arrived late', ({ page, time, team, answer }) => {
			if (page !== 1 || time > 1) return undefined;
			const early = answer();
			replaceOne(team);
			passTime(5_000);
			return early;
		}],
	];

	test.each(LATE)('%s: the list is read again, and nobody is missing whose row moved meanwhile', async (_case, reply) => {
		onTwoPages(reply);
		const { items, hints } = await runWithHints(getAll);
		expect(items.map(({ json }) => json.email)).toContain(addressOf(101));
		expect([items.length, hints]).toEqual([102, []]);
	});

	test('with a limit that the list just fills: nobody is missing', async () => {
		onTwoPages(LATE[0][1]);
		expect((await jsonOf({ ...getAll, returnAll: false, limit: 102 })).map(({ email }) => email)).toContain(addressOf(101));
	});

	test('in all readings, and each lacks somebody: the output has a warning', async () => {
		const requested = onTwoPages(({ page, time, team }) => {
			if (page !== 2 || time % 2 === 0) return undefined;
			replaceOne(team, 102 + time);
			return LATER;
		});
		const { hints } = await runWithHints(getAll);
		expect(hints.join()).toMatch(/list of team members of business 789 changed while it was read, twice: it may lack a row/);
		expect(requested.filter((page) => page === 1)).toHaveLength(3);
	});

	test.each<[string, (request: PageRequest) => nock.ReplyFnResult | undefined]>([
		['that lacked rows', ({ team }) => [200, teamMembersPage([], 2, team.length)]],
		['during which somebody joined', ({ team }) => void team.push(rowOf(103))],
	])('in the second reading, after a first one %s: a third one decides', async (_case, first) => {
		const requested = onTwoPages((request) => {
			const { page, time, team } = request;
			if (page !== 2) return undefined;
			if (time === 1) return first(request);
			if (time === 2) replaceOne(team, 104);
			if (time === 2) passTime(1_500);
			return undefined;
		});
		const { items, hints } = await runWithHints(getAll);
		expect(items.map(({ json }) => json.email)).toContain(addressOf(101));
		expect([hints, requested.filter((page) => page === 1)]).toEqual([[], [1, 1, 1]]);
	});

	test('in the second reading, after a first one during which somebody left: a third one decides', async () => {
		onTwoPages(({ page, time, team }) => {
			if (page === 2 && time === 1) team.shift();
			if (page === 2 && time > 1) passTime(1_500);
			return undefined;
		});
		const { items, hints } = await runWithHints(getAll);
		expect([items.length, hints]).toEqual([101, []]);
	});

	test('in all readings of a list without a total: one who leaves during the reading is a doubt', async () => {
		let readings = 0;
		const pending = Array.from({ length: 150 }, (_, index) => invitationRow(index + 1, { email: addressOf(index + 1) }));
		nock(API).persist().get(INVITATIONS).query(true).reply((uri) => {
			const page = Number(new URL(uri, API).searchParams.get('page'));
			if (page === 2) passTime(1_500);
			if (page === 2 && ++readings > 1) pending.shift();
			return [200, { response: { invitations: pending.slice((page - 1) * 100, page * 100) } }];
		});
		onLists();
		const { hints } = await runWithHints({ resource: 'invitation', operation: 'getAll', business, returnAll: true });
		expect(hints.join()).toMatch(/changed while it was read/);
	});

	test.each<[string, (team: IDataObject[]) => void]>([
		['some left', (team) => void team.splice(0, 1)],
		['some joined', (team) => void team.push(rowOf(103))],
	])('in both readings, and only %s between: the list is complete', async (_case, change) => {
		const requested = onTwoPages(({ page, time, team }) => {
			if (page === 2) passTime(1_500);
			if (page === 1 && time === 2) change(team);
			return undefined;
		});
		const { hints } = await runWithHints(getAll);
		expect([hints, requested]).toEqual([[], [1, 2, 1, 2]]);
	});

	test('before FreshBooks lists anybody, because of a 429, is not a reason to read the list again', async () => {
		const requested = onTwoPages(({ page, time }) => (page === 1 && time === 1 ? [429, {}, { 'Retry-After': '2' }] : undefined));
		await run(getAll);
		expect(requested).toEqual([1, 1, 2]);
	});

	test.each([
		[1_000, [1, 2]],
		[1_001, [1, 2, 1, 2]],
	])('means more than a second: %d ms', async (ms, pages) => {
		const requested = onTwoPages(({ page, time }) => {
			if (page === 2 && time === 1) passTime(ms);
			return undefined;
		});
		await run(getAll);
		expect(requested).toEqual(pages);
	});

	test('in both readings of a longer list, with a limit, is not a doubt', async () => {
		onTwoPages(({ page, team }) => {
			if (page === 2) passTime(1_500);
			if (page === 2) team.shift();
			return undefined;
		}, 300);
		const { items, hints } = await runWithHints({ ...getAll, returnAll: false, limit: 150 });
		expect([items.length, hints]).toEqual([150, []]);
	});

	test('is not a reason to read a list of one page again', async () => {
		onNextReading('team', 503, {}, 3);
		const lists = onLists({ team: [teamMemberRow(1)] });
		await run(getAll);
		expect(lists.readings.team).toBe(1);
	});
});
