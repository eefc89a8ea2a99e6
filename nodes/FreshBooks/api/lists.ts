import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject, refusal } from '../client/errors';
import type { FreshBooksClient, FreshBooksRequest } from '../client/client';
import { numberOrNull, objectOf, type WireObject } from '../client/json';

/**
 * Reads complete lists, or throws. One reader for all of FreshBooks' paging shapes:
 * - `response.pages` beside the rows;
 * - `meta` without `pages`, beside an array in `response`;
 * - page, pages, per_page and total beside the rows in `response.result`;
 * - rows at the top level, beside `meta` (projects, time entries).
 *
 * FreshBooks silently limits per_page to 100 and returns an empty page after the end (freshbooks.com/api/parameters). `total`
 * may include rows that are hidden from the connected user. Numbered pages of a changing list repeat and skip rows. So rows
 * are de-duplicated, and FreshBooks' counts only decide how many pages to request.
 */

/** FreshBooks' maximum page size. */
const PAGE_SIZE = 100;

/** The page size of the accounting services if a request has no per_page (freshbooks.com/api/parameters). */
const DEFAULT_PAGE_SIZE = 15;

/** A million rows. A response that promises more, or a list that never ends, is treated as malformed. */
const MAX_PAGES = 10_000;

/**
 * A page that takes longer to arrive, in milliseconds, is late: meanwhile somebody may have left an earlier page and somebody joined.
 * Then a row has moved to an earlier page, is never returned, and FreshBooks' total is the same.
 */
const LATE_AFTER_MS = 1_000;

/** Which list to read, and how to parse its rows. */
export interface ListRequest<Kept> extends Omit<FreshBooksRequest, 'method' | 'body' | 'onTry'> {
	/** Possible names of the array of rows, the most likely first. Not used if `response` itself is the array. */
	rowKeys: string[];
	/** The ID of a row. Null makes the page malformed. */
	idOf: (row: WireObject) => string | number | null;
	/** Converts a row to what the caller needs. The page itself is not kept in memory. */
	keep: (row: WireObject) => Kept;
	/** A filter that FreshBooks does not have or may ignore. A limit counts matching rows only. Default: all rows. */
	wanted?: (kept: Kept) => boolean;
}

export interface Listing<Kept> {
	/** Unique rows that match `wanted`, in FreshBooks' order. */
	rows: Kept[];
	/** IDs of the unique rows in FreshBooks' list, before `wanted`. */
	ids: ReadonlySet<string>;
	/** Number of unique rows in FreshBooks' list, before `wanted`. */
	listed: number;
	/** The `total` of each page, in page order. Empty if FreshBooks returns none. */
	totals: number[];
	/** The largest `pages` of any page. 0 if FreshBooks returns none. */
	pages: number;
	/** Number of pages read. */
	pagesSeen: number;
	/** Number of repeated rows. */
	duplicates: number;
	/** True if the list has several pages and one was late. */
	late: boolean;
	/** True if reading stopped at the caller's limit. Completeness is unknown then. */
	limited: boolean;
	/** Number of requests sent. */
	requests: number;
}

interface Page {
	rows: WireObject[];
	perPage: number | null;
	pages: number | null;
	total: number | null;
}

function malformed({ subject, idFamily }: Omit<FreshBooksRequest, 'method'>): FreshBooksError {
	return new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'GET' });
}

function count(value: unknown): number | null {
	const number = numberOrNull(value);
	return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
}

/** The objects that may contain the rows and the paging, innermost first. */
function containersOf(body: WireObject): WireObject[] {
	const response = objectOf(body.response);
	return [response.result, response, body].filter(isJsonObject);
}

function rowsIn(body: WireObject, rowKeys: string[]): unknown {
	if (Array.isArray(body.response)) return body.response;
	return containersOf(body)
		.flatMap((container) => rowKeys.map((key) => container[key]))
		.find((rows) => rows !== undefined && rows !== null);
}

function pagingIn(body: WireObject): WireObject {
	const [container] = containersOf(body);
	return [body.meta, container.pages, container.meta, container].find(isJsonObject) ?? {};
}

