import { displayParameter, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { FreshBooksOAuth2Api } from '../../credentials/FreshBooksOAuth2Api.credentials';
import { FreshBooksScimApi } from '../../credentials/FreshBooksScimApi.credentials';
import { FreshBooks } from '../../nodes/FreshBooks/FreshBooks.node';
import { FreshBooksScimTrigger } from '../../nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node';

/** Saved workflows depend on these names. Names may be added, but not renamed or removed. */

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
	['teamMember', 'updateRole', ['business', 'member', 'role', 'permissions', 'options'], { options: ['batchSize', 'allowOtherRoles'] }],
	['teamMember', 'remove', ['business', 'member', 'options'], { options: ['batchSize', 'ifMissing'] }],
	['invitation', 'create', ['business', 'email', 'role', 'options'], { options: ['batchSize', 'ifExists', 'endpoint', 'allowOtherRoles', 'firstName', 'lastName', 'permissions', 'groupIds'] }],
	['invitation', 'getAll', ['business', ...LIST], {}],
	['invitation', 'revoke', ['business', 'invitation', 'options'], { options: ['batchSize', 'ifMissing'] }],
	['staff', 'getAll', ['account', ...LIST, 'filters', 'options', 'simplify'], { filters: ['userId', 'userIds', 'userLevel', 'nameLike', 'emailLike', 'phoneLike', 'noteLike', 'visState'], options: ['includeProjectIds'] }],
	['staff', 'get', ['account', 'staff', 'simplify', 'options'], { options: ['batchSize'] }],
	['staff', 'update', ['account', 'staff', 'updateFields', 'simplify', 'options'], { updateFields: STAFF_FIELDS, options: ['batchSize'] }],
	['staff', 'delete', ['account', 'staff', 'options'], { options: ['batchSize'] }],
	['access', 'onboard', ['business', 'email', 'role', 'options'], { options: ['batchSize', 'allowOtherRoles', 'invitedAt', 'updateRole', 'waitForAcceptance'] }],
	['access', 'offboard', ['businesses', 'email', 'dryRun', 'options'], { options: ['batchSize', 'failOnPartial', 'ifNotFound', 'includeOtherAddresses', 'staff'] }],
	['access', 'review', ['businesses', 'directory', 'options'], { options: ['activeField', 'businessMembers', 'emailField', 'onlyFindings', 'pendingInvitations', 'roleField', 'staleAfterDays'] }],
];

