import type { IDataObject } from 'n8n-workflow';

import businessGroup from './examples/businessGroup.json';
import invitationCreated from './examples/invitationCreated.json';
import invitations from './examples/invitations.json';
import members from './examples/members.json';
import memberUpdated from './examples/memberUpdated.json';
import projects from './examples/projects.json';
import staff from './examples/staff.json';
import staffDeleted from './examples/staffDeleted.json';
import staffList from './examples/staffList.json';
import teamMember from './examples/teamMember.json';
import teamMembers from './examples/teamMembers.json';
import usersMe from './examples/usersMe.json';
import usersMeFlat from './examples/usersMeFlat.json';
import usersMeModern from './examples/usersMeModern.json';
import usersMeUpdated from './examples/usersMeUpdated.json';

/**
 * FreshBooks' documented responses, unchanged:
 * - users/me, team members and staff: freshbooks.com/api (me_endpoint, team_members, staff);
 * - flat users/me, members and invitations: stitchflow.com/user-management/freshbooks/api;
 * - modern users/me and business group: FreshBooks' Postman collection, and a live capture of it;
 * - projects: tests of FreshBooks' Node.js SDK; pending invitation: Postman collection.
 */
export const EXAMPLE = {
	businessGroup,
	invitationCreated,
	invitations,
	members,
	memberUpdated,
	projects,
	staff,
	staffDeleted,
	staffList,
	teamMember,
	teamMembers,
	usersMe,
	usersMeFlat,
	usersMeModern,
	usersMeUpdated,
};

const two = (number: number): string => String(number).padStart(12, '0');

/** A row of the published team members list, without its business ID. */
export function teamMemberRow(number: number, changes: IDataObject = {}): IDataObject {
	return { ...teamMembers.response[0], business_id: null, uuid: `00000000-0000-4000-8000-${two(number)}`, email: `person${number}@example.com`, ...changes };
}

/** A row of the guide's members list. */
export function memberRow(id: number, changes: IDataObject = {}): IDataObject {
	return { ...members.response.members[0], id, email: `person${id}@example.com`, ...changes };
}

/** A row of the guide's invitations list. */
export function invitationRow(id: number, changes: IDataObject = {}): IDataObject {
	return { ...invitations.response.invitations[0], id, email: `invited${id}@example.com`, ...changes };
}

/** A staff record. */
export function staffRow(id: number, changes: IDataObject = {}): IDataObject {
	return { ...staff.response.result.staff, id, userid: id, ...changes };
}

/** The numbers from 1 to `count`. */
export function upTo(count: number): number[] {
	return Array.from({ length: count }, (_, index) => index + 1);
}

/** A page of the published team members list: an array in `response`, beside `meta` without `pages`. */
export function teamMembersPage(rows: IDataObject[], page = 1, total = rows.length, perPage = 100): IDataObject {
	return { response: rows, meta: { page, per_page: perPage, total } };
}

/** A page of the guide's members list: `response.pages` beside the rows. */
export function membersPage(rows: IDataObject[], page = 1, total = rows.length, perPage = 100): IDataObject {
	return { response: { members: rows, pages: { page, pages: Math.ceil(total / perPage), per_page: perPage, total } } };
}

/** The guide's invitations list, which has no paging. */
export function invitationsAnswer(rows: IDataObject[]): IDataObject {
	return { response: { invitations: rows } };
}

/** A page of accounting: rows, page, pages, per_page and total in `response.result`. */
export function staffPage(rows: IDataObject[], page = 1, total = rows.length, perPage = 100): IDataObject {
	return { response: { result: { staff: rows, page, pages: Math.ceil(total / perPage), per_page: perPage, total } } };
}

/** A project. */
export function projectRow(id: number, changes: IDataObject = {}): IDataObject {
	return { ...projects.projects[0], id, title: `Project ${id}`, ...changes };
}

/** A page of projects or time tracking: rows at the top level, beside `meta`. */
export function topLevelPage(key: string, rows: IDataObject[], page = 1, total = rows.length, perPage = 100): IDataObject {
	return { [key]: rows, meta: { page, pages: Math.ceil(total / perPage), per_page: perPage, total, sort: [] } };
}
