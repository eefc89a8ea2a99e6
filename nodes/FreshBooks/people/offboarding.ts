import type { BusinessMembership } from '../api/me';
import { listStaff, setStaffVisState, VIS_STATE, type StaffRecord } from '../api/staff';
import { readToTheEnd } from '../api/lists';
import { isFreshBooksError, type FreshBooksError } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import { listsOf, type BusinessLists, type ListName } from './businessLists';
import {
	foundBusinessMember,
	foundInvitation,
	foundStaff,
	foundTeamMember,
	reportFor,
	type BusinessOutcome,
	type BusinessReport,
	type CompletedAction,
	type Found,
	type NotDone,
	type OffboardReport,
} from './offboardReport';
import { TRANSFER } from './membership';
import {
	hasAccess,
	hasOtherOwner,
	isConnectedUser,
	isDeactivated,
	isListed,
	isOwner,
	matchOf,
	presenceIn,
	undecidedFor,
	type Person,
	type Presence,
	type Undecided,
} from './presence';
import { BY_HAND, endsTheRun, reasonOf, removalReason, withoutClosed } from './reasons';
import { readHandOver } from './handOver';
import { doneBy, givesAccess, isRefused, isShown, removeAndVerify, targetsIn, type Attempt, type RemovalResult } from './removing';
import { isOwnerRole, mayNotManage } from './roles';
import type { Session } from './session';
import { businessNameOf } from './texts';

/** Offboarding one person from one or several businesses, with a report of what was seen and done. */

export interface Leaver {
	email: string;
	dryRun: boolean;
	archiveStaff: boolean;
	/** Also removes the same identity's rows under other addresses. */
	includeOtherAddresses: boolean;
	/** The businesses were chosen one by one, so each of them counts. */
	chosenOneByOne: boolean;
}

/** Another connection could remove an owner too, but not the only one. */
function connectedUserText(email: string, membership: BusinessMembership): string {
	if (isOwnerRole(membership.role)) {
		return `${email} owns ${businessNameOf(membership)} and cannot be removed here, as the connected FreshBooks user. To fix this, connect as another owner; if there is none, ask FreshBooks support to transfer the business first.`;
	}
	return `${email} is the connected FreshBooks user and cannot be removed here. To fix this, connect as another owner or admin.`;
}

function ownerText(email: string, membership: BusinessMembership): string {
	return `${email} owns ${businessNameOf(membership)} and cannot be removed. ${TRANSFER}`;
}

const NO_OWNER_LEFT =
	'FreshBooks lists no active owner of this business any more: another run may have removed the other owner at the same time. To fix this, contact FreshBooks support now.';

const LIST_NAMES: Record<ListName, string> = { invitations: 'pending invitations', teamMembers: 'team members', businessMembers: 'business members' };

const NO_ACCOUNT = 'FreshBooks names no accounting system for this business, so its staff records were not checked.';

/** One business as it was read before anything is done. */
interface Reading {
	membership: BusinessMembership;
	lists: BusinessLists;
}

interface StaffReading {
	records: StaffRecord[];
	/** Why the records could not be read; a sentence. */
	unread?: string;
}

async function readStaff(session: Session, { accountId }: BusinessMembership, email: string): Promise<StaffReading> {
	if (accountId === null) return { records: [], unread: NO_ACCOUNT };
	return await readToTheEnd(session.client, listStaff(accountId, { search: { email_like: email } }, (record) => record)).then(
		({ rows, doubt }): StaffReading => ({ records: rows.filter((record) => sameAddress(record.email, email)), unread: doubt }),
		(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { records: [], unread: `${reasonOf(error)}.` }),
	);
}

function isStaffActive({ visState }: StaffRecord): boolean {
	return visState !== VIS_STATE.archived && visState !== VIS_STATE.deleted;
}

interface StaffResult {
	done: CompletedAction[];
	notDone: NotDone[];
	remarks: string[];
}

