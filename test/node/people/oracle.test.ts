/** Tests the oracle: it must find false actions and reports, and nothing in a correct execution. */
import { onAFastClock } from '../../harness/clock';
import { ONE_RUN, play, type Ended } from './context';
import { keyOf } from './evidence';
import { judge } from './oracle';
import { QUIET, SECRETS } from './plan';
import { World } from './world';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

onAFastClock();

const PERSON = { human: 1, alias: 'own' as const, role: 'business_employee', active: true, hasIdentity: true, addressNotIn: null, hasAddress: true };
const EMAIL = 'person1@example.com';

/** A successful offboarding of one person, with a change of its record. */
async function found(change: (world: World, ended: Ended) => void): Promise<string[]> {
	const world = new World({ ...QUIET, businesses: [{ rows: [PERSON], invitations: [] }] });
	const [ended] = await play(world, [{ ...ONE_RUN, failOnPartial: false }]);
	change(world, ended);
	return [...new Set(judge(world, [ended]).map(({ check }) => check))];
}

function answer(ended: Ended, json: object): void {
	ended.outputs = [{ json: { email: EMAIL, message: '', ...json }, pairedItem: { item: 0 } }];
}

const report = (done: object[]) => ({ status: 'offboarded', dryRun: false, businesses: [{ businessId: 1001, verified: true, outcome: 'removed', done }] });
const TAMPERED: Array<[string, (world: World, ended: Ended) => void]> = [
	['doneUnsent', (_, ended) => answer(ended, report([{ action: 'memberRemoved', id: 999, wasGone: false }]))],
	['doneBy', (_, ended) => answer(ended, report([{ action: 'memberRemoved', id: 104, wasGone: false, by: 'somebodyElse' }]))],
	['dryRun', (_, ended) => (ended.plan = { ...ended.plan, dryRun: true })],
	['everyItem', (_, ended) => (ended.outputs = [])],
	['secret', (_, ended) => (ended.shown += SECRETS[0])],
	['unexpected', (_, ended) => (ended.shown += 'An unexpected error occurred in the FreshBooks node')],
	['falseNothing', (_, ended) => answer(ended, { error: 'Nothing was changed.' })],
	['falseTries', (world, ended) => {
		world.sent.splice(5);
		answer(ended, { error: 'It was tried several times.' });
	}],
	['falseOnce', (_, ended) => answer(ended, { error: 'It was not sent again.' })],
	['falseInvited', (world, ended) => {
		ended.plan = { ...ended.plan, operation: 'onboard' };
		world.states[0] = [{ at: 0, rows: [], invitations: [] }];
		answer(ended, { status: 'invited' });
	}],
	['doubt', (world) => (world.sent[2].shown = undefined)],
	['falseVerified', (world) => world.sent.splice(-3)],
	['wrongPerson', (_, ended) => (ended.plan = { ...ended.plan, items: [{ ...ended.plan.items[0], human: 2 }] })],
];

it('finds nothing in a successful offboarding', async () => {
	expect(await found(() => undefined)).toEqual([]);
});

it.each(TAMPERED)('finds %s', async (check, change) => {
	expect(await found(change)).toContain(check);
});

it('compares addresses letter by letter', () => {
	expect(keyOf('JOSE\u0301@Example.COM')).toBe('jos\u00e9@example.com');
	expect(keyOf('\u212aim@example.com')).not.toBe(keyOf('kim@example.com'));
	expect(keyOf('\u0130rem@example.com')).not.toBe(keyOf('irem@example.com'));
});
