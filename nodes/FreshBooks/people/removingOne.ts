import type { Invitation } from '../api/invitations';
import { FreshBooksError, inOneLine, isFreshBooksError, refusal } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import type { BusinessLists } from './businessLists';
import { locateMember, memberName, noMember, refuseConnectedUser, refuseOnlyOwner, undecidedError, type LocatedMember, type NamedMember } from './membership';
import { hasOtherOwner, isOwner, personOf, presenceIn, undecidedFor } from './presence';
import { endsTheRun } from './reasons';
import { attemptRemoval, doneBy, isAbsent, readUntil, VERIFYING_PAUSES_MS, type Target } from './removing';
import type { Session } from './session';
import { someOf } from './texts';

/** Removing one member, or revoking one invitation: guarded before, and settled by the lists where FreshBooks' answer is not clear. */

/** What a removal answers. */
export interface Removed {
	deleted: true;
	businessId: number;
	memberId?: number;
	invitationId?: number;
	email?: string;
	/** There was nothing to remove, and the user takes that for done. */
	alreadyMissing?: true;
	/** Invitations that are still pending for a removed member. */
	pendingInvitationIds?: number[];
}

/** Whether a reading shows that a target is gone; undefined while it does not say. */
function isGone(lists: BusinessLists, { kind, id }: Target): boolean | undefined {
	const list = kind === 'invitation' ? lists.invitations : lists.businessMembers;
	if ((list.rows as Array<{ id: number | null }>).some((row) => row.id === id)) return false;
	return list.state === 'whole' ? true : undefined;
}

/**
 * Sends one removal and settles an answer that is not clear by the lists, read again for up to 15 seconds. The endpoints are
 * unpublished, so a 404 alone proves nothing.
 * @returns whether it was removed, or was missing already
 * @throws FreshBooksError of the removal where the lists do not show that it is gone
 */
async function removeTarget(session: Session, businessId: number, target: Target): Promise<'removed' | 'missing'> {
	const { error } = await attemptRemoval(session, businessId, target);
	if (error === undefined) return 'removed';
	if (!isAbsent(error) && !error.failure.maybeDone) throw error;
	const lists = await readUntil(session, businessId, VERIFYING_PAUSES_MS, (read) => isGone(read, target) === true);
	if (isGone(lists, target) !== true) throw error;
	return doneBy(error) === 'somebodyElse' ? 'missing' : 'removed';
}

/** The error for something that was there and is gone, without having been removed by this run. */
function goneError(subject: string, idFamily: string): FreshBooksError {
	return new FreshBooksError({ kind: 'notFound', status: 404, subject, idFamily, method: 'DELETE' });
}

async function removeLocated(session: Session, businessId: number, located: LocatedMember, succeedIfMissing: boolean): Promise<Removed> {
	const { member, presence } = located;
	await refuseConnectedUser(session, located.person, memberName(member), 'who is never removed here');
	refuseOnlyOwner(located, businessId);
	const outcome = await removeTarget(session, businessId, { kind: 'member', id: member.id, member, isElsewhere: false });
	if (outcome === 'missing' && !succeedIfMissing) throw goneError(`member ${member.id} of business ${businessId}`, 'integer member ID');
	const pending = presence.invitations.flatMap(({ id }) => id ?? []);
	return {
		deleted: true,
		businessId,
		memberId: member.id,
		...(member.email === null ? {} : { email: member.email }),
		...(outcome === 'missing' ? { alreadyMissing: true } : {}),
		...(pending.length > 0 ? { pendingInvitationIds: pending } : {}),
	};
}

/** An owner is removed by lists that are newer than any other item's removal, and afterwards the business must have one. */
async function removeOwner(session: Session, businessId: number, named: NamedMember, succeedIfMissing: boolean): Promise<Removed | undefined> {
	return await session.inTurn(`owners ${businessId}`, async () => {
		await session.listsAgain(businessId);
		const located = await locateMember(session, businessId, named);
		if (!located) return undefined;
		const removed = await removeLocated(session, businessId, located, succeedIfMissing);
		const after = await session.listsAgain(businessId);
		if (hasOtherOwner(after)) return removed;
		throw refusal(
			`Member ${located.member.id} was removed, and FreshBooks lists no active owner of business ${businessId} any more`,
			'Another run may have removed the other owner at the same time. Contact FreshBooks support now.',
			{ ...removed },
		);
	});
}

function nothingToRemove(businessId: number, ids: Pick<Removed, 'memberId' | 'invitationId' | 'email'>): Removed {
	return { deleted: true, businessId, ...ids, alreadyMissing: true };
}

/**
 * Removes one member. Throws FreshBooksError: when lists that decide were not read whole, for the connected user, for an
 * only owner, for somebody who is not there (unless `succeedIfMissing`), and what the removal fails with.
 */
