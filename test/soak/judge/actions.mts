// Holds what the package's actions did and said against the sandbox's history.
import type { HistoryEntry } from '../../../sandbox/freshbooks/types.mts';
import type { Lie } from '../director.mts';
import { clock, type Finding } from './findings.mts';
import { stateAt, type InvitationTimeline, type PersonTimeline, type Timelines } from './timelines.mts';

export type ActionKind = 'create' | 'onboard' | 'offboard' | 'remove' | 'updateRole' | 'revoke' | 'list';

/** One action that the campaign asked the package for. Times in milliseconds. */
export interface Action {
	readonly kind: ActionKind;
	readonly businessId: number;
	/** Whom it is about; empty for a list. */
	readonly email: string;
	readonly role?: string;
	readonly startedAt: number;
	readonly endedAt: number;
	/** Undefined: it failed. */
	readonly items: ReadonlyArray<Record<string, unknown>> | undefined;
	/** Whose credential it used. */
	readonly grant: number;
	/** Of a list: what is listed. */
	readonly list?: 'people' | 'group' | 'invitations';
}

/** Everything that actions are judged by. */
export interface ActionRecord {
	readonly actions: readonly Action[];
	readonly history: readonly HistoryEntry[];
	readonly timelines: Timelines;
	readonly lies: readonly Lie[];
	/** The grants of the package's credentials. */
	readonly grants: ReadonlySet<number>;
}

const TICK_MS = 5;
/** A request that FreshBooks holds back is given up after 30 seconds, and carried out after 40. */
const CARRIED_OUT_WITHIN_MS = 60_000;

function sameAddress(one: unknown, other: string): boolean {
	return typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
}

function isPendingAt({ versions }: InvitationTimeline, time: number): boolean {
	return stateAt(versions, time) === 'pending';
}

function invitationsOf({ invitations }: Timelines, businessId: number, email: string): InvitationTimeline[] {
	return [...invitations.values()].filter((invitation) => invitation.businessId === businessId && sameAddress(invitation.email, email));
}

/** Whether the address was listed as a member at a time. */
function isMemberAt(timelines: Timelines, businessId: number, email: string, time: number): boolean {
	return timelines.withAddress(businessId, email).some(({ versions }) => sameAddress(stateAt(versions, time)?.email, email));
}

/** The moments of a stretch at which anything about an address may have changed, its ends included. */
function momentsOf(timelines: Timelines, { businessId, email, startedAt, endedAt }: Action): number[] {
	const times = [...timelines.withAddress(businessId, email), ...invitationsOf(timelines, businessId, email)].flatMap(({ versions }) => versions.map(({ from }) => from));
	return [startedAt, ...times.filter((time) => time > startedAt && time <= endedAt), endedAt];
}

/**
 * Invitations that the package made beside a pending one of the same address. One that another hand made after the action had
 * begun to look is a race that FreshBooks offers no lock against; Onboard cleans up after it, so the surplus must be gone when
 * the last action about that address is over.
 */
function invitedTwice({ history, timelines, actions, grants }: ActionRecord): Finding[] {
	return history.flatMap((entry): Finding[] => {
		const { kind, businessId, details, machineAt, grant } = entry;
		if (kind !== 'invitationCreated' || businessId === null || grant === null || !grants.has(grant)) return [];
		const email = String(details['email']);
		const own = timelines.invitation(businessId, Number(details['id']));
		const others = invitationsOf(timelines, businessId, email).filter((other) => other !== own && other.id < Number(details['id']) && isPendingAt(other, machineAt));
		if (!own || others.length === 0) return [];
		const about = actions.filter((action) => action.businessId === businessId && sameAddress(action.email, email) && action.kind !== 'list');
		if (isHealedRace(own, others, about, machineAt)) return [];
		const words = `${email} was invited to ${timelines.names.get(businessId)} at ${clock(machineAt)} (invitation ${own.id}) while invitation ${others.map(({ id }) => id).join(', ')} was pending.`;
		return [{ kind: 'invited twice', at: machineAt, words }];
	});
}

function isHealedRace(own: InvitationTimeline, others: readonly InvitationTimeline[], about: readonly Action[], madeAt: number): boolean {
	const underWay = about.filter(({ startedAt, endedAt }) => startedAt <= madeAt && madeAt <= endedAt);
	// Only Onboard looks again. Alone with nobody beside it, it has made both itself.
	if (underWay.length === 0 || underWay.some(({ kind }) => kind !== 'onboard')) return false;
	const began = Math.min(...underWay.map(({ startedAt }) => startedAt));
	const isRace = others.every(({ versions }) => (versions.find(({ state }) => state === 'pending')?.from ?? 0) >= began);
	const overAt = Math.max(...about.filter(({ kind }) => kind === 'onboard').map(({ endedAt }) => endedAt));
	return isRace && [own, ...others].filter((one) => isPendingAt(one, overAt + TICK_MS)).length <= 1;
}

/** Whether an action may be what did something at a time. */
function isOf({ startedAt, endedAt }: Action, time: number): boolean {
	return startedAt <= time && time <= endedAt + CARRIED_OUT_WITHIN_MS;
}

