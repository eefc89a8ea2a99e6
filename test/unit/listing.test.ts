import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError } from '../../nodes/FreshBooks/client/errors';
import {
	agreedTotal,
	isShort,
	movedWhileRead,
	readList,
	readToTheEnd,
	readCompleteList,
	type ListRequest,
} from '../../nodes/FreshBooks/api/lists';
import type { FreshBooksClient, FreshBooksRequest } from '../../nodes/FreshBooks/client/client';
import { listTeamMembers } from '../../nodes/FreshBooks/api/teamMembers';
import { numberOrNull } from '../../nodes/FreshBooks/client/json';
import { membersPage, staffPage, teamMembersPage, upTo } from '../harness/examples';

const row = (id: number): IDataObject => ({ id });
const rowsFrom = (from: number, to: number): IDataObject[] => upTo(to - from + 1).map((number) => row(from + number - 1));
const ids = (rows: unknown[]): unknown[] => rows.map((kept) => (kept as IDataObject).id);

const REQUEST: ListRequest<IDataObject> = {
	path: '/the/list',
	query: { active: true },
	subject: 'things',
	idFamily: 'business ID',
	published: true,
	rowKeys: ['members', 'staff', 'staffs'],
	idOf: (entry) => numberOrNull(entry.id),
	keep: (entry) => entry as IDataObject,
};

type Answer = (page: number, time: number) => unknown;

/** A client that returns pages from a function, and records the requests. */
function service(answer: Answer, maxInFlight = 10) {
	const asked: FreshBooksRequest[] = [];
	const client: FreshBooksClient = {
		maxInFlight,
		send: async (request) => {
			asked.push(request);
			const page = Number(request.query?.page);
			return await answer(page, asked.filter((other) => other.query?.page === page).length);
		},
		pause: async () => undefined,
		warn: () => undefined, mayUse: () => false,
	};
	return { client, asked, pages: () => asked.map(({ query }) => query?.page) };
}

type PageShape = (rows: IDataObject[], page: number, total: number, perPage: number) => IDataObject;

const SHAPES: Array<[string, PageShape]> = [
	['response.pages beside the rows', membersPage],
	['meta without pages beside a bare array', teamMembersPage],
	['everything flat inside response.result', staffPage],
];

/** A list of `count` rows with FreshBooks' paging: at most 100 rows, an empty page after the end. */
function paged(shape: PageShape, count: number, perPage = 100): Answer {
	const all = rowsFrom(1, count);
	return (page) => shape(all.slice((page - 1) * perPage, page * perPage), page, count, perPage);
}

