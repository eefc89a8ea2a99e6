/**
 * A small FreshBooks in memory, for the property tests. It knows its own past: after every change all
 * rows are kept under a tick, and every row carries the time of its last change as `updatedAt`, so that
 * whatever the trigger emits can be compared with what was true when.
 */
import type { LookUp } from '../../../nodes/FreshBooksTrigger/changes/decide';
import type { Listing } from '../../../nodes/FreshBooksTrigger/changes/listing';
import type { ListedInvitation, Person, Source } from '../../../nodes/FreshBooksTrigger/changes/person';

/** A number that chooses: the model takes it modulo whatever there is to choose from. */
export type Choice = number;

export const CHANGE_KINDS = [
	'join', 'leave', 'leaveMany', 'return', 'role', 'activity', 'name', 'address', 'identity', 'newId',
	'invite', 'accept', 'revoke', 'move', 'swap', 'resend', 'date', 'takeOver', 'exchange', 'giveIdAgain',
	'secondRow', 'renumber', 'hide', 'show', 'answer',
] as const;

export interface Change {
	kind: (typeof CHANGE_KINDS)[number];
	who: Choice;
	what: Choice;
}

/** A person with how often each of their fields has changed so far. */
export interface Row {
	person: Person;
	/** The person behind the IDs. Two rows of one human share the identity or, where it is unknown, the address. */
	human: number;
	/** How often a person joined under this ID. */
	joins: number;
	versions: Record<'id' | 'email' | 'firstName' | 'lastName' | 'identityId' | 'role' | 'active', number>;
}

export interface InvitationOutcome {
	invitation: ListedInvitation;
	/** `odd`: in a state nobody documents, for ever. */
	outcome: 'pending' | 'accepted' | 'revoked' | 'odd';
	/** Still listed after its end, with a status that says so. */
	lingers: boolean;
	/** The listed person who was invited; `null` where nobody was listed yet. */
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
const NAMES = ['Ann', 'Bea', 'Cy', ''];
const UNCLEAR = ['HTTP 403', 'HTTP 503', 'no answer'];
const SECOND = 1000;

/** The address as far as it tells people apart. */
function addressOf({ email }: { email: string | null }): string | null {
	return email?.trim().toLowerCase() ?? null;
}

/** Whether two people are one, as interface.md says under 'Who is who'. */
export function isSamePerson(one: Person, other: Person): boolean {
	if (one.identityId !== null && other.identityId !== null) return one.identityId === other.identityId;
	return one.id === other.id || (addressOf(one) !== null && addressOf(one) === addressOf(other));
}

export class FreshBooksModel {
	/** Who is listed. */
	rows: Row[] = [];

	/** Who is found by ID and not listed. */
	hidden: Row[] = [];

	/** What FreshBooks answers to some IDs in place of the truth. */
	readonly answers = new Map<string, LookUp>();

	invitations: InvitationOutcome[] = [];

	/** How often a human may be said to have accepted: acceptances, and returns of a person who was invited. */
	readonly acceptances = new Map<number, number>();

	/** Who was listed after each tick. */
	readonly past: ReadonlyArray<Row>[] = [];

	/** Who was found by ID only. */
	private readonly hiddenPast: ReadonlyArray<Row>[] = [];

	/** Milliseconds. */
	time = Date.parse('2026-11-21T10:00:00Z');

	private readonly ticks = new Map<string, number>();

	private readonly acceptedAt = new Map<number, string>();

	private left: Row[] = [];

	private humans = 0;

	constructor(private readonly source: Source) {
		for (let count = 0; count < 6; count++) this.join(count);
		this.remember();
	}

	get tick(): number {
		return this.past.length - 1;
	}

	/** The tick at which a person got their stamp. */
	tickOf({ updatedAt }: { updatedAt: string | null }): number {
		return this.ticks.get(updatedAt ?? '') ?? -1;
	}

