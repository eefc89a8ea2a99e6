import type { IDataObject } from 'n8n-workflow';

import { addressKey } from '../../client/identifiers';
import {
	businessLocator,
	emailParameter,
	notPublishedNotice,
	optionsCollection,
	roleParameter,
	shownFor,
} from '../common/descriptions';
import { refusal } from '../../client/errors';
import { operation } from '../common/operation';
import { invite, pendingInvitation, type InvitationEndpoint } from '../../people/inviting';

const shown = shownFor('invitation', ['create']);

interface Input {
	businessId: number;
	email: string;
	role: string;
	ifExists: string;
	endpoint: InvitationEndpoint;
}

export const create = operation<Input>({
	description: [
		notPublishedNotice(shown),
		businessLocator(shown),
		emailParameter(shown, 'Whom to invite; FreshBooks sends an email that the person must accept'),
		roleParameter(shown),
		optionsCollection(shown, [
			{
				displayName: 'Endpoint',
				name: 'endpoint',
				type: 'options',
				default: 'businessInvitations',
				description: "Which of FreshBooks' ways to invite is used; neither is in its documentation",
				options: [
					{
						name: 'Business Invitations',
						value: 'businessInvitations',
						description: 'As a third-party guide describes it',
					},
					{
						name: 'User Invitation',
						value: 'userInvitation',
						description: "As in FreshBooks' Postman collection",
					},
				],
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
		]),
	],
	read(parameters) {
		const options = parameters.collection('options');
		return {
			businessId: parameters.businessId(),
			email: parameters.email(),
			role: parameters.role(),
			ifExists: options.ifExists === 'return' ? 'return' : 'error',
			endpoint: parameters.optionIn(options, 'endpoint', 'Endpoint', ['businessInvitations', 'userInvitation']) as InvitationEndpoint,
		};
	},
	serialKey: ({ businessId, email }) => `${businessId} ${addressKey(email)}`,
	async execute(session, { businessId, email, role, ifExists, endpoint }) {
		const pending = await pendingInvitation(session, businessId, email, endpoint);
		if (!pending) return [(await invite(session, { businessId, email, role, endpoint })) as IDataObject];
		if (ifExists === 'return') return [{ ...(pending as IDataObject), alreadyInvited: true }];
		throw refusal(
			`${email} has a pending invitation to business ${businessId} already`,
			"Nothing was sent. Set the option 'If It Exists' to return it, or revoke it first.",
		);
	},
});
