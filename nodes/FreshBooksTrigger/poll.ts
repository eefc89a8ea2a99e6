import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { toNodeError, worded } from '../FreshBooks/shownErrors';
import { failureOf, inOneLine, isJsonObject } from '../FreshBooks/client/errors';
import { getMe } from '../FreshBooks/api/me';
import { connect, type FreshBooksClient } from '../FreshBooks/client/client';
import { isActivationPoll } from './activation';
import type { Business, ChangeItem } from './changes/events';
import { pollBusiness } from './changes/pollBusiness';
import { DAY_MS } from './changes/safeguard';
import type { StoredSnapshot } from './changes/snapshot';
import { errorsToThrow, type PollOutcome } from './errorsToThrow';
import { freshBooksPort } from './freshBooksPort';
import { outputOf } from './output';
import { memoryOf, type ProcessMemory } from './processMemory';
import { sampleItems } from './sample';
import { readSettings, type TriggerSettings } from './settings';
import { isFromTheBeginning, readTriggerState, writeTriggerState, type OpenState, type TriggerState } from './triggerState';
import { isNotAllowed, reportOfError, reportOfHangingPoll, reportOfMissingBusiness, reportOfNoBusiness, reportOfNoTime, reportOfTrouble, type Report } from './troubleTexts';

/**
 * One poll of the trigger, from n8n's side. What decides its shape, measured on n8n 2.40:
 * - what a poll that emits nothing stores may be lost, so the state only ever saves repeated work;
 * - an activation poll that throws five times kills the trigger for good, so passing trouble is not thrown there;
 * - a slow poll overlaps the next one, so the second one steps back;
 * - n8n sees only a new value of a top-level key, so the state is assigned once, whole, last.
 */

/** The one key of n8n's static data. */
const STATE = 'freshBooks';
const REQUESTS_AT_ONCE = 6;
const CONFIRMATIONS_PER_POLL = 50;
/** n8n gives up an activation after 84 seconds, and for good. */
const ACTIVATION_BUDGET_MS = 45_000;
const LONGEST_POLL_MS = 240_000;
/** n8n before 2.38 grants no budget. */
const BUDGET_OF_OLDER_HOSTS_MS = 30_000;
/** The transport gives up when less time is left than it would wait before the next try. */
const TOO_LITTLE_TIME_MS = 1_000;
const MISSING_IS_REPORTED_FOR_MS = 7 * DAY_MS;

function deadlineOf(context: IPollFunctions, isActivation: boolean): number {
	const budget = context.getPollBudgetMs?.() ?? BUDGET_OF_OLDER_HOSTS_MS;
	return Date.now() + Math.min(budget * 0.85, isActivation ? ACTIVATION_BUDGET_MS : LONGEST_POLL_MS);
}

/** What is known before the businesses are polled. */
interface Round {
	/** Tells one trigger from another, like n8n's static data: the workflow's ID and the node's name. */
	trigger: string;
	client: FreshBooksClient;
	settings: TriggerSettings;
	/** What n8n kept. */
	read: unknown;
	/** Where to resume. */
	state: OpenState;
	/** What an earlier poll emitted and n8n may not have kept. */
	replay: ChangeItem[];
	deadlineAt: number;
}

interface BusinessResult {
	businessId: number;
	/** Undefined: keep what is stored. */
	snapshot?: StoredSnapshot;
	items: ChangeItem[];
	reports: Report[];
	/** There was no time for it, or not enough: it comes first in the next poll. */
	isLate?: boolean;
	/** FreshBooks does not let the user list it, and never did: no trouble where all that may be listed are watched. */
	refusal?: unknown;
}

/** In sentences; items have the name as FreshBooks gives it. */
function shown({ id, name }: Business): Business {
	return { id, name: inOneLine(name, 80) };
}

