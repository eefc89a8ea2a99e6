import { NodeHelpers, type ILoadOptionsFunctions, type INode, type INodeParameters } from 'n8n-workflow';

import { listSearch } from '../../nodes/FreshBooks/methods';
import { roleParameter } from '../../nodes/FreshBooks/operations/common/descriptions';
import { isOfferedRole, isOwnerRole, OFFERED_ROLES, roleKey, sameRole } from '../../nodes/FreshBooks/people/roles';

test.each([
	[['Manager', 'manager', 'business_manager', 'Business Manager', ' BUSINESS-MANAGER ']],
	[['Admin', 'admin', 'partner', 'business_partner', 'Administrator', 'business_admin']],
	[['Unassigned', 'no_seat_employee', 'No Seat Employee']],
	[['employee', 'business_employee', 'Basic Employee']],
	[['owner', 'Owner', 'business_owner']],
])('%j are one role', (names) => {
	expect(new Set(names.map(roleKey)).size).toBe(1);
	for (const name of names) expect(sameRole(names[0], name)).toBe(true);
});

test('different roles differ, and null equals none', () => {
	expect(new Set(OFFERED_ROLES.map(roleKey)).size).toBe(OFFERED_ROLES.length);
	expect(sameRole('business_manager', 'business_employee')).toBe(false);
	expect(sameRole(null, null)).toBe(false);
});

test.each(['employee', 'manager', 'admin', 'accountant', 'partner', 'contractor', ...OFFERED_ROLES])('%s can be given to people', (role) => {
	expect(isOfferedRole(role)).toBe(true);
	expect(isOwnerRole(role)).toBe(false);
});

test.each(['owner', 'client', 'staff', 'boss', 'business_', ''])('%j cannot be given to people', (role) => {
	expect(isOfferedRole(role)).toBe(false);
});

describe('the list of roles in the editor', () => {
	/** An empty context: the list sends no request. */
	const context = {} as ILoadOptionsFunctions;

	test('shows FreshBooks\' titles, with API names as values', async () => {
		expect((await listSearch.searchRoles.call(context)).results).toEqual([
			{ name: 'Accountant (business_accountant)', value: 'business_accountant' },
			{ name: 'Admin (business_partner)', value: 'business_partner' },
			{ name: 'Contractor (contractor)', value: 'contractor' },
			{ name: 'Employee (business_employee)', value: 'business_employee' },
			{ name: 'Manager (business_manager)', value: 'business_manager' },
			{ name: 'Unassigned (no_seat_employee)', value: 'no_seat_employee' },
		]);
	});

	test.each([
		['ADMIN', ['business_partner']],
		[' partner', ['business_partner']],
		['employee', ['business_employee', 'no_seat_employee']],
		['boss', []],
	])('is searched by title and API name: %j', async (filter, values) => {
		expect((await listSearch.searchRoles.call(context, filter)).results.map(({ value }) => value)).toEqual(values);
	});
});

test.each<[INodeParameters[string]]>([
	['business_manager'],
	['={{ $json.role }}'],
	[{ __rl: true, mode: 'list', value: 'business_manager' }],
	[{ __rl: true, mode: 'id', value: '={{ $json.role }}' }],
])('n8n runs a saved workflow with the role %j', (role) => {
	const node: INode = { id: '1', name: 'FreshBooks', type: 'freshBooks', typeVersion: 1, position: [0, 0], parameters: { role } };
	expect(NodeHelpers.getNodeParametersIssues([roleParameter], node, null)).toBeNull();
	expect(NodeHelpers.getNodeParameters([roleParameter], { role }, true, false, node, null)).toEqual({ role });
});