export async function removeMember(session: Session, businessId: number, named: NamedMember, succeedIfMissing: boolean): Promise<Removed> {
	const located = await locateMember(session, businessId, named);
	const removed = located && isOwner(located.presence)
		? await removeOwner(session, businessId, named, succeedIfMissing)
		: located && (await removeLocated(session, businessId, located, succeedIfMissing));
	if (removed) return removed;
	if (!succeedIfMissing) throw noMember(session, businessId, named);
	return nothingToRemove(businessId, named.by === 'email' ? { email: named.email } : named.by === 'memberId' ? { memberId: named.id } : {});
}

export type NamedInvitation = { by: 'id'; id: number } | { by: 'email'; email: string };

function describe(named: NamedInvitation): string {
	return named.by === 'id' ? `the ID ${named.id}` : `the address ${named.email}`;
}

function matching(invitations: Invitation[], named: NamedInvitation): Invitation[] {
	return invitations.filter((invitation) => (named.by === 'id' ? invitation.id === named.id : sameAddress(invitation.email, named.email)));
}

/** The refusal for an invitation that was accepted: revoking it takes nothing away from a member. */
function acceptedError(email: string, businessId: number): FreshBooksError {
	return refusal(
		`${email} has accepted the invitation and is a member of business ${businessId}`,
		"Nothing was revoked. Use 'Team Member: Remove' or 'Access: Offboard' to remove the person.",
	);
}

function isMember(lists: BusinessLists, email: string): boolean {
	const { teamMembers, members } = presenceIn(lists, personOf([email], [], [lists]));
	return teamMembers.some(({ active }) => active !== false) || (teamMembers.length === 0 && members.length > 0);
}

function refuseDoubt(lists: BusinessLists, businessId: number, email: string | null): void {
	const undecided = undecidedFor(lists, presenceIn(lists, personOf([email], [], [lists]))).filter(({ list }) => list === 'invitations' || email !== null);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
}

/**
 * Revokes one pending invitation. Throws FreshBooksError: for one that is not there (unless `succeedIfMissing`), one that was
 * accepted, several of one address, and what the request fails with.
 */
export async function revokeOne(session: Session, businessId: number, named: NamedInvitation, succeedIfMissing: boolean): Promise<Removed> {
	const lists = await session.lists(businessId);
	const found = matching(lists.invitations.rows, named);
	const pending = found.filter(({ state, id }) => state !== 'ended' && id !== null);
	if (pending.length > 1) {
		throw refusal(
			`More than one pending invitation of business ${businessId} has ${describe(named)}: ${someOf(pending.map(({ id }) => inOneLine(String(id), 40)))}`,
			'Nothing was changed. Choose one of them by ID.',
		);
	}
	const [invitation] = pending;
	if (lists.invitations.state === 'notOffered' && lists.invitations.error) throw lists.invitations.error;
	const email = named.by === 'email' ? named.email : (found[0]?.email ?? null);
	const id = invitation?.id ?? null;
	if (id === null) return missing(session, lists, businessId, named, email, succeedIfMissing);
	return await revokePending(session, businessId, id, email, succeedIfMissing);
}

function missing(session: Session, lists: BusinessLists, businessId: number, named: NamedInvitation, email: string | null, succeedIfMissing: boolean): Removed {
	refuseDoubt(lists, businessId, email);
	if (email !== null && isMember(lists, email)) throw acceptedError(email, businessId);
	const ids = { ...(named.by === 'id' ? { invitationId: named.id } : {}), ...(email === null ? {} : { email }) };
	if (succeedIfMissing) return nothingToRemove(businessId, ids);
	const wasRevokedHere = named.by === 'id' && session.writes.revokedHere(businessId).has(named.id);
	throw refusal(
		wasRevokedHere ? `The invitation with ${describe(named)} was revoked by an earlier item` : `No pending invitation of business ${businessId} has ${describe(named)}`,
		"All pending invitations were looked through, in upper or lower case. Check 'Invitation' and 'Business'.",
	);
}

async function revokePending(session: Session, businessId: number, id: number, email: string | null, succeedIfMissing: boolean): Promise<Removed> {
	const target: Target = { kind: 'invitation', id, isElsewhere: false };
	const outcome = await removeTarget(session, businessId, target).catch(async (error: unknown) => {
		if (!isFreshBooksError(error) || endsTheRun(error)) throw error;
		// FreshBooks may refuse because the person accepted: then they are a member now.
		if (email !== null && isMember(await session.listsAgain(businessId), email)) throw acceptedError(email, businessId);
		throw error;
	});
	if (outcome === 'missing') {
		if (email !== null && isMember(await session.listsAgain(businessId), email)) throw acceptedError(email, businessId);
		if (!succeedIfMissing) throw goneError(`invitation ${id} of business ${businessId}`, 'invitation ID');
	}
	return { deleted: true, businessId, invitationId: id, ...(email === null ? {} : { email }), ...(outcome === 'missing' ? { alreadyMissing: true } : {}) };
}

