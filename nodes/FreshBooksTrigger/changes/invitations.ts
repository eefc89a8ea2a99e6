import { joinFields, packNumbers, packText, unpackNumbers, unpackText } from './packing';
import type { PendingInvitation, Person, Source } from './person';
import { addressOf } from './person';

/** An invitation the trigger has seen pending, and what it remembers of it. */
export interface KnownInvitation {
	invitation: PendingInvitation;
	/** The address has been listed as a member since before any acceptance: being listed proves none. */
	listedAsMember: boolean;
	/** Its acceptance was emitted while it was still listed as pending. */
	settled: boolean;
	/**
	 * In how many complete listings in a row it was neither pending nor a member; 1 where it is no longer pending and nothing is
	 * left to tell of it, see {@link keepForOneMoreList}.
	 */
	missed: number;
}

/** The invitation as text, escaped like a person's line. */
export function encodeInvitation(known: KnownInvitation): string {
	const { id, email, role, status } = known.invitation;
	const flags = [known.listedAsMember ? 1 : 0, known.settled ? 1 : 0, known.missed];
	return joinFields([
		packText(id),
		packText(email),
		packText(role),
		packText(status),
		packNumbers(flags),
	]);
}

/** The reverse of {@link encodeInvitation}. */
export function decodeInvitation(packed: string): KnownInvitation {
	const [id, email = '', role = '', status = '', flags = ''] = packed.split('|');
	const [listedAsMember, settled, missed] = unpackNumbers(flags, 3);
	return {
		invitation: {
			id: unpackText(id) ?? '',
			email: unpackText(email),
			role: unpackText(role),
			status: unpackText(status),
		},
		listedAsMember: listedAsMember === 1,
		settled: settled === 1,
		missed,
	};
}

/** Someone listed with the address of an invitation. */
export interface Member {
	person: Person;
	isNew: boolean;
	/** The acceptance date of this person came with this poll. */
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
	created: PendingInvitation[];
	revoked: PendingInvitation[];
	accepted: Array<{ invitation: PendingInvitation; person: Person }>;
}

/**
 * Whether someone's row tells that they joined, where rows can tell it: FreshBooks lists people in
 * `team_members` who have not accepted yet, without date and identity (freshbooks-api 4.1, inferred).
 * `businessMembers` holds only those who joined (seed: "accepted invitations appear in the members
 * list"), so being listed is enough there.
 */
function hasJoined(person: Person, source: Source): boolean {
	if (source === 'businessMembers') return true;
	return person.invitationAcceptedAt !== null || person.identityId !== null;
}

/** What is remembered of an invitation seen for the first time. Whose membership is undecided was a member until now. */
export function firstSight(
	invitation: PendingInvitation,
	{ members, undecided }: Membership,
	source: Source,
): KnownInvitation {
	const address = addressOf(invitation) ?? '';
	const member = members.get(address);
	const joinedJustNow = member !== undefined && member.isNew && hasJoined(member.person, source);
	const listedAsMember = undecided.has(address) || (member !== undefined && !joinedJustNow);
	return { invitation, listedAsMember, settled: false, missed: 0 };
}

/** The invitations that are no longer pending and whose address is no member. */
export function revocationCandidates(
	known: readonly KnownInvitation[],
	pending: readonly PendingInvitation[],
	{ members, undecided }: Membership,
): KnownInvitation[] {
	const pendingIds = new Set(pending.map(({ id }) => id));
	return known.filter((entry) => {
		const address = addressOf(entry.invitation) ?? '';
		const isMember = members.has(address) || undecided.has(address);
		return !isOver(entry) && !isMember && !pendingIds.has(entry.invitation.id);
	});
}

/** The invitations in a poll that follows none: whichever a list shows, or a member with its address, is no longer missed. */
export function withSightings(
	known: readonly KnownInvitation[],
	pending: readonly PendingInvitation[],
	members: ReadonlyMap<string, unknown>,
	secondLook: SecondLook | undefined,
): KnownInvitation[] {
	const pendingIds = new Set(pending.map(({ id }) => id));
	return known.map((entry) => {
		const address = addressOf(entry.invitation) ?? '';
		const isPending = pendingIds.has(entry.invitation.id) || secondLook?.pendingIds.has(entry.invitation.id);
		const isMember = members.has(address) || secondLook?.memberAddresses.has(address);
		return isPending || (isMember && !isOver(entry)) ? { ...entry, missed: 0 } : entry;
	});
}

/** Nothing is left to tell of it, unless it is still pending after all. */
function isOver({ settled, listedAsMember, missed }: KnownInvitation): boolean {
	return settled || (listedAsMember && missed > 0);
}

