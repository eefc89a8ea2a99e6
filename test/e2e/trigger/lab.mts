import { setTimeout as sleep } from 'node:timers/promises';
import { TYPES, type Execution, type WorkflowDraft } from '../../../sandbox/n8n/index.mts';
import type { RequestEntry } from '../../../sandbox/freshbooks/requestLog.mts';
import type { HistoryEntry } from '../../../sandbox/freshbooks/types.mts';
import { startWorld, type Json, type World } from '../support.mts';
import { ALL_EVENTS, compare, emittedChange, expectedChanges, type Comparison, type Emitted, type Watched } from './changes.mts';
import type { Engine } from './engines.mts';
import { People } from './people.mts';
import { pollTimes } from './pollTimes.mts';
import type { Row } from './table.mts';

const TRIGGER_NODE = 'FreshBooks Trigger';
const LOOK_EVERY_MS = 250;
const ALL_OUT_WITHIN_MS = 40_000;
/** Two polls, for state that n8n itself may have lost. */
const SHORT_PATIENCE_MS = 8_000;

/** An error execution of a failed poll. */
export interface Failed {
	readonly message: string;
	readonly description: string;
}

/** The trigger's settings. */
export interface Choice {
	readonly events?: readonly string[];
	readonly businessIds?: readonly number[];
	readonly source?: 'teamMembers' | 'businessMembers';
	readonly options?: Json;
	/** No scheduled poll within this number of seconds. */
	readonly quietSeconds?: number;
}

/** A real n8n with a published trigger, and a sandbox whose people change. */
export class Lab {
	/** n8n's polling engine. */
	engine: Engine;
	readonly world: World;
	/** All items, in the order of the executions. */
	readonly emitted: Emitted[] = [];
	readonly failed: Failed[] = [];
	workflowId = '';
	#choice: Choice = {};
	readonly #seen = new Set<string>();
	/** Polls whose requests for the connected user were answered; counted here, because the sandbox's log drops old entries. */
	#answered = 0;
	#unanswered: RequestEntry[] = [];
	#countedTo = 0;

	private constructor(engine: Engine, world: World) {
		this.engine = engine;
		this.world = world;
	}

	/** Starts an n8n with this engine, and a sandbox with its default people. */
	static async open(engine: Engine): Promise<Lab> {
		return new Lab(engine, await startWorld(`trigger-${engine.key}`, { env: engine.env }));
	}

	/** A trigger on a running n8n with this engine. */
	static on(engine: Engine, world: World): Lab {
		return new Lab(engine, world);
	}

	people(businessId: number): People {
		return new People(this.world.sandbox.parts.world, businessId);
	}

	get history(): readonly HistoryEntry[] {
		return this.world.sandbox.parts.world.history;
	}

