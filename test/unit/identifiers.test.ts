import fc from 'fast-check';

import {
	addressKey,
	checkAccountId,
	checkEmail,
	checkIntegerId,
	checkRole,
	checkUuid,
	path,
	sameAddress,
	type Checked,
} from '../../nodes/FreshBooks/client/identifiers';

const UUID = 'dd6392d0-0639-40bd-9502-7d80c44de9f3';

/** Values that no kind of ID may accept. */
const CRAFTED = [
	'',
	' ',
	'\t',
	'-1',
	'1.5',
	'1e3',
	'0x1f',
	'1/2',
	'/',
	'..',
	'.',
	'%2e',
	'%2e%2e',
	'%2F',
	'1?x=1',
	'1#x',
	'1 ',
	' 1',
	'1\n',
	'1\u0000',
	'\u202e1',
	'1\u200f',
	'1\u200b',
	'١٢٣',
	'１２３',
	'__proto__',
	'1;2',
	'1,2',
	'1@2',
	'1\\2',
	null,
	undefined,
	true,
	NaN,
	Infinity,
	-1,
	1.5,
	{},
	[],
	[1],
	{ toString: () => '1' },
];

function expectRefused<T>(check: (value: unknown) => Checked<T>, value: unknown): void {
	const checked = check(value);
	expect(checked.ok ? checked.value : checked.problem).toMatch(/^must be /);
}

describe('a whole-number ID', () => {
	test.each<[unknown, number]>([
		['1', 1],
		[789, 789],
		['6806492', 6806492],
		['999999999999999', 999999999999999],
	])('%j is valid', (value, id) => {
		expect(checkIntegerId(value)).toEqual({ ok: true, value: id });
	});

	test.each([...CRAFTED, '0', 0, '01', 'abc', '1000000000000000', '9'.repeat(400), 1e21, UUID])('%j is refused', (value) => {
		expectRefused(checkIntegerId, value);
	});

	test('that is a UUID is named as one', () => {
		expect(checkIntegerId(UUID)).toMatchObject({ problem: expect.stringContaining('this is a UUID') });
	});
});

describe('a UUID', () => {
	test.each([UUID, UUID.toUpperCase()])('%s is valid, and becomes lower case', (value) => {
		expect(checkUuid(value)).toEqual({ ok: true, value: UUID });
	});

	test.each([...CRAFTED, `${UUID}0`, UUID.slice(1), `${UUID}/..`, `{${UUID}}`, UUID.replace('d', 'g'), `${UUID}\n`])('%j is refused', (value) => {
		expectRefused(checkUuid, value);
	});

	test('that is a whole number is named as one', () => {
		expect(checkUuid('712052')).toMatchObject({ problem: expect.stringContaining('this is a whole number') });
	});
});

describe('an account ID', () => {
	test.each(['zDmNq', 'ACM123', '5'])('%s is valid and keeps its case', (value) => {
		expect(checkAccountId(value)).toEqual({ ok: true, value });
	});

	test.each([...CRAFTED.filter((value) => value !== '1e3' && value !== '0x1f'), 'a'.repeat(33), 'a-b', 'a_b', 'ä', UUID])('%j is refused', (value) => {
		expectRefused(checkAccountId, value);
	});
});

describe('an email address', () => {
	test.each(['a@b.co', 'First.Last+tag@Sub.Example.com', "o'neil@example.com", 'jürgen@bücher.example', ' a@b.co '])('%j is valid', (value) => {
		expect(checkEmail(value)).toEqual({ ok: true, value: value.trim() });
	});

	test.each([
		'',
		' ',
		'a',
		'a@',
		'@b.co',
		'a@b',
		'a@b.',
		'a@.co',
		'a@b..co',
		'a@@b.co',
		'a@b@c.co',
		'a b@c.co',
		'a@b c.co',
		'a,b@c.co',
		'a@b.co,c@d.co',
		'A <a@b.co>',
		'a@b.co\nBcc: x@y.co',
		'a\u0000@b.co',
		'\u202ea@b.co',
		'a\u200b@b.co',
		`${'a'.repeat(65)}@b.co`,
		`a@${'b'.repeat(260)}.co`,
		'a@b.co/..',
		null,
		undefined,
		7,
		{},
	])('%j is refused', (value) => {
		expectRefused(checkEmail, value);
	});

	test('is equal in upper and lower case, and missing addresses are never equal', () => {
		expect(sameAddress('A@B.co', ' a@b.CO ')).toBe(true);
		expect(sameAddress('a@b.co', 'a@b.com')).toBe(false);
		expect(sameAddress(null, null)).toBe(false);
		expect(sameAddress('', '')).toBe(false);
		expect(sameAddress(undefined, 'a@b.co')).toBe(false);
	});
});

