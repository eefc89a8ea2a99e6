import type { ICredentialDataDecryptedObject, ICredentialTestFunctions, ICredentialsDecrypted, IHookFunctions, INodeCredentialTestResult, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { isJsonObject, refusal } from '../FreshBooks/client/errors';
import { checkIntegerId } from '../FreshBooks/client/identifiers';
import { objectOf, type WireObject } from '../FreshBooks/client/json';
import { removalLimitIn } from '../FreshBooks/people/removalLimit';
import { offeredRole } from '../FreshBooks/people/roles';
import type { WriteSettings } from './service';
import { SCIM_CREDENTIAL_TYPE, tokenProblem } from './token';

/** The node's parameters and its token, read and checked. */

const WAY_OUT_OF_TOKEN = "To fix this, open the credential and enter at least 32 random characters as 'Token'. Give the identity provider the same token.";

/** Words of letters, digits, `.`, `~` and `-` between single slashes. Okta's base URLs may have no `_`, and `:` begins a placeholder of n8n. */
const PATH = /^[A-Za-z0-9][A-Za-z0-9.~-]*(?:\/[A-Za-z0-9][A-Za-z0-9.~-]*)*$/;

/** The chosen business. Throws FreshBooksError of kind `refused`. */
export function businessIdOf(context: IHookFunctions | IWebhookFunctions): number {
	const raw: unknown = context.getNodeParameter('business');
	const checked = checkIntegerId(isJsonObject(raw) ? raw.value : raw);
	if (checked.ok) return checked.value;
	throw refusal(`Parameter 'Business' ${checked.problem}`, 'To fix this, choose the business from the list or enter its ID, and publish the workflow again.');
}

function optionsOf(context: IHookFunctions | IWebhookFunctions): WireObject {
	return objectOf(context.getNodeParameter('options', {}));
}

/** Whether writes are refused. */
export function isReadOnly(context: IWebhookFunctions): boolean {
	return optionsOf(context).readOnly === true;
}

/** The settings for writes. Throws FreshBooksError of kind `refused`. */
export function writeSettingsOf(context: IHookFunctions | IWebhookFunctions): WriteSettings {
	const businessId = businessIdOf(context);
	const role: unknown = context.getNodeParameter('role');
	const name = isJsonObject(role) ? role.value : role;
	const defaultRole = typeof name === 'string' ? offeredRole(name) : undefined;
	const options = optionsOf(context);
	const removalLimit = removalLimitIn(options);
	if (!defaultRole) throw refusal("Parameter 'Role' is not a role that FreshBooks can give a person", 'To fix this, choose it from the list, and publish the workflow again.');
	if (!removalLimit) throw refusal("Parameter 'Max Removals' must be a number of at least 0", 'To fix this, correct it in the FreshBooks SCIM Trigger, and publish the workflow again.');
	return { businessId, defaultRole, archiveStaff: options.archiveStaff === true, removalLimit };
}

function refuse(context: IHookFunctions, message: string, description: string): never {
	throw new NodeOperationError(context.getNode(), message, { description });
}

/** Refuses to publish with a parameter that no identity provider can use, or a token that is not safe. Throws NodeOperationError, and FreshBooksError of kind `refused`. */
export async function checkBeforePublishing(context: IHookFunctions): Promise<void> {
	writeSettingsOf(context);
	const path: unknown = context.getNodeParameter('path');
	if (typeof path !== 'string' || !PATH.test(path)) {
		refuse(context, "Parameter 'Path' must be words of letters, digits and hyphens, divided by slashes", "To fix this, write it like 'scim/v2', without a slash at either end and without an underscore, which Okta refuses.");
	}
	const { token } = await context.getCredentials<ICredentialDataDecryptedObject>(SCIM_CREDENTIAL_TYPE);
	const problem = tokenProblem(token);
	if (problem) refuse(context, `The SCIM credential's 'Token' ${problem}`, WAY_OUT_OF_TOKEN);
}

/** The credential's test. Nothing is sent, as only the identity provider uses the token. */
export async function testScimToken(this: ICredentialTestFunctions, { data }: ICredentialsDecrypted): Promise<INodeCredentialTestResult> {
	const problem = tokenProblem(data?.token);
	if (problem) return { status: 'Error', message: `The token ${problem}. ${WAY_OUT_OF_TOKEN}` };
	return { status: 'OK', message: 'The token is long enough. Give the identity provider the same one.' };
}
