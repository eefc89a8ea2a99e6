import { TYPES, type Credential, type WorkflowDraft, type WorkflowNode } from '../../../sandbox/n8n/index.mts';
import type { Json } from '../support.mts';

/** A parameter that the model sets. */
export function ask(key: string, description: string, type: 'string' | 'number' = 'string'): string {
	return `={{ $fromAI('${key}', '${description}', '${type}') }}`;
}

const business = { __rl: true, mode: 'id', value: ask('businessId', 'ID of the business', 'number') };
const account = { __rl: true, mode: 'id', value: ask('accountId', 'ID of the account') };
const staff = { __rl: true, mode: 'id', value: ask('staffId', 'ID of the staff record', 'number') };
const email = ask('email', 'Email address of the person');
const byEmail = { __rl: true, mode: 'email', value: email };
const role = ask('role', 'Role name');

interface Made {
	readonly parameters: Json;
	/** n8n's own description of it. */
	readonly description: string;
	/** The required arguments. */
	readonly required: readonly string[];
}

/** Every operation as a tool, by the tool's name. */
export const OPERATIONS: Readonly<Record<string, Made>> = {
	access_offboard: {
		parameters: { email },
		description: 'Offboard a person and remove their access in FreshBooks',
		required: ['email'],
	},
	access_onboard: {
		parameters: { business, email, role },
		description: 'Onboard a person by inviting them in FreshBooks',
		required: ['businessId', 'email', 'role'],
	},
	access_review: {
		parameters: { directory: 'none', options: { onlyFindings: true } },
		description: 'Review who has access in FreshBooks',
		required: [],
	},
	business_getAll: { parameters: {}, description: 'Get many businesses in FreshBooks', required: [] },
	invitation_create: {
		parameters: { business, email, role },
		description: 'Create an invitation in FreshBooks',
		required: ['businessId', 'email', 'role'],
	},
	invitation_getAll: { parameters: { business }, description: 'Get many invitations in FreshBooks', required: ['businessId'] },
	invitation_revoke: {
		parameters: { business, invitation: byEmail },
		description: 'Revoke an invitation in FreshBooks',
		required: ['businessId', 'email'],
	},
	project_getAll: { parameters: { business }, description: 'Get many projects in FreshBooks', required: ['businessId'] },
	staff_delete: { parameters: { account, staff }, description: 'Delete a staff record in FreshBooks', required: ['accountId', 'staffId'] },
	staff_get: { parameters: { account, staff }, description: 'Get a staff record in FreshBooks', required: ['accountId', 'staffId'] },
	staff_getAll: { parameters: { account }, description: 'Get many staff records in FreshBooks', required: ['accountId'] },
	staff_update: {
		parameters: { account, staff, updateFields: { note: ask('note', 'The note') } },
		description: 'Update a staff record in FreshBooks',
		required: ['accountId', 'note', 'staffId'],
	},
	teamMember_get: {
		parameters: { business, member: byEmail },
		description: 'Get a team member in FreshBooks',
		required: ['businessId', 'email'],
	},
	teamMember_getAll: { parameters: { business }, description: 'Get many team members in FreshBooks', required: ['businessId'] },
	teamMember_remove: {
		parameters: { business, member: byEmail },
		description: 'Remove a team member in FreshBooks',
		required: ['businessId', 'email'],
	},
	teamMember_updateRole: {
		parameters: { business, member: byEmail, role },
		description: 'Update the role of a team member in FreshBooks',
		required: ['businessId', 'email', 'role'],
	},
	user_getMe: { parameters: {}, description: 'Get the connected user in FreshBooks', required: [] },
	user_updateMe: {
		parameters: { updateFields: { jobTitle: ask('jobTitle', 'Job title') } },
		description: 'Update the connected user in FreshBooks',
		required: ['jobTitle'],
	},
};

function toolsOf({ id, name }: Credential): WorkflowNode[] {
	return Object.entries(OPERATIONS).map(([tool, { parameters }], index): WorkflowNode => {
		const [resource, operation] = tool.split('_');
		return {
			name: tool,
			type: TYPES.tool,
			typeVersion: 1,
			position: [index * 200, 200],
			parameters: { resource, operation, ...parameters },
			credentials: { [TYPES.credential]: { id, name } },
		};
	});
}

function connectionsTo(target: string, type: string, nodes: WorkflowNode[]): Record<string, unknown> {
	return Object.fromEntries(nodes.map(({ name }) => [name, { [type]: [[{ node: target, type, index: 0 }]] }]));
}

/** An MCP server with every operation as a tool, described by n8n itself; without authentication. */
export function mcpServer(path: string, credential: Credential): WorkflowDraft {
	const tools = toolsOf(credential);
	const server: WorkflowNode = {
		name: 'Server',
		type: '@n8n/n8n-nodes-langchain.mcpTrigger',
		typeVersion: 2,
		position: [0, 0],
		parameters: { path },
		webhookId: `webhook-${path}`,
	};
	return { name: `Tools at ${path}`, nodes: [server, ...tools], connections: connectionsTo('Server', 'ai_tool', tools) };
}

/** n8n's AI Agent with every operation as a tool, started by hand. */
export function aiAgent(modelUrl: string, openAi: Credential, credential: Credential): WorkflowDraft {
	const tools = toolsOf(credential);
	const start: WorkflowNode = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [-200, 0], parameters: {} };
	const agent: WorkflowNode = {
		name: 'AI Agent',
		type: '@n8n/n8n-nodes-langchain.agent',
		typeVersion: 3,
		position: [0, 0],
		parameters: { promptType: 'define', text: 'Do it.', options: {} },
	};
	const model: WorkflowNode = {
		name: 'Model',
		type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
		typeVersion: 1.2,
		position: [-200, 200],
		parameters: { model: { __rl: true, mode: 'id', value: 'stand-in' }, options: { baseURL: modelUrl, maxRetries: 0 } },
		credentials: { openAiApi: { id: openAi.id, name: openAi.name } },
	};
	const connections = {
		Start: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
		...connectionsTo('AI Agent', 'ai_languageModel', [model]),
		...connectionsTo('AI Agent', 'ai_tool', tools),
	};
	return { name: 'AI Agent', nodes: [start, agent, model, ...tools], connections, settings: { executionOrder: 'v1' } };
}
