import { readPatch } from '../../../nodes/FreshBooksScimTrigger/protocol/patch';
import { applyEdits } from '../../../nodes/FreshBooksScimTrigger/protocol/edits';
import { userResource, type KnownPerson } from '../../../nodes/FreshBooksScimTrigger/protocol/resource';
import { readUser } from '../../../nodes/FreshBooksScimTrigger/protocol/user';
import { scimProblems } from '../access/scimSchema';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const FRESHBOOKS = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';
const BASE = 'https://n8n.example.com/webhook/7/scim/v2';

const ANNA: KnownPerson = {
	email: 'Anna@example.com',
	identityId: 12,
	firstName: 'Anna',
	lastName: 'Ode',
	jobTitle: 'Clerk',
	phoneNumber: '555',
	active: true,
	role: 'business_manager',
	createdAt: '2026-01-02T03:04:05Z',
	updatedAt: '2026-02-02T03:04:05Z',
	freshBooks: { businessId: 7, invitationPending: false },
};
const INVITED: KnownPerson = { email: 'new.person@example.com', active: true, role: null, freshBooks: { invitationPending: true } };

test('a person of whom nothing is remembered is as FreshBooks says', () => {
	expect(userResource(ANNA, {}, BASE)).toEqual({
		schemas: [CORE, FRESHBOOKS],
		id: 'YW5uYUBleGFtcGxlLmNvbQ',
		userName: 'Anna@example.com',
		name: { formatted: 'Anna Ode', givenName: 'Anna', familyName: 'Ode' },
		displayName: 'Anna Ode',
		title: 'Clerk',
		emails: [{ value: 'Anna@example.com', type: 'work', primary: true }],
		phoneNumbers: [{ value: '555', type: 'work' }],
		active: true,
		roles: [{ value: 'business_manager', display: 'Manager', primary: true }],
		meta: { resourceType: 'User', created: '2026-01-02T03:04:05.000Z', lastModified: '2026-02-02T03:04:05.000Z', location: `${BASE}/Users/YW5uYUBleGFtcGxlLmNvbQ` },
		[FRESHBOOKS]: { businessId: 7, identityId: 12, invitationPending: false },
	});
});

test('names are never empty, nor are the attributes that Okta’s specification test reads', () => {
	const user = userResource(INVITED, {}, BASE);
	expect(user).toMatchObject({
		userName: 'new.person@example.com',
		name: { givenName: 'new.person', familyName: 'new.person', formatted: 'new.person' },
		displayName: 'new.person',
		active: true,
		emails: [{ value: 'new.person@example.com' }],
		[FRESHBOOKS]: { invitationPending: true },
	});
	expect(scimProblems(user)).toEqual([]);
});

test.each([
	[{ name: { givenName: 'Ann' } }, { givenName: 'Ann', familyName: 'Ode', formatted: 'Ann Ode' }],
	[{ name: { formatted: 'Ann O.' } }, { givenName: 'Anna', familyName: 'Ode', formatted: 'Ann O.' }],
	[{ name: { givenName: '', familyName: null } }, { givenName: 'Anna', familyName: 'Ode', formatted: 'Anna Ode' }],
	[{ name: { middleName: 'M' } }, { givenName: 'Anna', middleName: 'M', familyName: 'Ode', formatted: 'Anna M Ode' }],
	[{ name: null }, { givenName: 'Anna', familyName: 'Ode', formatted: 'Anna Ode' }],
])('%j is read back as %j', (body, name) => expect(userResource(ANNA, readUser(body).attributes, BASE).name).toEqual(name));

