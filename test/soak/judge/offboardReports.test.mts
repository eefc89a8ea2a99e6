import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeActions, type Action } from './actions.mts';
import { ANN, BEGINNING, BUSINESS, CONNECTED, historyOf, invitation, OTHER, PACKAGE, timelinesOf } from './fixtures.mts';

type History = ReturnType<typeof historyOf>;
type Json = Record<string, unknown>;

/** Offboard of Ann from 0 to 1000 that reports this about her business. */
function judged(history: History, status: string, business: Json, more: Partial<Action> = {}): string[] {
	const report = { status, email: 'ann@b.c', businesses: [{ businessId: BUSINESS, verified: false, done: [], ...business }] };
	const action: Action = { kind: 'offboard', businessId: BUSINESS, email: 'ann@b.c', startedAt: BEGINNING, endedAt: BEGINNING + 1_000, items: undefined, reports: [report], grant: PACKAGE, ...more };
	const findings = judgeActions({ actions: [action], history, timelines: timelinesOf(history), falseAnswers: [], requests: [], grants: new Set([PACKAGE]), connectedIdentity: CONNECTED });
	return findings.map(({ kind, words }) => `${kind}: ${words.replace(/^.*?\d: /, '')}`);
}

const removedBy = (grant: number | undefined, at = 500) => ({ at, kind: 'memberRemoved', person: ANN, grant }) as const;
const invited = (at: number, id = 9, email = 'ann@b.c') => ({ at, kind: 'invitationCreated', details: invitation(id, email, 'pending') }) as const;
const revoked = (at: number, id = 9) => ({ at, kind: 'invitationRevoked', details: invitation(id, 'ann@b.c', 'revoked'), grant: PACKAGE }) as const;
const memberRemoved = { action: 'memberRemoved', id: ANN.memberId, wasGone: false };
const REMOVED = { outcome: 'removed', verified: true, done: [memberRemoved] };

describe("'verified'", () => {
	it('is true after the removal', () => {
		assert.deepEqual(judged(historyOf(removedBy(PACKAGE)), 'offboarded', REMOVED), []);
	});

	it('is false while the person is a member', () => {
		assert.match(judged([], 'partial', { outcome: 'removed', verified: true }).join(), /^false: .*'verified'.*member/);
	});

	it('is false while an invitation is pending', () => {
		const left = historyOf(invited(-100), removedBy(PACKAGE));
		assert.match(judged(left, 'offboarded', REMOVED).join(), /^false: .*'verified'.*invitation 9/);
		assert.deepEqual(judged(historyOf(invited(-100), removedBy(PACKAGE), revoked(600)), 'offboarded', REMOVED), []);
	});

	it('is false when the person was out only before the last write of the package', () => {
		const back = historyOf(removedBy(PACKAGE, 300), { at: 310, kind: 'memberAdded', person: { ...ANN, memberId: 8 } }, invited(400), revoked(500));
		assert.match(judged(back, 'offboarded', REMOVED).join(), /'verified'/);
	});

	it('is true also if the person comes back after the last reading', () => {
		const back = historyOf(removedBy(PACKAGE, 300), { at: 700, kind: 'memberAdded', person: { ...ANN, memberId: 8 } });
		assert.deepEqual(judged(back, 'offboarded', REMOVED), []);
	});

	it('is false while the same identity is a member under another address', () => {
		const other = historyOf({ at: -50, kind: 'memberAdded', person: { ...ANN, memberId: 8, uuid: 'ann2', email: 'ann.private@b.c' } }, removedBy(PACKAGE));
		assert.match(judged(other, 'offboarded', REMOVED).join(), /'verified'.*ann\.private@b\.c/);
	});

	it('of somebody inactive means that they are inactive', () => {
		const inactive = historyOf({ at: -50, kind: 'memberDeactivated', person: { ...ANN, active: false } });
		assert.deepEqual(judged(inactive, 'offboarded', { outcome: 'alreadyInactive', verified: true }), []);
		assert.match(judged([], 'offboarded', { outcome: 'alreadyInactive', verified: true }).join(), /'verified'/);
		assert.match(judged(inactive, 'offboarded', { outcome: 'removed', verified: true }).join(), /'verified'/);
	});

	it('is judged in the report of an error too, and only if the report claims it', () => {
		assert.deepEqual(judged([], 'partial', { outcome: 'failed', verified: false }), []);
	});
});

