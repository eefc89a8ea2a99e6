/**
 * Validates FreshBooks' identifiers. Pure.
 *
 * FreshBooks has several kinds of ID, and answers the wrong kind with a 404 (freshbooks.com/api/identity_model). A business has
 * a whole-number ID, and its accounting system an alphanumeric account ID. A team member has a UUID in the published endpoints
 * and a whole-number ID in those of stitchflow.com's guide. IDs become path segments, and a DELETE on one path deletes a whole
 * business. So only the exact form is accepted.
 */

/** A valid value, or what the value must be, as part of a sentence. */
export type Checked<T> = { ok: true; value: T } | { ok: false; problem: string };

const good = <T>(value: T): Checked<T> => ({ ok: true, value });
const bad = (problem: string): Checked<never> => ({ ok: false, problem });

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ACCOUNT_ID = /^[A-Za-z0-9]{1,32}$/;
const INTEGER = /^[1-9][0-9]{0,14}$/;

function textOf(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A whole-number ID of FreshBooks: above 0 and below 10^15, as a number or as text. */
export function checkIntegerId(value: unknown): Checked<number> {
	const text = textOf(value);
	if (text === undefined || text === '') return bad('must be a whole number such as 6806492');
	if (UUID.test(text)) return bad('must be a whole number, but this is a UUID');
	return INTEGER.test(text) ? good(Number(text)) : bad('must be a whole number such as 6806492');
}

/** A UUID. Returned in lower case. */
export function checkUuid(value: unknown): Checked<string> {
	const text = textOf(value);
	if (text !== undefined && INTEGER.test(text)) return bad('must be a UUID, but this is a whole number');
	if (text === undefined || !UUID.test(text)) return bad('must be a UUID such as dd6392d0-0639-40bd-9502-7d80c44de9f3');
	return good(text.toLowerCase());
}

/** An account ID, for example `zDmNq`. Case-sensitive. */
export function checkAccountId(value: unknown): Checked<string> {
	const text = textOf(value);
	return text !== undefined && ACCOUNT_ID.test(text)
		? good(text)
		: bad('must be letters and digits only, such as zDmNq');
}

/**
 * An email address: a local part, one @, a domain with a dot; no spaces, control or invisible characters; at most 254
 * characters (RFC 5321, 4.5.3.1). Returned without surrounding spaces.
 */
export function checkEmail(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value.trim() : '';
	const shape = /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]/?#%.]+(?:\.[^\s@<>(),;:"\\[\]/?#%.]+)+$/;
	if (text.length > 254 || !shape.test(text) || /[\p{Cc}\p{Cf}]/u.test(text)) {
		return bad('must be an email address such as name@example.com');
	}
	return good(text);
}

/** A role name: letters, digits, `_` and `-`. Any name is accepted, because FreshBooks adds roles. */
export function checkRole(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value.trim() : '';
	return /^[A-Za-z0-9_-]{1,64}$/.test(text) ? good(text) : bad('must be a role name such as business_employee');
}

/** True if two addresses have the same `addressKey`. A missing or empty address equals none. */
export function sameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
	return !!one && !!other && addressKey(one) === addressKey(other);
}

/** Printable ASCII only: most addresses. Lower case is enough for them. */
const ASCII = /^[ -~]*$/;
/** All characters but the three that Unicode's NFC converts to ASCII: Greek question mark, Greek varia, Kelvin sign. */
const BETWEEN_LOOKALIKES = /[^\u037e\u1fef\u212a]+/gu;

/** The lower case of a character, if its upper case is that character again: not for the Kelvin sign (k) and U+0130 (i and a dot). */
function lowerCased(character: string): string {
	const lower = character.toLowerCase();
	return lower.toUpperCase() === character ? lower : character;
}

const composed = (text: string): string => text.replace(BETWEEN_LOOKALIKES, (part) => part.normalize('NFC'));

/**
 * The form of an address for comparison: without surrounding spaces, in Unicode NFC, in locale-independent lower case. A
 * non-ASCII character never becomes ASCII, so that a lookalike does not match another person's address.
 */
export function addressKey(address: string): string {
	const text = address.trim();
	if (ASCII.test(text)) return text.toLowerCase();
	// Composed again, because some letters have a composed form in lower case only.
	return composed(Array.from(composed(text), lowerCased).join(''));
}

/**
 * Template tag for a path. Every value must be one path segment of letters, digits and `-`. Throws Error otherwise: callers
 * check IDs first, so this is a programming error.
 */
export function path(parts: TemplateStringsArray, ...segments: Array<string | number>): string {
	return parts.reduce((built, part, index) => {
		const value: unknown = segments[index - 1];
		const segment = textOf(value) ?? '';
		if (!/^[A-Za-z0-9-]+$/.test(segment)) throw new Error('A path segment is not an ID.');
		return built + segment + part;
	});
}
