// Which people had access to which business, and when.
import { stateAt, type InvitationTimeline, type PersonState, type PersonTimeline, type Timelines } from './timelines.mts';

/** A person in a business during an interval, in milliseconds. */
export interface Stretch {
	readonly businessId: number;
	readonly email: string;
	readonly startedAt: number;
	readonly endedAt: number;
}

export function sameAddress(one: unknown, other: string): boolean {
	return typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
}

export function isPendingAt({ versions }: InvitationTimeline, time: number): boolean {
	return stateAt(versions, time) === 'pending';
}

export function invitationsOf({ invitations }: Timelines, businessId: number, email: string): InvitationTimeline[] {
	return [...invitations.values()].filter((invitation) => invitation.businessId === businessId && sameAddress(invitation.email, email));
}

/** Whether the address was listed as a member at a time. */
export function isMemberAt(timelines: Timelines, businessId: number, email: string, time: number): boolean {
	return timelines.withAddress(businessId, email).some(({ versions }) => sameAddress(stateAt(versions, time)?.email, email));
}

/** The start of an interval, every later moment in it at which one of these changed, and its end. */
export function momentsWithin({ startedAt, endedAt }: Pick<Stretch, 'startedAt' | 'endedAt'>, timelines: ReadonlyArray<{ versions: ReadonlyArray<{ from: number }> }>): number[] {
	const times = timelines.flatMap(({ versions }) => versions.map(({ from }) => from));
	return [startedAt, ...times.filter((time) => time > startedAt && time <= endedAt), endedAt];
}

/** The moments of an interval at which anything about an address may have changed. */
export function momentsOf(timelines: Timelines, stretch: Stretch): number[] {
	const { businessId, email } = stretch;
	return momentsWithin(stretch, [...timelines.withAddress(businessId, email), ...invitationsOf(timelines, businessId, email)]);
}

/** Every row of the person: those that had the address during the interval, and those that share an identity with one of these. */
export function rowsOf(timelines: Timelines, stretch: Stretch): PersonTimeline[] {
	const { businessId, email } = stretch;
	const statesOf = (row: PersonTimeline): PersonState[] => momentsWithin(stretch, [row]).flatMap((time) => stateAt(row.versions, time) ?? []);
	const ofBusiness = [...timelines.people.values()].filter((row) => row.businessId === businessId);
	const named = ofBusiness.filter((row) => statesOf(row).some((state) => sameAddress(state.email, email)));
	const identities = new Set(named.flatMap((row) => statesOf(row).flatMap(({ identityId }) => identityId ?? [])));
	return ofBusiness.filter((row) => named.includes(row) || statesOf(row).some(({ identityId }) => identityId !== null && identities.has(identityId)));
}
