import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { locator } from '../../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, projectRow, staffPage, staffRow, teamMemberRow, teamMembersPage, topLevelPage, upTo } from '../../harness/examples';

/** A FreshBooks that answers every endpoint as documented, for any business and person; and a valid call of every operation. */

export const BUSINESS = 8675309;
export const ACCOUNT = 'ACM123';
const UUID = '00000000-0000-4000-8000-000000000001';

/** The allowed paths. An ID must have the exact form of its kind. */
const INTEGER = '[1-9][0-9]{0,14}';
const UUID_FORM = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const ACCOUNT_FORM = '[A-Za-z0-9]{1,32}';
const PAGE = '\\?page=[1-9][0-9]*&per_page=100';

export const ENDPOINTS = {
	me: ['GET', '/auth/api/v1/users/me'],
	updateMe: ['PUT', '/auth/api/v1/users/me'],
	teamMembers: ['GET', `/auth/api/v1/businesses/${INTEGER}/team_members(?:\\?active=true&|\\?)${PAGE.slice(2)}`],
	teamMember: ['GET', `/auth/api/v1/businesses/${INTEGER}/team_members/${UUID_FORM}`],
	members: ['GET', `/auth/api/v1/business/${INTEGER}/members${PAGE}`],
	updateMember: ['PUT', `/auth/api/v1/business/${INTEGER}/members/${INTEGER}`],
	removeMember: ['DELETE', `/auth/api/v1/business/${INTEGER}/members/${INTEGER}`],
	group: ['GET', `/auth/api/v1/users/business/${INTEGER}`],
	invitations: ['GET', `/auth/api/v1/business/${INTEGER}/invitations${PAGE}`],
	invite: ['POST', `/auth/api/v1/business/${INTEGER}/invitations`],
	inviteUser: ['POST', '/auth/api/v1/users/invitation'],
	revoke: ['DELETE', `/auth/api/v1/business/${INTEGER}/invitations/${INTEGER}`],
	staffList: ['GET', `/accounting/account/${ACCOUNT_FORM}/users/staffs\\?(?:(?:search|include)[^&#/?]*&)*${PAGE.slice(2)}`],
	staff: ['GET', `/accounting/account/${ACCOUNT_FORM}/users/staffs/${INTEGER}`],
	updateStaff: ['PUT', `/accounting/account/${ACCOUNT_FORM}/users/staffs/${INTEGER}`],
	projects: ['GET', `/projects/business/${INTEGER}/projects${PAGE}`],
} as const satisfies Record<string, readonly [method: string, path: string]>;

export type Endpoint = keyof typeof ENDPOINTS;

const PATTERNS = Object.entries(ENDPOINTS).map(([name, [method, path]]) => ({ name: name as Endpoint, method, path: new RegExp(`^${path}$`) }));

/** The endpoint of a request line; undefined for any that this package does not use. */
export function endpointOf(method: string, url: string): Endpoint | undefined {
	return PATTERNS.find((pattern) => pattern.method === method && pattern.path.test(url))?.name;
}

interface GoodCall {
	parameters: INodeParameters;
	/** The endpoints it may use. Those that change something have the required path. */
	endpoints: Endpoint[];
	/** The output is the FreshBooks object, for which the schema is only an example. */
	raw?: boolean;
}

const business = locator('id', BUSINESS);
const account = locator('id', ACCOUNT);
const role = 'business_employee';
/** The requests before anybody is invited, changed or removed. */
const PRESENCE: Endpoint[] = ['me', 'teamMembers', 'members', 'invitations'];
const OFFBOARDING: Endpoint[] = [...PRESENCE, 'removeMember', 'revoke', 'staffList', 'updateStaff'];

