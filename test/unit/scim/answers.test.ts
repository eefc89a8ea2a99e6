import fc from 'fast-check';

import { MAX_BODY_BYTES, readBody } from '../../../nodes/FreshBooksScimTrigger/protocol/body';
import { resourceTypes, schemas, serviceProviderConfig } from '../../../nodes/FreshBooksScimTrigger/protocol/discovery';
import { badRequest, errorBody, ScimError } from '../../../nodes/FreshBooksScimTrigger/protocol/errors';
import { givenOrRefused, thrownBy } from './fixtures';

const BASE = 'https://n8n.example.com/webhook/7/scim/v2';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('errors', () => {
	test('have the status as text, as Okta’s specification test asks', () => {
		expect(errorBody(new ScimError(401, 'The token is not the right one.'))).toEqual({ schemas: [ERROR], status: '401', detail: 'The token is not the right one.' });
		expect(errorBody(badRequest('invalidFilter', 'No filter.'))).toEqual({ schemas: [ERROR], status: '400', scimType: 'invalidFilter', detail: 'No filter.' });
	});

	test('say when to try again', () => {
		const error = new ScimError(503, 'FreshBooks does not answer.', { retryAfter: 60 });
		expect(error).toMatchObject({ name: 'ScimError', message: 'FreshBooks does not answer.', retryAfter: 60 });
		expect(errorBody(error)).not.toHaveProperty('retryAfter');
	});
});

describe('bodies', () => {
	const bytes = (text: string) => Buffer.from(text);

	test.each([
		'application/scim+json', 'application/json', 'application/scim+json; charset=utf-8', 'Application/SCIM+JSON;charset=UTF-8', ' application/json ', undefined,
	])('of the type %p are read', (type) => expect(readBody(bytes('{"userName":"jörg"}'), type)).toEqual({ userName: 'jörg' }));

	test.each(['text/plain', 'application/xml', 'application/jsonx', 'application/x-www-form-urlencoded', '', 'application/json, text/plain'])('of the type %p are refused', (type) => {
		expect(thrownBy(() => readBody(bytes('{}'), type))).toMatchObject({ status: 415 });
	});

	test('text and a byte order mark are read', () => {
		expect(readBody('{"a":1}', undefined)).toEqual({ a: 1 });
		expect(readBody(bytes('\ufeff{"a":1}'), undefined)).toEqual({ a: 1 });
	});

	test.each(['', ' ', '[]', 'null', '"x"', '7', '{', '{"a":}', 'a=1', '{}{}'])('%p is no JSON object', (text) => {
		expect(thrownBy(() => readBody(bytes(text), 'application/json'))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
	});

	test('nothing, and what is no UTF-8, is no JSON object', () => {
		expect(thrownBy(() => readBody(undefined, undefined))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
		expect(thrownBy(() => readBody(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), undefined))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
	});

	test('at most 1 MB is read', () => {
		const ofLength = (length: number) => bytes(`{"a":"${'x'.repeat(length - 8)}"}`);
		expect(readBody(ofLength(MAX_BODY_BYTES), undefined)).toHaveProperty('a');
		expect(thrownBy(() => readBody(ofLength(MAX_BODY_BYTES + 1), undefined))).toMatchObject({ status: 413 });
	});

	test.each([['[', ']'], ['{"a":', '}']])('10,000 levels of %p are refused, and as many as fit into 1 MB', (open, close) => {
		for (const levels of [33, 10_000, 150_000]) {
			const nested = `{"a":${open.repeat(levels)}${open === '[' ? '' : '1'}${close.repeat(levels)}}`;
			expect(thrownBy(() => readBody(bytes(nested), undefined))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
		}
		const few = `{"a":${open.repeat(20)}1${close.repeat(20)}}`;
		expect(readBody(bytes(few), undefined)).toHaveProperty('a');
	});

	test('any bytes are read or refused by a ScimError', () => {
		fc.assert(
			fc.property(fc.oneof(fc.uint8Array(), fc.json(), fc.string()), fc.option(fc.string(), { nil: undefined }), (raw, type) => {
				givenOrRefused(() => {
					readBody(raw, type);
				});
			}),
		);
	});
});

describe('discovery (RFC 7644, section 4)', () => {
	test('ServiceProviderConfig has everything that RFC 7643, section 5, requires', () => {
		expect(serviceProviderConfig(BASE)).toMatchObject({
			schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
			patch: { supported: true },
			bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
			filter: { supported: true, maxResults: 200 },
			changePassword: { supported: false },
			sort: { supported: false },
			etag: { supported: false },
			authenticationSchemes: [{ type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) }],
			meta: { location: `${BASE}/ServiceProviderConfig` },
		});
	});

	test('the only resource type is User', () => {
		const list = resourceTypes(BASE);
		expect(list).toMatchObject({ totalResults: 1, itemsPerPage: 1, Resources: [{ id: 'User', endpoint: '/Users', meta: { location: `${BASE}/ResourceTypes/User` } }] });
		expect(resourceTypes(BASE, 'User')).toEqual((list.Resources as unknown[])[0]);
		expect(thrownBy(() => resourceTypes(BASE, 'Group'))).toMatchObject({ status: 404 });
	});

	test('each schema is in the list, and is found by its ID in any case', () => {
		const all = schemas(BASE).Resources as Array<{ id: string; attributes: Array<Record<string, unknown>> }>;
		expect(all.map(({ id }) => id)).toEqual([
			'urn:ietf:params:scim:schemas:core:2.0:User',
			'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
			'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User',
		]);
		for (const schema of all) expect(schemas(BASE, schema.id.toUpperCase())).toEqual(schema);
		expect(thrownBy(() => schemas(BASE, 'urn:x'))).toMatchObject({ status: 404 });
		const attributes = all.flatMap((schema) => schema.attributes.flatMap((one) => [one, ...((one.subAttributes ?? []) as typeof schema.attributes)]));
		for (const attribute of attributes) {
			// Entra ID wants camel case and no null (use-scim-to-provision-users-and-groups, "Schema discovery").
			expect(attribute).toMatchObject({ name: expect.stringMatching(/^[$a-z]/), mutability: expect.stringMatching(/^(readWrite|readOnly)$/), returned: 'default' });
			expect(Object.values(attribute)).not.toContain(null);
		}
	});

	test('the usual types of addresses and numbers are those of RFC 7643, section 8.7.1; roles have none', () => {
		const { attributes } = schemas(BASE, 'urn:ietf:params:scim:schemas:core:2.0:User') as { attributes: Array<{ name: string; subAttributes?: Array<{ name: string; canonicalValues?: string[] }> }> };
		const usualTypes = attributes.map(({ name, subAttributes = [] }) => [name, subAttributes.find((part) => part.name === 'type')?.canonicalValues] as const);
		expect(Object.fromEntries(usualTypes.filter(([, types]) => types !== undefined))).toEqual({
			emails: ['work', 'home', 'other'],
			phoneNumbers: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
			addresses: ['work', 'home', 'other'],
		});
	});
});
