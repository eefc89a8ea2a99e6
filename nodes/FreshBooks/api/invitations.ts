import { FreshBooksError, type Failure } from '../client/errors';
import { path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';
import { invitedAtOf } from './dates';

/**
 * Invitations to a business. The list, create and revoke endpoints come from a third-party guide
 * (stitchflow.com/user-management/freshbooks/api); `users/invitation` from FreshBooks' own Postman collection. None of
 * them is in FreshBooks' public documentation.
 */

/** What an invitation's status says: only `pending` is pending; a name nobody documents is doubt. */
export type InvitationState = 'pending' | 'ended' | 'unknown';

/** One invitation. A field that FreshBooks leaves out is null. */
export interface Invitation {
	id: number | null;
	/** The invited address: `email` in the guide, `to_email` in FreshBooks' Postman collection. */
	email: string | null;
	/** `role` in the guide, `capacity` in FreshBooks' Postman collection. */
	role: string | null;
	/** As FreshBooks wrote it; null where it says none, as the guide's list holds pending ones only. */
	status: string | null;
	state: InvitationState;
	/** ISO 8601 in UTC, if a date is in the row. */
	invitedAt: string | null;
	/** FreshBooks' own object. */
	raw: WireObject;
}

const ENDED: ReadonlySet<string> = new Set(['accepted', 'cancelled', 'canceled', 'declined', 'deleted', 'expired', 'rejected', 'revoked']);

function stateOf(status: string | null): InvitationState {
	const word = status?.trim().toLowerCase();
	if (word === undefined || word === 'pending') return 'pending';
	return ENDED.has(word) ? 'ended' : 'unknown';
}

/** Reads a row of the invitations list, or the invitation in an answer. */
export function invitationOf(row: WireObject): Invitation {
	const status = textOrNull(row.status);
	return {
		id: idOrNull(row.id),
		email: textOrNull(row.email) ?? textOrNull(row.to_email),
		role: textOrNull(row.role) ?? textOrNull(row.capacity),
		status,
		state: stateOf(status),
		invitedAt: invitedAtOf(row),
		raw: row,
	};
}

/** Pending invitations only, as the guide says; without paging in its example. */
export function listInvitations<Kept>(businessId: number, keep: (invitation: Invitation) => Kept): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		subject: `invitations of business ${businessId}`,
		idFamily: 'business ID',
		published: false,
		rowKeys: ['invitations'],
		idOf: (row) => idOrNull(row.id),
		keep: (row) => keep(invitationOf(row)),
	};
}

/**
 * The invitation in the answer to a POST, or what was sent where the answer is empty. One that tells of something else leaves
 * open whether anybody was invited: throws FreshBooksError of kind `unknownFate`.
 */
function invitationIn(
	answer: unknown,
	sent: { email: string; role: string },
	about: Pick<Failure, 'subject' | 'idFamily'>,
): Invitation {
	if (answer === undefined) return invitationOf({ ...sent });
	const response = objectOf(objectOf(answer).response);
	const invitation = invitationOf(objectOf(response.invitation ?? response));
	if (invitation.id !== null || invitation.email !== null) return invitation;
	throw new FreshBooksError({ ...about, kind: 'unknownFate', status: 200, method: 'POST' });
}

function aboutInviting(email: string, businessId: number) {
	return { subject: `the invitation of ${email} to business ${businessId}`, idFamily: 'business ID' };
}

/**
 * Invites an address. Never repeated after an unclear end: throws FreshBooksError of kind `unknownFate` then.
 * @returns FreshBooks' object for the invitation, or address and role where FreshBooks answers without it
 */
export async function createInvitation(
	client: FreshBooksClient,
	businessId: number,
	email: string,
	role: string,
): Promise<Invitation> {
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
): Promise<Invitation> {
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

/** Revokes a pending invitation. Throws FreshBooksError. */
export async function revokeInvitation(client: FreshBooksClient, businessId: number, id: number): Promise<void> {
	await client.send({
		method: 'DELETE',
		path: path`/auth/api/v1/business/${businessId}/invitations/${id}`,
		subject: `invitation ${id} of business ${businessId}`,
		idFamily: 'invitation ID',
		published: false,
	});
}
