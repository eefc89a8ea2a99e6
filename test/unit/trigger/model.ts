/**
 * A small FreshBooks in memory, for the property tests. It knows its own past: after every change the
 * whole business is kept under a tick, and every row carries its tick as `updatedAt`, so that whatever
 * the trigger emits can be held against what was true when.
 */
import type { LookUp } from '../../../nodes/FreshBooksTrigger/changes/confirm';
import type { Listing } from '../../../nodes/FreshBooksTrigger/changes/listing';
import type { PendingInvitation, Person, Source } from '../../../nodes/FreshBooksTrigger/changes/person';

/** A number that chooses: the model takes it modulo whatever there is to choose from. */
export type Choice = number;

export const CHANGE_KINDS = [
	'join', 'leave', 'leaveMany', 'return', 'role', 'activity', 'name', 'address', 'identity', 'newId',
	'invite', 'accept', 'revoke', 'move', 'swap',
] as const;

export interface Change {
	kind: (typeof CHANGE_KINDS)[number];
	who: Choice;
	what: Choice;
}

/** A person with how often each of their fields has changed so far. */
export interface Row {
	person: Person;
	/** The person behind the ids. */
	human: number;
	/** How often someone joined under this id. */
	joins: number;
	versions: Record<'id' | 'email' | 'firstName' | 'lastName' | 'identityId' | 'role' | 'active', number>;
}

export interface InvitationFate {
	invitation: PendingInvitation;
	fate: 'pending' | 'accepted' | 'revoked';
	human: number | null;
}

/** Faults and changes while one listing is read. */
export interface Weather {
	/** Changes that happen after so many pages, by page. */
	during: ReadonlyArray<{ page: number; change: Change }>;
	/** The page that fails for good, and how. */
	failing?: { page: number; how: 'throws' | 'cuts' };
	/** Added to the reported total. */
	lie: number;
}

export const CALM: Weather = { during: [], lie: 0 };

export class PageFailure extends Error {}

const ROLES = ['business_employee', 'business_manager', 'owner', '__proto__'];
const NAMES = ['Ann', 'Bea', 'Cy', null, ''];
const START = Date.parse('2024-01-01T00:00:00Z');

export class FreshBooksModel {
	rows: Row[] = [];

	invitations: InvitationFate[] = [];

	/** How often someone has accepted an invitation. */
	readonly acceptances = new Map<number, number>();

	/** The business after each tick. */
	readonly past: ReadonlyArray<Row>[] = [];

	private left: Row[] = [];

	private humans = 0;

	constructor(private readonly source: Source) {
		for (let count = 0; count < 6; count++) this.join(count);
		this.remember();
	}

	get tick(): number {
		return this.past.length - 1;
	}

	tickOf(person: { updatedAt: string | null }): number {
		return (Date.parse(person.updatedAt ?? '') - START) / 1000;
	}

	/** The row of an id as it was when it carried the stamp of `person`. */
	rowAsSeen(person: { id: string | number; updatedAt: string | null }): Row | undefined {
		return this.past[this.tickOf(person)]?.find((row) => row.person.id === String(person.id));
	}

	pending(): PendingInvitation[] {
		return this.invitations.filter(({ fate }) => fate === 'pending').map(({ invitation }) => invitation);
	}

	apply({ kind, who, what }: Change): void {
		const row = this.rows[who % Math.max(this.rows.length, 1)];
		if (kind === 'join') this.join(what);
		else if (kind === 'return') this.comeBack(who);
		else if (kind === 'leaveMany') this.rows.splice(0, what % 4).forEach((one) => this.left.push(one));
		else if (kind === 'swap') this.swap();
		else if (kind === 'invite') this.invite(row, what);
		else if (kind === 'accept') this.accept(who);
		else if (kind === 'revoke') this.revoke(who);
		else if (row !== undefined) this.changeRow(kind, row, what);
		this.remember();
	}

	private changeRow(kind: Change['kind'], row: Row, what: Choice): void {
		if (kind === 'leave') {
			this.rows = this.rows.filter((one) => one !== row);
			this.left.push(row);
		} else if (kind === 'move') {
			this.rows = this.rows.filter((one) => one !== row);
			this.rows.splice(what % (this.rows.length + 1), 0, row);
		} else if (kind === 'role') this.set(row, { role: ROLES[what % ROLES.length] });
		else if (kind === 'activity' && this.source === 'teamMembers')
			this.set(row, { active: !row.person.active });
		else if (kind === 'name')
			this.set(row, { [what % 2 === 0 ? 'firstName' : 'lastName']: NAMES[what % NAMES.length] });
		else if (kind === 'address') this.set(row, { email: this.newAddress(row, what) });
		else if (kind === 'identity') this.set(row, { identityId: 1000 + this.tick });
		else if (kind === 'newId') this.set(row, { id: this.newId() });
	}

