import type { FreshBooksClient } from '../client/client';
import { path } from '../client/identifiers';
import { idOrNull, numberOrNull } from '../client/json';
import { readToTheEnd } from './lists';

/** Logged time (freshbooks.com/api/time_entries; scope `user:time_entries:read`). Read only. */

/** The unbilled time of one person. */
export interface UnbilledTime {
	/** Number of time entries. */
	count: number;
	/** Their total duration, in seconds. */
	seconds: number;
	/** False if FreshBooks counts more entries than it returned, or returned one without a duration. The values are minimums then. */
	complete: boolean;
}

interface TimeEntry {
	identityId: number | null;
	billed: boolean;
	seconds: number | null;
}

/**
 * Reads the unbilled time of one person in a business. FreshBooks' time tracking ignores filters that it does not know, so the
 * rows are filtered again. Reads the complete list. Throws FreshBooksError.
 */
export async function getUnbilledTime(client: FreshBooksClient, businessId: number, identityId: number): Promise<UnbilledTime> {
	const { rows, doubt } = await readToTheEnd<TimeEntry>(client, {
		path: path`/timetracking/business/${businessId}/time_entries`,
		query: { identity_id: identityId, billed: false },
		subject: `time entries of business ${businessId}`,
		idFamily: 'business ID',
		published: true,
		rowKeys: ['time_entries'],
		idOf: (row) => idOrNull(row.id),
		keep: (row) => ({ identityId: idOrNull(row.identity_id), billed: row.billed === true, seconds: numberOrNull(row.duration) }),
		wanted: (entry) => !entry.billed && (entry.identityId ?? identityId) === identityId,
	});
	return {
		count: rows.length,
		seconds: rows.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
		complete: doubt === undefined && rows.every(({ seconds }) => seconds !== null),
	};
}