function staffRemarks({ records, unread }: StaffReading): StaffResult {
	const active = records.filter(isStaffActive).map(({ id }) => id);
	const stays = active.length > 0 ? [`Staff record ${active.join(', ')} stays active in accounting.`] : [];
	return { done: [], notDone: [], remarks: [...(unread === undefined ? [] : [`Staff records: ${unread}`]), ...stays] };
}

async function archiveStaff(session: Session, membership: BusinessMembership, email: string, before: StaffReading): Promise<StaffResult> {
	const unread = (reading: StaffReading): NotDone[] => (reading.unread === undefined ? [] : [{ what: 'staff', id: null, reason: reading.unread }]);
	const active = before.records.flatMap((record) => (isStaffActive(record) && record.id !== null ? [record.id] : []));
	if (active.length === 0) return { done: [], notDone: unread(before), remarks: [] };
	const errors = new Map<number, FreshBooksError>();
	for (const id of active) {
		const sent = setStaffVisState(session.client, membership.accountId ?? '', id, VIS_STATE.archived);
		await sent.catch((error: unknown) => (isFreshBooksError(error) && !endsTheRun(error) ? errors.set(id, error) : Promise.reject(error)));
	}
	const after = await readStaff(session, membership, email);
	const result: StaffResult = { done: [], notDone: unread(after), remarks: [] };
	for (const id of active) {
		const record = after.records.find((row) => row.id === id);
		const isArchived = record === undefined ? after.unread === undefined : !isStaffActive(record);
		const error = errors.get(id);
		const by = error === undefined ? 'thisRun' : doneBy({ error });
		if (isArchived) result.done.push({ action: 'staffArchived', id, by, wasGone: by === 'somebodyElse' });
		else result.notDone.push({ what: 'staff', id, reason: errors.has(id) ? `${reasonOf(errors.get(id))}.` : 'FreshBooks accepted the change, but still lists the staff record as active. Run it again.' });
	}
	return result;
}

function foundIn(presence: Presence, staff: StaffReading | undefined): Found {
	const { teamMembers, members, invitations, elsewhere } = presence;
	return {
		teamMembers: teamMembers.map(foundTeamMember),
		members: members.map(foundBusinessMember),
		invitations: invitations.map(foundInvitation),
		staff: staff?.records.flatMap(foundStaff) ?? [],
		otherAddresses: [...elsewhere.teamMembers.map(foundTeamMember), ...elsewhere.members.map(foundBusinessMember)],
	};
}

function unreadEntries(undecided: Undecided[], membership: BusinessMembership, { chosenOneByOne }: Leaver): NotDone[] {
	const wayOut = (error: Undecided['error']): string => (chosenOneByOne ? '' : withoutClosed(membership, error));
	return undecided.map(({ reason, error }) => ({ what: 'reading', id: null, reason: reason.replace(/\.$/, `${wayOut(error)}.`) }));
}

const WHAT = { invitation: 'invitation', member: 'membership' } as const;
const ACTIONS = { invitation: 'invitationRevoked', member: 'memberRemoved' } as const;

/** The result of one removal, by the first and the last reading. */
function settle(attempt: Attempt, first: Presence, { attempts, last, undecided }: RemovalResult): CompletedAction | NotDone | undefined {
	const { kind, id, error } = attempt;
	// The invitation was accepted meanwhile. The new membership has its own entry.
	const wasAccepted = kind === 'invitation' && error !== undefined && attempts.some((other) => other.kind === 'member' && !isShown(first, other));
	if (wasAccepted && !isShown(last, attempt)) return undefined;
	// If FreshBooks refused to remove somebody who was already deactivated, nothing changed, whatever the lists show.
	const wasDeactivated = isDeactivated(attempt.isElsewhere ? first.elsewhere : first);
	const remains = error !== undefined && wasDeactivated ? isShown(last, attempt) : givesAccess(last, attempt);
	if (remains) {
		const reason = error === undefined ? 'FreshBooks accepted the removal, but its lists still show the access. Run it again in a minute.' : removalReason(error);
		return { what: WHAT[kind], id, reason };
	}
	// An invitation that FreshBooks clearly refused to revoke, and that is gone, may have been accepted.
	const isUnclear = error !== undefined && (undecided.length > 0 || (kind === 'invitation' && isRefused(attempt)));
	if (isUnclear) return { what: WHAT[kind], id, reason: removalReason(error) };
	const by = doneBy(attempt);
	return { action: ACTIONS[kind], id, by, wasGone: by === 'somebodyElse' };
}

