const noop = (): void => undefined;

/** Runs work with the same key in sequence, and other work in parallel. */
export class KeyedQueue {
	private readonly last = new Map<string, Promise<unknown>>();

	/** Runs `work` after all earlier work with the same key, whether that succeeded or failed. */
	async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
		const before = this.last.get(key) ?? Promise.resolve();
		const mine = before.then(work);
		const ended = mine.then(noop, noop).then(() => {
			if (this.last.get(key) === ended) this.last.delete(key);
		});
		this.last.set(key, ended);
		return await mine;
	}
}
