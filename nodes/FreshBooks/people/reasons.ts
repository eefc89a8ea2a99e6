import type { BusinessMembership } from '../api/me';
import { failureOf, type FailureKind, type FreshBooksError } from '../client/errors';
import { textOf } from '../client/errorTexts';

/** Why something failed, in the words of the node's errors; without a full stop. */
export function reasonOf(error: unknown): string {
	const failure = failureOf(error);
	if (failure) return textOf(failure).message;
	return error instanceof Error ? error.message : String(error);
}

/** How to fix what FreshBooks' API does not do. */
export const BY_HAND = 'To fix this, remove the person in FreshBooks itself, under Team Members.';

/** Failures that end by themselves. */
const PASSES: ReadonlySet<FailureKind> = new Set(['conflict', 'malformed', 'notJson', 'outage', 'rateLimited', 'unclear', 'unreachable']);
/** Failures of the credential. Their own description says how to fix them. */
const OF_CREDENTIAL: ReadonlySet<FailureKind> = new Set(['reconnect', 'redirect', 'refused', 'scope']);

/** Why a removal failed, and how to fix it; sentences. */
export function removalReason(error: FreshBooksError): string {
	const { failure } = error;
	const reason = `${reasonOf(error)}.`;
	if (PASSES.has(failure.kind)) return `${reason} To fix this, run it again later.`;
	if (OF_CREDENTIAL.has(failure.kind)) return `${reason} ${textOf(failure).description}`;
	return `${reason} ${failure.kind === 'permission' ? BY_HAND.replace('remove', 'connect as an owner or admin, or remove') : BY_HAND}`;
}

const REFUSES_LISTS: ReadonlySet<FailureKind | undefined> = new Set(['notFound', 'notPublished', 'permission']);

/** How to go on without a closed business whose lists FreshBooks refuses (403, 404), after the reason; empty for any other business. */
export function withoutClosed({ active }: Pick<BusinessMembership, 'active'>, error: FreshBooksError | undefined): string {
	return active === false && REFUSES_LISTS.has(failureOf(error)?.kind) ? '. It is closed: to leave it out, choose the businesses one by one' : '';
}

/** True for failures that end the run: it was cancelled, or this package has a defect. */
export function endsTheRun(error: unknown): boolean {
	const failure = failureOf(error);
	return failure === undefined || failure.kind === 'cancelled';
}
