import type { Invitation } from '../api/invitations';
import { FreshBooksError, inOneLine, isFreshBooksError, refusal } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import type { BusinessLists } from './businessLists';
import { locateMember, memberName, noMember, refuseConnectedUser, refuseOnlyOwner, undecidedError, withMember, type LocatedMember, type NamedMember } from './membership';
import { hasAccess, hasJoined, hasOtherOwner, isOwner, personOf, presenceIn, undecidedFor, type Presence } from './presence';
import { endsTheRun } from './reasons';
import { attemptRemoval, doneBy, isAbsent, readUntil, VERIFYING_PAUSES_MS, type Target } from './removing';
import type { Session } from './session';
import { someOf } from './texts';

/** Removes one team member or revokes one invitation, after checks whether that is allowed. If FreshBooks' answer is unclear, the lists decide. */

/** The result of a removal. */
export interface Removed {
	deleted: true;
	businessId: number;
	memberId?: number;
	/** UUID. */
	teamMemberId?: string;
	invitationId?: number;
	email?: string;
	/** There was nothing to remove, and the user chose to succeed in that case. */
	alreadyMissing?: true;
	/** Invitations that are still pending for a removed member. */
	pendingInvitationIds?: number[];
}

/** Whether a reading shows that a target is gone; undefined if the reading does not decide. */
function isGone(lists: BusinessLists, { kind, id }: Target): boolean | undefined {
	const list = kind === 'invitation' ? lists.invitations : lists.businessMembers;
	if ((list.rows as Array<{ id: number | null }>).some((row) => row.id === id)) return false;
	return list.state === 'complete' ? true : undefined;
}

/** The result of one removal. */
interface Outcome {
	/** Somebody else removed it first. */
	wasMissing: boolean;
	/** FreshBooks' answer was unclear, and the lists show that the target is gone. */
	wasUnclear: boolean;
}

/**
 * Sends one removal. If the answer is unclear, it reads the lists again for up to 15 seconds, and they decide. The endpoints
 * are unpublished, so a 404 alone proves nothing. Throws the FreshBooksError of the removal if the lists do not show that the
 * target is gone.
 */
async function removeTarget(session: Session, businessId: number, target: Target): Promise<Outcome> {
	const attempt = await attemptRemoval(session, businessId, target);
	const { error } = attempt;
	if (error === undefined) return { wasMissing: false, wasUnclear: false };
	if (!isAbsent(error) && !error.failure.maybeDone) throw error;
	const lists = await readUntil(session, businessId, VERIFYING_PAUSES_MS, (read) => isGone(read, target) === true);
	if (isGone(lists, target) !== true) throw error;
	return { wasMissing: doneBy(attempt) === 'somebodyElse', wasUnclear: true };
}

/** The error for something that existed and is gone, although this run did not remove it. */
function goneError(subject: string, idFamily: string): FreshBooksError {
	return new FreshBooksError({ kind: 'notFound', status: 404, subject, idFamily, method: 'DELETE' });
}

async function removeLocated(session: Session, businessId: number, located: LocatedMember, succeedIfMissing: boolean): Promise<Removed> {
	const { member, presence } = located;
	await refuseOnlyOwner(session, located, businessId);
	await refuseConnectedUser(session, located.person, memberName(member), 'and cannot be removed here');
	const uuids = presence.teamMembers.map(({ uuid }) => uuid);
	const { wasMissing } = await removeTarget(session, businessId, { kind: 'member', id: member.id, member, uuids, isElsewhere: false });
	if (wasMissing && !succeedIfMissing) throw goneError(`team member ${member.id} of business ${businessId}`, 'whole-number ID');
	const pending = presence.invitations.flatMap(({ id }) => id ?? []);
	return {
		deleted: true,
		businessId,
		memberId: member.id,
		...(member.email === null ? {} : { email: member.email }),
		...(wasMissing ? { alreadyMissing: true } : {}),
		...(pending.length > 0 ? { pendingInvitationIds: pending } : {}),
	};
}

/** Removes an owner. Reads the lists after any other item's removal, and verifies that the business still has an owner. */
async function removeOwner(session: Session, businessId: number, named: NamedMember, succeedIfMissing: boolean): Promise<Removed | undefined> {
	return await session.inTurn(`owners ${businessId}`, async () => {
		await session.listsAgain(businessId);
		const located = await locateMember(session, businessId, named);
		if (!located) return undefined;
		const removed = await removeLocated(session, businessId, located, succeedIfMissing);
		await verifyOwnerLeft(session, businessId, located, removed);
		return removed;
	});
}

