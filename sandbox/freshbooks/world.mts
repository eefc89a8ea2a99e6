import { randomBytes } from 'node:crypto';

import { utc } from './clock.mts';
import { PastLists } from './lag.mts';
import type { Lists } from './lag.mts';
import { findMember, forgetMember, indexMember, unindexMember } from './businesses.mts';
import type {
	Actor, Business, HistoryEntry, HistoryKind, Invitation, Member, Membership, Owner, Settings, StaffRecord,
} from './types.mts';
import { seededRandom, uuidFrom } from './values.mts';

export type MemberDraft = Partial<Omit<Member, 'memberId'>> & { email: string; memberId?: number };
export type MemberChanges = Partial<Omit<Member, 'uuid' | 'memberId'>>;
export interface InvitationDraft { email: string; role: string; id?: number }

/** The people, businesses and invitations of the sandbox, and the history of every change made to them. */
export class World {
	readonly settings: Settings;
	/** The settings after a reset. */
	readonly initialSettings: Settings;
	owner: Owner;
	businesses = new Map<number, Business>();
	history: HistoryEntry[] = [];
	/** Every fasttrack and API token ever returned. */
	readonly secrets = new Set<string>();
	/** The grant whose token makes the present changes; see `RequestEntry.grant`. */
	actingGrant: number | null = null;
	private random = seededRandom(20261121);
	private lastSeq = 0;
	private lastId = 0;
	private lastWorkId = 0;
	private readonly past = new PastLists();

	constructor(settings: Settings, owner: Owner) {
		this.settings = settings;
		this.initialSettings = { ...settings };
		this.owner = owner;
	}

	/** The sandbox's time, with the clock offset. */
	now(): number {
		return Date.now() + this.settings.clockOffsetMs;
	}

	/** Removes all people and businesses. The history stays. */
	clear(owner: Owner): void {
		this.owner = owner;
		this.businesses = new Map();
		this.random = seededRandom(20261121);
		this.lastId = 0;
		this.lastWorkId = 0;
	}

	newUuid(): string {
		return uuidFrom(this.random);
	}

	nextRandom(): number {
		return this.random();
	}

	newId(base: number): number {
		this.lastId += 1;
		return base + this.lastId;
	}

	/** An ID of a project or time entry, from a counter of its own: the IDs of people do not depend on it. */
	newWorkId(base: number): number {
		this.lastWorkId += 1;
		return base + this.lastWorkId;
	}

	/** Identities come from here only, so no two people share one. */
	newIdentityId(): number {
		return this.newId(712_100);
	}

	newSecret(kind: 'fasttrack' | 'apitoken'): string {
		const secret = `fbsx-${kind}-${randomBytes(32).toString('hex')}`;
		this.secrets.add(secret);
		return secret;
	}

	record(kind: HistoryKind, by: Actor, business: Business | null, member: Member | null, details: Record<string, unknown> = {}): void {
		this.lastSeq += 1;
		this.history.push({
			seq: this.lastSeq, at: new Date(this.now()).toISOString(), machineAt: Date.now(), kind, by, grant: by === 'api' ? this.actingGrant : null,
			businessId: business?.id ?? null, person: member && personOf(member), details,
		});
		if (business && this.settings.listLagMs > 0) this.past.keep(business, this.settings.listLagMs);
	}

	/** The members and invitations that lists show: the present ones, or with the setting `listLagMs` earlier ones. */
	listed(business: Business): Lists {
		const { listLagMs } = this.settings;
		return listLagMs > 0 ? this.past.ago(business, listLagMs) : business;
	}

	/** Makes lists show the present state of these businesses at once, whatever `listLagMs`; later changes lag. */
	showAtOnce(businesses: Iterable<Business> = this.businesses.values()): void {
		for (const business of businesses) this.past.restart(business, this.settings.listLagMs);
	}

	newMembership(role: string): Membership {
		return { id: this.newId(168_000), groupId: this.newId(96_000), role, fasttrackToken: this.newSecret('fasttrack') };
	}

	addBusiness(business: Business, by: Actor): Business {
		this.businesses.set(business.id, business);
		this.record('businessAdded', by, business, null, { name: business.name, members: business.members.length });
		return business;
	}

	deleteBusiness(business: Business, by: Actor): void {
		this.businesses.delete(business.id);
		this.record('businessDeleted', by, business, null, { name: business.name, members: business.members.length });
	}

	/** A complete member from a partial one; nothing is stored. */
	draftMember(draft: MemberDraft): Member {
		const now = utc(this.now());
		return {
			uuid: this.newUuid(), memberId: this.newId(41_000), identityId: null, identityUuid: null,
			firstName: '', middleName: null, lastName: '', jobTitle: null, street1: null, street2: null, city: null,
			province: null, country: null, postalCode: null, phoneNumber: null, role: 'business_employee', active: true,
			invitationDateAccepted: null, permissions: null, createdAt: now, updatedAt: now, staffId: null, ...draft,
		};
	}

	addMember(business: Business, draft: MemberDraft, by: Actor, withStaff = true): Member {
		const member = this.draftMember(draft);
		indexMember(business, member);
		if (withStaff) this.addStaffFor(business, member);
		this.record('memberAdded', by, business, member);
		return member;
	}

