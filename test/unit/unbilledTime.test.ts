import type { IDataObject } from 'n8n-workflow';

import { getUnbilledTime } from '../../nodes/FreshBooks/api/timeEntries';
import type { FreshBooksClient, FreshBooksRequest } from '../../nodes/FreshBooks/client/client';
import { topLevelPage, upTo } from '../harness/examples';

const entry = (id: number, changes: IDataObject = {}): IDataObject => ({ id, identity_id: 7654, is_logged: true, billed: false, duration: 7200, ...changes });

/** A client that pages the rows, and records the requests. */
function service(rows: IDataObject[], total = rows.length) {
	const asked: FreshBooksRequest[] = [];
	const client: FreshBooksClient = {
		maxInFlight: 3,
		send: async (request) => {
			asked.push(request);
			const page = Number(request.query?.page);
			return topLevelPage('time_entries', rows.slice((page - 1) * 100, page * 100), page, total);
		},
		pause: async () => undefined,
		warn: () => undefined, mayUse: () => false,
	};
	return { client, asked };
}

describe('the unbilled time of a person', () => {
	test('is the sum of their entries, in seconds, over all pages', async () => {
		const { client, asked } = service(upTo(150).map((id) => entry(id)));
		expect(await getUnbilledTime(client, 789, 7654)).toEqual({ count: 150, seconds: 150 * 7200, complete: true });
		expect(asked.map(({ method, path, query }) => [method, path, query?.identity_id, query?.billed])).toEqual(
			upTo(2).map(() => ['GET', '/timetracking/business/789/time_entries', 7654, false]),
		);
	});

	test('is zero without entries', async () => {
		expect(await getUnbilledTime(service([]).client, 789, 7654)).toEqual({ count: 0, seconds: 0, complete: true });
	});

	test('omits billed entries and entries of others, if FreshBooks ignores the filters', async () => {
		const rows = [entry(1, { billed: true }), entry(2, { identity_id: 1 }), entry(3, { duration: 60 }), entry(4, { identity_id: null, duration: '90' })];
		expect(await getUnbilledTime(service(rows).client, 789, 7654)).toEqual({ count: 2, seconds: 150, complete: true });
	});

	test('is incomplete if an entry has no duration, or FreshBooks counts more than it returns', async () => {
		expect(await getUnbilledTime(service([entry(1), entry(2, { duration: null })]).client, 789, 7654)).toEqual({ count: 2, seconds: 7200, complete: false });
		expect(await getUnbilledTime(service([entry(1)], 3).client, 789, 7654)).toMatchObject({ count: 1, complete: false });
	});

	test('is an error if the response has no entries', async () => {
		const client = { ...service([]).client, send: async () => ({ meta: { total: 0 } }) };
		await expect(getUnbilledTime(client, 789, 7654)).rejects.toMatchObject({ failure: { kind: 'malformed' } });
	});
});
