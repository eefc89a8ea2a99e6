import type { BusinessMembership } from '../api/me';
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

function seatsIn({ staffLimit }: Pick<BusinessMembership, 'staffLimit'>, { teamMembers }: BusinessLists): Seats | undefined {
	if (staffLimit === null || staffLimit < 0) return undefined;
	const used = teamMembers.rows.filter(({ active, role }) => active !== false && role !== null && !WITHOUT_SEAT.has(roleKey(role))).length;
	return { limit: staffLimit, used };
}

/** The seats of a business before somebody is invited; undefined where the plan has no limit, or FreshBooks does not say one. */
export async function seatsOf(session: Session, businessId: number, lists: BusinessLists): Promise<Seats | undefined> {
	const me = await session.getMe().catch((error: unknown) => (endsTheRun(error) ? Promise.reject(error) : undefined));
	const membership = me?.memberships.find((one) => one.businessId === businessId);
	return membership && seatsIn(membership, lists);
}

/** What may happen to an invitation where every seat is taken; empty otherwise. */
export function seatWarning(seats: Seats | undefined): string {
	if (seats === undefined || seats.used < seats.limit) return '';
	return ` The plan allows ${seats.limit} staff and ${seats.used} may hold a seat: FreshBooks may refuse the person or bill another seat.`;
}
