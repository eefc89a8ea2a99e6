import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANN, BEGINNING, BOB, BUSINESS, cleanPoll, historyOf, invitation, invitationItem, personItem, request, timelinesOf, watcherOf } from './fixtures.mts';
import { pollsOf } from './polls.mts';
import { judgeTrigger, type Item, type Watcher } from './triggers.mts';

const END = BEGINNING + 100_000;
const MANAGER = { ...ANN, role: 'business_manager' };
const toManager = { role: { from: 'business_employee', to: 'business_manager' } };
const PROMOTED = historyOf({ at: 1_000, kind: 'roleChanged', person: MANAGER });

function found(history: ReturnType<typeof historyOf>, items: readonly Item[], polls: Watcher['polls'] = [], more: Partial<Watcher> = {}): string[] {
	return judgeTrigger({ ...watcherOf(items, polls), ...more }, timelinesOf(history), END).map(({ kind }) => kind);
}

describe('what is reported about people', () => {
	it('is right when it happened', () => {
		const history = historyOf(
			{ at: 1_000, kind: 'roleChanged', person: MANAGER },
			{ at: 2_000, kind: 'memberAdded', person: BOB },
			{ at: 9_000, kind: 'memberRemoved', person: MANAGER },
		);
		const items = [personItem('roleChanged', 3_000, MANAGER, toManager), personItem('memberAdded', 3_000, BOB), personItem('memberRemoved', 9_500, MANAGER)];
		assert.deepEqual(found(history, items), []);
	});

	it('is lost when it is never reported', () => {
		assert.deepEqual(found(PROMOTED, []), ['lost']);
		assert.deepEqual(found(historyOf({ at: 1_000, kind: 'memberRemoved', person: ANN }), []), ['lost']);
	});

	it('is false when it did not happen, or not yet', () => {
		assert.deepEqual(found([], [personItem('memberRemoved', 3_000, ANN)]), ['false']);
		assert.deepEqual(found(PROMOTED, [personItem('roleChanged', 900, MANAGER, toManager)]), ['false', 'lost']);
		assert.deepEqual(found([], [personItem('roleChanged', 900, ANN, toManager)]), ['lost']);
		assert.deepEqual(found([], [personItem('memberAdded', 3_000, { ...BOB, uuid: 'nobody' })]), ['false']);
		assert.deepEqual(found([], [personItem('memberAdded', 3_000, ANN)]), ['false']);
	});

	it('may be a change that its poll read after it had recorded its time', () => {
		const reported = [personItem('roleChanged', 900, MANAGER, toManager)];
		assert.deepEqual(found(PROMOTED, reported, [cleanPoll(800, 1_100)]), []);
		assert.deepEqual(found(PROMOTED, reported, [cleanPoll(800, 980)]), ['false', 'lost']);
	});

	it('is repeated when the same event ID comes again, and nothing else', () => {
		const reported = personItem('roleChanged', 3_000, MANAGER, toManager);
		assert.deepEqual(found(PROMOTED, [reported, reported]), ['repeated']);
	});

	it('is incomplete when one of two changes is missing', () => {
		const now = { ...MANAGER, lastName: 'Ash' };
		const history = historyOf({ at: 1_000, kind: 'roleChanged', person: now }, { at: 1_000, kind: 'memberUpdated', person: now });
		const renamed = { lastName: { from: 'Arbor', to: 'Ash' } };
		assert.deepEqual(found(history, [personItem('roleChanged', 3_000, now, toManager), personItem('memberUpdated', 3_000, now, renamed)]), []);
		assert.deepEqual(found(history, [personItem('roleChanged', 3_000, now, toManager)]), ['lost']);
	});

	it('is lost, not false, if the report of somebody joining is missing before other reports', () => {
		const manager = { ...BOB, role: 'business_manager' };
		const joined = historyOf({ at: 1_000, kind: 'memberAdded', person: BOB }, { at: 9_000, kind: 'roleChanged', person: manager });
		assert.deepEqual(found(joined, [personItem('roleChanged', 9_500, manager, toManager)]), ['lost']);
		const left = historyOf({ at: 1_000, kind: 'memberAdded', person: BOB }, { at: 9_000, kind: 'memberRemoved', person: BOB });
		assert.deepEqual(found(left, [personItem('memberRemoved', 9_500, BOB)]), ['lost']);
		const reported = [personItem('memberAdded', 2_000, BOB), personItem('memberRemoved', 9_500, BOB)];
		assert.deepEqual(found(left, [...reported, personItem('memberRemoved', 9_800, BOB)]), ['false']);
	});

	it('is false when nothing of the kind changed, or it shows somebody else', () => {
		assert.deepEqual(found([], [personItem('roleChanged', 5_000, ANN)]), ['false']);
		assert.deepEqual(found([], [personItem('memberUpdated', 5_000, ANN, { lastName: { from: 'Arbor', to: 'Arbor' } })]), ['false']);
		const inactive = { ...ANN, active: false };
		const away = historyOf({ at: 1_000, kind: 'memberDeactivated', person: inactive });
		const toInactive = { active: { from: true, to: false } };
		assert.deepEqual(found(away, [personItem('memberDeactivated', 2_000, inactive, toInactive)]), []);
		assert.deepEqual(found(away, [personItem('memberReactivated', 2_000, inactive, toInactive)]), ['false', 'lost']);
		assert.deepEqual(found(PROMOTED, [personItem('roleChanged', 3_000, { ...MANAGER, firstName: 'Zed' }, toManager)]), ['false']);
	});

	it('is false when the trigger does not watch it', () => {
		assert.deepEqual(found([], [personItem('memberRemoved', 2_000, ANN)], [], { businessIds: [] }), ['false']);
		const renamed = { lastName: { from: 'Before', to: 'Arbor' } };
		assert.deepEqual(found([], [personItem('memberUpdated', 5_000, ANN, renamed)], [], { watchesProfiles: false }), ['false']);
		assert.deepEqual(found([], [invitationItem('invitationCreated', 5_000, 55, 'bob@b.c')], [], { watchesInvitations: false }), ['false']);
	});

	it('is two people where one identity follows another under the same address', () => {
		const heir = { ...BOB, email: ANN.email };
		const history = historyOf({ at: 1_000, kind: 'memberRemoved', person: ANN }, { at: 1_000, kind: 'memberAdded', person: heir });
		assert.deepEqual(found(history, [personItem('memberAdded', 2_000, heir), personItem('memberRemoved', 2_000, ANN)]), []);
		const toHeir = { id: { from: 'ann', to: 'bob' }, identityId: { from: 71, to: 72 } };
		assert.deepEqual(found(history, [personItem('memberUpdated', 2_000, heir, toHeir)]), ['false', 'lost', 'lost']);
		assert.deepEqual(found(history, [personItem('memberAdded', 2_000, heir)]), ['lost']);
	});

	describe('from a list without identities', () => {
		const byNumber = { source: 'businessMembers' } as const;
		const heir = { ...BOB, email: ANN.email, role: 'business_manager' };
		const history = historyOf({ at: 1_000, kind: 'memberRemoved', person: ANN }, { at: 1_000, kind: 'memberAdded', person: heir });
		const numbered = (event: string, person: typeof ANN, more: Partial<Item> = {}): Item => ({ ...personItem(event, 2_000, person), member: { ...person, id: person.memberId }, ...more });
		const previous = { ...ANN, id: 1 };
		const moved = numbered('memberUpdated', heir, { previous, changes: { id: { from: 1, to: 2 } } });
		const promoted = numbered('roleChanged', heir, { previous, changes: toManager });

		it('may be one person under a new ID where two follow one another under one address', () => {
			assert.deepEqual(found(history, [numbered('memberRemoved', ANN), numbered('memberAdded', heir)], [], byNumber), []);
			assert.deepEqual(found(history, [moved, promoted], [], byNumber), []);
		});

		it('is incomplete when the other changes are missing, and false when the addresses differ', () => {
			assert.deepEqual(found(history, [moved], [], byNumber), ['lost']);
			const stranger = { ...heir, email: BOB.email };
			const strangers = historyOf({ at: 1_000, kind: 'memberRemoved', person: ANN }, { at: 1_000, kind: 'memberAdded', person: stranger });
			const mistaken = numbered('memberUpdated', stranger, { previous, changes: { id: { from: 1, to: 2 } } });
			assert.deepEqual(found(strangers, [mistaken], [], byNumber), ['false', 'lost', 'lost']);
		});
	});

	it('is nothing if the list of business members shows somebody as not confirmed', () => {
		const seatless = { ...BOB, identityId: null };
		const history = historyOf({ at: 1_000, kind: 'memberAdded', person: seatless }, { at: 9_000, kind: 'memberUpdated', person: BOB });
		const source = { source: 'businessMembers' } as const;
		const came = (at: number): Item => ({ ...personItem('memberAdded', at, BOB), member: { ...BOB, id: BOB.memberId } });
		assert.deepEqual(found(history, [came(9_500)], [], source), []);
		assert.deepEqual(found(history, [came(2_000)], [], source), ['false', 'lost']);
		assert.deepEqual(found(history, [], [], source), ['lost']);
		assert.deepEqual(found(history, [personItem('memberAdded', 2_000, seatless)]), ['lost']);
	});

	it('is false if a known person who takes over an address is reported as the leaver', () => {
		const joined = { at: 500, kind: 'memberAdded', person: BOB } as const;
		const heir = { ...BOB, email: ANN.email };
		const history = historyOf(joined, { at: 1_000, kind: 'memberRemoved', person: ANN }, { at: 1_000, kind: 'memberUpdated', person: heir });
		const numbered = (person: typeof ANN) => ({ ...person, id: person.memberId });
		const came = { ...personItem('memberAdded', 600, BOB), member: numbered(BOB) };
		const left = { ...personItem('memberRemoved', 2_000, ANN), member: numbered(ANN) };
		const renamed = { ...personItem('memberUpdated', 2_000, heir, { email: { from: BOB.email, to: ANN.email } }), member: numbered(heir) };
		const source = { source: 'businessMembers' } as const;
		assert.deepEqual(found(history, [came, renamed, left], [], source), []);
		const taken = { ...personItem('memberUpdated', 3_000, heir, { id: { from: 1, to: 2 } }), member: numbered(heir), previous: numbered(ANN) };
		assert.deepEqual(found(history, [came, renamed, taken], [], source), ['false', 'lost']);
	});

	it('is false if an answer that left fields out is reported as a change', () => {
		const nobody = { ...ANN, role: null as unknown as string };
		assert.deepEqual(found([], [personItem('roleChanged', 3_000, nobody, { role: { from: 'business_employee', to: null } })]), ['false']);
	});

	describe('from an answer that left fields out', () => {
		const poll = cleanPoll(2_900, 3_100, { clean: false, leftOut: true });
		const unnamed = { ...BOB, role: null as unknown as string, firstName: null as unknown as string, lastName: null as unknown as string };
		const joined = historyOf({ at: 1_000, kind: 'memberAdded', person: BOB });
		const learned = [
			personItem('roleChanged', 9_000, BOB, { role: { from: null, to: 'business_employee' } }),
			personItem('memberUpdated', 9_000, BOB, { firstName: { from: null, to: 'Bob' }, lastName: { from: null, to: 'Arbor' } }),
		];

		it('may show somebody new without a role and names, and in no other answer', () => {
			const added = personItem('memberAdded', 3_000, unnamed);
			assert.deepEqual(found(joined, [added], [poll]), []);
			assert.deepEqual(found(joined, [added, ...learned], [poll]), []);
			assert.deepEqual(found(joined, [added], [cleanPoll(2_900, 3_100)]), ['false']);
		});

		it('has the values read before beside the other changes', () => {
			const inactive = { ...MANAGER, active: false };
			const history = historyOf({ at: 1_000, kind: 'roleChanged', person: MANAGER }, { at: 2_000, kind: 'memberDeactivated', person: inactive });
			const toInactive = { active: { from: true, to: false } };
			const away = personItem('memberDeactivated', 3_000, { ...ANN, active: false }, toInactive);
			const later = personItem('roleChanged', 9_000, inactive, toManager);
			assert.deepEqual(found(history, [away, later], [poll]), []);
			assert.deepEqual(found(history, [away], [poll]), ['lost']);
			assert.deepEqual(found(history, [away, later], [cleanPoll(2_900, 3_100)]), ['false', 'lost']);
		});

		it('is no change', () => {
			const toNobody = personItem('roleChanged', 3_000, unnamed, { role: { from: 'business_employee', to: null } });
			const lost = { ...toNobody, member: { ...ANN, id: ANN.uuid, role: null } };
			const back = personItem('roleChanged', 9_000, ANN, { role: { from: null, to: 'business_employee' } });
			assert.deepEqual(found([], [lost], [poll]), ['false', 'lost']);
			assert.deepEqual(found([], [lost, back], [poll]), ['false']);
		});
	});

	it('is one change if an ID changes while the old one is still answered', () => {
		const moved = { ...ANN, uuid: 'ann-2' };
		const history = historyOf({ at: 1_000, kind: 'memberIdChanged', person: moved });
		const update = personItem('memberUpdated', 2_000, moved, { id: { from: 'ann', to: 'ann-2' } });
		assert.deepEqual(found(history, [update]), []);
		assert.deepEqual(found(history, [personItem('memberAdded', 1_500, moved), update]), ['false', 'lost']);
		assert.deepEqual(found(history, [update, personItem('memberUpdated', 3_000, moved, { id: { from: 'ann', to: 'ann-2' } })]), ['lost']);
	});

	it('may show a change under the old ID while FreshBooks still answers it, and not after the new one was reported', () => {
		const moved = { ...ANN, uuid: 'ann-2' };
		const inactive = { ...moved, active: false };
		const toInactive = { active: { from: true, to: false } };
		const lookedUp = personItem('memberDeactivated', 3_000, { ...inactive, uuid: 'ann' }, toInactive);
		const update = personItem('memberUpdated', 6_000, inactive, { id: { from: 'ann', to: 'ann-2' } });
		const historyWith = (details: Record<string, unknown>) => historyOf({ at: 1_000, kind: 'memberIdChanged', person: moved, details: { from: 'ann', to: 'ann-2', ...details } }, { at: 2_000, kind: 'memberDeactivated', person: inactive });
		assert.deepEqual(found(historyWith({ oldAnswers: true }), [lookedUp, update]), []);
		assert.deepEqual(found(historyWith({ oldAnswers: true }), [lookedUp]), ['lost'], 'the new ID is never reported');
		assert.deepEqual(found(historyWith({}), [lookedUp, update]), ['false', 'lost'], 'FreshBooks does not answer the old ID any more');
	});

	const THERE_AND_BACK = historyOf({ at: 1_000, kind: 'roleChanged', person: MANAGER }, { at: 20_000, kind: 'roleChanged', person: ANN });

	it('may lack what was done and undone between two polls', () => {
		assert.deepEqual(found(THERE_AND_BACK, []), []);
		assert.deepEqual(found(THERE_AND_BACK, [], [cleanPoll(500, 900), cleanPoll(21_000, 21_100), cleanPoll(23_000, 23_100)]), []);
	});

	it('may not lack what two clean polls in a row could read', () => {
		assert.deepEqual(found(THERE_AND_BACK, [], [cleanPoll(5_000, 5_100), cleanPoll(8_000, 8_100), cleanPoll(21_000, 21_100)]), ['lost', 'lost']);
	});

	it('may not report a state that a later clean poll has replaced', () => {
		const polls = [cleanPoll(25_000, 25_100), cleanPoll(28_000, 28_100)];
		const reported = [personItem('roleChanged', 29_000, MANAGER, toManager)];
		assert.deepEqual(found(THERE_AND_BACK, reported, polls), ['false']);
	});

	it('has no profile changes if only access is watched', () => {
		const history = historyOf({ at: 1_000, kind: 'memberUpdated', person: { ...ANN, lastName: 'Ash' } });
		const watcher = { ...watcherOf([]), watchesProfiles: false };
		assert.deepEqual(judgeTrigger(watcher, timelinesOf(history), END), []);
	});

	it('names the person, the business, the time and the current state', () => {
		const [finding] = judgeTrigger(watcherOf([]), timelinesOf(PROMOTED), END);
		assert.match(finding?.words ?? '', /the trigger.*ann@b\.c of Alder Works.*business_manager.*since 10:00:01\.000; reported was .*business_employee/);
	});
});

