import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { Me } from '../api/me';
import type { TeamMember } from '../api/teamMembers';
import type { FreshBooksError } from '../client/errors';
import { addressKey } from '../client/identifiers';
import { PeopleIndex } from './peopleIndex';
import { isForbidden, listsOf, type BusinessLists, type ListName } from './businessLists';
import { isOwnerRole } from './roles';

/**
 * Where a person is in a business: every row, in any list, that shares the address or a known identity with the one named.
 * Pure. Two known identities that differ are two people, unless both rows have the very address that was named. A row without
 * an address and without an identity is somebody, and nobody in particular.
 */

/** A person as they can be recognised. */
export interface Person {
	/** The addresses that were named, as keys; usually one. */
	named: ReadonlySet<string>;
	/** FreshBooks identities of rows with one of these addresses. */
	identities: ReadonlySet<number>;
	/** Other addresses of these identities, as keys. */
	otherAddresses: ReadonlySet<string>;
}

/** What every row of people has. */
interface PersonRow {
	email: string | null;
	identityId: number | null;
}

interface Rows {
	teamMembers: TeamMember[];
	members: BusinessMember[];
	/** Pending ones only. */
	invitations: Invitation[];
}

export interface Presence extends Rows {
	/** The same person's rows under another address. */
	elsewhere: Rows;
	/** Those members of them who are surely the person. */
	surelyElsewhere: BusinessMember[];
	/** Invitations to the person whose status nobody knows. */
	unclearInvitations: Invitation[];
}

const keyOf = (email: string | null): string | null => (email === null ? null : addressKey(email));

function peopleIn(lists: BusinessLists): PersonRow[] {
	return [...lists.teamMembers.rows, ...lists.businessMembers.rows];
}

/**
 * Who is meant by addresses and identities, as the lists of all businesses show them: a person has the same identity in
 * every business.
 */
export function personOf(emails: Array<string | null>, identityIds: Array<number | null>, businesses: BusinessLists[]): Person {
	const named = new Set(emails.flatMap((email) => keyOf(email) ?? []));
	const identities = new Set(identityIds.flatMap((id) => id ?? []));
	const rows = businesses.flatMap(peopleIn);
	for (const { email, identityId } of rows) {
		const key = keyOf(email);
		if (identityId !== null && key !== null && named.has(key)) identities.add(identityId);
	}
	const otherAddresses = new Set<string>();
	for (const { email, identityId } of rows) {
		const key = keyOf(email);
		if (identityId !== null && identities.has(identityId) && key !== null && !named.has(key)) otherAddresses.add(key);
	}
	return { named, identities, otherAddresses };
}

/** The person with the identities and addresses that later lists show. */
export function personBy(person: Person, lists: BusinessLists): Person {
	const now = personOf([...person.named], [...person.identities], [lists]);
	return { ...now, otherAddresses: new Set([...person.otherAddresses, ...now.otherAddresses]) };
}

/** Whether a row is the person's, and under which address: the one named, another one, or none. */
export type Match = 'named' | 'elsewhere' | 'unaddressed';

export function matchOf({ email, identityId }: PersonRow, { named, identities, otherAddresses }: Person): Match | undefined {
	const key = keyOf(email);
	if (key !== null && named.has(key)) return 'named';
	if (identityId !== null) {
		if (!identities.has(identityId)) return undefined;
		return key === null ? 'unaddressed' : 'elsewhere';
	}
	return key !== null && otherAddresses.has(key) ? 'elsewhere' : undefined;
}

/**
 * Whether a row of the members list under another address is surely the person's, so that it may be removed: by identity, or
 * where the published list of this business shows that address with the person's identity only.
 */
export function isSurely({ email, identityId }: PersonRow, { identities }: Person, { teamMembers }: BusinessLists): boolean {
	if (identityId !== null) return identities.has(identityId);
	const sameAddress = teamMembers.rows.filter((row) => row.email !== null && keyOf(row.email) === keyOf(email));
	return sameAddress.length > 0 && sameAddress.every((row) => row.identityId !== null && identities.has(row.identityId));
}

/** A row without an address may belong to another address wherever the business shows the identity under one: not to be removed unasked. */
function placeOf(row: PersonRow, person: Person, people: PersonRow[]): 'named' | 'elsewhere' | undefined {
	const match = matchOf(row, person);
	if (match !== 'unaddressed') return match;
	return people.some((other) => other.identityId === row.identityId && matchOf(other, person) === 'elsewhere') ? 'elsewhere' : 'named';
}