/** What the lists still show and no request could remove. */
function leftOver(lists: BusinessLists, presence: Presence, tried: Attempt[], includeOtherAddresses: boolean): NotDone[] {
	const targets = targetsIn(presence, includeOtherAddresses);
	const open = targets
		.filter((target) => givesAccess(presence, target) && !tried.some(({ kind, id }) => kind === target.kind && id === target.id))
		.map(({ kind, id }): NotDone => ({ what: WHAT[kind], id, reason: 'It appeared only after the others were removed. Run it again.' }));
	const parts = includeOtherAddresses ? [presence, presence.elsewhere] : [presence];
	const hasNoTarget = parts.some((rows) => hasAccess(rows) && !rows.members.some(({ id }) => id !== null));
	if (!hasNoTarget) return open;
	const wasRemoved = tried.some(({ kind, error }) => kind === 'member' && error === undefined);
	return [...open, { what: 'membership', id: null, reason: withoutIdReason(lists, wasRemoved) }];
}

function withoutIdReason({ businessMembers }: BusinessLists, wasRemoved: boolean): string {
	if (wasRemoved) return 'FreshBooks accepted the removal, but still lists the person as an active team member. Run it again in a minute.';
	return businessMembers.state === 'notOffered'
		? `FreshBooks' API does not let this connection remove team members. ${BY_HAND}`
		: `FreshBooks lists the person as a team member, but not with the whole-number ID that a removal needs. ${BY_HAND}`;
}

/** The same identity under another address still has access: the user did not ask to remove it, or the lists do not identify it there. */
function otherAddresses({ elsewhere }: Presence, includeOtherAddresses: boolean): NotDone[] {
	const wayOut = includeOtherAddresses
		? 'FreshBooks does not show which team member is the person, or still lists them. Remove that access in FreshBooks itself, under Team Members.'
		: "Offboard that address as well; 'Offboard' does so with 'Include Other Addresses'.";
	const rows = hasAccess(elsewhere) ? [...elsewhere.teamMembers, ...elsewhere.members] : [];
	const addresses = [...new Set([...rows, ...elsewhere.invitations].flatMap(({ email }) => email ?? []))];
	return addresses.map((address) => ({
		what: 'otherAddress',
		id: null,
		reason: `The same person is listed as ${address} and keeps that access. ${wayOut}`,
	}));
}

function outcomeOf(first: Presence, last: Presence, done: CompletedAction[], notDone: NotDone[]): BusinessOutcome {
	if (notDone.some(({ what }) => what !== 'reading')) return 'failed';
	if (notDone.length > 0) return done.length > 0 ? 'notVerified' : 'notRead';
	const did = (action: CompletedAction['action']): boolean => done.some((one) => one.action === action);
	if (did('memberRemoved')) return 'removed';
	if (did('invitationRevoked')) return 'invitationRevoked';
	if (did('staffArchived')) return 'staffArchived';
	return isDeactivated(first) || isDeactivated(last) ? 'alreadyInactive' : 'notFound';
}

function reportOf({ businessId, name }: BusinessMembership, outcome: BusinessOutcome, changes: Partial<BusinessReport> = {}): BusinessReport {
	const nothing: Found = { teamMembers: [], members: [], invitations: [], staff: [], otherAddresses: [] };
	return { businessId, name, outcome, verified: false, found: nothing, done: [], notDone: [], remarks: [], handOver: null, ...changes };
}

