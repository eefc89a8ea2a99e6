// Whether the state that an identity provider requested last for each person is true, if the answers said so.
import { invitationsOf, isMemberAt, isPendingAt } from './access.mts';
import type { Finding } from './findings.mts';
import type { Timelines } from './timelines.mts';

/** The state that a provider requested last for a person. */
export interface Wish {
	readonly email: string;
	readonly isAssigned: boolean;
	/** The answer was 200, 201 or 204, or the state was so already. */
	readonly isDone: boolean;
}

function problemOf({ email, isAssigned, isDone }: Wish, businessId: number, timelines: Timelines, settledAt: number): Omit<Finding, 'at'> | undefined {
	const wish = isAssigned ? 'in' : 'out';
	if (!isDone) return { kind: 'lost', words: `the identity provider requested that ${email} is ${wish}, and no answer said that it was done.` };
	const isMember = isMemberAt(timelines, businessId, email, settledAt);
	const isInvited = invitationsOf(timelines, businessId, email).some((invitation) => isPendingAt(invitation, settledAt));
	if ((isMember || isInvited) === isAssigned) return undefined;
	const is = isMember ? 'still a member' : isInvited ? 'still invited' : 'neither a member nor invited';
	return { kind: 'false', words: `the identity provider got the answer that ${email} is ${wish}, and at the end they are ${is}.` };
}

/** Judges the last requests, after the last fault. Only the provider changes its people, and they only accept. */
export function judgeProvider(wishes: Iterable<Wish>, businessId: number, timelines: Timelines, settledAt: number): Finding[] {
	return [...wishes].flatMap((wish) => {
		const problem = problemOf(wish, businessId, timelines, settledAt);
		return problem ? [{ ...problem, at: settledAt }] : [];
	});
}
