import type { IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { checkIntegerId } from '../FreshBooks/client/identifiers';
import { objectOf, type WireObject } from '../FreshBooks/client/json';
import { removalLimitIn, type RemovalLimit } from '../FreshBooks/people/removalLimit';
import { EVENTS, type EventName } from './changes/events';
import type { Source } from './changes/person';

/** The trigger's parameters, read and checked. */
export interface TriggerSettings {
	/** The chosen businesses; undefined for all. */
	businessIds: number[] | undefined;
	source: Source;
	events: ReadonlySet<EventName>;
	emitExisting: boolean;
	removalLimit: RemovalLimit;
}

function refuse(context: IPollFunctions, displayName: string, problem: string): never {
	throw new NodeOperationError(context.getNode(), `Parameter '${displayName}' ${problem}`, {
		description: 'To fix this, correct it in the FreshBooks Trigger and publish the workflow again.',
		failure: { cause: 'configuration-invalid' },
	});
}

function readBusinessIds(context: IPollFunctions): number[] | undefined {
	if (context.getNodeParameter('businesses', 'all') !== 'selected') return undefined;
	const chosen: unknown = context.getNodeParameter('businessIds', []);
	const ids = (Array.isArray(chosen) ? chosen : [chosen]).map((id) => {
		const checked = checkIntegerId(id);
		return checked.ok ? checked.value : refuse(context, 'Business Names or IDs', `has an entry that ${checked.problem}`);
	});
	if (ids.length === 0) refuse(context, 'Business Names or IDs', 'is empty: choose at least one business');
	return [...new Set(ids)];
}

function readEvents(context: IPollFunctions): ReadonlySet<EventName> {
	const chosen: unknown = context.getNodeParameter('events', []);
	const events = EVENTS.filter((event) => Array.isArray(chosen) && chosen.includes(event));
	if (events.length === 0) refuse(context, 'Events', 'is empty: choose at least one event');
	return new Set(events);
}

function readRemovalLimit(context: IPollFunctions, options: WireObject): RemovalLimit {
	return removalLimitIn(options) ?? refuse(context, 'Max Removals', 'must be a number of at least 0');
}

/** Reads the parameters. Throws NodeOperationError naming the one that is wrong. */
export function readSettings(context: IPollFunctions): TriggerSettings {
	const options = objectOf(context.getNodeParameter('options', {}));
	return {
		businessIds: readBusinessIds(context),
		source: context.getNodeParameter('source', 'teamMembers') === 'businessMembers' ? 'businessMembers' : 'teamMembers',
		events: readEvents(context),
		emitExisting: options.emitExisting === true,
		removalLimit: readRemovalLimit(context, options),
	};
}
