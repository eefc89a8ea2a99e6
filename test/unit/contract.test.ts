import { displayParameter, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { FreshBooksOAuth2Api } from '../../credentials/FreshBooksOAuth2Api.credentials';
import { FreshBooks } from '../../nodes/FreshBooks/FreshBooks.node';

/** Saved workflows depend on these names: interface.md. A name may be added, never renamed or dropped. */

const { description } = new FreshBooks();

function shown(resource: string, operation: string, more: INodeParameters = {}): INodeProperties[] {
	const parameters: INodeParameters = { resource, operation, returnAll: false, ...more };
	return description.properties.filter((property) => displayParameter(parameters, property, { typeVersion: 1 }, description));
}

function entries(property: INodeProperties | undefined): INodeProperties[] {
	return (property?.options ?? []) as INodeProperties[];
}

const named = (properties: INodeProperties[], name: string) => properties.find((property) => property.name === name);
const namesOf = (properties: INodeProperties[]) => properties.map(({ name }) => name);

const LIST = ['returnAll', 'limit'];
const STAFF_FIELDS = ['fax', 'rate', 'note', 'displayName', 'lname', 'mobPhone', 'homePhone', 'email', 'username', 'pProvince', 'pCity', 'pCode', 'pCountry', 'busPhone', 'language', 'pStreet2', 'fname', 'organization', 'pStreet', 'currencyCode'];

/** [resource, operation, parameters, entries of its collections] */
const OPERATIONS: Array<[string, string, string[], Record<string, string[]>]> = [
	['user', 'getMe', ['simplify'], {}],
	['user', 'updateMe', ['updateFields', 'options'], { updateFields: ['firstName', 'lastName', 'language', 'timezone', 'jobTitle', 'company', 'email', 'phoneNumber', 'avatar'], options: ['batchSize'] }],
	['business', 'getAll', [...LIST, 'simplify'], {}],
	['project', 'getAll', ['business', ...LIST, 'simplify'], {}],
	['teamMember', 'getAll', ['business', 'source', ...LIST, 'filters', 'simplify'], { filters: ['active', 'role', 'email'] }],
	['teamMember', 'get', ['business', 'member', 'simplify', 'options'], { options: ['batchSize'] }],
	['teamMember', 'updateRole', ['business', 'member', 'role', 'permissions', 'options'], { options: ['batchSize'] }],
	['teamMember', 'remove', ['business', 'member', 'options'], { options: ['batchSize', 'ifMissing'] }],
	['invitation', 'create', ['business', 'email', 'role', 'options'], { options: ['batchSize', 'ifExists', 'endpoint'] }],
	['invitation', 'getAll', ['business', ...LIST], {}],
	['invitation', 'revoke', ['business', 'invitation', 'options'], { options: ['batchSize', 'ifMissing'] }],
	['staff', 'getAll', ['account', ...LIST, 'filters', 'options', 'simplify'], { filters: ['userId', 'userIds', 'userLevel', 'nameLike', 'emailLike', 'phoneLike', 'noteLike', 'visState'], options: ['includeProjectIds'] }],
	['staff', 'get', ['account', 'staff', 'simplify', 'options'], { options: ['batchSize'] }],
	['staff', 'update', ['account', 'staff', 'updateFields', 'options'], { updateFields: STAFF_FIELDS, options: ['batchSize'] }],
	['staff', 'delete', ['account', 'staff', 'options'], { options: ['batchSize'] }],
];

describe.each(OPERATIONS)('%s %s', (resource, operation, parameters, collections) => {
	const properties = shown(resource, operation);

	test('has its parameters, each once', () => {
		const names = namesOf(properties);
		expect(names).toEqual(expect.arrayContaining(parameters));
		expect(names).toHaveLength(new Set(names).size);
	});

	test('has the entries of its collections', () => {
		for (const [name, wanted] of Object.entries(collections)) expect(namesOf(entries(named(properties, name)))).toEqual(expect.arrayContaining(wanted));
	});

	test('can be chosen, with an action text', () => {
		const choice = description.properties.find(({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes(resource));
		expect(entries(choice)).toContainEqual(expect.objectContaining({ value: operation, action: expect.stringMatching(/^[A-Z][a-z]+ /) }));
	});

	test('explains every parameter', () => {
		for (const property of properties) {
			if (['notice', 'options', 'collection'].includes(property.type)) continue;
			expect([property.name, property.description ?? '']).toEqual([property.name, expect.stringMatching(/\w{3}/)]);
		}
	});
});

test('there is no other operation of staff: FreshBooks says not to create any', () => {
	const choice = description.properties.find(({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes('staff'));
	expect(entries(choice).map((option) => (option as unknown as { value: string }).value).sort()).toEqual(['delete', 'get', 'getAll', 'update']);
});

test.each([
	['user', 'updateMe'],
	['teamMember', 'updateRole'],
	['teamMember', 'remove'],
	['invitation', 'create'],
	['invitation', 'getAll'],
	['invitation', 'revoke'],
])('%s %s shows a notice that FreshBooks does not document the endpoint', (resource, operation) => {
	const notices = shown(resource, operation).filter(({ type }) => type === 'notice');
	expect(notices.map(({ displayName }) => displayName)).toEqual([expect.stringContaining('FreshBooks does not document')]);
});

test.each([
	['user', 'getMe'],
	['teamMember', 'getAll'],
	['teamMember', 'get'],
	['staff', 'get'],
	['staff', 'delete'],
	['project', 'getAll'],
])('%s %s, which FreshBooks documents, shows none', (resource, operation) => {
	expect(shown(resource, operation).filter(({ type }) => type === 'notice')).toEqual([]);
});

test.each([
	['source', 'teamMember', 'getAll', 'teamMembers'],
	['limit', 'teamMember', 'getAll', 50],
	['returnAll', 'staff', 'getAll', false],
	['simplify', 'staff', 'get', true],
	['simplify', 'business', 'getAll', true],
	['simplify', 'project', 'getAll', true],
])("'%s' of %s %s is %j by default", (name, resource, operation, value) => {
	expect(named(shown(resource, operation), name)?.default).toBe(value);
});

test.each([
	['ifMissing', 'teamMember', 'remove', 'error', ['error', 'succeed']],
	['ifMissing', 'invitation', 'revoke', 'error', ['error', 'succeed']],
	['ifExists', 'invitation', 'create', 'error', ['error', 'return']],
	['endpoint', 'invitation', 'create', 'businessInvitations', ['businessInvitations', 'userInvitation']],
])("option '%s' of %s %s is '%s' by default", (name, resource, operation, value, values) => {
	const option = named(entries(named(shown(resource, operation), 'options')), name);
	expect(option?.default).toBe(value);
	expect(entries(option).map((choice) => (choice as unknown as { value: string }).value).sort()).toEqual([...values].sort());
});

test.each([
	['teamMember', 'get', 'member', ['list', 'email', 'id'], 'searchTeamMembers'],
	['teamMember', 'updateRole', 'member', ['list', 'email', 'id'], 'searchBusinessMembers'],
	['teamMember', 'remove', 'member', ['list', 'email', 'id'], 'searchBusinessMembers'],
	['invitation', 'revoke', 'invitation', ['list', 'email', 'id'], 'searchInvitations'],
	['staff', 'get', 'staff', ['list', 'id'], 'searchStaff'],
	['staff', 'get', 'account', ['list', 'id'], 'searchAccounts'],
	['teamMember', 'remove', 'business', ['list', 'id'], 'searchBusinesses'],
	['teamMember', 'updateRole', 'role', ['list', 'id'], 'searchRoles'],
	['invitation', 'create', 'role', ['list', 'id'], 'searchRoles'],
	['access', 'onboard', 'role', ['list', 'id'], 'searchRoles'],
])("the locator of %s %s '%s' offers %j, and its list the right kind of ID", (resource, operation, name, modes, method) => {
	const property = named(shown(resource, operation), name);
	expect(property).toMatchObject({ type: 'resourceLocator', required: true, default: { mode: 'list', value: '' } });
	expect(property?.modes?.map((mode) => mode.name).sort()).toEqual([...modes].sort());
	expect(property?.modes?.find((mode) => mode.name === 'list')?.typeOptions).toMatchObject({ searchListMethod: method, searchable: true });
	expect(Object.keys(new FreshBooks().methods.listSearch)).toContain(method);
});

test.each(['get', 'remove', 'updateRole'])("the person of %s is called 'Team Member'", (operation) => {
	expect(named(shown('teamMember', operation), 'member')?.displayName).toBe('Team Member');
});

test('the node is named, usable as a tool, and asks for the one credential', () => {
	expect(description).toMatchObject({ name: 'freshBooks', version: 1, usableAsTool: true, credentials: [{ name: 'freshBooksOAuth2Api', required: true }] });
});

test('the credential is named and has its fields', () => {
	const credential = new FreshBooksOAuth2Api();
	expect(credential).toMatchObject({ name: 'freshBooksOAuth2Api', extends: ['oAuth2Api'] });
	const field = (name: string) => named(credential.properties, name);
	expect(['access', 'customScopes', 'environment', 'apiBaseUrl', 'authBaseUrl'].map((name) => field(name)?.default)).toEqual([
		'read',
		'',
		'production',
		'https://api.freshbooks.com',
		'https://auth.freshbooks.com',
	]);
	expect(field('customScopes')?.displayOptions).toEqual({ show: { access: ['custom'] } });
	expect(field('apiBaseUrl')?.displayOptions).toEqual({ show: { environment: ['custom'] } });
	expect(field('authBaseUrl')?.displayOptions).toEqual({ show: { environment: ['custom'] } });
});
