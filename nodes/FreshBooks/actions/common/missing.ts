import { FreshBooksApiError, failureOf } from '../../api/failures';

/** What a removal that FreshBooks answered with "not there" amounts to. */
export interface MissingCheck {
	/** The user asked to treat a missing thing as done. */
	succeedIfMissing: boolean;
	/** Reads the list again: is the thing still in it? */
	stillListed: () => Promise<boolean>;
}

/**
 * Carries out a removal and settles a 404. The endpoints are unpublished, so a 404 may also mean that FreshBooks does not
 * offer them at all: nothing counts as gone before a list that could be read shows that it is.
 *
 * @returns 'removed', or 'missing' when it was not there and the user takes that for done
 * @throws the FreshBooksApiError of the removal otherwise
 */
export async function removeOrSettle(remove: () => Promise<void>, check: MissingCheck): Promise<'removed' | 'missing'> {
	const error = await remove().then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (error === undefined) return 'removed';
	const failure = failureOf(error);
	if (failure?.kind !== 'notFound' && failure?.kind !== 'notPublished') return await Promise.reject(error);
	const listed = await check.stillListed().catch(() => true);
	if (listed) return await Promise.reject(error);
	// An earlier try of this very request had ended without a clear answer: it was that one which removed it.
	if (failure.afterUnknownFate) return 'removed';
	if (check.succeedIfMissing) return 'missing';
	throw new FreshBooksApiError({ ...failure, kind: 'notFound' });
}
