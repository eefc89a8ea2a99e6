import fc from 'fast-check';

import { addressKey, checkEmail } from '../../../nodes/FreshBooks/client/identifiers';
import { addressOfScimId, scimIdOf } from '../../../nodes/FreshBooksScimTrigger/protocol/id';
import { listResponse, readChoice, readPage, withChosen } from '../../../nodes/FreshBooksScimTrigger/protocol/page';
import { givenOrRefused, thrownBy } from './fixtures';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('IDs', () => {
	test('are the same for an address in any case, and read back in lower case', () => {
		expect(scimIdOf('Anna.Ode+x@Example.com')).toBe(scimIdOf('anna.ode+x@example.com'));
		expect(addressOfScimId(scimIdOf('Anna.Ode+x@Example.com'))).toBe('anna.ode+x@example.com');
		expect(addressOfScimId(scimIdOf('jörg@bücher.example'))).toBe('jörg@bücher.example');
	});

	test('of any address read back', () => {
		fc.assert(
			fc.property(fc.oneof(fc.emailAddress(), fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.domain()).map((parts) => parts.join('@'))), (address) => {
				fc.pre(checkEmail(address).ok && checkEmail(addressKey(address)).ok);
				expect(addressOfScimId(scimIdOf(address))).toBe(addressKey(address));
				expect(scimIdOf(address)).toMatch(/^[\w-]+$/);
			}),
		);
	});

	test.each([
		// Okta's specification test, "Check status 404".
		'00919288221112222',
		'UserIdThatDoesNotExist', '2819c223-7f76-453a-919d-413861904646', '', 'anna@example.com', '../../businesses/7', '7', 'Users', undefined, null, 7, {}, ['YW5uYUBleGFtcGxlLmNvbQ'],
		`${scimIdOf('anna@example.com')}==`, ` ${scimIdOf('anna@example.com')}`, `${scimIdOf('anna@example.com')}\n`, Buffer.from('Anna@example.com').toString('base64url'),
		Buffer.from(' anna@example.com').toString('base64url'), Buffer.from('anna@example.com/7').toString('base64url'), Buffer.from([0xff, 0xfe, 0x40, 0x61, 0x2e, 0x61]).toString('base64url'),
		Buffer.from(`${'a'.repeat(300)}@example.com`).toString('base64url'), Buffer.from('YW5uYUBleGFtcGxlLmNvbQ').toString('base64url'), 'YW5uYUBleGFtcGxlLmNvbR',
	])('%p stands for nobody', (id) => expect(addressOfScimId(id)).toBeUndefined());

	test('no other text reads back as an address', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (id) => {
				const address = addressOfScimId(id);
				if (address !== undefined) expect(scimIdOf(address)).toBe(id);
			}),
		);
	});
});

describe('pages', () => {
	test.each([
		[{}, 1, 100],
		// Okta's specification test, "Test Users endpoint", and its import.
		[{ count: '1', startIndex: '1' }, 1, 1],
		[{ startIndex: '101', count: '100' }, 101, 100],
		[{ startIndex: '0', count: '0' }, 1, 0],
		[{ startIndex: '-5', count: '-5' }, 1, 0],
		[{ startindex: '2', COUNT: '3' }, 2, 3],
		[{ count: '100000' }, 1, 200],
		[{ startIndex: '', count: '' }, 1, 100],
		[{ startIndex: 3, count: 4 }, 3, 4],
	])('%j', (query, startIndex, count) => expect(readPage(query)).toEqual({ startIndex, count }));

	test.each([{ startIndex: 'x' }, { count: '1.5' }, { count: ['1', '2'] }, { startIndex: { a: '1' } }, { count: '1e3' }, { count: 'NaN' }, { count: '9'.repeat(20) }, { count: null }])('%j is refused', (query) => {
		expect(thrownBy(() => readPage(query))).toMatchObject({ status: 400, scimType: 'invalidValue' });
	});

	test('a page has its part, and the numbers are numbers', () => {
		const written: number[] = [];
		const write = (id: number) => {
			written.push(id);
			return { id };
		};
		expect(listResponse([1, 2, 3, 4, 5], { startIndex: 2, count: 2 }, write)).toEqual({
			schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 5, startIndex: 2, itemsPerPage: 2, Resources: [{ id: 2 }, { id: 3 }],
		});
		expect(written).toEqual([2, 3]);
		expect(listResponse([1, 2], { startIndex: 1, count: 0 }, write)).toMatchObject({ totalResults: 2, itemsPerPage: 0, Resources: [] });
		expect(listResponse([1, 2], { startIndex: 9, count: 5 }, write)).toMatchObject({ totalResults: 2, startIndex: 9, itemsPerPage: 0, Resources: [] });
		expect(listResponse([], { startIndex: 1, count: 100 }, write)).toMatchObject({ totalResults: 0, Resources: [] });
	});

	test('all pages together are the list, each item once', () => {
		fc.assert(
			fc.property(fc.nat(50), fc.integer({ min: 1, max: 10 }), (total, count) => {
				const all = Array.from({ length: total }, (_, index) => index);
				const seen: unknown[] = [];
				for (let startIndex = 1; startIndex <= total; startIndex += count) seen.push(...(listResponse(all, { startIndex, count }, (id) => ({ id })).Resources as Array<{ id: number }>).map(({ id }) => id));
				expect(seen).toEqual(all);
			}),
		);
	});
});

