import type { Directory } from './freshBooksDirectory';

/**
 * The directories that this process read recently, by credential and business. Requests at the same time share one reading, and so do
 * the pages of one import.
 */

/** Long enough for a burst of requests, and short enough that the next look shows a change in FreshBooks. */
const FRESH_FOR_MS = 5_000;
/** The later pages of an import use the reading of its first page, so the pages are consistent. */
const FRESH_FOR_LATER_PAGES_MS = 60_000;

interface Reading {
	directory: Promise<Directory>;
	/** On the monotonic clock; Infinity until it ends. */
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
			// Requests that wait share the failure; later ones read again.
			if (readings.get(key) === reading) readings.delete(key);
		},
	);
	return reading;
}

/** Makes the next request for a key read the directory again, after a change. */
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
