import type nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { connectedCredential, locator, optionsFor, searchList, shownErrorOf, type SearchMethod } from '../harness/context';
import {
	EXAMPLE,
	invitationRow,
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
				{ name: 'another_bruce (Manager)', value: 311394 },
				{ name: 'BillSpring (Owner)', value: 77128 },
			],
			paginationToken: undefined,
		});
	});

	test.each(['searchBusinesses', 'searchAccounts'] as const)('%s marks a closed business, in which people may still have access, and is sorted by name', async (method) => {
		const membership = (id: number, name: string, active: boolean | null, role = 'owner') => ({ id, role, business: { id, name, account_id: `a${id}`, active } });
		const memberships = [membership(1, 'Zebra', true), membership(2, 'Closed', false), membership(3, 'Éclair', null), membership(4, 'apple', true)];
		onGet(ME).reply(200, { response: { id: 1, business_memberships: memberships } });
		expect((await searchList(method, {})).results.map(({ name }) => name)).toEqual(['apple (Owner)', 'Closed (Owner, closed)', 'Éclair (Owner)', 'Zebra (Owner)']);
	});

	test('accounts leaves out one whose staff records the connected user may not manage', async () => {
		const membership = (id: number, role: string) => ({ id, role, business: { id, name: role, account_id: `a${id}` } });
		const memberships = [membership(1, 'business_employee'), membership(2, 'contractor'), membership(3, 'business_manager')];
		onGet(ME).times(2).reply(200, { response: { id: 1, business_memberships: memberships } });
		expect((await searchList('searchAccounts', {})).results.map(({ name }) => name)).toEqual(['business_manager (Manager)']);
		expect((await searchList('searchBusinesses', {})).results).toHaveLength(3);
	});

	test('businesses shows the ID of one without a name', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMeFlat);
		expect((await searchList('searchBusinesses', {})).results).toEqual([{ name: 'Business 789 (Owner)', value: 789 }]);
	});

	test('accounts shows account IDs, without businesses that have none', async () => {
		onGet(ME).reply(200, {
			response: {
				id: 1,
				business_memberships: [
					{ id: 1, role: 'owner', business: { id: 1, name: 'With', account_id: 'zDmNq' } },
					{ id: 2, role: 'owner', business: { id: 2, name: 'Without', account_id: null } },
				],
			},
		});
		expect((await searchList('searchAccounts', {})).results).toEqual([{ name: 'With (Owner)', value: 'zDmNq' }]);
	});

	test('accounts omits one that belongs to another business', async () => {
		const business = { id: 1, name: 'Without', account_id: null, business_clients: [{ business_id: 1, account_id: 'XYZ' }] };
		const own = { id: 2, role: 'owner', business: { id: 2, name: 'With', account_id: 'zDmNq' } };
		onGet(ME).reply(200, { response: { id: 1, business_memberships: [{ id: 1, role: 'business_manager', business }, own], roles: [{ accountid: 'XYZ', role: 'client' }] } });
		expect((await searchList('searchAccounts', {})).results).toEqual([{ name: 'With (Owner)', value: 'zDmNq' }]);
	});

	test('roles shows an unknown role unchanged', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1, { first_name: 'Ann', last_name: 'Lee', business_role_name: 'business_wizard', active: true })]));
		expect((await searchList('searchTeamMembers', inBusiness)).results).toMatchObject([{ name: 'Ann Lee (person1@example.com, business_wizard)' }]);
	});

	test('team members, for reading, returns UUIDs', async () => {
		onGet(pageOf('/auth/api/v1/businesses/6806492/team_members')).reply(200, EXAMPLE.teamMembers);
		expect((await searchList('searchTeamMembers', { business: locator('list', 6806492) })).results).toEqual([
			{ name: 'John Doe (test@freshenv.com, Employee, inactive)', value: 'dd6392d0-0639-40bd-9502-7d80c44de9f3' },
		]);
	});

	test('team members, for updates and removals, returns whole-number IDs', async () => {
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1, { first_name: 'Ann', last_name: 'Lee' })]));
		expect((await searchList('searchBusinessMembers', inBusiness)).results).toEqual([{ name: 'Ann Lee (person1@example.com, Employee)', value: 1 }]);
	});

	test('team members, for updates and removals, takes names from the documented list if its own has none', async () => {
		onGet(pageOf(MEMBERS)).reply(200, membersPage([memberRow(1, { email: 'ANN@example.com' }), memberRow(2, { email: 'two@example.com' }), memberRow(3)]));
		const named = (number: number, email: string, first_name: string) => teamMemberRow(number, { email, first_name, last_name: 'Lee' });
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([named(1, 'ann@example.com', 'Ann'), named(2, 'two@example.com', 'Tom'), named(3, 'two@example.com', 'Tim')]));
		expect((await searchList('searchBusinessMembers', inBusiness)).results).toEqual([
			{ name: 'Ann Lee (ANN@example.com, Employee)', value: 1 },
			{ name: 'person3@example.com (Employee)', value: 3 },
			{ name: 'two@example.com (Employee)', value: 2 },
		]);
	});

	test('team members without a name anywhere have their address once', async () => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		onGet(pageOf(TEAM)).reply(403, {});
		expect((await searchList('searchBusinessMembers', inBusiness)).results).toEqual([{ name: 'staff@example.com (Employee)', value: 1 }]);
	});

	test.each<[string, object[], object[]]>([
		['has another identity', [memberRow(7, { email: 'shared@example.com', identity_id: 9 })], [{ identity_id: 1001 }]],
		['shares the address with another business member', [memberRow(7, { email: 'shared@example.com' }), memberRow(8, { email: 'shared@example.com' })], [{}]],
	])('a business member who %s does not get the name of a team member with the address', async (_case, members, team) => {
		onGet(pageOf(MEMBERS)).reply(200, membersPage(members as never));
		onGet(pageOf(TEAM)).reply(200, teamMembersPage(team.map((changes) => teamMemberRow(1, { email: 'shared@example.com', first_name: 'Ann', last_name: 'Lee', ...changes }))));
		const { results } = await searchList('searchBusinessMembers', inBusiness);
		expect(results.map(({ name }) => name)).toEqual(members.map(() => expect.stringMatching(/^shared@example\.com \(/)));
	});

	test('invitations shows address and role, by ID', async () => {
		onGet(pageOf(INVITATIONS)).reply(200, invitationsAnswer([{ id: 55, email: 'a@b.co', role: 'employee' }, { id: 56, to_email: 'c@d.co', capacity: 'manager' }]));
		expect((await searchList('searchInvitations', inBusiness)).results).toEqual([
			{ name: 'a@b.co (Employee)', value: 55 },
			{ name: 'c@d.co (Manager)', value: 56 },
		]);
	});

	test('staff shows name, address and role, by ID', async () => {
		const rows = [
			staffRow(1, { fname: 'Ann', lname: 'Lee', email: 'a@b.co', role: 'admin' }),
			staffRow(2, { email: 'c@d.co', role: 'staff' }),
			staffRow(3, { email: 'e@f.co', vis_state: 2, role: null }),
		];
		onGet(pageOf(STAFF)).reply(200, staffPage(rows));
		expect((await searchList('searchStaff', inAccount)).results).toEqual([
			{ name: 'Ann Lee (a@b.co, Admin)', value: 1 },
			{ name: 'c@d.co (Staff)', value: 2 },
			{ name: 'e@f.co (archived)', value: 3 },
		]);
	});

	test('people is sorted by name, also over pages, and numbers by their size', async () => {
		const row = (number: number, first_name: string) => teamMemberRow(number, { first_name, last_name: 'Lee' });
		const rows = [row(1, 'zoë'), row(2, 'Éric'), row(3, 'Frank 10'), row(4, 'Frank 9'), row(5, 'eva')];
		onGet(pageOf(TEAM, 1)).reply(200, teamMembersPage(rows.slice(0, 3), 1, 5, 3));
		onGet(pageOf(TEAM, 2)).reply(200, teamMembersPage(rows.slice(3), 2, 5, 3));
		const names = (await searchList('searchTeamMembers', inBusiness)).results.map(({ name }) => name.replace(/ Lee .*/, ''));
		expect(names).toEqual(['Éric', 'eva', 'Frank 9', 'Frank 10', 'zoë']);
	});

	test.each(['cafe', 'CAFÉ', 'cafe\u0301', 'lane cafe'])('businesses finds Café for %j', async (words) => {
		onGet(ME).reply(200, { response: { id: 1, business_memberships: [{ id: 1, role: 'owner', business: { id: 5, name: 'Quarry Lane Café' } }, { id: 2, role: 'owner', business: { id: 6, name: 'Other' } }] } });
		expect((await searchList('searchBusinesses', {}, words)).results.map(({ value }) => value)).toEqual([5]);
	});
});

