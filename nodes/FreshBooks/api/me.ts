import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError } from '../client/errors';
import { checkAccountId } from '../client/identifiers';
import type { FreshBooksClient } from '../client/client';
import { booleanOrNull, idOrNull, objectOf, objectsOf, textOrNull, type WireObject } from '../client/json';

/** GET and PUT /auth/api/v1/users/me: who the token belongs to, and which businesses they belong to. */

/** One membership of the token owner, from either documented shape of `business_memberships`. */
export interface BusinessMembership {
	businessId: number;
	businessUuid: string | null;
	/** The ID of the accounting system it is reached through; null where FreshBooks gives none that is surely meant. */
	accountId: string | null;
	/**
	 * Whether FreshBooks names that account as this business's own. Otherwise the business is a client in it: the account, and
	 * the staff in it, belong to another business.
	 */
	ownsAccount: boolean;
	name: string | null;
	role: string | null;
	membershipId: number | null;
	active: boolean | null;
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

const ME_PATH = '/auth/api/v1/users/me';
const ABOUT_ME = { path: ME_PATH, subject: 'the connected user', idFamily: 'none', published: true } as const;

/** The request that every token with `user:profile:read` may make, and that changes nothing. */
export const ASK_WHO_I_AM = { ...ABOUT_ME, method: 'GET' } as const;

function userIn(body: unknown): WireObject | undefined {
	const response = objectOf(objectOf(body).response);
	return idOrNull(response.id) === null ? undefined : response;
}

/** The token owner. Throws FreshBooksError. */
export async function getMe(client: FreshBooksClient): Promise<Me> {
	const user = userIn(await client.send(ASK_WHO_I_AM));
	if (user) return meOf(user);
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject: ABOUT_ME.subject, idFamily: 'none', method: 'GET' });
}

/**
 * Changes the token owner's profile. Only a third-party guide describes this (PUT on the same path); FreshBooks' developer
 * portal offers no scope that would allow it, so expect a refusal. Answers the profile, read again where FreshBooks answers
 * without it. Throws FreshBooksError.
 */
export async function updateMe(client: FreshBooksClient, body: IDataObject): Promise<Me> {
	const user = userIn(await client.send({ ...ABOUT_ME, published: false, method: 'PUT', body }));
	return user ? meOf(user) : await getMe(client);
}

/** An account's ID, or null for anything that none looks like: it becomes part of paths. */
function accountOrNull(value: unknown): string | null {
	const checked = checkAccountId(value);
	return checked.ok ? checked.value : null;
}

/** The business of a membership in the modern shape `{id, role, business: {…}}` or the flat `{business_id, role}`. */
function membershipFrom(entry: WireObject): BusinessMembership | null {
	const business = objectOf(entry.business);
	const nested = idOrNull(business.id);
	const businessId = nested ?? idOrNull(entry.business_id);
	if (businessId === null) return null;
	const ownAccount = accountOrNull(business.account_id) ?? accountOrNull(entry.account_id);
	return {
		name: textOrNull(business.name) ?? textOrNull(entry.name),
		role: textOrNull(entry.role),
		businessId,
		businessUuid: textOrNull(business.business_uuid ?? entry.business_uuid),
		accountId: ownAccount ?? clientAccount(business, businessId),
		ownsAccount: ownAccount !== null,
		membershipId: idOrNull(entry.id),
		active: booleanOrNull(business.active) ?? booleanOrNull(entry.active),
	};
}

/** A business without an account of its own is reached through the account it is a client of, if it is of just one. */
function clientAccount(business: WireObject, businessId: number): string | null {
	const own = objectsOf(business.business_clients).filter(
		(client) => (idOrNull(client.business_id) ?? businessId) === businessId,
	);
	return only(own.map((client) => accountOrNull(client.account_id)));
}

/** The single distinct value, or null: which of several accounts is meant cannot be known. */
function only(values: Array<string | null>): string | null {
	const distinct = [...new Set(values)].filter((value): value is string => value !== null);
	return distinct.length === 1 ? distinct[0] : null;
}

/**
 * The memberships of a users/me answer: none, one or several; a membership without a business is left out. Where exactly
 * one business has no account, and exactly one account among `roles[]` belongs to no other business, that one is taken.
 */
export function membershipsOf(me: WireObject): BusinessMembership[] {
	const memberships = objectsOf(me.business_memberships)
		.map(membershipFrom)
		.filter((membership): membership is BusinessMembership => membership !== null);
	const taken = new Set(memberships.map((membership) => membership.accountId));
	const free = only(objectsOf(me.roles).map((role) => accountOrNull(role.accountid)).filter((id) => !taken.has(id)));
	const homeless = memberships.filter((membership) => membership.accountId === null);
	if (free === null || homeless.length !== 1) return memberships;
	return memberships.map((membership) => (membership === homeless[0] ? { ...membership, accountId: free } : membership));
}
