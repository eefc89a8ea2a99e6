import type { Json } from '../support.mts';
import {
	EMPLOYEE, ENTERPRISE_USER, errorOf, find, firstOf, get, getUser, hasElement, hasNoElement, idOf, isFilled, LIST, NOBODY, oneUser, patch, post, remove, USER, type Step, type StepList,
} from './steps.mts';

/**
 * Entra ID's requests to a SCIM service. Sources, all at learn.microsoft.com/entra/identity/app-provisioning:
 * - use-scim-to-provision-users-and-groups: sample requests;
 * - application-provisioning-config-problem-scim-compatibility: requests with and without the flag `aadOptscim062020`;
 * - customize-application-attributes: roles;
 * - scim-validator-tutorial: the validator. Its requests are known only from reports (such as
 *   github.com/Captain-P-Goldfish/SCIM-SDK/issues/416 and 680, github.com/sourcegraph/sourcegraph-public-snapshot/pull/49119).
 */

const WORK_EMAIL = 'emails[type eq "work"].value';
const MANAGER = `${ENTERPRISE_USER}:manager`;
const EMPLOYEE_NUMBER = `${ENTERPRISE_USER}:employeeNumber`;

const lookedUp = (name: string, answer: Json): Step => ({ name, send: ({ user }) => getUser(user), status: 200, answer });
const setActive = (name: string, operation: Json, active: boolean): Step => ({
	name, send: ({ user }) => patch(user, operation), status: 200, answer: ({ user }) => ({ id: idOf(user), active }),
});

/** The documented sample requests, for one person. As in the samples, the user name is not an email address. */
export function sampleRequests(id: string): StepList {
	const userName = `Test_User_${id}`;
	const email = `${userName.toLowerCase()}@testuser.example`;
	const renamed = `${id}@testuser.example`;
	const name = { formatted: 'Greta Familyname', familyName: 'Familyname', givenName: 'Greta' };
	const externalId = `ext-${id}`;
	const sent = {
		schemas: [USER, ENTERPRISE_USER], externalId, userName, active: true, emails: [{ primary: true, type: 'work', value: email }],
		meta: { resourceType: 'User' }, name, roles: [],
	};
	const created = { externalId, userName, name, active: true, emails: [{ value: email, type: 'work', primary: true }] };
	const changed = { userName, name: { givenName: 'Greta', familyName: 'Updated' }, emails: [{ value: 'updated@testuser.example', type: 'work', primary: true }] };
	return {
		name: "Entra ID's sample requests",
		// A person who returns with another name is invited at that address.
		changes: [`invitationCreated ${email}`, `invitationRevoked ${email}`, `invitationCreated ${renamed}`, `invitationRevoked ${renamed}`],
		pending: {},
		// The new name is a separate item, because FreshBooks keeps the old address.
		events: ['provisioned', 'updated', 'deprovisioned', 'reactivated', 'deprovisioned'],
		steps: [
			{ name: 'the connection is tested with a user that nobody has', send: find('userName eq "c7a3dd1e-5a60-4d0e-9a7d-0d4d3f3a2b11"'), status: 200, answer: NOBODY },
			{ name: 'and with such a group', send: get('/Groups?excludedAttributes=members&filter=displayName%20eq%20%22c7a3dd1e%22'), status: 200, answer: NOBODY },
			{ name: 'schemas', send: get('/Schemas'), status: 200, answer: { schemas: [LIST], Resources: hasElement({ id: USER, attributes: hasElement({ name: 'userName', required: true }) }) } },
			{ name: 'no user by the mail nickname, without quotes', send: find(`externalId eq ${externalId}`), status: 200, answer: NOBODY },
			{ name: 'create user', send: post(sent), status: 201, keep: 'user', answer: created },
			{ name: 'get user', send: ({ user }) => getUser(user), status: 200, answer: created },
			{ name: 'get a user that is not there', send: get('/Users/5171a35d82074e068ce2'), status: 404, answer: errorOf(404) },
			{ name: 'get user by query', send: find(`userName eq "${userName}"`), status: 200, answer: oneUser(created) },
			{ name: 'by the work email', send: find(`emails[type eq "work"].value eq "${email}"`), status: 200, answer: oneUser(created) },
			{ name: 'by two attributes', send: find(`userName eq "${userName}" and emails[type eq "work"].value eq "${email}"`), status: 200, answer: oneUser(created) },
			{ name: 'by the external ID, without quotes', send: find(`externalId eq ${externalId}`), status: 200, answer: oneUser(created) },
			{ name: 'by query, without result', send: find('userName eq "non-existent user"'), status: 200, answer: NOBODY },
			{
				name: 'update multi-valued properties', status: 200, answer: changed, isPlainPatch: true,
				send: ({ user }) => patch(user, { op: 'Replace', path: WORK_EMAIL, value: 'updated@testuser.example' }, { op: 'Replace', path: 'name.familyName', value: 'Updated' }),
			},
			{ name: 'update a single-valued property', send: ({ user }) => patch(user, { op: 'Replace', path: 'userName', value: renamed }), status: 200, answer: { ...changed, userName: renamed }, isPlainPatch: true },
			{ name: 'the new name finds the person', send: find(`userName eq "${renamed}"`), status: 200, answer: ({ user }) => oneUser({ ...changed, userName: renamed, id: idOf(user) }) },
			setActive('disable user', { op: 'Replace', path: 'active', value: false }, false),
			lookedUp('a disabled user is still there', { active: false, userName: renamed }),
			{ name: 'also by query', send: find(`userName eq "${renamed}"`), status: 200, answer: oneUser({ active: false }) },
			setActive('restore user', { op: 'Replace', path: 'active', value: true }, true),
			{ name: 'delete user', send: ({ user }) => remove(user), status: 204 },
			{ name: 'a deleted user is not there', send: ({ user }) => getUser(user), status: 404, answer: errorOf(404) },
			{ name: 'nor by query', send: find(`userName eq "${renamed}"`), status: 200, answer: NOBODY },
			{
				name: 'a group is refused', status: 501, answer: errorOf(501),
				send: { method: 'POST', address: '/Groups', body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], externalId, displayName: 'Books', meta: { resourceType: 'Group' } } },
			},
		],
	};
}

