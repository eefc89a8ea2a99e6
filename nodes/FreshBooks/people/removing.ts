import { removeBusinessMember, type BusinessMember } from '../api/businessMembers';
import { revokeInvitation } from '../api/invitations';
import { failureOf, isFreshBooksError, type FreshBooksError } from '../client/errors';
import type { BusinessLists } from './businessLists';
import { hasAccess, hasOtherOwner, isDeactivated, isOwner, personBy, presenceIn, undecidedFor, type Person, type Presence, type Undecided } from './presence';
import { endsTheRun } from './reasons';
import type { Session } from './session';

/**
 * Removes access and verifies it. First revokes every pending invitation, so that nobody returns through one, then removes the
 * memberships. Then reads the lists again until they show no access, for up to 15 seconds. If a reading shows new access (for
 * example an invitation that was accepted meanwhile), it removes that too.
 */

/** Waits between the readings that verify a removal, in milliseconds: 15 seconds in all. */
export const VERIFYING_PAUSES_MS = [1_000, 2_000, 3_000, 4_000, 5_000];
/** Maximum number of rounds of removals, if new access appears. */
const MAX_ROUNDS = 3;

export interface Target {
	kind: 'invitation' | 'member';
	id: number;
	/** A member's row, and the UUIDs that the published list shows for the person. */
	member?: BusinessMember;
	uuids?: string[];
	/** The address of an invitation. */
	email?: string | null;
	/** True if the target has another address than the named one. */
	isElsewhere: boolean;
}

export interface Attempt extends Target {
	/** The error of the request. */
	error?: FreshBooksError;
	/** True if FreshBooks accepted the same removal earlier in this execution. */
	wasAcceptedBefore?: boolean;
}

/** Who removed a member or revoked an invitation. */
export type DoneBy =
	/** This run: FreshBooks accepted its request. */
	| 'thisRun'
	/** Probably a try of this run whose response was lost. FreshBooks does not show whether somebody else did it at the same time. */
	| 'earlierTry'
	/** Another run, or a person. */
	| 'somebodyElse';

/** True if FreshBooks answered that nothing has this ID. */
export function isAbsent(error: unknown): boolean {
	const kind = failureOf(error)?.kind;
	return kind === 'notPublished' || kind === 'notFound';
}

/** Who removed what the lists no longer show, by the results of the requests. */
export function doneBy({ error, wasAcceptedBefore }: Pick<Attempt, 'error' | 'wasAcceptedBefore'>): DoneBy {
	if (error === undefined || wasAcceptedBefore || error.failure.readBackFailed) return 'thisRun';
	if (isAbsent(error)) return error.failure.afterUnclearTry ? 'earlierTry' : 'somebodyElse';
	return error.failure.maybeDone ? 'earlierTry' : 'somebodyElse';
}

/** True if FreshBooks clearly refused, so that its lists will not change. */
export function isRefused({ error }: Attempt): boolean {
	return error !== undefined && !isAbsent(error) && !error.failure.maybeDone;
}

/** Whether an earlier item of this execution removed the target. */
function isDoneHere({ writes }: Session, businessId: number, { kind, id }: Target): boolean {
	return kind === 'invitation' ? writes.revokedHere(businessId).has(id) : writes.removedHere(businessId).has(id);
}

/** Sends one removal, unless this execution has done it already. Throws only errors that end the run. */
export async function attemptRemoval(session: Session, businessId: number, target: Target): Promise<Attempt> {
	return await session.inTurn(`${target.kind} ${businessId} ${target.id} removal`, async () => {
		if (isDoneHere(session, businessId, target)) return target;
		const request = target.kind === 'invitation' ? revokeInvitation : removeBusinessMember;
		const error = await request(session.client, businessId, target.id).then(
			() => undefined,
			(reason: unknown) => (isFreshBooksError(reason) && !endsTheRun(reason) ? reason : Promise.reject(reason)),
		);
		if (error !== undefined) return { ...target, error, wasAcceptedBefore: session.writes.wasAccepted(businessId, target.kind, target.id) };
		if (target.kind === 'invitation') session.writes.noteRevoked(businessId, target.id, target.email ?? null);
		else if (target.member) session.writes.noteRemoved(businessId, target.member, target.uuids ?? []);
		return target;
	});
}

/** Reads the lists again, after each of `pauses` (milliseconds), until they satisfy `isSettled`. Returns the last reading. */
export async function readUntil(
	session: Session,
	businessId: number,
	pauses: readonly number[],
	isSettled: (lists: BusinessLists) => boolean,
): Promise<BusinessLists> {
	let lists = await session.listsAgain(businessId);
	for (const pause of pauses) {
		if (isSettled(lists)) break;
		await session.client.pause(pause);
		lists = await session.listsAgain(businessId);
	}
	return lists;
}

/** Which rows to remove: those with the named address and, with `includeOtherAddresses`, the person's others. */
export interface Scope {
	person: Person;
	includeOtherAddresses: boolean;
}

