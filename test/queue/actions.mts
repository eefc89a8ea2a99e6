// The actions of the campaign, the workflows that run them, and how each action is found in the sandbox's history.
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { pendingInvitations } from '../../sandbox/freshbooks/businesses.mts';
import type { Business, HistoryEntry, HistoryKind, Member } from '../../sandbox/freshbooks/types.mts';
import type { World as People } from '../../sandbox/freshbooks/world.mts';
import { hasEnded, TYPES, type CredentialRef, type Execution, type N8nClient, type WorkflowDraft } from '../../sandbox/n8n/index.mts';
import { locator, type Json } from '../e2e/support.mts';

export const OPERATIONS = ['invite', 'onboard', 'updateRole', 'revoke', 'remove', 'get'] as const;
export type Operation = (typeof OPERATIONS)[number];
export const WRITES = OPERATIONS.filter((operation) => operation !== 'get');

/** One item for the FreshBooks node. */
export interface Action {
	readonly operation: Operation;
	readonly businessId: number;
	readonly email: string;
	readonly role: string;
	/** Of a team member; empty for somebody who is not in the business yet. */
	readonly uuid: string;
}

/** The items of one execution. */
export interface Batch {
	readonly id: string;
	readonly operation: Operation;
	readonly actions: readonly Action[];
}

const EFFECT: Record<Operation, HistoryKind | undefined> = {
	invite: 'invitationCreated',
	onboard: 'invitationCreated',
	updateRole: 'roleChanged',
	revoke: 'invitationRevoked',
	remove: 'memberRemoved',
	get: undefined,
};

/** Businesses with enough people that every action is about a different person. */
export class Scene {
	readonly #people: People;
	readonly #businesses: Business[];
	/** People of each business that no action is about yet. */
	readonly #free: Member[][];
	#count = 0;

	constructor(people: People, businessIds: readonly number[]) {
		this.#people = people;
		this.#businesses = businessIds.map((id) => people.businesses.get(id)).filter((business) => business !== undefined);
		this.#free = this.#businesses.map(({ members }) => members.filter(({ role }) => role !== 'owner'));
	}

	/** `count` actions about people that no earlier action was about; the invitations to revoke are created here. */
	actions(operation: Operation, count: number): Action[] {
		return Array.from({ length: count }, () => this.#action(operation));
	}

	#action(operation: Operation): Action {
		const number = ++this.#count;
		const place = number % this.#businesses.length;
		const business = this.#businesses[place];
		if (!business) throw new Error('The scene has no business.');
		const action = { operation, businessId: business.id, role: 'business_employee', uuid: '' };
		if (operation === 'updateRole' || operation === 'remove' || operation === 'get') {
			const member = this.#free[place]?.pop();
			if (!member) throw new Error(`Business ${business.id} has too few people.`);
			const role = member.role === 'contractor' ? 'business_manager' : 'contractor';
			return { ...action, email: member.email, uuid: member.uuid, role };
		}
		const email = `${operation}.${number}@example.net`;
		if (operation === 'revoke') this.#people.invite(business, { email, role: action.role }, 'control');
		return { ...action, email };
	}

	/** A text that is equal for equal states of all people. */
	fingerprint(): string {
		const state = this.#businesses.map((business) => ({
			members: business.members.map(({ uuid, email, role, active }) => [uuid, email, role, active]),
			invitations: pendingInvitations(business).map(({ id, email, role }) => [id, email, role]),
		}));
		return createHash('sha256').update(JSON.stringify(state)).digest('hex');
	}
}

/** Batches of actions, one for each execution, of all operations in turn. */
export function inTurns(actions: readonly Action[], perBatch: number, name: string): Batch[] {
	const queues = OPERATIONS.map((operation) => ({ operation, left: actions.filter((action) => action.operation === operation) }));
	const batches: Batch[] = [];
	while (queues.some(({ left }) => left.length > 0)) {
		for (const { operation, left } of queues) {
			if (left.length > 0) batches.push({ id: `${name} ${batches.length + 1}`, operation, actions: left.splice(0, perBatch) });
		}
	}
	return batches;
}

