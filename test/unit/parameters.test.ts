import { NodeHelpers, type IExecuteFunctions, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { allowOtherRolesOption, movedOption, optionsCollection, roleParameter } from '../../nodes/FreshBooks/operations/common/descriptions';
import { Parameters } from '../../nodes/FreshBooks/operations/common/parameters';
import { executeContext, locator } from '../harness/context';

/** Validation of roles and collections, for any operation. */

const DESCRIPTION = [roleParameter, optionsCollection([allowOtherRolesOption, movedOption('Dry Run', 'dryRun', "To fix this, set the parameter 'Dry Run' itself.")])];

/** The parameters of an operation with a role, as n8n passes them. */
function onN8n(parameters: INodeParameters, description: INodeProperties[] = DESCRIPTION): Parameters {
	return new Parameters(executeContext({ resource: 'teamMember', operation: 'updateRole', ...parameters }, {}), 0, description);
}

/** The same for an n8n that passes the workflow's parameters unfiltered. */
function unfiltered(parameters: Record<string, unknown>): Parameters {
	const node = { name: 'FreshBooks', parameters };
	const getNodeParameter = (name: string, _item: number, fallback: unknown) => (name in parameters ? parameters[name] : fallback);
	return new Parameters({ getNode: () => node, getNodeParameter } as unknown as IExecuteFunctions, 0, DESCRIPTION);
}

const OTHER_ROLES = { allowOtherRoles: true };

describe('a role', () => {
	test.each<[string, INodeParameters[string]]>([
		['business_manager', locator('list', 'business_manager')],
		['no_seat_employee', locator('id', 'no_seat_employee')],
		['Manager', locator('id', 'Manager')],
		['employee', 'employee'],
		['admin', ' admin '],
		['accountant', locator('list', '={{ "accountant" }}')],
		['business_partner', '={{ " business_partner" }}'],
		['BUSINESS_ACCOUNTANT', 'BUSINESS_ACCOUNTANT'],
		['contractor', 'contractor'],
	])('%s is accepted as chosen or typed', (name, role) => {
		expect(onN8n({ role }).role()).toBe(name);
	});

	test.each<[string, INodeParameters[string]]>([
		['by name', locator('id', 'business_supervisor')],
		['as text', 'business_supervisor'],
		['by an expression', '={{ "business_supervisor" }}'],
	])('%s, which is undocumented, needs the option', (_how, role) => {
		expect(() => onN8n({ role }).role()).toThrow("Parameter 'Role' is not a role that FreshBooks documents: business_supervisor [item 0]");
		expect(() => unfiltered({ role: 'business_supervisor', options: { allowOtherRoles: 'false' } }).role()).toThrow('not a role that FreshBooks documents');
		expect(unfiltered({ role: 'business_supervisor', options: OTHER_ROLES }).role()).toBe('business_supervisor');
	});

	test('that is undocumented is never accepted from the list', () => {
		const role = { __rl: true, mode: 'list', value: 'business_supervisor' };
		expect(() => unfiltered({ role, options: OTHER_ROLES }).role()).toThrow('not a role that FreshBooks documents');
		expect(unfiltered({ role: { ...role, mode: 'id' }, options: OTHER_ROLES }).role()).toBe('business_supervisor');
	});

	test.each(['client', 'staff'])("%s of FreshBooks' accounting is not a role of a business", (role) => {
		expect(() => onN8n({ role }).role()).toThrow('not a role that FreshBooks documents');
	});

	test.each(['owner', 'Owner', ' OWNER ', 'business_owner', 'Business-Owner'])('%j is refused, option or not', (role) => {
		for (const options of [{}, OTHER_ROLES]) expect(() => unfiltered({ role, options }).role()).toThrow("Parameter 'Role' must not be owner [item 0]");
	});

	test.each(['', ' ', 'a b', 'rôle', 'a'.repeat(65), 7, null, {}, ['admin'], true])('%j is refused, option or not', (role) => {
		for (const options of [{}, OTHER_ROLES]) expect(() => unfiltered({ role, options }).role()).toThrow(/^(Parameter 'Role' |Role is empty \[item 0\])/);
	});
});

describe('a role that may stay as it is', () => {
	test.each<[INodeParameters]>([[{}], [{ role: locator('list', '') }], [{ role: locator('list', ' ') }]])('is undefined for %j', (parameters) => {
		expect(onN8n(parameters).optionalRole()).toBeUndefined();
	});

	test('is used if given', () => {
		expect(onN8n({ role: locator('list', 'business_manager') }).optionalRole()).toBe('business_manager');
		expect(onN8n({ role: 'manager' }).optionalRole()).toBe('manager');
	});

	test.each<[INodeParameters[string]]>([[locator('list', '={{ $json.nope }}')], [locator('list', '={{ "" }}')], ['={{ $json.nope }}'], [locator('id', '')], [locator('id', '={{ null }}')], ['']])(
		'is refused, not ignored, for %j',
		(role) => {
			expect(() => onN8n({ role }).optionalRole()).toThrow('Role is empty');
		},
	);

	test('follows the same rules', () => {
		expect(() => onN8n({ role: 'owner' }).optionalRole()).toThrow('must not be owner');
		expect(() => onN8n({ role: 'boss' }).optionalRole()).toThrow('not a role that FreshBooks documents');
	});
});

describe('a collection', () => {
	test.each([['text'], [''], ['{"batchSize": 5}'], [null], [undefined], [[]], [['batchSize']], [7], [true]])('that is %j is refused', (options) => {
		expect(() => unfiltered({ options }).collection('options')).toThrow("Parameter 'Options' must be a collection of fields");
		expect(() => unfiltered({ options }).checkCollections()).toThrow("Parameter 'Options' must be a collection of fields");
	});

	test.each(['nope', 'BatchSize', '__proto__x', 'toString'])('with the entry %s, which the operation does not have, is refused', (key) => {
		expect(() => unfiltered({ options: { [key]: 1 } }).collection('options')).toThrow(
			`Parameter 'Options' has an entry that this operation does not have: ${key} [item 0]`,
		);
	});

	test('that is missing in the workflow is empty', () => {
		expect(unfiltered({}).collection('options')).toEqual({});
		expect(onN8n({}).collection('options')).toEqual({});
	});

	test.each([true, false, 'true', '={{ $json.nope }}'])('with an entry that moved (%j) is refused, with its new place', (dryRun) => {
		const read = () => unfiltered({ options: { dryRun } }).collection('options');
		expect(read).toThrow("Parameter 'Dry Run' is no longer an option [item 0]");
		expect(read).toThrow(expect.objectContaining({ description: "To fix this, set the parameter 'Dry Run' itself." }));
	});

	test.each([true, false, 'true', 0, '={{ $json.dryRun }}'])('keeps an entry that moved (%j): n8n drops only what the node does not declare', (dryRun) => {
		const passed = NodeHelpers.getNodeParameters(DESCRIPTION, { options: { dryRun, nope: 1 } }, true, false, null, null);
		expect(passed?.options).toEqual({ dryRun });
		expect(NodeHelpers.getNodeParameters(DESCRIPTION, {}, true, false, null, null)?.options).toEqual({});
	});
});

describe('a batch size', () => {
	test.each<[unknown, number]>([
		[1, 1],
		[50, 50],
		['12', 12],
		[' 12 ', 12],
	])('of %j is %d', (batchSize, size) => {
		expect(unfiltered({ options: { batchSize } }).batchSize()).toBe(size);
	});

	test('is 5 by default', () => {
		expect(unfiltered({}).batchSize()).toBe(5);
	});

	test.each([0, 51, 1.5, '51', '', 'many', null, true, [5]])('of %j is refused', (batchSize) => {
		expect(() => unfiltered({ options: { batchSize } }).batchSize()).toThrow("Parameter 'Batch Size' must be a whole number from 1 to 50");
	});
});
