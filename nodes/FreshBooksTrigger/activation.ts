import type { IPollFunctions } from 'n8n-workflow';

/**
 * Which polls belong to an activation. n8n gives an activation up for good after five polls that throw (n8n 2.40,
 * trigger-activation-retry), so such a poll throws only what a person who publishes can fix.
 */

/** Contexts that have polled. */
const seenContexts = new WeakSet<IPollFunctions>();

/**
 * A context has polled twice. n8n makes one context for each activation and polls in it from then on, whereas its durable scheduler
 * makes one for each poll (n8n 2.40, active-workflow-triggers and poll-trigger-task-handler); a process has one way only.
 */
let contextsAreReused = false;

/** n8n waits at most 8 seconds between two attempts to activate a trigger (n8n 2.40, trigger-activation-retry). */
const NEXT_ATTEMPT_WITHIN_MS = 9_000;

const MOST_TRIGGERS = 1_000;

interface LastPoll {
	/** What n8n compares of a trigger to decide whether publishing activates it again (n8n 2.40, trigger-diff). */
	node: string;
	isActivation: boolean;
	/** Milliseconds. */
	at: number;
}

/** By trigger, the longest not polled first. */
const lastPolls = new Map<string, LastPoll>();

function isScheduled({ node, at }: LastPoll, last: LastPoll | undefined): boolean {
	if (last?.node !== node) return false;
	return !last.isActivation || at - last.at >= NEXT_ATTEMPT_WITHIN_MS;
}

/**
 * Whether n8n activates the trigger with this poll. To be asked once for every poll.
 *
 * The durable scheduler polls in a new context each time, in the mode 'update', which is also the mode of publishing a changed
 * trigger. It came with n8n 2.38, and so did the budget of a poll. With it, a poll of a trigger that is as it was in its last poll is
 * a scheduled one; the first poll in a process may be either, and counts as an activation.
 * @param trigger tells one trigger from another
 * @param at milliseconds
 */
export function isActivationPoll(context: IPollFunctions, trigger: string, at: number): boolean {
	const isSeen = seenContexts.has(context);
	seenContexts.add(context);
	contextsAreReused ||= isSeen;
	const { typeVersion, credentials, parameters } = context.getNode();
	const poll: LastPoll = { node: JSON.stringify([typeVersion, credentials, parameters]), isActivation: false, at };
	const mayBeScheduled = context.getActivationMode() === 'update' && context.getPollBudgetMs !== undefined && !contextsAreReused;
	poll.isActivation = !isSeen && !(mayBeScheduled && isScheduled(poll, lastPolls.get(trigger)));
	lastPolls.delete(trigger);
	lastPolls.set(trigger, poll);
	const [longestIdle] = lastPolls.keys();
	if (lastPolls.size > MOST_TRIGGERS) lastPolls.delete(longestIdle);
	return poll.isActivation;
}
