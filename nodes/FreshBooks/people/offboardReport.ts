import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { StaffRecord } from '../api/staff';
import type { TeamMember } from '../api/teamMembers';
import type { DoneBy } from './removing';
import { businessNameOf, reasonsText, someOf } from './texts';

/** What an offboarding found and did, and its status. Pure. */

export type Action = 'invitationRevoked' | 'memberRemoved' | 'staffArchived';

export interface CompletedAction {
	action: Action;
	id: number;
	by: DoneBy;
	/** Somebody else removed it first: FreshBooks did not know it any more. */
	wasGone: boolean;
}

export interface NotDone {
	what: 'invitation' | 'membership' | 'staff' | 'reading' | 'otherAddress' | 'owner';
	id: number | null;
	/** A sentence, with the way out if there is one. */
	reason: string;
}

export type BusinessOutcome =
	/** The membership was removed, and a complete reading of the lists afterwards shows no access. */
	| 'removed'
	/** Only a pending invitation was revoked; the person was not a member. */
	| 'invitationRevoked'
	/** Only a staff record was archived. */
	| 'staffArchived'
	/** Complete lists do not show the person. */
	| 'notFound'
	/** Listed as deactivated, with nothing left to remove. */
	| 'alreadyInactive'
	/** Dry run: there is something to remove. */
	| 'planned'
	/** Not touched on purpose: the connected user, or the only owner. */
	| 'refused'
	/** Something could not be removed. */
	| 'failed'
	/** Done, but the lists could not be read completely afterwards. */
	| 'notVerified'
	/** Not every list that decides could be read completely, so nothing was done. */
	| 'notRead'
	/** The connected user has a role without rights over people there, and FreshBooks refuses the list. */
	| 'notManaged';

/** A member as a report shows them. */
export interface FoundMember {
	/** UUID; null in the members list. */
	teamMemberId: string | null;
	/** Whole number; null in the published list. */
	memberId: number | null;
	email: string | null;
	role: string | null;
	/** null where the list does not say. */
	active: boolean | null;
	/** null where the list does not say. */
	confirmed: boolean | null;
	identityId: number | null;
}

export interface Found {
	teamMembers: FoundMember[];
	members: FoundMember[];
	invitations: Array<{ id: number | null; email: string | null; role: string | null }>;
	staff: Array<{ id: number; visState: number | null }>;
	/** Rows of the same identity under another address. */
	otherAddresses: FoundMember[];
}

/** What the leaver leaves behind: their projects and their unbilled time, read where the connection's scopes allow it. */
export interface HandOver {
	projects: Array<{ id: number; title: string | null }> | null;
	/** Seconds of time that is not billed. */
	unbilledSeconds: number | null;
	/** What was left out, and why: sentences. */
	leftOut: string[];
}

export interface BusinessReport {
	businessId: number;
	name: string | null;
	outcome: BusinessOutcome;
	verified: boolean;
	found: Found;
	done: CompletedAction[];
	notDone: NotDone[];
	remarks: string[];
	handOver: HandOver | null;
}

export function foundTeamMember({ uuid, email, role, active, identityId }: TeamMember): FoundMember {
	return { teamMemberId: uuid, memberId: null, email, role, active, confirmed: null, identityId };
}

export function foundBusinessMember({ id, email, role, active, confirmed, identityId }: BusinessMember): FoundMember {
	return { teamMemberId: null, memberId: id, email, role, active, confirmed, identityId };
}

export function foundInvitation({ id, email, role }: Invitation): Found['invitations'][number] {
	return { id, email, role };
}

export function foundStaff({ id, visState }: StaffRecord): Found['staff'] {
	return id === null ? [] : [{ id, visState }];
}

export type OffboardStatus = 'offboarded' | 'notFound' | 'partial' | 'planned' | 'refused';

/** Outcomes after which something is left to do or to look at. */
const OPEN: ReadonlySet<BusinessOutcome> = new Set(['failed', 'notVerified', 'notRead', 'notManaged']);
const CHANGED: ReadonlySet<BusinessOutcome> = new Set(['removed', 'invitationRevoked', 'staffArchived']);

/**
 * The status of a person over all businesses. Any open outcome makes it `partial`, also a business that could not be read. A
 * refused business beside a completed one makes it `partial`, too.
 */
export function statusOf(reports: BusinessReport[], dryRun: boolean): OffboardStatus {
	const outcomes = new Set(reports.map(({ outcome }) => outcome));
	if (dryRun && outcomes.has('planned')) return 'planned';
	if ([...OPEN].some((outcome) => outcomes.has(outcome))) return 'partial';
	const isChanged = [...CHANGED].some((outcome) => outcomes.has(outcome));
	if (outcomes.has('refused')) return isChanged ? 'partial' : 'refused';
	return isChanged || outcomes.has('alreadyInactive') ? 'offboarded' : 'notFound';
}

