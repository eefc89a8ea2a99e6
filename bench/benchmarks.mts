// The benchmarks: which tasks each one runs, and how its figures are computed.
import { costs, figure, figureOf, figureWithoutLimit, type CostRow, type Figures } from './figures.mts';
import { median, type Times } from './lib/measure.mts';
import { inWorker, type SandboxAddress, type Stage } from './lib/stage.mts';
import type { Sizes } from './sizes.mts';
import type { BatchInput, BatchResult } from './tasks/batch.mts';
import type { BusinessesInput, BusinessesResult } from './tasks/businesses.mts';
import type { HeapInput, HeapResult } from './tasks/heap.mts';
import type { ListInput, ListResult } from './tasks/list.mts';
import type { LoadInput } from './tasks/load.mts';
import type { Block, PollInput, PollResult } from './tasks/poll.mts';
import type { ScimInput, ScimResult } from './tasks/scim.mts';

/** The input of every benchmark. */
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
		...figure('listRequests', slow.listRequests, `to the list of ${sizes.listMembers} people; ${slow.allRequests} in the complete execution: users/me names the business`),
		...figure('listCpuVsHttpRequestNode', ratio(quick.freshBooks.cpuMs, quick.httpRequestNode?.cpuMs), compared('cpuMs', quick)),
	};
}

function costRow(people: number, { poll: polled, list: listed, quiet, change, stateBytes }: PollResult): CostRow {
	const middle = (blocks: readonly Block[], kind: keyof Block): number => median(blocks.map((block) => block[kind]));
	return {
		people,
		quietRequests: quiet.requests,
		changeRequests: change.requests,
		pollMs: median(polled.wallMs),
		listMs: median(listed.wallMs),
		quietBlockMs: middle(quiet.blocks, 'wallMs'),
		quietWorkMs: middle(quiet.blocks, 'workMs'),
		changeBlockMs: middle(change.blocks, 'wallMs'),
		changeWorkMs: middle(change.blocks, 'workMs'),
		bytesPerPerson: stateBytes / people,
	};
}

function blocksInWords(blocks: readonly Block[]): string {
	const inMs = (kind: keyof Block): string => blocks.map((block) => block[kind].toFixed(0)).join(', ');
	return `the longest of each of ${blocks.length} polls, at work: ${inMs('workMs')} ms; by the clock, with what else the machine did: ${inMs('wallMs')} ms`;
}

async function poll({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const { repeats, latencyMs, listMembers, pollMembers } = sizes;
	const rows: CostRow[] = [];
	let figures: Figures = {};
	for (const members of pollMembers) {
		const result = await inWorker<PollResult>('poll', { sandbox, members, latencyMs, repeats } satisfies PollInput, stage);
		const row = costRow(members, result);
		rows.push(row);
		if (members !== listMembers) continue;
		const { poll: polled, list: listed, quiet, change, stateBytes } = result;
		figures = {
			...figure('pollWallVsList', ratio(polled.wallMs, listed.wallMs), `poll ${ms(polled.wallMs)}, listing with as many requests at once ${ms(listed.wallMs)}`),
			...figure('pollQuietBlockMs', row.quietWorkMs, blocksInWords(quiet.blocks)),
			...figure('pollChangeBlockMs', row.changeWorkMs, blocksInWords(change.blocks)),
			...figure('stateBytesPerMember', row.bytesPerPerson, `${stateBytes} bytes for ${members} people`),
		};
	}
	return { ...figures, ...costs(rows) };
}

async function heap({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const input: HeapInput = { sandbox, members: sizes.largeMembers, repeats: sizes.repeats };
	const { peakBytes, stateBytes } = await inWorker<HeapResult>('heap', input, stage);
	const peak = median(peakBytes);
	const details = `peak ${(peak / MEGABYTE).toFixed(0)} MB with garbage, state ${(stateBytes / MEGABYTE).toFixed(1)} MB`;
	return figure('pollHeapMb', (peak - stateBytes) / MEGABYTE, details);
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
/** About FreshBooks' response time. */
const REAL_LATENCY_MS = 300;
/** The time limit of a poll on n8n's durable scheduler; on its default engine it is 300 s. */
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
	return figureWithoutLimit('pollRequestsPerDay1000x50', value, noneStarves && limited.errors === 0, details);
}

async function scim({ sizes, stage, sandbox }: Run): Promise<Figures> {
	const { scimMembers: members, scimPageSize: pageSize, scimAtOnce: times, latencyMs } = sizes;
	const input: ScimInput = { sandbox, members, pageSize, atOnce: times, latencyMs };
	const { getMany, import: imported, atOnce, pages } = await inWorker<ScimResult>('scim', input, stage);
	const counted = `requests to the published list, beside Get Many's ${getMany.list}`;
	const others = (all: number): string => `${all} in all: the lists of members and of invitations as well`;
	return {
		...figure('scimImportVsList', imported.list / getMany.list, `${members} people in ${pages} pages: ${imported.list} ${counted}; ${others(imported.all)}`),
		...figure('scimAtOnceVsList', atOnce.list / getMany.list, `${times} at once: ${atOnce.list} ${counted}; ${others(atOnce.all)}`),
	};
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
	list, poll, heap, batch, throttled, businesses, scim, packaging,
};
