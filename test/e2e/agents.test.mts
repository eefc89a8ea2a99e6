// The action node as a tool for AI agents: on a real n8n, its own MCP Server Trigger with a real MCP client, and its AI Agent
// with a stand-in for the model.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { Agent } from './agents/client.mts';
import { Model } from './agents/model.mts';
import { aiAgent, mcpServer, OPERATIONS } from './agents/operations.mts';
import { assertShape } from './access/schemas.mts';
import { importExample } from './examples/running.mts';
import type { Credential, WorkflowDraft } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, BILLSPRING_ACCOUNT, HARBOUR, QUARRY, startWorld, TRIGGER, type Json, type World } from './support.mts';

const NEW = 'ada.lovelace@example.com';
const TEODOR = 'teodor.wexley@example.com';
const TOKEN = 'agent-token';
const KB = 1_000;
const MEMBER_FIELDS = ['active', 'businessId', 'businessName', 'email', 'firstName', 'id', 'identityId', 'lastName', 'role', 'roleName'];

let world: World;

const addressOf = (path: string): string => `${world.n8n.url}/mcp/${path}`;

async function publish(draft: WorkflowDraft & { id?: string }): Promise<void> {
	const { client } = world.n8n;
	const id = draft.id ?? (await client.createWorkflow(draft)).id;
	assert.equal(await client.publish(id), 'published');
}

/** An MCP client of a server with a tool for each operation. */
async function agentWith(path: string, credential: Credential): Promise<Agent> {
	await publish(mcpServer(path, credential));
	return await Agent.connect(addressOf(path));
}

/** The size of a call's result, and its maximum. */
async function measured(context: TestContext, agent: Agent, name: string, args: Json, most: number): Promise<Json[]> {
	const { failed, text, bytes } = await agent.call(name, args);
	assert.ok(!failed, text);
	context.diagnostic(`${name} ${JSON.stringify(args)}: ${bytes} bytes`);
	assert.ok(bytes <= most, `${bytes} bytes for ${name}`);
	return JSON.parse(text) as Json[];
}

/** An error with what happened and, in its details, the fix. */
function assertWayOut(text: string, what: RegExp, wayOut: RegExp): void {
	const [happened = '', details = ''] = text.split('\n\nDetails: ');
	assert.match(happened, what);
	assert.match(details, wayOut);
	assert.doesNotMatch(text, /Bearer|token_|at .*\.js:/);
}

before(async () => {
	world = await startWorld('agents');
});
beforeEach(async () => await world.reset());
after(async () => await world?.close());

