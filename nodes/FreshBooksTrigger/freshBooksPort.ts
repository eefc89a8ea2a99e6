import { sleep } from 'n8n-workflow';

import { listBusinessMembers } from '../FreshBooks/api/businessMembers';
import { failureOf, isUnreadable } from '../FreshBooks/api/failures';
import { invitationEmail, invitationId, invitationRole, listInvitations } from '../FreshBooks/api/invitations';
import { readList, type ListRequest } from '../FreshBooks/api/listing';
import { getTeamMember, listTeamMembers } from '../FreshBooks/api/teamMembers';
import type { FreshBooksClient } from '../FreshBooks/api/transport';
import { booleanOrNull, idOrNull, textOrNull, type WireObject } from '../FreshBooks/api/wire';
import type { LookUp } from './changes/confirm';
import type { Listing, ListingPurpose } from './changes/listing';
import type { PendingInvitation, Person, Source } from './changes/person';
import type { BusinessPort } from './changes/pollBusiness';

/** What a poll of one business asks of FreshBooks, over the API layer. */

function personOfTeamMember(row: WireObject): Person {
	return {
		id: textOrNull(row.uuid) ?? '',
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active),
		identityId: idOrNull(row.identity_id),
		invitationAcceptedAt: textOrNull(row.invitation_date_accepted),
		updatedAt: textOrNull(row.updated_at),
	};
}

/** The guide shows `id`, `email`, `role` and `confirmed`; the other names are those of FreshBooks' group members. */
function personOfBusinessMember(row: WireObject): Person {
	return {
		id: String(idOrNull(row.id)),
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
		identityId: idOrNull(row.identity_id),
		invitationAcceptedAt: textOrNull(row.invitation_date_accepted),
		updatedAt: textOrNull(row.updated_at),
	};
}

function pendingInvitationOf(row: WireObject): PendingInvitation {
	return {
		id: String(invitationId(row)),
		email: invitationEmail(row),
		role: invitationRole(row),
		status: textOrNull(row.status),
	};
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

/** Only a 404 says that somebody is gone; whatever else goes wrong says nothing. */
async function lookUp(client: FreshBooksClient, businessId: number, uuid: string): Promise<LookUp> {
	return await getTeamMember(client, businessId, uuid).then(
		(row): LookUp => ({ answer: 'found', person: personOfTeamMember(row) }),
		(error: unknown): LookUp => {
			const failure = failureOf(error);
			return failure?.kind === 'notFound' && failure.status === 404 ? { answer: 'gone' } : { answer: 'unknown' };
		},
	);
}

/** Work this long does not hold up anybody; a timer for every few people would. */
const WORK_BETWEEN_PAUSES_MS = 10;

/** n8n polls in its main process: everything else waits while this one works. */
function pauseNowAndThen(): () => Promise<void> {
	let lastPause = Date.now();
	return async () => {
		if (Date.now() - lastPause < WORK_BETWEEN_PAUSES_MS) return;
		await sleep(0);
		lastPause = Date.now();
	};
}

/** The port of one business. Reads and look-ups throw FreshBooksApiError where `BusinessPort` lets them. */
export function freshBooksPort(client: FreshBooksClient, businessId: number, source: Source): BusinessPort {
	return {
		listPeople: async (purpose) => await read(client, peopleOf(businessId, source), purpose),
		listInvitations: async (purpose) =>
			await read(client, listInvitations(businessId, pendingInvitationOf), purpose).catch((error: unknown) => ({
				unavailable: error,
			})),
		lookUpMembers: async (uuids) =>
			await Promise.all(uuids.map(async (uuid) => await lookUp(client, businessId, uuid))),
		now: () => new Date(),
		pause: pauseNowAndThen(),
	};
}
