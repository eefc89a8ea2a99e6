// Every operation of the action node on a real n8n, against the FreshBooks sandbox.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
	BILLSPRING,
	BILLSPRING_ACCOUNT,
	HARBOUR,
	LANTERN,
	locator,
	searchFiles,
	searchForSecrets,
	startWorld,
	type Json,
	type World,
} from './support.mts';

interface Member {
	uuid: string;
	memberId: number;
	email: string;
	firstName: string;
	lastName: string;
	role: string;
	active: boolean;
	staffId: number | null;
}

interface Business {
	id: number;
	name: string;
	accountId: string | null;
	members: Member[];
	invitations: Array<{ id: number; email: string; role: string; status: string }>;
}

const DOCUMENTED_BUSINESS = { business: locator('id', BILLSPRING) };
const ACCOUNT = { account: locator('id', BILLSPRING_ACCOUNT) };

let world: World;

async function business(id: number): Promise<Business> {
	const { businesses } = await world.control<{ businesses: Business[] }>('GET', '/state');
	const found = businesses.find((one) => one.id === id);
	assert.ok(found, `the sandbox has business ${id}`);
	return found;
}

/** A person who may be changed: not the owner. */
async function anEmployee(): Promise<Member> {
	const { members } = await business(BILLSPRING);
	const found = members.find((member) => member.active && member.role === 'business_employee' && member.staffId);
	assert.ok(found, 'the sandbox has an active employee with a staff record');
	return found;
}

const emailsOf = (items: Json[]): unknown[] => items.map((item) => item['email']).sort();

before(async () => {
	world = await startWorld('operations');
});
beforeEach(async () => await world.reset());
after(async () => await world.close());

describe('user', () => {
	test('Get Me returns the connected user and their businesses', async () => {
		const [me] = await world.items({ resource: 'user', operation: 'getMe' });
		assert.equal(me?.['email'], 'marlowe.ashdown@example.com');
		const ids = (me['businesses'] as Json[]).map((one) => one['businessId']);
		assert.ok(ids.includes(BILLSPRING) && ids.includes(LANTERN));
	});

	test('Get Me without Simplify is the FreshBooks object, without tokens', async () => {
		const [me] = await world.items({ resource: 'user', operation: 'getMe', simplify: false });
		assert.equal(me?.['first_name'], 'Marlowe');
		assert.ok(Array.isArray(me['business_memberships']));
		assert.doesNotMatch(JSON.stringify(me), /fasttrack_token|api_token/);
	});

	test('Update Me changes the profile', async () => {
		await world.items({ resource: 'user', operation: 'updateMe', updateFields: { firstName: 'Marla', jobTitle: 'Director' } });
		const { owner } = await world.control<{ owner: Json }>('GET', '/state?members=0');
		assert.deepEqual([owner['firstName'], owner['jobTitle']], ['Marla', 'Director']);
	});
});

describe('business', () => {
	test('Get Many returns one item per membership, with null for a missing account', async () => {
		const items = await world.items({ resource: 'business', operation: 'getAll', returnAll: true });
		const byId = new Map(items.map((item) => [item['businessId'], item]));
		assert.equal(byId.size, 4);
		assert.equal(byId.get(BILLSPRING)?.['accountId'], BILLSPRING_ACCOUNT);
		assert.equal(byId.get(HARBOUR)?.['role'], 'business_partner');
		assert.deepEqual(Object.keys(items[0] ?? {}).sort(), [
			'accountId',
			'active',
			'businessId',
			'businessUuid',
			'membershipId',
			'name',
			'role',
		]);
	});
});

