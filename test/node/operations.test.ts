import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { updateMe } from '../../nodes/FreshBooks/api/me';
import { updateStaff } from '../../nodes/FreshBooks/api/staff';
import type { FreshBooksClient } from '../../nodes/FreshBooks/client/client';
import { FreshBooksError } from '../../nodes/FreshBooks/client/errors';
import { onAFastClock } from '../harness/clock';
import { API, connectedCredential, errorOf, jsonOf, locator, run, runWithHints } from '../harness/context';
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
import { onLists } from '../harness/lists';
import { onDelete, onGet, onPost, onPut, onTheWire, pageOf } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

const business = locator('id', '789');
const account = locator('id', 'zDmNq');
const ME = '/auth/api/v1/users/me';
const TEAM = '/auth/api/v1/businesses/789/team_members';
const MEMBERS = '/auth/api/v1/business/789/members';
const INVITATIONS = '/auth/api/v1/business/789/invitations';
const STAFF = '/accounting/account/zDmNq/users/staffs';
const UUID = '879dd802-2ec2-4683-9165-8ecdfcae4e2a';

/** The complete request, including headers. */
async function recorded(work: () => Promise<unknown>, answer: unknown): Promise<{ method: string; headers: Record<string, unknown> }> {
	let seen: { method: string; headers: Record<string, unknown> } | undefined;
	nock(API)
		.intercept(/.*/, 'GET')
		.reply(200, function () {
			const { headers } = this.req;
			seen = { method: this.req.method, headers: { ...headers } };
			return answer as nock.Body;
		});
	await work();
	if (!seen) throw new Error('Nothing was sent.');
	return seen;
}

describe('every request', () => {
	test('has Accept, API version and User-Agent, and a GET has neither body nor content type', async () => {
		const { headers } = await recorded(() => run({ resource: 'user', operation: 'getMe' }), EXAMPLE.usersMe);
		expect(headers).toMatchObject({
			accept: 'application/json',
			'api-version': 'alpha',
			'user-agent': expect.stringMatching(/^n8n-nodes-freshbooks\/\d+\.\d+\.\d+$/),
			authorization: 'Bearer first-access-token',
		});
		expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['content-type']));
		expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['content-length']));
	});

	test("goes to the credential's base URL in a custom environment", async () => {
		const credential = connectedCredential({ environment: 'custom', apiBaseUrl: 'http://127.0.0.1:5680/freshbooks/' });
		onGet(`/freshbooks${ME}`, { base: 'http://127.0.0.1:5680' }).reply(200, EXAMPLE.usersMe);
		expect(await jsonOf({ resource: 'user', operation: 'getMe' }, { credential })).toMatchObject([{ id: 712052 }]);
	});

	test('goes to FreshBooks itself in the production environment, whatever base URL was entered before', async () => {
		const credential = connectedCredential({ apiBaseUrl: 'https://elsewhere.example' });
		onGet(ME).reply(200, EXAMPLE.usersMe);
		await run({ resource: 'user', operation: 'getMe' }, { credential });
	});
});

