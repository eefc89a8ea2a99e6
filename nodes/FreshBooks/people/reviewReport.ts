import type { IDataObject } from 'n8n-workflow';

import { inOneLine } from '../client/errors';
import { addressKey } from '../client/identifiers';
import { groupedReasons, listed, plural, type BusinessReason } from './texts';
import { entryFor, expectedByBusiness, type Directory, type DirectoryPerson } from './directory';
import { findingsFor, FINDING_KINDS, missing, SEVERITIES, type Finding, type ReviewedPerson, type Severity } from './findings';
import type { ReviewedBusiness } from './reviewedBusiness';
import { addressesByIdentity, addressesOf, countAddresses } from './reviewedPeople';
import { roleTitle } from './roles';

/** A review's rows and its summary. Pure, and linear in people and directory. */

export interface Review {
	businesses: ReviewedBusiness[];
	unread: BusinessReason[];
	directory: Directory | undefined;
	staleAfterDays: number;
	/** False if the user switched the invitations off. */
	invitationsRead: boolean;
}

/** One row of the review: a person in a business, or somebody of the directory who is missing. */
export interface ReviewRow {
	person: ReviewedPerson | null;
	entry: DirectoryPerson | null;
	businessId: number | null;
	businessName: string | null;
	findings: Finding[];
	absence: Absence;
}

/** What is known about somebody whom no list shows: nothing if a list was not read completely. */
interface Absence {
	active: false | null;
	invitation: 'none' | 'unknown';
}

function absenceIn(review: Review): Absence {
	const complete = isComplete(review);
	return { active: complete ? false : null, invitation: complete && review.invitationsRead ? 'none' : 'unknown' };
}

export function isComplete({ businesses, unread }: Review): boolean {
	return unread.length === 0 && businesses.every(({ gaps }) => gaps.length === 0);
}

type AddressesByIdentity = ReadonlyMap<number, string[]>;

/** A person's addresses in this business first, then those of the same identity in the other businesses of the review. */
function allAddressesOf(person: ReviewedPerson, byIdentity: AddressesByIdentity): string[] {
	const { identity } = person.sourceIds;
	return [...addressesOf(person), ...(identity === null ? [] : (byIdentity.get(identity) ?? []))];
}

function isSamePerson(one: ReviewedPerson, other: ReviewedPerson): boolean {
	const [identity, otherIdentity] = [one.sourceIds.identity, other.sourceIds.identity];
	if (identity !== null && otherIdentity !== null) return identity === otherIdentity;
	return one.email !== null && other.email !== null && addressKey(one.email) === addressKey(other.email);
}

function rowsOfBusiness({ businessId, name, people }: ReviewedBusiness, review: Review, byIdentity: AddressesByIdentity): ReviewRow[] {
	const counts = countAddresses(people);
	const absence = absenceIn(review);
	return people.map((person): ReviewRow => {
		const entry = review.directory ? (entryFor(review.directory, allAddressesOf(person, byIdentity), businessId) ?? null) : null;
		const circumstances = {
			entry: review.directory ? entry : undefined,
			sameAddress: person.email === null ? 1 : (counts.get(addressKey(person.email)) ?? 1),
			activeInAnotherRow: people.some((other) => other !== person && other.listed && other.active !== false && isSamePerson(other, person)),
			staleAfterDays: review.staleAfterDays,
		};
		return { person, entry, businessId, businessName: name, findings: findingsFor(person, circumstances), absence };
	});
}

/** Whether somebody is missing: from the entry's business or, if it names none, from every reviewed business. */
function isAbsent(entry: DirectoryPerson, addresses: ReadonlyMap<number, ReadonlySet<string>>): boolean {
	const key = addressKey(entry.email);
	if (entry.businessId !== null) return addresses.get(entry.businessId)?.has(key) === false;
	return ![...addresses.values()].some((known) => known.has(key));
}

