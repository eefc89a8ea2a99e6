import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { changeRole, memberName, noMember, refuseConnectedUser, refuseOwner, withMember, type NamedMember } from '../../people/membership';
import { allowOtherRolesOption, businessLocator, memberToChangeLocator, notPublishedNotice, optionsCollection, permissionsParameter, roleParameter } from '../common/descriptions';
import { operation } from '../common/operation';
import { memberKey } from './memberKey';

interface Input {
	businessId: number;
	member: NamedMember;
	/** At least one of the two. */
	role: string | undefined;
	permissions: IDataObject | undefined;
}

export const updateRole = operation<Input>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['teamMember'], operation: ['updateRole'] } }, [
		notPublishedNotice,
		businessLocator,
		memberToChangeLocator,
		{ ...roleParameter, required: false, description: 'The new role. Without one, only the permissions change.' },
		permissionsParameter,
		optionsCollection([allowOtherRolesOption]),
	]),
	read(parameters) {
		const role = parameters.optionalRole();
		const permissions = parameters.jsonObject('permissions', 'Permissions');
		if (role === undefined && permissions === undefined) parameters.refuseEmpty('role', 'Role', "choose a role, or give 'Permissions'.");
		return { businessId: parameters.businessId(), member: parameters.memberToChange(), role, permissions };
	},
	serialKey: ({ businessId, member }) => memberKey(businessId, member),
	async execute(session, { businessId, member, role, permissions }) {
		const changed = await withMember(session, businessId, member, async (located) => {
			await refuseOwner(session, located.presence, memberName(located.member), businessId);
			await refuseConnectedUser(session, located.person, memberName(located.member), 'and cannot change their own role here');
			return await changeRole(session, businessId, located, { ...(role === undefined ? {} : { role }), ...(permissions === undefined ? {} : { permissions }) });
		});
		if (!changed) throw noMember(session, businessId, member);
		return [changed.raw as IDataObject];
	},
});
