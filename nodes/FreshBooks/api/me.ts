import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject } from '../client/errors';
import { checkAccountId } from '../client/identifiers';
import { GET_ME_REQUEST, type FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, numberOrNull, objectOf, objectsOf, textOrNull, type WireObject } from '../client/json';
import { readBack } from './readBack';

/** GET and PUT /auth/api/v1/users/me: the connected user and their businesses. */

/** One membership of the connected user, from either documented shape of `business_memberships`. */
export interface BusinessMembership {
	businessId: number;
	businessUuid: string | null;
	/** The account ID of the business; null if FreshBooks returns none that certainly belongs to it. */
	accountId: string | null;
	name: string | null;
	role: string | null;
	membershipId: number | null;
	active: boolean | null;
	/**
	 * How many staff the plan allows: `staff.limit` of the account in `permissions` (freshbooks.com/api/me_endpoint). -1 means no
	 * limit, null unknown.
	 */
	staffLimit: number | null;
	/** The FreshBooks object, without credentials. */
	raw: WireObject;
}

/** The connected user. A field that FreshBooks omits is null. */
export interface Me {
	id: number;
	/** `identity_id`, or else `id`: in FreshBooks' sample they are equal. */
	identityId: number;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	language: string | null;
	timezone: string | null;
	setupComplete: boolean | null;
	confirmedAt: string | null;
	createdAt: string | null;
	/** One entry per membership. A membership without a business is omitted. */
	memberships: BusinessMembership[];
	/** The FreshBooks object, without credentials. */
	raw: WireObject;
}

/** Parses the user of a users/me response. */
export function meOf(user: WireObject): Me {
	const id = idOrNull(user.id) ?? 0;
	return {
		id,
		identityId: idOrNull(user.identity_id) ?? id,
		email: textOrNull(user.email),
		firstName: textOrNull(user.first_name),
		lastName: textOrNull(user.last_name),
		language: textOrNull(user.language),
		timezone: textOrNull(user.timezone),
		setupComplete: booleanOrNull(user.setup_complete),
		confirmedAt: textOrNull(user.confirmed_at),
		createdAt: textOrNull(user.created_at),
		memberships: membershipsOf(user),
		raw: user,
	};
}

function userIn(body: unknown): WireObject | undefined {
	const response = objectOf(objectOf(body).response);
	return idOrNull(response.id) === null ? undefined : response;
}

/** Whether the user has a valid list of memberships. Without the check, a missing list would mean no businesses. */
function hasMembershipList({ business_memberships: memberships }: WireObject): boolean {
	return Array.isArray(memberships) && memberships.every(isJsonObject);
}

/** Reads the connected user. Throws FreshBooksError, of kind `malformed` if there is no user or no list of memberships. */
export async function getMe(client: FreshBooksClient): Promise<Me> {
	const user = userIn(await client.send(GET_ME_REQUEST));
	if (user && hasMembershipList(user)) return meOf(user);
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject: GET_ME_REQUEST.subject, idFamily: 'none', method: 'GET' });
}

/**
 * Changes the profile of the connected user. Only a third-party guide documents this (stitchflow.com/user-management/freshbooks/api,
 * PUT on the same path). FreshBooks' developer portal offers no scope for it, so FreshBooks may refuse it. Returns the profile in
 * the response, which may contain only the changed fields, or reads it again if there is none. Throws FreshBooksError, with
 * `readBackFailed` if the change was accepted.
 */
export async function updateMe(client: FreshBooksClient, body: IDataObject): Promise<Me> {
	const user = userIn(await client.send({ ...GET_ME_REQUEST, published: false, method: 'PUT', body }));
	return user ? meOf(user) : await readBack(async () => await getMe(client));
}

/** A valid account ID, or null. Account IDs become part of paths. */
function accountOrNull(value: unknown): string | null {
	const checked = checkAccountId(value);
	return checked.ok ? checked.value : null;
}

/** The accounts in which a business is a client of another business. */
function clientAccounts(membership: WireObject): Array<string | null> {
	return objectsOf(objectOf(membership.business).business_clients).map((client) => accountOrNull(client.account_id));
}

/** The account ID in a membership, unless it is one where the business is a client. */
function namedAccount(membership: WireObject): string | null {
	const account = accountOrNull(objectOf(membership.business).account_id) ?? accountOrNull(membership.account_id);
	return clientAccounts(membership).includes(account) ? null : account;
}

function staffLimitOf(user: WireObject, accountId: string | null): number | null {
	return accountId === null ? null : numberOrNull(objectOf(objectOf(user.permissions)[accountId])['staff.limit']);
}

/** Parses a membership of the modern shape `{id, role, business: {…}}` or the flat shape `{business_id, role}`. */
function membershipFrom(membership: WireObject): Omit<BusinessMembership, 'staffLimit'> | null {
	const business = objectOf(membership.business);
	const businessId = idOrNull(business.id) ?? idOrNull(membership.business_id);
	if (businessId === null) return null;
	return {
		name: textOrNull(business.name) ?? textOrNull(membership.name),
		role: textOrNull(membership.role),
		businessId,
		businessUuid: textOrNull(business.business_uuid ?? membership.business_uuid),
		accountId: namedAccount(membership),
		membershipId: idOrNull(membership.id),
		active: booleanOrNull(business.active) ?? booleanOrNull(membership.active),
		raw: membership,
	};
}

/** The only distinct value; null if there are none or several. */
function only(values: Array<string | null>): string | null {
	const distinct = [...new Set(values)].filter((value): value is string => value !== null);
	return distinct.length === 1 ? distinct[0] : null;
}

/** The only account in `roles[]` that no membership uses and where the user is not a client; null if there is not exactly one. */
function freeAccount(user: WireObject): string | null {
	const entries = objectsOf(user.business_memberships);
	const roles = objectsOf(user.roles).map(({ accountid, role }) => ({ account: accountOrNull(accountid), role: textOrNull(role) }));
	const asClient = roles.filter(({ role }) => role?.toLowerCase() === 'client').map(({ account }) => account);
	const taken = new Set([...entries.map(namedAccount), ...entries.flatMap(clientAccounts), ...asClient]);
	return only(roles.map(({ account }) => account).filter((account) => !taken.has(account)));
}

/**
 * The memberships of a users/me response. A membership without a business is omitted: FreshBooks returns one for a business
 * that is not set up (changelog 1.4.0 of its Node.js SDK). If exactly one business has no account, and `roles[]` has exactly
 * one account that no membership uses, the business gets that account. An account where the business or the user is a client
 * belongs to another business.
 */
export function membershipsOf(user: WireObject): BusinessMembership[] {
	const memberships = objectsOf(user.business_memberships).map(membershipFrom).filter((membership) => membership !== null);
	const withoutAccount = memberships.filter(({ accountId }) => accountId === null);
	const free = withoutAccount.length === 1 ? freeAccount(user) : null;
	return memberships.map((membership) => {
		const accountId = membership.accountId ?? free;
		return { ...membership, accountId, staffLimit: staffLimitOf(user, accountId) };
	});
}
