import { accountingError, ok, permissionDenied } from '../answers.mts';
import type { Answer } from '../answers.mts';
import { naiveEastern, utc } from '../clock.mts';
import type { Call, Endpoint } from '../gate.mts';
import { paginate, pagingObject } from '../paging.mts';
import type { Business, StaffRecord } from '../types.mts';
import { differences } from '../world.mts';
import type { World } from '../world.mts';
import { asRecord, many, text } from '../values.mts';
import { isAnswer } from './access.mts';

const LIST = '/accounting/account/:accountId/users/staffs';
const SINGLE = `${LIST}/:staffId`;

/** The accounting records of people. FreshBooks names `user:teams:read` for all of it, writes included (FreshBooks API docs, Staff page). */
export function staffEndpoints(world: World): Endpoint[] {
	return [
		{ method: 'GET', path: LIST, scope: ['user:teams:read'], handle: (call) => list(world, call) },
		{ method: 'POST', path: LIST, scope: ['user:teams:read'], handle: (call) => create(world, call) },
		{ method: 'GET', path: SINGLE, scope: ['user:teams:read'], handle: (call) => single(world, call) },
		{ method: 'PUT', path: SINGLE, scope: ['user:teams:read'], handle: (call) => update(world, call) },
	];
}

function account(world: World, { params }: Call): Business | Answer {
	const business = [...world.businesses.values()].find(({ accountId }) => accountId !== null && accountId === params.accountId);
	if (!business) return accountingError(world.settings, { status: 404, errno: 1012, field: 'accountid', message: 'Account not found.', object: 'account', value: params.accountId ?? '' });
	return business.membership && business.listable ? business : permissionDenied();
}

/** The key of the list is `staff`, with the paging fields beside it (FreshBooks API docs, Staff page). */
function list(world: World, call: Call): Answer {
	const business = account(world, call);
	if (isAnswer(business)) return business;
	const hidesOthers = world.settings.staffListed === 'active' && call.query['search[vis_state]'] === undefined;
	const listed = hidesOthers ? business.staff.filter(({ visState }) => visState === 0) : business.staff;
	const rows = matching(listed, call.query).map((staff) => ({ staff, email: staff.fields.email ?? '' }));
	const page = paginate(rows, call.query, world.settings, call.distortion);
	if ('problem' in page) return pagingError(world, page.problem, page.value);
	const withProjects = many(call.query['include[]']).includes('projectids');
	return ok({ response: { result: {
		...pagingObject(world.settings, { per_page: page.echo, pages: page.pages, total: page.total, page: page.page }),
		staff: page.rows.map(({ staff }) => staffBody(business, staff, withProjects)),
	} } });
}

function pagingError(world: World, field: 'page' | 'per_page', value: string): Answer {
	const message = field === 'page' ? 'Invalid page number.' : 'Invalid per_page number.';
	return accountingError(world.settings, { status: 400, errno: field === 'page' ? 1014 : 1013, field, message, object: 'staff', value });
}

type Test = (staff: StaffRecord, wanted: string[]) => boolean;

function contains(fields: (string | null | undefined)[], wanted: string[]): boolean {
	return wanted.every((part) => fields.some((field) => field?.toLowerCase().includes(part.toLowerCase())));
}

const digits = (value: string | null | undefined) => (value ?? '').replace(/\D/g, '');

/** The filters of FreshBooks API docs, Staff page, and the general vis_state one. */
const FILTERS: Record<string, Test> = {
	userid: ({ id }, [wanted]) => String(id) === wanted,
	userids: ({ id }, wanted) => wanted.includes(String(id)),
	user_levels: ({ role }, [wanted]) => role === wanted,
	user_like: ({ fields }, wanted) => contains([fields.fname, fields.lname, fields.organization], wanted),
	email_like: ({ fields }, wanted) => contains([fields.email], wanted),
	note_like: ({ fields }, wanted) => contains([fields.note], wanted),
	phone_like: ({ fields }, wanted) => contains([digits(fields.bus_phone), digits(fields.mob_phone), digits(fields.home_phone)], wanted.map(digits)),
	vis_state: ({ visState }, [wanted]) => String(visState) === wanted,
};

/** Filters are written `search[name]`, a list as `search[name][]`; a filter that does not exist is ignored. */
function matching(staff: readonly StaffRecord[], query: Record<string, unknown>): readonly StaffRecord[] {
	const wanted = Object.entries(FILTERS).flatMap(([name, test]) => {
		const values = [...many(query[`search[${name}]`]), ...many(query[`search[${name}][]`])];
		return values.length > 0 ? [{ test, values }] : [];
	});
	return wanted.length === 0 ? staff : staff.filter((record) => wanted.every(({ test, values }) => test(record, values)));
}

function find(world: World, call: Call): { business: Business; staff: StaffRecord } | Answer {
	const business = account(world, call);
	if (isAnswer(business)) return business;
	const id = call.params.staffId ?? '';
	const staff = business.staffById.get(Number(id));
	// Assumption: the documented example of errno 1012 is a client's; this is the same for staff.
	return staff ? { business, staff } : accountingError(world.settings, { status: 404, errno: 1012, field: 'userid', message: 'Staff not found.', object: 'staff', value: id });
}

