import { failureOf } from '../client/errors';
import { invitationOf } from '../api/invitations';
import { booleanOrNull, idOrNull, textOrNull, type WireObject } from '../client/json';
import type { ListName, Session } from './session';
import { sameRole } from './roles';

/** Where an address stands in one business: member, invited, neither. */

export interface Membership {
	/** UUID in the published list; null for somebody who is in the guide's list only. */
	teamMemberId: string | null;
	/** Whole number in the guide's list; null where only the published list was read. */
	memberId: number | null;
	role: string | null;
	active: boolean;
}

export type Standing =
	| { kind: 'member'; sameRole: boolean; membership: Membership }
	| { kind: 'invited' }
	| { kind: 'inactive'; membership: Membership }
	| { kind: 'unknown' };

/** Without an identity nobody has logged in yet: somebody who is invited as well waits, whatever `active` says. */
function fromTeamMember(row: WireObject, invited: boolean): Membership {
	const waits = invited && idOrNull(row.identity_id) === null && textOrNull(row.invitation_date_accepted) === null;
	return {
		teamMemberId: textOrNull(row.uuid),
		memberId: null,
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active) !== false && !waits,
	};
}

/** The guide's rows have no `active`; somebody who has not confirmed yet is not in. */
function fromBusinessMember(row: WireObject): Membership {
	const active = booleanOrNull(row.active) ?? booleanOrNull(row.confirmed) ?? true;
	return { teamMemberId: null, memberId: idOrNull(row.id), role: textOrNull(row.role), active };
}

/** Everything that the lists hold of an address, judged. Pure. */
export function judge(memberships: Membership[], invited: boolean, role: string): Standing {
	const active = memberships.filter((membership) => membership.active);
	if (active.length > 0) {
		const fitting = active.find((membership) => sameRole(membership.role, role));
		return { kind: 'member', sameRole: fitting !== undefined, membership: fitting ?? active[0] };
	}
	// Before "inactive": FreshBooks may list an invited person as an inactive member until they accept.
	if (invited) return { kind: 'invited' };
	return memberships.length > 0 ? { kind: 'inactive', membership: memberships[0] } : { kind: 'unknown' };
}

/** All rows of an address in a list. */
export async function rowsOf(session: Session, list: ListName, businessId: number, email: string): Promise<WireObject[]> {
	const { found } = await session.look(list, businessId, (roster) => {
		const rows = roster.byEmail(email);
		return rows.length > 0 ? rows : undefined;
	});
	return found ?? [];
}

/** The guide's list, or nothing where FreshBooks does not offer it. */
async function businessMembers(session: Session, businessId: number, email: string): Promise<WireObject[]> {
	return await rowsOf(session, 'businessMembers', businessId, email).catch((error: unknown) => {
		return failureOf(error)?.kind === 'notPublished' ? [] : Promise.reject(error);
	});
}

/** Reads both lists of people, the published one first; the guide's only for an address that is not in it. */
export async function membershipsOf(session: Session, businessId: number, email: string, invited: boolean): Promise<Membership[]> {
	const published = (await rowsOf(session, 'teamMembers', businessId, email)).map((row) => fromTeamMember(row, invited));
	if (published.length > 0) return published;
	return (await businessMembers(session, businessId, email)).map(fromBusinessMember);
}

/** Pending invitations of an address, the lowest ID first. */
export function inOrder(rows: WireObject[]): WireObject[] {
	return [...rows].sort((one, other) => (invitationOf(one).id ?? Infinity) - (invitationOf(other).id ?? Infinity));
}
