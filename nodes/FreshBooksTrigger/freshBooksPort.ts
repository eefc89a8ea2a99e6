import { listBusinessMembers, type BusinessMember } from '../FreshBooks/api/businessMembers';
import { failureOf, isUnreadable } from '../FreshBooks/client/errors';
import { listInvitations, type Invitation } from '../FreshBooks/api/invitations';
import { readList, type ListRequest } from '../FreshBooks/api/lists';
import { getTeamMember, listTeamMembers, type TeamMember } from '../FreshBooks/api/teamMembers';
import type { FreshBooksClient } from '../FreshBooks/client/client';
import type { LookUp } from './changes/decide';
import type { Listing, ListingPurpose } from './changes/listing';
import type { ListedInvitation, Person, Source } from './changes/person';
import type { BusinessPort } from './changes/pollBusiness';

/** What a poll of one business reads from FreshBooks, through the API layer. */

function personOfTeamMember({ uuid, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt }: TeamMember): Person {
	return { id: uuid, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt };
}

/** The third-party guide shows `id`, `email`, `role` and `confirmed`; the other names are those of FreshBooks' group members. */
function personOfBusinessMember({ id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt, confirmed }: BusinessMember): Person {
	return { id: String(id), email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt, confirmed };
}

function listedInvitationOf({ id, email, role, status, state, invitedAt }: Invitation): ListedInvitation {
	return { id: String(id), email, role, status, state, invitedAt };
}

/** The people of one business from one source, as a list to read. */
export function peopleOf(businessId: number, source: Source): ListRequest<Person> {
	return source === 'teamMembers'
		? listTeamMembers(businessId, personOfTeamMember)
		: listBusinessMembers(businessId, personOfBusinessMember);
}

const UNREAD = { rows: [], totals: [], duplicates: 0, truncated: true } as const;

async function read<Row>(client: FreshBooksClient, request: ListRequest<Row>, purpose: ListingPurpose): Promise<Listing<Row>> {
	const listing = await readList(client, request).catch((error: unknown) => {
		const declined = purpose === 'confirm' || (purpose === 'poll' && isUnreadable(error));
		return declined ? undefined : Promise.reject(error);
	});
	if (!listing) return UNREAD;
	const { rows, totals, duplicates } = listing;
	return { rows, totals, duplicates, truncated: false };
}

/** Only a 404 or 410 says that a person is gone. Any other failure leaves it unknown. */
async function lookUp(client: FreshBooksClient, businessId: number, uuid: string): Promise<LookUp> {
	return await getTeamMember(client, businessId, uuid).then(
		(member): LookUp => ({ answer: 'found', person: personOfTeamMember(member) }),
		(error: unknown): LookUp => {
			const failure = failureOf(error);
			if (failure?.kind === 'notFound' && (failure.status === 404 || failure.status === 410)) return { answer: 'gone' };
			return { answer: 'unknown', said: failure?.status === undefined ? 'nothing' : `HTTP ${failure.status}` };
		},
	);
}

/** The port of one business. Reads and look-ups throw FreshBooksError where `BusinessPort` lets them. */
export function freshBooksPort(client: FreshBooksClient, businessId: number, source: Source): BusinessPort {
	return {
		listPeople: async (purpose) => await read(client, peopleOf(businessId, source), purpose),
		listInvitations: async (purpose) =>
			await read(client, listInvitations(businessId, listedInvitationOf), purpose).catch((error: unknown) => ({
				unavailable: error,
			})),
		lookUpMembers: async (uuids) =>
			await Promise.all(uuids.map(async (uuid) => await lookUp(client, businessId, uuid))),
		now: () => new Date(),
	};
}
