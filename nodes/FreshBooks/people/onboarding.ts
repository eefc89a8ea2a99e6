import type { IDataObject } from 'n8n-workflow';

import type { BusinessMember } from '../api/businessMembers';
import { ageInDays } from '../api/dates';
import { revokeInvitation, type Invitation } from '../api/invitations';
import type { TeamMember } from '../api/teamMembers';
import { failureOf, isFreshBooksError, refusal, type FreshBooksError } from '../client/errors';
import { addressKey } from '../client/identifiers';
import type { BusinessLists } from './businessLists';
import { inviteOnce } from './inviting';
import { changeRole, refuseConnectedUser, refuseOwner, undecidedError, type LocatedMember } from './membership';
import { foundBusinessMember, foundTeamMember, type FoundMember } from './offboardReport';
import { hasJoined, personBy, presenceIn, undecidedFor, type Person, type Presence } from './presence';
import { endsTheRun, reasonOf } from './reasons';
import { isAbsent, VERIFYING_PAUSES_MS } from './removing';
import { isSeatlessRole, roleTitle, sameRole } from './roles';
import { seatLimitOf, seatsIn, seatWarning, type Seats } from './seats';
import type { Session } from './session';
import { plural } from './texts';
import { PeopleIndex } from './peopleIndex';

/**
 * Onboards one address to one business, so that exactly one invitation remains, even after repeated or simultaneous runs.
 *
 * FreshBooks has no lock and no idempotency key, so every run reads, invites and reads again:
 * - Two runs that both find nobody both invite. Each reads the pending invitations after creating its own, so the run that reads
 *   last sees all of them. All runs keep the same one (wanted role first, then lowest ID) and revoke the others.
 * - An invitation whose request broke off is searched for and not sent again (`inviteOnce`).
 * - The next run finds an invitation that appears after the last reading: every run that finds several keeps one.
 *
 * One case remains: a person who accepts between the readings of two runs may keep a pending invitation. It gives no more access
 * than the membership, and the next run reports it.
 */

export interface Hire {
	businessId: number;
	email: string;
	role: string;
	updateRole: boolean;
	/** Report an invitation that is not accepted yet as `pending`. */
	waitForAcceptance: boolean;
	/** When the person was invited, in ISO 8601 and UTC, if the workflow knows. */
	invitedAt: string | null;
}

/** Maximum number of readings for duplicates of other runs. Far more than the number of simultaneous runs. */
const MAX_READINGS = 50;

/** What the lists show about a person in a business. */
export type AccessState =
	| { kind: 'member'; member: FoundMember; hasRole: boolean }
	/** A team member who has not confirmed the address and has no pending invitation. */
	| { kind: 'unconfirmed'; member: FoundMember }
	| { kind: 'invited' }
	| { kind: 'inactive'; member: FoundMember }
	| { kind: 'unknown' };

/** True for an invited person who has no identity, and so has never logged in. `active` does not matter. */
function isWaiting({ identityId, invitationAcceptedAt }: TeamMember, isInvited: boolean): boolean {
	return isInvited && identityId === null && invitationAcceptedAt === null;
}

/** The person's state by all their rows, with any address. Pure. */
export function accessStateOf(presence: Presence, role: string): AccessState {
	const isInvited = presence.invitations.length > 0;
	const team = [...presence.teamMembers, ...presence.elsewhere.teamMembers];
	const members = [...presence.members, ...presence.elsewhere.members];
	const active = team.length > 0
		? team.filter((row) => row.active !== false && !isWaiting(row, isInvited)).map(foundTeamMember)
		: members.filter(({ active: isActive, confirmed }) => isActive !== false && confirmed !== false).map(foundBusinessMember);
	const withRole = active.find((member) => sameRole(member.role, role));
	if (active.length > 0) return { kind: 'member', hasRole: withRole !== undefined, member: withRole ?? active[0] };
	// Checked before 'inactive', because FreshBooks may list an invited person as an inactive team member until they accept.
	if (isInvited) return { kind: 'invited' };
	if (team.length > 0) return { kind: 'inactive', member: foundTeamMember(team[0]) };
	const unconfirmed = members.find(({ active: isActive }) => isActive !== false);
	if (unconfirmed) return { kind: 'unconfirmed', member: foundBusinessMember(unconfirmed) };
	return members.length > 0 ? { kind: 'inactive', member: foundBusinessMember(members[0]) } : { kind: 'unknown' };
}

