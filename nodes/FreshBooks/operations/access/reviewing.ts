import type { BusinessMembership } from '../../api/me';
import { toScimUser } from '../../people/scimUser';
import type { OutputRow } from '../common/operation';
import type { WireObject } from '../../client/json';
import type { ReadList } from '../../people/businessLists';
import type { Session } from '../../people/session';
import { resolveBusinesses, type ChosenBusinesses } from '../common/chosenBusinesses';
import type { Directory } from '../../people/directory';
import { peopleOf } from '../../people/reviewedPeople';
import { reasonOf } from '../../people/reasons';
import { isComplete, reviewRows, rowJson, summaryJson, type Review, type ReviewedBusiness, type ReviewRow } from '../../people/reviewReport';
import { scimSourceOfRow } from '../../people/reviewScim';

/** The node's outputs of a review. */
const PEOPLE = 0;
const SUMMARY = 1;

/** Where the people come from that FreshBooks is held against. */
export type DirectorySource = 'items' | 'json' | 'none';

/** A review as it was asked for. */
export interface ReviewInput {
	chosen: ChosenBusinesses;
	directory: Directory | undefined;
	directorySource: DirectorySource;
	withInvitations: boolean;
	withMembers: boolean;
	staleAfterDays: number;
	onlyFindings: boolean;
	scim: boolean;
	/** The item this review belongs to. */
	item: number;
}

type Looked = { business: ReviewedBusiness } | { unread: BusinessMembership; error: unknown };

/** A list that adds to the people; a gap where it could not be read whole. */
function extraList(list: ReadList<{ raw: WireObject }>, isWanted: boolean) {
	if (!isWanted) return { rows: null, gaps: [] };
	const isRead = list.state === 'whole' || list.state === 'doubtful';
	return { rows: isRead ? list.rows.map(({ raw }) => raw) : null, gaps: list.reason === undefined ? [] : [list.reason] };
}

async function lookAt(session: Session, input: ReviewInput, membership: BusinessMembership, now: number): Promise<Looked> {
	const { businessId, name } = membership;
	const lists = await session.lists(businessId);
	const { teamMembers } = lists;
	if (teamMembers.error) return { unread: membership, error: teamMembers.error };
	const invitations = extraList(lists.invitations, input.withInvitations);
	const members = extraList(lists.businessMembers, input.withMembers);
	const people = peopleOf(membership, { teamMembers: teamMembers.rows.map(({ raw }) => raw), members: members.rows, invitations: invitations.rows }, now);
	const gaps = [...(teamMembers.reason === undefined ? [] : [teamMembers.reason]), ...members.gaps, ...invitations.gaps];
	return { business: { businessId, name, people, gaps } };
}

/** Throws the first failure when no business at all could be read: that is no review. */
async function lookAtAll(session: Session, input: ReviewInput, now: number): Promise<Review> {
	const memberships = await resolveBusinesses(session, input.chosen);
	const looked = await Promise.all(memberships.map(async (membership) => await lookAt(session, input, membership, now)));
	const businesses = looked.flatMap((result) => ('business' in result ? [result.business] : []));
	const unread = looked.flatMap((result) => ('unread' in result ? [result] : []));
	if (businesses.length === 0 && unread.length > 0) return await Promise.reject(unread[0].error);
	return {
		businesses,
		unread: unread.map(({ unread: { businessId, name }, error }) => ({ businessId, name, reason: reasonOf(error) })),
		directory: input.directory,
		staleAfterDays: input.staleAfterDays,
		invitationsRead: input.withInvitations,
	};
}

function toOutput(row: ReviewRow, input: ReviewInput): OutputRow {
	const json = input.scim ? toScimUser(scimSourceOfRow(row)) : rowJson(row, input.directory !== undefined);
	const place = input.directorySource === 'items' ? (row.entry?.place ?? 0) : input.item;
	return { json, output: PEOPLE, item: place };
}

/**
 * Reads the chosen businesses and holds their people against the directory: one row per person, then the summary. A business
 * that cannot be read is named in the summary. Throws the first failure when none can be read.
 */
export async function reviewAccess(session: Session, input: ReviewInput): Promise<OutputRow[]> {
	const now = Date.now();
	const review = await lookAtAll(session, input, now);
	const rows = reviewRows(review);
	const summary = summaryJson(review, rows, now);
	// Somebody who uses the first output only must learn of it, too.
	if (!isComplete(review)) session.remark(String(summary.headline));
	const wanted = input.onlyFindings ? rows.filter(({ findings }) => findings.length > 0) : rows;
	return [...wanted.map((row) => toOutput(row, input)), { json: summary, output: SUMMARY, item: input.item }];
}
