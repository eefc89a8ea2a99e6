import type { Failure as DeclaredFailure, IDataObject, INode, JsonObject } from 'n8n-workflow';
import { BaseError, ExecutionBaseError, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { failureOf, inOneLine, isJsonObject, type Failure, type FailureKind } from './client/errors';
import { textOf, type FailureText, type ParameterNames } from './client/errorTexts';

/** Converts the errors of the API layer and of the operations to errors that n8n shows. */

type Named = [name: string, displayName: string];

/** The parameters that may contain an ID of each kind. n8n gives a node only the parameters that its operation shows. */
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

/** The parameters that a failure is about, by display name. Empty if the operation has none. */
function namesIn({ parameters }: INode, { idFamily, field }: Failure): ParameterNames {
	const shown = (named: Named[] = []): string | undefined => named.find(([name]) => name in parameters)?.[1];
	return { ofId: shown(PARAMETERS_OF_ID_FAMILY.get(idFamily)), ofField: shown(PARAMETERS_OF_FIELD.get(field ?? '')) };
}

/** Advice that names a parameter of the node's operation. */
function adviceIn({ parameters }: INode, { kind }: Failure): string {
	const { resource, operation, options } = parameters;
	const hasBatchSize = isJsonObject(options) && 'batchSize' in options;
	if (kind === 'rateLimited' && hasBatchSize) return "Lower 'Batch Size' if there are many items.";
	const isCreate = resource === 'invitation' && operation === 'create';
	return kind === 'unclear' && isCreate ? "With the option 'If Already Invited' set to Return It, running it again returns the invitation that arrived." : '';
}

/**
 * The text with the name of the business or account beside its ID. The name comes from the choice in the parameter's list, so
 * no request is needed. A text that already has the name is returned unchanged.
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

/** n8n's name for the cause of the failure. n8n uses it for its back-off when polling (n8n-workflow, errors/failure). */
function declared(failure: Failure): DeclaredFailure | undefined {
	const cause = CAUSES[failure.kind];
	if (cause === undefined) return undefined;
	return cause === 'rate-limited' ? { cause, retryAfterMs: failure.retryAfterMs } : { cause };
}

/** The input item of an error, and what to add to its way out. */
export interface ErrorPlace {
	itemIndex?: number;
	/** What was done before the first failed item, at which the node stops. */
	remark?: string;
}

/**
 * Restores a message that n8n replaced. n8n takes every message that contains, for example, EACCES or EEXIST in any case for a
 * network error (n8n-workflow 2.40, node.error); `freeaccess@example.com` contains one.
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
 * The error to throw or to show for an item. NodeApiError is created from a plain object, because it ignores the texts if it is
 * created from another error (n8n-workflow 2.40, node-api.error). It contains no request, header or body.
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
		// An error of n8n, such as an expression that cannot be resolved or a missing credential.
		const description = joined(error.description ?? undefined, remark);
		return worded(new NodeOperationError(node, error.message, { description, itemIndex }), `${error.message}${suffix}`);
	}
	return new NodeOperationError(node, `An unexpected error occurred in the FreshBooks node${suffix}`, {
		description: joined('This is a defect of the node. To fix this, report it with the operation you used.', remark),
		itemIndex,
		failure: { cause: 'node-defect' },
	});
}