/** Pending invitations, the one to keep first: wanted role, then lowest ID. */
function inOrder(invitations: Invitation[], role: string): Invitation[] {
	const rank = (invitation: Invitation): number => (sameRole(invitation.role, role) ? 0 : 1);
	return [...invitations].sort((one, other) => rank(one) - rank(other) || (one.id ?? Infinity) - (other.id ?? Infinity));
}

/** The result of reducing several pending invitations to one. */
interface Kept {
	/** The remaining invitation; undefined if the lists show none. */
	invitation: Invitation | undefined;
	/** IDs of the revoked invitations. */
	revoked: number[];
	/** The person's rows in the last reading. */
	presence?: Presence;
	/** Why it is unknown whether one remains. */
	problem?: FreshBooksError;
}

/** Returns whether this run revoked it, including by a try whose response was lost. */
async function revokeIfThere(session: Session, { businessId, email }: Hire, id: number): Promise<boolean> {
	return await revokeInvitation(session.client, businessId, id).then(
		() => {
			session.writes.noteRevoked(businessId, id, email);
			return true;
		},
		// Another run revoked it, or it was accepted. The next reading shows which.
		(error: unknown) => (isAbsent(error) ? failureOf(error)?.afterUnclearTry === true : Promise.reject(error)),
	);
}

function tooMany({ email, businessId }: Hire): FreshBooksError {
	return refusal(
		`More than one invitation of ${email} to business ${businessId} is pending, and FreshBooks keeps listing those that were revoked`,
		'Run it again in a minute: it keeps one and revokes the others.',
	);
}

/** Reads the lists again and returns the person's rows. Throws FreshBooksError if a needed list was not read completely. */
async function readAgain(session: Session, { businessId }: Hire, person: Person): Promise<Presence> {
	const lists = await session.listsAgain(businessId);
	const presence = presenceIn(lists, personBy(person, lists));
	const undecided = undecidedFor(lists, presence);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	return presence;
}

/**
 * Keeps one pending invitation and revokes the others, until a reading shows at most one. `expected` is an invitation that was
 * just created: FreshBooks' list gets 15 seconds to show it, or to show the person as a team member. An error is returned as
 * `problem`, because invitations may have been revoked before it. Throws only errors that end the run.
 */
async function keepOne(session: Session, hire: Hire, person: Person, expected?: Invitation): Promise<Kept> {
	const revoked: number[] = [];
	return await keepOneOf(session, hire, person, revoked, expected).catch((error: unknown) => {
		if (!isFreshBooksError(error) || endsTheRun(error)) throw error;
		return { invitation: undefined, revoked, problem: error };
	});
}

async function keepOneOf(session: Session, hire: Hire, person: Person, revoked: number[], expected?: Invitation): Promise<Kept> {
	const tried = new Set<number>();
	let waits = 0;
	for (let reading = 1; reading <= MAX_READINGS; reading++) {
		const presence = await readAgain(session, hire, person);
		const [kept, ...others] = inOrder(presence.invitations, hire.role);
		const untried = others.flatMap(({ id }) => (id === null || tried.has(id) ? [] : [id]));
		for (const id of untried) {
			tried.add(id);
			if (await revokeIfThere(session, hire, id)) revoked.push(id);
		}
		if (untried.length > 0) continue;
		const isMissing = expected !== undefined && kept === undefined && !hasJoined(presence);
		const isSettled = others.length === 0 && !isMissing;
		if (isSettled || (others.length === 0 && waits === VERIFYING_PAUSES_MS.length)) return { invitation: kept, revoked, presence };
		if (waits === VERIFYING_PAUSES_MS.length) break;
		await session.client.pause(VERIFYING_PAUSES_MS[waits++]);
	}
	throw tooMany(hire);
}

function describeInvitation({ id, role, status, invitedAt: listed }: Invitation, hire: Hire, now: number): IDataObject {
	const invitedAt = listed ?? hire.invitedAt;
	return { id, role, status: status ?? 'pending', invitedAt, ageDays: ageInDays(invitedAt, now) };
}

