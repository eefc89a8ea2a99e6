import { listBusinessMembers, type BusinessMember } from '../api/businessMembers';
import { listInvitations, type Invitation } from '../api/invitations';
import { readToTheEnd, type ListRequest } from '../api/lists';
import { listTeamMembers, type TeamMember } from '../api/teamMembers';
import type { FreshBooksClient } from '../client/client';
import { failureOf, isFreshBooksError, isUnreadable, type FreshBooksError } from '../client/errors';
import { endsTheRun, reasonOf } from './reasons';

/**
 * The three lists that show who has access to a business, always read together: invitations first, people after. Somebody
 * who accepts while they are read is then in one of the lists, or in both, and never in neither.
 */

export type ListName = 'invitations' | 'teamMembers' | 'businessMembers';

/** How sure a list is. */
export type ListState =
	/** Nothing speaks against its being complete. */
	| 'whole'
	/** It may lack a row. */
	| 'doubtful'
	/** It could not be read. */
	| 'unread'
	/**
	 * FreshBooks answered 404 (405, 410) to the first reading of a list that it does not document: it does not offer it to the
	 * connection. The published list is always offered: a 404 there is no reading.
	 */
	| 'notOffered'
	/** It was not asked for. */
	| 'notUsed';

export interface ReadList<Row> {
	rows: Row[];
	state: ListState;
	/** Why it is not whole: a sentence. */
	reason?: string;
	/** What the reading failed with. */
	error?: FreshBooksError;
	/** Whether another reading may show more. */
	mayImprove?: boolean;
}

/** Which lists are read beside the published one. */
export interface UsedLists {
	withInvitations: boolean;
	withMembers: boolean;
}

/** What decides about a person: all three lists. */
export const ALL_LISTS: UsedLists = { withInvitations: true, withMembers: true };

/** True for a list that was read, even where it may lack a row. */
export function wasRead({ state }: ReadList<unknown>): boolean {
	return state === 'whole' || state === 'doubtful';
}

export interface BusinessLists {
	invitations: ReadList<Invitation>;
	teamMembers: ReadList<TeamMember>;
	businessMembers: ReadList<BusinessMember>;
}

/** How often the lists are read when an answer was not readable. */
const MAX_READINGS = 3;

/** Waits before the lists are read again where rows moved meanwhile, in milliseconds: somebody else is changing the business, and will have ended. */
const MOVED_PAUSES_MS = [0, 0, 1_000, 2_000, 4_000, 8_000];

function readingFailed<Row>(error: FreshBooksError, wasAnswered: boolean): ReadList<Row> {
	const { kind } = error.failure;
	// Neither a gateway's 404 nor one after a try that broke off is a plain answer of FreshBooks.
	const isPlain = error.failure.answeredByFreshBooks === true && !error.failure.afterUnknownFate;
	const isAbsent = (kind === 'notPublished' || kind === 'notFound') && isPlain;
	const state = isAbsent && !wasAnswered ? 'notOffered' : 'unread';
	return { rows: [], state, reason: `${reasonOf(error)}.`, error, mayImprove: isUnreadable(error) };
}

/** The client, with `onAnswer` called for each good answer. */
function watched(client: FreshBooksClient, onAnswer: () => void): FreshBooksClient {
	return {
		maxInFlight: client.maxInFlight,
		mayUse: (scope) => client.mayUse(scope),
		pause: async (ms) => await client.pause(ms),
		warn: (message) => client.warn(message),
		send: async (request) => {
			const answer = await client.send(request);
			onAnswer();
			return answer;
		},
	};
}

/** `answered` is whether FreshBooks, when first asked for this list in this execution, did anything but answer 404; it is kept up to date. */
async function readOne<Row>(client: FreshBooksClient, request: ListRequest<Row>, answered: { value: boolean }): Promise<ReadList<Row>> {
	const first = await attemptList(client, request, answered);
	// One 404 may be a fault in between; a list that is not offered answers it again.
	const read = first.state === 'notOffered' ? await attemptList(client, request, answered) : first;
	if (read.state !== 'notOffered') answered.value = true;
	return read;
}

