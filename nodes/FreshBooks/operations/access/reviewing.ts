import type { BusinessMembership } from '../../api/me';
import { failureOf, refusal, type FreshBooksError } from '../../client/errors';
import { wasRead, type UsedLists } from '../../people/businessLists';
import { expectedByBusiness, type Directory } from '../../people/directory';
import { reasonOf, withoutClosed } from '../../people/reasons';
import { reviewedBusiness, type ReviewedBusiness } from '../../people/reviewedBusiness';
import { needsRemark, reviewRows, rowJson, summaryJson, type Review, type ReviewRow } from '../../people/reviewReport';
import { mayNotManage, roleTitle } from '../../people/roles';
import { scimSourceOfRow } from '../../people/reviewScim';
import { toScimUser } from '../../people/scimUser';
import type { Session } from '../../people/session';
import { plural, type BusinessReason } from '../../people/texts';
import { resolveBusinesses, type ChosenBusinesses } from '../common/chosenBusinesses';
import type { OutputRow } from '../common/operation';

/** The node's outputs of a review. */
const PEOPLE = 0;
const SUMMARY = 1;

/** The source of the directory that FreshBooks is compared with. */
export type DirectorySource = 'items' | 'json' | 'none';

/** The parameters of a review. */
export interface ReviewInput extends UsedLists {
	chosen: ChosenBusinesses;
	directory: Directory | undefined;
	directorySource: DirectorySource;
	staleAfterDays: number;
	onlyFindings: boolean;
	scim: boolean;
	/** The item this review belongs to. */
	item: number;
}

type ReadBusiness = { business: ReviewedBusiness } | { unread: BusinessMembership; error: FreshBooksError };

async function readBusiness(session: Session, input: ReviewInput, membership: BusinessMembership, now: number): Promise<ReadBusiness> {
	const lists = await session.lists(membership.businessId, input);
	if (wasRead(lists.teamMembers)) return { business: reviewedBusiness(membership, lists, input, now) };
	const { error, reason = 'The team members could not be read' } = lists.teamMembers;
	return { unread: membership, error: error ?? refusal(reason, 'To fix this, run it again.') };
}

/** Why a business could not be read; a role that may not manage people explains a refusal better than FreshBooks does. */
function unreadReason({ role }: BusinessMembership, error: FreshBooksError): string {
	if (role === null || !mayNotManage(role) || failureOf(error)?.kind !== 'permission') return reasonOf(error);
	const title = roleTitle(role);
	return `You are only ${/^[AEIOU]/i.test(title) ? 'an' : 'a'} ${title} there`;
}

/** Businesses where the directory expects people and to which the connected user does not belong, if every business is reviewed. */
function unreachable({ chosen, directory }: ReviewInput, memberships: BusinessMembership[]): BusinessReason[] {
	if (!chosen.all || !directory) return [];
	const known = new Set(memberships.map(({ businessId }) => businessId));
	return [...expectedByBusiness(directory)]
		.filter(([businessId]) => !known.has(businessId))
		.map(([businessId, people]) => ({ businessId, name: null, reason: `The directory expects ${plural(people, 'person', 'people')} there, but the connected user does not belong to it` }));
}

/** Reads the chosen businesses. Throws the first failure if none could be read. */
async function readAll(session: Session, input: ReviewInput, now: number): Promise<Review> {
	const memberships = await resolveBusinesses(session, input.chosen);
	const read = await Promise.all(memberships.map(async (membership) => await readBusiness(session, input, membership, now)));
	const businesses = read.flatMap((result) => ('business' in result ? [result.business] : []));
	const unread = read.flatMap((result) => ('unread' in result ? [result] : []));
	if (businesses.length === 0 && unread.length > 0) throw unread[0].error;
	return {
		businesses,
		unread: [
			...unread.map(({ unread: membership, error }) => ({ businessId: membership.businessId, name: membership.name, reason: `${unreadReason(membership, error)}${input.chosen.all ? withoutClosed(membership, error) : ''}` })),
			...unreachable(input, memberships),
		],
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
 * Reads the chosen businesses and compares their people with the directory: one row per person, then the summary. A business
 * that cannot be read is named in the summary. Throws the first failure if none can be read.
 */
export async function reviewAccess(session: Session, input: ReviewInput): Promise<OutputRow[]> {
	const now = Date.now();
	const review = await readAll(session, input, now);
	const rows = reviewRows(review);
	const summary = summaryJson(review, rows, now);
	if (needsRemark(review)) session.remark(String(summary.headline));
	const wanted = input.onlyFindings ? rows.filter(({ findings }) => findings.length > 0) : rows;
	return [...wanted.map((row) => toOutput(row, input)), { json: summary, output: SUMMARY, item: input.item }];
}