function answer(hire: Hire, status: string, message: string, details: IDataObject): IDataObject {
	return { status, message, email: hire.email, businessId: hire.businessId, role: hire.role, ...details };
}

function withRevoked(details: IDataObject, revoked: number[]): IDataObject {
	return revoked.length === 0 ? details : { ...details, revokedDuplicates: revoked };
}

function waiting(hire: Hire, invitation: Invitation, revoked: number[]): IDataObject {
	const described = describeInvitation(invitation, hire, Date.now());
	const status = hire.waitForAcceptance ? 'pending' : 'alreadyInvited';
	const since = typeof described.ageDays === 'number' && described.ageDays > 0 ? ` for ${plural(described.ageDays, 'day', 'days')}` : '';
	const other = invitation.role === null || sameRole(invitation.role, hire.role) ? '' : ` as ${roleTitle(invitation.role)}, not ${roleTitle(hire.role)}`;
	const message = `${hire.email} has a pending invitation${other} and has not accepted it${since}; no further invitation was sent.`;
	return answer(hire, status, message, withRevoked({ invitation: described }, revoked));
}

async function sendInvitation(session: Session, hire: Hire, person: Person, seats: Seats | undefined): Promise<IDataObject> {
	const { businessId, email, role } = hire;
	const sent = await inviteOnce(session, { businessId, email, role, endpoint: 'businessInvitations' });
	if (sent.state === 'ended' && sent.status?.toLowerCase() !== 'accepted') {
		throw refusal(`FreshBooks answered with an invitation of ${email} that is ${sent.status ?? 'ended'}`, 'It may not have sent an email. Look at the invitations in FreshBooks, and run it again.');
	}
	if (sent.state === 'ended') {
		return answer(hire, 'alreadyMember', `${email} was invited and has accepted already.`, { invitation: describeInvitation(sent, hire, Date.now()) });
	}
	const { invitation = sent, revoked, presence, problem, isListed } = await keepOne(session, hire, person, sent).then((kept) => ({ ...kept, isListed: kept.invitation !== undefined }));
	const now = Date.now();
	const described = describeInvitation(invitation, { ...hire, invitedAt: hire.invitedAt ?? new Date(now).toISOString() }, now);
	const isMember = presence !== undefined && hasJoined(presence);
	const verified = isListed || isMember;
	const doubt = problem ? reasonOf(problem) : 'FreshBooks does not list the invitation';
	const message = isMember
		? isListed
			? `${email} was invited and is already a team member. They also have a pending invitation.`
			: `${email} was invited and is already a team member.`
		: verified
			? `${email} was invited; FreshBooks sent an email that the person must accept.${seatWarning(seats)}`
			: `${email} was invited, but it could not be verified: ${doubt}. Run it again to make sure.`;
	return answer(hire, 'invited', message, withRevoked({ invitation: described, verified, ...(seats ? { seats: { ...seats } } : {}) }, revoked));
}

/** Reduces several invitations to one. If it cannot verify that, throws FreshBooksError that names the revoked ones. */
async function keepOneVerified(session: Session, hire: Hire, person: Person): Promise<Kept> {
	const kept = await keepOne(session, hire, person);
	const { problem, revoked } = kept;
	if (problem === undefined) return kept;
	if (revoked.length === 0) throw problem;
	throw refusal(`It could not be verified that one invitation of ${hire.email} is left: ${reasonOf(problem)}`, `Invitation ${revoked.join(', ')} was revoked before that. Run it again to make sure.`, {
		revokedDuplicates: revoked,
	});
}

/** The person's row in the members list, which a change of role needs. Throws FreshBooksError if there is none or several. */
function memberRow(hire: Hire, member: FoundMember, presence: Presence, lists: BusinessLists): LocatedMember['member'] {
	const rows = [...presence.members, ...presence.elsewhere.members].filter((row): row is BusinessMember & { id: number } => row.id !== null);
	const index = new PeopleIndex([member]);
	const matching = rows.filter((row) => row.id === member.memberId || index.has(row));
	if (matching.length === 1) return matching[0];
	if (lists.businessMembers.state === 'notOffered' && lists.businessMembers.error) throw lists.businessMembers.error;
	throw refusal(
		matching.length === 0
			? `${hire.email} has no whole-number ID in business ${hire.businessId}, without which FreshBooks changes no role`
			: `${hire.email} is listed ${matching.length} times among the business members of business ${hire.businessId}`,
		'Nothing was changed. Change the role in FreshBooks under Team Members.',
	);
}

