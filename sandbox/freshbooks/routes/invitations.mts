import { invalidResource, noContent, notFound, ok } from '../answers.mts';
import type { Answer } from '../answers.mts';
import { pendingInvitations, sameAddress } from '../businesses.mts';
import type { Call, Endpoint } from '../gate.mts';
import { paginate } from '../paging.mts';
import type { Business, Invitation } from '../types.mts';
import type { World } from '../world.mts';
import { text } from '../values.mts';
import { isAnswer, reachableBusiness, readRole } from './access.mts';

const LIST = '/auth/api/v1/business/:businessId/invitations';

/** Page sizes under which a list is one page. */
const WHOLE = { defaultPerPage: 1e8, pageSizeCap: 1e8 };

/**
 * Invitations as a third-party guide describes them (stitchflow.com, FreshBooks user management), and the one
 * of FreshBooks' own Postman collection. Assumption 7: reading needs `user:teams:read`, writing `user:teams:write`.
 */
export function invitationEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: LIST, scope: ['user:teams:read'], guideOnly: true, handle: (call) => list(world, call) },
		{ method: 'POST', path: LIST, scope: ['user:teams:write'], guideOnly: true, handle: (call) => create(world, call) },
		{ method: 'DELETE', path: `${LIST}/:invitationId`, scope: ['user:teams:write'], guideOnly: true, handle: (call) => revoke(world, call) },
		{ method: 'POST', path: '/auth/api/v1/users/invitation', scope: ['user:teams:write'], guideOnly: true, handle: (call) => createByUser(world, call) },
	];
}

/** The guide shows no paging here: all pending invitations are one list, except with the setting `pagesWithoutSaying`. */
function list(world: World, { params, query, distortion }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const { pagesWithoutSaying, invitationStatus } = world.settings;
	const pending = pendingInvitations(world.listed(business));
	const [asked, sizes] = pagesWithoutSaying ? [query, world.settings] : [{}, { ...world.settings, ...WHOLE }];
	const page = paginate(pending, asked, sizes, distortion);
	if ('problem' in page) return invalidResource(`${page.problem} must be a positive integer`);
	return ok({ response: { invitations: page.rows.map(({ id, email, role, status }) => ({ id, email, role, status: invitationStatus ?? status })) } });
}

function create(world: World, { params, body }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const invitation = invite(world, business, text(body.email), body.role);
	if (isAnswer(invitation)) return invitation;
	const { id, email, role, status } = invitation;
	return ok({ response: { invitation: { id, email, role, status } } });
}

/**
 * Assumption 6: nobody has published what `users/invitation` answers or which capacities it takes;
 * the documented role names are accepted, and the answer is the request with an ID.
 */
function createByUser(world: World, { body }: Call): Answer {
	if (body.invitable_type !== 'business') return invalidResource('Invitable type is not included in the list');
	const business = reachableBusiness(world, String(body.invitable_id));
	if (isAnswer(business)) return business;
	const invitation = invite(world, business, text(body.to_email), body.capacity);
	if (isAnswer(invitation)) return invitation;
	return ok({ response: { id: invitation.id, to_email: invitation.email, capacity: body.capacity, invitable_id: business.id, invitable_type: 'business' } });
}

/** Assumption: a second invitation of one address is stored, unless the setting `rejectDuplicateInvitations` refuses it. */
function invite(world: World, business: Business, email: string | undefined, name: unknown): Invitation | Answer {
	if (!email || !/^[^\s@]+@[^\s@]+$/.test(email)) return invalidResource('Email is invalid');
	const role = readRole(name);
	if (typeof role !== 'string') return role;
	const duplicate = pendingInvitations(business).some((invitation) => sameAddress(invitation.email, email));
	if (duplicate && world.settings.rejectDuplicateInvitations) return invalidResource('Email has already been invited');
	const stored = world.settings.invitedAddress === 'lowerCase' ? email.toLowerCase() : email;
	return world.invite(business, { email: stored, role }, 'api');
}

/** An accepted invitation cannot be revoked (the guide). Assumption: it answers 404, like one that does not exist. */
function revoke(world: World, { params }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const invitation = pendingInvitations(business).find(({ id }) => String(id) === params.invitationId);
	if (!invitation) return notFound('Invitation');
	world.revoke(business, invitation, 'api');
	return noContent();
}
