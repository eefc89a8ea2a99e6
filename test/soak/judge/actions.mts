// Compares the results of the package's actions with the sandbox's history.
import type { HistoryEntry } from '../../../sandbox/freshbooks/types.mts';
import type { FalseAnswer } from '../director.mts';
import { invitationsOf, isMemberAt, isPendingAt, momentsOf } from './access.mts';
import { clock, type Finding } from './findings.mts';
import { untrueReports } from './offboardReports.mts';
import type { Request } from './polls.mts';
import { stateAt, type PersonTimeline, type Timelines } from './timelines.mts';
import { forbiddenTargets, invitedTwice, unaskedWrites } from './writes.mts';

export type ActionKind = 'create' | 'onboard' | 'offboard' | 'remove' | 'updateRole' | 'revoke' | 'list';

/** One action that the campaign ran. Times in milliseconds. */
export interface Action {
	readonly kind: ActionKind;
	readonly businessId: number;
	/** The person's address; empty for a list. */
	readonly email: string;
	readonly role?: string;
	readonly startedAt: number;
	readonly endedAt: number;
	/** Undefined: it failed. */
	readonly items: ReadonlyArray<Record<string, unknown>> | undefined;
	/** Of Offboard: its reports, also those in the details of an error. */
	readonly reports: ReadonlyArray<Record<string, unknown>>;
	/** The grant of its credential. */
	readonly grant: number;
	/** Of a list: its name. */
	readonly list?: 'people' | 'group' | 'invitations';
}

/** The data by which actions are judged. */
export interface ActionRecord {
	readonly actions: readonly Action[];
	readonly history: readonly HistoryEntry[];
	readonly timelines: Timelines;
	readonly falseAnswers: readonly FalseAnswer[];
	/** The grants of the package's credentials. */
	readonly grants: ReadonlySet<number>;
	/** Sent with these credentials. */
	readonly requests: readonly Request[];
	/** The identity of the connected user. */
	readonly connectedIdentity: number;
}

/** Why the result of an action is not true; undefined if it is. */
function untruth(action: Action, record: ActionRecord): string | undefined {
	const { timelines } = record;
	const { kind, businessId, email, endedAt } = action;
	const moments = momentsOf(timelines, action);
	const invited = invitationsOf(timelines, businessId, email);
	const isMember = (time: number): boolean => isMemberAt(timelines, businessId, email, time);
	const isInvited = (time: number): boolean => invited.some((invitation) => isPendingAt(invitation, time));
	switch (kind) {
		case 'create':
			return moments.some(isInvited) ? undefined : 'it reported that the person was invited, and no invitation was pending.';
		case 'onboard':
			return moments.some((time) => isInvited(time) || isMember(time)) ? undefined : 'it reported that the person was invited or a member, and they were neither.';
		case 'offboard':
			if (action.items?.every(({ status }) => status === 'refused')) return undefined;
			return moments.some((time) => !isInvited(time) && !isMember(time)) ? undefined : 'it reported that the person was not in the business, and they were in it all the time.';
		case 'remove':
			return moments.some((time) => !isMember(time)) ? undefined : 'it reported that the person was removed, and they were in the business all the time.';
		case 'revoke':
			return moments.some((time) => !isInvited(time)) ? undefined : 'it reported that the invitation was revoked, and it was pending all the time.';
		case 'updateRole':
			return hadRole(action, timelines) ? undefined : `it reported that the role was changed to ${action.role}, and it never was.`;
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
	/** Whether the row was listed at a time. */
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

/** Everybody who was there all the time must be listed, nobody who never was, and nobody twice. A list with a false answer proves nothing. */
function wrongList(action: Action, { timelines, falseAnswers }: ActionRecord, endedAt: number): string | undefined {
	const { businessId, startedAt, grant, items = [] } = action;
	const wasMisled = falseAnswers.some((one) => one.grant === grant && one.businessId === businessId && one.at >= startedAt && one.at <= endedAt);
	if (wasMisled) return undefined;
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

/** Judges all results and writes of the package's actions. */
export function judgeActions(record: ActionRecord): Finding[] {
	const untrue = record.actions.flatMap((action): Finding[] => {
		const words = action.items === undefined ? undefined : untruth(action, record);
		const about = action.email === '' ? '' : ` of ${action.email}`;
		const when = `${action.kind}${about} in ${record.timelines.names.get(action.businessId)}, ${clock(action.startedAt)} to ${clock(action.endedAt)}: `;
		return [...(words === undefined ? [] : [words]), ...untrueReports(action, record)].map((said) => ({ kind: 'false', at: action.endedAt, words: `${when}${said}` }));
	});
	return [...untrue, ...invitedTwice(record), ...unaskedWrites(record), ...forbiddenTargets(record)];
}
