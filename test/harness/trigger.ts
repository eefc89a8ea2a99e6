import type { PollContext } from 'n8n-core';
import * as n8nWorkflow from 'n8n-workflow';
import type { IDataObject, INodeExecutionData, INodeParameters, INodeType, WorkflowActivateMode } from 'n8n-workflow';

import { EVENTS, type ChangeItem, type EventName } from '../../nodes/FreshBooksTrigger/changes/events';
import type * as TriggerModule from '../../nodes/FreshBooksTrigger/FreshBooksTrigger.node';
import { passTime } from './clock';
import { pollContext, type StoredCredential } from './context';

/** Runs the trigger like n8n's three polling engines, which store state at different times (measured with n8n 2.40). */

/**
 * - `legacy`: one context and one static-data object for all polls; stored after the activation and when items are emitted.
 * - `scheduler`: each poll starts with the stored state; the state of a poll without items or with an error is lost.
 * - `cursors`: the same, but the state of a poll without items is stored; that of an activation without items is not.
 */
export type Engine = 'legacy' | 'scheduler' | 'cursors';
export const ENGINES: readonly Engine[] = ['legacy', 'scheduler', 'cursors'];

/** The parts of an error that n8n uses. */
export interface ThrownError {
	name: string;
	message: string;
	description: string;
	httpCode: string | null;
	cause: string | undefined;
	retryAfterMs: number | undefined;
}

/** The result of one poll. */
export interface Polled {
	items: ChangeItem[];
	error?: ThrownError;
}

export interface TriggerSettings {
	parameters?: INodeParameters;
	credential: StoredCredential;
	engine?: Engine;
	/** The poll's time budget. Default: the engine's. */
	budgetMs?: number;
	/** How long every request takes, on the test's clock. */
	requestMs?: number;
	/** n8n before 2.38: no durable scheduler, and no time budget for polls. */
	olderHost?: boolean;
}

const BUDGET_MS = 300_000;
const SCHEDULED_BUDGET_MS = 36_000;
const MINUTE_MS = 60_000;

/** Advances the test's clock. */
export function passMinutes(minutes: number): void {
	passTime(minutes * MINUTE_MS);
}

/** The node as a new process loads it, without memory. */
function loadTrigger(): INodeType {
	jest.resetModules();
	// All processes share one n8n: its error classes are compared, and loading it is slow.
	jest.doMock('n8n-workflow', () => n8nWorkflow);
	const { FreshBooksTrigger } = jest.requireActual<typeof TriggerModule>('../../nodes/FreshBooksTrigger/FreshBooksTrigger.node');
	return new FreshBooksTrigger();
}

interface ErrorLike {
	name: string;
	message: string;
	description?: string | null;
	httpCode?: string | null;
	failure?: { cause: string; retryAfterMs?: number };
}

function shown(error: ErrorLike): ThrownError {
	const { name, message, description, httpCode, failure } = error;
	return { name, message, description: description ?? '', httpCode: httpCode ?? null, cause: failure?.cause, retryAfterMs: failure?.retryAfterMs };
}

async function outcomeOf(work: Promise<INodeExecutionData[][] | null>): Promise<{ polled: Polled; isNull: boolean }> {
	return await work.then(
		(output) => {
			if (output !== null && (output.length !== 1 || output[0].length === 0)) throw new Error('An output without items starts an execution without items.');
			const items = (output ?? [[]])[0].map(({ json }) => json as unknown as ChangeItem);
			return { polled: { items }, isNull: output === null };
		},
		(error: ErrorLike) => ({ polled: { items: [], error: shown(error) }, isNull: false }),
	);
}

interface Scene {
	context: PollContext;
	/** The state that the poll reads and writes, as JSON. */
	written: () => string;
}

/** A workflow with the trigger, published or not. */
export class TestTrigger {
	parameters: INodeParameters;

	readonly engine: Engine;

	budgetMs: number | undefined;

	requestMs: number;

	/** Every request awaits this. */
	beforeRequest: (() => Promise<void>) | undefined;

	/** The node's name in the workflow: n8n's key for its static data. */
	name = 'FreshBooks';

	/** All items that started an execution. */
	readonly emitted: ChangeItem[] = [];

	/** Messages in n8n's log. */
	readonly warnings: string[] = [];

	/** The state in n8n's database: the workflow's static data, or the cursor. */
	stored = '{}';

	private node = loadTrigger();

	/** The one context of the legacy engine. */
	private kept: Scene | undefined;

	constructor(private readonly settings: TriggerSettings) {
		this.parameters = settings.parameters ?? {};
		this.engine = settings.engine ?? 'legacy';
		this.budgetMs = settings.budgetMs;
		this.requestMs = settings.requestMs ?? 0;
	}

