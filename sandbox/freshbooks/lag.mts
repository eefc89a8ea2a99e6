import type { Business, Invitation, Member } from './types.mts';

/** What the lists of a business are made of. */
export interface Lists { members: readonly Member[]; invitations: readonly Invitation[] }

interface Past extends Lists {
	/** Milliseconds, by the machine's own clock. */
	at: number;
}

/** Earlier states of lists, for the setting `listLagMs`. */
export class PastLists {
	private readonly kept = new WeakMap<Business, Past[]>();

	/** Makes the present state the earliest one of the business. */
	restart(business: Business, lagMs: number): void {
		this.kept.delete(business);
		if (lagMs > 0) this.keep(business, lagMs);
	}

	/** Stores the present state, and drops the states that no list can show any more. */
	keep(business: Business, lagMs: number): void {
		const now = Date.now();
		const earlier = this.kept.get(business) ?? [];
		const members = business.members.map((member) => ({ ...member }));
		const invitations = business.invitations.map((invitation) => ({ ...invitation }));
		this.kept.set(business, [...earlier.slice(indexAt(earlier, now - lagMs)), { at: now, members, invitations }]);
	}

	/** The state of `lagMs` ago, or else the earliest stored one, or else the present one. */
	ago(business: Business, lagMs: number): Lists {
		const states = this.kept.get(business) ?? [];
		return states[indexAt(states, Date.now() - lagMs)] ?? business;
	}
}

/** The index of the state that was the present one at `time`. */
function indexAt(states: readonly Past[], time: number): number {
	return Math.max(0, states.findLastIndex(({ at }) => at <= time));
}
