import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { toNodeError } from '../FreshBooks/shownErrors';
import { failureOf, inOneLine, isJsonObject, type FailureKind } from '../FreshBooks/client/errors';
import { getMe } from '../FreshBooks/api/me';
import { connect, type FreshBooksClient } from '../FreshBooks/client/client';
import type { Business, ChangeItem } from './changes/events';
import { pollBusiness } from './changes/pollBusiness';
import { isFromTheBeginning, readTriggerState, writeTriggerState, type OpenState } from './changes/state';
import type { StoredSnapshot } from './changes/snapshot';
import { freshBooksPort } from './freshBooksPort';
import { outputOf } from './output';
import { memoryOf, type ProcessMemory } from './processMemory';
import { sampleItems } from './sample';
import { readSettings, type TriggerSettings } from './settings';
import { reportOfError, reportOfLostBusiness, reportOfNoBusiness, reportOfTrouble, type Report } from './troubleTexts';

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
const BUDGET_OF_OLDER_HOSTS_MS = 30_000;

/** What n8n grants every poll but those of the durable scheduler, which have to end far sooner. */
const BUDGET_WITHOUT_SCHEDULER_MS = 300_000;

/** Poll contexts seen: n8n keeps one per activation, and its first poll is the activation itself. */
const knownContexts = new WeakSet<IPollFunctions>();

/**
 * The durable scheduler polls in a new context each time, in the mode 'update'. Publishing a changed trigger, or n8n's own
 * repair of one, activates in that mode too; what tells the two apart is the budget.
 */
function isActivationPoll(context: IPollFunctions): boolean {
	const isNew = !knownContexts.has(context);
	knownContexts.add(context);
	const isScheduled = context.getActivationMode() === 'update' && context.getPollBudgetMs?.() !== BUDGET_WITHOUT_SCHEDULER_MS;
	return isNew && !isScheduled;
}

function deadlineOf(context: IPollFunctions, activating: boolean): number {
	const budget = context.getPollBudgetMs?.() ?? BUDGET_OF_OLDER_HOSTS_MS;
	const longest = activating ? ACTIVATION_BUDGET_MS : LONGEST_POLL_MS;
	return Date.now() + Math.min(budget * 0.85, longest);
}

/** What is known before the businesses are polled. */
interface Round {
	client: FreshBooksClient;
	settings: TriggerSettings;
	state: OpenState;
	/** What the last poll emitted and n8n may not have kept. */
	again: ChangeItem[];
	deadlineAt: number;
}

interface BusinessResult {
	businessId: number;
	/** Undefined: keep what is stored. */
	snapshot: StoredSnapshot | undefined;
	items: ChangeItem[];
	reports: Report[];
	/** There was no time for it, or not enough: it comes first in the next poll. */
	late?: boolean;
	/** FreshBooks does not let the user list it, and never did. */
	refusal?: unknown;
}

const NOT_ALLOWED: ReadonlySet<FailureKind | undefined> = new Set(['permission', 'notFound', 'notPublished']);

/** A business that the user was never able to list is no trouble where all that may be listed are watched. */
function isNoneOfOurs(error: unknown, { settings, state }: Round, businessId: number): boolean {
	return settings.businessIds === undefined && !state.snapshots.has(businessId) && NOT_ALLOWED.has(failureOf(error)?.kind);
}

/** The transport gives up when less time is left than it would wait before the next try. */
const TOO_LITTLE_TIME_MS = 1_000;

/** In sentences; items have the name as FreshBooks gives it. */
function shownName({ name }: Business): string {
	return inOneLine(name, 80);
}

async function pollOne(round: Round, business: Business, hasWholeTime: boolean): Promise<BusinessResult> {
	const { client, settings, state } = round;
	const nothing = { businessId: business.id, snapshot: undefined, items: [], reports: [] };
	if (Date.now() >= round.deadlineAt) return { ...nothing, late: true };
	const outcome = await pollBusiness(freshBooksPort(client, business.id, settings.source), state.snapshots.get(business.id), {
		trigger: 'TODO',
		business,
		source: settings.source,
		events: settings.events,
		emitExisting: settings.emitExisting && isFromTheBeginning(state, business.id),
		removalLimit: settings.removalLimit,
		maxConfirmations: CONFIRMATIONS_PER_POLL,
	}).then(
		(poll) => ({ poll }),
		(error: unknown) => ({ error }),
	);
	if ('error' in outcome) {
		if (isNoneOfOurs(outcome.error, round, business.id)) return { ...nothing, refusal: outcome.error };
		const ranOut = Date.now() >= round.deadlineAt - TOO_LITTLE_TIME_MS;
		const report = reportOfError(outcome.error, shownName(business), business.id);
		// Whoever ran out of time gets a poll that begins with it before the user is bothered.
		return { ...nothing, late: ranOut, reports: [{ ...report, logOnly: ranOut && !hasWholeTime }] };
	}
	const { snapshot, items, troubles } = outcome.poll;
	return { businessId: business.id, snapshot, items, reports: troubles.map((trouble) => reportOfTrouble(shownName(business), business.id, trouble)) };
}

