import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import { invitationsIn, peopleIn } from './fixtures';
import type { FreshBooksModel, InvitationOutcome, Row } from './model';

const FIELDS = ['id', 'email', 'firstName', 'lastName', 'role', 'active', 'identityId'] as const;
type Fields = Record<string, unknown>;

function fieldsOf(person: object): Fields {
	return Object.fromEntries(FIELDS.map((field) => [field, asKept(field, Reflect.get(person, field))]));
}

function asKept(field: string, value: unknown): unknown {
	return field === 'id' ? String(value) : value;
}

/** What a reader knows who has the baseline and the events since, applied in their order, and nothing else. */
export class Ledger {
	private readonly people = new Map<string, Fields>();

	/** What was reported of each invitation. */
	private readonly invitations = new Map<string, string[]>();

	/** Invitations to an address of which nobody was known when they were reported. */
	private readonly toStrangers = new Set<string>();

	private readonly accepted: ChangeItem[] = [];

	/** Humans who had an identity in the baseline: a date that appears without a listed invitation is no acceptance. */
	private readonly withIdentity = new Set<number>();

	constructor(
		private readonly model: FreshBooksModel,
		baseline: readonly object[],
	) {
		for (const { human, person } of model.people()) if (person.identityId !== null) this.withIdentity.add(human);
		for (const person of baseline) this.people.set(String(Reflect.get(person, 'id')), fieldsOf(person));
		for (const { id } of model.pending()) this.invitations.set(id, ['invitationCreated']);
	}

	/** Throws when the event does not follow from what was reported before. */
	fold(item: ChangeItem): void {
		const { event, member } = item;
		if (/^invitation/.test(event)) return this.foldInvitation(item);
		const id = String(member?.id);
		if (event === 'memberAdded' && member && !this.people.has(id)) this.people.set(id, fieldsOf(member));
		else if (event !== 'memberRemoved') this.foldChanges(item, id);
		else if (!this.people.delete(id)) throw new Error(`${event} of ${id}, who is not there`);
	}

	/** The events of one poll about one person all name the id before and the id after; one of them carries the change. */
	private foldChanges({ event, previous, changes }: ChangeItem, id: string): void {
		const known = this.people.get(String(previous?.id)) ?? this.people.get(id);
		if (event === 'memberAdded' || known === undefined) throw new Error(`${event} of ${id}, who is ${known ? '' : 'not '}there`);
		this.people.delete(String(known.id));
		for (const [field, { from, to }] of Object.entries(changes as Record<string, { from: unknown; to: unknown }>)) {
			if (known[field] !== asKept(field, from)) throw new Error(`${event} of ${id}: ${field} from ${String(from)}, was ${String(known[field])}`);
			known[field] = asKept(field, to);
		}
		this.people.set(String(known.id), known);
	}

	private foldInvitation(item: ChangeItem): void {
		const { event, invitation } = item;
		if (event === 'invitationAccepted') this.accepted.push(item);
		if (invitation === undefined || invitation.id === null) return;
		const id = String(invitation.id);
		const isKnown = [...this.people.values()].some(({ email }) => email === invitation.email);
		if (event === 'invitationCreated' && !isKnown) this.toStrangers.add(id);
		this.invitations.set(id, [...(this.invitations.get(id) ?? []), event]);
	}

	/** What was reported and is not so, and what is so and was not reported. */
	complaints(): string[] {
		return [...this.complaintsAboutPeople(), ...this.model.invitations.flatMap((one) => this.complaintsAbout(one))];
	}

