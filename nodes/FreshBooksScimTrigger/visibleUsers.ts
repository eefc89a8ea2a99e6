import { addressKey } from '../FreshBooks/client/identifiers';
import type { Directory, DirectoryEntry } from './freshBooksDirectory';
import type { PeopleMemory, Remembered } from './memory';
import { valueOf, type Attributes } from './protocol/names';
import { userResource, type KnownPerson } from './protocol/resource';

/** The users that the service shows: the people whom FreshBooks lists, and those whom it no longer lists and the provider did not delete. Pure. */

export interface VisibleUser {
	/** With the address as first sent or listed, which the ID encodes. */
	person: KnownPerson;
	/** The address under which FreshBooks lists them; null for a person who is only remembered. */
	listedAs: string | null;
	isMember: boolean;
	/** What the provider sent about them. */
	attributes: Attributes;
}

function visibleEntry(entry: DirectoryEntry, known: Remembered | undefined): VisibleUser[] {
	const { email, isMember, active } = entry;
	if (known?.isDeleted && !active) return [];
	const isRemembered = known !== undefined && !known.isDeleted;
	return [{ person: { ...entry, email: isRemembered ? known.email : email }, listedAs: email, isMember, attributes: isRemembered ? known.attributes : {} }];
}

function onlyRemembered({ email, attributes }: Remembered): VisibleUser {
	return { person: { email, active: false, role: null }, listedAs: null, isMember: false, attributes };
}

/** Listed people first, in the directory's order; then those who are only remembered, by address. */
export function visibleUsers({ entries, byAddress }: Directory, memory: PeopleMemory): VisibleUser[] {
	const unlisted = memory.all().filter(({ email, isDeleted }) => !isDeleted && !byAddress.has(addressKey(email)));
	const byIdentity = new Map(unlisted.flatMap((one) => (one.identityId === null ? [] : [[one.identityId, one] as const])));
	const byName = new Map(unlisted.map((one) => [addressKey(String(valueOf(one.attributes, 'userName') ?? '')), one]));
	const moved = new Set<Remembered>();
	const listed = entries.flatMap((entry) => {
		const own = memory.of(entry.email);
		if (own && !own.isDeleted) return visibleEntry(entry, own);
		// A person who changed their address in FreshBooks, or whom the provider renamed, keeps their ID.
		const known = [byIdentity.get(entry.identityId ?? NaN), byName.get(addressKey(entry.email))].find((one) => one && !moved.has(one));
		if (known) moved.add(known);
		return visibleEntry(entry, known ?? own);
	});
	const gone = unlisted.filter((one) => !moved.has(one)).map(onlyRemembered);
	return [...listed, ...gone.sort((one, other) => (one.person.email < other.person.email ? -1 : 1))];
}

/** The user whose ID encodes an address. */
export function userAt(users: readonly VisibleUser[], address: string): VisibleUser | undefined {
	const key = addressKey(address);
	return users.find(({ person }) => addressKey(person.email) === key);
}

/** The User resource. @param baseUrl the SCIM base URL, without a slash at its end */
export function resourceOf({ person, attributes }: Pick<VisibleUser, 'person' | 'attributes'>, baseUrl: string): Attributes {
	return userResource(person, attributes, baseUrl);
}
