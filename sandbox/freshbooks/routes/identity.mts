import { invalidResource, notFound, ok, permissionDenied } from '../answers.mts';
import type { Answer } from '../answers.mts';
import type { Call, Endpoint } from '../gate.mts';
import type { Business, Member, Owner } from '../types.mts';
import { differences } from '../world.mts';
import type { World } from '../world.mts';
import { asRecord, text } from '../values.mts';
import { isAnswer, reachableBusiness } from './access.mts';

const CONFIRMED = '2016-01-26T16:01:23Z';
const CREATED = '2016-01-26T16:00:41Z';

/**
 * Who the token belongs to (FreshBooks API docs, Identity page), the businesses as one call
 * (FreshBooks' Postman collection, My Team), and the update that only a third-party guide describes.
 */
export function identityEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: '/auth/api/v1/users/me', scope: ['user:profile:read'], handle: () => ok({ response: usersMe(world) }) },
		{ method: 'PUT', path: '/auth/api/v1/users/me', scope: ['user:profile:write'], guideOnly: true, handle: (call) => updateMe(world, call) },
		{ method: 'GET', path: '/auth/api/v1/users/business/:businessId', scope: ['user:teams:read'], handle: (call) => businessGroup(world, call) },
		{ method: 'DELETE', path: '/auth/api/v1/users/business/:businessId', scope: 'any', handle: (call) => deleteBusiness(world, call) },
	];
}

function ownBusinesses(world: World): Business[] {
	return [...world.businesses.values()].filter((business) => business.membership !== null);
}

function usersMe(world: World): Record<string, unknown> {
	return world.settings.usersMeShape === 'flat' ? flatMe(world) : modernMe(world);
}

/** The short shape of the third-party guide. */
function flatMe(world: World): Record<string, unknown> {
	const { owner } = world;
	return {
		id: owner.identityId, email: owner.email, first_name: owner.firstName, last_name: owner.lastName, confirmed: true,
		business_memberships: ownBusinesses(world).map(({ id, membership }) => ({ business_id: id, role: membership?.role })),
	};
}

function modernMe(world: World): Record<string, unknown> {
	const { owner } = world;
	const businesses = ownBusinesses(world);
	const accounts = businesses.flatMap(({ accountId }) => (accountId === null ? [] : [accountId]));
	const perAccount = (value: unknown) => Object.fromEntries(accounts.map((account) => [account, value]));
	return {
		...person(owner), permissions: perAccount({ 'staff.limit': world.settings.staffLimit, 'client.limit': 2, 'business_accountant.limit': 10, 'business_manager_role.access': true }),
		groups: businesses.map((business) => group(owner, business)),
		subscription_statuses: perAccount('active'), business_statuses: perAccount('active'), integrations: {},
		business_memberships: [...businesses.map(membershipOf), ...(world.settings.membershipWithoutBusiness ? [halfSetUp()] : [])],
		roles: businesses.flatMap(roleOf),
	};
}

function person(owner: Owner): Record<string, unknown> {
	const names = { first_name: owner.firstName, last_name: owner.lastName };
	const profession = owner.company === null ? null : { id: 17748, title: owner.jobTitle, company: owner.company, designation: null };
	return {
		id: owner.identityId, identity_id: owner.identityId, identity_uuid: owner.identityUuid, identity_origin: 'magnum',
		profile: {
			...names, setup_complete: true, has_password: true, is_email_confirmed: true, phone_number: null, address: null,
			professions: profession ? [profession] : [], time_format: '12h', timezone: owner.timezone,
		},
		...names, email: owner.email, unconfirmed_email: null, confirmed_at: CONFIRMED, created_at: CREATED, setup_complete: true,
		language: owner.language, timezone: owner.timezone, otp_delivery_method: null, otp_required_for_login: false,
		phone_numbers: [{ title: '', phone_number: null }], addresses: [null], profession,
		links: { me: `/service/auth/api/v1/users?id=${owner.identityId}`, roles: `/service/auth/api/v1/users/role/${owner.identityId}` },
	};
}

function group(owner: Owner, business: Business): Record<string, unknown> {
	return {
		id: business.membership?.id, group_id: business.membership?.groupId, role: business.membership?.role, identity_id: owner.identityId,
		identity_uuid: owner.identityUuid, first_name: owner.firstName, last_name: owner.lastName, email: owner.email,
		company: business.name, business_id: business.id, active: business.active,
	};
}

/** A membership of a person who has not finished setting up a business: it has no business (FreshBooks' Node SDK changelog, 1.4.0). */
function halfSetUp(): Record<string, unknown> {
	return { id: 1999999, role: 'owner', unacknowledged_change: false, fasttrack_token: null, business: null };
}

function membershipOf(business: Business): Record<string, unknown> {
	const { membership } = business;
	return { id: membership?.id, role: membership?.role, unacknowledged_change: false, fasttrack_token: membership?.fasttrackToken, business: businessBody(business) };
}

