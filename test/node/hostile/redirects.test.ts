import type { INodeParameters } from 'n8n-workflow';

import { connectedCredential, errorOf, FIRST_REFRESH, FIRST_TOKEN, locator } from '../../harness/context';
import { onAFastClock } from '../../harness/clock';
import { attempt, reporting } from './campaign.cts';
import { goodAnswer } from './freshBooks';
import { allowAll, allowOnly } from './network.cts';
import { startServer, type TestServer } from './server.cts';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
reporting('redirects');
onAFastClock();

let api: TestServer;
/** Another origin, which must never receive a request of the node. */
let elsewhere: TestServer;

beforeAll(async () => {
	[api, elsewhere] = [await startServer(), await startServer()];
	allowOnly([api.url, elsewhere.url]);
});
beforeEach(() => {
	elsewhere.answerWith(() => ({ status: 200, body: '{"response":{"id":1}}' }));
});
afterAll(async () => {
	allowAll();
	await api.close();
	await elsewhere.close();
});

const STATUSES = [300, 301, 302, 303, 304, 305, 307, 308];
const business = locator('id', 789);
const CALLS: Array<[method: string, parameters: INodeParameters]> = [
	['GET', { resource: 'user', operation: 'getMe' }],
	['PUT', { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 1), role: 'contractor' }],
	['DELETE', { resource: 'teamMember', operation: 'remove', business, member: locator('id', 1) }],
	['POST', { resource: 'invitation', operation: 'create', business, email: 'a@b.co', role: 'contractor' }],
];

const LOCATIONS: Array<[name: string, location: () => string]> = [
	['another origin', () => `${elsewhere.url}/elsewhere`],
	['another origin without a scheme', () => elsewhere.url.replace('http:', '')],
	['another path of the same host', () => '/auth/api/v1/business/1'],
	['another user and host', () => elsewhere.url.replace('http://', 'http://user:password@')],
];

function credential() {
	return connectedCredential({ environment: 'custom', apiBaseUrl: api.url, accessTokenUrl: `${api.url}/auth/oauth/token` });
}

describe.each(CALLS)('a redirect of a %s', (method, parameters) => {
	test.each(LOCATIONS)('to %s is not followed, whatever its status', async (_name, location) => {
		for (const status of STATUSES) {
			await attempt('redirect of the API', method, async () => {
				api.answerWith((request) =>
					request.method === method
						? { status, headers: { location: location() } }
						: { status: 200, body: JSON.stringify(goodAnswer(request.method, request.url)) },
				);
				const { message, description } = await errorOf(parameters, { credential: credential() });
				// A redirect does not show whether an invitation was sent.
				expect(message).toMatch(method === 'POST' ? /not known whether it was carried out/ : /redirected .*not followed/);
				expect(description).toContain('the access token goes nowhere else');
				expect(api.arrived.filter((request) => request.method === method && request.authorization === `Bearer ${FIRST_TOKEN}`)).toHaveLength(1);
				expect(elsewhere.arrived).toEqual([]);
				return 'error';
			});
		}
	});
});

describe('a redirect of the token endpoint', () => {
	// n8n sends the refresh itself (@n8n/client-oauth2), and axios follows redirects. A node cannot change that.
	async function refreshedFrom(status: number): Promise<string> {
		api.answerWith(({ url }) => (url === '/auth/oauth/token' ? { status, headers: { location: `${elsewhere.url}/token` } } : { status: 401, body: '{"error":"unauthenticated"}' }));
		return (await errorOf({ resource: 'user', operation: 'getMe' }, { credential: credential() })).message;
	}

	test.each([301, 302, 303])('with %d is followed by n8n without the refresh token and the secret', async (status) => {
		await attempt('redirect of the token endpoint', 'GET', async () => {
			await refreshedFrom(status);
			const sent = JSON.stringify(elsewhere.arrived);
			expect(sent).not.toContain(FIRST_REFRESH);
			expect(sent).not.toContain('client-password');
			expect(sent).not.toContain(FIRST_TOKEN);
			return 'error';
		});
	});

	// Known, and outside this package: docs/security.md. If this fails, n8n has fixed it: update that page.
	test.each([307, 308])('with %d is followed by n8n with the refresh token and the secret, which the redirecting host already had', async (status) => {
		expect(await refreshedFrom(status)).toContain('no longer accepts the connection');
		expect(api.arrived.find(({ url }) => url === '/auth/oauth/token')?.body).toContain(FIRST_REFRESH);
		expect(elsewhere.arrived.map(({ method, body }) => [method, body.includes(FIRST_REFRESH)])).toContainEqual(['POST', true]);
		expect(JSON.stringify(elsewhere.arrived)).not.toContain(FIRST_TOKEN);
	});
});
