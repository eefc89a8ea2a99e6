import { isJsonObject } from '../../FreshBooks/client/errors';
import { badRequest, type ScimError } from './errors';
import { isNamePart, isSingleText, SCIM_ENTERPRISE_USER, spelled, valueOf, type Attributes } from './names';
import { isListPath, type AttributePath } from './path';

/**
 * Converts values from Okta's and Entra ID's forms into the RFC's form: `"False"` for false, a single value in a list or in an
 * object with `value`, text for a list of one, a manager as text. Pure.
 */

/** More values than this in one attribute are refused: Okta and Entra ID send a handful, and the memory is bounded. */
export const MAX_VALUES = 100;

function wrongValue(name: string, expected: string): ScimError {
	return badRequest('invalidValue', `The value of "${name}" is not understood. Send ${expected}.`);
}

/** One value from `[value]`, `{ "value": value }` and `{ "<its own name>": value }`; null for a cleared one. */
function single(value: unknown, name: string): unknown {
	let inner = value;
	for (let wraps = 0; wraps < 3; wraps++) {
		if (Array.isArray(inner)) {
			if (inner.length > 1) return inner;
			[inner] = inner as unknown[];
		} else if (isJsonObject(inner)) {
			const own: unknown = valueOf(inner, 'value') ?? valueOf(inner, name);
			if (own === undefined) return inner;
			inner = own;
		}
	}
	return inner === undefined || inner === '' ? null : inner;
}

/** The value as text, also of a number or a boolean; null if cleared. */
function textOf(value: unknown, name: string): string | null {
	const one = single(value, name);
	if (one === null) return null;
	if (typeof one === 'object') throw wrongValue(name, 'one text');
	return String(one as string | number | boolean);
}

/**
 * The value as a boolean, also of a text in any case, which Entra ID sends (learn.microsoft.com,
 * application-provisioning-config-problem-scim-compatibility, "Requests made to disable users"); null if there is none.
 */
export function booleanOf(value: unknown, name: string): boolean | null {
	const one = single(value, name);
	const text = typeof one === 'string' ? one.trim().toLowerCase() : one;
	if (text === null || text === '') return null;
	if (text === true || text === 'true') return true;
	if (text === false || text === 'false') return false;
	throw wrongValue(name, 'true or false');
}

/** True for a name whose value is never kept: a password's (also at the end of a URN), and `__proto__`, which is special in JavaScript. */
export function isNeverKept(name: string): boolean {
	return name === '__proto__' || /(?:^|[:.])password$/i.test(name);
}

/** A value without passwords, at any depth. */
function withoutPasswords(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutPasswords);
	if (!isJsonObject(value)) return value;
	const kept = Object.entries(value).filter(([key]) => !isNeverKept(key));
	return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPasswords(inner)]));
}

function partOf(name: string, value: unknown): unknown {
	return name === 'primary' ? booleanOf(value, name) : textOf(value, name);
}

/** One value of a list (RFC 7643, section 2.4): an object, or the text that is its `value`. */
function elementOf(value: unknown, name: string): Attributes {
	if (isJsonObject(value)) {
		const entries = Object.entries(withoutPasswords(value) as Attributes).map(([key, inner]) => [spelled(key), inner] as const);
		return Object.fromEntries(entries.map(([key, inner]) => [key, key === 'primary' ? booleanOf(inner, key) : inner]));
	}
	if (value === null || value === undefined || typeof value === 'object') throw wrongValue(name, 'a list of objects with "value"');
	return { value: String(value as string | number | boolean) };
}

function listOf(value: unknown, name: string): Attributes[] {
	const elements: unknown[] = Array.isArray(value) ? value : [value];
	if (elements.length > MAX_VALUES) throw wrongValue(name, `at most ${MAX_VALUES} values`);
	return elements.map((element) => elementOf(element, name));
}

/** The parts of a name, as texts. */
function nameOf(value: unknown): Attributes {
	if (!isJsonObject(value)) throw wrongValue('name', 'an object with "givenName" and "familyName"');
	const parts = Object.entries(withoutPasswords(value) as Attributes).map(([key, part]) => [spelled(key), part] as const);
	return Object.fromEntries(parts.map(([key, part]) => [key, isNamePart(key) ? textOf(part, key) : part]));
}

/** Entra ID sends a manager as text and reads it back as an object (github.com/apache/directory-scimple, issue 1242). */
function managerOf(value: unknown): unknown {
	const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
	return isJsonObject(one) ? withoutPasswords(one) : { value: textOf(one, 'manager') };
}

/** Texts by name in every user and in the RFC's own extension; another extension may have a list under the same name. */
function valueByName(path: AttributePath, name: string, value: unknown): unknown {
	if (isListPath(path)) return listOf(value, name);
	if (path.schema === null && name === 'name') return nameOf(value);
	if (path.schema === null || path.schema === SCIM_ENTERPRISE_USER) {
		if (name === 'manager') return managerOf(value);
		if (isSingleText(name)) return textOf(value, name);
	}
	if (Array.isArray(value) && value.length > MAX_VALUES) throw wrongValue(name, `at most ${MAX_VALUES} values`);
	return withoutPasswords(value);
}

const isCleared = (value: unknown): boolean => value === null || value === '' || (Array.isArray(value) && value.length === 0);

/**
 * The value for a path in the RFC's form; null for one that is cleared by `null`, an empty text or an empty list (RFC 7643,
 * section 2.5). An unknown attribute keeps its value as it is.
 * @throws ScimError 400 `invalidValue`
 */
export function valueFor(path: AttributePath, value: unknown): unknown {
	const { schema, name, where, sub } = path;
	if (isCleared(value)) return null;
	if (name === null) throw wrongValue(schema ?? '', 'an object of attributes');
	if (sub !== null) return isListPath(path) || (schema === null && name === 'name') ? partOf(sub, value) : withoutPasswords(value);
	if (where !== null) return elementOf(Array.isArray(value) && value.length === 1 ? value[0] : value, name);
	return valueByName(path, name, value);
}