describe('teamMember', () => {
	test('Get Many lists everyone of a business with two pages, in two requests', async () => {
		const { members } = await business(HARBOUR);
		await world.clearRequests();
		const items = await world.items({
			resource: 'teamMember',
			operation: 'getAll',
			business: locator('id', HARBOUR),
			returnAll: true,
		});
		assert.equal(items.length, 131);
		assert.deepEqual(emailsOf(items), members.map((member) => member.email).sort());
		const listings = (await world.requests()).filter(({ path }) => path.endsWith('/team_members'));
		assert.equal(listings.length, 2);
	});

	for (const source of ['businessMembers', 'businessGroup']) {
		test(`Get Many reads the source ${source}`, async () => {
			const items = await world.items({
				resource: 'teamMember',
				operation: 'getAll',
				...DOCUMENTED_BUSINESS,
				source,
				returnAll: true,
			});
			assert.ok(items.length > 0);
			assert.equal(typeof items[0]?.['id'], 'number');
		});
	}

	test('Get Many stops at the limit and filters by role, address and activity', async () => {
		const getAll = { resource: 'teamMember', operation: 'getAll', ...DOCUMENTED_BUSINESS };
		assert.equal((await world.items({ ...getAll, limit: 3 })).length, 3);
		const managers = await world.items({ ...getAll, filters: { role: 'business_manager' } });
		assert.ok(managers.length > 0 && managers.every((item) => item['role'] === 'business_manager'));
		const inactive = await world.items({ ...getAll, filters: { active: false } });
		assert.ok(inactive.length > 0 && inactive.every((item) => item['active'] === false));
		const one = await world.items({ ...getAll, filters: { email: 'ODALYS.BRANDT@example.com' } });
		assert.deepEqual(emailsOf(one), ['odalys.brandt@example.com']);
	});

	test('Get finds a team member by UUID and by address in any case, and raw output is unchanged', async () => {
		const { uuid, email } = await anEmployee();
		const get = { resource: 'teamMember', operation: 'get', ...DOCUMENTED_BUSINESS };
		const [byId] = await world.items({ ...get, member: locator('id', uuid) });
		const [byEmail] = await world.items({ ...get, member: locator('email', email.toUpperCase()) });
		assert.deepEqual(byId, byEmail);
		assert.equal(byId?.['id'], uuid);
		const [raw] = await world.items({ ...get, member: locator('id', uuid), simplify: false });
		assert.equal(raw?.['business_role_name'], 'business_employee');
	});

	test('Update Role changes the role, by ID and by address', async () => {
		const { memberId, email } = await anEmployee();
		const updateRole = { resource: 'teamMember', operation: 'updateRole', ...DOCUMENTED_BUSINESS };
		await world.items({ ...updateRole, member: locator('id', memberId), role: 'business_manager' });
		assert.equal((await world.control('GET', `/businesses/${BILLSPRING}/members/${email}`))['role'], 'business_manager');
		await world.items({
			...updateRole,
			member: locator('email', email),
			role: 'business_accountant',
			permissions: '{"reports": true}',
		});
		const member = await world.control('GET', `/businesses/${BILLSPRING}/members/${email}`);
		assert.equal(member['role'], 'business_accountant');
	});

	test('Update Role and Remove accept the UUID from Get Many', async () => {
		const { email } = await anEmployee();
		const [listed] = await world.items({ resource: 'teamMember', operation: 'getAll', ...DOCUMENTED_BUSINESS, filters: { email } });
		const named = { resource: 'teamMember', ...DOCUMENTED_BUSINESS, member: locator('id', String(listed?.['id'])) };
		await world.items({ ...named, operation: 'updateRole', role: 'business_manager' });
		assert.equal((await world.memberOf(email))?.role, 'business_manager');
		const [removed] = await world.items({ ...named, operation: 'remove' });
		assert.deepEqual([removed?.['deleted'], removed?.['email']], [true, email]);
		assert.equal(await world.memberOf(email), undefined);
		assert.deepEqual(await world.changes(), ['roleChanged', 'memberRemoved']);
	});

	test('Remove removes a team member; a second time can be a success', async () => {
		const { memberId, email } = await anEmployee();
		const remove = { resource: 'teamMember', operation: 'remove', ...DOCUMENTED_BUSINESS, member: locator('email', email) };
		assert.deepEqual(await world.items(remove), [{ deleted: true, businessId: BILLSPRING, memberId, email }]);
		const { members } = await business(BILLSPRING);
		assert.ok(!members.some((member) => member.email === email));
		const again = await world.items({ ...remove, options: { ifMissing: 'succeed' } });
		assert.deepEqual([again[0]?.['deleted'], again[0]?.['alreadyMissing']], [true, true]);
		assert.equal((await world.run(remove)).status, 'error');
	});
});

