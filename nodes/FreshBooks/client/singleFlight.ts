const underWay = new Map<string, Promise<unknown>>();

/** Runs `work`, unless a run under the same key has not ended yet: then waits for that one, and shares how it ends. */
export async function singleFlight(key: string, work: () => Promise<unknown>): Promise<void> {
	const running = underWay.get(key) ?? work().finally(() => underWay.delete(key));
	underWay.set(key, running);
	await running;
}
