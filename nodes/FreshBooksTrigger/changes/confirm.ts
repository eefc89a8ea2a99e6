import type { Absence } from './history';
import type { Person } from './person';
import { addressOf } from './person';

/** FreshBooks' answer about one person asked for by id. */
export type LookUp =
	/** 200: still there, and this is how. */
	| { answer: 'found'; person: Person }
	/** 404. */
	| { answer: 'gone' }
	/** Anything else, or not asked after all. */
	| { answer: 'unknown' };

/** A known person whom a complete listing does not have. */
export interface Candidate {
	/** Place in the snapshot's lines. */
	index: number;
	person: Person;
	/** What is remembered, this poll's absence already counted. */
	absence: Absence;
}

/** What became of a candidate. */
export type Verdict =
	| { kind: 'gone'; absence: Absence }
	/** There after all; `person` only when FreshBooks was asked in this poll. */
	| { kind: 'present'; absence: Absence; person?: Person }
	/** Stays as last seen and is asked again. */
	| { kind: 'waiting'; absence: Absence };

/** The absence after one more complete listing without the person. */
export function absenceAfter(previous: Absence | null): Absence {
	if (previous === null) return { missed: 1, askedAt: 0, verdict: 'unasked' };
	return { ...previous, missed: previous.missed + 1 };
}

/**
 * The absence of someone whom the listing has under no other id either: where the poll before saw them, this is the first listing
 * without them.
 */
export function absenceAfterSight(absence: Absence): Absence {
	return absence.verdict === 'seen' ? { ...absence, missed: 1 } : absence;
}

/**
 * The candidates to ask for in this poll: at most `limit`, the longest unasked first. Those equally
 * long unasked take turns by the clock and not only by what is stored, because n8n's durable scheduler
 * without durable cursors forgets what a poll without items stored (n8n-runtime 1.7).
 * Whoever is confirmed as gone is not asked again.
 */
export function candidatesToAsk(
	candidates: readonly Candidate[],
	limit: number,
	now: Date,
): Candidate[] {
	const open = candidates.filter(({ absence }) => absence.verdict !== 'gone');
	if (open.length <= limit) return open;
	const minute = Math.floor(now.getTime() / 60_000);
	const start = (minute * limit) % open.length;
	const chosen: Candidate[] = [];
	for (let step = 0; step < open.length; step++)
		insertByAskedAt(chosen, open[(start + step) % open.length], limit);
	return chosen;
}

/** Keeps `chosen` sorted by the last time asked and at most `limit` long; equals stay in order. */
function insertByAskedAt(chosen: Candidate[], candidate: Candidate, limit: number): void {
	const { askedAt } = candidate.absence;
	if (chosen.length === limit) {
		if (limit === 0 || chosen[limit - 1].absence.askedAt <= askedAt) return;
		chosen.pop();
	}
	let place = chosen.length;
	while (place > 0 && chosen[place - 1].absence.askedAt > askedAt) place--;
	chosen.splice(place, 0, candidate);
}

/** What one answer means. An answer about someone else's id settles nothing. */
export function verdictOfLookUp(candidate: Candidate, lookUp: LookUp, poll: number): Verdict {
	const asked = { ...candidate.absence, askedAt: poll };
	if (lookUp.answer === 'gone') return { kind: 'gone', absence: { ...asked, verdict: 'gone' } };
	if (lookUp.answer === 'found' && lookUp.person.id === candidate.person.id)
		return { kind: 'present', absence: { ...asked, verdict: 'present' }, person: lookUp.person };
	return { kind: 'waiting', absence: { ...asked, verdict: 'unknown' } };
}

/**
 * The verdict in a poll whose list lacks somebody whom FreshBooks knows when asked. Such a list may lack a person's new id
 * as well, so that their old one answers 404: whoever is missing for the first time waits for one more list.
 */
export function verdictBesideWrongList({ absence }: Candidate, verdict: Verdict): Verdict {
	if (verdict.kind !== 'gone' || absence.missed > 1) return verdict;
	return { kind: 'waiting', absence: { ...verdict.absence, verdict: 'unknown' } };
}

/**
 * What an earlier poll's answer still means for a candidate not asked in this one. An acquittal
 * holds until the candidate's turn comes again: it neither removes the person nor counts as doubt.
 */
export function verdictRemembered({ absence }: Candidate): Verdict {
	if (absence.verdict === 'gone') return { kind: 'gone', absence };
	if (absence.verdict === 'present') return { kind: 'present', absence };
	return { kind: 'waiting', absence };
}

/** A listing taken after one that lacks somebody, in the same poll. */
export interface SecondListing {
	/** Whether it says who is not there; who is there it says in any case. */
	isComplete: boolean;
	byId: ReadonlyMap<string, Person>;
	/** As `addressOf` gives them. */
	addresses: ReadonlySet<string>;
	identities: ReadonlySet<number>;
}

/**
 * The verdict about someone who is not listed, after a second listing. A list that left the person out may have
 * left them out under a new id, and then the old one answers 404 as well. After a second listing that is incomplete, and for
 * whoever it has after all, the next poll decides.
 */
export function verdictAfterSecondListing(
	{ person, absence }: Candidate,
	verdict: Verdict,
	second: SecondListing,
): Verdict {
	if (verdict.kind !== 'present' && isIn(second, person))
		return { kind: 'waiting', absence: { ...verdict.absence, verdict: 'seen' } };
	if (verdict.kind !== 'gone' || absence.missed > 1 || second.isComplete) return verdict;
	return { kind: 'waiting', absence: { ...verdict.absence, verdict: 'unknown' } };
}

/** Whether a listing has the person, by any of what may have stayed the same. */
function isIn({ byId, addresses, identities }: SecondListing, person: Person): boolean {
	const hasIdentity = person.identityId !== null && identities.has(person.identityId);
	return hasIdentity || byId.has(person.id) || addresses.has(addressOf(person) ?? '');
}

/**
 * The verdict where FreshBooks cannot be asked for one person (`businessMembers`): a second complete
 * listing decides, taken in this poll or, where it was incomplete (or not taken: `undefined`), in the next one.
 * Someone it has under another id, whom the first one missed, is left to the next poll.
 */
export function verdictOfListings(
	candidate: Candidate,
	second: SecondListing | undefined,
	isListedUnderOtherId: boolean,
): Verdict {
	const { absence } = candidate;
	const gone: Verdict = { kind: 'gone', absence: { ...absence, verdict: 'gone' } };
	if (absence.verdict === 'gone') return gone;
	const person = second?.byId.get(candidate.person.id);
	if (person !== undefined)
		return { kind: 'present', absence: { ...absence, missed: 0, verdict: 'present' }, person };
	if (second !== undefined && !isListedUnderOtherId && isIn(second, candidate.person))
		return { kind: 'waiting', absence: { ...absence, verdict: 'seen' } };
	if (second?.isComplete || absence.missed > 1) return gone;
	return { kind: 'waiting', absence: { ...absence, verdict: 'unknown' } };
}
