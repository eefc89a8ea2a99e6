import { businessMemberOf, updateBusinessMember, type BusinessMember } from '../api/businessMembers';
import type { TeamMember } from '../api/teamMembers';
import { type FreshBooksError, inOneLine, refusal } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import type { BusinessLists } from './businessLists';
import { hasOtherOwner, isConnectedUser, isOwner, personOf, presenceIn, undecidedFor, type Person, type Presence, type Undecided } from './presence';
import { readUntil, VERIFYING_PAUSES_MS } from './removing';
import { roleTitle, sameRole } from './roles';
import type { Session } from './session';
import { businessOf } from './namedBusiness';
import { businessNameOf, someOf } from './texts';
import { PeopleIndex } from './peopleIndex';

/** Finds the team member to change or remove, by whole number, UUID or address, and refuses those who must not be changed. */

export type NamedMember = { by: 'memberId'; id: number } | { by: 'uuid'; uuid: string } | { by: 'email'; email: string };

/** A member found in complete lists. */
export interface LocatedMember {
	member: BusinessMember & { id: number };
	person: Person;
	presence: Presence;
	lists: BusinessLists;
}

/** The error if a list that decides was not read completely: the error of the reading, if it failed. */
export function undecidedError(undecided: Undecided[], businessId: number): FreshBooksError {
	const failed = undecided.find(({ error }) => error !== undefined)?.error;
	if (failed) return failed;
	return refusal(
		`The person's access to business ${businessId} is not fully known: ${someOf(undecided.map(({ reason }) => reason), ' ')}`.replace(/\.$/, ''),
		'To fix this, run it again. If it fails again, connect a user who may see everyone. Nothing was changed for this item.',
	);
}

function describe(named: NamedMember): string {
	if (named.by === 'email') return `the address ${named.email}`;
	return named.by === 'uuid' ? `the UUID ${named.uuid}` : `the ID ${named.id}`;
}

/** Rows of the members list that belong to a UUID: by identity if both lists show one, else by address. */
function membersOfUuid(team: TeamMember | undefined, { businessMembers }: BusinessLists): BusinessMember[] {
	return team === undefined ? [] : businessMembers.rows.filter((row) => new PeopleIndex([team]).has(row));
}

function rowsNamed(named: NamedMember, lists: BusinessLists, team: TeamMember | undefined): BusinessMember[] {
	if (named.by === 'memberId') return lists.businessMembers.rows.filter(({ id }) => id === named.id);
	if (named.by === 'uuid') return membersOfUuid(team, lists);
	return presenceIn(lists, personOf([named.email], [], [lists])).members;
}

function hasId(member: BusinessMember): member is LocatedMember['member'] {
	return member.id !== null;
}

/**
 * The one team member with an address, from the published list. Throws FreshBooksError if the list could not be read, if nobody
 * has the address, and if several people have it.
 */
export async function findTeamMember(session: Session, businessId: number, email: string): Promise<TeamMember> {
	const { rows, state, reason } = await session.teamMembers(businessId);
	const found = rows.filter((row) => sameAddress(row.email, email));
	if (found.length === 1) return found[0];
	if (found.length > 1) {
		throw refusal(
			`More than one team member of business ${businessId} has the address ${email}: ${someOf(found.map(({ uuid }) => uuid))}`,
			"To fix this, choose one of them in 'Team Member' by ID.",
		);
	}
	if (state === 'doubtful') throw refusal(`No team member with the address ${email} was found in business ${businessId}`, reason ?? '');
	throw refusal(
		`No team member of business ${businessId} has the address ${email}`,
		"The node searched all team members, ignoring upper and lower case. Check 'Team Member' and 'Business'.",
	);
}

/** The refusal for a member who is in the published list only, so that nothing can be changed through the API. */
function withoutWholeNumber(named: NamedMember, businessId: number): FreshBooksError {
	return refusal(
		`The team member with ${describe(named)} has no whole-number ID in business ${businessId}, which FreshBooks needs to change or remove them`,
		'To fix this, do it in FreshBooks itself, under Team Members. Nothing was changed.',
	);
}

