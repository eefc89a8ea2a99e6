import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANN, BEGINNING, BUSINESS, historyOf, invitation, PACKAGE, timelinesOf } from './fixtures.mts';
import { judgeProvider, type Wish } from './provider.mts';

const SETTLED = BEGINNING + 10_000;
const invited = { at: 100, kind: 'invitationCreated', details: invitation(1, 'bob@b.c', 'pending'), grant: PACKAGE } as const;
const revoked = { at: 200, kind: 'invitationRevoked', details: invitation(1, 'bob@b.c', 'revoked'), grant: PACKAGE } as const;
const removed = { at: 300, kind: 'memberRemoved', person: ANN, grant: PACKAGE } as const;

function found(history: ReturnType<typeof historyOf>, wish: Partial<Wish>): string[] {
	const all = judgeProvider([{ email: 'ann@b.c', isAssigned: true, isDone: true, ...wish }], BUSINESS, timelinesOf(history), SETTLED);
	return all.map(({ kind, words }) => `${kind}: ${words}`);
}

describe('the last request of an identity provider', () => {
	it('is true of a member, and of somebody who is invited', () => {
		assert.deepEqual(found(historyOf(), {}), []);
		assert.deepEqual(found(historyOf(invited), { email: 'bob@b.c' }), []);
		assert.deepEqual(found(historyOf(removed), { isAssigned: false }), []);
		assert.deepEqual(found(historyOf(invited, revoked), { email: 'bob@b.c', isAssigned: false }), []);
	});

	it('is false if the person must be out and is a member or invited', () => {
		assert.match(found(historyOf(), { isAssigned: false }).join(), /^false: .*is out, and at the end they are still a member/);
		assert.match(found(historyOf(invited), { email: 'bob@b.c', isAssigned: false }).join(), /^false: .*still invited/);
	});

	it('is false if the person must be in and is not', () => {
		assert.match(found(historyOf(removed), {}).join(), /^false: .*is in, and at the end they are neither/);
	});

	it('is lost when no answer came', () => {
		assert.match(found(historyOf(), { isDone: false }).join(), /^lost: /);
	});
});
