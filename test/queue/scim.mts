// An identity provider on the cluster: its requests go to the main process and a webhook process in turn, each is repeated
// through the other one, and executions run on the workers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEntry } from '../../sandbox/freshbooks/types.mts';
import { hasEnded } from '../../sandbox/n8n/index.mts';
import { Provider, publishScim } from '../e2e/scim/provider.mts';
import { deprovision, provision, repeated, type Attempt } from '../e2e/scim/requests.mts';
import { locator } from '../e2e/support.mts';
import type { Cluster } from './cluster.mts';

/** The change that the provider requests for one person. */
interface Wish {
	readonly address: string;
	readonly kind: 'create' | 'deactivate';
}

/** The result for all people. */
export interface ProviderOutcome {
	readonly sent: number;
	readonly done: number;
	/** Effects beyond a person's first: invitations, removals, items. */
	readonly repeated: readonly string[];
	/** Without an effect, or with one and no item. */
	readonly lost: readonly string[];
	/** Effects and items without a request. */
	readonly untrue: readonly string[];
	/** Requests answered by each process. */
	readonly byDoor: readonly number[];
	/** Attempts that were not done at the first try, with their statuses. */
	readonly again: readonly string[];
}

const EFFECT = { create: 'invitationCreated', deactivate: 'memberRemoved' } as const;
const EVENT = { create: 'provisioned', deactivate: 'deprovisioned' } as const;
/** Entra ID sends up to 25 requests a second; so many run at the same time. */
const AT_ONCE = 4;
const TRIES = 3;
const PAUSE_MS = 2_000;
const ITEMS_WITHIN_MS = 60_000;
const NODE = 'FreshBooks SCIM Trigger';

const effectOf = ({ kind, address }: Wish): string => `${EFFECT[kind]} ${address}`;
const itemOf = ({ kind, address }: Wish): string => `${EVENT[kind]} ${address}`;

/** How often each text is in the list. */
function counted(texts: readonly string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return counts;
}

/** A published SCIM trigger of a business of its own, and a provider that calls it through two processes. */
export class IdentityProvider {
	readonly #cluster: Cluster;
	readonly #businessId: number;
	readonly #doors: readonly [Provider, Provider];
	readonly #wishes: readonly Wish[];
	readonly #answered = [0, 0];
	readonly #again: string[] = [];

	private constructor(cluster: Cluster, businessId: number, doors: readonly [Provider, Provider], wishes: readonly Wish[]) {
		this.#cluster = cluster;
		this.#businessId = businessId;
		this.#doors = doors;
		this.#wishes = wishes;
	}

	/** Half of `people` are new, half are active members of the business who leave. */
	static async publish(cluster: Cluster, businessId: number, people: number): Promise<IdentityProvider> {
		const { world, webhook } = cluster;
		const half = Math.ceil(people / 2);
		const main = await publishScim(world, { business: locator('id', businessId), options: { maxRemovals: half, maxRemovalsUnit: 'count' } });
		const other = new Provider(main.workflowId, main.baseUrl.replace(world.n8n.url, webhook.url), main.token);
		const members = world.sandbox.parts.world.businesses.get(businessId)?.members ?? [];
		const leavers = members.filter(({ role, active }) => role !== 'owner' && active).slice(0, half);
		const wishes = leavers.flatMap(({ email }, index): Wish[] => [{ kind: 'create', address: `scim.${index + 1}@example.net` }, { kind: 'deactivate', address: email }]);
		return new IdentityProvider(cluster, businessId, [main, other], wishes);
	}

	/** Sends each request through one process, and again through the other. */
	async play(): Promise<void> {
		const left = [...this.#wishes.entries()];
		const next = async (): Promise<void> => {
			for (let one = left.shift(); one; one = left.shift()) await this.#ask(...one);
		};
		await Promise.all(Array.from({ length: AT_ONCE }, next));
	}

	async #ask(index: number, wish: Wish): Promise<void> {
		// In pairs, so that each process gets both kinds.
		const first = Math.floor(index / 2) % 2;
		for (const door of [first, 1 - first]) {
			const attempts = await repeated(async () => await this.#attempt(wish, door), TRIES, PAUSE_MS);
			if (attempts.length > 1 || !attempts[0]?.isDone) this.#again.push(`${wish.kind} ${attempts.map((attempt) => attempt?.statuses.join('+') ?? 'broken off').join(', ')}`);
		}
	}

	async #attempt({ kind, address }: Wish, door: number): Promise<Attempt> {
		const provider = this.#doors[door];
		if (!provider) throw new Error(`There is no process ${door}.`);
		const attempt = kind === 'create' ? await provision(provider, address) : await deprovision(provider, address);
		this.#answered[door] = (this.#answered[door] ?? 0) + attempt.statuses.length;
		return attempt;
	}

	/** The result by FreshBooks' history and by the items of the workflow. */
	async outcome(history: readonly HistoryEntry[]): Promise<ProviderOutcome> {
		const effects = counted(history.filter(({ by, businessId }) => by === 'api' && businessId === this.#businessId).map(({ kind, person, details }) => `${kind} ${String(person?.email ?? details['email'])}`));
		const items = counted(await this.#items());
		const isDone = (wish: Wish): boolean => effects.has(effectOf(wish)) && items.has(itemOf(wish));
		const asked = new Set(this.#wishes.flatMap((wish) => [effectOf(wish), itemOf(wish)]));
		const all = [...effects, ...items];
		return {
			sent: this.#wishes.length,
			done: this.#wishes.filter(isDone).length,
			repeated: all.filter(([what, times]) => asked.has(what) && times > 1).map(([what, times]) => `${what}: ${times} times`),
			lost: this.#wishes.filter((wish) => !isDone(wish)).map((wish) => `${effectOf(wish)}${effects.has(effectOf(wish)) ? ', its item' : ''}`),
			untrue: all.map(([what]) => what).filter((what) => !asked.has(what)),
			byDoor: this.#answered,
			again: this.#again,
		};
	}

	/** Event and person of each item, when there is one for everybody, or no more come. */
	async #items(): Promise<string[]> {
		const { client } = this.#cluster.world.n8n;
		const { workflowId } = this.#doors[0];
		const deadline = Date.now() + ITEMS_WITHIN_MS;
		for (;;) {
			const executions = (await client.executions(workflowId, this.#wishes.length * 3)).filter(({ status }) => hasEnded(status));
			if (executions.length >= this.#wishes.length || Date.now() > deadline) {
				const ended = await Promise.all(executions.map(async ({ id }) => await client.finished(id)));
				return ended.flatMap((execution) => execution.items(NODE)).map(({ event, email }) => `${String(event)} ${String(email)}`);
			}
			await sleep(500);
		}
	}
}