	private set(row: Row, fields: Partial<Person>): void {
		const versions = { ...row.versions };
		for (const field of Object.keys(versions) as Array<keyof Row['versions']>)
			if (field in fields && fields[field] !== row.person[field]) versions[field] += 1;
		const stamped = { ...row.person, ...fields, updatedAt: this.stamp() };
		this.rows = this.rows.map((one) => (one === row ? { ...one, person: stamped, versions } : one));
	}

	private join(what: Choice, fields: Partial<Person> = {}, human = (this.humans += 1)): void {
		const isTeam = this.source === 'teamMembers';
		const person: Person = {
			id: this.newId(),
			email: `p${human}@b.c`,
			firstName: NAMES[what % NAMES.length],
			lastName: 'L',
			role: ROLES[what % ROLES.length],
			active: isTeam ? true : null,
			identityId: isTeam && what % 2 === 0 ? human : null,
			invitationAcceptedAt: null,
			updatedAt: this.stamp(),
			...fields,
		};
		const versions = { id: 0, email: 0, firstName: 0, lastName: 0, identityId: 0, role: 0, active: 0 };
		const row = { person, human, joins: 1, versions };
		this.rows.splice(what % (this.rows.length + 1), 0, row);
	}

	private comeBack(who: Choice): void {
		const row = this.left[who % Math.max(this.left.length, 1)];
		if (row === undefined) return;
		this.left = this.left.filter((one) => one !== row);
		const person = { ...row.person, updatedAt: this.stamp() };
		this.rows.push({ ...row, person, joins: row.joins + 1 });
	}

	/** The first leaves as a last one joins: a listing that is read meanwhile skips someone, unnoticed. */
	private swap(): void {
		this.rows.splice(0, 1).forEach((one) => this.left.push(one));
		this.join(this.rows.length);
	}

	/** The same address in other case, a new one, or (rarely) somebody else's. */
	private newAddress(row: Row, what: Choice): string {
		if (what % 3 === 0) return row.person.email?.toUpperCase() ?? 'x@b.c';
		if (what % 7 === 1) return this.rows[what % this.rows.length].person.email ?? 'x@b.c';
		return `t${this.tick}@b.c`;
	}

	private invite(row: Row | undefined, what: Choice): void {
		const isListed = row !== undefined && what % 4 === 0;
		const email = isListed ? row.person.email : `i${this.tick}@b.c`;
		const id = `${this.invitations.length + 1}`;
		const invitation = { id, email, role: 'employee', status: 'pending' };
		this.invitations.push({ invitation, fate: 'pending', human: isListed ? row.human : null });
	}

	private accept(who: Choice): void {
		const open = this.invitations.filter(({ fate }) => fate === 'pending');
		const entry = open[who % Math.max(open.length, 1)];
		if (entry === undefined) return;
		entry.fate = 'accepted';
		const isTeam = this.source === 'teamMembers';
		const joined = isTeam ? { invitationAcceptedAt: this.stamp(), identityId: 5000 + this.tick } : {};
		const { email } = entry.invitation;
		const row = this.rows.find(({ person }) => person.email === email);
		if (row !== undefined) this.set(row, joined);
		else this.join(who, { email, ...joined });
		const human = row?.human ?? this.humans;
		this.acceptances.set(human, (this.acceptances.get(human) ?? 0) + 1);
	}

	private revoke(who: Choice): void {
		const open = this.invitations.filter(({ fate }) => fate === 'pending');
		const entry = open[who % Math.max(open.length, 1)];
		if (entry !== undefined) entry.fate = 'revoked';
	}

	private remember(): void {
		this.past.push([...this.rows]);
	}

	/** The stamp of the tick that is being made. */
	private stamp(): string {
		return `${new Date(START + this.past.length * 1000).toISOString().slice(0, 19)}Z`;
	}

	private newId(): string {
		this.ids += 1;
		return this.source === 'teamMembers'
			? `00000000-0000-4000-8000-${this.ids.toString(16).padStart(12, '0')}`
			: `${this.ids}`;
	}

	private ids = 0;

	/** Reads a list page by page, as the weather is. */
	list<Item extends { id: string }>(
		rows: () => readonly Item[],
		pageSize: number,
		weather: Weather,
	): Listing<Item> {
		const listed = new Map<string, Item>();
		const totals: number[] = [];
		let duplicates = 0;
		for (let page = 0; ; page++) {
			if (weather.failing?.page === page) {
				if (weather.failing.how === 'throws') throw new PageFailure('500');
				return { rows: [...listed.values()], totals, duplicates, truncated: true };
			}
			const current = rows();
			totals.push(current.length + weather.lie);
			for (const row of current.slice(page * pageSize, (page + 1) * pageSize)) {
				if (listed.has(row.id)) duplicates += 1;
				else listed.set(row.id, row);
			}
			const isLast = (page + 1) * pageSize >= current.length;
			weather.during.filter((one) => one.page === page).forEach(({ change }) => this.apply(change));
			if (isLast) return { rows: [...listed.values()], totals, duplicates, truncated: false };
		}
	}

	lookUp(id: string): LookUp {
		const row = this.rows.find(({ person }) => person.id === id);
		return row === undefined ? { answer: 'gone' } : { answer: 'found', person: row.person };
	}
}
