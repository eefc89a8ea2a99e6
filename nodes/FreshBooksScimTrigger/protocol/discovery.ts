import { SCIM_FRESHBOOKS_USER, SCIM_USER } from '../../FreshBooks/people/scimUser';
import { ScimError } from './errors';
import { SCIM_ENTERPRISE_USER, type Attributes } from './names';
import { listResponse, MAX_COUNT, type Page } from './page';

/** What the service can do (RFC 7643, sections 5 to 7; RFC 7644, section 4). Pure; `baseUrl` has no slash at its end. */

const CONFIG = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
const RESOURCE_TYPE = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

/** The page of a list that is never divided (RFC 7644, section 4: no filter, no paging). */
const ALL: Page = { startIndex: 1, count: MAX_COUNT };

/** `GET /ServiceProviderConfig`. */
export function serviceProviderConfig(baseUrl: string): Attributes {
	return {
		schemas: [CONFIG],
		patch: { supported: true },
		bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
		filter: { supported: true, maxResults: MAX_COUNT },
		changePassword: { supported: false },
		sort: { supported: false },
		etag: { supported: false },
		authenticationSchemes: [
			{ type: 'oauthbearertoken', name: 'Bearer token', description: 'The token of the FreshBooks SCIM credential, as "Authorization: Bearer <token>".', primary: true },
		],
		meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
	};
}

/** The only type of resource, for `GET /ResourceTypes/User`. */
function userType(baseUrl: string): Attributes {
	return {
		schemas: [RESOURCE_TYPE],
		id: 'User',
		name: 'User',
		description: 'A person of a FreshBooks business: a team member or an invited person.',
		endpoint: '/Users',
		schema: SCIM_USER,
		schemaExtensions: [
			{ schema: SCIM_ENTERPRISE_USER, required: false },
			{ schema: SCIM_FRESHBOOKS_USER, required: false },
		],
		meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/User` },
	};
}

/** An attribute's definition (RFC 7643, section 7). Values that are not given are the defaults there, written out because Entra ID reads them. */
function attribute(name: string, description: string, rest: Attributes = {}): Attributes {
	return {
		name, type: 'string', multiValued: false, description, required: false, caseExact: false, mutability: 'readWrite', returned: 'default', uniqueness: 'none',
		...rest,
	};
}

function complex(name: string, description: string, subAttributes: readonly Attributes[], rest: Attributes = {}): Attributes {
	return attribute(name, description, { type: 'complex', ...rest, subAttributes });
}

const READ_ONLY = { mutability: 'readOnly' };
const BOOLEAN = { type: 'boolean' };
/** The purpose of a value. Where the RFC names usual types (section 8.7.1), clients derive their attributes from them. */
const typeOf = (usual: readonly string[]): Attributes => attribute('type', 'What the value is for.', usual.length > 0 ? { canonicalValues: usual } : {});
const PLACES = ['work', 'home', 'other'];
const PRIMARY = attribute('primary', 'True for the preferred value.', BOOLEAN);

function list(name: string, description: string, usualTypes: readonly string[] = []): Attributes {
	const parts = [attribute('value', 'The value.'), attribute('display', 'The value as people read it.'), typeOf(usualTypes), PRIMARY];
	return complex(name, description, parts, { multiValued: true });
}

const USER_ATTRIBUTES: readonly Attributes[] = [
	attribute('userName', 'The name in the directory. If it is an email address, the invitation goes there.', { required: true, uniqueness: 'server' }),
	complex('name', 'The name in the directory. In FreshBooks, only the person can change it.', [
		attribute('formatted', 'The full name.'),
		attribute('familyName', 'The family name.'),
		attribute('givenName', 'The given name.'),
		attribute('middleName', 'The middle name.'),
		attribute('honorificPrefix', 'A title before the name.'),
		attribute('honorificSuffix', 'A suffix after the name.'),
	]),
	attribute('displayName', 'The name that is shown.'),
	attribute('nickName', 'The casual name.'),
	attribute('profileUrl', 'The address of a profile.', { type: 'reference', referenceTypes: ['external'] }),
	attribute('title', 'The job title.'),
	attribute('userType', 'The relation to the organization.'),
	attribute('preferredLanguage', 'The preferred language.'),
	attribute('locale', 'The locale.'),
	attribute('timezone', 'The time zone.'),
	attribute('active', 'True for a team member or an invited person. False removes the person from the business.', BOOLEAN),
	list('emails', 'Email addresses.', PLACES),
	list('phoneNumbers', 'Phone numbers.', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
	complex(
		'addresses',
		'Postal addresses.',
		[...['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'].map((name) => attribute(name, 'A part of the address.')), typeOf(PLACES), PRIMARY],
		{ multiValued: true },
	),
	list('entitlements', 'Entitlements that the directory gives. Remembered only.'),
	list('roles', 'The role in FreshBooks, such as "manager".'),
];

const ENTERPRISE_ATTRIBUTES: readonly Attributes[] = [
	...['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => attribute(name, 'Remembered only.')),
	complex('manager', 'The manager in the directory. Remembered only.', [
		attribute('value', 'The ID of the manager.'),
		attribute('$ref', 'The address of the manager.', { type: 'reference', referenceTypes: ['User'] }),
		attribute('displayName', 'The name of the manager.', READ_ONLY),
	]),
];

const FRESHBOOKS_ATTRIBUTES: readonly Attributes[] = [
	attribute('role', 'The role in FreshBooks, for a provider that writes it here. Takes precedence over "roles".'),
	attribute('businessId', 'The ID of the business.', { type: 'integer', ...READ_ONLY }),
	attribute('identityId', 'The ID of the identity in FreshBooks.', { type: 'integer', ...READ_ONLY }),
	attribute('invitationPending', 'True for a person who was invited and has not accepted yet.', { ...BOOLEAN, ...READ_ONLY }),
];

function schemaList(baseUrl: string): Attributes[] {
	const schema = (id: string, name: string, description: string, attributes: readonly Attributes[]): Attributes => ({
		schemas: [SCHEMA], id, name, description, attributes, meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
	});
	return [
		schema(SCIM_USER, 'User', 'A person.', USER_ATTRIBUTES),
		schema(SCIM_ENTERPRISE_USER, 'EnterpriseUser', 'A person in an organization.', ENTERPRISE_ATTRIBUTES),
		schema(SCIM_FRESHBOOKS_USER, 'FreshBooksUser', 'What only FreshBooks knows of a person.', FRESHBOOKS_ATTRIBUTES),
	];
}

function oneOf(all: readonly Attributes[], id: string, what: string): Attributes {
	const found = all.find((one) => String(one.id).toLowerCase() === id.toLowerCase());
	if (!found) throw new ScimError(404, `There is no ${what} with this ID. A request without an ID lists all of them.`);
	return found;
}

/**
 * `GET /ResourceTypes` and `GET /ResourceTypes/:id`.
 * @throws ScimError 404 for another ID than `User`
 */
export function resourceTypes(baseUrl: string, id?: string): Attributes {
	const all = [userType(baseUrl)];
	return id === undefined ? listResponse(all, ALL, (type) => type) : oneOf(all, id, 'resource type');
}

/**
 * `GET /Schemas` and `GET /Schemas/:id`.
 * @throws ScimError 404 for the ID of another schema
 */
export function schemas(baseUrl: string, id?: string): Attributes {
	const all = schemaList(baseUrl);
	return id === undefined ? listResponse(all, ALL, (schema) => schema) : oneOf(all, id, 'schema');
}
