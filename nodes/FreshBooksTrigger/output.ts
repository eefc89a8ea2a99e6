import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { toScimUser } from '../FreshBooks/scim/user';
import type { ChangeItem, MemberOutput } from './changes/events';

/** Changes as the node's output items. */

function scimUserOf(member: MemberOutput, businessId: number): IDataObject {
	const { id, invitationAcceptedAt, ...person } = member;
	return toScimUser({ ...person, id: String(id), freshBooks: { businessId, memberId: id, invitationAcceptedAt } });
}

/** A change whose people are SCIM users, so that it feeds an identity graph as it is; event and changes stay as they are. */
function withScimUsers(item: ChangeItem): IDataObject {
	const { member, previous, ...rest } = item;
	const businessId = item.business.id;
	const scim: IDataObject = { ...(rest as unknown as IDataObject) };
	if (member) scim.member = scimUserOf(member, businessId);
	scim.previous = previous && scimUserOf(previous, businessId);
	return scim;
}

/** The output of a poll in the form that the option Output Format asks for. */
export function outputOf(context: IPollFunctions, items: ChangeItem[]): INodeExecutionData[][] {
	const { outputFormat } = context.getNodeParameter('options', {}) as IDataObject;
	return [items.map((item) => ({ json: outputFormat === 'scim' ? withScimUsers(item) : (item as unknown as IDataObject) }))];
}
