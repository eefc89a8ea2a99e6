import { createHash } from 'crypto';

import type { DiffedField, FieldChange } from './compare';
import type { PendingInvitation, Person, Source } from './person';
import { idKey } from './person';

export const EVENTS = [
	'memberAdded',
	'memberRemoved',
	'memberDeactivated',
	'memberReactivated',
	'roleChanged',
	'memberUpdated',
	'invitationCreated',
	'invitationAccepted',
	'invitationRevoked',
] as const;

export type EventName = (typeof EVENTS)[number];

export const INVITATION_EVENTS: readonly EventName[] = [
	'invitationCreated',
	'invitationAccepted',
	'invitationRevoked',
];

export interface Business {
	name: string;
	id: number;
}

export type TurnKind = 'added' | 'removed' | 'accepted' | DiffedField;

/**
 * How often each kind of change has happened to a person; absent: never. The counter is part of the event ID. When n8n restores an
 * older state, the same change is found again with the same counter and gets the same ID. The same kind of change at a later time has
 * a higher counter. Each kind has its own counter, whether its event is chosen or not: two changes may be found in two polls and,
 * after a restore, in one. With one counter for the person the second would then get another ID.
 * Known limit: a change that was undone leaves no trace in an older state. A *later* change of the same kind can then get its ID.
 */
export type Turns = Readonly<Partial<Record<TurnKind, number>>>;

/** The turns after one more change of each of `kinds`. */
export function turnsAfter(turns: Turns, kinds: readonly TurnKind[]): Turns {
	const next: Partial<Record<TurnKind, number>> = { ...turns };
	for (const kind of kinds) next[kind] = (next[kind] ?? 0) + 1;
	return next;
}

/** A person as an item shows them; the ID is text or a number, as FreshBooks gives it. */
export type MemberOutput = Omit<Person, 'id'> & { id: string | number };

/** An invitation as an item shows it. `id` is `null` when only the acceptance was found. */
export type InvitationOutput = Omit<PendingInvitation, 'id'> & { id: string | number | null };

export type ChangesOutput = Partial<
	Record<
		DiffedField | 'invitationAcceptedAt',
		{ from: string | number | boolean | null; to: string | number | boolean | null }
	>
>;

/** The JSON of one output item, fields in the order in which n8n's table shows them. */
export interface ChangeItem {
	event: EventName;
	/** Only in the samples of "Fetch Test Event". */
	test?: true;
	/** Absent for `invitationCreated` and `invitationRevoked`. */
	member?: MemberOutput;
	invitation?: InvitationOutput;
	changes: ChangesOutput;
	business: Business;
	/** The member's last known values; `null` when there were none. */
	previous: MemberOutput | null;
	/** ISO, when the poll found it. */
	detectedAt: string;
	/** The same change always has the same ID; see {@link eventId}. */
	eventId: string;
}

/** What all items of one poll of one business share. */
export interface ItemContext {
	business: Business;
	source: Source;
	detectedAt: string;
	/** When the baseline was taken, from which the turns are counted; ISO. */
	baselineAt: string;
	/** Tells one trigger from another. */
	trigger: string;
}

/** One person's changes of one poll, with the turns after them. */
export interface PersonChange {
	/** `null`: the person was not known. */
	before: Person | null;
	/** `null`: the person left. */
	after: Person | null;
	fields: readonly FieldChange[];
	/** The accepted invitation; `null`: the acceptance was found, but the invitation was never listed. */
	accepted?: PendingInvitation | null;
	/** The person's name in event IDs; `null`: the ID. */
	subject: string | null;
	/** With these changes counted. */
	turns: Turns;
}

const PROFILE_FIELDS: readonly DiffedField[] = [
	'id',
	'email',
	'firstName',
	'lastName',
	'identityId',
];

/** The counters that one person's changes of one poll increase. */
export function turnKindsOf(change: Pick<PersonChange, 'before' | 'after' | 'fields' | 'accepted'>): TurnKind[] {
	const kinds: TurnKind[] = change.fields.map(({ field }) => field);
	if (change.before === null) kinds.push('added');
	if (change.after === null) kinds.push('removed');
	if (change.accepted !== undefined) kinds.push('accepted');
	return kinds;
}

/**
 * One person's changes as items, one for every event that applies, always in this order: added,
 * reactivated, updated, role changed, deactivated, invitation accepted; or removed alone.
 */
