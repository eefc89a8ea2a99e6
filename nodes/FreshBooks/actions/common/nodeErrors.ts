import type { Failure as DeclaredFailure, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { failureOf, type Failure, type FailureKind } from '../../api/failures';
import { textOf } from './failureTexts';
import { OperationRefusal } from './operation';

/** Turns what the API layer and the operations throw into what n8n shows. */

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

function joined(...sentences: Array<string | undefined>): string {
	return sentences.filter((sentence) => sentence).join(' ');
}

/**
 * The error to throw or to show for an item. NodeApiError gets its texts from a plain object: built from another error it
 * would ignore them (n8n-workflow 2.40, node-api.error). It holds no request, header or body.
 */
export function toNodeError(node: INode, error: unknown, { itemIndex, remark }: ErrorPlace = {}): NodeApiError | NodeOperationError {
	const suffix = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const failure = failureOf(error);
	if (failure) {
		const { message, description } = textOf(failure);
		const plain: JsonObject = { message: `${message}${suffix}` };
		return new NodeApiError(node, plain, {
			message: `${message}${suffix}`,
			description: joined(description, remark),
			httpCode: failure.status === undefined ? undefined : String(failure.status),
			itemIndex,
			failure: declared(failure),
		});
	}
	if (error instanceof OperationRefusal) {
		const description = joined(error.wayOut, remark);
		return new NodeOperationError(node, `${error.message}${suffix}`, { description, itemIndex });
	}
	if (error instanceof NodeOperationError) {
		if (remark) error.description = joined(error.description ?? undefined, remark);
		return error;
	}
	return new NodeOperationError(node, `The FreshBooks node met something it was not made for${suffix}`, {
		description: joined('This is a defect of the node: please report it with the operation you used.', remark),
		itemIndex,
		failure: { cause: 'node-defect' },
	});
}
