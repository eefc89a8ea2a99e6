import { findMember, pendingInvitations, sameAddress } from './businesses.mts';
import { utc } from './clock.mts';
import type { Business } from './types.mts';
import type { World } from './world.mts';

/** A project to add, with its people and its invitations by address. */
export interface ProjectDraft { title: string; members?: readonly string[]; invited?: readonly string[] }

/** Work to add; `duration` in seconds, `project` an index into the projects of the business. */
export interface TimeEntryDraft { identityId: number; duration: number; billed?: boolean; project?: number }

/** Adds a project; addresses that are neither in the team nor invited are left out. */
export function addProject(world: World, business: Business, { title, members = [], invited = [] }: ProjectDraft): void {
	business.projects.push({
		id: world.newWorkId(654_300), groupId: world.newWorkId(4_141_700), title, createdAt: utc(world.now()),
		memberIds: members.flatMap((email) => findMember(business, email)?.memberId ?? []),
		invitationIds: pendingInvitations(business).filter(({ email }) => invited.some((one) => sameAddress(one, email))).map(({ id }) => id),
	});
}

export function addTimeEntry(world: World, business: Business, { identityId, duration, billed = false, project = 0 }: TimeEntryDraft): void {
	business.timeEntries.push({
		id: world.newWorkId(982_500), identityId, duration, billed, projectId: business.projects[project]?.id ?? null, startedAt: utc(world.now() - duration * 1000),
	});
}
