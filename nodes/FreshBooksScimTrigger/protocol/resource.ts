import { isJsonObject } from '../../FreshBooks/client/errors';
import { sameRole } from '../../FreshBooks/people/roles';
import { SCIM_FRESHBOOKS_USER, SCIM_USER, toScimUser, type ScimSource } from '../../FreshBooks/people/scimUser';
import { rolesIn } from './asked';
import { scimIdOf } from './id';
import { isAssigned, valueOf, type Attributes } from './names';

/** Users as answers have them (RFC 7643, sections 3 and 4.1). Pure. */

/** Somebody as FreshBooks knows them. `email` is the address as first seen: it is what the ID stands for. */
export interface KnownPerson extends Omit<ScimSource, 'id' | 'email' | 'active'> {
	email: string;
	active: boolean;
}

/** What has a value, without `null` and empty texts at any depth, and without values of a list that say nothing but their type. */
function assigned(value: unknown): unknown {
	if (Array.isArray(value)) return (value as unknown[]).map(assigned).filter((element) => isAssigned(element) && !saysNothing(element));
	if (!isJsonObject(value)) return value;
	const entries = Object.entries(value).map(([key, inner]) => [key, assigned(inner)] as const);
	return Object.fromEntries(entries.filter(([, inner]) => isAssigned(inner)));
}

function saysNothing(element: unknown): boolean {
	return isJsonObject(element) && Object.keys(element).every((key) => key === 'type' || key === 'primary');
}

const textIn = (object: unknown, name: string): string | undefined => {
	const value = valueOf(object, name);
	return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Names are never empty: Okta's specification test asks for both. Where nobody gave one, it is the part of the address before the @. */
function nameOf(own: unknown, remembered: unknown, email: string): Attributes {
	const [mailbox] = email.split('@');
	const known = { ...(assigned(own ?? {}) as Attributes), ...(assigned(remembered ?? {}) as Attributes) };
	const givenName = textIn(known, 'givenName') ?? mailbox;
	const familyName = textIn(known, 'familyName') ?? mailbox;
	// A formatted name of FreshBooks' is not that of the names which the provider gave.
	const parts = [givenName, textIn(known, 'middleName'), familyName].filter((part) => part !== undefined);
	return { ...known, givenName, familyName, formatted: textIn(remembered, 'formatted') ?? [...new Set(parts)].join(' ') };
}

/** The role as the provider wrote it, as long as it is the one that the person has: then nothing differs for the provider. */
function rolesOf(own: unknown, role: string | null, remembered: Attributes): unknown {
	const roles = assigned(valueOf(remembered, 'roles'));
	return Array.isArray(roles) && sameRole(rolesIn({ roles })[0] ?? null, role) ? roles : own;
}

/**
 * The role is there only for a provider that writes it there. Okta sends back everything that it read, with its changes (its
 * reference, "Update a specific User (PUT)"): a role here, which goes before `roles`, would undo a change of `roles`.
 */
function extensionOf(own: unknown, role: string | null, remembered: Attributes): Attributes {
	const written = textIn(valueOf(remembered, SCIM_FRESHBOOKS_USER), 'role');
	if (written === undefined || role === null) return own as Attributes;
	return { ...(own as Attributes | undefined), role: sameRole(written, role) ? written : role };
}

/** Written from what FreshBooks says or from the ID, whatever a provider sent. */
const OURS = ['schemas', 'id', 'meta', 'active', 'password', 'groups', 'name', 'roles', SCIM_FRESHBOOKS_USER];

function rememberedRest(remembered: Attributes): Attributes {
	return Object.fromEntries(Object.entries(remembered).filter(([key]) => !OURS.includes(key)));
}

/** The address of a user: `<base>/Users/<id>`. */
export function locationOf(baseUrl: string, id: string): string {
	return `${baseUrl}/Users/${id}`;
}

/**
 * The User resource of somebody. What a provider gave and FreshBooks has no say in is read back as it was sent; access (`active`,
 * `roles`, the FreshBooks extension) is what FreshBooks says.
 * @param remembered what requests said, in the RFC's form (`Asked.attributes`, `applyEdits`); `{}` where nothing is remembered
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
