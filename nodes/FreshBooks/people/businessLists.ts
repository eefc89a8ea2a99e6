import { listBusinessMembers, type BusinessMember } from '../api/businessMembers';
import { listInvitations, type Invitation } from '../api/invitations';
import { readToTheEnd, type ListRequest } from '../api/lists';
import { listTeamMembers, type TeamMember } from '../api/teamMembers';
import type { FreshBooksClient } from '../client/client';
import { failureOf, isFreshBooksError, isUnreadable, type FreshBooksError } from '../client/errors';
import { endsTheRun, reasonOf } from './reasons';

/**
 * Reads the three lists that show who has access to a business: invitations first, people after. So a person who accepts during
 * the reading is in at least one of them.
 */

export type ListName = 'invitations' | 'teamMembers' | 'businessMembers';

/** How complete a list is. */
export type ListState =
	/** Complete, as far as FreshBooks shows. */
	| 'complete'
	/** It may lack a row. */
	| 'doubtful'
	/** Could not be read. */
	| 'unread'
	/**
	 * FreshBooks answered 404 (405, 410) to the first reading of a list that it does not document, so it does not offer the list to
	 * this account. The published list always exists: after a 404 it is `unread`.
	 */
	| 'notOffered'
	/** Was not requested. */
	| 'notUsed';

export interface ReadList<Row> {
	rows: Row[];
	state: ListState;
	/** Why it is not complete, as a sentence. */
	reason?: string;
	/** The error of the reading. */
	error?: FreshBooksError;
	/** True if another reading may return more. */
	mayImprove?: boolean;
}

/** Which lists to read beside the published one. */
export interface UsedLists {
	withInvitations: boolean;
	withMembers: boolean;
}

/** All three lists: needed before a person's access is changed. */
export const ALL_LISTS: UsedLists = { withInvitations: true, withMembers: true };

/** True for a list that was read, even if it may lack a row. */
export function wasRead({ state }: ReadList<unknown>): boolean {
	return state === 'complete' || state === 'doubtful';
}

export interface BusinessLists {
	invitations: ReadList<Invitation>;
	teamMembers: ReadList<TeamMember>;
	businessMembers: ReadList<BusinessMember>;
}

/** Maximum number of readings after an unreadable response. */
const MAX_READINGS = 3;

/** Waits before the lists are read again because they changed during the reading, in milliseconds. Gives the other change time to end. */
const MOVED_PAUSES_MS = [0, 0, 1_000, 2_000, 4_000, 8_000];

function readingFailed<Row>(error: FreshBooksError, wasAnswered: boolean): ReadList<Row> {
	const { kind } = error.failure;
	// A 404 of a gateway, or after a try that broke off, does not count.
	const isClear = error.failure.answeredByFreshBooks === true && !error.failure.afterUnclearTry;
	const isAbsent = (kind === 'notPublished' || kind === 'notFound') && isClear;
	const state = isAbsent && !wasAnswered ? 'notOffered' : 'unread';
	return { rows: [], state, reason: `${reasonOf(error)}.`, error, mayImprove: isUnreadable(error) };
}

/** The client, but it calls `onAnswer` after each successful response. */
function withOnAnswer(client: FreshBooksClient, onAnswer: () => void): FreshBooksClient {
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

/** `answered` becomes true unless FreshBooks answers 404 to the first request for this list in this execution. */
async function readOne<Row>(client: FreshBooksClient, request: ListRequest<Row>, answered: { value: boolean }): Promise<ReadList<Row>> {
	const first = await attemptList(client, request, answered);
	// One 404 may be a passing fault. A list that is not offered answers 404 again.
	const read = first.state === 'notOffered' ? await attemptList(client, request, answered) : first;
	if (read.state !== 'notOffered') answered.value = true;
	return read;
}

async function attemptList<Row>(client: FreshBooksClient, request: ListRequest<Row>, answered: { value: boolean }): Promise<ReadList<Row>> {
	const reading = readToTheEnd(withOnAnswer(client, () => (answered.value = true)), request);
	return await reading.then(
		({ rows, doubt, moved }): ReadList<Row> => (doubt === undefined ? { rows, state: 'complete' } : { rows, state: 'doubtful', reason: doubt, mayImprove: moved }),
		(error: unknown) => (isFreshBooksError(error) && !endsTheRun(error) ? readingFailed<Row>(error, answered.value) : Promise.reject(error)),
	);
}

/** Called for each row of a person, also in readings that are repeated. */
export type OnPerson = (row: Pick<TeamMember, 'email' | 'identityId'>) => void;

async function readPublished(client: FreshBooksClient, businessId: number, onPerson: OnPerson): Promise<ReadList<TeamMember>> {
	return await readOne(client, listTeamMembers(businessId, withOnPerson<TeamMember>(onPerson)), { value: true });
}

function withOnPerson<Row extends Parameters<OnPerson>[0]>(onPerson: OnPerson): (row: Row) => Row {
	return (row) => {
		onPerson(row);
		return row;
	};
}

/** Marks an empty list of people as doubtful: every business has at least the connected user. */
function emptyIsDoubtful<Row>(list: ReadList<Row>, businessId: number): ReadList<Row> {
	if (list.state !== 'complete' || list.rows.length > 0) return list;
	return { ...list, state: 'doubtful', reason: `FreshBooks lists nobody in business ${businessId}, not even the connected user.` };
}

const NOT_USED: ReadList<never> = { rows: [], state: 'notUsed' };

/** Which lists FreshBooks has offered in this execution. A later 404 of such a list does not mean that it is not offered. */
export type Answered = Record<Exclude<ListName, 'teamMembers'>, { value: boolean }>;

export function nothingAnswered(): Answered {
	return { invitations: { value: false }, businessMembers: { value: false } };
}

async function readOnce(client: FreshBooksClient, businessId: number, used: UsedLists, answered: Answered, onPerson: OnPerson): Promise<BusinessLists> {
	const invitations = used.withInvitations ? await readOne(client, listInvitations(businessId, (row) => row), answered.invitations) : NOT_USED;
	const [teamMembers, businessMembers] = await Promise.all([
		readPublished(client, businessId, onPerson),
		used.withMembers ? readOne(client, listBusinessMembers(businessId, withOnPerson<BusinessMember>(onPerson)), answered.businessMembers) : NOT_USED,
	]);
	return {
		invitations,
		teamMembers: emptyIsDoubtful(teamMembers, businessId),
		businessMembers: emptyIsDoubtful(businessMembers, businessId),
	};
}

/**
 * Reads the lists of a business. A list that could not be read has the state `unread`. Throws FreshBooksError only for errors
 * that end the run (`endsTheRun`). Updates `answered`.
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

/** Reads only the published list, for operations that change nothing. Throws FreshBooksError if it cannot be read. */
export async function readTeamMembers(client: FreshBooksClient, businessId: number): Promise<ReadList<TeamMember>> {
	for (let reading = 1; ; reading++) {
		const list = emptyIsDoubtful(await readPublished(client, businessId, () => undefined), businessId);
		if (reading < MAX_READINGS && list.mayImprove) continue;
		if (list.error) throw list.error;
		return list;
	}
}

/** The lists and their names. */
export function listsOf(lists: BusinessLists): Array<[ListName, ReadList<unknown>]> {
	return [
		['invitations', lists.invitations],
		['teamMembers', lists.teamMembers],
		['businessMembers', lists.businessMembers],
	];
}

/** True if the connected user may not read the list. */
export function isForbidden({ error }: ReadList<unknown>): boolean {
	return failureOf(error)?.kind === 'permission';
}
