/**
 * The SCIM trigger against random histories of a provider and of FreshBooks, judged by an oracle that knows the truth. A failure
 * prints fast-check's `seed` and `path`; to replay it: npx jest test/node/scim/histories --globals '{"scimReplay":{"seed":1,"path":"0:1"}}'
 * Many of them: HOSTILE_RUNS=20000 npx jest test/node/scim/histories
 */
import * as fc from 'fast-check';

import { onAFastClock } from '../../harness/clock';
import { runs } from '../hostile/campaign.cts';
import { histories } from '../people/arbitraries';
import type { Alias, RowPlan, WorldPlan } from '../people/plan';
import { World } from '../people/world';
import { judge } from './oracle';
import { Provider, type Ended, type RequestPlan } from './provider';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

onAFastClock();

declare const scimReplay: { seed?: number; path?: string; numRuns?: number } | undefined;
const REPLAY = typeof scimReplay === 'undefined' ? {} : scimReplay;

const request: fc.Arbitrary<RequestPlan> = fc.record({
	kind: fc.constantFrom<RequestPlan['kind']>('deactivate', 'create', 'reactivate', 'delete', 'deactivate', 'create', 'changeRole', 'rename', 'createInactive', 'get'),
	human: fc.constantFrom(1, 1, 1, 1, 2, 2, 3, 0, 4, 5),
	alias: fc.constantFrom<Alias>('own', 'own', 'own', 'own', 'own', 'case', 'other', 'shared'),
	dialect: fc.constantFrom('okta' as const, 'entra' as const),
	role: fc.constantFrom('business_employee', 'business_manager', 'nonsense'),
	process: fc.constantFrom(0, 0, 0, 1),
	isKilled: fc.constantFrom(false, false, false, false, true),
	after: fc.constantFrom(0, 0, 7_000, 300_000, 4_000_000),
});
/** Worlds of one business, half of them with a team, and seldom without a list. */
const worlds: fc.Arbitrary<WorldPlan> = fc.record({ world: histories.map(({ world }) => world), hasTeam: fc.boolean(), isWhole: fc.constantFrom(true, true, true, false) }).map(({ world, hasTeam, isWhole }) => {
	const [{ rows, invitations }] = world.businesses;
	const team = hasTeam ? [1, 2].map((human): RowPlan => ({ human, alias: 'own', role: 'business_employee', active: true, hasIdentity: true, addressNotIn: null, hasAddress: true })) : [];
	return { ...world, absent: isWhole ? [] : world.absent, businesses: [{ rows: [...team, ...rows], invitations }] };
});
const plans = fc.record({ world: worlds, requests: fc.array(request, { minLength: 1, maxLength: 8 }) });

async function play(world: World, provider: Provider, requests: readonly RequestPlan[]): Promise<Ended[]> {
	const ended: Ended[] = [];
	for (const plan of requests) ended.push(await provider.send(plan));
	world.passTime(Infinity);
	return ended;
}

async function problemsIn(plan: WorldPlan, requests: readonly RequestPlan[]): Promise<string[]> {
	const world = new World(plan);
	const provider = new Provider(world, { options: { maxRemovals: 1_000, maxRemovalsUnit: 'count' } });
	const ended = await play(world, provider, requests);
	return judge(world, ended, provider.shown);
}

it('no history makes the service do or say something false', async () => {
	const property = fc.asyncProperty(plans, async ({ world, requests }) => {
		expect(await problemsIn(world, requests)).toEqual([]);
	});
	await fc.assert(property, { ...runs(250), ...REPLAY });
}, 3_600_000);