describe('invitation', () => {
	const create = {
		resource: 'invitation',
		operation: 'create',
		...DOCUMENTED_BUSINESS,
		email: 'nadia.okafor@example.com',
		role: 'business_employee',
	};

	test('Create invites; a second time it returns the pending one and sends nothing', async () => {
		const [created] = await world.items(create);
		const pending = (await business(BILLSPRING)).invitations.filter(({ email }) => email === create.email);
		assert.equal(pending.length, 1);
		assert.equal(created?.['id'], pending[0]?.id);
		const [returned] = await world.items({ ...create, options: { ifExists: 'return' } });
		assert.deepEqual([returned?.['id'], returned?.['alreadyInvited']], [pending[0]?.id, true]);
		assert.equal((await world.run(create)).status, 'error');
		assert.equal((await business(BILLSPRING)).invitations.filter(({ email }) => email === create.email).length, 1);
	});

	test('Create through the endpoint of the Postman collection', async () => {
		await world.items({ ...create, options: { endpoint: 'userInvitation' } });
		const pending = (await business(BILLSPRING)).invitations.filter(({ email }) => email === create.email);
		assert.deepEqual(pending.map(({ role }) => role), ['business_employee']);
	});

	test('ten items with one address create one invitation', async () => {
		const input = Array.from({ length: 10 }, (_, n) => ({ email: n % 2 ? create.email : create.email.toUpperCase() }));
		const items = await world.items(
			{ ...create, email: '={{ $json.email }}', options: { ifExists: 'return', batchSize: 10 } },
			{ input },
		);
		assert.equal(items.length, 10);
		assert.equal(new Set(items.map((item) => item['id'])).size, 1);
	});

	test('two items with one address create one invitation, even if the list lags', async () => {
		await world.control('PATCH', '/settings', { listLagMs: 60_000 });
		const items = await world.items(
			{ ...create, email: '={{ $json.email }}', options: { ifExists: 'return', batchSize: 1 } },
			{ input: [{ email: create.email }, { email: create.email.toUpperCase() }] },
		);
		assert.equal(new Set(items.map((item) => item['id'])).size, 1);
		assert.deepEqual(await world.changes(), ['invitationCreated']);
	});

	test('Get Many lists the pending invitations', async () => {
		const items = await world.items({ resource: 'invitation', operation: 'getAll', ...DOCUMENTED_BUSINESS, returnAll: true });
		const { invitations } = await business(BILLSPRING);
		assert.deepEqual(items.map((item) => item['id']).sort(), invitations.map(({ id }) => id).sort());
	});

	test('Revoke revokes an invitation, by ID and by address', async () => {
		const [first, second] = (await business(BILLSPRING)).invitations;
		assert.ok(first && second);
		const revoke = { resource: 'invitation', operation: 'revoke', ...DOCUMENTED_BUSINESS };
		const byId = await world.items({ ...revoke, invitation: locator('id', first.id) });
		assert.deepEqual(byId, [{ deleted: true, businessId: BILLSPRING, invitationId: first.id, email: first.email }]);
		const byEmail = await world.items({ ...revoke, invitation: locator('email', second.email) });
		assert.deepEqual(byEmail, [{ deleted: true, businessId: BILLSPRING, invitationId: second.id, email: second.email }]);
		const { invitations } = await business(BILLSPRING);
		assert.ok(invitations.every(({ status }) => status === 'revoked'));
		const again = await world.items({
			...revoke,
			invitation: locator('email', second.email),
			options: { ifMissing: 'succeed' },
		});
		assert.equal(again[0]?.['alreadyMissing'], true);
	});
});

