// The package's writes, compared with the actions.
import type { HistoryEntry, HistoryKind } from '../../../sandbox/freshbooks/types.mts';
import { invitationsOf, isPendingAt, rowsOf, sameAddress } from './access.mts';
import type { Action, ActionKind, ActionRecord } from './actions.mts';
import { clock, type Finding } from './findings.mts';
import { stateAt, type InvitationTimeline, type PersonState } from './timelines.mts';

const TICK_MS = 5;
/** A request that FreshBooks delays is given up after 30 seconds, and carried out after 40. */
const CARRIED_OUT_WITHIN_MS = 60_000;
/** How long FreshBooks needs to carry out a request that a gateway gave up (`director.mts`), and the tolerance. */
const LATE_ARRIVAL_MS = 2_500;
const ARRIVES_WITHIN_MS = 250;

/** The actions that may make each change; no action makes any other change. */
const ASKED_BY: Partial<Record<HistoryKind, readonly ActionKind[]>> = {
	memberRemoved: ['remove', 'offboard'],
	roleChanged: ['updateRole'],
	invitationCreated: ['create', 'onboard'],
	invitationRevoked: ['revoke', 'offboard', 'onboard'],
};

function isByPackage({ grant }: { grant: number | null }, { grants }: ActionRecord): boolean {
	return grant !== null && grants.has(grant);
}

/** Whether an action may have made a change at a time. */
function isOf({ startedAt, endedAt }: Action, time: number): boolean {
	return startedAt <= time && time <= endedAt + CARRIED_OUT_WITHIN_MS;
}

/** Whether an action was about the row that a write changed: it had the address of the action between its start and the write. */
function isAbout(action: Action, { businessId, person, details, machineAt }: HistoryEntry, { timelines }: ActionRecord): boolean {
	if (action.businessId !== businessId) return false;
	if (!person) return sameAddress(details['email'], action.email);
	const stretch = { ...action, endedAt: machineAt };
	return rowsOf(timelines, stretch).some(({ memberId }) => memberId === person.memberId) || sameAddress(person.email, action.email);
}

/** Changes by the package without an action. */
export function unaskedWrites(record: ActionRecord): Finding[] {
	return record.history.flatMap((entry): Finding[] => {
		const { kind, person, details, businessId, machineAt } = entry;
		if (!isByPackage(entry, record)) return [];
		const asking = record.actions.filter((action) => ASKED_BY[kind]?.includes(action.kind) && isOf(action, machineAt));
		if (asking.some((action) => isAbout(action, entry, record))) return [];
		const whom = person?.email ?? details['email'] ?? details['staffId'] ?? '';
		return [{ kind: 'wrong write', at: machineAt, words: `${kind} ${String(whom)} in ${record.timelines.names.get(businessId ?? 0)} at ${clock(machineAt)}, and no action asked for it.` }];
	});
}

const MEMBER = /\/business\/(\d+)\/members\/(\d+)$/;

/** Requests to remove or change an owner or the connected user: wrong also if FreshBooks refuses them. */
export function forbiddenTargets(record: ActionRecord): Finding[] {
	return record.requests.flatMap((request): Finding[] => {
		const { method, path, machineAt } = request;
		const [, businessId, memberId] = MEMBER.exec(path) ?? [];
		if (memberId === undefined || method === 'GET' || !isByPackage(request, record)) return [];
		const target = stateAt(record.timelines.person(Number(businessId), Number(memberId))?.versions ?? [], machineAt);
		const role = target && protectedRole(target, record);
		if (!target || role === undefined) return [];
		return [{ kind: 'wrong write', at: machineAt, words: `${method} ${path} at ${clock(machineAt)} was aimed at ${target.email}, ${role}.` }];
	});
}

function protectedRole({ role, identityId }: PersonState, { connectedIdentity }: ActionRecord): string | undefined {
	if (identityId === connectedIdentity) return 'the connected user';
	return role === 'owner' ? 'an owner' : undefined;
}

/**
 * Invitations that the package created beside a pending one of the same address. If somebody else created one after the action
 * had begun to read, it is a race, against which FreshBooks has no lock; Onboard cleans up after it, so the surplus must be gone
 * when the last action about that address has ended. Two that one action sent are not a race.
 */
export function invitedTwice(record: ActionRecord): Finding[] {
	const { history, timelines, actions } = record;
	const sentAt = (made: number, businessId: number): number =>
		record.requests.find((one) => one.fault === 'lateArrival' && one.method === 'POST' && one.path.endsWith(`/business/${businessId}/invitations`) && Math.abs(made - one.machineAt - LATE_ARRIVAL_MS) < ARRIVES_WITHIN_MS)?.machineAt ?? made;
	const ownIds = new Set(history.filter((entry) => entry.kind === 'invitationCreated' && isByPackage(entry, record)).map(({ details }) => Number(details['id'])));
	return history.flatMap((entry): Finding[] => {
		const { kind, businessId, details, machineAt } = entry;
		if (kind !== 'invitationCreated' || businessId === null || !isByPackage(entry, record)) return [];
		const email = String(details['email']);
		const own = timelines.invitation(businessId, Number(details['id']));
		const others = invitationsOf(timelines, businessId, email).filter((other) => other !== own && other.id < Number(details['id']) && isPendingAt(other, machineAt));
		if (!own || others.length === 0) return [];
		const about = actions.filter((action) => action.businessId === businessId && sameAddress(action.email, email) && action.kind !== 'list');
		if (isHealedRace(own, others, about, sentAt(machineAt, businessId), ownIds)) return [];
		const words = `${email} was invited to ${timelines.names.get(businessId)} at ${clock(machineAt)} (invitation ${own.id}) while invitation ${others.map(({ id }) => id).join(', ')} was pending.`;
		return [{ kind: 'invited twice', at: machineAt, words }];
	});
}

function isHealedRace(own: InvitationTimeline, others: readonly InvitationTimeline[], about: readonly Action[], madeAt: number, ownIds: ReadonlySet<number>): boolean {
	const underWay = about.filter((action) => isUnderWay(action, madeAt));
	// Only Onboard reads again.
	if (underWay.length === 0 || underWay.some(({ kind }) => kind !== 'onboard')) return false;
	const began = Math.min(...underWay.map(({ startedAt }) => startedAt));
	const isBySelf = (time: number): boolean => time >= began && about.every((action) => action === underWay[0] || !isUnderWay(action, time));
	const madeBySelf = underWay.length === 1 && others.some(({ id, versions }) => ownIds.has(id) && isBySelf(firstPending(versions)));
	const isRace = !madeBySelf && others.every(({ versions }) => firstPending(versions) >= began);
	const overAt = Math.max(...about.filter(({ kind }) => kind === 'onboard').map(({ endedAt }) => endedAt));
	return isRace && [own, ...others].filter((one) => isPendingAt(one, overAt + TICK_MS)).length <= 1;
}

function isUnderWay({ startedAt, endedAt }: Action, time: number): boolean {
	return startedAt <= time && time <= endedAt;
}

function firstPending(versions: InvitationTimeline['versions']): number {
	return versions.find(({ state }) => state === 'pending')?.from ?? 0;
}
