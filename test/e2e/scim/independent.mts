import assert from 'node:assert/strict';
import SCIMMY from 'scimmy';
import type { Json } from '../support.mts';
import { assertLike } from './steps.mts';

/** Checks the service's responses with SCIMMY, an independent SCIM library for RFC 7643 and RFC 7644. */

const { Messages, Schemas, Types } = SCIMMY;

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const RFC_SCHEMAS = [Schemas.User.definition, Schemas.EnterpriseUser.definition];
/** Attributes of every resource, which SCIMMY adds itself. */
const COMMON = ['schemas', 'id', 'externalId', 'meta'];

// For `PatchOp.apply`, which uses the schema of this class.
Schemas.User.definition.extend(Schemas.EnterpriseUser.definition);
// The RFC has an empty list of role types (section 8.7.1). SCIMMY treats it as the list of allowed types.
Schemas.User.definition.attribute('roles.type').config.canonicalValues = false;

/** An attribute as `/Schemas` describes it. */
interface Described {
	readonly name: string;
	readonly type: SCIMMY.Types.Attribute.ValidAttributeTypes;
	readonly subAttributes?: Described[];
	readonly [characteristic: string]: unknown;
}

interface DescribedSchema {
	readonly id: string;
	readonly name: string;
	readonly description: string;
	readonly attributes: Described[];
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const without = (object: Json, ...keys: string[]): Json => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** Throws for an invalid type or characteristic. */
function attributeOf({ name, type, subAttributes = [], mutability, multiValued, required, returned, description }: Described): SCIMMY.Types.Attribute {
	const config = { mutable: mutability, multiValued, required, returned, description } as SCIMMY.Types.Attribute.AttributeConfig;
	return new Types.Attribute(type, name, config, subAttributes.map(attributeOf));
}

/** Checks that the service describes an attribute like the RFC. */
function assertAsInRfc(described: readonly Described[], defined: readonly Described[], place: string): void {
	for (const attribute of described) {
		const rfc = defined.find(({ name }) => name === attribute.name);
		assert.ok(rfc, `The RFC's ${place} has no ${attribute.name}`);
		for (const characteristic of ['type', 'multiValued', 'required', 'mutability', 'returned']) {
			assert.equal(attribute[characteristic], rfc[characteristic], `${characteristic} of ${place}.${attribute.name}`);
		}
		assert.deepEqual(attribute['canonicalValues'] ?? [], rfc['canonicalValues'] ?? [], `canonical values of ${place}.${attribute.name}`);
		assertAsInRfc(attribute.subAttributes ?? [], rfc.subAttributes ?? [], `${place}.${attribute.name}`);
	}
}

/** Normalizes SCIMMY's order of schemas, and its times with milliseconds. */
function inItsForm(user: Json): Json {
	const meta = Object.entries(user['meta'] as Json).map(([key, value]) => [key, key === 'created' || key === 'lastModified' ? new Date(String(value)).toISOString() : value]);
	return { ...user, schemas: [...(user['schemas'] as string[])].sort(), meta: Object.fromEntries(meta) };
}

/** Omits what the service sets itself: dates, and the full name, which it builds from the parts. */
function asRequested(user: Json): Json {
	return { ...without(user, 'meta', 'schemas'), name: without(user['name'] as Json, 'formatted') };
}

export class IndependentReader {
	readonly #user: SCIMMY.Types.SchemaDefinition;

	/** Users have the RFC's attributes, and those of the extensions in the response to `GET /Schemas`. */
	constructor(schemas: Json) {
		const { id, name, attributes } = Schemas.User.definition;
		const own = attributes.filter((attribute) => attribute instanceof Types.Attribute && !COMMON.includes(attribute.name));
		this.#user = new Types.SchemaDefinition(name, id, '', own);
		for (const schema of this.#resourcesIn(schemas) as unknown as DescribedSchema[]) {
			const rfc = RFC_SCHEMAS.find((definition) => definition.id === schema.id);
			if (rfc) assertAsInRfc(schema.attributes, plain(rfc.describe())['attributes'] as Described[], schema.name);
			if (schema.id !== id) this.#user.extend(rfc ?? new Types.SchemaDefinition(schema.name, schema.id, schema.description, schema.attributes.map(attributeOf)));
		}
	}

	#resourcesIn(list: Json): Json[] {
		const { schemas, totalResults, startIndex, itemsPerPage } = plain(new Messages.ListResponse(list as never));
		assertLike(list, { schemas, totalResults, startIndex, itemsPerPage }, 'The list');
		const resources = list['Resources'] as Json[];
		assert.equal(resources.length, itemsPerPage);
		return resources;
	}

	/** Checks that the user matches the schemas, without unknown attributes. */
	#readUser(user: Json): void {
		assert.deepEqual(inItsForm(plain(this.#user.coerce(user, 'out'))), inItsForm(user));
	}

	/** SCIMMY throws the errors it parses. Their statuses and types must be those of RFC 7644. */
	#readError(body: Json): void {
		let read: unknown;
		try {
			new Messages.ErrorResponse(body as never);
		} catch (error) {
			read = error;
		}
		assert.ok(read instanceof Error && read.name === 'SCIMError', `No error of SCIM: ${JSON.stringify(body)}`);
		assert.deepEqual(plain(new Messages.ErrorResponse(read)), body);
	}

	/** Parses the body of a response by its schema. Throws if it is invalid. */
	read(body: Json): void {
		const schemas = body['schemas'] as string[];
		if (schemas.includes(Messages.ErrorResponse.id)) return this.#readError(body);
		if (schemas.includes(Messages.ListResponse.id)) return this.#resourcesIn(body).forEach((resource) => this.read(resource));
		if (schemas.includes(Schemas.User.id)) return this.#readUser(body);
		// The constructor parsed them.
		if (schemas.includes(SCHEMA)) return;
		const Known = [Schemas.ServiceProviderConfig, Schemas.ResourceType].find(({ id }) => schemas.includes(id));
		assert.ok(Known, `No message or resource of SCIM: ${JSON.stringify(body)}`);
		assertLike(body, without(plain(new Known(body)), 'meta'), String(schemas[0]));
	}

	/** Checks that the user after a PATCH equals the library's result for the user before it. */
	async assertPatched(before: Json, request: Json | undefined, after: Json): Promise<void> {
		const user = new Schemas.User(before, 'out');
		const patched = await new Messages.PatchOp(request as never).apply(user);
		assertLike(asRequested(after), asRequested(plain(patched ?? user)), 'The user');
	}
}