/** A business whose people the connected user, by their role there, may not manage, and may not list either. */
function isNotManaged(undecided: Undecided[], presence: Presence, { role }: BusinessMembership, leaver: Leaver): boolean {
	const isListRefused = undecided.some(({ list, forbidden }) => list === 'teamMembers' && forbidden);
	return isListRefused && !isListed(presence) && !leaver.chosenOneByOne && mayNotManage(role);
}

/** What this execution removed for an earlier item about the same person and the lists no longer show, as a report shows it. */
function doneEarlier(session: Session, businessId: number, person: Person, { attempts, last }: RemovalResult): CompletedAction[] {
	const { removals, revocations } = session.writes.accepted(businessId);
	const revoked = [...revocations].filter(([, email]) => matchOf({ email, identityId: null }, person) !== undefined).map(([id]) => ({ kind: 'invitation' as const, id }));
	const removed = removals.filter((member) => matchOf(member, person) !== undefined).flatMap(({ id }) => (id === null ? [] : [{ kind: 'member' as const, id }]));
	const gone = [...revoked, ...removed].filter(({ kind, id }) => !isShown(last, { kind, id }) && !attempts.some((attempt) => attempt.kind === kind && attempt.id === id));
	return gone.map(({ kind, id }) => ({ action: ACTIONS[kind], id, by: 'thisRun', wasGone: false }));
}

async function offboardFrom(session: Session, leaver: Leaver, person: Person, reading: Reading): Promise<BusinessReport> {
	const { businessId } = reading.membership;
	if (!isOwner(presenceIn(reading.lists, person))) return await offboardRead(session, leaver, person, reading);
	// Lists from before or during another item's removal must not decide whether there is another owner.
	return await session.inTurn(`owners ${businessId}`, async () => {
		const lists = await session.listsAgain(businessId);
		return await offboardRead(session, leaver, person, { ...reading, lists: session.writes.appliedTo(businessId, lists) });
	});
}

/** Sentences on the lists that FreshBooks does not offer to this connection, which were not checked. */
function notLookedAt(lists: BusinessLists, { businessId }: BusinessMembership): string[] {
	return listsOf(lists)
		.filter(([, { state }]) => state === 'notOffered')
		.map(([list]) => `FreshBooks' API does not show this connection the list of ${LIST_NAMES[list]} of business ${businessId}, so it was not checked.`);
}

async function offboardRead(session: Session, leaver: Leaver, person: Person, reading: Reading): Promise<BusinessReport> {
	const { membership, lists } = reading;
	const { email, includeOtherAddresses } = leaver;
	const first = presenceIn(lists, person);
	const undecided = undecidedFor(lists, first);
	const looksForStaff = isListed(first) || (leaver.archiveStaff && membership.accountId !== null);
	const staff = looksForStaff ? await readStaff(session, membership, email) : undefined;
	const found = foundIn(first, staff);
	const handOver = isListed(first) ? await readHandOver(session, membership.businessId, person) : null;

	if (isConnectedUser(await session.getMe(), person)) return reportOf(membership, 'refused', { found, remarks: [connectedUserText(email, membership)] });
	if (isNotManaged(undecided, first, membership, leaver)) {
		return reportOf(membership, 'notManaged', { found, notDone: unreadEntries(undecided, membership, leaver) });
	}
	if (undecided.length > 0) return reportOf(membership, 'notRead', { found, notDone: unreadEntries(undecided, membership, leaver) });
	if (isOwner(first) && !hasOtherOwner(lists, person, session.writes.acceptedRemovals(membership.businessId))) return reportOf(membership, 'refused', { found, remarks: [ownerText(email, membership)] });
	if (leaver.dryRun) return { ...planned(leaver, reading, first, staff, found), handOver };

	const result = await removeAndVerify(session, membership.businessId, { person, includeOtherAddresses }, lists);
	const settled = result.attempts.flatMap((attempt) => settle(attempt, first, result) ?? []);
	const staffResult = staff === undefined ? undefined : leaver.archiveStaff ? await archiveStaff(session, membership, email, staff) : staffRemarks(staff);
	const done = [...doneEarlier(session, membership.businessId, person, result), ...settled.filter((entry) => 'action' in entry), ...(staffResult?.done ?? [])];
	const notDone = [
		// The most urgent first: a message names only the first.
		...(result.leftWithoutOwner ? [{ what: 'owner', id: null, reason: NO_OWNER_LEFT } as const] : []),
		...settled.filter((entry) => 'what' in entry),
		...(result.stoppedAtOnlyOwner ? [{ what: 'membership', id: null, reason: ownerText(email, membership) } as const] : leftOver(lists, result.last, result.attempts, includeOtherAddresses)),
		...otherAddresses(result.last, includeOtherAddresses),
		...(staffResult?.notDone ?? []),
		...unreadEntries(result.undecided, membership, leaver),
	];
	// For a later item about the same person, FreshBooks' lists decide again.
	if (notDone.length > 0) for (const { kind, id } of result.attempts) session.writes.forgetRemoval(membership.businessId, kind, id);
	const withoutStaff = leaver.archiveStaff && staff === undefined ? [`Staff records: ${NO_ACCOUNT}`] : [];
	const unseen = notLookedAt(lists, membership);
	const kept = isDeactivated(result.last) ? ['FreshBooks keeps the person in the list, as inactive.'] : [];
	return reportOf(membership, outcomeOf(first, result.last, done, notDone), {
		verified: notDone.length === 0,
		found,
		done,
		notDone,
		remarks: [...unseen, ...withoutStaff, ...kept, ...(staffResult?.remarks ?? [])],
		handOver,
	});
}

