import type { IDataObject } from 'n8n-workflow';

import type { BusinessMember } from '../../api/businessMembers';
import { isoOrNull } from '../../api/dates';
import type { Me } from '../../api/me';
import type { Project } from '../../api/projects';
import type { StaffRecord } from '../../api/staff';
import type { TeamMember } from '../../api/teamMembers';

/**
 * Turns FreshBooks' objects into flat items of at most ten camelCase fields: who it is first, IDs after what a person reads,
 * as that is how the editor's table shows them. Pure.
 */

/** A person of the published team members list. */
export function simplifyTeamMember({ email, firstName, lastName, role, active, uuid, identityId, invitationAcceptedAt, createdAt, updatedAt }: TeamMember): IDataObject {
	return { email, firstName, lastName, role, active, id: uuid, identityId, invitationAcceptedAt, createdAt, updatedAt };
}

/** A person of the guide's members list, or of a business group: the same names where the same thing is meant. */
export function simplifyBusinessMember({ email, firstName, lastName, role, active, confirmed, id, identityId }: BusinessMember): IDataObject {
	return { email, firstName, lastName, role, active, confirmed, id, identityId };
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
