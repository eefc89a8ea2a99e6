import { acceptedSince } from './compare';
import type { ListedInvitation, PendingInvitation, Person } from './person';
import { addressOf } from './person';

/** An invitation that was listed as pending, and what the trigger remembers of it. */
export interface KnownInvitation {
	invitation: PendingInvitation;
	/** Its name in event IDs. */
	subject: string;
	/** When it was sent or, where FreshBooks gives no date, first listed; never before the baseline. ISO. */
	since: string;
	/** Its address was a member when it was first listed, so membership does not prove an acceptance. */
	wasMember: boolean;
	/** Everything about it was reported. */
	settled: boolean;
	/**
	 * In how many complete lists in a row it was neither pending nor a member. 1 where it is settled and no longer pending, see
	 * {@link keepForOneMoreList}.
	 */
	missed: number;
}

/** A listed person with the address of an invitation. */
export interface Member {
	person: Person;
	hasJoined: boolean;
	/** Joined since the last poll, by their row or their acceptance date. */
	joinedNow: boolean;
	/** This poll is the first to show their acceptance date. */
	acceptedByDate: boolean;
}

/** What the list of people shows about invitations. */
export interface Membership {
	/** By address. */
	members: ReadonlyMap<string, Member>;
	/** Addresses of which this poll cannot say whether they are members. */
	undecided: ReadonlySet<string>;
}

/** A second reading of both lists; addresses as `addressOf` gives them. */
export interface SecondReading {
	/** Whether it proves who is not there. It proves who is there in any case. */
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

/** What is remembered of an invitation that is listed for the first time. A person whose membership is undecided counts as a member until now. */
export function newlyListed(listed: ListedInvitation, subject: string, { members, undecided }: Membership, { now, baselineAt }: { now: string; baselineAt: string }): KnownInvitation {
	const { id, email, role, status, invitedAt } = listed;
	const member = members.get(addressOf(listed) ?? '');
	const wasMember = undecided.has(addressOf(listed) ?? '') || (member !== undefined && member.hasJoined && !member.joinedNow);
	const isOlder = invitedAt !== null && Date.parse(invitedAt) < Date.parse(baselineAt);
	return { invitation: { id, email, role, status }, subject, since: isOlder ? baselineAt : (invitedAt ?? now), wasMember, settled: false, missed: 0 };
}

/** IDs of the pending invitations. An unknown status does not end a known invitation. */
export function pendingIdsOf(listed: readonly ListedInvitation[], known: readonly KnownInvitation[]): Set<string> {
	const knownIds = new Set(known.map(({ invitation }) => invitation.id));
	return new Set(listed.filter(({ id, state }) => state === 'pending' || (state === 'unknown' && knownIds.has(id))).map(({ id }) => id));
}

/** Whether an invitation may have been revoked: it is not pending, and its address is not a member. */
export function mayBeRevoked(entry: KnownInvitation, pendingIds: ReadonlySet<string>, { members, undecided }: Membership): boolean {
	const address = addressKeyOf(entry);
	return !entry.settled && !pendingIds.has(entry.invitation.id) && !members.has(address) && !undecided.has(address);
}

/**
 * Compares the known invitations with the lists of one poll.
 *
 * - Accepted: the address became a member and the invitation ended, or the person's acceptance date appeared, whichever is found
 *   first. The other one then gives no event, and neither do more invitations to the same address.
 * - Revoked: neither pending nor a member in two complete readings in a row, of which `secondReading` may be one.
 * - Neither: an invitation that ends while its address was a member all the time. It may have been revoked or accepted; an
 *   acceptance date will show the latter. An invitation whose address is listed but has not joined is decided later.
 */
export function followInvitations(
	known: readonly KnownInvitation[],
	listed: readonly ListedInvitation[],
	membership: Membership,
	secondReading: SecondReading | undefined,
	newlyListedOf: (invitation: ListedInvitation) => KnownInvitation,
): InvitationChanges {
	const changes: InvitationChanges = { known: [], created: [], revoked: [], accepted: [] };
	const pendingIds = pendingIdsOf(listed, known);
	const knownIds = new Set(known.map(({ invitation }) => invitation.id));
	for (const row of listed) {
		if (row.state === 'pending' && !knownIds.has(row.id)) changes.created.push(newlyListedOf(row));
	}
	const rows = new Map(listed.map((row) => [row.id, row]));
	for (const entry of [...known, ...changes.created]) {
		const row = rows.get(entry.invitation.id);
		const isPending = pendingIds.has(entry.invitation.id);
		const current = row === undefined || !isPending ? entry : { ...entry, invitation: withRow(entry.invitation, row) };
		if (isPending) followPending(current, changes, membership);
		else followEnded(current, changes, membership, secondReading);
	}
	changes.known = settledWith(changes);
	return changes;
}

/** The invitations where they could not be listed: only acceptances by date are found. */
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

/** Settles every invitation to a person who accepted one: one acceptance is one event. */
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
	// A person who accepted another invitation and left may accept this one.
	changes.known.push({ ...entry, wasMember: entry.wasMember && mayBeMember, settled: entry.settled && mayBeMember, missed: 0 });
}

function followEnded(entry: KnownInvitation, changes: InvitationChanges, { members, undecided }: Membership, secondReading: SecondReading | undefined): void {
	const address = addressKeyOf(entry);
	const member = members.get(address);
	if (entry.settled) keepForOneMoreList(entry, changes, secondReading);
	else if (member?.hasJoined) {
		if (member.joinedNow || !entry.wasMember) accept(entry, member, changes);
		keepForOneMoreList({ ...entry, settled: true }, changes, secondReading);
	} else if (member !== undefined || undecided.has(address)) changes.known.push({ ...entry, missed: 0 });
	else followAbsent(entry, address, changes, secondReading);
}

/** A list may leave out a pending invitation, or still show one that has ended. Neither makes it a new invitation. */
function keepForOneMoreList(entry: KnownInvitation, changes: InvitationChanges, secondReading: SecondReading | undefined): void {
	if (secondReading?.pendingIds.has(entry.invitation.id)) changes.known.push({ ...entry, missed: 0 });
	else if (entry.missed === 0) changes.known.push({ ...entry, missed: 1 });
}

function followAbsent(entry: KnownInvitation, address: string, changes: InvitationChanges, secondReading: SecondReading | undefined): void {
	const isThere = secondReading?.pendingIds.has(entry.invitation.id) || secondReading?.memberAddresses.has(address);
	const missed = isThere ? 0 : entry.missed + (secondReading?.isComplete ? 2 : 1);
	if (missed > 1) changes.revoked.push({ ...entry, missed: 0 });
	else changes.known.push({ ...entry, missed });
}

function accept({ invitation }: KnownInvitation, { person }: Member, changes: InvitationChanges): void {
	if (changes.accepted.some((other) => other.person.id === person.id)) return;
	changes.accepted.push({ invitation, person });
}
