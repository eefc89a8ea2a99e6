/**
 * Whether a list that was read page by page is complete.
 *
 * FreshBooks pages by offset over a list that may change meanwhile, so a page can skip people. Only a complete listing may be
 * compared with a snapshot.
 */

/** The result of reading all pages of one list. */
export interface Listing<Row> {
	/** The rows in FreshBooks' order, each ID once. */
	rows: readonly Row[];
	/** The total as every page reported it; empty when the list reports none. */
	totals: readonly number[];
	/** How many rows had an ID that was listed before; they are left out of `rows`. */
	duplicates: number;
	/** Reading stopped before the end: a page failed, or the time was up. */
	truncated: boolean;
}

export type ListingProblem = 'truncated' | 'totalChanged' | 'short' | 'long' | 'repeatedRows';

/**
 * Why a listing is not complete, or `undefined` when it is: read to its end, the same total on every page, and exactly as many
 * different people as the total. Repeated rows do no harm while the number of different IDs equals the total. Without a total they
 * are the only sign that the list changed while it was read.
 */
export function problemOf(listing: Listing<unknown>): ListingProblem | undefined {
	const { rows, totals, duplicates, truncated } = listing;
	if (truncated) return 'truncated';
	if (totals.length === 0) return duplicates > 0 ? 'repeatedRows' : undefined;
	const [total] = totals;
	if (totals.some((other) => other !== total)) return 'totalChanged';
	if (rows.length < total) return 'short';
	return rows.length > total ? 'long' : undefined;
}

/** An incomplete listing, for the report to the user. */
export interface IncompleteListing {
	list: 'people' | 'invitations';
	problem: ListingProblem;
	listed: number;
	total: number | null;
	/**
	 * Both readings gave the same rows and the same total: the list did not change, and FreshBooks counts people whom it does not
	 * show. A person has to fix it.
	 */
	steady: boolean;
}

export type ListingPurpose = 'poll' | 'repeat' | 'confirm';

export type Reading<Row> =
	| { complete: true; rows: readonly Row[] }
	| ({ complete: false } & IncompleteListing);

/**
 * Reads a list, and once more when the first reading was not complete.
 * Throws what `read` throws.
 */
export async function readCompletely<Row extends { id: string }>(
	list: IncompleteListing['list'],
	read: (purpose: ListingPurpose) => Promise<Listing<Row>>,
): Promise<Reading<Row>> {
	const first = await read('poll');
	if (problemOf(first) === undefined) return { complete: true, rows: first.rows };
	const second = await read('repeat');
	const problem = problemOf(second);
	if (problem === undefined) return { complete: true, rows: second.rows };
	return {
		complete: false,
		list,
		problem,
		listed: second.rows.length,
		total: second.totals.length === 0 ? null : second.totals[second.totals.length - 1],
		steady: problem !== 'truncated' && sameReading(first, second),
	};
}

function sameReading<Row extends { id: string }>(one: Listing<Row>, other: Listing<Row>): boolean {
	const totals = new Set([...one.totals, ...other.totals]);
	if (totals.size !== 1 || one.rows.length !== other.rows.length) return false;
	const ids = new Set(one.rows.map((row) => row.id));
	return other.rows.every((row) => ids.has(row.id));
}
