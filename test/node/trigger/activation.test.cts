import { ActiveWorkflowTriggers, NoOpPollJobManager, PollContext, PollJobManager, PollTriggerExecutor, TriggersAndPollers } from 'n8n-core';
import { Container } from '@n8n/di';
import type { INodeParameters, INodeType, IPollFunctions, Workflow, WorkflowActivateMode } from 'n8n-workflow';

import type * as Activation from '../../../nodes/FreshBooksTrigger/activation';
import { connectedCredential, pollContext } from '../../harness/context';

/**
 * Activations and scheduled polls, distinguished by n8n-core's own code: it decides which context a poll gets. What n8n itself adds, the
 * contexts of the durable scheduler, is played with on a real n8n by `npm run e2e -- trigger`.
 */

type Constructed<Class> = Class extends abstract new (...args: infer Args) => unknown ? Args : never;

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, scoped: () => quiet };
const tracing = {
	startSpan: async (_options: unknown, work: (span: object) => Promise<void>) => await work({ setStatus: () => undefined }),
	startNewTraceSpan: async (_options: unknown, work: (span: object) => Promise<void>) => await work({ setStatus: () => undefined }),
	pickWorkflowAttributes: () => ({}),
	pickNodeAttributes: () => ({}),
};
const pollTimes = { item: [{ mode: 'everyMinute' }] };
const properties = [
	{ displayName: 'Events', name: 'events', type: 'string', default: '' },
	{ displayName: 'Poll Times', name: 'pollTimes', type: 'json', default: '' },
];

/** An n8n that runs one trigger; `isDurable`: with the durable scheduler. */
class Host {
	/** Of each poll: whether it counted as an activation. */
	readonly polls: boolean[] = [];

	private readonly credential = connectedCredential();

	private now = 0;

	private tick: (() => void) | undefined;

	private readonly triggers: ActiveWorkflowTriggers;

	private readonly isActivationPoll: typeof Activation.isActivationPoll;

	constructor(private readonly isDurable: boolean) {
		jest.resetModules();
		({ isActivationPoll: this.isActivationPoll } = jest.requireActual<typeof Activation>('../../../nodes/FreshBooksTrigger/activation'));
		const pollers = new TriggersAndPollers(...([{ emit: () => undefined }] as unknown as Constructed<typeof TriggersAndPollers>));
		const executor = new PollTriggerExecutor(...([quiet, pollers, tracing, { error: () => undefined }] as unknown as Constructed<typeof PollTriggerExecutor>));
		const crons = {
			register: (_task: unknown, onTick: () => void) => (this.tick = onTick),
			deregisterGroup: () => false,
			deregisterTarget: () => undefined,
			hasTarget: () => false,
			getTargetIds: () => [],
			hasGroup: () => false,
		};
		this.triggers = new ActiveWorkflowTriggers(...([quiet, crons, pollers, { error: () => undefined }, executor] as unknown as Constructed<typeof ActiveWorkflowTriggers>));
		const jobs = { register: async () => ({ inserted: true }), remove: async () => undefined };
		Container.set(PollJobManager, isDurable ? (jobs as unknown as PollJobManager) : new NoOpPollJobManager());
	}

	private scene(mode: WorkflowActivateMode, parameters: INodeParameters): { workflow: Workflow; open: (budgetMs?: number) => PollContext } {
		const note = (context: IPollFunctions) => this.polls.push(this.isActivationPoll(context, 'trigger', this.now));
		const type = {
			description: { properties },
			async poll(this: IPollFunctions) {
				note(this);
				return null;
			},
		} as unknown as INodeType;
		const { workflow, node, context } = pollContext(type, { ...parameters, pollTimes }, {}, this.credential);
		const { additionalData } = context as unknown as { additionalData: ConstructorParameters<typeof PollContext>[2] };
		const open = (budgetMs?: number) => {
			const opened = new PollContext(workflow, node, additionalData, 'trigger', mode);
			return budgetMs === undefined ? opened : Object.assign(opened, { getPollBudgetMs: () => budgetMs });
		};
		return { workflow, open };
	}

	/** n8n activates the trigger. */
	async activate(mode: WorkflowActivateMode, parameters: INodeParameters = {}): Promise<boolean | undefined> {
		const { workflow, open } = this.scene(mode, parameters);
		await this.triggers.remove('workflow-1');
		await this.triggers.addAllTriggers('workflow-1', workflow, {} as never, 'trigger', mode, (() => undefined) as never, () => open());
		return this.polls.at(-1);
	}

	/** The poll of the next minute, or so many seconds later. */
	async poll(parameters: INodeParameters = {}, budgetMs = 36_000, seconds = 60): Promise<boolean | undefined> {
		this.now += seconds * 1000;
		const { length } = this.polls;
		if (this.isDurable) {
			// As `createPollExecutionContext` of n8n 2.40 does.
			const { workflow, open } = this.scene('update', parameters);
			const [node] = Object.values(workflow.nodes);
			await workflow.nodeTypes.getByNameAndVersion(node.type).poll?.call(open(budgetMs));
		} else this.tick?.();
		while (this.polls.length === length) await new Promise((resolve) => setImmediate(resolve));
		return this.polls.at(-1);
	}
}

const MODES: WorkflowActivateMode[] = ['activate', 'init', 'leadershipChange', 'update'];

describe.each([
	['in-memory', false],
	['durable scheduler', true],
])("n8n's polling, %s", (_name, isDurable) => {
	test.each(MODES)('the poll of an activation (%s) is one, and those that follow are none', async (mode) => {
		const host = new Host(isDurable);
		expect(await host.activate(mode)).toBe(true);
		for (let poll = 0; poll < 3; poll++) expect(await host.poll()).toBe(false);
	});

	test.each(MODES)('an activation of a changed trigger later (%s) is one', async (mode) => {
		const host = new Host(isDurable);
		await host.activate('activate');
		await host.poll();
		await host.poll();
		const changed = { events: 'memberAdded' };
		expect(await host.activate(mode, changed)).toBe(true);
		expect(await host.poll(changed)).toBe(false);
	});

	test('five attempts of one activation are', async () => {
		const host = new Host(isDurable);
		for (let attempt = 0; attempt < 5; attempt++) expect(await host.activate('update')).toBe(true);
	});
});

test('in-memory, an activation of a trigger that is as it was is one', async () => {
	const host = new Host(false);
	await host.activate('activate');
	await host.poll();
	await host.poll();
	for (const mode of MODES) expect(await host.activate(mode)).toBe(true);
});

test.each([1_000, 36_000, 300_000])('durable scheduler, a scheduled poll that is given %i ms is none', async (budgetMs) => {
	const host = new Host(true);
	await host.activate('activate');
	expect(await host.poll({}, budgetMs)).toBe(false);
});

test('durable scheduler, with a poll every three seconds: those after an activation are scheduled, and of a new process those from the sixth on', async () => {
	const every3 = async (host: Host) => await host.poll({}, 36_000, 3);
	const published = new Host(true);
	await published.activate('activate');
	expect([await every3(published), await every3(published)]).toEqual([false, false]);
	const restarted = new Host(true);
	const polls = [];
	for (let poll = 0; poll < 9; poll++) polls.push(await every3(restarted));
	expect(polls).toEqual([true, true, true, true, true, false, false, false, false]);
});

test('durable scheduler, only the first poll after n8n was started again may be one', async () => {
	const host = new Host(true);
	expect([await host.poll(), await host.poll(), await host.poll()]).toEqual([true, false, false]);
});
