// A campaign from the first fault to the verdict.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pendingInvitations } from '../../sandbox/freshbooks/businesses.mts';
import type { FaultedRequest } from '../../sandbox/freshbooks/faults.mts';
import { freshReport, REPORTS } from '../../scripts/lib/reports.mts';
import { searchFiles } from '../e2e/support.mts';
import { Collector } from './collector.mts';
import { FaultDirector, type FalseAnswer } from './director.mts';
import { FAULTS, type Fault } from './faultPlan.mts';
import { IdentityProvider } from './identityProvider.mts';
import type { HistoryEntry } from '../../sandbox/freshbooks/types.mts';
import { judgeActions, type Action } from './judge/actions.mts';
import type { Finding, FindingKind } from './judge/findings.mts';
import { Timelines, type Beginning } from './judge/timelines.mts';
import type { Request } from './judge/polls.mts';
import { judgeProvider } from './judge/provider.mts';
import { silencesOf } from './judge/silences.mts';
import { judgeTrigger, type Watcher } from './judge/triggers.mts';
import { planOf, PROVISIONED } from './plan.mts';
import { Player } from './player.mts';
import { providerLivesOf } from './providerPlan.mts';
import { openStage, type Stage } from './stage.mts';

/** What a campaign came to. */
export interface Verdict {
	readonly seed: number;
	readonly minutes: number;
	readonly requests: number;
	readonly faults: Readonly<Record<Fault, number>>;
	/** Entries of the sandbox's history about members and invitations. */
	readonly changes: number;
	/** Items of all triggers. */
	readonly emitted: number;
	readonly findings: readonly Finding[];
	readonly actions: { readonly asked: number; readonly done: number; readonly failed: number };
	/** Of the identity provider: people about whom it wished something, its attempts, and their last answers by status. */
	readonly provider: { readonly people: number; readonly attempts: number; readonly answers: Readonly<Record<string, number>> };
	/** Error executions of the triggers, by message. */
	readonly failedPolls: Readonly<Record<string, number>>;
	readonly secrets: { readonly searched: number; readonly files: number; readonly findings: readonly string[] };
	readonly settledInSeconds: number;
}

/** The data behind the verdict, to examine a finding. */
interface Evidence {
	readonly beginning: Beginning;
	readonly settledAt: number;
	readonly falseAnswers: readonly FalseAnswer[];
	readonly history: readonly HistoryEntry[];
	readonly actions: readonly Action[];
	readonly watchers: readonly Watcher[];
	readonly requests: Readonly<Record<string, readonly Request[]>>;
}

/** Each collection costs n8n a few queries; executions are listed a hundred at a time. */
const LOOK_EVERY_MS = 3_000;
/** A poll may take four minutes by itself. */
const SETTLES_WITHIN_MS = 300_000;
/** The time of some more polls, in which nothing else may be reported. */
const STAYS_QUIET_MS = 12_000;

export const KINDS: readonly FindingKind[] = ['false', 'lost', 'repeated', 'invited twice', 'wrong write', 'silent'];

/** A list is read every few seconds: so many requests are more than those of a minute. */
const REQUESTS_LOOKED_BACK = 5_000;

function beginningOf({ world }: Stage): Beginning {
	return [...world.sandbox.parts.world.businesses.values()].map(({ id, name, members, invitations }) => ({
		id, name, members: members.map((member) => ({ ...member })), invitations: invitations.map((invitation) => ({ ...invitation })),
	}));
}

function directorFor(stage: Stage, seed: number): FaultDirector {
	const { world, faults, log } = stage.world.sandbox.parts;
	const addresses = (businessId: number, purpose: string): string[] => {
		const business = world.businesses.get(businessId);
		if (!business) return [];
		return (purpose === 'people' ? business.members : pendingInvitations(business)).map(({ email }) => email);
	};
	const wasAnsweredTruly = ({ grant, path }: FaultedRequest, since: number): boolean =>
		log.latest(REQUESTS_LOOKED_BACK).some((one) => one.grant === grant && one.path === path && one.status === 200 && one.fault === null && one.machineAt >= since);
	const director = new FaultDirector(seed, stage.callers, addresses, wasAnsweredTruly);
	faults.director = director.direct;
	return director;
}

class Campaign {
	readonly #stage: Stage;
	readonly #seed: number;
	readonly #minutes: number;
	readonly #say: (line: string) => void;
	readonly #director: FaultDirector;
	readonly #player: Player;
	readonly #provider: IdentityProvider;
	readonly #collector: Collector;
	readonly #beginning: Beginning;
	#settledAt = 0;

	constructor(stage: Stage, seed: number, minutes: number, say: (line: string) => void) {
		this.#stage = stage;
		this.#seed = seed;
		this.#minutes = minutes;
		this.#say = say;
		const { world, log } = stage.world.sandbox.parts;
		this.#beginning = beginningOf(stage);
		world.history = [];
		log.clear();
		this.#director = directorFor(stage, seed);
		this.#player = new Player(stage, planOf(seed, minutes));
		this.#provider = new IdentityProvider(stage, providerLivesOf(seed, minutes * 60_000));
		this.#collector = new Collector(stage);
	}

