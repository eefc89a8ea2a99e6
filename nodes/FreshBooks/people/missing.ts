import type { IDataObject } from 'n8n-workflow';

import { FreshBooksError, failureOf, refusal } from '../client/errors';
import { nobody, type Place } from './find';
import type { ByEmail, ById } from '../operations/common/parameters';
import type { ListName, Session } from './session';

/** What a removal that FreshBooks answered with "not there" amounts to. */
export interface MissingCheck {
	/** The user asked to treat a missing thing as done. */
	succeedIfMissing: boolean;
	/** Reads the list again: is the thing still in it, or may it be hidden? */
	stillListed: () => Promise<boolean>;
}

/**
 * Carries out a removal and settles a 404. The endpoints are unpublished, so a 404 may also mean that FreshBooks does not
 * offer them at all: nothing counts as gone before a list that could be read shows that it is.
 *
 * @returns 'removed', or 'missing' when it was not there and the user takes that for done
 * @throws the FreshBooksError of the removal otherwise
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
	throw new FreshBooksError({ ...failure, kind: 'notFound' });
}

/** One thing to take out of a list of a business: a member, or a pending invitation. */
export interface Removal {
	businessId: number;
	list: ListName;
	place: Place;
	/** How the user named it. */
	named: ById<number> | ByEmail;
	/** What that turned out to be; undefined when the list has nobody with the address. */
	found: { id: number; email: string | null } | undefined;
	/** Under which name the ID is answered. */
	idName: 'memberId' | 'invitationId';
	ifMissing: string;
	remove: (id: number) => Promise<void>;
}

/** Somebody may be hidden in a list that FreshBooks itself counts longer: nobody is called gone by it. */
function refuseDoubt(doubt: string | undefined): void {
	if (doubt === undefined) return;
	throw refusal(
		`It cannot be said that nobody is there: ${doubt}`,
		'Nothing was changed. Run it again; if it stays so, connect a user who may see everyone.',
	);
}

async function settleNobody(session: Session, { businessId, list, named, place, ifMissing }: Removal): Promise<IDataObject> {
	const email = named.by === 'email' ? named.email : '';
	const { doubt } = await session[list](businessId);
	if (ifMissing !== 'succeed') throw nobody(email, place, doubt);
	refuseDoubt(doubt);
	return { deleted: true, businessId, email, alreadyMissing: true };
}

/**
 * Removes what was found and answers `{deleted: true, …}`; `alreadyMissing` tells that there was nothing to remove and the
 * user takes that for done. Throws FreshBooksError.
 */
export async function removeFromBusiness(session: Session, removal: Removal): Promise<IDataObject> {
	const { businessId, list, found, idName, ifMissing, remove } = removal;
	if (!found) return await settleNobody(session, removal);
	const outcome = await removeOrSettle(async () => await remove(found.id), {
		succeedIfMissing: ifMissing === 'succeed',
		stillListed: async () => {
			session.forgetList(list, businessId);
			const roster = await session[list](businessId);
			return roster.doubt !== undefined || roster.has(found.id);
		},
	});
	await session.dropFromList(list, businessId, found.id);
	const answer: IDataObject = { deleted: true, businessId, [idName]: found.id };
	if (found.email !== null) answer.email = found.email;
	return outcome === 'removed' ? answer : { ...answer, alreadyMissing: true };
}