describe('user', () => {
	test('Get Me is simplified, and paired with its item', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		expect(await run({ resource: 'user', operation: 'getMe' })).toEqual([
			{
				json: {
					id: 712052,
					email: 'b@example.com',
					firstName: 'Bruce',
					lastName: 'Wayne',
					language: null,
					timezone: null,
					setupComplete: true,
					confirmedAt: '2016-01-26T16:01:23Z',
					createdAt: '2016-01-26T16:00:41Z',
					businesses: [
						{ businessId: 77128, name: 'BillSpring', role: 'owner' },
						{ businessId: 311394, name: 'another_bruce', role: 'manager' },
					],
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test('Get Me, raw, is the FreshBooks object', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		expect(await jsonOf({ resource: 'user', operation: 'getMe', simplify: false })).toEqual([EXAMPLE.usersMe.response]);
	});

	test('Get Me for a hundred items sends one request', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		const output = await run({ resource: 'user', operation: 'getMe' }, { items: upTo(100).map((number) => ({ number })) });
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(upTo(100).map((number) => ({ item: number - 1 })));
	});

	test("Update Me sends only the chosen fields, under FreshBooks' names", async () => {
		onPut(ME, { first_name: 'Janet', language: 'en', profession: { title: 'Lead', company: 'BillSpring' } }).reply(200, EXAMPLE.usersMeUpdated);
		const updateFields = { firstName: 'Janet', language: 'en', jobTitle: 'Lead', company: 'BillSpring' };
		expect(await jsonOf({ resource: 'user', operation: 'updateMe', updateFields })).toEqual([EXAMPLE.usersMeUpdated.response]);
	});

	test('Update Me sends address, phone number and picture', async () => {
		const body = { email: 'new@example.com', avatar: 'https://example.com/me.png', phone_numbers: [{ title: '', phone_number: '416 555 0100' }] };
		onPut(ME, body).reply(200, { response: { id: 712052, email: 'b@example.com', unconfirmed_email: 'new@example.com', phone_numbers: [{ title: '', phone_number: '4165550100' }] } });
		const updateFields = { email: ' new@example.com ', avatar: 'https://example.com/me.png', phoneNumber: '416 555 0100' };
		expect(await jsonOf({ resource: 'user', operation: 'updateMe', updateFields })).toMatchObject([{ id: 712052, unconfirmed_email: 'new@example.com' }]);
	});

	test.each<[object, object, string]>([
		[{ firstName: 'Janet', language: 'en' }, { first_name: 'Bruce', language: 'en' }, "'First Name'"],
		[{ jobTitle: 'Lead', company: 'Acme' }, { profession: null }, "'Company', 'Job Title'"],
		[{ email: 'new@example.com' }, { email: 'b@example.com', unconfirmed_email: null }, "'Email'"],
		[{ phoneNumber: '416 555 0100' }, { phone_numbers: [{ title: '', phone_number: null }] }, "'Phone Number'"],
		[{ timezone: 'America/Toronto' }, { timezone: 'America/New_York' }, "'Timezone'"],
		[{ avatar: 'https://example.com/me.png' }, { avatar: null }, "'Avatar'"],
	])('Update Me of %j with the response %j is an error that names %s', async (updateFields, answered, names) => {
		nock(API).put(ME).reply(200, { response: { id: 712052, ...answered } });
		const shown = await errorOf({ resource: 'user', operation: 'updateMe', updateFields: { ...updateFields } });
		expect(shown.message).toBe(`FreshBooks accepted the change of the connected user, but answers another value for ${names} [item 0]`);
		expect(shown.description).toContain('in FreshBooks');
	});

	test('Update Me to an empty value is not a change without effect', async () => {
		onPut(ME, { phone_numbers: [{ title: '', phone_number: '' }], profession: { company: '' } }).reply(200, { response: { id: 712052, phone_numbers: [], profession: null } });
		expect(await run({ resource: 'user', operation: 'updateMe', updateFields: { phoneNumber: '', company: '' } })).toHaveLength(1);
	});

	test.each([{}, { response: {} }, { response: 'ok' }])('Update Me reads the profile again after the response %j', async (answer) => {
		onPut(ME, { language: 'en' }).reply(200, answer);
		onGet(ME).reply(200, { response: { ...EXAMPLE.usersMe.response, language: 'en' } });
		expect(await jsonOf({ resource: 'user', operation: 'updateMe', updateFields: { language: 'en' } })).toMatchObject([{ id: EXAMPLE.usersMe.response.id }]);
	});

	test('Update Me is marked as accepted if the profile cannot be read back', async () => {
		const client = (send: FreshBooksClient['send']): FreshBooksClient => ({ maxInFlight: 1, send, pause: async () => undefined, warn: () => undefined, mayUse: () => false });
		const reading = updateMe(client(async ({ method }) => (method === 'PUT' ? {} : { response: { id: 1 } })), { language: 'en' });
		await expect(reading).rejects.toMatchObject({ failure: { kind: 'malformed', method: 'GET', readBackFailed: true } });
		const refused = updateMe(client(async () => await Promise.reject(new FreshBooksError({ kind: 'scope', subject: 'x', idFamily: 'none', method: 'PUT' }))), {});
		await expect(refused).rejects.toMatchObject({ failure: { kind: 'scope' } });
		await expect(refused).rejects.not.toHaveProperty('failure.readBackFailed');
	});

	test('Update Me can set only last name and time zone', async () => {
		onPut(ME, { last_name: 'Doe', timezone: 'America/Toronto' }).reply(200, EXAMPLE.usersMeUpdated);
		await run({ resource: 'user', operation: 'updateMe', updateFields: { lastName: 'Doe', timezone: 'America/Toronto' } });
	});
});

describe('business', () => {
	test('Get Many returns one item per membership', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		expect(await run({ resource: 'business', operation: 'getAll', returnAll: true })).toEqual([
			{
				json: { businessId: 77128, businessUuid: null, accountId: 'zDmNq', name: 'BillSpring', role: 'owner', membershipId: 168372, active: null },
				pairedItem: { item: 0 },
			},
			{
				json: { businessId: 311394, businessUuid: null, accountId: 'e6Wmk', name: 'another_bruce', role: 'manager', membershipId: 1570108, active: null },
				pairedItem: { item: 0 },
			},
		]);
	});

	test('Get Many stops at the limit', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMe);
		expect(await jsonOf({ resource: 'business', operation: 'getAll', limit: 1 })).toMatchObject([{ businessId: 77128 }]);
	});

	test("Get Many, raw, returns FreshBooks' memberships without credentials", async () => {
		onGet(ME).reply(200, EXAMPLE.usersMeModern);
		const [{ fasttrack_token: removed, ...rest }] = EXAMPLE.usersMeModern.response.business_memberships;
		expect(removed).toBe('<JWT>');
		expect(await jsonOf({ resource: 'business', operation: 'getAll', simplify: false })).toEqual([rest]);
	});

	test('Get Many for a user without a list of memberships is an error', async () => {
		onGet(ME).reply(200, { response: { id: 1 } });
		await expect(run({ resource: 'business', operation: 'getAll' })).rejects.toThrow(/incomplete or not of the documented form/);
	});

	test('Get Many for many items sends one request', async () => {
		onGet(ME).reply(200, EXAMPLE.usersMeFlat);
		expect(await run({ resource: 'business', operation: 'getAll' }, { items: [{}, {}, {}] })).toHaveLength(3);
	});
});

const OUR_BUSINESS = { response: { id: 1, business_memberships: [{ id: 2, role: 'owner', business: { id: 789, name: 'BillSpring' } }] } };

/** Simplified people have the name of their business, from users/me. */
function nameOfBusiness(): void {
	beforeEach(() => {
		onGet(ME).optionally().times(3).reply(200, OUR_BUSINESS);
	});
}

