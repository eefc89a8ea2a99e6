import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject, refusal } from '../client/errors';
import type { FreshBooksClient, FreshBooksRequest } from '../client/client';
import { numberOrNull, objectOf, type WireObject } from '../client/json';

/**
 * Complete lists, or an error. One reader for FreshBooks' paging shapes: `response.pages` beside the rows, `meta` without
 * `pages` beside a bare array, page, pages, per_page and total flat inside `response.result`, and rows at the top level
 * beside `meta` (projects, time entries).
 *
 * FreshBooks clamps per_page to 100 without a word and answers an empty page past the end (freshbooks.com/api/parameters),
 * `total` may count rows that the connected user does not see, and paging by number over a changing list repeats and skips
 * rows. So a list is as long as its rows say: they are de-duplicated and counted, and the counts only say how far to look.
 */

/** The largest page FreshBooks gives. */
const PAGE_SIZE = 100;

/** The page size of the accounting services where the caller names none (freshbooks.com/api/parameters). */
const DEFAULT_PAGE_SIZE = 15;

/** A million rows. No business has so many people: an answer that promises more, or never ends, is not FreshBooks' list. */
const MOST_PAGES = 10_000;

/** What is listed: where, under which name the rows stand, and what identifies and is kept of a row. */
export interface ListRequest<Kept> extends Omit<FreshBooksRequest, 'method' | 'body'> {
	/** Names of the rows' array in the answer, the likeliest first; a bare array under `response` needs none. */
	rowKeys: string[];
	/** The identifying value of a row; null makes the page malformed. */
	idOf: (row: WireObject) => string | number | null;
	/** What is kept of a row; the page itself is let go. */
	keep: (row: WireObject) => Kept;
	/** Which rows are wanted, for a filter that FreshBooks does not have or may ignore; a limit counts these only. All by default. */
	wanted?: (kept: Kept) => boolean;
}

export interface Listing<Kept> {
	/** Unique wanted rows in FreshBooks' order. */
	rows: Kept[];
	/** How many unique rows FreshBooks listed, wanted or not. */
	listed: number;
	/** `total` as each page reported it, in page order; empty where FreshBooks reports none. */
	totals: number[];
	/** The largest number of pages that FreshBooks named; 0 where it names none. */
	pages: number;
	/** How many pages were looked at, in order, until nothing more came. */
	pagesSeen: number;
	/** Rows that came more than once. */
	duplicates: number;
	/** True when there are as many rows as the caller wanted, so that they say nothing about the whole. */
	limited: boolean;
	/** Requests made. */
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

/** Where the rows and the paging may be, the innermost first. */
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

/** One page of any of the shapes; throws `malformed` for anything else, never a short list. */
function readPage<Kept>(body: unknown, request: ListRequest<Kept>): Page {
	const rows = isJsonObject(body) ? rowsIn(body, request.rowKeys) : undefined;
	if (!isJsonObject(body) || !Array.isArray(rows) || !rows.every(isJsonObject)) throw malformed(request);
	const paging = pagingIn(body);
	return { rows, perPage: count(paging.per_page), pages: count(paging.pages), total: count(paging.total) };
}

async function fetchPage<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, page: number): Promise<Page> {
	if (page > MOST_PAGES) throw malformed(request);
	const { path, subject, idFamily, published } = request;
	const query: IDataObject = { ...request.query, page, per_page: PAGE_SIZE };
	return readPage(await client.send({ method: 'GET', path, query, subject, idFamily, published }), request);
}

/** Whether a page may have been cut at its size: the size that FreshBooks names, the one asked for, or the default. */
function isFull({ rows, perPage }: Page): boolean {
	return [perPage, PAGE_SIZE, DEFAULT_PAGE_SIZE].includes(rows.length);
}

/** Collects pages in order: unique rows, totals and duplicates. */
class Collector<Kept> {
	readonly rows: Kept[] = [];

	readonly totals: number[] = [];

