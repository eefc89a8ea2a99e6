import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { failureOf, inOneLine, refusal } from '../client/errors';
import { connect } from '../client/client';
import { isDeeperThan } from '../client/json';
import { operations as access } from './access';
import { operations as business } from './business';
import { inBatches, type Outcome, type Task } from './batch';
import { toNodeError } from '../shownErrors';
import type { OutputRow, RunnableOperation } from './common/operation';
import { Parameters } from './common/parameters';
import { Session } from '../people/session';
import { operations as invitation } from './invitation';
import { operations as project } from './project';
import { operations as staff } from './staff';
import { operations as teamMember } from './teamMember';
import { operations as user } from './user';

const RESOURCES: ReadonlyMap<string, ReadonlyMap<string, RunnableOperation>> = new Map(
	Object.entries({ access, business, invitation, project, staff, teamMember, user }).map(([name, operations]) => [
		name,
		new Map<string, RunnableOperation>(Object.entries(operations)),
	]),
);

type Prepared = ReturnType<RunnableOperation['prepare']>;
type Result = OutputRow[];

/** The parameter's value, shortened for a message. The editor's lists have short words only. */
function nameIn(context: IExecuteFunctions, parameter: 'resource' | 'operation'): string {
	const name: unknown = context.getNodeParameter(parameter, 0, '');
	return typeof name === 'string' ? inOneLine(name, 40) : '';
}

function chosenOperation(context: IExecuteFunctions): RunnableOperation {
	const resource = nameIn(context, 'resource');
	const name = nameIn(context, 'operation');
	const operation = RESOURCES.get(resource)?.get(name);
	if (operation) return operation;
	throw new NodeOperationError(context.getNode(), `The FreshBooks node has no operation '${name}' of '${resource}'`, {
		description: "To fix this, choose a 'Resource' and an 'Operation' from the lists.",
	});
}

function outcomeOf<Value>(read: () => Value): Outcome<Value> {
	try {
		return { done: true, result: read() };
	} catch (error) {
		return { done: false, error };
	}
}

function parametersOf(context: IExecuteFunctions, item: number, { description, writes }: RunnableOperation): Parameters {
	return new Parameters(context, item, description, writes);
}

/** Reads every item's parameters before anything is sent, so that a mistake in the last item does not leave half a job done. */
function prepareAll(context: IExecuteFunctions, operation: RunnableOperation, count: number): Array<Outcome<Prepared>> {
	const prepared = Array.from({ length: count }, (_, index) => outcomeOf(() => operation.prepare(parametersOf(context, index, operation))));
	if (!takesSeveral(prepared)) return prepared;
	// A wrong batch size fails every item. If it were thrown, n8n would pass the input on as the output when the node continues after errors.
	const size = outcomeOf(() => batchSizeOf(context, operation, prepared));
	return size.done ? prepared : prepared.map((outcome) => (outcome.done ? size : outcome));
}

function takesSeveral(prepared: Array<Outcome<Prepared>>): boolean {
	return prepared.some((outcome) => outcome.done && outcome.result.serialKey !== undefined);
}

/** Read from the first item whose parameters could be read: an expression that fails for one item does not affect the others. */
function batchSizeOf(context: IExecuteFunctions, operation: RunnableOperation, prepared: Array<Outcome<Prepared>>): number {
	return parametersOf(context, prepared.findIndex(({ done }) => done), operation).batchSize();
}

/** Writes remarks to the log, and shows them in the editor if the running n8n can show hints. */
function remarkIn(context: IExecuteFunctions): (message: string) => void {
	return (message) => {
		context.logger.warn(message);
		context.addExecutionHints?.({ message, type: 'warning', location: 'outputPane' });
	};
}

/** n8n cannot store what is nested a few thousand levels deep (JSON.stringify and structuredClone overflow the stack). */
const DEEPEST_ITEM = 100;

function storable(rows: Result): Result {
	if (!rows.some(({ json }) => isDeeperThan(DEEPEST_ITEM, json))) return rows;
	throw refusal(
		`FreshBooks' answer is nested more than ${DEEPEST_ITEM} levels deep, which n8n could not store`,
		"The request may have been carried out. Check with 'Get Many' and 'Simplify' on.",
	);
}

function taskOf(session: () => Promise<Session>, prepared: Outcome<Prepared>): Task<Result> {
	if (!prepared.done) return { serialKey: undefined, run: async () => await Promise.reject(prepared.error) };
	const { serialKey, run } = prepared.result;
	return { serialKey, run: async () => storable(await run(await session())) };
}

function doneBefore(outcomes: Array<Outcome<Result> | undefined>): string {
	const done = outcomes.flatMap((outcome, index) => (outcome?.done ? [index] : []));
	if (done.length === 0) return '';
	const which = done.length > 20 ? `${done.length} items` : `item${done.length > 1 ? 's' : ''} ${done.join(', ')}`;
	return `Done before it stopped: ${which}.`;
}

