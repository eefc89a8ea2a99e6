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
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['invitation'], operation: ['create'] } }, [
		notPublishedNotice,
		businessLocator,
		emailParameter('Address of the person to invite. FreshBooks sends an email that the person must accept.'),
		roleParameter,
		optionsCollection([
			allowOtherRolesOption,
			{
				displayName: 'Endpoint',
				name: 'endpoint',
				type: 'options',
				default: 'businessInvitations',
				description: 'Which FreshBooks endpoint sends the invitation. FreshBooks documents neither.',
				options: [
					{ name: 'Business Invitations', value: 'businessInvitations', description: 'From a third-party guide' },
					{ name: 'User Invitation', value: 'userInvitation', description: "From FreshBooks' Postman collection" },
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
				description: "Groups (projects) to invite the person to, separated by commas. Only for the endpoint 'User Invitation'.",
			},
			{
				displayName: 'If Already Invited',
				name: 'ifExists',
				type: 'options',
				default: 'error',
				description: 'What to do if the address already has a pending invitation',
				options: [
					{ name: 'Return It', value: 'return', description: 'Return the pending invitation, and send nothing' },
					{ name: 'Stop with Error', value: 'error', description: 'Treat it as a mistake in the input' },
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
		if (groupIds && endpoint !== 'userInvitation') parameters.refuse('Group IDs', "is for the endpoint 'User Invitation' only", "To fix this, remove it, or change 'Endpoint'.");
		return {
			businessId: parameters.businessId(),
			email: parameters.email(),
			role: parameters.role(),
			endpoint,
			groupIds,
			firstName: parameters.shortText(options, 'firstName', 'First Name'),
			lastName: parameters.shortText(options, 'lastName', 'Last Name'),
			permissions: parameters.jsonObjectIn(options, 'permissions', 'Permissions'),
			ifExists: parameters.optionIn(options, 'ifExists', 'If Already Invited', ['error', 'return']),
		};
	},
	serialKey: ({ businessId, email }) => `${businessId} ${addressKey(email)}`,
	async execute(session, { ifExists, ...request }) {
		const { invitation, wasPending } = await createOnce(session, request, ifExists === 'return');
		return [{ ...(invitation.raw as IDataObject), ...(wasPending ? { alreadyInvited: true } : {}) }];
	},
});
