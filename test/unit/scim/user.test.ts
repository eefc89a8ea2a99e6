import fc from 'fast-check';

import type { Asked } from '../../../nodes/FreshBooksScimTrigger/protocol/asked';
import { addressOf, readUser, replacedAttributes } from '../../../nodes/FreshBooksScimTrigger/protocol/user';
import { givenOrRefused, thrownBy } from './fixtures';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const FRESHBOOKS = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';

/** Okta: developer.okta.com/docs/reference/scim/scim-20, "Create the User". */
const OKTA_POST = {
	schemas: [CORE],
	userName: 'test.user@okta.local',
	name: { givenName: 'Test', familyName: 'User' },
	emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
	displayName: 'Test User',
	locale: 'en-US',
	externalId: '00ujl29u0le5T6Aj10h7',
	groups: [],
	password: '1mz050nq',
	active: true,
};

/** Okta, "Update the User". */
const OKTA_PUT = {
	schemas: [CORE],
	id: '23a35c27-23d3-4c03-b4c5-6443c09e7173',
	userName: 'test.user@okta.local',
	name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
	emails: [{ primary: true, value: 'test.user@okta.local', type: 'work', display: 'test.user@okta.local' }],
	active: true,
	groups: [],
	meta: { resourceType: 'User' },
};

/** Entra ID: use-scim-to-provision-users-and-groups, "Create User". */
const ENTRA_POST = {
	schemas: [CORE, ENTERPRISE],
	externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
	userName: 'Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1',
	active: true,
	emails: [{ primary: true, type: 'work', value: 'Test_User_fd0ea19b-0777-472c-9f96-4f70d2226f2e@testuser.com' }],
	meta: { resourceType: 'User' },
	name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
	roles: [],
};

describe('the documented requests', () => {
	test('Okta creates a person', () => {
		expect(readUser(OKTA_POST)).toEqual({
			active: true,
			userName: 'test.user@okta.local',
			externalId: '00ujl29u0le5T6Aj10h7',
			roles: [],
			notUnderstood: [],
			attributes: {
				userName: 'test.user@okta.local',
				name: { givenName: 'Test', familyName: 'User' },
				emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
				displayName: 'Test User',
				locale: 'en-US',
				externalId: '00ujl29u0le5T6Aj10h7',
			},
		});
		expect(addressOf(readUser(OKTA_POST))).toBe('test.user@okta.local');
	});

	test('Okta replaces a person', () => {
		const asked = readUser(OKTA_PUT);
		expect(asked).toMatchObject({ active: true, roles: [] });
		expect(asked).not.toHaveProperty('externalId');
		expect(asked.attributes).toEqual({ userName: OKTA_PUT.userName, name: OKTA_PUT.name, emails: OKTA_PUT.emails });
	});

	test('Okta deactivates a person by PUT', () => expect(readUser({ ...OKTA_PUT, active: false }).active).toBe(false));

	test('Entra ID creates a person whose userName is no address', () => {
		const asked = readUser(ENTRA_POST);
		expect(asked).toMatchObject({ active: true, userName: ENTRA_POST.userName, roles: [], attributes: { name: ENTRA_POST.name, emails: ENTRA_POST.emails, roles: null } });
		expect(addressOf(asked)).toBe('Test_User_fd0ea19b-0777-472c-9f96-4f70d2226f2e@testuser.com');
	});

	test('Entra ID gives a person an app role', () => {
		const roles = [{ primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'Admin' }];
		expect(readUser({ ...ENTRA_POST, roles })).toMatchObject({ roles: ['Admin'], attributes: { roles } });
	});
});

