import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The size of a hostile suite, and its results. `npm run fuzz` sets the environment variables; `npm test` does not. */

/** How one attempt ended. */
export type Ending = 'error' | 'requests' | 'items' | 'other';

/** Counts of one operation, endpoint or kind of trouble. */
export interface Count {
	readonly what: string;
	readonly kind: string;
	tried: number;
	/** Refused, or ended with a readable error. */
	errors: number;
	/** Sent well-formed requests to the intended paths, or returned well-formed items. */
	wellFormed: number;
	/** Anything else; must stay 0. */
	other: number;
}

const counts = new Map<string, Count>();

function countOf(what: string, kind: string): Count {
	const key = `${what}\n${kind}`;
	const known = counts.get(key) ?? { what, kind, tried: 0, errors: 0, wellFormed: 0, other: 0 };
	counts.set(key, known);
	return known;
}

/** True in `npm run fuzz`, which has time for the largest responses. */
export const IS_LONG = process.env.HOSTILE_RUNS !== undefined;

/** Property runs: few in `npm test`, as many as chosen in `npm run fuzz`. The seed replays a failure. */
export function runs(few: number): { numRuns: number; seed?: number } {
	const numRuns = Number(process.env.HOSTILE_RUNS ?? few);
	const seed = process.env.HOSTILE_SEED;
	return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}

/** Runs one attempt and counts its result. An exception counts as anything else and is rethrown. */
export async function attempt(what: string, kind: string, work: () => Promise<Ending>): Promise<void> {
	const count = countOf(what, kind);
	count.tried++;
	try {
		const ending = await work();
		if (ending === 'error') count.errors++;
		else if (ending === 'other') count.other++;
		else count.wellFormed++;
	} catch (error) {
		count.other++;
		throw error;
	}
}

/** Everything shown to a user, which is searched for secrets at the end. */
const shown: string[] = [];

export function noteShown(text: string): void {
	if (IS_LONG) shown.push(text.length > 5_000 ? text.slice(0, 5_000) : text);
}

/** Call once in a suite: saves its counts and shown texts for the table of `npm run fuzz`. */
export function reporting(suite: string): void {
	afterAll(() => {
		const folder = process.env.HOSTILE_REPORTS;
		if (folder === undefined) return;
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, `${suite}.json`), JSON.stringify([...counts.values()]));
		writeFileSync(join(folder, `${suite}.shown.txt`), shown.join('\n'));
	});
}
