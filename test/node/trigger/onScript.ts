import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { EventName } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import { START } from '../../harness/clock';
import { connectedCredential } from '../../harness/context';
import { invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage, upTo } from '../../harness/examples';
import { ALL_EVENTS, TestTrigger, type Polled, type TriggerSettings } from '../../harness/trigger';
import { endpointOf, type Endpoint } from '../hostile/freshBooks';
import { startServer, type Answer, type Arrived, type TestServer } from '../hostile/server.cts';

/** The trigger against a FreshBooks whose rows a test writes one by one, also such as the sandbox would never show. */

export const ACME = 8675309;
export const BOLT = 8675310;
export const SOURCES: readonly Source[] = ['teamMembers', 'businessMembers'];

let server: TestServer;
let businesses: Map<number, ScriptedBusiness>;

/** Call once in a suite: starts the server, and gives every test two businesses of ten people. */
export function onAScript(): void {
	jest.setTimeout(60_000);
	beforeAll(async () => {
		server = await startServer();
	});
	beforeEach(() => {
		businesses = new Map([ACME, BOLT].map((id) => [id, new ScriptedBusiness()]));
		server.answerWith(answerTo);
	});
	afterAll(async () => {
		await server.close();
	});
}

/** A person, named by the number of their ID. The fields are those of FreshBooks' members list; `uuid` only where it is not the number's. */
export interface Row extends IDataObject {
	id: number;
	email?: string | null;
	identity_id?: number | null;
}

export const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The ID as an item shows it. */
export const idIn = (source: Source, number: number): string | number => (source === 'teamMembers' ? uuidOf(number) : number);

export const addressOf = (number: number): string => `person${number}@example.com`;

/** A person who joined long ago. */
export function person(id: number, changes: IDataObject = {}): Row {
	return {
		id,
		email: addressOf(id),
		first_name: `First${id}`,
		last_name: `Last${id}`,
		role: 'business_employee',
		active: true,
		identity_id: id,
		invitation_date_accepted: '2023-01-24T17:17:56Z',
		updated_at: '2023-03-01T09:45:42Z',
		...changes,
	};
}

/** A person who is listed and has not joined. */
export function unjoined(id: number, changes: IDataObject = {}): Row {
	return person(id, { identity_id: null, invitation_date_accepted: null, active: false, confirmed: false, ...changes });
}

export const iso = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

export const NOT_FOUND: Answer = json({ error: 'not_found', error_description: 'The requested resource was not found.' }, 404);

export function json(body: unknown, status = 200): Answer {
	return { status, body: JSON.stringify(body) };
}

export class ScriptedBusiness {
	/** Who is there. */
	people: Row[] = upTo(10).map((id) => person(id));

	/** What the list shows of them. */
	list: (rows: Row[]) => Row[] = (rows) => rows;

	/** Answers to a person requested by ID, in place of the truth. */
	readonly byId = new Map<number, Answer>();

	/** Rows of the invitations list. */
	invitations: IDataObject[] = [];

	/** What the invitations list shows of them. */
	listInvitations: (rows: IDataObject[]) => IDataObject[] = (rows) => rows;

	one(id: number): Row {
		const found = this.people.find((row) => row.id === id);
		if (!found) throw new Error(`Nobody has the ID ${id}.`);
		return found;
	}

	change(id: number, changes: IDataObject): void {
		Object.assign(this.one(id), changes);
	}

	/** The row no longer has these fields. */
	leaveOut(id: number, ...fields: string[]): void {
		for (const field of fields) delete this.one(id)[field];
	}

	add(...rows: Row[]): void {
		this.people.push(...rows);
	}

	remove(...ids: number[]): void {
		this.people = this.people.filter(({ id }) => !ids.includes(id));
	}

	/** Away from the list, though there. */
	hide(...ids: number[]): void {
		this.list = (rows) => rows.filter(({ id }) => !ids.includes(id));
	}

	/** Away from the list, and requested by ID it is answered like this. */
	undecided(answer: Answer, ...ids: number[]): void {
		this.hide(...ids);
		for (const id of ids) this.byId.set(id, answer);
	}

	showAll(): void {
		this.list = (rows) => rows;
		this.byId.clear();
	}

	invite(id: number, changes: IDataObject = {}): void {
		this.invitations.push(invitationRow(id, { status: 'pending', role: 'business_employee', ...changes }));
	}

