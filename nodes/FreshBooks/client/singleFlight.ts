const running = new Map<string, Promise<unknown>>();

/** Runs `work`. If work with the same key is still running, waits for that instead and shares its result or error. */
export async function singleFlight(key: string, work: () => Promise<unknown>): Promise<void> {
	const current = running.get(key) ?? work().finally(() => running.delete(key));
	running.set(key, current);
	await current;
}
