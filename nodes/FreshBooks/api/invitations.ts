import { FreshBooksApiError, type Failure } from './failures';
import { path } from './identifiers';
import type { ListRequest } from './listing';
import type { FreshBooksClient } from './transport';
import { idOrNull, objectOf, textOrNull, type WireObject } from './wire';

/**
 * Invitations to a business. The list, create and revoke endpoints come from a third-party guide
 * (stitchflow.com/user-management/freshbooks/api); `users/invitation` from FreshBooks' own Postman collection. None of
 * them is in FreshBooks' public documentation.
 */

/** An invitation's integer ID, under any of the names seen. */
export function invitationId(row: WireObject): number | null {
	return idOrNull(row.id);
}

/** The invited address: `email` in the guide, `to_email` in FreshBooks' Postman collection. */
export function invitationEmail(row: WireObject): string | null {
	return textOrNull(row.email) ?? textOrNull(row.to_email);
}

/** The invitation's role: `role` in the guide, `capacity` in FreshBooks' Postman collection. */
export function invitationRole(row: WireObject): string | null {
	return textOrNull(row.role) ?? textOrNull(row.capacity);
}

/** Pending invitations only, as the guide says; without paging in its example. */
export function listInvitations<Kept>(businessId: number, keep: (row: WireObject) => Kept): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		subject: `invitations of business ${businessId}`,
		idFamily: 'business ID',
		published: false,
		rowKeys: ['invitations'],
		idOf: invitationId,
		keep,
	};
}

/**
 * The invitation in the answer to a POST, or what was sent where the answer is empty. One that tells of something else leaves
 * open whether anybody was invited: throws FreshBooksApiError of kind `unknownFate`.
 */
function invitationIn(
	answer: unknown,
	sent: { email: string; role: string },
	about: Pick<Failure, 'subject' | 'idFamily'>,
): WireObject {
	if (answer === undefined) return { ...sent };
	const response = objectOf(objectOf(answer).response);
	const invitation = objectOf(response.invitation ?? response);
	if (invitationId(invitation) !== null || invitationEmail(invitation) !== null) return invitation;
	throw new FreshBooksApiError({ ...about, kind: 'unknownFate', status: 200, method: 'POST' });
}

function aboutInviting(email: string, businessId: number) {
	return { subject: `the invitation of ${email} to business ${businessId}`, idFamily: 'business ID' };
}

/**
 * Invites an address. Never repeated after an unclear end: throws FreshBooksApiError of kind `unknownFate` then.
 * @returns FreshBooks' object for the invitation, or address and role where FreshBooks answers without it
 */
export async function createInvitation(
	client: FreshBooksClient,
	businessId: number,
	email: string,
	role: string,
): Promise<WireObject> {
	const about = aboutInviting(email, businessId);
	const answer = await client.send({
		...about,
		method: 'POST',
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		body: { email, role },
		published: false,
	});
	return invitationIn(answer, { email, role }, about);
}

/** The same through the endpoint of FreshBooks' Postman collection; the role goes into `capacity`. Throws the same. */
export async function createUserInvitation(
	client: FreshBooksClient,
	businessId: number,
	email: string,
	role: string,
): Promise<WireObject> {
	const about = aboutInviting(email, businessId);
	const answer = await client.send({
		...about,
		method: 'POST',
		path: '/auth/api/v1/users/invitation',
		body: { capacity: role, to_email: email, invitable_id: businessId, invitable_type: 'business', groups: [] },
		published: false,
	});
	return invitationIn(answer, { email, role }, about);
}

/** Revokes a pending invitation. Throws FreshBooksApiError. */
export async function revokeInvitation(client: FreshBooksClient, businessId: number, id: number): Promise<void> {
	await client.send({
		method: 'DELETE',
		path: path`/auth/api/v1/business/${businessId}/invitations/${id}`,
		subject: `invitation ${id} of business ${businessId}`,
		idFamily: 'invitation ID',
		published: false,
	});
}
