import type { Invitation } from '../api/invitations';
import type { BusinessMembership } from '../api/me';
import { inOneLine } from '../client/errors';
import { wasRead, type BusinessLists, type ReadList, type UsedLists } from './businessLists';
import type { ReviewedPerson } from './findings';
import { peopleOf } from './reviewedPeople';

/** Converts the lists of a business, as they were read, to the people and gaps of a review. Pure. */

/** What was read of one business. */
export interface ReviewedBusiness {
	businessId: number;
	name: string | null;
	people: ReviewedPerson[];
	/** Sentences on what could not be read, or not completely. */
	gaps: string[];
}

/** Maximum number of examples in a sentence. */
const MOST_EXAMPLES = 10;

function gapIn({ state, reason }: ReadList<unknown>, what: string, businessId: number): string[] {
	return state === 'complete' ? [] : [reason ?? `The ${what} of business ${businessId} were not read completely.`];
}

function unknownStatuses(invitations: Invitation[]): string[] {
	const byStatus = new Map<string, string[]>();
	for (const { id, email, state, status } of invitations) {
		if (state !== 'unknown') continue;
		const word = inOneLine(status ?? '', 40);
		const examples = byStatus.get(word) ?? [];
		examples.push(`${id ?? 'without an ID'} of ${email ?? 'an unknown address'}`);
		byStatus.set(word, examples);
	}
	return [...byStatus].map(([status, examples]) => {
		const wayOut = 'Check in FreshBooks whether it is pending.';
		if (examples.length === 1) return `Invitation ${examples[0]} has the status "${status}", which is not known. ${wayOut}`;
		const more = examples.length > MOST_EXAMPLES ? `, and ${examples.length - MOST_EXAMPLES} more` : '';
		const named = examples.slice(0, MOST_EXAMPLES).join(', ');
		return `${examples.length} invitations have the status "${status}", which is not known: ${named}${more}. ${wayOut}`;
	});
}

function gapsOf({ invitations, teamMembers, businessMembers }: BusinessLists, { withInvitations, withMembers }: UsedLists, businessId: number): string[] {
	return [
		...gapIn(teamMembers, 'team members', businessId),
		...(withMembers ? gapIn(businessMembers, 'business members', businessId) : []),
		...(withInvitations ? [...gapIn(invitations, 'invitations', businessId), ...unknownStatuses(invitations.rows)] : []),
	];
}

/** If the list of invitations may lack a row, it is unknown whether the others are invited. */
function doubtInvitations(people: ReviewedPerson[]): void {
	for (const { invitation } of people) if (invitation.state === 'none') invitation.state = 'unknown';
}

/**
 * The people of a business, and what is not known about it. The published list must have been read (`wasRead`).
 * @param now epoch milliseconds
 */
export function reviewedBusiness(
	{ businessId, name }: Pick<BusinessMembership, 'businessId' | 'name'>,
	lists: BusinessLists,
	used: UsedLists,
	now: number,
): ReviewedBusiness {
	const { invitations, teamMembers, businessMembers } = lists;
	const rows = {
		teamMembers: teamMembers.rows,
		businessMembers: used.withMembers && wasRead(businessMembers) ? businessMembers.rows : null,
		invitations: used.withInvitations && wasRead(invitations) ? invitations.rows : null,
	};
	const people = peopleOf({ businessId, name }, rows, now);
	if (invitations.state === 'doubtful') doubtInvitations(people);
	return { businessId, name, people, gaps: gapsOf(lists, used, businessId) };
}
