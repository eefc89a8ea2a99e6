import { addressKey } from '../../client/identifiers';
import type { NamedMember } from '../../people/membership';

/** The node works on items with the same key one after another. */
export function memberKey(businessId: number, member: NamedMember): string {
	if (member.by === 'email') return `${businessId} ${addressKey(member.email)}`;
	return `${businessId} ${member.by === 'uuid' ? member.uuid : member.id}`;
}
