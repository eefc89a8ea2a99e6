import type { IDataObject } from 'n8n-workflow';

import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import { asOutput, control, fault, INVITATIONS, ONE_MEMBER, people, TEAM, type SandboxMember } from './onSandbox';

/** Random lives of the people in the sandbox, and a reader of the trigger's items who believes nothing. */

interface Invitation extends IDataObject {
	id: number;
	email: string;
	status: string;
}

/** Everyone there is, by business. */
export interface Truth {
	members: Map<string, IDataObject>;
	invitations: Map<string, string>;
}

interface HistoryEntry {
	kind: string;
	businessId: number;
	person: { uuid?: string } | null;
	details: { id?: number; from?: string };
}

const ROLES = ['business_employee', 'business_manager', 'contractor', 'chief_of_cake'];
const TROUBLES: Array<[string, string, IDataObject]> = [
	['status', TEAM, { count: 5 }],
	['status', TEAM, { count: 1 }],
	['status', ONE_MEMBER, { count: 0 }],
	['html502', ONE_MEMBER, { count: 0 }],
	['status', INVITATIONS, { count: 0 }],
	['emptyList', TEAM, { count: 2, keepTotal: true }],
	['emptyList', INVITATIONS, { count: 1 }],
	['rotateRows', TEAM, { count: 3 }],
	['rotateRows', TEAM, { count: 0, by: -1 }],
	['shiftRows', TEAM, { count: 0 }],
	['totalTooLarge', TEAM, { count: 0, probability: 0.5 }],
	['truncatedJson', TEAM, { count: 3 }],
	['wrongShape', 'GET /users/me', { count: 1 }],
	['resetBefore', '', { count: 0, probability: 0.3 }],
	['status', '', { count: 0, probability: 0.3 }],
];

/** Random numbers that come again with the same seed (mulberry32). */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

export class Story {
	changes = 0;

	private readonly random: () => number;

	private count = 0;

	/** A person who accepts and leaves, or changes the address, within a minute looks like a revoked invitation. */
	private readonly joined = new Set<string>();

	private constructor(
		private readonly seed: number,
		private readonly businesses: number[],
	) {
		this.random = seeded(seed);
	}

	static async begin(seed: number, businesses: number[]): Promise<Story> {
		await control('POST', '/reset');
		return new Story(seed, businesses);
	}

	/** A whole number below `sides`. */
	dice(sides: number): number {
		return Math.floor(this.random() * sides);
	}

	/** Up to five changes of people, of any kind. */
	async changeSomething(): Promise<void> {
		for (let left = this.dice(6); left > 0; left--) {
			const business = this.businesses[this.dice(this.businesses.length)];
			const members = (await people.all(business)).slice(1);
			const someone = members[this.dice(members.length)]?.email;
			await this.change(business, someone);
			this.changes++;
		}
	}

	private async change(business: number, someone: string | undefined): Promise<void> {
		this.count++;
		const name = `person${this.seed}x${this.count}@example.com`;
		const what = this.dice(10);
		if ((what === 1 || what === 6) && someone !== undefined && this.joined.has(someone)) return;
		if (what === 0 || someone === undefined) await people.add(name, { role: ROLES[this.dice(4)] }, business);
		else if (what === 1) await people.remove(someone, business);
		else if (what === 2) await people.change(someone, { role: ROLES[this.dice(4)] }, business);
		else if (what === 3) await people.deactivate(someone, business);
		else if (what === 4) await people.reactivate(someone, business);
		else if (what === 5) await people.change(someone, { lastName: `Name ${this.count}` }, business);
		else if (what === 6) await people.change(someone, { email: name }, business);
		else if (what === 7) await this.giveNewId(someone, business);
		else if (what === 8) await people.invite(name, ROLES[this.dice(4)], business);
		else await this.answerAnInvitation(business);
	}

	/** Nobody could tell who a person without an identity is whose id and address change in the same minute. */
	private async giveNewId(someone: string, business: number): Promise<void> {
		if ((await people.get(someone, business)).identityId !== null) await people.newId(someone, business);
	}

	private async answerAnInvitation(business: number): Promise<void> {
		const { invitations } = await control<{ invitations: Invitation[] }>('GET', `/businesses/${business}`);
		const open = invitations.filter(({ status }) => status === 'pending');
		if (open.length === 0) return;
		const { email } = open[this.dice(open.length)];
		if (this.dice(2) === 1) {
			await people.revoke(email, business);
			return;
		}
		await people.accept(email, business);
		this.joined.add(email);
	}

	/** FreshBooks misbehaves in one way during the next poll. */
	async troubleSomething(): Promise<void> {
		const [kind, route, params] = TROUBLES[this.dice(TROUBLES.length)];
		await fault(kind, route, params);
	}

	async truth(): Promise<Truth> {
		const truth: Truth = { members: new Map(), invitations: new Map() };
		for (const business of this.businesses) {
			const { members, invitations } = await control<{ members: SandboxMember[]; invitations: Invitation[] }>('GET', `/businesses/${business}`);
			for (const member of members) truth.members.set(`${business} ${member.uuid}`, asOutput(member));
			for (const { id, email, status } of invitations) if (status === 'pending') truth.invitations.set(`${business} ${id}`, email);
		}
		return truth;
	}

