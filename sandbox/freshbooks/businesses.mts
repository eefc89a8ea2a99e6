import type { Business, Invitation, Member } from './types.mts';

/** A business without people. */
export function emptyBusiness(basics: Pick<Business, 'id' | 'uuid' | 'name' | 'accountId'>): Business {
	return {
		...basics, clientAccountId: null, listable: true, active: true, membership: null, members: [],
		membersByUuid: new Map(), membersById: new Map(), membersByFormerUuid: new Map(), invitations: [], staff: [], staffById: new Map(), projects: [], timeEntries: [], version: 0,
	};
}

export function indexMember(business: Business, member: Member, position = business.members.length): void {
	if (position === business.members.length) business.members.push(member);
	else business.members.splice(position, 0, member);
	business.membersByUuid.set(member.uuid, member);
	business.membersById.set(member.memberId, member);
	business.version += 1;
}

export function unindexMember(business: Business, member: Member): void {
	business.members.splice(business.members.indexOf(member), 1);
	business.membersByUuid.delete(member.uuid);
	business.membersById.delete(member.memberId);
	business.version += 1;
}

/** Removes a member completely: none of their UUIDs, present or former, answers any more. */
export function forgetMember(business: Business, member: Member): void {
	unindexMember(business, member);
	for (const [uuid, { memberId }] of business.membersByFormerUuid) if (memberId === member.memberId) business.membersByFormerUuid.delete(uuid);
}

/** The member with this uuid, whole-number ID or address. */
export function findMember(business: Business, reference: string): Member | undefined {
	const direct = business.membersByUuid.get(reference) ?? business.membersById.get(Number(reference));
	return direct ?? business.members.find((member) => sameAddress(member.email, reference));
}

/** The invitation with this id, or the first pending one of this address. */
export function findInvitation(business: Business, reference: string): Invitation | undefined {
	const byId = business.invitations.find((invitation) => invitation.id === Number(reference));
	return byId ?? pendingInvitations(business).find((invitation) => sameAddress(invitation.email, reference));
}

/** The invitations that lists show: the pending ones. */
export function pendingInvitations({ invitations }: { invitations: readonly Invitation[] }): Invitation[] {
	return invitations.filter((invitation) => invitation.status === 'pending');
}

export function sameAddress(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

interface ActiveView { version: number; active: readonly Member[]; inactive: readonly Member[] }
const views = new WeakMap<Business, ActiveView>();

/** The members that are active (or not), filtered once for each version of the business. */
export function membersByActivity(business: Business, active: boolean): readonly Member[] {
	let view = views.get(business);
	if (view?.version !== business.version) {
		const isActive = business.members.filter((member) => member.active);
		const inactive = business.members.filter((member) => !member.active);
		view = { version: business.version, active: isActive, inactive };
		views.set(business, view);
	}
	return active ? view.active : view.inactive;
}