/** Entra ID's requests without and with its flag for the RFC's form of PATCH, for one person. */
export function dialects(email: string): StepList {
	const named = (displayName: string, givenName: string, familyName: string): Json => ({ displayName, name: { givenName, familyName } });
	return {
		name: 'what the known issues of Entra ID show',
		changes: ['invitationCreated', 'invitationRevoked', 'invitationCreated', 'invitationRevoked', 'invitationCreated'].map((kind) => `${kind} ${email}`),
		pending: { [email]: EMPLOYEE },
		events: ['provisioned', 'deprovisioned', 'reactivated', 'deprovisioned', 'reactivated'],
		steps: [
			{ name: 'create user', send: post({ schemas: [USER], userName: email, active: true, name: { givenName: 'Dora', familyName: 'Lect' } }), status: 201, keep: 'user', answer: { userName: email, active: true } },
			{ name: 'flag off: a single value is added', send: ({ user }) => patch(user, { op: 'Add', path: 'nickName', value: 'Babs' }), status: 200, answer: { nickName: 'Babs' }, isPlainPatch: true },
			{
				name: 'flag off: several values, each by its path', status: 200,
				send: ({ user }) => patch(
					user,
					{ op: 'Replace', path: 'displayName', value: 'Pvlo' },
					{ op: 'Replace', path: WORK_EMAIL, value: 'pvlo@example.com' },
					{ op: 'Replace', path: 'name.givenName', value: 'Gtfd' },
					{ op: 'Replace', path: 'name.familyName', value: 'Pkqf' },
					{ op: 'Replace', path: 'externalId', value: 'Eqpj' },
					{ op: 'Replace', path: EMPLOYEE_NUMBER, value: 'Eqpj' },
				),
				answer: { ...named('Pvlo', 'Gtfd', 'Pkqf'), externalId: 'Eqpj', emails: hasElement({ type: 'work', value: 'pvlo@example.com' }), [ENTERPRISE_USER]: { employeeNumber: 'Eqpj' } },
			},
			{
				name: 'flag on: several values in one operation, under dotted names', status: 200, isPlainPatch: true,
				send: ({ user }) => patch(
					user,
					{ op: 'replace', path: WORK_EMAIL, value: 'bjfe@example.com' },
					{ op: 'replace', value: { displayName: 'Bjfe', 'name.givenName': 'Kkom', 'name.familyName': 'Unua', [EMPLOYEE_NUMBER]: 'Aklq' } },
				),
				answer: { ...named('Bjfe', 'Kkom', 'Unua'), nickName: 'Babs', emails: hasElement({ type: 'work', value: 'bjfe@example.com' }), [ENTERPRISE_USER]: { employeeNumber: 'Aklq' } },
			},
			{
				name: 'names in the case of the table of attributes', status: 200,
				send: ({ user }) => patch(user, { op: 'Add', path: 'emails[type eq "other"].Value', value: 'proxy@example.com' }, { op: 'Add', path: 'addresses[type eq "other"].Formatted', value: 'Room 7' }),
				answer: { emails: hasElement({ type: 'other', value: 'proxy@example.com' }), addresses: [{ type: 'other', formatted: 'Room 7' }] },
			},
			{ name: 'a filter, too', send: find('DisplayName eq "Bjfe" and Emails[Type eq "other"].Value eq "proxy@example.com"'), status: 200, answer: oneUser({ userName: email }) },
			{ name: 'a manager as text', send: ({ user }) => patch(user, { op: 'Add', path: MANAGER, value: '271' }), status: 200, answer: { [ENTERPRISE_USER]: { manager: { value: '271' } } } },
			{ name: 'values are cleared with empty text', send: ({ user }) => patch(user, { op: 'Replace', path: 'nickName', value: '' }, { op: 'Replace', path: MANAGER, value: '' }), status: 200, answer: { nickName: undefined, [ENTERPRISE_USER]: { manager: undefined } } },
			setActive('flag off: disabled with a text', { op: 'Replace', path: 'active', value: 'False' }, false),
			lookedUp('disabled, everything else is as it was', { ...named('Bjfe', 'Kkom', 'Unua'), active: false, userName: email }),
			setActive('flag off: restored with a text', { op: 'Replace', path: 'active', value: 'True' }, true),
			setActive('flag on: disabled', { op: 'replace', path: 'active', value: false }, false),
			setActive('flag on: restored without a path', { op: 'replace', value: { active: true } }, true),
		],
	};
}

