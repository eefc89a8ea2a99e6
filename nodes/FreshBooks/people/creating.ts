import type { Invitation } from '../api/invitations';
import { refusal } from '../client/errors';
import { inviteOnce, type InvitationRequest } from './inviting';
import { undecidedError } from './membership';
import { hasAccess, isDeactivated, presenceIn, undecidedFor } from './presence';
import { seatLimitOf, seatsIn, seatWarning } from './seats';
import type { Session } from './session';

/** Creates an invitation, unless the person is already a team member or invited. */

/** An invitation, and whether it was pending before. */
export interface CreatedInvitation {
	invitation: Invitation;
	wasPending: boolean;
}

/**
 * Invites an address that is neither a team member nor invited. Throws FreshBooksError if a needed list was not read
 * completely, for a team member, for an invited address (unless `returnExisting`), and if inviting fails.
 */
export async function createOnce(session: Session, request: InvitationRequest, returnExisting: boolean): Promise<CreatedInvitation> {
	const { businessId, email, endpoint } = request;
	const seatLimit = await seatLimitOf(session, businessId);
	const lists = await session.lists(businessId);
	const presence = presenceIn(lists, session.personOf([email], [], [lists]));
	const undecided = undecidedFor(lists, presence);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	// List and create share this endpoint: if FreshBooks does not offer the list, it does not offer create.
	if (endpoint === 'businessInvitations' && lists.invitations.state === 'notOffered' && lists.invitations.error) throw lists.invitations.error;
	const [pending] = presence.invitations;
	if (pending) return existing(request, pending, returnExisting);
	const { elsewhere } = presence;
	const everywhere = { teamMembers: [...presence.teamMembers, ...elsewhere.teamMembers], members: [...presence.members, ...elsewhere.members] };
	if (hasAccess(everywhere)) {
		throw refusal(`${email} is already a team member of business ${businessId}`, "To fix this, use 'Team Member: Update Role' to change what the person may do. No invitation was sent.");
	}
	if (isDeactivated(everywhere)) {
		throw refusal(`${email} is a deactivated team member of business ${businessId}`, 'To fix this, reactivate the person in FreshBooks under Team Members. No invitation was sent.');
	}
	const warning = seatWarning(seatsIn(seatLimit, lists));
	if (warning !== '') session.remark(`${email}:${warning}`);
	return { invitation: await inviteOnce(session, request), wasPending: false };
}

function existing({ email, businessId }: InvitationRequest, invitation: Invitation, returnExisting: boolean): CreatedInvitation {
	if (returnExisting) return { invitation, wasPending: true };
	throw refusal(
		`${email} already has a pending invitation to business ${businessId}`,
		"To fix this, set the option 'If Already Invited' to Return It, or revoke it first. No further invitation was sent.",
	);
}