describe.each(SHAPES)('a list with %s', (_name, shape) => {
	test.each([
		[0, 1],
		[1, 1],
		[99, 1],
		[100, 1],
		[101, 2],
		[200, 2],
		[250, 3],
		[1000, 10],
		[1001, 11],
	])('of %d rows takes %d requests and is complete, in order', async (count, requests) => {
		const { client, asked, pages } = service(paged(shape, count));
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(count));
		expect(listing).toMatchObject({ requests, duplicates: 0, limited: false });
		expect(pages()).toEqual(upTo(requests));
		expect(asked.every(({ method, query }) => method === 'GET' && query?.per_page === 100 && query.active === true)).toBe(true);
		expect(isShort(listing) || movedWhileRead(listing)).toBe(false);
	});

	test('uses the per_page that FreshBooks returns, if it lowers it', async () => {
		const { client, pages } = service(paged(shape, 60, 25));
		expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(60));
		expect(pages()).toEqual([1, 2, 3]);
	});

	test.each([
		[1, 1],
		[50, 1],
		[100, 1],
		[101, 2],
		[250, 3],
		[900, 5],
	])('with a limit of %d takes %d of the five requests', async (limit, requests) => {
		const { client } = service(paged(shape, 500));
		const listing = await readList(client, REQUEST, limit);
		expect(ids(listing.rows)).toEqual(upTo(Math.min(limit, 500)));
		expect(listing).toMatchObject({ requests, limited: limit < 500 });
	});

	test.each([undefined, 100])('with pages of 15 rows and per_page %p is read to the end by its total', async (said) => {
		const { client, pages } = service((page) => {
			const { perPage, ...answer } = { perPage: said, ...shape(rowsFrom(1, 40).slice((page - 1) * 15, page * 15), page, 40, 15) };
			return JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === 'per_page' ? perPage : key === 'pages' && typeof value === 'number' ? undefined : value))) as unknown;
		});
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(40));
		expect(isShort(listing) || movedWhileRead(listing)).toBe(false);
		expect(pages()).toEqual([1, 2, 3]);
	});

	test('with an empty page before others is malformed', async () => {
		const { client } = service((page) => shape(page === 2 ? [] : rowsFrom(1, 300).slice((page - 1) * 100, page * 100), page, 300, 100));
		await expect(readList(client, REQUEST)).rejects.toMatchObject({ failure: { kind: 'malformed', subject: 'things' } });
	});

	test('that counts rows but returns none is not empty', async () => {
		const { client } = service((page) => shape([], page, 7, 100));
		const listing = await readList(client, REQUEST);
		expect([listing.rows, isShort(listing)]).toEqual([[], true]);
		expect(await readToTheEnd(client, REQUEST)).toMatchObject({ rows: [], doubt: expect.stringContaining('counts 7 things but shows 0') });
		await expect(readCompleteList(client, REQUEST, () => undefined)).rejects.toThrow('FreshBooks counts 7 things but shows none');
	});

	test('with a filter of this package is read until the limit of matching rows', async () => {
		const wanted = (kept: IDataObject) => Number(kept.id) % 50 === 0;
		const { client } = service(paged(shape, 1000), 2);
		const listing = await readList(client, { ...REQUEST, wanted }, 3);
		expect(ids(listing.rows)).toEqual([50, 100, 150]);
		expect(listing).toMatchObject({ limited: true });
		expect(listing.requests).toBeLessThanOrEqual(4);
		const whole = await readList(service(paged(shape, 1000)).client, { ...REQUEST, wanted });
		expect(whole.rows).toHaveLength(20);
		expect([whole.listed, isShort(whole), movedWhileRead(whole)]).toEqual([1000, false, false]);
	});

	test('that FreshBooks filters takes no more requests than the limit needs', async () => {
		const { client } = service(paged(shape, 1000));
		expect(await readList(client, { ...REQUEST, wanted: () => true }, 150)).toMatchObject({ requests: 2, limited: true });
	});

	test('with a total above the visible rows ends, and is short', async () => {
		const { client, pages } = service((page) => shape(page === 1 ? rowsFrom(1, 100) : page === 2 ? rowsFrom(101, 120) : [], page, 100_000, 100), 3);
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(120));
		expect(isShort(listing)).toBe(true);
		expect(pages().length).toBeLessThanOrEqual(6);
	});

	test('with a total below its rows is read to the end', async () => {
		const { client } = service((page) => shape(rowsFrom(1, 250).slice((page - 1) * 100, page * 100), page, 7, 100));
		expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(250));
	});

	test('that grows during the reading is read to its new end', async () => {
		const { client } = service((page) => shape(rowsFrom(1, page === 1 ? 200 : 301).slice((page - 1) * 100, page * 100), page, page === 1 ? 200 : 301, 100));
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(301));
		expect(movedWhileRead(listing)).toBe(true);
		expect(agreedTotal(listing)).toBeNull();
	});

	test('that shrinks during the reading ends with the empty page', async () => {
		const { client } = service((page) => shape(page === 1 ? rowsFrom(1, 100) : [], page, page === 1 ? 150 : 100, 100));
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(100));
		expect(movedWhileRead(listing)).toBe(true);
	});

	test('with repeated rows returns each once, and counts the duplicates', async () => {
		const { client } = service((page) => shape(page === 1 ? rowsFrom(1, 100) : rowsFrom(100, 149), page, 150, 100));
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(149));
		expect(listing.duplicates).toBe(1);
		expect(movedWhileRead(listing)).toBe(true);
	});

	test('whose pages arrive out of order stays in order', async () => {
		const waiting = new Map<number, () => void>();
		const { client } = service(async (page) => {
			if (page > 1) await new Promise<void>((resolve) => waiting.set(page, resolve));
			return paged(shape, 400)(page, 1);
		});
		const reading = readList(client, REQUEST);
		for (const page of [4, 2, 3]) {
			while (!waiting.has(page)) await Promise.resolve();
			waiting.get(page)?.();
		}
		expect(ids((await reading).rows)).toEqual(upTo(400));
	});

	test('is read a few pages at a time', async () => {
		let now = 0;
		let most = 0;
		const { client } = service(async (page) => {
			most = Math.max(most, ++now);
			await Promise.resolve();
			now--;
			return paged(shape, 2000)(page, 1);
		}, 4);
		expect((await readList(client, REQUEST)).rows).toHaveLength(2000);
		expect(most).toBeGreaterThan(1);
		expect(most).toBeLessThanOrEqual(4);
	});

	test('of any size and page size is complete, in order, with one request per page', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 12 }), async (count, perPage, maxInFlight) => {
				const { client } = service(paged(shape, count, perPage), maxInFlight);
				const listing = await readList(client, REQUEST);
				expect(ids(listing.rows)).toEqual(upTo(count));
				expect(listing.requests).toBe(Math.max(1, Math.ceil(count / perPage)));
			}),
			{ numRuns: 60 },
		);
	});

	test.each([1, 2, 3])('fails when page %d fails', async (broken) => {
		const outage = new FreshBooksError({ kind: 'outage', status: 500, subject: 'things', idFamily: 'business ID', method: 'GET' });
		const { client } = service(async (page) => (page === broken ? await Promise.reject(outage) : paged(shape, 300)(page, 1)));
		await expect(readList(client, REQUEST)).rejects.toBe(outage);
	});
});

