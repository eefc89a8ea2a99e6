import type { Json } from '../support.mts';
import { EMPLOYEE, errorOf, find, firstOf, get, getUser, hasElement, idOf, isFilled, isWholeNumber, LIST, NOBODY, oneUser, patch, post, put, USER, type Request, type Seen, type Step, type StepList } from './steps.mts';

/**
 * Okta's requests to a SCIM service. Sources:
 * - Okta's tests for partners: Okta-SCIM-20-SPEC-Test.json and Okta-SCIM-20-CRUD-Test.json (developer.okta.com/standards/SCIM/SCIMFiles),
 *   explained in developer.okta.com/docs/guides/scim-provisioning-integration-prepare and -test;
 * - the requests: developer.okta.com/docs/reference/scim/scim-20.
 */

export const OKTA_HEADERS = { 'user-agent': 'Okta SCIM Client 1.0.0', accept: 'application/scim+json', 'accept-charset': 'utf-8' };

/** The only time that Okta's test measures. */
const GROUPS_WITHIN_MS = 600;

export interface OktaUser {
	readonly email: string;
	readonly givenName: string;
	readonly familyName: string;
}

function userBody({ email, givenName, familyName }: OktaUser): Json {
	return {
		schemas: [USER],
		userName: email,
		name: { givenName, familyName },
		emails: [{ primary: true, value: email, type: 'work' }],
		displayName: `${givenName} ${familyName}`,
		active: true,
	};
}

const WHOLE_USER: Json = { id: isFilled, userName: isFilled, active: true, name: { givenName: isFilled, familyName: isFilled }, emails: [{ value: isFilled }] };

/** The specification test. It sends its requests itself, and the service must already have a user. */
export function specificationTest(user: OktaUser): StepList {
	const { email, givenName, familyName } = user;
	const name = { givenName, familyName };
	return {
		name: "Okta's specification test",
		changes: [`invitationCreated ${email}`],
		pending: { [email]: EMPLOYEE },
		events: ['provisioned'],
		steps: [
			{
				name: 'a page of one user', send: get('/Users?count=1&startIndex=1'), status: 200, keep: 'page',
				answer: { schemas: hasElement(LIST), itemsPerPage: isWholeNumber, startIndex: isWholeNumber, totalResults: isWholeNumber, Resources: [WHOLE_USER] },
			},
			{ name: 'the user of that page', send: ({ page }) => getUser(firstOf(page)), status: 200, answer: ({ page }) => ({ ...WHOLE_USER, id: idOf(firstOf(page)) }) },
			{ name: 'a name that nobody has', send: find('userName eq "abcdefgh@atko.example"'), status: 200, answer: NOBODY },
			{ name: 'an ID that nobody has', send: get('/Users/010101001010101011001010101011'), status: 404, answer: errorOf(404) },
			{ name: 'the person does not exist yet', send: find(`userName eq "${email}"`), status: 200, answer: NOBODY },
			{ name: 'the person is created', send: post(userBody(user)), status: 201, keep: 'user', answer: { schemas: hasElement(USER), id: isFilled, active: true, name, userName: email } },
			{ name: 'and is there', send: ({ user }) => getUser(user), status: 200, answer: { userName: email, name } },
			{ name: 'the person is not created twice', send: post(userBody(user)), status: 409, answer: errorOf(409, { scimType: 'uniqueness' }) },
			{ name: 'is found by the name in capitals', send: find(`userName eq "${email.toUpperCase()}"`), status: 200, answer: oneUser({ userName: email }) },
			{ name: 'groups', send: get('/Groups'), status: 200, answer: NOBODY, withinMs: GROUPS_WITHIN_MS },
			{ name: 'a wrong token', send: { ...find(`userName eq "${email.toUpperCase()}"`), authorization: 'non-token' }, status: 401, answer: errorOf(401) },
			{ name: 'another ID that nobody has', send: get('/Users/00919288221112222'), status: 404, answer: errorOf(404) },
		],
	};
}

/**
 * Apps from Okta's wizard send every change as a PUT of the whole user that they read before. Apps from Okta's catalog activate
 * and deactivate with a PATCH.
 */
export type OktaApp = 'wizard' | 'catalog';

/** Okta reads the user, and sends it back with its changes. */
function change(name: string, changes: (user: Json | undefined) => Json, answer: Json): Step[] {
	return [
		{ name: `${name}: read before`, send: ({ user }) => getUser(user), status: 200, keep: 'user' },
		{ name: `${name}: PUT`, send: ({ user }) => put(user, changes(user)), status: 200, answer },
	];
}

/** Replaces the default one. */
const ROLE = 'business_manager';

export const setActive = (app: OktaApp, user: Json | undefined, active: boolean): Request =>
	app === 'wizard' ? put(user, { active }) : patch(user, { op: 'replace', value: { active } });