/** Parses a page of any paging shape. Throws `malformed` for any other response. */
function readPage<Kept>(body: unknown, request: ListRequest<Kept>): Page {
	const rows = isJsonObject(body) ? rowsIn(body, request.rowKeys) : undefined;
	if (!isJsonObject(body) || !Array.isArray(rows) || !rows.every(isJsonObject)) throw malformed(request);
	const paging = pagingIn(body);
	return { rows, perPage: count(paging.per_page), pages: count(paging.pages), total: count(paging.total) };
}

async function fetchPage<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, page: number, onTry: () => void): Promise<Page> {
	if (page > MAX_PAGES) throw malformed(request);
	const { path, subject, idFamily, published } = request;
	const query: IDataObject = { ...request.query, page, per_page: PAGE_SIZE };
	return readPage(await client.send({ method: 'GET', path, query, subject, idFamily, published, onTry }), request);
}

/** Whether a page is full: as long as FreshBooks' `per_page`, the requested size or the default size. */
function isFull({ rows, perPage }: Page): boolean {
	return [perPage, PAGE_SIZE, DEFAULT_PAGE_SIZE].includes(rows.length);
}

/** Collects unique rows, totals and duplicates of pages in order. */
class Collector<Kept> {
	readonly rows: Kept[] = [];

	readonly totals: number[] = [];

	/** The largest `pages` of any page. */
	pages = 0;

	duplicates = 0;

	readonly ids = new Set<string>();

	constructor(private readonly request: ListRequest<Kept>) {}

	/** Number of unique rows. */
	get listed(): number {
		return this.ids.size;
	}

	/** Adds a page and returns how many of its rows were new. */
	add(page: Page): number {
		if (page.total !== null) this.totals.push(page.total);
		this.pages = Math.max(this.pages, page.pages ?? 0);
		const before = this.listed;
		for (const row of page.rows) this.addRow(row);
		return this.listed - before;
	}

	private addRow(row: WireObject): void {
		const id = this.request.idOf(row);
		if (id === null) throw malformed(this.request);
		if (this.ids.has(String(id))) {
			this.duplicates++;
			return;
		}
		this.ids.add(String(id));
		const kept = this.request.keep(row);
		if (this.request.wanted?.(kept) ?? true) this.rows.push(kept);
	}
}

class ListReader<Kept> {
	private readonly collected: Collector<Kept>;

	private requests = 0;

	private late = false;

	constructor(
		private readonly client: FreshBooksClient,
		private readonly request: ListRequest<Kept>,
		private readonly limit: number,
	) {
		this.collected = new Collector(request);
	}

	async read(): Promise<Listing<Kept>> {
		let number = 0;
		let previous: Page | undefined;
		for await (const page of this.pages()) {
			number++;
			// FreshBooks returns an empty page after the end only. If rows follow one, the empty page was wrong.
			if (previous?.rows.length === 0 && page.rows.length > 0) throw malformed(this.request);
			const { duplicates } = this.collected;
			const fresh = this.collected.add(page);
			// If FreshBooks ignores `page` and returns the whole list again, the repeated rows did not move.
			if (number === 2 && fresh === 0 && isUncounted(page) && page.rows.length === previous?.rows.length) this.collected.duplicates = duplicates;
			if (!this.mayHaveMore(page, number, fresh, previous)) break;
			previous = page;
		}
		const { rows, ids, listed, totals, pages, duplicates } = this.collected;
		const limited = rows.length >= this.limit;
		const late = this.late && number > 1;
		return { rows: rows.slice(0, this.limit), ids, listed, totals, pages, pagesSeen: number, duplicates, late, limited, requests: this.requests };
	}

	/**
	 * Yields pages 1, 2, 3 and so on, until the caller stops. If the first page is full, the pages that FreshBooks counts are
	 * requested a few at a time.
	 */
	private async *pages(): AsyncGenerator<Page> {
		const first = await this.fetch(1);
		yield first;
		const expected = this.expectedPages(first);
		const atOnce = first.rows.length >= (first.perPage ?? PAGE_SIZE) ? this.client.maxInFlight : 1;
		const ahead: Array<Promise<Page>> = [];
		for (let asked = 1; ; ) {
			while (ahead.length === 0 || (asked < expected && ahead.length < atOnce)) {
				const page = this.fetch(++asked);
				// Pages are awaited in order below. Until then a rejection must not count as unhandled.
				page.catch(() => undefined);
				ahead.push(page);
			}
			yield await (ahead.shift() as Promise<Page>);
		}
	}