describe('a long list', () => {
	const people = upTo(1250).map((number) => teamMemberRow(number, { first_name: `First${number}`, last_name: 'Last' }));
	const pageWith = (page: number) => teamMembersPage(people.slice((page - 1) * 100, page * 100), page, 1250, 100);
	const answerAll = () => upTo(13).forEach((page) => onGet(pageOf(TEAM, page)).reply(200, pageWith(page)));
	const everyone = upTo(1250).map((number) => `First${number}`);

	test('comes a thousand at a time, sorted over all of it', async () => {
		answerAll();
		const first = await searchList('searchTeamMembers', inBusiness);
		expect(first.paginationToken).toBe('1000');
		answerAll();
		const last = await searchList('searchTeamMembers', inBusiness, undefined, '1000');
		expect(last.paginationToken).toBeUndefined();
		expect([...first.results, ...last.results].map(({ name }) => name.split(' ')[0])).toEqual(everyone);
	});

	test('with an empty page before others is an error', async () => {
		onGet(pageOf(TEAM, 1)).reply(200, teamMembersPage(people.slice(0, 100), 1, 250));
		onGet(pageOf(TEAM, 2)).reply(200, teamMembersPage([], 2, 250));
		onGet(pageOf(TEAM, 3)).reply(200, teamMembersPage(people.slice(200, 250), 3, 250));
		expect((await shownErrorOf(searchList('searchTeamMembers', inBusiness))).message).toContain('not of the documented form');
	});

	test('a search is paged as well', async () => {
		answerAll();
		const first = await searchList('searchTeamMembers', inBusiness, 'last');
		expect([first.results.length, first.paginationToken]).toEqual([1000, '1000']);
		answerAll();
		const last = await searchList('searchTeamMembers', inBusiness, 'last', '1000');
		expect([last.results.map(({ name }) => name.split(' ')[0]), last.paginationToken]).toEqual([everyone.slice(1000), undefined]);
	});

	test('is filtered completely, by name, address or ID, ignoring case', async () => {
		const found = async (filter: string) => {
			answerAll();
			return (await searchList('searchTeamMembers', inBusiness, filter)).results.map(({ name }) => name.split(' ')[0]);
		};
		expect(await found('first124')).toEqual(['First124', ...upTo(10).map((number) => `First${1239 + number}`)]);
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
	])('%s needs the %s first, and sends nothing', async (method, displayName) => {
		const name = displayName.toLowerCase();
		for (const parameters of [{}, { [name]: locator('list', '') }, { [name]: locator('id', '../1') }, { [name]: locator('id', '={{ $json.id }}') }]) {
			expect(await shownErrorOf(searchList(method, parameters))).toMatchObject({
				name: 'NodeApiError',
				message: `This list depends on '${displayName}', which is not chosen`,
				description: expect.stringContaining(`choose a '${displayName}' first`),
			});
		}
	});
});

