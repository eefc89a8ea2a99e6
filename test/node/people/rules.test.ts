/** The rules for people, with one history each, in the world of histories.test.ts. */
import type { IDataObject } from 'n8n-workflow';

import { FreshBooks } from '../../../nodes/FreshBooks/FreshBooks.node';
import { onAFastClock } from '../../harness/clock';
import { ONE_RUN, play, type Ended, type ItemPlan, type RunPlan } from './context';
import { reportsIn } from './oracle';
import { QUIET, type Alias, type InvitationPlan, type RowPlan, type WorldPlan } from './plan';
import { World } from './world';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

onAFastClock();

function person(human: number, changes: Partial<RowPlan> = {}): RowPlan {
	return { human, alias: 'own', role: 'business_employee', active: true, hasIdentity: true, addressNotIn: null, hasAddress: true, ...changes };
}

function invited(human: number, changes: Partial<InvitationPlan> = {}): InvitationPlan {
	return { human, alias: 'own', role: 'employee', status: 'pending', ...changes };
}

function named(human: number, role = 'business_employee', alias: Alias = 'own'): ItemPlan {
	return { human, alias, business: 0, role };
}

/** A world with one business of these people. */
function worldOf(rows: RowPlan[], changes: Partial<WorldPlan> = {}, invitations: InvitationPlan[] = []): World {
	return new World({ ...QUIET, businesses: [{ rows, invitations }], ...changes });
}

const LENIENT: RunPlan = { ...ONE_RUN, failOnPartial: false, ifNotFound: 'succeed' };
const offboard = (items: ItemPlan[], changes: Partial<RunPlan> = {}): RunPlan => ({ ...LENIENT, items, ...changes });
const onboard = (items: ItemPlan[], changes: Partial<RunPlan> = {}): RunPlan => ({ ...LENIENT, operation: 'onboard', items, ...changes });
const single = (operation: RunPlan['operation'], item: ItemPlan): RunPlan => ({ ...LENIENT, operation, items: [item] });

const writes = (world: World): string[] => world.sent.filter(({ method }) => method !== 'GET').map(({ method, target, email, id }) => `${method} ${target} ${email ?? id}`);
const posts = (world: World): string[] => writes(world).filter((write) => write.startsWith('POST'));
const invitationsMade = (world: World): number => new Set(world.states[0].flatMap(({ invitations }) => invitations.flatMap(({ id, by }) => (by === null ? [] : [id])))).size;
const answerOf = ({ outputs }: Ended, item = 0): IDataObject => outputs.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item)[0].json;

async function one(world: World, plan: RunPlan): Promise<Ended> {
	return (await play(world, [plan]))[0];
}

function businessesOf(ended: Ended) {
	return reportsIn(answerOf(ended), 0)[0].report.businesses ?? [];
}

describe('matching people (rule 1)', () => {
	it('does not treat the Kelvin sign as a k', async () => {
		const world = worldOf([person(5)]);
		await one(world, offboard([named(4)]));
		expect(writes(world)).toEqual([]);
	});

	it('treats a decomposed letter as the composed one', async () => {
		const world = worldOf([person(3)]);
		const ended = await one(world, offboard([named(3, 'employee', 'case')]));
		expect(world.state(0).rows.filter(({ human, removed }) => human === 3 && !removed)).toEqual([]);
		expect(answerOf(ended)).toMatchObject({ status: 'offboarded' });
	});

	it('does not demote the connected user, named by another address', async () => {
		const world = worldOf([person(0, { alias: 'other', role: 'business_partner' })]);
		await one(world, onboard([named(0, 'business_employee', 'other')], { updateRole: true }));
		expect(writes(world)).toEqual([]);
	});

	it('identifies the only owner by identity', async () => {
		const world = worldOf([person(1, { role: 'owner' }), person(1, { alias: 'other' })]);
		const ended = await one(world, offboard([named(1, 'employee', 'other')], { failOnPartial: false }));
		expect(writes(world)).toEqual([]);
		expect(answerOf(ended)).toMatchObject({ status: 'refused' });
	});
});

