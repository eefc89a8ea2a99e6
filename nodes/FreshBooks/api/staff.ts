import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError } from '../client/errors';
import { path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { idOrNull, numberOrNull, objectOf, textOrNull, type WireObject } from '../client/json';

/**
 * The accounting system's staff records (freshbooks.com/api/staff). There is no create: FreshBooks' page says not to, as
 * staff made there can never log in.
 */

/** `vis_state` of accounting objects: 0 active, 1 deleted, 2 archived. */
export const VIS_STATE = { active: 0, deleted: 1, archived: 2 } as const;

/** One staff record, as far as this package looks into it. */
export interface StaffRecord {
	/** `id`, which is `userid`. */
	id: number | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	displayName: string | null;
	role: string | null;
	rate: string | number | null;
	/** 0 active, 1 deleted, 2 archived. */
	visState: number | null;
	/** As FreshBooks wrote them: without a zone, meaning America/New_York. */
	lastLogin: string | null;
	updated: string | null;
	/** FreshBooks' own object. */
	raw: WireObject;
}

/** Reads a staff record. */
export function staffRecordOf(row: WireObject): StaffRecord {
	return {
		id: idOrNull(row.id) ?? idOrNull(row.userid),
		email: textOrNull(row.email),
		firstName: textOrNull(row.fname),
		lastName: textOrNull(row.lname),
		displayName: textOrNull(row.display_name),
		role: textOrNull(row.role),
		rate: textOrNull(row.rate) ?? numberOrNull(row.rate),
		visState: numberOrNull(row.vis_state),
		lastLogin: textOrNull(row.last_login),
		updated: textOrNull(row.updated),
		raw: row,
	};
}

/** Rows under `response.result.staff` (`staffs` in some clients), paging flat beside them. */
export function listStaff<Kept>(accountId: string, query: IDataObject, keep: (record: StaffRecord) => Kept): ListRequest<Kept> {
	return {
		path: path`/accounting/account/${accountId}/users/staffs`,
		query,
		subject: `staff of account ${accountId}`,
		idFamily: 'account ID',
		published: true,
		rowKeys: ['staff', 'staffs'],
		idOf: (row) => idOrNull(row.id) ?? idOrNull(row.userid),
		keep: (row) => keep(staffRecordOf(row)),
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

function staffIn(answer: unknown): StaffRecord | undefined {
	const response = objectOf(objectOf(answer).response);
	const staff = objectOf(objectOf(response.result).staff);
	const record = staffRecordOf(staff);
	return record.id === null ? undefined : record;
}

/** One staff record. Throws FreshBooksError. */
export async function getStaff(client: FreshBooksClient, accountId: string, staffId: number): Promise<StaffRecord> {
	const staff = staffIn(await client.send({ ...aboutStaff(accountId, staffId), method: 'GET' }));
	if (staff) return staff;
	const { subject, idFamily } = aboutStaff(accountId, staffId);
	throw new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'GET' });
}

/**
 * Changes fields, given under FreshBooks' own names; answers the whole record, read again where FreshBooks answers without
 * it. Throws FreshBooksError.
 */
export async function updateStaff(
	client: FreshBooksClient,
	accountId: string,
	staffId: number,
	fields: IDataObject,
): Promise<StaffRecord> {
	const request = { ...aboutStaff(accountId, staffId), method: 'PUT' as const, body: { staff: fields } };
	return staffIn(await client.send(request)) ?? (await getStaff(client, accountId, staffId));
}

/** Sets `vis_state`; deleting answers an empty response, so nothing is returned. Throws FreshBooksError. */
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
