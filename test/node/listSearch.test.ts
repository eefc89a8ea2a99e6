import { onAFastClock } from '../harness/clock';
import { connectedCredential, locator, searchList, shownErrorOf, type SearchMethod } from '../harness/context';
import {
	EXAMPLE,
	invitationsAnswer,
	memberRow,
	membersPage,
	staffPage,
	staffRow,
	teamMemberRow,
	teamMembersPage,
	upTo,
} from '../harness/examples';
import { onGet, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const ME = '/auth/api/v1/users/me';
const TEAM = '/auth/api/v1/businesses/789/team_members';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const STAFF = '/accounting/account/zDmNq/users/staffs';
const inBusiness = { business: locator('list', 789) };
const inAccount = { account: locator('list', 'zDmNq') };

describe('the list of', () => {
	test('businesses shows name and role, by business ID', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		expect(await searchList('searchBusinesses', {})).toEqual({
			results: [
				{ name: 'BillSpring (owner)', value: 77128 },
				{ name: 'another_bruce (manager)', value: 311394 },
			],
			paginationToken: undefined,
		});
	});

	test('businesses shows one without a name by its ID', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMeFlat);
		expect((await searchList('searchBusinesses', {})).results).toEqual([{ name: 'Business 789 (owner)', value: 789 }]);
	});

	test('accounts shows the accounting systems, by account ID, without businesses that have none', async () => {
		onGet(ME).reply(200, {
			response: {
				id: 1,
				business_memberships: [
					{ id: 1, role: 'owner', business: { id: 1, name: 'With', account_id: 'zDmNq' } },
					{ id: 2, role: 'owner', business: { id: 2, name: 'Without', account_id: null } },
				],
			},
		});
		expect((await searchList('searchAccounts', {})).results).toEqual([{ name: 'With (owner)', value: 'zDmNq' }]);
	});

	test('team members, for reading, gives UUIDs', async () => {
		onGet(pageOf(TEAM)).reply(200, EXAMPLE.teamMembers);
		expect((await searchList('searchTeamMembers', inBusiness)).results).toEqual([
			{ name: 'John Doe (test@freshenv.com, business_employee)', value: 'dd6392d0-0639-40bd-9502-7d80c44de9f3' },
		]);
	});

	test('members, for changing and removing, gives whole numbers', async () => {
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1, { first_name: 'Ann', last_name: 'Lee' })]));
		expect((await searchList('searchBusinessMembers', inBusiness)).results).toEqual([{ name: 'Ann Lee (person1@example.com, employee)', value: 1 }]);
	});

	test('members without a name shows their address once', async () => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect((await searchList('searchBusinessMembers', inBusiness)).results).toEqual([{ name: 'staff@example.com (employee)', value: 1 }]);
	});

	test('invitations shows address and role, by ID', async () => {
		onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([{ id: 55, email: 'a@b.co', role: 'employee' }, { id: 56, to_email: 'c@d.co', capacity: 'manager' }]));
		expect((await searchList('searchInvitations', inBusiness)).results).toEqual([
			{ name: 'a@b.co (employee)', value: 55 },
			{ name: 'c@d.co (manager)', value: 56 },
		]);
	});

	test('staff shows name and address, by ID', async () => {
		onGet(pageOf(STAFF)).reply(200, staffPage([staffRow(1, { fname: 'Ann', lname: 'Lee', email: 'a@b.co' }), staffRow(2, { email: 'c@d.co' })]));
		expect((await searchList('searchStaff', inAccount)).results).toEqual([
			{ name: 'Ann Lee (a@b.co)', value: 1 },
			{ name: 'c@d.co', value: 2 },
		]);
	});
});

describe('a long list', () => {
	const people = upTo(250).map((number) => teamMemberRow(number, { first_name: `First${number}`, last_name: 'Last' }));
	const answerAll = () => {
		for (const page of [1, 2, 3]) onGet(pageOf(TEAM, page)).reply(200, teamMembersPage(people.slice((page - 1) * 100, page * 100), page, 250));
	};

	test('comes a hundred at a time, with a token for the next ones', async () => {
		const names: string[] = [];
		let token: string | undefined;
		for (const steps of [100, 100, 50]) {
			answerAll();
			const { results, paginationToken } = await searchList('searchTeamMembers', inBusiness, undefined, token);
			expect(results).toHaveLength(steps);
			names.push(...results.map(({ name }) => name.split(' ')[0]));
			token = paginationToken as string | undefined;
		}
		expect(token).toBeUndefined();
		expect(names).toEqual(upTo(250).map((number) => `First${number}`));
	});

	test('is filtered over all of it, by name, address or ID, in upper or lower case', async () => {
		const found = async (filter: string) => {
			answerAll();
			return (await searchList('searchTeamMembers', inBusiness, filter)).results.map(({ name }) => name.split(' ')[0]);
		};
		expect(await found('first24')).toEqual(['First24', ...upTo(10).map((number) => `First${239 + number}`)]);
		expect(await found(' PERSON201@ ')).toEqual(['First201']);
		expect(await found('000000000250')).toEqual(['First250']);
		expect(await found('nobody')).toEqual([]);
	});
});

describe('a list that depends on another parameter', () => {
	test.each<[SearchMethod, string]>([
		['searchTeamMembers', 'Business'],
		['searchBusinessMembers', 'Business'],
		['searchInvitations', 'Business'],
		['searchStaff', 'Account'],
	])('%s asks for the %s first, and sends nothing', async (method, displayName) => {
		const name = displayName.toLowerCase();
		for (const parameters of [{}, { [name]: locator('list', '') }, { [name]: locator('id', '../1') }, { [name]: locator('id', '={{ $json.id }}') }]) {
			expect(await shownErrorOf(searchList(method, parameters))).toMatchObject({
				message: `Choose a '${displayName}' first`,
				description: expect.stringContaining('by ID or email'),
			});
		}
	});
});

describe('a list that cannot be read says why, as the node does', () => {
	test('for a missing scope', async () => {
		onGet(pageOf(TEAM)).reply(403, { error: 'insufficient_scope', error_description: 'Scopes needed: user:teams:read.' });
		expect(await shownErrorOf(searchList('searchTeamMembers', inBusiness))).toMatchObject({
			message: 'The FreshBooks connection lacks the scope for team members of business 789: user:teams:read is needed',
			httpCode: '403',
		});
	});

	test('for an endpoint that FreshBooks does not publish', async () => {
		onGet(pageOf(MEMBERS)).reply(404, { message: 'No such page.' });
		expect((await shownErrorOf(searchList('searchBusinessMembers', inBusiness))).description).toContain("not in FreshBooks' public documentation");
	});

	test('for a base URL that a token must not be sent to', async () => {
		const credential = connectedCredential({ environment: 'custom', apiBaseUrl: 'http://api.freshbooks.com' });
		expect((await shownErrorOf(searchList('searchBusinesses', {}, undefined, undefined, credential))).message).toContain("'API Base URL'");
	});
});