describe('a list without paging', () => {
	const unpaged = (count: number) => service(() => ({ response: { members: rowsFrom(1, count) } }));

	test.each([0, 1, 99])('of %d rows takes one request', async (count) => {
		const { client, pages } = unpaged(count);
		expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(count));
		expect(pages()).toEqual([1]);
	});

	test.each([
		[14, [1]],
		[15, [1, 2]],
		[16, [1]],
		[99, [1]],
		[100, [1, 2]],
		[101, [1]],
		[250, [1]],
	])('of %d rows that is repeated for every page takes the requests %j, with each row once', async (count, asked) => {
		const { client, pages } = unpaged(count);
		const listing = await readList(client, REQUEST);
		expect(ids(listing.rows)).toEqual(upTo(count));
		expect(listing).toMatchObject({ duplicates: 0, totals: [] });
		expect(movedWhileRead(listing)).toBe(false);
		expect(pages()).toEqual(asked);
	});

	test.each([
		[15, 40],
		[15, 45],
		[100, 250],
	])('that still returns pages of %d rows is read until a page has no new row: %d rows', async (size, count) => {
		const { client } = service((page) => ({ response: { members: rowsFrom(1, count).slice((page - 1) * size, page * size) } }));
		expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(count));
	});

	test('that hides a row of a page is read beyond that page', async () => {
		const { client } = service((page) => ({ response: { members: rowsFrom(1, 45).filter(({ id }) => id !== 20).filter(({ id }) => Math.ceil(Number(id) / 15) === page) } }));
		expect((await readList(client, REQUEST)).rows).toHaveLength(44);
	});

	test('stops at the limit', async () => {
		const { client, pages } = unpaged(250);
		expect(ids((await readList(client, REQUEST, 10)).rows)).toEqual(upTo(10));
		expect(pages()).toEqual([1]);
	});
});

test.each([2, 3])('the same rows on every page with `pages: %d`, without a total, make the list doubtful', async (pages) => {
	const { client } = service((page) => ({ response: { members: rowsFrom(1, 100), pages: { page, pages, per_page: 100 } } }));
	expect(await readToTheEnd(client, REQUEST)).toMatchObject({ doubt: expect.stringContaining('changed while it was read'), moved: true });
});

