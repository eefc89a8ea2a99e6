import { isJsonObject } from '../../FreshBooks/client/errors';
import { addressKey } from '../../FreshBooks/client/identifiers';
import { SCIM_USER } from '../../FreshBooks/people/scimUser';
import { isList, spelled, valueOf, type Attributes } from './names';

/**
 * Attribute paths of filters and PATCH (RFC 7644, section 3.4.2.2, figure 1, and section 3.5.2, figure 7), and the values to which
 * they point. Pure.
 */

export type Literal = string | number | boolean | null;

/** One condition on the elements of a list: a sub-attribute that equals a value. */
export interface ElementCondition {
	name: string;
	equals: Literal;
}

/** Where a value is. `emails[type eq "work"].value` is name `emails`, where `type` equals `work`, sub-attribute `value`. */
export interface AttributePath {
	/** The URN of an extension; null for the attributes of every user. */
	schema: string | null;
	/** Null for the extension as a whole, or (without an extension) the user as a whole. */
	name: string | null;
	where: readonly ElementCondition[] | null;
	sub: string | null;
}

/** True for a path to an attribute that is a list in every user. Another extension may have one value under the same name. */
export function isListPath({ schema, name }: AttributePath): boolean {
	return schema === null && name !== null && isList(name);
}

const ATTRIBUTE = String.raw`[A-Za-z$][\w$-]*`;
const DOTTED = new RegExp(`^(${ATTRIBUTE})(?:\\.(${ATTRIBUTE}))?$`);
/**
 * A schema's URN ends with a version and a name; the attribute follows after a colon, or after a dot as Entra ID wrote it until
 * 2018 (learn.microsoft.com, application-provisioning-config-problem-scim-compatibility).
 */
const EXTENDED = /^(urn:.+?:\d+(?:\.\d+)*:[A-Za-z]\w*)(?:[:.](.+))?$/i;

/** Reads a text from its start, piece by piece. */
export class Cursor {
	private at = 0;

	constructor(private readonly text: string) {}

	/** The match at the current position, or undefined. The pattern must be sticky. */
	take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.at;
		const found = pattern.exec(this.text)?.[0];
		if (found !== undefined) this.at += found.length;
		return found;
	}

	get isAtEnd(): boolean {
		return this.at >= this.text.length;
	}
}