	/** How many pages to request in advance: as many as FreshBooks counts, but no more than the limit needs. */
	private expectedPages({ rows, pages, total }: Page): number {
		const size = Math.max(1, rows.length);
		const counted = Math.max(pages ?? 1, Math.ceil((total ?? 0) / size));
		const filterIsOurs = this.collected.rows.length < this.collected.listed;
		return filterIsOurs ? counted : Math.min(counted, Math.ceil(this.limit / size));
	}

	/** Whether there may be rows after page `number`. `fresh` is how many of its rows were new. */
	private mayHaveMore(page: Page, number: number, fresh: number, previous: Page | undefined): boolean {
		const { rows, listed, duplicates } = this.collected;
		if (rows.length >= this.limit) return false;
		const received = listed + duplicates;
		const promised = (page.pages ?? 0) > number || (page.total ?? 0) > received;
		// FreshBooks counts more rows and the page before was full: this empty page may be wrong, so read one more.
		if (page.rows.length === 0) return promised && previous !== undefined && previous.rows.length > 0 && isFull(previous);
		if (fresh === 0) return false;
		if (promised || page.total === received) return promised;
		return isFull(page) || (isUncounted(page) && number > 1);
	}

	private async fetch(page: number): Promise<Page> {
		this.requests++;
		let askedAt = performance.now();
		// Before the first page is computed nothing was read, so its earlier tries do not count.
		const onTry = (): void => void (askedAt = page === 1 ? performance.now() : askedAt);
		const received = await fetchPage(this.client, this.request, page, onTry);
		this.late ||= performance.now() - askedAt > LATE_AFTER_MS;
		return received;
	}
}

/** True if FreshBooks returns neither `pages` nor `total`, as for invitations in the third-party guide. */
function isUncounted({ pages, total }: Page): boolean {
	return pages === null && total === null;
}

/**
 * Reads a list once, up to `limit` matching rows. N rows cost ceil(N/100) requests if FreshBooks counts them. Pages after the
 * first are read a few at a time. Throws FreshBooksError if a page fails or is malformed.
 */
export async function readList<Kept>(
	client: FreshBooksClient,
	request: ListRequest<Kept>,
	limit = Infinity,
): Promise<Listing<Kept>> {
	return await new ListReader(client, request, limit).read();
}

/** The `total` of the list if every page returned the same; otherwise null. */
export function agreedTotal(listing: Pick<Listing<unknown>, 'totals'>): number | null {
	const [first] = listing.totals;
	return first !== undefined && listing.totals.every((total) => total === first) ? first : null;
}

/** True if the list changed during the reading, so that a row may have been skipped. */
export function movedWhileRead(listing: Listing<unknown>): boolean {
	if (listing.limited || (listing.totals.length === 0 && listing.pages === 0)) return false;
	return listing.duplicates > 0 || (listing.totals.length > 0 && agreedTotal(listing) === null);
}

/** The rows of a list, and whether one may be missing. */
export interface ListReading<Kept> {
	rows: Kept[];
	/** Why a row may be missing, as a sentence; undefined for a complete list. */
	doubt?: string;
	/** True if a row may be missing because the list changed during the reading. Another reading may show it. */
	moved: boolean;
}

/** The last reading of a list, and whether it may lack a row because the list changed. */
interface LastReading<Kept> {
	listing: Listing<Kept>;
	moved: boolean;
}

/** How often a list is read if the last reading changed or was short. */
const MAX_READINGS = 2;
/** How often it is read if only a page was late: two readings that are compared, after one that may have changed. */
const MAX_LATE_READINGS = 3;

