import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject } from '../client/errors';
import { path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';

/**
 * The members of a business as a third-party guide (stitchflow.com/user-management/freshbooks/api) describes them:
 * identified by an integer, and the only known way to change a role or remove a person. FreshBooks publishes none of it.
 * Also the business group (FreshBooks' Postman collection, "List Staff"), which is read and never anything else: DELETE on
 * that path deletes the business.
 */

/** One person in the guide's list, or in a business group. A field that FreshBooks leaves out is null. */
export interface BusinessMember {
	/** The whole number that changes and removals need; null where a group's row has none. */
	id: number | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	role: string | null;
	/** Only a business group says it. */
	active: boolean | null;
	/** The guide's "whether the email address has been confirmed". */
	confirmed: boolean | null;
	/** The guide's page shows none; business groups do. */
	identityId: number | null;
	invitationAcceptedAt: string | null;
	updatedAt: string | null;
	/** FreshBooks' own object. */
	raw: WireObject;
}

/** Reads a row of the guide's list or of a business group: the same names where the same thing is meant. */
export function businessMemberOf(row: WireObject): BusinessMember {
	return {
		id: idOrNull(row.id),
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
		confirmed: booleanOrNull(row.confirmed),
		identityId: idOrNull(row.identity_id),
		invitationAcceptedAt: textOrNull(row.invitation_date_accepted),
		updatedAt: textOrNull(row.updated_at),
		raw: row,
	};
}

/** Rows under `response.members`, paging under `response.pages`. */
export function listBusinessMembers<Kept>(businessId: number, keep: (member: BusinessMember) => Kept): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/business/${businessId}/members`,
		subject: `members of business ${businessId}`,
		idFamily: 'business ID',
		published: false,
		rowKeys: ['members'],
		idOf: (row) => idOrNull(row.id),
		keep: (row) => keep(businessMemberOf(row)),
	};
}

function aboutMember(businessId: number, memberId: number) {
	return {
		path: path`/auth/api/v1/business/${businessId}/members/${memberId}`,
		subject: `member ${memberId} of business ${businessId}`,
		idFamily: 'integer member ID',
		published: false,
	};
}

/**
 * Changes role and permissions; answers FreshBooks' member, undefined where it answers without one. Throws FreshBooksError,
 * of kind `malformed` for an answer about another member.
 */
export async function updateBusinessMember(client: FreshBooksClient, businessId: number, memberId: number, body: IDataObject): Promise<BusinessMember | undefined> {
	const about = aboutMember(businessId, memberId);
	const answer = await client.send({ ...about, method: 'PUT', body });
	const response = objectOf(objectOf(answer).response);
	const row = objectOf(response.member ?? response);
	if (Object.keys(row).length === 0) return undefined;
	const member = businessMemberOf(row);
	if (member.id === null || member.id === memberId) return member;
	const { subject, idFamily } = about;
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'PUT', maybeDone: true });
}

/** Removes the person from the business; their FreshBooks account stays. Throws FreshBooksError. */
export async function removeBusinessMember(client: FreshBooksClient, businessId: number, memberId: number): Promise<void> {
	await client.send({ ...aboutMember(businessId, memberId), method: 'DELETE' });
}

/** The people of a business's group: those with a login of their own. Not paged. Throws FreshBooksError. */
export async function getBusinessGroup(client: FreshBooksClient, businessId: number): Promise<BusinessMember[]> {
	const about = { subject: `the group of business ${businessId}`, idFamily: 'business ID' };
	const body = await client.send({
		...about,
		method: 'GET',
		path: path`/auth/api/v1/users/business/${businessId}`,
		published: false,
	});
	const group = objectOf(objectOf(body).response);
	const { members } = objectOf(group.business_group);
	const isAskedFor = (idOrNull(group.id) ?? businessId) === businessId;
	if (isAskedFor && Array.isArray(members) && members.every(isJsonObject)) return members.map(businessMemberOf);
	throw new FreshBooksError({ ...about, kind: 'malformed', status: 200, method: 'GET' });
}