function placeOf(kind: string, businessId: unknown, email: unknown): string {
	return `${kind} ${String(businessId)} ${String(email).toLowerCase()}`;
}

/** How actions compare with what happened in FreshBooks. */
export interface Verdict {
	readonly sent: number;
	readonly done: number;
	/** Effects beyond the first of an action. */
	readonly repeated: number;
	readonly lost: readonly Action[];
	/** Effects that belong to no action. */
	readonly untrue: readonly string[];
}

/**
 * Compares actions with the history of what callers of the API changed.
 *
 * @param answered the read actions with a result; write actions are judged by their effect only
 */
export function judge(actions: readonly Action[], history: readonly HistoryEntry[], answered: ReadonlySet<Action>): Verdict {
	const effects = new Map<string, number>();
	for (const { by, kind, businessId, person, details } of history) {
		if (by !== 'api') continue;
		const place = placeOf(kind, businessId, person?.email ?? details['email']);
		effects.set(place, (effects.get(place) ?? 0) + 1);
	}
	const places = new Map(actions.map((action) => [action, placeOf(EFFECT[action.operation] ?? '', action.businessId, action.email)]));
	const isDone = (action: Action): boolean => (EFFECT[action.operation] ? effects.has(places.get(action) ?? '') : answered.has(action));
	const asked = new Set(places.values());
	const lost = actions.filter((action) => !isDone(action));
	return {
		sent: actions.length,
		done: actions.length - lost.length,
		repeated: [...effects].reduce((sum, [place, count]) => sum + (asked.has(place) ? count - 1 : 0), 0),
		lost,
		untrue: [...effects.keys()].filter((place) => !asked.has(place)),
	};
}

const WEBHOOK = 'Webhook';
const SPLIT = 'Split Out';
const NODE = 'FreshBooks';

function parametersOf(operation: Operation): Json {
	const business = locator('id', '={{ $json.businessId }}');
	const person = locator('email', '={{ $json.email }}');
	const invited = { business, email: '={{ $json.email }}', role: '={{ $json.role }}' };
	const parameters: Record<Operation, Json> = {
		invite: { resource: 'invitation', operation: 'create', ...invited, options: { ifExists: 'return' } },
		onboard: { resource: 'access', operation: 'onboard', ...invited, options: {} },
		updateRole: { resource: 'teamMember', operation: 'updateRole', business, member: person, role: '={{ $json.role }}', options: {} },
		revoke: { resource: 'invitation', operation: 'revoke', business, invitation: person, options: { ifMissing: 'succeed' } },
		remove: { resource: 'teamMember', operation: 'remove', business, member: person, options: { ifMissing: 'succeed' } },
		get: { resource: 'teamMember', operation: 'get', business, member: locator('id', '={{ $json.uuid }}'), options: {} },
	};
	return parameters[operation];
}

function draftOf(operation: Operation, { id, name }: CredentialRef): WorkflowDraft {
	const nodeOf = (nodeName: string, type: string, typeVersion: number, parameters: Json): WorkflowDraft['nodes'][number] => ({
		id: `${operation}-${nodeName}`,
		name: nodeName,
		type,
		typeVersion,
		position: [0, 0],
		parameters,
	});
	const to = (node: string): Json => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		name: `Queue: ${operation}`,
		nodes: [
			{ ...nodeOf(WEBHOOK, 'n8n-nodes-base.webhook', 2, { httpMethod: 'POST', path: pathOf(operation), responseMode: 'onReceived', options: {} }), webhookId: pathOf(operation) },
			nodeOf(SPLIT, 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items', options: {} }),
			{
				...nodeOf(NODE, TYPES.action, 1, parametersOf(operation)),
				credentials: { [TYPES.credential]: { id, name } },
				// So that each item has its own result.
				onError: 'continueRegularOutput',
			},
		],
		connections: { [WEBHOOK]: to(SPLIT), [SPLIT]: to(NODE) },
	};
}

function pathOf(operation: Operation): string {
	return `queue-${operation}`;
}

