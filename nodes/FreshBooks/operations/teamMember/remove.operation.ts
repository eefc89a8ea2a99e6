import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import type { NamedMember } from '../../people/membership';
import { removeMember } from '../../people/removingOne';
import { agentNotice, businessLocator, ifMissingOption, memberToChangeLocator, notPublishedNotice, optionsCollection } from '../common/descriptions';
import { operation } from '../common/operation';
import { memberKey } from './memberKey';

interface Input {
	businessId: number;
	member: NamedMember;
	ifMissing: string;
}

export const remove = operation<Input>({
	writes: true,
	description: updateDisplayOptions({ show: { resource: ['teamMember'], operation: ['remove'] } }, [
		agentNotice("give the agent Access > Offboard with 'Dry Run' on instead"),
		notPublishedNotice,
		businessLocator,
		memberToChangeLocator,
		optionsCollection([ifMissingOption('team member')]),
	]),
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberToChange(),
		ifMissing: parameters.optionIn(parameters.collection('options'), 'ifMissing', 'If Not Found', ['error', 'succeed']),
	}),
	serialKey: ({ businessId, member }) => memberKey(businessId, member),
	async execute(session, { businessId, member, ifMissing }) {
		return [{ ...(await removeMember(session, businessId, member, ifMissing === 'succeed')) } as IDataObject];
	},
});