/** `wasLate`: the last poll had no time for it, and this one begins with it. */
async function pollOne(round: Round, business: Business, wasLate: boolean): Promise<BusinessResult> {
	const { client, settings, state, trigger, deadlineAt } = round;
	const nothing = { businessId: business.id, items: [] };
	if (Date.now() >= deadlineAt) return { ...nothing, isLate: true, reports: wasLate ? [reportOfNoTime(shown(business))] : [] };
	const poll = pollBusiness(freshBooksPort(client, business.id, settings.source), state.snapshots.get(business.id), {
		...settings,
		trigger,
		business,
		emitExisting: settings.emitExisting && isFromTheBeginning(state, business.id),
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

/** Polls a few businesses at a time; those that the last poll had no time for come first, in the order in which they wait. */
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
async function chooseBusinesses(client: FreshBooksClient, { businessIds }: TriggerSettings, expected: Iterable<number>) {
	const { memberships } = await getMe(client);
	// Somebody who belongs to a business in two roles has two memberships of it.
	const found = new Map<number, Business>();
	for (const { businessId, name } of memberships) {
		if (found.has(businessId) || (businessIds && !businessIds.includes(businessId))) continue;
		found.set(businessId, { id: businessId, name: name ?? `Business ${businessId}` });
	}
	return { businesses: [...found.values()], missing: [...(businessIds ?? expected)].filter((id) => !found.has(id)) };
}

/** Where all that may be listed are watched and none may be, the trigger would wait for ever without a word. */
function reportsOfNothingToWatch({ settings, state }: Round, businesses: Business[], results: BusinessResult[]): Report[] {
	if (settings.businessIds !== undefined || state.snapshots.size > 0) return [];
	if (!results.every(({ refusal }) => refusal !== undefined)) return [];
	return [results.length === 0 ? reportOfNoBusiness() : reportOfError(results[0].refusal, shown(businesses[0]))];
}

/** What became of a whole poll. */
interface PollResult extends Omit<PollOutcome, 'hasItems'> {
	/** What was stored and what is to be; undefined where the poll ended before it came to a business. */
	next?: { read: unknown; state: TriggerState };
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

/** A business that was not chosen by name is forgotten after a week: it may have ended. */
function followMissing(context: IPollFunctions, { settings, state }: Round, missing: number[]): Missing {
	const isForgotten = settings.businessIds === undefined;
	const since = new Map<number, number>();
	const results: BusinessResult[] = [];
	for (const id of missing) {
		const first = state.missingSince.get(id) ?? Date.now();
		if (isForgotten && Date.now() - first >= MISSING_IS_REPORTED_FOR_MS) {
			context.logger.warn(`FreshBooks Trigger: business ${id} has been missing for a week; what was known of its people is dropped.`);
			continue;
		}
		if (isForgotten) since.set(id, first);
		results.push({ businessId: id, items: [], reports: [reportOfMissingBusiness(id, isForgotten)] });
	}
	return { results, since };
}

/** Where n8n keeps the state. Throws NodeOperationError where its database holds something else than the object that n8n makes for each trigger. */
function storeOf(context: IPollFunctions): IDataObject {
	const store: unknown = context.getWorkflowStaticData('node');
	if (isJsonObject(store)) return store as IDataObject;
	throw new NodeOperationError(context.getNode(), "What n8n's database holds as the state of this trigger can keep no state", {
		description: 'Nothing was polled. Rename the trigger and publish the workflow again: it then starts with a new baseline.',
	});
}

/** Events and businesses that were deselected meanwhile are not emitted from memory. */
function isStillChosen({ event, business }: ChangeItem, { events, businessIds }: TriggerSettings): boolean {
	return events.has(event) && (businessIds?.includes(business.id) ?? true);
}

async function openRound(context: IPollFunctions, trigger: string, memory: ProcessMemory, deadlineAt: number): Promise<Round> {
	const read: unknown = storeOf(context)[STATE];
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt, maxInFlight: REQUESTS_AT_ONCE });
	const { state: latest, replay } = memory.resumeFrom(read);
	const state = readTriggerState(latest, settings.source);
	if (state.isDamaged) context.logger.warn('FreshBooks Trigger: the stored state could not be read; a new baseline is taken.');
	return { trigger, client, settings, read, state, replay: replay.filter((item) => isStillChosen(item, settings)), deadlineAt };
}

async function pollRound(context: IPollFunctions, trigger: string, memory: ProcessMemory, deadlineAt: number): Promise<PollResult> {
	const round = await openRound(context, trigger, memory, deadlineAt);
	const { settings, read, state, replay } = round;
	const { businesses, missing } = await chooseBusinesses(round.client, settings, state.snapshots.keys());
	const lost = followMissing(context, round, missing);
	const polled = await pollAll(round, businesses, memory);
	const results = [...lost.results, ...polled];
	const next = writeTriggerState(state, settings.source, {
		kept: results.map(({ businessId }) => businessId),
		snapshots: new Map(results.map(({ businessId, snapshot }) => [businessId, snapshot])),
		missingSince: lost.since,
	});
	return {
		next: { read, state: next },
		items: [...replay, ...results.flatMap(({ items }) => items)],
		reports: [...results.flatMap(({ reports }) => reports), ...reportsOfNothingToWatch(round, businesses, polled)],
		reachedBusinesses: true,
		isWholeTrigger: results.every(({ reports, refusal }) => reports.length > 0 || refusal !== undefined),
		isBlocked: results.every(isBlocked),
	};
}

/** The result of a poll that ended before it came to a business. */
function failedPoll(error: unknown): PollResult {
	const report = reportOfError(error);
	return { items: [], reports: [report], reachedBusinesses: false, isWholeTrigger: true, isBlocked: report.blocksPublishing };
}

/** So many troubles beside the first are named in an error; the log has them all. */
const MOST_ALSO = 3;

/** One error for n8n about all that is to be thrown. */
function errorOf(context: IPollFunctions, [report, ...others]: Report[], isWholeTrigger: boolean): NodeApiError {
	const { message, error, cause } = report;
	const base = error === undefined ? undefined : toNodeError(context.getNode(), error);
	const own = base?.failure ?? (cause && { cause });
	const failure = isWholeTrigger && own ? own : ({ cause: 'temporarily-unavailable' } as const);
	const httpCode = base instanceof NodeApiError ? (base.httpCode ?? undefined) : undefined;
	const more = others.length > MOST_ALSO ? [`And ${others.length - MOST_ALSO} more.`] : [];
	const description = [report.description, ...others.slice(0, MOST_ALSO).map((other) => `Also: ${other.message}.`), ...more].join(' ');
	return worded(new NodeApiError(context.getNode(), { message }, { message, description, httpCode, failure }), message);
}

/** Polls once. A poll that throws stores nothing: the next one resumes from memory, or from what n8n kept. */
async function pollOnce(context: IPollFunctions, trigger: string, memory: ProcessMemory, poll: symbol, isActivation: boolean): Promise<INodeExecutionData[][] | null> {
	const result = await pollRound(context, trigger, memory, deadlineOf(context, isActivation)).catch(failedPoll);
	if (!memory.isUnderWay(poll)) return null;
	const { next, items, reports, isWholeTrigger } = result;
	for (const { message, description } of reports) context.logger.warn(`FreshBooks Trigger: ${message}. ${description}`);
	const isByPerson = isActivation && context.getActivationMode() === 'activate';
	const refusals = isByPerson && result.isBlocked ? reports.filter(({ blocksPublishing }) => blocksPublishing) : [];
	if (refusals.length > 0) throw errorOf(context, refusals, isWholeTrigger);
	const errors = errorsToThrow(memory.errors, { ...result, hasItems: items.length > 0 }, isActivation, Date.now());
	if (next) memory.remember(next.read, next.state, items);
	if (errors.length > 0) throw errorOf(context, errors, isWholeTrigger);
	if (next) storeOf(context)[STATE] = next.state as unknown as IDataObject;
	return items.length === 0 ? null : outputOf(context, items);
}

/** "Fetch Test Event": a few items made of real people, but for leavers; touches no state, and says why when there is nobody. */
async function pollByHand(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt: deadlineOf(context, true), maxInFlight: REQUESTS_AT_ONCE });
	const sampled = await chooseBusinesses(client, settings, [])
		.then(async ({ businesses }) => ({ items: await sampleItems(client, businesses, settings) }))
		.catch((error: unknown) => ({ error }));
	if ('error' in sampled) throw toNodeError(context.getNode(), sampled.error);
	if (sampled.items.length > 0) return outputOf(context, sampled.items);
	throw new NodeOperationError(context.getNode(), 'There is nobody to make a test event of', {
		description:
			"The connected FreshBooks user can list no people in the chosen businesses. Check 'Businesses', and that the connection has the scope user:teams:read.",
	});
}

/** The trigger's poll. Throws NodeApiError or NodeOperationError with a way out; see above for when. */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (this.getMode() === 'manual') return await pollByHand(this);
	const trigger = `${this.getWorkflow().id ?? ''}:${this.getNode().name}`;
	const isActivation = isActivationPoll(this, trigger, Date.now());
	const memory = memoryOf(trigger, Date.now());
	// This poll may hang like the one before, so the error does not wait for it.
	if (memory.giveUpHangingPoll(Date.now()) && !isActivation) throw errorOf(this, [reportOfHangingPoll()], true);
	const current = memory.beginPoll(Date.now());
	if (current === undefined) return null;
	return await pollOnce(this, trigger, memory, current, isActivation).finally(() => {
		memory.endPoll(current);
	});
}