	#draft(choice: Choice): WorkflowDraft {
		const { events = ALL_EVENTS, businessIds, source = 'teamMembers', options = {}, quietSeconds = 0 } = choice;
		const { id, name } = this.world.credential;
		const parameters = {
			pollTimes: pollTimes(quietSeconds),
			events,
			source,
			options,
			...(businessIds ? { businesses: 'selected', businessIds } : { businesses: 'all' }),
		};
		return {
			name: 'Trigger under observation',
			nodes: [
				{
					id: 'trigger-under-observation',
					name: TRIGGER_NODE,
					type: TYPES.trigger,
					typeVersion: 1,
					position: [0, 0],
					parameters,
					credentials: { [TYPES.credential]: { id, name } },
				},
				{ id: 'after-it', name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [220, 0], parameters: {} },
			],
			connections: { [TRIGGER_NODE]: { main: [[{ node: 'After', type: 'main', index: 0 }]] } },
		};
	}

	/** Publishes the workflow with these settings. Throws unless n8n reports that its trigger runs. */
	async publish(choice: Choice = {}): Promise<void> {
		const { client } = this.world.n8n;
		const draft = this.#draft(choice);
		if (this.workflowId === '') this.workflowId = (await client.createWorkflow(draft)).id;
		else await client.updateWorkflow(this.workflowId, { nodes: draft.nodes });
		this.#choice = choice;
		const status = await client.publish(this.workflowId);
		if (status !== 'published') throw new Error(`The workflow is ${status}, not published.`);
	}

	/** Unpublishes the workflow and creates a new one with a new trigger. */
	async publishAnew(choice: Choice = {}): Promise<void> {
		if (this.workflowId !== '') await this.world.n8n.client.unpublish(this.workflowId);
		this.workflowId = '';
		await this.publish(choice);
	}

	/** Reads the executions that ended since the last call. */
	async look(): Promise<void> {
		const { client } = this.world.n8n;
		for (const { id, status } of await client.executions(this.workflowId)) {
			if (this.#seen.has(id) || status === 'new' || status === 'running') continue;
			this.#seen.add(id);
			this.#note(await client.finished(id));
		}
	}

	#note(execution: Execution): void {
		const { status, error } = execution;
		if (status === 'error') {
			this.failed.push({ message: error?.message ?? '', description: error?.description ?? '' });
		}
		for (const item of execution.items(TRIGGER_NODE)) {
			if (typeof item['event'] !== 'string') continue;
			this.emitted.push({ change: emittedChange(item), eventId: String(item['eventId']) });
		}
	}

	/** Every poll starts with this request for the connected user. */
	#pollsAnswered(): number {
		const logged = this.world.sandbox.parts.log.since(this.#countedTo);
		this.#countedTo = logged.at(-1)?.seq ?? this.#countedTo;
		const me = [...this.#unanswered, ...logged.filter(({ path }) => path.endsWith('/users/me'))];
		this.#answered += me.filter(({ status }) => status === 200).length;
		this.#unanswered = me.filter(({ status }) => status === null);
		return this.#answered;
	}

	/** The number of requests for the connected user: polls and their retries. */
	get requestsForMe(): number {
		return this.world.sandbox.parts.log.since(0).filter(({ path }) => path.endsWith('/users/me')).length;
	}

	/**
	 * Waits until this number of polls has started from now on and the last one seems to have ended. Polls do not overlap, so of two
	 * polls the first has surely ended.
	 */
	async polls(count: number, timeoutMs = 60_000): Promise<void> {
		const { log } = this.world.sandbox.parts;
		const target = this.#pollsAnswered() + count;
		await this.until(() => this.#pollsAnswered() >= target, `${count} polls`, timeoutMs);
		// A poll sends its requests without a break, so on an idle machine a moment without a request is its end.
		for (let quiet = 0; quiet < 3; quiet = log.inFlight === 0 ? quiet + 1 : 0) await sleep(100);
	}

	/** Makes changes, waits for the expected items, and returns them. */
	async happens(change: () => void): Promise<string[]> {
		const [from, emittedBefore] = [this.history.length, this.emitted.length];
		change();
		const made = expectedChanges(this.history.slice(from), this.#watched());
		await this.#allOut(() => compare(made, this.emitted.slice(emittedBefore), new Set()).lost);
		return made;
	}

	async #allOut(lost: () => string[], withinMs = ALL_OUT_WITHIN_MS): Promise<void> {
		const isAllOut = async (): Promise<boolean> => {
			await this.look();
			return lost().length === 0;
		};
		// The comparison reports missing items.
		await this.until(isAllOut, 'the changes to come out', withinMs).catch(() => undefined);
	}

	/** Waits for a condition. Throws if it does not become true. */
	async until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs: number): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		while (!(await condition())) {
			if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what} in vain.`);
			await sleep(LOOK_EVERY_MS);
		}
	}

	/** Waits until a request with a matching path is in flight. */
	async requestUnderWay(path: RegExp, timeoutMs = 30_000): Promise<void> {
		const { log } = this.world.sandbox.parts;
		const last = log.latest(1)[0]?.seq ?? 0;
		const isUnderWay = (): boolean => log.since(last).some((entry) => path.test(entry.path) && entry.ms === null);
		await this.until(isUnderWay, `a request for ${path}`, timeoutMs);
	}

	/** Kills n8n, like a power failure. */
	async cutPower(): Promise<void> {
		await this.world.n8n.kill();
	}

	async fault(fault: Json): Promise<void> {
		await this.world.control('POST', '/faults', fault);
	}

	async noFaults(): Promise<void> {
		await this.world.control('DELETE', '/faults');
	}

	/** FreshBooks refuses connections for this time. */
	async outage(ms: number): Promise<void> {
		await this.world.control('POST', '/outage', { ms });
	}

	/** FreshBooks accepts connections again. */
	async outageOver(timeoutMs = 90_000): Promise<void> {
		const answers = async (): Promise<boolean> =>
			await fetch(`${this.world.sandbox.url}/sandbox/stats`).then(
				({ ok }) => ok,
				() => false,
			);
		await this.until(answers, 'the end of the outage', timeoutMs);
	}

	/** Runs a scenario and compares its items with the sandbox's history of that time. */
	async scenario(name: string, play: () => Promise<void>, { mayLose = false, patienceMs = ALL_OUT_WITHIN_MS } = {}): Promise<Row> {
		const startedAt = Date.now();
		await this.look();
		const [from, emittedBefore, failedBefore, pollsBefore] = [this.history.length, this.emitted.length, this.failed.length, this.#pollsAnswered()];
		await play();
		const made = expectedChanges(this.history.slice(from), this.#watched());
		const known = new Set(this.emitted.slice(0, emittedBefore).map(({ eventId }) => eventId));
		const compared = (): Comparison => compare(made, this.emitted.slice(emittedBefore), known);
		await this.#allOut(() => compared().lost, mayLose ? SHORT_PATIENCE_MS : patienceMs);
		// One more poll must emit nothing.
		await this.polls(1, Math.max(60_000, patienceMs));
		await sleep(500);
		await this.look();
		const comparison = compared();
		const errors = this.failed.slice(failedBefore).map(({ message }) => message);
		const polls = this.#pollsAnswered() - pollsBefore;
		const seconds = (Date.now() - startedAt) / 1000;
		return { engine: this.engine.name, scenario: name, ...comparison, errors, polls, seconds };
	}

	#watched(): Watched {
		return { events: this.#choice.events ?? ALL_EVENTS, businessIds: this.#choice.businessIds };
	}

	async close(): Promise<void> {
		await this.world.close();
	}
}
