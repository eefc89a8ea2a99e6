// The scene of a campaign: a real n8n with the packed package, a sandbox, credentials, triggers and actions.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '../../sandbox/freshbooks/server.mts';
import { connectCredential, TYPES, type Credential, type WorkflowDraft, type WorkflowNode } from '../../sandbox/n8n/index.mts';
import { ALL_EVENTS, DEFAULT_EVENTS } from '../e2e/trigger/changes.mts';
import { pollTimesAt } from '../e2e/trigger/pollTimes.mts';
import { publishScim, type Provider } from '../e2e/scim/provider.mts';
import { locator, startFreshN8n, World, type Json } from '../e2e/support.mts';
import type { Caller } from './director.mts';
import { pollsOf } from './judge/polls.mts';
import { BUSINESSES, PROVISIONED, WATCHED } from './plan.mts';

/** Settings with which one n8n sends hundreds of requests a minute on a busy machine. */
const N8N_SETTINGS = {
	// n8n's newer engine for expressions, the default, creates an isolate for each request that resolves a credential.
	N8N_EXPRESSION_ENGINE: 'legacy',
	// Its database monitor makes n8n refuse everything once the database takes five seconds.
	DB_PING_TIMEOUT_MS: '60000',
	N8N_LOG_LEVEL: 'info',
};

const BASELINE_WITHIN_MS = 120_000;

export const TRIGGER_NODE = 'FreshBooks Trigger';
const ACTION_NODE = 'FreshBooks';

/** A trigger of the campaign, with a credential of its own. */
export interface TriggerChoice {
	readonly name: string;
	readonly source: 'teamMembers' | 'businessMembers';
	readonly events: readonly string[];
	/** Undefined: all. */
	readonly businessIds: readonly number[] | undefined;
	readonly everySeconds: number;
}

const [ALDER, BIRCH, CEDAR, DOGWOOD] = BUSINESSES.map(({ id }) => id) as [number, number, number, number];

const TRIGGERS: readonly TriggerChoice[] = [
	{ name: 'all, team members', source: 'teamMembers', events: ALL_EVENTS, businessIds: undefined, everySeconds: 5 },
	{ name: 'all, business members', source: 'businessMembers', events: ALL_EVENTS, businessIds: undefined, everySeconds: 5 },
	{ name: 'two chosen, team members', source: 'teamMembers', events: ALL_EVENTS, businessIds: [ALDER, CEDAR], everySeconds: 4 },
	{ name: 'two chosen, business members', source: 'businessMembers', events: ALL_EVENTS, businessIds: [BIRCH, DOGWOOD], everySeconds: 4 },
	{ name: 'default events, team members', source: 'teamMembers', events: DEFAULT_EVENTS, businessIds: undefined, everySeconds: 6 },
];

/**
 * The actions of the campaign, each started by a webhook and with one of several credentials; the parameters are in the request.
 * A credential that gets many 429 slows down, so there are several.
 */
const ACTIONS = {
	create: ['inviter', { resource: 'invitation', operation: 'create', email: fromBody('email'), role: fromBody('role'), options: { endpoint: fromBody('way') } }],
	revoke: ['writer', { resource: 'invitation', operation: 'revoke', invitation: locatorOf('email'), options: {} }],
	updateRole: ['writer', { resource: 'teamMember', operation: 'updateRole', member: locatorOf('email'), role: fromBody('role'), options: {} }],
	remove: ['remover', { resource: 'teamMember', operation: 'remove', member: locatorOf('email'), options: { ifMissing: 'succeed' } }],
	onboard: ['hirer', { resource: 'access', operation: 'onboard', email: fromBody('email'), role: fromBody('role'), options: {} }],
	offboard: ['offboarder', { resource: 'access', operation: 'offboard', email: fromBody('email'), businesses: 'selected', businessIds: '={{ [$json.body.businessId] }}', dryRun: false, options: { ifNotFound: 'succeed' } }],
	teamMembers: ['reader of people', { resource: 'teamMember', operation: 'getAll', source: fromBody('source'), returnAll: true, filters: {}, simplify: true }],
	invitations: ['reader of invitations', { resource: 'invitation', operation: 'getAll', returnAll: true }],
	staff: ['reader of staff', { resource: 'staff', operation: 'getAll', account: { __rl: true, mode: 'id', value: '={{ $json.body.account }}' }, returnAll: true, filters: {}, options: {}, simplify: true }],
	businesses: ['reviewer', { resource: 'business', operation: 'getAll', returnAll: true }],
	review: ['reviewer', { resource: 'access', operation: 'review', businesses: 'selected', businessIds: '={{ [$json.body.businessId] }}', directory: '[]', options: {} }],
} as const satisfies Record<string, readonly [string, Json]>;