/** People whom the package removed though nobody had asked for it. */
function removedWrongly({ history, timelines, actions, grants }: ActionRecord): Finding[] {
	return history.flatMap((entry): Finding[] => {
		const { kind, businessId, person, machineAt, grant } = entry;
		if (kind !== 'memberRemoved' || !person || businessId === null || grant === null || !grants.has(grant)) return [];
		const wasAsked = actions.some(
			(action) =>
				(action.kind === 'remove' || action.kind === 'offboard') && action.businessId === businessId && isOf(action, machineAt) && sameAddress(action.email, person.email),
		);
		if (wasAsked) return [];
		return [{ kind: 'removed wrongly', at: machineAt, words: `${person.email} was removed from ${timelines.names.get(businessId)} at ${clock(machineAt)}, and nobody had asked for it.` }];
	});
}

/** Why what an action said is not true; undefined: it is. */
function untruth(action: Action, record: ActionRecord): string | undefined {
	const { timelines } = record;
	const { kind, businessId, email, endedAt } = action;
	const moments = momentsOf(timelines, action);
	const invited = invitationsOf(timelines, businessId, email);
	const isIn = (time: number): boolean => isMemberAt(timelines, businessId, email, time);
	const isInvited = (time: number): boolean => invited.some((invitation) => isPendingAt(invitation, time));
	switch (kind) {
		case 'create':
			return moments.some(isInvited) ? undefined : 'it said that the person was invited, and no invitation was pending.';
		case 'onboard':
			return moments.some((time) => isInvited(time) || isIn(time)) ? undefined : 'it said that the person was invited or there, and neither was so.';
		case 'offboard':
			return moments.some((time) => !isInvited(time) && !isIn(time)) ? undefined : 'it said that the person was out, and they never were.';
		case 'remove':
			return moments.some((time) => !isIn(time)) ? undefined : 'it said that the person was removed, and they were there all the time.';
		case 'revoke':
			return moments.some((time) => !isInvited(time)) ? undefined : 'it said that the invitation was revoked, and it was pending all the time.';
		case 'updateRole':
			return hadRole(action, timelines) ? undefined : `it said that the role was changed to ${action.role}, and it never was.`;
		case 'list':
			return wrongList(action, record, endedAt);
	}
}

function hadRole({ businessId, email, role, startedAt, endedAt }: Action, timelines: Timelines): boolean {
	return timelines
		.withAddress(businessId, email)
		.some(({ versions }) => stateAt(versions, startedAt)?.role === role || versions.some(({ from, state }) => from >= startedAt && from <= endedAt && state?.role === role));
}

interface Listable {
	readonly email: string;
	/** Whether it was on the list at a time. */
	isOn(time: number): boolean;
	readonly times: readonly number[];
}

function listables({ list, businessId }: Action, { people, invitations }: Timelines): Listable[] {
	const ofBusiness = <Timeline extends { businessId: number }>(all: Iterable<Timeline>): Timeline[] => [...all].filter((one) => one.businessId === businessId);
	if (list === 'invitations') {
		return ofBusiness(invitations.values()).map((one) => ({ email: one.email, isOn: (time) => isPendingAt(one, time), times: one.versions.map(({ from }) => from) }));
	}
	return ofBusiness(people.values()).flatMap((one) => [...addressesOf(one)].map((email) => listableOf(one, email, list === 'group')));
}

function addressesOf({ versions }: PersonTimeline): Set<string> {
	return new Set(versions.flatMap(({ state }) => (state ? [state.email] : [])));
}

function listableOf({ versions }: PersonTimeline, email: string, withLoginOnly: boolean): Listable {
	const isOn = (time: number): boolean => {
		const state = stateAt(versions, time);
		return state?.email === email && (!withLoginOnly || state.identityId !== null);
	};
	return { email, isOn, times: versions.map(({ from }) => from) };
}

/** Whoever was there all the time must be listed, nobody who never was, and nobody twice. A list that lied to the reader proves nothing. */
function wrongList(action: Action, { timelines, lies }: ActionRecord, endedAt: number): string | undefined {
	const { businessId, startedAt, grant, items = [] } = action;
	const wasLiedTo = lies.some((lie) => lie.grant === grant && lie.businessId === businessId && lie.at >= startedAt && lie.at <= endedAt);
	if (wasLiedTo) return undefined;
	const listed = new Set(items.map((item) => String(item['email'])));
	const ids = items.map((item) => item['id']);
	const twice = items.find(({ id }, place) => id !== undefined && ids.indexOf(id) < place);
	if (twice) return `the list of ${action.list} holds ${String(twice['email'])} twice.`;
	const known = listables(action, timelines);
	const momentsFor = ({ times }: Listable): number[] => [startedAt, ...times.filter((time) => time > startedAt && time <= endedAt), endedAt];
	const missing = known.find((one) => !listed.has(one.email) && momentsFor(one).every((time) => one.isOn(time)));
	if (missing) return `the list of ${action.list} lacks ${missing.email}, who was there all the time.`;
	const there = new Set(known.filter((one) => momentsFor(one).some((time) => one.isOn(time))).map(({ email }) => email));
	const stranger = [...listed].find((email) => !there.has(email));
	return stranger === undefined ? undefined : `the list of ${action.list} holds ${stranger}, who was not there.`;
}

/** Judges everything that the package's actions did and said. */
export function judgeActions(record: ActionRecord): Finding[] {
	const untrue = record.actions.flatMap((action): Finding[] => {
		const words = action.items === undefined ? undefined : untruth(action, record);
		if (words === undefined) return [];
		const about = action.email === '' ? '' : ` of ${action.email}`;
		return [{ kind: 'false', at: action.endedAt, words: `${action.kind}${about} in ${record.timelines.names.get(action.businessId)}, ${clock(action.startedAt)} to ${clock(action.endedAt)}: ${words}` }];
	});
	return [...untrue, ...invitedTwice(record), ...removedWrongly(record)];
}
