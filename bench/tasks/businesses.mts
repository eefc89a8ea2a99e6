// One trigger over many businesses on a virtual clock: the real poll, transport and request budget; the answers are
// recorded once from the sandbox, and are returned after a fixed time or, above a limit, as 429 without Retry-After.
import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { BUSINESS, getText, setScene } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';
import { VirtualClock } from '../lib/virtualClock.mts';

export interface BusinessesInput {
	sandbox: SandboxAddress;
	businesses: number;
	members: number;
	polls: number;
	everyMs: number;
	latencyMs: number;
	/** Requests a second that are accepted; undefined for no limit. */
	perSecond?: number;
	/** The time limit of a poll: 300 s by n8n's default, 36 s on its durable scheduler. */
	pollBudgetMs?: number;
}

export interface BusinessesResult {
	/** All requests, those answered 429 included. */
	requests: number;
	refused: number;
	errors: number;
	/** The longest poll. */
	longestPollMs: number;
	/** The longest time any business went unread, from the first poll to the end of the last. */
	longestUnreadMs: number;
	/** The fewest times any business was read. */
	fewestReads: number;
}

const ME = '/auth/api/v1/users/me';

function listOf(businessId: number): string {
	return `/auth/api/v1/businesses/${businessId}/team_members`;
}

async function fetchAnswers(sandbox: SandboxAddress, businesses: number): Promise<Map<string, string>> {
	const answers = new Map<string, string>();
	const paths = [ME, ...Array.from({ length: businesses }, (_, index) => listOf(BUSINESS + index))];
	for (const path of paths) {
		const query = path === ME ? '' : '?page=1&per_page=100';
		answers.set(path, await getText(sandbox, path + query));
	}
	return answers;
}

/** FreshBooks on the virtual clock. */
class Service {
	requests = 0;

	refused = 0;

	/** When each list was read, by its path. */
	readonly readAt = new Map<string, number[]>();

	private passed: number[] = [];

	private readonly answers: ReadonlyMap<string, string>;

	private readonly clock: VirtualClock;

	private readonly input: BusinessesInput;

	constructor(answers: ReadonlyMap<string, string>, clock: VirtualClock, input: BusinessesInput) {
		this.answers = answers;
		this.clock = clock;
		this.input = input;
	}

	async answer({ url }: IHttpRequestOptions): Promise<IN8nHttpFullResponse> {
		this.requests++;
		const path = new URL(url).pathname;
		if (!this.mayPass()) {
			this.refused++;
			await this.clock.sleep(this.input.latencyMs);
			return { statusCode: 429, headers: {}, body: '{"error":"rate_limited"}' };
		}
		await this.clock.sleep(this.input.latencyMs);
		const body = this.answers.get(path);
		if (body === undefined) throw new Error(`Unexpected request: ${url}.`);
		this.readAt.set(path, [...(this.readAt.get(path) ?? []), this.clock.now]);
		return { statusCode: 200, headers: {}, body };
	}

	forgetCounts(): void {
		this.requests = 0;
		this.refused = 0;
		this.readAt.clear();
	}

	private mayPass(): boolean {
		const { perSecond = Infinity } = this.input;
		this.passed = this.passed.filter((time) => time > this.clock.now - 1_000);
		if (this.passed.length >= perSecond) return false;
		this.passed.push(this.clock.now);
		return true;
	}
}

function unreadTimes(reads: readonly number[], from: number, to: number): number[] {
	const times = [from, ...reads, to];
	return times.slice(1).map((time, index) => time - (times[index] ?? time));
}

export async function businesses(input: BusinessesInput, stage: Stage): Promise<BusinessesResult> {
	const host = new Host(stage);
	const clock = new VirtualClock();
	await setScene(input.sandbox, { members: input.members, businesses: input.businesses });
	const service = new Service(await fetchAnswers(input.sandbox, input.businesses), clock, input);
	const staticData: IDataObject = {};
	const context = host.pollContext(input.sandbox, staticData, { budgetMs: input.pollBudgetMs });
	context.helpers.httpRequestWithAuthentication = async (_type, options) => await service.answer(options);
	clock.install();
	const result: BusinessesResult = { requests: 0, refused: 0, errors: 0, longestPollMs: 0, longestUnreadMs: 0, fewestReads: 0 };
	const pollOnce = async (): Promise<void> => {
		const startedAt = clock.now;
		await host.trigger.poll?.call(context).catch((error: unknown) => {
			result.errors++;
			if (result.errors === 1) console.error(String(error));
		});
		result.longestPollMs = Math.max(result.longestPollMs, clock.now - startedAt);
		await clock.sleep(Math.max(0, input.everyMs - (clock.now - startedAt)));
	};
	await clock.runUntil(pollOnce());
	const firstAt = clock.now;
	service.forgetCounts();
	Object.assign(result, { errors: 0, longestPollMs: 0 });
	for (let poll = 0; poll < input.polls; poll++) await clock.runUntil(pollOnce());
	const reads = Array.from({ length: input.businesses }, (_, index) => service.readAt.get(listOf(BUSINESS + index)) ?? []);
	const unread = reads.flatMap((times) => unreadTimes(times, firstAt, clock.now));
	return {
		...result,
		requests: service.requests,
		refused: service.refused,
		longestUnreadMs: Math.max(...unread),
		fewestReads: Math.min(...reads.map(({ length }) => length)),
	};
}
