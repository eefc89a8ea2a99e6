import { sleep } from 'n8n-workflow';

/** Waits `ms` milliseconds. Rejects as soon as `signal` aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
	await untilAborted(sleep(ms), signal);
}

/** Resolves as `work` does. Rejects as soon as `signal` aborts. */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
	if (!signal) return await work;
	let stop: () => void = () => undefined;
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new Error('cancelled'));
	});
	if (signal.aborted) stop();
	signal.addEventListener('abort', stop, { once: true });
	return await Promise.race([work, stopped]).finally(() => signal.removeEventListener('abort', stop));
}

/** Limits how many callers run at once. Callers wait in the order of their calls. */
export class Semaphore {
	private readonly waiting: Array<() => void> = [];

	constructor(private free: number) {}

	/** Waits for a free slot. Rejects if `signal` aborts first. Every successful call needs one `release`. */
	async acquire(signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) throw new Error('cancelled');
		if (this.free > 0) {
			this.free--;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const giveUp = (): void => {
				this.waiting.splice(this.waiting.indexOf(start), 1);
				reject(new Error('cancelled'));
			};
			const start = (): void => {
				signal?.removeEventListener('abort', giveUp);
				resolve();
			};
			this.waiting.push(start);
			signal?.addEventListener('abort', giveUp, { once: true });
		});
	}

	/** Frees the slot for the next caller. */
	release(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.free++;
	}
}
