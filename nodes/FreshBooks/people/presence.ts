import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { Me } from '../api/me';
import type { TeamMember } from '../api/teamMembers';
import { inOneLine, type FreshBooksError } from '../client/errors';
import { addressKey } from '../client/identifiers';
import { PeopleIndex } from './peopleIndex';
import { isForbidden, listsOf, type BusinessLists, type ListName } from './businessLists';
import { isOwnerRole } from './roles';

/**
 * Finds the rows of a person in the lists of a business: every row with the named address or a known identity of the person.
 * Rows with different identities belong to different people, unless both have the named address. A row with neither address nor
 * identity matches nobody. Pure.
 */

/** What identifies a person. */
export interface Person {
	/** The named addresses, as `addressKey`; usually one. */
	named: ReadonlySet<string>;
	/** Identities of rows with one of these addresses. */
	identities: ReadonlySet<number>;
	/** Other addresses of these identities, as `addressKey`. */
	otherAddresses: ReadonlySet<string>;
}

/** The fields that all rows of people have. */
interface PersonRow {
	email: string | null;
	identityId: number | null;
}

interface Rows {
	teamMembers: TeamMember[];
	members: BusinessMember[];
	/** Pending invitations only. */
	invitations: Invitation[];
}

export interface Presence extends Rows {
	/** The person's rows with another address. */
	elsewhere: Rows;
	/** The members of `elsewhere` who certainly are the person (`isCertainMatch`). */
	certainElsewhere: BusinessMember[];
	/** The person's invitations with an unknown status. */
	unclearInvitations: Invitation[];
}

const keyOf = (email: string | null): string | null => (email === null ? null : addressKey(email));

function peopleIn(lists: BusinessLists): PersonRow[] {
	return [...lists.teamMembers.rows, ...lists.businessMembers.rows];
}

/**
 * Identifies the person with these addresses and identities, by the lists of all given businesses: a person has the same
 * identity in every business.
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

/** Adds the identities and addresses that `lists` show to the person. */
export function personBy(person: Person, lists: BusinessLists): Person {
	const updated = personOf([...person.named], [...person.identities], [lists]);
	return { ...updated, otherAddresses: new Set([...person.otherAddresses, ...updated.otherAddresses]) };
}

/** Which address a person's row has: the named one, another one, or none. */
export type Match = 'named' | 'elsewhere' | 'unaddressed';

/** How a row matches the person; undefined for another person's row. */
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
 * Whether a members row with another address is certainly the person's, so that it may be removed. True if it has the person's
 * identity, or if the published list of this business shows that address with the person's identity only.
 */
export function isCertainMatch({ email, identityId }: PersonRow, { identities }: Person, { teamMembers }: BusinessLists): boolean {
	if (identityId !== null) return identities.has(identityId);
	const sameAddress = teamMembers.rows.filter((row) => row.email !== null && keyOf(row.email) === keyOf(email));
	return sameAddress.length > 0 && sameAddress.every((row) => row.identityId !== null && identities.has(row.identityId));
}

/** Counts a row without an address as `elsewhere` if the business shows its identity with another address too: it is not removed by default. */
function groupOf(row: PersonRow, person: Person, people: PersonRow[]): 'named' | 'elsewhere' | undefined {
	const match = matchOf(row, person);
	if (match !== 'unaddressed') return match;
	return people.some((other) => other.identityId === row.identityId && matchOf(other, person) === 'elsewhere') ? 'elsewhere' : 'named';
}

/** The person's rows in the lists of a business. */
export function presenceIn(lists: BusinessLists, person: Person): Presence {
	const people = peopleIn(lists);
	const inGroup = <Row extends PersonRow>(rows: Row[], group: 'named' | 'elsewhere'): Row[] => rows.filter((row) => groupOf(row, person, people) === group);
	const invitations = lists.invitations.rows.map((row) => ({ row, match: matchOf({ email: row.email, identityId: null }, person) }));
	const rowsOf = (group: 'named' | 'elsewhere'): Rows => ({
		teamMembers: inGroup(lists.teamMembers.rows, group),
		members: inGroup(lists.businessMembers.rows, group),
		invitations: invitations.filter(({ row, match }) => match === group && row.state === 'pending').map(({ row }) => row),
	});
	const elsewhere = rowsOf('elsewhere');
	return {
		...rowsOf('named'),
		elsewhere,
		certainElsewhere: elsewhere.members.filter((row) => isCertainMatch(row, person, lists)),
		unclearInvitations: invitations.filter(({ row, match }) => match !== undefined && row.state === 'unknown').map(({ row }) => row),
	};
}

