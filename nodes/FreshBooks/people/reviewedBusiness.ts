import type { BusinessMember } from '../api/businessMembers';
import type { Invitation } from '../api/invitations';
import type { BusinessMembership } from '../api/me';
import type { TeamMember } from '../api/teamMembers';
import { inOneLine, type FreshBooksError } from '../client/errors';
import type { Person } from './findings';
import { peopleOf } from './reviewedPeople';

/** Turns the lists of a business, as they were read, into what a review knows of it. Pure. */

/** One list as it was read. `reason` says why it is not whole; `error` is the failure of one that was not read. */
export interface ReadList<Row> {
	rows: Row[];
	state: 'whole' | 'doubtful' | 'unread' | 'notOffered';
	reason?: string;
	error?: FreshBooksError;
}

/** The lists of one business, invitations read first. */
export interface BusinessLists {
	invitations: ReadList<Invitation>;
	teamMembers: ReadList<TeamMember>;
	businessMembers: ReadList<BusinessMember>;
}

/** Which lists a review uses beside the published one. A list that is not used leaves no gap. */
export interface UsedLists {
	withInvitations: boolean;
	withMembers: boolean;
}

/** One business as far as it was read. */
export interface ReviewedBusiness {
	businessId: number;
	name: string | null;
	people: Person[];
	/** Sentences on what could not be read, or not completely. */
	gaps: string[];
}

/** The most examples that a sentence names. */
const MOST_EXAMPLES = 10;

/** True for a list that was read, even where it may lack a row. */
export function wasRead({ state }: ReadList<unknown>): boolean {
	return state === 'whole' || state === 'doubtful';
}

function notWhole({ state, reason }: ReadList<unknown>, what: string, businessId: number): string[] {
	return state === 'whole' ? [] : [reason ?? `The ${what} of business ${businessId} were not read completely.`];
}

/** The connected user is listed in each business that they may review, so an empty list is not the whole list. */
function nobodyListed({ state, rows }: ReadList<unknown>, what: string, businessId: number): string[] {
	if (state !== 'whole' || rows.length > 0) return [];
	return [`FreshBooks lists no ${what} of business ${businessId}, not even the connected user: check that their role may see the team.`];
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
	const people = [notWhole, nobodyListed];
	return [
		...people.flatMap((gaps) => gaps(teamMembers, 'team members', businessId)),
		...(withMembers ? people.flatMap((gaps) => gaps(businessMembers, 'members', businessId)) : []),
		...(withInvitations ? [...notWhole(invitations, 'invitations', businessId), ...unknownStatuses(invitations.rows)] : []),
	];
}

/** Nobody is surely not invited where the list of invitations may lack a row. */
function doubtInvitations(people: Person[]): void {
	for (const { invitation } of people) if (invitation.state === 'none') invitation.state = 'unknown';
}

/**
 * The people of a business, and what is not known of it. The published list must have been read (`wasRead`).
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
