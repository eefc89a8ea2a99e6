// Polling people who do not change: wall time beside listing them, growth, blocking, and the size of what is stored.
import type { IDataObject } from 'n8n-workflow';
import { setScene } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import { measure, type Times } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';
import { listWithFreshBooks } from './list.mts';

export interface PollInput {
	sandbox: SandboxAddress;
	members: number;
	latencyMs: number;
	repeats: number;
	/** Measures Get Many as well. */
	alsoList: boolean;
}

export interface PollResult {
	poll: Times;
	list?: Times;
	/** The longest time in each poll in which the event loop did not come round. */
	longestBlockMs: number[];
	stateBytes: number;
}

/** Runs `work` beside a loop that does nothing but come round, and returns the longest time it took to. */
async function longestBlock(work: () => Promise<void>): Promise<number> {
	let longest = 0;
	let last = performance.now();
	let running = true;
	const comeRound = (): void => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
		if (running) setImmediate(comeRound);
	};
	setImmediate(comeRound);
	await work().finally(() => {
		running = false;
	});
	return longest;
}

export async function poll({ sandbox, members, latencyMs, repeats, alsoList }: PollInput, stage: Stage): Promise<PollResult> {
	const host = new Host(stage);
	const staticData: IDataObject = {};
	await setScene(sandbox, { members });
	await host.poll(sandbox, staticData);
	await setScene(sandbox, { members, latencyMs });
	staticData['freshBooks'] = undefined;
	await host.poll(sandbox, staticData);
	const stateBytes = Buffer.byteLength(JSON.stringify(staticData));
	const pollOnce = async (): Promise<void> => await host.poll(sandbox, staticData);
	const listOnce = async (): Promise<void> => await listWithFreshBooks(host, sandbox, members);
	const counts = { repeats, warmUps: 1 };
	const times = alsoList ? await measure({ poll: pollOnce, list: listOnce }, counts) : await measure({ poll: pollOnce }, counts);
	const longestBlockMs: number[] = [];
	for (let repeat = 0; repeat < repeats; repeat++) longestBlockMs.push(await longestBlock(pollOnce));
	return { ...times, longestBlockMs, stateBytes };
}
