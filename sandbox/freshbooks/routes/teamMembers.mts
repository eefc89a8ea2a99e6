import { invalidResource, notFound, ok } from '../answers.mts';
import type { Answer } from '../answers.mts';
import { membersByActivity } from '../businesses.mts';
import type { Call, Endpoint } from '../gate.mts';
import { paginate, pagingObject } from '../paging.mts';
import type { Business, Member } from '../types.mts';
import type { World } from '../world.mts';
import { isAnswer, reachableBusiness } from './access.mts';

const LIST = '/auth/api/v1/businesses/:businessId/team_members';

/** The people of a business, for reading only (FreshBooks API docs, Team Members page). */
export function teamMemberEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: LIST, scope: ['user:teams:read'], handle: (call) => list(world, call) },
		{ method: 'GET', path: `${LIST}/:uuid`, scope: ['user:teams:read'], handle: (call) => single(world, call) },
	];
}

/** `response` is the array itself and `meta` has no `pages` (FreshBooks API docs, Team Members page). */
function list(world: World, { params, query, distortion }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const page = paginate(filtered(world, business, query.active), query, world.settings, distortion);
	if ('problem' in page) return invalidResource(`${page.problem} must be a positive integer`);
	return ok({
		response: page.rows.map((member) => teamMember(business, member)),
		meta: pagingObject(world.settings, { page: page.page, per_page: page.echo, total: page.total }),
	});
}

/** `active=true` is documented. Assumption 3: `active=false` gives the inactive ones only. Assumption 4: everyone but pending people is listed. */
function filtered(world: World, business: Business, active: unknown): readonly Member[] {
	const { members } = world.listed(business);
	if (active !== 'true' && active !== 'false') return members;
	const wanted = active === 'true';
	return members === business.members ? membersByActivity(business, wanted) : members.filter((member) => member.active === wanted);
}

function single(world: World, { params }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const uuid = params.uuid ?? '';
	const member = business.membersByUuid.get(uuid) ?? business.membersByFormerUuid.get(uuid);
	return member ? ok({ response: { ...teamMember(business, member), uuid } }) : notFound('Team member');
}

function teamMember(business: Business, member: Member): Record<string, unknown> {
	return {
		uuid: member.uuid, first_name: member.firstName, middle_name: member.middleName, last_name: member.lastName, email: member.email,
		job_title: member.jobTitle, street_1: member.street1, street_2: member.street2, city: member.city, province: member.province,
		country: member.country, postal_code: member.postalCode, phone_number: member.phoneNumber, business_id: business.id,
		business_role_name: member.role, active: member.active, identity_id: member.identityId,
		invitation_date_accepted: member.invitationDateAccepted, created_at: member.createdAt, updated_at: member.updatedAt,
	};
}
