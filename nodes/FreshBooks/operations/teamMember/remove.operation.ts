import { removeBusinessMember } from '../../api/businessMembers';
import {
	agentNotice,
	businessLocator,
	ifMissingOption,
	memberByIntegerLocator,
	notPublishedNotice,
	optionsCollection,
	shownFor,
} from '../common/descriptions';
import { removeFromBusiness } from '../../people/missing';
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
		agentNotice(shown),
		notPublishedNotice(shown),
		businessLocator(shown),
		memberByIntegerLocator(shown),
		optionsCollection(shown, [ifMissingOption('member')]),
	],
	read: (parameters) => ({
		businessId: parameters.businessId(),
		member: parameters.memberByInteger(),
		ifMissing: parameters.collection('options').ifMissing === 'succeed' ? 'succeed' : 'error',
	}),
	serialKey: ({ businessId, member }) => aboutMember(businessId, member),
	async execute(session, { businessId, member, ifMissing }) {
		const removed = await removeFromBusiness(session, {
			businessId,
			list: 'businessMembers',
			place: membersOf(businessId),
			named: member,
			found: await locateMember(session, businessId, member),
			idName: 'memberId',
			ifMissing,
			remove: async (id) => await removeBusinessMember(session.client, businessId, id),
		});
		return [removed];
	},
});
