import type { IDataObject } from 'n8n-workflow';

import { someOf } from './find';
import { nameOf } from '../operations/common/chosenBusinesses';
import type { SeenInvitation, SeenMember, SeenStaff } from './sightings';

/** What an offboarding found and did, and what it amounts to. Pure. */

export type Action = 'invitationRevoked' | 'memberRemoved' | 'staffArchived';

export interface Deed {
	action: Action;
	id: number;
	/** FreshBooks did not know it any more: another run, or somebody by hand, was faster. */
	wasGone: boolean;
}

export interface NotDone {
	what: 'invitation' | 'membership' | 'staff' | 'reading';
	id: number | null;
	/** A sentence, with the way out where there is one. */
	reason: string;
}

export type BusinessOutcome =
	/** Taken out, and a complete reading of the lists afterwards shows it. */
	| 'removed'
	/** Complete lists do not hold the address. */
	| 'notThere'
	/** Listed as inactive, with nothing left to take away. */
	| 'alreadyInactive'
	/** Dry run: would be taken out. */
	| 'planned'
	/** Not touched on purpose: the token owner, or the only owner. */
	| 'refused'
	/** Something could not be taken away. */
	| 'failed'
	/** Done, but the lists could not be read completely afterwards. */
	| 'notVerified'
	/** Nothing was seen, but not every list could be read completely. */
	| 'notRead'
	/** The connected user has a role without rights over people there, and FreshBooks refuses the list. */
	| 'notManaged';

export interface BusinessReport {
	businessId: number;
	name: string | null;
	outcome: BusinessOutcome;
	verified: boolean;
	found: { teamMembers: SeenMember[]; members: SeenMember[]; invitations: SeenInvitation[]; staff: SeenStaff[] };
	done: Deed[];
	notDone: NotDone[];
	remarks: string[];
}

export type OffboardStatus = 'offboarded' | 'notFound' | 'partial' | 'planned' | 'refused';

const OPEN: ReadonlySet<BusinessOutcome> = new Set(['failed', 'notVerified', 'notRead']);

/**
 * The status of a person over all businesses. Anything open is `partial`, also where somebody was taken out elsewhere; a
 * business that was refused on purpose beside one that was done is `partial`, too. A business that the connected user surely
 * cannot manage does not count, unless there is no other: then nothing was looked at.
 */
export function statusOf(reports: BusinessReport[], dryRun: boolean): OffboardStatus {
	const outcomes = new Set(reports.map(({ outcome }) => outcome));
	if (dryRun && outcomes.has('planned')) return 'planned';
	if ([...OPEN].some((outcome) => outcomes.has(outcome))) return 'partial';
	if (outcomes.has('refused')) return outcomes.has('removed') ? 'partial' : 'refused';
	if (outcomes.has('removed') || outcomes.has('alreadyInactive')) return 'offboarded';
	return outcomes.has('notThere') ? 'notFound' : 'partial';
}

/** What no API of FreshBooks does; said in every report of somebody who was found. */
const NOT_INCLUDED = [
	"The person's own FreshBooks account stays: FreshBooks offers no way to delete it.",
	'Single sign-on is not ended: do that in your identity provider (Okta, SAML).',
	'A seat stays billed until it is downgraded in FreshBooks.',
];

function names(reports: BusinessReport[]): string {
	return someOf(reports.map(nameOf), ', ', 20);
}

function withOutcome(reports: BusinessReport[], ...outcomes: BusinessOutcome[]): BusinessReport[] {
	return reports.filter(({ outcome }) => outcomes.includes(outcome));
}

function reasons(reports: BusinessReport[]): string {
	return someOf(reports.map((report) => `${nameOf(report)}: ${firstReason(report)}`), '; ');
}

/** Which businesses are not done, each with its first reason. */
export function openBusinesses(reports: BusinessReport[]): string {
	return reasons(withOutcome(reports, 'failed', 'notVerified', 'notRead', 'refused'));
}

/** What a dry run sees coming. */
function obstacles(reports: BusinessReport[]): string {
	const met = reports.filter(({ outcome, notDone }) => notDone.length > 0 || outcome === 'refused');
	if (met.length === 0) return '';
	return ` To be expected: ${reasons(met)}`;
}

function firstReason({ notDone, remarks, outcome }: BusinessReport): string {
	return notDone[0]?.reason ?? remarks[0] ?? outcome;
}

function sentence(email: string, status: OffboardStatus, reports: BusinessReport[]): string {
	const removed = withOutcome(reports, 'removed');
	switch (status) {
		case 'offboarded':
			return removed.length > 0 ? `${email} was taken out of ${names(removed)}, and is gone from the lists.` : `${email} is inactive, with nothing left to take away.`;
		case 'notFound':
			return `${email} is in none of the businesses that were looked through.`;
		case 'planned':
			return `${email} would be taken out of ${names(withOutcome(reports, 'planned'))}. Nothing was changed.${obstacles(reports)}`;
		case 'refused':
			return `${email} was not taken out: ${openBusinesses(reports)}`;
		case 'partial':
			return `${email} is not offboarded everywhere: ${openBusinesses(reports) || 'no business could be looked at'}`;
	}
}

/** The whole report of one person. */
export function reportFor(email: string, dryRun: boolean, reports: BusinessReport[]): IDataObject & { status: OffboardStatus; message: string } {
	const status = statusOf(reports, dryRun);
	const unmanaged = withOutcome(reports, 'notManaged');
	const base = sentence(email, status, reports);
	const message = unmanaged.length === 0 ? base : `${base} Not looked at, as the connected user may not manage people there: ${names(unmanaged)}.`;
	return {
		status,
		message,
		email,
		dryRun,
		businesses: reports.map((report) => ({ ...report })),
		notIncluded: status === 'notFound' ? [] : NOT_INCLUDED,
	};
}
