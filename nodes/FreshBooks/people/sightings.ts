import { failureOf } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import type { BusinessMembership } from '../api/me';
import { invitationOf } from '../api/invitations';
import { readToTheEnd } from '../api/lists';
import { listStaff } from '../api/staff';
import { booleanOrNull, idOrNull, numberOrNull, textOrNull, type WireObject } from '../client/json';
import type { ListName, Roster, Session } from './session';
import { endsTheRun, reasonOf } from './reasons';
import { isOwnerRole } from './roles';

/** Where an address is seen in one business: every list that may hold it, and those that could not be read. */

export interface SeenMember {
	/** UUID; null in the guide's list. */
	teamMemberId: string | null;
	/** Whole number; null in the published list. */
	memberId: number | null;
	role: string | null;
	/** null where the list does not say. */
	active: boolean | null;
	identityId: number | null;
}

export interface SeenInvitation {
	id: number;
	role: string | null;
}

export interface Unread {
	list: ListName;
	reason: string;
	/** FreshBooks refused it to the connected user. */
	forbidden: boolean;
}

export interface Sighting {
	teamMembers: SeenMember[];
	members: SeenMember[];
	invitations: SeenInvitation[];
	/** The person is an owner, and no other active owner is listed. */
	onlyOwner: boolean;
	/** FreshBooks offers this connection no list by whole number, and so no removal. */
	removalOffered: boolean;
	/** Lists that may hold more than was seen; empty when everything was read completely. */
	unread: Unread[];
}

type Read = { roster: Roster } | { error: unknown };

async function attempt(list: ListName, read: (list: ListName) => Promise<Roster>): Promise<Read> {
	return await read(list).then(
		(roster) => ({ roster }),
		(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { error }),
	);
}

function unreadOf(list: ListName, read: Read): Unread[] {
	if ('error' in read) {
		return [{ list, reason: reasonOf(read.error), forbidden: failureOf(read.error)?.kind === 'permission' }];
	}
	return read.roster.doubt === undefined ? [] : [{ list, reason: read.roster.doubt, forbidden: false }];
}

function rowsFor(read: Read, email: string): WireObject[] {
	return 'roster' in read ? read.roster.byEmail(email) : [];
}

function fromTeam(row: WireObject): SeenMember {
	return {
		teamMemberId: textOrNull(row.uuid),
		memberId: null,
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active),
		identityId: idOrNull(row.identity_id),
	};
}

function fromMembers(row: WireObject): SeenMember {
	return {
		teamMemberId: null,
		memberId: idOrNull(row.id),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
		identityId: idOrNull(row.identity_id),
	};
}

function isOnlyOwner(people: SeenMember[], team: Read, members: Read, email: string): boolean {
	if (!people.some(({ role }) => isOwnerRole(role))) return false;
	return ![...all(team), ...all(members)].some((row) => {
		const role = textOrNull(row.business_role_name) ?? textOrNull(row.role);
		const address = textOrNull(row.email);
		return isOwnerRole(role) && row.active !== false && !sameAddress(address, email) && !isListedInactive(team, address);
	});
}

/** The guide's list does not say who is inactive; the published one does. */
function isListedInactive(team: Read, address: string | null): boolean {
	const rows = address === null ? [] : rowsFor(team, address);
	return rows.length > 0 && rows.every(({ active }) => active === false);
}

function all(read: Read): WireObject[] {
	return 'roster' in read ? read.roster.all() : [];
}

/** FreshBooks publishes no list by whole number: without it, the published list still says who is there. */
function isNotOffered(read: Read): boolean {
	return 'error' in read && failureOf(read.error)?.kind === 'notPublished';
}

/**
 * Looks an address up in every list of a business, remembered ones or (`again`) ones read after this call. A list that
 * cannot be read is named in `unread`. Throws only what ends the run.
 */
export async function look(session: Session, businessId: number, email: string, again: boolean): Promise<Sighting> {
	const read = async (list: ListName) => (again ? await session.readAgain(list, businessId) : await session[list](businessId));
	// Before the people: whoever accepts meanwhile is then in one of the lists, and not between them.
	const invitations = await attempt('invitations', read);
	const [team, members] = await Promise.all([attempt('teamMembers', read), attempt('businessMembers', read)]);
	const seen = { teamMembers: rowsFor(team, email).map(fromTeam), members: rowsFor(members, email).map(fromMembers) };
	const removalOffered = !isNotOffered(members);
	return {
		...seen,
		invitations: rowsFor(invitations, email).flatMap((row) => {
			const { id, role } = invitationOf(row);
			return id === null ? [] : [{ id, role }];
		}),
		onlyOwner: isOnlyOwner([...seen.teamMembers, ...seen.members], team, members, email),
		removalOffered,
		unread: [
			...unreadOf('teamMembers', team),
			...(removalOffered ? unreadOf('businessMembers', members) : []),
			...unreadOf('invitations', invitations),
		],
	};
}

/** True when the published list shows the person, and shows them as inactive only. */
export function isInactive({ teamMembers }: Sighting): boolean {
	return teamMembers.length > 0 && teamMembers.every(({ active }) => active === false);
}

/** True when the person can use the business now. */
export function isIn(sighting: Sighting): boolean {
	return !isInactive(sighting) && sighting.teamMembers.length + sighting.members.length > 0;
}

/** True when any list shows the address. */
export function isSeen({ teamMembers, members, invitations }: Sighting): boolean {
	return teamMembers.length + members.length + invitations.length > 0;
}

export interface SeenStaff {
	id: number;
	/** 0 active, 1 deleted, 2 archived. */
	visState: number | null;
}

export type StaffSighting = { staff: SeenStaff[] } | { reason: string };

/** The staff records with an address in the accounting system of a business; another business's, in which it is a client, is left alone. */
export async function lookForStaff(session: Session, { accountId }: BusinessMembership, email: string): Promise<StaffSighting> {
	if (accountId === null) {
		return { reason: 'FreshBooks names no accounting system of its own for this business, so its staff records were not looked at.' };
	}
	const request = listStaff(accountId, { search: { email_like: email } }, ({ raw }) => raw);
	return await readToTheEnd(session.client, request).then(
		({ rows, doubt }): StaffSighting => (doubt === undefined ? { staff: rows.flatMap((row) => staffOf(row, email)) } : { reason: doubt }),
		(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { reason: reasonOf(error) }),
	);
}

function staffOf(row: WireObject, email: string): SeenStaff[] {
	const id = idOrNull(row.id) ?? idOrNull(row.userid);
	return id !== null && sameAddress(textOrNull(row.email), email) ? [{ id, visState: numberOrNull(row.vis_state) }] : [];
}
