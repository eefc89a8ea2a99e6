import { FreshBooksError } from '../client/errors';
import { checkUuid, path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';

/** The published team members endpoints (freshbooks.com/api/team_members). Read only; team members have UUIDs. */

/** One row of the published list. A field that FreshBooks omits is null. */
export interface TeamMember {
	/** In lower case. Empty if FreshBooks returned none; a list with such a row is malformed. */
	uuid: string;
	email: string | null;
	firstName: string | null;
	middleName: string | null;
	lastName: string | null;
	jobTitle: string | null;
	phoneNumber: string | null;
	address: PostalAddress;
	/** `business_role_name`. */
	role: string | null;
	active: boolean | null;
	/** The person's FreshBooks identity; null if they never had one. */
	identityId: number | null;
	/** `invited`; source: ConductorOne's client only. */
	invited: boolean | null;
	/** ISO 8601, as FreshBooks returns it. */
	invitationAcceptedAt: string | null;
	createdAt: string | null;
	updatedAt: string | null;
	businessId: number | null;
	/** The unchanged FreshBooks object. */
	raw: WireObject;
}

export interface PostalAddress {
	street1: string | null;
	street2: string | null;
	city: string | null;
	province: string | null;
	postalCode: string | null;
	country: string | null;
	/** `country_code`; source: ConductorOne's client only. */
	countryCode: string | null;
}

/** Parses a row of the published list, or the response for one team member. */
export function teamMemberOf(row: WireObject): TeamMember {
	return {
		uuid: (textOrNull(row.uuid) ?? '').toLowerCase(),
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		middleName: textOrNull(row.middle_name),
		lastName: textOrNull(row.last_name),
		jobTitle: textOrNull(row.job_title),
		phoneNumber: textOrNull(row.phone_number),
		address: {
			street1: textOrNull(row.street_1),
			street2: textOrNull(row.street_2),
			city: textOrNull(row.city),
			province: textOrNull(row.province),
			postalCode: textOrNull(row.postal_code),
			country: textOrNull(row.country),
			countryCode: textOrNull(row.country_code),
		},
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active),
		identityId: idOrNull(row.identity_id),
		invited: booleanOrNull(row.invited),
		invitationAcceptedAt: textOrNull(row.invitation_date_accepted),
		createdAt: textOrNull(row.created_at),
		updatedAt: textOrNull(row.updated_at),
		businessId: idOrNull(row.business_id),
		raw: row,
	};
}

/** The UUID of a row; null if it has none or belongs to another business. */
function uuidIn(row: WireObject, businessId: number): string | null {
	const uuid = checkUuid(row.uuid);
	return uuid.ok && (idOrNull(row.business_id) ?? businessId) === businessId ? uuid.value : null;
}

/** The published list: an array in `response`, beside `meta` without `pages`. `active: true` requests active team members only. */
export function listTeamMembers<Kept>(
	businessId: number,
	keep: (member: TeamMember) => Kept,
	active?: true,
): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/businesses/${businessId}/team_members`,
		query: active ? { active: true } : {},
		subject: `team members of business ${businessId}`,
		idFamily: 'business ID',
		published: true,
		rowKeys: ['team_members'],
		idOf: (row) => uuidIn(row, businessId),
		keep: (row) => keep(teamMemberOf(row)),
	};
}

/** Reads one team member. Throws FreshBooksError, of kind `notFound` if the business has none with that UUID. */
export async function getTeamMember(client: FreshBooksClient, businessId: number, uuid: string): Promise<TeamMember> {
	const context = { subject: `team member ${uuid} of business ${businessId}`, idFamily: 'team member UUID' };
	const body = await client.send({
		...context,
		method: 'GET',
		path: path`/auth/api/v1/businesses/${businessId}/team_members/${uuid}`,
		published: true,
	});
	const member = teamMemberOf(objectOf(objectOf(body).response));
	if (member.uuid !== uuid.toLowerCase() || (member.businessId ?? businessId) !== businessId) {
		throw new FreshBooksError({ ...context, kind: 'malformed', status: 200, method: 'GET' });
	}
	return member;
}
