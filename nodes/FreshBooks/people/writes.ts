import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { TeamMember } from '../api/teamMembers';
import type { FreshBooksError } from '../client/errors';
import { addressKey, sameAddress } from '../client/identifiers';
import { PeopleIndex } from './peopleIndex';
import type { BusinessLists } from './businessLists';

/**
 * What this execution changed, so that a later item about the same person meets it although FreshBooks' lists lag behind.
 * For decisions only: whether something is gone is judged by the lists as FreshBooks gives them.
 */

/** A removed member, with the UUIDs that the published list showed them under. */
export interface RemovedMember {
	member: BusinessMember;
	uuids: string[];
}

interface RoleChange {
	member: BusinessMember;
	role: string;
}

class BusinessWrites {
	/** Sent invitations, by address. */
	readonly invited = new Map<string, Invitation>();

	/** Why it is not known whether an address was invited. */
	readonly unsettled = new Map<string, FreshBooksError>();

	/** Revoked invitations, with the address each was to. */
	readonly revoked = new Map<number, string | null>();

	readonly removed = new Map<number, RemovedMember>();

	readonly roles = new Map<number, RoleChange>();

	/** Everybody whose removal FreshBooks accepted, whatever its lists showed afterwards. */
	readonly acceptedRemovals = new Map<number, BusinessMember>();

	/** Invitations whose revocation FreshBooks accepted, whatever its lists showed afterwards, with the address each was to. */
	readonly acceptedRevocations = new Map<number, string | null>();
}

export class Writes {
	private readonly businesses = new Map<number, BusinessWrites>();

	private of(businessId: number): BusinessWrites {
		const known = this.businesses.get(businessId) ?? new BusinessWrites();
		this.businesses.set(businessId, known);
		return known;
	}

	/** An invitation was made for an address. */
	noteInvited(businessId: number, email: string, invitation: Invitation): void {
		this.of(businessId).invited.set(addressKey(email), { ...invitation, email: invitation.email ?? email });
		this.of(businessId).unsettled.delete(addressKey(email));
	}

	/** It is not known whether an address was invited; the error says why. */
	noteUnsettled(businessId: number, email: string, error: FreshBooksError): void {
		this.of(businessId).unsettled.set(addressKey(email), error);
	}

	noteRevoked(businessId: number, invitationId: number, email: string | null): void {
		this.of(businessId).revoked.set(invitationId, email);
		this.of(businessId).acceptedRevocations.set(invitationId, email);
		for (const [key, { id }] of this.of(businessId).invited) if (id === invitationId) this.of(businessId).invited.delete(key);
	}

	/** FreshBooks still shows access after a removal or revocation that it accepted: the lists count again, as they are. */
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

	/** The invitation that this execution made for an address and did not revoke. */
	invitedHere(businessId: number, email: string): Invitation | undefined {
		return this.of(businessId).invited.get(addressKey(email));
	}

	unsettledHere(businessId: number, email: string): FreshBooksError | undefined {
		return this.of(businessId).unsettled.get(addressKey(email));
	}

	/** Whole-number IDs that this execution removed, with the rows they had. */
	removedHere(businessId: number): ReadonlyMap<number, RemovedMember> {
		return this.of(businessId).removed;
	}

	/** Everybody whose removal FreshBooks accepted in this execution: no owner to count on, although lists may still show them. */
	acceptedRemovals(businessId: number): PeopleIndex {
		return new PeopleIndex([...this.of(businessId).acceptedRemovals.values()]);
	}

	/** Whether FreshBooks accepted the removal of a member, or the revocation of an invitation, in this execution. */
	wasAccepted(businessId: number, kind: 'invitation' | 'member', id: number): boolean {
		const { acceptedRemovals, acceptedRevocations } = this.of(businessId);
		return kind === 'invitation' ? acceptedRevocations.has(id) : acceptedRemovals.has(id);
	}

	/** What FreshBooks accepted in this execution: members removed, and invitations revoked with the address each was to. */
	accepted(businessId: number): { removals: BusinessMember[]; revocations: ReadonlyMap<number, string | null> } {
		const { acceptedRemovals, acceptedRevocations } = this.of(businessId);
		return { removals: [...acceptedRemovals.values()], revocations: acceptedRevocations };
	}

	revokedHere(businessId: number): ReadonlyMap<number, string | null> {
		return this.of(businessId).revoked;
	}

	/** The lists as they are once FreshBooks has caught up with what this execution did. */
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

/** An invitation made here counts as pending until the lists show it, or show that the person joined. */
function withInvitations({ invitations, teamMembers }: BusinessLists, made: Invitation[], revoked: ReadonlyMap<number, unknown>): Invitation[] {
	const rows = invitations.rows.filter(({ id }) => id === null || !revoked.has(id));
	if (made.length === 0) return rows;
	const joined = new PeopleIndex(teamMembers.rows.filter(({ active, identityId }) => active !== false && identityId !== null).map(({ email }) => ({ email, identityId: null })));
	const isKnown = ({ id, email }: Invitation): boolean =>
		rows.some((row) => (id !== null && row.id === id) || (row.state !== 'ended' && sameAddress(row.email, email))) || joined.has({ email, identityId: null });
	return [...rows, ...made.filter((invitation) => !isKnown(invitation))];
}

/** The published list shows no whole-number ID: somebody is gone from it when all their rows by whole number were removed. */
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
