import type { IDataObject } from 'n8n-workflow';

import { ageInDays, invitedAtOf, isoOrNull } from '../../../nodes/FreshBooks/api/dates';
import { reportFor, statusOf, type BusinessOutcome, type BusinessReport } from '../../../nodes/FreshBooks/people/offboardReport';
import { accessStateOf } from '../../../nodes/FreshBooks/people/onboarding';
import { personOf, presenceIn } from '../../../nodes/FreshBooks/people/presence';
import { Session } from '../../../nodes/FreshBooks/people/session';
import type { FreshBooksClient, FreshBooksRequest } from '../../../nodes/FreshBooks/client/client';
import { listsOf, uuid, type Rows } from '../people/lists';

function report(outcome: BusinessOutcome, changes: Partial<BusinessReport> = {}): BusinessReport {
	const found = { teamMembers: [], members: [], invitations: [], staff: [], otherAddresses: [] };
	return { businessId: 101, name: 'One', outcome, verified: false, found, done: [], notDone: [], remarks: [], handOver: null, ...changes };
}

const OPEN: BusinessOutcome[] = ['failed', 'notVerified', 'notRead', 'notManaged'];

describe('the status of an offboarding', () => {
	test.each<[BusinessOutcome[], string]>([
		[['removed'], 'offboarded'],
		[['removed', 'notFound'], 'offboarded'],
		[['invitationRevoked', 'notFound'], 'offboarded'],
		[['staffArchived', 'notFound'], 'offboarded'],
		[['removed', 'notManaged'], 'partial'],
		[['alreadyInactive', 'notFound'], 'offboarded'],
		[['notFound', 'notFound'], 'notFound'],
		[['notFound', 'notManaged'], 'partial'],
		[['notManaged'], 'partial'],
		[['refused', 'notFound'], 'refused'],
		[['refused', 'removed'], 'partial'],
	])('of %j is %s', (outcomes, status) => {
		expect(statusOf(outcomes.map((outcome) => report(outcome)), false)).toBe(status);
	});

	test.each(OPEN)('is partial if anything is %s, whatever else was done', (open) => {
		for (const other of ['removed', 'notFound', 'refused', 'alreadyInactive'] as const) {
			expect(statusOf([report(other), report(open)], false)).toBe('partial');
		}
	});

	test('of a dry run is planned if there is something to do, and never offboarded', () => {
		expect(statusOf([report('planned'), report('notRead')], true)).toBe('planned');
		expect(statusOf([report('notRead')], true)).toBe('partial');
		expect(statusOf([report('refused')], true)).toBe('refused');
		expect(statusOf([report('notFound')], true)).toBe('notFound');
	});
});