async function alreadyMember(session: Session, hire: Hire, { member, hasRole }: AccessState & { kind: 'member' }, located: Omit<LocatedMember, 'member'>): Promise<IDataObject> {
	const { presence, lists } = located;
	const { email, role } = hire;
	const [pending] = inOrder(presence.invitations, role);
	const details: IDataObject = { member: { ...member }, ...(pending ? { invitation: describeInvitation(pending, hire, Date.now()) } : {}) };
	const address = member.email !== null && addressKey(member.email) !== addressKey(email) ? ` under the address ${member.email}` : '';
	const also = pending ? ' They also have a pending invitation.' : '';
	if (hasRole) return answer(hire, 'alreadyMember', `${email} is already a team member${address} with the role ${roleTitle(member.role ?? role)}.${also}`, details);
	const roles = `${member.role === null ? 'an unknown role' : roleTitle(member.role)}, not ${roleTitle(role)}`;
	if (!hire.updateRole) {
		const seat = isSeatlessRole(member.role) ? ' They have no seat and cannot log in until they are invited or given a role.' : '';
		const message = `${email} is a team member${address} as ${roles}; nothing was changed (option 'Update Role' is off).${seat}${also}`;
		return answer(hire, 'roleDiffers', message, { ...details, previousRole: member.role, roleUpdated: false });
	}
	await refuseOwner(session, presence, email, hire.businessId);
	await refuseConnectedUser(session, located.person, email, 'and cannot change their own role here');
	const found: LocatedMember = { ...located, member: memberRow(hire, member, presence, lists) };
	await changeRole(session, hire.businessId, found, { role });
	const message = `${email} was a team member${address} as ${roles}; the role was changed.${also}`;
	return answer(hire, 'roleDiffers', message, { ...details, previousRole: member.role, roleUpdated: true });
}

/**
 * Invites an address to a business, or returns the person's existing access. Throws FreshBooksError if a needed list was not
 * read completely (nothing is sent then), or if inviting or changing a role fails.
 */
export async function onboard(session: Session, hire: Hire): Promise<IDataObject> {
	const { businessId, email, role } = hire;
	const seatLimit = await seatLimitOf(session, businessId);
	const lists = await session.lists(businessId);
	const person = session.personOf([email], [], [lists]);
	const presence = presenceIn(lists, person);
	const undecided = undecidedFor(lists, presence);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	// Without this list nobody can verify that one invitation remains.
	if (lists.invitations.state === 'notOffered' && lists.invitations.error) throw lists.invitations.error;
	const state = accessStateOf(presence, role);
	switch (state.kind) {
		case 'member':
			return await alreadyMember(session, hire, state, { person, presence, lists });
		case 'unconfirmed':
			return answer(hire, hire.waitForAcceptance ? 'pending' : 'alreadyMember', `${email} is listed as a team member who has not confirmed the address yet; nothing was sent.`, {
				member: { ...state.member },
			});
		case 'inactive':
			return answer(hire, 'inactiveMember', `${email} is a deactivated team member; reactivate them in FreshBooks under Team Members. No invitation was sent.`, {
				member: { ...state.member },
			});
		case 'unknown':
			return await sendInvitation(session, hire, person, seatsIn(seatLimit, lists));
		case 'invited': {
			const kept: Kept = presence.invitations.length > 1 ? await keepOneVerified(session, hire, person) : { invitation: presence.invitations[0], revoked: [] };
			if (kept.invitation) return waiting(hire, kept.invitation, kept.revoked);
			const revoked = kept.revoked.length === 0 ? '' : ` Invitation ${kept.revoked.join(', ')} was revoked before that.`;
			throw refusal(
				`The invitation of ${email} to business ${businessId} was accepted or revoked while the node worked on it`,
				`No invitation was sent.${revoked} Run it again to see which.`,
				revoked === '' ? undefined : { revokedDuplicates: kept.revoked },
			);
		}
	}
}
