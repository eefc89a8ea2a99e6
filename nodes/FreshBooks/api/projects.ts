import { path } from '../client/identifiers';
import { booleanOrNull, idOrNull, objectOf, objectsOf, textOrNull, type WireObject } from '../client/json';
import type { ListRequest } from './lists';

/** Projects and their members (freshbooks.com/api/project; scope `user:projects:read`). Read only. */

/** A person who works on a project, from `group.members`. */
export interface ProjectMember {
	identityId: number | null;
	email: string | null;
	firstName: string | null;
	lastName: string | null;
	role: string | null;
	active: boolean | null;
}

/** A pending invitation to a project, from `group.pending_invitations`. */
export interface ProjectInvitation {
	id: number | null;
	/** `to_email`. */
	email: string | null;
	/** `capacity`. */
	role: string | null;
}

/** One project. A field that FreshBooks omits is null. */
export interface Project {
	id: number | null;
	title: string | null;
	active: boolean | null;
	complete: boolean | null;
	clientId: number | null;
	/** Empty if FreshBooks returns none. */
	members: ProjectMember[];
	pendingInvitations: ProjectInvitation[];
	/** The unchanged FreshBooks object. */
	raw: WireObject;
}

function projectMemberOf(row: WireObject): ProjectMember {
	return {
		identityId: idOrNull(row.identity_id),
		email: textOrNull(row.email),
		firstName: textOrNull(row.first_name),
		lastName: textOrNull(row.last_name),
		role: textOrNull(row.role),
		active: booleanOrNull(row.active),
	};
}

/** Field names: FreshBooks' Postman collection, and `ProjectGroup` in its Node.js SDK. */
function projectInvitationOf(row: WireObject): ProjectInvitation {
	return {
		id: idOrNull(row.id),
		email: textOrNull(row.to_email) ?? textOrNull(row.email),
		role: textOrNull(row.capacity) ?? textOrNull(row.role),
	};
}

/** Parses a row of the projects list. */
export function projectOf(row: WireObject): Project {
	const group = objectOf(row.group);
	return {
		id: idOrNull(row.id),
		title: textOrNull(row.title),
		active: booleanOrNull(row.active),
		complete: booleanOrNull(row.complete),
		clientId: idOrNull(row.client_id),
		members: objectsOf(group.members).map(projectMemberOf),
		pendingInvitations: objectsOf(group.pending_invitations).map(projectInvitationOf),
		raw: row,
	};
}

/** The projects list: rows in `projects` at the top level, beside `meta{page, per_page, pages, total}`. */
export function listProjects<Kept>(businessId: number, keep: (project: Project) => Kept): ListRequest<Kept> {
	return {
		path: path`/projects/business/${businessId}/projects`,
		subject: `projects of business ${businessId}`,
		idFamily: 'business ID',
		published: true,
		rowKeys: ['projects'],
		idOf: (row) => idOrNull(row.id),
		keep: (row) => keep(projectOf(row)),
	};
}
