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

/** A person of the members list, which says whose address is confirmed, and not who is active. */
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