	/** The row of an ID as it was when it carried the stamp of `person`. */
	rowAsSeen(person: { id: string | number; updatedAt: string | null }): Row | undefined {
		const tick = this.tickOf(person);
		return [...(this.past[tick] ?? []), ...(this.hiddenPast[tick] ?? [])].find((row) => row.person.id === String(person.id));
	}

	/** Whether FreshBooks has given an ID to more than one human so far. */
	isGivenAgain(id: string | number): boolean {
		const humans = this.past.flat().filter(({ person }) => person.id === String(id)).map(({ human }) => human);
		return new Set(humans).size > 1;
	}

	/** Whether a person was listed under no ID, at some time since a tick. */
	wasAwaySince(tick: number, person: Person): boolean {
		return this.past.slice(tick).some((rows) => !rows.some((row) => isSamePerson(row.person, person)));
	}

	/** Whether FreshBooks found nobody, or another person, under an ID at some time since a tick. */
	wasFreeSince(tick: number, { id, identityId }: Person): boolean {
		return this.past.slice(tick).some(
			(rows, after) => ![...rows, ...this.hiddenPast[tick + after]].some(({ person }) => person.id === id && (identityId === null || person.identityId === null || person.identityId === identityId)),
		);
	}

	/** The listed people. A row that is not confirmed is nobody yet. */
	people(): Row[] {
		return this.rows.filter(({ person }) => person.confirmed !== false);
	}

	pending(): ListedInvitation[] {
		return this.invitations.filter(({ outcome }) => outcome === 'pending').map(({ invitation }) => invitation);
	}

	/** The list of invitations: the pending ones, ended ones that linger, and odd ones. */
	listedInvitations(): ListedInvitation[] {
		return this.invitations.flatMap(({ invitation, outcome, lingers }) => {
			if (outcome === 'pending') return [invitation];
			if (outcome === 'odd') return [{ ...invitation, status: 'bounced', state: 'unknown' as const }];
			return lingers ? [{ ...invitation, status: outcome, state: 'ended' as const }] : [];
		});
	}

	apply({ kind, who, what }: Change): void {
		this.time += SECOND;
		const row = this.rows[who % Math.max(this.rows.length, 1)];
		if (kind === 'join') this.join(what);
		else if (kind === 'return') this.comeBack(who);
		else if (kind === 'leaveMany') this.rows.slice(0, what % 4).forEach((one) => this.leave(one));
		else if (kind === 'swap') this.swap();
		else if (kind === 'invite') this.invite(row, what);
		else if (kind === 'resend') this.resend(who, what);
		else if (kind === 'accept') this.accept(who, what);
		else if (kind === 'revoke') this.revoke(who, what);
		else if (kind === 'giveIdAgain') this.giveIdAgain(who, what);
		else if (kind === 'show') this.show(who, what);
		else if (kind === 'answer') this.answerUnclearly(who, what);
		else if (row !== undefined) this.changeRow(kind, row, what);
		this.remember();
	}

	/** FreshBooks answers every question again, and truly. */
	answerClearly(): void {
		this.answers.clear();
	}

	private changeRow(kind: Change['kind'], row: Row, what: Choice): void {
		if (kind === 'leave') this.leave(row);
		else if (kind === 'move') this.move(row, what);
		else if (kind === 'role') this.set(row, { role: ROLES[what % ROLES.length] });
		else if (kind === 'activity' && this.source === 'teamMembers') this.set(row, { active: !row.person.active });
		else if (kind === 'name') this.set(row, { [what % 2 === 0 ? 'firstName' : 'lastName']: NAMES[what % NAMES.length] });
		else if (kind === 'address') this.changeAddress(row, what);
		else if (kind === 'identity') this.giveIdentity(row);
		else if (kind === 'newId') this.set(row, { id: this.newId() });
		else if (kind === 'date') this.writeDate(row, what);
		else if (kind === 'takeOver') this.takeOver(row, what);
		else if (kind === 'exchange') this.exchangeAddresses(row, what);
		else if (kind === 'secondRow') this.addRow(row, what);
		else if (kind === 'renumber') this.renumber(row);
		else if (kind === 'hide') this.hide(row);
	}

