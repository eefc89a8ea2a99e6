import { removeBusinessMember } from '../api/businessMembers';
import { failureOf } from '../client/errors';
import { sameAddress } from '../client/identifiers';
import type { BusinessMembership, Me } from '../api/me';
import { revokeInvitation } from '../api/invitations';
import { setStaffVisState, VIS_STATE } from '../api/staff';
import type { ListName, Session } from './session';
import { reportFor, type Action, type BusinessOutcome, type BusinessReport, type Deed, type NotDone } from './offboardReport';
import { endsTheRun, reasonOf } from './reasons';
import { isOwnerRole, mayNotManage } from './roles';
import { isIn, isInactive, isSeen, look, lookForStaff, type SeenStaff, type Sighting, type StaffSighting } from './sightings';

/**
 * Takes one person out of one business: every pending invitation first, so that nobody comes back through one, then the
 * membership, then (if asked for) the staff record; then the lists are read again. Whatever that reading newly shows (an
 * invitation accepted in between is a member now) is taken away in a further round. Nothing counts as done before a list
 * read after it is without it, and nothing as verified before every list was read completely.
 */

export interface Leaver {
	email: string;
	dryRun: boolean;
	archiveStaff: boolean;
	/** The businesses were chosen one by one, so each of them counts. */
	chosenOneByOne: boolean;
}

const MAX_ROUNDS = 3;
const LOOK_AFTER_MS = 2_000;
const BY_HAND = 'Remove the person in FreshBooks itself, under Team Members.';

interface Target {
	kind: 'invitation' | 'member';
	id: number;
}

interface Tried extends Target {
	error?: unknown;
}

const ACTIONS: Record<Target['kind'], Action> = { invitation: 'invitationRevoked', member: 'memberRemoved' };
const LISTS: Record<Target['kind'], ListName> = { invitation: 'invitations', member: 'businessMembers' };

function targetsIn({ invitations, members }: Sighting): Target[] {
	return [
		...invitations.map(({ id }): Target => ({ kind: 'invitation', id })),
		...members.flatMap(({ memberId }): Target[] => (memberId === null ? [] : [{ kind: 'member', id: memberId }])),
	];
}

function isListed(sighting: Sighting, { kind, id }: Target): boolean {
	return kind === 'invitation'
		? sighting.invitations.some((invitation) => invitation.id === id)
		: sighting.members.some((member) => member.memberId === id);
}

/** Listed, and not as an inactive member, as which FreshBooks may keep somebody it removed. */
function holds(sighting: Sighting, target: Target): boolean {
	return isListed(sighting, target) && (target.kind === 'invitation' || !isInactive(sighting));
}

async function remove(session: Session, businessId: number, target: Target): Promise<Tried> {
	const request = target.kind === 'invitation' ? revokeInvitation : removeBusinessMember;
	return await request(session.client, businessId, target.id).then(
		() => target,
		(error: unknown) => (endsTheRun(error) ? Promise.reject(error) : { ...target, error }),
	);
}

interface Removal {
	tried: Tried[];
	/** What the lists showed last. */
	last: Sighting;
}

/** Removes what is seen, and what is newly seen afterwards. */
async function removeAll(session: Session, businessId: number, email: string, first: Sighting): Promise<Removal> {
	const tried = new Map<string, Tried>();
	let last = first;
	for (let round = 1; round <= MAX_ROUNDS && !last.onlyOwner; round++) {
		const targets = targetsIn(last).filter(({ kind, id }) => !tried.has(`${kind} ${id}`));
		if (targets.length === 0) break;
		for (const target of targets) tried.set(`${target.kind} ${target.id}`, await remove(session, businessId, target));
		last = await look(session, businessId, email, true);
	}
	const removal = { tried: [...tried.values()], last };
	const lingers = removal.tried.some((target) => target.error === undefined && holds(last, target));
	if (!lingers) return removal;
	await session.client.pause(LOOK_AFTER_MS);
	return { ...removal, last: await look(session, businessId, email, true) };
}

function isGone(error: unknown): boolean {
	const kind = failureOf(error)?.kind;
	return kind === 'notPublished' || kind === 'notFound';
}

/** What became of one removal, in the light of the first and the last reading. */
function settle(target: Tried, first: Sighting, last: Sighting): Deed | NotDone {
	const { kind, id, error } = target;
	const what = kind === 'invitation' ? 'invitation' : 'membership';
	// Whoever was inactive before is no proof of a removal that FreshBooks refused.
	if (error === undefined || !isInactive(first) ? holds(last, target) : isListed(last, target)) {
		const reason = error === undefined ? 'FreshBooks accepted the removal, but still lists it. Run it again in a minute.' : `${reasonOf(error)}. ${BY_HAND}`;
		return { what, id, reason };
	}
	const wasRead = !last.unread.some(({ list }) => list === LISTS[kind]);
	if (error !== undefined && !wasRead) return { what, id, reason: `${reasonOf(error)}.` };
	return { action: ACTIONS[kind], id, wasGone: isGone(error) };
}