	/** Of every human who is there one row is known, as it is; and nobody else. */
	private complaintsAboutPeople(): string[] {
		const complaints: string[] = [];
		const rest = new Map([...this.people].map(([id, fields]) => [id, JSON.stringify(fields)]));
		for (const rows of byHuman([...this.model.people(), ...this.model.hidden])) {
			const known = rows.filter(({ person }) => rest.get(person.id) === JSON.stringify(fieldsOf(person)));
			const isHidden = rows.every((row) => this.model.hidden.includes(row));
			if (known.length > 1 || (known.length === 0 && !isHidden)) complaints.push(`${rows[0].person.id} is known ${known.length} times`);
			for (const { person } of known) rest.delete(person.id);
		}
		for (const fields of rest.values()) complaints.push(`not so: ${fields}`);
		for (const { human, joins, person } of this.model.people()) {
			const isOldMember = human <= 6 && !this.withIdentity.has(human) && joins === 1 && person.active !== null && person.invitationAcceptedAt !== null;
			if (isOldMember && this.model.acceptances.has(human) && !this.hasAccepted(human)) complaints.push(`${person.id} has accepted`);
		}
		return complaints;
	}

	private complaintsAbout({ invitation, outcome, human }: InvitationOutcome): string[] {
		const reported = this.invitations.get(invitation.id) ?? [];
		const [begin, end, ...more] = reported;
		const complaint = [`invitation ${invitation.id} is ${outcome}, reported was ${reported.join()}`];
		if (outcome === 'odd') return reported.length > 0 ? complaint : [];
		if (more.length > 0 || (reported.length > 0 && begin !== 'invitationCreated')) return complaint;
		const others = this.model.invitations.filter(({ invitation: other }) => other.email === invitation.email && other.id !== invitation.id);
		// Two invitations of one address are distinguished by nothing that shows.
		if (others.some((other) => other.outcome === 'accepted')) return [];
		if (outcome === 'pending' && (begin === undefined || (end !== undefined && !this.mayLookAccepted(invitation.id, human)))) return complaint;
		if (begin === undefined || outcome === 'pending') return [];
		const row = [...this.model.rows, ...this.model.hidden].find(({ person }) => person.email === invitation.email);
		const isUnclear = row !== undefined || this.model.hasEverJoined(human) || this.mayLookAccepted(invitation.id, human);
		if (outcome === 'revoked') return end === 'invitationRevoked' || isUnclear ? [] : complaint;
		// A member who is invited may accept without anything to be seen, and a hidden person joins unseen.
		if (human !== null || (row !== undefined && this.model.hidden.includes(row))) return [];
		if (row?.joins === 1) return end === 'invitationAccepted' || this.hasAccepted(row.human) ? [] : complaint;
		// Who has left again may have been reported as not having come.
		return end === undefined && !this.accepted.some(({ member }) => member?.email === invitation.email) ? complaint : [];
	}

	/** Of a member: who was not known, or left and came back, or accepted another invitation. */
	private mayLookAccepted(id: string, human: number | null): boolean {
		const isElsewhere = this.model.rows.some((row) => row.human === human && row.joins > 1);
		return human !== null && (this.toStrangers.has(id) || isElsewhere || this.model.acceptances.has(human));
	}

	private hasAccepted(human: number): boolean {
		return this.accepted.some(({ member }) => member && this.model.rowAsSeen(member)?.human === human);
	}
}

export function byHuman(rows: readonly Row[]): Row[][] {
	const humans = new Map<number, Row[]>();
	for (const row of rows) humans.set(row.human, [...(humans.get(row.human) ?? []), row]);
	return [...humans.values()];
}

/** What is known as pending and is not, and the other way round. */
export function unsettledInvitations(model: FreshBooksModel, stored: unknown): string[] {
	const pending = model.pending().map(({ id }) => id);
	// One that ended while its address is listed without having joined, or undecided, waits for either.
	const people = [...peopleIn(stored), ...model.rows.map(({ person }) => person)];
	const isWaiting = ({ email }: { email: string | null }) => people.some((person) => person.email === email);
	const known = invitationsIn(stored).filter((one) => pending.includes(one.id) || !isWaiting(one)).map(({ id }) => id);
	return pending.sort().join() === known.sort().join() ? [] : [`pending invitations ${pending.join()}, known ${known.join()}`];
}
