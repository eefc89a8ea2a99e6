import { addressKey } from '../../FreshBooks/client/identifiers';

/**
 * The people of a business in one form, whichever list they came from. The other files of this folder use these types, and never
 * FreshBooks' own rows.
 */

/** Which FreshBooks list the people come from (the trigger's `source` parameter). */
export type Source = 'teamMembers' | 'businessMembers';

/**
 * One team member. `null` means that FreshBooks gave no value. `id` is the UUID for `teamMembers`, the whole number as text for
 * `businessMembers`. Dates stay the text FreshBooks sent (`2023-01-24T17:17:56Z`).
 */
export interface Person {
	id: string;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	/** An open string: FreshBooks adds roles without notice. */
	role: string | null;
	active: boolean | null;
	identityId: number | null;
	invitationAcceptedAt: string | null;
	/** For the output only. FreshBooks does not document when it changes, so it is never a change by itself. */
	updatedAt: string | null;
	/** `false`: a row of `businessMembers` whose address is not confirmed, so not a member yet. Not stored. */
	confirmed?: boolean | null;
}

/** An invitation as it is stored and shown. `id` is the whole number as text. */
export interface PendingInvitation {
	id: string;
	email: string | null;
	role: string | null;
	status: string | null;
}

/** A row of the invitations list. */
export interface ListedInvitation extends PendingInvitation {
	/** The meaning of the status; `unknown` for one that is not documented. */
	state: 'pending' | 'ended' | 'unknown';
	/** ISO 8601, where the row has a date. */
	invitedAt: string | null;
}

/** The key by which IDs are compared: a UUID is the same in upper and lower case (RFC 9562). */
export function idKey(id: string): string {
	return id.toLowerCase();
}

/** The key by which addresses are compared; `null` without an address. */
export function addressOf({ email }: { email: string | null }): string | null {
	const address = email === null ? '' : addressKey(email);
	return address === '' ? null : address;
}

/** Whether both identities are known and differ. */
function haveTwoIdentities(one: Person, other: Person): boolean {
	return one.identityId !== null && other.identityId !== null && one.identityId !== other.identityId;
}

/**
 * Whether two rows with different IDs are one person: the same identity or, where an identity is unknown on either side, the same
 * address.
 */
export function isSamePerson(one: Person, other: Person): boolean {
	if (one.identityId !== null && other.identityId !== null) return one.identityId === other.identityId;
	const address = addressOf(one);
	return address !== null && address === addressOf(other);
}

/** Whether FreshBooks has given an ID to another person: another identity and another address. */
export function isGivenAgain(before: Person, now: Person): boolean {
	const address = addressOf(before);
	const other = addressOf(now);
	return haveTwoIdentities(before, now) && address !== null && other !== null && address !== other;
}

/**
 * The rank of a row where a person has two: a row that has joined and is active comes first. FreshBooks may keep the row of an
 * invitation, or an inactive one, beside a person's new row.
 */
export function rankOf({ identityId, invitationAcceptedAt, active }: Person): number {
	const isJoined = identityId !== null || invitationAcceptedAt !== null;
	return (isJoined ? 2 : 0) + (active === false ? 0 : 1);
}

/** A person with new values. A field that an answer leaves out keeps its last known value. */
export function withLastKnown(before: Person, now: Person): Person {
	return {
		id: now.id,
		email: now.email ?? before.email,
		firstName: now.firstName ?? before.firstName,
		lastName: now.lastName ?? before.lastName,
		role: now.role ?? before.role,
		active: now.active ?? before.active,
		identityId: now.identityId ?? before.identityId,
		invitationAcceptedAt: now.invitationAcceptedAt ?? before.invitationAcceptedAt,
		updatedAt: now.updatedAt ?? before.updatedAt,
	};
}

/**
 * Whether a person has joined and is not only invited. FreshBooks lists people in `team_members` who have not accepted yet, without
 * date and identity (inferred from its examples). `businessMembers` has those who joined (third-party guide: "accepted invitations
 * appear in the members list"), except for rows with `confirmed: false`.
 */
export function hasJoined(person: Person, source: Source): boolean {
	if (source === 'businessMembers') return person.confirmed !== false;
	return person.invitationAcceptedAt !== null || person.identityId !== null;
}

/** A listed person and their position in FreshBooks' order. */
export interface Listed {
	person: Person;
	position: number;
}

/** Finds the rows of one person. */
export class PeopleIndex {
	private readonly byIdentity = new Map<number, Listed[]>();

	private readonly byAddress = new Map<string, Listed[]>();

	add(listed: Listed): void {
		const { person } = listed;
		const address = addressOf(person);
		if (person.identityId !== null) addTo(this.byIdentity, person.identityId, listed);
		if (address !== null) addTo(this.byAddress, address, listed);
	}

	/** All rows of the same person, those with the same identity first; also a row with the person's own ID. */
	sameAs(person: Person): Listed[] {
		const identity = person.identityId === null ? [] : (this.byIdentity.get(person.identityId) ?? []);
		const found = new Set([...identity, ...this.withAddress(addressOf(person))]);
		return [...found].filter((other) => isSamePerson(person, other.person));
	}

	withAddress(address: string | null): Listed[] {
		return address === null ? [] : (this.byAddress.get(address) ?? []);
	}
}

function addTo<Key>(index: Map<Key, Listed[]>, key: Key, listed: Listed): void {
	const found = index.get(key);
	if (found === undefined) index.set(key, [listed]);
	else found.push(listed);
}
