import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject } from '../client/errors';
import { checkAccountId } from '../client/identifiers';
import { ASK_WHO_I_AM, type FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, numberOrNull, objectOf, objectsOf, textOrNull, type WireObject } from '../client/json';
import { readBack } from './readBack';

/** GET and PUT /auth/api/v1/users/me: who the token belongs to, and which businesses they belong to. */

/** One membership of the token owner, from either documented shape of `business_memberships`. */
export interface BusinessMembership {
	businessId: number;
	businessUuid: string | null;
	/** The ID of the business's own accounting system; null where FreshBooks gives none that is surely its own. */
	accountId: string | null;
	name: string | null;
	role: string | null;
	membershipId: number | null;
	active: boolean | null;
	/**
	 * How many staff the plan allows: `staff.limit` of the account among `permissions` (freshbooks.com/api/me_endpoint); -1 for
	 * no limit, null where FreshBooks does not say.
	 */
	staffLimit: number | null;
	/** FreshBooks' own object, without credentials. */
	raw: WireObject;
}

/** The token owner. A field that FreshBooks leaves out is null. */
export interface Me {
	id: number;
	/** `identity_id` where FreshBooks gives one, else `id`: the sample of FreshBooks' page has them equal. */
	identityId: number;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	language: string | null;
	timezone: string | null;
	setupComplete: boolean | null;
	confirmedAt: string | null;
	createdAt: string | null;
	/** One entry a membership; one without a business is left out. */
	memberships: BusinessMembership[];
	/** FreshBooks' own object, without credentials. */
	raw: WireObject;
}

/** Reads a users/me answer's user. */
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

/** Whether the answer says which businesses the user belongs to: without the list it would look like none. */
function namesBusinesses({ business_memberships: memberships }: WireObject): boolean {
	return Array.isArray(memberships) && memberships.every(isJsonObject);
}

/** The token owner. Throws FreshBooksError, of kind `malformed` also for a user without a list of business memberships. */
export async function getMe(client: FreshBooksClient): Promise<Me> {
	const user = userIn(await client.send(ASK_WHO_I_AM));
	if (user && namesBusinesses(user)) return meOf(user);
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject: ASK_WHO_I_AM.subject, idFamily: 'none', method: 'GET' });
}

/**
 * Changes the token owner's profile. Only a third-party guide describes this (stitchflow.com/user-management/freshbooks/api,
 * PUT on the same path); FreshBooks' developer portal offers no scope that would allow it, so expect a refusal. Answers the
 * profile as FreshBooks answered it, which may hold the changed fields only, or read again where it answers without it. Throws
 * FreshBooksError; with `readBackFailed` where the change was accepted.
 */
export async function updateMe(client: FreshBooksClient, body: IDataObject): Promise<Me> {
	const user = userIn(await client.send({ ...ASK_WHO_I_AM, published: false, method: 'PUT', body }));
	return user ? meOf(user) : await readBack(async () => await getMe(client));
}

/** An account's ID, or null for anything that none looks like: it becomes part of paths. */
function accountOrNull(value: unknown): string | null {
	const checked = checkAccountId(value);
	return checked.ok ? checked.value : null;
}

/** The accounts in which a business is a client of another business. */
function clientAccounts(membership: WireObject): Array<string | null> {
	return objectsOf(objectOf(membership.business).business_clients).map((client) => accountOrNull(client.account_id));
}

/** The account that a membership names as the business's own. */
function namedAccount(membership: WireObject): string | null {
	const account = accountOrNull(objectOf(membership.business).account_id) ?? accountOrNull(membership.account_id);
	return clientAccounts(membership).includes(account) ? null : account;
}

function staffLimitOf(user: WireObject, accountId: string | null): number | null {
	return accountId === null ? null : numberOrNull(objectOf(objectOf(user.permissions)[accountId])['staff.limit']);
}

/** The business of a membership in the modern shape `{id, role, business: {…}}` or the flat `{business_id, role}`. */
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

/** The single distinct value, or null: which of several accounts is meant cannot be known. */
function only(values: Array<string | null>): string | null {
	const distinct = [...new Set(values)].filter((value): value is string => value !== null);
	return distinct.length === 1 ? distinct[0] : null;
}

/** The one account of the user's own among `roles[]` that no membership names: neither its own nor one where it is a client. */
function freeAccount(user: WireObject): string | null {
	const entries = objectsOf(user.business_memberships);
	const roles = objectsOf(user.roles).map(({ accountid, role }) => ({ account: accountOrNull(accountid), role: textOrNull(role) }));
	const asClient = roles.filter(({ role }) => role?.toLowerCase() === 'client').map(({ account }) => account);
	const taken = new Set([...entries.map(namedAccount), ...entries.flatMap(clientAccounts), ...asClient]);
	return only(roles.map(({ account }) => account).filter((account) => !taken.has(account)));
}

/**
 * The memberships of a users/me answer: none, one or several; a membership without a business is left out, as FreshBooks gives
 * one for a business that is not set up (changelog 1.4.0 of its Node.js SDK). Where exactly one business has no account, and
 * exactly one account of the user's own is free among `roles[]`, that one is the business's. An account in which the business
 * or the user is a client belongs to another business.
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
