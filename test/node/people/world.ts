import { sleep, type IDataObject, type IHttpRequestOptions, type IN8nHttpFullResponse } from 'n8n-workflow';

import { invitationRow, invitationsAnswer, memberRow, membersPage, staffPage, teamMemberRow, teamMembersPage } from '../../harness/examples';
import type { ItemPlan } from './context';
import { addressOf, businessIdOf, identityOf, ME, roleOf, SECRETS, shortRole, type Change, type List, type ListFault, type RowPlan, type WorldPlan } from './plan';

/**
 * A FreshBooks in memory. It knows the truth, and its lists show it late, incomplete, broken or not at all. Time is the clock of
 * test/harness/clock.ts; every request takes some.
 */

/** A membership. Its key never changes. */
export interface Row {
	key: number;
	human: number;
	uuid: string;
	memberId: number;
	email: string | null;
	identity: number | null;
	role: string;
	active: boolean;
	/** Removed from the business; the published list may keep it as inactive. */
	removed: boolean;
	/** A list that omits the address. */
	addressNotIn: List | null;
}

export interface Invitation {
	id: number;
	human: number;
	email: string;
	role: string;
	status: string;
	/** The execution that created it. */
	by: number | null;
}

/** The state of a business from a moment on. */
export interface State {
	at: number;
	rows: readonly Row[];
	invitations: readonly Invitation[];
}

/** One row as a response showed it. */
export interface Shown {
	id: string | number;
	email: string | null;
	identity: number | null;
	role: string;
	active: boolean | null;
	status: string | null;
}

/** One request and its result. */
export interface Sent {
	run: number;
	/** Its position in the order of responses, and the position of the next response when it was sent. */
	index: number;
	begun: number;
	at: number;
	method: string;
	path: string;
	/** What the path is about. */
	target: List | 'me' | 'staff' | 'other';
	business: number | null;
	/** The last integer in the path of a single member or invitation. */
	id: number | null;
	/** The address of an invitation, and the role of a write. */
	email: string | null;
	role: string | null;
	/** null without a response. */
	status: number | null;
	/** True if the response came from FreshBooks itself. */
	authored: boolean;
	/** True if it changed the truth, now or later. */
	applied: boolean;
	/** The role in the response to a change. */
	answeredRole: string | null;
	page: number;
	/** The list as the response showed it; undefined if it was not a page of a list. */
	shown?: Shown[];
	total?: number;
	/** The moment of the shown truth. */
	asOf: number;
}

const LATENCY_MS = 30;
/** An execution with more requests than this counts as endless. */
const MOST_REQUESTS = 3_000;

interface Answer {
	status: number;
	body: string;
}

const json = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) });
const page = (status: number): Answer => ({ status, body: '<html><body>Somebody in between has a problem</body></html>' });
const NOT_FOUND = json(404, { error: 'not_found', error_description: 'The requested resource was not found.' });
const SERVER_ERROR = json(500, { error: 'internal_server_error', error_description: 'internal server error' });
const REFUSALS: Partial<Record<ListFault['how'], Answer>> = {
	error: SERVER_ERROR,
	forbidden: json(403, { error: 'forbidden', error_description: 'You may not see this.' }),
	notFound: NOT_FOUND,
	webPage: page(503),
	throttled: json(429, { error: 'rate_limited', error_description: 'Too many requests.' }),
};

const round = <Value>(values: readonly Value[], turn: number): Value => values[turn % values.length];

export class World {
	readonly sent: Sent[] = [];
	readonly states: State[][];
	/** Called before the response to a request; a second execution starts here. */
	beforeAnswer: (number: number) => Promise<void> = async () => undefined;
	private nextKey = 1;
	private readonly counts = new Map<string, number>();
	private readonly underWay: Array<{ at: number; arrive: () => void }> = [];
	private asked = 0;

	constructor(readonly plan: WorldPlan) {
		this.states = plan.businesses.map(({ rows, invitations }) => [
			{
				at: Date.now() - 3_600_000,
				rows: [{ human: ME, alias: 'own' as const, role: plan.meRole, active: true, hasIdentity: true, addressNotIn: null, hasAddress: true }, ...rows].map((row) => this.newRow(row)),
				invitations: invitations.map(({ human, alias, role, status }) => this.newInvitation(human, addressOf(human, alias), role, status, null)),
			},
		]);
	}

	/** The state of a business, now or at an earlier moment. */
	state(business: number, at = Infinity): State {
		return this.states[business].findLast((state) => state.at <= at) ?? this.states[business][0];
	}