describe('staff', () => {
	test('Get Many lists the staff of an account, searches it and includes project IDs', async () => {
		const getAll = { resource: 'staff', operation: 'getAll', ...ACCOUNT };
		const all = await world.items({ ...getAll, returnAll: true });
		assert.equal(all.length, 12);
		const found = await world.items({ ...getAll, filters: { emailLike: 'odalys' }, options: { includeProjectIds: true } });
		assert.deepEqual(emailsOf(found), ['odalys.brandt@example.com']);
		assert.ok(Array.isArray(found[0]?.['projectIds']));
		assert.match(String(found[0]?.['updatedAt']), /Z$/);
	});

	test('Get returns one record, raw without its API token', async () => {
		const { staffId, email } = await anEmployee();
		const get = { resource: 'staff', operation: 'get', ...ACCOUNT, staff: locator('id', Number(staffId)) };
		const [simple] = await world.items(get);
		assert.deepEqual([simple?.['id'], simple?.['email']], [staffId, email]);
		const [raw] = await world.items({ ...get, simplify: false });
		assert.equal(raw?.['email'], email);
		assert.doesNotMatch(JSON.stringify(raw), /api_token/);
	});

	test('Update changes only the chosen fields', async () => {
		const { staffId, email } = await anEmployee();
		const staff = locator('id', Number(staffId));
		await world.items({ resource: 'staff', operation: 'update', ...ACCOUNT, staff, updateFields: { fname: 'Anneke', rate: '41.50' } });
		const [raw] = await world.items({ resource: 'staff', operation: 'get', ...ACCOUNT, staff, simplify: false });
		assert.deepEqual([raw?.['fname'], raw?.['email']], ['Anneke', email]);
	});

	test('Delete sets vis_state', async () => {
		const { staffId } = await anEmployee();
		const staff = locator('id', Number(staffId));
		await world.clearRequests();
		const items = await world.items({ resource: 'staff', operation: 'delete', ...ACCOUNT, staff });
		assert.deepEqual(items, [{ deleted: true, accountId: BILLSPRING_ACCOUNT, staffId }]);
		const put = (await world.requests()).find(({ method }) => method === 'PUT');
		assert.deepEqual(typeof put?.body === 'string' ? JSON.parse(put.body) : put?.body, { staff: { vis_state: 1 } });
	});
});

describe('lists of the resource locators', () => {
	interface Found {
		results: Array<{ name: string; value: string | number }>;
		paginationToken?: string;
	}

	async function search(methodName: string, parameter: string, parameters: Json, filter?: string): Promise<Found> {
		const { nodes } = world.workflowOf({ resource: 'teamMember', operation: 'getAll' });
		const node = nodes[1];
		return await world.n8n.client.request('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
			path: `parameters.${parameter}`,
			methodName,
			filter,
			nodeTypeAndVersion: { name: node?.type, version: 1 },
			currentNodeParameters: parameters,
			credentials: node?.credentials,
		});
	}

	test('businesses and accounts', async () => {
		const businesses = await search('searchBusinesses', 'business', { resource: 'teamMember' });
		assert.ok(businesses.results.some(({ name, value }) => name.startsWith('BillSpring') && value === BILLSPRING));
		const accounts = await search('searchAccounts', 'account', { resource: 'staff' });
		assert.ok(accounts.results.some(({ value }) => value === BILLSPRING_ACCOUNT));
	});

	test('team members by UUID for reading and by whole-number ID for writing, whole and sorted, with search', async () => {
		const parameters = { resource: 'teamMember', operation: 'get', business: locator('id', HARBOUR) };
		const all = await search('searchTeamMembers', 'member', parameters);
		assert.equal(all.results.length, 131);
		const names = all.results.map(({ name }) => name);
		assert.deepEqual(names, [...names].sort(new Intl.Collator(undefined, { numeric: true }).compare));
		const { members } = await business(BILLSPRING);
		const odalys = members.find(({ firstName }) => firstName === 'Odalys');
		const here = { ...parameters, business: locator('id', BILLSPRING) };
		const byUuid = await search('searchTeamMembers', 'member', here, 'odalys');
		assert.deepEqual(byUuid.results.map(({ value }) => value), [odalys?.uuid]);
		const byNumber = await search('searchBusinessMembers', 'member', here, 'odalys');
		assert.deepEqual(byNumber.results.map(({ value }) => value), [odalys?.memberId]);
	});

	test('invitations and staff', async () => {
		const invitations = await search('searchInvitations', 'invitation', { resource: 'invitation', ...DOCUMENTED_BUSINESS });
		assert.equal(invitations.results.length, 2);
		const staff = await search('searchStaff', 'staff', { resource: 'staff', ...ACCOUNT });
		assert.equal(staff.results.length, 12);
	});
});

