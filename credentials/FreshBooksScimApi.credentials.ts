import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * What an identity provider shows to the FreshBooks SCIM Trigger: `Authorization: Bearer <token>`. Made up by whoever sets the
 * connection up; FreshBooks never sees it. The node refuses a token of fewer than 32 characters (token.ts).
 */
export class FreshBooksScimApi implements ICredentialType {
	name = 'freshBooksScimApi';

	displayName = 'FreshBooks SCIM API';

	icon: Icon = { light: 'file:../icons/freshbooks.svg', dark: 'file:../icons/freshbooks.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-freshbooks/n8n-nodes-freshbooks/blob/main/docs/scim.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'What the identity provider sends as its bearer token: at least 32 random characters, of letters and digits for instance',
		},
	];
}
