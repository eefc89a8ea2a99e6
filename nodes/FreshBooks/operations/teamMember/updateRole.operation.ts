import type { IDataObject } from 'n8n-workflow';

import { updateBusinessMember } from '../../api/businessMembers';
import {
	businessLocator,
	memberByIntegerLocator,
	notPublishedNotice,
	optionsCollection,
	roleParameter,
	shownFor,
} from '../common/descriptions';
import { operation } from '../common/operation';
import { aboutMember, requireMember, type MemberLocator } from './member';

const shown = shownFor('teamMember', ['updateRole']);

interface Input {
	businessId: number;
	member: MemberLocator;
	role: string;
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
		member: parameters.memberByInteger(),
		role: parameters.role(),
		permissions: parameters.jsonObject('permissions', 'Permissions'),
	}),
	serialKey: ({ businessId, member }) => aboutMember(businessId, member),
	async execute(session, { businessId, member, role, permissions }) {
		const { id } = await requireMember(session, businessId, member);
		const body: IDataObject = permissions ? { role, permissions } : { role };
		const updated = await updateBusinessMember(session.client, businessId, id, body);
		return [updated.raw as IDataObject];
	},
});
