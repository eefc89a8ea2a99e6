import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { TeamMember } from '../api/teamMembers';
import type { FreshBooksError } from '../client/errors';
import { addressKey, sameAddress } from '../client/identifiers';
import { PeopleIndex } from './peopleIndex';
import type { BusinessLists } from './businessLists';

/**
 * The changes that this execution made. FreshBooks' lists lag behind, so later items about the same person need them for their
 * decisions. Whether something is gone is decided by FreshBooks' lists alone.
 */

/** A removed member, and the UUIDs that the published list showed for them. */
export interface RemovedMember {
	member: BusinessMember;
	uuids: string[];
}

interface RoleChange {
	member: BusinessMember;
	role: string;
}

class BusinessWrites {
	/** Sent invitations, by `addressKey`. */
	readonly invited = new Map<string, Invitation>();

	/** Why it is unknown whether an address was invited. */
	readonly unsettled = new Map<string, FreshBooksError>();

	/** Revoked invitations: ID and address. */
	readonly revoked = new Map<number, string | null>();

	readonly removed = new Map<number, RemovedMember>();

	readonly roles = new Map<number, RoleChange>();

	/** Members whose removal FreshBooks accepted, even if its lists still show them. */
	readonly acceptedRemovals = new Map<number, BusinessMember>();

	/** Invitations (ID and address) whose revocation FreshBooks accepted, even if its lists still show them. */
	readonly acceptedRevocations = new Map<number, string | null>();
}

export class Writes {
	private readonly businesses = new Map<number, BusinessWrites>();

	private of(businessId: number): BusinessWrites {
		const known = this.businesses.get(businessId) ?? new BusinessWrites();
		this.businesses.set(businessId, known);
		return known;
	}

	/** An address was invited. */
	noteInvited(businessId: number, email: string, invitation: Invitation): void {
		this.of(businessId).invited.set(addressKey(email), { ...invitation, email: invitation.email ?? email });
		this.of(businessId).unsettled.delete(addressKey(email));
	}

	/** It is unknown whether an address was invited. `error` is the reason. */
	noteUnsettled(businessId: number, email: string, error: FreshBooksError): void {
		this.of(businessId).unsettled.set(addressKey(email), error);
	}

	noteRevoked(businessId: number, invitationId: number, email: string | null): void {
		this.of(businessId).revoked.set(invitationId, email);
		this.of(businessId).acceptedRevocations.set(invitationId, email);
		for (const [key, { id }] of this.of(businessId).invited) if (id === invitationId) this.of(businessId).invited.delete(key);
	}

	/** FreshBooks accepted a removal or revocation but still shows access: use its lists unchanged again. */
	forgetRemoval(businessId: number, kind: 'invitation' | 'member', id: number): void {
		if (kind === 'member') this.of(businessId).removed.delete(id);
		else this.of(businessId).revoked.delete(id);
	}

	noteRemoved(businessId: number, member: BusinessMember, uuids: string[]): void {
		if (member.id === null) return;
		this.of(businessId).acceptedRemovals.set(member.id, member);
		this.of(businessId).removed.set(member.id, { member, uuids });
	}

	noteRole(businessId: number, member: BusinessMember, role: string): void {
		if (member.id !== null) this.of(businessId).roles.set(member.id, { member, role });
	}

	/** The invitation that this execution sent to an address and did not revoke. */
	invitedHere(businessId: number, email: string): Invitation | undefined {
		return this.of(businessId).invited.get(addressKey(email));
	}

	unsettledHere(businessId: number, email: string): FreshBooksError | undefined {
		return this.of(businessId).unsettled.get(addressKey(email));
	}

	/** The members that this execution removed, by whole-number ID. */
	removedHere(businessId: number): ReadonlyMap<number, RemovedMember> {
		return this.of(businessId).removed;
	}

	/** Members whose removal FreshBooks accepted in this execution. They do not count as owners, even if lists still show them. */
	acceptedRemovals(businessId: number): PeopleIndex {
		return new PeopleIndex([...this.of(businessId).acceptedRemovals.values()]);
	}

	/** Whether FreshBooks accepted the removal of a member, or the revocation of an invitation, in this execution. */
	wasAccepted(businessId: number, kind: 'invitation' | 'member', id: number): boolean {
		const { acceptedRemovals, acceptedRevocations } = this.of(businessId);
		return kind === 'invitation' ? acceptedRevocations.has(id) : acceptedRemovals.has(id);
	}

	/** What FreshBooks accepted in this execution: removed members, and revoked invitations (ID and address). */
	accepted(businessId: number): { removals: BusinessMember[]; revocations: ReadonlyMap<number, string | null> } {
		const { acceptedRemovals, acceptedRevocations } = this.of(businessId);
		return { removals: [...acceptedRemovals.values()], revocations: acceptedRevocations };
	}

	revokedHere(businessId: number): ReadonlyMap<number, string | null> {
		return this.of(businessId).revoked;
	}

	/** The lists with the changes of this execution, as FreshBooks will show them later. */
	appliedTo(businessId: number, lists: BusinessLists): BusinessLists {
		const { invited, revoked, removed, roles } = this.of(businessId);
		return {
			invitations: { ...lists.invitations, rows: withInvitations(lists, [...invited.values()], revoked) },
			teamMembers: { ...lists.teamMembers, rows: withRoles(withoutRemoved(lists, removed), [...roles.values()]) },
			businessMembers: {
				...lists.businessMembers,
				rows: lists.businessMembers.rows
					.filter(({ id }) => id === null || !removed.has(id))
					.map((row) => (row.id !== null && roles.has(row.id) ? { ...row, role: roles.get(row.id)?.role ?? row.role } : row)),
			},
		};
	}
}

/** Adds the sent invitations that the lists do not show yet, unless the person has joined. */
function withInvitations({ invitations, teamMembers }: BusinessLists, sent: Invitation[], revoked: ReadonlyMap<number, unknown>): Invitation[] {
	const rows = invitations.rows.filter(({ id }) => id === null || !revoked.has(id));
	if (sent.length === 0) return rows;
	const joined = new PeopleIndex(teamMembers.rows.filter(({ active, identityId }) => active !== false && identityId !== null).map(({ email }) => ({ email, identityId: null })));
	const isKnown = ({ id, email }: Invitation): boolean =>
		rows.some((row) => (id !== null && row.id === id) || (row.state !== 'ended' && sameAddress(row.email, email))) || joined.has({ email, identityId: null });
	return [...rows, ...sent.filter((invitation) => !isKnown(invitation))];
}

/** Drops people from the published list, which has no whole-number IDs, once all their rows of the members list were removed. */
function withoutRemoved({ teamMembers, businessMembers }: BusinessLists, removed: ReadonlyMap<number, RemovedMember>): TeamMember[] {
	if (removed.size === 0) return teamMembers.rows;
	const gone = new PeopleIndex([...removed.values()].map(({ member }) => member));
	const left = new PeopleIndex(businessMembers.rows.filter(({ id }) => id === null || !removed.has(id)));
	return teamMembers.rows.filter((row) => !gone.has(row) || left.has(row));
}

function withRoles(rows: TeamMember[], changes: RoleChange[]): TeamMember[] {
	if (changes.length === 0) return rows;
	return rows.map((row) => ({ ...row, role: changes.find(({ member }) => new PeopleIndex([member]).has(row))?.role ?? row.role }));
}
