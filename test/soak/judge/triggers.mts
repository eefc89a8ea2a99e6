// Compares a trigger's items with the history.
import type { InvitationStatus } from '../../../sandbox/freshbooks/types.mts';
import { sameAddress } from './access.mts';
import { clock, type Finding, type FindingKind } from './findings.mts';
import type { Poll, Reading } from './polls.mts';
import { isConstant, placeAt, stateAt, type InvitationTimeline, type PersonState, type PersonTimeline, type Timelines, type Version } from './timelines.mts';

/** The judged fields of an item of the trigger. */
export interface Item {
	readonly event: string;
	readonly eventId: string;
	readonly detectedAt: string;
	readonly business: { readonly id: number };
	readonly member?: Fields;
	readonly invitation?: { readonly id: number | null; readonly email: string | null };
	readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
	/** The person as read before. */
	readonly previous?: Fields | null;
}

export type Fields = Readonly<Record<string, unknown>>;

/** An error execution: the message and the description as n8n shows them. */
export interface ShownError {
	readonly at: number;
	readonly text: string;
}

/** A trigger and its items, in the order of its executions. */
export interface Watcher {
	readonly name: string;
	readonly source: 'teamMembers' | 'businessMembers';
	readonly businessIds: readonly number[];
	readonly watchesInvitations: boolean;
	/** Names, addresses and IDs are reported too. */
	readonly watchesProfiles: boolean;
	readonly items: readonly Item[];
	readonly errors: readonly ShownError[];
	readonly polls: readonly Poll[];
}

/** The fields of a person in each source: the list of business members has no others (sandbox, third-party guide). */
const SEEN_IN = {
	teamMembers: { profile: ['id', 'email', 'firstName', 'lastName', 'identityId'], access: ['role', 'active'] },
	businessMembers: { profile: ['id', 'email'], access: ['role'] },
} as const;

/** The machine's clock ticks in milliseconds on both sides. */
const TICK_MS = 5;

/** An interval in which a trigger must have read the state. */
interface Checkpoint {
	/** The state must have been the same from here to `to`. */
	readonly from: number;
	readonly to: number;
	/** Changes that it found here have an earlier `detectedAt`. */
	readonly reportedBy: number;
	readonly paged: boolean;
}

/** A value that an answer left out: it equals every other value. */
const NOT_SAID = 'not said';
/** The fields that answers with the fault 'fields left out' lack; the trigger then keeps the values read before. */
const LEFT_OUT: ReadonlySet<string> = new Set(['role', 'firstName', 'lastName']);

/** A person as the trigger shows them; undefined: not there. */
type Shown = Readonly<Record<string, unknown>> | undefined;

/** The trigger treats FreshBooks' empty texts as no value. */
function orNull(value: unknown): unknown {
	return value === '' || value === undefined ? null : value;
}

/** A person who is new in an answer that left fields out. */
function withoutNulls(shown: Shown): Shown {
	return shown && Object.fromEntries(Object.entries(shown).map(([field, value]) => [field, LEFT_OUT.has(field) && value === null ? NOT_SAID : value]));
}

/** The fields of a person in an answer that left fields out. */
function withoutLeftOut(shown: Shown): Shown {
	return shown && Object.fromEntries(Object.entries(shown).map(([field, value]) => [field, LEFT_OUT.has(field) ? NOT_SAID : value]));
}

class Judging {
	readonly findings: Finding[] = [];
	readonly #watcher: Watcher;
	readonly #timelines: Timelines;
	readonly #settledAt: number;
	/** The fields of a person whose changes the trigger reports. */
	readonly #fields: readonly string[];

	constructor(watcher: Watcher, timelines: Timelines, settledAt: number) {
		this.#watcher = watcher;
		this.#timelines = timelines;
		this.#settledAt = settledAt;
		const { profile, access } = SEEN_IN[watcher.source];
		this.#fields = watcher.watchesProfiles ? [...profile, ...access] : access;
	}

