import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BILLSPRING, INVITATIONS, kinds, MEMBERS, STAFF, TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const ME = '/auth/api/v1/users/me';
const bench = useSandbox();

/** Every field of the documented object, with the kinds of value it takes. */
const TEAM_MEMBER_FIELDS = ['uuid', 'first_name', 'middle_name', 'last_name', 'email', 'job_title', 'street_1', 'street_2', 'city', 'province', 'country',
	'postal_code', 'phone_number', 'business_id', 'business_role_name', 'active', 'identity_id', 'invitation_date_accepted', 'created_at', 'updated_at'];
const STAFF_FIELDS = ['fax', 'rate', 'num_logins', 'api_token', 'id', 'note', 'display_name', 'lname', 'mob_phone', 'last_login', 'home_phone', 'email',
	'username', 'updated', 'p_province', 'p_city', 'p_code', 'p_country', 'accounting_systemid', 'bus_phone', 'signup_date', 'language', 'level', 'userid',
	'p_street2', 'vis_state', 'fname', 'organization', 'p_street', 'currency_code'];

async function team(): Promise<Body[]> {
	return (await bench.api.get(TEAM, { params: { per_page: 100 } })).data.response;
}

async function members(): Promise<{ id: number; email: string; role: string; confirmed: boolean }[]> {
	return (await bench.api.get(MEMBERS, { params: { per_page: 100 } })).data.response.members;
}

async function memberCalled(email: string) {
	const member = (await members()).find((one) => one.email === email);
	assert.ok(member, `${email} is a member`);
	return member;
}

describe('users/me', () => {
	it('has the modern shape, without result or user', async () => {
		const { response } = (await bench.api.get(ME)).data;
		for (const field of ['id', 'identity_uuid', 'profile', 'email', 'confirmed_at', 'phone_numbers', 'links', 'permissions', 'groups', 'subscription_statuses', 'integrations', 'business_memberships', 'roles']) {
			assert.ok(field in response, field);
		}
		const [billSpring] = response.business_memberships;
		assert.deepEqual([billSpring.role, billSpring.business.id, billSpring.business.account_id], ['owner', BILLSPRING, 'zDmNq']);
		assert.match(billSpring.fasttrack_token, /^fbsx-fasttrack-/);
		assert.equal(response.groups.find((group: Body) => group.business_id === BILLSPRING).id, billSpring.id);
	});

	it('shows a business without an account, whose account is in roles and business_clients', async () => {
		const { response } = (await bench.api.get(ME)).data;
		const { business } = response.business_memberships.find((membership: { business: Body }) => membership.business.account_id === null);
		assert.equal(business.business_clients[0].account_id, 'Xr82w');
		assert.ok(response.roles.some((role: Body) => role.accountid === 'Xr82w' && role.role === 'client'));
	});

	it('has the flat shape, and memberships without a business, by settings', async () => {
		await bench.control('PATCH', '/settings', { membershipWithoutBusiness: true });
		assert.equal((await bench.api.get(ME)).data.response.business_memberships.at(-1).business, null);
		await bench.control('PATCH', '/settings', { usersMeShape: 'flat' });
		assert.deepEqual((await bench.api.get(ME)).data.response.business_memberships[0], { business_id: BILLSPRING, role: 'owner' });
	});

	it('is updated, and the answer has the ID, the changed fields and the address', async () => {
		const answer = await bench.api.put(ME, { first_name: 'Janet', language: 'fr' });
		assert.deepEqual(answer.data, { response: { id: 712052, first_name: 'Janet', language: 'fr', email: 'marlowe.ashdown@example.com' } });
		assert.equal((await bench.api.get(ME)).data.response.first_name, 'Janet');
		assert.equal((await team())[0]?.first_name, 'Janet');
	});
});

