import { isJsonObject } from './errors';

/** Reads values from FreshBooks' JSON and checks their types. Pure. */

export type WireObject = Record<string, unknown>;

/** A non-empty string, or null. */
export function textOrNull(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}

/** A finite number, or null. Accepts a numeric string, which some FreshBooks services return. */
export function numberOrNull(value: unknown): number | null {
	if (typeof value === 'string' && value.trim() !== '') return numberOrNull(Number(value));
	return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A whole-number ID of FreshBooks: above 0 and below 10^15, as a number or as text. Null for anything else: IDs become part of paths. */
export function idOrNull(value: unknown): number | null {
	if (typeof value === 'string') return /^[1-9][0-9]{0,14}$/.test(value) ? Number(value) : null;
	return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e15 ? value : null;
}

/** A boolean, or null. */
export function booleanOrNull(value: unknown): boolean | null {
	return typeof value === 'boolean' ? value : null;
}

/** The objects in an array; empty for anything that is not an array. */
export function objectsOf(value: unknown): WireObject[] {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The object, or an empty object for anything else. */
export function objectOf(value: unknown): WireObject {
	return isJsonObject(value) ? value : {};
}

/** True for JSON nested deeper than `levels`. Does not use recursion. */
export function isDeeperThan(levels: number, value: unknown): boolean {
	let level: unknown[] = [value];
	for (let depth = 0; depth <= levels; depth++) {
		const inner: unknown[] = [];
		for (const one of level) {
			if (typeof one !== 'object' || one === null) continue;
			for (const part of Object.values(one)) if (typeof part === 'object' && part !== null) inner.push(part);
		}
		if (inner.length === 0) return false;
		level = inner;
	}
	return true;
}

/** Fields of users/me and staff that contain credentials. */
const SECRET_FIELDS = ['fasttrack_token', 'api_token'];

/**
 * Deletes credentials from parsed JSON, in place and at any depth, and returns it. Does not use recursion, because deeply nested
 * JSON would overflow the stack.
 */
export function withoutSecrets(body: unknown): unknown {
	const open: unknown[] = [body];
	while (open.length > 0) {
		const value = open.pop();
		if (typeof value !== 'object' || value === null) continue;
		if (isJsonObject(value)) SECRET_FIELDS.forEach((field) => delete value[field]);
		for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) open.push(inner);
	}
	return body;
}
