import type { INodeListSearchItems } from 'n8n-workflow';

import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { BusinessMembership } from '../api/me';
import { VIS_STATE, type StaffRecord } from '../api/staff';
import type { TeamMember } from '../api/teamMembers';
import { addressKey } from '../client/identifiers';
import { mayNotManage, roleTitle } from '../people/roles';

/** How the editor's lists show businesses, people and invitations: `name (what tells them apart)`. Pure. */

function described(main: string | null, more: Array<string | null>): string {
	const [first, ...rest] = [main, ...more].filter((part): part is string => part !== null);
	return rest.length > 0 ? `${first} (${rest.join(', ')})` : (first ?? '');
}

function titleOf(role: string | null): string | null {
	return role === null ? null : roleTitle(role);
}

function nameOf({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string | null {
	return [firstName, lastName].filter((part) => part !== null).join(' ') || null;
}

function businessName({ businessId, name }: BusinessMembership): string {
	return name ?? `Business ${businessId}`;
}

const NAMES = new Intl.Collator(undefined, { numeric: true });

/** Sorts names alphabetically. Ignores case and accents. */
export function byName(one: INodeListSearchItems, other: INodeListSearchItems): number {
	return NAMES.compare(one.name, other.name);
}

/** The text without case and without accents: `cafe` for `Café`. */
export function plainLetters(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A closed business (`active: false`) is offered too: people may still have access to it. */
function businessTitle(membership: BusinessMembership): string {
	return described(businessName(membership), [titleOf(membership.role), membership.active === false ? 'closed' : null]);
}

/** The businesses, by their IDs. */
export function businessEntries(memberships: BusinessMembership[]): Array<INodeListSearchItems & { value: number }> {
	return memberships.map((membership) => ({ name: businessTitle(membership), value: membership.businessId }));
}

/** The accounting systems whose staff records the user may work on, by account IDs; a business may have none of its own. */
export function accountEntries(memberships: BusinessMembership[]): INodeListSearchItems[] {
	return memberships
		.filter((membership) => !mayNotManage(membership.role))
		.flatMap((membership) => (membership.accountId === null ? [] : [{ name: businessTitle(membership), value: membership.accountId }]));
}

/** A person of the published team members list, by UUID. */
export function teamMemberEntry(member: TeamMember): INodeListSearchItems {
	const more = [member.email, titleOf(member.role), member.active === false ? 'inactive' : null];
	return { name: described(nameOf(member), more), value: member.uuid };
}

/** The rows whose address no other row has, by address. */
function onceByAddress<Row extends { email: string | null }>(rows: Row[]): Map<string, Row> {
	const found = new Map<string, Row | undefined>();
	for (const row of rows) {
		if (row.email === null) continue;
		const key = addressKey(row.email);
		found.set(key, found.has(key) ? undefined : row);
	}
	return new Map([...found].flatMap(([key, row]) => (row === undefined ? [] : [[key, row]])));
}

/**
 * People of the members list, by whole numbers. A person whose name that list omits (stitchflow.com's example has no names) gets the
 * name of the one team member with the same address.
 */
export function businessMemberEntries(members: BusinessMember[], team: TeamMember[]): INodeListSearchItems[] {
	const [alone, known] = [onceByAddress(members), onceByAddress(team)];
	return members.map((member) => {
		const key = addressKey(member.email ?? '');
		const person = alone.has(key) ? known.get(key) : undefined;
		const isOther = member.identityId !== null && person !== undefined && person.identityId !== null && member.identityId !== person.identityId;
		const name = nameOf(member) ?? (person === undefined || isOther ? null : nameOf(person));
		return { name: described(name, [member.email, titleOf(member.role)]), value: member.id ?? 0 };
	});
}

/** A pending invitation, by its ID. */
export function invitationEntry({ id, email, role }: Invitation): INodeListSearchItems {
	return { name: described(email, [titleOf(role)]), value: id ?? 0 };
}

const STAFF_STATES: ReadonlyMap<number | null, string> = new Map([
	[VIS_STATE.deleted, 'deleted'],
	[VIS_STATE.archived, 'archived'],
]);

/** A staff record, by its ID. */
export function staffEntry(record: StaffRecord): INodeListSearchItems {
	const role = record.role === 'staff' ? 'Staff' : titleOf(record.role);
	const more = [record.email, role, STAFF_STATES.get(record.visState) ?? null];
	return { name: described(nameOf(record), more), value: record.id ?? 0 };
}
