// Whether an identity provider's last wish about each person came true, where it was answered that it did.
import { invitationsOf, isMemberAt, isPendingAt } from './access.mts';
import type { Finding } from './findings.mts';
import type { Timelines } from './timelines.mts';

/** What a provider wanted of a person last. */
export interface Wish {
	readonly email: string;
	readonly isIn: boolean;
	/** It was answered 200, 201 or 204, or found so. */
	readonly isDone: boolean;
}

function problemOf({ email, isIn, isDone }: Wish, businessId: number, timelines: Timelines, settledAt: number): Omit<Finding, 'at'> | undefined {
	const wish = isIn ? 'in' : 'out';
	if (!isDone) return { kind: 'lost', words: `the identity provider wanted ${email} ${wish}, and was never answered that they are, however often it asked.` };
	const isMember = isMemberAt(timelines, businessId, email, settledAt);
	const isInvited = invitationsOf(timelines, businessId, email).some((invitation) => isPendingAt(invitation, settledAt));
	if ((isMember || isInvited) === isIn) return undefined;
	const is = isMember ? 'still a member' : isInvited ? 'still invited' : 'neither a member nor invited';
	return { kind: 'false', words: `the identity provider was answered that ${email} is ${wish}, and they are ${is} in the end.` };
}

/** Judges the last wishes, after the last fault. Nobody but the provider changes its people, and they only accept. */
export function judgeProvider(wishes: Iterable<Wish>, businessId: number, timelines: Timelines, settledAt: number): Finding[] {
	return [...wishes].flatMap((wish) => {
		const problem = problemOf(wish, businessId, timelines, settledAt);
		return problem ? [{ ...problem, at: settledAt }] : [];
	});
}