describe('two addresses', () => {
	test.each([
		['in upper case', 'ANN@EXAMPLE.COM', 'ann@example.com'],
		['with an umlaut in upper case', 'Ärzte@example.com', 'ärzte@example.com'],
		['decomposed', 'rene\u0301@example.com', 'ren\u00e9@example.com'],
		['decomposed and in upper case', 'RENE\u0301@example.com', 'ren\u00e9@example.com'],
		['with a letter that is composed in lower case only', 'H\u0331@example.com', '\u1e96@example.com'],
		['in Greek', 'ΣΟΦΙΑ@example.com', 'σοφια@example.com'],
		['with surrounding spaces', ' ann@example.com\n', 'ann@example.com'],
	])('%s are equal', (_how, one, other) => {
		expect(sameAddress(one, other)).toBe(true);
	});

	test.each([
		['the Kelvin sign and k', '\u212aate@example.com', 'kate@example.com'],
		['the Kelvin sign and K', '\u212aate@example.com', 'Kate@example.com'],
		['the Kelvin sign with a mark and K with it', '\u212a\u0327@example.com', '\u0137@example.com'],
		['a dotted capital I and i', '\u0130nan@example.com', 'inan@example.com'],
		['a dotless i and I', '\u0131nan@example.com', 'Inan@example.com'],
		['a long s and s', '\u017fam@example.com', 'sam@example.com'],
		['a sharp s and ss', 'stra\u00dfe@example.com', 'strasse@example.com'],
		['a letter and its full-width form', '\uff41nn@example.com', 'ann@example.com'],
		['a Greek question mark and a semicolon', 'a\u037eb@example.com', 'a;b@example.com'],
		['a Latin and a Cyrillic a', '\u0430nn@example.com', 'ann@example.com'],
	])('with %s are different', (_how, one, other) => {
		expect(sameAddress(one, other)).toBe(false);
	});

	const text = fc.string({ unit: fc.oneof(fc.constantFrom(...'aAkKiIsS.\u0301\u0327\u0331\u0307\u212a\u0130\u0131\u017f\u1e9e\u212b\u03a3\u037e\u1fef'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) });

	test('have a key that is its own key', () => {
		fc.assert(fc.property(text, (address) => expect(addressKey(addressKey(address))).toBe(addressKey(address))), { numRuns: 2_000 });
	});

	test('that Unicode calls equal have the same key', () => {
		const withoutLookalikes = text.filter((address) => !/[\u037e\u1fef\u212a]/.test(address));
		const same = (address: string) => expect([address.normalize('NFC'), address.normalize('NFD')].map(addressKey)).toEqual([addressKey(address), addressKey(address)]);
		fc.assert(fc.property(withoutLookalikes, same), { numRuns: 2_000 });
	});

	test('differ if their ASCII parts differ: non-ASCII characters never become ASCII', () => {
		const withOther = fc.tuple(fc.string(), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.string()).filter(([, other]) => /[^\0-\x7f]/.test(other));
		const staysOther = ([before, other, after]: [string, string, string]) => expect(addressKey(`<${before}${other}${after}>`)).toMatch(/[^\0-\x7f]/);
		fc.assert(fc.property(withOther, staysOther), { numRuns: 2_000 });
		for (let code = 0x80; code <= 0xffff; code++) staysOther(['', String.fromCharCode(code), '']);
	});

	test('in ASCII are equal except for the case of letters', () => {
		const ascii = fc.string({ unit: fc.constantFrom(...'aAbBkK@.-_') });
		const judge = (one: string, other: string) => expect(addressKey(one) === addressKey(other)).toBe(one.toLowerCase() === other.toLowerCase());
		fc.assert(fc.property(ascii, ascii, judge), { numRuns: 2_000 });
	});
});

describe('a role', () => {
	test.each(['business_employee', 'admin', 'no-seat', ' owner '])('%j is valid', (value) => {
		expect(checkRole(value)).toEqual({ ok: true, value: value.trim() });
	});

	test.each(['', ' ', 'a b', 'a/b', 'a'.repeat(65), 'rôle', null, undefined, 7, {}, 'a\n\nb'])('%j is refused', (value) => {
		expectRefused(checkRole, value);
	});
});

describe('a path', () => {
	test('contains each value as one segment', () => {
		expect(path`/auth/api/v1/business/${789}/members/${1}`).toBe('/auth/api/v1/business/789/members/1');
		expect(path`/a/${'zDmNq'}`).toBe('/a/zDmNq');
		expect(path`/a`).toBe('/a');
	});

	test('is not built with an empty or missing value: DELETE on the shorter path would delete a business', () => {
		const build = path as (parts: TemplateStringsArray, ...values: unknown[]) => string;
		for (const value of ['', ' ', undefined, null, NaN, 1.5, Infinity, true, {}, [], [1]]) {
			expect(() => build`/auth/api/v1/users/business/${value}`).toThrow('not an ID');
		}
	});

	test('is the intended path or an error, for any values', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...CRAFTED.filter((value) => typeof value === 'string'))), (value) => {
				let built: string | undefined;
				try {
					built = path`/business/${value}/members`;
				} catch {
					return;
				}
				expect(built).toBe(`/business/${value}/members`);
				expect(new URL(built, 'https://api.example').pathname.split('/')).toEqual(['', 'business', value, 'members']);
			}),
			{ numRuns: 500 },
		);
	});
});
