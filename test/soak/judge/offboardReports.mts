// Offboard's reports about one person, compared with the history.
import type { HistoryEntry } from '../../../sandbox/freshbooks/types.mts';
import { invitationsOf, isPendingAt, momentsWithin, rowsOf, type Stretch } from './access.mts';
import type { Action, ActionRecord } from './actions.mts';
import { clock } from './findings.mts';
import { stateAt } from './timelines.mts';

interface CompletedAction {
	readonly action: string;
	readonly id: number;
	/** `earlierTry` is a try whose answer was lost: FreshBooks does not show whether it or somebody else did it. */
	readonly by: string;
	/** Somebody else had done it already. */
	readonly wasGone: boolean;
}

interface BusinessReport {
	readonly businessId: number;
	readonly outcome: string;
	readonly verified: boolean;
	readonly done: readonly CompletedAction[];
}

/** Outcomes of a business in which something is left, or that was not read. */
const OPEN: ReadonlySet<string> = new Set(['failed', 'notVerified', 'notRead', 'notManaged']);
const CLOSED_STATUSES: ReadonlySet<unknown> = new Set(['offboarded', 'notFound']);

/** Every false statement in the reports of an action, in words. */
export function untrueReports(action: Action, record: ActionRecord): string[] {
	return action.reports.flatMap((report) => {
		const businesses = (report['businesses'] ?? []) as BusinessReport[];
		return [...openBeside(report['status'], businesses), ...businesses.flatMap((business) => untrueOf(business, { ...action, businessId: business.businessId }, record))];
	});
}

function openBeside(status: unknown, businesses: readonly BusinessReport[]): string[] {
	const open = businesses.find(({ outcome }) => OPEN.has(outcome));
	return open && CLOSED_STATUSES.has(status) ? [`it reported '${String(status)}' beside a business that is ${open.outcome}.`] : [];
}

function untrueOf(business: BusinessReport, stretch: Stretch, record: ActionRecord): string[] {
	return [verifiedWrongly(business, stretch, record), notFoundWrongly(business, stretch, record), ...business.done.map((one) => notDone(one, stretch, record))].filter((words) => words !== undefined);
}

/** The times of the package's own removals of this person. */
function ownRemovals(stretch: Stretch, { history, grants, timelines }: ActionRecord): number[] {
	const memberIds = new Set(rowsOf(timelines, stretch).map(({ memberId }) => memberId));
	const invitationIds = new Set(invitationsOf(timelines, stretch.businessId, stretch.email).map(({ id }) => id));
	const isOwn = ({ kind, grant, person, details, machineAt }: HistoryEntry): boolean =>
		grant !== null && grants.has(grant) && machineAt >= stretch.startedAt && machineAt <= stretch.endedAt &&
		(kind === 'memberRemoved' ? memberIds.has(person?.memberId ?? 0) : kind === 'invitationRevoked' && invitationIds.has(Number(details['id'])));
	return history.filter((entry) => entry.businessId === stretch.businessId && isOwn(entry)).map(({ machineAt }) => machineAt);
}

/** What gave the person access at a time, in words; undefined: nothing. */
function accessAt(stretch: Stretch, { timelines }: ActionRecord, time: number, isInactiveAllowed: boolean): string | undefined {
	const members = rowsOf(timelines, stretch).flatMap(({ versions }) => stateAt(versions, time) ?? []);
	const member = members.find(({ active }) => active || !isInactiveAllowed);
	const invitation = invitationsOf(timelines, stretch.businessId, stretch.email).find((one) => isPendingAt(one, time));
	return (member && `${member.email} was a member`) ?? (invitation && `invitation ${invitation.id} was pending`);
}

/** The moments of an interval at which anything about the person may have changed. */
function momentsOfPerson(stretch: Stretch, { timelines }: ActionRecord): number[] {
	return momentsWithin(stretch, [...rowsOf(timelines, stretch), ...invitationsOf(timelines, stretch.businessId, stretch.email)]);
}

/** `verified` needs a moment after the last removal at which nothing gave access. */
function verifiedWrongly({ verified, outcome }: BusinessReport, stretch: Stretch, record: ActionRecord): string | undefined {
	if (!verified) return undefined;
	const after = Math.max(stretch.startedAt, ...ownRemovals(stretch, record));
	const access = momentsOfPerson(stretch, record).filter((time) => time >= after).map((time) => accessAt(stretch, record, time, outcome === 'alreadyInactive'));
	return access.includes(undefined) ? undefined : `it reported '${outcome}', 'verified', and ${access[0]}.`;
}

/** `notFound` needs a moment before the first removal at which nothing gave access. */
function notFoundWrongly({ outcome }: BusinessReport, stretch: Stretch, record: ActionRecord): string | undefined {
	if (outcome !== 'notFound') return undefined;
	const before = Math.min(Infinity, ...ownRemovals(stretch, record));
	const access = momentsOfPerson(stretch, record).filter((time) => time < before).map((time) => accessAt(stretch, record, time, false));
	return access.includes(undefined) ? undefined : `it reported 'notFound', and ${access[0]}.`;
}

/** What is reported as done must be in the history: by the package while the action ran (`earlierTry`: by anybody then) or, with `wasGone`, by anybody before its end. */
function notDone({ action, id, by, wasGone }: CompletedAction, { businessId, startedAt, endedAt }: Stretch, { history, grants }: ActionRecord): string | undefined {
	const isIt = (entry: HistoryEntry): boolean => {
		if (entry.businessId !== businessId || entry.machineAt > endedAt || !isEffectOf(action, id, entry)) return false;
		if (wasGone) return true;
		return entry.machineAt >= startedAt && (by === 'earlierTry' || (entry.grant !== null && grants.has(entry.grant)));
	};
	return history.some(isIt) ? undefined : `it reported ${action} ${id}${wasGone ? ' as gone' : ''}, and there was no such change by ${clock(endedAt)}.`;
}

function isEffectOf(action: string, id: number, { kind, person, details }: HistoryEntry): boolean {
	switch (action) {
		case 'memberRemoved': return kind === 'memberRemoved' && person?.memberId === id;
		case 'invitationRevoked': return (kind === 'invitationRevoked' || kind === 'invitationAccepted') && details['id'] === id;
		case 'staffArchived': return kind === 'staffUpdated' && details['staffId'] === id;
		default: return false;
	}
}