describe("'done'", () => {
	it('needs its deletion in the history', () => {
		assert.match(judged([], 'partial', { outcome: 'notVerified', done: [memberRemoved] }).join(), /^false: .*memberRemoved 1.*no such/);
		assert.match(judged(historyOf(removedBy(OTHER)), 'offboarded', REMOVED).join(), /memberRemoved 1.*no such/);
		const before = historyOf(removedBy(PACKAGE, -100));
		assert.match(judged(before, 'offboarded', REMOVED).join(), /memberRemoved 1.*no such/);
	});

	it('names the id that was deleted', () => {
		const done = [{ action: 'invitationRevoked', id: 9, wasGone: false }];
		const history = historyOf(invited(-100), removedBy(undefined, -50), revoked(400));
		assert.deepEqual(judged(history, 'offboarded', { outcome: 'removed', verified: true, done }), []);
		assert.match(judged(history, 'offboarded', { outcome: 'removed', verified: true, done: [{ ...done[0], id: 10 }] }).join(), /invitationRevoked 10/);
	});

	it("with 'wasGone' needs somebody's deletion before the end", () => {
		const done = [{ ...memberRemoved, wasGone: true }];
		assert.deepEqual(judged(historyOf(removedBy(OTHER)), 'offboarded', { ...REMOVED, done }), []);
		assert.deepEqual(judged(historyOf(removedBy(undefined, -100)), 'offboarded', { ...REMOVED, done }), []);
		assert.match(judged([], 'partial', { outcome: 'notVerified', done }).join(), /memberRemoved 1/);
	});
});

describe("'notFound'", () => {
	const NOT_THERE = { outcome: 'notFound', verified: true };

	it('is true where nobody is', () => {
		assert.deepEqual(judged(historyOf(removedBy(OTHER, -50)), 'notFound', NOT_THERE), []);
		assert.deepEqual(judged(historyOf(removedBy(undefined, 300)), 'notFound', NOT_THERE), []);
	});

	it('is false for a member, and for somebody who is invited', () => {
		assert.match(judged([], 'notFound', { ...NOT_THERE, verified: false }).join(), /^false: .*'notFound'/);
		assert.match(judged(historyOf(removedBy(undefined, -50), invited(-40)), 'notFound', { ...NOT_THERE, verified: false }).join(), /'notFound'/);
	});

	it('is false for a member whom the action itself removed', () => {
		assert.match(judged(historyOf(removedBy(PACKAGE)), 'notFound', NOT_THERE).join(), /'notFound'/);
	});
});

describe('a status over all businesses', () => {
	it("is not 'offboarded' or 'notFound' beside a business that is open or was not looked at", () => {
		const gone = historyOf(removedBy(OTHER, -50));
		for (const outcome of ['failed', 'notVerified', 'notRead', 'notManaged']) {
			for (const status of ['offboarded', 'notFound']) assert.match(judged(gone, status, { outcome }).join(), new RegExp(`'${status}'.*${outcome}`));
			assert.deepEqual(judged(gone, 'partial', { outcome }), []);
		}
	});
});

describe('a removal whose answer was lost', () => {
	const byTry = (by: string) => ({ outcome: 'removed', verified: true, done: [{ ...memberRemoved, by }] });

	it('may have been somebody else in the same seconds', () => {
		assert.deepEqual(judged(historyOf(removedBy(OTHER)), 'offboarded', byTry('earlierTry')), []);
	});

	it('is not claimed for a request that FreshBooks accepted, or for a removal from before', () => {
		assert.match(judged(historyOf(removedBy(OTHER)), 'offboarded', byTry('thisRun')).join(), /no such change/);
		assert.match(judged(historyOf(removedBy(OTHER, -500)), 'offboarded', byTry('earlierTry')).join(), /no such change/);
	});
});
