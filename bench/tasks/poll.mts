// Polling one business: wall time compared with listing the same people, requests, blocking, and the size of what is stored.
import type { IDataObject } from 'n8n-workflow';
import { BUSINESS, CHANGES, changePeople, setScene, takeRequestCount } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import { measure, type Times } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface PollInput {
	sandbox: SandboxAddress;
	members: number;
	latencyMs: number;
	repeats: number;
}

/** Polls of one kind. */
interface Polls {
	/** Of one poll. */
	requests: number;
	/** The longest time in each poll without a turn of the event loop. */
	blocks: Block[];
}

export interface PollResult {
	poll: Times;
	/** Reading the same list with as many requests at once as a poll has. */
	list: Times;
	/** Nobody changed. */
	quiet: Polls;
	/** Before each poll a dozen people changed; see `changePeople`. */
	change: Polls;
	stateBytes: number;
}

export interface Block {
	/** By the clock: how long the rest of the process waits. */
	wallMs: number;
	/** CPU time of this thread in the longest time without a turn of the event loop; less than `wallMs` if other processes use the processor. */
	workMs: number;
}

function workedMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

/** Runs `work` beside an idle loop, and returns the longest turn of that loop. */
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
	listTeamMembers: (businessId: number, keep: (member: Record<string, unknown>) => unknown) => unknown;
	readList: (client: unknown, request: unknown) => Promise<{ rows: unknown[] }>;
}

/** How many requests at once a poll sends (nodes/FreshBooksTrigger); the node's Get Many sends ten. */
const REQUESTS_AT_ONCE = 6;

/** The fields of a person that a poll keeps. */
function asKept({ uuid, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt }: Record<string, unknown>): unknown {
	return { uuid, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt };
}

/** The poll's listing alone: no connected user, no stored state, no comparison. */
async function listAsPollDoes(host: Host, sandbox: SandboxAddress, members: number): Promise<void> {
	const { connect } = host.part<Parts>('nodes/FreshBooks/client/client.js');
	const { readList } = host.part<Parts>('nodes/FreshBooks/api/lists.js');
	const { listTeamMembers } = host.part<Parts>('nodes/FreshBooks/api/teamMembers.js');
	const client = await connect(host.pollContext(sandbox, {}), { maxInFlight: REQUESTS_AT_ONCE });
	const { rows } = await readList(client, listTeamMembers(BUSINESS, asKept));
	if (rows.length !== members) throw new Error(`${rows.length} of ${members} people were listed.`);
}

export async function poll({ sandbox, members, latencyMs, repeats }: PollInput, stage: Stage): Promise<PollResult> {
	const host = new Host(stage);
	const staticData: IDataObject = {};
	await setScene(sandbox, { members, latencyMs });
	await host.poll(sandbox, staticData);
	const stateBytes = Buffer.byteLength(JSON.stringify(staticData));
	/** Changes that are not reported yet: if a request failed on a busy machine, a removal is reported by the next poll. */
	let unreported = 0;
	const pollOnce = async (): Promise<void> => {
		unreported -= await host.poll(sandbox, staticData, unreported);
	};
	const list = async (): Promise<void> => await listAsPollDoes(host, sandbox, members);
	const times = await measure({ poll: pollOnce, list }, { repeats, warmUps: 1 });
	const requestsOf = async (work: () => Promise<void>): Promise<number> => {
		await takeRequestCount(sandbox);
		await work();
		return (await takeRequestCount(sandbox)).requests;
	};
	const quiet: Polls = { requests: await requestsOf(pollOnce), blocks: [] };
	for (let repeat = 0; repeat < repeats; repeat++) quiet.blocks.push(await longestBlock(pollOnce));
	const changeOnce = async (round: number): Promise<void> => {
		await changePeople(sandbox, round);
		unreported += CHANGES;
	};
	await changeOnce(0);
	const change: Polls = { requests: await requestsOf(pollOnce), blocks: [] };
	for (let repeat = 1; repeat <= repeats; repeat++) {
		await changeOnce(repeat);
		change.blocks.push(await longestBlock(pollOnce));
	}
	await pollOnce();
	if (unreported > 0) throw new Error(`${unreported} changes were not reported.`);
	return { ...times, quiet, change, stateBytes };
}
