import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { addressKey } from '../../client/identifiers';
import { createOnce } from '../../people/creating';
import type { InvitationRequest } from '../../people/inviting';
import { allowOtherRolesOption, businessLocator, emailParameter, notPublishedNotice, optionsCollection, permissionsParameter, roleParameter } from '../common/descriptions';
import { operation } from '../common/operation';

interface Input extends InvitationRequest {
	ifExists: string;
}

export const create = operation<Input>({
	description: updateDisplayOptions({ show: { resource: ['invitation'], operation: ['create'] } }, [
		notPublishedNotice,
		businessLocator,
		emailParameter('Whom to invite; FreshBooks sends an email that the person must accept'),
		roleParameter,
		optionsCollection([
			allowOtherRolesOption,
			{
				displayName: 'Endpoint',
				name: 'endpoint',
				type: 'options',
				default: 'businessInvitations',
				description: "Which of FreshBooks' ways to invite is used; neither is in its documentation",
				options: [
					{ name: 'Business Invitations', value: 'businessInvitations', description: 'As a third-party guide describes it' },
					{ name: 'User Invitation', value: 'userInvitation', description: "As in FreshBooks' Postman collection" },
				],
			},
			{
				displayName: 'First Name',
				name: 'firstName',
				type: 'string',
				default: '',
				description: 'Given name of the person',
			},
			{
				displayName: 'Group IDs',
				name: 'groupIds',
				type: 'string',
				default: '',
				placeholder: 'e.g. 6360979,6360980',
				description: "Groups (projects) to invite to as well, separated by commas; only the endpoint 'User Invitation' takes them",
			},
			{
				displayName: 'If It Exists',
				name: 'ifExists',
				type: 'options',
				default: 'error',
				description: 'What to do when the address has a pending invitation already',
				options: [
					{ name: 'Return It', value: 'return', description: 'Answer the pending invitation and send nothing' },
					{ name: 'Stop with Message', value: 'error', description: 'Treat it as a mistake in the input' },
				],
			},
			{
				displayName: 'Last Name',
				name: 'lastName',
				type: 'string',
				default: '',
				description: 'Family name of the person',
			},
			permissionsParameter,
		]),
	]),
	read(parameters) {
		const options = parameters.collection('options');
		const endpoint = parameters.optionIn(options, 'endpoint', 'Endpoint', ['businessInvitations', 'userInvitation']);
		const groupIds = parameters.optionalIds(options, 'groupIds', 'Group IDs');
		if (groupIds && endpoint !== 'userInvitation') parameters.refuse('Group IDs', "is for the endpoint 'User Invitation' only", "Remove it, or change 'Endpoint'. Nothing was sent.");
		return {
			businessId: parameters.businessId(),
			email: parameters.email(),
			role: parameters.role(),
			endpoint,
			groupIds,
			firstName: parameters.shortText(options, 'firstName', 'First Name'),
			lastName: parameters.shortText(options, 'lastName', 'Last Name'),
			permissions: parameters.jsonObjectIn(options, 'permissions', 'Permissions'),
			ifExists: parameters.optionIn(options, 'ifExists', 'If It Exists', ['error', 'return']),
		};
	},
	serialKey: ({ businessId, email }) => `${businessId} ${addressKey(email)}`,
	async execute(session, { ifExists, ...request }) {
		const { invitation, wasPending } = await createOnce(session, request, ifExists === 'return');
		return [{ ...(invitation.raw as IDataObject), ...(wasPending ? { alreadyInvited: true } : {}) }];
	},
});
