import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeActions, type Action, type ActionKind } from './actions.mts';
import { ANN, BEGINNING, BOB, BUSINESS, CONNECTED, historyOf, invitation, OTHER, OWNER, PACKAGE, request, timelinesOf } from './fixtures.mts';

type History = ReturnType<typeof historyOf>;

function action(kind: ActionKind, email: string, from: number, to: number, more: Partial<Action> = {}): Action {
	return { kind, businessId: BUSINESS, email, startedAt: BEGINNING + from, endedAt: BEGINNING + to, items: [{}], reports: [], grant: PACKAGE, ...more };
}

type Evidence = Partial<Pick<Parameters<typeof judgeActions>[0], 'falseAnswers' | 'requests'>>;

function findings(history: History, actions: readonly Action[], { falseAnswers = [], requests = [] }: Evidence = {}): ReturnType<typeof judgeActions> {
	return judgeActions({ actions, history, timelines: timelinesOf(history), falseAnswers, requests, grants: new Set([PACKAGE]), connectedIdentity: CONNECTED });
}

function found(...input: Parameters<typeof findings>): string[] {
	return findings(...input).map(({ kind }) => kind);
}

function words(...input: Parameters<typeof findings>): string {
	return findings(...input).map((finding) => finding.words).join('\n');
}

const made = (at: number, id: number, grant: number) => ({ at, kind: 'invitationCreated', details: invitation(id, 'bob@b.c', 'pending'), grant }) as const;
const revoked = (at: number, id: number) => ({ at, kind: 'invitationRevoked', details: invitation(id, 'bob@b.c', 'revoked'), grant: PACKAGE }) as const;

describe('invitations created twice', () => {
	it('are those that the package created beside a pending one', () => {
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 50, 300)]), ['invited twice']);
		assert.deepEqual(found(historyOf(made(100, 1, OTHER), made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 150, 300)]), ['invited twice']);
	});

	it('are not those of another program', () => {
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), made(200, 2, OTHER)), [action('create', 'bob@b.c', 50, 150)]), []);
		assert.deepEqual(found(historyOf(made(100, 1, PACKAGE), { ...revoked(150, 1), grant: OTHER }, made(200, 2, PACKAGE)), [action('create', 'bob@b.c', 50, 300)]), []);
	});

	it('are accepted from Onboard in a race if it has cleaned up', () => {
		const race = [made(100, 1, OTHER), made(200, 2, PACKAGE)];
		const onboard = [action('onboard', 'bob@b.c', 50, 300)];
		assert.deepEqual(found(historyOf(...race, revoked(250, 2)), onboard), []);
		assert.deepEqual(found(historyOf(...race), onboard), ['invited twice']);
		assert.deepEqual(found(historyOf(...race, revoked(250, 2)), [action('onboard', 'bob@b.c', 150, 300)]), ['invited twice']);
	});
});

describe('an invitation that one action sent twice', () => {
	const both = [made(100, 1, PACKAGE), made(200, 2, PACKAGE), revoked(250, 2)];

	it('is one too many, also when the action cleans up after itself', () => {
		assert.deepEqual(found(historyOf(...both), [action('onboard', 'bob@b.c', 50, 300)]), ['invited twice']);
	});

	it('is a race if two actions, or another program, ran at the same time', () => {
		assert.deepEqual(found(historyOf(...both), [action('onboard', 'bob@b.c', 50, 300), action('onboard', 'BOB@b.c', 60, 300)]), []);
		assert.deepEqual(found(historyOf(made(100, 1, OTHER), made(200, 2, PACKAGE), revoked(250, 2)), [action('onboard', 'bob@b.c', 50, 300)]), []);
	});

	it('is a race if the other action, which ended first, sent the first one', () => {
		assert.deepEqual(found(historyOf(...both), [action('onboard', 'bob@b.c', 50, 300), action('onboard', 'bob@b.c', 60, 150)]), []);
		assert.deepEqual(found(historyOf(...both), [action('onboard', 'bob@b.c', 50, 300), action('onboard', 'bob@b.c', 10, 90, { items: undefined })]), ['invited twice']);
	});

	it('is a race if it was sent at the same time and arrived late', () => {
		const two = [action('onboard', 'bob@b.c', 50, 300), action('onboard', 'bob@b.c', 60, 150)];
		const history = historyOf(made(100, 1, PACKAGE), made(2_590, 2, PACKAGE));
		const sent = request(90, `/business/${BUSINESS}/invitations`, { method: 'POST', status: 524, fault: 'lateArrival' });
		assert.deepEqual(found(history, two, { requests: [sent] }), []);
		assert.deepEqual(found(history, two), ['invited twice']);
		assert.deepEqual(found(history, [two[0]!], { requests: [sent] }), ['invited twice']);
	});

	it('counts when it arrives after the action has ended, too', () => {
		const late = historyOf(made(100, 1, PACKAGE), made(5_000, 2, PACKAGE));
		assert.deepEqual(found(late, [action('create', 'bob@b.c', 50, 3_000)]), ['invited twice']);
	});
});

