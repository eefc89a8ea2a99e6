import type { IDataObject } from 'n8n-workflow';

import type { NamedMember } from '../../people/membership';
import { removeMember } from '../../people/removingOne';
import { agentNotice, businessLocator, ifMissingOption, memberByIntegerLocator, notPublishedNotice, optionsCollection, shownFor } from '../common/descriptions';
import { operation } from '../common/operation';
import { memberKey } from './memberKey';

const shown = shownFor('teamMember', ['remove']);

interface Input {
	businessId: number;
	member: NamedMember;
	ifMissing: string;
}

export const remove = operation<Input>({
	description: [
		agentNotice(shown),
		notPublishedNotice(shown),
		businessLocator(shown),
		memberByIntegerLocator(shown),
		optionsCollection(shown, [ifMissingOption('member')]),
	],
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberToChange(),
		ifMissing: parameters.optionIn(parameters.collection('options'), 'ifMissing', 'If Missing', ['error', 'succeed']),
	}),
	about: ({ businessId, member }) => memberKey(businessId, member),
	async execute(session, { businessId, member, ifMissing }) {
		return [{ ...(await removeMember(session, businessId, member, ifMissing === 'succeed')) } as IDataObject];
	},
});