test('after fifteen rows with `pages: 3`, without a total, the next page is read', async () => {
	const { client, pages } = service((page) => ({ response: { members: rowsFrom(1, 40).slice((page - 1) * 15, page * 15), pages: { page, pages: 3, per_page: 100 } } }));
	expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(40));
	expect(pages().slice(0, 3)).toEqual([1, 2, 3]);
});

test.each<[string, number, number[], boolean]>([
	['an empty first page', 3, [0], true],
	['an empty page after a short one', 3, [1, 0, 1], true],
	['every counted page', 3, [100, 100, 7], false],
	['an empty only page', 1, [0], false],
	['more pages than counted', 1, [100, 7], false],
])('without a total, %s with `pages: %d` is judged by the pages', async (_case, counted, sizes, short) => {
	const { client } = service((page) => {
		const from = page * 1000;
		return { response: { members: rowsFrom(from, from + (sizes[page - 1] ?? 0) - 1), pages: { page, pages: counted, per_page: 100 } } };
	});
	const listing = await readList(client, REQUEST);
	expect([isShort(listing), movedWhileRead(listing)]).toEqual([short, false]);
	expect((await readToTheEnd(client, REQUEST)).doubt).toEqual(short ? expect.stringContaining('counts 3 pages of things but shows nothing after page') : undefined);
});

test('rows at the top level beside `meta`, as for projects, are read like other lists', async () => {
	const { client, pages } = service((page) => ({ members: rowsFrom(1, 150).slice((page - 1) * 100, page * 100), meta: { page, per_page: 100, pages: 2, total: 150, sort: [] } }));
	expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(150));
	expect(pages()).toEqual([1, 2]);
});

test('a list is complete for any page lengths and any reported sizes', async () => {
	const pageSize = fc.oneof(fc.constantFrom(15, 30, 100), fc.integer({ min: 1, max: 100 }));
	const said = fc.constantFrom('size', 'asked', 'nothing');
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 0, max: 400 }), pageSize, said, fc.boolean(), fc.integer({ min: 1, max: 12 }), async (count, size, perPage, withPages, maxInFlight) => {
			const { client } = service((page) => {
				const paging: IDataObject = { page, total: count };
				if (perPage !== 'nothing') paging.per_page = perPage === 'size' ? size : 100;
				if (withPages) paging.pages = Math.ceil(count / size);
				return { response: { members: rowsFrom(1, count).slice((page - 1) * size, page * size), pages: paging } };
			}, maxInFlight);
			const listing = await readList(client, REQUEST);
			expect(ids(listing.rows)).toEqual(upTo(count));
			expect([listing.requests, isShort(listing), movedWhileRead(listing)]).toEqual([Math.max(1, Math.ceil(count / size)), false, false]);
		}),
		{ numRuns: 150 },
	);
});

test('a list without counts is complete if its pages have a size that FreshBooks uses', async () => {
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.constantFrom(15, 100), async (count, size) => {
			const { client } = service((page) => ({ response: rowsFrom(1, count).slice((page - 1) * size, page * size) }));
			expect(ids((await readList(client, REQUEST)).rows)).toEqual(upTo(count));
		}),
		{ numRuns: 60 },
	);
});

test.each([['staff'], ['staffs']])('rows are found in "%s"', async (key) => {
	const { client } = service(() => ({ response: { result: { [key]: [row(1)], page: 1, pages: 1, per_page: 100, total: 1 } } }));
	expect((await readList(client, REQUEST)).rows).toEqual([row(1)]);
});

test('an unpaged list that changes between two requests says so', async () => {
	const { client } = service((page) => ({ response: { members: rowsFrom(Math.min(page, 2), Math.min(page, 2) + 99) } }));
	expect((await readList(client, REQUEST)).duplicates).toBeGreaterThan(0);
});

test('paging as numeric text is accepted', async () => {
	const { client, pages } = service((page) => ({ response: page === 1 ? rowsFrom(1, 100) : rowsFrom(101, 130), meta: { page: `${page}`, per_page: '100', total: '130' } }));
	expect((await readList(client, REQUEST)).rows).toHaveLength(130);
	expect(pages()).toEqual([1, 2]);
});

