import { sleep } from 'n8n-workflow';

import { Pace } from './pace';
import { LONGEST_ANNOUNCED_WAIT_MS } from './retry';

/**
 * How many requests may be under way at once, and how soon after one another they begin. One budget is shared by everything
 * in this process that uses the same credential, so that ten workflows do not storm FreshBooks together.
 *
 * It starts low and grows by one with each quick answer until FreshBooks first says 429. Then it halves, grows by one per
 * round only (additive increase, multiplicative decrease), and keeps a pace.
 */

const FIRST_LIMIT = 3;
const LARGEST_LIMIT = 12;
/** An answer slower than this many times the fastest one seen is no reason to send more. */
const SLOW_FACTOR = 4;
const SLOW_FLOOR_MS = 250;

/** Waits `ms` milliseconds; rejects at once when `signal` aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
	let stop: () => void = () => undefined;
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new Error('cancelled'));
	});
	if (signal?.aborted) stop();
	signal?.addEventListener('abort', stop, { once: true });
	await Promise.race([sleep(ms), stopped]).finally(() => signal?.removeEventListener('abort', stop));
}

/** A number of places, given in the order in which they were asked for. */
export class Places {
	private taken = 0;

	/** Those who had a place before come first. */
	private readonly returning: Array<() => void> = [];

	private readonly newcomers: Array<() => void> = [];

	private wakesAt = Infinity;

	constructor(protected limit: number) {}

	/** How many places there are now. */
	get currentLimit(): number {
		return Math.max(1, Math.floor(this.limit));
	}

	/** Waits for a place; rejects when `signal` aborts first. Every successful call needs one `leave`. */
	async enter(signal?: AbortSignal, isReturning = false): Promise<void> {
		const queue = isReturning ? this.returning : this.newcomers;
		await new Promise<void>((resolve, reject) => {
			const giveUp = (): void => {
				queue.splice(queue.indexOf(admit), 1);
				reject(new Error('cancelled'));
			};
			const admit = (): void => {
				signal?.removeEventListener('abort', giveUp);
				resolve();
			};
			queue.push(admit);
			if (signal?.aborted) return giveUp();
			signal?.addEventListener('abort', giveUp, { once: true });
			this.admitNext();
		});
	}

	/** Gives a place back. */
	leave(): void {
		this.taken--;
		this.admitNext();
	}

	/** Before this time nobody is admitted, however many places are free. */
	protected opensAt(): number {
		return -Infinity;
	}

	/** Called for each one admitted. */
	protected noteEntry(): void {}

	private admitNext(): void {
		while (this.taken < this.currentLimit && this.returning.length + this.newcomers.length > 0) {
			const closedMs = this.opensAt() - Date.now();
			if (closedMs > 0) return this.wakeIn(closedMs);
			this.taken++;
			this.noteEntry();
			(this.returning.shift() ?? this.newcomers.shift())?.();
		}
	}

	private wakeIn(ms: number): void {
		if (this.wakesAt <= Date.now() + ms) return;
		this.wakesAt = Date.now() + ms;
		void sleep(ms).then(() => {
			this.wakesAt = Infinity;
			this.admitNext();
		});
	}
}

/** What became of a request, for the budget. */
export interface RequestOutcome {
	durationMs: number;
	/** Set for a 429; `announcedMs` is what Retry-After said. */
	throttled?: { announcedMs?: number };
}

export class RequestBudget extends Places {
	private readonly pace = new Pace();

	private throttledBefore = false;

	private fastestMs = Infinity;

	private pausedUntil = -Infinity;

	private lastSeenAt = -Infinity;

	constructor() {
		super(FIRST_LIMIT);
	}

	/** Gives the place back and learns from the answer. */
	release({ durationMs, throttled }: RequestOutcome): void {
		this.followClock();
		if (throttled) this.shrink(Date.now() - durationMs, throttled.announcedMs ?? 0);
		else this.learn(durationMs);
		this.leave();
	}

	protected override opensAt(): number {
		this.followClock();
		return Math.max(this.pausedUntil, this.pace.nextStartAt);
	}

	protected override noteEntry(): void {
		this.pace.begin(Date.now());
	}

	/** The machine's clock may be set back: what is to come then comes no later for it. */
	private followClock(): void {
		const now = Date.now();
		const backMs = this.lastSeenAt - now;
		this.lastSeenAt = now;
		if (backMs <= 0) return;
		this.pausedUntil -= backMs;
		this.pace.setBack(backMs);
	}

	/** An announced wait holds for everyone; one too long to wait for is told to the user by whoever met it. */
	private shrink(beganAt: number, announcedMs: number): void {
		const now = Date.now();
		if (announcedMs <= LONGEST_ANNOUNCED_WAIT_MS) this.pausedUntil = Math.max(this.pausedUntil, now + announcedMs);
		if (!this.pace.slowDown(beganAt, now)) return;
		this.throttledBefore = true;
		this.limit = Math.max(1, this.limit / 2);
	}

	private learn(durationMs: number): void {
		this.pace.succeed(Date.now());
		// Less than nothing is what a clock set back in between makes of it.
		if (durationMs < 0) return;
		this.fastestMs = Math.min(this.fastestMs, durationMs);
		if (durationMs > Math.max(SLOW_FLOOR_MS, this.fastestMs * SLOW_FACTOR)) return;
		const step = this.throttledBefore ? 1 / this.limit : 1;
		this.limit = Math.min(LARGEST_LIMIT, this.limit + step);
	}
}

const budgets = new Map<string, RequestBudget>();

/** The budget of a credential, by its ID in n8n. */
export function budgetOf(credentialId: string): RequestBudget {
	const known = budgets.get(credentialId);
	if (known) return known;
	const budget = new RequestBudget();
	budgets.set(credentialId, budget);
	return budget;
}
