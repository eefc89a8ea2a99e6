// The scenarios, one after another on one cluster. The results are compared with the sandbox's own history.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEntry } from '../../sandbox/freshbooks/types.mts';
import type { N8n } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, HARBOUR } from '../e2e/support.mts';
import type { Engine } from '../e2e/trigger/engines.mts';
import { Lab } from '../e2e/trigger/lab.mts';
import type { Row as TriggerRow } from '../e2e/trigger/table.mts';
import { ActionWorkflows, inTurns, judge, OPERATIONS, Scene, WRITES, type Action, type Answers, type Batch, type Operation, type Verdict } from './actions.mts';
import type { Cluster } from './cluster.mts';
import { writesDuring, writesOfOneChange, type Writes } from './databaseWrites.mts';
import { measureMemory, type Memory } from './memory.mts';
import type { Row } from './report.mts';
import { IdentityProvider } from './scim.mts';

/** The size of the campaign. */
export interface Size {
	readonly people: number;
	/** Actions of the large scenario, by operation. */
	readonly actions: Readonly<Record<Operation, number>>;
	readonly perExecution: number;
	/** Executions of each operation that writes, in a scenario in which something is killed. */
	readonly executionsAtKill: number;
	readonly pollsMeasured: number;
	/** Whom an identity provider creates or deactivates. */
	readonly provisioned: number;
}

/** Milliseconds before every answer of FreshBooks, so that executions are running when something is killed. */
const LATENCY_MS = 50;
const EXPIRE_EVERY_MS = 2_000;
/**
 * A token is good for at least so many requests. FreshBooks' tokens are good for twelve hours; here a busy machine may need longer than
 * the time above for one refresh and the request after it, which then meets the next expiry, and the one after that.
 */
const REQUESTS_OF_A_TOKEN = 200;
const ACTIONS_WITHIN_MS = 900_000;
/** n8n notices that a worker is gone when the one-minute lock on its job has ended; it checks every half minute. */
const GIVEN_UP_WITHIN_MS = 180_000;
/** On a busy machine polls of thousands of people take longer than the 3 s between two. */
const POLLS_WITHIN_MS = 300_000;
const REDIS_DOWN_MS = 3_000;
/** Requests a second that FreshBooks allows all processes together, polls included. */
const ALLOWED_PER_SECOND = 50;
/** A limit that allows all removals of the actions. */
const OPTIONS = { maxRemovals: 5_000, maxRemovalsUnit: 'count' };
const BUSINESSES = [7_100_001, 7_100_002, 7_100_003, 7_100_004];
/** Of the identity provider. */
const PROVISIONED = 7_100_005;

interface Sent {
	/** From the event in between, or from the sending, to the end of the last execution. */
	readonly seconds: number;
	readonly verdict: Verdict;
	readonly answers: Answers;
}

/** Writes to the database with one trigger engine: of polls without a change, and of a poll with one. */
export interface PollWrites {
	readonly engine: string;
	readonly what: string;
	readonly writes: Writes;
}

export class Campaign {
	readonly rows: Row[] = [];
	readonly pollWrites: PollWrites[] = [];
	/** The failures. */
	readonly wrong: string[] = [];
	readonly #cluster: Cluster;
	readonly #size: Size;
	readonly #lab: Lab;
	readonly #workflows: ActionWorkflows;
	readonly #scene: Scene;
	#engine: Engine;
	memory: Memory[] = [];

	private constructor(cluster: Cluster, engine: Engine, size: Size, workflows: ActionWorkflows, scene: Scene) {
		this.#cluster = cluster;
		this.#engine = engine;
		this.#size = size;
		this.#workflows = workflows;
		this.#scene = scene;
		this.#lab = Lab.on(engine, cluster.world);
	}

	/** Fills the sandbox and publishes the workflows of the actions. */
	static async open(cluster: Cluster, engine: Engine, size: Size): Promise<Campaign> {
		const { world } = cluster;
		for (const [index, id] of BUSINESSES.entries()) {
			const generate = Math.ceil(size.people / BUSINESSES.length);
			await world.control('POST', '/businesses', { id, name: `Works ${index + 1}`, generate, staff: false });
		}
		await world.control('POST', '/businesses', { id: PROVISIONED, name: 'Provisioned', withOwner: true, generate: size.provisioned, staff: false });
		await world.control('PATCH', '/settings', { latencyMs: LATENCY_MS });
		const workflows = await ActionWorkflows.publish(world.n8n.client, world.credential);
		return new Campaign(cluster, engine, size, workflows, new Scene(world.sandbox.parts.world, BUSINESSES));
	}