/** Sets `active`, and then reads it back by ID and by name. */
function activation(name: string, app: OktaApp, email: string, active: boolean): Step[] {
	// A person who returns has the same role as before.
	const answer = ({ user }: Seen): Json => ({ id: idOf(user), userName: email, active, ...(active && { roles: [{ value: ROLE }] }) });
	return [
		{ name: `${name}: read before`, send: find(`userName eq "${email}"`, '&startIndex=1&count=100'), status: 200, answer: oneUser({ active: !active }) },
		{ name: `${name}: read again before`, send: ({ user }) => getUser(user), status: 200, keep: 'user', answer: { active: !active } },
		{ name, send: ({ user }) => setActive(app, user, active), status: 200, answer },
		{ name: `${name}: Okta looks`, send: ({ user }) => getUser(user), status: 200, answer },
	];
}

/** The CRUD test. It works in Okta, which sends the requests. */
export function crudTest(user: OktaUser, app: OktaApp): StepList {
	const { email, givenName, familyName } = user;
	const profile = { title: 'Bookkeeper', locale: 'en-US', phoneNumbers: [{ value: '555-0142', type: 'work' }] };
	const kept = { externalId: '00u5f8v2r9kQxYzAb5d7', ...profile };
	// Okta generates a password for each user, even if it does not synchronize passwords.
	const sent = { ...userBody(user), ...kept, roles: [{ value: ROLE, primary: true }], groups: [], password: '1mz050nq' };
	const created = { userName: email, name: { givenName, familyName }, emails: [{ value: email }], active: true, password: undefined, ...kept };
	const renamed = `${givenName}-Update`;
	const withName = { userName: email, name: { givenName: renamed, familyName }, active: true, password: undefined, ...kept };
	return {
		name: `Okta's CRUD test with an app of its ${app}`,
		changes: ['invitationCreated', 'invitationRevoked', 'invitationCreated', 'invitationRevoked'].map((kind) => `${kind} ${email}`),
		pending: {},
		events: ['provisioned', 'deprovisioned', 'reactivated', 'deprovisioned'],
		steps: [
			{ name: 'assigned: Okta looks for the person', send: find(`userName eq "${email}"`, '&startIndex=1&count=100'), status: 200, answer: NOBODY },
			{ name: 'assigned: Okta creates the person', send: post(sent), status: 201, keep: 'user', answer: created },
			{ name: 'the person is there', send: find(`userName eq "${email}"`), status: 200, answer: oneUser(created) },
			...change('first name', (read) => ({ name: { ...(read?.['name'] as Json), givenName: renamed } }), withName),
			{ name: 'the first name is there', send: ({ user }) => getUser(user), status: 200, answer: withName },
			{ name: 'a new password is accepted and not kept', send: ({ user }) => patch(user, { op: 'replace', value: { password: 'Tr0ub4dor-3' } }), status: 200, answer: withName },
			...activation('deactivated', app, email, false),
			...activation('reactivated', app, email, true),
			...activation('unassigned', app, email, false),
			{ name: 'the import has the person, inactive', send: get('/Users?startIndex=1&count=100'), status: 200, answer: { Resources: hasElement({ userName: email, active: false }) } },
			{ name: 'a pushed group is refused', send: { method: 'POST', address: '/Groups', body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Books', members: [] } }, status: 501, answer: errorOf(501) },
		],
	};
}

/** An existing FreshBooks person is assigned in Okta: Okta finds them and sends their profile. Nothing changes in FreshBooks. */
export function linkingTest({ email, givenName, familyName }: OktaUser): StepList {
	const profile = { externalId: '00u5f8v2r9kQxYzAb5d8', name: { givenName, familyName }, title: 'Auditor' };
	const linked = { userName: email, active: true, roles: [{ value: isFilled }], ...profile };
	return {
		name: 'somebody of FreshBooks is assigned in Okta',
		changes: [],
		pending: {},
		events: [],
		steps: [
			{ name: 'is found', send: find(`userName eq "${email}"`, '&startIndex=1&count=100'), status: 200, keep: 'page', answer: oneUser({ userName: email, active: true, externalId: undefined }) },
			{ name: 'is not created', send: post(userBody({ email, givenName, familyName })), status: 409, answer: errorOf(409, { scimType: 'uniqueness' }) },
			{ name: 'is read', send: ({ page }) => getUser(firstOf(page)), status: 200, keep: 'user' },
			{ name: 'gets the profile', send: ({ user }) => put(user, { ...userBody({ email, givenName, familyName }), ...profile }), status: 200, answer: linked },
			{ name: 'has it', send: ({ user }) => getUser(user), status: 200, answer: linked },
			{ name: 'is found by the external ID', send: find(`externalId eq "${profile.externalId}"`), status: 200, answer: oneUser(linked) },
		],
	};
}
