import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, refusal } from '../client/errors';
import { path } from '../client/identifiers';
import type { ListRequest } from './lists';
import type { FreshBooksClient } from '../client/client';
import { idOrNull, numberOrNull, objectOf, textOrNull, type WireObject } from '../client/json';
import { readBack } from './readBack';

/**
 * Staff records of the accounting system (freshbooks.com/api/staff). There is no create: FreshBooks' page advises against it,
 * because staff created there can never log in.
 */

/** Values of `vis_state` of accounting objects. */
export const VIS_STATE = { active: 0, deleted: 1, archived: 2 } as const;

/** The fields of a staff record that this package uses. */
export interface StaffRecord {
	/** `id`, which equals `userid`. */
	id: number | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	displayName: string | null;
	role: string | null;
	rate: string | number | null;
	/** 0 active, 1 deleted, 2 archived. */
	visState: number | null;
	/** As FreshBooks returns it: America/New_York time without a zone. */
	lastLogin: string | null;
	/** In the same format. */
	updated: string | null;
	/** The unchanged FreshBooks object. */
	raw: WireObject;
}

/** Parses a staff record. */
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

/** The staff list: rows in `response.result.staff` (`staffs` in some clients), paging beside them. */
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

/** Filters of the staff list (freshbooks.com/api/staff, Filters). All given filters must match. */
export interface StaffSearch {
	userId?: number;
	userIds?: number[];
	userLevel?: string;
	/** Part of the first name, last name or organization. */
	nameLike?: string;
	emailLike?: string;
	phoneLike?: string;
	noteLike?: string;
	/** 0 active, 1 deleted, 2 archived. */
	visState?: number;
}

/** The query with FreshBooks' filter names. */
function queryOf({ userId, userIds, userLevel, nameLike, emailLike, phoneLike, noteLike, visState }: StaffSearch): IDataObject {
	const search: IDataObject = {
		userid: userId,
		userids: userIds,
		user_levels: userLevel,
		user_like: nameLike,
		email_like: emailLike,
		phone_like: phoneLike,
		note_like: noteLike,
		vis_state: visState,
	};
	const given = Object.entries(search).filter(([, value]) => value !== undefined);
	return given.length > 0 ? { search: Object.fromEntries(given) } : {};
}

/** Whether a field contains `part`, ignoring case. Also true without a `part`, or if the row has none of the fields. */
function includesText(fields: unknown[], part: string | undefined, form: (text: string) => string = (text) => text.toLowerCase()): boolean {
	if (part === undefined || fields.every((field) => field === undefined)) return true;
	return fields.some((field) => typeof field === 'string' && form(field).includes(form(part)));
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Whether a record matches all filters. A filter on a field that the row does not have matches. */
function matches({ id, visState, raw }: StaffRecord, search: StaffSearch): boolean {
	const { userId, userIds, userLevel, visState: wantedState } = search;
	if (userId !== undefined && id !== userId) return false;
	if (userIds !== undefined && !userIds.some((one) => one === id)) return false;
	if (wantedState !== undefined && visState !== null && visState !== wantedState) return false;
	// `role` has other values too. FreshBooks does not document their level.
	const level = raw.role === 'admin' || raw.role === 'staff' ? raw.role : undefined;
	if (userLevel !== undefined && level !== undefined && level !== userLevel) return false;
	const { fname, lname, organization, display_name: displayName, bus_phone: business, mob_phone: mobile, home_phone: home } = raw;
	const fullName = [fname, lname].every((name) => name === undefined) ? undefined : [fname, lname].map(textOrNull).join(' ');
	const phoneForm = /\d/.test(search.phoneLike ?? '') ? digitsOf : undefined;
	return (
		includesText([fname, lname, fullName, organization, displayName], search.nameLike) &&
		includesText([raw.email], search.emailLike) &&
		includesText([raw.note], search.noteLike) &&
		includesText([business, mobile, home, raw.fax], search.phoneLike, phoneForm)
	);
}

/**
 * The staff records that match the filters. FreshBooks ignores filters that it does not know, so its rows are filtered again.
 * @param withProjects adds the IDs of each record's projects, as `projectids`
 */
export function searchStaff(accountId: string, search: StaffSearch, withProjects = false): ListRequest<StaffRecord> {
	const query = { ...queryOf(search), ...(withProjects ? { include: ['projectids'] } : {}) };
	return { ...listStaff(accountId, query, (record) => record), wanted: (record) => matches(record, search) };
}

function staffEndpoint(accountId: string, staffId: number) {
	return {
		path: path`/accounting/account/${accountId}/users/staffs/${staffId}`,
		subject: `staff ${staffId} of account ${accountId}`,
		idFamily: 'staff ID',
		published: true,
	};
}

/** The record in a response; undefined if there is none. Throws `malformed` if it is another person's record. */
function staffIn(answer: unknown, accountId: string, staffId: number): StaffRecord | undefined {
	const response = objectOf(objectOf(answer).response);
	const { id, ...record } = staffRecordOf(objectOf(objectOf(response.result).staff));
	if (id === null) return undefined;
	if (id !== staffId) throw malformed(accountId, staffId);
	return { id, ...record };
}

function malformed(accountId: string, staffId: number): FreshBooksError {
	const { subject, idFamily } = staffEndpoint(accountId, staffId);
	return new FreshBooksError({ kind: 'malformed', status: 200, subject, idFamily, method: 'GET' });
}

/** Reads one staff record. Throws FreshBooksError. */
export async function getStaff(client: FreshBooksClient, accountId: string, staffId: number): Promise<StaffRecord> {
	const staff = staffIn(await client.send({ ...staffEndpoint(accountId, staffId), method: 'GET' }), accountId, staffId);
	if (staff) return staff;
	throw malformed(accountId, staffId);
}

async function putStaff(client: FreshBooksClient, accountId: string, staffId: number, fields: IDataObject): Promise<StaffRecord | undefined> {
	const answer = await client.send({ ...staffEndpoint(accountId, staffId), method: 'PUT', body: { staff: fields } });
	return await readBack(async () => staffIn(answer, accountId, staffId));
}

/**
 * Changes fields, given under FreshBooks' names. Returns the record in the response, or reads it again if there is none. Throws
 * FreshBooksError, with `readBackFailed` if the change was accepted.
 */
export async function updateStaff(
	client: FreshBooksClient,
	accountId: string,
	staffId: number,
	fields: IDataObject,
): Promise<StaffRecord> {
	const staff = await putStaff(client, accountId, staffId, fields);
	return staff ?? (await readBack(async () => await getStaff(client, accountId, staffId)));
}

/**
 * Sets `vis_state`. Deleting returns an empty response (freshbooks.com/api/staff). Throws FreshBooksError: of kind `refused` if
 * FreshBooks returns a record in another state, with `readBackFailed` if the change was accepted.
 */
export async function setStaffVisState(
	client: FreshBooksClient,
	accountId: string,
	staffId: number,
	visState: number,
): Promise<void> {
	const staff = await putStaff(client, accountId, staffId, { vis_state: visState });
	if (staff === undefined || staff.visState === null || staff.visState === visState) return;
	const { failure } = refusal(
		`FreshBooks accepted the change of staff ${staffId} of account ${accountId}, but left its state as it was`,
		'The connected user may not be allowed to change it. Change it in FreshBooks itself, or connect as an owner or admin.',
	);
	throw new FreshBooksError({ ...failure, readBackFailed: true });
}
