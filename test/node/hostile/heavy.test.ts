import { onAFastClock } from '../../harness/clock';
import { connectedCredential, locator, run } from '../../harness/context';
import { memberRow, teamMemberRow, teamMembersPage } from '../../harness/examples';
import { TestTrigger } from '../../harness/trigger';
import { attempt, IS_LONG, reporting, type Ending } from './campaign.cts';
import { BUSINESS, goodAnswer } from './freshBooks';
import { endOf, expectClear, expectItems } from './judge';
import { startServer, type TestServer } from './server.cts';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
jest.setTimeout(600_000);
reporting('heavy');
onAFastClock();

/** The sizes for `npm run fuzz`, and smaller ones for `npm test`. */
const BYTES = IS_LONG ? 100_000_000 : 2_000_000;
const ROWS = IS_LONG ? 1_000_000 : 20_000;
const DEPTH = 10_000;

let server: TestServer;

beforeAll(async () => {
	server = await startServer();
});
afterAll(async () => await server.close());

const nested = (inner: string): string => `${'{"a":'.repeat(DEPTH)}${inner}${'}'.repeat(DEPTH)}`;

/** Rows with a contradicting count of five. */
function manyRows(): string {
	const rows = Array.from({ length: ROWS }, (_, place) => `{"uuid":"${String(place).padStart(8, '0')}-0000-4000-8000-000000000000","email":"p${place}@example.com","active":true}`);
	return `{"response":[${rows.join(',')}],"meta":{"page":1,"per_page":100,"total":5}}`;
}

const BODIES: Array<[name: string, body: () => string]> = [
	['one long text', () => `{"response":"${'x'.repeat(BYTES)}"}`],
	['one long text that is no JSON', () => 'x'.repeat(BYTES)],
	['an error with a long text', () => `{"error":"${'x'.repeat(BYTES)}"}`],
	['a deep object', () => nested('1')],
	['a deep list', () => `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`],
	['a deep object that may hold a credential', () => nested('{"api_token":"x"}')],
	['far more rows than it counts', manyRows],
	['a row with a deep field', () => JSON.stringify(teamMembersPage([teamMemberRow(1, { first_name: '@' })])).replace('"@"', nested('1'))],
	['a row without an end', () => JSON.stringify(teamMembersPage([teamMemberRow(1, { first_name: 'x'.repeat(BYTES) })]))],
];

const credential = () => connectedCredential({ environment: 'custom', apiBaseUrl: server.url });
const getMany = { resource: 'teamMember', operation: 'getAll', business: locator('id', BUSINESS), returnAll: true };

describe.each([200, 422, 500])('answered with %d', (status) => {
	test.each(BODIES)('%s: a typed error or well-formed items', async (name, body) => {
		await attempt(`${name}`, `heavy ${status}`, async (): Promise<Ending> => {
			const text = body();
			server.answerWith(() => ({ status, body: text }));
			await endOf(run({ ...getMany, simplify: false }, { credential: credential() })).then((raw) => ('error' in raw ? expectClear(raw.error) : expectItems(raw.items.slice(0, 1_000))));
			const end = await endOf(run(getMany, { credential: credential() }));
			if ('error' in end) {
				expectClear(end.error);
				return 'error';
			}
			expectItems(end.items.slice(0, 1_000));
			return 'items';
		});
	});
});

test('the trigger rejects a list longer than its own count, and says so', async () => {
	const text = manyRows();
	const me = JSON.stringify(goodAnswer('GET', '/auth/api/v1/users/me'));
	const people = JSON.stringify(teamMembersPage([1, 2, 3].map((number) => teamMemberRow(number))));
	const answerLists = (list: string) => server.answerWith(({ url }) => ({ status: 200, body: url.endsWith('/me') ? me : list }));
	answerLists(people);
	const trigger = new TestTrigger({ credential: credential(), parameters: { businesses: 'selected', businessIds: [77128], events: ['memberAdded', 'memberRemoved'] } });
	expect(await trigger.activate()).toEqual({ items: [] });
	const before = JSON.stringify(trigger.state());
	answerLists(text);
	const { items, error } = await trigger.poll();
	expect(items).toEqual([]);
	expectClear(error);
	expect(JSON.stringify(trigger.state())).toBe(before);
	answerLists(people);
	expect(await trigger.poll()).toEqual({ items: [] });
});

if (IS_LONG) test('a list that never ends fails as malformed', async () => {
	let row = 0;
	server.answerWith(() => ({ status: 200, body: JSON.stringify({ response: { members: [memberRow(++row)], pages: { per_page: 1, total: 1e9 } } }) }));
	const end = await endOf(run({ ...getMany, source: 'businessMembers' }, { credential: credential() }));
	expect('error' in end && expectClear(end.error)).toContain('not of the documented form');
	expect(server.arrived.length).toBeLessThanOrEqual(10_012);
});