/** The report of a dry run: the outcome, and the obstacles. */
function planned(leaver: Leaver, reading: Reading, first: Presence, staff: StaffReading | undefined, found: Found): BusinessReport {
	const { membership, lists } = reading;
	const { includeOtherAddresses, archiveStaff: archives } = leaver;
	const targets = targetsIn(first, includeOtherAddresses);
	const hasWork = hasAccess(first) || targets.length > 0 || (archives && staff !== undefined && staff.records.some(isStaffActive));
	const staffUnread: NotDone[] = archives && staff?.unread !== undefined ? [{ what: 'staff', id: null, reason: staff.unread }] : [];
	const notDone = [...leftOver(lists, first, targets, includeOtherAddresses), ...(includeOtherAddresses ? [] : otherAddresses(first, false)), ...staffUnread];
	const remarks = [...notLookedAt(lists, membership), ...(archives || staff === undefined ? [] : staffRemarks(staff).remarks)];
	return reportOf(membership, hasWork ? 'planned' : outcomeOf(first, first, [], notDone), { verified: !hasWork && notDone.length === 0, found, notDone, remarks });
}

/** Waits until all work has ended, then throws the first failure that ends the run. */
async function allOf<Result>(work: Array<Promise<Result>>): Promise<Result[]> {
	const results = await Promise.allSettled(work);
	const ended = results.find((result) => result.status === 'rejected');
	if (ended) return await Promise.reject(ended.reason);
	return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Offboards a person from several businesses and reports on each. Refuses the connected user and the only owner. Reads all
 * businesses before it changes anything, because one may show the identity that another one hides. Throws FreshBooksError only
 * for errors that end the run, and if the connected user cannot be read.
 */
export async function offboardEverywhere(session: Session, leaver: Leaver, businesses: BusinessMembership[]): Promise<OffboardReport> {
	const me = await session.getMe();
	if (sameAddress(me.email, leaver.email)) {
		return reportFor(leaver.email, leaver.dryRun, businesses.map((membership) => reportOf(membership, 'refused', { remarks: [connectedUserText(leaver.email, membership)] })));
	}
	const readings = await allOf(businesses.map(async (membership): Promise<Reading> => ({ membership, lists: await session.lists(membership.businessId) })));
	const person = session.personOf([leaver.email], [], readings.map(({ lists }) => lists));
	const reports = await allOf(readings.map(async (reading) => await offboardFrom(session, leaver, person, reading)));
	return reportFor(leaver.email, leaver.dryRun, reports);
}