/** The person's rows of people, with any address. */
function allRows({ teamMembers, members, elsewhere }: Presence): Array<TeamMember | BusinessMember> {
	return [...teamMembers, ...members, ...elsewhere.teamMembers, ...elsewhere.members];
}

/** True if the published list shows the person, and only as deactivated. */
export function isDeactivated({ teamMembers }: Pick<Rows, 'teamMembers'>): boolean {
	return teamMembers.length > 0 && teamMembers.every(({ active }) => active === false);
}

/** True if these rows give access to the business now. */
export function hasAccess(rows: Pick<Rows, 'teamMembers' | 'members'>): boolean {
	return !isDeactivated(rows) && rows.teamMembers.length + rows.members.length > 0;
}

/** True if the rows show that the person has joined: an identity, an accepted invitation or (members list) an address not marked as unconfirmed. */
export function hasJoined({ teamMembers, members }: Pick<Rows, 'teamMembers' | 'members'>): boolean {
	if (teamMembers.length === 0) return members.some(({ confirmed }) => confirmed !== false);
	return teamMembers.some(({ active, identityId, invitationAcceptedAt }) => active !== false && (identityId !== null || invitationAcceptedAt !== null));
}

/** True if any list shows the person with the named address. */
export function isListed({ teamMembers, members, invitations }: Rows): boolean {
	return teamMembers.length + members.length + invitations.length > 0;
}

/** True if the person is an owner of the business, with any address. */
export function isOwner(presence: Presence): boolean {
	return allRows(presence).some(({ role }) => isOwnerRole(role));
}

/** True if the person is the connected user, by address or identity. */
export function isConnectedUser({ email, identityId }: Pick<Me, 'email' | 'identityId'>, { named, identities, otherAddresses }: Person): boolean {
	const key = keyOf(email);
	return identities.has(identityId) || (key !== null && (named.has(key) || otherAddresses.has(key)));
}

/**
 * True if the business certainly has an active owner other than the person. Uses the published list, because only it shows who is
 * active. Ignores people in `removed`, and rows that may be the person.
 */
export function hasOtherOwner({ teamMembers }: BusinessLists, person?: Person, removed?: PeopleIndex): boolean {
	return teamMembers.rows.some((row) => {
		if (!isOwnerRole(row.role) || row.active !== true || removed?.has(row)) return false;
		if (person === undefined) return true;
		// A row without an address is certainly another person only if both identities are known.
		const isSomebodyElse = row.email !== null || (row.identityId !== null && person.identities.size > 0);
		return isSomebodyElse && matchOf(row, person) === undefined;
	});
}

/** Why a person's access is not fully known. */
export interface Undecided {
	list: ListName;
	/** A sentence. */
	reason: string;
	/** True if the connected user may not read the list. */
	forbidden: boolean;
	error?: FreshBooksError;
}

/**
 * Why a person's access must not be changed: each list that was not read completely, except those that FreshBooks does not offer,
 * and each invitation with an unknown status. Empty if everything is known.
 */
export function undecidedFor(lists: BusinessLists, presence: Presence): Undecided[] {
	const open: Undecided[] = listsOf(lists)
		.filter(([, { state }]) => state === 'unread' || state === 'doubtful')
		.map(([list, read]) => ({ list, reason: read.reason ?? '', forbidden: isForbidden(read), error: read.error }));
	for (const { id, status } of presence.unclearInvitations) {
		open.push({ list: 'invitations', reason: `Invitation ${id ?? ''} of the person has the status '${inOneLine(status ?? '', 40)}', which is not known.`, forbidden: false });
	}
	return open;
}
