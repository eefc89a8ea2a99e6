import type { IDataObject } from 'n8n-workflow';
import nock from 'nock';

import { API, FIRST_TOKEN } from './context';
import { invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage } from './examples';

/** The rows of a business's three lists. The next reading shows a change of them. */
export interface Lists {
	team: IDataObject[];
	members: IDataObject[];
	invitations: IDataObject[];
	/** The connected user's role in the lists. */
	bossRole: string;
	/** A response of a list in place of its rows, while set. */
	instead: Partial<Record<'team' | 'members' | 'invitations', { status: number; body: nock.Body }>>;
	/** How often each list was read. */
	readonly readings: { team: number; members: number; invitations: number };
}

/** The connected user, who is in every list of people: an empty list would be doubtful. */
export const BOSS = { email: 'boss@example.com', identityId: 9 };

export function usersMe(businessId = 789): IDataObject {
	return {
		response: {
			id: BOSS.identityId,
			email: BOSS.email,
			business_memberships: [{ id: 1, role: 'owner', business: { id: businessId, name: 'One', account_id: null } }],
		},
	};
}

/**
 * Mocks users/me and the lists of a business, for any number of requests. Adds the connected user's rows. `tokens` are the access
 * tokens that FreshBooks accepts.
 */
export function onLists(given: Partial<Omit<Lists, 'readings' | 'instead' | 'bossRole'>> = {}, businessId = 789, tokens = [FIRST_TOKEN]): Lists {
	const lists: Lists = { team: [], members: [], invitations: [], ...given, bossRole: 'owner', instead: {}, readings: { team: 0, members: 0, invitations: 0 } };
	const boss = { email: BOSS.email, identity_id: BOSS.identityId };
	const isAccepted = (authorization: string): boolean => tokens.some((token) => authorization === `Bearer ${token}`);
	const whenever = (path: string, answer: () => nock.ReplyFnResult): void => {
		nock(API, { reqheaders: { authorization: isAccepted } }).persist().get(path).query(true).optionally().reply(answer);
	};
	const listed = (list: keyof Lists['readings'], path: string, page: () => IDataObject): void =>
		whenever(path, () => {
			lists.readings[list]++;
			const other = lists.instead[list];
			return other ? [other.status, other.body] : [200, page()];
		});
	listed('team', `/auth/api/v1/businesses/${businessId}/team_members`, () =>
		teamMembersPage([teamMemberRow(999, { ...boss, business_role_name: lists.bossRole, active: true }), ...lists.team]),
	);
	listed('members', `/auth/api/v1/business/${businessId}/members`, () => membersPage([memberRow(999, { ...boss, role: lists.bossRole }), ...lists.members]));
	listed('invitations', `/auth/api/v1/business/${businessId}/invitations`, () => invitationsAnswer(lists.invitations));
	whenever('/auth/api/v1/users/me', () => [200, usersMe(businessId)]);
	return lists;
}

/** What a second business of the connected user has. */
interface SecondBusiness {
	/** Fields of the business in users/me. */
	business?: IDataObject;
	team?: IDataObject[];
	members?: IDataObject[];
	/** The response of every list. */
	refused?: { status: number; body: nock.Body };
}

/** Mocks business 790, Two, and users/me with it. Call this before `onLists`, which mocks the first one. */
export function onASecondBusiness({ business = {}, team = [], members = [], refused }: SecondBusiness): void {
	const boss = { email: BOSS.email, identity_id: BOSS.identityId };
	const whenever = (path: string, status: number, body: IDataObject | nock.Body): void => {
		nock(API).persist().get(path).query(true).optionally().reply(status, body as nock.Body);
	};
	const me = usersMe() as { response: { business_memberships: IDataObject[] } };
	me.response.business_memberships.push({ id: 2, role: 'owner', business: { id: 790, name: 'Two', account_id: null, ...business } });
	whenever('/auth/api/v1/users/me', 200, me);
	const listed = (path: string, page: IDataObject): void => whenever(path, refused?.status ?? 200, refused?.body ?? page);
	listed('/auth/api/v1/businesses/790/team_members', teamMembersPage([teamMemberRow(998, { ...boss, business_role_name: 'owner', active: true }), ...team]));
	listed('/auth/api/v1/business/790/members', membersPage([memberRow(998, { ...boss, role: 'owner' }), ...members]));
	listed('/auth/api/v1/business/790/invitations', invitationsAnswer([]));
}

/** Replaces the response of the next `times` readings of one list. */
export function onNextReading(list: 'team' | 'members' | 'invitations', status: number, body: nock.Body, times = 1, businessId = 789): void {
	const paths = {
		team: `/auth/api/v1/businesses/${businessId}/team_members`,
		members: `/auth/api/v1/business/${businessId}/members`,
		invitations: `/auth/api/v1/business/${businessId}/invitations`,
	};
	nock(API).get(paths[list]).query(true).times(times).reply(status, body);
}