	#find(kind: FindingKind, at: number, words: string): void {
		this.findings.push({ kind, at, words: `${this.#watcher.name}, ${clock(at)}: ${words}` });
	}

	judge(): void {
		const people = new Map<PersonTimeline, Item[]>();
		const invitations = new Map<InvitationTimeline, Item[]>();
		for (const item of this.#onlyOnce()) {
			const problem = this.#unaskedFor(item) ?? emptyEvent(item);
			if (problem) this.#find('false', Date.parse(item.detectedAt), `${this.#describe(item)}: ${problem}`);
			else this.#sort(item, people, invitations);
		}
		for (const businessId of this.#watcher.businessIds) {
			const checkpoints = this.#checkpointsOf(businessId);
			for (const person of this.#timelines.people.values())
				if (person.businessId === businessId) this.#judgePerson(person, people.get(person) ?? [], checkpoints);
			if (!this.#watcher.watchesInvitations) continue;
			for (const invitation of this.#timelines.invitations.values())
				if (invitation.businessId === businessId) this.#judgeInvitation(invitation, invitations.get(invitation) ?? [], checkpoints);
		}
	}

	/** Why the trigger must not report the item, whatever happened. */
	#unaskedFor({ event, business }: Item): string | undefined {
		const { businessIds, watchesInvitations, watchesProfiles } = this.#watcher;
		if (!businessIds.includes(business.id)) return 'the trigger does not watch that business.';
		const isUnwatched = (event.startsWith('invitation') && !watchesInvitations) || (event === 'memberUpdated' && !watchesProfiles);
		return isUnwatched ? 'the trigger does not watch such events.' : undefined;
	}

	/** An item with the event ID of an earlier item is a repetition, and nothing else is. */
	#onlyOnce(): Item[] {
		const known = new Set<string>();
		return this.#watcher.items.filter((item) => {
			const isNew = !known.has(item.eventId);
			known.add(item.eventId);
			if (!isNew) this.#find('repeated', Date.parse(item.detectedAt), `${this.#describe(item)} was emitted again under the same event ID.`);
			return isNew;
		});
	}

	#describe({ event, member, invitation, business }: Item): string {
		return `${event} of ${String(member?.['email'] ?? invitation?.email)} in ${this.#nameOf(business.id)}`;
	}

	#nameOf(businessId: number): string {
		return this.#timelines.names.get(businessId) ?? `business ${businessId}`;
	}

	#sort(item: Item, people: Map<PersonTimeline, Item[]>, invitations: Map<InvitationTimeline, Item[]>): void {
		const { business, invitation, event } = item;
		if (invitation && event.startsWith('invitation')) {
			const timeline = invitation.id === null ? this.#acceptedOf(item, invitations) : this.#timelines.invitation(business.id, invitation.id);
			if (this.#isAcceptedTwice(item)) this.#find('false', Date.parse(item.detectedAt), `${this.#describe(item)}: one acceptance was emitted more than once.`);
			else if (timeline) invitations.set(timeline, [...(invitations.get(timeline) ?? []), item]);
			else this.#find('false', Date.parse(item.detectedAt), `${this.#describe(item)}: there never was such an invitation, or its acceptance was reported before.`);
			return;
		}
		const timeline = this.#personOf(item, item.member?.['id']);
		if (!timeline) {
			this.#find('false', Date.parse(item.detectedAt), `${this.#describe(item)}: there never was a person with the ID ${String(item.member?.['id'])}.`);
			return;
		}
		const before = this.#personOf(item, item.changes['id']?.from ?? item.member?.['id']);
		if (before === undefined || before === timeline) people.set(timeline, [...(people.get(timeline) ?? []), item]);
		else this.#sortSuccession(item, before, timeline, people);
	}

	/**
	 * One person under a new ID by the trigger's items, two people by the history. That is false if the source shows identities.
	 * If it shows none, no reader can distinguish two people who follow one another under one address from one person: the first
	 * one left, and the second one has the place of the first.
	 */
	#sortSuccession(item: Item, leaver: PersonTimeline, successor: PersonTimeline, people: Map<PersonTimeline, Item[]>): void {
		if (this.#watcher.source === 'teamMembers' || !haveOneAddress(leaver, successor) || !cameAfter(successor, leaver)) {
			this.#find('false', Date.parse(item.detectedAt), `${this.#describe(item)}: these are two people, not one under a new ID.`);
			return;
		}
		people.set(leaver, [...(people.get(leaver) ?? []), { ...item, event: 'memberRemoved' }]);
		people.set(successor, [...(people.get(successor) ?? []), { ...item, event: 'memberAdded', member: item.previous ?? undefined }, item]);
	}

	/** Several invitations of one address, sent again or revoked later, are one acceptance each time that somebody accepts. */
	#isAcceptedTwice(item: Item): boolean {
		const { business, invitation, event, detectedAt: at } = item;
		if (event !== 'invitationAccepted') return false;
		const seenBy = this.#seenBy(business.id, Date.parse(at));
		const ofAddress = [...this.#timelines.invitations.values()].filter(({ businessId, email }) => businessId === business.id && sameAddress(email, invitation?.email ?? ''));
		const accepted = ofAddress.filter(({ versions }) => versions.some(({ from, state }) => state === 'accepted' && from <= seenBy)).length;
		const reported = this.#watcher.items.slice(0, this.#watcher.items.indexOf(item) + 1).filter((other) =>
			other.event === event && other.business.id === business.id && sameAddress(other.invitation?.email, invitation?.email ?? ''),
		).length;
		return accepted > 0 && reported > accepted;
	}

	/** An acceptance whose invitation was never seen: any accepted one of that address whose acceptance is not reported yet. */
	#acceptedOf({ business, invitation }: Item, reported: ReadonlyMap<InvitationTimeline, Item[]>): InvitationTimeline | undefined {
		const isReported = (timeline: InvitationTimeline): boolean => reported.get(timeline)?.some(({ event }) => event === 'invitationAccepted') === true;
		return [...this.#timelines.invitations.values()].find((timeline) => {
			const { businessId, email, versions } = timeline;
			return businessId === business.id && email === invitation?.email && versions.some(({ state }) => state === 'accepted') && !isReported(timeline);
		});
	}

	#personOf({ business }: Item, id: unknown): PersonTimeline | undefined {
		const memberId = this.#watcher.source === 'businessMembers' ? Number(id) : this.#timelines.memberIdOf(business.id, String(id));
		return memberId === undefined ? undefined : this.#timelines.person(business.id, memberId);
	}

	/**
	 * After two clean polls in a row every change must be reported: what is uncertain after one reading is certain after the next.
	 * The same holds at the end.
	 */
	#checkpointsOf(businessId: number): Checkpoint[] {
		const checkpoints: Checkpoint[] = [];
		let before: Checkpoint | undefined;
		for (const { readings, overBy } of this.#watcher.polls) {
			const reading = readings.get(businessId);
			if (!reading) continue;
			const { from, to, paged } = reading;
			const current = reading.clean && overBy < Infinity ? { from, to, reportedBy: overBy, paged } : undefined;
			if (before && current) checkpoints.push({ ...current, from: before.from, paged: paged || before.paged });
			before = current;
		}
		const unmoved = checkpoints.filter(({ paged, from, to }) => !paged || !this.#movedBetween(businessId, from, to));
		return [...unmoved, { from: this.#settledAt, to: this.#settledAt, reportedBy: Infinity, paged: false }];
	}

	/** A poll records its time before it requests missing people one by one: it may report what it read until its last request. */
	#seenBy(businessId: number, detectedAt: number): number {
		return Math.max(detectedAt, this.#readingAt(businessId, detectedAt)?.to ?? detectedAt) + TICK_MS;
	}

	#readingAt(businessId: number, detectedAt: number): Reading | undefined {
		return this.#watcher.polls.find(({ startedAt, overBy }) => startedAt <= detectedAt && detectedAt < overBy)?.readings.get(businessId);
	}

	#movedBetween(businessId: number, from: number, to: number): boolean {
		return (this.#timelines.changesOf.get(businessId) ?? []).some((time) => time >= from && time <= to);
	}

	#shown(state: PersonState | undefined): Shown {
		const { source } = this.#watcher;
		// The sandbox lists somebody without a login as not confirmed (`routes/businessMembers.mts`), which is not a member.
		if (!state || (source === 'businessMembers' && state.identityId === null)) return undefined;
		const all: Fields = { ...state, id: source === 'teamMembers' ? state.uuid : state.memberId };
		return this.#shownIn(all);
	}

	#shownIn(member: Fields | undefined): Shown {
		return Object.fromEntries(this.#fields.map((field) => [field, orNull(member?.[field])]));
	}

	#inWords(shown: Shown): string {
		if (!shown) return 'not in the business';
		return Object.entries(shown).map(([field, value]) => `${field} ${String(value)}`).join(', ');
	}

	#judgePerson(person: PersonTimeline, items: readonly Item[], checkpoints: readonly Checkpoint[]): void {
		const { versions, businessId } = person;
		const knowledge = new Knowledge(this.#shown(stateAt(versions, -Infinity)));
		const groups = groupsOf(items);
		let next = 0;
		for (const { from, to, reportedBy } of checkpoints) {
			for (; next < groups.length && detectedAt(groups[next]) < reportedBy; next += 1) this.#takePerson(person, groups[next] ?? [], knowledge);
			if (!isConstant(versions, from, to)) continue;
			const place = placeAt(versions, from);
			const truth = this.#shown(versions[place]?.state);
			if (!isSame(knowledge.reported, truth)) {
				const who = emailOf(versions);
				this.#find('lost', to, `${who} of ${this.#nameOf(businessId)} is ${this.#inWords(truth)} since ${clock(versions[place]?.from ?? 0)}; reported was ${this.#inWords(knowledge.reported)}.`);
			}
			knowledge.reported = truth;
			knowledge.place = Math.max(knowledge.place, place);
		}
	}

	/** Takes the items of one poll about one person. */
	#takePerson(person: PersonTimeline, group: readonly Item[], knowledge: Knowledge): void {
		const at = detectedAt(group);
		const { versions, answeredUuids } = person;
		const last = placeAt(versions, this.#seenBy(person.businessId, at));
		const leftOut = this.#readingAt(person.businessId, at)?.leftOut === true;
		const hasBeenThere = versions.slice(knowledge.place, last + 1).some(({ state }) => state !== undefined);
		for (const item of group) {
			const problem = knowledge.apply(item, leftOut ? withoutNulls(this.#shownIn(item.member)) : this.#shownIn(item.member), hasBeenThere);
			if (problem) this.#find(problem.kind, at, `${this.#describe(item)}: ${problem.words}`);
			const emptied = leftOut && Object.entries(item.changes).find(([field, { to }]) => LEFT_OUT.has(field) && orNull(to) === null);
			if (emptied) this.#find('false', at, `${this.#describe(item)}: FreshBooks left out ${emptied[0]}, which is not a change.`);
		}
		const isShownAs = (state: PersonState | undefined, shown: Shown): boolean => {
			const truth = this.#shown(state);
			// A look-up by an old ID shows the present state under that ID.
			return isSame(truth && shown && answeredUuids.has(shown['id']) ? { ...truth, id: shown['id'] ?? null } : truth, leftOut ? withoutLeftOut(shown) : shown);
		};
		const placeOf = (shown: Shown): number => versions.findIndex(({ state }, place) => place >= knowledge.place && place <= last && isShownAs(state, shown));
		const place = placeOf(knowledge.reported);
		const latest = group.at(-1);
		if (place >= 0 && latest && latest.event !== 'memberRemoved' && !isSame(knowledge.reported, this.#shownIn(latest.member))) {
			this.#find('false', at, `${this.#describe(latest)}: it shows ${this.#inWords(this.#shownIn(latest.member))}, reported was ${this.#inWords(knowledge.reported)}.`);
		}
		if (place < 0) {
			// The person was as shown, but not every event that leads to this state was emitted: one is missing.
			const wasSo = latest?.event !== 'memberRemoved' && placeOf(this.#shownIn(latest?.member)) >= 0;
			const kind = wasSo ? 'lost' : 'false';
			const events = group.map((item) => this.#describe(item)).join('; ');
			const inForce = this.#inWords(this.#shown(versions[last]?.state));
			this.#find(kind, at, `${events}, so reported is ${this.#inWords(knowledge.reported)}; the current state was ${inForce} since ${clock(versions[last]?.from ?? 0)}.`);
			knowledge.reported = this.#shown(versions[last]?.state);
		}
		knowledge.place = place < 0 ? last : place;
	}

	#judgeInvitation(invitation: InvitationTimeline, items: readonly Item[], checkpoints: readonly Checkpoint[]): void {
		const { versions, businessId, email, id } = invitation;
		let reported: InvitationStatus | 'over' | undefined = stateAt(versions, -Infinity);
		let next = 0;
		for (const { from, to, reportedBy } of checkpoints) {
			for (; next < items.length && Date.parse(items[next]?.detectedAt ?? '') < reportedBy; next += 1) {
				const item = items[next];
				if (item) reported = this.#takeInvitation(invitation, item, reported);
			}
			if (!isConstant(versions, from, to)) continue;
			const truth = stateAt(versions, from);
			const isReported = truth === 'pending' ? reported === 'pending' || (reported === 'over' && this.#wentWithAnother(invitation, to)) : reported !== 'pending' || this.#wentWithAnother(invitation, to);
			if (!isReported) {
				const since = clock(versions[placeAt(versions, from)]?.from ?? 0);
				this.#find('lost', to, `invitation ${id} of ${email} to ${this.#nameOf(businessId)} is ${truth ?? 'not there'} since ${since}; reported was ${reported ?? 'nothing'}.`);
				reported = truth === 'pending' ? 'pending' : 'over';
			}
		}
	}

	#takeInvitation(invitation: InvitationTimeline, item: Item, reported: InvitationStatus | 'over' | undefined): InvitationStatus | 'over' {
		const at = Date.parse(item.detectedAt);
		const { versions } = invitation;
		const seenBy = this.#seenBy(invitation.businessId, at);
		const reached = versions.slice(0, placeAt(versions, seenBy) + 1).map(({ state }) => state);
		const isFalse = (words: string): void => {
			this.#find('false', at, `${this.#describe(item)} (invitation ${invitation.id}): ${words} The current state was ${reached.at(-1) ?? 'nothing'}.`);
		};
		if (item.event === 'invitationCreated') {
			if (reported !== undefined) isFalse('it was reported before.');
			else if (!reached.includes('pending')) isFalse('it did not exist.');
			return 'pending';
		}
		const isUnseen = item.invitation?.id === null;
		if (reported === undefined && !isUnseen && reached.includes('pending')) {
			this.#find('lost', at, `${this.#describe(item)} (invitation ${invitation.id}): the invitation itself was not reported before.`);
		} else if (reported !== 'pending' && !isUnseen) isFalse(`reported was ${reported ?? 'nothing'}.`);
		else if (item.event === 'invitationAccepted' && !reached.includes('accepted') && !this.#wentWithAnother(invitation, seenBy)) isFalse('nobody accepted it.');
		else if (item.event === 'invitationRevoked' && !reached.includes('revoked') && !this.#isGoneAgain(invitation, seenBy)) isFalse('nobody revoked it.');
		return 'over';
	}

	/**
	 * Where one person had several invitations and accepted one, FreshBooks does not show which one it was: one acceptance is
	 * reported, of any of them, and nothing about the others, although one may still be pending.
	 */
	#wentWithAnother(invitation: InvitationTimeline, seenBy: number): boolean {
		const { businessId, email } = invitation;
		const endedAs = ({ versions }: InvitationTimeline, end: InvitationStatus): boolean => versions.some(({ from, state }) => state === end && from <= seenBy);
		const others = [...this.#timelines.invitations.values()].filter((other) => other !== invitation && other.businessId === businessId && other.email === email);
		if (endedAs(invitation, 'accepted')) return others.some((other) => this.#isToldAccepted(other));
		return others.some((other) => endedAs(other, 'accepted'));
	}

	#isToldAccepted({ businessId, id }: InvitationTimeline): boolean {
		return this.#watcher.items.some((item) => item.event === 'invitationAccepted' && item.business.id === businessId && item.invitation?.id === id);
	}

	/** Somebody who accepts and leaves again between two polls is reported as a revoked invitation: the trigger never read them as a member (README). */
	#isGoneAgain({ businessId, email, versions }: InvitationTimeline, seenBy: number): boolean {
		const acceptedAt = versions.find(({ state }) => state === 'accepted')?.from;
		if (acceptedAt === undefined || acceptedAt > seenBy) return false;
		return this.#timelines.withAddress(businessId, email).some(({ versions: states }) =>
			states.some(({ from, state }) => from >= acceptedAt && from <= seenBy && state?.email.toLowerCase() !== email.toLowerCase()),
		);
	}
}

/** What a trigger has reported about one person. */
class Knowledge {
	reported: Shown;
	/** The version that was read last. */
	place = 0;

	constructor(reported: Shown) {
		this.reported = reported;
	}

	/**
	 * Takes one item; returns what does not fit the earlier reports.
	 * @param hasBeenThere the person was in the business since the last report: then this item is right, and the one that reports their joining is missing
	 */
	apply({ event, changes }: Item, member: Shown, hasBeenThere: boolean): { kind: FindingKind; words: string } | undefined {
		const before = this.reported;
		const unknown = { kind: hasBeenThere ? 'lost' : 'false', words: 'the person was not reported as joined before.' } as const;
		if (event === 'memberAdded') {
			this.reported = member;
			return before ? { kind: 'false', words: 'the person was known already.' } : undefined;
		}
		if (event === 'memberRemoved') {
			this.reported = undefined;
			return before ? undefined : unknown;
		}
		const moves = Object.entries(changes).filter(([field]) => field in (member ?? {}));
		this.reported = { ...(before ?? member), ...Object.fromEntries(moves.map(([field, { to }]) => [field, orNull(to)])) };
		if (!before) return unknown;
		const [missed] = moves.filter(([field, { from }]) => before[field] !== NOT_SAID && before[field] !== orNull(from));
		if (!missed) return undefined;
		const [field, { from }] = missed;
		return { kind: 'lost', words: `${field} is said to have been ${String(from)}, reported was ${String(before[field])}.` };
	}
}

/** The change that each event must have. */
const MOVES: Readonly<Record<string, (changes: Item['changes']) => boolean>> = {
	roleChanged: ({ role }) => isMove(role),
	memberDeactivated: ({ active }) => isMove(active) && active?.to === false,
	memberReactivated: ({ active }) => isMove(active) && active?.to === true,
	memberUpdated: (changes) => Object.values(changes).some(isMove),
};

function isMove(change: Item['changes'][string] | undefined): boolean {
	return change !== undefined && orNull(change.from) !== orNull(change.to);
}

/** Why an event reports no change, or another one than its name says; undefined if it is right. */
function emptyEvent({ event, changes }: Item): string | undefined {
	return MOVES[event]?.(changes) === false ? 'its own values show no such change.' : undefined;
}

function detectedAt(group: readonly Item[] | undefined): number {
	return Date.parse(group?.[0]?.detectedAt ?? '');
}

/** The items of one poll in one group: the person's state is complete only after all of them. */
function groupsOf(items: readonly Item[]): Item[][] {
	const groups = new Map<string, Item[]>();
	for (const item of items) groups.set(item.detectedAt, [...(groups.get(item.detectedAt) ?? []), item]);
	return [...groups.values()].sort((one, other) => detectedAt(one) - detectedAt(other));
}

function isSame(one: Shown, other: Shown): boolean {
	if (!one || !other) return one === other;
	return Object.keys(one).every((field) => one[field] === other[field] || one[field] === NOT_SAID || other[field] === NOT_SAID);
}

function haveOneAddress(one: PersonTimeline, other: PersonTimeline): boolean {
	const addresses = new Set(one.versions.map(({ state }) => state?.email.toLowerCase()));
	return other.versions.some(({ state }) => state !== undefined && addresses.has(state.email.toLowerCase()));
}

/** Somebody who was there at the same time as the leaver is another person, whatever address they took over. */
function cameAfter(successor: PersonTimeline, leaver: PersonTimeline): boolean {
	const cameAt = successor.versions.find(({ state }) => state !== undefined)?.from ?? Infinity;
	const leftAt = leaver.versions.findLast(({ state }) => state === undefined)?.from ?? Infinity;
	return cameAt >= leftAt;
}

function emailOf(versions: ReadonlyArray<Version<PersonState | undefined>>): string {
	return versions.findLast(({ state }) => state !== undefined)?.state?.email ?? 'somebody';
}

/**
 * Judges all items of one trigger.
 * @param settledAt a time by which everything must be reported; nothing changed after it
 */
export function judgeTrigger(watcher: Watcher, timelines: Timelines, settledAt: number): Finding[] {
	const judging = new Judging(watcher, timelines, settledAt);
	judging.judge();
	return judging.findings;
}
