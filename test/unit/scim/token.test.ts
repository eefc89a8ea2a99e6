import { showsToken, tokenProblem } from '../../../nodes/FreshBooksScimTrigger/token';

const SHOWN = 'a1b2c3d4'.repeat(4);

describe('a token', () => {
	test.each([SHOWN, 'x'.repeat(32), `${'y'.repeat(400)}`, '!#$%&()*+-./:;<=>?@[]^_`{|}~abcd'])('may be %s', (token) => {
		expect(tokenProblem(token)).toBeUndefined();
	});

	test.each([
		['', 'is empty'],
		[undefined, 'is empty'],
		[12, 'is empty'],
		['x'.repeat(31), 'is too short: it has 31 characters, and needs at least 32'],
		[`${'x'.repeat(20)} ${'x'.repeat(20)}`, 'has a blank or a character that an HTTP header cannot have'],
		[`${'x'.repeat(40)}\n`, 'has a blank or a character that an HTTP header cannot have'],
		[`${'x'.repeat(40)}é`, 'has a blank or a character that an HTTP header cannot have'],
	])('may not be %j', (token, problem) => {
		expect(tokenProblem(token)).toBe(problem);
	});
});

describe('a request shows the token', () => {
	test.each([`Bearer ${SHOWN}`, `bearer ${SHOWN}`, `BEARER   ${SHOWN}`, ` Bearer ${SHOWN} `])('with %j', (header) => {
		expect(showsToken(header, SHOWN)).toBe(true);
	});

	test.each([
		undefined,
		'',
		SHOWN,
		'Bearer',
		'Bearer ',
		`Basic ${SHOWN}`,
		`Bearer ${SHOWN}x`,
		`Bearer ${SHOWN.slice(1)}`,
		`Bearer ${SHOWN.toUpperCase()}`,
		`Bearer ${SHOWN} ${SHOWN}`,
		`Bearer: ${SHOWN}`,
		[`Bearer ${SHOWN}`],
	])('not with %j', (header) => {
		expect(showsToken(header, SHOWN)).toBe(false);
	});

	test.each(['', undefined, null, 'short', 'undefined'])('never where the credential holds %j', (token) => {
		for (const shown of ['', String(token), 'undefined']) expect(showsToken(`Bearer ${shown}`, token)).toBe(false);
	});
});
