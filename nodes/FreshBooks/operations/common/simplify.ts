import type { IDataObject } from 'n8n-workflow';

import type { BusinessMember } from '../../api/businessMembers';
import type { Me } from '../../api/me';
import type { StaffRecord } from '../../api/staff';
import type { TeamMember } from '../../api/teamMembers';
import { roleTitle } from '../../people/roles';
import type { NamedBusiness } from './namedBusiness';

/**
 * Turns FreshBooks' objects into flat items of at most ten camelCase fields: who it is first, IDs after what a person reads,
 * as that is how the editor's table shows them. Pure.
 */

/** What the three lists of people have in common, and in `state` what only some of them say. */
function personItem(
	{ email, firstName, lastName, role, identityId }: Pick<TeamMember, 'email' | 'firstName' | 'lastName' | 'role' | 'identityId'>,
	id: string | number | null,
	state: IDataObject,
	{ businessId, name }: NamedBusiness,
): IDataObject {
	const roleName = role === null ? null : roleTitle(role);
	return { email, firstName, lastName, role, roleName, ...state, id, identityId, businessId, businessName: name };
}

/** A person of the published team members list, in the business whose list it is; `roleName` is what FreshBooks calls the role. */
export function simplifyTeamMember(member: TeamMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.uuid, { active: member.active }, business);
}

/** A person of the guide's members list, which says whose address is confirmed, and not who is active. */
export function simplifyBusinessMember(member: BusinessMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.id, { confirmed: member.confirmed }, business);
}

/** A person of a business group, which says who is active. */
export function simplifyGroupMember(member: BusinessMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.id, { active: member.active }, business);
}

/** The token owner. */
export function simplifyMe({ email, firstName, lastName, id, language, timezone, setupComplete, confirmedAt, createdAt, memberships }: Me): IDataObject {
	const businesses = memberships.map(({ businessId, name, role }) => ({ businessId, name, role }));
	return { email, firstName, lastName, id, language, timezone, setupComplete, confirmedAt, createdAt, businesses };
}

const VIS_STATES = ['active', 'deleted', 'archived'];

/** A staff record; times in UTC. */
export function simplifyStaff({ email, firstName, lastName, displayName, role, rate, visState, id, lastLogin, updated }: StaffRecord): IDataObject {
	return {
		email,
		firstName,
		lastName,
		displayName,
		role,
		rate,
		state: visState === null ? null : (VIS_STATES[visState] ?? String(visState)),
		id,
		lastLoginAt: easternToUtc(lastLogin),
		updatedAt: easternToUtc(updated),
	};
}

let eastern: Intl.DateTimeFormat | undefined;

/** Made when first needed: it takes longer than loading the rest of the package. */
function easternFormat(): Intl.DateTimeFormat {
	eastern ??= new Intl.DateTimeFormat('en-US', {
		timeZone: 'America/New_York',
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric',
	});
	return eastern;
}

/** What a New York clock shows at a moment, read as if it were UTC; epoch milliseconds. */
function easternClock(moment: number): number {
	const part = Object.fromEntries(easternFormat().formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
	return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

/**
 * ISO 8601 in UTC for an accounting time such as `2016-08-05 10:38:41`, which carries no zone and means America/New_York
 * (FreshBooks' documentation of dates; models.py of the Python SDK). Null for anything else. Of the two readings in the hour
 * that a clock change repeats, the earlier one.
 */
export function easternToUtc(value: unknown): string | null {
	if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(value)) return null;
	const iso = `${value.replace(' ', 'T')}.000Z`;
	const clock = Date.parse(iso);
	// Also null: `0000-00-00 00:00:00`, and days that no calendar has.
	if (Number.isNaN(clock) || new Date(clock).toISOString() !== iso) return null;
	const daylight = clock + 4 * 3_600_000;
	const moment = easternClock(daylight) === clock ? daylight : clock + 5 * 3_600_000;
	return new Date(moment).toISOString();
}