	/** The IDs of a person and of their invitation at the start, with the named address or without one. */
	idsOf({ human, alias, business }: ItemPlan): { memberId?: number; uuid?: string; invitationId?: number } {
		const { rows, invitations } = this.states[business][0];
		const address = addressOf(human, alias);
		// A shared address says nothing about a row without one.
		const row = rows.find((one) => one.human === human && (one.email === address || (one.email === null && (one.identity === null || alias !== 'shared'))));
		const invitation = invitations.find(({ email }) => email === address);
		return { memberId: row?.memberId, uuid: row?.uuid, invitationId: invitation?.id };
	}

	/** Everybody who ever had this ID, with their state at that time. */
	rowsEver(business: number, memberId: number): Row[] {
		return this.states[business].flatMap(({ rows }) => rows.filter((row) => row.memberId === memberId));
	}

	/** Answers a request of an execution as FreshBooks or a gateway would. Rejects if there is no response. */
	async answer(run: number, options: IHttpRequestOptions): Promise<IN8nHttpFullResponse> {
		const number = this.asked++;
		const begun = this.sent.length;
		if (number > MOST_REQUESTS) throw new Error('The node does not stop asking.');
		await sleep(LATENCY_MS);
		for (let turn = round(this.plan.turns, number); turn > 0; turn--) await Promise.resolve();
		await this.beforeAnswer(number);
		this.passTime();
		for (const change of this.plan.changes) if (change.before === number) this.change(change);
		const sent = { ...this.received(run, options), begun };
		const answer = sent.method === 'GET' ? this.read(sent, options.qs ?? {}) : this.write(sent);
		this.sent.push(sent);
		sent.status = answer?.status ?? null;
		sent.authored = answer !== undefined && (answer.body === '' ? answer.status === 204 : answer.body.startsWith('{'));
		if (!answer) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
		return { statusCode: answer.status, statusMessage: '', headers: {}, body: answer.body };
	}

	/** Delivers all late writes. */
	passTime(until = Date.now()): void {
		this.underWay.sort((one, other) => one.at - other.at);
		while (this.underWay.length > 0 && this.underWay[0].at <= until) this.underWay.shift()?.arrive();
	}

	private received(run: number, { method = 'GET', url, body, qs }: IHttpRequestOptions): Sent {
		const { pathname } = new URL(url);
		const [, kind, number, list, id] = /^\/auth\/api\/v1\/(business(?:es)?)\/(\d+)\/(\w+)(?:\/([\w-]+))?$/.exec(pathname) ?? [];
		const named = { 'businesses team_members': 'teamMembers', 'business members': 'members', 'business invitations': 'invitations' } as Record<string, List>;
		const other = pathname === '/auth/api/v1/users/me' ? 'me' : pathname.endsWith('/users/staffs') ? 'staff' : 'other';
		const content = (body ?? {}) as IDataObject;
		const isPart = qs?.active !== undefined || (id !== undefined && method === 'GET');
		return {
			run, method, at: Date.now(), index: this.sent.length, begun: 0, path: pathname,
			target: isPart ? 'other' : (named[`${kind} ${list}`] ?? other),
			business: number === undefined ? null : Number(number) - businessIdOf(0),
			id: id === undefined ? null : Number(id),
			email: typeof content.email === 'string' ? content.email : null,
			role: typeof content.role === 'string' ? content.role : null,
			status: null, authored: false, applied: false, answeredRole: null, page: Number(qs?.page ?? 1), asOf: Date.now(),
		};
	}

	private turnOf(what: string): number {
		const turn = this.counts.get(what) ?? 0;
		this.counts.set(what, turn + 1);
		return turn;
	}

	private read(sent: Sent, qs: IDataObject): Answer | undefined {
		const { target, business } = sent;
		if (target === 'staff') return json(200, staffPage([]));
		if (target === 'other' || (target !== 'me' && (business === null || this.plan.absent.includes(target)))) return NOT_FOUND;
		const turn = this.turnOf(target);
		const how = this.plan.faults.find((fault) => fault.target === target && turn >= fault.from && turn < fault.from + fault.count)?.how;
		if (how === 'reset') return undefined;
		const refusal = how === undefined ? undefined : REFUSALS[how];
		if (refusal) return refusal;
		const answer = target === 'me' ? json(200, this.usersMe()) : this.listed(sent, target, business ?? 0, turn, how, Number(qs.per_page ?? 15));
		if (how !== 'truncated') return answer;
		sent.shown = undefined;
		return { ...answer, body: answer.body.slice(0, -9) };
	}

