import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../freshbooks/server.mts';
import type { Credential, CredentialRef, N8nClient, WorkflowDraft } from './client.mts';
import { allow } from './consent.mts';
import { ROOT } from './paths.mts';

/** n8n's names for the types of the package. */
export const TYPES = {
	credential: 'freshBooksOAuth2Api',
	action: 'n8n-nodes-freshbooks.freshBooks',
	trigger: 'n8n-nodes-freshbooks.freshBooksTrigger',
	scimTrigger: 'n8n-nodes-freshbooks.freshBooksScimTrigger',
	/** The token that an identity provider sends to the SCIM Trigger. */
	scimCredential: 'freshBooksScimApi',
	/** The tool that n8n makes of the action node for agents. */
	tool: 'n8n-nodes-freshbooks.freshBooksTool',
} as const;

/** The fields of a credential for the sandbox. */
export function credentialData(sandbox: Sandbox): Record<string, string> {
	return {
		clientId: sandbox.clientId,
		clientSecret: sandbox.clientSecret,
		access: 'legacy',
		environment: 'custom',
		apiBaseUrl: sandbox.url,
		authBaseUrl: sandbox.url,
	};
}

/**
 * Creates a credential for the sandbox, or points the existing one of that name at it, and connects
 * it through the sandbox's consent page.
 */
export async function connectCredential(
	client: N8nClient,
	sandbox: Sandbox,
	{ name = 'FreshBooks sandbox', data = {} }: { name?: string; data?: Record<string, string> } = {},
): Promise<Credential> {
	const fields = { ...credentialData(sandbox), ...data };
	const existing = (await client.credentials(TYPES.credential)).find((one) => one.name === name);
	const credential = existing
		? await client.updateCredential(existing, fields)
		: await client.createCredential(TYPES.credential, name, fields);
	await client.connectOAuth2(credential.id, allow);
	return credential;
}

/** Creates the credential of the SCIM Trigger, or gives the existing one this token. */
export async function giveScimToken(client: N8nClient, token: string): Promise<Credential> {
	const name = 'SCIM of the sandbox';
	const existing = (await client.credentials(TYPES.scimCredential)).find((one) => one.name === name);
	return existing ? await client.updateCredential(existing, { token }) : await client.createCredential(TYPES.scimCredential, name, { token });
}

/** Whether the workflow starts with a FreshBooks trigger. */
export function hasTrigger({ nodes }: WorkflowDraft): boolean {
	return nodes.some(({ type }) => type === TYPES.trigger || type === TYPES.scimTrigger);
}

/** The workflow with the credentials filled in at every FreshBooks node. */
export function withCredential(draft: WorkflowDraft, { id, name }: CredentialRef, scim?: CredentialRef): WorkflowDraft {
	const forScim = scim && { [TYPES.scimCredential]: { id: scim.id, name: scim.name } };
	const nodes = draft.nodes.map((node) =>
		node.type.startsWith('n8n-nodes-freshbooks.')
			? { ...node, credentials: { [TYPES.credential]: { id, name }, ...(node.type === TYPES.scimTrigger && forScim) } }
			: node,
	);
	return { ...draft, nodes };
}

/** Reads an exported workflow; what n8n assigns itself (IDs, tags, versions) is left out. */
export async function readWorkflow(file: string): Promise<WorkflowDraft> {
	const { name, nodes, connections, settings, pinData } = JSON.parse(
		await readFile(file, 'utf8'),
	) as Partial<WorkflowDraft>;
	if (!name || !nodes || !connections) {
		throw new Error(`${path.relative(ROOT, file)} is not a workflow: it needs name, nodes and connections.`);
	}
	return { name, nodes, connections, settings, pinData };
}