describe('a malformed page is an error', () => {
	test.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['a list', []],
		['text', 'members'],
		['an empty object', {}],
		['an empty response', { response: {} }],
		['a response of null', { response: null }],
		['rows that are not an array', { response: { members: {} } }],
		['rows of null', { response: { members: null } }],
		['rows with another name', { response: { people: [row(1)] } }],
		['a row that is not an object', { response: { members: [row(1), 'x'] } }],
		['a row of null', { response: { members: [row(1), null] } }],
		['a row without its ID', { response: { members: [row(1), { email: 'a@b.co' }] } }],
	])('%s, as the first page or a later one', async (_name, broken) => {
		const first = service(() => broken);
		await expect(readList(first.client, REQUEST)).rejects.toMatchObject({ failure: { kind: 'malformed', subject: 'things' } });
		const later = service((page) => (page === 1 ? membersPage(rowsFrom(1, 100), 1, 200) : broken));
		await expect(readList(later.client, REQUEST)).rejects.toMatchObject({ failure: { kind: 'malformed' } });
	});
});

describe('a whole list', () => {
	const read = async (answer: Answer) => {
		const warnings: string[] = [];
		const { client, pages } = service(answer);
		const rows = await readCompleteList(client, REQUEST, (message) => warnings.push(message));
		return { ids: ids(rows), warnings, pages: pages() };
	};

	test('that does not change is read once, without a warning', async () => {
		expect(await read(paged(teamMembersPage, 150))).toEqual({ ids: upTo(150), warnings: [], pages: [1, 2] });
	});

	test('that changed is read again, without a warning if it did not change then', async () => {
		const moved: Answer = (page, time) => (page === 2 && time === 1 ? teamMembersPage(rowsFrom(100, 149), 2, 150) : paged(teamMembersPage, 150)(page, time));
		expect(await read(moved)).toEqual({ ids: upTo(150), warnings: [], pages: [1, 2, 1, 2] });
	});

	test('that changed twice is returned with a warning', async () => {
		const { warnings } = await read((page) => (page === 1 ? teamMembersPage(rowsFrom(1, 100), 1, 150) : teamMembersPage(rowsFrom(100, 149), 2, 150)));
		expect(warnings).toEqual([expect.stringContaining('changed while it was read')]);
	});

	test('with fewer rows than FreshBooks counts is returned with a warning that has both numbers', async () => {
		const { ids: seen, warnings } = await read((page) => teamMembersPage(page === 1 ? rowsFrom(1, 4) : [], page, 16));
		expect(seen).toEqual([1, 2, 3, 4]);
		expect(warnings).toEqual([expect.stringMatching(/counts 16 things but shows 4/)]);
	});
});

test.each([undefined, null, '', 0, '0', '7', 'a', '../../1', 'dd6392d0-0639-40bd-9502-7d80c44de9f', {}])('a team member with the UUID %p makes the page malformed', async (uuid) => {
	const { client } = service(() => teamMembersPage([{ uuid }]));
	const request = listTeamMembers(77128, (entry) => entry);
	await expect(readList(client, request)).rejects.toMatchObject({ failure: { kind: 'malformed' } });
});

describe('an impossible list', () => {
	test('that never ends fails after a million rows', async () => {
		const { client, asked } = service((page) => membersPage([row(page)], page, 1e9, 1));
		await expect(readList(client, REQUEST)).rejects.toThrow('malformed');
		expect(asked.length).toBeLessThanOrEqual(10_000);
	});

	test('that repeats itself ends with the first page without new rows', async () => {
		const { client, asked } = service((page) => membersPage([row(1)], page, 1e9, 1));
		expect((await readList(client, REQUEST)).rows).toHaveLength(1);
		expect(asked.length).toBeLessThan(20);
	});
});

test('a reached limit ends the reading without a doubt, even if FreshBooks counts hidden rows', async () => {
	const { client, pages } = service((page) => staffPage(page === 1 ? rowsFrom(1, 50) : [], page, 52, 100));
	const { rows, doubt } = await readToTheEnd(client, REQUEST, 50);
	expect({ read: rows.length, doubt, pages: pages() }).toEqual({ read: 50, doubt: undefined, pages: [1] });
});
