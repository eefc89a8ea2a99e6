import type { IDataObject } from 'n8n-workflow';

import { getMe, membershipsOf } from '../../nodes/FreshBooks/api/me';
import type { FreshBooksClient } from '../../nodes/FreshBooks/client/client';
import { EXAMPLE } from '../harness/examples';

const accounts = (me: IDataObject) => membershipsOf(me).map(({ businessId, accountId }) => [businessId, accountId]);

describe('the memberships of users/me', () => {
	test('are parsed from the documented example: both businesses, each with its own account', () => {
		const memberships = EXAMPLE.usersMe.response.business_memberships;
		expect(membershipsOf(EXAMPLE.usersMe.response)).toEqual([
			{ businessId: 77128, businessUuid: null, accountId: 'zDmNq', name: 'BillSpring', role: 'owner', membershipId: 168372, active: null, staffLimit: -1, raw: memberships[0] },
			{ businessId: 311394, businessUuid: null, accountId: 'e6Wmk', name: 'another_bruce', role: 'manager', membershipId: 1570108, active: null, staffLimit: -1, raw: memberships[1] },
		]);
	});

	test('are parsed from the modern shape', () => {
		expect(membershipsOf(EXAMPLE.usersMeModern.response)).toEqual([
			{ businessId: 77128, businessUuid: '<uuid>', accountId: 'ACM123', name: 'Acme', role: 'owner', membershipId: 168372, active: true, staffLimit: -1, raw: EXAMPLE.usersMeModern.response.business_memberships[0] },
		]);
	});

	test("are parsed from the guide's flat shape", () => {
		expect(membershipsOf(EXAMPLE.usersMeFlat.response)).toEqual([
			{ businessId: 789, businessUuid: null, accountId: null, name: null, role: 'owner', membershipId: null, active: null, staffLimit: null, raw: EXAMPLE.usersMeFlat.response.business_memberships[0] },
		]);
	});

	test.each([{}, { business_memberships: null }, { business_memberships: [] }, { business_memberships: {} }])('may be empty: %j', (me) => {
		expect(membershipsOf(me)).toEqual([]);
	});

	test('omit only one without a business', () => {
		const me = { business_memberships: [{ id: 1, role: 'owner' }, { id: 2, role: 'owner', business: null }, null, { id: 3, business: { id: 9 } }] };
		expect(membershipsOf(me).map(({ businessId }) => businessId)).toEqual([9]);
	});

	test('use the ID of the business, not of the membership', () => {
		expect(membershipsOf({ business_memberships: [{ id: 168372, business: { id: 77128 } }] })[0]).toMatchObject({ businessId: 77128, membershipId: 168372 });
	});
});

describe('a business with null account_id', () => {
	const withoutAccount = { id: 1, business: { id: 10, account_id: null } };
	const withAccount = { id: 2, business: { id: 20, account_id: 'ACM' } };

	const clientOf = (...accountIds: string[]) => accountIds.map((account_id) => ({ business_id: 10, account_id }));

	test.each([[['XYZ']], [['XYZ', 'ABC']]])('never gets an account where it is a client: %j', (accountIds) => {
		const business = { id: 10, account_id: null, business_clients: clientOf(...accountIds) };
		const roles = accountIds.map((accountid) => ({ accountid, role: 'staff' }));
		expect(accounts({ business_memberships: [{ id: 1, business }], roles })).toEqual([[10, null]]);
	});

	test('does not treat an account where it is a client as its own', () => {
		expect(accounts({ business_memberships: [{ id: 1, business: { id: 10, account_id: 'XYZ', business_clients: clientOf('XYZ') } }] })).toEqual([[10, null]]);
	});

	test.each([
		[[{ accountid: 'FREE', role: 'client' }], null],
		[[{ accountid: 'FREE', role: 'admin' }, { accountid: 'FREE', role: 'Client' }], null],
		[[{ accountid: 'OTHER', role: 'client' }, { accountid: 'FREE', role: 'admin' }], 'FREE'],
	])('gets no account where the user is a client, of the roles %j: %s', (roles, accountId) => {
		expect(accounts({ business_memberships: [withoutAccount], roles })).toEqual([[10, accountId]]);
	});

	test('gets the only account in the roles that no other business has', () => {
		expect(accounts({ business_memberships: [withoutAccount, withAccount], roles: [{ accountid: 'ACM' }, { accountid: 'FREE' }, { accountid: 'FREE' }] })).toEqual([
			[10, 'FREE'],
			[20, 'ACM'],
		]);
	});

	test('gets none if two accounts are unused', () => {
		expect(accounts({ business_memberships: [withoutAccount], roles: [{ accountid: 'ONE' }, { accountid: 'TWO' }] })).toEqual([[10, null]]);
	});

	test('gets none if two businesses have none', () => {
		const other = { id: 3, business: { id: 30, account_id: null } };
		expect(accounts({ business_memberships: [withoutAccount, other], roles: [{ accountid: 'FREE' }] })).toEqual([
			[10, null],
			[30, null],
		]);
	});

	test("never gets another business's account", () => {
		expect(accounts({ business_memberships: [withoutAccount, withAccount], roles: [{ accountid: 'ACM' }] })).toEqual([
			[10, null],
			[20, 'ACM'],
		]);
	});
});

describe("the plan's limit of staff", () => {
	const limit = (limits: IDataObject) => membershipsOf({ business_memberships: [{ id: 1, business: { id: 10, account_id: 'ACM' } }], permissions: limits })[0].staffLimit;

	test.each([
		[{ ACM: { 'staff.limit': 5 } }, 5],
		[{ ACM: { 'staff.limit': -1 } }, -1],
		[{ ACM: { 'client.limit': 5 } }, null],
		[{ OTHER: { 'staff.limit': 5 } }, null],
		[{ ACM: null }, null],
		[{}, null],
	])('for the permissions %j is %s', (permissions, staffLimit) => {
		expect(limit(permissions)).toBe(staffLimit);
	});

	test('is unknown if the business has no account', () => {
		expect(membershipsOf(EXAMPLE.usersMeFlat.response)[0].staffLimit).toBeNull();
	});
});

describe('the connected user', () => {
	const clientOf = (answer: unknown): FreshBooksClient => ({ maxInFlight: 1, send: async () => answer, pause: async () => undefined, warn: () => undefined, mayUse: () => false });

	test.each([undefined, null, {}, 'none', [null], ['x'], [[]]])('whose business_memberships are %j is malformed', async (business_memberships) => {
		await expect(getMe(clientOf({ response: { id: 1, business_memberships } }))).rejects.toMatchObject({ failure: { kind: 'malformed', subject: 'the connected user' } });
	});

	test('may belong to no business, or to one that is not set up', async () => {
		expect((await getMe(clientOf({ response: { id: 1, business_memberships: [] } }))).memberships).toEqual([]);
		expect((await getMe(clientOf({ response: { id: 1, business_memberships: [{ id: 2, business: null }] } }))).memberships).toEqual([]);
	});
});
