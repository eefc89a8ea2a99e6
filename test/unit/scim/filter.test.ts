import fc from 'fast-check';

import { matchesFilter, parseFilter } from '../../../nodes/FreshBooksScimTrigger/protocol/filter';
import { parsePath } from '../../../nodes/FreshBooksScimTrigger/protocol/path';
import { aFilter, givenOrRefused, printed, thrownBy } from './fixtures';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

const ANNA = {
	id: 'YW5uYUBleGFtcGxlLmNvbQ',
	externalId: '00ujl29u0le5T6Aj10h7',
	userName: 'Anna@Example.com',
	name: { givenName: 'Anna', familyName: 'Ode' },
	displayName: 'Anna Ode',
	active: true,
	emails: [
		{ type: 'home', value: 'anna@home.example' },
		{ type: 'work', value: 'anna@work.example', primary: true },
	],
	roles: [{ value: 'business_manager', primary: true }],
	[ENTERPRISE]: { employeeNumber: '701984', manager: { value: 'boss-id' } },
};

const holds = (filter: string): boolean => matchesFilter(parseFilter(filter), ANNA);

describe('filters that Okta and Entra ID send', () => {
	test.each([
		// Okta: developer.okta.com/docs/reference/scim/scim-20, "Determine if the User already exists"; its specification test asks in capitals, too.
		['userName eq "anna@example.com"', true],
		['userName eq "ANNA@EXAMPLE.COM"', true],
		['userName eq "nobody@example.com"', false],
		// Entra ID: use-scim-to-provision-users-and-groups, "Get User by query"; its connection test asks for a GUID.
		['userName eq "Test_User_dfeef4c5-5681-4387-b016-bdf221e82081"', false],
		['userName eq "non-existent user"', false],
		['userName eq "b5e6bd3c-2d28-4b3d-9d0e-0d2f0f6f2f3b"', false],
		['emails[type eq "work"].value eq "anna@work.example"', true],
		['emails[type eq "work"].value eq "anna@home.example"', false],
		['emails[type eq "home"].value eq "ANNA@home.example"', true],
		['externalId eq "00ujl29u0le5T6Aj10h7"', true],
		['externalId eq 00ujl29u0le5T6Aj10h7', true],
		['externalId eq 00ujl29u0le5t6aj10h7', false],
		['externalId eq jyoung', false],
		['id eq "YW5uYUBleGFtcGxlLmNvbQ"', true],
		['id eq "yw5uyublegftcgxllmnvbq"', false],
		['id eq "YW5uYUBleGFtcGxlLmNvbQ" and manager eq "boss-id"', true],
		['id eq "YW5uYUBleGFtcGxlLmNvbQ" and manager eq "another"', false],
	])('%s', (filter, expected) => {
		expect(holds(filter)).toBe(expected);
	});
});

describe('other filters with eq and and', () => {
	test.each([
		['USERNAME EQ "anna@example.com"', true],
		['userName eq "anna@example.com" AND active eq TRUE', true],
		['active eq true', true],
		['active eq "True"', true],
		['active eq false', false],
		['emails.value eq "anna@home.example"', true],
		['emails eq "anna@home.example"', true],
		['emails.type eq "other"', false],
		['emails[type eq "work" and value eq "anna@work.example"]', true],
		['emails[type eq "home" and primary eq true]', false],
		['emails[type eq "work"] and userName eq "anna@example.com"', true],
		['roles[primary eq "True"].value eq "business_manager"', true],
		['name.givenName eq "anna"', true],
		['name.middleName eq "anna"', false],
		['name.middleName eq null', true],
		['title eq null', true],
		['userName eq null', false],
		['emails.primary eq null', false],
		['displayName eq "Anna Ode"', true],
		['title eq "Boss"', false],
		[`${CORE}:userName eq "anna@example.com"`, true],
		[`${ENTERPRISE}:employeeNumber eq "701984"`, true],
		[`${ENTERPRISE}:employeeNumber eq 701984`, true],
		[`${ENTERPRISE}:manager.value eq "boss-id"`, true],
		['employeeNumber eq "701984"', true],
		['favouriteColour eq "blue"', false],
		['constructor eq "blue"', false],
		['constructor eq null', true],
		['  userName eq "anna@example.com"  ', true],
		['userName eq "anna\\u0040example.com"', true],
	])('%s', (filter, expected) => {
		expect(holds(filter)).toBe(expected);
	});
});