	/** Runs all scenarios. */
	async play(nextEngine: Engine): Promise<void> {
		// Created before the first poll: what is created and undone between two polls is not reported.
		const many = OPERATIONS.flatMap((operation) => this.#scene.actions(operation, this.#size.actions[operation]));
		const [atWorker, atMain, atRedis, throttled] = [this.#actionsForKill(), this.#actionsForKill(), this.#actionsForKill(), this.#actionsForKill()];
		await this.#step('publish', async () => await this.#lab.publish({ options: OPTIONS }));
		await this.#step('writes of polls', async () => await this.#measurePollWrites());
		await this.#step('people change', async () => await this.#peopleChange());
		await this.#step('many actions', async () => await this.#manyActions(many));
		await this.#step('throttled', async () => await this.#throttled(throttled));
		await this.#step('identity provider', async () => await this.#identityProvider());
		await this.#step('worker killed', async () => await this.#workerKilled(atWorker));
		await this.#step('main killed', async () => await this.#mainKilled(atMain));
		await this.#step('Redis restarted', async () => await this.#redisRestarted(atRedis));
		await this.#step(nextEngine.name, async () => await this.#otherEngine(nextEngine));
	}

	async #step(name: string, work: () => Promise<void>): Promise<void> {
		const started = Date.now();
		await work();
		console.log(`  ${name}: ${Math.round((Date.now() - started) / 1000)} s`);
	}

	#actionsForKill(): Action[] {
		return WRITES.flatMap((operation) => this.#scene.actions(operation, this.#size.executionsAtKill * this.#size.perExecution));
	}

	get #history(): readonly HistoryEntry[] {
		return this.#lab.history;
	}

