import type { IDataObject } from 'n8n-workflow';

import { addressKey } from '../client/identifiers';
import { nameOf } from '../operations/common/chosenBusinesses';
import { entryFor, type Directory, type DirectoryPerson } from './directory';
import { findingsFor, FINDING_KINDS, missing, SEVERITIES, type Finding, type Person, type Severity } from './findings';
import { countAddresses } from './reviewedPeople';

/** A review's rows and its summary. Pure, and linear in people and directory. */

/** One business as far as it was read. */
export interface ReviewedBusiness {
	businessId: number;
	name: string | null;
	people: Person[];
	/** Sentences on what could not be read, or not completely. */
	gaps: string[];
}

export interface UnreadBusiness {
	businessId: number;
	name: string | null;
	reason: string;
}

export interface Review {
	businesses: ReviewedBusiness[];
	unread: UnreadBusiness[];
	directory: Directory | undefined;
	staleAfterDays: number;
	/** Pending invitations were looked at, or left out as the user wished. */
	invitationsRead: boolean;
}

/** One row of the review: a person in a business, or somebody of the directory who is missing. */
export interface ReviewRow {
	person: Person | null;
	entry: DirectoryPerson | null;
	businessId: number | null;
	businessName: string | null;
	findings: Finding[];
}

export function isComplete({ businesses, unread }: Review): boolean {
	return unread.length === 0 && businesses.every(({ gaps }) => gaps.length === 0);
}

function rowsOfBusiness({ businessId, name, people }: ReviewedBusiness, review: Review): ReviewRow[] {
	const counts = countAddresses(people);
	return people.map((person): ReviewRow => {
		const entry = review.directory && person.email !== null ? (entryFor(review.directory, person.email, businessId) ?? null) : null;
		const circumstances = {
			entry: review.directory ? entry : undefined,
			sameAddress: person.email === null ? 1 : (counts.get(addressKey(person.email)) ?? 1),
			staleAfterDays: review.staleAfterDays,
		};
		return { person, entry, businessId, businessName: name, findings: findingsFor(person, circumstances) };
	});
}

/** The businesses in which somebody is expected: the entry's own, or any of those reviewed. */
function isAbsent(entry: DirectoryPerson, addresses: ReadonlyMap<number, ReadonlySet<string>>): boolean {
	const key = addressKey(entry.email);
	if (entry.businessId !== null) return addresses.get(entry.businessId)?.has(key) === false;
	return ![...addresses.values()].some((known) => known.has(key));
}

function missingRows(review: Review): ReviewRow[] {
	const { directory, businesses } = review;
	if (!directory) return [];
	const addresses = new Map(businesses.map(({ businessId, people }) => [businessId, new Set(countAddresses(people).keys())]));
	const names = new Map(businesses.map(({ businessId, name }) => [businessId, name]));
	const only = businesses.length === 1 && review.unread.length === 0 ? businesses[0].businessId : null;
	const rows: ReviewRow[] = [];
	for (const entries of directory.people.values()) {
		// An address that stands twice for the same business is missing once.
		const expected = new Map(entries.filter(({ active, role }) => active === true && role !== null).map((entry) => [entry.businessId, entry]));
		for (const entry of expected.values()) {
			if (!isAbsent(entry, addresses)) continue;
			const businessId = entry.businessId ?? only;
			const businessName = businessId === null ? null : (names.get(businessId) ?? null);
			rows.push({ person: null, entry, businessId, businessName, findings: [missing(entry, isComplete(review))] });
		}
	}
	return rows;
}

/** All rows: business by business, then whoever is missing. */
export function reviewRows(review: Review): ReviewRow[] {
	return [...review.businesses.flatMap((business) => rowsOfBusiness(business, review)), ...missingRows(review)];
}

/** The gravest severity among findings; null without any. */
export function gravest(findings: Finding[]): Severity | null {
	return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

const ABSENT = { state: 'none', id: null, invitedAt: null, acceptedAt: null, ageDays: null };
const NO_IDS = { teamMember: null, member: null, identity: null, invitation: null };

/** A row as the node's output has it. */
export function rowJson({ person, entry, businessId, businessName, findings }: ReviewRow, hasDirectory: boolean): IDataObject {
	return {
		businessId,
		businessName,
		email: person?.email ?? entry?.email ?? null,
		firstName: person?.firstName ?? null,
		lastName: person?.lastName ?? null,
		role: person?.role ?? null,
		active: person ? person.active : false,
		invitation: { ...(person?.invitation ?? ABSENT) },
		sourceIds: { ...(person?.sourceIds ?? NO_IDS) },
		directory: hasDirectory ? { known: entry !== null, role: entry?.role ?? null, active: entry?.active ?? null } : null,
		severity: gravest(findings),
		findings: findings.map((finding) => ({ ...finding })),
	};
}

function counted<Key extends string>(keys: readonly Key[], values: Key[]): Record<Key, number> {
	const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
	for (const value of values) counts[value]++;
	return counts;
}

function plural(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}

function headline(review: Review, people: number, severities: Record<Severity, number>): string {
	const found = SEVERITIES.filter((severity) => severities[severity] > 0).map((severity) => `${severities[severity]} ${severity}`);
	const findings = found.length > 0 ? `findings: ${found.join(', ')}` : 'no findings';
	const all = review.businesses.length + review.unread.length;
	const invitations = review.invitationsRead ? '' : ' Pending invitations were left out, as asked.';
	if (isComplete(review)) {
		return `Complete review of ${plural(all, 'business', 'businesses')} and ${plural(people, 'person', 'people')}; ${findings}.${invitations}`;
	}
	const unread = review.unread.length > 0 ? ` ${review.unread.length} of ${plural(all, 'business', 'businesses')} could not be read: ${review.unread.map(nameOf).join(', ')}.` : '';
	const partly = review.businesses.filter(({ gaps }) => gaps.length > 0);
	const gaps = partly.length > 0 ? ` Not read completely: ${partly.map(nameOf).join(', ')}.` : '';
	return `INCOMPLETE review, not to be signed as a whole.${unread}${gaps} In what was read: ${plural(people, 'person', 'people')}; ${findings}.${invitations}`;
}

function directoryJson({ rows, people, skipped, problems }: Directory): IDataObject {
	return { rows, people: people.size, skipped, problems };
}

/** The last item: whether the review is complete, and what it counts. */
export function summaryJson(review: Review, rows: ReviewRow[], now: number): IDataObject {
	const findings = rows.flatMap((row) => row.findings);
	const severities = counted(SEVERITIES, findings.map(({ severity }) => severity));
	const listed = rows.flatMap(({ person }) => (person ? [person] : []));
	return {
		headline: headline(review, listed.length, severities),
		complete: isComplete(review),
		reviewedAt: new Date(now).toISOString(),
		people: listed.length,
		peopleWithFindings: rows.filter((row) => row.findings.length > 0).length,
		findings: counted(FINDING_KINDS, findings.map(({ kind }) => kind)),
		severities,
		businessesRead: review.businesses.map(({ businessId, name, people, gaps }) => ({ businessId, name, people: people.length, gaps })),
		businessesNotRead: review.unread.map((business) => ({ ...business })),
		invitationsWithoutDate: listed.filter(({ invitation }) => invitation.state === 'pending' && invitation.ageDays === null).length,
		directory: review.directory ? directoryJson(review.directory) : null,
	};
}
