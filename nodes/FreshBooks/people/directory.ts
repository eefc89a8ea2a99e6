import type { IDataObject } from 'n8n-workflow';

import { inOneLine, isJsonObject } from '../client/errors';
import { addressKey, checkEmail, checkIntegerId } from '../client/identifiers';

/** Parses a company directory from an identity provider or a sheet. Pure. */

/** One person of the directory. */
export interface DirectoryPerson {
	email: string;
	/** The role expected in FreshBooks; null if the directory names none. */
	role: string | null;
	/** null if the directory's value was not understood. */
	active: boolean | null;
	/** The business for which this is expected; null for any, and if the directory's value was not understood. */
	businessId: number | null;
	/** True if the directory's value for the business was not understood. */
	businessUnclear: boolean;
	/** Its position among the rows, from 0. */
	place: number;
}

export interface Directory {
	/** By address in lower case; several entries of one address may be for different businesses. */
	people: Map<string, DirectoryPerson[]>;
	/** Rows read. */
	rows: number;
	/** Rows without a usable address. */
	skipped: number;
	/** The first few things that were not understood, as sentences. */
	problems: string[];
	/** All things that were not understood. */
	problemCount: number;
	/** How many people have each status that is neither active nor inactive, spelled as it came first. */
	unknownStatuses: UnknownStatus[];
	/** How many people have each value that is not a business ID, spelled as it came first. */
	unknownBusinesses: UnknownBusiness[];
}

export interface UnknownStatus {
	status: string;
	people: number;
}

export interface UnknownBusiness {
	business: string;
	people: number;
}

/** The names of the fields in the directory's rows, if they are not the usual ones. */
export interface DirectoryFields {
	email?: string;
	role?: string;
	active?: string;
}

/** Okta `profile.email`, Entra ID `mail` and `userPrincipalName`, Google `primaryEmail`, SCIM `userName` and `emails[]`. */
const EMAIL_FIELDS = ['email', 'Email', 'mail', 'primaryEmail', 'profile.email', 'userPrincipalName', 'userName', 'emails.0.value', 'emails.0.address'];
const ROLE_FIELDS = ['role', 'Role', 'freshbooksRole', 'profile.freshbooksRole'];
/** Entra ID `accountEnabled`, Okta `status`; Google's `suspended` says the opposite. */
const ACTIVE_FIELDS = ['active', 'Active', 'accountEnabled', 'status', 'Status'];
const INACTIVE_FIELDS = ['suspended', 'archived'];
const BUSINESS_FIELDS = ['businessId', 'freshbooksBusinessId'];

/** Okta's user statuses (developer.okta.com, Users API) among the usual words. */
const YES = new Set(['true', 'yes', 'y', '1', 'active', 'enabled', 'staged', 'provisioned', 'recovery', 'password_expired', 'locked_out']);
const NO = new Set(['false', 'no', 'n', '0', 'inactive', 'disabled', 'suspended', 'deprovisioned', 'deactivated', 'terminated', 'left', 'leaver']);

const MOST_PROBLEMS = 10;

function valueAt(row: IDataObject, field: string): unknown {
	if (Object.hasOwn(row, field)) return row[field];
	return field.split('.').reduce<unknown>((value, key) => {
		if (Array.isArray(value)) return (value as unknown[])[Number(key)];
		return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}, row);
}

function firstValue(row: IDataObject, fields: string[]): unknown {
	for (const field of fields) {
		const value = valueAt(row, field);
		if (value !== undefined && value !== null && value !== '') return value;
	}
	return undefined;
}

/** The value as text; empty for an object or no value. */
function wordOf(value: unknown): string {
	return typeof value === 'object' || value === undefined ? '' : String(value);
}

function yesOrNo(value: unknown): boolean | null {
	const word = wordOf(value).trim().toLowerCase();
	if (YES.has(word)) return true;
	return NO.has(word) ? false : null;
}

/** Counts people by word, ignoring case. */
class WordCounts {
	private readonly counts = new Map<string, { word: string; people: number }>();

	add(word: string): void {
		const known = this.counts.get(word.toLowerCase());
		if (known) known.people++;
		else this.counts.set(word.toLowerCase(), { word, people: 1 });
	}

	/** The most frequent first, each as it was first written. */
	sorted(): Array<{ word: string; people: number }> {
		return [...this.counts.values()].sort((one, other) => other.people - one.people);
	}
}

class Reader {
	private readonly directory: Omit<Directory, 'unknownStatuses' | 'unknownBusinesses'> = { people: new Map(), rows: 0, skipped: 0, problems: [], problemCount: 0 };

	private readonly unknownStatuses = new WordCounts();

	private readonly unknownBusinesses = new WordCounts();

	constructor(private readonly fields: DirectoryFields) {}

