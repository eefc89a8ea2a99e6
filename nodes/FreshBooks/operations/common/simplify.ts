import type { IDataObject } from 'n8n-workflow';

import type { BusinessMember } from '../../api/businessMembers';
import { isoOrNull } from '../../api/dates';
import type { Me } from '../../api/me';
import type { Project } from '../../api/projects';
import type { StaffRecord } from '../../api/staff';
import type { TeamMember } from '../../api/teamMembers';
import { roleTitle } from '../../people/roles';
import type { NamedBusiness } from '../../people/namedBusiness';

/**
 * Converts FreshBooks' objects to flat items of at most ten camelCase fields, in the order of the editor's table: who it is
 * first, IDs after what a person reads. Pure.
 */

/** An item of any of the three lists of people. `state` has the fields that only some lists have. */
function personItem(
	{ email, firstName, lastName, role, identityId }: Pick<TeamMember, 'email' | 'firstName' | 'lastName' | 'role' | 'identityId'>,
	id: string | number | null,
	state: IDataObject,
	{ businessId, name }: NamedBusiness,
): IDataObject {
	const roleName = role === null ? null : roleTitle(role);
	return { email, firstName, lastName, role, roleName, ...state, id, identityId, businessId, businessName: name };
}

/** A person of the published team members list, in the business whose list it is; `roleName` is FreshBooks' name of the role. */
export function simplifyTeamMember(member: TeamMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.uuid, { active: member.active }, business);
}

/** A person of the members list, which says whose address is confirmed, and not who is active. */
export function simplifyBusinessMember(member: BusinessMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.id, { confirmed: member.confirmed }, business);
}

/** A person of a business group, which says who is active. */
export function simplifyGroupMember(member: BusinessMember, business: NamedBusiness): IDataObject {
	return personItem(member, member.id, { active: member.active }, business);
}

/** The connected user. */
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
		lastLoginAt: isoOrNull(lastLogin),
		updatedAt: isoOrNull(updated),
	};
}

/** A project, with the people who work on it. */
export function simplifyProject({ title, active, complete, id, clientId, members, pendingInvitations }: Project): IDataObject {
	return {
		title,
		active,
		complete,
		id,
		clientId,
		members: members.map(({ email, firstName, lastName, role, identityId }) => ({ email, firstName, lastName, role, identityId })),
		pendingInvitations: pendingInvitations.map(({ email, role, id: invitationId }) => ({ email, role, id: invitationId })),
	};
}
