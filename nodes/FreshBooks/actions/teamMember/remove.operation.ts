import type { IDataObject } from 'n8n-workflow';

import { removeBusinessMember } from '../../api/businessMembers';
import {
	businessLocator,
	ifMissingOption,
	memberByIntegerLocator,
	notPublishedNotice,
	optionsCollection,
	shownFor,
} from '../common/descriptions';
import { nobody } from '../common/find';
import { removeOrSettle } from '../common/missing';
import { operation } from '../common/operation';
import { aboutMember, locateMember, membersOf, type MemberLocator } from './member';

const shown = shownFor('teamMember', ['remove']);

interface Input {
	businessId: number;
	member: MemberLocator;
	ifMissing: string;
}

export const removeMember = operation<Input>({
	description: [
		notPublishedNotice(shown),
		businessLocator(shown),
		memberByIntegerLocator(shown),
		optionsCollection(shown, [ifMissingOption('member')]),
	],
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberByInteger(),
		ifMissing: String(parameters.collection('options').ifMissing ?? 'error'),
	}),
	about: ({ businessId, member }) => aboutMember(businessId, member),
	async execute(session, input) {
		const { businessId, member } = input;
		const answer: IDataObject = { deleted: true, businessId };
		const found = await locateMember(session, businessId, member);
		if (!found) {
			const email = member.by === 'email' ? member.email : '';
			if (input.ifMissing !== 'succeed') throw nobody(email, membersOf(businessId));
			return [{ ...answer, email, alreadyMissing: true }];
		}
		const outcome = await removeOrSettle(() => removeBusinessMember(session.client, businessId, found.id), {
			succeedIfMissing: input.ifMissing === 'succeed',
			stillListed: async () => {
				session.forgetList('businessMembers', businessId);
				return (await session.businessMembers(businessId)).has(found.id);
			},
		});
		await session.dropFromList('businessMembers', businessId, found.id);
		const removed: IDataObject = { ...answer, memberId: found.id };
		if (found.email !== null) removed.email = found.email;
		return [outcome === 'removed' ? removed : { ...removed, alreadyMissing: true }];
	},
});
