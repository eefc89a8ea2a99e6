import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generatedPerson } from '../../sandbox/freshbooks/people.mts';
import { addressedBy, FaultStream, REQUEST_FAULTS, type CallerKind, type Purpose, type RequestFault } from './faultPlan.mts';
import { ATTEMPTS, BUSINESSES, planOf, READS, type Act } from './plan.mts';
import { providerLivesOf } from './providerPlan.mts';

const PURPOSES: readonly Purpose[] = ['me', 'people', 'invitations', 'lookUp', 'staff', 'refresh', 'invite', 'changeRole', 'remove', 'revoke'];

function drawn(kind: CallerKind, purpose: Purpose, count: number, seed = 7): Array<RequestFault | undefined> {
	const stream = new FaultStream(seed, 'somebody', kind, purpose);
	return Array.from({ length: count }, () => stream.next());
}

describe('the plan of an identity provider', () => {
	it('is the same for the same seed, another for another', () => {
		assert.deepEqual(providerLivesOf(3, 120_000), providerLivesOf(3, 120_000));
		assert.notDeepEqual(providerLivesOf(3, 120_000), providerLivesOf(4, 120_000));
	});

	it('has everything that a provider does, for people of its own and for members', () => {
		const lives = providerLivesOf(1, 180_000);
		const acts = lives.flatMap(({ steps }) => steps.map(({ act }) => act));
		for (const kind of ['assign', 'role', 'rename', 'unassign', 'accept']) assert.ok(acts.some((act) => act.kind === kind), kind);
		for (const byDelete of [true, false]) assert.ok(acts.some((act) => act.kind === 'unassign' && act.byDelete === byDelete));
		assert.ok(lives.some(({ email }) => !email.endsWith('@soak.example')), 'a member leaves');
		assert.equal(new Set(lives.map(({ email }) => email)).size, lives.length);
	});
});

describe('the plan of people', () => {
	it('is the same for the same seed, another for another', () => {
		assert.deepEqual(planOf(3, 2), planOf(3, 2));
		assert.notDeepEqual(planOf(3, 2).lives, planOf(4, 2).lives);
	});

	it('has every kind of change, actor and read within ten minutes', () => {
		const { lives, reads, outages, clockJumps, refusals } = planOf(1, 10);
		const acts = lives.flatMap(({ steps }) => steps.map(({ act }) => act));
		const kinds: ReadonlyArray<Act['kind']> = ['join', 'role', 'rename', 'address', 'deactivate', 'reactivate', 'newId', 'successor', 'bequeath', 'invite', 'inviteAgain', 'resend', 'withdraw', 'onboard', 'accept', 'revoke', 'leave'];
		for (const oldAnswers of [true, false]) assert.ok(acts.some((act) => act.kind === 'newId' && act.oldAnswers === oldAnswers));
		for (const kind of kinds) assert.ok(acts.some((act) => act.kind === kind), kind);
		for (const by of ['people', 'package', 'other program', 'both at once']) assert.ok(acts.some((act) => act.kind === 'leave' && act.by === by), by);
		for (const what of READS) assert.ok(reads.some((read) => read.what === what), what);
		assert.ok(outages.length > 5 && clockJumps.length > 5 && refusals.length > 3);
	});

	it('has every action that must not be done to the connected owner', () => {
		const { attempts } = planOf(1, 10);
		for (const kind of ATTEMPTS) assert.ok(attempts.some((attempt) => attempt.kind === kind), kind);
		assert.deepEqual(new Set(attempts.map(({ business }) => business)).size, BUSINESSES.length);
		assert.ok(attempts.every(({ atMs }) => atMs >= 0 && atMs < 600_000));
	});

	it('has people who accept one of several invitations, of which the others are revoked', () => {
		const lives = planOf(1, 10).lives.map(({ steps }) => steps.map(({ act }) => act));
		const accepting = lives.filter((acts) => acts.some((act) => act.kind === 'accept' && act.oneOfSeveral));
		assert.ok(accepting.length > 3, `${accepting.length}`);
		assert.ok(accepting.every((acts) => acts.some(({ kind }) => kind === 'resend') && acts.some(({ kind }) => kind === 'withdraw')));
	});

	it('refuses businesses within its time, and allows them again before it ends', () => {
		const { refusals } = planOf(2, 10);
		assert.ok(refusals.every(({ atMs, ms, business }) => atMs + ms < 600_000 && business < BUSINESSES.length));
	});

	it('lets only people without steps of their own take over an address, each once', () => {
		const { lives } = planOf(1, 20);
		const heirs = lives.flatMap(({ business, steps }) => steps.flatMap(({ act }) => (act.kind === 'bequeath' ? [`${business} ${act.to}`] : [])));
		const veterans = new Set(lives.map(({ business, veteran }) => `${business} ${veteran}`));
		assert.ok(heirs.length > 3 && heirs.every((heir) => !veterans.has(heir)));
		assert.equal(new Set(heirs).size, heirs.length);
	});

	it('gives nobody without a login a new ID or a successor', () => {
		const withoutLogin = planOf(1, 60).lives.filter(({ veteran }) => veteran !== undefined && generatedPerson(veteran + 1).identityId === null);
		assert.ok(withoutLogin.length > 0);
		assert.ok(!withoutLogin.some(({ steps }) => steps.some(({ act }) => act.kind === 'newId' || act.kind === 'successor')));
	});

	it('stays within its time, and has nobody twice', () => {
		const { lives, reads } = planOf(5, 3);
		assert.ok([...lives.map(({ startsAtMs }) => startsAtMs), ...reads.map(({ atMs }) => atMs)].every((at) => at >= 0 && at < 180_000));
		const people = lives.map(({ business, email, veteran }) => `${business} ${veteran ?? email}`);
		assert.equal(new Set(people).size, people.length);
		assert.ok(lives.every(({ business, veteran = 0 }) => veteran < (BUSINESSES[business]?.people ?? 0)));
	});
});