export function personItems(change: PersonChange, context: ItemContext): ChangeItem[] {
	const person = change.after ?? change.before;
	if (person === null) return [];
	const item = (event: EventName, kinds: readonly TurnKind[], changes: ChangesOutput = {}) =>
		personItem(change, person, context, { event, kinds, changes });
	if (change.after === null) return [item('memberRemoved', ['removed'])];
	const fields = (...names: readonly DiffedField[]) =>
		change.fields.filter(({ field }) => names.includes(field));
	const items: ChangeItem[] = [];
	const addFields = (event: EventName, some: readonly FieldChange[]) => {
		if (some.length === 0) return;
		const kinds = some.map(({ field }) => field);
		items.push(item(event, kinds, changesOutput(some, context.source)));
	};
	if (change.before === null) items.push(item('memberAdded', ['added']));
	const activity = fields('active');
	if (person.active) addFields('memberReactivated', activity);
	addFields('memberUpdated', fields(...PROFILE_FIELDS));
	addFields('roleChanged', fields('role'));
	if (!person.active) addFields('memberDeactivated', activity);
	if (change.accepted !== undefined) items.push(acceptedItem(change, person, context));
	return items;
}

interface ItemParts {
	event: EventName;
	kinds: readonly TurnKind[];
	changes: ChangesOutput;
	invitation?: InvitationOutput;
}

function personItem(
	{ before, subject, turns }: PersonChange,
	person: Person,
	context: ItemContext,
	{ event, kinds, changes, invitation }: ItemParts,
): ChangeItem {
	const counted = kinds.map((kind) => [kind, turns[kind] ?? 0] as const);
	// An acceptance is the same one whether its date is known yet or not.
	const values = event === 'invitationAccepted' ? {} : changes;
	return {
		event,
		member: memberOutput(person, context.source),
		...(invitation === undefined ? {} : { invitation }),
		changes,
		business: context.business,
		previous: before === null ? null : memberOutput(before, context.source),
		detectedAt: context.detectedAt,
		eventId: eventId(context, event, subject ?? idKey(person.id), counted, values),
	};
}

function acceptedItem(change: PersonChange, person: Person, context: ItemContext): ChangeItem {
	const from = change.before?.invitationAcceptedAt ?? null;
	const to = person.invitationAcceptedAt;
	return personItem(change, person, context, {
		event: 'invitationAccepted',
		kinds: ['accepted'],
		changes: from === to ? {} : { invitationAcceptedAt: { from, to } },
		invitation: change.accepted
			? invitationOutput(change.accepted)
			: { email: person.email, role: null, status: null, id: null },
	});
}

/**
 * The item of an invitation that was created or revoked. Each happens once, so the event ID needs no counter. `subject` separates
 * invitations to which FreshBooks gave the same number.
 */
export function invitationItem(
	event: 'invitationCreated' | 'invitationRevoked',
	invitation: PendingInvitation,
	subject: string,
	context: ItemContext,
): ChangeItem {
	return {
		event,
		invitation: invitationOutput(invitation),
		changes: {},
		business: context.business,
		previous: null,
		detectedAt: context.detectedAt,
		eventId: eventId(context, event, subject, [], {}),
	};
}

/**
 * SHA-256, in hexadecimal, over what identifies a change: the trigger and its baseline, business, source, event, the person or
 * invitation, the turns of every kind involved, and the values. Fields that depend on the poll are left out.
 */
function eventId(
	{ trigger, baselineAt, business, source }: ItemContext,
	event: EventName,
	subject: string,
	turns: ReadonlyArray<readonly [TurnKind, number]>,
	changes: ChangesOutput,
): string {
	const identity = ['v1', trigger, baselineAt, business.id, source, event, subject, turns, changes];
	return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function changesOutput(fields: readonly FieldChange[], source: Source): ChangesOutput {
	const changes: ChangesOutput = {};
	for (const { field, from, to } of fields) {
		const show = (value: FieldChange['from']) =>
			field === 'id' && typeof value === 'string' ? idOutput(value, source) : value;
		changes[field] = { from: show(from), to: show(to) };
	}
	return changes;
}

/** The UUID as text, the whole number as a number. */
function idOutput(id: string, source: Source): string | number {
	return source === 'businessMembers' ? numberIfWhole(id) : id;
}

function numberIfWhole(id: string): string | number {
	return /^\d{1,15}$/.test(id) ? Number(id) : id;
}

/** A person as an item shows them, name and address first. */
export function memberOutput(person: Person, source: Source): MemberOutput {
	return {
		firstName: person.firstName,
		lastName: person.lastName,
		email: person.email,
		role: person.role,
		active: person.active,
		id: idOutput(person.id, source),
		identityId: person.identityId,
		invitationAcceptedAt: person.invitationAcceptedAt,
		updatedAt: person.updatedAt,
	};
}

/** An invitation as an item shows it, as FreshBooks last listed it. */
export function invitationOutput(invitation: PendingInvitation): InvitationOutput {
	const { id, email, role, status } = invitation;
	return { email, role, status, id: numberIfWhole(id) };
}