describe('team member, Get Many', () => {
	const getAll = { resource: 'teamMember', operation: 'getAll', business };
	nameOfBusiness();

	test('reads the published list, simplified', async () => {
		onGet(pageOf('/auth/api/v1/businesses/6806492/team_members')).reply(200, EXAMPLE.teamMembers);
		expect(await run({ ...getAll, business: locator('list', 6806492) })).toEqual([
			{
				json: {
					id: 'dd6392d0-0639-40bd-9502-7d80c44de9f3',
					email: 'test@freshenv.com',
					firstName: 'John',
					lastName: 'Doe',
					role: 'business_employee',
					roleName: 'Employee',
					active: false,
					identityId: null,
					businessId: 6806492,
					businessName: null,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test('reads it raw: the FreshBooks objects', async () => {
		onGet(pageOf('/auth/api/v1/businesses/6806492/team_members')).reply(200, EXAMPLE.teamMembers);
		expect(await jsonOf({ ...getAll, business: locator('id', '6806492'), simplify: false })).toEqual(EXAMPLE.teamMembers.response);
	});

	test('with people of another business is an error', async () => {
		onGet(pageOf(TEAM)).reply(200, EXAMPLE.teamMembers);
		await expect(run(getAll)).rejects.toThrow(/not of the documented form \[item 0\]$/);
	});

	test('reads 250 people in three requests, in order', async () => {
		const people = upTo(250).map((number) => teamMemberRow(number));
		for (const page of [1, 2, 3]) {
			onGet(pageOf(TEAM, page)).reply(200, teamMembersPage(people.slice((page - 1) * 100, page * 100), page, 250));
		}
		const output = await jsonOf({ ...getAll, returnAll: true });
		expect(output.map(({ email }) => email)).toEqual(people.map(({ email }) => email));
	});

	test('with a limit of 20 sends one request', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage(upTo(100).map((number) => teamMemberRow(number)), 1, 250));
		expect(await run({ ...getAll, limit: 20 })).toHaveLength(20);
	});

	test('requests only active people from FreshBooks', async () => {
		onGet(`${TEAM}?active=true&page=1&per_page=100`).reply(200, teamMembersPage([teamMemberRow(1, { active: true })]));
		expect(await jsonOf({ ...getAll, filters: { active: true } })).toMatchObject([{ active: true }]);
	});

	test('filters inactive people, roles and addresses in the whole list, and then applies the limit', async () => {
		const people = upTo(150).map((number) => teamMemberRow(number, { active: number < 120, business_role_name: number % 2 ? 'contractor' : 'business_manager' }));
		for (const page of [1, 2]) onGet(pageOf(TEAM, page)).times(3).reply(200, teamMembersPage(people.slice((page - 1) * 100, page * 100), page, 150));
		const numbers = async (filters: object, limit = 50) =>
			(await jsonOf({ ...getAll, limit, filters: { ...filters } })).map(({ email }) => Number(/\d+/.exec(String(email))));
		expect(await numbers({ active: false, role: 'Contractor' }, 3)).toEqual([121, 123, 125]);
		expect(await numbers({ email: 'PERSON140@example.com' })).toEqual([140]);
		expect(await numbers({ email: 'nobody@example.com' })).toEqual([]);
	});

	test('reads the members list, with whole-number IDs', async () => {
		onGet(pageOf(MEMBERS)).reply(200, EXAMPLE.members);
		expect(await jsonOf({ ...getAll, source: 'businessMembers' })).toEqual([
			{ id: 1, email: 'staff@example.com', firstName: null, lastName: null, role: 'employee', roleName: 'Employee', confirmed: true, identityId: null, businessId: 789, businessName: 'BillSpring' },
		]);
	});

	test('filters the whole members list: fifty other people do not hide a match', async () => {
		const people = upTo(150).map((id) => memberRow(id, { role: id > 120 ? 'business_manager' : 'employee' }));
		for (const page of [1, 2]) onGet(pageOf(MEMBERS, page)).reply(200, membersPage(people.slice((page - 1) * 100, page * 100), page, 150));
		const output = await jsonOf({ ...getAll, source: 'businessMembers', filters: { role: 'manager' }, limit: 10 });
		expect(output.map(({ id }) => id)).toEqual([121, 122, 123, 124, 125, 126, 127, 128, 129, 130]);
	});

	test.each([true, false])('refuses to filter the members list by active (%s), because it has no such field', async (active) => {
		expect(await errorOf({ ...getAll, source: 'businessMembers', filters: { active } })).toMatchObject({
			message: "Parameter 'Active' cannot be used with the source 'Business Members', which does not say who is active [item 0]",
			description: expect.stringContaining('Team Members'),
		});
	});

	test.each([true, false])('filters a business group by active: %s', async (active) => {
		const members = [{ id: 1, email: 'a@b.co', active: true }, { id: 2, email: 'c@d.co', active: false }];
		onGet('/auth/api/v1/users/business/789').reply(200, { response: { business_group: { members } } });
		expect(await jsonOf({ ...getAll, source: 'businessGroup', filters: { active } })).toMatchObject([{ id: active ? 1 : 2, active }]);
	});

	test.each([true, false])('refuses to filter a business group by active (%s) if a row does not have it', async (active) => {
		const members = [{ id: 1, email: 'a@b.co', active: true }, { id: 2, email: 'c@d.co' }];
		onGet('/auth/api/v1/users/business/789').reply(200, { response: { business_group: { members } } });
		expect((await errorOf({ ...getAll, source: 'businessGroup', filters: { active } })).message).toBe(
			'FreshBooks does not say whether 1 of 2 people of business 789 are active [item 0]',
		);
	});

	test('counts active people up to the limit even if FreshBooks does not filter them', async () => {
		const people = upTo(8).map((number) => teamMemberRow(number, { active: number > 4 }));
		onGet(`${TEAM}?active=true&page=1&per_page=100`).times(2).reply(200, teamMembersPage(people));
		expect(await jsonOf({ ...getAll, limit: 3, filters: { active: true } })).toHaveLength(3);
	});

	test.each(['Manager', 'manager', 'business_manager', 'Business Manager', ' BUSINESS_MANAGER '])('finds people with the role %j by any of its names', async (role) => {
		const roles = ['business_manager', 'Manager', 'manager', 'business_employee', null];
		onGet(pageOf(TEAM)).reply(200, teamMembersPage(roles.map((name, index) => teamMemberRow(index + 1, { business_role_name: name }))));
		expect((await jsonOf({ ...getAll, filters: { role } })).map((person) => person.role)).toEqual(['business_manager', 'Manager', 'manager']);
	});

	test('reads the business group, with GET only', async () => {
		onGet('/auth/api/v1/users/business/8675309').times(2).reply(200, EXAMPLE.businessGroup);
		const ofGroup = { ...getAll, business: locator('id', '8675309'), source: 'businessGroup' };
		expect(await jsonOf(ofGroup)).toMatchObject([
			{ id: 70003, email: 'o@example.com', firstName: 'Sam', lastName: 'Owner', role: 'owner', active: true, identityId: 70001 },
		]);
		expect(await jsonOf({ ...ofGroup, simplify: false })).toEqual(EXAMPLE.businessGroup.response.business_group.members);
	});

	test.each([
		['is none', { response: { id: 789 } }],
		['is that of another business', EXAMPLE.businessGroup],
		['contains a value that is not an object', { response: { id: 789, business_group: { members: [null] } } }],
	])('of a business group that %s is an error', async (_what, answer) => {
		onGet('/auth/api/v1/users/business/789').times(1).reply(200, answer);
		await expect(run({ ...getAll, source: 'businessGroup' })).rejects.toThrow(/not of the documented form \[item 0\]$/);
	});

	test('runs items with different businesses in sequence and in order', async () => {
		onGet(pageOf('/auth/api/v1/businesses/1/team_members')).reply(200, teamMembersPage([teamMemberRow(1), teamMemberRow(2)]));
		onGet(pageOf('/auth/api/v1/businesses/2/team_members')).reply(200, teamMembersPage([teamMemberRow(3)]));
		const output = await run({ ...getAll, business: locator('id', '={{ $json.id }}') }, { items: [{ id: 1 }, { id: 2 }] });
		expect(output.map(({ json, pairedItem }) => [json.email, pairedItem])).toEqual([
			['person1@example.com', { item: 0 }],
			['person2@example.com', { item: 0 }],
			['person3@example.com', { item: 1 }],
		]);
	});

	test('with fewer people than FreshBooks counts shows a remark', async () => {
		onGet(pageOf(TEAM)).times(2).reply(200, teamMembersPage([teamMemberRow(1)], 1, 16));
		onGet(pageOf(TEAM, 2)).times(2).reply(200, teamMembersPage([], 2, 16));
		const { items, hints } = await runWithHints({ ...getAll, returnAll: true });
		expect(items).toHaveLength(1);
		expect(hints).toEqual([expect.stringContaining('counts 16 team members of business 789 but shows 1')]);
	});

	test.each([true, false])('that ends before the limit shows the remark too, filtered by FreshBooks (%s) or not', async (filtered) => {
		const path = (page: number) => (filtered ? `${TEAM}?active=true&page=${page}&per_page=100` : pageOf(TEAM, page));
		onGet(path(1)).times(2).reply(200, teamMembersPage([teamMemberRow(1, { active: true })], 1, 16));
		onGet(path(2)).times(2).reply(200, teamMembersPage([], 2, 16));
		const { items, hints } = await runWithHints({ ...getAll, limit: 50, ...(filtered ? { filters: { active: true } } : {}) });
		expect(items).toHaveLength(1);
		expect(hints).toEqual([expect.stringContaining('counts 16 team members of business 789 but shows 1')]);
	});

	test('that changed during the reading is read again, even with a limit', async () => {
		const people = upTo(120).map((number) => teamMemberRow(number));
		onGet(pageOf(TEAM, 1)).reply(200, teamMembersPage(people.slice(0, 100), 1, 120));
		onGet(pageOf(TEAM, 2)).reply(200, teamMembersPage(people.slice(101), 2, 119));
		onGet(pageOf(TEAM, 1)).reply(200, teamMembersPage(people.slice(1, 101), 1, 119));
		onGet(pageOf(TEAM, 2)).reply(200, teamMembersPage(people.slice(101), 2, 119));
		expect(await jsonOf({ ...getAll, limit: 150 })).toHaveLength(119);
	});
});

describe("the business's name in simplified people", () => {
	const getAll = { resource: 'teamMember', operation: 'getAll', business };

	test('is read once for any number of items', async () => {
		onGet(pageOf(TEAM)).times(3).reply(200, teamMembersPage([teamMemberRow(1)]));
		onGet(ME).reply(200, OUR_BUSINESS);
		const output = await jsonOf(getAll, { items: [{}, {}, {}] });
		expect(output.map(({ businessId, businessName }) => [businessId, businessName])).toEqual([1, 2, 3].map(() => [789, 'BillSpring']));
	});

	test('is null if FreshBooks does not return it: people are listed, and it is not read again', async () => {
		onGet(pageOf(TEAM)).times(2).reply(200, teamMembersPage([teamMemberRow(1)]));
		onGet(ME).reply(403, { message: 'Forbidden' });
		expect(await jsonOf(getAll, { items: [{}, {}] })).toMatchObject([1, 2].map(() => ({ email: 'person1@example.com', businessId: 789, businessName: null })));
	});

	test('is not skipped if the run is cancelled: the run ends', async () => {
		const cancelling = new AbortController();
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1)]));
		onGet(ME).reply(503, () => {
			cancelling.abort();
			return {};
		});
		expect((await errorOf(getAll, { signal: cancelling.signal })).message).toBe('The execution was stopped before the request was done [item 0]');
	});

	test.each([{ simplify: false }, { options: { outputFormat: 'scim' } }])('is not read with %j', async (more) => {
		onGet(pageOf(TEAM)).times(2).reply(200, teamMembersPage([teamMemberRow(1)]));
		expect(await jsonOf({ ...getAll, ...more })).toHaveLength(1);
		expect(await jsonOf({ resource: 'teamMember', operation: 'get', business, member: locator('email', 'person1@example.com'), ...more })).toHaveLength(1);
	});
});