/** What the lists still show although nothing could be tried on it. */
function leftOver({ tried, last }: Removal): NotDone[] {
	if (last.onlyOwner) return [{ what: 'membership', id: null, reason: ONLY_OWNER }];
	const left = targetsIn(last).filter((target) => holds(last, target) && !tried.some(({ kind, id }) => kind === target.kind && id === target.id));
	const open = left.map(({ kind, id }): NotDone => ({
		what: kind === 'invitation' ? 'invitation' : 'membership',
		id,
		reason: 'It came up only after the others were removed. Run it again.',
	}));
	if (!isIn(last) || targetsIn(last).some(({ kind }) => kind === 'member')) return open;
	const reason = last.removalOffered
		? `FreshBooks lists the person as a team member, but not with the whole-number ID that a removal needs. ${BY_HAND}`
		: `FreshBooks' API does not offer this connection to remove members. ${BY_HAND}`;
	return [...open, { what: 'membership', id: null, reason }];
}

function unreadIn({ unread }: Sighting): NotDone[] {
	return unread.map(({ reason }) => ({ what: 'reading', id: null, reason }));
}

const ONLY_OWNER = 'The person is the only owner of this business, who is never removed here. Have FreshBooks transfer the business first.';
const TOKEN_OWNER = 'This is the connected FreshBooks user, who is never removed here. Connect as another owner or admin first.';

/** True for the person whose connection this is, by address or by identity. */
function isTokenOwner(me: Me, email: string, sighting?: Sighting): boolean {
	if (sameAddress(me.email, email)) return true;
	const identity = me.identityId;
	return [...(sighting?.teamMembers ?? []), ...(sighting?.members ?? [])].some(
		({ identityId }) => identityId !== null && identityId === identity,
	);
}

function isStaffActive({ visState }: SeenStaff): boolean {
	return visState !== VIS_STATE.archived && visState !== VIS_STATE.deleted;
}

interface StaffResult {
	found: SeenStaff[];
	done: Deed[];
	notDone: NotDone[];
	remarks: string[];
}

function staffLeftAlone(sighting: StaffSighting | undefined): StaffResult {
	const nothing = { found: [], done: [], notDone: [] };
	if (!sighting) return { ...nothing, remarks: [] };
	if (!('staff' in sighting)) return { ...nothing, remarks: [`Staff records: ${sighting.reason}`] };
	const active = sighting.staff.filter(isStaffActive).map(({ id }) => id);
	const remarks = active.length > 0 ? [`Staff record ${active.join(', ')} stays active in accounting (option 'Staff Records').`] : [];
	return { ...nothing, found: sighting.staff, remarks };
}

async function archive(session: Session, membership: BusinessMembership, email: string, before: StaffSighting): Promise<StaffResult> {
	if (!('staff' in before)) return { found: [], done: [], notDone: [{ what: 'staff', id: null, reason: before.reason }], remarks: [] };
	const active = before.staff.filter(isStaffActive);
	const errors = new Map<number, unknown>();
	for (const { id } of active) {
		const sent = setStaffVisState(session.client, membership.accountId ?? '', id, VIS_STATE.archived);
		await sent.catch((error: unknown) => (endsTheRun(error) ? Promise.reject(error) : errors.set(id, error)));
	}
	const after = active.length > 0 ? await lookForStaff(session, membership, email) : before;
	const done: Deed[] = [];
	const notDone: NotDone[] = [];
	for (const { id } of active) {
		const reason = staffReason(id, after, errors);
		if (reason === undefined) done.push({ action: 'staffArchived', id, wasGone: false });
		else notDone.push({ what: 'staff', id, reason });
	}
	return { found: before.staff, done, notDone, remarks: [] };
}

/** Why a staff record does not count as archived; undefined when it does. */
function staffReason(id: number, after: StaffSighting, errors: ReadonlyMap<number, unknown>): string | undefined {
	if (!('staff' in after)) return errors.has(id) ? reasonOf(errors.get(id)) : after.reason;
	const active = after.staff.some((staff) => staff.id === id && isStaffActive(staff));
	if (!active) return undefined;
	return errors.has(id) ? reasonOf(errors.get(id)) : 'FreshBooks accepted the archiving, but still lists the record as active. Run it again.';
}

function outcomeOf(first: Sighting, last: Sighting, done: Deed[], notDone: NotDone[]): BusinessOutcome {
	if (notDone.some(({ what }) => what !== 'reading')) return 'failed';
	if (notDone.length > 0) return done.length > 0 ? 'notVerified' : 'notRead';
	if (done.length > 0) return 'removed';
	return isInactive(first) || isInactive(last) ? 'alreadyInactive' : 'notThere';
}

/** A business whose people the token owner, by their role there, surely may not manage, and may not list either. */
function isNotManaged(sighting: Sighting, { role }: BusinessMembership, leaver: Leaver): boolean {
	const refused = sighting.unread.some(({ list, forbidden }) => list === 'teamMembers' && forbidden);
	return refused && !isSeen(sighting) && !leaver.chosenOneByOne && mayNotManage(role);
}

type Found = BusinessReport['found'];

