import fc from 'fast-check';

/** Wrong values that a workflow or a broken service may pass. */

const MEGABYTE = 1_000_000;

/** Texts that break out of paths, headers, queries, logs and messages. */
export const NASTY_TEXTS: readonly string[] = [
	'',
	' ',
	'0',
	'-1',
	'1.5',
	'1e3',
	'0x10',
	'NaN',
	'null',
	'undefined',
	'[object Object]',
	'..',
	'../../business/1',
	'%2e%2e%2f',
	'..%2f..%2f',
	'1/../2',
	'1/members/2',
	'1?x=',
	'1#',
	'1;a=b',
	'1\\2',
	'//evil.example',
	'http://evil.example/',
	'@evil.example',
	':80',
	'1\r\nX-Evil: 1',
	'1\n',
	'\0',
	'\u202e1',
	'\u200b1',
	'\ufeff',
	'１２３',
	'\ud800',
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'hasOwnProperty',
	'{"__proto__": {"polluted": true}}',
	'[{"email": "a@b.co", "__proto__": {"polluted": true}}]',
	'{"a": {"constructor": {"prototype": {"polluted": true}}}}',
	'[[[[[[[[]]]]]]]]',
	'=1+1',
	'{{ 1 }}',
	'<script>alert(1)</script>',
	"'; DROP TABLE members; --",
	'a@b.co\nBcc: x@y.co',
	'"a b"@b.co',
	'EACCES',
];

const long = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length));

/** Texts of a megabyte each. */
export const LONG_TEXTS: readonly string[] = [
	long('a'),
	long('1'),
	long('../'),
	long('\u202e'),
	long('1,'),
	`${long('a')}@b.co`,
	`a@${long('b.')}co`,
	`${'['.repeat(10_000)}${']'.repeat(10_000)}`,
	`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
];

/** Keys that reach a prototype in careless code. */
export const NASTY_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'length', 'then', 'value', 'mode', '__rl'];

/** Parsed JSON, where `__proto__` is an ordinary key. */
function parsed(text: string): unknown {
	return JSON.parse(text) as unknown;
}

const NASTY_OBJECTS: readonly unknown[] = [
	'{"__proto__": {"polluted": true}}',
	'{"constructor": {"prototype": {"polluted": true}}}',
	'{"toString": 1, "valueOf": 1}',
	'{"toString": null}',
	'{"toJSON": "x"}',
	'{"then": "x"}',
	'{"length": 5}',
	'{"mode": {"toString": 1}, "value": "1"}',
	'{"mode": "id", "value": {"__proto__": {"polluted": true}}}',
	'{"mode": "id"}',
	'{"mode": null, "value": null}',
	'{"__rl": true, "mode": "id", "value": "1/../2"}',
	'{"__rl": true, "mode": "email", "value": ["a@b.co"]}',
	'[{"toString": 1}]',
	'[null]',
	'[[["1"]]]',
	'["1", "../2"]',
].map((text) => parsed(String(text)));

const plain = fc.oneof(
	fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, 1e300, Number.MAX_SAFE_INTEGER, NaN, Infinity, -Infinity),
	fc.integer(),
	fc.double(),
	fc.string(),
	fc.string({ unit: 'binary' }),
	fc.string({ unit: 'grapheme' }),
);

const jsonish = fc.oneof(
	fc.array(plain, { maxLength: 4 }),
	fc.dictionary(fc.oneof(fc.constantFrom(...NASTY_KEYS), fc.string()), plain, { maxKeys: 4 }),
	fc.jsonValue(),
);

/** Any result of an expression, from a mistake to an attack. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 8, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
	{ weight: 4, arbitrary: plain },
	{ weight: 3, arbitrary: jsonish },
	{ weight: 3, arbitrary: fc.constantFrom(...NASTY_OBJECTS) },
	{ weight: 1, arbitrary: fc.constantFrom(...LONG_TEXTS) },
);
