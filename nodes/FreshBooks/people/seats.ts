import type { BusinessLists } from './businessLists';
import { endsTheRun } from './reasons';
import { roleKey } from './roles';
import type { Session } from './session';

/** Seats of a plan, as far as FreshBooks says something of them. */

export interface Seats {
	/** `staff.limit` of the business's account. */
	limit: number;
	/** Active people whose role takes a seat, by FreshBooks' help pages: neither the owner, nor accountants, contractors and unassigned people. */
	used: number;
}

const WITHOUT_SEAT = new Set(['owner', 'accountant', 'contractor', 'no_seat_employee']);

/**
 * The seats that a business's plan allows; null where it has no limit, or FreshBooks does not say one. Ask for it before the
 * lists that decide: nothing may be waited for between these and an invitation.
 */
export async function seatLimitOf(session: Session, businessId: number): Promise<number | null> {
	const me = await session.getMe().catch((error: unknown) => (endsTheRun(error) ? Promise.reject(error) : undefined));
	const limit = me?.memberships.find((one) => one.businessId === businessId)?.staffLimit ?? null;
	return limit === null || limit < 0 ? null : limit;
}

/** The seats of a business as its lists show them; undefined without a limit. Pure. */
export function seatsIn(limit: number | null, { teamMembers }: BusinessLists): Seats | undefined {
	if (limit === null) return undefined;
	const used = teamMembers.rows.filter(({ active, role }) => active !== false && role !== null && !WITHOUT_SEAT.has(roleKey(role))).length;
	return { limit, used };
}

/** What may happen to an invitation where every seat is taken; empty otherwise. */
export function seatWarning(seats: Seats | undefined): string {
	if (seats === undefined || seats.used < seats.limit) return '';
	return ` The plan allows ${seats.limit} staff and ${seats.used} may hold a seat: FreshBooks may refuse the person or bill another seat.`;
}
