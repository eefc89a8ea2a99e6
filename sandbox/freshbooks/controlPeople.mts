import { emptyBusiness, findInvitation, findMember, indexMember, pendingInvitations } from './businesses.mts';
import { ControlError } from './controlRoute.mts';
import type { ControlCall, ControlRoute } from './controlRoute.mts';
import type { Parts } from './gate.mts';
import { defaultOwner, generateMembers, seedDefault } from './people.mts';
import type { Business, Invitation, Member, Owner } from './types.mts';
import { asRecord, many, text } from './values.mts';
import { addProject, addTimeEntry } from './work.mts';
import type { ProjectDraft, TimeEntryDraft } from './work.mts';
import { differences } from './world.mts';
import type { Differences, MemberChanges, MemberDraft, World } from './world.mts';

const BUSINESS = '/businesses/:businessId';
const MEMBER = `${BUSINESS}/members/:member`;
const INVITATION = `${BUSINESS}/invitations/:invitation`;

/** The routes of businesses, members, invitations, memberships and the connected user. */
export function peopleRoutes({ world }: Parts): ControlRoute[] {
	return [...stateRoutes(world), ...businessRoutes(world), ...memberRoutes(world), ...invitationRoutes(world)];
}

function stateRoutes(world: World): ControlRoute[] {
	return [
		{ method: 'GET', path: '/state', run: ({ query }) => ({
			settings: world.settings, owner: world.owner,
			businesses: [...world.businesses.values()].map((business) => describe(business, query.members !== '0')),
		}) },
		{ method: 'POST', path: '/seed', run: ({ body }) => seed(world, body) },
		{ method: 'PATCH', path: '/owner', run: ({ body }) => Object.assign(world.owner, body) },
	];
}

/** A business as the control API shows it. */
export function describe(business: Business, withPeople: boolean): Record<string, unknown> {
	const { id, uuid, name, accountId, clientAccountId, listable, active, membership, members, staff } = business;
	const counts = { memberCount: members.length, staffCount: staff.length, pendingCount: pendingInvitations(business).length };
	const basics = { id, uuid, name, accountId, clientAccountId, listable, active, role: membership?.role ?? null, membershipId: membership?.id ?? null, ...counts };
	return withPeople ? { ...basics, members, invitations: business.invitations, staff: staff.map(({ apiToken, ...record }) => ({ ...record, hasApiToken: apiToken !== null })) } : basics;
}

/** Replaces everything: the default people, or the businesses given. */
function seed(world: World, body: Record<string, unknown>): unknown {
	world.history = [];
	if (!Array.isArray(body.businesses)) {
		seedDefault(world, 'control');
	} else {
		world.clear({ ...defaultOwner(), ...(asRecord(body.owner) as Partial<Owner>) });
		for (const entry of body.businesses) makeBusiness(world, asRecord(entry));
	}
	return { businesses: [...world.businesses.values()].map((business) => describe(business, false)) };
}

/** With `role: null` the connected user does not belong to the business. */
function makeBusiness(world: World, body: Record<string, unknown>): Business {
	const id = Number(body.id ?? world.newId(7_000_000));
	const accountId = body.accountId === undefined ? `acc${id.toString(36)}` : (body.accountId as string | null);
	const business = emptyBusiness({ id, uuid: world.newUuid(), name: text(body.name) ?? `Business ${id}`, accountId });
	if (body.role !== null) business.membership = world.newMembership(text(body.role) ?? 'owner');
	business.listable = body.listable !== false;
	business.clientAccountId = text(body.clientAccountId) ?? null;
	if (body.withOwner === true) placeOwner(world, business);
	for (const entry of Array.isArray(body.members) ? body.members : []) {
		const member = world.draftMember(readMember(entry));
		indexMember(business, member);
		world.addStaffFor(business, member);
	}
	generateMembers(world, business, Number(body.generate ?? 0), body.staff !== false);
	world.addBusiness(business, 'control');
	for (const entry of Array.isArray(body.invitations) ? body.invitations : []) world.invite(business, readInvitation(asRecord(entry)), 'control');
	for (const entry of Array.isArray(body.projects) ? body.projects : []) addProject(world, business, readProject(asRecord(entry)));
	for (const entry of Array.isArray(body.timeEntries) ? body.timeEntries : []) addTimeEntry(world, business, readTimeEntry(asRecord(entry)));
	world.showAtOnce([business]);
	return business;
}

function placeOwner(world: World, business: Business): void {
	const { firstName, lastName, email, identityId, identityUuid } = world.owner;
	const member = world.draftMember({ firstName, lastName, email, identityId, identityUuid, role: business.membership?.role ?? 'owner' });
	indexMember(business, member);
	world.addStaffFor(business, member);
}

function readMember(value: unknown): MemberDraft {
	const draft = asRecord(value);
	if (!text(draft.email)) throw new ControlError(400, 'A member needs an email. To fix this, give the field email.');
	return draft as unknown as MemberDraft;
}

function readInvitation(body: Record<string, unknown>): { email: string; role: string } {
	const email = text(body.email);
	if (!email) throw new ControlError(400, 'An invitation needs an email. To fix this, give the field email.');
	return { email, role: text(body.role) ?? 'business_employee' };
}

function readProject({ title, members, invited }: Record<string, unknown>): ProjectDraft {
	return { title: text(title) ?? 'Project', members: many(members ?? []), invited: many(invited ?? []) };
}

function readTimeEntry({ identityId, duration, billed, project }: Record<string, unknown>): TimeEntryDraft {
	if (typeof identityId !== 'number' || typeof duration !== 'number') throw new ControlError(400, 'A time entry needs an identityId and a duration in seconds');
	return { identityId, duration, billed: billed === true, project: typeof project === 'number' ? project : 0 };
}

