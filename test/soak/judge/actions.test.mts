import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeActions, type Action, type ActionKind } from './actions.mts';
import { ANN, BEGINNING, BOB, BUSINESS, historyOf, invitation, OTHER, PACKAGE, timelinesOf } from './fixtures.mts';

type History = ReturnType<typeof historyOf>;

function action(kind: ActionKind, email: string, from: number, to: number, more: Partial<Action> = {}): Action {
	return { kind, businessId: BUSINESS, email, startedAt: BEGINNING + from, endedAt: BEGINNING + to, items: [{}], grant: PACKAGE, ...more };
}

function found(history: History, actions: readonly Action[], lies: Parameters<typeof judgeActions>[0]['lies'] = []): string[] {
	return judgeActions({ actions, history, timelines: timelinesOf(history), lies, grants: new Set([PACKAGE]) }).map(({ kind }) => kind);
}

const made = (at: number, id: number, grant: number) => ({ at, kind: 'invitationCreated', details: invitation(id, 'bob@b.c', 'pending'), grant }) as const;
const revoked = (at: number, id: number) => ({ at, kind: 'invitationRevoked', details: invitation(id, 'bob@b.c', 'revoked'), grant: PACKAGE }) as const;

describe('invitations made twice', () => {
	it('are those that the package made beside a pending one', () => {
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 50, 300)]), ['invited twice']);
		assert.deepEqual(found(historyOf(made(100, 1, OTHER), made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 150, 300)]), ['invited twice']);
	});

	it('are not those of another program', () => {
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), made(200, 2, OTHER)), [action('create', 'bob@b.c', 50, 150)]), []);
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), revoked(150, 1), made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 50, 300)]), []);
	});

	it('are forgiven to Onboard in a race, once it has cleaned up', () => {
		const race = [made(100, 1, OTHER), made(200, 2, PACKAGE)];
		const onboard = [action('onboard', 'bob@b.c', 50, 300)];
		assert.deepEqual(found(historyOf(...race, revoked(250, 2)), onboard), []);
		assert.deepEqual(found(historyOf(...race), onboard), ['invited twice']);
		assert.deepEqual(found(historyOf(...race, revoked(250, 2)), [action('onboard', 'bob@b.c', 150, 300)]), ['invited twice']);
	});
});

describe('people removed wrongly', () => {
	const gone = (grant: number) => historyOf({ at: 500, kind: 'memberRemoved', person: ANN, grant });

	it('are those whom the package removed unasked', () => {
		assert.deepEqual(found(gone(PACKAGE), []), ['removed wrongly']);
		assert.deepEqual(found(gone(PACKAGE), [action('remove', 'bob@b.c', 100, 600, { items: undefined })]), ['removed wrongly']);
		assert.deepEqual(found(gone(PACKAGE), [action('remove', 'ann@b.c', 501, 600)]), ['removed wrongly']);
		const longAfter = historyOf({ at: 500_000, kind: 'memberRemoved', person: ANN, grant: PACKAGE });
		assert.deepEqual(found(longAfter, [action('remove', 'ann@b.c', 100, 600, { items: undefined })]), ['removed wrongly']);
	});

	it('are not those it was asked to remove, nor those of another program', () => {
		assert.deepEqual(found(gone(PACKAGE), [action('offboard', 'ANN@b.c', 100, 600)]), []);
		assert.deepEqual(found(gone(OTHER), []), []);
		const heldBack = historyOf({ at: 40_000, kind: 'memberRemoved', person: ANN, grant: PACKAGE });
		assert.deepEqual(found(heldBack, [action('remove', 'ann@b.c', 100, 600, { items: undefined })]), []);
	});
});

describe('what an action says', () => {
	it('is false when it was not done', () => {
		assert.deepEqual(found([], [action('create', 'bob@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('remove', 'ann@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('offboard', 'ann@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('updateRole', 'ann@b.c', 0, 100, { role: 'contractor' })]), ['false']);
		assert.deepEqual(found(historyOf(made(10, 1, OTHER)), [action('revoke', 'bob@b.c', 20, 100)]), ['false']);
	});

	it('is nothing when it failed', () => {
		assert.deepEqual(found([], [action('create', 'bob@b.c', 0, 100, { items: undefined })]), []);
	});

	it('is true when it was so at any moment of it', () => {
		const history = historyOf({ at: 50, kind: 'memberRemoved', person: ANN, grant: PACKAGE }, { at: 90, kind: 'memberAdded', person: { ...ANN, memberId: 8, uuid: 'ann2' } });
		assert.deepEqual(found(history, [action('remove', 'ann@b.c', 0, 100)]), []);
		const changed = historyOf({ at: 50, kind: 'roleChanged', person: { ...ANN, role: 'contractor' } }, { at: 60, kind: 'roleChanged', person: ANN });
		assert.deepEqual(found(changed, [action('updateRole', 'ann@b.c', 0, 100, { role: 'contractor' })]), []);
	});
});

describe('a list', () => {
	const list = (items: Action['items']) => action('list', '', 0, 100, { list: 'people', items });
	const joined = historyOf({ at: 50, kind: 'memberAdded', person: BOB });

	it('may have or lack whoever came meanwhile', () => {
		assert.deepEqual(found(joined, [list([{ email: 'ann@b.c' }]), list([{ email: 'ann@b.c' }, { email: 'bob@b.c' }])]), []);
	});

	it('is false when it lacks somebody who was there, or has somebody who was not', () => {
		assert.deepEqual(found(joined, [list([{ email: 'bob@b.c' }])]), ['false']);
		assert.deepEqual(found([], [list([{ email: 'ann@b.c' }, { email: 'bob@b.c' }])]), ['false']);
	});

	it('is false when it holds somebody twice, not when two have one address', () => {
		assert.deepEqual(found([], [list([{ id: 'ann', email: 'ann@b.c' }, { id: 'ann', email: 'ann@b.c' }])]), ['false']);
		assert.deepEqual(found([], [list([{ id: 'ann', email: 'ann@b.c' }, { id: 'ann2', email: 'ann@b.c' }])]), []);
	});

	it('proves nothing where FreshBooks lied to the reader meanwhile', () => {
		const lie = { at: BEGINNING + 50, grant: PACKAGE, businessId: BUSINESS, fault: 'rows dropped' } as const;
		assert.deepEqual(found([], [list([])], [lie]), []);
		assert.deepEqual(found([], [list([])], [{ ...lie, at: BEGINNING + 101 }]), ['false']);
	});
});
