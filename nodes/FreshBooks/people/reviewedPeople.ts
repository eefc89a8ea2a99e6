import type { BusinessMember } from '../api/businessMembers';
import { ageInDays, isoOrNull } from '../api/dates';
import type { Invitation } from '../api/invitations';
import type { BusinessMembership } from '../api/me';
import type { TeamMember } from '../api/teamMembers';
import { addressKey, sameAddress } from '../client/identifiers';
import type { InvitationState, ReviewedPerson } from './findings';

/** Joins the lists of one business into people. Pure, and linear in the number of rows. */

/** The lists of one business; null for one that was not read. */
export interface Lists {
	teamMembers: TeamMember[];
	businessMembers: BusinessMember[] | null;
	invitations: Invitation[] | null;
}

type Business = Pick<BusinessMembership, 'businessId' | 'name'>;

function emptyPerson({ businessId, name }: Business): ReviewedPerson {
	return {
		businessId,
		businessName: name,
		email: null,
		otherAddresses: [],
		firstName: null,
		lastName: null,
		role: null,
		active: null,
		confirmed: null,
		invitation: { state: 'unknown', pending: false, id: null, role: null, invitedAt: null, acceptedAt: null, ageDays: null },
		sourceIds: { teamMember: null, member: null, identity: null, invitation: null },
		createdAt: null,
		updatedAt: null,
		listed: true,
	};
}

/** A person with a FreshBooks identity can log in, so they have joined, even without a date of acceptance. */
function fromTeamMember(row: TeamMember, business: Business, notJoined: InvitationState): ReviewedPerson {
	const person = emptyPerson(business);
	const acceptedAt = isoOrNull(row.invitationAcceptedAt);
	const joined = acceptedAt !== null || row.identityId !== null;
	return {
		...person,
		email: row.email,
		firstName: row.firstName,
		lastName: row.lastName,
		role: row.role,
		active: row.active,
		invitation: { ...person.invitation, state: joined ? 'accepted' : notJoined, acceptedAt },
		sourceIds: { ...person.sourceIds, teamMember: row.uuid === '' ? null : row.uuid, identity: row.identityId },
		createdAt: isoOrNull(row.createdAt),
		updatedAt: isoOrNull(row.updatedAt),
	};
}

/**
 * A person with an unconfirmed address has not accepted; whether they are active is unknown (stitchflow.com's guide: "whether
 * the email address has been confirmed").
 */
function fromBusinessMember(row: BusinessMember, business: Business, notJoined: InvitationState): ReviewedPerson {
	const person = emptyPerson(business);
	const acceptedAt = isoOrNull(row.invitationAcceptedAt);
	const joined = acceptedAt !== null || (row.confirmed ?? row.identityId !== null);
	const notAccepted = row.confirmed === false ? notJoined : 'unknown';
	return {
		...person,
		email: row.email,
		firstName: row.firstName,
		lastName: row.lastName,
		role: row.role,
		active: row.active,
		confirmed: row.confirmed,
		invitation: { ...person.invitation, state: joined ? 'accepted' : notAccepted, acceptedAt },
		sourceIds: { ...person.sourceIds, member: row.id, identity: row.identityId },
		updatedAt: isoOrNull(row.updatedAt),
	};
}

function fromInvitation({ email, role }: Invitation, business: Business): ReviewedPerson {
	return { ...emptyPerson(business), email, role, active: false, listed: false };
}

/** Adds the values of the members list to a person. If both lists have a value, the published one counts. */
function completeWith(person: ReviewedPerson, member: ReviewedPerson): void {
	const { email, sourceIds } = person;
	if (member.email !== null && email !== null && !sameAddress(member.email, email)) person.otherAddresses.push(member.email);
	person.email ??= member.email;
	person.firstName ??= member.firstName;
	person.lastName ??= member.lastName;
	person.role ??= member.role;
	person.active ??= member.active;
	person.confirmed = member.confirmed;
	sourceIds.member = member.sourceIds.member;
	sourceIds.identity ??= member.sourceIds.identity;
	if (member.invitation.state === 'accepted') person.invitation.state = 'accepted';
	person.invitation.acceptedAt ??= member.invitation.acceptedAt;
}

function addTo<Key>(groups: Map<Key, ReviewedPerson[]>, key: Key, person: ReviewedPerson): void {
	const group = groups.get(key);
	if (group) group.push(person);
	else groups.set(key, [person]);
}

/** People by address and by identity, each group in the order of the rows. */
class ReviewedPeopleIndex {
	private readonly addresses = new Map<string, ReviewedPerson[]>();

	private readonly identities = new Map<number, ReviewedPerson[]>();

	constructor(people: ReviewedPerson[]) {
		people.forEach((person) => this.add(person));
	}

	add(person: ReviewedPerson): void {
		const { identity } = person.sourceIds;
		for (const address of addressesOf(person)) addTo(this.addresses, addressKey(address), person);
		if (identity !== null) addTo(this.identities, identity, person);
	}