	private usersMe(): IDataObject {
		const memberships = this.plan.businesses.map((_, business) => ({
			id: 9000 + business,
			role: this.plan.meRole,
			business: { id: businessIdOf(business), name: `Business ${business}`, account_id: `acc${business}`, business_clients: [] },
		}));
		return { response: { id: identityOf(ME), identity_id: identityOf(ME), email: addressOf(ME, 'own'), fasttrack_token: SECRETS[0], business_memberships: memberships, roles: [] } };
	}

	private listed(sent: Sent, list: List, business: number, turn: number, how: ListFault['how'] | undefined, perPage: number): Answer {
		sent.asOf = sent.at - round(this.plan.lags[list], turn);
		const all = how === 'empty' && list !== 'invitations' ? [] : this.rowsOf(list, this.state(business, sent.asOf));
		// A row in the middle, so that neither the connected user nor the end of the list is special.
		const seen = how === 'hidden' ? all.filter((_, index) => index !== Math.floor(all.length / 2)) : all;
		const size = Math.min(perPage, this.plan.pageSize);
		sent.shown = seen.slice((sent.page - 1) * size, sent.page * size);
		const rows = sent.shown.map((row) => WIRE_ROWS[list](row));
		const isPaged = list !== 'invitations' || how === 'hidden' || all.length > size;
		if (isPaged) sent.total = all.length;
		if (list === 'teamMembers') return json(200, teamMembersPage(rows, sent.page, all.length, size));
		const paged = membersPage(rows, sent.page, all.length, size).response as IDataObject;
		if (list === 'members') return json(200, { response: paged });
		return json(200, isPaged ? { response: { invitations: rows, pages: paged.pages } } : invitationsAnswer(rows));
	}

	private rowsOf(list: List, { rows, invitations }: State): Shown[] {
		if (list === 'invitations') return invitations.map(({ id, email, role, status }) => ({ id, email, role, status, identity: null, active: null }));
		const { keepsRemoved, identityInMembers } = this.plan;
		const listed = rows.filter(({ removed }) => !removed || (keepsRemoved && list === 'teamMembers'));
		return listed.map(({ uuid, memberId, email, identity, role, active, removed, addressNotIn }) => ({
			id: list === 'members' ? memberId : uuid,
			email: addressNotIn === list ? null : email,
			identity: list === 'members' && !identityInMembers ? null : identity,
			role,
			active: list === 'members' ? null : active && !removed,
			status: null,
		}));
	}

	/** Carries out a write now, later or never, and answers as planned. */
	private write(sent: Sent): Answer | undefined {
		const { business, target } = sent;
		if (business === null || !(target === 'members' || target === 'invitations')) return NOT_FOUND;
		const turn = this.turnOf('writes');
		const fault = this.plan.writeFaults.find(({ from, count }) => turn >= from && turn < from + count);
		const effect = fault?.effect ?? 'done';
		const carryOut = (): Answer => this.carryOut(sent, business, target);
		if (effect === 'late') {
			this.underWay.push({ at: sent.at + (fault?.lateMs ?? 0), arrive: () => void carryOut() });
			sent.applied = true;
		}
		const done = effect === 'done' ? carryOut() : this.asIfDone(sent, business);
		if (effect === 'late' && (fault?.answer === 'success' || fault?.answer === 'error')) return page(504);
		if (fault?.answer === 'error') return SERVER_ERROR;
		if (fault?.answer === 'reset') return undefined;
		if (fault?.answer === 'empty') return { status: 200, body: '' };
		if (fault?.answer.startsWith('page')) return page(Number(fault.answer.slice(4)));
		if (sent.method === 'PUT' && done.status === 200) sent.answeredRole = effect === 'done' ? sent.role : (this.row(business, sent.id)?.role ?? null);
		return done;
	}

	private row(business: number, id: number | null): Row | undefined {
		return this.state(business).rows.find((row) => row.memberId === id && !row.removed);
	}

	/** FreshBooks' response, without a change. */
	private asIfDone({ method, email, role, id }: Sent, business: number): Answer {
		const row = this.row(business, id);
		if (method === 'DELETE') return { status: 204, body: '' };
		if (method === 'POST') return json(201, { response: { invitation: { id: 4999, email, role, status: 'pending' } } });
		return row ? json(200, { response: { member: { id, email: row.email, role: row.role } } }) : NOT_FOUND;
	}

