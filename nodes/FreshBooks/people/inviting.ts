import { failureOf, type Failure } from '../client/errors';
import { createInvitation, createUserInvitation } from '../api/invitations';
import type { WireObject } from '../client/json';
import type { Session } from './session';

/** Inviting exactly once: an invitation whose fate is unknown is looked for, never blindly sent again. */

export type InvitationEndpoint = 'businessInvitations' | 'userInvitation';

export interface Invitation {
	businessId: number;
	email: string;
	role: string;
	endpoint: InvitationEndpoint;
}

/** How often an invitation is sent when FreshBooks answered 5xx and no pending invitation was found afterwards. */
const MAX_SENDINGS = 3;
const LOOK_AFTER_MS = 1_000;

/** Answers of a gateway, behind which FreshBooks may still be at work. */
const GATEWAY_STATUSES = new Set([502, 504]);

/**
 * The pending invitation of an address, if there is one; one that this execution made counts. For the endpoint of the Postman collection a list that FreshBooks
 * does not offer counts as "none known".
 */
export async function pendingInvitation(
	session: Session,
	businessId: number,
	email: string,
	endpoint: InvitationEndpoint = 'businessInvitations',
): Promise<WireObject | undefined> {
	const made = session.madeInvitation(businessId, email);
	if (made) return made;
	const looked = await session.look('invitations', businessId, (roster) => roster.byEmail(email)[0]).catch((error: unknown) => {
		const mayBeAbsent = endpoint === 'userInvitation' && failureOf(error)?.kind === 'notPublished';
		return mayBeAbsent ? undefined : Promise.reject(error);
	});
	return looked?.found;
}

function hadFinished({ status }: Failure): boolean {
	return status !== undefined && status >= 500 && !GATEWAY_STATUSES.has(status);
}

async function send(session: Session, { businessId, email, role, endpoint }: Invitation): Promise<WireObject> {
	const create = endpoint === 'userInvitation' ? createUserInvitation : createInvitation;
	return (await create(session.client, businessId, email, role)).raw;
}

/**
 * Looks in a freshly read list for the invitation that a broken-off request may have made; rejects when it cannot be read, or
 * may lack a row and does not show it.
 */
async function lookAgain(session: Session, { businessId, email }: Invitation): Promise<WireObject | undefined> {
	await session.client.pause(LOOK_AFTER_MS);
	session.forgetList('invitations', businessId);
	const { found, roster } = await session.look('invitations', businessId, (list) => list.byEmail(email)[0]);
	return found === undefined && roster.doubt !== undefined ? await Promise.reject(new Error(roster.doubt)) : found;
}

/** Looks for an invitation after an unclear end; undefined when nothing can be known. */
async function lookFor(session: Session, invitation: Invitation): Promise<{ found: WireObject | undefined } | undefined> {
	return await lookAgain(session, invitation).then(
		(found) => ({ found }),
		() => undefined,
	);
}

/**
 * Invites an address that has no pending invitation. After an unclear end the list of pending invitations is read: found
 * means done; not found after FreshBooks' own 5xx answer means that it had finished without making one, and it is sent again.
 * After a time-out, a broken connection or a gateway's answer FreshBooks may still be at work, and without the list nothing
 * is known, so nothing is sent again, for no later item about the same address either.
 * Throws FreshBooksError, kind `unknownFate` when it cannot be known what became of it.
 */
export async function invite(session: Session, invitation: Invitation): Promise<WireObject> {
	const unsettled = session.unsettledInvitation(invitation.businessId, invitation.email);
	if (unsettled !== undefined) return (await lookFor(session, invitation))?.found ?? (await Promise.reject(unsettled));
	for (let sent = 1; ; sent++) {
		const outcome = await send(session, invitation).then(
			(created) => ({ created }),
			(error: unknown) => ({ error }),
		);
		if ('created' in outcome) {
			await session.addInvitation(invitation.businessId, invitation.email, outcome.created);
			return outcome.created;
		}
		const failure = failureOf(outcome.error);
		if (failure?.kind !== 'unknownFate') return await Promise.reject(outcome.error);
		const looked = await lookFor(session, invitation);
		if (looked?.found) return looked.found;
		const notMade = looked !== undefined && hadFinished(failure);
		if (notMade && sent < MAX_SENDINGS) continue;
		if (!notMade) session.leaveUnsettled(invitation.businessId, invitation.email, outcome.error);
		return await Promise.reject(outcome.error);
	}
}
