import { addressKey } from '../../client/identifiers';
import { invitationOf, revokeInvitation } from '../../api/invitations';
import {
	agentNotice,
	businessLocator,
	ifMissingOption,
	invitationLocator,
	notPublishedNotice,
	optionsCollection,
	shownFor,
} from '../common/descriptions';
import { findByEmail, type Place } from '../../people/find';
import { removeFromBusiness } from '../../people/missing';
import { operation } from '../common/operation';
import type { ByEmail, ById } from '../common/parameters';
import type { Session } from '../../people/session';

const shown = shownFor('invitation', ['revoke']);

interface Input {
	businessId: number;
	invitation: ById<number> | ByEmail;
	ifMissing: string;
}

interface FoundInvitation {
	id: number;
	email: string | null;
}

function invitationsOf(businessId: number): Place {
	return { thing: 'pending invitation', where: `the pending invitations of business ${businessId}` };
}

async function locate(session: Session, { businessId, invitation }: Input): Promise<FoundInvitation | undefined> {
	if (invitation.by === 'id') return { id: invitation.id, email: null };
	const { found: row } = await session.look('invitations', businessId, (roster) =>
		findByEmail(roster, invitation.email, invitationsOf(businessId), (found) => invitationOf(found).id),
	);
	const found = row ? invitationOf(row) : undefined;
	return found && found.id !== null ? { id: found.id, email: found.email } : undefined;
}

export const revoke = operation<Input>({
	description: [
		agentNotice(shown),
		notPublishedNotice(shown),
		businessLocator(shown),
		invitationLocator(shown),
		optionsCollection(shown, [ifMissingOption('invitation')]),
	],
	read: (parameters) => ({
		businessId: parameters.businessId(),
		invitation: parameters.invitation(),
		ifMissing: parameters.collection('options').ifMissing === 'succeed' ? 'succeed' : 'error',
	}),
	serialKey: ({ businessId, invitation }) =>
		`${businessId} ${invitation.by === 'id' ? invitation.id : addressKey(invitation.email)}`,
	async execute(session, input) {
		const { businessId, invitation, ifMissing } = input;
		const revoked = await removeFromBusiness(session, {
			businessId,
			list: 'invitations',
			place: invitationsOf(businessId),
			named: invitation,
			found: await locate(session, input),
			idName: 'invitationId',
			ifMissing,
			remove: async (id) => await revokeInvitation(session.client, businessId, id),
		});
		return [revoked];
	},
});
