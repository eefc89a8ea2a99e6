import type { Failure as DeclaredFailure, IDataObject, INode, JsonObject } from 'n8n-workflow';
import { BaseError, ExecutionBaseError, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { failureOf, inOneLine, isJsonObject, type Failure, type FailureKind } from './client/errors';
import { textOf, type FailureText, type ParameterNames } from './client/errorTexts';

/** Turns what the API layer and the operations throw into what n8n shows. */

type Named = [name: string, displayName: string];

/** The parameters that may hold an ID of a family; n8n gives a node the parameters that its operation shows, and no others. */
const PARAMETERS_OF_ID_FAMILY: ReadonlyMap<string, Named[]> = new Map([
	['business ID', [['business', 'Business'], ['businessIds', 'Business Names or IDs']]],
	['account ID', [['account', 'Account']]],
	['team member UUID', [['member', 'Team Member']]],
	['whole-number ID', [['member', 'Team Member']]],
	['invitation ID', [['invitation', 'Invitation']]],
	['staff ID', [['staff', 'Staff']]],
]);

const PARAMETERS_OF_FIELD: ReadonlyMap<string, Named[]> = new Map([
	['email', [['email', 'Email']]],
	['to_email', [['email', 'Email']]],
	['role', [['role', 'Role']]],
	['capacity', [['role', 'Role']]],
	['permissions', [['permissions', 'Permissions']]],
]);

/** What the node's operation calls the values that a failure is about; nothing where it has no such parameter. */
function namesIn({ parameters }: INode, { idFamily, field }: Failure): ParameterNames {
	const shown = (named: Named[] = []): string | undefined => named.find(([name]) => name in parameters)?.[1];
	return { ofId: shown(PARAMETERS_OF_ID_FAMILY.get(idFamily)), ofField: shown(PARAMETERS_OF_FIELD.get(field ?? '')) };
}

/** A way out that needs a parameter of the node's operation. */
function adviceIn({ parameters }: INode, { kind }: Failure): string {
	const { resource, operation, options } = parameters;
	const hasBatchSize = isJsonObject(options) && 'batchSize' in options;
	if (kind === 'rateLimited' && hasBatchSize) return "Lower 'Batch Size' if many items are worked on.";
	const isCreate = resource === 'invitation' && operation === 'create';
	return kind === 'unclear' && isCreate ? "With the option 'If Already Invited' set to Return It, running it again finds the one that arrived." : '';
}

/**
 * The text with the name of the business or account beside its ID, where the name was chosen from the list: no request is needed
 * for it. A text that has the name already is left as it is.
 */
function named({ parameters }: INode, text: string): string {
	return ['business', 'account'].reduce((words, kind) => {
		const locator: unknown = parameters[kind];
		if (!isJsonObject(locator) || typeof locator.cachedResultName !== 'string' || !/^\w+$/.test(String(locator.value))) return words;
		// The list's entry ends with the role: `BillSpring (Owner)`.
		const name = inOneLine(locator.cachedResultName.replace(/ \([^()]*\)$/, ''), 80);
		return words.replace(new RegExp(`(?<!\\()\\b${kind} ${String(locator.value)}\\b`), (id) => `${name} (${id})`);
	}, text);
}

function shownText(node: INode, failure: Failure): FailureText {
	const { message, description } = textOf(failure, namesIn(node, failure));
	return { message: named(node, message), description: joined(description, adviceIn(node, failure)) };
}

const CAUSES: Partial<Record<FailureKind, DeclaredFailure['cause']>> = {
	rateLimited: 'rate-limited',
	outage: 'temporarily-unavailable',
	unreachable: 'temporarily-unavailable',
	notJson: 'temporarily-unavailable',
	malformed: 'temporarily-unavailable',
	reconnect: 'credential-invalid',
	scope: 'configuration-invalid',
	permission: 'configuration-invalid',
	notFound: 'configuration-invalid',
	notPublished: 'configuration-invalid',
	redirect: 'configuration-invalid',
};

/** n8n's own word for why it failed, which drives its back-off for polling (n8n-workflow, errors/failure). */
function declared(failure: Failure): DeclaredFailure | undefined {
	const cause = CAUSES[failure.kind];
	if (cause === undefined) return undefined;
	return cause === 'rate-limited' ? { cause, retryAfterMs: failure.retryAfterMs } : { cause };
}

/** Where in the input an error belongs, and what to add to its way out. */
export interface ErrorPlace {
	itemIndex?: number;
	/** What was done before, for a node that stops at the first item that fails. */
	remark?: string;
}

/**
 * Puts back the words that n8n took for a network error: it replaces every message that holds, say, EACCES or EEXIST in any
 * case, as `freeaccess@example.com` does (n8n-workflow 2.40, node.error).
 */
export function worded<Shown extends NodeApiError | NodeOperationError>(error: Shown, message: string): Shown {
	error.message = message;
	return error;
}

function joined(...sentences: Array<string | undefined>): string {
	return sentences.filter((sentence) => sentence).join(' ');
}

/**
 * The error to throw for a list in the editor. Only a NodeApiError reaches the editor with its description (n8n 2.40,
 * response-helper and the editor's rest client).
 */
export function toListError(node: INode, error: unknown): NodeApiError {
	const shown = toNodeError(node, error);
	if (shown instanceof NodeApiError) return shown;
	const { message, description } = shown;
	return worded(new NodeApiError(node, { message }, { message, description: description ?? undefined }), message);
}

/**
 * The error to throw or to show for an item. NodeApiError gets its texts from a plain object: built from another error it
 * would ignore them (n8n-workflow 2.40, node-api.error). It holds no request, header or body.
 */
export function toNodeError(node: INode, error: unknown, { itemIndex, remark }: ErrorPlace = {}): NodeApiError | NodeOperationError {
	const suffix = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const failure = failureOf(error);
	if (failure?.refusal) {
		const { wayOut, report } = failure.refusal;
		const message = named(node, failure.refusal.message);
		const shown = new NodeOperationError(node, `${message}${suffix}`, { description: joined(wayOut, remark), itemIndex });
		// The editor shows it under the error's details, and an error workflow gets it.
		if (report) shown.context.data = report as IDataObject;
		return worded(shown, `${message}${suffix}`);
	}
	if (failure) {
		const { message, description } = shownText(node, failure);
		const plain: JsonObject = { message: `${message}${suffix}` };
		const shown = new NodeApiError(node, plain, {
			message: `${message}${suffix}`,
			description: joined(description, remark),
			httpCode: failure.status === undefined ? undefined : String(failure.status),
			itemIndex,
			failure: declared(failure),
		});
		return worded(shown, `${message}${suffix}`);
	}
	if (error instanceof NodeOperationError) {
		if (remark) error.description = joined(error.description ?? undefined, remark);
		return error;
	}
	if (error instanceof BaseError || error instanceof ExecutionBaseError) {
		// n8n's own: an expression that cannot be worked out, a credential that is not there.
		const description = joined(error.description ?? undefined, remark);
		return worded(new NodeOperationError(node, error.message, { description, itemIndex }), `${error.message}${suffix}`);
	}
	return new NodeOperationError(node, `The FreshBooks node met something it was not made for${suffix}`, {
		description: joined('This is a defect of the node. To fix this, report it with the operation you used.', remark),
		itemIndex,
		failure: { cause: 'node-defect' },
	});
}
