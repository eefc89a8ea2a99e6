import Ajv from 'ajv/dist/2019';

import { SCIM_FRESHBOOKS_USER, SCIM_USER } from '../../../nodes/FreshBooks/people/scimUser';

/**
 * RFC 7643 as a JSON Schema: the attribute definitions of section 8.7.1 (schema "User") and the common attributes of section
 * 3.1, converted by the rules of section 2. `returned: never` (password) must not appear; unknown attributes are rejected.
 */

interface Attribute {
	name: string;
	type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'binary' | 'complex';
	multiValued?: boolean;
	canonicalValues?: string[];
	subAttributes?: Attribute[];
}

const text = (name: string): Attribute => ({ name, type: 'string' });

/** Section 2.4: the default sub-attributes of a multi-valued attribute. */
const plural = (name: string, canonicalValues?: string[], value: Attribute['type'] = 'string'): Attribute => ({
	name,
	type: 'complex',
	multiValued: true,
	subAttributes: [{ name: 'value', type: value }, text('display'), { ...text('type'), canonicalValues }, { name: 'primary', type: 'boolean' }],
});

/** Section 8.7.1, in its order. */
const USER: Attribute[] = [
	text('userName'),
	{
		name: 'name',
		type: 'complex',
		subAttributes: ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'].map(text),
	},
	text('displayName'),
	text('nickName'),
	{ name: 'profileUrl', type: 'reference' },
	text('title'),
	text('userType'),
	text('preferredLanguage'),
	text('locale'),
	text('timezone'),
	{ name: 'active', type: 'boolean' },
	plural('emails', ['work', 'home', 'other']),
	plural('phoneNumbers', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
	plural('ims', ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo']),
	plural('photos', ['photo', 'thumbnail'], 'reference'),
	{
		name: 'addresses',
		type: 'complex',
		multiValued: true,
		subAttributes: [
			...['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'].map(text),
			{ ...text('type'), canonicalValues: ['work', 'home', 'other'] },
			{ name: 'primary', type: 'boolean' },
		],
	},
	{
		name: 'groups',
		type: 'complex',
		multiValued: true,
		subAttributes: [text('value'), { name: '$ref', type: 'reference' }, text('display'), { ...text('type'), canonicalValues: ['direct', 'indirect'] }],
	},
	plural('entitlements'),
	plural('roles'),
	plural('x509Certificates', undefined, 'binary'),
];

/** Section 3.1. */
const COMMON: Attribute[] = [
	text('id'),
	text('externalId'),
	{
		name: 'meta',
		type: 'complex',
		subAttributes: [
			{ ...text('resourceType'), canonicalValues: ['User'] },
			{ name: 'created', type: 'dateTime' },
			{ name: 'lastModified', type: 'dateTime' },
			{ name: 'location', type: 'reference' },
			text('version'),
		],
	},
];

type Schema = Record<string, unknown>;

/** An empty value is no value (section 2.5) and must be omitted. */
function schemaOfOne(attribute: Attribute): Schema {
	switch (attribute.type) {
		case 'boolean':
			return { type: 'boolean' };
		case 'dateTime':
			return { type: 'string', format: 'xsd:dateTime' };
		case 'complex':
			return { type: 'object', minProperties: 1, additionalProperties: false, properties: propertiesOf(attribute.subAttributes ?? []) };
		default:
			return { type: 'string', minLength: 1, ...(attribute.canonicalValues ? { enum: attribute.canonicalValues } : {}) };
	}
}

function schemaOf(attribute: Attribute): Schema {
	if (!attribute.multiValued) return schemaOfOne(attribute);
	// Section 2.4: the value `true` of `primary` must appear no more than once.
	const primary = { type: 'object', required: ['primary'], properties: { primary: { const: true } } };
	return { type: 'array', minItems: 1, items: schemaOfOne(attribute), contains: primary, minContains: 0, maxContains: 1 };
}

function propertiesOf(attributes: Attribute[]): Schema {
	return Object.fromEntries(attributes.map((attribute) => [attribute.name, schemaOf(attribute)]));
}

const extended = { properties: { schemas: { contains: { const: SCIM_FRESHBOOKS_USER } } } };
const plain = { properties: { schemas: { not: { contains: { const: SCIM_FRESHBOOKS_USER } } } } };
const country = { properties: { addresses: { items: { properties: { country: { pattern: '^[A-Z]{2}$' } } } } } };

const SCHEMA = {
	type: 'object',
	// Section 3.1: `schemas` and `id` are required of a resource that is returned, `meta` is assigned by the provider; 4.1.1: userName.
	required: ['schemas', 'id', 'userName', 'meta'],
	additionalProperties: false,
	properties: {
		schemas: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^urn:' }, contains: { const: SCIM_USER } },
		...propertiesOf(COMMON),
		...propertiesOf(USER),
		[SCIM_FRESHBOOKS_USER]: { type: 'object', minProperties: 1 },
	},
	// Section 3.3: an extension's key is its URN, and `schemas` contains the URN.
	if: { required: [SCIM_FRESHBOOKS_USER] },
	then: extended,
	else: plain,
	allOf: [country],
};

const ajv = new Ajv({ allErrors: true, strict: false });
/** xsd:dateTime with a time zone (section 2.3.5). */
ajv.addFormat('xsd:dateTime', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/);
const validate = ajv.compile(SCHEMA);

/** The user's violations of the RFC; empty for a valid user. */
export function scimProblems(user: unknown): string[] {
	return validate(user) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
