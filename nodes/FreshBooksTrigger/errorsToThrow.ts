import { HOUR_MS, isReportDue } from './changes/reporting';
import type { Report } from './troubleTexts';

/**
 * Which trouble a poll throws, and when. Every throw is a failed execution and a run of the error workflow, and delays the items of
 * its poll until the next one. Pure, apart from the memory.
 */

/** What a poll found, as far as errors are concerned. */
export interface PollOutcome {
	reports: Report[];
	hasItems: boolean;
	/** False when the poll ended before it reached a business, so that nothing is known of their trouble. */
	reachedBusinesses: boolean;
	/** The trouble concerns the trigger, not one business among others. */
	isWholeTrigger: boolean;
}

/** What is remembered of a trigger's errors between polls. */
export class ErrorMemory {
	/** By signature: when it was last thrown, in milliseconds, and whether the trouble ended since. */
	readonly thrown = new Map<string, { at: number; hasEnded: boolean }>();

	/** Signatures of errors that were due when n8n activated the trigger, or when items were emitted first. */
	readonly pendingErrors = new Set<string>();

	/** Items of a poll that threw are waiting: they are emitted before the next error. */
	areItemsWaiting = false;
}

/** How long the same trouble is not thrown again, in milliseconds. Trouble that a person fixed and that comes back is thrown at once. */
function intervalOf({ everyMs, blocksPublishing }: Report, isWholeTrigger: boolean, hasEnded: boolean): number {
	const isFixed = hasEnded && blocksPublishing;
	if (!isWholeTrigger) return isFixed ? HOUR_MS : Math.max(everyMs, HOUR_MS);
	return isFixed ? 0 : everyMs;
}

function isDue(memory: ErrorMemory, report: Report, isWholeTrigger: boolean, now: number): boolean {
	if (!report.isDue && !memory.pendingErrors.has(report.signature)) return false;
	const thrown = memory.thrown.get(report.signature);
	return thrown === undefined || isReportDue(thrown.at, now, intervalOf(report, isWholeTrigger, thrown.hasEnded));
}

function markEnded(memory: ErrorMemory, reports: Report[]): void {
	const current = new Set(reports.map(({ signature }) => signature));
	for (const [signature, thrown] of memory.thrown) thrown.hasEnded ||= !current.has(signature);
}

/**
 * What this poll throws; nothing when it is empty. An activation throws nothing. Items are emitted first: an error that was due is
 * thrown by the next poll with the same trouble, with items or without. The poll after it emits the items that it delayed.
 * @param now milliseconds
 */
export function errorsToThrow(memory: ErrorMemory, outcome: PollOutcome, isActivation: boolean, now: number): Report[] {
	const { reports, hasItems, reachedBusinesses, isWholeTrigger } = outcome;
	if (reachedBusinesses) markEnded(memory, reports);
	const due = reports.filter((report) => isDue(memory, report, isWholeTrigger, now));
	const isPending = due.some(({ signature }) => memory.pendingErrors.has(signature));
	const itemsGoFirst = hasItems && (memory.areItemsWaiting || !isPending);
	if (due.length === 0 || isActivation || itemsGoFirst) {
		for (const { signature } of due) memory.pendingErrors.add(signature);
		if (hasItems) memory.areItemsWaiting = false;
		return [];
	}
	for (const { signature } of due) {
		memory.thrown.set(signature, { at: now, hasEnded: false });
		memory.pendingErrors.delete(signature);
	}
	memory.areItemsWaiting ||= hasItems;
	return due;
}