function missingRows(review: Review, byIdentity: AddressesByIdentity): ReviewRow[] {
	const { directory, businesses } = review;
	if (!directory) return [];
	const addresses = new Map(
		businesses.map(({ businessId, people }) => [
			businessId,
			new Set(people.flatMap((person) => allAddressesOf(person, byIdentity)).map(addressKey)),
		]),
	);
	const names = new Map(businesses.map(({ businessId, name }) => [businessId, name]));
	const absence = absenceIn(review);
	const only = businesses.length === 1 && review.unread.length === 0 ? businesses[0].businessId : null;
	const rows: ReviewRow[] = [];
	for (const entries of directory.people.values()) {
		// An address that the directory has twice for one business gives one row.
		const expected = new Map(entries.filter(({ active, role }) => active === true && role !== null).map((entry) => [entry.businessId, entry]));
		for (const entry of expected.values()) {
			if (!isAbsent(entry, addresses)) continue;
			const businessId = entry.businessId ?? (entry.businessUnclear ? null : only);
			const businessName = businessId === null ? null : (names.get(businessId) ?? null);
			const where = entry.businessId ?? only;
			const name = where === null ? null : plainName({ businessId: where, name: names.get(where) ?? null });
			rows.push({ person: null, entry, businessId, businessName, findings: [missing(entry, name, absence.invitation === 'none')], absence });
		}
	}
	return rows;
}

/** All rows: business by business, then the people who are missing. */
export function reviewRows(review: Review): ReviewRow[] {
	const byIdentity = addressesByIdentity(review.businesses.flatMap(({ people }) => people));
	return [...review.businesses.flatMap((business) => rowsOfBusiness(business, review, byIdentity)), ...missingRows(review, byIdentity)];
}

/** The highest severity among findings; null without any. */
export function highestSeverity(findings: Finding[]): Severity | null {
	return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}

const NO_INVITATION: Omit<ReviewedPerson['invitation'], 'state'> = { pending: false, id: null, role: null, invitedAt: null, acceptedAt: null, ageDays: null };
const NO_IDS = { teamMember: null, member: null, identity: null, invitation: null };

function directoryEntryJson(entry: DirectoryPerson | null): IDataObject {
	return { known: entry !== null, email: entry?.email ?? null, role: entry?.role ?? null, active: entry?.active ?? null };
}

/** The most severe finding, and how many more there are. */
function sentenceOf(findings: Finding[], severity: Severity | null): string {
	const first = findings.find((finding) => finding.severity === severity);
	if (!first) return 'No findings.';
	return findings.length === 1 ? first.sentence : `${first.sentence} ${plural(findings.length - 1, 'more finding', 'more findings')}.`;
}

/** A row as an output item. The editor's table shows the fields in this order: what a person reads first, lists last. */
export function rowJson({ person, entry, businessId, businessName, findings, absence }: ReviewRow, hasDirectory: boolean): IDataObject {
	const role = person?.role ?? null;
	const severity = highestSeverity(findings);
	return {
		severity,
		sentence: sentenceOf(findings, severity),
		email: person?.email ?? entry?.email ?? null,
		firstName: person?.firstName ?? null,
		lastName: person?.lastName ?? null,
		role,
		roleName: role === null ? null : roleTitle(role),
		active: person ? person.active : absence.active,
		businessName,
		businessId,
		confirmed: person?.confirmed ?? null,
		findings: findings.map((finding) => ({ ...finding })),
		invitation: { ...(person?.invitation ?? { state: absence.invitation, ...NO_INVITATION }) },
		directory: hasDirectory ? directoryEntryJson(entry) : null,
		otherAddresses: person?.otherAddresses ?? [],
		sourceIds: { ...(person?.sourceIds ?? NO_IDS) },
	};
}

function counted<Key extends string>(keys: readonly Key[], values: Key[]): Record<Key, number> {
	const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
	for (const value of values) counts[value]++;
	return counts;
}

function notJudgedBy(what: string, words: Array<{ word: string; people: number }>): string[] {
	if (words.length === 0) return [];
	const people = words.reduce((sum, word) => sum + word.people, 0);
	const named = listed(words.map(({ word, people: count }) => `"${word}" (${count})`));
	return [`The directory gives ${plural(people, 'person', 'people')} ${what}, which the review ignored: ${named}.`];
}

/** Directory values that were not understood and may hide a finding, as sentences. */
function directoryDoubts(directory: Directory | undefined): string[] {
	if (!directory) return [];
	const statuses = directory.unknownStatuses.map(({ status, people }) => ({ word: status, people }));
	const businesses = directory.unknownBusinesses.map(({ business, people }) => ({ word: business, people }));
	return [...notJudgedBy('a status that is not known', statuses), ...notJudgedBy('a business ID that is not understood', businesses)];
}

