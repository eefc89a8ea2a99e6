import { NodeHelpers, Workflow, type ICredentialDataDecryptedObject, type INode, type INodeTypes } from 'n8n-workflow';

import { FreshBooksOAuth2Api } from '../../credentials/FreshBooksOAuth2Api.credentials';
import { checkBaseUrl } from '../../nodes/FreshBooks/client/baseUrl';

/** The credential's hidden fields, worked out from what the user typed, as n8n's CredentialsHelper does. */
function resolved(typed: ICredentialDataDecryptedObject): Record<string, unknown> {
	const { properties } = new FreshBooksOAuth2Api();
	const data = NodeHelpers.getNodeParameters(properties, typed as INode['parameters'], true, false, null, null);
	if (!data) throw new Error('There are no parameters.');
	const node: INode = { id: '1', name: 'Mock', type: 'mock', typeVersion: 1, position: [0, 0], parameters: {} };
	const nodeTypes = { getByNameAndVersion: () => ({ description: { properties: [] } }) } as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const values = workflow.expression.getComplexParameterValue(node, data, 'manual', {}, undefined, undefined, data as ICredentialDataDecryptedObject);
	return values as Record<string, unknown>;
}

const typed = { clientId: 'id', clientSecret: 'password' };

test('by default it asks FreshBooks for reading, by authorization code, with the client in the body', () => {
	expect(resolved(typed)).toMatchObject({
		grantType: 'authorizationCode',
		authUrl: 'https://auth.freshbooks.com/oauth/authorize',
		accessTokenUrl: 'https://api.freshbooks.com/auth/oauth/token',
		scope: 'user:profile:read user:teams:read',
		authentication: 'body',
		authQueryParameters: '',
	});
});

describe('the scope follows the access', () => {
	test.each([
		['read', 'user:profile:read user:teams:read'],
		['manage', 'user:profile:read user:teams:read user:teams:write'],
		['legacy', 'admin:all:legacy'],
	])('%s', (access, scope) => {
		expect(resolved({ ...typed, access }).scope).toBe(scope);
	});

	test.each(['read', 'manage', 'legacy', 'custom'])('%s has one hint below the choice, with its scopes and what it can and cannot do', (access) => {
		const { properties } = new FreshBooksOAuth2Api();
		const place = properties.findIndex(({ name }) => name === 'access');
		const hints = properties.filter(({ type, displayOptions }) => type === 'notice' && displayOptions?.show?.access?.includes(access));
		expect(hints).toHaveLength(1);
		expect(properties.indexOf(hints[0])).toBeGreaterThan(place);
		expect(properties.indexOf(hints[0])).toBeLessThanOrEqual(place + 4);
		const [{ displayName }] = hints;
		expect(displayName).toMatch(/\bcan\b/i);
		if (access !== 'custom') expect(displayName).toContain(`(${String(resolved({ ...typed, access }).scope)})`);
		expect(displayName.includes('cannot')).toBe(access !== 'legacy');
	});

	test('custom, as it is typed', () => {
		expect(resolved({ ...typed, access: 'custom', customScopes: 'user:profile:read user:clients:read' }).scope).toBe('user:profile:read user:clients:read');
	});

	test('and nothing else: scopes typed earlier are not asked for', () => {
		expect(resolved({ ...typed, access: 'read', customScopes: 'admin:all:legacy' }).scope).toBe('user:profile:read user:teams:read');
	});
});

describe('a custom environment', () => {
	test.each([
		['https://gateway.example.com', 'https://gateway.example.com'],
		['https://gateway.example.com:8443/fb///', 'https://gateway.example.com:8443/fb'],
		['http://127.0.0.1:5680', 'http://127.0.0.1:5680'],
		['http://localhost:5680/', 'http://localhost:5680'],
		['http://[::1]:5680', 'http://[::1]:5680'],
	])('at %s is used for consent and tokens', (given, used) => {
		expect(resolved({ ...typed, environment: 'custom', apiBaseUrl: given, authBaseUrl: given })).toMatchObject({
			authUrl: `${used}/oauth/authorize`,
			accessTokenUrl: `${used}/auth/oauth/token`,
		});
	});

	test('with the default URLs is FreshBooks itself', () => {
		expect(resolved({ ...typed, environment: 'custom' })).toMatchObject({
			authUrl: 'https://auth.freshbooks.com/oauth/authorize',
			accessTokenUrl: 'https://api.freshbooks.com/auth/oauth/token',
		});
	});

	test.each([
		'',
		'http://gateway.example.com',
		'http://localhost.example.com',
		'http://127.0.0.1@example.com',
		'https://user:password@gateway.example.com',
		'https://gateway.example.com?x=1',
		'https://gateway.example.com#x',
		'ftp://localhost',
		'javascript:alert(1)//',
		'https://gateway.example.com/../..',
		'gateway.example.com',
	])('at %j is refused: no token endpoint there is ever called', (given) => {
		const { authUrl, accessTokenUrl } = resolved({ ...typed, environment: 'custom', apiBaseUrl: given, authBaseUrl: given });
		for (const url of [authUrl, accessTokenUrl]) {
			expect(url).toMatch(/^(authorization|api)-base-url-must-be-https-or-http-with-localhost:\/[a-z/]+$/);
			expect(['http:', 'https:']).not.toContain(new URL(String(url)).protocol);
		}
		expect(checkBaseUrl(given).ok).toBe(false);
	});
});

test('in production the URLs once typed are not used', () => {
	expect(resolved({ ...typed, environment: 'production', apiBaseUrl: 'https://elsewhere.example', authBaseUrl: 'https://elsewhere.example' })).toMatchObject({
		authUrl: 'https://auth.freshbooks.com/oauth/authorize',
		accessTokenUrl: 'https://api.freshbooks.com/auth/oauth/token',
	});
});
