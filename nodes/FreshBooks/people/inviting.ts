import { createInvitation, createUserInvitation, type Invitation, type NewInvitation } from '../api/invitations';
import { addressKey } from '../client/identifiers';
import { isFreshBooksError, type FreshBooksError } from '../client/errors';
import type { BusinessLists } from './businessLists';
import { hasJoined, personOf, presenceIn } from './presence';
import { readUntil } from './removing';
import type { Session } from './session';

/**
 * Invites exactly once. FreshBooks has no idempotency key, so an invitation with an unknown result is searched for and never
 * sent again.
 */

export type InvitationEndpoint = 'businessInvitations' | 'userInvitation';

export interface InvitationRequest extends NewInvitation {
	businessId: number;
	endpoint: InvitationEndpoint;
}

/** Waits between the readings that search for an invitation with an unknown result, in milliseconds: 20 seconds in all. */
export const SEARCH_PAUSES_MS = [1_000, 2_000, 3_000, 4_000, 5_000, 5_000];

async function send(session: Session, request: InvitationRequest): Promise<Invitation | FreshBooksError> {
	const create = request.endpoint === 'userInvitation' ? createUserInvitation : createInvitation;
	return await create(session.client, request.businessId, request).catch((error: unknown) =>
		isFreshBooksError(error) && error.failure.kind === 'unclear' ? error : Promise.reject(error),
	);
}

/** What the lists show for an invited address: the pending invitation, `member`, or undefined for neither. */
function resultIn(lists: BusinessLists, email: string): Invitation | 'member' | undefined {
	const presence = presenceIn(lists, personOf([email], [], [lists]));
	return presence.invitations[0] ?? (hasJoined(presence) ? 'member' : undefined);
}

/** The invitation to return if the person accepted it before the lists showed it. */
function acceptedInvitation({ email, role }: InvitationRequest): Invitation {
	return { id: null, email, role, status: 'accepted', state: 'ended', invitedAt: null, raw: { email, role, status: 'accepted' } };
}

/** The invitation that a request with an unknown result created; undefined if the lists show none within 20 seconds. */
async function findSent(session: Session, request: InvitationRequest): Promise<Invitation | undefined> {
	const { businessId, email } = request;
	const lists = await readUntil(session, businessId, SEARCH_PAUSES_MS, (read) => resultIn(read, email) !== undefined);
	const result = resultIn(lists, email);
	return result === 'member' ? acceptedInvitation(request) : result;
}

/**
 * Invites an address that the lists show neither as a member nor as invited. If the result is unknown, it searches the lists for
 * up to 20 seconds and does not send again, so one execution never invites an address twice. Throws FreshBooksError, of kind
 * `unclear` if the invitation may still arrive.
 */
export async function inviteOnce(session: Session, request: InvitationRequest): Promise<Invitation> {
	const { businessId, email } = request;
	return await session.inTurn(`invite ${businessId} ${addressKey(email)}`, async () => await inviteInTurn(session, request));
}

async function inviteInTurn(session: Session, request: InvitationRequest): Promise<Invitation> {
	const { businessId, email } = request;
	const sentBefore = session.writes.invitedHere(businessId, email);
	if (sentBefore) return sentBefore;
	const outcome = session.writes.unsettledHere(businessId, email) ?? (await send(session, request));
	if (!isFreshBooksError(outcome)) return recordInvitation(session, request, outcome);
	const found = await findSent(session, request);
	if (found !== undefined) return recordInvitation(session, request, found);
	session.writes.noteUnsettled(businessId, email, outcome);
	throw outcome;
}

function recordInvitation(session: Session, { businessId, email }: InvitationRequest, invitation: Invitation): Invitation {
	session.writes.noteInvited(businessId, email, invitation);
	return invitation;
}
