import { isJsonObject } from '../../FreshBooks/client/errors';
import { sameRole } from '../../FreshBooks/people/roles';
import { SCIM_FRESHBOOKS_USER, SCIM_USER, toScimUser, type ScimSource } from '../../FreshBooks/people/scimUser';
import { rolesIn } from './asked';
import { scimIdOf } from './id';
import { isAssigned, valueOf, type Attributes } from './names';

/** Users in answers (RFC 7643, sections 3 and 4.1). Pure. */

/** A person as FreshBooks knows them. `email` is the address as first sent or listed: the ID encodes it. */
export interface KnownPerson extends Omit<ScimSource, 'id' | 'email' | 'active'> {
	email: string;
	active: boolean;
}

/** The assigned values: without `null` and empty texts at any depth, and without list values that have only a type. */
function assigned(value: unknown): unknown {
	if (Array.isArray(value)) return (value as unknown[]).map(assigned).filter((element) => isAssigned(element) && !hasOnlyType(element));
	if (!isJsonObject(value)) return value;
	const entries = Object.entries(value).map(([key, inner]) => [key, assigned(inner)] as const);
	return Object.fromEntries(entries.filter(([, inner]) => isAssigned(inner)));
}

function hasOnlyType(element: unknown): boolean {
	return isJsonObject(element) && Object.keys(element).every((key) => key === 'type' || key === 'primary');
}

const textIn = (object: unknown, name: string): string | undefined => {
	const value = valueOf(object, name);
	return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Names are never empty, as Okta's specification test requires both. Without a name it is the part of the address before the @. */
function nameOf(own: unknown, remembered: unknown, email: string): Attributes {
	const [mailbox] = email.split('@');
	const known = { ...(assigned(own ?? {}) as Attributes), ...(assigned(remembered ?? {}) as Attributes) };
	const givenName = textIn(known, 'givenName') ?? mailbox;
	const familyName = textIn(known, 'familyName') ?? mailbox;
	// FreshBooks' formatted name does not fit names that the provider gave.
	const parts = [givenName, textIn(known, 'middleName'), familyName].filter((part) => part !== undefined);
	return { ...known, givenName, familyName, formatted: textIn(remembered, 'formatted') ?? [...new Set(parts)].join(' ') };
}

/** The role as the provider wrote it, if the person has that role: the provider then sees no difference. */
function rolesOf(own: unknown, role: string | null, remembered: Attributes): unknown {
	const roles = assigned(valueOf(remembered, 'roles'));
	return Array.isArray(roles) && sameRole(rolesIn({ roles })[0] ?? null, role) ? roles : own;
}

/**
 * Includes the role only for a provider that writes it here. Okta sends back everything that it read, with its changes (its
 * reference, "Update a specific User (PUT)"): a role here takes precedence over `roles`, and would undo a change of `roles`.
 */
function extensionOf(own: unknown, role: string | null, remembered: Attributes): Attributes {
	const written = textIn(valueOf(remembered, SCIM_FRESHBOOKS_USER), 'role');
	if (written === undefined || role === null) return own as Attributes;
	return { ...(own as Attributes | undefined), role: sameRole(written, role) ? written : role };
}

/** Taken from FreshBooks or from the ID, whatever a provider sent. */
const OURS = ['schemas', 'id', 'meta', 'active', 'password', 'groups', 'name', 'roles', SCIM_FRESHBOOKS_USER];

function rememberedRest(remembered: Attributes): Attributes {
	return Object.fromEntries(Object.entries(remembered).filter(([key]) => !OURS.includes(key)));
}

/** The address of a user: `<base>/Users/<id>`. */
export function locationOf(baseUrl: string, id: string): string {
	return `${baseUrl}/Users/${id}`;
}

/**
 * The User resource of a person. Attributes that FreshBooks does not have are read back as the provider sent them. Access (`active`,
 * `roles`, the FreshBooks extension) is what FreshBooks lists.
 * @param remembered the attributes of requests, in the RFC's form (`Asked.attributes`, `applyEdits`); `{}` where nothing is remembered
 * @param baseUrl the SCIM base URL, without a slash at its end
 */
export function userResource(person: KnownPerson, remembered: Attributes, baseUrl: string): Attributes {
	const id = scimIdOf(person.email);
	// An externalId is the provider's own (RFC 7643, section 3.1); FreshBooks' identity is in the extension.
	const own: Attributes = { ...toScimUser({ ...person, id }), externalId: null };
	const rest = rememberedRest(remembered);
	const name = nameOf(own.name, valueOf(remembered, 'name'), person.email);
	const emails = assigned(rest.emails);
	const user = assigned({
		...own,
		...rest,
		userName: textIn(rest, 'userName') ?? person.email,
		name,
		displayName: textIn(rest, 'displayName') ?? name.formatted,
		emails: isAssigned(emails) ? emails : own.emails,
		roles: rolesOf(own.roles, person.role, remembered),
		[SCIM_FRESHBOOKS_USER]: extensionOf(own[SCIM_FRESHBOOKS_USER], person.role, remembered),
		meta: { ...(own.meta as Attributes), location: locationOf(baseUrl, id) },
	}) as Attributes;
	const extensions = Object.keys(user).filter((key) => /^urn:/i.test(key) && isJsonObject(user[key]));
	return { ...user, schemas: [SCIM_USER, ...extensions] };
}