/** The results of executions. */
export interface Answers {
	/** Actions answered without an error. */
	readonly answered: ReadonlySet<Action>;
	/** Errors of items, by message. */
	readonly errors: readonly string[];
	/** Batches whose execution did not succeed. */
	readonly broken: readonly Batch[];
	/** How executions ended, with their number. */
	readonly statuses: Readonly<Record<string, number>>;
}

const LOOK_EVERY_MS = 500;

/** One published workflow for each operation, started by a webhook: its production executions run on n8n's workers. */
export class ActionWorkflows {
	readonly #client: N8nClient;
	readonly #workflows = new Map<Operation, string>();
	/** Executions that were there before the last sending. */
	readonly #old = new Set<string>();

	private constructor(client: N8nClient) {
		this.#client = client;
	}

	static async publish(client: N8nClient, credential: CredentialRef): Promise<ActionWorkflows> {
		const workflows = new ActionWorkflows(client);
		for (const operation of OPERATIONS) {
			const { id } = await client.createWorkflow(draftOf(operation, credential));
			const status = await client.publish(id);
			if (status !== 'published') throw new Error(`The workflow '${operation}' is ${status}, not published.`);
			workflows.#workflows.set(operation, id);
		}
		return workflows;
	}

	/** Starts one execution for each batch, `atOnce` calls at the same time; n8n answers when it has queued it. */
	async send(batches: readonly Batch[], atOnce = 8): Promise<void> {
		for (const { id } of await this.#executions()) this.#old.add(id);
		const left = [...batches];
		const sendNext = async (): Promise<void> => {
			for (let batch = left.shift(); batch; batch = left.shift()) await this.#sendOne(batch);
		};
		await Promise.all(Array.from({ length: atOnce }, sendNext));
	}

	async #sendOne({ id, operation, actions }: Batch): Promise<void> {
		const response = await fetch(new URL(`/webhook/${pathOf(operation)}`, this.#client.baseUrl), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ batch: id, items: actions }),
		});
		if (!response.ok) throw new Error(`n8n answered ${response.status} to batch ${id}: ${await response.text()}`);
	}

	async #executions(): Promise<Array<{ id: string; status: string }>> {
		const lists = await Promise.all([...this.#workflows.values()].map(async (id) => await this.#client.executions(id)));
		return lists.flat();
	}

	/** Waits until so many executions of the last sending have ended, and reads the results of the batches sent. */
	async answers(batches: readonly Batch[], withinMs: number, meanwhile: () => Promise<void> = async () => undefined): Promise<Answers> {
		const deadline = Date.now() + withinMs;
		for (;;) {
			const fresh = (await this.#executions()).filter(({ id }) => !this.#old.has(id));
			const ended = fresh.filter(({ status }) => hasEnded(status));
			if (ended.length >= batches.length) return await this.#read(batches, ended);
			if (Date.now() > deadline) throw new Error(`Of ${batches.length} executions, ${ended.length} had ended after ${withinMs / 1000} s.`);
			await meanwhile();
			await sleep(LOOK_EVERY_MS);
		}
	}

	async #read(batches: readonly Batch[], ended: ReadonlyArray<{ id: string; status: string }>): Promise<Answers> {
		const byId = new Map(batches.map((batch) => [batch.id, batch]));
		const answered = new Set<Action>();
		const errors: string[] = [];
		const broken = new Set(batches);
		const statuses: Record<string, number> = {};
		for (const { id, status } of ended) {
			statuses[status] = (statuses[status] ?? 0) + 1;
			if (status !== 'success') continue;
			const execution = await this.#client.finished(id);
			const batch = byId.get(batchOf(execution));
			if (!batch) continue;
			broken.delete(batch);
			for (const [index, item] of execution.items(NODE).entries()) {
				const action = batch.actions[index];
				if (typeof item['error'] === 'string') errors.push(item['error']);
				else if (action) answered.add(action);
			}
		}
		return { answered, errors, broken: [...broken], statuses };
	}
}

function batchOf(execution: Execution): string {
	const [item] = execution.items(WEBHOOK);
	return String((item?.['body'] as Json | undefined)?.['batch']);
}