async function verifyOwnerLeft(session: Session, businessId: number, { member, person }: LocatedMember, removed: Removed): Promise<void> {
	// Reads for all 15 seconds: another run may be removing the other owner.
	const lists = await readUntil(session, businessId, VERIFYING_PAUSES_MS, () => false);
	const { teamMembers } = lists;
	if (teamMembers.state === 'complete' && hasOtherOwner(lists, person)) return;
	throw teamMembers.state === 'complete'
		? refusal(
				`${memberName(member)} was removed, and FreshBooks lists no active owner of business ${businessId} any more`,
				'Another run may have removed the other owner at the same time. To fix this, contact FreshBooks support now.',
				{ ...removed },
			)
		: refusal(
				`${memberName(member)} was removed, but it could not be verified that business ${businessId} still has an owner: ${teamMembers.reason ?? ''}`.replace(/\.$/, ''),
				'Check the owners in FreshBooks under Team Members.',
				{ ...removed },
			);
}

function nothingToRemove(businessId: number, ids: Pick<Removed, 'memberId' | 'teamMemberId' | 'invitationId' | 'email'>): Removed {
	return { deleted: true, businessId, ...ids, alreadyMissing: true };
}

/**
 * Removes one team member. Throws FreshBooksError if a list that decides was not read completely, for the connected user, for
 * the only owner, for somebody who is not there (unless `succeedIfMissing`), and if the removal fails.
 */
export async function removeMember(session: Session, businessId: number, named: NamedMember, succeedIfMissing: boolean): Promise<Removed> {
	const removed = await withMember(session, businessId, named, async (located) =>
		isOwner(located.presence) ? await removeOwner(session, businessId, named, succeedIfMissing) : await removeLocated(session, businessId, located, succeedIfMissing),
	);
	if (removed) return removed;
	if (!succeedIfMissing) throw noMember(session, businessId, named);
	return nothingToRemove(businessId, identifierOf(named));
}

function identifierOf(named: NamedMember): Pick<Removed, 'memberId' | 'teamMemberId' | 'email'> {
	if (named.by === 'email') return { email: named.email };
	return named.by === 'uuid' ? { teamMemberId: named.uuid } : { memberId: named.id };
}

export type NamedInvitation = { by: 'id'; id: number } | { by: 'email'; email: string };

function describe(named: NamedInvitation): string {
	return named.by === 'id' ? `the ID ${named.id}` : `the address ${named.email}`;
}

function matching(invitations: Invitation[], named: NamedInvitation): Invitation[] {
	return invitations.filter((invitation) => (named.by === 'id' ? invitation.id === named.id : sameAddress(invitation.email, named.email)));
}

/** The way out for an invitation of somebody who is a team member. */
const REMOVE_INSTEAD = "To fix this, remove the person with 'Team Member: Remove' or 'Access: Offboard'. Nothing was revoked.";

/** The refusal for an invitation that was accepted: revoking it would not end the team member's access. */
function acceptedError(email: string, businessId: number): FreshBooksError {
	return refusal(
		`${email} has accepted the invitation and is a team member of business ${businessId}`,
		REMOVE_INSTEAD,
	);
}

function presenceOf(email: string | null, lists: BusinessLists): Presence {
	return presenceIn(lists, personOf([email], [], [lists]));
}

/** Whether the lists show that an invited person has joined. FreshBooks may list a person who is only invited among the members. */
function hasAccepted(email: string, lists: BusinessLists): boolean {
	const presence = presenceOf(email, lists);
	return hasAccess(presence) && (hasJoined(presence) || presence.members.some(({ confirmed }) => confirmed === true));
}

/** The refusal for an invitation with an unknown status. */
function unclearError({ id, status }: Invitation, businessId: number): FreshBooksError {
	return refusal(
		`Invitation ${id ?? ''} of business ${businessId} has the status '${inOneLine(status ?? '', 40)}', which is not known`,
		'Check it in FreshBooks under Team Members, and revoke it there if it is pending. Nothing was revoked.',
	);
}

