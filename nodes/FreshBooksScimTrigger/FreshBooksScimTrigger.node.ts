import { NodeConnectionTypes, type IHookFunctions, type INodeType, type INodeTypeDescription, type IWebhookDescription, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import { listSearch } from '../FreshBooks/methods';
import { businessLocator } from '../FreshBooks/methods/businesses';
import { toNodeError } from '../FreshBooks/shownErrors';
import { checkBeforePublishing, testScimToken } from './settings';

const { searchBusinesses, searchRoles } = listSearch;

/**
 * One address of the service. All are below `<n8n>/webhook/<webhook id>/<path>`: n8n puts the webhook ID before a path without
 * placeholders where `isFullPath` is false, and before one with placeholders where it is true (n8n 2.40, webhook.service). It
 * knows a path with placeholders by its text alone, whichever node it is of: two of these nodes, or two of one workflow, need
 * placeholders of different names, so the name has the webhook ID in it.
 */
function address(httpMethod: string, ...placeholders: string[]): IWebhookDescription {
	const below = placeholders.map((name) => `/:${name}-{{$webhookId}}`).join('');
	return {
		name: 'default',
		httpMethod,
		path: `={{$parameter["path"]}}${below}`,
		isFullPath: placeholders.length > 0,
		responseMode: 'onReceived',
		ndvHideMethod: true,
		// The panel shows the base alone, which is what an identity provider asks for.
		ndvHideUrl: placeholders.length > 0,
	};
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Answers an identity provider as a SCIM 2.0 service: what the editor shows. The work is in serve.ts. */
export class FreshBooksScimTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FreshBooks SCIM Trigger',
		name: 'freshBooksScimTrigger',
		icon: { light: 'file:../../icons/freshbooks.svg', dark: 'file:../../icons/freshbooks.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: 'answers reads',
		description: 'Answer Okta, Entra ID or another identity provider by SCIM 2.0: who is in a FreshBooks business, and who is invited to it',
		defaults: { name: 'FreshBooks SCIM Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'freshBooksOAuth2Api', displayName: 'Connection to FreshBooks', required: true },
			{ name: 'freshBooksScimApi', displayName: 'Token of the Identity Provider', required: true, testedBy: 'testScimToken' },
		],
		triggerPanel: {
			header: 'Wait for an identity provider',
			executionsHelp: {
				inactive: "Publish the workflow, then give your identity provider the production URL under 'Webhook URLs' as SCIM base URL. Reads are answered and start no execution; changes of people are refused.",
				active: 'Your identity provider is answered. Reads start no execution; changes of people are refused.',
			},
			activationHint: { inactive: 'Publish the workflow to answer your identity provider.', active: 'Your identity provider is answered.' },
		},
		activationMessage: "Your identity provider is now answered under the production URL in the node's 'Webhook URLs'.",
		webhooks: [
			address('GET'),
			...METHODS.map((method) => address(method, 'collection')),
			...METHODS.map((method) => address(method, 'collection', 'id')),
		],
		properties: [
			{
				displayName:
					"Answers reads only so far: an identity provider can import people, and its changes are refused. Publish the workflow, open 'Webhook URLs' above and give your identity provider the production URL as SCIM base URL (Okta: 'Base URL', Entra ID: 'Tenant URL') and the token of the SCIM credential as bearer token (Okta: 'HTTP Header', Entra ID: 'Secret Token').",
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{ ...businessLocator, description: 'The business whose people the identity provider reads' },
			{
				displayName: 'Path',
				name: 'path',
				type: 'string',
				default: 'scim/v2',
				required: true,
				placeholder: 'e.g. scim/v2',
				description: "The end of the base URL. Letters, digits, hyphens and slashes; no underscore, as Okta's base URLs may not have one.",
			},
			{
				displayName: 'Role',
				name: 'role',
				type: 'resourceLocator',
				default: { mode: 'list', value: 'business_employee', cachedResultName: 'Employee (business_employee)' },
				required: true,
				description: 'What a person may do to whom the identity provider gives no role. Without effect so far, as changes are refused.',
				modes: [
					{ displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod: 'searchRoles', searchable: true } },
					{ displayName: 'By Name', name: 'id', type: 'string', placeholder: 'e.g. business_employee', hint: "A role name of FreshBooks' API" },
				],
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Archive Staff',
						name: 'archiveStaff',
						type: 'boolean',
						default: false,
						description: 'Whether the staff record of a person who is deprovisioned is archived as well; without effect so far, as changes are refused',
					},
					{
						displayName: 'Read Only',
						name: 'readOnly',
						type: 'boolean',
						default: false,
						description: 'Whether only reads are answered, and every write is refused: to try an import without changing anything',
					},
				],
			},
		],
	};

	methods = { listSearch: { searchBusinesses, searchRoles }, credentialTest: { testScimToken } };

	/** FreshBooks holds no webhook for it; publishing only checks what was filled in. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				await checkBeforePublishing(this).catch((error: unknown) => Promise.reject(toNodeError(this.getNode(), error)));
				return true;
			},
			async create(): Promise<boolean> {
				return true;
			},
			async delete(): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { serve } = await import('./serve');
		return await serve.call(this);
	}
}