	async run(): Promise<Verdict> {
		const looking = new AbortController();
		const looked = this.#lookUntil(looking.signal);
		this.#director.active = true;
		const players = [this.#player, this.#provider];
		await Promise.all(players.map(async (player) => await player.play(this.#minutes * 60_000)));
		this.#director.active = false;
		await Promise.all(players.map(async (player) => await player.finish()));
		looking.abort();
		await looked;
		this.#say('Faults have stopped. Waiting until the triggers have reported everything.');
		const stoppedAt = Date.now();
		await this.#settle();
		const settledInSeconds = Math.round((this.#settledAt - stoppedAt) / 1000);
		await this.#keepEvidence();
		return await this.#verdict(settledInSeconds);
	}

	async #lookUntil(signal: AbortSignal): Promise<void> {
		let minute = 0;
		const startedAt = Date.now();
		while (await sleep(LOOK_EVERY_MS, true, { signal }).catch(() => false)) {
			await this.#collector.look();
			const passed = Math.floor((Date.now() - startedAt) / 60_000);
			if (passed === minute) continue;
			minute = passed;
			this.#say(`${passed} min: ${this.#requests} requests, ${this.#sumOfFaults()} faults, ${this.#actions.length} actions.`);
		}
	}

	/** Waits until no report is missing, and some more polls; or until the time is up. */
	async #settle(): Promise<void> {
		const deadline = Date.now() + SETTLES_WITHIN_MS;
		const owes = (): boolean => this.#ofTriggers(this.#timelines()).some(({ kind, at }) => kind === 'lost' && at === this.#settledAt);
		do {
			await sleep(LOOK_EVERY_MS);
			await this.#collector.look();
			this.#settledAt = Date.now();
		} while (owes() && Date.now() < deadline);
		await sleep(STAYS_QUIET_MS);
		await this.#collector.look();
	}

	/** The actions of both players; the judge treats them alike. */
	get #actions(): Action[] {
		return [...this.#player.actions, ...this.#provider.actions];
	}

	get #requests(): number {
		return this.#stage.world.sandbox.parts.log.stats().requests;
	}

	#faults(): Record<Fault, number> {
		const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;
		for (const [fault, count] of this.#director.fired) counts[fault] = count;
		return { ...counts, 'connection refused': this.#player.outages, 'clock jump': this.#player.clockJumps, 'two writers': this.#player.twoWriters, 'business refused': this.#player.refusals };
	}

	#sumOfFaults(): number {
		return Object.values(this.#faults()).reduce((sum, count) => sum + count, 0);
	}

	#timelines(): Timelines {
		return new Timelines(this.#beginning, this.#stage.world.sandbox.parts.world.history);
	}

	#ofTriggers(timelines: Timelines): Finding[] {
		return this.#collector.watchers().flatMap((watcher) => [...judgeTrigger(watcher, timelines, this.#settledAt), ...silencesOf(watcher, timelines.names)]);
	}

	#findings(): Finding[] {
		const { history, owner } = this.#stage.world.sandbox.parts.world;
		const timelines = this.#timelines();
		const requests = Object.values(this.#collector.requestsByCaller()).flat();
		const grants = new Set(this.#stage.callers.keys());
		const ofActions = judgeActions({ actions: this.#actions, history, timelines, falseAnswers: this.#director.falseAnswers, grants, requests, connectedIdentity: owner.identityId });
		const ofProvider = judgeProvider(this.#provider.wishes.values(), PROVISIONED.id, timelines, this.#settledAt);
		return [...this.#ofTriggers(timelines), ...ofActions, ...ofProvider].sort((one, other) => one.at - other.at);
	}

	async #keepEvidence(): Promise<void> {
		const { history } = this.#stage.world.sandbox.parts.world;
		const evidence: Evidence = { beginning: this.#beginning, settledAt: this.#settledAt, falseAnswers: this.#director.falseAnswers, history, actions: this.#actions, watchers: this.#collector.watchers(), requests: this.#collector.requestsByCaller() };
		await writeFile(await freshReport('soak-evidence.json'), JSON.stringify(evidence));
	}

	async #verdict(settledInSeconds: number): Promise<Verdict> {
		const { history } = this.#stage.world.sandbox.parts.world;
		const { actions } = this.#player;
		const done = actions.filter(({ items }) => items !== undefined).length;
		return {
			seed: this.#seed,
			minutes: this.#minutes,
			requests: this.#requests,
			faults: this.#faults(),
			changes: history.filter(({ kind }) => /^(member|role|invitation)/.test(kind)).length,
			emitted: this.#collector.watchers().reduce((sum, { items }) => sum + items.length, 0),
			findings: this.#findings(),
			actions: { asked: actions.length, done, failed: actions.length - done },
			provider: { people: this.#provider.wishes.size, attempts: this.#provider.actions.length, answers: Object.fromEntries(this.#provider.answers) },
			failedPolls: Object.fromEntries(this.#collector.failures),
			secrets: await this.#searchForSecrets(),
			settledInSeconds,
		};
	}

	/** In everything that n8n wrote (database, executions, logs, settings), and in the reports. */
	async #searchForSecrets(): Promise<Verdict['secrets']> {
		const { all } = await this.#stage.world.control<{ all: string[] }>('GET', '/secrets');
		const searches = [await searchFiles(this.#stage.world.n8n.userFolder, all), await searchFiles(REPORTS, all)];
		const files = searches.reduce((sum, search) => sum + search.files, 0);
		return { searched: all.length, files, findings: searches.flatMap(({ findings }) => findings) };
	}
}

/** Runs one campaign to its verdict, and stops everything it has started. */
export async function runCampaign(seed: number, minutes: number, say: (line: string) => void): Promise<Verdict> {
	const stage = await openStage();
	try {
		return await new Campaign(stage, seed, minutes, say).run();
	} finally {
		await stage.world.close();
	}
}

/** The number of findings of a kind. */
export function countOf({ findings }: Pick<Verdict, 'findings'>, kind: FindingKind): number {
	return findings.filter((finding) => finding.kind === kind).length;
}
