// How far the heap rises during a poll.
import v8 from 'node:v8';
import type { IDataObject } from 'n8n-workflow';
import { setScene } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface HeapInput {
	sandbox: SandboxAddress;
	members: number;
	repeats: number;
}

export interface HeapResult {
	/** Bytes above the heap before the poll, garbage not yet collected included, for each poll. */
	peakBytes: number[];
	stateBytes: number;
}

const LOOK_EVERY_MS = 2;

function usedBytes(): number {
	return v8.getHeapStatistics().used_heap_size;
}

async function peakOver(work: () => Promise<void>): Promise<number> {
	(globalThis as { gc?: () => void }).gc?.();
	const baseline = usedBytes();
	let peak = baseline;
	const look = setInterval(() => {
		peak = Math.max(peak, usedBytes());
	}, LOOK_EVERY_MS);
	await work();
	clearInterval(look);
	return Math.max(peak, usedBytes()) - baseline;
}

export async function heap({ sandbox, members, repeats }: HeapInput, stage: Stage): Promise<HeapResult> {
	const host = new Host(stage);
	const staticData: IDataObject = {};
	await setScene(sandbox, { members });
	await host.poll(sandbox, staticData);
	await host.poll(sandbox, staticData);
	const peakBytes: number[] = [];
	for (let repeat = 0; repeat < repeats; repeat++) peakBytes.push(await peakOver(async () => void (await host.poll(sandbox, staticData))));
	return { peakBytes, stateBytes: Buffer.byteLength(JSON.stringify(staticData)) };
}
