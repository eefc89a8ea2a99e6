import type { IPollFunctions } from 'n8n-workflow';

/**
 * Which polls belong to an activation. n8n gives an activation up for good after five polls that throw (n8n 2.40,
 * trigger-activation-retry), so a poll of an activation throws only what the person who publishes can fix.
 */

/** Contexts that have polled. */
const knownContexts = new WeakSet<IPollFunctions>();

/**
 * True once a context has polled twice. n8n makes one context for each activation and uses it for all polls that follow. Its durable
 * scheduler makes one for each poll (n8n 2.40, active-workflow-triggers and poll-trigger-task-handler). A process does one or the other.
 */
let contextsAreReused = false;

/** How often n8n tries to activate a trigger, in the same mode; it waits at most 8 seconds in between (n8n 2.40, trigger-activation-retry). */
const MOST_ATTEMPTS = 5;
const NEXT_ATTEMPT_WITHIN_MS = 9_000;

const MOST_TRIGGERS = 1_000;

interface LastPoll {
	/** What n8n compares of a trigger to decide whether publishing activates it again (n8n 2.40, trigger-diff). */
	node: string;
	/** How many polls in a row, up to this one, may be attempts to activate the trigger in the mode 'update'. */
	attempts: number;
	/** Milliseconds. */
	at: number;
}

/** By trigger; the one that was not polled for longest comes first. */
const lastPolls = new Map<string, LastPoll>();

function remember(trigger: string, poll: LastPoll): void {
	lastPolls.delete(trigger);
	lastPolls.set(trigger, poll);
	const [longestIdle] = lastPolls.keys();
	if (lastPolls.size > MOST_TRIGGERS) lastPolls.delete(longestIdle);
}

/**
 * Whether n8n activates the trigger with this poll. Call it once for every poll.
 *
 * The durable scheduler polls in a new context each time, in the mode 'update', which is also the mode of publishing a changed
 * trigger. It came with n8n 2.38, and so did the budget of a poll. With the scheduler, a poll of an unchanged trigger is a scheduled
 * one, unless it repeats an activation. The first poll in a process may be either, and counts as an activation.
 * @param trigger the same for all polls of a trigger, and for no other
 * @param at milliseconds
 */
export function isActivationPoll(context: IPollFunctions, trigger: string, at: number): boolean {
	const isKnown = knownContexts.has(context);
	knownContexts.add(context);
	contextsAreReused ||= isKnown;
	const { typeVersion, credentials, parameters } = context.getNode();
	const node = JSON.stringify([typeVersion, credentials, parameters]);
	const last = lastPolls.get(trigger);
	const earlierAttempts = last?.node === node && at - last.at < NEXT_ATTEMPT_WITHIN_MS ? last.attempts % MOST_ATTEMPTS : 0;
	const isUpdate = context.getActivationMode() === 'update';
	const mayBeScheduled = isUpdate && context.getPollBudgetMs !== undefined && !contextsAreReused;
	const isScheduled = mayBeScheduled && last?.node === node && earlierAttempts === 0;
	remember(trigger, { node, attempts: isUpdate && !isScheduled ? earlierAttempts + 1 : 0, at });
	return !isKnown && !isScheduled;
}