describe('reading a user', () => {
	test.each([{ active: 'False' }, { ACTIVE: false }, { active: [{ value: 'false' }] }, { [CORE]: { active: false } }, { [`${CORE}:active`]: false }])('%j deactivates', (body) => {
		expect(readUser({ ...OKTA_PUT, active: true, ...body }).active).toBe(false);
	});

	test.each([{ title: { a: 1 } }, { name: 'Anna' }, { emails: [null] }, { emails: Array.from({ length: 101 }, () => 'x') }])('%j is refused, but deactivates with active: false', (wrong) => {
		expect(thrownBy(() => readUser({ userName: 'a@example.com', ...wrong }))).toMatchObject({ status: 400, scimType: 'invalidValue' });
		expect(readUser({ ...wrong, active: false, nickName: 'A' })).toMatchObject({ active: false, attributes: { nickName: 'A' }, notUnderstood: [expect.any(String)] });
	});

	test.each([{}, { active: null }, { active: '' }, { active: [] }])('%j says nothing of active', (body) => expect(readUser(body)).not.toHaveProperty('active'));

	test.each([{ userName: null }, { userName: '' }, { UserName: '' }, { 'not a name': 1, '__proto__x': 2, '': 3 }])('%j is ignored', (body) => {
		expect(readUser(body)).toEqual({ roles: [], attributes: {}, notUnderstood: [] });
	});

	test.each([undefined, null, 'x', 7, [], [{}]])('%p is no user', (body) => {
		expect(thrownBy(() => readUser(body))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
	});

	test('attributes are accepted in any case, and remembered in the RFC’s', () => {
		const asked = readUser({ USERNAME: 'a@example.com', NAME: { GIVENNAME: 'A' }, EMAILS: [{ VALUE: 'a@example.com', TYPE: 'work', PRIMARY: 'True' }], [ENTERPRISE.toUpperCase()]: { EMPLOYEENUMBER: 7 } });
		expect(asked.attributes).toEqual({ userName: 'a@example.com', name: { givenName: 'A' }, emails: [{ value: 'a@example.com', type: 'work', primary: true }], [ENTERPRISE]: { employeeNumber: '7' } });
	});

	test('unknown attributes and extensions are remembered as they are', () => {
		const unknown = { favourite: { colours: ['blue', { shade: 1 }] }, 'urn:okta:custom:1.0:user': { shoe: 42 }, 'urn:other': { a: 1 } };
		expect(readUser(unknown).attributes).toEqual(unknown);
	});

	test.each<[unknown, string[]]>([
		[{ roles: ['manager'] }, ['manager']],
		[{ roles: 'manager' }, ['manager']],
		[{ roles: { value: 'manager' } }, ['manager']],
		[{ roles: [{ display: 'Manager' }] }, ['Manager']],
		[{ roles: [{ value: '{"id":"1","value":"manager","displayName":"Boss"}' }] }, ['manager', 'Boss']],
		[{ roles: [{ value: 'employee' }, { value: 'manager', primary: 'True' }] }, ['manager', 'employee']],
		[{ [FRESHBOOKS]: { role: 'accountant' }, roles: ['manager'] }, ['accountant', 'manager']],
		[{ [`${FRESHBOOKS}:role`]: 'accountant' }, ['accountant']],
		[{ roles: [{ value: ' ' }, { value: null }] }, []],
	])('%j asks for the roles %j', (body, roles) => expect(readUser(body).roles).toEqual(roles));

	test('no password is kept', () => {
		const body = { ...OKTA_POST, Password: 'Secret1!', custom: { password: 'Secret1!' }, [`${CORE}:password`]: 'Secret1!', 'urn:x:password': 'Secret1!' };
		expect(JSON.stringify(readUser(body))).not.toMatch(/Secret1!|1mz050nq/);
	});

	test('anything is read or refused by a ScimError', () => {
		const aBody = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom('active', 'name', 'emails', 'roles', 'userName', 'title', ENTERPRISE, CORE, 'constructor', '__proto__'), fc.anything()));
		fc.assert(
			fc.property(aBody, (body) => {
				givenOrRefused(() => {
					expect(readUser(body).notUnderstood).not.toContain('A part of the request could not be read.');
				});
			}),
			{ numRuns: 600 },
		);
	});
});

describe('the address', () => {
	const of = (attributes: Asked['attributes']) => addressOf({ attributes });

	test.each<[string, Asked['attributes'], string]>([
		['the userName', { userName: 'Anna@Example.com', emails: [{ value: 'other@example.com', primary: true }] }, 'Anna@Example.com'],
		['the primary email', { userName: 'anna', emails: [{ value: 'w@example.com', type: 'work' }, { value: 'p@example.com', primary: true }] }, 'p@example.com'],
		['the work email', { userName: 'anna', emails: [{ value: 'h@example.com', type: 'home' }, { value: 'w@example.com', type: 'Work' }] }, 'w@example.com'],
		['the work email beside a primary one that is none', { emails: [{ value: 'none', primary: true }, { value: 'w@example.com', type: 'work' }] }, 'w@example.com'],
	])('is %s', (_which, attributes, address) => expect(of(attributes)).toBe(address));

	test.each<[Asked['attributes']]>([[{}], [{ userName: 'anna' }], [{ userName: 'anna', emails: [{ value: 'h@example.com', type: 'home' }] }], [{ emails: null }], [{ emails: 'x' }]])('%j has none', (attributes) => {
		expect(thrownBy(() => of(attributes))).toMatchObject({ status: 400, scimType: 'invalidValue', detail: expect.stringContaining('userName') });
	});
});

describe('what PUT leaves', () => {
	const remembered = { userName: 'a@example.com', externalId: '7', roles: [{ value: 'manager' }], title: 'Clerk' };

	test.each([
		[{ nickName: 'A' }, { userName: 'a@example.com', externalId: '7', roles: [{ value: 'manager' }], nickName: 'A' }],
		[{ userName: 'b@example.com', roles: ['employee'] }, { userName: 'b@example.com', externalId: '7', roles: [{ value: 'employee' }] }],
		[{ externalId: null }, { userName: 'a@example.com', externalId: null, roles: [{ value: 'manager' }] }],
	])('%j', (body, expected) => expect(replacedAttributes(remembered, readUser(body))).toEqual(expected));

	test('nothing where nothing is remembered', () => expect(replacedAttributes({}, readUser({ nickName: 'A' }))).toStrictEqual({ nickName: 'A' }));
});
