import type { IDataObject } from 'n8n-workflow';

import { membershipsOf } from '../../nodes/FreshBooks/api/me';
import { EXAMPLE } from '../harness/examples';

const accounts = (me: IDataObject) => membershipsOf(me).map(({ businessId, accountId }) => [businessId, accountId]);

describe('the memberships of users/me', () => {
	test('are read from the documented example: both businesses, each with its own account', () => {
		expect(membershipsOf(EXAMPLE.usersMe.response)).toEqual([
			{ businessId: 77128, businessUuid: null, accountId: 'zDmNq', ownsAccount: true, name: 'BillSpring', role: 'owner', membershipId: 168372, active: null },
			{ businessId: 311394, businessUuid: null, accountId: 'e6Wmk', ownsAccount: true, name: 'another_bruce', role: 'manager', membershipId: 1570108, active: null },
		]);
	});

	test('are read from the modern shape', () => {
		expect(membershipsOf(EXAMPLE.usersMeModern.response)).toEqual([
			{ businessId: 77128, businessUuid: '<uuid>', accountId: 'ACM123', ownsAccount: true, name: 'Acme', role: 'owner', membershipId: 168372, active: true },
		]);
	});

	test("are read from the guide's flat shape", () => {
		expect(membershipsOf(EXAMPLE.usersMeFlat.response)).toEqual([
			{ businessId: 789, businessUuid: null, accountId: null, ownsAccount: false, name: null, role: 'owner', membershipId: null, active: null },
		]);
	});

	test.each([{}, { business_memberships: null }, { business_memberships: [] }, { business_memberships: {} }])('may be none: %j', (me) => {
		expect(membershipsOf(me)).toEqual([]);
	});

	test('leave out one without a business, and only that', () => {
		const me = { business_memberships: [{ id: 1, role: 'owner' }, { id: 2, role: 'owner', business: null }, null, { id: 3, business: { id: 9 } }] };
		expect(membershipsOf(me).map(({ businessId }) => businessId)).toEqual([9]);
	});

	test('take the business of the membership, never the ID of the membership', () => {
		expect(membershipsOf({ business_memberships: [{ id: 168372, business: { id: 77128 } }] })[0]).toMatchObject({ businessId: 77128, membershipId: 168372 });
	});
});

describe('a business with null account_id', () => {
	const homeless = { id: 1, business: { id: 10, account_id: null } };
	const housed = { id: 2, business: { id: 20, account_id: 'ACM' } };

	test('takes the account it is a client of, when it is one only', () => {
		const business = { id: 10, account_id: null, business_clients: [{ business_id: 10, account_id: 'XYZ' }] };
		expect(accounts({ business_memberships: [{ id: 1, business }] })).toEqual([[10, 'XYZ']]);
	});

	test('takes none when it is a client of several', () => {
		const business_clients = [{ business_id: 10, account_id: 'XYZ' }, { business_id: 10, account_id: 'ABC' }];
		expect(accounts({ business_memberships: [{ id: 1, business: { id: 10, account_id: null, business_clients } }] })).toEqual([[10, null]]);
	});

	test('takes the one account among the roles that no other business has', () => {
		expect(accounts({ business_memberships: [homeless, housed], roles: [{ accountid: 'ACM' }, { accountid: 'FREE' }, { accountid: 'FREE' }] })).toEqual([
			[10, 'FREE'],
			[20, 'ACM'],
		]);
	});

	test('takes none where two accounts are free: never the first', () => {
		expect(accounts({ business_memberships: [homeless], roles: [{ accountid: 'ONE' }, { accountid: 'TWO' }] })).toEqual([[10, null]]);
	});

	test('takes none where two businesses have none: never the first', () => {
		const other = { id: 3, business: { id: 30, account_id: null } };
		expect(accounts({ business_memberships: [homeless, other], roles: [{ accountid: 'FREE' }] })).toEqual([
			[10, null],
			[30, null],
		]);
	});

	test('says of an account that it found elsewhere that it is not its own', () => {
		const client = { id: 10, account_id: null, business_clients: [{ business_id: 10, account_id: 'XYZ' }] };
		const owned = (me: IDataObject) => membershipsOf(me).map(({ accountId, ownsAccount }) => [accountId, ownsAccount]);
		expect(owned({ business_memberships: [{ id: 1, business: client }, housed] })).toEqual([['XYZ', false], ['ACM', true]]);
		expect(owned({ business_memberships: [homeless], roles: [{ accountid: 'FREE' }] })).toEqual([['FREE', false]]);
	});

	test("never takes another business's account", () => {
		expect(accounts({ business_memberships: [homeless, housed], roles: [{ accountid: 'ACM' }] })).toEqual([
			[10, null],
			[20, 'ACM'],
		]);
	});
});
