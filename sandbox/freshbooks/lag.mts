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

	/** From now on this is the earliest state of the business. */
	restart(business: Business, lagMs: number): void {
		this.kept.delete(business);
		if (lagMs > 0) this.keep(business, lagMs);
	}

	/** Keeps the present state; what no list can show any more is dropped. */
	keep(business: Business, lagMs: number): void {
		const now = Date.now();
		const earlier = this.kept.get(business) ?? [];
		const members = business.members.map((member) => ({ ...member }));
		const invitations = business.invitations.map((invitation) => ({ ...invitation }));
		this.kept.set(business, [...earlier.slice(placeAt(earlier, now - lagMs)), { at: now, members, invitations }]);
	}

	/** The state of so long ago, or the earliest one that is known; without any, the present. */
	ago(business: Business, lagMs: number): Lists {
		const states = this.kept.get(business) ?? [];
		return states[placeAt(states, Date.now() - lagMs)] ?? business;
	}
}

/** The place of the state in force at a time. */
function placeAt(states: readonly Past[], time: number): number {
	return Math.max(0, states.findLastIndex(({ at }) => at <= time));
}