	withAddress(email: string | null): ReviewedPerson[] {
		return email === null ? [] : (this.addresses.get(addressKey(email)) ?? []);
	}

	withIdentity(identity: number | null): ReviewedPerson[] {
		return identity === null ? [] : (this.identities.get(identity) ?? []);
	}
}

type Candidates = (member: ReviewedPerson, published: ReviewedPeopleIndex) => ReviewedPerson[];

/**
 * How a row of the members list can match a person, the most certain way first: by identity and address, by identity alone, by
 * address if an identity is unknown on either side. Two different known identities are two people.
 */
const CANDIDATES: readonly Candidates[] = [
	({ email, sourceIds }, published) => published.withIdentity(sourceIds.identity).filter((person) => sameAddress(person.email, email)),
	({ sourceIds }, published) => published.withIdentity(sourceIds.identity),
	({ email, sourceIds }, published) =>
		published.withAddress(email).filter((person) => sourceIds.identity === null || person.sourceIds.identity === null),
];

/** Merges the members into the published people, and returns those who are in the members list only. */
function joinMembers(published: ReviewedPerson[], members: ReviewedPerson[]): ReviewedPerson[] {
	const index = new ReviewedPeopleIndex(published);
	let remaining = members;
	for (const candidatesFor of CANDIDATES) {
		remaining = remaining.filter((member) => {
			const person = candidatesFor(member, index).find(({ sourceIds }) => sourceIds.member === null);
			if (person) completeWith(person, member);
			return person === undefined;
		});
	}
	return remaining;
}

/** Adds an invitation to its person. An active person who accepted an earlier one keeps that state, and this one is shown as pending. */
function addInvitation(person: ReviewedPerson, invitation: Invitation, now: number): void {
	const { id, role, state } = invitation;
	const pending = state === 'pending';
	// An invitation without a date is as old as the person's row. If they accepted an earlier one, the row is older.
	const invitedAt = invitation.invitedAt ?? (person.invitation.state === 'accepted' ? null : person.createdAt);
	const isMember = person.invitation.state === 'accepted' && person.active !== false;
	const notAccepted = pending ? 'pending' : 'unknown';
	person.sourceIds.invitation = id;
	person.invitation = {
		...person.invitation,
		state: isMember ? 'accepted' : notAccepted,
		pending,
		id,
		role,
		invitedAt,
		ageDays: pending ? ageInDays(invitedAt, now) : null,
	};
}

function addInvitations(people: ReviewedPerson[], invitations: Invitation[], business: Business, now: number): void {
	const index = new ReviewedPeopleIndex(people);
	const invited = new Set<ReviewedPerson>();
	for (const invitation of invitations) {
		if (invitation.state === 'ended') continue;
		let person = index.withAddress(invitation.email).find((known) => !invited.has(known));
		if (!person) {
			person = fromInvitation(invitation, business);
			people.push(person);
			index.add(person);
		}
		addInvitation(person, invitation, now);
		invited.add(person);
	}
}

/** A person's own addresses in this business. */
export function addressesOf({ email, otherAddresses }: ReviewedPerson): string[] {
	return email === null ? otherAddresses : [email, ...otherAddresses];
}

/** Every address of each known identity, without repeats. */
export function addressesByIdentity(people: ReviewedPerson[]): Map<number, string[]> {
	const known = new Map<number, Map<string, string>>();
	for (const person of people) {
		const { identity } = person.sourceIds;
		if (identity === null) continue;
		const addresses = known.get(identity) ?? new Map<string, string>();
		known.set(identity, addresses);
		for (const address of addressesOf(person)) if (!addresses.has(addressKey(address))) addresses.set(addressKey(address), address);
	}
	return new Map([...known].map(([identity, addresses]) => [identity, [...addresses.values()]]));
}

function addOtherAddresses(people: ReviewedPerson[]): void {
	const addresses = addressesByIdentity(people);
	for (const person of people) {
		const { identity } = person.sourceIds;
		const all = identity === null ? undefined : addresses.get(identity);
		if (all) person.otherAddresses = all.filter((address) => !sameAddress(address, person.email));
	}
}

/**
 * Everybody of one business: the people listed, then the people invited. Invitations that have ended are left out.
 * @param now epoch milliseconds
 */
export function peopleOf(business: Business, { teamMembers, businessMembers, invitations }: Lists, now: number): ReviewedPerson[] {
	const notJoined = invitations === null ? 'unknown' : 'none';
	const published = teamMembers.map((row) => fromTeamMember(row, business, notJoined));
	const members = (businessMembers ?? []).map((row) => fromBusinessMember(row, business, notJoined));
	const people = [...published, ...joinMembers(published, members)];
	addInvitations(people, invitations ?? [], business, now);
	addOtherAddresses(people);
	return people;
}

/** How many rows have each address. */
export function countAddresses(people: ReviewedPerson[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { email } of people) {
		if (email !== null) counts.set(addressKey(email), (counts.get(addressKey(email)) ?? 0) + 1);
	}
	return counts;
}
