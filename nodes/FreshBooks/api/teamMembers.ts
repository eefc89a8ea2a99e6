import { FreshBooksError } from '../client/errors';
import { checkUuid, path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, objectOf, textOrNull, type WireObject } from '../client/json';

/** FreshBooks' published team members resource (freshbooks.com/api/team_members): read only, identified by UUID. */

/** One person in the published list. A field that FreshBooks leaves out is null. */
export interface TeamMember {
	/** In lower case; empty where FreshBooks gave none, which no list lets through. */
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
	/** The FreshBooks account; null for somebody who never had one. */
	identityId: number | null;
	/** `invited`, seen in ConductorOne's client only. */
	invited: boolean | null;
	/** ISO 8601 as FreshBooks wrote it. */
	invitationAcceptedAt: string | null;
	createdAt: string | null;
	updatedAt: string | null;
	businessId: number | null;
	/** FreshBooks' own object. */
	raw: WireObject;
}

export interface PostalAddress {
	street1: string | null;
	street2: string | null;
	city: string | null;
	province: string | null;
	postalCode: string | null;
	country: string | null;
	/** `country_code`, seen in ConductorOne's client only. */
	countryCode: string | null;
}

/** Reads a row of the published list, or the answer for one person. */
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

/** The UUID of a row; null for a row without one, or one that FreshBooks says is of another business. */
function uuidIn(row: WireObject, businessId: number): string | null {
	const uuid = checkUuid(row.uuid);
	return uuid.ok && (idOrNull(row.business_id) ?? businessId) === businessId ? uuid.value : null;
}

/** Rows and paging: an array under `response`, a `meta` beside it without `pages`. `active: true` asks for active ones only. */
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

/** One team member. Throws FreshBooksError, kind `notFound` when the business has none with that UUID. */
export async function getTeamMember(client: FreshBooksClient, businessId: number, uuid: string): Promise<TeamMember> {
	const about = { subject: `team member ${uuid} of business ${businessId}`, idFamily: 'team member UUID' };
	const body = await client.send({
		...about,
		method: 'GET',
		path: path`/auth/api/v1/businesses/${businessId}/team_members/${uuid}`,
		published: true,
	});
	const member = teamMemberOf(objectOf(objectOf(body).response));
	if (member.uuid !== uuid.toLowerCase() || (member.businessId ?? businessId) !== businessId) {
		throw new FreshBooksError({ ...about, kind: 'malformed', status: 200, method: 'GET' });
	}
	return member;
}
