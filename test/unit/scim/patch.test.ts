import fc from 'fast-check';

import { rolesIn } from '../../../nodes/FreshBooksScimTrigger/protocol/asked';
import { applyEdits } from '../../../nodes/FreshBooksScimTrigger/protocol/edits';
import { ScimError } from '../../../nodes/FreshBooksScimTrigger/protocol/errors';
import { readPatch } from '../../../nodes/FreshBooksScimTrigger/protocol/patch';
import { aPath, givenOrRefused, printedPath, thrownBy } from './fixtures';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const FRESHBOOKS = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const patchOf = (...operations: unknown[]) => ({ schemas: [PATCH_OP], Operations: operations });
const read = (...operations: unknown[]) => readPatch(patchOf(...operations));
/** The attributes after a patch of what is remembered. */
const after = (user: Record<string, unknown>, ...operations: unknown[]) => applyEdits(read(...operations).edits, user);

const ANNA = {
	userName: 'anna@example.com',
	name: { givenName: 'Anna', familyName: 'Ode' },
	title: 'Clerk',
	emails: [{ type: 'work', value: 'anna@example.com', primary: true }, { type: 'home', value: 'anna@home.example' }],
	roles: [{ value: 'Admin', primary: true }],
	[ENTERPRISE]: { employeeNumber: '1', department: 'Books' },
};