/** The other examples of that page: null values, a misspelled schema, and a manager without its schema. */
export function furtherExamples(email: string): StepList {
	const manager = '00aa00aa-bb11-cc22-dd33-44ee44ee44ee';
	const sent = {
		schemas: [USER, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'], externalId: 'jyoung', userName: email, active: true, addresses: null, displayName: 'Joy Young',
		emails: [{ type: 'work', value: email, primary: true }], meta: { resourceType: 'User' }, name: { familyName: 'Young', givenName: 'Joy' },
		phoneNumbers: null, preferredLanguage: null, title: null, department: null, manager: null,
	};
	const created = { userName: email, displayName: 'Joy Young', addresses: undefined, phoneNumbers: undefined, title: undefined, department: undefined, manager: undefined };
	const asksManager = (id: string): string => `id eq "${id}" and manager eq "${manager}"`;
	return {
		name: "Entra ID's further examples",
		changes: [`invitationCreated ${email}`],
		pending: { [email]: EMPLOYEE },
		events: ['provisioned'],
		steps: [
			{ name: 'provision a user', send: post(sent), status: 201, keep: 'user', answer: created },
			{ name: 'the manager is another one', send: ({ user }) => find(asksManager(idOf(user)), '&attributes=id'), status: 200, answer: NOBODY },
			{
				name: 'update the manager', status: 200, isUnread: true, answer: { userName: email, manager: { value: manager } },
				send: ({ user }) => patch(user, { op: 'Add', path: 'manager', value: [{ $ref: `http://example.com/scim/Users/${manager}`, value: manager }] }),
			},
			{ name: 'the manager is this one', send: ({ user }) => find(asksManager(idOf(user)), '&attributes=id'), status: 200, isUnread: true, answer: ({ user }) => oneUser({ id: idOf(user), userName: undefined }) },
		],
	};
}

/** A role from a mapping with `SingleAppRoleAssignment`: JSON as text. */
export const appRole = (value: string): string => JSON.stringify({ id: '06b07648-ecfe-589f-9d2f-6325724a46ee', value, displayName: value });

/** Roles in the forms of the three kinds of mapping, of invited people. Each person ends with one role. */
export function roles(addressOf: (name: string) => string): StepList {
	const [single, complex, unknown] = [addressOf('single'), addressOf('complex'), addressOf('unknown')];
	const body = (userName: string, ...given: Json[]): Json => ({ schemas: [USER], externalId: userName, userName, active: true, displayName: userName, meta: { resourceType: 'User' }, roles: given });
	const role = (value: string, primary: boolean): Json => ({ primary, type: 'WindowsAzureActiveDirectoryRole', display: value, value });
	return {
		name: "Entra ID's roles",
		changes: [`invitationCreated ${single}`, `invitationCreated ${complex}`, `invitationCreated ${unknown}`],
		pending: { [single]: 'business_manager', [complex]: 'contractor', [unknown]: EMPLOYEE },
		events: ['provisioned', 'provisioned', 'provisioned'],
		steps: [
			{ name: 'a single role', send: post(body(single, role('Manager', true))), status: 201, keep: 'user', answer: { roles: [{ value: 'Manager', primary: true }] } },
			{ name: 'the same role as JSON in a text changes nothing', send: ({ user }) => patch(user, { op: 'Add', path: 'roles', value: [{ value: appRole('Manager') }] }), status: 200, answer: { userName: single, active: true } },
			{ name: 'the same role by its filter changes nothing', send: ({ user }) => patch(user, { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'Manager' }), status: 200, answer: { roles: hasElement({ value: 'Manager' }) } },
			{ name: 'a list of roles, none the primary one', send: post(body(complex, role('Contractor', false), role('Employee', false))), status: 201, answer: { roles: hasElement({ value: 'Contractor' }) } },
			{ name: 'a role that FreshBooks does not have', send: post(body(unknown, role('Grand Vizier', true))), status: 201, answer: { userName: unknown, active: true, roles: hasNoElement({ value: 'Grand Vizier' }) } },
		],
	};
}

/** A user with all attributes of the validator except roles, whose values it invents. `mark` makes the values unique. */
function wholeUser(userName: string, mark: string): Json {
	return {
		schemas: [USER, ENTERPRISE_USER],
		userName,
		externalId: `ext-${mark}`,
		active: true,
		displayName: `Display ${mark}`,
		title: `Title ${mark}`,
		preferredLanguage: 'hi',
		userType: `Type ${mark}`,
		nickName: `Nick ${mark}`,
		locale: `Locale ${mark}`,
		timezone: 'America/Guayaquil',
		profileUrl: `https://example.com/${mark}`,
		name: {
			givenName: `Given ${mark}`, familyName: `Family ${mark}`, formatted: `Formatted ${mark}`, middleName: `Middle ${mark}`, honorificPrefix: `Prefix ${mark}`, honorificSuffix: `Suffix ${mark}`,
		},
		emails: [{ type: 'work', value: `work.${mark}@example.com`, primary: true }],
		addresses: [{
			type: 'work', formatted: `Formatted ${mark}`, streetAddress: `1 ${mark} Row`, locality: `Locality ${mark}`, region: `Region ${mark}`, postalCode: 'cx47 4mz', primary: true, country: 'Sierra Leone',
		}],
		phoneNumbers: [{ type: 'work', value: `10-${mark}`, primary: true }, { type: 'mobile', value: `20-${mark}` }, { type: 'fax', value: `30-${mark}` }],
		[ENTERPRISE_USER]: {
			employeeNumber: `Number ${mark}`, department: `Department ${mark}`, costCenter: `Cost ${mark}`, organization: `Organization ${mark}`, division: `Division ${mark}`, manager: { value: `Manager ${mark}` },
		},
	};
}

const SINGLE = ['displayName', 'title', 'preferredLanguage', 'userType', 'nickName', 'locale', 'timezone', 'profileUrl', 'externalId'];
const TYPED = ['emails', 'addresses', 'phoneNumbers'];

/** The attributes without a type, with dotted names and URNs. */
function untyped(user: Json): Json {
	const inside = (key: string, separator: string): Array<[string, unknown]> => Object.entries(user[key] as Json).map(([name, value]) => [`${key}${separator}${name}`, value]);
	return Object.fromEntries([...SINGLE.map((name): [string, unknown] => [name, user[name]]), ...inside('name', '.'), ...inside(ENTERPRISE_USER, ':')]);
}

/** An operation for each value with a type, by its path. */
function typedOperations(op: string, user: Json): Json[] {
	return TYPED.flatMap((list) => (user[list] as Json[]).flatMap(({ type, ...values }) => Object.entries(values).map(([name, value]) => ({ op, path: `${list}[type eq "${String(type)}"].${name}`, value }))));
}

const byPath = (op: string, user: Json): Json[] => [...Object.entries(untyped(user)).map(([path, value]) => ({ op, path, value })), ...typedOperations(op, user)];
const withoutPath = (op: string, user: Json): Json[] => [...typedOperations(op, user), { op, value: untyped(user) }];

/** What the response must contain of the sent user, with lists in any order. */
function asSent({ schemas: _schemas, ...user }: Json): Json {
	const lists = TYPED.map((list): [string, unknown] => [list, (value: unknown, place: string) => (user[list] as Json[]).forEach((element) => hasElement(element)(value, place))]);
	return { ...user, ...Object.fromEntries(lists) };
}

/** The validator's tests of users, with schema discovery or its own attributes. It creates a user for each test; here some share one. */
export function validatorTests(addressOf: (name: string) => string): StepList {
	const [whole, bare, verbose, leaver, deleted] = [addressOf('whole'), addressOf('bare'), addressOf('verbose'), addressOf('leaver'), addressOf('deleted')];
	const renamed = addressOf('renamed');
	const first = { ...wholeUser(whole, 'one'), roles: [{ primary: 'True', display: 'Manager', value: 'manager', type: 'x' }] };
	const created = { ...asSent(first), roles: [{ primary: true, display: 'Manager', value: 'manager', type: 'x' }] };
	const replaced = wholeUser(whole, 'two');
	const replacedAgain = wholeUser(whole, 'three');
	const added = wholeUser(bare, 'four');
	const addedByPath = wholeUser(verbose, 'five');
	const minimal = (userName: string): Json => ({ schemas: [USER], userName });
	const read = (name: string, answer: Json): Step[] => [
		lookedUp(`${name}: read back`, answer),
		{ name: `${name}: found`, send: find(`userName eq "${String(answer['userName'])}"`), status: 200, answer: oneUser(answer) },
	];
	return {
		name: "the tests of Entra ID's validator",
		changes: [
			`invitationCreated ${whole}`, `invitationCreated ${bare}`, `invitationCreated ${verbose}`, `invitationCreated ${leaver}`, `invitationRevoked ${leaver}`, `invitationCreated ${deleted}`, `invitationRevoked ${deleted}`,
		],
		pending: { [whole]: 'business_manager', [bare]: EMPLOYEE, [verbose]: EMPLOYEE },
		events: ['provisioned', 'updated', 'provisioned', 'provisioned', 'provisioned', 'deprovisioned', 'provisioned', 'deprovisioned'],
		steps: [
			{ name: 'create a new user', send: post(first), status: 201, keep: 'user', answer: created },
			...read('create a new user', created),
			{ name: 'create a duplicate user', send: post(first), status: 409, answer: errorOf(409, { scimType: 'uniqueness' }) },
			{ name: 'filter for a user that does not exist', send: find(`userName eq "${addressOf('nobody')}"`), status: 200, answer: NOBODY },
			{ name: 'filter for a user in another case', send: find(`userName eq "${whole.toUpperCase()}"`), status: 200, answer: oneUser(created) },
			{ name: 'replace attributes', send: ({ user }) => patch(user, ...withoutPath('replace', replaced)), status: 200, answer: asSent(replaced), isPlainPatch: true },
			...read('replace attributes', asSent(replaced)),
			{ name: 'replace attributes, each by its path', send: ({ user }) => patch(user, ...byPath('replace', replacedAgain)), status: 200, answer: asSent(replacedAgain), isPlainPatch: true },
			...read('replace attributes, each by its path', asSent(replacedAgain)),
			{ name: 'update the userName', send: ({ user }) => patch(user, { op: 'replace', value: { userName: renamed } }), status: 200, answer: ({ user }) => ({ ...asSent(replacedAgain), userName: renamed, id: idOf(user) }), isPlainPatch: true },
			...read('update the userName', { ...asSent(replacedAgain), userName: renamed }),
			{ name: 'add a manager', send: ({ user }) => patch(user, { op: 'add', path: MANAGER, value: { value: 'New Manager' } }), status: 200, answer: { [ENTERPRISE_USER]: { manager: { value: 'New Manager' } } }, isPlainPatch: true },
			{ name: 'replace the manager', send: ({ user }) => patch(user, { op: 'replace', path: MANAGER, value: { value: 'Newer Manager' } }), status: 200, answer: { [ENTERPRISE_USER]: { manager: { value: 'Newer Manager' } } }, isPlainPatch: true },
			{ name: 'remove the manager with an empty value', send: ({ user }) => patch(user, { op: 'replace', path: MANAGER, value: { value: '' } }), status: 200, answer: { [ENTERPRISE_USER]: { manager: undefined, department: 'Department three' } } },
			{
				name: 'several operations on different attributes', status: 200, isPlainPatch: true,
				send: ({ user }) => patch(user, { op: 'remove', path: 'preferredLanguage' }, { op: 'add', path: 'externalId', value: 'ext-six' }, { op: 'replace', path: 'displayName', value: 'Display six' }),
				answer: { preferredLanguage: undefined, externalId: 'ext-six', displayName: 'Display six', title: 'Title three' },
			},
			{
				name: 'several operations on the same attribute', status: 200, isPlainPatch: true,
				send: ({ user }) => patch(user, { op: 'remove', path: 'externalId' }, { op: 'add', path: 'externalId', value: 'ext-seven' }, { op: 'replace', path: 'externalId', value: 'ext-eight' }),
				answer: { externalId: 'ext-eight' },
			},
			{
				name: 'remove attributes', status: 200, isPlainPatch: true,
				send: ({ user }) => patch(user, { op: 'remove', path: 'title' }, { op: 'remove', path: 'name.middleName' }, { op: 'remove', path: 'phoneNumbers[type eq "mobile"]' }, { op: 'remove', path: `${ENTERPRISE_USER}:department` }),
				answer: { title: undefined, name: { middleName: undefined }, phoneNumbers: hasNoElement({ type: 'mobile' }), [ENTERPRISE_USER]: { department: undefined, division: 'Division three' } },
			},
			{ name: 'a bare user', send: post(minimal(bare)), status: 201, keep: 'user', answer: { userName: bare, active: true, id: isFilled } },
			{ name: 'add attributes', send: ({ user }) => patch(user, ...withoutPath('add', added)), status: 200, answer: asSent(added) },
			...read('add attributes', asSent(added)),
			{ name: 'another bare user', send: post(minimal(verbose)), status: 201, keep: 'user', answer: { userName: verbose } },
			{ name: 'add attributes, each by its path', send: ({ user }) => patch(user, ...byPath('add', addedByPath)), status: 200, answer: asSent(addedByPath) },
			...read('add attributes, each by its path', asSent(addedByPath)),
			{ name: 'a user to disable', send: post(minimal(leaver)), status: 201, keep: 'user', answer: { active: true } },
			setActive('disable user', { op: 'replace', path: 'active', value: false }, false),
			...read('disable user', { userName: leaver, active: false }),
			{ name: 'a user to delete', send: post(minimal(deleted)), status: 201, keep: 'user', answer: { active: true } },
			{ name: 'delete a user', send: ({ user }) => remove(user), status: 204 },
			{ name: 'delete a user: gone', send: ({ user }) => getUser(user), status: 404, answer: errorOf(404) },
			{ name: 'delete the same user twice', send: ({ user }) => remove(user), status: 404, answer: errorOf(404) },
			{ name: 'delete a user who does not exist', send: { method: 'DELETE', address: '/Users/d950a5ce-61da-4979-8423-4600c745a897' }, status: 404, answer: errorOf(404) },
		],
	};
}

/** An existing FreshBooks person enters the scope of Entra ID, which sends the differences. Nothing changes in FreshBooks. */
export function matchingTest(email: string): StepList {
	const matched = { userName: email, active: true, externalId: 'matched', displayName: 'Matched Member', name: { givenName: 'Matched', familyName: 'Member' } };
	return {
		name: 'somebody of FreshBooks comes into the scope of Entra ID',
		changes: [],
		pending: {},
		events: [],
		steps: [
			{ name: 'is found', send: find(`userName eq "${email}"`), status: 200, keep: 'page', answer: oneUser({ userName: email, active: true }) },
			{ name: 'is read', send: ({ page }) => getUser(firstOf(page)), status: 200, keep: 'user' },
			{
				name: 'gets what differs', status: 200, answer: matched,
				send: ({ user }) => patch(
					user,
					{ op: 'Add', path: 'externalId', value: 'matched' },
					{ op: 'Replace', path: 'displayName', value: 'Matched Member' },
					{ op: 'Replace', path: 'name.givenName', value: 'Matched' },
					{ op: 'Replace', path: 'name.familyName', value: 'Member' },
					{ op: 'Replace', path: 'active', value: 'True' },
				),
			},
			{ name: 'is found by the external ID', send: find('externalId eq "matched"'), status: 200, answer: oneUser(matched) },
		],
	};
}