/** The refusal for a team member whom no list identifies. */
function withoutName({ id }: LocatedMember['member'], businessId: number): FreshBooksError {
	return refusal(
		`Team member ${id} of business ${businessId} is listed without an address and without an identity, so it is not known who it is`,
		'It may be the connected user or the only owner. To fix this, do it in FreshBooks itself, under Team Members. Nothing was changed.',
	);
}

/**
 * Finds the named team member in complete lists; undefined if nobody is there. Throws FreshBooksError if a list that decides
 * was not read completely, if FreshBooks does not offer the members list, if two team members match, and if no list identifies
 * the team member.
 */
export async function locateMember(session: Session, businessId: number, named: NamedMember): Promise<LocatedMember | undefined> {
	const lists = await session.lists(businessId);
	const team = named.by === 'uuid' ? lists.teamMembers.rows.find(({ uuid }) => uuid === named.uuid) : undefined;
	const rows = rowsNamed(named, lists, team);
	const emails = named.by === 'email' ? [named.email] : [...rows, ...(team ? [team] : [])].map(({ email }) => email);
	const person = session.personOf(emails, [...rows, ...(team ? [team] : [])].map(({ identityId }) => identityId), [lists]);
	const presence = presenceIn(lists, person);
	const undecided = undecidedFor(lists, presence);
	if (undecided.length > 0) throw undecidedError(undecided, businessId);
	if (lists.businessMembers.state === 'notOffered') throw lists.businessMembers.error ?? withoutWholeNumber(named, businessId);
	const found = rows.filter(hasId);
	if (found.length > 1) {
		throw refusal(
			`More than one team member of business ${businessId} has ${describe(named)}: ${someOf(found.map(({ id }) => inOneLine(String(id), 40)))}`,
			"To fix this, choose one of them in 'Team Member' by ID. Nothing was changed.",
		);
	}
	const [member] = found;
	if (member && person.named.size + person.identities.size === 0) throw withoutName(member, businessId);
	if (member) return { member, person, presence, lists };
	if (team !== undefined || presence.teamMembers.length > 0) throw withoutWholeNumber(named, businessId);
	return undefined;
}

/**
 * Runs `work` on one team member, after all earlier work on the same one, whichever way it was named there. Returns undefined
 * if nobody is there. Throws like `locateMember` and `work`.
 */
export async function withMember<Result>(
	session: Session,
	businessId: number,
	named: NamedMember,
	work: (located: LocatedMember) => Promise<Result>,
): Promise<Result | undefined> {
	const first = await locateMember(session, businessId, named);
	if (!first) return undefined;
	return await session.inTurn(`member ${businessId} ${first.member.id}`, async () => {
		const located = await locateMember(session, businessId, named);
		return located && (await work(located));
	});
}

/** Whether an earlier item of this execution removed the member that was named. */
function wasRemovedHere(session: Session, businessId: number, named: NamedMember): boolean {
	return [...session.writes.removedHere(businessId).values()].some(({ member, uuids }) => {
		if (named.by === 'email') return sameAddress(member.email, named.email);
		return named.by === 'uuid' ? uuids.includes(named.uuid) : member.id === named.id;
	});
}

/** The refusal for somebody who is not there. */
export function noMember(session: Session, businessId: number, named: NamedMember): FreshBooksError {
	if (wasRemovedHere(session, businessId, named)) {
		return refusal(`The team member with ${describe(named)} was removed from business ${businessId} by an earlier item`, 'To fix this, remove the repeated item from the input. Nothing was sent for it.');
	}
	return refusal(
		`No team member of business ${businessId} has ${describe(named)}`,
		`The node searched all lists${named.by === 'email' ? ', ignoring upper and lower case' : ''}. Check 'Team Member' and 'Business'.`,
	);
}

/** A team member's name in a sentence. */
export function memberName({ email, id }: Pick<BusinessMember, 'email' | 'id'>): string {
	return email ?? `Team member ${id ?? ''}`;
}