export type ActionName = keyof typeof ACTIONS;

function fromBody(field: string): string {
	return `={{ $json.body.${field} }}`;
}

function locatorOf(field: string): Json {
	return { __rl: true, mode: 'email', value: fromBody(field) };
}

const BUSINESS = { __rl: true, mode: 'id', value: '={{ $json.body.businessId }}' };

/** A trigger that runs. */
export interface RunningTrigger extends TriggerChoice {
	readonly workflowId: string;
	readonly grant: number;
}

/** The result of an action. */
export interface Answer {
	/** Undefined: it failed. */
	readonly items: Json[] | undefined;
	/** The details of the errors of a failed one. */
	readonly details: Json[];
}

const NO_ANSWER: Answer = { items: undefined, details: [] };

/** Everything that runs. */
export interface Stage {
	readonly world: World;
	readonly triggers: readonly RunningTrigger[];
	readonly callers: ReadonlyMap<number, Caller>;
	/** The grant of the credential that an action uses. */
	readonly grantOf: (action: ActionName) => number;
	/** The address for an identity provider, and the grant of the credential behind it. */
	readonly scim: { readonly provider: Provider; readonly grant: number };
	/** Runs an action. */
	readonly act: (action: ActionName, body: Json) => Promise<Answer>;
}

interface Connected {
	readonly credential: Credential;
	readonly grant: number;
}

class Builder {
	readonly world: World;
	readonly callers = new Map<number, Caller>();
	readonly #actors = new Map<string, Connected>();

	constructor(world: World) {
		this.world = world;
	}

	async connect(name: string, kind: Caller['kind']): Promise<Connected> {
		const credential = await this.world.connect(name);
		const grant = this.world.sandbox.parts.oauth.lastGrant;
		this.callers.set(grant, { name, kind });
		return { credential, grant };
	}

	async actor(name: string): Promise<Connected> {
		const connected = this.#actors.get(name) ?? (await this.connect(name, /^re(ader|viewer)/.test(name) ? 'reader' : 'writer'));
		this.#actors.set(name, connected);
		return connected;
	}

	grantOf(actor: string): number {
		return this.#actors.get(actor)?.grant ?? -1;
	}

	/** Waits until a poll has read every business of a trigger: only then does it know the people. */
	async baselineOf({ name, grant, events, businessIds }: RunningTrigger): Promise<void> {
		const watched = businessIds ?? WATCHED.map(({ id }) => id);
		const deadline = Date.now() + BASELINE_WITHIN_MS;
		const isTaken = (): boolean => {
			const requests = this.world.sandbox.parts.log.since(0).filter((request) => request.grant === grant);
			const polls = pollsOf(requests, events.includes('invitationCreated'));
			return polls.some(({ readings, overBy }) => overBy < Infinity && watched.every((id) => readings.get(id)?.clean));
		};
		while (!isTaken()) {
			if (Date.now() > deadline) throw new Error(`The trigger '${name}' completed no first poll within ${BASELINE_WITHIN_MS / 1000} s.`);
			await sleep(250);
		}
	}

	async publish(draft: WorkflowDraft): Promise<string> {
		const { client } = this.world.n8n;
		const { id } = await client.createWorkflow(draft);
		const status = await client.publish(id);
		if (status !== 'published') throw new Error(`The workflow '${draft.name}' is ${status}, not published.`);
		return id;
	}
}

function nodeOf(name: string, type: string, place: number, parameters: Json, more: Partial<WorkflowNode> = {}): WorkflowNode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [place * 220, 0], parameters, ...more };
}

function credentialsOf({ credential: { id, name } }: Connected): Partial<WorkflowNode> {
	return { credentials: { [TYPES.credential]: { id, name } } };
}

