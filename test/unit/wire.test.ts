import { booleanOrNull, idOrNull, isDeeperThan, numberOrNull, objectOf, objectsOf, textOrNull, withoutSecrets } from '../../nodes/FreshBooks/client/json';

describe('credentials among ordinary fields', () => {
	test('are removed at any place, and nothing else is', () => {
		const body = {
			response: {
				id: 1,
				api_token: 'secret',
				business_memberships: [{ fasttrack_token: 'secret', business: { id: 7, nested: [[{ api_token: 'secret', kept: true }]] } }],
				result: { staff: [{ id: 1, api_token: null }, null, 'api_token'] },
				token: 'not one of them',
			},
		};
		expect(withoutSecrets(body)).toEqual({
			response: {
				id: 1,
				business_memberships: [{ business: { id: 7, nested: [[{ kept: true }]] } }],
				result: { staff: [{ id: 1 }, null, 'api_token'] },
				token: 'not one of them',
			},
		});
	});

	test('are removed below ten thousand levels of nesting as well', () => {
		const depth = 10_000;
		const text = `${'{"a":['.repeat(depth)}{"api_token":"secret","kept":1}${']}'.repeat(depth)}`;
		let innermost: unknown = withoutSecrets(JSON.parse(text));
		for (let level = 0; level < depth; level++) innermost = (innermost as { a: unknown[] }).a[0];
		expect(innermost).toEqual({ kept: 1 });
	});

	test('are removed if __proto__ is an ordinary field', () => {
		expect(JSON.stringify(withoutSecrets(JSON.parse('{"__proto__":{"api_token":"secret"},"a":1}')))).toBe('{"__proto__":{},"a":1}');
	});

	test.each([undefined, null, 7, 'api_token', true, []])('%j has none and stays unchanged', (body) => {
		expect(withoutSecrets(body)).toEqual(body);
	});
});

test('numbers are read from numbers and from numeric text', () => {
	expect([1, 0, -1, 1.5, '12', ' 7 '].map(numberOrNull)).toEqual([1, 0, -1, 1.5, 12, 7]);
	expect(['', ' ', 'x', '1x', NaN, Infinity, null, undefined, true, {}, [1]].map(numberOrNull)).toEqual(Array(11).fill(null));
});

test('an ID is a positive integer below 10^15, or its text', () => {
	expect([1, 712052, '55', 999_999_999_999_999].map(idOrNull)).toEqual([1, 712052, 55, 999_999_999_999_999]);
	const others = [0, -5, 1.5, 1e15, 1e300, NaN, Infinity, '', '0', '-5', '1.5', '1e3', '0x10', ' 7', '07', '../1', null, undefined, true, {}, [1]];
	expect(others.map(idOrNull)).toEqual(others.map(() => null));
});

test('depth is measured without recursion', () => {
	const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
	expect([1, 20, 21].map((depth) => isDeeperThan(20, nested(depth)))).toEqual([false, false, false]);
	expect([22, 50_000].map((depth) => isDeeperThan(20, nested(depth)))).toEqual([true, true]);
	expect([null, 1, 'a', { a: 1 }].map((value) => isDeeperThan(0, value))).toEqual([false, false, false, false]);
});

test('texts, booleans, objects and lists are not converted', () => {
	expect(['a', '', null, 7, {}].map(textOrNull)).toEqual(['a', null, null, null, null]);
	expect([true, false, 'true', 1, null].map(booleanOrNull)).toEqual([true, false, null, null, null]);
	expect([{ a: 1 }, [1], null, 'x'].map(objectOf)).toEqual([{ a: 1 }, {}, {}, {}]);
	expect(objectsOf([{ a: 1 }, null, 'x', [1], { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
	expect(objectsOf({ a: 1 })).toEqual([]);
});
