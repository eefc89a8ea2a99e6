import type { IDataObject } from 'n8n-workflow';

import { refusal } from '../FreshBooks/client/errors';
import { offboardEverywhere } from '../FreshBooks/people/offboarding';
import { hasAccess, hasJoined, isOwner } from '../FreshBooks/people/presence';
import { exceeds } from '../FreshBooks/people/removalLimit';
import { ScimError } from './protocol/errors';
import { WriteRefused } from './refusals';
import type { VisibleUser } from './visibleUsers';
import type { Write } from './write';

/** Taking somebody out for an identity provider: Offboard of the one business, within the limit of an hour. */

const HOUR_MS = 3_600_000;
/** Entra ID repeats what failed after hours, Okta when an administrator says so. */
const LATER_S = 300;

export interface TakenOut {
	report: IDataObject;
	/** False where nothing was left to take away. */
	didSomething: boolean;
}

/**
 * Refuses a removal that would be more than the limit allows in an hour; else counts it. A wrong group in the directory must not
 * empty the books. Throws WriteRefused 429, with a report for the workflow once in an hour.
 */
function countRemoval({ service, settings, users, address }: Write, email: string, now: number): void {
	const memory = service.memory();
	const since = now - HOUR_MS;
	const removed = memory.removedSince(since, email);
	const members = users.filter(({ isMember, person }) => isMember && person.active).length;
	const { removalLimit } = settings;
	if (!exceeds(removalLimit, removed + 1, members + removed)) return memory.remember(email, { removedAt: now }, now);
	const allowed = removalLimit.unit === 'percent' ? `${removalLimit.maxRemovals} % of the business` : `${removalLimit.maxRemovals} people`;
	const detail = `${address} was not taken out: ${removed} of ${members + removed} members lost their access within the last hour, and the limit is ${allowed}. Check the assignments in the identity provider; if they are right, raise 'Max Removals' in the FreshBooks SCIM Trigger${removed > 0 ? ', or wait' : ''}.`;
	const retryAfter = Math.max(1, Math.ceil(((memory.firstRemovedSince(since) ?? now) - since) / 1000));
	const error = new ScimError(429, detail, { retryAfter });
	throw memory.isLimitReportDue(now, HOUR_MS) ? new WriteRefused(error, { status: 'limitReached', message: detail, email: address }) : error;
}

function forbidden(detail: string, report: IDataObject): WriteRefused {
	return new WriteRefused(new ScimError(403, detail), report);
}

/** Somebody whom the lists do not show under the address. Nothing is taken away, which is said once where access had been given. */
function notListed({ service, settings, presence, address }: Write, { person }: VisibleUser): TakenOut {
	const { businessId } = settings;
	if (hasAccess(presence)) throw refusal(`FreshBooks lists ${address} without an address now`, 'Remove the person in FreshBooks itself, under Team Members.');
	const inAt = service.memory().of(person.email)?.inAt ?? null;
	if (inAt === null) return { report: {}, didSomething: false };
	const message = `FreshBooks does not list ${address} any more: the access was taken away before. If the person accepted with another address, remove that one under Team Members.`;
	return { report: { status: 'notFound', message, email: address, businessId }, didSomething: true };
}

/**
 * Offboards a user from the business, and answers when FreshBooks' lists show no access. Throws WriteRefused where it is not done:
 * 403 for an owner and the connected user, 429 at the limit, 501 where FreshBooks does not offer it, 503 for anything else.
 */
export async function takeOut(write: Write, user: VisibleUser): Promise<TakenOut> {
	const { service, settings, session, lists, presence, address } = write;
	const { businessId, archiveStaff } = settings;
	if (user.listedAs === null) return notListed(write, user);
	if (!user.person.active && !hasAccess(presence.elsewhere)) return { report: {}, didSomething: false };
	if (isOwner(presence)) {
		const message = `${address} is an owner of the business and is never taken out by an identity provider. Remove the assignment there; FreshBooks' support transfers a business.`;
		throw forbidden(message, { status: 'refused', message, email: address, businessId });
	}
	const membership = (await session.getMe()).memberships.find((one) => one.businessId === businessId);
	if (!membership) throw refusal(`The connected FreshBooks user does not belong to business ${businessId} any more`, 'Connect as an owner or admin of that business.');

	const memory = service.memory();
	const { email } = user.person;
	const before = memory.of(email)?.removedAt ?? null;
	// An invitation that is revoked is no removal, also where FreshBooks lists who is invited among its people.
	const isRemoval = user.isMember && user.person.active && (presence.invitations.length === 0 || hasJoined(presence));
	if (isRemoval) countRemoval(write, email, Date.now());
	// Whatever becomes of it, the repeated request finds the person.
	memory.remember(email, { inAt: Date.now() }, Date.now());
	let isRemoved = false;
	try {
		const report = await offboardEverywhere(session, { email: user.listedAs, dryRun: false, archiveStaff, includeOtherAddresses: false, chosenOneByOne: true }, [membership]);
		const [business] = report.businesses;
		isRemoved = business.done.some(({ action }) => action === 'memberRemoved');
		const plain = report as unknown as IDataObject;
		if (report.status === 'refused') throw forbidden(report.message, plain);
		if (report.status !== 'partial') return { report: plain, didSomething: business.done.length > 0 };
		const isOffered = lists.businessMembers.state !== 'notOffered' || isRemoved;
		throw new WriteRefused(isOffered ? new ScimError(503, report.message, { retryAfter: LATER_S }) : new ScimError(501, report.message), plain);
	} finally {
		// A removal that was accepted counts, also where FreshBooks' lists do not show it yet.
		if (isRemoval && !isRemoved && session.writes.accepted(businessId).removals.length === 0) memory.remember(email, { removedAt: before }, Date.now());
	}
}