describe('team member, Get', () => {
	const get = { resource: 'teamMember', operation: 'get', business };
	nameOfBusiness();

	test('by UUID requests that team member, ignoring case', async () => {
		onGet(`/auth/api/v1/businesses/6806492/team_members/${UUID}`).times(2).reply(200, EXAMPLE.teamMember);
		const getThere = { ...get, business: locator('id', '6806492') };
		expect(await jsonOf({ ...getThere, member: locator('id', UUID) })).toMatchObject([{ id: UUID, role: 'no_seat_employee', roleName: 'Unassigned', active: true, businessId: 6806492 }]);
		expect(await jsonOf({ ...getThere, member: locator('list', UUID.toUpperCase()), simplify: false })).toEqual([EXAMPLE.teamMember.response]);
	});

	test('of a person of another business is an error', async () => {
		onGet(`${TEAM}/${UUID}`).reply(200, EXAMPLE.teamMember);
		await expect(run({ ...get, member: locator('id', UUID) })).rejects.toThrow(/not of the documented form \[item 0\]$/);
	});

	test('by email reads the list once for all items', async () => {
		onGet(pageOf(TEAM)).reply(200, teamMembersPage([teamMemberRow(1), teamMemberRow(2)]));
		const parameters = { ...get, member: locator('email', '={{ $json.email }}') };
		const items = ['PERSON2@Example.com', 'person1@example.com', ' person2@example.com '].map((email) => ({ email }));
		expect((await run(parameters, { items })).map(({ json, pairedItem }) => [json.email, pairedItem])).toEqual([
			['person2@example.com', { item: 0 }],
			['person1@example.com', { item: 1 }],
			['person2@example.com', { item: 2 }],
		]);
	});
});

