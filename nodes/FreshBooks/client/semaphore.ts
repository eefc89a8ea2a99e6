import { sleep } from 'n8n-workflow';

/** Waits `ms` milliseconds; rejects at once when `signal` aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
	await untilAborted(sleep(ms), signal);
}

/** What `work` gives; rejects at once when `signal` aborts first. */
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

/** Lets a number of callers in at a time, in the order in which they asked. */
export class Semaphore {
	private readonly waiting: Array<() => void> = [];

	constructor(private free: number) {}

	/** Waits to be let in; rejects when `signal` aborts first. Every successful call needs one `release`. */
	async acquire(signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) throw new Error('cancelled');
		if (this.free > 0) {
			this.free--;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const giveUp = (): void => {
				this.waiting.splice(this.waiting.indexOf(letIn), 1);
				reject(new Error('cancelled'));
			};
			const letIn = (): void => {
				signal?.removeEventListener('abort', giveUp);
				resolve();
			};
			this.waiting.push(letIn);
			signal?.addEventListener('abort', giveUp, { once: true });
		});
	}

	/** Lets the next caller in. */
	release(): void {
		const next = this.waiting.shift();
		if (next) next();
		else this.free++;
	}
}