	private leave(row: Row): void {
		this.rows = this.rows.filter((one) => one !== row);
		this.forget(row);
	}

	/** A person may come back only as the last row they had. */
	private forget(row: Row): void {
		const isElsewhere = this.rowsOf(row.human).length > 0;
		if (!isElsewhere) this.left.push(row);
	}

	private rowsOf(human: number): Row[] {
		return [...this.rows, ...this.hidden].filter((row) => row.human === human);
	}

	private move(row: Row, what: Choice): void {
		this.rows = this.rows.filter((one) => one !== row);
		this.rows.splice(what % (this.rows.length + 1), 0, row);
	}

	private set(row: Row, fields: Partial<Person>): void {
		const versions = { ...row.versions };
		for (const field of Object.keys(versions) as Array<keyof Row['versions']>)
			if (field in fields && fields[field] !== row.person[field]) versions[field] += 1;
		const stamped = { ...row.person, ...fields, updatedAt: this.stamp() };
		this.rows = this.rows.map((one) => (one === row ? { ...one, person: stamped, versions } : one));
	}

	private join(what: Choice, fields: Partial<Person> = {}): void {
		const human = (this.humans += 1);
		const isTeam = this.source === 'teamMembers';
		const person: Person = {
			id: this.newId(),
			email: `p${human}@b.c`,
			firstName: NAMES[what % NAMES.length],
			lastName: 'L',
			role: ROLES[what % ROLES.length],
			active: isTeam ? true : null,
			identityId: what % 2 === 0 ? identityOf(human) : null,
			invitationAcceptedAt: null,
			updatedAt: this.stamp(),
			...fields,
		};
		const versions = { id: 0, email: 0, firstName: 0, lastName: 0, identityId: 0, role: 0, active: 0 };
		this.rows.splice(what % (this.rows.length + 1), 0, { person, human, joins: 1, versions });
	}

	private comeBack(who: Choice): void {
		const row = this.left[who % Math.max(this.left.length, 1)];
		if (row === undefined || this.isUsed(row.person.id)) return;
		this.left = this.left.filter((one) => one !== row);
		this.rows.push({ ...row, person: { ...row.person, updatedAt: this.stamp() }, joins: row.joins + 1 });
		this.countAcceptance(row.human);
	}

	private isUsed(id: string): boolean {
		return [...this.rows, ...this.hidden].some(({ person }) => person.id === id);
	}

	/** The first leaves as a last one joins: a listing that is read meanwhile skips someone, unnoticed. */
	private swap(): void {
		this.rows.slice(0, 1).forEach((one) => this.leave(one));
		this.join(this.rows.length);
	}

	/** The same address in other case, or a new one. An old row without identity would be another person then. */
	private changeAddress(row: Row, what: Choice): void {
		if (this.rowsOf(row.human).length > 1 || this.isInvited(row.person)) return;
		const { email } = row.person;
		this.set(row, { email: what % 3 === 0 ? (email?.toUpperCase() ?? null) : `t${this.past.length}@b.c` });
	}

	/** A login for a person who had none; a sign of an acceptance where there was an invitation. */
	private giveIdentity(row: Row): void {
		if (this.isInvited(row.person) || this.rowsOf(row.human).length > 1) return;
		this.set(row, { identityId: identityOf(row.human) });
	}

	private isInvited(person: Person): boolean {
		return this.invitations.some(({ invitation }) => addressOf(invitation) === addressOf(person));
	}

	/** A date of an old acceptance comes late, or is written with a fraction of a second. */
	private writeDate(row: Row, what: Choice): void {
		const { invitationAcceptedAt, identityId } = row.person;
		if (identityId === null || this.source === 'businessMembers') return;
		const known = this.acceptedAt.get(row.human) ?? (this.isInvited(row.person) ? undefined : '2020-02-02T02:02:02Z');
		const date = invitationAcceptedAt ?? known;
		if (date === undefined) return;
		const written = `${date.slice(0, 19)}${what % 2 === 0 ? '' : '.25'}Z`;
		this.rows.filter(({ human }) => human === row.human).forEach((one) => this.set(one, { invitationAcceptedAt: written }));
	}

