import { getMe } from '../FreshBooks/api/me';
import type { FreshBooksClient } from '../FreshBooks/client/client';
import { failureOf, inOneLine } from '../FreshBooks/client/errors';
import type { Business, ChangeItem } from './changes/events';
import { pollBusiness } from './changes/pollBusiness';
import { DAY_MS } from './changes/reporting';
import type { StoredSnapshot } from './changes/snapshot';
import type { PollOutcome } from './errorsToThrow';
import { freshBooksPort } from './freshBooksPort';
import type { ProcessMemory } from './processMemory';
import type { TriggerSettings } from './settings';
import { isSinceFirstPoll, writeTriggerState, type OpenState, type TriggerState } from './triggerState';
import { isNotAllowed, reportOfError, reportOfMissingBusiness, reportOfNoBusiness, reportOfNoTime, reportOfTrouble, type Report } from './troubleTexts';

/** Which businesses a poll reads, in which order, and what is reported of those that are missing. Does not use n8n. */

export const REQUESTS_AT_ONCE = 6;
const CONFIRMATIONS_PER_POLL = 50;
/** The client gives up when less time is left than it would wait before the next try. */
const TOO_LITTLE_TIME_MS = 1_000;
const MISSING_IS_REPORTED_FOR_MS = 7 * DAY_MS;

/** What is known before the businesses are polled. */
export interface Round {
	/** Tells one trigger from another, like n8n's static data: the workflow's ID and the node's name. */
	trigger: string;
	client: FreshBooksClient;
	settings: TriggerSettings;
	/** Where to resume. */
	state: OpenState;
	/** Items of an earlier poll that n8n may not have kept. */
	replay: ChangeItem[];
	/** Milliseconds, as of Date.now(). */
	deadlineAt: number;
	/** Writes to n8n's log. */
	warn: (text: string) => void;
}

interface BusinessResult {
	businessId: number;
	/** Undefined: keep what is stored. */
	snapshot?: StoredSnapshot;
	items: ChangeItem[];
	reports: Report[];
	/** There was not enough time for it: it comes first in the next poll. */
	isLate?: boolean;
	/** FreshBooks does not let the user list it, and never did. That is no trouble where all businesses are watched. */
	refusal?: unknown;
}

/** For sentences. Items have the name as FreshBooks gives it. */
function shown({ id, name }: Business): Business {
	return { id, name: inOneLine(name, 80) };
}

/** @param wasLate the last poll had no time for it, and this one begins with it */
async function pollOne(round: Round, business: Business, wasLate: boolean): Promise<BusinessResult> {
	const { client, settings, state, trigger, deadlineAt } = round;
	const nothing = { businessId: business.id, items: [] };
	if (Date.now() >= deadlineAt) return { ...nothing, isLate: true, reports: wasLate ? [reportOfNoTime(shown(business))] : [] };
	const stored = state.isDamaged ? 'damaged' : state.snapshots.get(business.id);
	const poll = pollBusiness(freshBooksPort(client, business.id, settings.source), stored, {
		...settings,
		trigger,
		business,
		emitExisting: settings.emitExisting && isSinceFirstPoll(state, business.id),
		maxConfirmations: CONFIRMATIONS_PER_POLL,
	});
	return await poll.then(
		({ snapshot, items, troubles }): BusinessResult => {
			const reports = troubles.map((trouble) => reportOfTrouble(trouble, shown(business), settings.events));
			return { businessId: business.id, snapshot, items, reports };
		},
		(error: unknown): BusinessResult => {
			const isUnknown = settings.businessIds === undefined && !state.snapshots.has(business.id);
			if (isUnknown && isNotAllowed(failureOf(error))) return { ...nothing, reports: [], refusal: error };
			const isLate = Date.now() >= deadlineAt - TOO_LITTLE_TIME_MS;
			return { ...nothing, isLate, reports: [{ ...reportOfError(error, shown(business)), isDue: !isLate || wasLate }] };
		},
	);
}

