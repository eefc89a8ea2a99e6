// What was true when: the sandbox's history, turned into one timeline for each person and each invitation.
import type { Business, HistoryEntry, Invitation, InvitationStatus } from '../../../sandbox/freshbooks/types.mts';

/** The fields of a person that the trigger compares. */
export type PersonState = NonNullable<HistoryEntry['person']>;

/** A state, and since when it was the current one (milliseconds by the machine's clock). */
export interface Version<State> {
	readonly from: number;
	readonly state: State;
}

export interface PersonTimeline {
	readonly businessId: number;
	readonly memberId: number;
	/** Undefined: not in the business. Never empty. */
	readonly versions: Array<Version<PersonState | undefined>>;
	/** The old UUIDs that FreshBooks still answers. */
	readonly answeredUuids: Set<unknown>;
}

export interface InvitationTimeline {
	readonly businessId: number;
	readonly id: number;
	readonly email: string;
	readonly role: string;
	/** Undefined: not created yet. Never empty. */
	readonly versions: Array<Version<InvitationStatus | undefined>>;
}

/** The state when the triggers read their first lists. */
export type Beginning = ReadonlyArray<Pick<Business, 'id' | 'name' | 'members' | 'invitations'>>;

/** The index of the version that was current at a time. */
export function placeAt<State>(versions: ReadonlyArray<Version<State>>, time: number): number {
	let place = 0;
	while (place + 1 < versions.length && (versions[place + 1]?.from ?? Infinity) <= time) place += 1;
	return place;
}

/** Whether nothing changed from one time to another. */
export function isConstant<State>(versions: ReadonlyArray<Version<State>>, from: number, to: number): boolean {
	return !versions.some((version) => version.from >= from && version.from <= to);
}

/** The state that was current at a time. */
export function stateAt<State>(versions: ReadonlyArray<Version<State>>, time: number): State | undefined {
	return versions[placeAt(versions, time)]?.state;
}

/** Every state in the businesses of the campaign. */
export class Timelines {
	readonly people = new Map<string, PersonTimeline>();
	readonly invitations = new Map<string, InvitationTimeline>();
	/** When anything changed about the people of a business. */
	readonly changesOf = new Map<number, number[]>();
	readonly names = new Map<number, string>();
	/** The person of each present or former UUID, by business. */
	readonly #memberIds = new Map<string, number>();

	constructor(beginning: Beginning, history: readonly HistoryEntry[]) {
		for (const { id, name, members, invitations } of beginning) {
			this.names.set(id, name);
			for (const member of members) this.#person(id, member, -Infinity, personOf(member));
			for (const invitation of invitations) this.#invitation(id, invitation, -Infinity);
		}
		for (const entry of history) this.#take(entry);
	}

	person(businessId: number, memberId: number): PersonTimeline | undefined {
		return this.people.get(`${businessId}:${memberId}`);
	}

	invitation(businessId: number, id: number): InvitationTimeline | undefined {
		return this.invitations.get(`${businessId}:${id}`);
	}

	/** The whole-number ID of the person who has or had this UUID. */
	memberIdOf(businessId: number, uuid: string): number | undefined {
		return this.#memberIds.get(`${businessId}:${uuid}`);
	}

	/** Everybody of a business who ever had this address. */
	withAddress(businessId: number, email: string): PersonTimeline[] {
		const wanted = email.toLowerCase();
		return [...this.people.values()].filter(
			(person) => person.businessId === businessId && person.versions.some(({ state }) => state?.email.toLowerCase() === wanted),
		);
	}

	#take({ kind, businessId, person, details, machineAt }: HistoryEntry): void {
		if (businessId === null) return;
		if (person) {
			this.#person(businessId, person, machineAt, kind === 'memberRemoved' ? undefined : person);
			if (kind === 'memberIdChanged' && details['oldAnswers'] === true) this.person(businessId, person.memberId)?.answeredUuids.add(details['from']);
			const times = this.changesOf.get(businessId) ?? [];
			times.push(machineAt);
			this.changesOf.set(businessId, times);
		}
		if (kind.startsWith('invitation')) this.#invitation(businessId, details as unknown as Invitation, machineAt);
	}

	#person(businessId: number, { memberId, uuid }: PersonState, from: number, state: PersonState | undefined): void {
		const key = `${businessId}:${memberId}`;
		const known = this.people.get(key) ?? { businessId, memberId, versions: from === -Infinity ? [] : [{ from: -Infinity, state: undefined }], answeredUuids: new Set() };
		known.versions.push({ from, state });
		this.people.set(key, known);
		this.#memberIds.set(`${businessId}:${uuid}`, memberId);
	}

	#invitation(businessId: number, { id, email, role, status }: Invitation, from: number): void {
		const key = `${businessId}:${id}`;
		const known = this.invitations.get(key) ?? { businessId, id, email, role, versions: from === -Infinity ? [] : [{ from: -Infinity, state: undefined }] };
		known.versions.push({ from, state: status });
		this.invitations.set(key, known);
	}
}

/** A copy: the sandbox changes its people in place. */
export function personOf({ uuid, memberId, email, role, active, firstName, lastName, identityId }: PersonState): PersonState {
	return { uuid, memberId, email, role, active, firstName, lastName, identityId };
}
