import { escapeHtml } from './html.mts';
import { roleTitle } from './roles.mts';
import type { HistoryEntry, HistoryKind } from './types.mts';
import { asRecord } from './values.mts';
import type { World } from './world.mts';

const CHANGES_SHOWN = 50;
/** By `vis_state`. */
const STAFF_STATES = ['active', 'deleted', 'archived'];
/** Fields whose name says too little by itself. */
const FIELD_WORDS: Record<string, string> = { vis_state: 'state', fname: 'first name', lname: 'last name', role: 'your role', listable: 'lists its people' };

/** The latest changes, the newest first: whom, what, from what to what, where and by whom. */
export function changes(world: World): string {
	const items = world.history.slice(-CHANGES_SHOWN).reverse().map((entry) => changeItem(world, entry));
	const empty = '<li id="no-changes" class="soft">Nothing has changed yet.</li>';
	return `<section id="changes-part"><h2>Changes</h2><ol id="changes" class="keyed" role="log" aria-label="Changes">${items.join('') || empty}</ol></section>`;
}

/** `HH:MM:SS` of an ISO time, by the clock of this machine. */
export function localTime(at: string): string {
	return `<time class="soft" datetime="${at}">${new Date(at).toLocaleTimeString('en-GB')}</time>`;
}

function changeItem(world: World, entry: HistoryEntry): string {
	const by = entry.by === 'api' ? 'the API (n8n)' : 'this page';
	const business = entry.kind === 'businessAdded' || entry.kind === 'businessDeleted' ? undefined : nameOf(world, entry.businessId);
	const place = business === undefined ? `By ${by}` : `${business}, by ${by}`;
	return `<li id="c${entry.seq}">${localTime(entry.at)} <strong>${escapeHtml(whom(world, entry))}</strong>${escapeHtml(WHAT[entry.kind](entry))} <span class="soft">${escapeHtml(place)}</span></li>`;
}

/** What the business is called now, or was called when it was deleted. */
function nameOf(world: World, id: number | null): string | undefined {
	if (id === null) return undefined;
	const deleted = () => world.history.find(({ kind, businessId }) => kind === 'businessDeleted' && businessId === id)?.details.name;
	return world.businesses.get(id)?.name ?? String(deleted() ?? `Business ${id}`);
}

function whom(world: World, { kind, businessId, person, details }: HistoryEntry): string {
	if (person) return named(`${person.firstName} ${person.lastName}`, person.email);
	if (kind.startsWith('staff')) return staffName(world, businessId, Number(details.staffId));
	if (kind === 'ownerUpdated' || kind.startsWith('membership')) return 'You';
	return kind === 'businessChanged' ? 'The business' : String(details.email ?? details.name);
}

function staffName(world: World, businessId: number | null, staffId: number): string {
	const { fname = '', lname = '', email = '' } = world.businesses.get(businessId ?? 0)?.staffById.get(staffId)?.fields ?? {};
	return named(`${fname ?? ''} ${lname ?? ''}`, email ?? '');
}

function named(name: string, email: string): string {
	return name.trim() === '' ? email : `${name.trim()} (${email})`;
}

/** What follows the name of the person, ending with a full stop. */
const WHAT: Record<HistoryKind, (entry: HistoryEntry) => string> = {
	memberAdded: ({ person }) => ` was added. ${roleOf(person?.role)}`,
	memberRemoved: ({ person }) => ` was removed. ${roleOf(person?.role)}`,
	memberDeactivated: () => ' was deactivated: Active → Inactive.',
	memberReactivated: () => ' was reactivated: Inactive → Active.',
	roleChanged: ({ details }) => ` got another role: ${roleTitle(String(details.from))} → ${roleTitle(String(details.to))}.`,
	memberUpdated: ({ details }) => ` was changed${listed(details)}`,
	memberIdChanged: ({ details }) => ` got another UUID: ${String(details.from)} → ${String(details.to)}.`,
	invitationCreated: ({ details }) => ` was invited. ${roleOf(details.role)}`,
	invitationAccepted: ({ details }) => ` accepted the invitation. ${roleOf(details.role)}`,
	invitationRevoked: ({ details }) => `: the invitation was revoked. ${roleOf(details.role)}`,
	staffCreated: ({ details }) => `: staff record ${String(details.staffId)} was created.`,
	staffUpdated: ({ details }) => `: staff record ${String(details.staffId)} was changed${listed(details)}`,
	staffDeleted: ({ details }) => `: staff record ${String(details.staffId)} was deleted${listed(details)}`,
	ownerUpdated: ({ details }) => ` were changed${listed(details)}`,
	businessAdded: ({ details }) => ` was added, with ${String(details.members)} team members.`,
	businessChanged: ({ details }) => ` was changed${listed(details)}`,
	businessDeleted: ({ details }) => ` was deleted, with ${String(details.members)} team members.`,
	membershipAdded: ({ details }) => ` joined. ${roleOf(details.role)}`,
	membershipRemoved: () => ' left.',
};

function roleOf(role: unknown): string {
	return `Role: ${roleTitle(String(role))}.`;
}

/** `: last name Wexley → Wren, …`. */
function listed(details: Record<string, unknown>): string {
	const fields = Object.entries(asRecord(details.changes)).map(([field, change]) => {
		const { from, to } = asRecord(change);
		return `${fieldWords(field)} ${valueWords(field, from)} → ${valueWords(field, to)}`;
	});
	return fields.length === 0 ? ', but every value stayed the same.' : `: ${fields.join(', ')}.`;
}

function fieldWords(field: string): string {
	return FIELD_WORDS[field] ?? field.replace(/_/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function valueWords(field: string, value: unknown): string {
	if (value === null || value === undefined || value === '') return '(empty)';
	if (field === 'vis_state') return STAFF_STATES[Number(value)] ?? String(value);
	if (field === 'role') return roleTitle(String(value));
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