describe('wrong writes', () => {
	const gone = (grant: number) => historyOf({ at: 500, kind: 'memberRemoved', person: ANN, grant });

	it('are people whom the package removed without an action', () => {
		assert.deepEqual(found(gone(PACKAGE), []), ['wrong write']);
		assert.deepEqual(found(gone(PACKAGE), [action('remove', 'bob@b.c', 100, 600, { items: undefined })]), ['wrong write']);
		assert.deepEqual(found(gone(PACKAGE), [action('remove', 'ann@b.c', 501, 600)]), ['wrong write']);
		const longAfter = historyOf({ at: 500_000, kind: 'memberRemoved', person: ANN, grant: PACKAGE });
		assert.deepEqual(found(longAfter, [action('remove', 'ann@b.c', 100, 600, { items: undefined })]), ['wrong write']);
	});

	it('are not removals by an action or by another program', () => {
		assert.deepEqual(found(gone(PACKAGE), [action('offboard', 'ANN@b.c', 100, 600)]), []);
		assert.deepEqual(found(gone(OTHER), []), []);
		const heldBack = historyOf({ at: 40_000, kind: 'memberRemoved', person: ANN, grant: PACKAGE });
		assert.deepEqual(found(heldBack, [action('remove', 'ann@b.c', 100, 600, { items: undefined })]), []);
	});
});

describe('wrong writes of other kinds', () => {
	const changed = (grant: number) => historyOf({ at: 500, kind: 'roleChanged', person: { ...ANN, role: 'contractor' }, details: { from: ANN.role, to: 'contractor' }, grant });
	const withdrawn = historyOf(made(10, 1, OTHER), revoked(500, 1));

	it('are a role, an invitation, a staff record or a business changed without an action', () => {
		assert.deepEqual(found(changed(PACKAGE), [action('onboard', 'bob@b.c', 100, 600, { items: undefined })]), ['wrong write']);
		assert.deepEqual(found(changed(PACKAGE), [action('offboard', 'ann@b.c', 100, 600, { items: undefined })]), ['wrong write']);
		assert.deepEqual(found(withdrawn, [action('revoke', 'ann@b.c', 100, 600, { items: undefined })]), ['wrong write']);
		assert.deepEqual(found(historyOf(made(500, 1, PACKAGE)), [action('create', 'ann@b.c', 100, 600, { items: undefined })]), ['wrong write']);
		for (const kind of ['staffUpdated', 'staffDeleted', 'businessDeleted', 'memberUpdated'] as const) {
			assert.deepEqual(found(historyOf({ at: 500, kind, grant: PACKAGE }), []), ['wrong write'], kind);
		}
	});

	it('are not changes by an action or by another program', () => {
		assert.deepEqual(found(changed(PACKAGE), [action('updateRole', 'ANN@b.c', 100, 600, { role: 'contractor' })]), []);
		assert.deepEqual(found(withdrawn, [action('revoke', 'bob@b.c', 100, 600)]), []);
		assert.deepEqual(found(withdrawn, [action('offboard', 'bob@b.c', 100, 600, { items: undefined })]), []);
		assert.deepEqual(found(changed(OTHER), []), []);
		assert.deepEqual(found(historyOf(made(500, 1, PACKAGE)), [action('create', 'bob@b.c', 100, 600)]), []);
	});

	it('are those to a person with another address than the action had', () => {
		const moved = { ...ANN, email: 'ann.new@b.c' };
		const left = historyOf({ at: 200, kind: 'memberUpdated', person: moved }, { at: 500, kind: 'memberRemoved', person: moved, grant: PACKAGE });
		assert.deepEqual(found(left, [action('remove', 'ann@b.c', 100, 600)]), [], 'her address changed while the action looked');
		assert.deepEqual(found(left, [action('remove', 'ann@b.c', 300, 600, { items: undefined })]), ['wrong write']);
	});
});