/** Polls a few businesses at a time; what the last poll had no time for comes first. Results in the order of `businesses`. */
async function pollAll(round: Round, businesses: Business[], memory: ProcessMemory): Promise<BusinessResult[]> {
	const byId = new Map(businesses.map((business) => [business.id, business]));
	const late = memory.unpolled.filter((id) => byId.has(id));
	// In the order in which they wait, or those at the end of a long list would never come first.
	const order = [...new Set([...late, ...byId.keys()])];
	const first = new Set(order.slice(0, REQUESTS_AT_ONCE));
	const queue = [...order];
	const results = new Map<number, BusinessResult>();
	const worker = async (): Promise<void> => {
		for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
			const business = byId.get(id);
			if (business) results.set(id, await pollOne(round, business, first.has(id)));
		}
	};
	await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
	memory.unpolled = order.filter((id) => results.get(id)?.late);
	return businesses.flatMap(({ id }) => results.get(id) ?? []);
}

/** The businesses to poll, and those chosen or known that the user does not belong to (any more). */
async function chooseBusinesses({ client, settings, state }: Round): Promise<{ businesses: Business[]; lost: number[] }> {
	const { memberships } = await getMe(client);
	const wanted = settings.businessIds && new Set(settings.businessIds);
	// Whoever belongs to a business in two roles has two memberships of it.
	const found = new Map<number, Business>();
	for (const { businessId, name } of memberships) {
		if (found.has(businessId) || (wanted && !wanted.has(businessId))) continue;
		found.set(businessId, { id: businessId, name: name ?? `Business ${businessId}` });
	}
	const expected = settings.businessIds ?? [...state.snapshots.keys()];
	return { businesses: [...found.values()], lost: expected.filter((id) => !found.has(id)) };
}

function log(context: IPollFunctions, reports: Report[]): void {
	for (const { message, description } of reports) context.logger.warn(`FreshBooks Trigger: ${message}. ${description}`);
}

/** So many troubles beside the first are told in an error; the log has them all. */
const MOST_ALSO = 3;

/** The error for n8n; `allFailed` says whether the trouble is the whole trigger's or one business's among others. */
function errorOf(context: IPollFunctions, [report, ...others]: Report[], allFailed: boolean): NodeApiError | NodeOperationError {
	const { message, error, cause } = report;
	const base = error === undefined ? undefined : toNodeError(context.getNode(), error);
	const own = base?.failure ?? (cause && { cause });
	const failure = allFailed && own ? own : ({ cause: 'temporarily-unavailable' } as const);
	const httpCode = base instanceof NodeApiError ? (base.httpCode ?? undefined) : undefined;
	const more = others.length > MOST_ALSO ? [`And ${others.length - MOST_ALSO} more.`] : [];
	const description = [report.description, ...others.slice(0, MOST_ALSO).map((other) => `Also: ${other.message}.`), ...more].join(' ');
	const shown = new NodeApiError(context.getNode(), { message }, { message, description, httpCode, failure });
	// n8n takes words such as EACCES in a name for a network error and replaces the message.
	shown.message = message;
	return shown;
}

/** What became of a whole poll. */
interface Outcome {
	items: ChangeItem[];
	reports: Report[];
	allFailed: boolean;
}

/**
 * The error to throw now, if any. Items go out first: the trouble of one business waits for a poll without items. While n8n
 * activates the trigger, only what a person at the screen must mend is thrown; n8n tries five times and shows the last error.
 */