describe('the report of an offboarding', () => {
	test('names each unfinished business and its reason', () => {
		const failed = report('failed', { notDone: [{ what: 'membership', id: 7, reason: 'FreshBooks said no.' }] });
		const { message, status } = reportFor('a@x.org', false, [report('removed', { name: 'Two', businessId: 102 }), failed]);
		expect(status).toBe('partial');
		expect(message).toBe('a@x.org is not offboarded everywhere: One (business 101): FreshBooks said no.');
	});

	test('says a reason that several businesses share once, and then lists them', () => {
		const unread = [101, 102, 103].map((businessId) => {
			const reason = `The connected FreshBooks user has no permission for team members of business ${businessId}.`;
			return report('notManaged', { businessId, name: businessId === 103 ? null : `B${businessId}`, notDone: [{ what: 'reading', id: null, reason }] });
		});
		const failed = report('failed', { businessId: 104, name: 'Four', notDone: [{ what: 'membership', id: 7, reason: 'FreshBooks said no. Remove the person in FreshBooks itself.' }] });
		const { message } = reportFor('a@x.org', false, [...unread, failed, { ...failed, businessId: 105, name: 'Five' }]);
		expect(message).toBe(
			'a@x.org is not offboarded everywhere: The connected FreshBooks user has no permission for team members: B101 (business 101), B102 (business 102) and business 103. ' +
				'FreshBooks said no: Four (business 104) and Five (business 105). Remove the person in FreshBooks itself.',
		);
	});

	test('leaves out no business, however many reasons there are', () => {
		const businessIds = Array.from({ length: 12 }, (_, index) => 101 + index);
		const failed = businessIds.map((businessId) => report('failed', { businessId, name: null, notDone: [{ what: 'membership', id: 7, reason: `FreshBooks said ${businessId}.` }] }));
		const { message } = reportFor('a@x.org', false, failed);
		for (const businessId of businessIds) expect(message).toContain(`business ${businessId}: FreshBooks said ${businessId}.`);
	});

	test('names the business once, even if its reason names it too', () => {
		const reason = 'The connected FreshBooks user has no permission for team members of business 101.';
		expect(reportFor('a@x.org', false, [report('notRead', { notDone: [{ what: 'reading', id: null, reason }] })]).message).toBe(
			'a@x.org is not offboarded everywhere: One (business 101): The connected FreshBooks user has no permission for team members.',
		);
	});

	test('names what could not be read and what was done', () => {
		const done = report('removed', { done: [{ action: 'memberRemoved', id: 7, by: 'thisRun', wasGone: false }] });
		const { message, status } = reportFor('a@x.org', false, [done, report('notManaged', { name: null, businessId: 103, notDone: [{ what: 'reading', id: null, reason: 'No permission.' }] })]);
		expect(status).toBe('partial');
		expect(message).toBe('a@x.org is not offboarded everywhere: business 103: No permission. a@x.org was removed from One (business 101).');
	});

	test('does not call a revoked invitation or an archived staff record a removal', () => {
		const revoked = report('invitationRevoked', { done: [{ action: 'invitationRevoked', id: 55, by: 'thisRun', wasGone: false }] });
		const archived = report('staffArchived', { businessId: 102, name: 'Two', done: [{ action: 'staffArchived', id: 9, by: 'thisRun', wasGone: false }] });
		const { message } = reportFor('a@x.org', false, [revoked, archived]);
		expect(message).toBe('The invitation of a@x.org to One (business 101) was revoked. The staff record of a@x.org in Two (business 102) was archived. The lists were read again and show no access.');
	});

	test('says that a contractor keeps their own account', () => {
		const contractor = { teamMemberId: 'u', memberId: null, email: 'a@x.org', role: 'contractor', active: true, confirmed: null, identityId: 9 };
		const found = { teamMembers: [contractor], members: [], invitations: [], staff: [], otherAddresses: [] };
		expect(reportFor('a@x.org', false, [report('removed', { found })]).notIncluded.join(' ')).toContain('contractor keeps');
	});

	test('a plan names its obstacles', () => {
		const blocked = report('planned', { notDone: [{ what: 'membership', id: null, reason: 'No way to remove.' }] });
		expect(reportFor('a@x.org', true, [blocked]).message).toContain('Expected problems: One (business 101): No way to remove.');
	});

	test('says what it cannot do if somebody was found', () => {
		expect(reportFor('a@x.org', false, [report('removed')]).notIncluded).toHaveLength(3);
		expect(reportFor('a@x.org', false, [report('notFound')]).notIncluded).toEqual([]);
	});
});

const EMAIL = 'a@x.org';

