import type { BusinessMembership } from '../api/me';
import { addressKey } from '../client/identifiers';
import { invitationOf } from '../api/invitations';
import { booleanOrNull, idOrNull, textOrNull, type WireObject } from '../client/json';
import type { Person } from './findings';
import { ageInDays, invitedAtOf, isoOrNull } from '../api/dates';

/** Joins a business's lists into people. Pure, and linear in the number of rows. */

/** The lists of one business; null for one that was not read. */
export interface Lists {
	teamMembers: WireObject[];
	members: WireObject[] | null;
	invitations: WireObject[] | null;
}

type Business = Pick<BusinessMembership, 'businessId' | 'name'>;

function nobody({ businessId, name }: Business): Person {
	return {
		businessId,
		businessName: name,
		email: null,
		firstName: null,
		lastName: null,
		role: null,
		active: null,
		invitation: { state: 'unknown', id: null, invitedAt: null, acceptedAt: null, ageDays: null },
		sourceIds: { teamMember: null, member: null, identity: null, invitation: null },
		createdAt: null,
		updatedAt: null,
		listed: true,
	};
}

/** Whoever has an identity of FreshBooks' can log in, so they joined even where no date says so. */
function fromTeamMember(row: WireObject, business: Business, withInvitations: boolean): Person {
	const person = nobody(business);
	const acceptedAt = isoOrNull(row.invitation_date_accepted);
	const identity = idOrNull(row.identity_id);
	const joined = acceptedAt !== null || identity !== null;
	const notJoined = withInvitations ? 'none' : 'unknown';
	return {
		...person,
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active),
		invitation: { ...person.invitation, state: joined ? 'accepted' : notJoined, acceptedAt },
		sourceIds: { ...person.sourceIds, teamMember: textOrNull(row.uuid), identity },
		createdAt: isoOrNull(row.created_at),
		updatedAt: isoOrNull(row.updated_at),
	};
}

function fromMember(row: WireObject, business: Business): Person {
	const person = nobody(business);
	return {
		...person,
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
		invitation: { ...person.invitation, state: row.confirmed === true ? 'accepted' : 'unknown' },
		sourceIds: { ...person.sourceIds, member: idOrNull(row.id), identity: idOrNull(row.identity_id) },
	};
}

function fromInvitation(row: WireObject, business: Business): Person {
	return { ...nobody(business), email: invitationOf(row).email, role: invitationOf(row).role, active: false, listed: false };
}

/** People by address, each address in the order of the rows. */
class ByAddress {
	private readonly people = new Map<string, Person[]>();

	constructor(people: Person[]) {
		people.forEach((person) => this.add(person));
	}

	add(person: Person): void {
		if (person.email === null) return;
		const key = addressKey(person.email);
		const known = this.people.get(key);
		if (known) known.push(person);
		else this.people.set(key, [person]);
	}

	at(email: string | null): Person[] {
		return email === null ? [] : (this.people.get(addressKey(email)) ?? []);
	}
}

function addMembers(people: Person[], byAddress: ByAddress, rows: WireObject[], business: Business): void {
	for (const row of rows) {
		const known = byAddress.at(textOrNull(row.email)).find(({ sourceIds }) => sourceIds.member === null);
		if (known) {
			known.sourceIds.member = idOrNull(row.id);
			continue;
		}
		const person = fromMember(row, business);
		people.push(person);
		byAddress.add(person);
	}
}

function addInvitations(people: Person[], byAddress: ByAddress, rows: WireObject[], business: Business, now: number): void {
	for (const row of rows) {
		const known = byAddress.at(invitationOf(row).email).find(({ sourceIds }) => sourceIds.invitation === null);
		const person = known ?? fromInvitation(row, business);
		const id = invitationOf(row).id;
		// Whoever had accepted an earlier one was there long before this one.
		const invitedAt = invitedAtOf(row) ?? (person.invitation.state === 'accepted' ? null : person.createdAt);
		person.sourceIds.invitation = id;
		person.invitation.id = id;
		// Somebody deactivated who accepted once may come back through a new one.
		if (person.invitation.state !== 'accepted' || person.active === false) {
			person.invitation = { ...person.invitation, state: 'pending', invitedAt, ageDays: ageInDays(invitedAt, now) };
		}
		if (known) continue;
		people.push(person);
		byAddress.add(person);
	}
}

/** Everybody of one business: listed people, then invited ones. */
export function peopleOf(business: Business, lists: Lists, now: number): Person[] {
	const people = lists.teamMembers.map((row) => fromTeamMember(row, business, lists.invitations !== null));
	const byAddress = new ByAddress(people);
	addMembers(people, byAddress, lists.members ?? [], business);
	addInvitations(people, byAddress, lists.invitations ?? [], business, now);
	return people;
}

/** How many people have each address. */
export function countAddresses(people: Person[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { email } of people) {
		if (email !== null) counts.set(addressKey(email), (counts.get(addressKey(email)) ?? 0) + 1);
	}
	return counts;
}
