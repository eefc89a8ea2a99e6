import type { IDataObject } from 'n8n-workflow';

import { updateBusinessMember } from '../api/businessMembers';
import { FreshBooksError, failureOf, isUnreadable, refusal } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import { invitationOf, revokeInvitation } from '../api/invitations';
import { idOrNull, textOrNull, type WireObject } from '../client/json';
import { findByEmail } from './find';
import type { Session } from './session';
import { invite } from './inviting';
import { membersOf } from '../operations/teamMember/member';
import { ageInDays, invitedAtOf } from '../api/dates';
import { isOwnerRole, isSeatlessRole, sameRole } from './roles';
import { inOrder, judge, membershipsOf, rowsOf, type Membership } from './standing';

/**
 * Onboarding one address into one business, such that one invitation is left however often and however simultaneously it runs.
 *
 * FreshBooks has no lock and no idempotency key, so every run looks, invites, and then looks again:
 * - Two runs that both found nobody both invite. Each reads the pending invitations after its own was made, so whoever reads
 *   last sees all of them. All keep the lowest ID and revoke the others, so no two runs can revoke each other's choice; a
 *   revocation that meets nothing any more was done by another run.
 * - An invitation whose request broke off is looked for, not sent again blindly (`invite`). Should it turn up after all, after
 *   a second one was made, the look afterwards finds both.
 * - An invitation that appears only after the last look (a request that hung for long) is found by the next run: every run
 *   that meets more than one pending invitation keeps one.
 * What remains: a person who accepts within the moment between two runs' looks may be left with a pending invitation beside
 * the membership. It gives nothing more than the membership, and the next run names it.
 */

export interface Hire {
	businessId: number;
	email: string;
	role: string;
	updateRole: boolean;
	/** Answer `pending` for an invitation that waits, with its age. */
	waitForAcceptance: boolean;
	/** When the person was invited, if the workflow knows it. */
	invitedAt: string | null;
}

/** Looks at most this often for further invitations that other runs make meanwhile. */
const MAX_LOOKS = 5;

/** The one invitation left, and the IDs of those that were revoked beside it. */
interface Kept {
	invitation: WireObject | undefined;
	revoked: number[];
}

async function revokeIfThere(session: Session, businessId: number, id: number): Promise<boolean> {
	return await revokeInvitation(session.client, businessId, id).then(
		() => true,
		(error: unknown) => {
			const kind = failureOf(error)?.kind;
			// Another run was faster, or it was accepted; the look that follows tells.
			return kind === 'notPublished' || kind === 'notFound' ? false : Promise.reject(error);
		},
	);
}

/** The pending invitations of the address, read anew; once more when the answer could not be understood, as all rests on this look. */
async function lookAgain(session: Session, { businessId, email }: Hire): Promise<WireObject[]> {
	const roster = await session.readAgain('invitations', businessId).catch(async (error: unknown) => {
		return isUnreadable(error) ? await session.readAgain('invitations', businessId) : await Promise.reject(error);
	});
	return inOrder(roster.byEmail(email));
}

/** Leaves the pending invitation with the lowest ID and revokes the others, until a look finds one at most. */
async function keepOne(session: Session, hire: Hire): Promise<Kept> {
	const { businessId, email } = hire;
	const revoked: number[] = [];
	for (let look = 1; ; look++) {
		const pending = await lookAgain(session, hire);
		if (pending.length <= 1) return { invitation: pending[0], revoked };
		if (look > MAX_LOOKS) throw tooMany(email, businessId);
		for (const id of pending.slice(1).map((row) => invitationOf(row).id)) {
			if (id !== null && (await revokeIfThere(session, businessId, id))) revoked.push(id);
		}
	}
}

function tooMany(email: string, businessId: number): FreshBooksError {
	return refusal(
		`More than one invitation of ${email} to business ${businessId} is pending, and FreshBooks keeps listing those that were revoked`,
		'Run it again in a minute: it keeps the oldest one and revokes the others.',
	);
}

function describeInvitation(row: WireObject, hire: Hire, now: number): IDataObject {
	const invitedAt = invitedAtOf(row) ?? hire.invitedAt;
	return {
		id: invitationOf(row).id,
		role: invitationOf(row).role ?? hire.role,
		status: textOrNull(row.status) ?? 'pending',
		invitedAt,
		ageDays: ageInDays(invitedAt, now),
	};
}

const describeMember = (membership: Membership): IDataObject => ({ ...membership });

function answer(hire: Hire, status: string, message: string, details: IDataObject): IDataObject {
	return { status, message, email: hire.email, businessId: hire.businessId, role: hire.role, ...details };
}

function withRevoked(details: IDataObject, revoked: number[]): IDataObject {
	return revoked.length === 0 ? details : { ...details, revokedDuplicates: revoked };
}

function days(count: number): string {
	return count === 1 ? '1 day' : `${count} days`;
}

