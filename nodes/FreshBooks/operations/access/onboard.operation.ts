import { updateDisplayOptions } from 'n8n-workflow';

import { addressKey } from '../../client/identifiers';
import { onboard as bringIn, type Hire } from '../../people/onboarding';
import { allowOtherRolesOption, businessLocator, emailParameter, notPublishedNotice, optionsCollection, roleParameter } from '../common/descriptions';
import { operation } from '../common/operation';

export const onboard = operation<Hire>({
	description: updateDisplayOptions({ show: { resource: ['access'], operation: ['onboard'] } }, [
		notPublishedNotice,
		businessLocator,
		emailParameter('Whom to bring in; invited by email only if neither a member nor invited yet'),
		roleParameter,
		optionsCollection([
			allowOtherRolesOption,
			{
				displayName: 'Invited At',
				name: 'invitedAt',
				type: 'dateTime',
				default: '',
				description: "When the person was invited, if your workflow knows it; gives the invitation's age where FreshBooks shows no date",
			},
			{
				displayName: 'Update Role',
				name: 'updateRole',
				type: 'boolean',
				default: false,
				description: 'Whether to change the role of a member who has another one; otherwise it is only reported',
			},
			{
				displayName: 'Wait for Acceptance',
				name: 'waitForAcceptance',
				type: 'boolean',
				default: false,
				description:
					"Whether an invitation that is not accepted yet answers the status 'pending' with its age, for a schedule to follow; nothing is waited for",
			},
		]),
	]),
	read(parameters) {
		const options = parameters.collection('options');
		return {
			businessId: parameters.businessId(),
			email: parameters.email(),
			role: parameters.role(),
			updateRole: parameters.optionalBoolean(options, 'updateRole', 'Update Role') ?? false,
			waitForAcceptance: parameters.optionalBoolean(options, 'waitForAcceptance', 'Wait for Acceptance') ?? false,
			invitedAt: parameters.optionalMoment(options, 'invitedAt', 'Invited At'),
		};
	},
	serialKey: ({ businessId, email }) => `${businessId} ${addressKey(email)}`,
	execute: async (session, hire) => [await bringIn(session, hire)],
});
