import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, isJsonObject } from '../client/errors';
import type { FreshBooksClient, FreshBooksRequest } from '../client/client';
import { numberOrNull, objectOf, type WireObject } from '../client/json';

/**
 * Complete lists, or an error. One lister for FreshBooks' three paging shapes: `response.pages` beside the rows, `meta`
 * without `pages` beside a bare array, and page, pages, per_page and total flat inside `response.result`.
 *
 * FreshBooks clamps per_page to 100 without a word and answers an empty page past the end (freshbooks.com/api/parameters),
 * and paging by number over a changing list repeats and skips rows, so rows are de-duplicated and counted.
 */

/** The largest page FreshBooks gives. */
export const PAGE_SIZE = 100;

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
}

export interface Listing<Kept> {
	/** Unique rows in FreshBooks' order. */
	rows: Kept[];
	/** `total` as each page reported it, in page order; empty where FreshBooks reports none. */
	totals: number[];
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

function malformed(request: Omit<FreshBooksRequest, 'method'>): FreshBooksError {
	const { subject, idFamily } = request;
	return new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'GET' });
}

function positiveInteger(value: unknown): number | null {
	const number = numberOrNull(value);
	return number !== null && Number.isInteger(number) && number > 0 ? number : null;
}

function count(value: unknown): number | null {
	const number = numberOrNull(value);
	return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
}

function containerOf(body: WireObject): WireObject {
	const response = objectOf(body.response);
	return isJsonObject(response.result) ? response.result : response;
}

function rowsIn(body: WireObject, rowKeys: string[]): unknown {
	if (Array.isArray(body.response)) return body.response;
	const container = containerOf(body);
	const key = rowKeys.find((name) => container[name] !== undefined && container[name] !== null);
	return key === undefined ? undefined : container[key];
}

function pagingIn(body: WireObject): WireObject {
	const container = containerOf(body);
	const candidates = [body.meta, container.pages, container.meta, container];
	return candidates.find(isJsonObject) ?? {};
}

/** One page of any of the three shapes; throws `malformed` for anything else, never a short list. */
function readPage<Kept>(body: unknown, request: ListRequest<Kept>): Page {
	const rows = isJsonObject(body) ? rowsIn(body, request.rowKeys) : undefined;
	if (!isJsonObject(body) || !Array.isArray(rows) || !rows.every(isJsonObject)) throw malformed(request);
	const paging = pagingIn(body);
	return {
		rows,
		perPage: positiveInteger(paging.per_page),
		pages: count(paging.pages),
		total: count(paging.total),
	};
}

/** Whether an answer says nothing of pages, as that of the invitations in the third-party guide. */
function isUnpaged({ perPage, pages, total }: Page): boolean {
	return perPage === null && pages === null && total === null;
}

/** Collects pages in order: unique rows, totals and duplicates. */
class Collector<Kept> {
	readonly rows: Kept[] = [];

	readonly totals: number[] = [];

	duplicates = 0;

	private readonly seen = new Set<string>();

	constructor(private readonly request: ListRequest<Kept>) {}

	/** Adds a page and returns how many of its rows were new. */
	add(page: Page): number {
		if (page.total !== null) this.totals.push(page.total);
		const before = this.rows.length;
		for (const row of page.rows) this.addRow(row);
		return this.rows.length - before;
	}

	private addRow(row: WireObject): void {
		const id = this.request.idOf(row);
		if (id === null) throw malformed(this.request);
		if (this.seen.has(String(id))) {
			this.duplicates++;
			return;
		}
		this.seen.add(String(id));
		this.rows.push(this.request.keep(row));
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
		const first = await this.fetch(1);
		const perPage = first.perPage ?? PAGE_SIZE;
		this.collected.add(first);
		if (first.rows.length > 0) await this.readRest(first, perPage);
		const { rows, totals, duplicates } = this.collected;
		const wanted = rows.length > this.limit ? rows.slice(0, this.limit) : rows;
		return { rows: wanted, totals, duplicates, limited: rows.length >= this.limit, requests: this.requests };
	}

	/** Pages there should be by FreshBooks' own account; 1 where it gives none or one that its rows contradict. */
	private expectedPages(first: Page, perPage: number): number {
		const { total } = first;
		if (total === null) return first.pages ?? 1;
		return total < first.rows.length ? 1 : Math.ceil(total / perPage);
	}

	private async readRest(first: Page, perPage: number): Promise<void> {
		const expected = Math.min(this.expectedPages(first, perPage), Math.ceil(this.limit / perPage));
		let last = await this.readAhead(expected);
		if (last === 'ended') return;
		// Past the expected end only while the last page was full and FreshBooks' own count does not say that it was the last:
		// the list grew meanwhile, or no count is given at all.
		for (let page = Math.max(expected, 1) + 1; this.mayGoOn(last ?? first, perPage); page++) {
			const { duplicates } = this.collected;
			last = await this.fetch(page);
			if (this.collected.add(last) > 0) continue;
			// The same once more is no sign of rows that moved where FreshBooks gives the whole list for every page.
			if (page === 2 && isUnpaged(first) && last.rows.length === first.rows.length) this.collected.duplicates = duplicates;
			return;
		}
	}

