import { readToTheEnd } from '../api/lists';
import { listProjects, type Project } from '../api/projects';
import { getUnbilledTime } from '../api/timeEntries';
import { isJsonObject } from '../client/errors';
import type { HandOver } from './offboardReport';
import { matchOf, type Person } from './presence';
import { endsTheRun, reasonOf } from './reasons';
import type { Session } from './session';

/** What a leaver leaves behind in a business. Read only, and only where the connection's scopes allow it. */

const PROJECTS_SCOPE = 'user:projects:read';
const TIME_SCOPE = 'user:time_entries:read';

function worksOn({ members, pendingInvitations }: Project, person: Person): boolean {
	const rows = [...members, ...pendingInvitations.map(({ email }) => ({ email, identityId: null }))];
	return rows.some((row) => matchOf(row, person) !== undefined);
}

/** Whether FreshBooks says who works on a project; a project whose group is null has nobody. */
function namesPeople({ raw: { group } }: Project): boolean {
	return group === null || (isJsonObject(group) && Array.isArray(group.members));
}

/** The result of a reading, or a sentence that says why there is none. Rejects only with errors that end the run. */
async function orReason<Value>(what: string, reading: Promise<Value>): Promise<Value | string> {
	return await reading.catch((error: unknown) => (endsTheRun(error) ? Promise.reject(error) : `${what} were left out: ${reasonOf(error)}.`));
}

async function projectsOf(session: Session, businessId: number, person: Person): Promise<HandOver['projects'] | string> {
	if (!session.client.mayUse(PROJECTS_SCOPE)) return `Projects were left out: the connection does not have the scope ${PROJECTS_SCOPE}.`;
	const reading = readToTheEnd(session.client, listProjects(businessId, (project) => project));
	const read = await orReason('Projects', reading);
	if (typeof read === 'string') return read;
	if (read.doubt !== undefined) return `Projects were left out: ${read.doubt}`;
	const silent = read.rows.find((project) => !namesPeople(project));
	if (silent) return `Projects were left out: FreshBooks does not say who works on ${silent.title ?? `project ${silent.id ?? ''}`}.`;
	return read.rows.filter((project) => worksOn(project, person)).flatMap(({ id, title }) => (id === null ? [] : [{ id, title }]));
}

async function unbilledSecondsOf(session: Session, businessId: number, { identities }: Person): Promise<number | string> {
	if (!session.client.mayUse(TIME_SCOPE)) return `Unbilled time was left out: the connection does not have the scope ${TIME_SCOPE}.`;
	if (identities.size === 0) return 'Unbilled time was left out: FreshBooks shows no identity of the person.';
	const read = await orReason('Time entries', Promise.all([...identities].map(async (identity) => await getUnbilledTime(session.client, businessId, identity))));
	if (typeof read === 'string') return read;
	if (read.some(({ complete }) => !complete)) return 'Unbilled time was left out: FreshBooks did not show all time entries, or gave one without a duration.';
	return read.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** A leaver's projects and unbilled time. Throws only errors that end the run. */
export async function readHandOver(session: Session, businessId: number, person: Person): Promise<HandOver> {
	const [projects, seconds] = await Promise.all([projectsOf(session, businessId, person), unbilledSecondsOf(session, businessId, person)]);
	return {
		projects: typeof projects === 'string' ? null : projects,
		unbilledSeconds: typeof seconds === 'string' ? null : seconds,
		leftOut: [projects, seconds].filter((part): part is string => typeof part === 'string'),
	};
}
