import type { INodeListSearchItems } from 'n8n-workflow';

import { roleTitle } from '../actions/access/roles';
import type { BusinessMembership } from '../api/identity';
import { invitationEmail, invitationId, invitationRole } from '../api/invitations';
import { VIS_STATE } from '../api/staff';
import { idOrNull, numberOrNull, textOrNull, type WireObject } from '../api/wire';

/** How businesses, people and invitations stand in the editor's lists: `name (what tells them apart)`. Pure. */

function described(main: string | null, more: Array<string | null>): string {
	const [first, ...rest] = [main, ...more].filter((part): part is string => part !== null);
	return rest.length > 0 ? `${first} (${rest.join(', ')})` : (first ?? '');
}

function titleOf(role: string | null): string | null {
	return role === null ? null : roleTitle(role);
}

function nameOf(row: WireObject, firstName: string, lastName: string): string | null {
	return textOrNull([textOrNull(row[firstName]), textOrNull(row[lastName])].filter((part) => part !== null).join(' '));
}

function businessName({ businessId, name }: BusinessMembership): string {
	return name ?? `Business ${businessId}`;
}

/** A business, by its ID. */
export function businessEntry(membership: BusinessMembership): INodeListSearchItems & { value: number } {
	return { name: described(businessName(membership), [titleOf(membership.role)]), value: membership.businessId };
}

/** The accounting system of a business, by account ID, saying so where it is another business's; none where it has none. */
export function accountEntries(membership: BusinessMembership): INodeListSearchItems[] {
	const { accountId, ownsAccount, role } = membership;
	if (accountId === null) return [];
	const more = ownsAccount ? titleOf(role) : `${accountId} of another business`;
	return [{ name: described(businessName(membership), [more]), value: accountId }];
}

/** A row of the published team members list, by UUID. */
export function teamMemberEntry(row: WireObject): INodeListSearchItems {
	const more = [textOrNull(row.email), titleOf(textOrNull(row.business_role_name)), row.active === false ? 'inactive' : null];
	return { name: described(nameOf(row, 'first_name', 'last_name'), more), value: textOrNull(row.uuid) ?? '' };
}

/** A row of the guide's members list, by whole number. */
export function businessMemberEntry(row: WireObject): INodeListSearchItems {
	const more = [textOrNull(row.email), titleOf(textOrNull(row.role))];
	return { name: described(nameOf(row, 'first_name', 'last_name'), more), value: idOrNull(row.id) ?? 0 };
}

/** A pending invitation, by its ID. */
export function invitationEntry(row: WireObject): INodeListSearchItems {
	return { name: described(invitationEmail(row), [titleOf(invitationRole(row))]), value: invitationId(row) ?? 0 };
}

const STAFF_STATES: ReadonlyMap<number | null, string> = new Map([
	[VIS_STATE.deleted, 'deleted'],
	[VIS_STATE.archived, 'archived'],
]);

/** A staff record, by its ID. */
export function staffEntry(row: WireObject): INodeListSearchItems {
	const more = [textOrNull(row.email), STAFF_STATES.get(numberOrNull(row.vis_state)) ?? null];
	return { name: described(nameOf(row, 'fname', 'lname'), more), value: idOrNull(row.id) ?? idOrNull(row.userid) ?? 0 };
}
