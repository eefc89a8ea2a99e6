import { FreshBooksApiError } from './failures';
import { checkUuid, path } from './identifiers';
import type { ListRequest } from './listing';
import type { FreshBooksClient } from './transport';
import { objectOf, textOrNull, type WireObject } from './wire';

/** FreshBooks' published team members resource (freshbooks.com/api/team_members): read only, identified by UUID. */

function uuidOf(row: WireObject): string | null {
	const uuid = checkUuid(row.uuid);
	return uuid.ok ? uuid.value : null;
}

/** Rows and paging: an array under `response`, a `meta` beside it without `pages`. `active: true` asks for active ones only. */
export function listTeamMembers<Kept>(
	businessId: number,
	keep: (row: WireObject) => Kept,
	active?: true,
): ListRequest<Kept> {
	return {
		path: path`/auth/api/v1/businesses/${businessId}/team_members`,
		query: active ? { active: true } : {},
		subject: `team members of business ${businessId}`,
		idFamily: 'business ID',
		published: true,
		rowKeys: ['team_members'],
		idOf: uuidOf,
		keep,
	};
}

/** One team member. Throws FreshBooksApiError, kind `notFound` when the business has none with that UUID. */
export async function getTeamMember(client: FreshBooksClient, businessId: number, uuid: string): Promise<WireObject> {
	const about = { subject: `team member ${uuid} of business ${businessId}`, idFamily: 'team member UUID' };
	const body = await client.send({
		...about,
		method: 'GET',
		path: path`/auth/api/v1/businesses/${businessId}/team_members/${uuid}`,
		published: true,
	});
	const member = objectOf(objectOf(body).response);
	if (textOrNull(member.uuid)?.toLowerCase() !== uuid.toLowerCase()) {
		throw new FreshBooksApiError({ ...about, kind: 'malformed', status: 200, method: 'GET' });
	}
	return member;
}
