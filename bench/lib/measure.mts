// Wall and CPU time of several ways to do the same work, taken in turn in one process. Garbage is not collected by force in
// between: V8 would throw compiled code away with it, and what is measured would be its compiling again.

export interface Times {
	wallMs: number[];
	cpuMs: number[];
}

export type Ways<Name extends string> = Record<Name, () => Promise<unknown>>;

interface Repeats {
	repeats: number;
	warmUps: number;
	/** Done around each run, outside of what is measured. */
	before?: () => Promise<void>;
	after?: () => Promise<void>;
}

async function timeOnce(work: () => Promise<unknown>): Promise<{ wallMs: number; cpuMs: number }> {
	const cpu = process.cpuUsage();
	const started = performance.now();
	await work();
	const wallMs = performance.now() - started;
	const { user, system } = process.cpuUsage(cpu);
	return { wallMs, cpuMs: (user + system) / 1000 };
}

/** Does the work each way by turns; warm-ups are not counted. */
export async function measure<Name extends string>(ways: Ways<Name>, { repeats, warmUps, before, after }: Repeats): Promise<Record<Name, Times>> {
	const names = Object.keys(ways) as Name[];
	const times = Object.fromEntries(names.map((name) => [name, { wallMs: [], cpuMs: [] }])) as unknown as Record<Name, Times>;
	for (let round = -warmUps; round < repeats; round++) {
		for (const name of names) {
			await before?.();
			const { wallMs, cpuMs } = await timeOnce(ways[name]);
			await after?.();
			if (round < 0) continue;
			times[name].wallMs.push(wallMs);
			times[name].cpuMs.push(cpuMs);
		}
	}
	return times;
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = Math.floor(sorted.length / 2);
	const upper = sorted[middle] ?? NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