/**
 * What happened, the way out and, for programs, the report or the HTTP status. n8n routes an item to the error output when its
 * json has nothing but `error`, `message` and `details`; if an item's json has an `error` and other fields, the other fields
 * are lost.
 */
function errorJson(context: IExecuteFunctions, error: unknown, itemIndex: number): IDataObject {
	const { message, description } = toNodeError(context.getNode(), error, { itemIndex });
	const failure = failureOf(error);
	const details = (failure?.refusal?.report as IDataObject | undefined) ?? (failure?.status === undefined ? undefined : { httpCode: String(failure.status) });
	return { error: message, message: description ?? '', ...(details && { details }) };
}

function rowsOf(context: IExecuteFunctions, outcome: Outcome<Result> | undefined, item: number): Result {
	if (!outcome) return [];
	return outcome.done ? outcome.result : [{ json: errorJson(context, outcome.error, item) }];
}

/**
 * What the other items did, completely or in part, before a failed item stopped the run: `{item, done: [json...]}`, or `{item,
 * error, message, details}` for one that failed as well.
 */
function otherReports(context: IExecuteFunctions, outcomes: Array<Outcome<Result> | undefined>, failedItem: number): IDataObject[] {
	return outcomes.flatMap((outcome, item): IDataObject[] => {
		if (!outcome || item === failedItem) return [];
		return [outcome.done ? { item, done: outcome.result.map(({ json }) => json) } : { item, ...errorJson(context, outcome.error, item) }];
	});
}

/** Every row to its output, in input order. */
function outputsOf(context: IExecuteFunctions, outcomes: Array<Outcome<Result> | undefined>, count: number): INodeExecutionData[][] {
	const outputs = Array.from({ length: count }, (): INodeExecutionData[] => []);
	for (const [index, outcome] of outcomes.entries()) {
		for (const { json, output = 0, item = index } of rowsOf(context, outcome, index)) {
			outputs[output].push({ json, pairedItem: { item } });
		}
	}
	return outputs;
}

/** n8n makes a second node type, named so, of a node that agents may use (n8n 2.40, tool-generation/ai-tools). */
function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** A model gets the first output only (n8n-core 2.40, mapResult). So the summary comes first there. */
function asOneOutput(outputs: INodeExecutionData[][]): INodeExecutionData[][] {
	return [[...outputs].reverse().flat()];
}

/**
 * n8n's AI Agent gives a model an error's message without its description (n8n 2.40, buildSteps); its MCP Server Trigger adds
 * the description in these words, unless it is there (n8n-core 2.40, makeHandleToolInvocation).
 */
function withWayOut(error: unknown): unknown {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (error.description) error.message = `${error.message}\n\nDetails: ${error.description}`;
	}
	return error;
}

function firstFailure(outcomes: Array<Outcome<unknown> | undefined>): { error: unknown; itemIndex: number } | undefined {
	for (const [itemIndex, outcome] of outcomes.entries()) {
		if (outcome && !outcome.done) return { error: outcome.error, itemIndex };
	}
	return undefined;
}

/**
 * Runs the chosen operation for every input item: parameters first, then the work, several items at a time, output in input
 * order. With "continue on fail" an item that fails becomes `{error, message, details}` and the others continue; otherwise the
 * first failing item's error is thrown, says which items were done before, and has their output in its details.
 */
async function runItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = chosenOperation(context);
	const continueOnFail = context.continueOnFail();
	const atOnce = operation.takesAllItems?.(parametersOf(context, 0, operation)) ?? false;
	const prepared = prepareAll(context, operation, atOnce ? 1 : context.getInputData().length);
	const refused = firstFailure(prepared);
	if (refused && !continueOnFail) throw toNodeError(context.getNode(), refused.error, { itemIndex: refused.itemIndex });

	const size = takesSeveral(prepared) ? batchSizeOf(context, operation, prepared) : 1;
	let opened: Promise<Session> | undefined;
	const session = async () => await (opened ??= connect(context).then((client) => new Session(client, remarkIn(context))));
	const mayContinue = (error: unknown) => continueOnFail && failureOf(error)?.kind !== 'cancelled';
	const outcomes = await inBatches(prepared.map((item) => taskOf(session, item)), size, mayContinue);

	const failed = firstFailure(outcomes);
	if (failed && !continueOnFail) {
		const shown = toNodeError(context.getNode(), failed.error, { itemIndex: failed.itemIndex, remark: doneBefore(outcomes) });
		const others = takesSeveral(prepared) ? otherReports(context, outcomes, failed.itemIndex) : [];
		if (others.length > 0) shown.context.data = { ...(shown.context.data as IDataObject | undefined), otherItems: others };
		throw shown;
	}
	return outputsOf(context, outcomes, operation.outputs ?? 1);
}

/** Runs the node. A model gets one output, and errors as one sentence. */
export async function router(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const work = runItems(this);
	return isTool(this) ? asOneOutput(await work.catch(async (error: unknown) => await Promise.reject(withWayOut(error)))) : await work;
}
