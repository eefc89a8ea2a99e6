// Collects the items and errors of the triggers, and their requests, while the campaign runs.
import type { ExecutionError } from '../../sandbox/n8n/execution.mts';
import { N8nRequestError } from '../../sandbox/n8n/index.mts';
import type { RequestEntry } from '../../sandbox/freshbooks/requestLog.mts';
import { pollsOf, type Request } from './judge/polls.mts';
import type { Item, ShownError, Watcher } from './judge/triggers.mts';
import { WATCHED } from './plan.mts';
import { TRIGGER_NODE, type RunningTrigger, type Stage } from './stage.mts';

function kept({ method, path, query, status, ms, machineAt, fault, grant }: RequestEntry): Request {
	return { method, path, query, status, ms, machineAt, fault, grant };
}

export class Collector {
	/** Polls that failed, by message. */
	readonly failures = new Map<string, number>();
	readonly #stage: Stage;
	readonly #items = new Map<RunningTrigger, Item[]>();
	readonly #errors = new Map<RunningTrigger, ShownError[]>();
	readonly #requests = new Map<number, Request[]>();
	readonly #seen = new Set<string>();
	#lastSeq: number;

	constructor(stage: Stage) {
		this.#stage = stage;
		this.#lastSeq = stage.world.sandbox.parts.log.latest(1)[0]?.seq ?? 0;
	}

	/** Collects the executions that have ended, and the requests that were answered, since the last time. */
	async look(): Promise<void> {
		this.#takeRequests();
		for (const trigger of this.#stage.triggers) {
			await this.#takeExecutions(trigger).catch((error: unknown) => {
				// n8n refuses for a moment when its database is slow; the next collection begins where this one ended.
				if (!(error instanceof N8nRequestError && error.status === 503)) throw error;
			});
		}
	}

	/** The items and errors so far, for the judge. */
	watchers(): Watcher[] {
		return this.#stage.triggers.map((trigger) => {
			const { name, source, events, businessIds, grant } = trigger;
			const watchesInvitations = events.includes('invitationCreated');
			return {
				name, source, watchesInvitations,
				watchesProfiles: events.includes('memberUpdated'),
				businessIds: businessIds ?? WATCHED.map(({ id }) => id),
				items: this.#items.get(trigger) ?? [],
				errors: this.#errors.get(trigger) ?? [],
				polls: pollsOf(this.#requests.get(grant) ?? [], watchesInvitations),
			};
		});
	}

	/** All requests of the package, by credential. */
	requestsByCaller(): Record<string, readonly Request[]> {
		return Object.fromEntries([...this.#stage.callers].map(([grant, { name }]) => [name, this.#requests.get(grant) ?? []]));
	}

	/** In order, up to the first that is still running. */
	#takeRequests(): void {
		for (const entry of this.#stage.world.sandbox.parts.log.since(this.#lastSeq)) {
			if (entry.ms === null) return;
			this.#lastSeq = entry.seq;
			if (entry.grant === null) continue;
			const requests = this.#requests.get(entry.grant) ?? [];
			requests.push(kept(entry));
			this.#requests.set(entry.grant, requests);
		}
	}

	async #takeExecutions(trigger: RunningTrigger): Promise<void> {
		const { client } = this.#stage.world.n8n;
		for (const { id, status, startedAt, stoppedAt } of await client.executions(trigger.workflowId)) {
			if (this.#seen.has(id) || status === 'new' || status === 'running') continue;
			const execution = await client.finished(id);
			this.#seen.add(id);
			if (execution.status === 'error') this.#takeError(trigger, startedAt ?? stoppedAt, execution.error);
			const items = this.#items.get(trigger) ?? [];
			items.push(...(execution.items(TRIGGER_NODE) as unknown as Item[]).filter(({ event }) => typeof event === 'string'));
			this.#items.set(trigger, items);
		}
	}

	#takeError(trigger: RunningTrigger, at: string | undefined, { message, description }: ExecutionError = { message: 'no message' }): void {
		this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
		const errors = this.#errors.get(trigger) ?? [];
		errors.push({ at: Date.parse(at ?? ''), text: `${message} ${description ?? ''}` });
		this.#errors.set(trigger, errors);
	}
}
