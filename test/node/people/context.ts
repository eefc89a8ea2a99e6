import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { addressOf, businessIdOf, SECRETS, type Alias } from './plan';
import type { World } from './world';

/** Runs the action node in a world, with a minimal fake of n8n. */

const RESOURCES = { offboard: 'access', onboard: 'access', create: 'invitation', revoke: 'invitation', remove: 'teamMember', updateRole: 'teamMember' } as const;
export type OperationName = keyof typeof RESOURCES;

export interface ItemPlan {
	human: number;
	alias: Alias;
	/** The business, for operations with one. */
	business: number;
	role: string;
	/** How operations name one member or invitation. By address by default, or if nothing has such an ID at the start. */
	by?: 'email' | 'id' | 'uuid';
}

/** One execution. */
export interface RunPlan {
	operation: OperationName;
	items: ItemPlan[];
	/** The request of the other execution before which it starts; null: both start together. */
	before: number | null;
	/** The other execution's request waits until this one ends. */
	holds: boolean;
	dryRun: boolean;
	updateRole: boolean;
	includeOtherAddresses: boolean;
	ifNotFound: 'error' | 'succeed';
	failOnPartial: boolean;
	/** The businesses of an offboarding; null: all. */
	businesses: number[] | null;
	batchSize: number;
	continueOnFail: boolean;
}

export const ONE_RUN: RunPlan = {
	operation: 'offboard',
	items: [{ human: 1, alias: 'own', business: 0, role: 'business_employee' }],
	before: null,
	holds: false,
	dryRun: false,
	updateRole: false,
	includeOtherAddresses: false,
	ifNotFound: 'error',
	failOnPartial: true,
	businesses: null,
	batchSize: 5,
	continueOnFail: true,
};

/** The result of an execution. */
export interface Ended {
	plan: RunPlan;
	outputs: INodeExecutionData[];
	/** The thrown error. */
	thrown: IDataObject | undefined;
	/** Everything shown: items, hints, log. */
	shown: string;
}

export const emailOf = ({ human, alias }: ItemPlan): string => addressOf(human, alias);

const PROPERTIES = new FreshBooks().description.properties;

/** The options of an operation; the node refuses others. */
function offeredOptions(operation: OperationName): Set<string> {
	const isIt = ({ name, displayOptions: { show } = {} }: INodeProperties): boolean =>
		name === 'options' && show?.operation?.includes(operation) === true && show.resource?.includes(RESOURCES[operation]) === true;
	return new Set(PROPERTIES.find(isIt)?.options?.map(({ name }) => name));
}

function parametersFor(world: World, plan: RunPlan, item: ItemPlan): IDataObject {
	const { operation, businesses, dryRun, batchSize, updateRole, includeOtherAddresses, ifNotFound, failOnPartial } = plan;
	const offered = offeredOptions(operation);
	const wanted: IDataObject = { batchSize, updateRole, includeOtherAddresses, ifNotFound, ifMissing: ifNotFound, failOnPartial };
	const ids = world.idsOf(item);
	const id = plan.operation === 'revoke' ? ids.invitationId : item.by === 'uuid' ? ids.uuid : ids.memberId;
	const isById = item.by !== undefined && item.by !== 'email' && id !== undefined;
	const person = isById ? { __rl: true, mode: 'id', value: id } : { __rl: true, mode: 'email', value: emailOf(item) };
	return {
		resource: RESOURCES[operation],
		operation,
		email: emailOf(item),
		member: person,
		invitation: person,
		business: { __rl: true, mode: 'id', value: businessIdOf(item.business) },
		role: item.role,
		dryRun,
		businesses: businesses === null ? 'all' : 'selected',
		businessIds: (businesses ?? []).map(businessIdOf),
		options: Object.fromEntries(Object.entries(wanted).filter(([name]) => offered.has(name))),
	};
}

let credentials = 0;

function contextFor(world: World, run: number, plan: RunPlan, note: (text: unknown) => void): IExecuteFunctions {
	const parameters = plan.items.map((item) => parametersFor(world, plan, item));
	const id = `world-${++credentials}`;
	const [accessToken, refreshToken, clientSecret] = SECRETS;
	const context = {
		getNode: () => ({ id: 'node', name: 'FreshBooks', type: 'n8n-nodes-freshbooks.freshBooks', typeVersion: 1, position: [0, 0], parameters: {}, credentials: { freshBooksOAuth2Api: { id, name: 'FreshBooks' } } }),
		getNodeParameter: (name: string, item: number, fallback?: unknown) => structuredClone(parameters[item][name] ?? fallback),
		getInputData: () => plan.items.map((item) => ({ json: { email: emailOf(item) } })),
		getCredentials: async () => ({ environment: 'production', access: 'manage', clientSecret, oauthTokenData: { access_token: accessToken, refresh_token: refreshToken } }),
		continueOnFail: () => plan.continueOnFail,
		getExecutionCancelSignal: () => undefined,
		addExecutionHints: note,
		logger: { debug: note, info: note, warn: note, error: note },
		helpers: { httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => await world.answer(run, options) },
	};
	return context as unknown as IExecuteFunctions;
}

interface ThrownLike {
	message: string;
	description?: string | null;
	context?: IDataObject;
}

/** Runs one execution to its end. */
export async function execute(world: World, run: number, plan: RunPlan): Promise<Ended> {
	const logged: unknown[] = [];
	const ended: Ended = { plan, outputs: [], thrown: undefined, shown: '' };
	try {
		const outputs = await new FreshBooks().execute.call(contextFor(world, run, plan, (text) => logged.push(text)));
		ended.outputs = outputs.flat();
	} catch (error) {
		const { message, description, context } = error as ThrownLike;
		ended.thrown = { error: message, message: description ?? '', item: context?.itemIndex as number, details: context?.data };
	}
	return { ...ended, shown: JSON.stringify([ended.outputs, ended.thrown, logged]) };
}

/** Runs one or two executions as planned, and then delivers all late writes. */
export async function play(world: World, plans: RunPlan[]): Promise<Ended[]> {
	const [first, second] = plans;
	let other: Promise<Ended> | undefined;
	if (second) {
		const begin = async (): Promise<Ended> => await (other ??= execute(world, 1, second));
		if (second.before === null) void begin();
		world.beforeAnswer = async (number) => {
			if (number !== second.before || other) return;
			const running = begin();
			if (second.holds) await running;
		};
	}
	const ended = [await execute(world, 0, first), ...(other ? [await other] : [])];
	world.passTime(Infinity);
	return ended;
}