/**
 * Follows the known invitations through one poll.
 *
 * - Accepted: the address became a member and the invitation is gone, or the person's acceptance date
 *   came, whichever is seen first; the other is then no news.
 * - Revoked: neither pending nor a member, in two complete listings in a row, of which `secondLook` may be one.
 * - Neither: an invitation that goes while its address was listed all along without having joined. It
 *   may have been withdrawn or accepted; the acceptance date will tell of the latter.
 *
 * `pending` is `undefined` when the invitations could not be listed: only acceptances by date are then
 * noted, so that they are not told again from the invitation.
 */
export function followInvitations(
	known: readonly KnownInvitation[],
	pending: readonly PendingInvitation[] | undefined,
	membership: Membership,
	secondLook: SecondLook | undefined,
	source: Source,
): InvitationChanges {
	const changes: InvitationChanges = { known: [], created: [], revoked: [], accepted: [] };
	const stillPending = new Map((pending ?? []).map((invitation) => [invitation.id, invitation]));
	const follow = (entry: KnownInvitation) => {
		const listed = stillPending.get(entry.invitation.id);
		const isPending = pending === undefined || listed !== undefined;
		const current = { ...entry, invitation: listed ?? entry.invitation };
		const isNews = pending !== undefined || membership.members.get(addressOf(entry.invitation) ?? '')?.acceptedByDate;
		if (isOver(entry) && !isNews) changes.known.push(entry);
		else if (isPending) followPending(current, changes, membership, source);
		else followVanished(current, changes, membership, secondLook);
	};
	const knownIds = new Set(known.map(({ invitation }) => invitation.id));
	known.forEach(follow);
	for (const invitation of stillPending.values()) {
		if (knownIds.has(invitation.id)) continue;
		changes.created.push(invitation);
		follow(firstSight(invitation, membership, source));
	}
	return changes;
}

function followPending(
	entry: KnownInvitation,
	changes: InvitationChanges,
	{ members, undecided }: Membership,
	source: Source,
): void {
	const address = addressOf(entry.invitation) ?? '';
	const member = members.get(address);
	if (member === undefined) {
		changes.known.push({ ...entry, listedAsMember: entry.listedAsMember && undecided.has(address), missed: 0 });
		return;
	}
	const hasDate = member.person.invitationAcceptedAt !== null;
	const isAccepted = !entry.settled && (member.acceptedByDate || (member.isNew && hasDate));
	if (isAccepted) accept(entry, member, changes);
	const listedAsMember = entry.listedAsMember || !hasJoined(member.person, source);
	changes.known.push({ ...entry, missed: 0, listedAsMember, settled: entry.settled || isAccepted });
}

function followVanished(
	entry: KnownInvitation,
	changes: InvitationChanges,
	{ members, undecided }: Membership,
	secondLook: SecondLook | undefined,
): void {
	const address = addressOf(entry.invitation) ?? '';
	const member = members.get(address);
	if (entry.settled) keepForOneMoreList(entry, changes, secondLook);
	else if (member !== undefined) {
		const isAccepted = member.isNew || member.acceptedByDate || !entry.listedAsMember;
		if (isAccepted) accept(entry, member, changes);
		keepForOneMoreList({ ...entry, settled: isAccepted }, changes, secondLook);
	} else if (undecided.has(address)) changes.known.push(entry);
	else if (isOver(entry)) keepForOneMoreList(entry, changes, secondLook);
	else followAbsent(entry, address, changes, secondLook);
}

/** A list may leave out an invitation that is pending, or still show one that is over: neither makes it a new one. */
function keepForOneMoreList(
	entry: KnownInvitation,
	changes: InvitationChanges,
	secondLook: SecondLook | undefined,
): void {
	if (secondLook?.pendingIds.has(entry.invitation.id)) changes.known.push({ ...entry, missed: 0 });
	else if (entry.missed === 0) changes.known.push({ ...entry, missed: 1 });
}

function followAbsent(
	entry: KnownInvitation,
	address: string,
	changes: InvitationChanges,
	secondLook: SecondLook | undefined,
): void {
	const isThere =
		secondLook?.pendingIds.has(entry.invitation.id) || secondLook?.memberAddresses.has(address);
	const missed = isThere ? 0 : entry.missed + (secondLook?.isComplete ? 2 : 1);
	if (missed > 1) changes.revoked.push(entry.invitation);
	else changes.known.push({ ...entry, listedAsMember: entry.listedAsMember && missed === 0, missed });
}

/** One event for one acceptance: a second invitation to the same person adds nothing. */
function accept(
	{ invitation }: KnownInvitation,
	{ person }: Member,
	changes: InvitationChanges,
): void {
	if (changes.accepted.some((other) => other.person.id === person.id)) return;
	changes.accepted.push({ invitation, person });
}
