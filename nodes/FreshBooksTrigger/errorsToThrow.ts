import { HOUR_MS, isReportDue } from './changes/reporting';
import type { Report } from './troubleTexts';

/**
 * Which trouble a poll throws, and when: every throw is a failed execution and a run of the error workflow, and keeps the items of
 * its poll back until the next one. Pure, apart from the memory.
 */

/** What a poll came to, as far as errors are concerned. */
export interface PollOutcome {
	reports: Report[];
	hasItems: boolean;
	/** False when the poll ended before it came to a business, so that nothing is known of theirs. */
	reachedBusinesses: boolean;
	/** The trouble is the whole trigger's, not one business's among others. */
	isWholeTrigger: boolean;
}

/** What is remembered of a trigger's errors between polls. */
export class ErrorMemory {
	/** By signature: when it was last thrown, in milliseconds, and whether the trouble ended since. */
	readonly thrown = new Map<string, { at: number; hasEnded: boolean }>();

	/** Signatures of errors that were due when n8n activated the trigger, or when items went out first. */
	readonly pendingErrors = new Set<string>();

	/** Items of a poll that threw wait: they go out before the next error. */
	areItemsWaiting = false;
}

/** How long nothing is thrown about the same trouble. What a person has fixed and what breaks again is thrown at once. */
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

function noteWhatEnded(memory: ErrorMemory, reports: Report[]): void {
	const current = new Set(reports.map(({ signature }) => signature));
	for (const [signature, thrown] of memory.thrown) thrown.hasEnded ||= !current.has(signature);
}

/**
 * What this poll throws; nothing when it is empty. An activation throws nothing. Items go out first, and an error that was due then
 * is thrown by the next poll with the same trouble, with items or without; the poll after one that kept items back emits them.
 * @param now milliseconds
 */
export function errorsToThrow(memory: ErrorMemory, outcome: PollOutcome, isActivation: boolean, now: number): Report[] {
	const { reports, hasItems, reachedBusinesses, isWholeTrigger } = outcome;
	if (reachedBusinesses) noteWhatEnded(memory, reports);
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