describe('the plan of faults', () => {
	it('is the same for the same seed and caller, another for another', () => {
		assert.deepEqual(drawn('trigger', 'people', 500), drawn('trigger', 'people', 500));
		assert.notDeepEqual(drawn('trigger', 'people', 500), drawn('trigger', 'people', 500, 8));
	});

	it('has every kind', () => {
		const all = new Set(PURPOSES.flatMap((purpose) => drawn('trigger', purpose, 2_000)));
		for (const fault of REQUEST_FAULTS) assert.ok(all.has(fault), fault);
	});

	it('has phases without faults, in which a poll can succeed', () => {
		const hits = drawn('trigger', 'people', 3_000);
		const rate = hits.filter((hit) => hit !== undefined).length / hits.length;
		assert.ok(rate > 0.15 && rate < 0.4, `${rate}`);
		const quiet = Array.from({ length: 250 }, (_, spell) => hits.slice(spell * 12, spell * 12 + 12)).filter((spell) => spell.every((hit) => hit === undefined));
		assert.ok(quiet.length > 50, `${quiet.length} of 250`);
	});

	it('leaves fields out for triggers only, in lists of people', () => {
		assert.ok(drawn('trigger', 'people', 2_000).includes('fields left out') && drawn('trigger', 'lookUp', 2_000).includes('fields left out'));
		for (const kind of ['reader', 'writer'] as const) assert.ok(!drawn(kind, 'people', 2_000).includes('fields left out'));
	});

	it('gives callers that write no undetectable false answer about invitations', () => {
		const falseAnswers = new Set<RequestFault | undefined>(['empty 200 list', 'rows dropped']);
		assert.ok(drawn('trigger', 'invitations', 2_000).some((fault) => falseAnswers.has(fault)));
		assert.ok(!drawn('writer', 'invitations', 2_000).some((fault) => falseAnswers.has(fault)));
	});

	it('knows the purpose of a request', () => {
		assert.deepEqual(addressedBy('GET', '/auth/api/v1/businesses/6101/team_members'), { purpose: 'people', businessId: 6101 });
		assert.deepEqual(addressedBy('GET', '/auth/api/v1/businesses/6101/team_members/dd6392d0-0639'), { purpose: 'lookUp', businessId: 6101 });
		assert.deepEqual(addressedBy('DELETE', '/auth/api/v1/business/6101/members/41001'), { purpose: 'remove', businessId: 6101 });
		assert.deepEqual(addressedBy('POST', '/auth/oauth/token'), { purpose: 'refresh', businessId: undefined });
		assert.equal(addressedBy('PUT', '/auth/api/v1/users/me'), undefined);
	});
});
