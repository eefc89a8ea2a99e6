import { sleep } from 'n8n-workflow';

/**
 * How many requests may be under way at once. One budget is shared by everything in this process that uses the same
 * credential, so that ten workflows do not storm FreshBooks together.
 *
 * It starts low, grows by one with each quick answer until FreshBooks first says 429, then halves and from there on grows
 * by one per round only (additive increase, multiplicative decrease).
 */

const FIRST_LIMIT = 3;
const LARGEST_LIMIT = 12;
/** An answer slower than this many times the fastest one seen is no reason to send more. */
const SLOW_FACTOR = 4;
const SLOW_FLOOR_MS = 250;

/** Rejects with `reason` when `signal` aborts; stays pending otherwise. `done` removes the listener. */
function whenAborted(signal: AbortSignal): { promise: Promise<never>; done: () => void } {
	let listener: () => void = () => undefined;
	const promise = new Promise<never>((_resolve, reject) => {
		listener = () => reject(new Error('cancelled'));
		if (signal.aborted) listener();
		else signal.addEventListener('abort', listener, { once: true });
	});
	promise.catch(() => undefined);
	return { promise, done: () => signal.removeEventListener('abort', listener) };
}

/** Waits `ms` milliseconds; rejects at once when `signal` aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
	if (!signal) return await sleep(ms);
	const aborted = whenAborted(signal);
	await Promise.race([sleep(ms), aborted.promise]).finally(aborted.done);
}

/** What became of a request, for the budget. */
export type RequestOutcome = { throttled: boolean; durationMs: number };

export class RequestBudget {
	private limit = FIRST_LIMIT;

	private throttledBefore = false;

	private inFlight = 0;

	private fastestMs = Infinity;

	private pausedUntil = 0;

	private readonly waiting: Array<() => void> = [];

	/** How many requests may be under way now. */
	get currentLimit(): number {
		return Math.max(1, Math.floor(this.limit));
	}

	/** Waits for a place, and for a pause that a 429 asked for. Every successful call needs one `release`. */
	async acquire(signal?: AbortSignal): Promise<void> {
		await this.takePlace(signal);
		while (this.pausedUntil > Date.now()) {
			const pause = wait(this.pausedUntil - Date.now(), signal);
			await pause.catch((error: unknown) => {
				this.leave();
				return Promise.reject(error);
			});
		}
	}

	/** Gives the place back and learns from the answer. */
	release({ throttled, durationMs }: RequestOutcome): void {
		if (throttled) this.shrink();
		else this.learn(durationMs);
		this.leave();
	}

	/** No request of this budget starts in the next `ms` milliseconds. */
	pause(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, Date.now() + ms);
	}

	private async takePlace(signal?: AbortSignal): Promise<void> {
		if (this.inFlight < this.currentLimit) {
			this.inFlight++;
			return;
		}
		let admit: () => void = () => undefined;
		const admitted = new Promise<void>((resolve) => {
			admit = resolve;
			this.waiting.push(admit);
		});
		if (!signal) return await admitted;
		const aborted = whenAborted(signal);
		const outcome = await Promise.race([admitted, aborted.promise])
			.then(() => undefined)
			.catch((error: unknown) => ({ error }))
			.finally(aborted.done);
		if (!outcome) return;
		const place = this.waiting.indexOf(admit);
		if (place >= 0) this.waiting.splice(place, 1);
		else this.leave();
		return await Promise.reject(outcome.error);
	}

	private leave(): void {
		this.inFlight--;
		while (this.waiting.length > 0 && this.inFlight < this.currentLimit) {
			this.inFlight++;
			this.waiting.shift()?.();
		}
	}

	private shrink(): void {
		this.throttledBefore = true;
		this.limit = Math.max(1, this.limit / 2);
	}

	private learn(durationMs: number): void {
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
