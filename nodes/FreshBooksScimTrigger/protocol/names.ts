import { isJsonObject } from '../../FreshBooks/client/errors';
import { SCIM_FRESHBOOKS_USER, SCIM_USER } from '../../FreshBooks/people/scimUser';

/**
 * The attributes of a SCIM user (RFC 7643, sections 4.1 and 4.3) and how they are found. Names are compared without regard to
 * case (section 2.1); what is remembered has the RFC's own spelling. Pure.
 */

export const SCIM_ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Attributes of a user as JSON. A value that a provider cleared is `null`; one that was never sent is absent. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Attributes with one value, a text. */
const SINGLE_TEXTS = [
	'userName', 'externalId', 'displayName', 'nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone',
	'employeeNumber', 'costCenter', 'organization', 'division', 'department',
];
const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const LISTS = ['emails', 'phoneNumbers', 'ims', 'photos', 'addresses', 'groups', 'entitlements', 'roles', 'x509Certificates'];
const SUB_ATTRIBUTES = ['value', 'display', 'type', 'primary', '$ref', 'streetAddress', 'locality', 'region', 'postalCode', 'country'];
const OTHERS = ['schemas', 'id', 'meta', 'active', 'password', 'name', 'manager', 'role'];

const SPELLINGS = new Map(
	[...SINGLE_TEXTS, ...NAME_PARTS, ...LISTS, ...SUB_ATTRIBUTES, ...OTHERS, SCIM_USER, SCIM_ENTERPRISE_USER, SCIM_FRESHBOOKS_USER].map((name) => [name.toLowerCase(), name]),
);

const isOneOf = (names: readonly string[]) => (name: string): boolean => names.includes(name);

/** True for an attribute that has one value, a text. */
export const isSingleText = isOneOf(SINGLE_TEXTS);
/** True for a part of a person's name. */
export const isNamePart = isOneOf(NAME_PARTS);
/** True for an attribute that is a list of values with a type. */
export const isList = isOneOf(LISTS);

/** A known name as the RFC spells it; any other as it is. */
export function spelled(name: string): string {
	return SPELLINGS.get(name.toLowerCase()) ?? name;
}

/** The key under which an object has an attribute, in any case. */
export function keyOf(object: Attributes, name: string): string | undefined {
	if (Object.hasOwn(object, name)) return name;
	const lower = name.toLowerCase();
	return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** The value of an attribute, its name in any case; undefined for none. */
export function valueOf(object: unknown, name: string): unknown {
	if (!isJsonObject(object)) return undefined;
	const key = keyOf(object, name);
	return key === undefined ? undefined : object[key];
}

/** The same attributes with one of them set. Never writes to an object's prototype. */
export function withValue(object: Attributes, name: string, value: unknown): Attributes {
	return Object.fromEntries([...Object.entries(object), [keyOf(object, name) ?? name, value]]);
}

/** True for an assigned value: not null, not an empty text, not an empty list or object (RFC 7643, section 2.5). */
export function isAssigned(value: unknown): boolean {
	if (value === null || value === undefined || value === '') return false;
	return typeof value !== 'object' || Object.keys(value).length > 0;
}
