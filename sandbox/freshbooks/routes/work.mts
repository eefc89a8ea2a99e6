import { businessProblem, noSuchBusiness, ok } from '../answers.mts';
import type { Answer } from '../answers.mts';
import { pendingInvitations } from '../businesses.mts';
import type { Call, Endpoint } from '../gate.mts';
import { paginate, pagingObject } from '../paging.mts';
import type { Business, Project, TimeEntry } from '../types.mts';
import type { World } from '../world.mts';
import { isAnswer, reachableBusiness } from './access.mts';

/** FreshBooks' project and time services give 30 rows by default (FreshBooks API docs, Projects page). */
const PER_PAGE = 30;

/** Projects with their people, and the time people logged: for reading only (FreshBooks API docs, Projects and Time Entries pages). */
export function workEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: '/projects/business/:businessId/projects', scope: ['user:projects:read'], handle: (call) => projects(world, call) },
		{ method: 'GET', path: '/timetracking/business/:businessId/time_entries', scope: ['user:time_entries:read'], handle: (call) => timeEntries(world, call) },
	];
}

/** Assumption 13: a user who may not list the people of a business may not list its projects and time entries either. */
function businessOf(world: World, { params }: Call): Business | Answer {
	const business = reachableBusiness(world, params.businessId ?? '');
	return isAnswer(business) && business.status === 404 ? noSuchBusiness() : business;
}

/** The rows are at the top level, beside `meta` (FreshBooks API docs, Projects page). */
function listed<Row>(world: World, { query, distortion }: Call, name: string, rows: readonly Row[], bodyOf: (row: Row) => Record<string, unknown>): Answer {
	const page = paginate(rows.map((row) => ({ row, email: '' })), query, { ...world.settings, defaultPerPage: PER_PAGE }, distortion);
	if ('problem' in page) return businessProblem(page.problem, 'Input should be a valid integer, unable to parse string as an integer');
	const meta = pagingObject(world.settings, { sort: [], total: page.total, per_page: page.echo, page: page.page, pages: page.pages });
	return ok({ [name]: page.rows.map(({ row }) => bodyOf(row)), meta });
}

function projects(world: World, call: Call): Answer {
	const business = businessOf(world, call);
	if (isAnswer(business)) return business;
	return listed(world, call, 'projects', business.projects, (project) => projectBody(business, project));
}

function projectBody(business: Business, project: Project): Record<string, unknown> {
	const { id, title, groupId, createdAt } = project;
	return {
		id, title, description: null, due_date: null, client_id: null, internal: false, budget: null, fixed_price: null, rate: null,
		billing_method: 'team_member_rate', project_type: 'hourly_rate', project_manager_id: null, active: true, complete: false, sample: false,
		created_at: withoutZone(createdAt), updated_at: withoutZone(createdAt), logged_duration: null, services: [], billed_amount: '0.00',
		billed_status: 'unbilled', retainer_id: null, expense_markup_percent: '0', group_id: groupId, group: groupBody(business, project),
	};
}

/** Assumption 13: projects do not show people who left the business, or invitations that are not pending. */
function groupBody(business: Business, { groupId, memberIds, invitationIds }: Project): Record<string, unknown> {
	const members = memberIds.flatMap((memberId) => business.membersById.get(memberId) ?? []);
	const invited = pendingInvitations(business).filter(({ id }) => invitationIds.includes(id));
	return {
		id: groupId,
		members: members.map((member) => ({
			id: member.memberId, group_id: groupId, role: member.role, identity_id: member.identityId, first_name: member.firstName,
			last_name: member.lastName, email: member.email, company: business.name, active: member.active,
		})),
		pending_invitations: invited.length === 0 ? null : invited.map(({ id, role, email }) => ({ id, group_id: groupId, capacity: role, to_email: email })),
	};
}

/** Assumption 14: `identity_id` and `billed` work as filters without another parameter, for everybody of the business. */
function timeEntries(world: World, call: Call): Answer {
	const business = businessOf(world, call);
	if (isAnswer(business)) return business;
	const { identity_id: identityId, billed } = call.query;
	const isWanted = (entry: TimeEntry) =>
		(identityId === undefined || String(entry.identityId) === identityId) && (billed === undefined || String(entry.billed) === billed);
	return listed(world, call, 'time_entries', business.timeEntries.filter(isWanted), timeEntryBody);
}

function timeEntryBody({ id, identityId, projectId, duration, billed, startedAt }: TimeEntry): Record<string, unknown> {
	return {
		id, identity_id: identityId, timer: null, is_logged: true, started_at: startedAt, created_at: startedAt, client_id: null, project_id: projectId,
		pending_client: null, pending_project: null, pending_task: null, task_id: null, service_id: null, note: null, active: false,
		billable: true, billed, internal: false, retainer_id: null, duration,
	};
}

/** The project service writes UTC without its Z (FreshBooks' Python SDK, tests). */
function withoutZone(time: string): string {
	return time.replace(/Z$/, '');
}
