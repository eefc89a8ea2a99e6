import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../sandbox/freshbooks/server.mts';
import { credentialData, TYPES, type CredentialRef, type WorkflowDraft, type WorkflowNode } from '../../sandbox/n8n/index.mts';
import { HARBOUR, locator, type Json } from '../e2e/support.mts';

// The input of `n8n import:credentials` and `n8n import:workflow`, which every release has.

export const LIST = 'List';
export const BY_EXPRESSION = 'Base URL by expression';
export const REFUSED = 'Refused';
export const TRIGGER = 'FreshBooks Trigger';
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Seconds between two polls, each with a cron of its own: newer n8n refuse one that runs more than once a minute. */
const POLL_EVERY_S = 5;

const PLAIN = { id: 'freshbooksPlain1', name: 'Plain' };
const EXPRESSION = { id: 'freshbooksExpr01', name: 'Expression' };

/** A workflow as any release stores it. */
export interface ImportedWorkflow extends WorkflowDraft {
	active: boolean;
	versionId: string;
}

export const WORK = 'Work';
export const WATCH = 'Watch';

/** Two connected credentials, each with a grant of its own; one has its base URLs from expressions. */
export function credentials(sandbox: Sandbox): Json[] {
	const expression = `={{ "${sandbox.url}".trim() }}`;
	const data = (more: Json): Json => ({ ...credentialData(sandbox), oauthTokenData: sandbox.grant(), ...more });
	return [
		{ ...PLAIN, type: TYPES.credential, data: data({}) },
		{ ...EXPRESSION, type: TYPES.credential, data: data({ apiBaseUrl: expression, authBaseUrl: expression }) },
	];
}

function freshBooks(name: string, column: number, credential: CredentialRef, parameters: Json): WorkflowNode {
	return {
		id: name.toLowerCase().replaceAll(' ', '-'),
		name,
		type: TYPES.action,
		typeVersion: 1,
		position: [column * 220, 0],
		parameters: { resource: 'teamMember', business: locator('id', HARBOUR), ...parameters },
		credentials: { [TYPES.credential]: credential },
		executeOnce: true,
	};
}

function follow(...names: string[]): WorkflowDraft['connections'] {
	const pairs = names.slice(1).map((node, index) => [names[index], { main: [[{ node, type: 'main', index: 0 }]] }]);
	return Object.fromEntries(pairs) as WorkflowDraft['connections'];
}

/** Lists the two pages of a business with each credential, then asks for somebody who does not exist. */
export function work(): ImportedWorkflow {
	const everyone = { operation: 'getAll', returnAll: true };
	const start: WorkflowNode = { id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} };
	return {
		name: WORK,
		active: false,
		versionId: randomUUID(),
		nodes: [
			start,
			freshBooks(LIST, 1, PLAIN, everyone),
			freshBooks(BY_EXPRESSION, 2, EXPRESSION, everyone),
			freshBooks(REFUSED, 3, PLAIN, { operation: 'get', member: locator('id', NOBODY) }),
		],
		connections: follow('Start', LIST, BY_EXPRESSION, REFUSED),
		settings: {},
	};
}

/** Watches a business. */
export function watch(): ImportedWorkflow {
	const seconds = Array.from({ length: 60 / POLL_EVERY_S }, (_, index) => index * POLL_EVERY_S);
	const trigger: WorkflowNode = {
		id: 'trigger',
		name: TRIGGER,
		type: TYPES.trigger,
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			pollTimes: { item: seconds.map((second) => ({ mode: 'custom', cronExpression: `${second} * * * * *` })) },
			businesses: 'selected',
			businessIds: [HARBOUR],
		},
		credentials: { [TYPES.credential]: PLAIN },
	};
	const after: WorkflowNode = { id: 'after', name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [220, 0], parameters: {} };
	return { name: WATCH, active: false, versionId: randomUUID(), nodes: [trigger, after], connections: follow(TRIGGER, 'After'), settings: {} };
}