describe('what is no filter', () => {
	test.each([
		'', 'userName', 'userName eq', 'userName eq ', 'userName eq anna@example.com', 'userName eq "anna', 'userName eq \'anna\'',
		'eq "x"', 'userName = "x"', 'userName co "x"', 'userName pr', 'userName eq "x" or active eq true', 'not (userName eq "x")',
		'(userName eq "x")', 'userName eq "x" and', 'userName eq "x" and ', 'userName eq "x" userName eq "y"', 'userName eq "x"and active eq true',
		'emails[type eq "work".value eq "x"', 'emails[].value eq "x"', 'emails[type eq "work"].value', 'emails[type eq work].value eq "x"',
		'emails[type.x eq "work"].value eq "x"', 'name.givenName[type eq "work"].value eq "x"', 'a.b.c eq "x"', '__proto__ eq "x"',
		'externalId eq a b', 'externalId eq a"b', 'userName eq "\\x"', 'userName eq "a\nb"', `${CORE} eq "x"`, `${ENTERPRISE} eq "x"`, 'urn: eq "x"',
		'userName eq 01x',
	])('%s', (filter) => {
		expect(thrownBy(() => parseFilter(filter))).toMatchObject({ status: 400, scimType: 'invalidFilter', detail: expect.stringContaining('userName eq') });
	});

	test('a text or a number of conditions that no provider sends', () => {
		for (const filter of [`userName eq "${'x'.repeat(5000)}"`, Array.from({ length: 21 }, () => 'active eq true').join(' and ')]) {
			expect(thrownBy(() => parseFilter(filter))).toMatchObject({ status: 400, scimType: 'invalidFilter' });
		}
		expect(parseFilter(Array.from({ length: 20 }, () => 'active eq true').join(' and '))).toHaveLength(20);
	});

	test.each([undefined, null, 1, {}, ['userName eq "x"']])('%p', (filter) => {
		expect(thrownBy(() => parseFilter(filter))).toMatchObject({ status: 400, scimType: 'invalidFilter' });
	});
});

describe('any filter', () => {
	test('that is printed parses back', () => {
		fc.assert(fc.property(aFilter, (filter) => expect(parseFilter(printed(filter))).toEqual(filter)));
	});

	test('text either is a filter or a ScimError', () => {
		const pieces = fc.constantFrom('userName', 'emails', '[', ']', '.', ' ', ' eq ', ' and ', '"', '"x"', 'true', '\\', 'urn:', ':', '(', 'é', '\u0000', 'type', '1');
		const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.array(pieces, { maxLength: 15 }).map((parts) => parts.join('')));
		fc.assert(
			fc.property(text, fc.anything(), (filter, user) => {
				givenOrRefused(() => {
					expect(typeof matchesFilter(parseFilter(filter), { ...ANNA, emails: user, name: user })).toBe('boolean');
				});
			}),
			{ numRuns: 400 },
		);
	});

	test('of any length is answered at once', () => {
		const started = performance.now();
		for (const part of ['userName eq "x" and ', ' ', 'a.', 'urn:1', '[', '"\\']) thrownBy(() => parseFilter(part.repeat(1_000_000 / part.length)));
		for (const part of ['urn:1.', 'urn:a:1', ':1:a', '1.1']) parsePath(`urn:${part.repeat(3_900 / part.length)}`);
		expect(performance.now() - started).toBeLessThan(1_000);
	});
});