	/** The largest number of pages that a page named. */
	pages = 0;

	duplicates = 0;

	private readonly seen = new Set<string>();

	constructor(private readonly request: ListRequest<Kept>) {}

	/** How many unique rows came. */
	get listed(): number {
		return this.seen.size;
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
		if (this.seen.has(String(id))) {
			this.duplicates++;
			return;
		}
		this.seen.add(String(id));
		const kept = this.request.keep(row);
		if (this.request.wanted?.(kept) ?? true) this.rows.push(kept);
	}
}

class ListReader<Kept> {
	private readonly collected: Collector<Kept>;

	private requests = 0;

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
			// FreshBooks answers an empty page past the end only: rows after one mean that the empty one was wrong.
			if (previous?.rows.length === 0 && page.rows.length > 0) throw malformed(this.request);
			const { duplicates } = this.collected;
			const fresh = this.collected.add(page);
			// The same once more is no sign of rows that moved where FreshBooks gives the whole list for every page.
			if (number === 2 && fresh === 0 && isUncounted(page) && page.rows.length === previous?.rows.length) this.collected.duplicates = duplicates;
			if (!this.mayHaveMore(page, number, fresh, previous)) break;
			previous = page;
		}
		const { rows, listed, totals, pages, duplicates } = this.collected;
		const limited = rows.length >= this.limit;
		return { rows: rows.slice(0, this.limit), listed, totals, pages, pagesSeen: number, duplicates, limited, requests: this.requests };
	}

	/**
	 * Pages 1, 2, 3 and so on, in order, until the caller stops. Where the first page is as large as FreshBooks says, those that
	 * its count promises are asked for a few at a time.
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
				// Awaited in order below; a failure further ahead must not count as unhandled until then.
				page.catch(() => undefined);
				ahead.push(page);
			}
			yield await (ahead.shift() as Promise<Page>);
		}
	}

	/** How many pages are surely worth asking for: as many as FreshBooks counts, and no more than the limit needs. */
	private expectedPages({ rows, pages, total }: Page): number {
		const size = Math.max(1, rows.length);
		const counted = Math.max(pages ?? 1, Math.ceil((total ?? 0) / size));
		const filterIsOurs = this.collected.rows.length < this.collected.listed;
		return filterIsOurs ? counted : Math.min(counted, Math.ceil(this.limit / size));
	}

	/** Whether there may be rows after page `number`, of whose rows `fresh` were new. */
	private mayHaveMore(page: Page, number: number, fresh: number, previous: Page | undefined): boolean {
		const { rows, listed, duplicates } = this.collected;
		if (rows.length >= this.limit) return false;
		const received = listed + duplicates;
		const promised = (page.pages ?? 0) > number || (page.total ?? 0) > received;
		// An empty page after a full one, of which FreshBooks counts more, may be a slip: the next page shows it.
		if (page.rows.length === 0) return promised && previous !== undefined && previous.rows.length > 0 && isFull(previous);
		if (fresh === 0) return false;
		if (promised || page.total === received) return promised;
		return isFull(page) || (isUncounted(page) && number > 1);
	}

	private async fetch(page: number): Promise<Page> {
		this.requests++;
		return await fetchPage(this.client, this.request, page);
	}
}

/** Whether FreshBooks says neither how many rows nor how many pages there are, as for invitations in the third-party guide. */
function isUncounted({ pages, total }: Page): boolean {
	return pages === null && total === null;
}

/**
 * Reads a list once, up to `limit` wanted rows. N rows cost ceil(N/100) requests where FreshBooks counts them; pages after the
 * first are read a few at a time. Throws FreshBooksError when any page fails or is malformed.
 */
export async function readList<Kept>(
	client: FreshBooksClient,
	request: ListRequest<Kept>,
	limit = Infinity,
): Promise<Listing<Kept>> {
	return await new ListReader(client, request, limit).read();
}