describe('team member, Update Role', () => {
	const updateRole = { resource: 'teamMember', operation: 'updateRole', business, role: 'admin' };
	const staff = memberRow(1, { email: 'staff@example.com', role: 'employee' });

	test('by ID sends the role', async () => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		expect(await run({ ...updateRole, member: locator('id', '1') })).toEqual([{ json: EXAMPLE.memberUpdated.response.member, pairedItem: { item: 0 } }]);
	});

	test.each([[204, undefined], [200, {}], [200, { response: {} }]])('returns the new values if FreshBooks answers %d %j and lists the new role', async (status, answer) => {
		const lists = onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin', permissions: { invoices: true } }).reply(status, () => {
			lists.members = [{ ...staff, role: 'admin' }];
			return answer;
		});
		expect(await jsonOf({ ...updateRole, member: locator('id', '1'), permissions: '{"invoices": true}' })).toEqual([
			{ id: 1, role: 'admin', permissions: { invoices: true } },
		]);
	});

	test.each([[204, undefined], [200, {}], [200, { response: {} }]])('fails if FreshBooks answers %d %j and still lists the old role', async (status, answer) => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(status, answer);
		expect((await errorOf({ ...updateRole, member: locator('id', '1') })).message).toBe(
			'FreshBooks accepted the request, but lists staff@example.com as Employee, not as Admin [item 0]',
		);
	});

	test('of permissions alone returns the new values if FreshBooks returns nothing', async () => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { permissions: { invoices: true } }).reply(204);
		const parameters = { ...updateRole, role: locator('list', ''), member: locator('id', '1'), permissions: '{"invoices": true}' };
		expect(await jsonOf(parameters)).toEqual([{ id: 1, permissions: { invoices: true } }]);
	});

	test.each([['{"invoices": true}'], [{ invoices: true }]])('sends permissions given as %j', async (permissions) => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin', permissions: { invoices: true } }).reply(200, EXAMPLE.memberUpdated);
		await run({ ...updateRole, member: locator('id', '1'), permissions });
	});

	test.each(['', ' ', '{}'])('sends no permissions if they are %j', async (permissions) => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run({ ...updateRole, member: locator('id', '1'), permissions });
	});

	test('by email finds the whole-number ID first', async () => {
		onLists({ members: [staff] });
		onPut(`${MEMBERS}/1`, { role: 'admin' }).reply(200, EXAMPLE.memberUpdated);
		await run({ ...updateRole, member: locator('email', 'Staff@Example.com') });
	});
});

describe('team member, Remove', () => {
	const remove = { resource: 'teamMember', operation: 'remove', business };

	test.each([
		['ID', locator('id', 1)],
		['email', locator('email', 'STAFF@example.com')],
	])('by %s removes that member, and returns which', async (_name, named) => {
		onLists({ members: [memberRow(1, { email: 'staff@example.com' })] });
		onDelete(`${MEMBERS}/1`).reply(204);
		expect(await run({ ...remove, member: named })).toEqual([
			{ json: { deleted: true, businessId: 789, memberId: 1, email: 'staff@example.com' }, pairedItem: { item: 0 } },
		]);
	});
});

