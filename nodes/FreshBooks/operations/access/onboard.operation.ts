import { updateDisplayOptions } from 'n8n-workflow';

import { addressKey } from '../../client/identifiers';
import { onboard as onboardPerson, type Hire } from '../../people/onboarding';
import { allowOtherRolesOption, businessLocator, emailParameter, notPublishedNotice, optionsCollection, roleParameter } from '../common/descriptions';
import { operation } from '../common/operation';

export const onboard = operation<Hire>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['access'], operation: ['onboard'] } }, [
		notPublishedNotice,
		businessLocator,
		emailParameter('Address of the person to onboard. FreshBooks sends an email unless the person is already a team member or invited.'),
		roleParameter,
		optionsCollection([
			allowOtherRolesOption,
			{
				displayName: 'Invited At',
				name: 'invitedAt',
				type: 'dateTime',
				default: '',
				description: 'When the person was invited, if your workflow knows it. FreshBooks may show no date.',
			},
			{
				displayName: 'Pending Until Accepted',
				name: 'waitForAcceptance',
				type: 'boolean',
				default: false,
				description: "Whether to return the status 'pending', with the invitation's age, until the person accepts. The node does not wait: run it on a schedule.",
			},
			{
				displayName: 'Update Role',
				name: 'updateRole',
				type: 'boolean',
				default: false,
				description: 'Whether to change the role of a team member who has another one. Otherwise it is only reported.',
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
			waitForAcceptance: parameters.optionalBoolean(options, 'waitForAcceptance', 'Pending Until Accepted') ?? false,
			invitedAt: parameters.optionalMoment(options, 'invitedAt', 'Invited At'),
		};
	},
	serialKey: ({ businessId, email }) => `${businessId} ${addressKey(email)}`,
	execute: async (session, hire) => [await onboardPerson(session, hire)],
});