describe('writes aimed at an owner or at the connected user', () => {
	const at = (time: number, method: string, memberId: number) => request(time, `/business/${BUSINESS}/members/${memberId}`, { method, status: 422 });
	const team = historyOf({ at: -50, kind: 'memberAdded', person: OWNER });
	const asked = [action('offboard', OWNER.email, 100, 600, { items: undefined }), action('updateRole', 'boss@b.c', 100, 600, { items: undefined })];

	it('are wrong also if FreshBooks refuses them, and if an action asks for them', () => {
		assert.deepEqual(found(team, asked, { requests: [at(500, 'DELETE', OWNER.memberId)] }), ['wrong write']);
		assert.deepEqual(found(team, asked, { requests: [at(500, 'PUT', OWNER.memberId)] }), ['wrong write']);
		assert.match(words(team, asked, { requests: [at(500, 'DELETE', OWNER.memberId)] }), /boss@b\.c, an owner/);
		const connected = historyOf({ at: 50, kind: 'memberAdded', person: { ...BOB, identityId: CONNECTED } });
		assert.deepEqual(found(connected, [action('remove', 'bob@b.c', 100, 600, { items: undefined })], { requests: [at(500, 'DELETE', BOB.memberId)] }), ['wrong write']);
		assert.match(words(connected, [], { requests: [at(500, 'PUT', BOB.memberId)] }), /the connected user/);
	});

	it('are not those of another program, reads, or writes to others', () => {
		assert.deepEqual(found(team, asked, { requests: [request(500, `/business/${BUSINESS}/members/${OWNER.memberId}`, { method: 'DELETE', grant: OTHER })] }), []);
		assert.deepEqual(found(team, asked, { requests: [request(500, `/business/${BUSINESS}/members`), at(500, 'DELETE', ANN.memberId)] }), []);
	});
});

describe('the result of an action', () => {
	it('is false when it was not done', () => {
		assert.deepEqual(found([], [action('create', 'bob@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('remove', 'ann@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('offboard', 'ann@b.c', 0, 100)]), ['false']);
		assert.deepEqual(found([], [action('updateRole', 'ann@b.c', 0, 100, { role: 'contractor' })]), ['false']);
		assert.deepEqual(found(historyOf(made(10, 1, OTHER)), [action('revoke', 'bob@b.c', 20, 100)]), ['false']);
	});

	it('claims nothing when it was refused', () => {
		assert.deepEqual(found([], [action('offboard', 'ann@b.c', 0, 100, { items: [{ status: 'refused' }] })]), []);
		assert.deepEqual(found([], [action('offboard', 'ann@b.c', 0, 100, { items: [{ status: 'notFound' }] })]), ['false']);
	});

	it('claims nothing when it failed', () => {
		assert.deepEqual(found([], [action('create', 'bob@b.c', 0, 100, { items: undefined })]), []);
	});

	it('is true if it was so at any moment of the action', () => {
		const history = historyOf({ at: 50, kind: 'memberRemoved', person: ANN, grant: PACKAGE }, { at: 90, kind: 'memberAdded', person: { ...ANN, memberId: 8, uuid: 'ann2' } });
		assert.deepEqual(found(history, [action('remove', 'ann@b.c', 0, 100)]), []);
		const changed = historyOf({ at: 50, kind: 'roleChanged', person: { ...ANN, role: 'contractor' } }, { at: 60, kind: 'roleChanged', person: ANN });
		assert.deepEqual(found(changed, [action('updateRole', 'ann@b.c', 0, 100, { role: 'contractor' })]), []);
	});
});

describe('a list', () => {
	const list = (items: Action['items']) => action('list', '', 0, 100, { list: 'people', items });
	const joined = historyOf({ at: 50, kind: 'memberAdded', person: BOB });

	it('may have or lack people who came meanwhile', () => {
		assert.deepEqual(found(joined, [list([{ email: 'ann@b.c' }]), list([{ email: 'ann@b.c' }, { email: 'bob@b.c' }])]), []);
	});

	it('is false when it lacks somebody who was there, or has somebody who was not', () => {
		assert.deepEqual(found(joined, [list([{ email: 'bob@b.c' }])]), ['false']);
		assert.deepEqual(found([], [list([{ email: 'ann@b.c' }, { email: 'bob@b.c' }])]), ['false']);
	});

	it('is false when it has somebody twice, not when two people have one address', () => {
		assert.deepEqual(found([], [list([{ id: 'ann', email: 'ann@b.c' }, { id: 'ann', email: 'ann@b.c' }])]), ['false']);
		assert.deepEqual(found([], [list([{ id: 'ann', email: 'ann@b.c' }, { id: 'ann2', email: 'ann@b.c' }])]), []);
	});

	it('proves nothing if FreshBooks gave a false answer meanwhile', () => {
		const falseAnswer = { at: BEGINNING + 50, grant: PACKAGE, businessId: BUSINESS, fault: 'rows dropped' } as const;
		assert.deepEqual(found([], [list([])], { falseAnswers: [falseAnswer] }), []);
		assert.deepEqual(found([], [list([])], { falseAnswers: [{ ...falseAnswer, at: BEGINNING + 101 }] }), ['false']);
	});
});