	/** A person leaves, and a colleague or a newcomer with another identity gets the address. */
	private takeOver(leaver: Row, what: Choice): void {
		if (!this.mayShareAddress(leaver)) return;
		const { email } = leaver.person;
		const heir = this.rows[what % this.rows.length];
		this.rowsOf(leaver.human).forEach((row) => this.leave(row));
		if (what % 3 === 0 || heir.human === leaver.human) this.join(0, { email });
		else if (this.mayShareAddress(heir)) this.set(heir, { email });
	}

	/** Only two identities that were always known tell people with one address apart. */
	private mayShareAddress({ person, human, versions }: Row): boolean {
		const hasIdentity = person.identityId !== null && versions.identityId === 0;
		return hasIdentity && !this.isInvited(person) && this.rowsOf(human).length === 1;
	}

	private exchangeAddresses(one: Row, what: Choice): void {
		const other = this.rows[what % this.rows.length];
		if (other === one || !this.mayShareAddress(one) || !this.mayShareAddress(other)) return;
		this.set(one, { email: other.person.email });
		this.set(other, { email: one.person.email });
	}

	/** The ID of a person who left, or leaves now, is given to another person; both have a login. */
	private giveIdAgain(who: Choice, what: Choice): void {
		const former = what % 2 === 0 ? this.left : this.rows;
		const row = former[who % Math.max(former.length, 1)];
		if (row === undefined || !this.mayShareAddress(row)) return;
		if (what % 2 === 1) this.leave(row);
		if (!this.isUsed(row.person.id)) this.join(0, { id: row.person.id });
	}

	/** A second row of a person under another ID. */
	private addRow(row: Row, what: Choice): void {
		const person = { ...row.person, id: this.newId(), updatedAt: this.stamp() };
		this.rows.splice(what % (this.rows.length + 1), 0, { ...row, person, joins: 1 });
	}

	/** A person gets another ID while FreshBooks still finds the old one. With another address and no identity they are two people. */
	private renumber(row: Row): void {
		const isTwoPeople = row.person.identityId === null && row.versions.email > 0;
		if (isTwoPeople) return;
		if (this.source === 'teamMembers') this.hidden.push(row);
		this.set(row, { id: this.newId() });
	}

	private hide(row: Row): void {
		if (this.source === 'businessMembers') return;
		this.rows = this.rows.filter((one) => one !== row);
		this.hidden.push(row);
	}

	/** A hidden person is listed again, or gone. */
	private show(who: Choice, what: Choice): void {
		const row = this.hidden[who % Math.max(this.hidden.length, 1)];
		if (row === undefined) return;
		this.hidden = this.hidden.filter((one) => one !== row);
		if (what % 2 === 1) return this.forget(row);
		this.rows.push(row);
		this.countAcceptance(row.human);
	}

	private answerUnclearly(who: Choice, what: Choice): void {
		const all = [...this.left, ...this.hidden, ...this.rows];
		const row = all[who % Math.max(all.length, 1)];
		if (row === undefined) return;
		if (what % 4 === 3) this.answerClearly();
		else this.answers.set(row.person.id, { answer: 'unknown', said: UNCLEAR[what % 4] });
	}

	private invite(row: Row | undefined, what: Choice): void {
		const isListed = row !== undefined && row.human <= 6 && what % 4 === 0 && !this.isAddressShared(row);
		const email = isListed ? row.person.email : `i${this.past.length}@b.c`;
		const isRowed = what % 4 === 1;
		if (isRowed) this.join(1, { email, identityId: null, ...(this.source === 'businessMembers' ? { confirmed: false } : {}) });
		const human = isRowed ? this.humans : isListed ? row.human : null;
		this.addInvitation(email, human, what);
	}