describe('a doubtful list prevents changes (rule 2)', () => {
	it('removes no owner if the published list, which shows who is inactive, cannot be read', async () => {
		const world = worldOf([person(1, { role: 'owner' }), person(2, { role: 'owner', active: false })], { faults: [{ target: 'teamMembers', from: 0, count: 999, how: 'error' }] });
		const ended = await one(world, offboard([named(1)]));
		expect(writes(world)).toEqual([]);
		expect(answerOf(ended)).toMatchObject({ status: 'partial', message: expect.stringMatching(/team members/) as string });
	});

	it('removes nobody with Remove if the published list cannot be read', async () => {
		const world = worldOf([person(1)], { faults: [{ target: 'teamMembers', from: 0, count: 999, how: 'forbidden' }] });
		const ended = await one(world, single('remove', named(1)));
		expect(writes(world)).toEqual([]);
		expect(answerOf(ended)).toHaveProperty('error');
	});

	it('treats a list that was read once and then answers 404 as unread', async () => {
		const world = worldOf([person(1)], { faults: [{ target: 'members', from: 1, count: 999, how: 'notFound' }] });
		const ended = await one(world, offboard([named(1)]));
		expect(businessesOf(ended)).toMatchObject([{ verified: false }]);
	});

	it('invites nobody by an empty list, without even the connected user', async () => {
		const world = worldOf([person(1)], { absent: ['members'], faults: [{ target: 'teamMembers', from: 0, count: 999, how: 'empty' }] });
		await one(world, onboard([named(1)]));
		expect(posts(world)).toEqual([]);
	});

	it('invites nobody if a list counts more people than it shows', async () => {
		const world = worldOf([person(1), person(2)], { absent: ['members'], faults: [{ target: 'teamMembers', from: 0, count: 999, how: 'hidden' }] });
		await one(world, onboard([named(1)]));
		expect(posts(world)).toEqual([]);
	});
});

describe('people are never older than invitations (rule 3)', () => {
	it.each([1, 2])('does not invite a person who accepted during an earlier item, batches of %s', async (batchSize) => {
		const changes = [{ before: 3, business: 0, kind: 'accept' as const, who: 0, role: 'employee' }];
		const world = worldOf([], { changes }, [invited(2)]);
		const ended = await one(world, onboard([named(1), named(1, 'business_employee', 'case'), named(2)], { batchSize }));
		expect(posts(world)).toEqual(['POST invitations person1@example.com']);
		expect(['alreadyMember', 'alreadyInvited']).toContain(answerOf(ended, 2).status);
	});
});

describe('every write is recorded (rule 4)', () => {
	it('invites an address once if it is twice in the input, even if the list lags', async () => {
		const world = worldOf([], { lags: { ...QUIET.lags, invitations: [14_000] } });
		await one(world, onboard([named(1), named(1)]));
		expect(posts(world)).toHaveLength(1);
	});
});

describe("what 'verified' means (rule 5)", () => {
	it('waits for lists that lag', async () => {
		const world = worldOf([person(1)], { lags: { ...QUIET.lags, teamMembers: [10_000], members: [12_000] } });
		const ended = await one(world, offboard([named(1)]));
		expect(answerOf(ended)).toMatchObject({ status: 'offboarded' });
	});

	it('names rows of the same identity with another address, and keeps them', async () => {
		const world = worldOf([person(1), person(1, { alias: 'other' })]);
		const ended = await one(world, offboard([named(1)]));
		expect(writes(world)).toHaveLength(1);
		expect(answerOf(ended)).toMatchObject({ status: 'partial' });
		expect(ended.shown).toContain('other1@example.com');
	});

	it("removes them with 'Include Other Addresses'", async () => {
		const world = worldOf([person(1), person(1, { alias: 'other' })]);
		const ended = await one(world, offboard([named(1)], { includeOtherAddresses: true }));
		expect(writes(world)).toHaveLength(2);
		expect(answerOf(ended)).toMatchObject({ status: 'offboarded' });
	});

	it('also names them in another business', async () => {
		const businesses = [{ rows: [person(1)], invitations: [] }, { rows: [person(1, { alias: 'other' })], invitations: [] }];
		const ended = await one(new World({ ...QUIET, businesses }), offboard([named(1)]));
		expect(answerOf(ended)).toMatchObject({ status: 'partial' });
		expect(ended.shown).toContain('other1@example.com');
	});

	it('does not report a person as out who accepted before the invitation was revoked', async () => {
		const changes = [{ before: 4, business: 0, kind: 'accept' as const, who: 0, role: 'employee' }];
		const world = worldOf([], { changes, lags: { ...QUIET.lags, teamMembers: [13_000], members: [13_000] } }, [invited(1)]);
		const ended = await one(world, offboard([named(1)]));
		const hasAccess = world.state(0).rows.some(({ human, removed }) => human === 1 && !removed);
		expect({ hasAccess, verified: businessesOf(ended)[0].verified }).not.toEqual({ hasAccess: true, verified: true });
	});
});