test('what a provider sent is read back, access is what FreshBooks says', () => {
	const sent = {
		schemas: ['urn:x'], id: 'x', meta: { location: 'x' }, active: false, password: 'x', groups: [{ value: 'x' }],
		userName: 'anna.ode', externalId: '00u1', displayName: 'A. Ode', title: 'Boss', nickName: 'Annie', favourite: { colour: 'blue' },
		emails: [{ type: 'work', value: 'anna@work.example' }],
		roles: [{ value: 'owner' }],
		[ENTERPRISE]: { manager: 'boss', department: '' },
		[FRESHBOOKS]: { role: 'owner', invitationPending: true },
	};
	const user = userResource(ANNA, readUser({ ...sent, active: true }).attributes, BASE);
	expect(user).toMatchObject({
		schemas: [CORE, FRESHBOOKS, ENTERPRISE], id: 'YW5uYUBleGFtcGxlLmNvbQ', active: true, meta: { location: `${BASE}/Users/YW5uYUBleGFtcGxlLmNvbQ` },
		userName: 'anna.ode', externalId: '00u1', displayName: 'A. Ode', title: 'Boss', nickName: 'Annie', favourite: { colour: 'blue' },
		emails: [{ type: 'work', value: 'anna@work.example' }],
		roles: [{ value: 'business_manager', display: 'Manager', primary: true }],
		[FRESHBOOKS]: { role: 'business_manager', invitationPending: false },
	});
	expect(user[ENTERPRISE]).toEqual({ manager: { value: 'boss' } });
	expect(user).not.toHaveProperty('password');
	expect(user).not.toHaveProperty('groups');
});

test('a role is read back as it was written while it is the one that the person has', () => {
	const { attributes } = readUser({ roles: [{ value: 'Manager', type: 'WindowsAzureActiveDirectoryRole', primary: true }], [FRESHBOOKS]: { role: 'Manager' } });
	expect(userResource(ANNA, attributes, BASE)).toMatchObject({ roles: [{ value: 'Manager', type: 'WindowsAzureActiveDirectoryRole' }], [FRESHBOOKS]: { role: 'Manager' } });
	expect(userResource({ ...ANNA, role: 'contractor' }, attributes, BASE)).toMatchObject({ roles: [{ value: 'contractor' }], [FRESHBOOKS]: { role: 'contractor' } });
	expect(userResource({ ...ANNA, role: null }, attributes, BASE)).not.toHaveProperty('roles');
});

test('the role is in the extension where the provider writes it there, and nowhere else', () => {
	// Okta reads a user, and sends everything back with what it changes: a role in the extension, which goes before 'roles', would undo a change of 'roles'.
	const read = userResource(ANNA, {}, BASE);
	expect(read[FRESHBOOKS]).not.toHaveProperty('role');
	expect(readUser({ ...read, roles: [{ value: 'contractor', primary: true }] }).roles).toEqual(['contractor']);
	const written = readUser({ ...read, [FRESHBOOKS]: { role: 'contractor' } });
	expect(written.roles[0]).toBe('contractor');
	expect(userResource({ ...ANNA, role: 'contractor' }, written.attributes, BASE)[FRESHBOOKS]).toMatchObject({ role: 'contractor' });
});

test('cleared attributes are left out, and cleared values of lists', () => {
	const { edits } = readPatch({
		Operations: [
			{ op: 'replace', value: { title: '', nickName: null, externalId: '' } },
			{ op: 'remove', path: 'phoneNumbers[type eq "work"].value' },
			{ op: 'replace', path: 'phoneNumbers[type eq "fax"].value', value: '' },
			{ op: 'remove', path: 'emails' },
		],
	});
	const user = userResource(ANNA, applyEdits(edits, { phoneNumbers: [{ type: 'work', value: '1' }] }), BASE);
	for (const attribute of ['title', 'nickName', 'externalId', 'phoneNumbers']) expect(user).not.toHaveProperty(attribute);
	expect(user.emails).toEqual([{ value: 'Anna@example.com', type: 'work', primary: true }]);
	expect(scimProblems(user)).toEqual([]);
});

test('a removed person is written with active: false', () => {
	expect(userResource({ ...ANNA, active: false }, {}, BASE)).toMatchObject({ active: false, id: 'YW5uYUBleGFtcGxlLmNvbQ' });
});

test('a changed userName leaves the ID', () => {
	const { attributes } = readUser({ userName: 'anna.new@example.com' });
	expect(userResource(ANNA, attributes, BASE)).toMatchObject({ id: 'YW5uYUBleGFtcGxlLmNvbQ', userName: 'anna.new@example.com', emails: [{ value: 'Anna@example.com' }] });
});
