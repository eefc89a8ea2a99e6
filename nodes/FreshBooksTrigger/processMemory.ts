import { createHash } from 'crypto';

import type { ChangeItem } from './changes/events';
import type { TriggerState } from './changes/state';

/**
 * What this n8n process remembers of a trigger between polls, beside what n8n stores. All of it may be lost at any time
 * (restart, another main process): it only saves errors and repeated work, it never carries the truth.
 */

/** The same trouble is thrown at most this often; every throw is an error execution and a run of the error workflow. */
const THROW_INTERVAL_MS = 15 * 60_000;

/** More items than this are not kept for a poll that is handed the same state again; it finds them anew. */
const MOST_KEPT_ITEMS = 5_000;

/** So many earlier states are recognised. */
const MOST_PASSED_STATES = 100;

/** Where a poll begins. */
export interface Beginning {
	state: unknown;
	/** Items of the poll before, of which it is not known whether n8n kept them; to go out again, with the same event IDs. */
	again: ChangeItem[];
}

/** One trouble, as far as telling it is concerned. */
export interface KnownTrouble {
	/** The same trouble has the same signature. */
	signature: string;
	/** It is over by itself. */
	passes: boolean;
}

export class ProcessMemory {
	/** The poll under way: n8n starts the next one while a slow one still runs. */
	isPolling = false;

	/** Businesses that the last poll had no time for; they come first. */
	unpolled: number[] = [];

	private readonly thrown = new Map<string, { at: number; passes: boolean }>();

	/** Trouble that should have been thrown and could not, as items went out or n8n was activating. */
	private readonly owed = new Set<string>();

	/** What the last poll reached, and what went out since n8n was last seen to have kept a state. */
	private last: { state: TriggerState; unconfirmed: ChangeItem[] } | undefined;

	/** Stored states that polls of this process began with, oldest first: all of them older than what was reached last. */
	private readonly passed = new Set<string>();

	/** Those not thrown in the last quarter of an hour; from now on they count as thrown. */
	takeDue<Told extends KnownTrouble>(troubles: Told[], now: number): Told[] {
		const due = troubles.filter(({ signature }) => !this.isRecent(this.thrown.get(signature)?.at, now));
		for (const { signature, passes } of due) {
			this.thrown.set(signature, { at: now, passes });
			this.owed.delete(signature);
		}
		return due;
	}

	/** These are to be thrown as soon as may be. */
	owe(troubles: KnownTrouble[]): void {
		for (const { signature } of troubles) this.owed.add(signature);
	}

	owes({ signature }: KnownTrouble): boolean {
		return this.owed.has(signature);
	}

	/**
	 * Forgets what is over: it may be thrown at once when it comes back. Not so trouble that passes by itself: it comes and
	 * goes, and would be thrown every other minute.
	 */
	keepTroubles(troubles: KnownTrouble[]): void {
		const current = new Set(troubles.map(({ signature }) => signature));
		for (const [signature, { at, passes }] of this.thrown) {
			if (!current.has(signature) && !(passes && this.isRecent(at, Date.now()))) this.thrown.delete(signature);
		}
		for (const signature of this.owed) if (!current.has(signature)) this.owed.delete(signature);
	}

	private isRecent(at: number | undefined, now: number): boolean {
		return at !== undefined && now >= at && now - at < THROW_INTERVAL_MS;
	}

	/** Remembers what a poll that read `read` reached and emitted. */
	remember(read: unknown, state: TriggerState, items: ChangeItem[]): void {
		this.passed.add(signatureOf(read));
		const [oldest] = this.passed;
		if (this.passed.size > MOST_PASSED_STATES) this.passed.delete(oldest);
		this.last = items.length > MOST_KEPT_ITEMS ? undefined : { state, unconfirmed: items };
	}

	/**
	 * What n8n kept; or, where n8n hands over a state that an earlier poll of this process began with, what the last poll
	 * reached. The durable scheduler forgets what a poll without items stored, with durable cursors the baseline of the
	 * activation; in a burst it reads before the poll ahead has stored, and a poll that steps back stores the old state again.
	 * Beginning anew there would miss whatever was done and undone since, or take a baseline over it. Items that n8n was not
	 * seen to have kept go out again, as they may have been dropped with their state; the same change has the same ID.
	 */
	beginning(read: unknown): Beginning {
		const { last } = this;
		const signature = signatureOf(read);
		if (!last || !this.passed.has(signature) || signature === signatureOf(last.state)) return { state: read, again: [] };
		return { state: last.state, again: last.unconfirmed };
	}
}

function digestsOf(snapshots: object): string[] {
	return Object.entries(snapshots).map(([name, snapshot]) => {
		const digests = typeof snapshot === 'object' && snapshot !== null ? (snapshot as { digest?: unknown }).digest : '';
		return `${name}=${JSON.stringify(digests)}`;
	});
}

/** Tells one stored state from another; every snapshot carries digests of itself. */
function signatureOf(state: unknown): string {
	if (typeof state !== 'object' || state === null) return 'none';
	const { snapshots, awaited } = state as { snapshots?: unknown; awaited?: unknown };
	if (typeof snapshots !== 'object' || snapshots === null) return 'unknown';
	const parts = [...digestsOf(snapshots).sort(), JSON.stringify(awaited)];
	return createHash('sha256').update(parts.join('\n')).digest('base64');
}

const memories = new Map<string, ProcessMemory>();

/** The memory of one trigger node of one workflow. */
export function memoryOf(workflowId: string | undefined, nodeId: string): ProcessMemory {
	const key = `${workflowId ?? ''}:${nodeId}`;
	const memory = memories.get(key) ?? new ProcessMemory();
	memories.set(key, memory);
	return memory;
}