describe('the report has only what was seen (rule 6)', () => {
	it('does not credit others with a removal by an earlier try of this run', async () => {
		const world = worldOf([person(1)], { writeFaults: [{ from: 0, count: 1, effect: 'done', lateMs: 0, answer: 'reset' }] });
		const ended = await one(world, offboard([named(1)]));
		expect(businessesOf(ended)[0].done).toMatchObject([{ action: 'memberRemoved', wasGone: false, by: 'earlierTry' }]);
	});

	it('does not report a role as changed if FreshBooks returns the old one', async () => {
		const world = worldOf([person(1)], { writeFaults: [{ from: 0, count: 9, effect: 'none', lateMs: 0, answer: 'success' }] });
		const ended = await one(world, onboard([named(1, 'manager')], { updateRole: true }));
		expect(answerOf(ended).roleUpdated).not.toBe(true);
	});

	it('names the remaining invitation of two', async () => {
		const world = worldOf([], {}, [invited(1), invited(1, { role: 'manager' })]);
		const ended = await one(world, onboard([named(1, 'manager')]));
		expect(world.state(0).invitations).toMatchObject([{ role: 'manager' }]);
		expect(answerOf(ended)).toMatchObject({ invitation: { id: world.state(0).invitations[0].id } });
	});
});

describe('an invitation goes out once (rule 7)', () => {
	it.each(['page520', 'page524', 'page503', 'reset'] as const)('after %s, when it arrives 2.5 seconds later', async (answer) => {
		const world = worldOf([], { writeFaults: [{ from: 0, count: 1, effect: 'late', lateMs: 2_500, answer }] });
		const ended = await one(world, onboard([named(1)]));
		expect(invitationsMade(world)).toBe(1);
		expect(answerOf(ended)).toMatchObject({ status: 'invited' });
	});

	it("after FreshBooks' own error for one that it created, while the list lags", async () => {
		const world = worldOf([], { lags: { ...QUIET.lags, invitations: [10_000] }, writeFaults: [{ from: 0, count: 1, effect: 'done', lateMs: 0, answer: 'error' }] });
		await one(world, onboard([named(1)]));
		expect(invitationsMade(world)).toBe(1);
	});

	it('does not treat an accepted invitation as pending', async () => {
		const world = worldOf([], {}, [invited(1, { status: 'accepted' })]);
		const ended = await one(world, onboard([named(1)]));
		expect(answerOf(ended)).toMatchObject({ status: 'invited' });
	});

	it('invites nobody if there is an invitation with an unknown status', async () => {
		const world = worldOf([], {}, [invited(1, { status: 'teleported' })]);
		const ended = await one(world, onboard([named(1)]));
		expect(posts(world)).toEqual([]);
		expect(answerOf(ended).status).not.toBe('alreadyInvited');
	});
});

describe('hits and misses are reported (rule 16)', () => {
	it('a person found nowhere is an error by default', async () => {
		const ended = await one(worldOf([]), offboard([named(1)], { ifNotFound: 'error' }));
		expect(answerOf(ended)).toHaveProperty('error');
	});

	it('a business that could not be read makes it partial', async () => {
		const world = worldOf([], { meRole: 'business_employee', faults: [{ target: 'teamMembers', from: 1, count: 999, how: 'forbidden' }], businesses: [{ rows: [], invitations: [] }, { rows: [], invitations: [] }] });
		expect(answerOf(await one(world, offboard([named(1)])))).toMatchObject({ status: 'partial' });
	});

	it('a revoked invitation is not a removal', async () => {
		const ended = await one(worldOf([], {}, [invited(1)]), offboard([named(1)]));
		expect(answerOf(ended).message).not.toMatch(/taken out/);
		expect(answerOf(ended)).toMatchObject({ status: 'offboarded' });
	});

	it('a dry run is a parameter of its own', () => {
		const { properties } = new FreshBooks().description;
		expect(properties.find(({ name, displayOptions }) => name === 'dryRun' && displayOptions?.show?.operation?.includes('offboard'))).toBeDefined();
	});
});

describe('who may be invited, and as what (rule 17)', () => {
	it('Create does not invite a member', async () => {
		const world = worldOf([person(1)]);
		const ended = await one(world, single('create', named(1)));
		expect(posts(world)).toEqual([]);
		expect(answerOf(ended)).toHaveProperty('error');
	});

	it.each(['create', 'onboard', 'updateRole'] as const)('%s invites nobody as owner', async (operation) => {
		const world = worldOf(operation === 'updateRole' ? [person(1)] : []);
		await one(world, single(operation, named(1, 'owner')));
		expect(world.sent).toEqual([]);
	});
});

describe('two executions at once (rule 21)', () => {
	it('the second one to remove an owner reports that none is left', async () => {
		const unsaid: number[] = [];
		let ownerless = 0;
		for (let before = 1; before < 20; before++) {
			const world = worldOf([person(1, { role: 'owner' }), person(2, { role: 'owner' })]);
			const ended = await play(world, [offboard([named(1)]), offboard([named(2)], { before, holds: true })]);
			if (world.state(0).rows.some(({ role, removed }) => role === 'owner' && !removed)) continue;
			ownerless++;
			if (!ended.some(({ shown }) => /\bno\b[^.]*\bowner/i.test(shown))) unsaid.push(before);
		}
		expect(unsaid).toEqual([]);
		expect(ownerless).toBeGreaterThan(0);
	});
});
