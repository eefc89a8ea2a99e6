import { Semaphore, wait } from './semaphore';

/** Enough to hide FreshBooks' latency, and few enough not to look like an attack. */
const MOST_AT_ONCE = 12;

/**
 * What all requests with one credential share in this process, so that ten workflows do not storm FreshBooks together: how many
 * may be under way at once, and the pause after a 429. Times are of the monotonic clock: setting the machine's clock changes nothing.
 */
export class Throttle {
	/** Held by a request from its first try to its last, so that one that was refused is never overtaken by newer ones. */
	readonly underWay = new Semaphore(MOST_AT_ONCE);

	/**
	 * Held by a request that was answered 429, until it ends: such requests are repeated one at a time. Repeated all at once,
	 * they would be refused again and again where FreshBooks allows fewer than are waiting.
	 */
	readonly repeating = new Semaphore(1);

	private pausedUntil = -Infinity;

	/** Nothing is sent for `ms` milliseconds from now. A longer pause that has begun stays as it is. */
	pauseFor(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
	}

	/** Waits for the end of the pause, also where it is made longer meanwhile; rejects when `signal` aborts first. */
	async untilPauseEnds(signal?: AbortSignal): Promise<void> {
		for (let ms = this.pausedMs(); ms > 0; ms = this.pausedMs()) await wait(ms, signal);
	}

	private pausedMs(): number {
		return this.pausedUntil - performance.now();
	}
}

const throttles = new Map<string, Throttle>();

/** The throttle of a credential, by its ID in n8n. */
export function throttleOf(credentialId: string): Throttle {
	const known = throttles.get(credentialId) ?? new Throttle();
	throttles.set(credentialId, known);
	return known;
}
