import { Semaphore, wait } from './semaphore';

/** Enough to hide FreshBooks' latency, few enough not to look like an attack. */
const MAX_IN_FLIGHT = 12;

/**
 * Shared by all requests with one credential in this process, so that parallel workflows do not overload FreshBooks: the number
 * of requests in flight, and the pause after a 429. Uses the monotonic clock, which a change of the system clock does not affect.
 */
export class Throttle {
	/** Held from the first try of a request to its last, so that newer requests do not overtake one that was refused. */
	readonly inFlight = new Semaphore(MAX_IN_FLIGHT);

	/**
	 * Held by a request after a 429 until it ends, so that such requests are repeated one at a time. All at once, they would
	 * exceed the limit again.
	 */
	readonly repeating = new Semaphore(1);

	private pausedUntil = -Infinity;

	/** Pauses all requests for `ms` milliseconds from now. Does not shorten a longer pause. */
	pauseFor(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
	}

	/** Waits until the pause ends, including extensions. Rejects if `signal` aborts first. */
	async untilPauseEnds(signal?: AbortSignal): Promise<void> {
		for (let ms = this.pausedMs(); ms > 0; ms = this.pausedMs()) await wait(ms, signal);
	}

	private pausedMs(): number {
		return this.pausedUntil - performance.now();
	}
}

const throttles = new Map<string, Throttle>();

/** The throttle of a credential. `credentialId` is n8n's ID. */
export function throttleOf(credentialId: string): Throttle {
	const known = throttles.get(credentialId) ?? new Throttle();
	throttles.set(credentialId, known);
	return known;
}
