import type { Directory } from './freshBooksDirectory';

/**
 * The directories that were read lately in this process, by credential and business: requests that come together share one
 * reading, and so do the pages of one import.
 */

/** Long enough for a burst of requests, and short enough that a change in FreshBooks is seen by the next look. */
const FRESH_FOR_MS = 5_000;
/** An import reads its later pages from what its first page was read from, which also keeps the pages consistent. */
const FRESH_FOR_LATER_PAGES_MS = 60_000;

interface Reading {
	directory: Promise<Directory>;
	/** On the monotonic clock; Infinity while it is under way. */
	endedAt: number;
}

const readings = new Map<string, Reading>();

function ageOf({ endedAt }: Reading): number {
	return Math.max(0, performance.now() - endedAt);
}

function start(key: string, read: () => Promise<Directory>): Reading {
	const reading: Reading = { directory: read(), endedAt: Infinity };
	readings.set(key, reading);
	reading.directory.then(
		() => (reading.endedAt = performance.now()),
		() => {
			// What failed is shared by those who wait, and by nobody after them.
			if (readings.get(key) === reading) readings.delete(key);
		},
	);
	return reading;
}

/** Makes the next look at the directory under a key a reading of its own, after something was changed. */
export function forgetDirectory(key: string): void {
	readings.delete(key);
}

/**
 * The directory under a key, read again where the last reading is too old.
 * @param isLaterPage whether the request continues a list of which an earlier page was given
 */
export async function sharedDirectory(key: string, isLaterPage: boolean, read: () => Promise<Directory>): Promise<Directory> {
	for (const [known, reading] of readings) if (ageOf(reading) > FRESH_FOR_LATER_PAGES_MS) readings.delete(known);
	const last = readings.get(key);
	const isFresh = last !== undefined && ageOf(last) <= (isLaterPage ? FRESH_FOR_LATER_PAGES_MS : FRESH_FOR_MS);
	return await (isFresh ? last : start(key, read)).directory;
}