describe('chosen attributes', () => {
	const USER = {
		schemas: ['urn:x'], id: '7', userName: 'anna', name: { givenName: 'Anna', familyName: 'Ode' }, emails: [{ type: 'work', value: 'a@example.com' }], tags: ['a'],
		[ENTERPRISE]: { department: 'Books', manager: { value: 'b', displayName: 'B' } }, meta: { resourceType: 'User' },
	};
	const { schemas, id } = USER;

	test.each([
		[{}, USER],
		[{ attributes: 'userName' }, { schemas, id, userName: 'anna' }],
		[{ attributes: 'USERNAME, name.givenName' }, { schemas, id, userName: 'anna', name: { givenName: 'Anna' } }],
		[{ attributes: 'emails.value' }, { schemas, id, emails: [{ value: 'a@example.com' }] }],
		[{ attributes: ['userName', 'tags'] }, { schemas, id, userName: 'anna', tags: ['a'] }],
		[{ attributes: `${ENTERPRISE}:department` }, { schemas, id, [ENTERPRISE]: { department: 'Books' } }],
		[{ attributes: `${ENTERPRISE}:manager.value` }, { schemas, id, [ENTERPRISE]: { manager: { value: 'b' } } }],
		[{ attributes: ENTERPRISE }, { schemas, id, [ENTERPRISE]: USER[ENTERPRISE] }],
		[{ attributes: 'urn:ietf:params:scim:schemas:core:2.0:User:userName' }, { schemas, id, userName: 'anna' }],
		[{ attributes: 'unknown' }, { schemas, id }],
		[{ attributes: 'name,name.givenName' }, { schemas, id, name: USER.name }],
		[{ attributes: 'name', excludedAttributes: 'name.familyName' }, { schemas, id, name: { givenName: 'Anna' } }],
		[{ excludedAttributes: 'id,schemas' }, USER],
		[{ excludedAttributes: 'members' }, USER],
		[{ excludedattributes: `name.givenName,emails,tags,meta,${ENTERPRISE}:manager.displayName` }, {
			schemas, id, userName: 'anna', name: { familyName: 'Ode' }, [ENTERPRISE]: { department: 'Books', manager: { value: 'b' } },
		}],
		[{ attributes: '' }, USER],
	])('%j', (query, expected) => expect(withChosen(USER, readChoice(query))).toEqual(expected));

	test.each([{ attributes: 'a b' }, { attributes: 'emails[type eq "work"]' }, { attributes: ',' }, { excludedAttributes: { a: '1' } }, { attributes: 'urn:ietf:params:scim:schemas:core:2.0:User' }, { attributes: [7] }])('%j is refused', (query) => {
		expect(thrownBy(() => readChoice(query))).toMatchObject({ status: 400, scimType: 'invalidValue' });
	});

	test('any query is read or refused by a ScimError', () => {
		const aQuery = fc.dictionary(fc.constantFrom('attributes', 'excludedAttributes', 'count', 'startIndex'), fc.oneof(fc.string(), fc.array(fc.string()), fc.anything()));
		fc.assert(
			fc.property(aQuery, (query) => {
				givenOrRefused(() => {
					readPage(query);
					expect(withChosen(USER, readChoice(query))).toMatchObject({ schemas, id });
				});
			}),
		);
	});
});