describe('the example agents-freshbooks-tools', () => {
	let agent: Agent;

	before(async () => {
		const httpBearerAuth = await world.n8n.client.createCredential('httpBearerAuth', 'MCP token', { token: TOKEN });
		const diagnostic = (): void => undefined;
		await publish(await importExample({ diagnostic }, world, 'agents-freshbooks-tools', { credentials: { httpBearerAuth } }));
		agent = await Agent.connect(addressOf('freshbooks'), TOKEN);
	});
	after(async () => await agent?.close());

	test('a request without the token is refused', async () => {
		await assert.rejects(Agent.connect(addressOf('freshbooks')), /Authorization data is wrong/);
		await assert.rejects(Agent.connect(addressOf('freshbooks'), 'another'), /Authorization data is wrong/);
	});

	test('six tools, each described with what it does, that it changes nothing, and its arguments', async () => {
		assert.match(agent.instructions, /^Tools that read the team members and invitations of FreshBooks businesses\. They change nothing/);
		const tools = await agent.tools();
		const required = Object.fromEntries(tools.map(({ name, inputSchema }) => [name, inputSchema.required ?? []]));
		assert.deepEqual(required, {
			list_businesses: [],
			list_team_members: ['businessId'],
			list_team_members_by_role: ['businessId', 'role'],
			get_team_member: ['businessId', 'email'],
			list_invitations: ['businessId'],
			plan_offboarding: ['email'],
		});
		for (const { name, description = '', inputSchema } of tools) {
			assert.match(description, /Reads only|Changes nothing/, name);
			assert.ok(description.length > 80 && description.length < 400, `${name}: ${description.length} characters`);
			for (const [argument, schema] of Object.entries(inputSchema.properties ?? {})) {
				const { type, description: meaning } = schema as { type?: string; description?: string };
				assert.ok(type && meaning && meaning.length > 15, `${name}: ${argument} says what it is`);
			}
		}
	});

	test('results for a model are small: 50 of 131 people unless it requests more', async (context) => {
		const businesses = await measured(context, agent, 'list_businesses', {}, KB);
		assert.deepEqual(businesses.map(({ businessId }) => businessId).includes(HARBOUR), true);
		const few = await measured(context, agent, 'list_team_members', { businessId: HARBOUR }, 16 * KB);
		assert.equal(few.length, 50);
		for (const person of few) assert.deepEqual(Object.keys(person).sort(), MEMBER_FIELDS);
		const all = await measured(context, agent, 'list_team_members', { businessId: HARBOUR, limit: 200 }, 42 * KB);
		assert.equal(all.length, 131);
		const managers = await measured(context, agent, 'list_team_members_by_role', { businessId: BILLSPRING, role: 'business_manager' }, KB);
		assert.deepEqual(managers.map(({ firstName }) => firstName).sort(), ['Ivo', 'Priyanka']);
		const [one] = await measured(context, agent, 'get_team_member', { businessId: BILLSPRING, email: TEODOR.toUpperCase() }, 400);
		assert.equal(one?.['email'], TEODOR);
		const invitations = await measured(context, agent, 'list_invitations', { businessId: BILLSPRING }, 400);
		assert.equal(invitations.length, 2);
	});

	test('plan_offboarding stays a dry run, whatever the model sends', async (context) => {
		await world.withoutQuarry();
		const [plan] = await measured(context, agent, 'plan_offboarding', { email: TEODOR, dryRun: false, options: { dryRun: false } }, 3 * KB);
		assert.ok(plan);
		await assertShape('offboard', [plan]);
		assert.equal(plan['status'], 'planned');
		assert.match(String(plan['message']), /would be offboarded from BillSpring .*Nothing was changed/);
		assert.deepEqual(await world.changes(), []);
		const [nobody] = await agent.items('plan_offboarding', { email: 'nobody@example.com' });
		assert.equal(nobody?.['status'], 'notFound');
	});

	test('an error has its fix', async () => {
		const people = async (args: Json): Promise<string> => await agent.failure('list_team_members', args);
		assert.match(await people({ businessId: 'BillSpring' }), /Expected number, received string[^]*at businessId/);
		assertWayOut(await people({ businessId: BILLSPRING, limit: 0 }), /Parameter 'Limit' must be a whole number of at least 1/, /Check the value of '/);
		assertWayOut(await people({ businessId: 1 }), /FreshBooks does not know team members of business 1 \(parameter 'Business'\)/, /looked up by its business ID/);
		assertWayOut(await people({ businessId: QUARRY }), /user has no permission for team members of business 884410/, /connect as an owner or admin of that business/);
		const nobody = await agent.failure('get_team_member', { businessId: BILLSPRING, email: 'nobody@example.com' });
		assertWayOut(nobody, /No team member of business 6806492 has the address nobody@example\.com/, /Check 'Team Member' and 'Business'/);
		const nonsense = await agent.failure('plan_offboarding', { email: 'not an address' });
		assertWayOut(nonsense, /Parameter 'Email' must be an email address/, /Check the value of '/);
	});
});

describe('every operation as a tool, described by n8n itself', () => {
	let agent: Agent;

	before(async () => {
		agent = await agentWith('all', world.credential);
	});
	after(async () => await agent?.close());

	test('names, descriptions and arguments', async () => {
		const tools = await agent.tools();
		const described = Object.fromEntries(tools.map(({ name, description, inputSchema }) => [name, [description, [...(inputSchema.required ?? [])].sort()]]));
		const expected = Object.fromEntries(Object.entries(OPERATIONS).map(([name, { description, required }]) => [name, [description, required]]));
		assert.deepEqual(described, expected);
	});

	test('a destructive tool says so in its description, because n8n sends no annotations', async () => {
		const tools = await agent.tools();
		const taking = tools.filter(({ description = '' }) => /^(Offboard|Remove|Revoke|Delete) /.test(description)).map(({ name }) => name);
		assert.deepEqual(taking.sort(), ['access_offboard', 'invitation_revoke', 'staff_delete', 'teamMember_remove']);
		assert.deepEqual(new Set(tools.map(({ annotations }) => annotations)), new Set([undefined]));
	});

	test('onboard invites once, and says so', async (context) => {
		const hire = { businessId: BILLSPRING, email: NEW, role: 'business_employee' };
		const [first] = await measured(context, agent, 'access_onboard', hire, KB);
		assert.ok(first);
		await assertShape('onboard', [first]);
		assert.equal(first['status'], 'invited');
		const [again] = await agent.items('access_onboard', hire);
		assert.equal(again?.['status'], 'alreadyInvited');
		assert.equal((await world.pendingOf(NEW)).length, 1);
		assert.deepEqual(await world.changes(), ['invitationCreated']);
	});

	test('remove and offboard do what they say', async () => {
		assert.deepEqual(await agent.items('teamMember_remove', { businessId: BILLSPRING, email: TEODOR }).then(([item]) => item?.['deleted']), true);
		assert.equal(await world.memberOf(TEODOR), undefined);
		const missing = await agent.failure('teamMember_remove', { businessId: BILLSPRING, email: TEODOR });
		assertWayOut(missing, /No team member of business 6806492 has the address teodor\.wexley@example\.com/, /Check 'Team Member' and 'Business'/);
		const incomplete = await agent.failure('access_offboard', { email: 'lucia.marchetti@example.com' });
		assert.match(incomplete, /Quarry Lane Café/);
		await world.control('POST', `/businesses/${BILLSPRING}/invitations`, { email: 'lucia.marchetti@example.com' });
		await world.withoutQuarry();
		const [report] = await agent.items('access_offboard', { email: 'lucia.marchetti@example.com' });
		assert.equal(report?.['status'], 'offboarded');
		assert.deepEqual(await world.changes(), ['memberRemoved', 'invitationRevoked', 'invitationRevoked']);
		const nobody = await agent.failure('access_offboard', { email: 'nobody@example.com' });
		assert.match(nobody, /nobody@example\.com/);
	});

	test('a review starts with its summary, which says if it is not complete', async (context) => {
		const [summary, ...people] = await measured(context, agent, 'access_review', {}, 12 * KB);
		assert.equal(summary?.['complete'], false);
		assert.match(String(summary['headline']), /^Review incomplete/);
		assert.ok(people.length > 0);
		await assertShape('review', people);
	});

	test('staff, by the account ID from the list of businesses', async (context) => {
		const businesses = await agent.items('business_getAll');
		const account = businesses.find(({ businessId }) => businessId === BILLSPRING)?.['accountId'];
		assert.equal(account, BILLSPRING_ACCOUNT);
		const records = await measured(context, agent, 'staff_getAll', { accountId: account }, 5 * KB);
		assert.equal(records.length, 12);
		const unknown = await agent.failure('staff_get', { accountId: account, staffId: 999 });
		assertWayOut(unknown, /FreshBooks does not know staff 999 of account zDmNq \(parameter .Staff.\)/, /looked up by its staff ID/);
	});

	test('FreshBooks down: the error says that it is temporary, and whether anything was changed', async () => {
		await world.control('POST', '/faults', { kind: 'status', status: 503, route: 'GET .*team_members', count: 0 });
		const text = await agent.failure('teamMember_getAll', { businessId: BILLSPRING });
		assertWayOut(text, /not able to answer/, /Nothing was changed\..*run it again later/);
	});
});

describe('a read-only credential', () => {
	let agent: Agent;

	before(async () => {
		const readOnly = await world.connect('Read only', { access: 'custom', customScopes: 'user:profile:read user:teams:read' });
		agent = await agentWith('read-only', readOnly);
	});
	after(async () => await agent?.close());

	test('reads, and names the missing scope for the rest', async () => {
		assert.equal((await agent.items('teamMember_getAll', { businessId: BILLSPRING })).length, 12);
		const onboard = await agent.failure('access_onboard', { businessId: BILLSPRING, email: NEW, role: 'business_employee' });
		assertWayOut(onboard, /lacks the scope .*user:teams:write is needed/, /choose an 'Access' in the credential that includes it, and connect again/);
		const remove = await agent.failure('teamMember_remove', { businessId: BILLSPRING, email: TEODOR });
		assertWayOut(remove, /user:teams:write is needed/, /Developer Portal/);
		assert.deepEqual(await world.changes(), []);
	});
});

describe("n8n's AI Agent with a fake model, which calls the tool that the test sets", () => {
	let model: Model;
	let workflowId: string;

	before(async () => {
		const { client } = world.n8n;
		model = await Model.open();
		const openAi = await client.createCredential('openAiApi', 'Stand-in', { apiKey: 'none', url: model.url });
		workflowId = (await client.createWorkflow(aiAgent(model.url, openAi, world.credential))).id;
	});
	after(() => model?.close());

	/** What the model receives for its call. */
	async function given(name: string, args: Json): Promise<string> {
		model.willCall(name, args);
		const { status, error } = await world.n8n.client.run(workflowId, TRIGGER);
		assert.equal(status, 'success', error?.message);
		return model.given;
	}

	test('offers every operation with its description', async () => {
		await given('business_getAll', {});
		const offered = model.questions[0]?.tools?.map((tool) => [tool.function.name, tool.function.description]) ?? [];
		assert.deepEqual(Object.fromEntries(offered), Object.fromEntries(Object.entries(OPERATIONS).map(([name, { description }]) => [name, description])));
	});

	test('returns the items, and a review with its summary', async () => {
		const items = JSON.parse(await given('teamMember_get', { businessId: BILLSPRING, email: TEODOR })) as Json[];
		assert.deepEqual(items.map(({ email }) => email), [TEODOR]);
		const [summary] = JSON.parse(await given('access_review', {})) as Json[];
		assert.match(String(summary?.['headline']), /^Review incomplete/);
	});

	test('returns an error with its fix', async () => {
		const [item] = JSON.parse(await given('teamMember_get', { businessId: BILLSPRING, email: 'nobody@example.com' })) as Json[];
		assert.deepEqual(Object.keys(item ?? {}), ['error']);
		assertWayOut(String(item?.['error']), /No team member of business 6806492 has the address nobody@example\.com/, /Check 'Team Member' and 'Business'/);
	});
});
