import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { FreshBooksModel, InvitationFate } from './model';

const FIELDS = ['id', 'email', 'firstName', 'lastName', 'role', 'active', 'identityId'] as const;
type Fields = Record<string, unknown>;

function fieldsOf(person: object): Fields {
	return Object.fromEntries(FIELDS.map((field) => [field, asKept(field, Reflect.get(person, field))]));
}

function asKept(field: string, value: unknown): unknown {
	return field === 'id' ? String(value) : value;
}

/** What somebody knows who has the baseline and the events since, folded in their order, and nothing else. */
export class Ledger {
	private readonly people: Map<string, Fields>;

	/** What was told of each invitation. */
	private readonly invitations = new Map<string, string[]>();

	/** Invitations to an address of which nobody was known when they were told. */
	private readonly toStrangers = new Set<string>();

	private readonly accepted: ChangeItem[] = [];

	constructor(private readonly model: FreshBooksModel) {
		this.people = new Map(model.rows.map(({ person }) => [person.id, fieldsOf(person)]));
		for (const { id } of model.pending()) this.invitations.set(id, ['invitationCreated']);
	}

	/** Throws when the event does not follow from what was told before. */
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

	/** What was told and is not so, and what is so and was not told. */
	complaints(): string[] {
		const complaints = this.model.invitations.flatMap((one) => this.complaintsAbout(one));
		const truth = new Map(this.model.rows.map(({ person }) => [person.id, fieldsOf(person)]));
		for (const id of new Set([...truth.keys(), ...this.people.keys()])) {
			const told = JSON.stringify(this.people.get(id));
			const isSo = JSON.stringify(truth.get(id));
			if (told !== isSo) complaints.push(`${id} is ${isSo}, told was ${told}`);
		}
		for (const { human, joins, person } of this.model.rows) {
			const isOldMember = human <= 6 && joins === 1 && person.active !== null;
			if (isOldMember && this.model.acceptances.has(human) && !this.hasAccepted(human)) complaints.push(`${person.id} has accepted`);
		}
		return complaints;
	}

	private complaintsAbout({ invitation, fate, human }: InvitationFate): string[] {
		const told = this.invitations.get(invitation.id) ?? [];
		const [begin, end, ...more] = told;
		const complaint = [`invitation ${invitation.id} is ${fate}, told was ${told.join()}`];
		if (more.length > 0 || (told.length > 0 && begin !== 'invitationCreated')) return complaint;
		if (fate === 'pending' && (begin === undefined || (end !== undefined && !this.mayLookAccepted(invitation.id, human)))) return complaint;
		// A member who is invited may accept without anything to be seen.
		if (begin === undefined || human !== null || fate === 'pending') return [];
		const row = this.model.rows.find(({ person }) => person.email === invitation.email);
		if (fate === 'revoked') return end === 'invitationRevoked' ? [] : complaint;
		if (row?.joins === 1) return end === 'invitationAccepted' || this.hasAccepted(row.human) ? [] : complaint;
		// Who has left again may have been told as not having come.
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
