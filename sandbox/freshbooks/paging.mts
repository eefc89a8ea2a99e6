import type { Settings } from './types.mts';

/** What a fault does to the rows of a list while it is read. */
export interface Distortion {
	rotate?: number;
	dropFirst?: number;
	drop?: ReadonlySet<string>;
	extraTotal?: number;
	empty?: boolean;
	keepTotal?: boolean;
}

/** One page; `echo` is the `per_page` in the answer, undefined for none. */
export interface Page<Row> { rows: Row[]; page: number; echo: number | undefined; pages: number; total: number }

export type PageSettings = Pick<Settings, 'defaultPerPage' | 'pageSizeCap' | 'perPageEcho'>;

/** A `page` or `per_page` that is not a number: FreshBooks' errno 1014 and 1013 (FreshBooks API docs, Errors page). */
export interface PagingProblem { problem: 'page' | 'per_page'; value: string }

function wholeNumber(value: unknown): number | undefined {
	return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function distorted<Row extends { email: string }>(rows: readonly Row[], distortion: Distortion): readonly Row[] {
	if (distortion.empty) return [];
	const { drop, dropFirst = 0, rotate = 0 } = distortion;
	const kept = drop ? rows.filter((row) => !drop.has(row.email.toLowerCase())) : rows.slice(dropFirst);
	if (rotate === 0 || kept.length === 0) return kept;
	const shift = ((rotate % kept.length) + kept.length) % kept.length;
	return [...kept.slice(shift), ...kept.slice(0, shift)];
}

/**
 * One page of the rows. Page 0 is page 1, a page past the end is empty (FreshBooks API docs, Parameters page).
 * `per_page` is clamped to 100 silently (same page; the setting `pageSizeCap`).
 * Assumption 3: 15 rows by default, in order of creation.
 */
export function paginate<Row extends { email: string }>(
	rows: readonly Row[], query: Record<string, unknown>, { defaultPerPage, pageSizeCap, perPageEcho }: PageSettings, distortion?: Distortion,
): Page<Row> | PagingProblem {
	const page = wholeNumber(query.page ?? '1');
	const asked = wholeNumber(query.per_page ?? String(defaultPerPage));
	if (page === undefined) return { problem: 'page', value: String(query.page) };
	if (asked === undefined || asked === 0) return { problem: 'per_page', value: String(query.per_page) };
	const perPage = Math.min(asked, pageSizeCap);
	const echo = { clamped: perPage, asked, absent: undefined }[perPageEcho];
	const visible = distortion ? distorted(rows, distortion) : rows;
	const start = (Math.max(page, 1) - 1) * perPage;
	const total = (distortion?.keepTotal ? rows.length : visible.length) + (distortion?.extraTotal ?? 0);
	return { rows: visible.slice(start, start + perPage), page: Math.max(page, 1), echo, pages: Math.ceil(total / perPage), total };
}

/** The paging object of a list; the setting `pagesWithoutSaying` leaves it out. */
export function pagingObject<Paging extends object>({ pagesWithoutSaying }: Pick<Settings, 'pagesWithoutSaying'>, paging: Paging): Paging | undefined {
	return pagesWithoutSaying ? undefined : paging;
}
