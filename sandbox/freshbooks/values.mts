/** Readers for values of unknown type from requests. */

/** The value as an object, or an empty one. */
export function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The value as text, when it is text. */
export function text(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

/** The values of a query argument that may be given once or many times. */
export function many(value: unknown): string[] {
	if (Array.isArray(value)) return value.map(String);
	return value === undefined ? [] : [String(value)];
}

/** A repeatable generator of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** A version 4 UUID drawn from the given generator. */
export function uuidFrom(random: () => number): string {
	const hex = (digits: number) => Math.floor(random() * 16 ** digits).toString(16).padStart(digits, '0');
	const variant = (8 + Math.floor(random() * 4)).toString(16);
	return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}
