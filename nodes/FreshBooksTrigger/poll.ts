import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { connect } from '../FreshBooks/client/client';
import { isJsonObject } from '../FreshBooks/client/errors';
import { toNodeError, worded } from '../FreshBooks/shownErrors';
import { isActivationPoll } from './activation';
import { chooseBusinesses, pollBusinesses, REQUESTS_AT_ONCE, type PollResult, type Round } from './businesses';
import type { ChangeItem } from './changes/events';
import { errorsToThrow } from './errorsToThrow';
import { outputOf } from './output';
import { memoryOf, type ProcessMemory } from './processMemory';
import { sampleItems } from './sample';
import { readSettings, type TriggerSettings } from './settings';
import { readTriggerState } from './triggerState';
import { reportOfError, reportOfHangingPoll, reportOfMissingBusiness, reportOfNoBusiness, type Report } from './troubleTexts';

/**
 * One poll of the trigger, from n8n's side. These facts decide its form, measured on n8n 2.40:
 * - n8n may lose what a poll without items stores, so losing the state must only repeat work;
 * - n8n gives up a trigger for good after five failed activations, so an activation does not throw trouble that passes;
 * - a slow poll overlaps the next one, so the second one returns at once;
 * - n8n notices only a new value of a top-level key, so the complete state is assigned once, at the end.
 */

/** The one key of n8n's static data. */
const STATE = 'freshBooks';
/** n8n gives up an activation after 84 seconds, and for good. */
const ACTIVATION_BUDGET_MS = 45_000;
const LONGEST_POLL_MS = 240_000;
/** n8n before 2.38 gives no budget. */
const BUDGET_OF_OLDER_HOSTS_MS = 30_000;

function deadlineOf(context: IPollFunctions, isActivation: boolean): number {
	const budget = context.getPollBudgetMs?.() ?? BUDGET_OF_OLDER_HOSTS_MS;
	return Date.now() + Math.min(budget * 0.85, isActivation ? ACTIVATION_BUDGET_MS : LONGEST_POLL_MS);
}

/** Where n8n keeps the state. Throws NodeOperationError if n8n's database does not have the object that n8n creates for each trigger. */
function storeOf(context: IPollFunctions): IDataObject {
	const store: unknown = context.getWorkflowStaticData('node');
	if (isJsonObject(store)) return store as IDataObject;
	throw new NodeOperationError(context.getNode(), "n8n's database has no usable place for the state of this trigger", {
		description: 'Nothing was polled. To fix this, rename the trigger and publish the workflow again: it then takes a new baseline.',
	});
}

/** Events and businesses that were deselected meanwhile are not emitted from memory. */
function isStillChosen({ event, business }: ChangeItem, { events, businessIds }: TriggerSettings): boolean {
	return events.has(event) && (businessIds?.includes(business.id) ?? true);
}

function warn(context: IPollFunctions, text: string): void {
	context.logger.warn(`FreshBooks Trigger: ${text}`);
}

async function openRound(context: IPollFunctions, trigger: string, memory: ProcessMemory, deadlineAt: number): Promise<Round> {
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt, maxInFlight: REQUESTS_AT_ONCE });
	const { state: latest, replay } = memory.resumeFrom(storeOf(context)[STATE]);
	const state = readTriggerState(latest, settings.source);
	const chosen = replay.filter((item) => isStillChosen(item, settings));
	return { trigger, client, settings, state, replay: chosen, deadlineAt, warn: (text) => warn(context, text) };
}

/** The result of a poll that ended before it reached a business. */
function failedPoll(error: unknown): PollResult {
	const report = reportOfError(error);
	return { items: [], reports: [report], reachedBusinesses: false, isWholeTrigger: true, isBlocked: report.blocksPublishing };
}

/** How many more troubles an error names after the first; the log has them all. */
const MOST_ALSO = 3;

/** One error for n8n about all reports to throw. */
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
	const result = await openRound(context, trigger, memory, deadlineOf(context, isActivation))
		.then(async (round) => await pollBusinesses(round, memory))
		.catch(failedPoll);
	if (!memory.isUnderWay(poll)) return null;
	const { next, items, reports, isWholeTrigger } = result;
	for (const { message, description } of reports) warn(context, `${message}. ${description}`);
	const isByPerson = isActivation && context.getActivationMode() === 'activate';
	const refusals = isByPerson && result.isBlocked ? reports.filter(({ blocksPublishing }) => blocksPublishing) : [];
	if (refusals.length > 0) throw errorOf(context, refusals, isWholeTrigger);
	const errors = errorsToThrow(memory.errors, { ...result, hasItems: items.length > 0 }, isActivation, Date.now());
	if (next) memory.remember(storeOf(context)[STATE], next, items);
	if (errors.length > 0) throw errorOf(context, errors, isWholeTrigger);
	if (next) storeOf(context)[STATE] = next as unknown as IDataObject;
	return items.length === 0 ? null : outputOf(context, items);
}

/** "Fetch Test Event": a sample of each chosen event. Reads and stores no state. */
async function pollByHand(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const settings = readSettings(context);
	const client = await connect(context, { deadlineAt: deadlineOf(context, true), maxInFlight: REQUESTS_AT_ONCE });
	const sampled = await chooseBusinesses(client, settings, [])
		.then(async ({ businesses, missing }) => ({ items: await sampleItems(client, businesses, settings), missing }))
		.catch((error: unknown) => ({ error }));
	if ('error' in sampled) throw toNodeError(context.getNode(), sampled.error);
	const { items, missing } = sampled;
	if (items) return outputOf(context, items);
	throw errorOf(context, [missing.length > 0 ? reportOfMissingBusiness(missing[0], false) : reportOfNoBusiness()], true);
}

/** The trigger's poll. Throws NodeApiError or NodeOperationError with a way out; see above for when. */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (this.getMode() === 'manual') return await pollByHand(this);
	const trigger = `${this.getWorkflow().id ?? ''}:${this.getNode().name}`;
	const isActivation = isActivationPoll(this, trigger, Date.now());
	const memory = memoryOf(trigger, Date.now());
	// This poll may hang as well, so the error is thrown first.
	if (memory.giveUpHangingPoll(Date.now()) && !isActivation) throw errorOf(this, [reportOfHangingPoll()], true);
	const current = memory.beginPoll(Date.now());
	if (current === undefined) return null;
	return await pollOnce(this, trigger, memory, current, isActivation).finally(() => {
		memory.endPoll(current);
	});
}