function waiting(hire: Hire, row: WireObject, revoked: number[]): IDataObject {
	const invitation = describeInvitation(row, hire, Date.now());
	const status = hire.waitForAcceptance ? 'pending' : 'alreadyInvited';
	const since = typeof invitation.ageDays === 'number' && invitation.ageDays > 0 ? ` for ${days(invitation.ageDays)}` : '';
	const other = sameRole(invitationOf(row).role, hire.role) || invitationOf(row).role === null ? '' : `, as ${String(invitation.role)}`;
	const message = `${hire.email} is invited already${other}, and has not accepted${since}; nothing was sent.`;
	return answer(hire, status, message, withRevoked({ invitation }, revoked));
}

async function sendInvitation(session: Session, hire: Hire): Promise<IDataObject> {
	const { businessId, email, role } = hire;
	const created = await invite(session, { businessId, email, role, endpoint: 'businessInvitations' });
	const kept = await keepOne(session, hire).catch((error: unknown) => {
		return failureOf(error)?.kind === 'cancelled' || !failureOf(error) ? Promise.reject(error) : undefined;
	});
	const row = kept?.invitation ?? created;
	const invitation = describeInvitation(row, { ...hire, invitedAt: new Date().toISOString() }, Date.now());
	const verified = kept?.invitation !== undefined;
	const doubt = kept ? 'the list of pending invitations does not show it yet' : 'whether another invitation is pending beside it could not be settled';
	const message = verified
		? `${email} was invited; FreshBooks sent an email that the person must accept.`
		: `${email} was invited, but ${doubt}; run it again to make sure.`;
	return answer(hire, 'invited', message, withRevoked({ invitation, verified }, kept?.revoked ?? []));
}

async function refuseUnsafeRoleChange(session: Session, hire: Hire, membership: Membership): Promise<void> {
	if (isOwnerRole(membership.role)) {
		throw refusal(
			`${hire.email} is the owner of business ${hire.businessId}, whose role cannot be changed`,
			"Nothing was changed. FreshBooks' support transfers a business to another owner.",
		);
	}
	if (sameAddress((await session.getMe()).email, hire.email)) {
		throw refusal(
			`${hire.email} is the connected user, whose own role is not changed`,
			'Nothing was changed. Let another owner or admin do it, as this connection could lose its rights.',
		);
	}
}

async function changeRole(session: Session, hire: Hire, membership: Membership): Promise<void> {
	const { businessId, email, role } = hire;
	await refuseUnsafeRoleChange(session, hire, membership);
	const { found: row, roster: members } = await session.look('businessMembers', businessId, (roster) =>
		findByEmail(roster, email, membersOf(businessId), (found) => idOrNull(found.id)),
	);
	const id = idOrNull(row?.id);
	if (!row || id === null) {
		throw refusal(
			`${email} has no whole-number ID in business ${businessId}, without which FreshBooks changes no role`,
			'Nothing was changed. Change the role in FreshBooks under Team Members.',
		);
	}
	await updateBusinessMember(session.client, businessId, id, { role });
	members.add({ ...row, role });
	const team = await session.teamMembers(businessId);
	for (const known of team.byEmail(email)) team.add({ ...known, business_role_name: role });
}

async function alreadyThere(session: Session, hire: Hire, membership: Membership, hasRole: boolean): Promise<IDataObject> {
	const member = describeMember(membership);
	if (hasRole) return answer(hire, 'alreadyMember', `${hire.email} is a member with the role ${String(member.role)} already.`, { member });
	const roles = `${String(membership.role)}, not ${hire.role}`;
	if (hire.updateRole) {
		await changeRole(session, hire, membership);
		const details = { member, previousRole: membership.role, roleUpdated: true };
		return answer(hire, 'roleDiffers', `${hire.email} was a member as ${roles}; the role was changed.`, details);
	}
	const seat = isSeatlessRole(membership.role) ? ' They have no seat and cannot log in until they are invited or given a role.' : '';
	const message = `${hire.email} is a member as ${roles}; nothing was changed (option 'Update Role' is off).${seat}`;
	return answer(hire, 'roleDiffers', message, { member, previousRole: membership.role, roleUpdated: false });
}

/** Brings an address into a business, or says where it stands there already. */
export async function onboard(session: Session, hire: Hire): Promise<IDataObject> {
	const { businessId, email, role } = hire;
	const pending = await rowsOf(session, 'invitations', businessId, email);
	const standing = judge(await membershipsOf(session, businessId, email, pending.length > 0), pending.length > 0, role);
	if (standing.kind === 'member') return await alreadyThere(session, hire, standing.membership, standing.sameRole);
	if (standing.kind === 'inactive') {
		const message = `${email} is a deactivated member; reactivate them in FreshBooks under Team Members. No invitation was sent.`;
		return answer(hire, 'inactiveMember', message, { member: describeMember(standing.membership) });
	}
	if (standing.kind === 'unknown') return await sendInvitation(session, hire);
	const kept = pending.length > 1 ? await keepOne(session, hire) : { invitation: pending[0], revoked: [] };
	return kept.invitation ? waiting(hire, kept.invitation, kept.revoked) : await gone(hire);
}

async function gone({ email, businessId }: Hire): Promise<never> {
	throw refusal(
		`The invitation of ${email} to business ${businessId} was accepted or withdrawn while it was looked at`,
		'Nothing was sent. Run it again to see which.',
	);
}