	private carryOut(sent: Sent, business: number, target: 'members' | 'invitations'): Answer {
		const { rows, invitations } = this.state(business);
		const { method, id, email, role, run } = sent;
		if (method === 'POST' && target === 'invitations') {
			const invitation = this.newInvitation(humanAt(email ?? ''), email ?? '', role ?? '', 'pending', run);
			sent.applied = true;
			this.become(business, { invitations: [...invitations, invitation] });
			return json(201, { response: { invitation: WIRE_ROWS.invitations({ ...invitation, identity: null, active: null }) } });
		}
		const isThere = target === 'members' ? this.row(business, id) !== undefined : invitations.some((one) => one.id === id && one.status === 'pending');
		if (!isThere || (method !== 'DELETE' && target === 'invitations')) return NOT_FOUND;
		sent.applied = true;
		if (target === 'invitations') this.become(business, { invitations: invitations.filter((one) => one.id !== id) });
		else this.become(business, { rows: rows.map((row) => (row.memberId !== id ? row : method === 'DELETE' ? { ...row, removed: true } : { ...row, role: roleOf(role) })) });
		if (method === 'DELETE') return { status: 204, body: '' };
		return json(200, { response: { member: { id, email: this.row(business, id)?.email ?? null, role } } });
	}

	private become(business: number, changes: Partial<State>): void {
		this.states[business].push({ ...this.state(business), ...changes, at: Date.now() });
	}

	private newRow({ human, alias, hasAddress, hasIdentity, role, active, addressNotIn }: RowPlan): Row {
		const key = this.nextKey++;
		const email = hasAddress ? addressOf(human, alias) : null;
		return { key, human, email, role, active, addressNotIn, removed: false, identity: hasIdentity ? identityOf(human) : null, ...this.newIds() };
	}

	private newIds(): Pick<Row, 'uuid' | 'memberId'> {
		const number = this.nextKey++;
		return { memberId: 100 + number, uuid: String(teamMemberRow(number).uuid) };
	}

	private newInvitation(human: number, email: string, role: string, status: string, by: number | null): Invitation {
		return { id: 5000 + this.nextKey++, human, email, role, status, by };
	}

	/** A change by somebody else; none if the person does not exist. */
	private change({ business: chosen, kind, who, role }: Change): void {
		const business = chosen % this.states.length;
		const { rows, invitations } = this.state(business);
		const others = rows.filter((row) => row.human !== ME && !row.removed);
		const pending = invitations.filter(({ status }) => status === 'pending');
		if (kind === 'invite') return this.become(business, { invitations: [...invitations, this.newInvitation(who + 1, addressOf(who + 1, 'own'), role, 'pending', null)] });
		if (kind === 'accept' || kind === 'revoke') {
			const invitation = pending.at(who % Math.max(1, pending.length));
			if (!invitation) return;
			const joined = { ...this.newRow({ human: invitation.human, alias: 'own', role: roleOf(invitation.role), active: true, hasIdentity: true, addressNotIn: null, hasAddress: true }), email: invitation.email };
			const left = invitations.filter((one) => one !== invitation);
			return this.become(business, { invitations: left, rows: kind === 'accept' ? [...rows, joined] : rows });
		}
		const row = others.at(who % Math.max(1, others.length));
		if (!row) return;
		const changes: Record<typeof kind, Partial<Row>> = {
			leave: { removed: true },
			deactivate: { active: false },
			newAddress: { email: `moved${row.human}@example.com` },
			newIds: this.newIds(),
			role: { role },
		};
		this.become(business, { rows: rows.map((one) => (one === row ? { ...row, ...changes[kind] } : one)) });
	}
}

/** The person with this address; a new person if nobody has it. */
function humanAt(address: string): number {
	const known = [0, 1, 2, 3, 4, 5].find((human) => (['own', 'case', 'other'] as const).some((alias) => addressOf(human, alias) === address));
	return known ?? 50;
}

/** Rows as FreshBooks returns them. */
const WIRE_ROWS: Record<List, (row: Shown) => IDataObject> = {
	teamMembers: ({ id, email, identity, role, active }) =>
		teamMemberRow(1, { uuid: id, email, identity_id: identity, business_role_name: role, active, invitation_date_accepted: identity === null ? null : '2023-01-24T17:17:56Z' }),
	members: ({ id, email, identity, role }) => memberRow(Number(id), { email, role: shortRole(role), api_token: SECRETS[0], ...(identity !== null && { identity_id: identity }) }),
	invitations: ({ id, email, role, status }) => invitationRow(Number(id), { email, role: shortRole(role), status }),
};