describe('what is reported about invitations', () => {
	const MADE = { at: 1_000, kind: 'invitationCreated', details: invitation(55, 'bob@b.c', 'pending') } as const;
	const REVOKED = { at: 9_000, kind: 'invitationRevoked', details: invitation(55, 'bob@b.c', 'revoked') } as const;
	const JOINED = { at: 9_000, kind: 'memberAdded', person: BOB } as const;
	const ACCEPTED = { at: 9_000, kind: 'invitationAccepted', person: BOB, details: invitation(55, 'bob@b.c', 'accepted') } as const;
	const LEFT = { at: 9_500, kind: 'memberRemoved', person: BOB } as const;
	const created = (): Item => invitationItem('invitationCreated', 2_000, 55, 'bob@b.c');

	it('is right when it happened', () => {
		assert.deepEqual(found(historyOf(MADE, REVOKED), [created(), invitationItem('invitationRevoked', 9_500, 55, 'bob@b.c')]), []);
		const accepted = [created(), personItem('memberAdded', 9_200, BOB), invitationItem('invitationAccepted', 9_200, 55, 'bob@b.c')];
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED), accepted), []);
	});

	it('is lost when it is never reported', () => {
		assert.deepEqual(found(historyOf(MADE), []), ['lost']);
		assert.deepEqual(found(historyOf(MADE, REVOKED), [created()]), ['lost']);
	});

	it('is lost, not false, if the report of its creation is missing', () => {
		assert.deepEqual(found(historyOf(MADE, REVOKED), [invitationItem('invitationRevoked', 9_500, 55, 'bob@b.c')]), ['lost']);
	});

	it('is false when it did not happen', () => {
		assert.deepEqual(found(historyOf(MADE), [created(), invitationItem('invitationRevoked', 5_000, 55, 'bob@b.c')]), ['false', 'lost']);
		assert.deepEqual(found([], [invitationItem('invitationCreated', 5_000, 77, 'bob@b.c')]), ['false']);
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED), [created(), personItem('memberAdded', 9_200, BOB), invitationItem('invitationRevoked', 9_200, 55, 'bob@b.c')]), ['false']);
	});

	it('may name either of two invitations of a person as the accepted one, when both are gone at once', () => {
		const second = { at: 1_500, kind: 'invitationCreated', details: invitation(56, 'bob@b.c', 'pending') } as const;
		const secondRevoked = { at: 8_000, kind: 'invitationRevoked', details: invitation(56, 'bob@b.c', 'revoked') } as const;
		const history = historyOf(MADE, second, secondRevoked, JOINED, ACCEPTED);
		const both = [created(), invitationItem('invitationCreated', 2_000, 56, 'bob@b.c'), personItem('memberAdded', 9_200, BOB)];
		for (const id of [55, 56]) assert.deepEqual(found(history, [...both, invitationItem('invitationAccepted', 9_200, id, 'bob@b.c')]), []);
		const twice = [55, 56].map((id) => invitationItem('invitationRevoked', 9_900, id, 'bob@b.c'));
		assert.deepEqual(found(history, [...both, ...twice]), ['false']);
		assert.deepEqual(found(history, both, [cleanPoll(8_100, 8_200), cleanPoll(8_300, 8_400)]), ['lost', 'lost']);
	});

	describe('of several to one address', () => {
		const second = { at: 1_500, kind: 'invitationCreated', details: invitation(56, 'bob@b.c', 'pending') } as const;
		const withdrawn = { at: 20_000, kind: 'invitationRevoked', details: invitation(56, 'bob@b.c', 'revoked') } as const;
		const third = { at: 21_000, kind: 'invitationCreated', details: invitation(57, 'bob@b.c', 'pending') } as const;
		const acceptance = (at: number, id: number): Item => invitationItem('invitationAccepted', at, id, 'bob@b.c');
		const both = (): Item[] => [created(), invitationItem('invitationCreated', 2_000, 56, 'bob@b.c'), personItem('memberAdded', 9_200, BOB)];

		it('is right when one acceptance is emitted, of any of them, while another is still pending', () => {
			for (const id of [55, 56]) assert.deepEqual(found(historyOf(MADE, second, JOINED, ACCEPTED), [...both(), acceptance(9_200, id)]), []);
		});

		it('is right when the other one is revoked later, with a report of that or without', () => {
			const history = historyOf(MADE, second, JOINED, ACCEPTED, withdrawn);
			assert.deepEqual(found(history, [...both(), acceptance(9_200, 55)]), []);
			assert.deepEqual(found(history, [...both(), acceptance(9_200, 55), invitationItem('invitationRevoked', 20_500, 56, 'bob@b.c')]), []);
		});

		it('is false when one acceptance is emitted for each of them', () => {
			const pending = historyOf(MADE, second, JOINED, ACCEPTED);
			assert.deepEqual(found(pending, [...both(), acceptance(9_200, 55), acceptance(9_800, 56)]), ['false']);
			const later = historyOf(MADE, second, JOINED, ACCEPTED, withdrawn);
			assert.deepEqual(found(later, [...both(), acceptance(9_200, 55), acceptance(20_500, 56)]), ['false']);
			const resent = historyOf(MADE, JOINED, ACCEPTED, third);
			const items = [created(), personItem('memberAdded', 9_200, BOB), acceptance(9_200, 55), invitationItem('invitationCreated', 21_500, 57, 'bob@b.c')];
			assert.deepEqual(found(resent, items), []);
			assert.deepEqual(found(resent, [...items, acceptance(22_000, 57)]), ['false']);
		});

		it('is lost when no acceptance is emitted', () => {
			assert.deepEqual(found(historyOf(MADE, second, JOINED, ACCEPTED), both()), ['lost']);
		});
	});

	it('is false when an acceptance whose invitation was never listed is reported again', () => {
		const accepted = (at: number): Item => ({ ...invitationItem('invitationAccepted', at, 0, 'bob@b.c'), invitation: { id: null, email: 'bob@b.c' } });
		const joined = personItem('memberAdded', 9_200, BOB);
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED), [joined, accepted(9_200)]), []);
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED), [joined, accepted(9_200), accepted(9_800)]), ['false']);
		const again = [
			{ at: 20_000, kind: 'invitationCreated', details: invitation(56, 'bob@b.c', 'pending') },
			{ at: 21_000, kind: 'invitationAccepted', person: BOB, details: invitation(56, 'bob@b.c', 'accepted') },
		] as const;
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED, ...again), [joined, accepted(9_200), accepted(22_000)]), []);
	});

	it('may be reported as revoked when the person accepted and left between two polls', () => {
		assert.deepEqual(found(historyOf(MADE, JOINED, ACCEPTED, LEFT), [created(), invitationItem('invitationRevoked', 9_900, 55, 'bob@b.c')]), []);
	});
});