describe('invitation', () => {
	const create = { resource: 'invitation', operation: 'create', business, email: 'newstaff@example.com', role: 'employee' };
	const pending = invitationRow(55, { email: 'newstaff@example.com' });

	test('Create searches for a pending one, then invites', async () => {
		const lists = onLists();
		onPost(INVITATIONS, { email: 'newstaff@example.com', role: 'employee' }).reply(200, EXAMPLE.invitationCreated);
		expect(await run(create)).toEqual([{ json: EXAMPLE.invitationCreated.response.invitation, pairedItem: { item: 0 } }]);
		expect(lists.readings).toEqual({ team: 1, members: 1, invitations: 1 });
	});

	test("Create through the endpoint of FreshBooks' Postman collection sends the role as capacity", async () => {
		const lists = onLists();
		lists.instead.invitations = { status: 404, body: { message: 'No such page.' } };
		onPost('/auth/api/v1/users/invitation', {
			capacity: 'manager',
			to_email: 'newstaff@example.com',
			invitable_id: 789,
			invitable_type: 'business',
			groups: [],
		}).reply(200, { response: { id: 9, to_email: 'newstaff@example.com', capacity: 'manager' } });
		expect(await jsonOf({ ...create, role: 'manager', options: { endpoint: 'userInvitation' } })).toEqual([
			{ id: 9, to_email: 'newstaff@example.com', capacity: 'manager' },
		]);
	});

	test('Create for an invited address is refused by default, and nothing is sent', async () => {
		onLists({ invitations: [pending] });
		await expect(run({ ...create, email: 'NewStaff@example.com' })).rejects.toMatchObject({
			message: 'NewStaff@example.com already has a pending invitation to business 789 [item 0]',
			description: expect.stringContaining("'If Already Invited'"),
		});
	});

	test('Create for an invited address returns the pending invitation if chosen', async () => {
		onLists({ invitations: [pending] });
		expect(await jsonOf({ ...create, options: { ifExists: 'return' } })).toEqual([{ ...pending, alreadyInvited: true }]);
	});

	test('Get Many reads the list, all of it or up to the limit', async () => {
		onGet(pageOf(INVITATIONS)).times(2).reply(200, invitationsAnswer(upTo(60).map((id) => invitationRow(id))));
		const getAll = { resource: 'invitation', operation: 'getAll', business };
		expect(await run({ ...getAll, returnAll: true })).toHaveLength(60);
		expect(await jsonOf({ ...getAll, limit: 1 })).toEqual([{ id: 1, email: 'invited1@example.com', status: 'pending' }]);
	});

	test.each([
		['ID', locator('id', '55')],
		['email', locator('email', 'newSTAFF@example.com')],
	])('Revoke by %s revokes that invitation', async (_name, invitation) => {
		onLists({ invitations: [pending] });
		onDelete(`${INVITATIONS}/55`).reply(204);
		const email = invitation.mode === 'email' ? 'newSTAFF@example.com' : 'newstaff@example.com';
		expect(await jsonOf({ resource: 'invitation', operation: 'revoke', business, invitation })).toEqual([{ deleted: true, businessId: 789, invitationId: 55, email }]);
	});
});

