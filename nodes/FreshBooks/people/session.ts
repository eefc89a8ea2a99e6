import { listBusinessMembers } from '../api/businessMembers';
import { addressKey } from '../client/identifiers';
import { getMe, type Me } from '../api/me';
import { invitationOf, listInvitations } from '../api/invitations';
import { readToTheEnd, readWholeList, type ListRequest } from '../api/lists';
import { listTeamMembers } from '../api/teamMembers';
import type { FreshBooksClient } from '../client/client';
import { idOrNull, textOrNull, type WireObject } from '../client/json';

/** People or invitations of one business, findable by address and by ID, kept in step with what this execution changes. */
export class Roster {
	private readonly rows: Map<string, WireObject>;

	constructor(
		rows: WireObject[],
		private readonly idOf: (row: WireObject) => string,
		private readonly emailOf: (row: WireObject) => string | null,
		/** Why a row may be missing; undefined for a complete list. */
		readonly doubt?: string,
		/** Whether another reading may show a row that is missing. */
		readonly moved = false,
	) {
		this.rows = new Map(rows.map((row) => [idOf(row), row]));
	}

	all(): WireObject[] {
		return [...this.rows.values()];
	}

	byEmail(email: string): WireObject[] {
		const key = addressKey(email);
		return [...this.rows.values()].filter((row) => addressKey(this.emailOf(row) ?? '') === key);
	}

	has(id: string | number): boolean {
		return this.rows.has(String(id));
	}

	add(row: WireObject): void {
		this.rows.set(this.idOf(row), row);
	}

	forget(id: string | number): void {
		this.rows.delete(String(id));
	}
}

/** The lists a session remembers. */
export type ListName = 'teamMembers' | 'businessMembers' | 'invitations';

/** What was looked for, and the list in which it was looked for last. */
export interface Look<Found> {
	found: Found | undefined;
	roster: Roster;
}

/** How often a list that moved while it was read is read again for somebody who is not in it. */
const MAX_LOOKS_AGAIN = 3;

const whole = ({ raw }: { raw: WireObject }): WireObject => raw;
const noted = (): void => undefined;

/** What one execution of the node shares between its items: the client, the token owner, and the lists read so far. */
export class Session {
	private me: Promise<Me> | undefined;

	private readonly rosters = new Map<string, Promise<Roster>>();

	private readonly nextRosters = new Map<string, Promise<Roster>>();

	private readonly turns = new Map<string, Promise<unknown>>();

	private readonly madeInvitations = new Map<string, WireObject>();

	private readonly unsettledInvitations = new Map<string, unknown>();

	constructor(
		readonly client: FreshBooksClient,
		/** Shows the user a remark beside the output, and writes it to n8n's log. */
		readonly remark: (message: string) => void,
	) {}

	/** The token owner; asked once per execution, and again only after no answer came. */
	async getMe(): Promise<Me> {
		const me = (this.me ??= getMe(this.client));
		me.catch(() => {
			if (this.me === me) this.me = undefined;
		});
		return await me;
	}

	/** Forgets the token owner after their profile was changed. */
	forgetMe(): void {
		this.me = undefined;
	}

	/** A whole list, or its first rows; a remark where it ended before the limit and may lack a row. */
	async readRows<Row>(request: ListRequest<Row>, limit: number): Promise<Row[]> {
		return await readWholeList(this.client, request, this.remark, limit);
	}

	/** The published list, by UUID. */
	async teamMembers(businessId: number): Promise<Roster> {
		return await this.roster(`teamMembers ${businessId}`, listTeamMembers(businessId, whole), {
			idOf: (row) => (textOrNull(row.uuid) ?? '').toLowerCase(),
			emailOf: (row) => textOrNull(row.email),
		});
	}

	/** The guide's list, by integer. */
	async businessMembers(businessId: number): Promise<Roster> {
		return await this.roster(`businessMembers ${businessId}`, listBusinessMembers(businessId, whole), {
			idOf: (row) => String(idOrNull(row.id)),
			emailOf: (row) => textOrNull(row.email),
		});
	}