describe('polls', () => {
	const me = (at: number) => request(at, '/users/me');
	const people = (at: number, more = {}) => request(at, `/businesses/${BUSINESS}/team_members`, more);
	const invitations = (at: number, more = {}) => request(at, `/business/${BUSINESS}/invitations`, more);
	const clean = (requests: Parameters<typeof pollsOf>[0]) => pollsOf(requests, true).map(({ readings }) => readings.get(BUSINESS)?.clean);

	it('begin with the request for the connected user, and are clean when every answer was true', () => {
		const polls = pollsOf([me(0), people(100), invitations(150), me(3_000), people(3_100), invitations(3_200)], true);
		assert.deepEqual(polls.map(({ startedAt, overBy }) => [startedAt - BEGINNING, overBy - BEGINNING]), [[0, 3_000], [3_000, Infinity]]);
		assert.deepEqual(polls[0]?.readings.get(BUSINESS), { from: BEGINNING + 100, to: BEGINNING + 160, clean: true, paged: false, refused: false, leftOut: false, undecided: new Set() });
	});

	it('are not clean with a fault, a refusal, or a list not read', () => {
		assert.deepEqual(clean([me(0), people(100, { fault: 'delay' }), invitations(150)]), [false]);
		assert.deepEqual(clean([me(0), people(100, { status: 401 }), people(120), invitations(150)]), [false]);
		assert.deepEqual(clean([me(0), people(100)]), [false]);
	});

	it('list who is undecided: requested by ID, and the last answer was neither 404 nor 410', () => {
		const lookUp = (at: number, uuid: string, status: number) => request(at, `/businesses/${BUSINESS}/team_members/${uuid}`, { status });
		const [poll] = pollsOf([me(0), people(100), lookUp(200, 'ann', 503), lookUp(210, 'ann', 404), lookUp(220, 'bob', 403), lookUp(230, 'eve', 410), lookUp(240, 'zoe', 200)], false);
		assert.deepEqual(poll?.readings.get(BUSINESS)?.undecided, new Set(['bob', 'zoe']));
	});

	it('are refused if FreshBooks answers 403 for the people, and only then', () => {
		const refused = (...requests: Parameters<typeof pollsOf>[0]) => pollsOf([me(0), ...requests], true).map(({ readings }) => readings.get(BUSINESS)?.refused);
		assert.deepEqual(refused(invitations(50, { status: 403 }), people(100, { status: 403 })), [true]);
		assert.deepEqual(refused(invitations(50, { status: 403 }), people(100)), [false]);
		assert.deepEqual(refused(people(100, { status: 403, fault: 'status' }), people(150, { status: 403 })), [false]);
		assert.deepEqual(refused(invitations(50)), [false]);
	});

	it('may ask for somebody who is gone', () => {
		assert.deepEqual(clean([me(0), people(100), invitations(150), request(200, `/businesses/${BUSINESS}/team_members/ann`, { status: 404 })]), [true]);
	});
});
