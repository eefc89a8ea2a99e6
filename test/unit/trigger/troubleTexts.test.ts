import { FreshBooksError, type FailureKind } from '../../../nodes/FreshBooks/client/errors';
import { EVENTS } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { Trouble } from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import { reportOfError, reportOfTrouble, type Report } from '../../../nodes/FreshBooksTrigger/troubleTexts';

const HOUR = 60 * 60_000;
const business = { id: 7, name: 'BillSpring' };

function reportOf(trouble: Trouble, events = new Set(EVENTS)): Report {
	return reportOfTrouble(trouble, business, events);
}

function failed(kind: FailureKind): FreshBooksError {
	return new FreshBooksError({ kind, status: 404, subject: 'invitations of business 7', idFamily: 'business ID', method: 'GET' });
}

describe('people who are undecided for more than an hour', () => {
	const trouble = { kind: 'undecidedPeople', people: 3, first: 'ivo@example.com', answer: 'HTTP 403', isDue: true } as const;

	it('are reported with how many, who first, what FreshBooks answered and a way out', () => {
		const { message, description } = reportOf(trouble);
		expect(message).toMatch(/^BillSpring: 3 people have been missing from FreshBooks' lists for more than an hour/);
		expect(description).toMatch(/The first is ivo@example\.com: FreshBooks answered HTTP 403\./);
		expect(description).toMatch(/To fix this, look them up in FreshBooks under Team Members/);
	});

	it('are one person where it is one', () => {
		expect(reportOf({ ...trouble, people: 1 }).message).toMatch(/: 1 person has been missing/);
	});

	it('are due when the state says so, and keep nobody from publishing', () => {
		expect(reportOf(trouble)).toMatchObject({ isDue: true, blocksPublishing: false });
		expect(reportOf({ ...trouble, isDue: false }).isDue).toBe(false);
	});

	it('are named in one line', () => {
		expect(reportOf({ ...trouble, first: 'a\nb' }).description).toContain('The first is a b:');
	});
});

describe('held removals', () => {
	const trouble = { kind: 'removalsHeld', list: 'people', limit: { maxRemovals: 20, unit: 'percent' }, confirmed: 9, unconfirmed: 3, known: 40, isDue: true } as const;

	it('of people say how many of how many, and what to do', () => {
		const { message, description, everyMs, blocksPublishing } = reportOf(trouble);
		expect(message).toBe('12 of 40 people disappeared from BillSpring at once: nothing was emitted');
		expect(description).toMatch(/^9 are confirmed as gone \(3 more are still to be confirmed\), more than the removal limit of 20 % allows\./);
		expect(description).toContain("raise 'Max Removals'");
		expect([everyMs, blocksPublishing]).toEqual([HOUR, false]);
	});

	it('of invitations say so, and are another trouble', () => {
		const held = reportOf({ ...trouble, list: 'invitations', limit: { maxRemovals: 5, unit: 'count' }, unconfirmed: 0 });
		expect(held.message).toBe('9 of 40 invitations disappeared from BillSpring at once: none was reported as revoked');
		expect(held.description).toMatch(/^9 are confirmed as gone, more than the removal limit of 5 allows\./);
		expect(held.signature).not.toBe(reportOf(trouble).signature);
	});
});

describe('invitations that FreshBooks does not offer', () => {
	it('name the chosen events to deselect, and block publishing', () => {
		const report = reportOf({ kind: 'invitationsUnavailable', reason: failed('notPublished') }, new Set(['memberAdded', 'invitationAccepted', 'invitationRevoked', 'invitationCreated']));
		expect(report.description).toContain("deselect 'Invitation Created', 'Invitation Accepted' and 'Invitation Revoked' in 'Events'");
		expect(report).toMatchObject({ blocksPublishing: true, everyMs: 24 * HOUR });
	});

	it('do neither in an outage', () => {
		const report = reportOf({ kind: 'invitationsUnavailable', reason: failed('outage') });
		expect(report.description).not.toContain('deselect');
		expect(report.blocksPublishing).toBe(false);
	});
});

it('an outage is one trouble, whatever it looks like; a business that may not be read is reported daily', () => {
	const signatures = (['outage', 'notJson', 'malformed', 'unreachable'] as const).map((kind) => reportOfError(failed(kind), business).signature);
	expect(new Set(signatures).size).toBe(1);
	expect(reportOfError(failed('permission'), business)).toMatchObject({ everyMs: 24 * HOUR, blocksPublishing: true });
	expect(reportOfError(failed('permission')).everyMs).toBe(HOUR / 4);
});