	private mayGoOn(last: Page, perPage: number): boolean {
		const have = this.collected.rows.length;
		if (have >= this.limit || last.rows.length < perPage) return false;
		return last.total === null || last.total !== have + this.collected.duplicates;
	}

	/**
	 * Pages 2 to `expected`, a few at a time, taken in order. 'ended' when a page without a new row came first; otherwise the last page,
	 * or null when there was none to read.
	 */
	private async readAhead(expected: number): Promise<Page | 'ended' | null> {
		const ahead: Array<Promise<Page>> = [];
		let asked = 1;
		let last: Page | null = null;
		while (asked < expected || ahead.length > 0) {
			while (asked < expected && ahead.length < this.client.maxInFlight) {
				const page = this.fetch(++asked);
				// Awaited in order below; a failure further ahead must not count as unhandled until then.
				page.catch(() => undefined);
				ahead.push(page);
			}
			const next = ahead.shift();
			if (!next) break;
			last = await next;
			// Nothing, or nothing but what was there already: whatever the count says, there is no more to read.
			if (this.collected.add(last) === 0) return 'ended';
		}
		return last;
	}

	private async fetch(page: number): Promise<Page> {
		if (page > MOST_PAGES) throw malformed(this.request);
		this.requests++;
		return await fetchPage(this.client, this.request, page);
	}
}

async function fetchPage<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, page: number): Promise<Page> {
	const { path, subject, idFamily, published } = request;
	const query: IDataObject = { ...request.query, page, per_page: PAGE_SIZE };
	const answer = await client.send({ method: 'GET', path, query, subject, idFamily, published });
	return readPage(answer, request);
}

/** One page of a list, for somebody who looks through it. */
export interface ListPage<Kept> {
	rows: Kept[];
	/** How many rows FreshBooks says the list has; null where it does not say, or gave pages of another size than asked for. */
	total: number | null;
}

/** Reads page `number`, from 1, of PAGE_SIZE rows. Throws FreshBooksError. */
export async function readListPage<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, number: number): Promise<ListPage<Kept>> {
	const page = await fetchPage(client, request, number);
	const collected = new Collector(request);
	collected.add(page);
	const sizeAsAsked = (page.perPage ?? PAGE_SIZE) === PAGE_SIZE && page.rows.length <= PAGE_SIZE;
	const isAll = number === 1 && page.total !== null && page.total <= page.rows.length;
	return { rows: collected.rows, total: sizeAsAsked || isAll ? page.total : null };
}

/**
 * Reads a list once, up to `limit` rows. N rows cost ceil(N/100) requests; pages after the first are read a few at a time.
 * Throws FreshBooksError when any page fails or is malformed.
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
	if (listing.limited || listing.totals.length === 0) return false;
	return agreedTotal(listing) === null || listing.duplicates > 0;
}

/** A list read to its end, and what speaks against its being the whole list. */
export interface WholeReading<Kept> {
	rows: Kept[];
	/** A sentence saying why a row may be missing; undefined for a complete list. */
	doubt?: string;
	/** True when it is missing, if it is, because rows moved: another reading may show it. */
	moved: boolean;
}

/**
 * Reads a whole list, or its first `limit` rows, and once more if rows moved while it was read to its end. A list that still
 * has fewer rows than FreshBooks counts is returned, because `total` may count rows the token owner must not see, with the
 * doubt said.
 */
export async function readToTheEnd<Kept>(client: FreshBooksClient, request: ListRequest<Kept>, limit = Infinity): Promise<WholeReading<Kept>> {
	let listing = await readList(client, request, limit);
	if (movedWhileRead(listing) || isShort(listing)) listing = await readList(client, request, limit);
	return { rows: listing.rows, doubt: doubtAbout(listing, request.subject), moved: movedWhileRead(listing) };
}

function doubtAbout(listing: Listing<unknown>, subject: string): string | undefined {
	if (movedWhileRead(listing)) {
		return `FreshBooks' list of ${subject} changed while it was read, twice: it may lack a row. Run it again.`;
	}
	if (!isShort(listing)) return undefined;
	return `FreshBooks counts ${listing.totals[0]} ${subject} but shows ${listing.rows.length}: some may be hidden from the connected user.`;
}

/** Reads a whole list, or the first `limit` rows; what speaks against its completeness is reported through `warn`. */
export async function readWholeList<Kept>(
	client: FreshBooksClient,
	request: ListRequest<Kept>,
	warn: (message: string) => void,
	limit = Infinity,
): Promise<Kept[]> {
	const { rows, doubt } = await readToTheEnd(client, request, limit);
	if (doubt !== undefined) warn(doubt);
	return rows;
}

/** True when FreshBooks counts more rows than it showed. */
export function isShort(listing: Listing<unknown>): boolean {
	const total = Math.max(0, ...listing.totals);
	return !listing.limited && listing.rows.length < total;
}
