// A clock on which only timers take time: hours pass in seconds.

interface Timer {
	at: number;
	order: number;
	ring: () => void;
}

/** Replaces Date, performance.now, setTimeout and AbortSignal.timeout from `install` on. It cannot be undone: use it in a process of its own. */
export class VirtualClock {
	private time = Date.UTC(2026, 0, 1);

	private count = 0;

	private readonly timers: Timer[] = [];

	get now(): number {
		return this.time;
	}

	install(): void {
		const now = (): number => this.time;
		const RealDate = Date;
		globalThis.Date = class extends RealDate {
			constructor(...given: [] | [number]) {
				super(...((given.length === 0 ? [now()] : given) as [number]));
			}

			static override now(): number {
				return now();
			}
		} as DateConstructor;
		performance.now = now;
		globalThis.setTimeout = ((ring: () => void, ms = 0) => {
			this.add(ring, ms);
			return { unref: () => undefined, refresh: () => undefined };
		}) as unknown as typeof setTimeout;
		AbortSignal.timeout = (ms) => {
			const controller = new AbortController();
			this.add(() => controller.abort(), ms);
			return controller.signal;
		};
	}

	/** Waits on this clock. */
	async sleep(ms: number): Promise<void> {
		await new Promise<void>((resolve) => this.add(resolve, ms));
	}

	/** Lets time pass until `work` is done. */
	async runUntil<Result>(work: Promise<Result>): Promise<Result> {
		let done = false;
		const end = (): void => {
			done = true;
		};
		work.then(end, end);
		while (!done) {
			// Everything that is ready continues before the next timer fires.
			await new Promise((resolve) => setImmediate(resolve));
			if (!done) this.ringNext();
		}
		return await work;
	}

	private add(ring: () => void, ms: number): void {
		const timer = { at: this.time + Math.max(0, ms), order: ++this.count, ring };
		let place = this.timers.length;
		while (place > 0 && (this.timers[place - 1]?.at ?? 0) > timer.at) place--;
		this.timers.splice(place, 0, timer);
	}

	private ringNext(): void {
		const next = this.timers.shift();
		if (!next) throw new Error('Everything waits, and no timer is left.');
		this.time = next.at;
		next.ring();
	}
}