/** Refuses the connected user; throws FreshBooksError. */
export async function refuseConnectedUser(session: Session, person: Person, name: string, what: string): Promise<void> {
	if (!isConnectedUser(await session.getMe(), person)) return;
	throw refusal(`${name} is the connected user ${what}`, 'To fix this, connect as another owner or admin: this connection could lose its rights. Nothing was changed.');
}

/** The way out for a business's owner. */
export const TRANSFER = 'To fix this, ask FreshBooks support to transfer the business to another owner first.';

async function ownerRefusal(session: Session, name: string, businessId: number, what: string): Promise<FreshBooksError> {
	return refusal(`${name} owns ${businessNameOf(await businessOf(session, businessId))}${what}`, `${TRANSFER} Nothing was changed.`);
}

/** Refuses the only active owner of a business; throws FreshBooksError. */
export async function refuseOnlyOwner(session: Session, { member, person, presence, lists }: LocatedMember, businessId: number): Promise<void> {
	if (!isOwner(presence) || hasOtherOwner(lists, person, session.writes.acceptedRemovals(businessId))) return;
	throw await ownerRefusal(session, memberName(member), businessId, ' and cannot be removed');
}

/** Refuses to change the role of an owner; throws FreshBooksError. */
export async function refuseOwner(session: Session, presence: Presence, name: string, businessId: number): Promise<void> {
	if (isOwner(presence)) throw await ownerRefusal(session, name, businessId, ', and the role of an owner cannot be changed');
}

/** The error for a role that did not change although FreshBooks accepted the request. */
function roleUnchanged(member: BusinessMember, listed: string | null, role: string, how: string): FreshBooksError {
	const now = listed === null ? 'with an unknown role' : `as ${roleTitle(listed)}`;
	return refusal(
		`FreshBooks accepted the request, but ${how} ${memberName(member)} ${now}, not as ${roleTitle(role)}`,
		'Check the role in FreshBooks under Team Members: your plan may not include it, or the change may appear later.',
	);
}

/** FreshBooks answered without a role: its lists get 15 seconds to show the new one. */
async function verifyRole(session: Session, businessId: number, member: LocatedMember['member'], role: string): Promise<void> {
	const rowIn = ({ businessMembers }: BusinessLists): BusinessMember | undefined => businessMembers.rows.find(({ id }) => id === member.id);
	const lists = await readUntil(session, businessId, VERIFYING_PAUSES_MS, (read) => sameRole(rowIn(read)?.role ?? null, role));
	const row = rowIn(lists);
	if (row === undefined) {
		throw refusal(
			`FreshBooks accepted the new role of ${memberName(member)}, but it could not be verified: ${lists.businessMembers.reason ?? 'the list of business members does not show them any more.'}`.replace(/\.$/, ''),
			'Check the role in FreshBooks under Team Members.',
		);
	}
	if (!sameRole(row.role, role)) throw roleUnchanged(member, row.role, role, 'lists');
}

/**
 * Changes the role or permissions of a team member who may be changed. Returns FreshBooks' answer. Throws FreshBooksError, also
 * if FreshBooks answers with the old role, or answers without a role and does not list the new one: then the role is unchanged.
 */
export async function changeRole(
	session: Session,
	businessId: number,
	{ member }: LocatedMember,
	changes: { role?: string; permissions?: Record<string, unknown> },
): Promise<BusinessMember> {
	const answered = await updateBusinessMember(session.client, businessId, member.id, changes as Parameters<typeof updateBusinessMember>[3]);
	const { role } = changes;
	if (role === undefined) return answered ?? businessMemberOf({ id: member.id, ...changes });
	if (answered?.role && !sameRole(answered.role, role)) throw roleUnchanged(member, answered.role, role, 'answers with');
	if (!answered?.role) await verifyRole(session, businessId, member, role);
	session.writes.noteRole(businessId, member, role);
	return answered ?? businessMemberOf({ id: member.id, ...changes });
}
