// The benchmarks: which tasks each one runs, and what its figures are made of.
import { figure, figureOf, told, type Figures } from './figures.mts';
import { logLogSlope, median, type Times } from './lib/measure.mts';
import { inWorker, type SandboxAddress, type Stage } from './lib/stage.mts';
import type { Sizes } from './sizes.mts';
import type { BatchInput, BatchResult } from './tasks/batch.mts';
import type { BusinessesInput, BusinessesResult } from './tasks/businesses.mts';
import type { DiffInput, DiffResult } from './tasks/diff.mts';
import type { HeapInput, HeapResult } from './tasks/heap.mts';
import type { ListInput, ListResult } from './tasks/list.mts';
import type { LoadInput } from './tasks/load.mts';
import type { PollInput, PollResult } from './tasks/poll.mts';

/** What every benchmark is given. */
export interface Run {
	sizes: Sizes;
	stage: Stage;
	sandbox: SandboxAddress;
}

const MEGABYTE = 1024 * 1024;
const NO_RIVAL = 'the pinned n8n is not installed: run `npm run bench` once';

function ms(times: readonly number[]): string {
	const middle = median(times);
	return `${middle < 100 ? middle.toFixed(1) : middle.toFixed(0)} ms`;
}

function ratio(ours: readonly number[], others: readonly number[] | undefined): number | undefined {
	return others && median(ours) / median(others);
}