	endInvitation(...ids: number[]): void {
		this.invitations = this.invitations.filter(({ id }) => !ids.includes(Number(id)));
	}

	answer(endpoint: Endpoint | undefined, url: URL): Answer {
		const page = Number(url.searchParams.get('page') ?? 1);
		const paged = (rows: IDataObject[], toPage: typeof teamMembersPage) => json(toPage(rows.slice((page - 1) * 100, page * 100), page, rows.length));
		if (endpoint === 'teamMembers') return paged(this.list(this.people).map(teamRow), teamMembersPage);
		if (endpoint === 'members') return paged(this.list(this.people).map(businessRow), membersPage);
		if (endpoint === 'invitations') return json(invitationsAnswer(this.listInvitations(this.invitations)));
		if (endpoint !== 'teamMember') return NOT_FOUND;
		const uuid = url.pathname.split('/').at(-1) ?? '';
		const scripted = this.byId.get(Number(uuid.slice(-12)));
		const found = this.people.find((row) => (row.uuid ?? uuidOf(row.id)).toString().toLowerCase() === uuid.toLowerCase());
		return scripted ?? (found ? json({ response: teamRow(found) }) : NOT_FOUND);
	}
}

/** A row of the published list: only the fields that the person has. */
function teamRow({ id, role, ...others }: Row): IDataObject {
	const { uuid } = teamMemberRow(id);
	delete others.confirmed;
	return { uuid, business_id: null, ...(role === undefined ? {} : { business_role_name: role }), ...others };
}

/** A row of the guide's list. */
function businessRow({ ...row }: Row): IDataObject {
	const { confirmed } = memberRow(row.id);
	delete row.uuid;
	return { confirmed, ...row };
}

function me(): Answer {
	const memberships = [...businesses.keys()].map((id) => ({ id, role: 'owner', business: { id, name: id === ACME ? 'Acme' : 'Bolt' } }));
	return json({ response: { id: 712052, business_memberships: memberships } });
}

function answerTo({ method, url }: Arrived): Answer {
	const endpoint = endpointOf(method, url);
	if (endpoint === 'me') return me();
	const [, id] = /\/business(?:es)?\/(\d+)/.exec(url) ?? [];
	return businesses.get(Number(id))?.answer(endpoint, new URL(url, server.url)) ?? NOT_FOUND;
}

/** The business that most tests watch. */
export function acme(id = ACME): ScriptedBusiness {
	const found = businesses.get(id);
	if (!found) throw new Error(`There is no business ${id}.`);
	return found;
}

/** How often people were requested by ID since the test began. */
export function lookUpCount(): number {
	return server.arrived.filter(({ method, url }) => endpointOf(method, url) === 'teamMember').length;
}

export function watchingAcme(source: Source = 'teamMembers', changes: INodeParameters = {}): INodeParameters {
	return { businesses: 'selected', businessIds: [ACME], source, events: [...ALL_EVENTS], ...changes };
}

/** Only the events of people. */
export const PEOPLE_EVENTS: EventName[] = ALL_EVENTS.filter((event) => !event.startsWith('invitation'));

export function newTrigger(parameters: INodeParameters = watchingAcme(), settings: Partial<TriggerSettings> = {}): TestTrigger {
	const credential = connectedCredential({ environment: 'custom', apiBaseUrl: server.url, accessTokenUrl: `${server.url}/auth/oauth/token` });
	return new TestTrigger({ credential, ...settings, parameters });
}

/** A trigger that has taken its baseline. */
export async function watched(parameters?: INodeParameters, settings?: Partial<TriggerSettings>): Promise<TestTrigger> {
	const trigger = newTrigger(parameters, settings);
	const { items, error } = await trigger.activate();
	if (items.length > 0 || error) throw new Error(`The baseline was not silent: ${JSON.stringify({ items, error })}`);
	return trigger;
}

/** What the user reads of an error. */
export function textOf({ error }: Polled): string {
	return error ? `${error.message} ${error.description}` : '';
}

/** What was emitted, as 'event address field: from -> to'. */
export function changesIn({ items }: Pick<Polled, 'items'>): string[] {
	return items.map(({ event, member, invitation, changes }) => {
		const shown = Object.entries(changes).map(([field, change]) => `${field}: ${String(change.from)} -> ${String(change.to)}`);
		return [event, member?.email ?? invitation?.email, ...shown].join(' ');
	});
}