describe('staff', () => {
	const getAll = { resource: 'staff', operation: 'getAll', account };
	const staff = locator('id', '2194844');
	const staffAnswer = (changes: IDataObject) => ({ response: { result: { staff: { ...EXAMPLE.staff.response.result.staff, ...changes } } } });

	test('Get Many reads the list, simplified with times in UTC', async () => {
		onGet(pageOf(STAFF)).reply(200, EXAMPLE.staffList);
		const output = await jsonOf(getAll);
		expect(output).toHaveLength(3);
		expect(output[0]).toMatchObject({ id: 2194844, state: 'active', lastLoginAt: '2016-08-05T14:38:41.000Z', updatedAt: '2016-08-05T14:38:41.000Z' });
	});

	test("Get Many, raw, returns FreshBooks' times unchanged", async () => {
		onGet(pageOf(STAFF)).reply(200, EXAMPLE.staffList);
		const output = await jsonOf({ ...getAll, simplify: false });
		expect(output[0]).toMatchObject({ last_login: '2016-08-05 10:38:41', updated: '2016-08-05 10:38:41' });
	});

	test('Get Many reads 101 records in two requests', async () => {
		const records = upTo(101).map((id) => staffRow(id));
		for (const page of [1, 2]) onGet(pageOf(STAFF, page)).reply(200, staffPage(records.slice((page - 1) * 100, page * 100), page, 101));
		expect((await jsonOf({ ...getAll, returnAll: true })).map(({ id }) => id)).toEqual(upTo(101));
	});

	test("Get Many sends every filter under FreshBooks' name", async () => {
		const sent: string[] = [];
		nock(API)
			.get(STAFF)
			.query(true)
			.reply(200, function (uri) {
				sent.push(decodeURIComponent(uri.split('?')[1]));
				return staffPage([]);
			});
		await run({
			...getAll,
			filters: {
				userId: '7',
				userIds: '1, 2',
				userLevel: 'admin',
				nameLike: 'wayne',
				emailLike: '@example.com',
				phoneLike: '555',
				noteLike: 'a & b',
				visState: 2,
			},
			options: { includeProjectIds: true },
		});
		expect(sent[0].split(/&(?=[a-z])/).sort()).toEqual(
			[
				'include[]=projectids',
				'page=1',
				'per_page=100',
				'search[email_like]=@example.com',
				'search[note_like]=a & b',
				'search[phone_like]=555',
				'search[user_levels]=admin',
				'search[user_like]=wayne',
				'search[userid]=7',
				'search[userids][]=1',
				'search[userids][]=2',
				'search[vis_state]=2',
			].sort(),
		);
	});

	test('Get Many with project IDs returns them, even simplified', async () => {
		onGet(`${STAFF}?include%5B%5D=projectids&page=1&per_page=100`).reply(200, staffPage([staffRow(1, { projectids: [5, 6] }), staffRow(2), staffRow(3, { projectids: [] })]));
		expect(await jsonOf({ ...getAll, options: { includeProjectIds: true } })).toMatchObject([{ projectIds: [5, 6] }, { projectIds: null }, { projectIds: [] }]);
	});

	test.each<[object, number[]]>([
		[{ userId: '2' }, [2]],
		[{ userIds: '1,3' }, [1, 3]],
		[{ userLevel: 'admin' }, [1]],
		[{ nameLike: 'WAYNE' }, [1, 3]],
		[{ nameLike: 'bruce wayne' }, [1]],
		[{ emailLike: 'B@Example' }, [2]],
		[{ phoneLike: '555-01' }, [2]],
		[{ noteLike: 'night' }, [3]],
		[{ visState: 2 }, [3]],
		[{ emailLike: 'example', visState: 0 }, [1, 2]],
		[{ nameLike: 'nobody' }, []],
	])('Get Many by %j returns the records %j even if FreshBooks ignores filters, and then applies the limit', async (filters, expected) => {
		const rows = [
			staffRow(1, { fname: 'Bruce', lname: 'Wayne', email: 'a@example.com', role: 'admin' }),
			staffRow(2, { email: 'b@example.com', mob_phone: '(416) 555 0100', role: 'staff' }),
			staffRow(3, { organization: 'Wayne Inc.', email: 'c@example.com', note: 'Works at Night', vis_state: 2, role: 'staff' }),
		];
		const others = upTo(100).map((id) => staffRow(1000 + id, { vis_state: 1, role: 'staff', email: 'x@y.co' }));
		const all = [...others, ...rows];
		nock(API)
			.persist()
			.get(STAFF)
			.query(true)
			.reply(200, (uri) => {
				const page = Number(new URL(uri, API).searchParams.get('page'));
				return staffPage(all.slice((page - 1) * 100, page * 100), page, all.length);
			});
		expect((await jsonOf({ ...getAll, limit: 3, filters: { ...filters } })).map(({ id }) => id)).toEqual(expected);
	});

	test('Get Many keeps rows without the filtered field', async () => {
		nock(API).get(STAFF).query(true).reply(200, staffPage([{ id: 1 }, { id: 2, role: 'business_employee' }]));
		expect(await run({ ...getAll, filters: { nameLike: 'a', emailLike: 'b', noteLike: 'c', phoneLike: '5', visState: 0, userLevel: 'staff' } })).toHaveLength(2);
	});

	test('Get with another record in the response is an error', async () => {
		onGet(`${STAFF}/7`).reply(200, EXAMPLE.staff);
		await expect(run({ resource: 'staff', operation: 'get', account, staff: locator('id', '7') })).rejects.toThrow(/not of the documented form \[item 0\]$/);
	});

	test.each(['update', 'delete'])('%s with another record in the response is an error', async (operation) => {
		nock(API).put(`${STAFF}/7`).reply(200, EXAMPLE.staff);
		const parameters = { resource: 'staff', operation, account, staff: locator('id', '7'), updateFields: { fname: 'B' } };
		await expect(run(parameters)).rejects.toThrow(/not of the documented form \[item 0\]$/);
	});

	test('a record that cannot be read back is marked as accepted', async () => {
		const client: FreshBooksClient = { maxInFlight: 1, send: async ({ method }) => (method === 'PUT' ? EXAMPLE.staffDeleted : {}), pause: async () => undefined, warn: () => undefined, mayUse: () => false };
		await expect(updateStaff(client, 'zDmNq', 7, { fname: 'B' })).rejects.toMatchObject({ failure: { kind: 'malformed', readBackFailed: true } });
	});

	test('Delete that leaves the record active is an error', async () => {
		onPut(`${STAFF}/2194844`, { staff: { vis_state: 1 } }).reply(200, EXAMPLE.staff);
		expect((await errorOf({ resource: 'staff', operation: 'delete', account, staff })).message).toContain('left its state as it was');
	});

	test('Get requests one record', async () => {
		onGet(`${STAFF}/2194844`).times(2).reply(200, EXAMPLE.staff);
		expect(await jsonOf({ resource: 'staff', operation: 'get', account, staff })).toMatchObject([{ id: 2194844, updatedAt: '2016-08-05T14:38:41.000Z' }]);
		const { api_token: removed, ...rest } = EXAMPLE.staff.response.result.staff;
		expect(removed).toBeNull();
		expect(await jsonOf({ resource: 'staff', operation: 'get', account, staff, simplify: false })).toEqual([rest]);
	});

	test("Update sends the chosen fields wrapped, under FreshBooks' names", async () => {
		onPut(`${STAFF}/2194844`, { staff: { email: 'new@example.com', p_street2: 'Floor 2', mob_phone: '', rate: '35.00' } }).reply(
			200,
			staffAnswer({ email: 'New@example.com', p_street2: 'Floor 2', mob_phone: null, rate: 35 }),
		);
		const updateFields = { email: ' new@example.com', pStreet2: 'Floor 2', mobPhone: '', rate: '35.00' };
		expect(await jsonOf({ resource: 'staff', operation: 'update', account, staff, updateFields, simplify: false })).toMatchObject([{ id: 2194844, username: 'MHzxqDerKq' }]);
	});

	test('Update answers the simplified record', async () => {
		onPut(`${STAFF}/2194844`, { staff: { fname: 'B' } }).reply(200, staffAnswer({ fname: 'B' }));
		const [record] = await jsonOf({ resource: 'staff', operation: 'update', account, staff, updateFields: { fname: 'B' } });
		expect(Object.keys(record)).toEqual(['email', 'firstName', 'lastName', 'displayName', 'role', 'rate', 'state', 'id', 'lastLoginAt', 'updatedAt']);
	});

	test('Update sends every documented writable field', async () => {
		const fields = ['bus_phone', 'currency_code', 'display_name', 'fax', 'fname', 'home_phone', 'language', 'lname', 'mob_phone', 'note', 'organization', 'p_city', 'p_code', 'p_country', 'p_province', 'p_street', 'p_street2', 'rate', 'username'];
		const camelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
		const sent = Object.fromEntries(fields.map((name) => [name, `the ${name}`]));
		onPut(`${STAFF}/2194844`, { staff: sent }).reply(200, staffAnswer(sent));
		const updateFields = Object.fromEntries(fields.map((name) => [camelCase(name), `the ${name}`]));
		await run({ resource: 'staff', operation: 'update', account, staff, updateFields });
	});

	test.each([{ response: {} }, { response: { result: { staff: {} } } }])('Update with the response %j, without the record, reads the record', async (answer) => {
		onPut(`${STAFF}/2194844`, { staff: { fname: 'B' } }).reply(200, answer);
		onGet(`${STAFF}/2194844`).reply(200, staffAnswer({ fname: 'B' }));
		expect(await jsonOf({ resource: 'staff', operation: 'update', account, staff, updateFields: { fname: 'B' } })).toMatchObject([{ id: 2194844 }]);
	});

	test('Update without effect is an error that names the fields', async () => {
		onPut(`${STAFF}/2194844`, { staff: { fname: 'B', rate: '40', note: 'x' } }).reply(200, staffAnswer({ note: 'x', rate: '35.00' }));
		const shown = await errorOf({ resource: 'staff', operation: 'update', account, staff, updateFields: { fname: 'B', rate: '40', note: 'x' } });
		expect(shown.message).toBe("FreshBooks accepted the change of staff 2194844 of account zDmNq, but answers another value for 'First Name', 'Rate' [item 0]");
	});

	test('Delete sets vis_state 1', async () => {
		onPut(`${STAFF}/2194844`, { staff: { vis_state: 1 } }).reply(200, EXAMPLE.staffDeleted);
		expect(await run({ resource: 'staff', operation: 'delete', account, staff })).toEqual([
			{ json: { deleted: true, accountId: 'zDmNq', staffId: 2194844 }, pairedItem: { item: 0 } },
		]);
	});
});

