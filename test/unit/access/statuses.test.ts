import { ageInDays, invitedAtOf, isoOrNull } from '../../../nodes/FreshBooks/api/dates';
import { reportFor, statusOf, type BusinessOutcome, type BusinessReport } from '../../../nodes/FreshBooks/people/offboardReport';
import { judge } from '../../../nodes/FreshBooks/people/standing';
import { Session } from '../../../nodes/FreshBooks/people/session';
import type { FreshBooksClient } from '../../../nodes/FreshBooks/client/client';

function report(outcome: BusinessOutcome, changes: Partial<BusinessReport> = {}): BusinessReport {
	const found = { teamMembers: [], members: [], invitations: [], staff: [] };
	return { businessId: 101, name: 'One', outcome, verified: false, found, done: [], notDone: [], remarks: [], ...changes };
}

const OPEN: BusinessOutcome[] = ['failed', 'notVerified', 'notRead'];

describe('the status of an offboarding', () => {
	test.each<[BusinessOutcome[], string]>([
		[['removed'], 'offboarded'],
		[['removed', 'notThere', 'notManaged'], 'offboarded'],
		[['alreadyInactive', 'notThere'], 'offboarded'],
		[['notThere', 'notThere'], 'notFound'],
		[['notThere', 'notManaged'], 'notFound'],
		[['notManaged'], 'partial'],
		[['refused', 'notThere'], 'refused'],
		[['refused', 'removed'], 'partial'],
		[[], 'partial'],
	])('of %j is %s', (outcomes, status) => {
		expect(statusOf(outcomes.map((outcome) => report(outcome)), false)).toBe(status);
	});

	test.each(OPEN)('with anything %s is partial, whatever else was done', (open) => {
		for (const other of ['removed', 'notThere', 'refused', 'alreadyInactive'] as const) {
			expect(statusOf([report(other), report(open)], false)).toBe('partial');
		}
	});

	test('of a dry run is planned as soon as there is something to do, and never offboarded', () => {
		expect(statusOf([report('planned'), report('notRead')], true)).toBe('planned');
		expect(statusOf([report('notRead')], true)).toBe('partial');
		expect(statusOf([report('refused')], true)).toBe('refused');
		expect(statusOf([report('notThere')], true)).toBe('notFound');
	});
});

describe('the report of an offboarding', () => {
	test('names each business that is not done, with its reason', () => {
		const failed = report('failed', { notDone: [{ what: 'membership', id: 7, reason: 'FreshBooks said no.' }] });
		const { message, status } = reportFor('a@x.org', false, [report('removed', { name: 'Two', businessId: 102 }), failed]);
		expect(status).toBe('partial');
		expect(message).toBe('a@x.org is not offboarded everywhere: One (business 101): FreshBooks said no.');
	});

	test('names what was not looked at beside a success', () => {
		const { message } = reportFor('a@x.org', false, [report('removed'), report('notManaged', { name: null, businessId: 103 })]);
		expect(message).toContain('Not looked at, as the connected user may not manage people there: business 103.');
	});

	test('a plan says what stands in its way', () => {
		const blocked = report('planned', { notDone: [{ what: 'membership', id: null, reason: 'No way to remove.' }] });
		expect(reportFor('a@x.org', true, [blocked]).message).toContain('To be expected: One (business 101): No way to remove.');
	});

	test('says what it cannot do, whenever somebody was found', () => {
		expect(reportFor('a@x.org', false, [report('removed')]).notIncluded).toHaveLength(3);
		expect(reportFor('a@x.org', false, [report('notThere')]).notIncluded).toEqual([]);
	});
});

describe('where somebody stands', () => {
	const member = (role: string | null, active: boolean) => ({ teamMemberId: 'u', memberId: null, role, active });

	test.each([
		['an active member with the role', [member('business_employee', true)], false, { kind: 'member', sameRole: true }],
		['an active member with another role', [member('contractor', true)], false, { kind: 'member', sameRole: false }],
		['an active member who is invited besides', [member('business_employee', true)], true, { kind: 'member', sameRole: true }],
		['two memberships, one with the role', [member('contractor', true), member('employee', true)], false, { kind: 'member', sameRole: true }],
		['an inactive member', [member('business_employee', false)], false, { kind: 'inactive' }],
		['an inactive entry of an invited person', [member('business_employee', false)], true, { kind: 'invited' }],
		['an invited person', [], true, { kind: 'invited' }],
		['nobody', [], false, { kind: 'unknown' }],
	])('%s', (_case, memberships, invited, standing) => {
		expect(judge(memberships, invited, 'business_employee')).toMatchObject(standing);
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

	test('comes from any of the names that FreshBooks might use', () => {
		expect(invitedAtOf({ sent_at: '2026-11-18T12:00:00Z' })).toBe('2026-11-18T12:00:00.000Z');
		expect(invitedAtOf({ created_at: 'soon', invited_at: '2026-11-18T12:00:00Z' })).toBe('2026-11-18T12:00:00.000Z');
		expect(invitedAtOf({ id: 55 })).toBeNull();
		expect(isoOrNull(7)).toBeNull();
	});
});

describe('reading a list again', () => {
	/** A client whose readings of a list end when told to. */
	function slowClient() {
		const answers: Array<() => void> = [];
		const send = async () =>
			await new Promise((resolve) => {
				const number = answers.length + 1;
				answers.push(() => resolve({ response: { invitations: [{ id: number, email: 'a@x.org' }] } }));
			});
		const client: FreshBooksClient = { send, pause: async () => undefined, warn: () => undefined, maxInFlight: 1 };
		return { session: new Session(client, () => undefined), answers };
	}

	/** Lets everything that is ready go on. */
	const turn = async () => {
		for (let step = 0; step < 50; step++) await Promise.resolve();
	};
	const newest = async (roster: ReturnType<Session['readAgain']>) => (await roster).all()[0].id;

	test('calls made at once share one reading, and it is remembered', async () => {
		const { session, answers } = slowClient();
		const both = [newest(session.readAgain('invitations', 1)), newest(session.readAgain('invitations', 1))];
		await turn();
		expect(answers).toHaveLength(1);
		answers[0]();
		expect(await Promise.all(both)).toEqual([1, 1]);
		expect((await session.invitations(1)).all()[0].id).toBe(1);
	});

	test('a call made while a list is being read does not get that reading, which may be older than the call', async () => {
		const { session, answers } = slowClient();
		const first = newest(session.readAgain('invitations', 1));
		await turn();
		const second = newest(session.readAgain('invitations', 1));
		const third = newest(session.readAgain('invitations', 1));
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