function businessBody(business: Business): Record<string, unknown> {
	return {
		id: business.id, business_uuid: business.uuid, name: business.name, account_id: business.accountId, active: business.active,
		timezone: 'America/New_York', date_format: 'mm/dd/yyyy', number_format: null, first_day_of_week: 0, status: 'active', business_type: null,
		industry: null, billing_country_code: 'CA', advanced_accounting_enabled: false,
		address: { id: 74_595, street: '123', street2: null, city: 'Toronto', province: 'Ontario', country: 'Canada', postal_code: 'A1B2C3' },
		phone_number: null, business_clients: businessClients(business),
	};
}

function businessClients({ id, clientAccountId }: Business): Record<string, unknown>[] {
	if (clientAccountId === null) return [];
	return [{
		id: 22_347, business_id: id, account_id: clientAccountId, userid: 74_353, client_business: { business_id: id },
		account_business: { account_business_id: 363_103, account_id: clientAccountId },
	}];
}

/** Older than memberships and tied to accounts: a business without an account is a client of another one (FreshBooks API docs, Identity page). */
function roleOf(business: Business): Record<string, unknown>[] {
	const account = business.accountId ?? business.clientAccountId;
	if (account === null) return [];
	const id = (business.membership?.id ?? 0) + 500_000;
	const userId = business.membership?.role === 'owner' ? 1 : 2_307_391;
	return [{
		id, role: roleName(business), systemid: 1_953_394 + id % 1000, userid: userId, created_at: '2016-01-26T16:00:44Z',
		links: { destroy: `/service/auth/api/v1/users/role/${id}` }, accountid: account, migrated_to_smux_at: null, modern_system: true,
	}];
}

function roleName({ accountId, membership }: Business): string {
	if (accountId === null) return 'client';
	return membership?.role === 'owner' ? 'admin' : 'staff';
}

const WRITABLE: Record<string, 'firstName' | 'lastName' | 'language' | 'timezone'> = {
	first_name: 'firstName', last_name: 'lastName', language: 'language', timezone: 'timezone',
};

/** Assumption: the guide shows only an answer with the id, the changed fields and the address; the sandbox returns these. */
function updateMe(world: World, { body }: Call): Answer {
	const changes = Object.entries(WRITABLE).filter(([field]) => field in body);
	const bad = changes.find(([field]) => !text(body[field]));
	if (bad) return invalidResource(`${bad[0]} is invalid`);
	const before = { ...world.owner };
	for (const [field, own] of changes) world.owner[own] = String(body[field]);
	const profession = asRecord(body.profession);
	if ('title' in profession) world.owner.jobTitle = text(profession.title) ?? null;
	if ('company' in profession) world.owner.company = text(profession.company) ?? null;
	renameOwnRecords(world);
	world.record('ownerUpdated', 'api', null, null, { changes: differences(before, world.owner) });
	const changed = Object.fromEntries(changes.map(([field]) => [field, body[field]]));
	return ok({ response: { id: world.owner.identityId, ...changed, ...('profession' in body ? { profession: body.profession } : {}), email: world.owner.email } });
}

function renameOwnRecords(world: World): void {
	const { identityId, firstName, lastName } = world.owner;
	for (const business of world.businesses.values()) {
		const own = business.members.find((member) => member.identityId === identityId);
		if (own) world.changeMember(business, own, { firstName, lastName }, 'api');
	}
}

/** Not paginated (FreshBooks' Postman collection, My Team). Assumption 4: only people with an identity are in the group. */
function businessGroup(world: World, { params, distortion }: Call): Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	if (isAnswer(business)) return business;
	const groupId = business.membership?.groupId ?? 0;
	const members = world.listed(business).members.filter(({ identityId, email }) => identityId !== null && !distortion?.empty && !distortion?.drop?.has(email.toLowerCase()));
	return ok({ response: { ...businessBody(business), business_group: { id: groupId, category: 'business', members: members.map((member) => groupMember(business, groupId, member)) } } });
}

function groupMember(business: Business, groupId: number, member: Member): Record<string, unknown> {
	return {
		id: member.memberId, group_id: groupId, role: member.role, identity_id: member.identityId, identity_uuid: member.identityUuid,
		first_name: member.firstName, last_name: member.lastName, language: 'en', email: member.email, company: business.name,
		business_id: business.id, unacknowledged_change: false, active: member.active,
	};
}

/** DANGER: this deletes the business, as in FreshBooks (FreshBooks' Postman collection). FreshBooks does it for an unsubscribed business only, the sandbox always. */
function deleteBusiness(world: World, { params }: Call): Answer {
	const business = world.businesses.get(Number(params.businessId));
	if (!business) return notFound('Business');
	if (!business.membership) return permissionDenied();
	world.deleteBusiness(business, 'api');
	return ok({ response: {} });
}
