import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * The token that an identity provider sends to the FreshBooks SCIM Trigger: `Authorization: Bearer <token>`. The user chooses
 * it; FreshBooks never gets it. The node refuses a token of fewer than 32 characters (token.ts).
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
			description: 'The bearer token that the identity provider sends: at least 32 random characters, such as letters and digits',
		},
	];
}