	private isAddressShared({ person, human }: Row): boolean {
		const others = this.past.flat().filter((row) => row.human !== human);
		return others.some((row) => addressOf(row.person) === addressOf(person));
	}

	private addInvitation(email: string | null, human: number | null, what: Choice): void {
		const id = `${this.invitations.length + 1}`;
		const invitedAt = what % 3 === 0 ? null : this.stamp();
		const invitation: ListedInvitation = { id, email, role: 'employee', status: 'pending', state: 'pending', invitedAt };
		this.invitations.push({ invitation, outcome: what % 11 === 5 ? 'odd' : 'pending', lingers: what % 2 === 0, human });
	}

	/** A person is invited once more; the first invitation may end by it. */
	private resend(who: Choice, what: Choice): void {
		const entry = this.open(who);
		if (entry === undefined) return;
		if (what % 2 === 0) entry.outcome = 'revoked';
		this.addInvitation(entry.invitation.email, entry.human, what - (what % 11) + 1);
	}

	private open(who: Choice): InvitationOutcome | undefined {
		const open = this.invitations.filter(({ outcome }) => outcome === 'pending');
		return open[who % Math.max(open.length, 1)];
	}

	private accept(who: Choice, what: Choice): void {
		const entry = this.open(who);
		if (entry === undefined) return;
		const address = addressOf(entry.invitation);
		const hasAddress = ({ person }: Row) => addressOf(person) === address;
		const hadAddress = this.hidden.some(hasAddress) || this.past.some((rows) => rows.some(hasAddress));
		const row = this.rows.find(hasAddress);
		// Whether a person who comes back under another ID is the same person depends on what was last seen.
		if (row === undefined && hadAddress) return;
		entry.outcome = 'accepted';
		const human = row?.human ?? this.humans + 1;
		this.acceptedAt.set(human, this.stamp());
		const joined = this.joinedFields(human, what);
		if (row === undefined) this.join(who, { email: entry.invitation.email, ...joined });
		else this.rows.filter((one) => one.human === human).forEach((one) => this.set(one, joined));
		this.countAcceptance(human);
	}

	/** What shows in the row of a person who accepted; the date may come later. */
	private joinedFields(human: number, what: Choice): Partial<Person> {
		if (this.source === 'businessMembers') return { confirmed: true };
		const date = what % 4 === 0 ? null : this.stamp();
		return { identityId: identityOf(human), ...(date === null ? {} : { invitationAcceptedAt: date }) };
	}

	private countAcceptance(human: number): void {
		this.acceptances.set(human, (this.acceptances.get(human) ?? 0) + 1);
	}

	private revoke(who: Choice, what: Choice): void {
		const entry = this.open(who);
		if (entry === undefined) return;
		entry.outcome = 'revoked';
		const row = this.rows.find(({ human }) => human === entry.human);
		if (row !== undefined && !this.hasJoined(row) && what % 2 === 0) this.leave(row);
	}

	/** Whether a person was ever a member and not only invited. */
	hasEverJoined(human: number | null): boolean {
		return this.past.flat().some((row) => row.human === human && this.hasJoined(row));
	}

	private hasJoined({ person }: Row): boolean {
		return this.source === 'teamMembers' ? person.identityId !== null : person.confirmed !== false;
	}

	private remember(): void {
		this.ticks.set(this.stamp(), this.past.length);
		this.past.push([...this.rows]);
		this.hiddenPast.push([...this.hidden]);
	}

	/** The time of the tick that is being made. */
	private stamp(): string {
		return `${new Date(this.time).toISOString().slice(0, 19)}Z`;
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
		const row = [...this.rows, ...this.hidden].find(({ person }) => person.id === id);
		return this.answers.get(id) ?? (row === undefined ? { answer: 'gone' } : { answer: 'found', person: row.person });
	}
}

function identityOf(human: number): number {
	return 1000 + human;
}
