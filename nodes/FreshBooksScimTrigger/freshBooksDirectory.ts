import type { TeamMember } from '../FreshBooks/api/teamMembers';
import type { FreshBooksClient } from '../FreshBooks/client/client';
import { refusal } from '../FreshBooks/client/errors';
import { addressKey } from '../FreshBooks/client/identifiers';
import { ALL_LISTS, listsOf, nothingAnswered, readBusinessLists, wasRead, type BusinessLists, type ReadList } from '../FreshBooks/people/businessLists';
import type { ReviewedPerson } from '../FreshBooks/people/findings';
import { reviewedBusiness } from '../FreshBooks/people/reviewedBusiness';
import { scimSourceOfTeamMember } from '../FreshBooks/people/scimUser';
import type { KnownPerson } from './protocol/resource';

/** The people of a business as a directory: FreshBooks' lists of people and invitations, joined by address. */

/** One person. The address is as FreshBooks writes it. `active` is false for a deactivated person without a new invitation. */
export interface DirectoryEntry extends KnownPerson {
	/** An invitation is pending. */
	invitationPending: boolean;
	/** In a list of people, not only in the list of invitations. */
	isMember: boolean;
}

/** Team members first, then people who are only invited, each part sorted by address: pages do not depend on FreshBooks' order. */
export interface Directory {
	entries: readonly DirectoryEntry[];
	/** By `addressKey`. */
	byAddress: ReadonlyMap<string, DirectoryEntry>;
}

/** An invitation of an undocumented status counts as pending, as it may still be accepted. */
function entryOf(person: ReviewedPerson, email: string, published: TeamMember | undefined): DirectoryEntry {
	const { businessId, firstName, lastName, role, active, invitation, sourceIds, createdAt, updatedAt, listed } = person;
	const invitationPending = invitation.pending || !listed;
	return {
		...(published && scimSourceOfTeamMember(published)),
		email,
		firstName,
		lastName,
		role,
		active: active !== false || invitationPending,
		identityId: sourceIds.identity,
		createdAt: createdAt ?? invitation.invitedAt,
		updatedAt,
		invitationPending,
		isMember: listed,
		freshBooks: { businessId, invitationPending },
	};
}

/** The rank of an entry where two have the same address: an active one comes first, then a team member. */
function rankOf({ isMember, active }: DirectoryEntry): number {
	return (active ? 2 : 0) + (isMember ? 1 : 0);
}

function inOrder(one: [string, DirectoryEntry], other: [string, DirectoryEntry]): number {
	if (one[1].isMember !== other[1].isMember) return one[1].isMember ? -1 : 1;
	return one[0] < other[0] ? -1 : 1;
}

/**
 * Joins people into a directory. A person without an address is left out: a SCIM user needs one as its name.
 * @param teamMembers rows of the published list, which have more of a person's profile
 */
export function directoryOf(people: readonly ReviewedPerson[], teamMembers: readonly TeamMember[]): Directory {
	const published = new Map(teamMembers.map((row) => [row.uuid, row]));
	const byAddress = new Map<string, DirectoryEntry>();
	for (const person of people) {
		if (person.email === null) continue;
		const entry = entryOf(person, person.email, published.get(person.sourceIds.teamMember ?? ''));
		const key = addressKey(person.email);
		const known = byAddress.get(key);
		if (!known || rankOf(known) < rankOf(entry)) byAddress.set(key, entry);
	}
	return { entries: [...byAddress].sort(inOrder).map(([, entry]) => entry), byAddress };
}

/**
 * Refuses a list that may lack a row because rows moved while it was read, or that lacks every row: people who are not in it would
 * count as gone. A list that lacks rows because FreshBooks hides them from the connected user is used, as there is no better one.
 */
function demandUsable(list: ReadList<unknown>, needsRows: boolean): void {
	if (list.state === 'notOffered') return;
	if (!wasRead(list)) throw list.error ?? refusal(list.reason ?? 'A list of FreshBooks could not be read', 'Try again later.');
	if (list.state === 'complete' || (!list.mayImprove && !(needsRows && list.rows.length === 0))) return;
	throw refusal(list.reason?.replace(/\.$/, '') ?? 'A list of FreshBooks may lack a row', 'An incomplete list is not used. Try again later.');
}

function demandUsableLists({ teamMembers, businessMembers, invitations }: BusinessLists): void {
	demandUsable(teamMembers, true);
	demandUsable(businessMembers, true);
	demandUsable(invitations, false);
}

/**
 * Reads the team members of a business and the people invited to it. Throws FreshBooksError where a list could not be read, or
 * may lack a row that it can show.
 */
export async function readDirectory(client: FreshBooksClient, businessId: number): Promise<Directory> {
	const lists = await readBusinessLists(client, businessId, ALL_LISTS, nothingAnswered(), () => undefined);
	demandUsableLists(lists);
	for (const [, { state, reason }] of listsOf(lists)) if (state === 'doubtful' && reason !== undefined) client.warn(reason);
	return directoryFrom(lists, businessId);
}

/** The directory that lists show. The published one must have been read. */
export function directoryFrom(lists: BusinessLists, businessId: number): Directory {
	const { people } = reviewedBusiness({ businessId, name: null }, lists, ALL_LISTS, Date.now());
	return directoryOf(people, lists.teamMembers.rows);
}
