import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';

import { connectedCredential, FIRST_REFRESH, FIRST_TOKEN, locator, run } from '../../harness/context';
import { hostileAnswer, hostileBody, type HostileAnswer } from './bodies';
import { attempt, runs, type Ending } from './campaign.cts';
import { BUSINESS, goodAnswer, GOOD_CALLS } from './freshBooks';
import { endOf, expectClear, expectIntended, expectItems, expectPrototypeUntouched, idsIn, type RunEnd } from './judge';
import { schemaProblem } from './schemas.cts';
import type { Answer } from './server.cts';
import { hostileSuite } from './suite.cts';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
const server = hostileSuite('answers');

interface Call {
	title: string;
	more: INodeParameters;
	/** An output format that differs from the schema. */
	otherForm?: boolean;
}

const byUuid = locator('id', '00000000-0000-4000-8000-000000000001');
const scim = { options: { outputFormat: 'scim' } };

/** Every operation, and the settings that change its requests or its output format. */
const CALLS: Call[] = [
	...Object.keys(GOOD_CALLS).map((title): Call => ({ title, more: {} })),
	{ title: 'access offboard', more: { options: { staff: 'archive', failOnPartial: false } } },
	{ title: 'access offboard', more: { dryRun: true } },
	{ title: 'access offboard', more: { options: { includeOtherAddresses: true, ifNotFound: 'succeed' } } },
	{ title: 'access onboard', more: { email: 'person1@example.com', options: { updateRole: true } } },
	{ title: 'access onboard', more: { email: 'invited1@example.com' } },
	{ title: 'access review', more: { businesses: 'selected', businessIds: [BUSINESS], directory: 'json', directoryJson: '[{"email": "person1@example.com"}]' } },
	{ title: 'access review', more: scim, otherForm: true },
	{ title: 'invitation create', more: { options: { endpoint: 'userInvitation', ifExists: 'return', firstName: 'A', lastName: 'B', groupIds: '1,2', permissions: '{"invoices": true}' } } },
	{ title: 'invitation revoke', more: { invitation: locator('id', 1), options: { ifMissing: 'succeed' } } },
	{ title: 'staff get', more: { simplify: false }, otherForm: true },
	{ title: 'staff getAll', more: { returnAll: true, options: { includeProjectIds: true } } },
	{ title: 'teamMember get', more: { member: byUuid } },
	{ title: 'teamMember get', more: { member: byUuid, ...scim }, otherForm: true },
	{ title: 'teamMember getAll', more: { returnAll: true, simplify: false }, otherForm: true },
	{ title: 'teamMember getAll', more: { source: 'businessMembers', returnAll: true }, otherForm: true },
	{ title: 'teamMember getAll', more: { source: 'businessMembers', ...scim }, otherForm: true },
	{ title: 'teamMember getAll', more: { source: 'businessGroup' }, otherForm: true },
	{ title: 'teamMember remove', more: { member: locator('id', 1), options: { ifMissing: 'succeed' } } },
	{ title: 'user getMe', more: { simplify: false }, otherForm: true },
];

/** Which requests of a run get the hostile response. */
interface Attack {
	from: number;
	/** Only that one; otherwise all from there. */
	once: boolean;
}

const attack: fc.Arbitrary<Attack> = fc.record({ from: fc.integer({ min: 1, max: 5 }), once: fc.boolean() });

const TOKENS = JSON.stringify({ access_token: FIRST_TOKEN, refresh_token: FIRST_REFRESH, token_type: 'Bearer', expires_in: 43_200 });

function credential() {
	return connectedCredential({ environment: 'custom', apiBaseUrl: server().url, accessTokenUrl: `${server().url}/auth/oauth/token` });
}

/** More than any operation needs for three people. An endless list would exceed it. */
const MOST_REQUESTS = 12_000;

