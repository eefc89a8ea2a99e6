import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, type Failure } from '../client/errors';
import { path, sameAddress } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';
import { invitedAtOf } from './dates';

/**
 * Invitations to a business. A third-party guide (stitchflow.com/user-management/freshbooks/api) documents list, create and
 * revoke. FreshBooks' Postman collection contains `users/invitation`. FreshBooks' public documentation has none of them.
 */

/** The state that a status means. An undocumented status is `unknown`. */
export type InvitationState = 'pending' | 'ended' | 'unknown';

/** One invitation. A field that FreshBooks omits is null. */
export interface Invitation {
	id: number | null;
	/** The invited address: `email` in the guide, `to_email` in FreshBooks' Postman collection. */
	email: string | null;
	/** `role` in the guide, `capacity` in FreshBooks' Postman collection. */
	role: string | null;
	/** FreshBooks' status; null if the row has none, which means pending: the guide's list contains pending invitations only. */
	status: string | null;
	state: InvitationState;
	/** ISO 8601 in UTC; null if the row has no date. */
	invitedAt: string | null;
	/** The unchanged FreshBooks object. */
	raw: WireObject;
}

const ENDED: ReadonlySet<string> = new Set(['accepted', 'cancelled', 'canceled', 'declined', 'deleted', 'expired', 'rejected', 'revoked']);

function stateOf(status: string | null): InvitationState {
	const name = status?.trim().toLowerCase();
	if (name === undefined || name === 'pending') return 'pending';
	return ENDED.has(name) ? 'ended' : 'unknown';
}

/** Parses a row of the invitations list, or the invitation in a response. */
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

/** The list of pending invitations. The guide's example has no paging. */
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
 * The invitation in the response to a POST. Throws FreshBooksError of kind `unclear` if there is none, or if it is for
 * another address: whether anybody was invited is unknown then.
 */
function invitationIn(answer: unknown, email: string, context: Pick<Failure, 'subject' | 'idFamily'>): Invitation {
	const response = objectOf(objectOf(answer).response);
	const invitation = invitationOf(objectOf(response.invitation ?? response));
	const isRequested = invitation.email === null ? invitation.id !== null : sameAddress(invitation.email, email);
	if (isRequested) return invitation;
	throw new FreshBooksError({ ...context, kind: 'unclear', status: 200, method: 'POST', maybeDone: true });
}

function invitingContext(email: string, businessId: number) {
	return { subject: `the invitation of ${email} to business ${businessId}`, idFamily: 'business ID' };
}

/** The fields of an invitation to send. */
export interface NewInvitation {
	email: string;
	role: string;
	firstName?: string;
	lastName?: string;
	/** Permission flags, under FreshBooks' names. */
	permissions?: IDataObject;
	/** Groups (projects) to invite to; only `users/invitation` supports them (FreshBooks' Postman collection). */
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
 * Invites an address and returns FreshBooks' invitation. Throws FreshBooksError, of kind `unclear` if the result is
 * unknown. The request is not repeated then.
 */
export async function createInvitation(client: FreshBooksClient, businessId: number, invitation: NewInvitation): Promise<Invitation> {
	const { email, role } = invitation;
	const context = invitingContext(email, businessId);
	const answer = await client.send({
		...context,
		method: 'POST',
		path: path`/auth/api/v1/business/${businessId}/invitations`,
		body: { email, role, ...withNames(invitation) },
		published: false,
	});
	return invitationIn(answer, email, context);
}

/** Like `createInvitation`, through the endpoint of FreshBooks' Postman collection. The role is sent as `capacity`. */
export async function createUserInvitation(client: FreshBooksClient, businessId: number, invitation: NewInvitation): Promise<Invitation> {
	const { email, role, groupIds = [] } = invitation;
	const context = invitingContext(email, businessId);
	const answer = await client.send({
		...context,
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
	return invitationIn(answer, email, context);
}

/**
 * Revokes a pending invitation. Throws FreshBooksError, of kind `conflict` if FreshBooks answers that the invitation was
 * accepted: nothing was revoked then.
 */
export async function revokeInvitation(client: FreshBooksClient, businessId: number, id: number): Promise<void> {
	const context = { subject: `invitation ${id} of business ${businessId}`, idFamily: 'invitation ID' };
	const answer = await client.send({
		...context,
		method: 'DELETE',
		path: path`/auth/api/v1/business/${businessId}/invitations/${id}`,
		published: false,
	});
	const response = objectOf(objectOf(answer).response);
	const { status } = invitationOf(objectOf(response.invitation ?? response));
	if (status?.toLowerCase() !== 'accepted') return;
	throw new FreshBooksError({ ...context, kind: 'conflict', status: 200, serviceText: 'The invitation was accepted already.', method: 'DELETE' });
}
