import { createInvitation, createUserInvitation, type Invitation, type NewInvitation } from '../api/invitations';
import { addressKey } from '../client/identifiers';
import { isFreshBooksError, type FreshBooksError } from '../client/errors';
import type { BusinessLists } from './businessLists';
import { hasJoined, personOf, presenceIn } from './presence';
import { readUntil } from './removing';
import type { Session } from './session';

/**
 * Inviting exactly once. FreshBooks has no idempotency key, so an invitation whose end is unclear is looked for and
 * never sent again.
 */

export type InvitationEndpoint = 'businessInvitations' | 'userInvitation';

export interface InvitationRequest extends NewInvitation {
	businessId: number;
	endpoint: InvitationEndpoint;
}

/** Waits between the looks for an invitation whose end is unclear, in milliseconds: 20 seconds in all. */
export const LOOKING_PAUSES_MS = [1_000, 2_000, 3_000, 4_000, 5_000, 5_000];

async function send(session: Session, request: InvitationRequest): Promise<Invitation | FreshBooksError> {
	const create = request.endpoint === 'userInvitation' ? createUserInvitation : createInvitation;
	return await create(session.client, request.businessId, request).catch((error: unknown) =>
		isFreshBooksError(error) && error.failure.kind === 'unknownFate' ? error : Promise.reject(error),
	);
}

/** What lists show of an invited address: the pending invitation, or that the person is a member. */
function arrivedIn(lists: BusinessLists, email: string): Invitation | 'member' | undefined {
	const presence = presenceIn(lists, personOf([email], [], [lists]));
	return presence.invitations[0] ?? (hasJoined(presence) ? 'member' : undefined);
}

/** The invitation as it is answered where the person accepted it before it could be looked at. */
function acceptedAlready({ email, role }: InvitationRequest): Invitation {
	return { id: null, email, role, status: 'accepted', state: 'ended', invitedAt: null, raw: { email, role, status: 'accepted' } };
}

/** What a request with an unclear end led to; undefined when nothing shows within 20 seconds. */
async function lookFor(session: Session, request: InvitationRequest): Promise<Invitation | undefined> {
	const { businessId, email } = request;
	const lists = await readUntil(session, businessId, LOOKING_PAUSES_MS, (read) => arrivedIn(read, email) !== undefined);
	const arrived = arrivedIn(lists, email);
	return arrived === 'member' ? acceptedAlready(request) : arrived;
}

/**
 * Invites an address that the lists show neither as a member nor as invited. After an unclear end the lists are looked at for
 * up to 20 seconds, and nothing is sent again: the same address is never invited twice by one execution.
 * Throws FreshBooksError, of kind `unknownFate` when the invitation may still arrive.
 */
export async function inviteOnce(session: Session, request: InvitationRequest): Promise<Invitation> {
	const { businessId, email } = request;
	return await session.inTurn(`invite ${businessId} ${addressKey(email)}`, async () => await inviteInTurn(session, request));
}

async function inviteInTurn(session: Session, request: InvitationRequest): Promise<Invitation> {
	const { businessId, email } = request;
	const made = session.writes.invitedHere(businessId, email);
	if (made) return made;
	const outcome = session.writes.unsettledHere(businessId, email) ?? (await send(session, request));
	if (!isFreshBooksError(outcome)) return noted(session, request, outcome);
	const found = await lookFor(session, request);
	if (found !== undefined) return noted(session, request, found);
	session.writes.noteUnsettled(businessId, email, outcome);
	throw outcome;
}

function noted(session: Session, { businessId, email }: InvitationRequest, invitation: Invitation): Invitation {
	session.writes.noteInvited(businessId, email, invitation);
	return invitation;
}
