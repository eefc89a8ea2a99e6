import { acceptedSince } from './compare';
import type { ListedInvitation, PendingInvitation, Person } from './person';
import { addressOf } from './person';

/** An invitation the trigger has seen pending, and what it remembers of it. */
export interface KnownInvitation {
	invitation: PendingInvitation;
	/** What event IDs name it by. */
	subject: string;
	/** When it was sent or, where FreshBooks does not say it, first seen; never before the baseline. ISO. */
	since: string;
	/** Its address had joined already when it was first seen: being a member proves no acceptance. */
	wasMember: boolean;
	/** Nothing is left to report of it. */
	settled: boolean;
	/**
	 * In how many complete lists in a row it was neither pending nor a member; 1 where it is settled and no longer pending, see
	 * {@link keepForOneMoreList}.
	 */
	missed: number;
}

/** Somebody listed with the address of an invitation. */
export interface Member {
	person: Person;
	hasJoined: boolean;
	/** Joined since the last poll, as their row or their acceptance date says. */
	joinedNow: boolean;
	/** Their acceptance date came with this poll. */
	acceptedByDate: boolean;
}

/** What the members say about invitations. */
export interface Membership {
	/** By address. */
	members: ReadonlyMap<string, Member>;
	/** Addresses of which this poll cannot say whether they are members. */
	undecided: ReadonlySet<string>;
}

/** A second look at both lists, taken after the first; addresses as `addressOf` gives them. */
export interface SecondLook {
	/** Whether it says who is not there; who is there it says in any case. */
	isComplete: boolean;
	pendingIds: ReadonlySet<string>;
	memberAddresses: ReadonlySet<string>;
}

export interface InvitationChanges {
	known: KnownInvitation[];
	created: KnownInvitation[];
	revoked: KnownInvitation[];
	accepted: Array<{ invitation: PendingInvitation; person: Person }>;
}

function addressKeyOf({ invitation }: KnownInvitation): string {
	return addressOf(invitation) ?? '';
}

/** What is remembered of an invitation seen for the first time. Whose membership is undecided was a member until now. */
export function firstSight(listed: ListedInvitation, subject: string, { members, undecided }: Membership, { now, baselineAt }: { now: string; baselineAt: string }): KnownInvitation {
	const { id, email, role, status, invitedAt } = listed;
	const member = members.get(addressOf(listed) ?? '');
	const wasMember = undecided.has(addressOf(listed) ?? '') || (member !== undefined && member.hasJoined && !member.joinedNow);
	const isOlder = invitedAt !== null && Date.parse(invitedAt) < Date.parse(baselineAt);
	return { invitation: { id, email, role, status }, subject, since: isOlder ? baselineAt : (invitedAt ?? now), wasMember, settled: false, missed: 0 };
}

/** IDs of the invitations that are pending; of a known one an unknown status does not say that it is over. */
export function pendingIdsOf(listed: readonly ListedInvitation[], known: readonly KnownInvitation[]): Set<string> {
	const knownIds = new Set(known.map(({ invitation }) => invitation.id));
	return new Set(listed.filter(({ id, state }) => state === 'pending' || (state === 'unknown' && knownIds.has(id))).map(({ id }) => id));
}

/** Whether nothing shows any more where an invitation went: neither pending nor a member. */
export function mayBeRevoked(entry: KnownInvitation, pendingIds: ReadonlySet<string>, { members, undecided }: Membership): boolean {
	const address = addressKeyOf(entry);
	return !entry.settled && !pendingIds.has(entry.invitation.id) && !members.has(address) && !undecided.has(address);
}

/**
 * Follows the known invitations through one poll.
 *
 * - Accepted: the address became a member and the invitation is over, or the person's acceptance date came, whichever is seen first.
 *   The other is then no news, nor are more invitations to the same address.
 * - Revoked: neither pending nor a member, in two complete looks in a row, of which `secondLook` may be one.
 * - Neither: an invitation that ends while its address was a member all along. It may have been withdrawn or accepted; the
 *   acceptance date will say so of the latter. One whose address is listed but has not joined waits for either.
 */
