/**
 * The identifiers of FreshBooks and what they may look like. Pure.
 *
 * FreshBooks has several ID families that fail with a bare 404 when mixed up (freshbooks.com/api/identity_model):
 * a business has an integer ID, its accounting system an alphanumeric account ID, a team member a UUID in the published
 * endpoints and an integer in those of stitchflow.com's guide. An ID becomes a path segment, and one path (DELETE of a
 * business) removes a whole business: nothing but the exact form is ever let through.
 */

/** A checked value, or a sentence fragment saying what the value should have been. */
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

/** A positive whole number below 10^15, as FreshBooks' integer IDs are. */
export function checkIntegerId(value: unknown): Checked<number> {
	const text = textOf(value);
	if (text === undefined || text === '') return bad('must be a whole number such as 6806492');
	if (UUID.test(text)) return bad('must be a whole number, but this is a UUID');
	return INTEGER.test(text) ? good(Number(text)) : bad('must be a whole number such as 6806492');
}

/** A UUID, lower-cased. */
export function checkUuid(value: unknown): Checked<string> {
	const text = textOf(value);
	if (text !== undefined && INTEGER.test(text)) return bad('must be a UUID, but this is a whole number');
	if (text === undefined || !UUID.test(text)) return bad('must be a UUID such as dd6392d0-0639-40bd-9502-7d80c44de9f3');
	return good(text.toLowerCase());
}

/** The alphanumeric ID of an accounting system, e.g. `zDmNq`. Case matters. */
export function checkAccountId(value: unknown): Checked<string> {
	const text = textOf(value);
	return text !== undefined && ACCOUNT_ID.test(text)
		? good(text)
		: bad('must be letters and digits only, such as zDmNq');
}

/**
 * An email address that can be one: a local part, one @, a domain with a dot; no blanks, control or invisible characters,
 * at most 254 characters (RFC 5321, 4.5.3.1). Returned as typed, without surrounding blanks.
 */
export function checkEmail(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value.trim() : '';
	const shape = /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]/?#%.]+(?:\.[^\s@<>(),;:"\\[\]/?#%.]+)+$/;
	if (text.length > 254 || !shape.test(text) || /[\p{Cc}\p{Cf}]/u.test(text)) {
		return bad('must be an email address such as name@example.com');
	}
	return good(text);
}

/** A role name: FreshBooks adds new ones, so any short word of letters, digits, `_` and `-`. */
export function checkRole(value: unknown): Checked<string> {
	const text = typeof value === 'string' ? value.trim() : '';
	return /^[A-Za-z0-9_-]{1,64}$/.test(text) ? good(text) : bad('must be a role name such as business_employee');
}

/** True when two addresses are the same person's, as `addressKey` compares them; an absent or empty one is nobody's. */
export function sameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
	return !!one && !!other && addressKey(one) === addressKey(other);
}

/** Printable ASCII: most addresses, for which lower case is all there is to do. */
const ASCII = /^[ -~]*$/;
/** Everything but the three signs that Unicode's NFC would turn into ASCII: Greek question mark, Greek varia, Kelvin sign. */
const BETWEEN_LOOKALIKES = /[^\u037e\u1fef\u212a]+/gu;

/** Lower case of one character where upper case leads back to it: not of the Kelvin sign (k) nor of U+0130 (i and a dot). */
function lowerCased(character: string): string {
	const lower = character.toLowerCase();
	return lower.toUpperCase() === character ? lower : character;
}

const composed = (text: string): string => text.replace(BETWEEN_LOOKALIKES, (part) => part.normalize('NFC'));

/**
 * The form under which an address is looked up: without surrounding blanks, in Unicode NFC, in the lower case of no particular
 * language. A character that is not ASCII never becomes one that is, so no address passes for another one's.
 */
export function addressKey(address: string): string {
	const text = address.trim();
	if (ASCII.test(text)) return text.toLowerCase();
	// Composed again: some letters have a composed form in lower case only.
	return composed(Array.from(composed(text), lowerCased).join(''));
}

/**
 * A path from a template whose every value is one plain path segment.
 * Throws a plain Error for a value that is empty or holds anything but letters, digits and `-`: callers check IDs
 * first, so this can only be a programming slip, and it must never become a request.
 */
export function path(parts: TemplateStringsArray, ...segments: Array<string | number>): string {
	return parts.reduce((built, part, index) => {
		const value: unknown = segments[index - 1];
		const segment = textOf(value) ?? '';
		if (!/^[A-Za-z0-9-]+$/.test(segment)) throw new Error('A path segment is not an ID.');
		return built + segment + part;
	});
}