	/** One attempt of n8n to activate the trigger, with its poll. */
	async activate(mode: WorkflowActivateMode = 'activate'): Promise<Polled> {
		const scene = this.open(mode, BUDGET_MS);
		const { polled } = await this.run(scene);
		if (this.engine === 'legacy' && !polled.error) this.kept = scene;
		if (this.engine !== 'cursors' || polled.items.length > 0) this.stored = scene.written();
		return polled;
	}

	/** The poll of the next minute, by n8n's clock. */
	async poll(): Promise<Polled> {
		passTime(MINUTE_MS);
		return await this.pollAtOnce();
	}

	/** A poll without any time passing, as n8n does while another poll runs. */
	async pollAtOnce(): Promise<Polled> {
		const scene = this.kept ?? this.open(this.engine === 'legacy' ? 'activate' : 'update', this.engine === 'legacy' ? BUDGET_MS : SCHEDULED_BUDGET_MS);
		if (this.engine === 'legacy') this.kept = scene;
		const { polled, isNull } = await this.run(scene);
		if (polled.items.length > 0 || (isNull && this.engine === 'cursors')) this.stored = scene.written();
		return polled;
	}

	/** Kills n8n and starts it again. Only the legacy engine activates its triggers then. */
	async restart(): Promise<Polled> {
		this.node = loadTrigger();
		this.kept = undefined;
		return this.engine === 'legacy' ? await this.activate('init') : { items: [] };
	}

	/** Publishes the workflow with other parameters. */
	async publish(parameters: INodeParameters): Promise<Polled> {
		this.parameters = parameters;
		this.kept = undefined;
		return await this.activate('update');
	}

	/** Renames the trigger and publishes the workflow. */
	async rename(name: string): Promise<Polled> {
		this.name = name;
		return await this.publish(this.parameters);
	}

	/** "Fetch Test Event". */
	async tryOut(): Promise<Polled> {
		const before = this.stored;
		const scene = this.open('manual', BUDGET_MS, 'manual');
		const { polled, isNull } = await outcomeOf(this.callPoll(scene));
		if (scene.written() !== before) throw new Error('A manual poll changed the state.');
		if (isNull) throw new Error('A manual poll that gives null shows nothing at all.');
		return polled;
	}

	/** The state that the trigger will read next, under its key. */
	state(): IDataObject | undefined {
		const written = JSON.parse(this.kept?.written() ?? this.stored) as IDataObject;
		const key = `node:${this.name}`;
		return (key in written ? (written[key] as IDataObject) : written).freshBooks as IDataObject | undefined;
	}

	private async run(scene: Scene): Promise<{ polled: Polled; isNull: boolean }> {
		const outcome = await outcomeOf(this.callPoll(scene));
		this.emitted.push(...outcome.polled.items);
		return outcome;
	}

	private async callPoll({ context }: Scene): Promise<INodeExecutionData[][] | null> {
		const { poll } = this.node;
		if (!poll) throw new Error('The node does not poll.');
		return await poll.call(context);
	}

	private open(activation: WorkflowActivateMode, budgetMs: number, mode: 'trigger' | 'manual' = 'trigger'): Scene {
		const stored = JSON.parse(this.stored) as IDataObject;
		const isCursor = this.engine === 'cursors';
		const { context, workflow } = pollContext(this.node, this.parameters, isCursor ? {} : stored, this.settings.credential, mode, { name: this.name });
		const getPollBudgetMs = this.settings.olderHost ? undefined : () => this.budgetMs ?? budgetMs;
		Object.assign(context, { activation, getPollBudgetMs });
		if (isCursor) Object.assign(context, { resolveNodeStaticData: () => stored });
		const warn = (message: string) => this.warnings.push(message);
		Object.defineProperty(context, 'logger', { value: { warn, info: warn, error: warn, debug: () => undefined } });
		this.slowDown(context);
		// n8n stores the workflow's static data only if it changed.
		const written = () => (isCursor ? JSON.stringify(stored) : workflow.staticData.__dataChanged ? JSON.stringify(workflow.staticData) : this.stored);
		return { context, written };
	}

	private slowDown({ helpers }: PollContext): void {
		const { httpRequestWithAuthentication: send } = helpers;
		const { requestMs } = this;
		const wait = async () => await this.beforeRequest?.();
		helpers.httpRequestWithAuthentication = async function (...request: Parameters<typeof send>) {
			await wait();
			passTime(requestMs);
			return await send.apply(this, request);
		};
	}
}

/** The event names and their people, in order. */
export function reported(items: readonly ChangeItem[]): string[] {
	return items.map(({ event, member, invitation }) => `${event} ${member?.email ?? invitation?.email}`);
}

export const ALL_EVENTS: EventName[] = [...EVENTS];
