import { invalidResource, noContent, notFound, ok } from '../answers.mts';
import type { Answer } from '../answers.mts';
import type { Call, Endpoint } from '../gate.mts';
import { paginate, pagingObject } from '../paging.mts';
import type { Business, Member } from '../types.mts';
import type { MemberChanges, World } from '../world.mts';
import { asRecord } from '../values.mts';
import { isAnswer, reachableBusiness, readRole } from './access.mts';

const LIST = '/auth/api/v1/business/:businessId/members';
const SINGLE = `${LIST}/:memberId`;

/**
 * Members under their whole-number IDs, as a third-party guide describes them (stitchflow.com, FreshBooks user management);
 * FreshBooks publishes none of these. Assumption 7: reading needs `user:teams:read`, writing `user:teams:write`.
 */
export function businessMemberEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: LIST, scope: ['user:teams:read'], guideOnly: true, handle: (call) => list(world, call) },
		{ method: 'PUT', path: SINGLE, scope: ['user:teams:write'], guideOnly: true, handle: (call) => update(world, call) },
		{ method: 'DELETE', path: SINGLE, scope: ['user:teams:write'], guideOnly: true, handle: (call) => remove(world, call) },
	];
}

function list(world: World, { params, query, distortion }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const page = paginate(world.listed(business).members, query, world.settings, distortion);
	if ('problem' in page) return invalidResource(`${page.problem} must be a positive integer`);
	const pages = pagingObject(world.settings, { page: page.page, pages: page.pages, per_page: page.echo, total: page.total });
	return ok({ response: { members: page.rows.map(listedMember), pages } });
}

function listedMember(member: Member): Record<string, unknown> {
	const body = { id: member.memberId, email: member.email, role: member.role, confirmed: member.invitationDateAccepted !== null };
	return member.permissions ? { ...body, permissions: member.permissions } : body;
}

interface Found { business: Business; member: Member }

function find(world: World, { params }: Call): Found | Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const member = /^\d+$/.test(params.memberId ?? '') ? business.membersById.get(Number(params.memberId)) : undefined;
	return member ? { business, member } : notFound('Member');
}

/** Assumption: an owner cannot be removed or given another role; the setting `ownerProtected` allows it. */
function isProtected({ settings }: World, { role }: Member): boolean {
	return settings.ownerProtected && role === 'owner';
}

/** With the setting `roleChangeIgnored` a new role is accepted, but the old one is kept and returned. */
function update(world: World, call: Call): Answer {
	const found = find(world, call);
	if (isAnswer(found)) return found;
	const { business, member } = found;
	const { role, permissions } = call.body;
	const stored = 'role' in call.body ? readRole(role) : undefined;
	if (stored !== undefined && typeof stored !== 'string') return stored;
	if (isProtected(world, member)) return invalidResource('The role of the owner cannot be changed');
	const changes: MemberChanges = {};
	if (stored !== undefined && !world.settings.roleChangeIgnored) changes.role = stored;
	if ('permissions' in call.body) changes.permissions = asRecord(permissions);
	world.changeMember(business, member, changes, 'api');
	return ok({ response: { member: { id: member.memberId, role: member.role, email: member.email } } });
}

function remove(world: World, call: Call): Answer {
	const found = find(world, call);
	if (isAnswer(found)) return found;
	if (isProtected(world, found.member)) return invalidResource('The owner of a business cannot be removed');
	world.removeMember(found.business, found.member, 'api');
	return noContent();
}