	/** Pending invitations. */
	async invitations(businessId: number): Promise<Roster> {
		return await this.roster(`invitations ${businessId}`, listInvitations(businessId, whole), {
			idOf: (row) => String(invitationOf(row).id ?? invitationOf(row).email),
			emailOf: (row) => invitationOf(row).email,
		});
	}

	/**
	 * A list read after this call, remembered from then on. Calls that come while it is being read share the reading after
	 * that one: each needs rows that are newer than itself, and no more.
	 */
	async readAgain(list: ListName, businessId: number): Promise<Roster> {
		const key = `${list} ${businessId}`;
		const waiting = this.nextRosters.get(key);
		if (waiting) return await waiting;
		const current = this.rosters.get(key) ?? Promise.resolve();
		const next = current.then(noted, noted).then(async () => {
			this.nextRosters.delete(key);
			this.forgetList(list, businessId);
			return await this[list](businessId);
		});
		this.nextRosters.set(key, next);
		return await next;
	}

	/**
	 * Looks for somebody in a list. While others leave, a list read page by page skips people, and not the same ones each
	 * time: before nobody is found in such a list, it is read again.
	 */
	async look<Found>(list: ListName, businessId: number, find: (roster: Roster) => Found | undefined): Promise<Look<Found>> {
		let roster = await this[list](businessId);
		let found = find(roster);
		for (let again = 1; found === undefined && roster.moved && again <= MAX_LOOKS_AGAIN; again++) {
			roster = await this.readAgain(list, businessId);
			found = find(roster);
		}
		return { found, roster };
	}

	/** Runs `work` after all earlier work with the same key has ended. */
	async inTurn<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
		const before = this.turns.get(key) ?? Promise.resolve();
		const mine = before.then(work);
		this.turns.set(key, mine.then(noted, noted));
		return await mine;
	}

	/** Forgets a list, so that the next look reads it again. */
	forgetList(list: ListName, businessId: number): void {
		this.rosters.delete(`${list} ${businessId}`);
	}

	/** Remembers an invitation just made, whether or not the list can be read, and adds it to the list if that was read. */
	async addInvitation(businessId: number, email: string, invitation: WireObject): Promise<void> {
		const row = invitationOf(invitation).email === null ? { ...invitation, email } : invitation;
		this.madeInvitations.set(`${businessId} ${addressKey(email)}`, row);
		(await this.listRead('invitations', businessId))?.add(row);
	}

	/** The invitation that this execution made for an address, if it made one. */
	madeInvitation(businessId: number, email: string): WireObject | undefined {
		return this.madeInvitations.get(`${businessId} ${addressKey(email)}`);
	}

	/** Remembers that it is not known whether an address was invited, and why. */
	leaveUnsettled(businessId: number, email: string, error: unknown): void {
		this.unsettledInvitations.set(`${businessId} ${addressKey(email)}`, error);
	}

	/** Why it is not known whether this execution invited an address; undefined when it is. */
	unsettledInvitation(businessId: number, email: string): unknown {
		return this.unsettledInvitations.get(`${businessId} ${addressKey(email)}`);
	}

	/** Takes a removed row out of a list that was read. */
	async dropFromList(list: ListName, businessId: number, id: number): Promise<void> {
		(await this.listRead(list, businessId))?.forget(id);
	}

	/** A list that was read or is being read; undefined when that failed: what was just done stays done. */
	private async listRead(list: ListName, businessId: number): Promise<Roster | undefined> {
		return await this.rosters.get(`${list} ${businessId}`)?.catch(() => undefined);
	}

	private async roster(
		key: string,
		request: ListRequest<WireObject>,
		reading: { idOf: (row: WireObject) => string; emailOf: (row: WireObject) => string | null },
	): Promise<Roster> {
		const known = this.rosters.get(key);
		if (known) return await known;
		const roster = readToTheEnd(this.client, request).then(({ rows, doubt, moved }) => {
			if (doubt !== undefined) this.remark(doubt);
			return new Roster(rows, reading.idOf, reading.emailOf, doubt, moved);
		});
		this.rosters.set(key, roster);
		// A list that could not be read is asked for again by the next item.
		roster.catch(() => {
			if (this.rosters.get(key) === roster) this.rosters.delete(key);
		});
		return await roster;
	}
}