describe('an access token that has expired', () => {
	/** The number of token requests during `work`. */
	async function refreshesDuring(work: () => Promise<void>): Promise<{ refreshes: number; reuseAttempts: number }> {
		type Counts = { oauth: { refreshes: number; reuseAttempts: number } };
		const { oauth: first } = await world.control<Counts>('GET', '/stats');
		await world.control('POST', '/oauth/expire');
		await work();
		const { oauth: last } = await world.control<Counts>('GET', '/stats');
		return {
			refreshes: last.refreshes - first.refreshes,
			reuseAttempts: last.reuseAttempts - first.reuseAttempts,
		};
	}

	test('20 items at the same time: exactly one refresh, and no item fails', async () => {
		const { members } = await business(BILLSPRING);
		const input = Array.from({ length: 20 }, (_, n) => ({ uuid: members[n % members.length]?.uuid }));
		const counts = await refreshesDuring(async () => await getTwenty(input));
		assert.deepEqual(counts, { refreshes: 1, reuseAttempts: 0 });
	});

	async function getTwenty(input: Json[]): Promise<void> {
		const { status, items, pairedItems, error } = await world.run(
			{
				resource: 'teamMember',
				operation: 'get',
				...DOCUMENTED_BUSINESS,
				member: { __rl: true, mode: 'id', value: '={{ $json.uuid }}' },
				options: { batchSize: 20 },
			},
			{ input },
		);
		assert.equal(status, 'success', error?.message);
		assert.deepEqual(items.map((item) => item['id']), input.map(({ uuid }) => uuid));
		assert.deepEqual(pairedItems, input.map((_, item) => ({ item })));
	}

	test('answered with 403 unauthenticated: one refresh', async () => {
		await world.control('PATCH', '/settings', { expiredTokenStatus: 403 });
		const counts = await refreshesDuring(async () => void (await world.items({ resource: 'user', operation: 'getMe' })));
		assert.deepEqual(counts, { refreshes: 1, reuseAttempts: 0 });
	});

	test('three executions at the same time: exactly one refresh', async () => {
		const getMe = { resource: 'user', operation: 'getMe' };
		const counts = await refreshesDuring(async () => {
			await Promise.all([1, 2, 3].map(async () => await world.items(getMe)));
		});
		assert.deepEqual(counts, { refreshes: 1, reuseAttempts: 0 });
	});
});

describe('secrets', () => {
	test('no secret of the sandbox is readable in n8n\'s folder, running or stopped', async (context) => {
		const control = await searchFiles(world.n8n.userFolder, ['odalys.brandt@example.com']);
		assert.ok(control.findings.length > 0, 'the search sees what executions hold');
		const running = await searchForSecrets(world);
		await world.n8n.stop();
		const stopped = await searchForSecrets(world);
		context.diagnostic(
			`${running.texts} secrets looked for in ${running.files} files, ${Math.round(running.bytes / 1e6)} MB`,
		);
		assert.ok(running.texts > 4 && running.files > 3);
		assert.deepEqual([...running.findings, ...stopped.findings], []);
	});
});
