import type { BusinessLists } from './businessLists';
import { endsTheRun } from './reasons';
import { takesSeat } from './roles';
import type { Session } from './session';

/** Seats of a plan, as far as FreshBooks shows them. */

export interface Seats {
	/** `staff.limit` of the business's account. */
	limit: number;
	/** Active people whose role takes a seat. */
	used: number;
}

/**
 * The seats that a business's plan allows; null if it has no limit or FreshBooks returns none. Call this before reading the lists:
 * no request may come between the lists and an invitation.
 */
export async function seatLimitOf(session: Session, businessId: number): Promise<number | null> {
	const me = await session.getMe().catch((error: unknown) => (endsTheRun(error) ? Promise.reject(error) : undefined));
	const limit = me?.memberships.find((one) => one.businessId === businessId)?.staffLimit ?? null;
	return limit === null || limit < 0 ? null : limit;
}

/** The seats of a business, counted in its lists. Undefined without a limit. Pure. */
export function seatsIn(limit: number | null, { teamMembers }: BusinessLists): Seats | undefined {
	if (limit === null) return undefined;
	const used = teamMembers.rows.filter(({ active, role }) => active !== false && takesSeat(role)).length;
	return { limit, used };
}

/** A warning if every seat is taken; otherwise empty. */
export function seatWarning(seats: Seats | undefined): string {
	if (seats === undefined || seats.used < seats.limit) return '';
	return ` The plan allows ${seats.limit} staff and ${seats.used} may hold a seat: FreshBooks may refuse the person or bill another seat.`;
}