/** The number of people FreshBooks says there are, where every page says the same; otherwise null. */
export function agreedTotal(listing: Pick<Listing<unknown>, 'totals'>): number | null {
	const [first] = listing.totals;
	return first !== undefined && listing.totals.every((total) => total === first) ? first : null;
}

/** True when rows moved while they were read, so that somebody may have been skipped. */
export function movedWhileRead(listing: Listing<unknown>): boolean {
	if (listing.limited || (listing.totals.length === 0 && listing.pages === 0)) return false;
	return listing.duplicates > 0 || (listing.totals.length > 0 && agreedTotal(listing) === null);
}

/** A list read to its end, and what speaks against its being the whole list. */
export interface WholeReading<Kept> {
	rows: Kept[];
	/** A sentence saying why a row may be missing; undefined for a complete list. */
	doubt?: string;
	/** True when it is missing, if it is, because rows moved: another reading may show it. */
	moved: boolean;
}

/** Reads once more where the first reading moved or lacks rows that FreshBooks counts. */
async function readTwiceIfDoubtful<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, limit: number): Promise<Listing<Kept>> {
	const listing = await readList(client, request, limit);
	return movedWhileRead(listing) || isShort(listing) ? await readList(client, request, limit) : listing;
}

/**
 * Reads a whole list, or its first `limit` rows, and once more if rows moved while it was read to its end. A list that still
 * has fewer rows than FreshBooks counts is returned with the doubt, because `total` may count rows that the connected user
 * must not see. Throws FreshBooksError when any page fails or is malformed.
 */
export async function readToTheEnd<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, limit = Infinity): Promise<WholeReading<Kept>> {
	const listing = await readTwiceIfDoubtful(client, request, limit);
	return { rows: listing.rows, doubt: doubtAbout(listing, request.subject), moved: movedWhileRead(listing) };
}

function doubtAbout(listing: Listing<unknown>, subject: string): string | undefined {
	if (movedWhileRead(listing)) {
		return `FreshBooks' list of ${subject} changed while it was read, twice: it may lack a row. Run it again.`;
	}
	if (!isShort(listing)) return undefined;
	const shown = lacksRows(listing) ? `but shows ${listing.listed}` : `but shows nothing after page ${listing.pagesSeen}`;
	return `FreshBooks counts ${counted(listing, subject)} ${shown}: some may be hidden from the connected user.`;
}

/**
 * Reads a whole list, or its first `limit` rows; what speaks against its completeness is reported through `warn`. Throws
 * FreshBooksError when any page fails or is malformed, and of kind `refused` where FreshBooks counts rows and shows none:
 * that is not an empty list.
 */
export async function readWholeList<Kept>(
	client: FreshBooksClient,
	request: ListRequest<Kept>,
	warn: (message: string) => void,
	limit = Infinity,
): Promise<Kept[]> {
	const listing = await readTwiceIfDoubtful(client, request, limit);
	if (listing.listed === 0 && isShort(listing)) {
		throw refusal(
			`FreshBooks counts ${counted(listing, request.subject)} but shows none`,
			'They may be hidden from the connected user. Connect as an owner or admin of that business.',
		);
	}
	const doubt = doubtAbout(listing, request.subject);
	if (doubt !== undefined) warn(doubt);
	return listing.rows;
}

/** What FreshBooks counts: rows, or pages where it counts those only. */
function counted({ totals, pages }: Listing<unknown>, subject: string): string {
	return totals.length > 0 ? `${Math.max(...totals)} ${subject}` : `${pages} pages of ${subject}`;
}

function lacksRows({ totals, listed }: Listing<unknown>): boolean {
	return listed < Math.max(0, ...totals);
}

function lacksPages({ totals, pages, pagesSeen }: Listing<unknown>): boolean {
	return totals.length === 0 && pagesSeen < pages;
}

/** True when FreshBooks counts more rows than it showed; or more pages, where it does not count rows. */
export function isShort(listing: Listing<unknown>): boolean {
	return !listing.limited && (lacksRows(listing) || lacksPages(listing));
}