function actionDraft(action: ActionName, connected: Connected): WorkflowDraft {
	const parameters = { business: BUSINESS, ...ACTIONS[action][1] };
	const webhook = { httpMethod: 'POST', path: `soak-${action}`, responseMode: 'lastNode', responseData: 'allEntries', options: {} };
	return {
		name: `Action: ${action}`,
		nodes: [
			nodeOf('Webhook', 'n8n-nodes-base.webhook', 0, webhook, { typeVersion: 2, webhookId: randomUUID() }),
			nodeOf(ACTION_NODE, TYPES.action, 1, parameters, { ...credentialsOf(connected), onError: 'continueRegularOutput' }),
		],
		connections: { Webhook: { main: [[{ node: ACTION_NODE, type: 'main', index: 0 }]] } },
		// Thousands of long lists: they are judged here, so n8n does not store them.
		settings: { saveDataSuccessExecution: action === 'teamMembers' || action === 'staff' ? 'none' : 'all' },
	};
}

function triggerDraft(choice: TriggerChoice, connected: Connected): WorkflowDraft {
	const { name, source, events, businessIds, everySeconds } = choice;
	const seconds = Array.from({ length: 60 / everySeconds }, (_, place) => place * everySeconds);
	const parameters = {
		pollTimes: pollTimesAt(seconds),
		events: [...events],
		source,
		// Hundreds of people come and go: the safeguard against mass removals, which `npm run e2e` tests, would block them.
		options: { maxRemovals: 10_000, maxRemovalsUnit: 'count' },
		...(businessIds ? { businesses: 'selected', businessIds: [...businessIds] } : { businesses: 'all' }),
	};
	return {
		name: `Trigger: ${name}`,
		nodes: [nodeOf(TRIGGER_NODE, TYPES.trigger, 0, parameters, credentialsOf(connected)), nodeOf('After', 'n8n-nodes-base.noOp', 1, {})],
		connections: { [TRIGGER_NODE]: { main: [[{ node: 'After', type: 'main', index: 0 }]] } },
	};
}

async function call(world: World, action: ActionName, body: Json): Promise<Answer> {
	try {
		const response = await fetch(`${world.n8n.url}/webhook/soak-${action}`, {
			method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(280_000),
		});
		const items = (await response.json()) as unknown;
		if (!response.ok || !Array.isArray(items)) return NO_ANSWER;
		const failed = (items as Json[]).filter((item) => 'error' in item);
		if (failed.length === 0) return { items: items as Json[], details: [] };
		return { items: undefined, details: failed.map(({ details }) => details as Json | undefined).filter((details) => details !== undefined) };
	} catch {
		return NO_ANSWER;
	}
}

async function startWorld(): Promise<World> {
	const sandbox = await startSandbox();
	try {
		const n8n = await startFreshN8n('soak', N8N_SETTINGS);
		const credential = await connectCredential(n8n.client, sandbox, {});
		return new World(n8n, sandbox, credential);
	} catch (error) {
		await sandbox.close();
		throw error;
	}
}

/** Starts everything on new folders and free ports, without faults, and waits until every trigger has completed its first poll. */
export async function openStage(): Promise<Stage> {
	const world = await startWorld();
	try {
		const businesses = WATCHED.map(({ id, name, people }) => ({ id, name, withOwner: true, generate: people, accountId: `soak${id}` }));
		await world.control('POST', '/seed', { businesses });
		const builder = new Builder(world);
		for (const action of Object.keys(ACTIONS) as ActionName[]) await builder.publish(actionDraft(action, await builder.actor(ACTIONS[action][0])));
		const directory = await builder.connect('identity provider', 'writer');
		// The limit, which has a test of its own, would block the people who come and go here.
		const provider = await publishScim(world, { business: locator('id', PROVISIONED.id), options: { maxRemovals: 10_000, maxRemovalsUnit: 'count' } }, directory.credential);
		const triggers: RunningTrigger[] = [];
		for (const choice of TRIGGERS) {
			const connected = await builder.connect(choice.name, 'trigger');
			triggers.push({ ...choice, workflowId: await builder.publish(triggerDraft(choice, connected)), grant: connected.grant });
		}
		for (const trigger of triggers) await builder.baselineOf(trigger);
		return { world, triggers, callers: builder.callers, scim: { provider, grant: directory.grant }, grantOf: (action) => builder.grantOf(ACTIONS[action][0]), act: async (action, body) => await call(world, action, body) };
	} catch (error) {
		await world.close();
		throw error;
	}
}