/** The person's rows in a business. */
export function presenceIn(lists: BusinessLists, person: Person): Presence {
	const people = peopleIn(lists);
	const at = <Row extends PersonRow>(rows: Row[], place: 'named' | 'elsewhere'): Row[] => rows.filter((row) => placeOf(row, person, people) === place);
	const invitations = lists.invitations.rows.map((row) => ({ row, match: matchOf({ email: row.email, identityId: null }, person) }));
	const rowsAt = (place: 'named' | 'elsewhere'): Rows => ({
		teamMembers: at(lists.teamMembers.rows, place),
		members: at(lists.businessMembers.rows, place),
		invitations: invitations.filter(({ row, match }) => match === place && row.state === 'pending').map(({ row }) => row),
	});
	const elsewhere = rowsAt('elsewhere');
	return {
		...rowsAt('named'),
		elsewhere,
		surelyElsewhere: elsewhere.members.filter((row) => isSurely(row, person, lists)),
		unclearInvitations: invitations.filter(({ row, match }) => match !== undefined && row.state === 'unknown').map(({ row }) => row),
	};
}

/** All of a person's rows of people, under whatever address. */
function allRows({ teamMembers, members, elsewhere }: Presence): Array<TeamMember | BusinessMember> {
	return [...teamMembers, ...members, ...elsewhere.teamMembers, ...elsewhere.members];
}

/** True when the published list shows the rows, and shows them as deactivated only. */
export function isDeactivated({ teamMembers }: Pick<Rows, 'teamMembers'>): boolean {
	return teamMembers.length > 0 && teamMembers.every(({ active }) => active === false);
}

/** True when these rows let somebody use the business now. */
export function hasAccess(rows: Pick<Rows, 'teamMembers' | 'members'>): boolean {
	return !isDeactivated(rows) && rows.teamMembers.length + rows.members.length > 0;
}

/** True when the rows show that the person can log in: an identity, an acceptance, or (members list) no unconfirmed address. */
export function hasJoined({ teamMembers, members }: Pick<Rows, 'teamMembers' | 'members'>): boolean {
	if (teamMembers.length === 0) return members.some(({ confirmed }) => confirmed !== false);
	return teamMembers.some(({ active, identityId, invitationAcceptedAt }) => active !== false && (identityId !== null || invitationAcceptedAt !== null));
}

/** True when any list shows the person under the address named. */
export function isListed({ teamMembers, members, invitations }: Rows): boolean {
	return teamMembers.length + members.length + invitations.length > 0;
}

/** True when the person is an owner of the business, under whatever address. */
export function isOwner(presence: Presence): boolean {
	return allRows(presence).some(({ role }) => isOwnerRole(role));
}

/** True for the person whose connection this is, by address or identity. */
export function isConnectedUser({ email, identityId }: Pick<Me, 'email' | 'identityId'>, { named, identities, otherAddresses }: Person): boolean {
	const key = keyOf(email);
	return identities.has(identityId) || (key !== null && (named.has(key) || otherAddresses.has(key)));
}

/**
 * True when an active owner other than the person is surely listed. The published list decides, as only it says who is
 * active; a row that might be the person does not count, nor does somebody of `removed`.
 */
export function hasOtherOwner({ teamMembers }: BusinessLists, person?: Person, removed?: PeopleIndex): boolean {
	return teamMembers.rows.some((row) => {
		if (!isOwnerRole(row.role) || row.active !== true || removed?.has(row)) return false;
		if (person === undefined) return true;
		// Without an address only an identity tells two people apart, and only where both are known.
		const isSomebodyElse = row.email !== null || (row.identityId !== null && person.identities.size > 0);
		return isSomebodyElse && matchOf(row, person) === undefined;
	});
}

/** A list that decides and may lack a row. */
export interface Undecided {
	list: ListName;
	/** A sentence. */
	reason: string;
	/** FreshBooks refused the list to the connected user. */
	forbidden: boolean;
	error?: FreshBooksError;
}

/**
 * Why nothing may be done about a person in a business: each list that decides and was not read whole. A list that
 * FreshBooks does not offer does not decide. Empty when everything is known.
 */
export function undecidedFor(lists: BusinessLists, presence: Presence): Undecided[] {
	const open: Undecided[] = listsOf(lists)
		.filter(([, { state }]) => state === 'unread' || state === 'doubtful')
		.map(([list, read]) => ({ list, reason: read.reason ?? '', forbidden: isForbidden(read), error: read.error }));
	for (const { id, status } of presence.unclearInvitations) {
		open.push({ list: 'invitations', reason: `Invitation ${id ?? ''} of the person has the status '${status ?? ''}', which is not known.`, forbidden: false });
	}
	return open;
}
