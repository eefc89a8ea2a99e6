import { failureOf } from '../client/errors';
import type { BusinessMembership } from '../api/me';
import type { Session } from './session';

/** The business that a simplified person belongs to; `name` is null where FreshBooks does not say it. */
export type NamedBusiness = Pick<BusinessMembership, 'businessId' | 'name'>;

const memberships = new WeakMap<Session, Promise<BusinessMembership[]>>();

/** Where users/me cannot be read, people are listed without their business's name rather than not at all. */
async function readMemberships(session: Session): Promise<BusinessMembership[]> {
	return await session.getMe().then(
		(me) => me.memberships,
		(error: unknown) => (failureOf(error)?.kind === 'cancelled' ? Promise.reject(error) : []),
	);
}

/** A business with its name from users/me, which is asked once per execution, also when it fails. Throws when the run is cancelled. */
export async function businessOf(session: Session, businessId: number): Promise<NamedBusiness> {
	const read = memberships.get(session) ?? readMemberships(session);
	memberships.set(session, read);
	return { businessId, name: (await read).find((membership) => membership.businessId === businessId)?.name ?? null };
}
