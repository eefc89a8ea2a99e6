import type { IDataObject } from 'n8n-workflow';

import { changeRole, locateMember, memberName, noMember, refuseConnectedUser, refuseOwner, type NamedMember } from '../../people/membership';
import { businessLocator, memberByIntegerLocator, notPublishedNotice, optionsCollection, roleParameter, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';
import { memberKey } from './memberKey';

const shown = shownFor('teamMember', ['updateRole']);

interface Input {
	businessId: number;
	member: NamedMember;
	role: string | undefined;
	permissions: IDataObject | undefined;
}

export const updateRole = operation<Input>({
	description: [
		notPublishedNotice(shown),
		businessLocator(shown),
		memberByIntegerLocator(shown),
		roleParameter(shown),
		{
			displayName: 'Permissions',
			name: 'permissions',
			type: 'json',
			default: '{}',
			placeholder: 'e.g. {"invoices": true}',
			description: 'Permission flags as a JSON object, if they are to change as well; which ones exist depends on the role',
			...shown,
		},
		optionsCollection(shown),
	],
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberToChange(),
		role: parameters.role(),
		permissions: parameters.jsonObject('permissions', 'Permissions'),
	}),
	about: ({ businessId, member }) => memberKey(businessId, member),
	async execute(session, { businessId, member, role, permissions }) {
		const located = await locateMember(session, businessId, member);
		if (!located) throw noMember(session, businessId, member);
		refuseOwner(located.presence, memberName(located.member), businessId);
		await refuseConnectedUser(session, located.person, memberName(located.member), 'whose own role is not changed');
		const changed = await changeRole(session, businessId, located, { ...(role === undefined ? {} : { role }), ...(permissions === undefined ? {} : { permissions }) });
		return [changed.raw as IDataObject];
	},
});