/** Businesses where the directory expects people, but which the user did not choose. */
function notChosen({ businesses, unread, directory }: Review): string[] {
	if (!directory) return [];
	const looked = new Set([...businesses, ...unread].map(({ businessId }) => businessId));
	const others = [...expectedByBusiness(directory)].filter(([businessId]) => !looked.has(businessId));
	if (others.length === 0) return [];
	const named = listed(others.map(([businessId, people]) => `business ${businessId} (${people})`));
	return [`The directory also expects people in businesses that were not chosen: ${named}.`];
}

/** What was left out or not understood, although every list was read. */
function limits(review: Review): string {
	const invitations = review.invitationsRead ? [] : ['Pending invitations were left out, as asked.'];
	return [...directoryDoubts(review.directory), ...notChosen(review), ...invitations].map((sentence) => ` ${sentence}`).join('');
}

/** The name without the ID, because the summary lists the IDs. */
function plainName({ businessId, name }: { businessId: number; name: string | null }): string {
	return name === null ? `business ${businessId}` : inOneLine(name, 80);
}

/** How many people the rows are about: one identity, or one address where no identity is known, is one person in all businesses. */
function countPeople(rows: ReviewRow[]): number {
	const identities = new Set<number>();
	const known = new Set<string>();
	const others: string[][] = [];
	for (const { person, entry } of rows) {
		const identity = person?.sourceIds.identity ?? null;
		const addresses = (person ? addressesOf(person) : [entry?.email ?? '']).map(addressKey);
		if (identity === null) others.push(addresses);
		else {
			identities.add(identity);
			for (const address of addresses) known.add(address);
		}
	}
	const unknown = others.filter((addresses) => !addresses.some((address) => known.has(address)));
	return identities.size + new Set(unknown.flatMap(([address]) => address ?? [])).size + unknown.filter(({ length }) => length === 0).length;
}

/** A reason after a colon: a common word at its start loses the capital letter. */
function withinSentence(reason: string): string {
	return /^(The|You|A|An|No|It) /.test(reason) ? reason.charAt(0).toLowerCase() + reason.slice(1) : reason;
}

function headline(review: Review, people: number, severities: Record<Severity, number>): string {
	const found = SEVERITIES.filter((severity) => severities[severity] > 0).map((severity) => `${severities[severity]} ${severity}`);
	const findings = found.length > 0 ? `findings: ${found.join(', ')}` : 'no findings';
	if (isComplete(review)) return `Complete review of ${plural(review.businesses.length, 'business', 'businesses')} and ${plural(people, 'person', 'people')}; ${findings}.${limits(review)}`;
	const unread = [...groupedReasons(review.unread, plainName)].map(([reason, names]) => ` ${listed(names)} could not be read: ${withinSentence(reason)}.`);
	const partly = review.businesses.filter(({ gaps }) => gaps.length > 0);
	const gaps = partly.length > 0 ? ` Not read completely: ${listed(partly.map(plainName))}.` : '';
	return `Review incomplete: do not sign off.${unread.join('')}${gaps} In what was read: ${plural(people, 'person', 'people')}; ${findings}.${limits(review)}`;
}

/** True if something was not read or not understood, and the rows alone do not show it. */
export function needsRemark(review: Review): boolean {
	return !isComplete(review) || directoryDoubts(review.directory).length > 0;
}

function directoryJson({ rows, people, skipped, problems, problemCount, unknownStatuses }: Directory): IDataObject {
	return { rows, people: people.size, skipped, unknownStatuses: unknownStatuses.map((status) => ({ ...status })), problems, problemCount };
}

/** The last item: whether the review is complete, and what it counts. */
export function summaryJson(review: Review, rows: ReviewRow[], now: number): IDataObject {
	const findings = rows.flatMap((row) => row.findings);
	const severities = counted(SEVERITIES, findings.map(({ severity }) => severity));
	const listedRows = rows.filter(({ person }) => person !== null);
	const people = countPeople(listedRows);
	return {
		headline: headline(review, people, severities),
		complete: isComplete(review),
		people,
		peopleWithFindings: countPeople(rows.filter((row) => row.findings.length > 0)),
		invitationsWithoutDate: listedRows.filter(({ person }) => person?.invitation.pending && person.invitation.ageDays === null).length,
		reviewedAt: new Date(now).toISOString(),
		severities,
		findings: counted(FINDING_KINDS, findings.map(({ kind }) => kind)),
		businessesNotRead: review.unread.map((business) => ({ ...business })),
		businessesRead: review.businesses.map(({ businessId, name, people, gaps }) => ({ businessId, name, people: people.length, gaps })),
		directory: review.directory ? directoryJson(review.directory) : null,
	};
}