/** One valid call of every operation. `every operation is here` in input.test.ts compares this with the description. */
export const GOOD_CALLS: Record<string, GoodCall> = {
	'access offboard': { parameters: { email: 'person1@example.com', businesses: 'all' }, endpoints: OFFBOARDING },
	'access onboard': {
		parameters: { business, email: 'new@example.com', role },
		endpoints: [...PRESENCE, 'invite', 'revoke', 'updateMember'],
	},
	'access review': { parameters: { businesses: 'all', directory: 'none' }, endpoints: PRESENCE },
	'business getAll': { parameters: {}, endpoints: ['me'] },
	'invitation create': { parameters: { business, email: 'new@example.com', role }, endpoints: [...PRESENCE, 'invite', 'inviteUser'], raw: true },
	'invitation getAll': { parameters: { business }, endpoints: ['invitations'], raw: true },
	'invitation revoke': { parameters: { business, invitation: locator('email', 'invited1@example.com') }, endpoints: [...PRESENCE, 'revoke'] },
	'project getAll': { parameters: { business }, endpoints: ['projects'] },
	'staff delete': { parameters: { account, staff: locator('id', 1) }, endpoints: ['updateStaff'] },
	'staff get': { parameters: { account, staff: locator('id', 1) }, endpoints: ['staff'] },
	'staff getAll': { parameters: { account }, endpoints: ['staffList'] },
	'staff update': { parameters: { account, staff: locator('id', 1), updateFields: { note: 'a' } }, endpoints: ['updateStaff', 'staff'] },
	'teamMember get': { parameters: { business, member: locator('email', 'person1@example.com') }, endpoints: ['me', 'teamMembers', 'teamMember'] },
	'teamMember getAll': { parameters: { business }, endpoints: ['me', 'teamMembers', 'members', 'group'] },
	'teamMember remove': { parameters: { business, member: locator('email', 'person1@example.com') }, endpoints: [...PRESENCE, 'removeMember'] },
	'teamMember updateRole': {
		parameters: { business, member: locator('email', 'person1@example.com'), role },
		endpoints: [...PRESENCE, 'updateMember'],
		raw: true,
	},
	'user getMe': { parameters: {}, endpoints: ['me'] },
	'user updateMe': { parameters: { updateFields: { firstName: 'A' } }, endpoints: ['updateMe', 'me'], raw: true },
};

function teamMemberAt(url: string): IDataObject {
	return { response: teamMemberRow(1, { uuid: url.split('/').at(-1) ?? UUID }) };
}

function groupAt(url: string): IDataObject {
	return { response: { ...EXAMPLE.businessGroup.response, id: Number(url.split('/').at(-1)) } };
}

function staffAt(url: string, body: string): IDataObject {
	const { staff = {} } = (body === '' ? {} : JSON.parse(body)) as { staff?: IDataObject };
	return { response: { result: { staff: staffRow(Number(url.split('/').at(-1)), staff) } } };
}

function memberAt(url: string, body: string): IDataObject {
	return { response: { member: memberRow(Number(url.split('/').at(-1)), JSON.parse(body) as IDataObject) } };
}

function invitationWith(body: string): IDataObject {
	const { email, to_email: toEmail } = JSON.parse(body) as IDataObject;
	return { response: { invitation: invitationRow(55, { email: email ?? toEmail }) } };
}

function meWith(body: string): IDataObject {
	return { response: { ...EXAMPLE.usersMeModern.response, ...(JSON.parse(body) as IDataObject) } };
}

/** FreshBooks' response to a request: three people, two invitations, two staff records. Changes succeed. */
export function goodAnswer(method: string, url: string, body = ''): IDataObject {
	switch (endpointOf(method, url)) {
		case 'me':
			return EXAMPLE.usersMeModern;
		case 'updateMe':
			return meWith(body);
		case 'teamMembers':
			return teamMembersPage(upTo(3).map((number) => teamMemberRow(number)));
		case 'teamMember':
			return teamMemberAt(url);
		case 'members':
			return membersPage(upTo(3).map((number) => memberRow(number)));
		case 'updateMember':
			return memberAt(url, body);
		case 'group':
			return groupAt(url);
		case 'invitations':
			return invitationsAnswer(upTo(2).map((number) => invitationRow(number)));
		case 'invite':
		case 'inviteUser':
			return invitationWith(body);
		case 'staffList':
			return staffPage(upTo(2).map((number) => staffRow(number)));
		case 'staff':
		case 'updateStaff':
			return staffAt(url, body);
		case 'projects':
			return topLevelPage('projects', upTo(2).map((number) => projectRow(number)));
		default:
			return {};
	}
}