describe.each(OPERATIONS)('%s %s', (resource, operation, parameters, collections) => {
	const properties = shown(resource, operation);

	test('has exactly its parameters', () => {
		const names = namesOf(properties);
		expect(names).toEqual(expect.arrayContaining(parameters));
		expect(names).toHaveLength(new Set(names).size);
	});

	test('has the entries of its collections', () => {
		for (const [name, wanted] of Object.entries(collections)) expect(namesOf(entries(named(properties, name)))).toEqual(expect.arrayContaining(wanted));
	});

	test('is selectable and has an action text', () => {
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

test('staff has no other operation: FreshBooks advises against creating staff', () => {
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
	['access', 'onboard'],
	['access', 'offboard'],
])('%s %s shows a notice that FreshBooks does not document the endpoint', (resource, operation) => {
	const notices = shown(resource, operation).filter(({ type }) => type === 'notice');
	expect(notices.map(({ displayName }) => displayName)).toEqual([expect.stringMatching(/undocumented FreshBooks endpoint|FreshBooks does not document/)]);
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
	['simplify', 'staff', 'update', true],
	['simplify', 'business', 'getAll', true],
	['simplify', 'project', 'getAll', true],
	['limit', 'project', 'getAll', 50],
	['returnAll', 'project', 'getAll', false],
	['dryRun', 'access', 'offboard', false],
	['businesses', 'access', 'offboard', 'all'],
	['businesses', 'access', 'review', 'all'],
])("'%s' of %s %s is %j by default", (name, resource, operation, value) => {
	expect(named(shown(resource, operation), name)?.default).toBe(value);
});

test.each([
	['ifMissing', 'teamMember', 'remove', 'error', ['error', 'succeed']],
	['ifMissing', 'invitation', 'revoke', 'error', ['error', 'succeed']],
	['ifExists', 'invitation', 'create', 'error', ['error', 'return']],
	['endpoint', 'invitation', 'create', 'businessInvitations', ['businessInvitations', 'userInvitation']],
	['ifNotFound', 'access', 'offboard', 'error', ['error', 'succeed']],
	['staff', 'access', 'offboard', 'leave', ['archive', 'leave']],
])("option '%s' of %s %s is '%s' by default", (name, resource, operation, value, values) => {
	const option = named(entries(named(shown(resource, operation), 'options')), name);
	expect(option?.default).toBe(value);
	expect(entries(option).map((choice) => (choice as unknown as { value: string }).value).sort()).toEqual([...values].sort());
});

test.each([
	['teamMember', 'updateRole', 'allowOtherRoles', false],
	['invitation', 'create', 'allowOtherRoles', false],
	['access', 'onboard', 'allowOtherRoles', false],
	['access', 'onboard', 'updateRole', false],
	['access', 'offboard', 'includeOtherAddresses', false],
	['access', 'offboard', 'failOnPartial', true],
])("%s %s has the option '%s', a yes or no that is %j by default", (resource, operation, name, value) => {
	expect(named(entries(named(shown(resource, operation), 'options')), name)).toMatchObject({ type: 'boolean', default: value });
});

test("'Dry Run' of offboard is visible without opening the options", () => {
	expect(named(shown('access', 'offboard'), 'dryRun')).toMatchObject({ displayName: 'Dry Run', type: 'boolean' });
});

test.each(['offboard', 'review'])('the businesses of %s can be chosen from a list', (operation) => {
	expect(namesOf(shown('access', operation))).not.toContain('businessIds');
	expect(named(shown('access', operation, { businesses: 'selected' }), 'businessIds')).toMatchObject({ type: 'multiOptions', typeOptions: { loadOptionsMethod: 'getBusinesses' } });
	expect(Object.keys(new FreshBooks().methods.loadOptions)).toContain('getBusinesses');
});

test.each([
	['teamMember', 'get', 'member', ['list', 'email', 'id'], 'searchTeamMembers'],
	['teamMember', 'updateRole', 'member', ['list', 'email', 'id'], 'searchBusinessMembers'],
	['teamMember', 'remove', 'member', ['list', 'email', 'id'], 'searchBusinessMembers'],
	['invitation', 'revoke', 'invitation', ['list', 'email', 'id'], 'searchInvitations'],
	['staff', 'get', 'staff', ['list', 'email', 'id'], 'searchStaff'],
	['staff', 'get', 'account', ['list', 'id'], 'searchAccounts'],
	['teamMember', 'remove', 'business', ['list', 'id'], 'searchBusinesses'],
	['project', 'getAll', 'business', ['list', 'id'], 'searchBusinesses'],
	['teamMember', 'updateRole', 'role', ['list', 'id'], 'searchRoles'],
	['invitation', 'create', 'role', ['list', 'id'], 'searchRoles'],
	['access', 'onboard', 'role', ['list', 'id'], 'searchRoles'],
])("the locator of %s %s '%s' offers %j, and its list the right kind of ID", (resource, operation, name, modes, method) => {
	const property = named(shown(resource, operation), name);
	expect(property).toMatchObject({ type: 'resourceLocator', default: { mode: 'list', value: '' } });
	expect(property?.modes?.map((mode) => mode.name).sort()).toEqual([...modes].sort());
	expect(property?.modes?.find((mode) => mode.name === 'list')?.typeOptions).toMatchObject({ searchListMethod: method, searchable: true });
	expect(Object.keys(new FreshBooks().methods.listSearch)).toContain(method);
});

test('every locator is required, except the role of Update Role: permissions can be changed alone', () => {
	const optional = OPERATIONS.flatMap(([resource, operation]) =>
		shown(resource, operation)
			.filter(({ type, required }) => type === 'resourceLocator' && required !== true)
			.map(({ name }) => `${resource} ${operation} ${name}`),
	);
	expect(optional).toEqual(['teamMember updateRole role']);
});

test.each(['get', 'remove', 'updateRole'])("the person of %s is called 'Team Member'", (operation) => {
	expect(named(shown('teamMember', operation), 'member')?.displayName).toBe('Team Member');
});

test('the node has its name, is usable as a tool, and needs one credential', () => {
	expect(description).toMatchObject({ name: 'freshBooks', version: 1, usableAsTool: true, credentials: [{ name: 'freshBooksOAuth2Api', required: true }] });
});

test('the credential has its name and fields', () => {
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

describe('the SCIM trigger', () => {
	const scim = new FreshBooksScimTrigger();
	const { properties } = scim.description;

	test('has its name, and needs both credentials', () => {
		expect(scim.description).toMatchObject({
			name: 'freshBooksScimTrigger',
			displayName: 'FreshBooks SCIM Trigger',
			group: ['trigger'],
			version: 1,
			inputs: [],
			credentials: [
				{ name: 'freshBooksOAuth2Api', required: true },
				{ name: 'freshBooksScimApi', required: true, testedBy: 'testScimToken' },
			],
		});
		expect(Object.keys(scim.methods.credentialTest)).toEqual(['testScimToken']);
	});

	test('has its parameters and options', () => {
		expect(namesOf(properties)).toEqual(['setupNotice', 'business', 'path', 'role', 'options']);
		expect(namesOf(entries(named(properties, 'options')))).toEqual(['archiveStaff', 'maxRemovals', 'maxRemovalsUnit', 'readOnly']);
		expect(['path', 'options'].map((name) => named(properties, name)?.default)).toEqual(['scim/v2', { maxRemovals: 20, maxRemovalsUnit: 'percent' }]);
		expect(entries(named(properties, 'options')).map(({ type, default: value }) => [type, value])).toEqual([
			['boolean', false],
			['number', 20],
			['options', 'percent'],
			['boolean', false],
		]);
	});

	test.each([
		['business', 'searchBusinesses'],
		['role', 'searchRoles'],
	] as const)("the locator '%s' offers a list and an ID", (name, method) => {
		const property = named(properties, name);
		expect(property?.modes?.map((mode) => mode.name)).toEqual(['list', 'id']);
		expect(property?.modes?.[0].typeOptions).toMatchObject({ searchListMethod: method, searchable: true });
		expect(Object.keys(scim.methods.listSearch)).toContain(method);
	});

	test('the credential is one password', () => {
		const credential = new FreshBooksScimApi();
		expect(credential.name).toBe('freshBooksScimApi');
		expect(credential.properties).toMatchObject([{ name: 'token', type: 'string', required: true, default: '', typeOptions: { password: true } }]);
	});

	test('the panel shows one address: the base URL', () => {
		const webhooks = scim.description.webhooks ?? [];
		expect(webhooks.filter(({ ndvHideUrl }) => ndvHideUrl !== true)).toMatchObject([{ name: 'default', httpMethod: 'GET', path: '={{$parameter["path"]}}', isFullPath: false }]);
		expect(new Set(webhooks.map(({ httpMethod, path }) => `${httpMethod} ${path}`)).size).toBe(webhooks.length);
	});
});