async function attemptList<Row>(client: FreshBooksClient, request: ListRequest<Row>, answered: { value: boolean }): Promise<ReadList<Row>> {
	const reading = readToTheEnd(watched(client, () => (answered.value = true)), request);
	return await reading.then(
		({ rows, doubt, moved }): ReadList<Row> => (doubt === undefined ? { rows, state: 'whole' } : { rows, state: 'doubtful', reason: doubt, mayImprove: moved }),
		(error: unknown) => (isFreshBooksError(error) && !endsTheRun(error) ? readingFailed<Row>(error, answered.value) : Promise.reject(error)),
	);
}

/** Called for each row of people, also of readings that are read once more. */
export type OnPerson = (row: Pick<TeamMember, 'email' | 'identityId'>) => void;

async function readPublished(client: FreshBooksClient, businessId: number, onPerson: OnPerson): Promise<ReadList<TeamMember>> {
	return await readOne(client, listTeamMembers(businessId, noting<TeamMember>(onPerson)), { value: true });
}

function noting<Row extends Parameters<OnPerson>[0]>(onPerson: OnPerson): (row: Row) => Row {
	return (row) => {
		onPerson(row);
		return row;
	};
}

/** A business has at least the connected user: a list of people without anybody cannot be complete. */
function withoutAnybodyDoubtful<Row>(list: ReadList<Row>, businessId: number): ReadList<Row> {
	if (list.state !== 'whole' || list.rows.length > 0) return list;
	return { ...list, state: 'doubtful', reason: `FreshBooks lists nobody in business ${businessId}, not even the connected user.` };
}

const NOT_USED: ReadList<never> = { rows: [], state: 'notUsed' };

/** Which lists were not plainly absent when they were first asked for in an execution: from then on a 404 says nothing about what FreshBooks offers. */
export type Answered = Record<Exclude<ListName, 'teamMembers'>, { value: boolean }>;

export function nothingAnswered(): Answered {
	return { invitations: { value: false }, businessMembers: { value: false } };
}

async function readOnce(client: FreshBooksClient, businessId: number, used: UsedLists, answered: Answered, onPerson: OnPerson): Promise<BusinessLists> {
	const invitations = used.withInvitations ? await readOne(client, listInvitations(businessId, (row) => row), answered.invitations) : NOT_USED;
	const [teamMembers, businessMembers] = await Promise.all([
		readPublished(client, businessId, onPerson),
		used.withMembers ? readOne(client, listBusinessMembers(businessId, noting<BusinessMember>(onPerson)), answered.businessMembers) : NOT_USED,
	]);
	return {
		invitations,
		teamMembers: withoutAnybodyDoubtful(teamMembers, businessId),
		businessMembers: withoutAnybodyDoubtful(businessMembers, businessId),
	};
}

/**
 * Reads the lists of a business. What could not be read says so; throws FreshBooksError only where nothing else makes sense
 * (a cancelled execution). `answered` is kept up to date.
 */
export async function readBusinessLists(
	client: FreshBooksClient,
	businessId: number,
	used: UsedLists,
	answered: Answered,
	onPerson: OnPerson,
): Promise<BusinessLists> {
	for (let reading = 1; ; reading++) {
		const lists = await readOnce(client, businessId, used, answered, onPerson);
		const improvable = listsOf(lists).filter(([, { mayImprove }]) => mayImprove);
		const pause = MOVED_PAUSES_MS[reading - 1];
		const hasMoved = improvable.some(([, { error }]) => error === undefined);
		if (improvable.length === 0 || pause === undefined || (!hasMoved && reading >= MAX_READINGS)) return lists;
		if (pause > 0) await client.pause(pause);
	}
}

/** Reads the published list alone, for a look at somebody that nothing is done about. Throws FreshBooksError as it cannot be read. */
export async function readTeamMembers(client: FreshBooksClient, businessId: number): Promise<ReadList<TeamMember>> {
	for (let reading = 1; ; reading++) {
		const list = withoutAnybodyDoubtful(await readPublished(client, businessId, () => undefined), businessId);
		if (reading < MAX_READINGS && list.mayImprove) continue;
		if (list.error) throw list.error;
		return list;
	}
}

/** The lists with their names. */
export function listsOf(lists: BusinessLists): Array<[ListName, ReadList<unknown>]> {
	return [
		['invitations', lists.invitations],
		['teamMembers', lists.teamMembers],
		['businessMembers', lists.businessMembers],
	];
}

/** True where FreshBooks refused a list to the connected user. */
export function isForbidden({ error }: ReadList<unknown>): boolean {
	return failureOf(error)?.kind === 'permission';
}
