import type { IDataObject } from 'n8n-workflow';

import { membershipsOf } from '../../api/identity';
import { booleanOrNull, idOrNull, numberOrNull, textOrNull, type WireObject } from '../../api/wire';

/**
 * Turns FreshBooks' objects into flat items of at most ten camelCase fields: who it is first, IDs after what a person reads,
 * as that is how the editor's table shows them. Pure.
 */

/** A row of the published team members list. */
export function simplifyTeamMember(row: WireObject): IDataObject {
	return {
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.business_role_name),
		active: booleanOrNull(row.active),
		id: textOrNull(row.uuid),
		identityId: idOrNull(row.identity_id),
		invitationAcceptedAt: textOrNull(row.invitation_date_accepted),
		createdAt: textOrNull(row.created_at),
		updatedAt: textOrNull(row.updated_at),
	};
}

/** A row of the guide's members list, or of a business group: the same names where the same thing is meant. */
export function simplifyBusinessMember(row: WireObject): IDataObject {
	return {
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
		confirmed: booleanOrNull(row.confirmed),
		id: idOrNull(row.id),
		identityId: idOrNull(row.identity_id),
	};
}

/** The token owner. */
export function simplifyMe(me: WireObject): IDataObject {
	return {
		email: textOrNull(me.email),
		firstName: textOrNull(me.first_name),
		lastName: textOrNull(me.last_name),
		id: idOrNull(me.id),
		language: textOrNull(me.language),
		timezone: textOrNull(me.timezone),
		setupComplete: booleanOrNull(me.setup_complete),
		confirmedAt: textOrNull(me.confirmed_at),
		createdAt: textOrNull(me.created_at),
		businesses: membershipsOf(me).map(({ businessId, name, role }) => ({ businessId, name, role })),
	};
}

const VIS_STATES = ['active', 'deleted', 'archived'];

/** A staff record; times in UTC. */
export function simplifyStaff(row: WireObject): IDataObject {
	const visState = numberOrNull(row.vis_state);
	return {
		email: textOrNull(row.email),
		firstName: textOrNull(row.fname),
		lastName: textOrNull(row.lname),
		displayName: textOrNull(row.display_name),
		role: textOrNull(row.role),
		rate: textOrNull(row.rate) ?? numberOrNull(row.rate),
		state: visState === null ? null : (VIS_STATES[visState] ?? String(visState)),
		id: idOrNull(row.id) ?? idOrNull(row.userid),
		lastLoginAt: easternToUtc(row.last_login),
		updatedAt: easternToUtc(row.updated),
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