export function followInvitations(
	known: readonly KnownInvitation[],
	listed: readonly ListedInvitation[],
	membership: Membership,
	secondLook: SecondLook | undefined,
	firstSightOf: (invitation: ListedInvitation) => KnownInvitation,
): InvitationChanges {
	const changes: InvitationChanges = { known: [], created: [], revoked: [], accepted: [] };
	const pendingIds = pendingIdsOf(listed, known);
	const knownIds = new Set(known.map(({ invitation }) => invitation.id));
	for (const row of listed) {
		if (row.state === 'pending' && !knownIds.has(row.id)) changes.created.push(firstSightOf(row));
	}
	const rows = new Map(listed.map((row) => [row.id, row]));
	for (const entry of [...known, ...changes.created]) {
		const row = rows.get(entry.invitation.id);
		const isPending = pendingIds.has(entry.invitation.id);
		const current = row === undefined || !isPending ? entry : { ...entry, invitation: withRow(entry.invitation, row) };
		if (isPending) followPending(current, changes, membership);
		else followOver(current, changes, membership, secondLook);
	}
	changes.known = settledWith(changes);
	return changes;
}

/** The invitations where they could not be listed: only acceptances by date are seen. */
export function followWithoutList(known: readonly KnownInvitation[], { members }: Membership): InvitationChanges {
	const changes: InvitationChanges = { known: [...known], created: [], revoked: [], accepted: [] };
	for (const entry of known) {
		const member = members.get(addressKeyOf(entry));
		if (member?.acceptedByDate && !entry.settled) accept(entry, member, changes);
	}
	changes.known = settledWith(changes);
	return changes;
}

function withRow(invitation: PendingInvitation, { id, email, role, status }: ListedInvitation): PendingInvitation {
	return { id, email: email ?? invitation.email, role: role ?? invitation.role, status: status ?? invitation.status };
}

/** Every invitation to somebody who has accepted one is settled: one acceptance is one event. */
function settledWith({ known, accepted }: InvitationChanges): KnownInvitation[] {
	const addresses = new Set(accepted.map(({ invitation }) => addressOf(invitation)));
	return known.map((entry) => (addresses.has(addressKeyOf(entry)) ? { ...entry, settled: true } : entry));
}

function followPending(entry: KnownInvitation, changes: InvitationChanges, { members, undecided }: Membership): void {
	const address = addressKeyOf(entry);
	const member = members.get(address);
	if (member !== undefined && !entry.settled) {
		const cameByDate = member.joinedNow && acceptedSince(null, member.person.invitationAcceptedAt, [entry.since]);
		if (member.acceptedByDate || cameByDate) accept(entry, member, changes);
	}
	const mayBeMember = member !== undefined || undecided.has(address);
	// Whoever accepted another invitation, and left, may accept this one.
	changes.known.push({ ...entry, wasMember: entry.wasMember && mayBeMember, settled: entry.settled && mayBeMember, missed: 0 });
}

function followOver(entry: KnownInvitation, changes: InvitationChanges, { members, undecided }: Membership, secondLook: SecondLook | undefined): void {
	const address = addressKeyOf(entry);
	const member = members.get(address);
	if (entry.settled) keepForOneMoreList(entry, changes, secondLook);
	else if (member?.hasJoined) {
		if (member.joinedNow || !entry.wasMember) accept(entry, member, changes);
		keepForOneMoreList({ ...entry, settled: true }, changes, secondLook);
	} else if (member !== undefined || undecided.has(address)) changes.known.push({ ...entry, missed: 0 });
	else followAbsent(entry, address, changes, secondLook);
}

/** A list may leave out an invitation that is pending, or still show one that is over: neither makes it a new one. */
function keepForOneMoreList(entry: KnownInvitation, changes: InvitationChanges, secondLook: SecondLook | undefined): void {
	if (secondLook?.pendingIds.has(entry.invitation.id)) changes.known.push({ ...entry, missed: 0 });
	else if (entry.missed === 0) changes.known.push({ ...entry, missed: 1 });
}

function followAbsent(entry: KnownInvitation, address: string, changes: InvitationChanges, secondLook: SecondLook | undefined): void {
	const isThere = secondLook?.pendingIds.has(entry.invitation.id) || secondLook?.memberAddresses.has(address);
	const missed = isThere ? 0 : entry.missed + (secondLook?.isComplete ? 2 : 1);
	if (missed > 1) changes.revoked.push({ ...entry, missed: 0 });
	else changes.known.push({ ...entry, missed });
}

function accept({ invitation }: KnownInvitation, { person }: Member, changes: InvitationChanges): void {
	if (changes.accepted.some((other) => other.person.id === person.id)) return;
	changes.accepted.push({ invitation, person });
}
