import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { BASE_URL_PATTERN, PRODUCTION_API, PRODUCTION_AUTH } from '../nodes/FreshBooks/client/baseUrl';

/**
 * An expression for one of n8n's own OAuth2 URLs. A custom base URL that a token must not be sent to becomes a scheme that n8n
 * refuses. n8n's message shows the name of the scheme, which says what to do (n8n 2.40, validate-oauth-url).
 */
const checkedUrl = (field: string, production: string, refusal: string, path: string): string =>
	`={{ ($self["environment"] === "custom" ? (${BASE_URL_PATTERN}.test($self["${field}"]) ? $self["${field}"] : "${refusal}:") : "${production}").replace(/\\/+$/, "") }}${path}`;

/**
 * One OAuth2 connection of one FreshBooks user.
 *
 * Endpoints, the scope form `user:<object>:<read|write>` and one-time refresh tokens: freshbooks.com/api/authentication
 * and freshbooks.com/api/scopes. n8n refreshes by itself on a 401 and stores the rotated refresh token; nothing here or in
 * the nodes ever refreshes a token. The client is authenticated in the body, as every FreshBooks SDK does.
 */
export class FreshBooksOAuth2Api implements ICredentialType {
	name = 'freshBooksOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'FreshBooks OAuth2 API';

	icon: Icon = { light: 'file:../icons/freshbooks.svg', dark: 'file:../icons/freshbooks.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-freshbooks/n8n-nodes-freshbooks/blob/main/docs/connecting.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'authorizationCode',
		},
		{
			displayName:
				'In FreshBooks, open Settings > Developer Portal and create an app with the redirect URL shown above (https:// only; the documentation says what to do without). Enable the scopes of the access that you choose here. Copy its client ID and client secret into the fields above.',
			name: 'appNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Access',
			name: 'access',
			type: 'options',
			default: 'read',
			description: 'What the connection can do. Enable its scopes on the FreshBooks app: if one is not enabled, FreshBooks refuses the whole consent.',
			options: [
				{ name: 'Read Team', value: 'read' },
				{ name: 'Manage Team', value: 'manage' },
				{ name: 'Legacy Full Access', value: 'legacy' },
				{ name: 'Custom Scopes', value: 'custom' },
			],
		},
		{
			displayName: 'Can read team members, invitations and staff, review access and run the trigger (user:profile:read user:teams:read). It cannot change anything: the nodes refuse to.',
			name: 'readHint',
			type: 'notice',
			default: '',
			displayOptions: { show: { access: ['read'] } },
		},
		{
			displayName: 'Can also invite, change and remove people (user:profile:read user:teams:read user:teams:write). It cannot read projects and time entries, which Offboard lists for the hand-over.',
			name: 'manageHint',
			type: 'notice',
			default: '',
			displayOptions: { show: { access: ['manage'] } },
		},
		{
			displayName: 'Can do everything (admin:all:legacy). FreshBooks gives this scope to apps made before October 2021; its portal may not offer it to yours.',
			name: 'legacyHint',
			type: 'notice',
			default: '',
			displayOptions: { show: { access: ['legacy'] } },
		},
		{
			displayName: 'Can do what FreshBooks allows with the scopes below. It cannot promise to change nothing: only Read Team can. To manage people and list the hand-over of a leaver: user:profile:read user:teams:read user:teams:write user:projects:read user:time_entries:read',
			name: 'customHint',
			type: 'notice',
			default: '',
			displayOptions: { show: { access: ['custom'] } },
		},
		{
			displayName: 'Custom Scopes',
			name: 'customScopes',
			type: 'string',
			default: '',
			placeholder: 'e.g. user:profile:read user:teams:read',
			description: 'Scopes to ask for, separated by spaces',
			displayOptions: { show: { access: ['custom'] } },
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			default: 'production',
			description: 'Which FreshBooks to connect to',
			options: [
				{ name: 'Production', value: 'production', description: 'The FreshBooks service itself' },
				{ name: 'Custom', value: 'custom', description: 'A gateway, a staging host or the local sandbox' },
			],
		},
		{
			displayName: 'API Base URL',
			name: 'apiBaseUrl',
			type: 'string',
			default: 'https://api.freshbooks.com',
			placeholder: 'e.g. https://api.freshbooks.com',
			description: 'Where requests and tokens go',
			hint: 'Use https, or http with localhost or 127.0.0.1',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'Authorization Base URL',
			name: 'authBaseUrl',
			type: 'string',
			default: 'https://auth.freshbooks.com',
			placeholder: 'e.g. https://auth.freshbooks.com',
			description: 'Where the consent page is',
			hint: 'Use https, or http with localhost or 127.0.0.1',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: checkedUrl('authBaseUrl', PRODUCTION_AUTH, 'authorization-base-url-must-be-https-or-http-with-localhost', '/oauth/authorize'),
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: checkedUrl('apiBaseUrl', PRODUCTION_API, 'api-base-url-must-be-https-or-http-with-localhost', '/auth/oauth/token'),
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default:
				'={{({ read: "user:profile:read user:teams:read", manage: "user:profile:read user:teams:read user:teams:write", legacy: "admin:all:legacy", custom: $self["customScopes"] })[$self["access"] || "read"]}}',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
	];
}