function judge({ title, otherForm }: Call, end: RunEnd): Ending {
	expectPrototypeUntouched();
	const api = server().arrived.filter(({ url }) => url !== '/auth/oauth/token');
	expectIntended(api, new URL(server().url).host, GOOD_CALLS[title].endpoints);
	if (idsIn(api).some((id) => /^-|^0/.test(id) && !/-.*-/.test(id))) throw new Error(`A path with an ID that is none: ${idsIn(api).join(' ')}`);
	if ('error' in end) {
		expectClear(end.error);
		return 'error';
	}
	expectItems(end.items);
	const [resource, operation] = title.split(' ');
	if (GOOD_CALLS[title].raw || otherForm) return 'items';
	for (const { json } of end.items) {
		const problem = schemaProblem(resource, operation, json);
		if (problem !== undefined) throw new Error(`Not of the promised form: ${problem}: ${JSON.stringify(json).slice(0, 500)}`);
	}
	return 'items';
}

async function tryAnswer(call: Call, hostile: HostileAnswer, { from, once }: Attack): Promise<Ending> {
	const [resource, operation] = call.title.split(' ');
	let asked = 0;
	server().answerWith(({ method, url, body }): Answer => {
		if (url === '/auth/oauth/token') return { status: 200, body: TOKENS };
		if (++asked > MOST_REQUESTS) throw new Error('There is no end to the requests.');
		const good = goodAnswer(method, url, body);
		return asked === from || (asked > from && !once) ? hostile(good) : { status: 200, body: JSON.stringify(good) };
	});
	const parameters = { resource, operation, ...GOOD_CALLS[call.title].parameters, ...call.more };
	const end = await endOf(run(parameters, { credential: credential() }));
	if (asked > MOST_REQUESTS) throw new Error('There is no end to the requests.');
	return judge(call, end);
}

test.each(CALLS)('$title $more: a typed error or well-formed items, for any response', async (call) => {
	const each = async (hostile: HostileAnswer, where: Attack) => await attempt(call.title, 'answer', async () => await tryAnswer(call, hostile, where));
	await fc.assert(fc.asyncProperty(hostileAnswer, attack, each), runs(8));
});

// FreshBooks may have carried out a request whose response cannot be unpacked, whatever its status.
test.each([201, 204, 301, 308, 400, 402, 403, 404, 409, 422, 500, 502])('an invitation answered with %d and a body that cannot be unpacked is sent once', async (status) => {
	server().answerWith(({ method, url, body }): Answer => {
		if (url === '/auth/oauth/token') return { status: 200, body: TOKENS };
		return method === 'POST' ? { status, headers: { 'content-encoding': 'gzip' }, body: '{"response":""}' } : { status: 200, body: JSON.stringify(goodAnswer(method, url, body)) };
	});
	const end = await endOf(run({ resource: 'invitation', operation: 'create', ...GOOD_CALLS['invitation create'].parameters }, { credential: credential() }));
	expect(server().arrived.filter(({ method, url }) => method === 'POST' && url !== '/auth/oauth/token')).toHaveLength(1);
	expect('error' in end ? (end.error as Error).message : end.items).toEqual(expect.stringContaining('it is not known whether it was carried out'));
});

test('a typed error or well-formed items, for any response of the token endpoint', async () => {
	const call = CALLS.find(({ title }) => title === 'user getMe');
	if (!call) throw new Error('Not there.');
	const good = { access_token: FIRST_TOKEN, refresh_token: FIRST_REFRESH, token_type: 'Bearer', expires_in: 43_200, scope: 'x' };
	const each = async (status: number, body: (good: unknown) => string) =>
		await attempt('token endpoint', 'answer', async () => {
			let expired = true;
			server().answerWith(({ method, url }): Answer => {
				if (url === '/auth/oauth/token') return { status, body: body(good) };
				const answer: Answer = expired ? { status: 401, body: '{"error":"unauthenticated"}' } : { status: 200, body: JSON.stringify(goodAnswer(method, url)) };
				expired = false;
				return answer;
			});
			const end = await endOf(run({ resource: 'user', operation: 'getMe' }, { credential: credential() }));
			expectPrototypeUntouched();
			if ('error' in end) {
				expectClear(end.error);
				return 'error';
			}
			expectItems(end.items);
			return 'items';
		});
	await fc.assert(fc.asyncProperty(fc.constantFrom(200, 200, 200, 201, 400, 401, 403, 429, 500), hostileBody, each), runs(15));
});
