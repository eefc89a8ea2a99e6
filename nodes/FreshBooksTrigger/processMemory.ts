import { createHash } from 'crypto';

import { objectOf } from '../FreshBooks/client/json';
import type { ChangeItem } from './changes/events';
import { DAY_MS } from './changes/reporting';
import { ErrorMemory } from './errorsToThrow';
import type { TriggerState } from './triggerState';

/**
 * What this n8n process remembers of its triggers between polls, beside what n8n stores. All of it may be lost at any time (restart,
 * another main process). It avoids repeated errors and repeated work; no event depends on it.
 */

/** How many items are kept for replay, over all triggers. The items of a poll that has more are found again instead. */
const MOST_REPLAY_ITEMS = 10_000;

/** How many earlier states of a trigger are recognised. */
const MOST_STALE_STATES = 100;

/** A poll ends within 5 minutes, as its requests have deadlines. One that still runs after this time hangs. */
const POLL_HANGS_AFTER_MS = 15 * 60_000;

/** Where a poll resumes. */
export interface ResumePoint {
	state: unknown;
	/** Items that n8n may not have kept. They are emitted again, with the same event IDs. */
	replay: ChangeItem[];
}

const memories = new Map<string, ProcessMemory>();

/** One trigger's memory. */
export class ProcessMemory {
	/** Businesses that the last poll had no time for, in the order in which they wait. */
	late: number[] = [];

	readonly errors = new ErrorMemory();

	/** When the last poll began, in milliseconds. */
	private polledAt = 0;

	private underWay: symbol | undefined;

	/** The state after the last poll, and its items, which n8n may not have kept. */
	private last: { state: TriggerState; replay: ChangeItem[] } | undefined;

	/** Signatures of stored states that polls of this process read, oldest first: all older than the state after the last poll. */
	private readonly staleStates = new Set<string>();

	/**
	 * Begins a poll; undefined while another is under way: n8n starts the next poll while a slow one runs.
	 * @param now milliseconds
	 */
	beginPoll(now: number): symbol | undefined {
		if (this.underWay !== undefined) return undefined;
		this.polledAt = now;
		this.underWay = Symbol('poll');
		return this.underWay;
	}

	/** Gives up a poll that hangs, and answers whether there was one. */
	giveUpHangingPoll(now: number): boolean {
		const hangs = this.underWay !== undefined && now - this.polledAt >= POLL_HANGS_AFTER_MS;
		if (hangs) this.underWay = undefined;
		return hangs;
	}

	/** False for a poll that was given up. */
	isUnderWay(poll: symbol): boolean {
		return this.underWay === poll;
	}

	endPoll(poll: symbol): void {
		if (this.underWay === poll) this.underWay = undefined;
	}

	isIdleSince(time: number): boolean {
		return this.underWay === undefined && this.polledAt <= time;
	}

	/** Remembers the state and the items of a poll that read `read`. */
	remember(read: unknown, state: TriggerState, items: ChangeItem[]): void {
		this.staleStates.add(signatureOf(read));
		const [oldest] = this.staleStates;
		if (this.staleStates.size > MOST_STALE_STATES) this.staleStates.delete(oldest);
		this.last = undefined;
		const kept = [...memories.values()].reduce((sum, { last }) => sum + (last?.replay.length ?? 0), 0);
		if (kept + items.length <= MOST_REPLAY_ITEMS) this.last = { state, replay: items };
	}

	/**
	 * Where to resume: the state that n8n kept. If n8n gives a state that an earlier poll of this process has read already, it is the
	 * state after the last poll. n8n loses the state of a poll that threw and, with the durable scheduler, of a poll without items; with
	 * durable cursors it loses the baseline of an activation; in a burst a poll reads before the previous one has stored. Compared with
	 * the old state, a change that was undone since would be missed, and a baseline would be taken again. Items that n8n may have
	 * dropped with their state are emitted again.
	 */
	resumeFrom(read: unknown): ResumePoint {
		const { last } = this;
		const signature = signatureOf(read);
		if (!last || !this.staleStates.has(signature) || signature === signatureOf(last.state)) return { state: read, replay: [] };
		return last;
	}
}

/** Tells one stored state from another; every snapshot has a digest of itself. */
function signatureOf(state: unknown): string {
	const { snapshots, awaited, missingSince } = objectOf(state);
	const digests = Object.entries(objectOf(snapshots)).map(([name, snapshot]) => [name, objectOf(snapshot).digest]);
	const parts = [digests.sort(), awaited, Object.entries(objectOf(missingSince)).sort()];
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/**
 * The memory of one trigger of one workflow. What is remembered of triggers that were not polled for a day is dropped.
 * @param now milliseconds
 */
export function memoryOf(trigger: string, now: number): ProcessMemory {
	for (const [key, memory] of memories) if (memory.isIdleSince(now - DAY_MS)) memories.delete(key);
	const memory = memories.get(trigger) ?? new ProcessMemory();
	memories.set(trigger, memory);
	return memory;
}
