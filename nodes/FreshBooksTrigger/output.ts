import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { objectOf } from '../FreshBooks/client/json';
import { isoOrNull } from '../FreshBooks/api/dates';
import { toScimUser } from '../FreshBooks/people/scimUser';
import type { ChangeItem, MemberOutput } from './changes/events';

/** Changes as the node's output items. */

/** The extension uses the action node's names: a UUID is a team member's ID, a whole number a business member's. */
function scimUserOf(member: MemberOutput, businessId: number): IDataObject {
	const { id, invitationAcceptedAt, ...person } = member;
	const ids = typeof id === 'number' ? { memberId: id } : { teamMemberId: id };
	return toScimUser({ ...person, id: String(id), freshBooks: { businessId, ...ids, invitationAcceptedAt: isoOrNull(invitationAcceptedAt) } });
}

/** A change with its people as SCIM users, which an identity graph can read. The other fields stay as they are. */
function withScimUsers(item: ChangeItem): IDataObject {
	const { member, previous, business } = item;
	const scim: IDataObject = { ...(item as unknown as IDataObject) };
	if (member) scim.member = scimUserOf(member, business.id);
	scim.previous = previous && scimUserOf(previous, business.id);
	return scim;
}

/** The output of a poll in the form that the option Output Format asks for. */
export function outputOf(context: IPollFunctions, items: ChangeItem[]): INodeExecutionData[][] {
	const asScim = objectOf(context.getNodeParameter('options', {})).outputFormat === 'scim';
	return [items.map((item) => ({ json: asScim ? withScimUsers(item) : (item as unknown as IDataObject) }))];
}
