/**
 * The people of a business as the trigger sees them, whichever list they came from.
 * Everything else in this folder speaks only of these shapes, never of FreshBooks' own rows.
 */

/** Which FreshBooks list the people come from (the trigger's `source` parameter). */
export type Source = 'teamMembers' | 'businessMembers';

/**
 * One team member, normalised. `null` means that FreshBooks gave no value.
 * `id` is the UUID for `teamMembers`, the decimal integer as text for `businessMembers`.
 * Dates stay the text FreshBooks sent (`2023-01-24T17:17:56Z`).
 */
export interface Person {
	id: string;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	/** An open string: FreshBooks adds roles without notice. */
	role: string | null;
	/** `null`: the list does not say (`businessMembers`); the last known value then holds. */
	active: boolean | null;
	identityId: number | null;
	invitationAcceptedAt: string | null;
	/** Kept for the output only; FreshBooks does not document when it moves, so it is never a change. */
	updatedAt: string | null;
}

/** One invitation that waits for its answer. `id` is the decimal integer as text. */
export interface PendingInvitation {
	id: string;
	email: string | null;
	role: string | null;
	status: string | null;
}

/**
 * A pause in which n8n's event loop may do other work; polling runs in n8n's main process. It is called
 * every {@link SLICE} people, 1 to 5 ms of work, and may return at once when the last real pause was
 * only just now.
 */
export type YieldToEventLoop = () => Promise<void>;

/** So many people are worked on between two pauses. */
export const SLICE = 250;

/** Visits every entry, with pauses. */
export async function forEachInSlices<Entry>(
	entries: readonly Entry[],
	pause: YieldToEventLoop,
	visit: (entry: Entry, place: number) => void,
): Promise<void> {
	for (let place = 0; place < entries.length; place++) {
		if (place % SLICE === SLICE - 1) await pause();
		visit(entries[place], place);
	}
}

/** The address as far as it tells people apart: upper and lower case do not. `null` without one. */
export function addressOf(holder: { email: string | null }): string | null {
	const address = holder.email === null ? '' : holder.email.trim().toLowerCase();
	return address === '' ? null : address;
}
