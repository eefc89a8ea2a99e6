import { addressKey } from '../../client/identifiers';
import { idOrNull, textOrNull } from '../../client/json';
import { findByEmail, nobody, type Place } from '../../people/find';
import type { ByEmail, ById } from '../common/parameters';
import type { Session } from '../../people/session';

/** What Update Role and Remove have in common: a member of a business, for writing. */

export type MemberLocator = ById<number> | ByEmail;

export interface FoundMember {
	id: number;
	email: string | null;
}

/** Where an address is looked up, in words. */
export function membersOf(businessId: number): Place {
	return { thing: 'member', where: `the members of business ${businessId}` };
}

/** The member's integer ID; undefined when nobody has the address. An ID is taken as it is, without a request. */
export async function locateMember(session: Session, businessId: number, member: MemberLocator): Promise<FoundMember | undefined> {
	if (member.by === 'id') return { id: member.id, email: null };
	const { email } = member;
	const { found: row } = await session.look('businessMembers', businessId, (roster) =>
		findByEmail(roster, email, membersOf(businessId), (found) => idOrNull(found.id)),
	);
	const id = idOrNull(row?.id);
	return row && id !== null ? { id, email: textOrNull(row.email) } : undefined;
}

/** The member's integer ID; throws FreshBooksError when nobody has the address. */
export async function requireMember(session: Session, businessId: number, member: MemberLocator): Promise<FoundMember> {
	const found = await locateMember(session, businessId, member);
	if (found) return found;
	const { doubt } = await session.businessMembers(businessId);
	throw nobody(member.by === 'email' ? member.email : String(member.id), membersOf(businessId), doubt);
}

/** Items with the same text wait for each other. */
export function aboutMember(businessId: number, member: MemberLocator): string {
	return `${businessId} ${member.by === 'id' ? member.id : addressKey(member.email)}`;
}