describe('team members', () => {
	it('are an array under response, with meta and no pages', async () => {
		const { data } = await bench.api.get(TEAM, { params: { per_page: 5 } });
		assert.deepEqual(Object.keys(data), ['response', 'meta']);
		assert.deepEqual(data.meta, { page: 1, per_page: 5, total: 12 });
		assert.deepEqual(Object.keys(data.response[0]), TEAM_MEMBER_FIELDS);
		assert.match(data.response[0].created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	});

	it('are read singly by UUID, and not by their whole-number ID', async () => {
		const [first] = await team();
		assert.deepEqual((await bench.api.get(`${TEAM}/${String(first?.uuid)}`)).data, { response: first });
		const integerId = (await members())[0]?.id;
		const wrong = await bench.api.get(`${TEAM}/${integerId}`);
		assert.deepEqual([wrong.status, wrong.data.error], [404, 'not_found']);
	});

	it('are filtered by active', async () => {
		const active = (await bench.api.get(TEAM, { params: { active: true, per_page: 100 } })).data;
		const inactive = (await bench.api.get(TEAM, { params: { active: false, per_page: 100 } })).data;
		assert.ok(active.response.every((member: Body) => member.active === true) && inactive.response.every((member: Body) => member.active === false));
		assert.deepEqual([active.meta.total, inactive.meta.total], [11, 1]);
	});

	it('may not be listed everywhere, and do not exist everywhere', async () => {
		const closed = await bench.api.get('/auth/api/v1/businesses/884410/team_members');
		assert.deepEqual([closed.status, closed.data.response.errors[0].message], [403, 'Permission Denied.']);
		assert.equal((await bench.api.get('/auth/api/v1/businesses/1/team_members')).status, 404);
	});

	it('hold every role, an inactive person and one without an identity', async () => {
		const people = await team();
		const roles = new Set(people.map((member) => member.business_role_name));
		assert.ok(['owner', 'business_partner', 'business_manager', 'business_employee', 'business_accountant', 'contractor', 'no_seat_employee'].every((role) => roles.has(role)));
		assert.ok(people.some((member) => member.business_role_name === 'no_seat_employee' && member.active === true && member.identity_id === null));
	});
});

describe('business members', () => {
	it('have whole-number IDs and a pages object', async () => {
		const { response } = (await bench.api.get(MEMBERS, { params: { page: 2, per_page: 5 } })).data;
		assert.deepEqual(response.pages, { page: 2, pages: 3, per_page: 5, total: 12 });
		assert.deepEqual(Object.keys(response.members[0]), ['id', 'email', 'role', 'confirmed']);
	});

	it('get another role, which both lists show', async () => {
		const member = await memberCalled('teodor.wexley@example.com');
		const answer = await bench.api.put(`${MEMBERS}/${member.id}`, { role: 'business_manager' });
		assert.deepEqual(answer.data, { response: { member: { id: member.id, role: 'business_manager', email: member.email } } });
		assert.equal((await memberCalled(member.email)).role, 'business_manager');
		assert.equal((await team()).find(({ email }) => email === member.email)?.business_role_name, 'business_manager');
		assert.deepEqual(await kinds(bench), ['roleChanged']);
	});

	it('keep the permissions they are given', async () => {
		const member = await memberCalled('teodor.wexley@example.com');
		await bench.api.put(`${MEMBERS}/${member.id}`, { role: 'business_employee', permissions: { 'invoices.access': true } });
		assert.deepEqual((await memberCalled(member.email) as unknown as Body).permissions, { 'invoices.access': true });
	});

	it('are removed from both lists and then answer 404', async () => {
		const member = await memberCalled('calum.prewitt@example.com');
		const uuid = (await team()).find(({ email }) => email === member.email)?.uuid;
		const answer = await bench.api.delete(`${MEMBERS}/${member.id}`);
		assert.deepEqual([answer.status, answer.data], [204, '']);
		assert.equal((await bench.api.delete(`${MEMBERS}/${member.id}`)).status, 404);
		assert.equal((await bench.api.get(`${TEAM}/${String(uuid)}`)).status, 404);
		assert.ok(!(await team()).some(({ email }) => email === member.email));
		assert.deepEqual(await kinds(bench), ['memberRemoved']);
	});

	it('refuse an empty role, and changes of the owner', async () => {
		const [owner, other] = await members();
		const empty = await bench.api.put(`${MEMBERS}/${other?.id}`, { role: ' ' });
		assert.deepEqual([empty.status, empty.data.error], [422, 'invalid_resource']);
		assert.equal((await bench.api.put(`${MEMBERS}/${owner?.id}`, { role: 'contractor' })).status, 422);
		assert.equal((await bench.api.delete(`${MEMBERS}/${owner?.id}`)).status, 422);
		assert.deepEqual(await kinds(bench), []);
	});
});

describe('the business group', () => {
	const GROUP = `/auth/api/v1/users/business/${BILLSPRING}`;

	it('lists those with an identity under business_group.members', async () => {
		const { response } = (await bench.api.get(GROUP)).data;
		assert.deepEqual([response.id, response.business_group.category, response.business_group.members.length], [BILLSPRING, 'business', 10]);
		assert.deepEqual(response.business_group.members[0].role, 'owner');
	});

	it('is deleted with its business on DELETE, which history records', async () => {
		assert.equal((await bench.api.delete(GROUP)).status, 200);
		assert.deepEqual(await kinds(bench), ['businessDeleted']);
		assert.equal((await bench.api.get(TEAM)).status, 404);
	});
});

describe('invitations', () => {
	const invite = (email: string, role = 'business_employee') => bench.api.post(INVITATIONS, { email, role });
	const pending = async (): Promise<Body[]> => (await bench.api.get(INVITATIONS)).data.response.invitations;

	it('are made pending, listed, and not yet in the team', async () => {
		const { data } = await invite('newstaff@example.com', 'contractor');
		const { id, ...rest } = data.response.invitation;
		assert.deepEqual(rest, { email: 'newstaff@example.com', role: 'contractor', status: 'pending' });
		assert.ok((await pending()).some((invitation) => invitation.id === id));
		assert.ok(!(await team()).some(({ email }) => email === 'newstaff@example.com'));
	});

	it('are stored twice for one address, unless a setting says otherwise', async () => {
		await invite('twice@example.com');
		assert.equal((await invite('Twice@example.com')).status, 200);
		await bench.control('PATCH', '/settings', { rejectDuplicateInvitations: true });
		const refused = await invite('twice@example.com');
		assert.deepEqual([refused.status, refused.data.error], [422, 'invalid_resource']);
		assert.equal((await pending()).filter(({ email }) => String(email).toLowerCase() === 'twice@example.com').length, 2);
	});

	it('are revoked once', async () => {
		const [first] = await pending();
		assert.equal((await bench.api.delete(`${INVITATIONS}/${String(first?.id)}`)).status, 204);
		assert.equal((await bench.api.delete(`${INVITATIONS}/${String(first?.id)}`)).status, 404);
		assert.equal((await pending()).length, 1);
	});

	it('are stored with the address in lower case on request', async () => {
		await bench.control('PATCH', '/settings', { invitedAddress: 'lowerCase' });
		assert.equal((await invite('New.Person@Example.com')).data.response.invitation.email, 'new.person@example.com');
		assert.ok((await pending()).some(({ email }) => email === 'new.person@example.com'));
	});

	it('refuse a bad address and an empty role', async () => {
		assert.equal((await invite('nobody')).status, 422);
		assert.equal((await invite('a@example.com', '')).status, 422);
		assert.deepEqual(await kinds(bench), []);
	});

	it('are made by users/invitation too', async () => {
		const { data } = await bench.api.post('/auth/api/v1/users/invitation', {
			capacity: 'manager', to_email: 'person@example.com', invitable_id: BILLSPRING, invitable_type: 'business', groups: [{ group_id: 1, capacity: 'manager' }],
		});
		assert.equal(data.response.to_email, 'person@example.com');
		assert.ok((await pending()).some(({ id, role }) => id === data.response.id && role === 'business_manager'));
	});
});

describe('staff', () => {
	const list = async (params: Record<string, unknown> = {}) => (await bench.api.get(STAFF, { params })).data.response.result;

	it('are listed under staff, with the paging beside them', async () => {
		const { staff, ...paging } = await list();
		assert.deepEqual(paging, { per_page: 15, pages: 1, total: 12, page: 1 });
		assert.deepEqual(Object.keys(staff[0]), [...STAFF_FIELDS, 'role']);
		assert.deepEqual([staff[0].id, staff[0].userid, staff[0].level], [1, 1, 3]);
		assert.match(staff[0].api_token, /^fbsx-apitoken-/);
	});

	it('have times of New York without a zone, summer and winter', async () => {
		const { staff } = await list({ 'search[email_like]': 'odalys' });
		assert.equal(staff[0].signup_date, '2023-02-02 09:08:11');
		const summer = (await list({ 'search[email_like]': 'priyanka' })).staff[0];
		assert.equal(summer.signup_date, '2023-06-21 14:44:02');
	});

	const searches: [Record<string, unknown>, string[]][] = [
		[{ 'search[userid]': 1 }, ['Ashdown']],
		[{ 'search[user_like]': 'soLh' }, ['Solheim']],
		[{ 'search[email_like]': 'ivo.' }, ['Castellan']],
		[{ 'search[user_levels]': 'admin', 'search[email_like]': 'priyanka' }, ['Solheim']],
		[{ 'search[user_levels]': 'staff', 'search[email_like]': 'priyanka' }, []],
		[{ 'search[vis_state]': 1 }, []],
		[{ 'search[note_like]': 'x' }, []],
	];
	for (const [params, names] of searches) {
		it(`are found by ${JSON.stringify(params)}`, async () => {
			assert.deepEqual((await list(params)).staff.map(({ lname }: Body) => lname), names);
		});
	}

	it('are found by several ids and by the digits of a phone number', async () => {
		const ids: number[] = (await list()).staff.map(({ id }: { id: number }) => id).slice(2, 4);
		assert.deepEqual((await list({ 'search[userids]': ids })).staff.map(({ id }: Body) => id), ids);
		await bench.api.put(`${STAFF}/${ids[0]}`, { staff: { mob_phone: '(416) 555-0137' } });
		assert.deepEqual((await list({ 'search[phone_like]': '416555' })).staff.map(({ id }: Body) => id), [ids[0]]);
	});

	it('come with project ids when asked to', async () => {
		assert.equal((await list()).staff[0].projectids, undefined);
		const single = await bench.api.get(`${STAFF}/1`, { params: { 'include[]': 'projectids' } });
		assert.deepEqual(single.data.response.result.staff.projectids, [2, 3]);
	});

	it('are updated, and deleted with vis_state 1 while the membership stays', async () => {
		const answer = await bench.api.put(`${STAFF}/1`, { staff: { email: 'new@example.com' } });
		assert.equal(answer.data.response.result.staff.email, 'new@example.com');
		const gone = await bench.api.put(`${STAFF}/1`, { staff: { vis_state: 1 } });
		assert.deepEqual(gone.data, { response: {} });
		assert.equal((await bench.api.get(`${STAFF}/1`)).data.response.result.staff.vis_state, 1);
		assert.equal((await team()).length, 12);
		assert.deepEqual(await kinds(bench), ['staffUpdated', 'staffDeleted']);
	});

	it('are listed without the deleted and archived ones on request, unless vis_state asks for them', async () => {
		await bench.control('PATCH', '/settings', { staffListed: 'active' });
		await bench.api.put(`${STAFF}/1`, { staff: { vis_state: 1 } });
		assert.equal((await list()).total, 11);
		assert.deepEqual((await list({ 'search[vis_state]': 1 })).staff.map(({ id }: Body) => id), [1]);
		assert.equal((await bench.api.get(`${STAFF}/1`)).status, 200);
	});

	it('answer errors in the old envelope, or the new one', async () => {
		const old = await bench.api.get(`${STAFF}/999`);
		assert.deepEqual([old.status, old.data], [404, { response: { errors: [{ errno: 1012, field: 'userid', message: 'Staff not found.', object: 'staff', value: '999' }] } }]);
		await bench.control('PATCH', '/settings', { accountingErrors: 'new' });
		const modern = (await bench.api.get(`${STAFF}/999`)).data;
		assert.deepEqual([modern.code, modern.details[0].reason, modern.details[0].metadata.message], [5, '1012', 'Staff not found.']);
		assert.equal((await bench.api.put(`${STAFF}/1`, { vis_state: 1 })).status, 422);
	});
});

describe('the profile "documented"', () => {
	it('answers 404 to what FreshBooks does not publish, and the rest as ever', async () => {
		await bench.control('PATCH', '/settings', { profile: 'documented' });
		const unpublished = [
			await bench.api.get(MEMBERS), await bench.api.put(`${MEMBERS}/1`, { role: 'contractor' }), await bench.api.delete(`${MEMBERS}/1`),
			await bench.api.get(INVITATIONS), await bench.api.post(INVITATIONS, {}), await bench.api.delete(`${INVITATIONS}/1`),
			await bench.api.put(ME, { first_name: 'A' }), await bench.api.post('/auth/api/v1/users/invitation', {}),
		];
		assert.deepEqual(unpublished.map(({ status }) => status), unpublished.map(() => 404));
		for (const path of [ME, TEAM, STAFF]) assert.equal((await bench.api.get(path)).status, 200, path);
	});
});
