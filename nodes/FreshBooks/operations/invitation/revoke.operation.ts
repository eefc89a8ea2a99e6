import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import { addressKey } from '../../client/identifiers';
import { revokeOne, type NamedInvitation } from '../../people/removingOne';
import { agentNotice, businessLocator, ifMissingOption, invitationLocator, notPublishedNotice, optionsCollection } from '../common/descriptions';
import { operation } from '../common/operation';

interface Input {
	businessId: number;
	invitation: NamedInvitation;
	ifMissing: string;
}

export const revoke = operation<Input>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['invitation'], operation: ['revoke'] } }, [
		agentNotice("give the agent Access > Offboard with 'Dry Run' on instead"),
		notPublishedNotice,
		businessLocator,
		invitationLocator,
		optionsCollection([ifMissingOption('invitation')]),
	]),
	read: (parameters) => ({
		businessId: parameters.businessId(),
		invitation: parameters.invitation(),
		ifMissing: parameters.optionIn(parameters.collection('options'), 'ifMissing', 'If Not Found', ['error', 'succeed']),
	}),
	serialKey: ({ businessId, invitation }) => `${businessId} ${invitation.by === 'id' ? invitation.id : addressKey(invitation.email)}`,
	async execute(session, { businessId, invitation, ifMissing }) {
		return [{ ...(await revokeOne(session, businessId, invitation, ifMissing === 'succeed')) } as IDataObject];
	},
});