	/** FreshBooks has an accounting record for every invited person (FreshBooks API docs, Staff page). */
	addStaffFor(business: Business, member: Member): StaffRecord {
		const isOwner = member.role === 'owner';
		const admin = isOwner || ['business_partner', 'business_manager'].includes(member.role);
		const staff: StaffRecord = {
			id: isOwner ? 1 : this.newId(2_194_800), memberUuid: member.uuid, visState: 0, level: isOwner ? 3 : 1,
			role: admin ? 'admin' : 'staff', apiToken: null, signupDate: member.createdAt, lastLogin: member.updatedAt,
			updated: member.updatedAt, projectIds: [],
			fields: { fname: member.firstName, lname: member.lastName, email: member.email, organization: business.name },
		};
		member.staffId = staff.id;
		business.staff.push(staff);
		business.staffById.set(staff.id, staff);
		return staff;
	}

	/** Changes fields of a member, except the two IDs, and records one history entry for each kind of change. */
	changeMember(business: Business, member: Member, changes: MemberChanges, by: Actor): void {
		const changed = differences(member, changes);
		if (Object.keys(changed).length === 0) return;
		Object.assign(member, changes);
		// Assumption 5: every change of a member, a role change and an acceptance too, moves updated_at.
		if (this.settings.bumpUpdatedAt && !('updatedAt' in changes)) member.updatedAt = utc(this.now());
		business.version += 1;
		this.recordMemberChange(business, member, changed, by);
	}

	private recordMemberChange(business: Business, member: Member, changed: Differences, by: Actor): void {
		const { role, active, ...others } = changed;
		if (role) this.record('roleChanged', by, business, member, { from: role.from, to: role.to });
		if (active) this.record(active.to === true ? 'memberReactivated' : 'memberDeactivated', by, business, member);
		if (Object.keys(others).length > 0) this.record('memberUpdated', by, business, member, { changes: others });
	}

	/** Gives a person a new UUID, at the same place in the list. With `oldAnswers` a request with the old UUID is still answered until the person leaves. */
	changeUuid(business: Business, member: Member, by: Actor, uuid = this.newUuid(), oldAnswers = false): void {
		const from = member.uuid;
		const position = business.members.indexOf(member);
		unindexMember(business, member);
		member.uuid = uuid;
		indexMember(business, member, position);
		if (oldAnswers) business.membersByFormerUuid.set(from, member);
		for (const staff of business.staff) if (staff.memberUuid === from) staff.memberUuid = uuid;
		this.record('memberIdChanged', by, business, member, { from, to: uuid, oldAnswers });
	}

	/** Assumption 11: a removed member is gone from every list; the setting `removedMembers: 'inactive'` keeps the row. */
	removeMember(business: Business, member: Member, by: Actor): void {
		if (this.settings.removedMembers === 'inactive') {
			member.active = false;
			member.updatedAt = utc(this.now());
			business.version += 1;
		} else {
			forgetMember(business, member);
		}
		this.record('memberRemoved', by, business, member);
	}

	invite(business: Business, draft: InvitationDraft, by: Actor): Invitation {
		const invitation: Invitation = {
			id: draft.id ?? this.newId(5_500), email: draft.email, role: draft.role, status: 'pending', createdAt: utc(this.now()),
		};
		business.invitations.push(invitation);
		// Assumption 4: a pending person is not in the lists; the setting `pendingInTeamMembers` shows them there.
		if (this.settings.pendingInTeamMembers && !findMember(business, draft.email)) {
			this.addMember(business, { email: draft.email, role: draft.role, active: false }, by, false);
		}
		this.record('invitationCreated', by, business, null, { ...invitation });
		return invitation;
	}

	/** The invited person accepts: they become a member, or the member of that address gets a seat. */
	accept(business: Business, invitation: Invitation, names: { firstName?: string; lastName?: string }, by: Actor): Member {
		invitation.status = 'accepted';
		const known = findMember(business, invitation.email);
		const joined: MemberChanges = {
			...names, role: invitation.role, active: true, invitationDateAccepted: utc(this.now()),
			identityId: known?.identityId ?? this.newIdentityId(), identityUuid: known?.identityUuid ?? this.newUuid(),
		};
		if (known) this.changeMember(business, known, joined, by);
		const member = known ?? this.addMember(business, { ...joined, ...namesFor(invitation.email, names), email: invitation.email }, by);
		this.record('invitationAccepted', by, business, member, { ...invitation });
		return member;
	}

	revoke(business: Business, invitation: Invitation, by: Actor): void {
		invitation.status = 'revoked';
		this.record('invitationRevoked', by, business, null, { ...invitation });
	}
}

function personOf({ uuid, memberId, email, role, active, firstName, lastName, identityId }: Member): HistoryEntry['person'] {
	return { uuid, memberId, email, role, active, firstName, lastName, identityId };
}

export type Differences = Record<string, { from: unknown; to: unknown }>;

/** The fields that `changes` would change in `current`; a field that is undefined in `changes` stays as it is. */
export function differences(current: object, changes: object): Differences {
	const before: Record<string, unknown> = { ...current };
	const entries = Object.entries(changes).filter(([field, value]) => value !== undefined && before[field] !== value);
	return Object.fromEntries(entries.map(([field, value]) => [field, { from: before[field], to: value }]));
}

function namesFor(email: string, names: { firstName?: string; lastName?: string }): { firstName: string; lastName: string } {
	const [first = '', last = ''] = (email.split('@')[0] ?? '').split('.');
	const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
	return { firstName: names.firstName ?? capital(first), lastName: names.lastName ?? capital(last) };
}