describe('deactivation', () => {
	const DIALECTS: Array<[string, unknown]> = [
		['Okta: without a path', { op: 'replace', value: { active: false } }],
		['Entra ID without its flag', { op: 'Replace', path: 'active', value: 'False' }],
		['Entra ID with its flag', { op: 'replace', path: 'active', value: false }],
		['Entra ID, "Disable User"', { op: 'Replace', path: 'active', value: false }],
		['as Entra ID wrote values until 2018', { op: 'Replace', path: 'active', value: [{ $ref: null, value: 'False' }] }],
		['add', { op: 'Add', path: 'active', value: 'false' }],
		['keys and attribute in other cases', { OP: 'REPLACE', Path: 'ACTIVE', Value: 'FALSE' }],
		['the full name of the attribute', { op: 'replace', path: `${CORE}:active`, value: false }],
		['the full name without a path', { op: 'replace', value: { [`${CORE}:active`]: false } }],
		['the schema as path', { op: 'replace', path: CORE, value: { active: false } }],
		['the schema as key', { op: 'replace', value: { [CORE]: { Active: 'False' } } }],
		['an object with value', { op: 'replace', path: 'active', value: { value: false } }],
		['an object with active', { op: 'replace', path: 'active', value: { active: false } }],
		['an empty path', { op: 'replace', path: '', value: { active: false } }],
	];
	test.each(DIALECTS)('%s', (_name, operation) => {
		expect(read(operation)).toMatchObject({ active: false, notUnderstood: [], edits: [], attributes: {} });
	});

	const REFUSED: Array<[string, unknown]> = [
		['a path that is none', { op: 'replace', path: 'a b', value: 1 }],
		['an unknown op', { op: 'move', path: 'title', value: 'x' }],
		['a read-only attribute', { op: 'replace', path: 'id', value: 'x' }],
		['an empty userName', { op: 'replace', path: 'userName', value: '' }],
		['remove without a path', { op: 'remove' }],
		['a wrong value', { op: 'replace', path: 'title', value: { a: 1 } }],
		['no value', { op: 'add', path: 'title' }],
		['no operation', 7],
		['active: true', { op: 'replace', path: 'active', value: true }],
		['removed active', { op: 'remove', path: 'active' }],
	];
	test.each(REFUSED)('goes before everything else: %s', (name, operation) => {
		for (const operations of [[operation, { op: 'replace', value: { active: false, title: 'Left' } }], [{ op: 'replace', path: 'active', value: 'False' }, operation]]) {
			const { active, notUnderstood } = read(...operations);
			expect(active).toBe(false);
			expect(notUnderstood).toHaveLength(name === 'active: true' ? 0 : 1);
		}
	});

	test('in the last of too many operations', () => {
		const many = Array.from({ length: 201 }, () => ({ op: 'replace', path: 'title', value: 'x' }));
		expect(thrownBy(() => read(...many))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
		expect(read(...many, { op: 'replace', path: 'active', value: false }).active).toBe(false);
	});

	test.each(['no', 0, 1, 'inactive', {}, [true, false], { value: { value: { value: { value: false } } } }])('%p is neither true nor false', (value) => {
		expect(thrownBy(() => read({ op: 'replace', path: 'active', value }))).toMatchObject({ status: 400, scimType: 'invalidValue' });
	});

	test.each([null, '', [], ' '])('%p says nothing', (value) => {
		expect(read({ op: 'replace', path: 'active', value })).not.toHaveProperty('active');
	});
});

describe('reactivation', () => {
	test.each([
		{ op: 'replace', value: { active: true } },
		{ op: 'Replace', path: 'active', value: 'True' },
		{ op: 'add', path: 'active', value: true },
	])('%j', (operation) => expect(read(operation).active).toBe(true));

	test('is not asked by what says nothing of it', () => expect(read({ op: 'replace', path: 'title', value: 'x' })).not.toHaveProperty('active'));
});

describe('requests of Entra ID (use-scim-to-provision-users-and-groups)', () => {
	test('"Update User [Multi-valued properties]"', () => {
		const patch = [
			{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'updatedEmail@microsoft.com' },
			{ op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
		];
		expect(after(ANNA, ...patch)).toEqual({
			...ANNA,
			name: { givenName: 'Anna', familyName: 'updatedFamilyName' },
			emails: [{ type: 'work', value: 'updatedEmail@microsoft.com', primary: true }, ANNA.emails[1]],
		});
		// What is remembered may be lost.
		expect(after({}, ...patch)).toEqual({ name: { familyName: 'updatedFamilyName' }, emails: [{ type: 'work', value: 'updatedEmail@microsoft.com' }] });
	});

	test('"Update User [Single-valued properties]": a changed userName', () => {
		const patch = read({ op: 'Replace', path: 'userName', value: '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com' });
		expect(patch).toMatchObject({ userName: '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com', roles: [] });
		expect(applyEdits(patch.edits, ANNA)).toEqual({ ...ANNA, userName: '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com' });
	});

	test.each([
		[{ op: 'Add', path: 'nickName', value: 'Babs' }],
		[{ op: 'add', path: 'nickName', value: 'Babs' }],
		[{ op: 'Add', path: 'nickName', value: [{ $ref: null, value: 'Babs' }] }],
	])('adds a single-valued text: %j', (operation) => expect(after(ANNA, operation)).toEqual({ ...ANNA, nickName: 'Babs' }));

	test('replaces several attributes, without and with its flag', () => {
		const without = [
			{ op: 'Replace', path: 'displayName', value: 'Pvlo' },
			{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'TestBcwqnm@test.microsoft.com' },
			{ op: 'Replace', path: 'name.givenName', value: 'Gtfd' },
			{ op: 'Replace', path: 'name.familyName', value: 'Pkqf' },
			{ op: 'Replace', path: 'externalId', value: 'Eqpj' },
			{ op: 'Replace', path: `${ENTERPRISE}:employeeNumber`, value: 'Eqpj' },
		];
		const withFlag = [
			{ op: 'replace', path: 'emails[type eq "work"].value', value: 'TestBcwqnm@test.microsoft.com' },
			{ op: 'replace', value: { displayName: 'Pvlo', 'name.givenName': 'Gtfd', 'name.familyName': 'Pkqf', externalId: 'Eqpj', [`${ENTERPRISE}:employeeNumber`]: 'Eqpj' } },
		];
		const expected = {
			...ANNA,
			displayName: 'Pvlo',
			externalId: 'Eqpj',
			name: { givenName: 'Gtfd', familyName: 'Pkqf' },
			emails: [{ type: 'work', value: 'TestBcwqnm@test.microsoft.com', primary: true }, ANNA.emails[1]],
			[ENTERPRISE]: { employeeNumber: 'Eqpj', department: 'Books' },
		};
		expect(after(ANNA, ...without)).toEqual(expected);
		expect(after(ANNA, ...withFlag)).toEqual(expected);
		expect(read(...withFlag)).toMatchObject({ externalId: 'Eqpj' });
	});

	test('its validator replaces everything that it knows', () => {
		const parts = { formatted: 'VFPR', streetAddress: '116 Towne Summit', locality: 'UQSM', region: 'RGSF', postalCode: 'wp2 3oc', primary: true, country: 'Namibia' };
		const dotted = { 'name.givenName': 'Janessa', 'name.familyName': 'Eloy', 'name.formatted': 'Petra', 'name.middleName': 'Amanda', 'name.honorificPrefix': 'Cheyenne' };
		const simple = { displayName: 'QWUN', title: 'GWJZ', preferredLanguage: 'dsb-DE', userType: 'KFZA', nickName: 'XELT', locale: 'KDED', timezone: 'America/Belize', profileUrl: 'EEAS' };
		const operations = [
			{ op: 'replace', path: 'emails[type eq "work"].value', value: 'elbert@murphy.us' },
			{ op: 'replace', path: 'emails[type eq "work"].primary', value: true },
			...Object.entries(parts).map(([part, value]) => ({ op: 'replace', path: `addresses[type eq "work"].${part}`, value })),
			{ op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '33-749-9990' },
			{ op: 'replace', path: 'phoneNumbers[type eq "work"].primary', value: true },
			{ op: 'replace', path: 'phoneNumbers[type eq "mobile"].value', value: '33-749-9991' },
			{ op: 'replace', path: 'phoneNumbers[type eq "fax"].value', value: '33-749-9992' },
			{ op: 'replace', path: 'roles[primary eq "True"].display', value: 'WMII' },
			{ op: 'replace', path: 'roles[primary eq "True"].value', value: 'JVQB' },
			{ op: 'replace', path: 'roles[primary eq "True"].type', value: 'BHOZ' },
			{ op: 'replace', value: { active: true, ...simple, ...dotted, [`${ENTERPRISE}:employeeNumber`]: 'PQFW', [`${ENTERPRISE}:department`]: 'ERQO' } },
		];
		const patch = read(...operations);
		expect(patch).toMatchObject({ active: true, roles: ['JVQB', 'WMII'], notUnderstood: [] });
		expect(patch.attributes).toEqual({
			...simple,
			name: { givenName: 'Janessa', familyName: 'Eloy', formatted: 'Petra', middleName: 'Amanda', honorificPrefix: 'Cheyenne' },
			emails: [{ type: 'work', value: 'elbert@murphy.us', primary: true }],
			addresses: [{ type: 'work', ...parts }],
			phoneNumbers: [
				{ type: 'work', value: '33-749-9990', primary: true },
				{ type: 'mobile', value: '33-749-9991' },
				{ type: 'fax', value: '33-749-9992' },
			],
			roles: [{ primary: true, display: 'WMII', value: 'JVQB', type: 'BHOZ' }],
			[ENTERPRISE]: { employeeNumber: 'PQFW', department: 'ERQO' },
		});
		// The same as `add`, and the same again.
		const added = read(...operations.map((operation) => ({ ...operation, op: 'add' })));
		expect(added.attributes).toEqual(patch.attributes);
		expect(applyEdits(patch.edits, patch.attributes)).toEqual(patch.attributes);
	});

	test.each([
		['text', 'boss', { value: 'boss' }],
		['an object', { value: 'boss', $ref: '../Users/boss' }, { value: 'boss', $ref: '../Users/boss' }],
		['a list', [{ value: 'boss' }], { value: 'boss' }],
		['nothing', '', null],
	])('a manager as %s', (_form, value, manager) => {
		expect(after({}, { op: 'Add', path: `${ENTERPRISE}:manager`, value })).toEqual({ [ENTERPRISE]: { manager } });
	});

	test('the dot before extension attributes, until 2018', () => {
		expect(after({}, { op: 'Add', path: `${ENTERPRISE}.department`, value: 'Tax' })).toEqual({ [ENTERPRISE]: { department: 'Tax' } });
	});
});

describe('roles', () => {
	test.each<[string, unknown, string[]]>([
		['the primary role’s value', { op: 'replace', path: 'roles[primary eq "True"].value', value: 'manager' }, ['manager']],
		['an app role as JSON in a text (customize-application-attributes)', {
			op: 'Add', path: 'roles', value: [{ value: '{"id":"06b07648-ecfe-589f-9d2f-6325724a46ee","value":"25","displayName":"Role1234"}' }],
		}, ['25', 'Role1234']],
		['several app roles', {
			op: 'replace', path: 'roles', value: [{ primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Accountant', value: 'a' }, { primary: 'True', value: 'b' }],
		}, ['b', 'a', 'Accountant']],
		['text', { op: 'add', path: 'roles', value: 'manager' }, ['manager']],
		['texts', { op: 'add', path: 'roles', value: ['manager', 'employee'] }, ['manager', 'employee']],
		['an object', { op: 'add', path: 'roles', value: { display: 'Manager' } }, ['Manager']],
		['the value of all', { op: 'replace', path: 'roles.value', value: 'manager' }, ['manager']],
		['FreshBooks’ extension', { op: 'replace', path: `${FRESHBOOKS}:role`, value: 'manager' }, ['manager']],
		['FreshBooks’ extension without a path', { op: 'replace', value: { [FRESHBOOKS]: { Role: 'manager' }, roles: [{ value: 'employee' }] } }, ['manager', 'employee']],
		['no role', { op: 'replace', path: 'roles', value: [] }, []],
		['removed roles', { op: 'Remove', path: 'roles' }, []],
		['text that is no JSON', { op: 'add', path: 'roles', value: '{manager' }, ['{manager']],
		['JSON that is no role', { op: 'add', path: 'roles', value: '{"a":{}}' }, []],
	])('%s', (_form, operation, roles) => expect(read(operation).roles).toEqual(roles));

	test('a role that is added is the one that is asked for, not one remembered', () => {
		const patch = read({ op: 'Add', path: 'roles', value: [{ value: 'manager' }] });
		expect(patch.roles).toEqual(['manager']);
		expect(applyEdits(patch.edits, ANNA).roles).toEqual([{ value: 'manager' }]);
	});

	test.each<[string, unknown, string[]]>([
		['a role as JSON', { op: 'Add', path: 'roles', value: [{ value: '{"id":"1","value":"manager","displayName":"Manager"}' }] }, ['manager', 'Manager']],
		['the same role', { op: 'add', path: 'roles', value: [{ value: 'Admin', primary: true }] }, ['Admin']],
		['without a path', { op: 'add', value: { roles: [{ value: 'employee' }] } }, ['employee']],
		['several, of which one is the primary one', { op: 'add', path: 'roles', value: [{ value: 'a', primary: false }, { value: 'b', primary: true }] }, ['b', 'a']],
	])('what is added takes the place of the one before: %s', (_name, operation, roles) => {
		expect(rolesIn(after(ANNA, operation))).toEqual(roles);
	});
});

describe('what RFC 7644, section 3.5.2 asks', () => {
	test.each<[string, unknown, Record<string, unknown>]>([
		['add to a list', { op: 'add', path: 'emails', value: [{ type: 'other', value: 'o@example.com' }] }, { emails: [...ANNA.emails, { type: 'other', value: 'o@example.com' }] }],
		['add what is there', { op: 'add', path: 'emails', value: [{ type: 'home', value: 'anna@home.example' }] }, {}],
		['one primary value', { op: 'add', path: 'emails', value: [{ type: 'home', value: 'anna@home.example', primary: true }] }, {
			emails: [{ ...ANNA.emails[0], primary: false }, { ...ANNA.emails[1], primary: true }],
		}],
		['replace a list', { op: 'replace', path: 'emails', value: [{ value: 'n@example.com' }] }, { emails: [{ value: 'n@example.com' }] }],
		['replace some parts of a name', { op: 'replace', path: 'name', value: { familyName: 'New' } }, { name: { givenName: 'Anna', familyName: 'New' } }],
		['replace an element', { op: 'replace', path: 'emails[type eq "home"]', value: { type: 'home', value: 'n@home.example' } }, {
			emails: [ANNA.emails[0], { type: 'home', value: 'n@home.example' }],
		}],
		['remove an attribute', { op: 'remove', path: 'title' }, { title: null }],
		['clear an attribute by an empty text', { op: 'replace', path: 'title', value: '' }, { title: null }],
		['clear an attribute by null', { op: 'replace', value: { title: null } }, { title: null }],
		['remove a part', { op: 'remove', path: 'name.familyName' }, { name: { givenName: 'Anna', familyName: null } }],
		['remove elements by a condition', { op: 'remove', path: 'emails[type eq "home"]' }, { emails: [ANNA.emails[0]] }],
		['remove elements by their value', { op: 'Remove', path: 'emails', value: [{ value: 'anna@home.example' }] }, { emails: [ANNA.emails[0]] }],
		['remove elements as Entra ID writes them', { op: 'Remove', path: 'emails', value: [{ $ref: null, value: 'anna@home.example' }] }, { emails: [ANNA.emails[0]] }],
		['remove one element by its value', { op: 'Remove', path: 'emails', value: { value: 'anna@home.example' } }, { emails: [ANNA.emails[0]] }],
		['remove elements that are not there', { op: 'Remove', path: 'emails', value: [{ value: 'other@example.com' }] }, {}],
		['remove with a value that says nothing', { op: 'Remove', path: 'emails[type eq "home"].value', value: 'other@example.com' }, { emails: [ANNA.emails[0], { type: 'home', value: null }] }],
		['remove a text with its value', { op: 'Remove', path: 'title', value: ['Clerk'] }, { title: null }],
		['parts in another case', { op: 'Add', path: 'emails[type eq "other"].Value', value: 'o@example.com' }, { emails: [...ANNA.emails, { type: 'other', value: 'o@example.com' }] }],
		['remove a part of elements', { op: 'remove', path: 'emails[type eq "home"].value' }, { emails: [ANNA.emails[0], { type: 'home', value: null }] }],
		['remove what is not there', { op: 'remove', path: 'emails[type eq "other"]' }, {}],
		['remove an extension', { op: 'remove', path: ENTERPRISE }, { [ENTERPRISE]: null }],
		['replace in an extension', { op: 'replace', path: ENTERPRISE, value: { department: 'Tax' } }, { [ENTERPRISE]: { employeeNumber: '1', department: 'Tax' } }],
		['another spelling', { op: 'replace', path: 'TITLE', value: 'Boss' }, { title: 'Boss' }],
		['an attribute that we do not know', { op: 'add', path: 'favourite', value: { colours: ['blue'] } }, { favourite: { colours: ['blue'] } }],
		['an attribute of another extension', { op: 'add', path: 'urn:okta:custom:1.0:user:shoe.size', value: 42 }, { 'urn:okta:custom:1.0:user': { shoe: { size: 42 } } }],
		['a known name in another extension', { op: 'add', path: 'urn:okta:custom:1.0:user', value: { title: ['a', 'b'], emails: 'x', name: 'y' } }, {
			'urn:okta:custom:1.0:user': { title: ['a', 'b'], emails: 'x', name: 'y' },
		}],
		['replace a list by one with equal values', { op: 'replace', path: 'emails', value: [{ value: 'a', primary: true }, { value: 'b', primary: true }, { primary: false, value: 'a' }] }, {
			emails: [{ primary: false, value: 'a' }, { value: 'b', primary: true }],
		}],
		['a number for a text', { op: 'add', path: 'title', value: 7 }, { title: '7' }],
		['several operations in their order', { op: 'replace', value: { title: 'a', TITLE: 'b' } }, { title: 'b' }],
	])('%s', (_name, operation, changed) => {
		const { edits } = read(operation);
		const once = applyEdits(edits, ANNA);
		expect(once).toEqual({ ...ANNA, ...changed });
		expect(applyEdits(edits, once)).toEqual(once);
	});

	test('passes over read-only attributes without a path, as Okta sends the ID with them', () => {
		expect(after(ANNA, { op: 'replace', value: { id: 'x', meta: {}, groups: [], schemas: [], title: 'Boss' } })).toEqual({ ...ANNA, title: 'Boss' });
	});

	test.each([
		{ op: 'replace', path: 'password', value: 'Secret1!' },
		{ op: 'replace', value: { Password: 'Secret1!' } },
		{ op: 'replace', value: { [CORE]: { password: 'Secret1!' } } },
		{ op: 'replace', path: `${CORE}:password`, value: 'Secret1!' },
		{ op: 'replace', path: 'custom', value: [{ deep: { PassWord: 'Secret1!' } }] },
		{ op: 'replace', path: 'emails', value: [{ value: 'x', password: 'Secret1!' }] },
		{ op: 'replace', path: 'name', value: { givenName: 'x', password: 'Secret1!' } },
		{ op: 'replace', path: `${ENTERPRISE}:manager`, value: { value: 'x', password: 'Secret1!' } },
		{ op: 'replace', path: `${ENTERPRISE}:password`, value: 'Secret1!' },
		{ op: 'replace', path: 'name.password', value: 'Secret1!' },
		{ op: 'replace', path: 'password.value', value: 'Secret1!' },
		{ op: 'replace', path: 'password[type eq "x"].value', value: 'Secret1!' },
		{ op: 'add', path: 'emails[password eq "Secret1!"].value', value: 'x' },
	])('keeps no password: %j', (operation) => expect(JSON.stringify(read(operation))).not.toContain('Secret1!'));
});

describe('what is not understood', () => {
	test.each<[string, unknown, string]>([
		['no object', 'x', 'invalidSyntax'],
		['nothing', undefined, 'invalidSyntax'],
		['no operations', {}, 'invalidSyntax'],
		['an empty list', { Operations: [] }, 'invalidSyntax'],
		['operations that are no list', { Operations: { op: 'replace' } }, 'invalidSyntax'],
		['an operation that is no object', patchOf('x'), 'invalidSyntax'],
		['no op', patchOf({ path: 'title', value: 'x' }), 'invalidSyntax'],
		['another op', patchOf({ op: 'set', path: 'active', value: false }), 'invalidSyntax'],
		['another path', patchOf({ op: 'replace', path: '/title', value: 'x' }), 'invalidPath'],
		['a path that is no text', patchOf({ op: 'replace', path: 7, value: 'x' }), 'invalidPath'],
		['a path with another operator', patchOf({ op: 'replace', path: 'emails[type ne "work"].value', value: 'x' }), 'invalidPath'],
		['a prototype', patchOf({ op: 'replace', path: '__proto__.active', value: 'x' }), 'invalidPath'],
		['a key that is no attribute', patchOf({ op: 'replace', value: { 'my title': 'x' } }), 'invalidPath'],
		['a part of active', patchOf({ op: 'replace', path: 'active.value', value: false }), 'invalidPath'],
		['no path and no object', patchOf({ op: 'replace', value: 'x' }), 'invalidValue'],
		['no value', patchOf({ op: 'replace', path: 'title' }), 'invalidValue'],
		['an object for a text', patchOf({ op: 'replace', path: 'displayName', value: { a: 1 } }), 'invalidValue'],
		['two texts for one', patchOf({ op: 'replace', path: 'displayName', value: ['a', 'b'] }), 'invalidValue'],
		['a text for a name', patchOf({ op: 'replace', path: 'name', value: 'Anna' }), 'invalidValue'],
		['null in a list', patchOf({ op: 'replace', path: 'emails', value: [null] }), 'invalidValue'],
		['a text for an extension', patchOf({ op: 'replace', path: ENTERPRISE, value: 'x' }), 'invalidValue'],
		['a text for all', patchOf({ op: 'replace', path: CORE, value: 'x' }), 'invalidValue'],
		['too many values', patchOf({ op: 'replace', path: 'emails', value: Array.from({ length: 101 }, () => 'x') }), 'invalidValue'],
		['too many values of another attribute', patchOf({ op: 'replace', path: 'other', value: Array.from({ length: 101 }, () => 'x') }), 'invalidValue'],
		['an empty userName', patchOf({ op: 'replace', value: { userName: null } }), 'invalidValue'],
		['a removed userName', patchOf({ op: 'remove', path: 'userName' }), 'invalidValue'],
		['another ID', patchOf({ op: 'replace', path: 'id', value: 'x' }), 'mutability'],
		['removed meta', patchOf({ op: 'remove', path: 'meta.location' }), 'mutability'],
		['groups', patchOf({ op: 'add', path: 'groups', value: [{ value: 'x' }] }), 'mutability'],
		['a removed active', patchOf({ op: 'remove', path: 'active' }), 'mutability'],
		['remove without a path', patchOf({ op: 'remove', value: { title: 'x' } }), 'noTarget'],
		['remove everything', patchOf({ op: 'remove', path: CORE }), 'noTarget'],
	])('%s', (_name, body, scimType) => {
		expect(thrownBy(() => readPatch(body))).toMatchObject({ status: 400, scimType, detail: expect.stringMatching(/\.$/) });
	});

	test('is not done by half', () => {
		expect(thrownBy(() => read({ op: 'replace', path: 'title', value: 'x' }, { op: 'move' }))).toBeInstanceOf(ScimError);
	});
});

describe('any patch', () => {
	const aValue = fc.oneof(
		fc.string(),
		fc.boolean(),
		fc.constantFrom(null, '', 'True', 'False', 1, [], {}),
		fc.array(fc.oneof(fc.string(), fc.record({ value: fc.string(), type: fc.constantFrom('work', 'home'), primary: fc.boolean() }, { requiredKeys: [] })), { maxLength: 4 }),
		fc.dictionary(fc.constantFrom('value', 'active', 'name.givenName', 'title', 'emails', 'userName', 'constructor', 'x y', '__proto__', `${ENTERPRISE}:manager`, ENTERPRISE), fc.jsonValue()),
		fc.jsonValue(),
	);
	const aPathText = fc.oneof(
		aPath.map(printedPath),
		fc.constantFrom('title', 'emails', 'emails[type eq "work"].value', 'roles[primary eq "True"].value', 'name', 'name.givenName', ENTERPRISE, CORE, 'active', 'custom'),
	);
	const anOperation = fc.record({ op: fc.constantFrom('add', 'replace', 'remove', 'Add', 'Replace', 'Remove'), path: aPathText, value: aValue }, { requiredKeys: ['op'] });

	const readOrRefused = (body: unknown) => givenOrRefused(() => readPatch(body));

	test('is read or refused by a ScimError', () => {
		const aBody = fc.oneof(fc.array(fc.oneof(anOperation, fc.anything()), { maxLength: 5 }).map((operations) => patchOf(...operations)), fc.anything());
		fc.assert(fc.property(aBody, (body) => void readOrRefused(body)), { numRuns: 1000 });
	});

	test('that deactivates has no trouble but a ScimError’s', () => {
		fc.assert(
			fc.property(fc.array(anOperation, { maxLength: 5 }), fc.constantFrom(...['false', 'False', false]), fc.nat(5), (operations, value, at) => {
				const patch = read(...operations.toSpliced(at, 0, { op: 'Replace', path: 'active', value } as never));
				expect(patch.active).toBe(false);
				expect(patch.notUnderstood).not.toContain('A part of the request could not be read.');
			}),
			{ numRuns: 1000 },
		);
	});

	test('of one operation is the same when it is applied twice', () => {
		const aUser = fc.record({
			title: fc.string(),
			emails: fc.array(fc.record({ value: fc.string(), type: fc.constantFrom('work', 'home'), primary: fc.boolean() }), { maxLength: 4 }),
			name: fc.record({ givenName: fc.string() }),
			custom: fc.jsonValue(),
		}, { requiredKeys: [] });
		fc.assert(
			fc.property(anOperation, aUser, (operation, user) => {
				const edits = readOrRefused(patchOf(operation))?.edits ?? [];
				// What is remembered has come in by a request, too.
				const once = applyEdits(edits, read({ op: 'replace', value: user }).attributes);
				expect(applyEdits(edits, once)).toEqual(once);
			}),
			{ numRuns: 1500 },
		);
	});

	test('leaves the prototype of objects alone', () => {
		const body = JSON.parse('{"Operations":[{"op":"add","value":{"constructor":{"prototype":{"a":1}},"x":{"__proto__":{"polluted":true}}}},{"op":"add","path":"constructor.prototype","value":"x"}]}') as unknown;
		expect(applyEdits(readPatch(body).edits, {})).toEqual({ constructor: { prototype: 'x' }, x: {} });
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	test('of any size is read in time', () => {
		const started = performance.now();
		const big = Array.from({ length: 200 }, (_, number) => ({ op: 'add', path: 'emails', value: Array.from({ length: 100 }, (_other, value) => ({ value: `${number}-${value}` })) }));
		expect(read(...big).attributes.emails).toHaveLength(100);
		expect(performance.now() - started).toBeLessThan(3_000);
	});
});
