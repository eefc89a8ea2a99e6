import type { WorkflowNode } from '../../../sandbox/n8n/index.mts';
import type { Json } from '../support.mts';

/** Nodes whose service is not here. */
const NOT_HERE = new Set(['n8n-nodes-base.slack', 'n8n-nodes-base.googleSheets']);

/** Whether a run has to replace the node. */
export function isNotHere({ type }: WorkflowNode): boolean {
	return NOT_HERE.has(type);
}

function typeOf(value: unknown): string {
	return Array.isArray(value) ? 'array' : typeof value;
}

interface Leaf {
	path: string;
	value: unknown;
}

function isBranch(value: unknown): value is Json | unknown[] {
	return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Every value below, with its path as n8n's Edit Fields node writes it. */
function leavesOf(value: unknown, path = ''): Leaf[] {
	if (!isBranch(value)) return [{ path, value }];
	const step = (key: string): string => (Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
	return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, step(key)));
}

/**
 * An Edit Fields node in the place of one whose service is not here. Its output is what that node would have been given:
 * its parameters, with every expression worked out by n8n for each item.
 */
export function standIn({ id, name, position, parameters, onError }: WorkflowNode): WorkflowNode {
	const assignments = leavesOf(parameters).map(({ path, value }, index) => ({
		id: `${name} ${index}`,
		name: path,
		value,
		type: typeOf(value),
	}));
	return {
		id,
		name,
		position,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { assignments: { assignments }, options: {} },
		...(onError === undefined ? {} : { onError }),
	};
}
