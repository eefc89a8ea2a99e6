import type { IDataObject } from 'n8n-workflow';

import { refusal } from '../FreshBooks/client/errors';
import { offboardEverywhere } from '../FreshBooks/people/offboarding';
import { hasAccess, hasJoined, isOwner } from '../FreshBooks/people/presence';
import { exceeds } from '../FreshBooks/people/removalLimit';
import { ScimError } from './protocol/errors';
import { WriteRefused } from './refusals';
import type { VisibleUser } from './visibleUsers';
import type { Write } from './write';

/** Removes a person for an identity provider: Offboard of the one business, within the hourly limit. */

const HOUR_MS = 3_600_000;
/** Entra ID repeats a failed request after hours, Okta when an administrator asks for it. */
const LATER_S = 300;

export interface Offboarded {
	report: IDataObject;
	/** False where there was no access to end. */
	didSomething: boolean;
}

/**
 * Counts a removal, or refuses it if it would exceed the hourly limit: a wrong group in the directory must not empty the
 * business. Throws WriteRefused 429 with a report for the workflow once an hour, else ScimError 429.
 */
function countRemoval({ service, settings, users, address }: Write, email: string, now: number): void {
	const memory = service.memory();
	const since = now - HOUR_MS;
	const removed = memory.removedSince(since, email);
	const members = users.filter(({ isMember, person }) => isMember && person.active).length;
	const { removalLimit } = settings;
	if (!exceeds(removalLimit, removed + 1, members + removed)) return memory.remember(email, { removedAt: now }, now);
	const allowed = removalLimit.unit === 'percent' ? `${removalLimit.maxRemovals} % of the business` : `${removalLimit.maxRemovals} people`;
	const detail = `${address} was not removed: ${removed} of ${members + removed} team members lost their access within the last hour, and the limit is ${allowed}. Check the assignments in the identity provider. If they are right, raise 'Max Removals' in the FreshBooks SCIM Trigger${removed > 0 ? ', or wait' : ''}.`;
	const retryAfter = Math.max(1, Math.ceil(((memory.firstRemovedSince(since) ?? now) - since) / 1000));
	const error = new ScimError(429, detail, { retryAfter });
	throw memory.isLimitReportDue(now, HOUR_MS) ? new WriteRefused(error, { status: 'limitReached', message: detail, email: address }) : error;
}

function forbidden(detail: string, report: IDataObject): WriteRefused {
	return new WriteRefused(new ScimError(403, detail), report);
}

/** A person whom the lists do not show under the address. Nothing is done; one report says so where access had been given. */
function notListed({ service, settings, presence, address }: Write, { person }: VisibleUser): Offboarded {
	const { businessId } = settings;
	if (hasAccess(presence)) throw refusal(`FreshBooks lists ${address} without an address now`, 'To fix this, remove the person in FreshBooks, under Team Members.');
	const inAt = service.memory().of(person.email)?.inAt ?? null;
	if (inAt === null) return { report: {}, didSomething: false };
	const message = `FreshBooks does not list ${address} any more: the access ended before. If the person accepted with another address, remove that one in FreshBooks, under Team Members.`;
	return { report: { status: 'notFound', message, email: address, businessId }, didSomething: true };
}

/**
 * Offboards a user from the business, and returns when FreshBooks' lists show no access. Throws WriteRefused where it is not done:
 * 403 for an owner and the connected user, 429 at the limit, 501 where FreshBooks does not offer it, 503 in any other case.
 */
export async function offboardUser(write: Write, user: VisibleUser): Promise<Offboarded> {
	const { service, settings, session, lists, presence, address } = write;
	const { businessId, archiveStaff } = settings;
	if (user.listedAs === null) return notListed(write, user);
	if (!user.person.active && !hasAccess(presence.elsewhere)) return { report: {}, didSomething: false };
	if (isOwner(presence)) {
		const message = `${address} owns the business, and an identity provider cannot remove an owner. To fix this, remove the assignment there. Only FreshBooks' support can transfer a business.`;
		throw forbidden(message, { status: 'refused', message, email: address, businessId });
	}
	const membership = (await session.getMe()).memberships.find((one) => one.businessId === businessId);
	if (!membership) throw refusal(`The connected FreshBooks user does not belong to business ${businessId} any more`, 'To fix this, connect an owner or admin of that business.');

	const memory = service.memory();
	const { email } = user.person;
	const before = memory.of(email)?.removedAt ?? null;
	// A revoked invitation is not a removal, also where FreshBooks lists invited people among the members.
	const isRemoval = user.isMember && user.person.active && (presence.invitations.length === 0 || hasJoined(presence));
	if (isRemoval) countRemoval(write, email, Date.now());
	// If it fails, the repeated request finds the person.
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
		// A removal that FreshBooks accepted counts, also where its lists do not show it yet.
		if (isRemoval && !isRemoved && session.writes.accepted(businessId).removals.length === 0) memory.remember(email, { removedAt: before }, Date.now());
	}
}