/** Everything that can be removed by ID: first invitations, then memberships. */
export function targetsIn(presence: Presence, includeOtherAddresses: boolean): Target[] {
	const elsewhere = { invitations: presence.elsewhere.invitations, members: presence.certainElsewhere };
	const parts = [{ rows: presence, isElsewhere: false }, ...(includeOtherAddresses ? [{ rows: elsewhere, isElsewhere: true }] : [])];
	return [
		...parts.flatMap(({ rows, isElsewhere }) => rows.invitations.flatMap(({ id, email }): Target[] => (id === null ? [] : [{ kind: 'invitation', id, email, isElsewhere }]))),
		...parts.flatMap(({ rows, isElsewhere }) =>
			rows.members.flatMap((member): Target[] => (member.id === null ? [] : [{ kind: 'member', id: member.id, member, isElsewhere }])),
		),
	];
}

/** Whether the lists show the target. */
export function isShown(presence: Presence, { kind, id }: Pick<Target, 'kind' | 'id'>): boolean {
	const parts = [presence, presence.elsewhere];
	return parts.some(({ invitations, members }) => (kind === 'invitation' ? invitations : members).some((row) => row.id === id));
}

/** Whether the target still gives access: the lists show it, and not as a deactivated member (FreshBooks may keep those). */
export function givesAccess(presence: Presence, target: Target): boolean {
	if (!isShown(presence, target)) return false;
	return target.kind === 'invitation' || !isDeactivated(target.isElsewhere ? presence.elsewhere : presence);
}

export interface RemovalResult {
	attempts: Attempt[];
	/** The person's rows in the last reading. */
	last: Presence;
	/** Why the last reading does not decide; empty if it does. */
	undecided: Undecided[];
	/** True if the removal stopped because the person is the only owner. */
	stoppedAtOnlyOwner: boolean;
	/** True if a member was removed and the last reading shows no owner any more, although earlier readings did. */
	leftWithoutOwner: boolean;
}

/**
 * Removes a person's access to one business. Sends nothing unless `first` was read completely. Throws only errors that end the
 * run.
 */
export async function removeAndVerify(session: Session, businessId: number, { person: named, includeOtherAddresses }: Scope, first: BusinessLists): Promise<RemovalResult> {
	const attempts = new Map<string, Attempt>();
	let person = named;
	let sawOwner = false;
	// For an owner it reads the lists for the whole 15 seconds: another run may be removing the other owner.
	const wasOwner = isOwner(presenceIn(first, person));
	let lists = first;
	let stoppedAtOnlyOwner = false;
	let waits = 0;
	for (let round = 0; ; ) {
		person = personBy(person, lists);
		sawOwner ||= hasOtherOwner(lists);
		const presence = presenceIn(lists, person);
		const undecided = undecidedFor(lists, presence);
		const targets = undecided.length > 0 ? [] : targetsIn(presence, includeOtherAddresses).filter(({ kind, id }) => !attempts.has(`${kind} ${id}`));
		stoppedAtOnlyOwner = targets.length > 0 && isOwner(presence) && !hasOtherOwner(lists, person, session.writes.acceptedRemovals(businessId));
		if (targets.length > 0 && !stoppedAtOnlyOwner && round < MAX_ROUNDS) {
			round++;
			for (const target of targets) attempts.set(`${target.kind} ${target.id}`, await attemptRemoval(session, businessId, target));
		} else if (attempts.size > 0 && !stoppedAtOnlyOwner && waits < VERIFYING_PAUSES_MS.length && (wasOwner || mayLag([...attempts.values()], presence, undecided, includeOtherAddresses))) {
			await session.client.pause(VERIFYING_PAUSES_MS[waits++]);
		} else {
			const isMemberGone = [...attempts.values()].some(({ kind, error, isElsewhere }) => kind === 'member' && (error === undefined || !hasAccess(isElsewhere ? presence.elsewhere : presence)));
			const leftWithoutOwner = sawOwner && isMemberGone && undecided.length === 0 && !hasOtherOwner(lists, person);
			return { attempts: [...attempts.values()], last: presence, undecided, stoppedAtOnlyOwner, leftWithoutOwner };
		}
		lists = await session.listsAgain(businessId);
	}
}

/** Whether the lists may differ from the result only because they lag behind. */
function mayLag(attempts: Attempt[], presence: Presence, undecided: Undecided[], includeOtherAddresses: boolean): boolean {
	if (undecided.length > 0) return true;
	const open = attempts.filter((attempt) => !isRefused(attempt));
	if (open.some((attempt) => isShown(presence, attempt))) return true;
	// A missing invitation may have been accepted: the new membership gets the same time to appear.
	const wasMember = open.some(({ kind }) => kind === 'member');
	if (!wasMember && attempts.some(({ kind, error }) => kind === 'invitation' && error !== undefined)) return true;
	const isMemberGone = open.some(({ kind, isElsewhere }) => kind === 'member' && !isElsewhere);
	const isMemberGoneElsewhere = open.some(({ kind, isElsewhere }) => kind === 'member' && isElsewhere);
	return (isMemberGone && hasAccess(presence)) || (includeOtherAddresses && isMemberGoneElsewhere && hasAccess(presence.elsewhere));
}
