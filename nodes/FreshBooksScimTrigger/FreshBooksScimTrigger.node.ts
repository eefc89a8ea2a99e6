import { NodeConnectionTypes, type IHookFunctions, type INodeType, type INodeTypeDescription, type IWebhookDescription, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';

import { listSearch } from '../FreshBooks/methods';
import { businessLocator } from '../FreshBooks/methods/businesses';
import { removalLimitOptions } from '../FreshBooks/methods/removalLimit';
import { toNodeError } from '../FreshBooks/shownErrors';
import { checkBeforePublishing, testScimToken } from './settings';

const { searchBusinesses, searchRoles } = listSearch;

/**
 * One address of the service. All are below `<n8n>/webhook/<webhook id>/<path>`: n8n puts the webhook ID before a path without
 * placeholders where `isFullPath` is false, and before one with placeholders where it is true (n8n 2.40, webhook.service). n8n
 * identifies a path with placeholders by its text alone, whichever node it belongs to. So the placeholders of two of these nodes need
 * different names, and the name includes the webhook ID.
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
		// The panel shows only the base URL, which an identity provider asks for.
		ndvHideUrl: placeholders.length > 0,
	};
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** A SCIM 2.0 service for an identity provider, as the editor shows it. serve.ts and the files that it uses do the work. */
export class FreshBooksScimTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'FreshBooks SCIM Trigger',
		name: 'freshBooksScimTrigger',
		icon: { light: 'file:../../icons/freshbooks.svg', dark: 'file:../../icons/freshbooks.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{$parameter["options"].readOnly ? "Read only" : "Provision and deprovision"}}',
		description: 'Lets Okta, Entra ID or another identity provider invite, find and offboard the people of a FreshBooks business by SCIM 2.0',
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
				inactive: "Publish the workflow, then give your identity provider the production URL under 'Webhook URLs' as SCIM base URL. Each change of a person starts an execution; reads start none.",
				active: 'The node answers your identity provider. Each change of a person starts an execution; reads start none.',
			},
			activationHint: { inactive: 'Publish the workflow to answer your identity provider.', active: 'The node answers your identity provider.' },
		},
		activationMessage: "The node now answers your identity provider under the production URL in its 'Webhook URLs'.",
		webhooks: [
			address('GET'),
			...METHODS.map((method) => address(method, 'collection')),
			...METHODS.map((method) => address(method, 'collection', 'id')),
		],
		properties: [
			{
				displayName:
					"Publish the workflow. Then give your identity provider the production URL under 'Webhook URLs' (Okta: 'SCIM connector base URL', Entra ID: 'Tenant URL') and the token of the SCIM credential (Okta: 'HTTP Header', Entra ID: 'Secret Token'). Writes use undocumented FreshBooks endpoints that may not be available to your account. If they are not, the provider gets status 501 and the workflow an item 'failed'.",
				name: 'setupNotice',
				type: 'notice',
				default: '',
			},
			{ ...businessLocator, description: 'The business whose people the identity provider manages' },
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
				description: 'The role of a new person when the identity provider sends no FreshBooks role',
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
				default: { maxRemovals: 20, maxRemovalsUnit: 'percent' },
				options: [
					{
						displayName: 'Archive Staff Record',
						name: 'archiveStaff',
						type: 'boolean',
						default: false,
						description: 'Whether to also archive the staff record of a person who is removed',
					},
					...removalLimitOptions(
						"If more team members than this would lose their access within an hour, the provider gets status 429 and the workflow an item 'failed': a wrong group must not empty the business. A percentage always lets 2 people go.",
					),
					{
						displayName: 'Read Only',
						name: 'readOnly',
						type: 'boolean',
						default: false,
						description: 'Whether to answer reads only and refuse every write. Use it to look at an import first.',
					},
				],
			},
		],
	};

	methods = { listSearch: { searchBusinesses, searchRoles }, credentialTest: { testScimToken } };

	/** There is no webhook to register in FreshBooks. Publishing only checks the parameters and the token. */
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