/** What FreshBooks' API cannot do. Part of every report about a person who was found. */
const NOT_INCLUDED = [
	"The person's own FreshBooks account stays: FreshBooks offers no way to delete it.",
	'Single sign-on is not ended: do that in your identity provider (Okta, SAML).',
	'A seat may stay billed until it is downgraded in FreshBooks.',
];
const CONTRACTOR = 'A contractor keeps a FreshBooks account and business of their own.';

function names(reports: BusinessReport[]): string {
	return someOf(reports.map(businessNameOf), ', ', 20);
}

function withOutcome(reports: BusinessReport[], ...outcomes: BusinessOutcome[]): BusinessReport[] {
	return reports.filter(({ outcome }) => outcomes.includes(outcome));
}

function firstReason({ notDone, remarks, outcome }: BusinessReport): string {
	return notDone[0]?.reason ?? remarks[0] ?? outcome;
}

function reasons(reports: BusinessReport[]): string {
	return reasonsText(reports.map((report) => ({ ...report, reason: firstReason(report) })));
}

/** What was done, business by business, in sentences. */
function doneText(email: string, reports: BusinessReport[]): string {
	const parts: Array<[(one: CompletedAction) => boolean, (where: string) => string]> = [
		[({ action }) => action === 'memberRemoved', (where) => `${email} was removed from ${where}.`],
		[({ action, wasGone }) => action === 'invitationRevoked' && !wasGone, (where) => `The invitation of ${email} to ${where} was revoked.`],
		// Revoked by somebody else, expired or declined: FreshBooks does not say.
		[({ action, wasGone }) => action === 'invitationRevoked' && wasGone, (where) => `The invitation of ${email} to ${where} was not pending any more.`],
		[({ action }) => action === 'staffArchived', (where) => `The staff record of ${email} in ${where} was archived.`],
	];
	return parts
		.flatMap(([isIt, sentence]) => {
			const where = reports.filter(({ done }) => done.some(isIt));
			return where.length > 0 ? [sentence(names(where))] : [];
		})
		.join(' ');
}

/** The lists of people are read again after something was removed that they show. */
function readingText(reports: BusinessReport[]): string {
	const wasRead = reports.some(({ done }) => done.some(({ action }) => action !== 'staffArchived'));
	return wasRead ? 'The lists were read again and show no access.' : 'The lists show no access.';
}

function inactiveText(email: string, reports: BusinessReport[]): string {
	const inactive = withOutcome(reports, 'alreadyInactive');
	return inactive.length > 0 ? `${email} is deactivated in ${names(inactive)}, with nothing left to remove.` : '';
}

function planText(email: string, reports: BusinessReport[]): string {
	const obstacles = reports.filter(({ outcome, notDone }) => notDone.length > 0 || outcome === 'refused' || outcome === 'notManaged');
	const expected = obstacles.length > 0 ? ` Expected problems: ${reasons(obstacles)}` : '';
	return `${email} would be offboarded from ${names(withOutcome(reports, 'planned'))}. Nothing was changed.${expected}`;
}

function sentence(email: string, status: OffboardStatus, reports: BusinessReport[]): string {
	const done = doneText(email, reports);
	switch (status) {
		case 'planned':
			return planText(email, reports);
		case 'offboarded':
			return [done === '' ? '' : `${done} ${readingText(reports)}`, inactiveText(email, reports)].filter(Boolean).join(' ');
		case 'notFound':
			return `${email} is in none of the searched businesses: ${names(reports)}.`;
		case 'refused':
			return reasons(withOutcome(reports, 'refused'));
		case 'partial':
			return [`${email} is not offboarded everywhere: ${reasons(withOutcome(reports, 'failed', 'notVerified', 'notRead', 'notManaged', 'refused'))}`, done].filter(Boolean).join(' ');
	}
}

function isContractor(report: BusinessReport): boolean {
	const { teamMembers, members, otherAddresses } = report.found;
	return [...teamMembers, ...members, ...otherAddresses].some(({ role }) => role?.toLowerCase() === 'contractor');
}

/** The report of one person over all businesses; plain JSON. */
export interface OffboardReport {
	status: OffboardStatus;
	message: string;
	email: string;
	dryRun: boolean;
	businesses: BusinessReport[];
	notIncluded: string[];
}

export function reportFor(email: string, dryRun: boolean, businesses: BusinessReport[]): OffboardReport {
	const status = statusOf(businesses, dryRun);
	const notIncluded = status === 'notFound' ? [] : [...NOT_INCLUDED, ...(businesses.some(isContractor) ? [CONTRACTOR] : [])];
	return { status, message: sentence(email, status, businesses), email, dryRun, businesses, notIncluded };
}