describe('the state of a person in a business', () => {
	const employee = { email: EMAIL, business_role_name: 'business_employee' };
	const contractor = { email: EMAIL, business_role_name: 'contractor' };
	const invited = [{ email: EMAIL, status: 'pending' }];

	test.each<[string, Rows, IDataObject]>([
		['an active member with the role', { team: [employee] }, { kind: 'member', hasRole: true }],
		['an active member with another role', { team: [contractor] }, { kind: 'member', hasRole: false }],
		['an active member who is also invited', { team: [{ ...employee, identity_id: 9 }], invitations: invited }, { kind: 'member', hasRole: true }],
		['two memberships, one with the role', { team: [contractor, employee] }, { kind: 'member', hasRole: true }],
		['an inactive member', { team: [{ ...employee, active: false }] }, { kind: 'inactive' }],
		['an inactive entry of an invited person', { team: [{ ...employee, active: false }], invitations: invited }, { kind: 'invited' }],
		['an entry without an identity of an invited person', { team: [employee], invitations: invited }, { kind: 'invited' }],
		['an invited person', { invitations: invited }, { kind: 'invited' }],
		['a member who has not confirmed', { members: [{ email: EMAIL, role: 'employee', confirmed: false }] }, { kind: 'unconfirmed' }],
		['a member with the same identity and another address', { team: [{ ...employee, active: false, identity_id: 9 }, { email: 'b@x.org', identity_id: 9, business_role_name: 'employee' }] }, { kind: 'member', hasRole: true }],
		['an invitation that ended', { invitations: [{ email: EMAIL, status: 'expired' }] }, { kind: 'unknown' }],
		['nobody', {}, { kind: 'unknown' }],
	])('%s', (_case, rows, standing) => {
		const lists = listsOf(rows);
		expect(accessStateOf(presenceIn(lists, personOf([EMAIL], [], [lists])), 'business_employee')).toMatchObject(standing);
	});
});

describe("an invitation's age", () => {
	const now = Date.UTC(2026, 10, 21, 12);

	test('is in whole days, never negative, and unknown without a date', () => {
		expect(ageInDays('2026-11-18T12:00:00Z', now)).toBe(3);
		expect(ageInDays('2026-11-18T12:00:01Z', now)).toBe(2);
		expect(ageInDays('2026-12-01T00:00:00Z', now)).toBe(0);
		expect(ageInDays(null, now)).toBeNull();
	});

	test('is read from every field name that FreshBooks might use', () => {
		expect(invitedAtOf({ sent_at: '2026-11-18T12:00:00Z' })).toBe('2026-11-18T12:00:00.000Z');
		expect(invitedAtOf({ created_at: 'soon', invited_at: '2026-11-18T12:00:00Z' })).toBe('2026-11-18T12:00:00.000Z');
		expect(invitedAtOf({ id: 55 })).toBeNull();
		expect(isoOrNull(7)).toBeNull();
	});
});

describe('reading lists again', () => {
	/** A client whose responses the test triggers. `answers` are the waiting requests. */
	function slowClient() {
		const answers: Array<() => void> = [];
		let readings = 0;
		const send = async ({ path }: FreshBooksRequest) =>
			await new Promise((resolve) => {
				if (path.endsWith('/invitations')) {
					const id = ++readings;
					answers.push(() => resolve({ response: { invitations: [{ id, email: EMAIL }] } }));
				} else if (path.endsWith('/members')) {
					resolve({ response: { members: [{ id: 1, email: EMAIL }] } });
				} else {
					resolve({ response: [{ uuid: uuid(1), email: EMAIL }] });
				}
			});
		const client: FreshBooksClient = { send, pause: async () => undefined, warn: () => undefined, mayUse: () => false, maxInFlight: 1 };
		return { session: new Session(client, () => undefined), answers };
	}

	/** Lets everything that is ready continue. */
	const turn = async () => {
		for (let step = 0; step < 200; step++) await Promise.resolve();
	};
	const newest = async (lists: ReturnType<Session['listsAgain']>) => (await lists).invitations.rows[0].id;

	test('simultaneous calls share one reading, which is kept', async () => {
		const { session, answers } = slowClient();
		const both = [newest(session.listsAgain(1)), newest(session.listsAgain(1))];
		await turn();
		expect(answers).toHaveLength(1);
		answers[0]();
		expect(await Promise.all(both)).toEqual([1, 1]);
		expect((await session.lists(1)).invitations.rows[0].id).toBe(1);
	});

	test('a call during a reading does not get that reading, which may be older than the call', async () => {
		const { session, answers } = slowClient();
		const first = newest(session.listsAgain(1));
		await turn();
		const second = newest(session.listsAgain(1));
		const third = newest(session.listsAgain(1));
		await turn();
		expect(answers).toHaveLength(1);
		answers[0]();
		expect(await first).toBe(1);
		await turn();
		answers[1]();
		expect(await Promise.all([second, third])).toEqual([2, 2]);
		expect(answers).toHaveLength(2);
	});
});