function single(world: World, call: Call): Answer {
	const found = find(world, call);
	if (isAnswer(found)) return found;
	const withProjects = many(call.query['include[]']).includes('projectids');
	return ok({ response: { result: { staff: staffBody(found.business, found.staff, withProjects) } } });
}

const WRITABLE = ['fax', 'rate', 'note', 'display_name', 'lname', 'mob_phone', 'home_phone', 'email', 'username', 'p_province', 'p_city', 'p_code',
	'p_country', 'bus_phone', 'language', 'p_street2', 'fname', 'organization', 'p_street', 'currency_code'];

/** Checks the body, vis_state and the email; the other fields are not checked. */
function problemIn(world: World, body: Record<string, unknown>): Answer | undefined {
	const refuse = (errno: number, field: string, message: string) =>
		accountingError(world.settings, { status: 422, errno, field, message, object: 'staff', value: String(asRecord(body.staff)[field] ?? '') });
	if (!('staff' in body)) return refuse(1001, 'staff', 'This field is required.');
	const { vis_state: visState, email } = asRecord(body.staff);
	if (visState !== undefined && ![0, 1, 2].includes(Number(visState))) return refuse(1004, 'vis_state', 'Invalid value.');
	return email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(String(email)) ? refuse(1004, 'email', 'Invalid email address.') : undefined;
}

/** Deleting is an update to vis_state 1, answered by an empty response. Assumption 8: the person's membership and login stay as they are. */
function update(world: World, call: Call): Answer {
	const found = find(world, call);
	if (isAnswer(found)) return found;
	const problem = problemIn(world, call.body);
	if (problem) return problem;
	const { business, staff } = found;
	const { vis_state: visState, ...others } = asRecord(call.body.staff);
	const fields = Object.fromEntries(WRITABLE.filter((name) => name in others).map((name) => [name, others[name] === null ? null : String(others[name])]));
	const state = visState === undefined ? {} : { vis_state: Number(visState) };
	const changes = differences({ vis_state: staff.visState, ...staff.fields }, { ...fields, ...state });
	Object.assign(staff.fields, fields);
	staff.visState = state.vis_state ?? staff.visState;
	staff.updated = utc(world.now());
	const deleted = state.vis_state === 1;
	world.record(deleted ? 'staffDeleted' : 'staffUpdated', 'api', business, null, { staffId: staff.id, changes });
	return ok({ response: deleted ? {} : { result: { staff: staffBody(business, staff, false) } } });
}

/** Deprecated: an accounting record that cannot log in (FreshBooks API docs, Staff page). It exists so that a test can show that the nodes do not use it. */
function create(world: World, call: Call): Answer {
	const business = account(world, call);
	if (isAnswer(business)) return business;
	const problem = problemIn(world, call.body);
	if (problem) return problem;
	const fields = asRecord(call.body.staff);
	const now = utc(world.now());
	const staff: StaffRecord = {
		id: world.newId(2_194_800), memberUuid: null, visState: 0, level: 1, role: 'staff', apiToken: null, signupDate: now, lastLogin: now,
		updated: now, projectIds: [], fields: Object.fromEntries(WRITABLE.filter((name) => text(fields[name])).map((name) => [name, String(fields[name])])),
	};
	business.staff.push(staff);
	business.staffById.set(staff.id, staff);
	world.record('staffCreated', 'api', business, null, { staffId: staff.id });
	return ok({ response: { result: { staff: staffBody(business, staff, false) } } });
}

function staffBody({ accountId }: Business, staff: StaffRecord, withProjects: boolean): Record<string, unknown> {
	const { fields } = staff;
	const orEmpty = (name: string) => fields[name] ?? '';
	const orNull = (name: string) => fields[name] ?? null;
	return {
		fax: orEmpty('fax'), rate: orNull('rate'), num_logins: 0, api_token: staff.apiToken, id: staff.id, note: orNull('note'),
		display_name: orEmpty('display_name'), lname: orEmpty('lname'), mob_phone: orEmpty('mob_phone'), last_login: naiveEastern(staff.lastLogin),
		home_phone: orNull('home_phone'), email: orEmpty('email'), username: fields.username ?? `MHz${staff.id.toString(36)}`,
		updated: naiveEastern(staff.updated), p_province: orEmpty('p_province'), p_city: orEmpty('p_city'), p_code: orEmpty('p_code'),
		p_country: orEmpty('p_country'), accounting_systemid: accountId, bus_phone: orEmpty('bus_phone'), signup_date: naiveEastern(staff.signupDate),
		language: fields.language ?? 'en', level: staff.level, userid: staff.id, p_street2: orEmpty('p_street2'), vis_state: staff.visState,
		fname: orEmpty('fname'), organization: orEmpty('organization'), p_street: orEmpty('p_street'), currency_code: orNull('currency_code'),
		role: staff.role, ...(withProjects ? { projectids: staff.projectIds } : {}),
	};
}
