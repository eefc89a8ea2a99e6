import * as fc from 'fast-check';

import type { ItemPlan, OperationName, RunPlan } from './context';
import { CHANGES, LISTS, ROLES, type Alias, type Change, type InvitationPlan, type List, type ListFault, type RowPlan, type WorldPlan, type WriteFault } from './plan';

/** Random histories: a world, and one or two executions in it. Simple values come first, for shrinking. */
export interface History {
	world: WorldPlan;
	runs: RunPlan[];
	/** Values of Math.random, which decides how long retries wait. */
	luck: number;
}

/** Empty in two of three histories. */
const sometimes = <Value>(some: fc.Arbitrary<Value[]>): fc.Arbitrary<Value[]> => fc.oneof({ weight: 2, arbitrary: fc.constant<Value[]>([]) }, { weight: 1, arbitrary: some });
const seldom = fc.constantFrom(false, false, false, true);
const often = fc.constantFrom(true, true, true, true, true, false);
const human = fc.constantFrom(1, 1, 2, 3, 0, 4, 5);
const alias = fc.constantFrom<Alias>('own', 'own', 'own', 'case', 'other', 'shared');
const role = fc.constantFrom('business_employee', 'owner', ...ROLES);
const wantedRole = fc.constantFrom('business_employee', 'manager', 'admin');
const business = fc.nat(1);

const row: fc.Arbitrary<RowPlan> = fc.record({
	human,
	alias,
	role,
	active: often,
	hasIdentity: often,
	hasAddress: often,
	addressNotIn: fc.constantFrom<List | null>(null, null, null, null, null, 'members', 'teamMembers'),
});

const invitation: fc.Arbitrary<InvitationPlan> = fc.record({
	human,
	alias,
	role: wantedRole,
	status: fc.constantFrom('pending', 'pending', 'pending', 'accepted', 'expired', 'queued'),
});

const listFault: fc.Arbitrary<ListFault> = fc.record({
	target: fc.constantFrom<ListFault['target']>(...LISTS, ...LISTS, 'me'),
	from: fc.nat(4),
	count: fc.constantFrom(1, 1, 2, 6, 99),
	how: fc.constantFrom<ListFault['how']>('error', 'forbidden', 'notFound', 'webPage', 'truncated', 'throttled', 'reset', 'hidden', 'empty'),
});

const writeFault: fc.Arbitrary<WriteFault> = fc.record({
	from: fc.nat(2),
	count: fc.constantFrom(1, 1, 2, 9),
	effect: fc.constantFrom('done', 'none', 'late'),
	lateMs: fc.constantFrom(2_500, 500, 5_000, 9_000, 14_500),
	answer: fc.constantFrom<WriteFault['answer']>('success', 'error', 'page503', 'page520', 'page524', 'reset', 'empty'),
});

const change: fc.Arbitrary<Change> = fc.record({ before: fc.integer({ min: 1, max: 20 }), business, kind: fc.constantFrom(...CHANGES), who: fc.nat(3), role });
const lag = fc.oneof({ weight: 3, arbitrary: fc.constant<number[]>([0]) }, { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 14_000 }), { minLength: 1, maxLength: 2 }) });
const people = fc.record({ rows: fc.array(row, { maxLength: 4 }), invitations: fc.array(invitation, { maxLength: 2 }) });

const world: fc.Arbitrary<WorldPlan> = fc.record({
	meRole: fc.constantFrom('business_partner', 'owner'),
	businesses: fc.array(people, { minLength: 1, maxLength: 2 }),
	absent: fc.constantFrom<List[]>([], [], [], [], [], [], [], ['members'], ['teamMembers'], ['invitations'], ['members', 'invitations']),
	lags: fc.record({ teamMembers: lag, members: lag, invitations: lag }),
	identityInMembers: fc.boolean(),
	keepsRemoved: seldom,
	pageSize: fc.constantFrom(100, 100, 100, 2),
	faults: sometimes(fc.array(listFault, { minLength: 1, maxLength: 3 })),
	writeFaults: sometimes(fc.array(writeFault, { minLength: 1, maxLength: 2 })),
	changes: sometimes(fc.array(change, { minLength: 1, maxLength: 3 })),
	turns: fc.array(fc.constantFrom(0, 20, 100, 400), { minLength: 1, maxLength: 3 }),
});

const item: fc.Arbitrary<ItemPlan> = fc.record({ human, alias, business, role: wantedRole, by: fc.constantFrom('email' as const, 'email' as const, 'id' as const, 'uuid' as const) });

const run: fc.Arbitrary<RunPlan> = fc.record({
	operation: fc.constantFrom<OperationName>('offboard', 'onboard', 'offboard', 'onboard', 'offboard', 'onboard', 'create', 'remove', 'updateRole', 'revoke'),
	items: fc.oneof({ weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 1 }) }, { weight: 1, arbitrary: fc.array(item, { minLength: 2, maxLength: 3 }) }),
	before: fc.option(fc.nat(15), { freq: 3 }),
	holds: fc.boolean(),
	dryRun: seldom,
	updateRole: fc.boolean(),
	includeOtherAddresses: seldom,
	ifNotFound: fc.constantFrom('succeed', 'error'),
	failOnPartial: fc.boolean(),
	businesses: fc.option(fc.uniqueArray(business, { minLength: 1, maxLength: 2 }), { freq: 4 }),
	batchSize: fc.constantFrom(5, 1, 2),
	continueOnFail: fc.boolean(),
});

/** A second execution is often about the people of the first one's items, or of its own. */
const runs: fc.Arbitrary<RunPlan[]> = fc.oneof(
	{ weight: 3, arbitrary: run.map((one) => [one]) },
	{ weight: 1, arbitrary: fc.tuple(run, run).map(([one, other]) => [one, { ...other, items: one.items }]) },
	{ weight: 1, arbitrary: fc.tuple(run, run) },
);

/** Replaces businesses that the world does not have by its first one. */
function withinWorld({ world: plan, runs: plans, luck }: History): History {
	const count = plan.businesses.length;
	return {
		world: plan,
		luck,
		runs: plans.map((one) => ({
			...one,
			items: one.items.map((each) => ({ ...each, business: each.business % count })),
			businesses: one.businesses && [...new Set(one.businesses.map((each) => each % count))],
		})),
	};
}

export const histories: fc.Arbitrary<History> = fc.record({ world, runs, luck: fc.nat(1_000) }).map(withinWorld);
