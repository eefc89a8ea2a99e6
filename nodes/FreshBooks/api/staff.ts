import type { IDataObject } from 'n8n-workflow';

import { FreshBooksApiError } from './failures';
import { path } from './identifiers';
import type { ListRequest } from './listing';
import type { FreshBooksClient } from './transport';
import { idOrNull, objectOf, type WireObject } from './wire';

/**
 * The accounting system's staff records (freshbooks.com/api/staff). There is no create: FreshBooks' page says not to, as
 * staff made there can never log in.
 */

/** `vis_state` of accounting objects: 0 active, 1 deleted, 2 archived. */
export const VIS_STATE = { active: 0, deleted: 1, archived: 2 } as const;

/** Rows under `response.result.staff` (`staffs` in some clients), paging flat beside them. */
export function listStaff<Kept>(accountId: string, query: IDataObject, keep: (row: WireObject) => Kept): ListRequest<Kept> {
	return {
		path: path`/accounting/account/${accountId}/users/staffs`,
		query,
		subject: `staff of account ${accountId}`,
		idFamily: 'account ID',
		published: true,
		rowKeys: ['staff', 'staffs'],
		idOf: (row) => idOrNull(row.id) ?? idOrNull(row.userid),
		keep,
	};
}

function aboutStaff(accountId: string, staffId: number) {
	return {
		path: path`/accounting/account/${accountId}/users/staffs/${staffId}`,
		subject: `staff ${staffId} of account ${accountId}`,
		idFamily: 'staff ID',
		published: true,
	};
}

function staffIn(answer: unknown): WireObject | undefined {
	const response = objectOf(objectOf(answer).response);
	const staff = objectOf(objectOf(response.result).staff);
	return (idOrNull(staff.id) ?? idOrNull(staff.userid)) === null ? undefined : staff;
}

/** One staff record. Throws FreshBooksApiError. */
export async function getStaff(client: FreshBooksClient, accountId: string, staffId: number): Promise<WireObject> {
	const staff = staffIn(await client.send({ ...aboutStaff(accountId, staffId), method: 'GET' }));
	if (staff) return staff;
	const { subject, idFamily } = aboutStaff(accountId, staffId);
	throw new FreshBooksApiError({ kind: 'malformed', status: 200, subject, idFamily, method: 'GET' });
}

/**
 * Changes fields, given under FreshBooks' own names; answers the whole record, read again where FreshBooks answers without
 * it. Throws FreshBooksApiError.
 */
export async function updateStaff(
	client: FreshBooksClient,
	accountId: string,
	staffId: number,
	fields: IDataObject,
): Promise<WireObject> {
	const request = { ...aboutStaff(accountId, staffId), method: 'PUT' as const, body: { staff: fields } };
	return staffIn(await client.send(request)) ?? (await getStaff(client, accountId, staffId));
}

/** Sets `vis_state`; deleting answers an empty response, so nothing is returned. Throws FreshBooksApiError. */
export async function setStaffVisState(
	client: FreshBooksClient,
	accountId: string,
	staffId: number,
	visState: number,
): Promise<void> {
	await client.send({
		...aboutStaff(accountId, staffId),
		method: 'PUT',
		body: { staff: { vis_state: visState } },
	});
}
