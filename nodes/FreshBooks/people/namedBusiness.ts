import { failureOf } from '../client/errors';
import type { BusinessMembership } from '../api/me';
import type { Session } from './session';

/** The business that a simplified person belongs to; `name` is null if FreshBooks gives none. */
export type NamedBusiness = Pick<BusinessMembership, 'businessId' | 'name'>;

const memberships = new WeakMap<Session, Promise<BusinessMembership[]>>();

/** If users/me cannot be read, people are listed without the name of their business. */
async function readMemberships(session: Session): Promise<BusinessMembership[]> {
	return await session.getMe().then(
		(me) => me.memberships,
		(error: unknown) => (failureOf(error)?.kind === 'cancelled' ? Promise.reject(error) : []),
	);
}

/** A business with its name. Reads users/me once per execution, even if that fails. Throws if the run is cancelled. */
export async function businessOf(session: Session, businessId: number): Promise<NamedBusiness> {
	const read = memberships.get(session) ?? readMemberships(session);
	memberships.set(session, read);
	return { businessId, name: (await read).find((membership) => membership.businessId === businessId)?.name ?? null };
}