function refuseDoubt(lists: BusinessLists, businessId: number, email: string | null): void {
	const undecided = undecidedFor(lists, presenceOf(email, lists)).filter(({ list }) => list === 'invitations' || email !== null);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
}

/**
 * Revokes one pending invitation. Throws FreshBooksError for one that is not there (unless `succeedIfMissing`), for one that
 * was accepted, for an unknown status, for several of one address, and if the request fails.
 */
export async function revokeOne(session: Session, businessId: number, named: NamedInvitation, succeedIfMissing: boolean): Promise<Removed> {
	const lists = await session.lists(businessId);
	const found = matching(lists.invitations.rows, named);
	const unclear = found.find(({ state }) => state === 'unknown');
	if (unclear) throw unclearError(unclear, businessId);
	const pending = found.filter(({ state, id }) => state === 'pending' && id !== null);
	if (pending.length > 1) {
		throw refusal(
			`More than one pending invitation of business ${businessId} has ${describe(named)}: ${someOf(pending.map(({ id }) => inOneLine(String(id), 40)))}`,
			"To fix this, choose one of them in 'Invitation' by ID. Nothing was changed.",
		);
	}
	const [invitation] = pending;
	if (lists.invitations.state === 'notOffered' && lists.invitations.error) throw lists.invitations.error;
	const email = named.by === 'email' ? named.email : (found[0]?.email ?? null);
	const id = invitation?.id ?? null;
	refuseDoubt(lists, businessId, null);
	if (id === null) return missing(session, lists, businessId, named, email, succeedIfMissing);
	return await revokePending(session, { businessId, id, email, wasMember: email !== null && hasAccepted(email, lists) }, succeedIfMissing);
}

function missing(session: Session, lists: BusinessLists, businessId: number, named: NamedInvitation, email: string | null, succeedIfMissing: boolean): Removed {
	refuseDoubt(lists, businessId, email);
	const wasRevokedHere = [...session.writes.revokedHere(businessId)].some(([id, address]) => (named.by === 'id' ? id === named.id : sameAddress(address, named.email)));
	if (email !== null && hasAccess(presenceOf(email, lists)) && !wasRevokedHere) {
		throw refusal(`${email} is a team member of business ${businessId} and has no pending invitation`, REMOVE_INSTEAD);
	}
	const ids = { ...(named.by === 'id' ? { invitationId: named.id } : {}), ...(email === null ? {} : { email }) };
	if (succeedIfMissing) return nothingToRemove(businessId, ids);
	throw refusal(
		wasRevokedHere ? `The invitation with ${describe(named)} was revoked by an earlier item` : `No pending invitation of business ${businessId} has ${describe(named)}`,
		"The node searched all pending invitations, ignoring upper and lower case. Check 'Invitation' and 'Business'.",
	);
}

/** A pending invitation to revoke. */
interface PendingInvitation {
	businessId: number;
	id: number;
	email: string | null;
	/** The person was a team member before, so membership afterwards does not prove that the invitation was accepted. */
	wasMember: boolean;
}

async function revokePending(session: Session, invitation: PendingInvitation, succeedIfMissing: boolean): Promise<Removed> {
	const { businessId, id, email } = invitation;
	const outcome = await removeTarget(session, businessId, { kind: 'invitation', id, email, isElsewhere: false }).catch(async (error: unknown) => {
		if (!isFreshBooksError(error) || endsTheRun(error)) throw error;
		await refuseAccepted(session, invitation);
		throw error;
	});
	// An invitation that is gone after an unclear answer may have been accepted. Then the person is a team member now.
	if (outcome.wasUnclear) await refuseAccepted(session, invitation);
	if (outcome.wasMissing && !succeedIfMissing) throw goneError(`invitation ${id} of business ${businessId}`, 'invitation ID');
	return { deleted: true, businessId, invitationId: id, ...(email === null ? {} : { email }), ...(outcome.wasMissing ? { alreadyMissing: true } : {}) };
}

/** Throws FreshBooksError if the lists show the invited person as a new team member within 15 seconds. */
async function refuseAccepted(session: Session, { businessId, email, wasMember }: PendingInvitation): Promise<void> {
	if (email === null || wasMember) return;
	const lists = await readUntil(session, businessId, VERIFYING_PAUSES_MS, (read) => hasAccepted(email, read));
	if (hasAccepted(email, lists)) throw acceptedError(email, businessId);
}