function businessOf(world: World, { params }: ControlCall): Business {
	const business = world.businesses.get(Number(params.businessId));
	if (!business) throw new ControlError(404, `There is no business ${params.businessId}`);
	return business;
}

function memberOf(world: World, call: ControlCall): [Business, Member] {
	const business = businessOf(world, call);
	const member = findMember(business, call.params.member ?? '');
	if (!member) throw new ControlError(404, `There is no team member ${call.params.member} in this business`);
	return [business, member];
}

function invitationOf(world: World, call: ControlCall): [Business, Invitation] {
	const business = businessOf(world, call);
	const invitation = findInvitation(business, call.params.invitation ?? '');
	if (invitation?.status !== 'pending') throw new ControlError(404, `There is no pending invitation ${call.params.invitation} in this business`);
	return [business, invitation];
}

function changeBusiness(world: World, business: Business, { name, accountId, clientAccountId, listable, active, role }: Record<string, unknown>): void {
	const { membership } = business;
	const fields = differences(business, { name, accountId, clientAccountId, listable, active });
	const own = membership && text(role) ? differences(membership, { role }) : {};
	Object.assign(business, targets(fields));
	Object.assign(membership ?? {}, targets(own));
	const changes = { ...fields, ...own };
	if (Object.keys(changes).length > 0) world.record('businessChanged', 'control', business, null, { changes });
}

function targets(changes: Differences): Record<string, unknown> {
	return Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));
}

function businessRoutes(world: World): ControlRoute[] {
	return [
		{ method: 'POST', path: '/businesses', created: true, run: ({ body }) => describe(makeBusiness(world, body), false) },
		{ method: 'GET', path: BUSINESS, run: (call) => describe(businessOf(world, call), true) },
		{ method: 'PATCH', path: BUSINESS, run: (call) => {
			const business = businessOf(world, call);
			changeBusiness(world, business, call.body);
			return describe(business, false);
		} },
		{ method: 'DELETE', path: BUSINESS, run: (call) => world.deleteBusiness(businessOf(world, call), 'control') },
		{ method: 'POST', path: `${BUSINESS}/generate`, created: true, run: (call) => {
			const business = businessOf(world, call);
			generateMembers(world, business, Number(call.body.count ?? 0), call.body.staff !== false);
			world.showAtOnce([business]);
			return describe(business, false);
		} },
		{ method: 'PUT', path: `${BUSINESS}/membership`, run: (call) => {
			const business = businessOf(world, call);
			business.membership = world.newMembership(text(call.body.role) ?? 'business_manager');
			world.record('membershipAdded', 'control', business, null, { role: business.membership.role });
		} },
		{ method: 'DELETE', path: `${BUSINESS}/membership`, run: (call) => {
			const business = businessOf(world, call);
			business.membership = null;
			world.record('membershipRemoved', 'control', business, null);
		} },
	];
}

function memberRoutes(world: World): ControlRoute[] {
	const change = (changesFor: (call: ControlCall) => MemberChanges) => (call: ControlCall) => {
		const [business, member] = memberOf(world, call);
		world.changeMember(business, member, changesFor(call), 'control');
		return member;
	};
	return [
		{ method: 'POST', path: `${BUSINESS}/members`, created: true, run: (call) => world.addMember(businessOf(world, call), joined(world, readMember(call.body)), 'control') },
		{ method: 'GET', path: MEMBER, run: (call) => memberOf(world, call)[1] },
		{ method: 'PATCH', path: MEMBER, run: change(({ body }) => withoutIds(body)) },
		{ method: 'POST', path: `${MEMBER}/deactivate`, run: change(() => ({ active: false })) },
		{ method: 'POST', path: `${MEMBER}/reactivate`, run: change(() => ({ active: true })) },
		{ method: 'POST', path: `${MEMBER}/new-id`, run: (call) => {
			const [business, member] = memberOf(world, call);
			world.changeUuid(business, member, 'control', text(call.body.uuid), call.body.oldAnswers === true);
			return member;
		} },
		{ method: 'DELETE', path: MEMBER, run: (call) => {
			const [business, member] = memberOf(world, call);
			world.removeMember(business, member, 'control');
			return member;
		} },
	];
}

/** The two ids of a person are changed by `new-id` only. */
function withoutIds(fields: Record<string, unknown>): MemberChanges {
	return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'uuid' && name !== 'memberId'));
}

/** A person added by the control API has accepted, unless the call says otherwise. */
function joined(world: World, draft: MemberDraft): MemberDraft {
	const seatless = draft.role === 'no_seat_employee';
	const identity = seatless ? {} : {
		identityId: world.newIdentityId(), identityUuid: world.newUuid(), invitationDateAccepted: new Date(world.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
	};
	return { ...identity, ...draft };
}

function invitationRoutes(world: World): ControlRoute[] {
	return [
		{ method: 'POST', path: `${BUSINESS}/invitations`, created: true, run: (call) => world.invite(businessOf(world, call), readInvitation(call.body), 'control') },
		{ method: 'POST', path: `${INVITATION}/accept`, run: (call) => {
			const [business, invitation] = invitationOf(world, call);
			const { firstName, lastName } = call.body;
			const names = { ...(text(firstName) ? { firstName: text(firstName) } : {}), ...(text(lastName) ? { lastName: text(lastName) } : {}) };
			return world.accept(business, invitation, names, 'control');
		} },
		{ method: 'DELETE', path: INVITATION, run: (call) => {
			const [business, invitation] = invitationOf(world, call);
			world.revoke(business, invitation, 'control');
			return invitation;
		} },
	];
}