function report({ businessId, name }: BusinessMembership, found: Found, outcome: BusinessOutcome, changes: Partial<BusinessReport> = {}): BusinessReport {
	return { businessId, name, outcome, verified: false, found, done: [], notDone: [], remarks: [], ...changes };
}

const NOTHING_FOUND: Found = { teamMembers: [], members: [], invitations: [], staff: [] };

/** The report for the token owner, about whom nothing is even looked up. */
function refuseTokenOwner(membership: BusinessMembership): BusinessReport {
	return report(membership, NOTHING_FOUND, 'refused', { remarks: [TOKEN_OWNER] });
}

/** Takes a person out of one business, or finds what would be done. Throws only what ends the run. */
async function offboardFrom(session: Session, leaver: Leaver, membership: BusinessMembership): Promise<BusinessReport> {
	const { businessId } = membership;
	const first = await look(session, businessId, leaver.email, false);
	const isOwner = [...first.teamMembers, ...first.members].some(({ role }) => isOwnerRole(role));
	if (!isOwner) return await offboardSeen(session, leaver, membership, first);
	// Whether there is another owner must not be judged by a list from before another item's removal, or while one is under way.
	return await session.inTurn(`owners ${businessId}`, async () => {
		return await offboardSeen(session, leaver, membership, await look(session, businessId, leaver.email, true));
	});
}

async function offboardSeen(session: Session, leaver: Leaver, membership: BusinessMembership, first: Sighting): Promise<BusinessReport> {
	const { businessId } = membership;
	const { email } = leaver;
	const looksForStaff = isSeen(first) || (leaver.archiveStaff && membership.accountId !== null);
	const staff = looksForStaff ? await lookForStaff(session, membership, email) : undefined;
	const { teamMembers, members, invitations } = first;
	const found = { teamMembers, members, invitations, staff: staff && 'staff' in staff ? staff.staff : [] };

	if (isTokenOwner(await session.getMe(), email, first)) return report(membership, found, 'refused', { remarks: [TOKEN_OWNER] });
	if (first.onlyOwner) return report(membership, found, 'refused', { remarks: [ONLY_OWNER] });
	if (isNotManaged(first, membership, leaver)) {
		return report(membership, found, 'notManaged', { remarks: first.unread.map(({ reason }) => reason) });
	}
	if (leaver.dryRun) return report(membership, found, ...planned(first, staff, leaver));

	const removal = await removeAll(session, businessId, email, first);
	const settled = removal.tried.map((target) => settle(target, first, removal.last));
	const staffResult = leaver.archiveStaff && staff ? await archive(session, membership, email, staff) : staffLeftAlone(staff);
	const done = [...settled.filter((entry) => 'action' in entry), ...staffResult.done];
	const notDone = [
		...settled.filter((entry) => 'what' in entry),
		...leftOver(removal),
		...staffResult.notDone,
		...unreadIn(removal.last),
	];
	const kept = isInactive(removal.last) ? ['FreshBooks keeps the person in the list, as inactive.'] : [];
	const remarks = [...kept, ...staffResult.remarks];
	return report(membership, found, outcomeOf(first, removal.last, done, notDone), { verified: notDone.length === 0, done, notDone, remarks });
}

/** What a dry run answers: the outcome, and what would stand in the way. */
function planned(first: Sighting, staff: StaffSighting | undefined, leaver: Leaver): [BusinessOutcome, Partial<BusinessReport>] {
	const untouched = staffLeftAlone(staff);
	const archives = leaver.archiveStaff && untouched.found.some(isStaffActive);
	const hasWork = isIn(first) || targetsIn(first).length > 0 || archives;
	const staffUnread: NotDone[] = leaver.archiveStaff && staff && 'reason' in staff ? [{ what: 'staff', id: null, reason: staff.reason }] : [];
	const notDone = [...leftOver({ tried: targetsIn(first), last: first }), ...staffUnread, ...unreadIn(first)];
	const outcome = hasWork ? 'planned' : outcomeOf(first, first, [], notDone);
	const remarks = leaver.archiveStaff ? [] : untouched.remarks;
	return [outcome, { verified: !hasWork && notDone.length === 0, notDone, remarks }];
}

/** All businesses at once; each reports its own failures, so none stops another. */
async function throughAll(session: Session, leaver: Leaver, businesses: BusinessMembership[]): Promise<BusinessReport[]> {
	const results = await Promise.allSettled(businesses.map(async (business) => await offboardFrom(session, leaver, business)));
	const ended = results.find((result) => result.status === 'rejected');
	if (ended) return await Promise.reject(ended.reason);
	return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Takes a person out of several businesses and reports on all of them; the token's owner is refused. Throws only what ends
 * the whole run, such as a credential that must be reconnected.
 */
export async function offboardEverywhere(
	session: Session,
	leaver: Leaver,
	businesses: BusinessMembership[],
): Promise<ReturnType<typeof reportFor>> {
	const reports = isTokenOwner(await session.getMe(), leaver.email)
		? businesses.map(refuseTokenOwner)
		: await throughAll(session, leaver, businesses);
	return reportFor(leaver.email, leaver.dryRun, reports);
}