describe('a list that cannot be read shows the error of the node', () => {
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

describe('an empty list says why', () => {
	test.each<[SearchMethod, string, object, string, string]>([
		['searchBusinesses', ME, { response: { id: 1, business_memberships: [] } }, 'The connected FreshBooks user belongs to no business', 'give its ID'],
		['searchAccounts', ME, EXAMPLE.usersMeFlat, 'FreshBooks names no account whose staff records the connected user may work on', 'account ID'],
		['searchTeamMembers', pageOf(TEAM), teamMembersPage([]), 'FreshBooks lists nobody in business 789', 'choose another business'],
		['searchTeamMembers', pageOf(TEAM), teamMembersPage([], 1, 7), 'FreshBooks counts 7 team members of business 789 but shows none', 'hidden'],
		['searchBusinessMembers', pageOf(MEMBERS), membersPage([]), 'FreshBooks lists nobody in business 789', 'owner or admin'],
		['searchInvitations', pageOf(INVITATIONS), invitationsAnswer([invitationRow(55, { status: 'accepted' }), invitationRow(56, { status: 'revoked' })]), 'Business 789 has no pending invitation', 'accepted'],
		['searchStaff', pageOf(STAFF), staffPage([]), 'Account zDmNq has no staff records', 'another account'],
	])('%s of %s', async (method, path, answer, message, wayOut) => {
		// Where FreshBooks counts people and shows none, they are looked for once more.
		onGet(path).times(message.includes('shows none') ? 2 : 1).reply(200, answer as nock.Body);
		const shown = await shownErrorOf(searchList(method, { ...inBusiness, ...inAccount }));
		// The editor shows the description of this error class only.
		expect(shown).toMatchObject({ name: 'NodeApiError', message, description: expect.stringContaining(wayOut) });
		// The editor splits a list's message at hyphens.
		expect(shown.message).not.toMatch(/[-–—]/);
	});

	test('but a search without results is an empty list, which keeps the search box', async () => {
		upTo(2).forEach(() => onGet(pageOf(TEAM)).reply(200, teamMembersPage([])));
		expect(await searchList('searchTeamMembers', inBusiness, 'nobody')).toEqual({ results: [], paginationToken: undefined });
		expect(await shownErrorOf(searchList('searchTeamMembers', inBusiness, '  '))).toMatchObject({ message: expect.stringContaining('nobody') });
	});
});

describe('the multi-select list of businesses', () => {
	const getBusinesses = async () => await optionsFor('getBusinesses', {});

	test('has all businesses', async () => {
		const business_memberships = upTo(130).map((id) => ({ id, role: 'owner', business: { id: 1000 + id, name: `B${id}` } }));
		onGet(ME).reply(200, { response: { id: 1, business_memberships } });
		const options = await getBusinesses();
		expect(options).toHaveLength(130);
		expect(options[129]).toEqual({ name: 'B130 (Owner)', value: 1130 });
	});

	test('are sorted by name, and a closed one is marked', async () => {
		const business_memberships = [{ id: 1, role: 'owner', business: { id: 1, name: 'Zebra' } }, { id: 2, role: 'owner', business: { id: 2, name: 'Apple' } }, { id: 3, role: 'owner', business: { id: 3, name: 'Closed', active: false } }];
		onGet(ME).reply(200, { response: { id: 1, business_memberships } });
		expect((await getBusinesses()).map(({ name }) => name)).toEqual(['Apple (Owner)', 'Closed (Owner, closed)', 'Zebra (Owner)']);
	});

	test('says why they cannot be read', async () => {
		onGet(ME).reply(403, { error: 'insufficient_scope', error_description: 'Scopes needed: user:profile:read.' });
		expect((await shownErrorOf(getBusinesses())).message).toContain('user:profile:read is needed');
	});
});

describe('a search for staff', () => {
	const rows = [staffRow(1, { fname: 'Ann', lname: 'Lee', email: 'a@b.co' }), staffRow(2, { email: 'lee@b.co' }), staffRow(3, { fname: 'Zoë', email: 'e@f.co' })];

	test.each<[string, number[]]>([
		[' Lee ', [1, 2]],
		['a@b', [1]],
		['Ann Lee (a', [1]],
		['3', [3]],
		['zoe', [3]],
	])('for %j looks through all', async (words, values) => {
		onGet(pageOf(STAFF)).reply(200, staffPage(rows));
		expect((await searchList('searchStaff', inAccount, words)).results.map(({ value }) => value)).toEqual(values);
	});
});