/** Polls a few businesses at a time. Those that the last poll had no time for come first, in the order in which they wait. */
async function pollAll(round: Round, businesses: Business[], memory: ProcessMemory): Promise<BusinessResult[]> {
	const byId = new Map(businesses.map((business) => [business.id, business]));
	const late = memory.late.filter((id) => byId.has(id));
	const order = [...new Set([...late, ...byId.keys()])];
	const first = new Set(late.slice(0, REQUESTS_AT_ONCE));
	const queue = order.values();
	const results = new Map<number, BusinessResult>();
	const worker = async (): Promise<void> => {
		for (const id of queue) {
			const business = byId.get(id);
			if (business) results.set(id, await pollOne(round, business, first.has(id)));
		}
	};
	await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
	memory.late = order.filter((id) => results.get(id)?.isLate);
	return businesses.flatMap(({ id }) => results.get(id) ?? []);
}

/** The businesses to poll, and those of `expected` that users/me does not name. Throws FreshBooksError. */
export async function chooseBusinesses(client: FreshBooksClient, { businessIds }: TriggerSettings, expected: Iterable<number>) {
	const { memberships } = await getMe(client);
	// A user with two roles in a business has two memberships of it.
	const found = new Map<number, Business>();
	for (const { businessId, name } of memberships) {
		if (found.has(businessId) || (businessIds && !businessIds.includes(businessId))) continue;
		found.set(businessId, { name: name ?? `Business ${businessId}`, id: businessId });
	}
	return { businesses: [...found.values()], missing: [...(businessIds ?? expected)].filter((id) => !found.has(id)) };
}

/** If all businesses are watched and none can be listed, the trigger would otherwise wait forever and report nothing. */
function reportsOfNothingToWatch({ settings, state }: Round, businesses: Business[], results: BusinessResult[]): Report[] {
	if (settings.businessIds !== undefined || state.snapshots.size > 0) return [];
	if (!results.every(({ refusal }) => refusal !== undefined)) return [];
	return [results.length === 0 ? reportOfNoBusiness() : reportOfError(results[0].refusal, shown(businesses[0]))];
}

/** The result of a poll. */
export interface PollResult extends Omit<PollOutcome, 'hasItems'> {
	/** The state to store; undefined where the poll ended before it reached a business. */
	next?: TriggerState;
	items: ChangeItem[];
	/** Nothing that the trigger watches can be read until a person fixes something. */
	isBlocked: boolean;
}

function isBlocked({ refusal, reports }: BusinessResult): boolean {
	return refusal !== undefined || reports.some(({ blocksPublishing }) => blocksPublishing);
}

/** Businesses that users/me does not name. */
interface Missing {
	results: BusinessResult[];
	/** Where all are watched: since when, in milliseconds, by business ID. */
	since: Map<number, number>;
}

/** A business that was not chosen by name is dropped after a week: it may no longer exist. */
function followMissing({ settings, state, warn }: Round, missing: number[]): Missing {
	const isForgotten = settings.businessIds === undefined;
	const since = new Map<number, number>();
	const results: BusinessResult[] = [];
	for (const id of missing) {
		const first = state.missingSince.get(id) ?? Date.now();
		if (isForgotten && Date.now() - first >= MISSING_IS_REPORTED_FOR_MS) {
			warn(`business ${id} has been missing for a week; what was known of its people is dropped.`);
			continue;
		}
		if (isForgotten) since.set(id, first);
		results.push({ businessId: id, items: [], reports: [reportOfMissingBusiness(id, isForgotten)] });
	}
	return { results, since };
}

/** Polls the businesses of a trigger. Throws FreshBooksError where users/me cannot be read. */
export async function pollBusinesses(round: Round, memory: ProcessMemory): Promise<PollResult> {
	const { settings, state, replay } = round;
	const { businesses, missing } = await chooseBusinesses(round.client, settings, state.snapshots.keys());
	const lost = followMissing(round, missing);
	const polled = await pollAll(round, businesses, memory);
	const results = [...lost.results, ...polled];
	return {
		next: writeTriggerState(state, settings.source, {
			kept: results.map(({ businessId }) => businessId),
			snapshots: new Map(results.map(({ businessId, snapshot }) => [businessId, snapshot])),
			missingSince: lost.since,
		}),
		items: [...replay, ...results.flatMap(({ items }) => items)],
		reports: [...results.flatMap(({ reports }) => reports), ...reportsOfNothingToWatch(round, businesses, polled)],
		reachedBusinesses: true,
		isWholeTrigger: results.every(({ reports, refusal }) => reports.length > 0 || refusal !== undefined),
		isBlocked: results.every(isBlocked),
	};
}