async function list({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const input = { sandbox, members: sizes.listMembers, repeats: sizes.repeats };
	const slow = await inWorker<ListResult>('list', { ...input, latencyMs: sizes.latencyMs } satisfies ListInput, stage);
	const quick = await inWorker<ListResult>('list', { ...input, latencyMs: 0 } satisfies ListInput, stage);
	const compared = (kind: keyof Times, { freshBooks, httpRequestNode, floor }: ListResult): string =>
		`ours ${ms(freshBooks[kind])}, HTTP Request node ${httpRequestNode ? ms(httpRequestNode[kind]) : NO_RIVAL}, bare loop ${ms(floor[kind])}`;
	return {
		...figure('listWallVsHttpRequestNode', ratio(slow.freshBooks.wallMs, slow.httpRequestNode?.wallMs), compared('wallMs', slow)),
		...figure('listRequests', slow.requests, `${sizes.listMembers} members`),
		...figure('listCpuVsHttpRequestNode', ratio(quick.freshBooks.cpuMs, quick.httpRequestNode?.cpuMs), compared('cpuMs', quick)),
	};
}

async function poll({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const { repeats, latencyMs } = sizes;
	const input: PollInput = { sandbox, members: sizes.listMembers, latencyMs, repeats, alsoList: true };
	const result = await inWorker<PollResult>('poll', input, stage);
	const listed = result.list?.wallMs ?? [];
	const getMany = result.getMany?.wallMs ?? [];
	const details = `poll ${ms(result.poll.wallMs)}, listing with as many requests at once ${ms(listed)}; Get Many, with ten, ${ms(getMany)}`;
	return {
		...figure('pollWallVsList', ratio(result.poll.wallMs, listed), details),
		...figure('stateBytesPerMember', result.stateBytes / sizes.listMembers, `${result.stateBytes} bytes for ${sizes.listMembers} members`),
	};
}

async function growth({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const points: Array<{ x: number; y: number }> = [];
	let blocks: PollResult['longestBlocks'] = [];
	for (const members of sizes.growthMembers) {
		const input: PollInput = { sandbox, members, latencyMs: 0, repeats: sizes.repeats, alsoList: false };
		const result = await inWorker<PollResult>('poll', input, stage);
		points.push({ x: members, y: median(result.poll.wallMs) });
		blocks = result.longestBlocks;
	}
	const details = points.map(({ x, y }) => `${x}: ${y.toFixed(0)} ms`).join(', ');
	const list = (kind: 'wallMs' | 'workMs'): string => blocks.map((block) => block[kind].toFixed(0)).join(', ');
	return {
		...figure('pollGrowth', logLogSlope(points), details),
		...figure(
			'pollMaxBlockMs',
			median(blocks.map(({ wallMs }) => wallMs)),
			`the longest of each of ${blocks.length} polls: ${list('wallMs')} ms; at work meanwhile ${list('workMs')} ms`,
		),
	};
}

async function heap({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const input: HeapInput = { sandbox, members: sizes.largeMembers, repeats: sizes.repeats };
	const { peakBytes, stateBytes } = await inWorker<HeapResult>('heap', input, stage);
	const peak = median(peakBytes);
	const details = `peak ${(peak / MEGABYTE).toFixed(0)} MB with garbage, state ${(stateBytes / MEGABYTE).toFixed(1)} MB`;
	return figure('pollHeapMb', (peak - stateBytes) / MEGABYTE, details);
}

async function diff({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const input: DiffInput = { sandbox, members: sizes.largeMembers, repeats: sizes.repeats };
	const result = await inWorker<DiffResult>('diff', input, stage);
	const whole = ratio(result.readAndDiff.cpuMs, result.parse.cpuMs) ?? NaN;
	const details = `parse ${ms(result.parse.cpuMs)}, snapshot and diff ${ms(result.diff.cpuMs)}; with the reading of rows ${whole.toFixed(2)}`;
	return figure('diffVsParse', ratio(result.diff.cpuMs, result.parse.cpuMs), details);
}

async function batch({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const { invitations, latencyMs, repeats } = sizes;
	const input: BatchInput = { sandbox, invitations, latencyMs, repeats };
	const result = await inWorker<BatchResult>('batch', input, stage);
	const sequential = result.sequential?.wallMs ?? [];
	const details = `${invitations} invitations: ${ms(result.batch.wallMs)}, one at a time ${ms(sequential)}`;
	return figure('batchWallVsSequential', ratio(result.batch.wallMs, sequential), details);
}

async function throttled({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const { invitations, latencyMs, repeats, invitationsPerSecond: perSecond } = sizes;
	const input: BatchInput = { sandbox, invitations, latencyMs, perSecond, repeats };
	const { batch: times, lost, repeated, refused } = await inWorker<BatchResult>('batch', input, stage);
	const idealMs = (invitations / perSecond) * 1000;
	const all = `of ${invitations * repeats} in all runs`;
	return {
		...figure('throttledLost', lost, all),
		...figure('throttledRepeated', repeated, all),
		...figure(
			'throttledWallVsIdeal',
			median(times.wallMs) / idealMs,
			`${ms(times.wallMs)}, ideal ${idealMs} ms; ${(refused / repeats).toFixed(0)} requests answered 429 in each run`,
		),
	};
}

const EVERY_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** About what FreshBooks takes to answer. */
const REAL_LATENCY_MS = 300;
/** What n8n's durable scheduler gives a poll; its default engine gives 300 s. */
const SHORT_BUDGET_MS = 36_000;

async function businesses({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const input: BusinessesInput = {
		sandbox, businesses: sizes.businesses, members: sizes.membersPerBusiness, polls: sizes.polls, everyMs: EVERY_MS, latencyMs: REAL_LATENCY_MS,
	};
	const simulate = async (changes: Partial<BusinessesInput>): Promise<BusinessesResult> =>
		await inWorker<BusinessesResult>('businesses', { ...input, ...changes }, stage);
	const free = await simulate({});
	const limited = await simulate({ perSecond: 10 });
	const short = await simulate({ perSecond: 10, pollBudgetMs: SHORT_BUDGET_MS });
	const perDay = ({ requests }: BusinessesResult): number => Math.round((requests / (sizes.polls * EVERY_MS)) * DAY_MS);
	const minutes = (time: number): number => Number((time / 60_000).toFixed(1));
	const value = {
		requests: perDay(free),
		perSecond: Number((perDay(free) / 86_400).toFixed(2)),
		requestsAt10PerSecond: perDay(limited),
		refusedPercentAt10PerSecond: Number(((limited.refused / limited.requests) * 100).toFixed(1)),
		longestUnreadMinutesAt10PerSecond: minutes(limited.longestUnreadMs),
		longestUnreadMinutesAt10PerSecondIn36s: minutes(short.longestUnreadMs),
	};
	const told10 = (what: string, { errors, longestPollMs, fewestReads, longestUnreadMs, refused, requests }: BusinessesResult): string =>
		`${what}: a poll takes ${(longestPollMs / 1000).toFixed(0)} s, ${refused} of ${requests} requests refused, each business read at least ${fewestReads} times in ` +
		`${sizes.polls} polls, unread for at most ${minutes(longestUnreadMs)} min, ${errors} polls failed`;
	const details = [
		`${value.perSecond} a second; a poll takes ${(free.longestPollMs / 1000).toFixed(0)} s`,
		told10('limited to 10 a second', limited),
		told10('and 36 s a poll', short),
	].join('; ');
	const noneStarves = limited.fewestReads === sizes.polls && short.longestUnreadMs <= 60 * 60_000 && short.fewestReads > 0;
	return told('pollRequestsPerDay1000x50', value, noneStarves && limited.errors === 0, details);
}

async function packaging({ sizes, stage }: Run): Promise<Figures> {
	const times: Record<LoadInput['which'], number[]> = { freshBooks: [], empty: [] };
	for (let round = -1; round < sizes.loads; round++) {
		for (const which of ['freshBooks', 'empty'] as const) {
			const took = await inWorker<number>('load', { which } satisfies LoadInput, stage);
			if (round >= 0) times[which].push(took);
		}
	}
	const ours = median(times.freshBooks);
	const empty = median(times.empty);
	return {
		...figure('packedKb', stage.tarballBytes / 1000, `${stage.tarballBytes} bytes`),
		...figureOf('loadMs', { ms: ours, emptyPackageMs: empty, ratio: ours / empty }, ours / empty),
	};
}

export const BENCHMARKS: Readonly<Record<string, (run: Run) => Promise<Figures>>> = {
	list, poll, growth, diff, heap, batch, throttled, businesses, packaging,
};
