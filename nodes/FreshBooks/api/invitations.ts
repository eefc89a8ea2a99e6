import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, type Failure } from '../client/errors';
import { path, sameAddress } from '../client/identifiers';
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
 * The invitation in the answer to a POST. An answer without one, or about another address, leaves open whether anybody was invited: throws
 * FreshBooksError of kind `unknownFate`.
 */
function invitationIn(answer: unknown, email: string, about: Pick<Failure, 'subject' | 'idFamily'>): Invitation {
	const response = objectOf(objectOf(answer).response);
	const invitation = invitationOf(objectOf(response.invitation ?? response));
	const isAsked = invitation.email === null ? invitation.id !== null : sameAddress(invitation.email, email);
	if (isAsked) return invitation;
	throw new FreshBooksError({ ...about, kind: 'unknownFate', status: 200, method: 'POST', maybeDone: true });
}

function aboutInviting(email: string, businessId: number) {
	return { subject: `the invitation of ${email} to business ${businessId}`, idFamily: 'business ID' };
}

/** What an invitation says. */
export interface NewInvitation {
	email: string;
	role: string;
	firstName?: string;
	lastName?: string;
	/** Permission flags, as FreshBooks names them. */
	permissions?: IDataObject;
	/** Groups (projects) to invite to, of `users/invitation` only: FreshBooks' Postman collection. */
	groupIds?: number[];
}

function withNames({ firstName, lastName, permissions }: NewInvitation): IDataObject {
	return {
		...(firstName === undefined ? {} : { first_name: firstName }),
		...(lastName === undefined ? {} : { last_name: lastName }),
		...(permissions === undefined ? {} : { permissions }),
	};
}

/**
 * Invites an address. Never repeated after an unclear end: throws FreshBooksError of kind `unknownFate` then.
 * @returns FreshBooks' invitation
 */
export async function createInvitation(client: FreshBooksClient, businessId: number, invitation: NewInvitation): Promise<Invitation> {
	const { email, role } = invitation;
	const about = aboutInviting(email, businessId);
	const answer = await client.send({
		...about,
		method: 'POST',
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		body: { email, role, ...withNames(invitation) },
		published: false,
	});
	return invitationIn(answer, email, about);
}

/** The same through the endpoint of FreshBooks' Postman collection; the role goes into `capacity`. Throws the same. */
export async function createUserInvitation(client: FreshBooksClient, businessId: number, invitation: NewInvitation): Promise<Invitation> {
	const { email, role, groupIds = [] } = invitation;
	const about = aboutInviting(email, businessId);
	const answer = await client.send({
		...about,
		method: 'POST',
		path: '/auth/api/v1/users/invitation',
		body: {
			capacity: role,
			to_email: email,
			invitable_id: businessId,
			invitable_type: 'business',
			groups: groupIds.map((groupId) => ({ group_id: groupId, capacity: role })),
			...withNames(invitation),
		},
		published: false,
	});
	return invitationIn(answer, email, about);
}

/**
 * Revokes a pending invitation. Throws FreshBooksError, of kind `conflict` when FreshBooks answers that it was accepted: then
 * nothing was revoked.
 */
export async function revokeInvitation(client: FreshBooksClient, businessId: number, id: number): Promise<void> {
	const about = { subject: `invitation ${id} of business ${businessId}`, idFamily: 'invitation ID' };
	const answer = await client.send({
		...about,
		method: 'DELETE',
		path: path`/auth/api/v1/business/${businessId}/invitations/${id}`,
		published: false,
	});
	const response = objectOf(objectOf(answer).response);
	const { status } = invitationOf(objectOf(response.invitation ?? response));
	if (status?.toLowerCase() !== 'accepted') return;
	throw new FreshBooksError({ ...about, kind: 'conflict', status: 200, serviceText: 'The invitation was accepted already.', method: 'DELETE' });
}