describe('credentials among FreshBooks’ fields are in no output', () => {
	const secret = 'secret-thing';
	const me = {
		response: { ...EXAMPLE.usersMeModern.response, business_memberships: [{ id: 1, fasttrack_token: secret, business: { id: 2, fasttrack_token: secret } }] },
	};

	test.each([true, false])('of Get Me, simplify: %s', async (simplify) => {
		onGet(ME).reply(200, me);
		expect(JSON.stringify(await run({ resource: 'user', operation: 'getMe', simplify }))).not.toMatch(/secret-thing|fasttrack_token/);
	});

	test('of Update Me', async () => {
		onPut(ME, { language: 'en' }).reply(200, me);
		expect(JSON.stringify(await run({ resource: 'user', operation: 'updateMe', updateFields: { language: 'en' } }))).not.toMatch(/secret-thing|fasttrack_token/);
	});

	test('of Get Many businesses', async () => {
		onGet(ME).reply(200, me);
		expect(JSON.stringify(await run({ resource: 'business', operation: 'getAll' }))).not.toMatch(/secret-thing|fasttrack_token/);
	});

	test.each([true, false])('of staff, simplify: %s', async (simplify) => {
		onGet(pageOf(STAFF)).reply(200, staffPage([staffRow(1, { api_token: secret })]));
		onGet(`${STAFF}/1`).reply(200, { response: { result: { staff: staffRow(1, { api_token: secret }) } } });
		const many = await run({ resource: 'staff', operation: 'getAll', account, simplify });
		const one = await run({ resource: 'staff', operation: 'get', account, staff: locator('id', 1), simplify });
		expect(JSON.stringify([many, one])).not.toMatch(/secret-thing|api_token/);
	});

	test('of an updated staff record', async () => {
		onPut(`${STAFF}/1`, { staff: { fname: 'B' } }).reply(200, { response: { result: { staff: staffRow(1, { fname: 'B', api_token: secret }) } } });
		const output = await run({ resource: 'staff', operation: 'update', account, staff: locator('id', 1), updateFields: { fname: 'B' } });
		expect(JSON.stringify(output)).not.toMatch(/secret-thing|api_token/);
	});

	test('if their names contain escapes', async () => {
		onGet(ME).reply(200, '{"response":{"id":1,"fasttrack\\u005ftoken":"secret-thing","api\\u005Ftoken":"secret-thing","business_memberships":[]}}');
		expect(await jsonOf({ resource: 'user', operation: 'getMe', simplify: false })).toEqual([{ id: 1, business_memberships: [] }]);
	});
});
