import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject } from '../client/errors';
import { path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';

/**
 * The members of a business. A third-party guide (stitchflow.com/user-management/freshbooks/api) documents these endpoints,
 * FreshBooks does not. They use whole-number IDs and are the only known way to change a role or remove a person.
 *
 * Also the business group (FreshBooks' Postman collection, "List Staff"). Only GET is used: DELETE on that path deletes the
 * business.
 */

/** One row of the members list or of a business group. A field that FreshBooks omits is null. */
export interface BusinessMember {
	/** The whole-number ID that updates and removals need; null if a row of a group has none. */
	id: number | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	role: string | null;
	/** Only a business group has it. */
	active: boolean | null;
	/** Whether the person has confirmed the email address (the guide). */
	confirmed: boolean | null;
	/** Not in the guide's example; business groups have it. */
	identityId: number | null;
	invitationAcceptedAt: string | null;
	updatedAt: string | null;
	/** The unchanged FreshBooks object. */
	raw: WireObject;
}

/** Parses a row of the members list or of a business group. Both use the same field names. */
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

/** The members list: rows in `response.members`, paging in `response.pages`. */
export function listBusinessMembers<Kept>(businessId: number, keep: (member: BusinessMember) => Kept): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/business/${businessId}/members`,
		subject: `business members of business ${businessId}`,
		idFamily: 'business ID',
		published: false,
		rowKeys: ['members'],
		idOf: (row) => idOrNull(row.id),
		keep: (row) => keep(businessMemberOf(row)),
	};
}

function memberEndpoint(businessId: number, memberId: number) {
	return {
		path: path`/auth/api/v1/business/${businessId}/members/${memberId}`,
		subject: `team member ${memberId} of business ${businessId}`,
		idFamily: 'whole-number ID',
		published: false,
	};
}

/**
 * Changes role and permissions. Returns the member in the response, or undefined if there is none. Throws FreshBooksError,
 * with kind `malformed` if the response contains another member.
 */
export async function updateBusinessMember(client: FreshBooksClient, businessId: number, memberId: number, body: IDataObject): Promise<BusinessMember | undefined> {
	const endpoint = memberEndpoint(businessId, memberId);
	const answer = await client.send({ ...endpoint, method: 'PUT', body });
	const response = objectOf(objectOf(answer).response);
	const row = objectOf(response.member ?? response);
	if (Object.keys(row).length === 0) return undefined;
	const member = businessMemberOf(row);
	if (member.id === null || member.id === memberId) return member;
	const { subject, idFamily } = endpoint;
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'PUT', maybeDone: true });
}

/** Removes the person from the business. Their FreshBooks account remains. Throws FreshBooksError. */
export async function removeBusinessMember(client: FreshBooksClient, businessId: number, memberId: number): Promise<void> {
	await client.send({ ...memberEndpoint(businessId, memberId), method: 'DELETE' });
}

/** The business group: people with their own login. Not paged. Throws FreshBooksError. */
export async function getBusinessGroup(client: FreshBooksClient, businessId: number): Promise<BusinessMember[]> {
	const context = { subject: `the group of business ${businessId}`, idFamily: 'business ID' };
	const body = await client.send({
		...context,
		method: 'GET',
		path: path`/auth/api/v1/users/business/${businessId}`,
		published: false,
	});
	const group = objectOf(objectOf(body).response);
	const { members } = objectOf(group.business_group);
	const isRequestedGroup = (idOrNull(group.id) ?? businessId) === businessId;
	if (isRequestedGroup && Array.isArray(members) && members.every(isJsonObject)) return members.map(businessMemberOf);
	throw new FreshBooksError({ ...context, kind: 'malformed', status: 200, method: 'GET' });
}
