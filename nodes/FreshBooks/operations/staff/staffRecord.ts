import { readToTheEnd } from '../../api/lists';
import { listStaff, VIS_STATE, type StaffRecord } from '../../api/staff';
import { refusal } from '../../client/errors';
import { addressKey, sameAddress } from '../../client/identifiers';
import type { Session } from '../../people/session';
import { someOf } from '../../people/texts';
import type { ByEmail, ById, Parameters } from '../common/parameters';

/** One staff record of an account, as the operations on one record name it. */
export interface NamedStaff {
	accountId: string;
	staff: ById<number> | ByEmail;
}

/** Reads the two locators. */
export function readStaffLocator(parameters: Parameters): NamedStaff {
	return { accountId: parameters.accountId(), staff: parameters.staff() };
}

/** Items about the same record wait for each other. */
export function staffKey({ accountId, staff }: NamedStaff): string {
	return `${accountId} ${staff.by === 'id' ? staff.id : addressKey(staff.email)}`;
}

/**
 * The records that a session has read, by account. After a change of an address the session's entry is deleted, so that the
 * next item reads the records again.
 */
export const staffReadings = new WeakMap<Session, Map<string, Promise<StaffRecord[]>>>();

async function readRecords({ client }: Session, accountId: string): Promise<StaffRecord[]> {
	const { rows, doubt } = await readToTheEnd(client, listStaff(accountId, {}, (record) => record));
	if (doubt === undefined) return rows;
	throw refusal(doubt.replace(/\.$/, ''), "To fix this, choose the record in 'Staff' by ID, or connect as an owner or admin.");
}

/** All staff records of an account, read once per execution. */
async function recordsOf(session: Session, accountId: string): Promise<StaffRecord[]> {
	const known = staffReadings.get(session) ?? new Map<string, Promise<StaffRecord[]>>();
	staffReadings.set(session, known);
	const reading = known.get(accountId) ?? readRecords(session, accountId);
	known.set(accountId, reading);
	reading.catch(() => known.delete(accountId));
	return await reading;
}

/** The ID of the record that was named; an address means the one not deleted. Throws FreshBooksError for none, for several, and for a list that may lack a record. */
export async function staffIdOf(session: Session, { accountId, staff }: NamedStaff): Promise<number> {
	if (staff.by === 'id') return staff.id;
	const named = (await recordsOf(session, accountId)).filter(({ email }) => sameAddress(email, staff.email));
	const present = named.filter(({ visState }) => visState !== VIS_STATE.deleted);
	const ids = (present.length > 0 ? present : named).flatMap(({ id }) => id ?? []);
	if (ids.length === 1) return ids[0];
	throw ids.length === 0
		? refusal(`No staff record of account ${accountId} has the address ${staff.email}`, "The node searched all staff records, ignoring upper and lower case. Check 'Staff' and 'Account'.")
		: refusal(`More than one staff record of account ${accountId} has the address ${staff.email}: ${someOf(ids.map(String))}`, "To fix this, choose one of them in 'Staff' by ID.");
}