/** Reads a list, and reads it again if it changed meanwhile, if a page was late, or if it has fewer rows than FreshBooks counts. */
async function readAgainIfDoubtful<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, limit: number): Promise<LastReading<Kept>> {
	let earlier: Listing<Kept> | undefined;
	for (let reading = 1; ; reading++) {
		const listing = await readList(client, request, limit);
		const moved = movedWhileRead(listing);
		if (moved || isShort(listing)) {
			if (reading >= MAX_READINGS) return { listing, moved };
		} else if (!listing.late || isCertain(listing, earlier)) {
			return { listing, moved };
		} else if (reading >= MAX_LATE_READINGS) {
			return { listing, moved: !listing.limited };
		}
		earlier = listing;
	}
}

/**
 * True if an earlier reading that was not short shows that a late one skipped no row. FreshBooks' counts do not show a skip if one
 * leaves and one joins, or, in a list without a total, if one leaves. But the readings differ then. In a list with a total, those who
 * only leave, for example in a batch, are no doubt.
 */
function isCertain(listing: Listing<unknown>, earlier: Listing<unknown> | undefined): boolean {
	if (earlier === undefined || isShort(earlier)) return false;
	const isCounted = listing.totals.length > 0;
	return !hasOtherRows(earlier, listing) || (isCounted && !hasOtherRows(listing, earlier));
}

function hasOtherRows({ ids }: Listing<unknown>, other: Listing<unknown>): boolean {
	return [...ids].some((id) => !other.ids.has(id));
}

/**
 * Reads a complete list, or its first `limit` rows. It reads a doubtful list again and then returns the rows with the doubt,
 * because `total` may include rows that are hidden from the connected user. Throws FreshBooksError if a page fails or is
 * malformed.
 */
export async function readToTheEnd<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, limit = Infinity): Promise<ListReading<Kept>> {
	const reading = await readAgainIfDoubtful(client, request, limit);
	return { rows: reading.listing.rows, doubt: doubtAbout(reading, request.subject), moved: reading.moved };
}

function doubtAbout({ listing, moved }: LastReading<unknown>, subject: string): string | undefined {
	if (moved) {
		return `FreshBooks' list of ${subject} changed while it was read, twice: it may lack a row. Run it again.`;
	}
	if (!isShort(listing)) return undefined;
	const shown = lacksRows(listing) ? `but shows ${listing.listed}` : `but shows nothing after page ${listing.pagesSeen}`;
	return `FreshBooks counts ${counted(listing, subject)} ${shown}: some may be hidden from the connected user.`;
}

/**
 * Reads a complete list, or its first `limit` rows. Calls `warn` if a row may be missing. Throws FreshBooksError if a page
 * fails or is malformed, and of kind `refused` if FreshBooks counts rows but returns none.
 */
export async function readCompleteList<Kept>(
	client: FreshBooksClient,
	request: ListRequest<Kept>,
	warn: (message: string) => void,
	limit = Infinity,
): Promise<Kept[]> {
	const reading = await readAgainIfDoubtful(client, request, limit);
	const { listing } = reading;
	if (listing.listed === 0 && isShort(listing)) {
		throw refusal(
			`FreshBooks counts ${counted(listing, request.subject)} but shows none`,
			'They may be hidden from the connected user. Connect as an owner or admin of that business.',
		);
	}
	const doubt = doubtAbout(reading, request.subject);
	if (doubt !== undefined) warn(doubt);
	return listing.rows;
}

/** FreshBooks' count in words: of rows, or of pages if it does not count rows. */
function counted({ totals, pages }: Listing<unknown>, subject: string): string {
	return totals.length > 0 ? `${Math.max(...totals)} ${subject}` : `${pages} pages of ${subject}`;
}

function lacksRows({ totals, listed }: Listing<unknown>): boolean {
	return listed < Math.max(0, ...totals);
}

function lacksPages({ totals, pages, pagesSeen }: Listing<unknown>): boolean {
	return totals.length === 0 && pagesSeen < pages;
}

/** True if FreshBooks counts more rows than it returned, or more pages if it does not count rows. */
export function isShort(listing: Listing<unknown>): boolean {
	return !listing.limited && (lacksRows(listing) || lacksPages(listing));
}
