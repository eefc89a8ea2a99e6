// Polling people who do not change: wall time beside listing them, growth, blocking, and the size of what is stored.
import type { IDataObject } from 'n8n-workflow';
import { BUSINESS, setScene } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import { measure, type Times } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';
import { listWithFreshBooks } from './list.mts';

export interface PollInput {
	sandbox: SandboxAddress;
	members: number;
	latencyMs: number;
	repeats: number;
	/** Also measures reading the same list, with as many requests at once as a poll has, and Get Many, which has more. */
	alsoList: boolean;
}

export interface PollResult {
	poll: Times;
	list?: Times;
	getMany?: Times;
	/** The longest time in each poll in which the event loop did not come round. */
	longestBlocks: Block[];
	stateBytes: number;
}

interface Block {
	/** As the rest of the process feels it. */
	wallMs: number;
	/** The longest time this thread was at work without coming round; less than `wallMs` where others have the processor. */
	workMs: number;
}

function workedMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

/** Runs `work` beside a loop that does nothing but come round, and returns the longest it took to. */
async function longestBlock(work: () => Promise<void>): Promise<Block> {
	const longest: Block = { wallMs: 0, workMs: 0 };
	let last = performance.now();
	let lastWorked = workedMs();
	let running = true;
	const comeRound = (): void => {
		longest.wallMs = Math.max(longest.wallMs, performance.now() - last);
		longest.workMs = Math.max(longest.workMs, workedMs() - lastWorked);
		last = performance.now();
		lastWorked = workedMs();
		if (running) setImmediate(comeRound);
	};
	setImmediate(comeRound);
	await work().finally(() => {
		running = false;
	});
	return longest;
}

interface Parts {
	connect: (context: unknown, settings: object) => Promise<unknown>;
	peopleOf: (businessId: number, source: string) => unknown;
	readList: (client: unknown, request: unknown) => Promise<{ rows: unknown[] }>;
}

/** What a poll has at once (issue 3); the node's Get Many has ten. */
const REQUESTS_AT_ONCE = 6;

/** The poll's listing alone: no token owner, no snapshot, no comparison. */
async function listAsPollDoes(host: Host, sandbox: SandboxAddress, members: number): Promise<void> {
	const { connect } = host.part<Parts>('nodes/FreshBooks/client/client.js');
	const { readList } = host.part<Parts>('nodes/FreshBooks/api/lists.js');
	const { peopleOf } = host.part<Parts>('nodes/FreshBooksTrigger/freshBooksPort.js');
	const client = await connect(host.pollContext(sandbox, {}), { maxInFlight: REQUESTS_AT_ONCE });
	const { rows } = await readList(client, peopleOf(BUSINESS, 'teamMembers'));
	if (rows.length !== members) throw new Error(`${rows.length} of ${members} people were listed.`);
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
	const list = async (): Promise<void> => await listAsPollDoes(host, sandbox, members);
	const getMany = async (): Promise<void> => await listWithFreshBooks(host, sandbox, members);
	const counts = { repeats, warmUps: 1 };
	const times = alsoList ? await measure({ poll: pollOnce, list, getMany }, counts) : await measure({ poll: pollOnce }, counts);
	const longestBlocks: Block[] = [];
	for (let repeat = 0; repeat < repeats; repeat++) longestBlocks.push(await longestBlock(pollOnce));
	return { ...times, longestBlocks, stateBytes };
}