function errorToThrow(context: IPollFunctions, memory: ProcessMemory, outcome: Outcome, activating: boolean): NodeApiError | NodeOperationError | undefined {
	memory.keepTroubles(outcome.reports);
	const open = outcome.reports.filter((report) => !report.logOnly || memory.owes(report));
	const byPerson = activating && context.getActivationMode() === 'activate';
	const toMend = byPerson ? open.filter(({ passes, once }) => !passes && !once) : [];
	if (outcome.items.length === 0 && toMend.length > 0) return errorOf(context, toMend, outcome.allFailed);
	if (outcome.items.length > 0 || activating) {
		memory.owe(open);
		return undefined;
	}
	const due = memory.takeDue(open, Date.now());
	return due.length > 0 ? errorOf(context, due, outcome.allFailed) : undefined;
}

/** Where all that may be listed are watched, and none may be, the trigger would wait for ever without a word. */
function reportsOfNothingToWatch({ settings, state }: Round, businesses: Business[], results: BusinessResult[]): Report[] {
	if (settings.businessIds !== undefined || state.snapshots.size > 0) return [];
	if (!results.every(({ refusal }) => refusal !== undefined)) return [];
	return [results.length === 0 ? reportOfNoBusiness() : reportOfError(results[0].refusal, businesses[0].name, businesses[0].id)];
}

/** Where n8n keeps the state. Throws NodeOperationError where its database holds something else than the object that n8n makes for each trigger. */
function storeOf(context: IPollFunctions): IDataObject {
	const store: unknown = context.getWorkflowStaticData('node');
	if (isJsonObject(store)) return store as IDataObject;
	throw new NodeOperationError(context.getNode(), "What n8n's database holds as the state of this trigger can keep no state", {
		description: 'Nothing was polled. Rename the trigger and publish the workflow again: it then starts with a new baseline.',
	});
}

async function pollRound(context: IPollFunctions, round: Round, memory: ProcessMemory, read: unknown): Promise<Outcome> {
	const { settings, state } = round;
	const { businesses, lost } = await chooseBusinesses(round);
	const results = await pollAll(round, businesses, memory);
	const polled = new Map(results.map(({ businessId, snapshot }) => [businessId, snapshot]));
	const chosen = settings.businessIds ?? [...businesses.map(({ id }) => id), ...state.snapshots.keys()];
	const next = writeTriggerState(state, settings.source, chosen, polled);
	const items = [...round.again, ...results.flatMap((result) => result.items)];
	const reports = [
		...lost.map((id) => reportOfLostBusiness(`business ${id}`)),
		...results.flatMap((result) => result.reports),
		...reportsOfNothingToWatch(round, businesses, results),
	];
	memory.remember(read, next, items);
	storeOf(context)[STATE] = next as unknown as IDataObject;
	const allFailed = results.every((result) => result.reports.length > 0 || result.refusal !== undefined);
	return { items, reports, allFailed: allFailed && reports.length > 0 };
}

async function openRound(context: IPollFunctions, memory: ProcessMemory, read: unknown, deadlineAt: number): Promise<Round> {
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt, maxInFlight: REQUESTS_AT_ONCE });
	const { state: latest, again } = memory.beginning(read);
	const state = readTriggerState(latest, settings.source);
	if (state.isDamaged) context.logger.warn('FreshBooks Trigger: the stored state could not be read; a new baseline is taken.');
	return { client, settings, state, again, deadlineAt };
}

/** Polls once, turning whatever goes wrong before the first business is reached into a report as well. */
async function pollOnce(context: IPollFunctions, memory: ProcessMemory): Promise<INodeExecutionData[][] | null> {
	const activating = isActivationPoll(context);
	const deadlineAt = deadlineOf(context, activating);
	const read: unknown = storeOf(context)[STATE];
	const outcome = await openRound(context, memory, read, deadlineAt)
		.then(async (round) => await pollRound(context, round, memory, read))
		.catch((error: unknown): Outcome => ({ items: [], reports: [reportOfError(error, '')], allFailed: true }));
	log(context, outcome.reports);
	const error = errorToThrow(context, memory, outcome, activating);
	if (error) throw error;
	return outcome.items.length === 0 ? null : outputOf(context, outcome.items);
}

/** "Fetch Test Event": a few items made of real people, but for leavers; touches no state, and says why when there is nobody. */
async function pollByHand(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt: deadlineOf(context, true), maxInFlight: REQUESTS_AT_ONCE });
	const round: Round = { client, settings, state: readTriggerState(undefined, settings.source), again: [], deadlineAt: Infinity };
	const sampled = await chooseBusinesses(round)
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
	const memory = memoryOf(this.getWorkflow().id, this.getNode().id);
	if (memory.isPolling) return null;
	memory.isPolling = true;
	return await pollOnce(this, memory).finally(() => {
		memory.isPolling = false;
	});
}