const BLANKS = / */y;
const NAME = /[A-Za-z$][\w$:.-]*/y;
const EQUALS = / +eq +/iy;
const AND = / +and +/iy;
const OPENING = /\[/y;
const CLOSING = / *\]/y;
const SUB_NAME = new RegExp(String.raw`\.${ATTRIBUTE}`, 'y');
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[^\s"()[\]]+/y;

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const WORDS = new Map<string, Literal>([['true', true], ['false', false], ['null', null]]);

function readName(text: string): Omit<AttributePath, 'where'> | undefined {
	const dotted = DOTTED.exec(text);
	if (dotted) return { schema: null, name: spelled(dotted[1]), sub: dotted[2] === undefined ? null : spelled(dotted[2]) };
	if (!/^urn:/i.test(text)) return undefined;
	const [, urn, rest] = EXTENDED.exec(text) ?? [];
	// A URN of another form is the name of an attribute.
	if (urn === undefined) return /[:.]$/.test(text) ? undefined : { schema: null, name: text, sub: null };
	const schema = spelled(urn) === SCIM_USER ? null : spelled(urn);
	if (rest === undefined) return { schema, name: null, sub: null };
	const inner = DOTTED.exec(rest);
	return inner ? { schema, name: spelled(inner[1]), sub: inner[2] === undefined ? null : spelled(inner[2]) } : undefined;
}

function readQuoted(text: string): Literal | undefined {
	try {
		return JSON.parse(text) as string;
	} catch {
		return undefined;
	}
}

/** A value after an operator: text in quotes as in JSON, a number, `true`, `false` or `null`; a bare word only where allowed. */
export function takeLiteral(cursor: Cursor, mayBeBare: boolean): Literal | undefined {
	const quoted = cursor.take(QUOTED);
	if (quoted !== undefined) return readQuoted(quoted);
	const word = cursor.take(WORD);
	if (word === undefined || mayBeBare) return word;
	const known = WORDS.get(word.toLowerCase());
	if (known !== undefined) return known;
	return NUMBER.test(word) ? Number(word) : undefined;
}

/** ` eq ` between a name and its value. */
export function takeEquals(cursor: Cursor): boolean {
	return cursor.take(EQUALS) !== undefined;
}

/** ` and ` between two conditions. */
export function takeAnd(cursor: Cursor): boolean {
	return cursor.take(AND) !== undefined;
}

function takeConditions(cursor: Cursor): ElementCondition[] | undefined {
	const conditions: ElementCondition[] = [];
	do {
		cursor.take(BLANKS);
		const name = DOTTED.exec(cursor.take(NAME) ?? '');
		if (!name || name[2] !== undefined || !takeEquals(cursor)) return undefined;
		const equals = takeLiteral(cursor, false);
		if (equals === undefined) return undefined;
		conditions.push({ name: spelled(name[1]), equals });
		if (cursor.take(CLOSING) !== undefined) return conditions;
	} while (takeAnd(cursor));
	return undefined;
}

/** The path at the current position, or undefined for none. */
export function takePath(cursor: Cursor): AttributePath | undefined {
	const path = readName(cursor.take(NAME) ?? '');
	if (!path || cursor.take(OPENING) === undefined) return path && { ...path, where: null };
	const where = path.name !== null && path.sub === null ? takeConditions(cursor) : undefined;
	const sub = cursor.take(SUB_NAME)?.slice(1);
	return where && { ...path, where, sub: sub === undefined ? null : spelled(sub) };
}

/** An entire text as a path, or undefined for a text that is not a path. */
export function parsePath(text: string): AttributePath | undefined {
	const cursor = new Cursor(text.trim());
	const path = takePath(cursor);
	return cursor.isAtEnd ? path : undefined;
}

/** The only attributes here whose case matters (RFC 7643, section 3.1). */
const CASE_MATTERS: readonly (string | null)[] = ['id', 'externalId'];

function isEqual(value: unknown, literal: Literal, caseMatters: boolean): boolean {
	if (value === null || value === undefined) return literal === null;
	if (typeof value === 'object' || literal === null) return false;
	// Entra ID writes `primary eq "True"` and compares numbers as text.
	if (caseMatters) return String(value) === String(literal);
	return addressKey(String(value)) === addressKey(String(literal));
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);

/** True for an element of a list for which all conditions hold. */
export function isMeant(element: unknown, where: readonly ElementCondition[]): boolean {
	return isJsonObject(element) && where.every(({ name, equals }) => isEqual(valueOf(element, name), equals, false));
}

/** The attribute where it is expected; else in an extension, as filters name `manager` without its URN. */
function attributeOf(user: Attributes, { schema, name }: AttributePath): unknown {
	if (name === null) return undefined;
	if (schema !== null) return valueOf(valueOf(user, schema), name);
	const own = valueOf(user, name);
	if (own !== undefined) return own;
	return Object.entries(user).filter(([key]) => /^urn:/i.test(key)).map(([, extension]) => valueOf(extension, name)).find((value) => value !== undefined);
}

/** The values at a path: the elements, or their sub-attribute; of an element without one, its `value` (RFC 7643, section 2.4). */
function valuesAt(user: Attributes, path: AttributePath): unknown[] {
	const { where, sub } = path;
	const elements = asList(attributeOf(user, path)).filter((element) => where === null || isMeant(element, where));
	return elements.map((element) => (isJsonObject(element) ? valueOf(element, sub ?? 'value') : sub === null ? element : undefined));
}

/** True for a user with a value there that equals the literal. `null` is equal to no value. */
export function hasValue(user: Attributes, path: AttributePath, literal: Literal): boolean {
	const values = valuesAt(user, path);
	if (literal === null) return !values.some((value) => value !== null && value !== undefined);
	const caseMatters = path.schema === null && CASE_MATTERS.includes(path.name);
	return values.some((value) => isEqual(value, literal, caseMatters));
}

/** True for a user with an element for which the path's conditions hold. */
export function hasElement(user: Attributes, path: AttributePath): boolean {
	return valuesAt(user, path).length > 0;
}
