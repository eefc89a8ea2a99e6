import { listBusinessMembers } from '../../api/businessMembers';
import { addressKey } from '../../api/identifiers';
import { getMe } from '../../api/identity';
import { invitationEmail, listInvitations } from '../../api/invitations';
import { readWholeList, type ListRequest } from '../../api/listing';
import { listTeamMembers } from '../../api/teamMembers';
import type { FreshBooksClient } from '../../api/transport';
import { numberOrNull, textOrNull, type WireObject } from '../../api/wire';

/** People or invitations of one business, findable by address and by ID, kept in step with what this execution changes. */
export class Roster {
	private readonly rows: Map<string, WireObject>;

	constructor(
		rows: WireObject[],
		private readonly idOf: (row: WireObject) => string,
		private readonly emailOf: (row: WireObject) => string | null,
	) {
		this.rows = new Map(rows.map((row) => [idOf(row), row]));
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

const whole = (row: WireObject): WireObject => row;

/** What one execution of the node shares between its items: the client, the token owner, and the lists read so far. */
export class Session {
	private me: Promise<WireObject> | undefined;

	private readonly rosters = new Map<string, Promise<Roster>>();

	constructor(
		readonly client: FreshBooksClient,
		/** Shows the user a remark beside the output, and writes it to n8n's log. */
		readonly remark: (message: string) => void,
	) {}

	/** The token owner; asked once per execution. */
	async getMe(): Promise<WireObject> {
		this.me ??= getMe(this.client);
		return await this.me;
	}

	/** Forgets the token owner after their profile was changed. */
	forgetMe(): void {
		this.me = undefined;
	}

	async readWhole(request: ListRequest<WireObject>): Promise<WireObject[]> {
		return await readWholeList(this.client, request, this.remark);
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
			idOf: (row) => String(numberOrNull(row.id)),
			emailOf: (row) => textOrNull(row.email),
		});
	}

	/** Pending invitations. */
	async invitations(businessId: number): Promise<Roster> {
		return await this.roster(`invitations ${businessId}`, listInvitations(businessId, whole), {
			idOf: (row) => String(numberOrNull(row.id)),
			emailOf: invitationEmail,
		});
	}

	/** Forgets a list, so that the next look reads it again. */
	forgetList(list: ListName, businessId: number): void {
		this.rosters.delete(`${list} ${businessId}`);
	}

	/** Adds an invitation just made to the list, if the list was read. */
	async addInvitation(businessId: number, invitation: WireObject): Promise<void> {
		(await this.rosters.get(`invitations ${businessId}`))?.add(invitation);
	}

	/** Takes a removed row out of a list that was read. */
	async dropFromList(list: ListName, businessId: number, id: number): Promise<void> {
		(await this.rosters.get(`${list} ${businessId}`))?.forget(id);
	}

	private async roster(
		key: string,
		request: ListRequest<WireObject>,
		reading: { idOf: (row: WireObject) => string; emailOf: (row: WireObject) => string | null },
	): Promise<Roster> {
		const known = this.rosters.get(key);
		if (known) return await known;
		const roster = this.readWhole(request).then((rows) => new Roster(rows, reading.idOf, reading.emailOf));
		this.rosters.set(key, roster);
		// A list that could not be read is asked for again by the next item.
		roster.catch(() => this.rosters.delete(key));
		return await roster;
	}
}