	/** What the sandbox wrote down of every change: the kinds that each person, under any of their ids, and each invitation has been through. */
	async everSeen(): Promise<Set<string>> {
		const history = await control<HistoryEntry[]>('GET', '/history');
		const lastIds = new Map(history.filter(({ kind }) => kind === 'memberIdChanged').map(({ person, details }) => [details.from, person?.uuid]));
		const lastOf = (uuid: string | undefined): string | undefined => (lastIds.has(uuid) ? lastOf(lastIds.get(uuid)) : uuid);
		const idsOf = (uuid: string | undefined) => [lastOf(uuid), ...[...lastIds.keys()].filter((id) => lastOf(id) === lastOf(uuid))];
		return new Set(
			history.flatMap(({ kind, businessId, person, details }) => [
				...idsOf(person?.uuid).map((id) => `${kind} ${businessId} ${id}`),
				...(kind.startsWith('invitation') ? [`${kind} ${businessId} ${details.id}`] : []),
			]),
		);
	}
}

const KIND_OF_EVENT: Record<ChangeItem['event'], string[]> = {
	memberAdded: ['memberAdded'],
	memberRemoved: ['memberRemoved'],
	memberDeactivated: ['memberDeactivated'],
	memberReactivated: ['memberReactivated'],
	roleChanged: ['roleChanged'],
	memberUpdated: ['memberUpdated', 'memberIdChanged', 'invitationAccepted'],
	invitationCreated: ['invitationCreated'],
	invitationAccepted: ['invitationAccepted'],
	invitationRevoked: ['invitationRevoked'],
};

/** People as the items report them: every item must fit the items before, and what really happened. */
export class Replica {
	readonly problems: string[] = [];

	private readonly members: Map<string, IDataObject>;

	private readonly invitations: Map<string, string>;

	private readonly ids = new Set<string>();

	constructor({ members, invitations }: Truth) {
		this.members = new Map(members);
		this.invitations = new Map(invitations);
	}

	/** Everybody, without the fields that no event reports. */
	people(): { members: IDataObject; invitations: IDataObject } {
		const members = [...this.members].map(([key, member]) => [key, { ...member, updatedAt: null, invitationAcceptedAt: null }] as const);
		const sorted = <Value>(entries: Array<readonly [string, Value]>) => Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
		return { members: sorted(members), invitations: sorted([...this.invitations]) };
	}

	/** All of these were reported before. */
	expectKnown(items: ChangeItem[]): void {
		for (const item of items) if (!this.ids.has(item.eventId)) this.problem('reported again with another ID', item);
	}

	apply(items: ChangeItem[], everSeen: ReadonlySet<string>): void {
		for (const item of items) {
			if (this.ids.has(item.eventId)) this.problem('the id was there before', item);
			this.ids.add(item.eventId);
			const happened = KIND_OF_EVENT[item.event].some((kind) => this.namesOf(item).some((name) => everSeen.has(`${kind} ${item.business.id} ${name}`)));
			if (!happened) this.problem('it never happened', item);
			if (item.event === 'invitationCreated' || item.event === 'invitationRevoked') this.applyToInvitations(item);
			else this.applyToMembers(item);
		}
	}

	private namesOf({ member, previous, invitation }: ChangeItem): string[] {
		return [member?.id, previous?.id, invitation?.id].map(String);
	}

	private applyToInvitations(item: ChangeItem): void {
		const key = `${item.business.id} ${item.invitation?.id}`;
		const isCreated = item.event === 'invitationCreated';
		if (this.invitations.has(key) === isCreated) this.problem('the invitation was there, or was not', item);
		if (isCreated) this.invitations.set(key, String(item.invitation?.email));
		else this.invitations.delete(key);
	}

	private applyToMembers(item: ChangeItem): void {
		const { event, business, member, previous, changes } = item;
		const key = `${business.id} ${member?.id}`;
		if (event === 'invitationAccepted') {
			if (!this.invitations.delete(`${business.id} ${item.invitation?.id}`)) this.problem('no such invitation', item);
			return;
		}
		if (event === 'memberAdded') {
			if (this.members.has(key)) this.problem('they were there', item);
			this.members.set(key, { ...member });
			return;
		}
		if (event === 'memberRemoved') {
			if (!this.members.delete(key)) this.problem('they were not there', item);
			return;
		}
		this.applyChanges(item, `${business.id} ${changes.id ? changes.id.from : previous?.id}`, key);
	}

	private applyChanges(item: ChangeItem, oldKey: string, newKey: string): void {
		const known = this.members.get(oldKey) ?? this.members.get(newKey);
		if (!known) return this.problem('nobody knows them', item);
		const changed: IDataObject = { ...known };
		for (const [field, change] of Object.entries(item.changes)) {
			if (change === undefined) continue;
			if (known[field] !== change.from) this.problem(`${field} was ${String(known[field])}`, item);
			if (change.from === change.to) this.problem('nothing changed', item);
			changed[field] = change.to;
		}
		this.members.delete(oldKey);
		this.members.set(newKey, changed);
	}

	private problem(what: string, item: ChangeItem): void {
		this.problems.push(`${what}: ${JSON.stringify(item)}`);
	}
}
