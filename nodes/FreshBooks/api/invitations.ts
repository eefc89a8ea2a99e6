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

/** FreshBooks' object for a new invitation, or what was sent where FreshBooks answers without it. */
function invitationIn(answer: unknown, sent: { email: string; role: string }): WireObject {
	const response = objectOf(objectOf(answer).response);
	const invitation = objectOf(response.invitation ?? response);
	return Object.keys(invitation).length > 0 ? invitation : { ...sent };
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
	const answer = await client.send({
		method: 'POST',
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		body: { email, role },
		subject: `the invitation of ${email} to business ${businessId}`,
		idFamily: 'business ID',
		published: false,
	});
	return invitationIn(answer, { email, role });
}

/** The same through the endpoint of FreshBooks' Postman collection; the role goes into `capacity`. */
export async function createUserInvitation(
	client: FreshBooksClient,
	businessId: number,
	email: string,
	role: string,
): Promise<WireObject> {
	const answer = await client.send({
		method: 'POST',
		path: '/auth/api/v1/users/invitation',
		body: { capacity: role, to_email: email, invitable_id: businessId, invitable_type: 'business', groups: [] },
		subject: `the invitation of ${email} to business ${businessId}`,
		idFamily: 'business ID',
		published: false,
	});
	return invitationIn(answer, { email, role });
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
