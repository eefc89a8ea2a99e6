import fc from 'fast-check';

import { ScimError } from '../../../nodes/FreshBooksScimTrigger/protocol/errors';
import type { Condition, Filter } from '../../../nodes/FreshBooksScimTrigger/protocol/filter';
import { spelled } from '../../../nodes/FreshBooksScimTrigger/protocol/names';
import type { AttributePath, Literal } from '../../../nodes/FreshBooksScimTrigger/protocol/path';

/** What a call throws; undefined when it throws nothing. */
export function thrownBy(call: () => unknown): unknown {
	try {
		call();
	} catch (error) {
		return error;
	}
	return undefined;
}

/** What a call gives; undefined when it throws a ScimError, which is all that it may throw. */
export function givenOrRefused<Given>(call: () => Given): Given | undefined {
	let given: Given | undefined;
	const error = thrownBy(() => {
		given = call();
	});
	if (error !== undefined) expect(error).toBeInstanceOf(ScimError);
	return given;
}

const anAttribute = fc.oneof(
	fc.constantFrom('userName', 'externalId', 'id', 'emails', 'roles', 'active', 'name', 'manager', 'constructor'),
	fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/).map(spelled),
);
const aSub = fc.oneof(fc.constantFrom('value', 'type', 'primary', 'givenName', '$ref'), anAttribute);
const aLiteral: fc.Arbitrary<Literal> = fc.oneof(
	fc.string(),
	fc.emailAddress(),
	fc.boolean(),
	fc.constant(null),
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
);
const aSchema = fc.constantFrom(null, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', 'urn:okta:custom:1.0:user');
const someElements = fc.array(fc.record({ name: aSub, equals: aLiteral }), { minLength: 1, maxLength: 3 });

export const aPath: fc.Arbitrary<AttributePath> = fc.record({
	schema: aSchema,
	name: anAttribute,
	where: fc.option(someElements),
	sub: fc.option(aSub),
});

const aComparison: fc.Arbitrary<Condition> = fc
	.record({ path: aPath, equals: aLiteral })
	// What follows `externalId eq` is text, with or without quotes.
	.map(({ path, equals }) => ({ path, equals: path.schema === null && path.name === 'externalId' ? String(equals) : equals }));
const anElement: fc.Arbitrary<Condition> = fc.record({
	path: fc.record({ schema: aSchema, name: anAttribute, where: someElements, sub: fc.constant(null) }),
});

export const aFilter: fc.Arbitrary<Filter> = fc.array(fc.oneof(aComparison, anElement), { minLength: 1, maxLength: 4 });

export function printedPath({ schema, name, where, sub }: AttributePath): string {
	const elements = where === null ? '' : `[${where.map(({ name: part, equals }) => `${part} eq ${JSON.stringify(equals)}`).join(' and ')}]`;
	return `${schema === null ? '' : `${schema}:`}${name}${elements}${sub === null ? '' : `.${sub}`}`;
}

/** A filter as a provider writes it. */
export function printed(filter: Filter): string {
	return filter.map(({ path, equals }) => printedPath(path) + (equals === undefined ? '' : ` eq ${JSON.stringify(equals)}`)).join(' and ');
}
