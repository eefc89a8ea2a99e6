import type { HistoryEntry, HistoryKind } from '../../../sandbox/freshbooks/types.mts';
import type { Json } from '../support.mts';

/** The trigger's events. */
export const ALL_EVENTS = [
	'memberAdded',
	'memberRemoved',
	'memberDeactivated',
	'memberReactivated',
	'roleChanged',
	'memberUpdated',
	'invitationCreated',
	'invitationAccepted',
	'invitationRevoked',
] as const;

export const DEFAULT_EVENTS = ALL_EVENTS.slice(0, 5);

/** The parts of an item that distinguish changes. */
export interface Emitted {
	/** Comparable with {@link expectedChange}. */
	readonly change: string;
	readonly eventId: string;
}

/** The fields of a person that the trigger compares. It ignores others (job title, street). */
const DIFFED = ['email', 'firstName', 'lastName', 'identityId'];

const EVENT_OF: Partial<Record<HistoryKind, string>> = {
	...Object.fromEntries(ALL_EVENTS.map((event) => [event, event])),
	memberIdChanged: 'memberUpdated',
};

function describe(event: unknown, businessId: unknown, email: unknown, role: unknown): string {
	const change = `${event} ${String(email).toLowerCase()} of ${businessId}`;
	return event === 'roleChanged' ? `${change} to ${role}` : change;
}

/** The change that an item reports. */
export function emittedChange({ event, business, member, invitation }: Json): string {
	const { id } = business as { id: unknown };
	const person = (member ?? invitation) as { email: unknown; role?: unknown };
	return describe(event, id, person.email, person.role);
}

/** The expected change for an entry of the sandbox's history; undefined: none. */
function expectedChange(entry: HistoryEntry): { event: string; change: string } | undefined {
	const { kind, businessId, person, details } = entry;
	const event = EVENT_OF[kind];
	if (event === undefined) return undefined;
	if (kind === 'memberUpdated') {
		const changed = Object.keys((details['changes'] ?? {}) as Json);
		if (!changed.some((field) => DIFFED.includes(field))) return undefined;
	}
	return { event, change: describe(event, businessId, person?.email ?? details['email'], details['to']) };
}

/** The trigger's settings. */
export interface Watched {
	readonly events: readonly string[];
	/** Undefined: all. */
	readonly businessIds?: readonly number[];
}

/** The expected changes for a part of the history. Assumes one change per person and kind between two polls. */
export function expectedChanges(history: readonly HistoryEntry[], { events, businessIds }: Watched): string[] {
	return history
		.filter(({ businessId }) => businessIds === undefined || businessIds.includes(businessId ?? 0))
		.map(expectedChange)
		.filter((expected) => expected !== undefined)
		.filter(({ event }) => events.includes(event))
		.map(({ change }) => change);
}

/** The comparison of emitted and expected changes. */
export interface Comparison {
	readonly made: string[];
	readonly emitted: string[];
	/** Emitted although it did not happen. */
	readonly untrue: string[];
	/** Happened but not emitted. */
	readonly lost: string[];
	/** Emitted again with the same event ID. */
	readonly repeated: string[];
}

/** @param before the event IDs of all earlier items */
export function compare(made: string[], emitted: readonly Emitted[], before: ReadonlySet<string>): Comparison {
	const ids = new Set(before);
	const open = [...made];
	const untrue: string[] = [];
	const repeated: string[] = [];
	for (const { change, eventId } of emitted) {
		const place = open.indexOf(change);
		if (ids.has(eventId)) repeated.push(change);
		else if (place < 0) untrue.push(change);
		else open.splice(place, 1);
		ids.add(eventId);
	}
	return { made, emitted: emitted.map(({ change }) => change), untrue, lost: open, repeated };
}
