// Wall and CPU time of several ways to do the same work, run in turn in one process. There is no forced garbage collection in
// between: V8 would drop compiled code with it, and the time to compile it again would be measured.

export interface Times {
	wallMs: number[];
	cpuMs: number[];
}

export type Ways<Name extends string> = Record<Name, () => Promise<unknown>>;

interface Repeats {
	repeats: number;
	warmUps: number;
	/** Runs around each run, outside the measurement. */
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

/** Runs the ways in turn; warm-ups are not counted. */
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
