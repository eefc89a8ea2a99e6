import { KeyedQueue } from '../people/keyedQueue';

/** Works on several items at the same time, in a known order. */

export interface Task<Result> {
	/** Tasks with the same key run one after another; undefined for a task that waits for none. */
	serialKey: string | undefined;
	run: () => Promise<Result>;
}

export type Outcome<Result> = { done: true; result: Result } | { done: false; error: unknown };

/**
 * Runs tasks, `size` at the same time, started in order. `mayContinue` is asked after each failure; once it says no, no further
 * task starts and the rest stays undefined. Never rejects.
 */
export async function inBatches<Result>(
	tasks: Array<Task<Result>>,
	size: number,
	mayContinue: (error: unknown) => boolean,
): Promise<Array<Outcome<Result> | undefined>> {
	const outcomes = new Array<Outcome<Result> | undefined>(tasks.length).fill(undefined);
	const inLine = new KeyedQueue();
	let next = 0;
	let stopped = false;

	const perform = async (index: number): Promise<void> => {
		const outcome = await tasks[index].run().then(
			(result): Outcome<Result> => ({ done: true, result }),
			(error: unknown): Outcome<Result> => ({ done: false, error }),
		);
		outcomes[index] = outcome;
		if (!outcome.done && !mayContinue(outcome.error)) stopped = true;
	};

	const start = async (index: number): Promise<void> => {
		const { serialKey } = tasks[index];
		if (serialKey === undefined) return await perform(index);
		await inLine.run(serialKey, async () => (stopped ? undefined : await perform(index)));
	};

	const worker = async (): Promise<void> => {
		while (next < tasks.length && !stopped) await start(next++);
	};
	await Promise.all(Array.from({ length: Math.min(size, tasks.length) }, worker));
	return outcomes;
}