	#mustHold(scenario: string, holds: boolean, sentence: string): void {
		if (!holds) this.wrong.push(`${scenario}: ${sentence}`);
	}

	/** Runs a scenario while the trigger watches. */
	async #watched(scenario: string, play: () => Promise<void>): Promise<void> {
		const counts = { ...this.#cluster.sandbox.parts.oauth.counts };
		const row = await this.#lab.scenario(scenario, play, { patienceMs: POLLS_WITHIN_MS });
		const { counts: now } = this.#cluster.sandbox.parts.oauth;
		const [refreshes, reused] = [now.refreshes - counts.refreshes, now.reuseAttempts - counts.reuseAttempts];
		this.#noteTrigger(row, { refreshes, reused });
		this.#mustHold(scenario, reused === 0, `${reused} refresh tokens were used twice`);
	}

	#noteTrigger({ scenario, engine, made, emitted, untrue, lost, repeated, errors, polls }: TriggerRow, tokens: { refreshes: number; reused: number }): void {
		const notes = [`${emitted.length} items in ${polls} polls`];
		if (errors.length > 0) notes.push(`error executions: ${errors.join(' / ')}`);
		this.rows.push({
			scenario,
			part: `trigger, ${engine}`,
			sent: made.length,
			done: made.length - lost.length,
			repeated: repeated.length,
			lost: lost.length,
			untrue: untrue.length,
			...tokens,
			note: notes.join('; '),
		});
		this.#mustHold(scenario, untrue.length === 0, `the trigger reported what did not happen: ${untrue.slice(0, 3).join(', ')}`);
		this.#mustHold(scenario, lost.length === 0, `the trigger lost: ${lost.slice(0, 3).join(', ')}`);
		this.#mustHold(scenario, repeated.length === 0 || this.#engine.mayRepeat, `the trigger repeated: ${repeated.slice(0, 3).join(', ')}`);
	}

	#noteActions(scenario: string, part: string, { sent, done, repeated, lost, untrue }: Verdict, note: string): void {
		this.rows.push({ scenario, part, sent, done, repeated, lost: lost.length, untrue: untrue.length, note });
		this.#mustHold(scenario, repeated === 0, `${repeated} writes were made twice (${part})`);
		this.#mustHold(scenario, untrue.length === 0, `FreshBooks was changed without an action: ${untrue.slice(0, 3).join(', ')}`);
	}

	/** Sends batches, runs `meanwhile` when a quarter of them is done, and judges the results. */
	async #send(batches: readonly Batch[], withinMs: number, meanwhile?: () => Promise<void>): Promise<Sent> {
		const actions = batches.flatMap((batch) => batch.actions);
		const from = this.#history.length;
		let started = Date.now();
		await this.#workflows.send(batches);
		if (meanwhile) {
			const isUnderWay = (): boolean => judge(actions, this.#history.slice(from), new Set()).done >= actions.length / 4;
			await this.#lab.until(isUnderWay, 'a quarter of the actions', 120_000);
			started = Date.now();
			await meanwhile();
		}
		const answers = await this.#workflows.answers(batches, withinMs, async () => await this.#lab.look());
		return { seconds: (Date.now() - started) / 1000, answers, verdict: judge(actions, this.#history.slice(from), answers.answered) };
	}

	/** If an execution succeeded and its item was not done, the package is wrong, not n8n. */
	#mustBeOfBroken(scenario: string, { verdict, answers }: Sent): void {
		const given = new Set(answers.broken.flatMap((batch) => batch.actions));
		const own = verdict.lost.filter((action) => !given.has(action));
		this.#mustHold(scenario, own.length === 0, `${own.length} items of executions that succeeded were not done: ${answers.errors.slice(0, 3).join(' / ')}`);
	}

	async #peopleChange(): Promise<void> {
		const people = this.#lab.people(BILLSPRING);
		const others = this.#lab.people(HARBOUR);
		await this.#watched('people change', async () => {
			for (let round = 1; round <= 5; round++) {
				const email = `wren.round${round}@example.net`;
				await this.#lab.happens(() => {
					people.join(email);
					others.join(email, 'contractor');
					people.invite(`ines.round${round}@example.net`);
				});
				await this.#lab.happens(() => {
					people.role(email, 'business_manager');
					others.leave(email);
					people.accept(`ines.round${round}@example.net`);
				});
			}
		});
	}

	async #manyActions(actions: readonly Action[]): Promise<void> {
		const scenario = `${actions.length} actions while tokens expire`;
		const { parts } = this.#cluster.sandbox;
		const finishedBefore = await this.#cluster.finishedByWorker();
		const requestsBefore = parts.log.stats().requests;
		let expiries = 0;
		let sent: Sent | undefined;
		await this.#watched(scenario, async () => {
			let requestsThen = parts.log.stats().requests;
			const expiring = setInterval(() => {
				const { requests } = parts.log.stats();
				if (requests - requestsThen < REQUESTS_OF_A_TOKEN) return;
				requestsThen = requests;
				if (parts.oauth.expireAccessTokens() > 0) expiries += 1;
			}, EXPIRE_EVERY_MS);
			try {
				sent = await this.#send(inTurns(actions, this.#size.perExecution, 'many'), ACTIONS_WITHIN_MS);
			} finally {
				clearInterval(expiring);
			}
		});
		if (!sent) throw new Error('No batch was sent.');
		const byWorker = (await this.#cluster.finishedByWorker()).map((count, index) => count - (finishedBefore[index] ?? 0));
		const requests = parts.log.stats().requests - requestsBefore;
		const notes = [`${sent.seconds.toFixed(0)} s`, `${expiries} expiries`, `executions by worker ${byWorker.join(' + ')}`, `${requests} requests with the polls'`, ...this.#endings(sent)];
		this.#noteActions(scenario, 'actions', sent.verdict, notes.join('; '));
		this.#mustHold(scenario, sent.verdict.lost.length === 0, `${sent.verdict.lost.length} actions were not done: ${sent.answers.errors.slice(0, 3).join(' / ')}`);
		this.#mustHold(scenario, byWorker.every((count) => count > 0), `the executions were not spread over the workers: ${byWorker.join(' + ')}`);
		this.memory = await measureMemory(this.#cluster.members);
	}

	/** Each process has a request budget of its own; here all of them share one limit. */
	async #throttled(actions: readonly Action[]): Promise<void> {
		const scenario = `FreshBooks allows ${ALLOWED_PER_SECOND} requests a second`;
		const { log } = this.#cluster.sandbox.parts;
		const { world } = this.#cluster;
		let sent: Sent | undefined;
		let [requests, refused] = [0, 0];
		await this.#watched(scenario, async () => {
			const before = log.stats();
			await world.control('PATCH', '/settings', { rateLimit: { perSecond: ALLOWED_PER_SECOND, retryAfter: 'none' } });
			try {
				sent = await this.#send(inTurns(actions, this.#size.perExecution, 'throttled'), ACTIONS_WITHIN_MS);
			} finally {
				await world.control('PATCH', '/settings', { rateLimit: null });
			}
			const after = log.stats();
			[requests, refused] = [after.requests - before.requests, after.rateLimited - before.rateLimited];
		});
		if (!sent) throw new Error('No batch was sent.');
		const { verdict, seconds } = sent;
		const notes = [`${seconds.toFixed(0)} s`, `${requests} requests with the polls', ${refused} of them refused with 429`, ...this.#endings(sent)];
		this.#noteActions(scenario, 'actions', verdict, notes.join('; '));
		this.#mustHold(scenario, verdict.lost.length === 0, `${verdict.lost.length} actions were not done: ${sent.answers.errors.slice(0, 3).join(' / ')}`);
	}

	/** A load balancer sends the requests of Okta and Entra ID to any of the processes. */
	async #identityProvider(): Promise<void> {
		const scenario = 'an identity provider, through main and webhook process in turn';
		const provider = await IdentityProvider.publish(this.#cluster, PROVISIONED, this.#size.provisioned);
		const from = this.#history.length;
		await this.#watched(scenario, async () => await provider.play());
		const { sent, done, repeated, lost, untrue, byDoor, again } = await provider.outcome(this.#history.slice(from));
		const tries = again.length === 0 ? 'each done at the first try' : `${again.length} needed more than one try (${[...new Set(again)].slice(0, 3).join('; ')})`;
		this.rows.push({ scenario, part: 'SCIM trigger', sent, done, repeated: repeated.length, lost: lost.length, untrue: untrue.length, note: `requests by process ${byDoor.join(' + ')}; each person twice; ${tries}` });
		this.#mustHold(scenario, repeated.length === 0, `done more than once: ${repeated.slice(0, 3).join(', ')}`);
		this.#mustHold(scenario, lost.length === 0, `lost: ${lost.slice(0, 3).join(', ')}`);
		this.#mustHold(scenario, untrue.length === 0, `done without a request: ${untrue.slice(0, 3).join(', ')}`);
	}

	#endings({ answers }: Sent): string[] {
		const { success = 0, ...others } = answers.statuses;
		const endings = Object.entries(others).map(([status, count]) => `${count} executions ended as ${status}`);
		const errors = answers.errors.length > 0 ? [`${answers.errors.length} items ended with an error (${[...new Set(answers.errors)].slice(0, 2).join(' / ')})`] : [];
		return [`${success} executions succeeded`, ...endings, ...errors];
	}

	async #workerKilled(actions: readonly Action[]): Promise<void> {
		const scenario = 'worker killed with -9 mid-batch';
		const batches = inTurns(actions, this.#size.perExecution, 'worker');
		const [worker] = this.#cluster.workers;
		let sent: Sent | undefined;
		let again: Sent | undefined;
		await this.#watched(scenario, async () => {
			sent = await this.#send(batches, GIVEN_UP_WITHIN_MS, async () => await this.#cut(worker));
			again = await this.#sendAgain(sent.answers.broken, 'again');
		});
		if (!sent || !again) throw new Error('No batch was sent.');
		this.#noteInterrupted(scenario, sent);
		this.#mustHold(scenario, sent.answers.broken.length > 0, 'no execution was running on the worker, so the scenario proves nothing');
		this.#noteAgain(scenario, 'the broken executions run again', again);
		await this.#runAllAgain(scenario, actions);
	}

	async #cut(n8n: N8n | undefined): Promise<void> {
		await n8n?.kill();
		await n8n?.start();
	}

	#noteInterrupted(scenario: string, sent: Sent): void {
		const { verdict, answers } = sent;
		const inBroken = answers.broken.reduce((sum, batch) => sum + batch.actions.length, 0);
		const notes = [...this.#endings(sent), `all ended after ${sent.seconds.toFixed(0)} s`, `${inBroken} items in executions that n8n gave up, ${inBroken - verdict.lost.length} of them done`];
		this.#noteActions(scenario, 'actions', verdict, notes.join('; '));
		this.#mustBeOfBroken(scenario, sent);
	}

	async #sendAgain(batches: readonly Batch[], name: string): Promise<Sent> {
		return await this.#send(batches.map((batch) => ({ ...batch, id: `${batch.id} ${name}` })), GIVEN_UP_WITHIN_MS);
	}

	/** Everything is done now, by the first run or by this one. */
	#noteAgain(scenario: string, part: string, { verdict, answers }: Sent): void {
		const errors = answers.errors.length === 0 ? 'no error' : `${answers.errors.length} errors: ${answers.errors[0]}`;
		const done = answers.answered.size;
		const [fresh, earlier] = [verdict.done, done - verdict.done];
		this.rows.push({
			scenario,
			part,
			sent: verdict.sent,
			done,
			repeated: verdict.repeated,
			lost: verdict.sent - done,
			untrue: verdict.untrue.length,
			note: `${fresh} done now, ${earlier} done before; ${errors}`,
		});
		this.#mustHold(scenario, done === verdict.sent, `${verdict.sent - done} items could not be run again: ${answers.errors[0] ?? ''}`);
		this.#mustHold(scenario, verdict.repeated === 0 && verdict.untrue.length === 0, 'running again changed what was done already');
	}

	/** Runs every write of the scenario again: it must change nothing. */
	async #runAllAgain(scenario: string, actions: readonly Action[]): Promise<void> {
		const before = this.#scene.fingerprint();
		const again = await this.#sendAgain(inTurns(actions, this.#size.perExecution, scenario), 'all again');
		this.#noteAgain(scenario, 'all of it run once more', again);
		this.#mustHold(scenario, this.#scene.fingerprint() === before && again.verdict.done === 0, 'running everything again changed people');
	}

	async #mainKilled(actions: readonly Action[]): Promise<void> {
		const scenario = 'main killed with -9';
		const people = this.#lab.people(BILLSPRING);
		let sent: Sent | undefined;
		await this.#watched(scenario, async () => {
			await this.#lab.happens(() => people.join('kim.before@example.net'));
			sent = await this.#send(inTurns(actions, this.#size.perExecution, 'main'), GIVEN_UP_WITHIN_MS, async () => {
				people.role('kim.before@example.net', 'contractor');
				await this.#lab.cutPower();
				people.join('kit.down@example.net');
				people.leave('teodor.wexley@example.com');
				await sleep(3_000);
				await this.#cluster.main.start();
				people.join('kai.after@example.net');
			});
			if (sent.answers.broken.length > 0) await this.#sendAgain(sent.answers.broken, 'again');
		});
		if (!sent) throw new Error('No batch was sent.');
		this.#noteInterrupted(scenario, sent);
		await this.#runAllAgain(scenario, actions);
	}

	async #redisRestarted(actions: readonly Action[]): Promise<void> {
		const scenario = `Redis down for ${REDIS_DOWN_MS / 1000} s`;
		const people = this.#lab.people(BILLSPRING);
		let sent: Sent | undefined;
		await this.#watched(scenario, async () => {
			sent = await this.#send(inTurns(actions, this.#size.perExecution, 'redis'), GIVEN_UP_WITHIN_MS, async () => {
				await this.#cluster.redis.stop();
				this.#cluster.sandbox.parts.oauth.expireAccessTokens();
				people.join('rhea.down@example.net');
				await sleep(REDIS_DOWN_MS);
				await this.#cluster.redis.start();
				people.join('rolf.after@example.net');
			});
			if (sent.answers.broken.length > 0) await this.#sendAgain(sent.answers.broken, 'again');
		});
		if (!sent) throw new Error('No batch was sent.');
		this.#noteInterrupted(scenario, sent);
		await this.#runAllAgain(scenario, actions);
	}

	/** The same cluster with another trigger engine: people change, and the main process is killed. */
	async #otherEngine(engine: Engine): Promise<void> {
		await this.#cluster.changeEngine(engine);
		this.#engine = engine;
		this.#lab.engine = engine;
		await this.#lab.publishAnew({ options: OPTIONS });
		await this.#measurePollWrites();
		const people = this.#lab.people(HARBOUR);
		await this.#watched('main killed with -9', async () => {
			await this.#lab.happens(() => people.join('cora.before@example.net'));
			people.role('cora.before@example.net', 'business_manager');
			await this.#lab.cutPower();
			people.join('cyrus.down@example.net');
			await this.#cluster.main.start();
			people.join('celia.after@example.net');
		});
	}

	/** Counts the rows that a poll writes to the database, without a change and with one. */
	async #measurePollWrites(): Promise<void> {
		const polls = this.#size.pollsMeasured;
		const people = this.#lab.people(HARBOUR);
		const engine = this.#engine.name;
		const counted = (): number => this.#lab.requestsForMe;
		// The writes of the publication itself are not counted.
		await this.#lab.polls(2, POLLS_WITHIN_MS);
		const idle = await writesDuring(this.#cluster.postgres, counted, async () => await this.#lab.polls(polls, POLLS_WITHIN_MS));
		const changing = await writesDuring(this.#cluster.postgres, counted, async () => {
			for (let poll = 1; poll <= polls; poll++) await this.#lab.happens(() => people.join(`${this.#engine.key}.poll${poll}@example.net`));
		});
		this.pollWrites.push({ engine, what: 'nobody changed', writes: idle });
		this.pollWrites.push({ engine, what: 'one person joined', writes: writesOfOneChange(changing, idle, polls) });
	}
}