	add(row: unknown): void {
		const place = this.directory.rows++;
		const person = isJsonObject(row) ? this.person(row as IDataObject, place) : this.skip(`Row ${place} is not an object.`);
		if (!person) return;
		const key = addressKey(person.email);
		const known = this.directory.people.get(key);
		if (known) known.push(person);
		else this.directory.people.set(key, [person]);
	}

	/** The result, with the most frequent unknown values first. */
	finish(): Directory {
		return {
			...this.directory,
			unknownStatuses: this.unknownStatuses.sorted().map(({ word, people }) => ({ status: word, people })),
			unknownBusinesses: this.unknownBusinesses.sorted().map(({ word, people }) => ({ business: word, people })),
		};
	}

	private person(row: IDataObject, place: number): DirectoryPerson | undefined {
		const fields = this.fields.email ? [this.fields.email] : EMAIL_FIELDS;
		// The first field with an address: a SCIM userName need not be an address (RFC 7643, 4.1.1).
		const field = fields.find((name) => checkEmail(valueAt(row, name)).ok) ?? fields[0];
		const email = checkEmail(valueAt(row, field));
		if (!email.ok) return this.skip(`Row ${place} has no email address.`);
		return { email: email.value, role: this.role(row), active: this.active(row, email.value), ...this.business(row, email.value), place };
	}

	private skip(problem: string): undefined {
		this.directory.skipped++;
		this.addProblem(problem);
	}

	private addProblem(problem: string): void {
		this.directory.problemCount++;
		if (this.directory.problems.length < MOST_PROBLEMS) this.directory.problems.push(problem);
	}

	private addUnknownStatus(value: unknown, email: string): void {
		const status = inOneLine(wordOf(value), 40) || 'not a text';
		this.unknownStatuses.add(status);
		this.addProblem(`It is not clear whether ${email} is active: '${status}'.`);
	}

	private role(row: IDataObject): string | null {
		const value = firstValue(row, this.fields.role ? [this.fields.role] : ROLE_FIELDS);
		return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
	}

	/** A person without a value counts as active. */
	private active(row: IDataObject, email: string): boolean | null {
		const value = firstValue(row, this.fields.active ? [this.fields.active] : ACTIVE_FIELDS);
		const opposites = this.fields.active ? [] : INACTIVE_FIELDS.map((field) => firstValue(row, [field]));
		if (yesOrNo(value) === false || opposites.some((opposite) => yesOrNo(opposite) === true)) return false;
		const unknown = [value, ...opposites].find((one) => one !== undefined && yesOrNo(one) === null);
		if (unknown === undefined) return true;
		this.addUnknownStatus(unknown, email);
		return null;
	}

	private business(row: IDataObject, email: string): Pick<DirectoryPerson, 'businessId' | 'businessUnclear'> {
		const value = firstValue(row, BUSINESS_FIELDS);
		if (value === undefined) return { businessId: null, businessUnclear: false };
		const checked = checkIntegerId(typeof value === 'string' ? value.trim() : value);
		if (checked.ok) return { businessId: checked.value, businessUnclear: false };
		this.unknownBusinesses.add(inOneLine(wordOf(value), 40) || 'not a text');
		this.addProblem(`The business ID of ${email} ${checked.problem}.`);
		return { businessId: null, businessUnclear: true };
	}
}

/** Reads a directory's rows. Values that cannot be read are counted and reported, never guessed. */
export function readDirectory(rows: unknown[], fields: DirectoryFields = {}): Directory {
	const reader = new Reader(fields);
	for (const row of rows) reader.add(row);
	return reader.finish();
}

/**
 * The directory's entry of a person for a business: the entry for that business, or else the general one, or else one of
 * another business, without its role, because no role is expected here. If entries contradict each other, an active one counts.
 * @param addresses of one person, their address in this business first
 */
export function entryFor(directory: Directory, addresses: string[], businessId: number): DirectoryPerson | undefined {
	const keys = new Set(addresses.map(addressKey));
	const entries = [...keys].flatMap((key) => directory.people.get(key) ?? []);
	const here = activeFirst(entries.filter((entry) => entry.businessId === businessId)) ?? activeFirst(entries.filter((entry) => entry.businessId === null));
	if (here) return here;
	const elsewhere = activeFirst(entries);
	return elsewhere && { ...elsewhere, role: null };
}

/** How many people the directory expects in each business that it names; somebody who has left is expected nowhere. */
export function expectedByBusiness(directory: Directory): Map<number, number> {
	const expected = new Map<number, number>();
	for (const entries of directory.people.values()) {
		const businessIds = new Set(entries.flatMap(({ active, businessId }) => (active === false || businessId === null ? [] : [businessId])));
		for (const businessId of businessIds) expected.set(businessId, (expected.get(businessId) ?? 0) + 1);
	}
	return expected;
}

function activeFirst(entries: DirectoryPerson[]): DirectoryPerson | undefined {
	return entries.find(({ active }) => active !== false) ?? entries.at(0);
}
