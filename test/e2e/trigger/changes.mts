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

/** What came out of the trigger, as far as it tells one change from another. */
export interface Emitted {
	/** Comparable with {@link expectedChange}. */
	readonly change: string;
	readonly eventId: string;
}

/** Fields of a person that the trigger compares; others (job title, street) are no change to it. */
const DIFFED = ['email', 'firstName', 'lastName', 'identityId'];

const EVENT_OF: Partial<Record<HistoryKind, string>> = {
	...Object.fromEntries(ALL_EVENTS.map((event) => [event, event])),
	memberIdChanged: 'memberUpdated',
};

function describe(event: unknown, businessId: unknown, email: unknown, role: unknown): string {
	const change = `${event} ${String(email).toLowerCase()} of ${businessId}`;
	return event === 'roleChanged' ? `${change} to ${role}` : change;
}

/** What an item says has happened. */
export function emittedChange({ event, business, member, invitation }: Json): string {
	const { id } = business as { id: unknown };
	const person = (member ?? invitation) as { email: unknown; role?: unknown };
	return describe(event, id, person.email, person.role);
}

/** What the trigger is to say of an entry of the sandbox's history; undefined: nothing. */
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

/** What is watched, as chosen in the trigger. */
export interface Watched {
	readonly events: readonly string[];
	/** Undefined: all. */
	readonly businessIds?: readonly number[];
}

/** What the trigger is to say of a stretch of history: one change per person and kind between two polls is assumed. */
export function expectedChanges(history: readonly HistoryEntry[], { events, businessIds }: Watched): string[] {
	return history
		.filter(({ businessId }) => businessIds === undefined || businessIds.includes(businessId ?? 0))
		.map(expectedChange)
		.filter((expected) => expected !== undefined)
		.filter(({ event }) => events.includes(event))
		.map(({ change }) => change);
}

/** How what was emitted compares with what was to be. */
export interface Comparison {
	readonly made: string[];
	readonly emitted: string[];
	/** Emitted, though nothing of the kind has happened. */
	readonly untrue: string[];
	/** Happened, and not emitted. */
	readonly lost: string[];
	/** Emitted again, under the id it was emitted with before. */
	readonly repeated: string[];
}

/** @param before the event ids of everything emitted earlier */
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
