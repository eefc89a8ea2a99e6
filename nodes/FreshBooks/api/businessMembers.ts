import type { IDataObject } from 'n8n-workflow';

import { FreshBooksApiError } from './failures';
import { path } from './identifiers';
import type { ListRequest } from './listing';
import type { FreshBooksClient } from './transport';
import { idOrNull, objectOf, type WireObject } from './wire';

/**
 * The members of a business as a third-party guide (stitchflow.com/user-management/freshbooks/api) describes them:
 * identified by an integer, and the only known way to change a role or remove a person. FreshBooks publishes none of it.
 * Also the business group (FreshBooks' Postman collection, "List Staff"), which is read and never anything else: DELETE on
 * that path deletes the business.
 */

/** Rows under `response.members`, paging under `response.pages`. */
export function listBusinessMembers<Kept>(businessId: number, keep: (row: WireObject) => Kept): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/business/${businessId}/members`,
		subject: `members of business ${businessId}`,
		idFamily: 'business ID',
		published: false,
		rowKeys: ['members'],
		idOf: (row) => idOrNull(row.id),
		keep,
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
 * Changes role and permissions; answers FreshBooks' object for the member, or what was set where FreshBooks answers without
 * it. Throws FreshBooksApiError.
 */
export async function updateBusinessMember(
	client: FreshBooksClient,
	businessId: number,
	memberId: number,
	body: IDataObject,
): Promise<WireObject> {
	const answer = await client.send({ ...aboutMember(businessId, memberId), method: 'PUT', body });
	const response = objectOf(objectOf(answer).response);
	const member = objectOf(response.member ?? response);
	return Object.keys(member).length > 0 ? member : { id: memberId, ...body };
}

/** Removes the person from the business; their FreshBooks account stays. Throws FreshBooksApiError. */
export async function removeBusinessMember(client: FreshBooksClient, businessId: number, memberId: number): Promise<void> {
	await client.send({ ...aboutMember(businessId, memberId), method: 'DELETE' });
}

/** The people of a business's group: those with a login of their own. Not paged. Throws FreshBooksApiError. */
export async function getBusinessGroup(client: FreshBooksClient, businessId: number): Promise<WireObject[]> {
	const about = { subject: `the group of business ${businessId}`, idFamily: 'business ID' };
	const body = await client.send({
		...about,
		method: 'GET',
		path: path`/auth/api/v1/users/business/${businessId}`,
		published: false,
	});
	const members = objectOf(objectOf(objectOf(body).response).business_group).members;
	if (!Array.isArray(members)) throw new FreshBooksApiError({ ...about, kind: 'malformed', status: 200, method: 'GET' });
	return members.map(objectOf);
}
