// The examples that report: a review against a directory, invitations, an export of what changed, trouble. Each is run on a real
// n8n, with a stand-in for the other service that speaks its wire format. n8n's nodes for Entra ID and Google Workspace have
// fixed addresses: the n8n of this suite sends these hosts to the stand-in (`redirect.mts`).
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertShape } from './access/schemas.mts';
import { deleteTables, rowsOf, updateRows } from './examples/tables.mts';
import { Directories, DIRECTORY_HOSTS, type DirectoryName, type DirectoryPerson } from './examples/directories.mts';
import { IdentityGraph } from './examples/identityGraph.mts';
import { Jira } from './examples/jira.mts';
import { Mailbox } from './examples/mailbox.mts';
import { fileOf, firstExecution, importExample, readExample, type Here } from './examples/running.mts';
import { redirectEnv } from './examples/standInServer.mts';
import { newToken, Provider, scimWorkflow } from './scim/provider.mts';
import { pollTimes } from './trigger/pollTimes.mts';
import { TYPES, type Execution, type Workflow, type WorkflowDraft, type WorkflowNode } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, HARBOUR, LANTERN, startWorld, type Json, type World } from './support.mts';

const TEODOR = 'teodor.wexley@example.com';
const CALUM = 'calum.prewitt@example.com';
const JUN = 'jun.takeda@example.com';
const OWNER = 'marlowe.ashdown@example.com';
const FRESHBOOKS_TRIGGER = 'FreshBooks Trigger';
const WITHIN_MS = 60_000;

let world: World;
let mailbox: Mailbox;
let jira: Jira;
let directories: Directories;
let graph: IdentityGraph;
let here: Here;

const imported = async (context: Pick<TestContext, 'diagnostic'>, name: string): Promise<Workflow> => await importExample(context, world, name, here);
const member = (email: string, business = BILLSPRING): string => `/businesses/${business}/members/${encodeURIComponent(email)}`;

function assertSucceeded({ status, error }: Execution): void {
	assert.equal(status, 'success', error?.message);
}

before(async () => {
	directories = await Directories.open();
	world = await startWorld('examples-reports', { env: redirectEnv(Object.fromEntries(DIRECTORY_HOSTS.map((host) => [host, directories.port]))) });
	mailbox = await Mailbox.open();
	jira = await Jira.open();
	graph = await IdentityGraph.open();
	const { client } = world.n8n;
	const connected = { clientId: 'id', clientSecret: 'secret', oauthTokenData: { access_token: 'directory-token', refresh_token: 'refresh', token_type: 'Bearer' } };
	here = {
		credentials: {
			smtp: await client.createCredential('smtp', 'Mailbox', mailbox.credentialData),
			jiraSoftwareCloudApi: await client.createCredential('jiraSoftwareCloudApi', 'Jira', jira.credentialData),
			oktaApi: await client.createCredential('oktaApi', 'Okta', { url: directories.url, accessToken: 'okta-token' }),
			microsoftEntraOAuth2Api: await client.createCredential('microsoftEntraOAuth2Api', 'Entra ID', connected),
			gSuiteAdminOAuth2Api: await client.createCredential('gSuiteAdminOAuth2Api', 'Google Workspace', connected),
			httpHeaderAuth: await client.createCredential('httpHeaderAuth', 'Identity graph', { name: 'Authorization', value: 'Bearer graph-token' }),
		},
		addresses: { 'https://your-company.okta.com': directories.url, 'https://identity-graph.example.com': graph.url },
	};
});
beforeEach(async () => {
	await world.reset();
	mailbox.mails.splice(0);
	mailbox.refuses = false;
	jira.tickets.splice(0);
	jira.refuses = false;
	directories.reset();
	graph.reset();
});
after(async () => {
	directories?.close();
	mailbox?.close();
	jira?.close();
	graph?.close();
	await world?.close();
});

describe('review-against-directory', () => {
	const NAME = 'review-against-directory';
	const ROLES: Record<DirectoryName, boolean> = { okta: true, entra: false, google: true };
	const PEOPLE: DirectoryPerson[] = [
		{ email: OWNER, role: 'owner' },
		{ email: 'odalys.brandt@example.com' },
		{ email: 'ivo.castellan@example.com', role: 'business_employee' },
		{ email: TEODOR, active: false },
		{ email: 'mirela.okafor@example.com' },
		{ email: 'grace.hopper@example.com', role: 'business_employee' },
		{ email: CALUM },
	];

	/** Runs the example with the settings that a person writes into its first node. */
	async function review(context: TestContext, directory: string, fewestPeople = 5): Promise<Execution> {
		const { client } = world.n8n;
		const workflow = await imported(context, NAME);
		const nodes = workflow.nodes.map((node): WorkflowNode => {
			if (node.name !== 'Settings') return node;
			const values: Json = { directory, fewestPeople };
			const { assignments } = node.parameters['assignments'] as { assignments: Array<{ name: string; value: unknown }> };
			return { ...node, parameters: { ...node.parameters, assignments: { assignments: assignments.map((one) => ({ ...one, value: values[one.name] ?? one.value })) } } };
		});
		await client.updateWorkflow(workflow.id, { nodes });
		return await client.run(workflow.id, 'Every quarter');
	}

	function assertNoReport(execution: Execution, message: RegExp): void {
		assert.equal(execution.status, 'error');
		assert.match(String(execution.error?.message), message);
		for (const node of ['Review access', 'Sheet', 'Report']) assert.equal(execution.runData[node], undefined, node);
	}

	test('as it ships one directory is on, and the two others are disabled', async () => {
		const { nodes } = await readExample(NAME);
		const disabled = nodes.filter((node) => node['disabled']).map(({ name }) => name);
		assert.deepEqual(disabled, ['Microsoft Entra ID', 'Google Workspace Admin']);
	});

	for (const directory of ['okta', 'entra', 'google'] as const) {
		describe(directory, () => {
			test('every page is read and compared; a sheet, and a report to sign', async (context) => {
				directories.people = PEOPLE;
				await world.withoutQuarry();
				await world.control('PATCH', member(TEODOR), { firstName: '=cmd()' });
				await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: 'Bill <img src=x>' });
				const execution = await review(context, directory);
				assertSucceeded(execution);
				assert.equal(directories.asked.length, 3, 'three pages');
				const people = execution.items('Review access');
				await assertShape('review', people);
				const kinds = (email: string): string[] => people.filter((person) => person['email'] === email).flatMap(({ findings }) => (findings as Array<{ kind: string }>).map(({ kind }) => kind));
				assert.ok(kinds(TEODOR).includes('leaver'), 'not active');
				assert.ok(!kinds(CALUM).includes('orphan'), 'the last page');
				assert.ok(kinds('lucia.marchetti@example.com').includes('orphan'), 'not in the directory');
				assert.equal(kinds('ivo.castellan@example.com').includes('roleMismatch'), ROLES[directory]);
				assert.equal(kinds('grace.hopper@example.com').includes('missing'), ROLES[directory]);
				const sheet = await fileOf(world, execution, 'Sheet');
				assert.match(sheet.name, /\.csv$/);
				assert.ok(sheet.text.includes(TEODOR));
				assert.ok(sheet.text.includes("'=cmd()") && !/(^|,)"?=/m.test(sheet.text), 'no formula of somebody else');
				const report = await fileOf(world, execution, 'Report');
				assert.match(report.text, /People in the directory: 7\./);
				assert.match(report.text, /<strong>Complete review/);
				assert.match(report.text, /Reviewed by: _{5,}/);
				assert.ok(report.text.includes('Bill &lt;img src=x') && !report.text.includes('<img'), 'no HTML of somebody else');
			});

			test('it does not say if somebody is active: not taken for active, and the report has no line to sign', async (context) => {
				directories.people = [...PEOPLE, { email: 'lucia.marchetti@example.com', active: null }];
				await world.withoutQuarry();
				const execution = await review(context, directory);
				assertSucceeded(execution);
				const { text } = await fileOf(world, execution, 'Report');
				assert.match(text, /not said/);
				assert.match(text, /Not to be signed:/);
				assert.doesNotMatch(text, /Reviewed by:/);
			});

			test('the second page fails: no report', async (context) => {
				directories.people = PEOPLE;
				directories.failsAtPage = 2;
				assertNoReport(await review(context, directory), /./);
				assert.ok(directories.asked.length >= 2);
			});

			test('nobody in it: no report', async (context) => {
				assertNoReport(await review(context, directory), /The directory gave 0 people with an email address, and at least 5 are expected\. No report was made\./);
			});
		});
	}

	test('archived in Google Workspace: a leaver', async (context) => {
		directories.people = [...PEOPLE, { email: 'hugh.omalley-reyes@example.com', archived: true }];
		const execution = await review(context, 'google');
		const hugh = execution.items('Review access').find(({ email }) => email === 'hugh.omalley-reyes@example.com');
		assert.ok((hugh?.['findings'] as Array<{ kind: string }>).some(({ kind }) => kind === 'leaver'));
	});

	test('fewer people than expected, or another word: no report', async (context) => {
		directories.people = PEOPLE;
		assertNoReport(await review(context, 'okta', 8), /The directory gave 7 people/);
		directories.people = PEOPLE.map(() => ({ email: '' }));
		assertNoReport(await review(context, 'okta'), /The directory gave 0 people with an email address/);
		assertNoReport(await review(context, 'ldap'), /There is no directory 'ldap'\. Write okta, entra or google into 'Settings'/);
	});

	test('a business that could not be read: the report has no line to sign', async (context) => {
		directories.people = PEOPLE;
		const execution = await review(context, 'google');
		assertSucceeded(execution);
		const { text } = await fileOf(world, execution, 'Report');
		assert.match(text, /<strong>Review incomplete: do not sign off/);
		assert.match(text, /Not to be signed:/);
		assert.doesNotMatch(text, /Reviewed by:/);
	});

	test("n8n's own Okta node does not end at the last page, which is why the example has an HTTP Request", async () => {
		directories.people = PEOPLE;
		const { client } = world.n8n;
		const workflow = await client.createWorkflow({
			name: 'Okta node',
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
				{ name: 'Okta', type: 'n8n-nodes-base.okta', typeVersion: 1, position: [220, 0], parameters: { resource: 'user', operation: 'getAll', returnAll: true }, credentials: { oktaApi: here.credentials!['oktaApi']! } },
			],
			connections: { Start: { main: [[{ node: 'Okta', type: 'main', index: 0 }]] } },
		});
		const execution = await client.run(workflow.id, 'Start');
		assert.equal(execution.status, 'error');
		assert.ok(directories.asked.length > directories.oktaLimit, `${directories.asked.length} requests for 3 pages`);
	});
});

describe('joiner-accepted-ticket-and-slack', () => {
	const NAME = 'joiner-accepted-ticket-and-slack';
	const accepted = async (): Promise<Json> => await world.control('POST', `/businesses/${BILLSPRING}/invitations/${JUN}/accept`, { firstName: 'Jun', lastName: '<Takeda>' });

	test('accepted: one ticket and one message; a repeat makes none', async (context) => {
		const { client } = world.n8n;
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, accepted);
		assertSucceeded(execution);
		const [ticket, ...more] = jira.tickets;
		assert.deepEqual(more, []);
		assert.equal(ticket?.fields['summary'], 'Set up Jun <Takeda> in FreshBooks (BillSpring)');
		assert.match(String(ticket.fields['description']), /^jun\.takeda@example\.com accepted the invitation to BillSpring \(business 6806492\)\. Role: business_employee\./);
		assert.equal(execution.items('Tell Slack: ticket')[0]?.['text'], `Jun &lt;Takeda&gt; (${JUN}) accepted the invitation to BillSpring in FreshBooks. Ticket IT-1 says what is left to set up.`);
		assert.deepEqual(execution.items('Tell Slack: no ticket'), []);

		await client.updateWorkflow(workflow.id, { pinData: { [FRESHBOOKS_TRIGGER]: execution.items(FRESHBOOKS_TRIGGER).map((json) => ({ json })) } });
		assertSucceeded(await client.run(workflow.id, FRESHBOOKS_TRIGGER));
		assert.equal(jira.tickets.length, 1);
	});

	test('a person without a name: the address is in the ticket and in the message', async (context) => {
		const workflow = await imported(context, NAME);
		await world.control('POST', '/faults', { kind: 'fieldsLeftOut', fields: ['first_name', 'last_name'], count: 0 });
		const execution = await firstExecution(world, workflow.id, accepted);
		assertSucceeded(execution);
		assert.equal(jira.tickets[0]?.fields['summary'], `Set up ${JUN} in FreshBooks (BillSpring)`);
		assert.match(String(execution.items('Tell Slack: ticket')[0]?.['text']), /^jun\.takeda@example\.com \(jun\.takeda@example\.com\) accepted /);
	});

	test('Jira refuses: Slack gets the person and the reason', async (context) => {
		jira.refuses = true;
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, accepted);
		assertSucceeded(execution);
		assert.deepEqual(execution.items('Tell Slack: ticket'), []);
		const [message] = execution.items('Tell Slack: no ticket');
		assert.match(String(message?.['text']), /^Jun &lt;Takeda&gt; \(jun\.takeda@example\.com\) accepted the invitation to BillSpring in FreshBooks\. No ticket could be opened, .+ Jira said: .+/);
	});
});

describe('joiner-remind-old-invitations', () => {
	const NAME = 'joiner-remind-old-invitations';
	const TABLE = 'FreshBooks invitation reminders';
	const LISTS = `GET .*/business/${BILLSPRING}/invitations`;

	afterEach(async () => await deleteTables(world));

	const run = async ({ id }: Workflow): Promise<Execution> => await world.n8n.client.run(id, 'Every morning');
	const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
	const subjects = (): string[] => mailbox.mails.map(({ subject }) => subject);

	/** The list of invitations with dates, as some rows of FreshBooks may have them. */
	async function listDated(...invitations: Array<[email: string, days: number]>): Promise<void> {
		const rows = invitations.map(([email, days], index) => ({ id: 5000 + index, email, role: 'business_employee', status: 'pending', created_at: daysAgo(days) }));
		await world.control('DELETE', '/faults');
		await world.control('POST', '/faults', { kind: 'wrongShape', route: LISTS, body: { invitations: rows }, count: 0 });
	}

	test('older than a week by their date: one mail for all of them, once', async (context) => {
		await world.withoutQuarry();
		await listDated([JUN, 9], ['ada@example.com', 8], ['new@example.com', 6]);
		const workflow = await imported(context, NAME);
		assertSucceeded(await run(workflow));
		assert.deepEqual(subjects(), ['2 FreshBooks invitation(s) not accepted for a week']);
		const text = mailbox.mails[0]?.text ?? '';
		assert.ok(text.includes(`${JUN} (business_employee), BillSpring: since ${daysAgo(9).slice(0, 10)}`), text);
		assert.ok(text.includes('ada@example.com') && !text.includes('new@example.com'), text);
		assert.deepEqual(mailbox.mails[0]?.to, ['it-desk@example.com']);

		assertSucceeded(await run(workflow));
		assert.equal(mailbox.mails.length, 1, 'not again the next day');
		await updateRows(world, TABLE, 'email', 'new@example.com', { firstSeen: daysAgo(8) });
		assertSucceeded(await run(workflow));
		assert.equal(mailbox.mails.length, 2);
		const second = mailbox.mails[1]?.text ?? '';
		assert.ok(second.includes('new@example.com') && !second.includes(JUN), second);
	});

	test('rows without a date: the week begins when they are first seen; one that is gone is not reported', async (context) => {
		await world.withoutQuarry();
		const workflow = await imported(context, NAME);
		assertSucceeded(await run(workflow));
		assert.equal(mailbox.mails.length, 0);
		const rows = await rowsOf(world, TABLE);
		assert.deepEqual(rows.map(({ email }) => email).sort(), [JUN, 'lucia.marchetti@example.com']);
		assert.ok(rows.every(({ firstSeen }) => Date.now() - Date.parse(String(firstSeen)) < 600_000), JSON.stringify(rows));

		for (const { key } of rows) await updateRows(world, TABLE, 'key', String(key), { firstSeen: daysAgo(8) });
		await world.control('DELETE', `/businesses/${BILLSPRING}/invitations/lucia.marchetti@example.com`);
		assertSucceeded(await run(workflow));
		assert.deepEqual(subjects(), ['1 FreshBooks invitation(s) not accepted for a week']);
		assert.ok(mailbox.mails[0]?.text.includes(JUN));
		assert.equal((await rowsOf(world, TABLE)).length, 2, 'one row for each invitation');
	});

	test('rows of the other form, with to_email and capacity: in the mail', async (context) => {
		await world.withoutQuarry();
		const row = { id: 6000, to_email: JUN, capacity: 'manager', status: 'pending', sent_at: daysAgo(10) };
		await world.control('POST', '/faults', { kind: 'wrongShape', route: LISTS, body: { invitations: [row] }, count: 0 });
		assertSucceeded(await run(await imported(context, NAME)));
		assert.ok(mailbox.mails[0]?.text.includes(`${JUN} (manager), BillSpring: since ${daysAgo(10).slice(0, 10)}`), mailbox.mails[0]?.text);
	});

	test('a mail that fails is sent again the next day', async (context) => {
		await world.withoutQuarry();
		await listDated([JUN, 9]);
		mailbox.refuses = true;
		const workflow = await imported(context, NAME);
		assert.equal((await run(workflow)).status, 'error');
		mailbox.refuses = false;
		assertSucceeded(await run(workflow));
		assert.deepEqual(subjects(), ['1 FreshBooks invitation(s) not accepted for a week']);
	});

	test('a business that does not show its invitations: said once, and the others are watched', async (context) => {
		const workflow = await imported(context, NAME);
		mailbox.refuses = true;
		assert.equal((await run(workflow)).status, 'error', 'that mail fails');
		mailbox.refuses = false;
		await listDated([JUN, 9]);
		assertSucceeded(await run(workflow));
		assert.deepEqual(subjects().sort(), ['1 FreshBooks invitation(s) not accepted for a week', 'FreshBooks invitations of Quarry Lane Café are not watched']);
		assert.match(mailbox.mails.find(({ subject }) => subject.includes('Quarry'))?.text ?? '', /has no permission for invitations of business 884410/);
		assertSucceeded(await run(workflow));
		assert.equal(mailbox.mails.length, 2);
		const thisMonth = new Date().toISOString().slice(0, 7);
		const keys = (await rowsOf(world, TABLE)).map(({ key }) => key);
		assert.ok(keys.includes(`list of 884410 in ${thisMonth}`), 'and again in another month');
		assert.deepEqual(await world.changes(), []);
	});
});

describe('export-scim-users-changed', () => {
	const NAME = 'export-scim-users-changed';
	const TABLE = 'FreshBooks SCIM export';
	const RUN = 'Every night';
	let workflow: Workflow;

	afterEach(async () => await deleteTables(world));

	const run = async (): Promise<Execution> => await world.n8n.client.run(workflow.id, RUN);
	const names = (users: Json[] | undefined): unknown[] => (users ?? []).map(({ userName }) => userName).sort();

	/** Imports it and runs it once, without the business of 131 people: everybody is sent. */
	async function begin(context: TestContext): Promise<void> {
		await world.control('DELETE', `/businesses/${HARBOUR}`);
		workflow = await imported(context, NAME);
		assertSucceeded(await run());
	}

	async function fault(fields: Json): Promise<void> {
		await world.control('POST', '/faults', { count: 0, ...fields });
	}

	test('everybody first, then only what changed, then nothing', async (context) => {
		workflow = await imported(context, NAME);
		assertSucceeded(await run());
		const [everybody, ...more] = graph.taken;
		assert.deepEqual(more, []);
		assert.equal(everybody?.length, 12 + 131 + 3, 'of the three businesses that can be listed');
		const { headers, body } = graph.asked[0] ?? {};
		assert.equal(headers?.['content-type'], 'application/scim+json');
		assert.equal(headers['authorization'], 'Bearer graph-token');
		assert.deepEqual((JSON.parse(body ?? '') as Json)['schemas'], ['urn:ietf:params:scim:api:messages:2.0:ListResponse']);
		assert.equal((await rowsOf(world, TABLE)).length, everybody.length);

		await world.control('PATCH', member(TEODOR), { role: 'business_manager' });
		await world.control('DELETE', member(CALUM));
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: 'ada.lovelace@example.com' });
		assertSucceeded(await run());
		const changed = graph.taken[1];
		assert.deepEqual(names(changed), ['ada.lovelace@example.com', CALUM, TEODOR]);
		const of = (email: string): Json | undefined => changed?.find(({ userName }) => userName === email);
		assert.equal((of(TEODOR)?.['roles'] as Json[])[0]?.['value'], 'business_manager');
		assert.equal(of(CALUM)?.['active'], false);
		assert.equal(of(CALUM)?.['id'], everybody.find(({ userName }) => userName === CALUM)?.['id']);

		assertSucceeded(await run());
		assert.equal(graph.taken.length, 2, 'nothing changed: nothing is sent');
		assert.deepEqual(await world.changes(), []);
	});

	test('a send that fails is sent again the next time', async (context) => {
		await begin(context);
		await world.control('DELETE', member(CALUM));
		await world.control('PATCH', member(TEODOR), { role: 'business_manager' });
		graph.refuses = true;
		const failed = await run();
		assert.equal(failed.status, 'error');
		graph.refuses = false;
		assertSucceeded(await run());
		assert.deepEqual(names(graph.taken[1]), [CALUM, TEODOR]);
	});

	test('somebody who came back is sent again', async (context) => {
		await begin(context);
		await world.control('DELETE', member(TEODOR));
		assertSucceeded(await run());
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: TEODOR });
		assertSucceeded(await run());
		assert.deepEqual(graph.taken.slice(1).map((users) => users.map(({ userName, active }) => [userName, active])), [[[TEODOR, false]], [[TEODOR, true]]]);
	});

	test('a list that lacks people, or a business that cannot be listed: nobody has left', async (context) => {
		await begin(context);
		await fault({ kind: 'dropRows', route: `GET .*/${BILLSPRING}/team_members$`, emails: [TEODOR, CALUM], keepTotal: false });
		const incomplete = await run();
		assertSucceeded(incomplete);
		assert.deepEqual(names(incomplete.items('Still there')), [CALUM, TEODOR]);
		await world.control('DELETE', '/faults');
		await fault({ kind: 'status', status: 403, route: `GET .*/${LANTERN}/team_members$` });
		const unlisted = await run();
		assertSucceeded(unlisted);
		assert.equal(unlisted.runData['Look them up'], undefined, 'of a business that is not listed, nobody is missing');
		await world.control('DELETE', '/faults');
		await world.control('DELETE', `/businesses/${LANTERN}/membership`);
		assertSucceeded(await run());
		assert.equal(graph.taken.length, 1);
	});

	test('not listed, and the look-up is refused: not left, and looked up again the next time', async (context) => {
		await begin(context);
		await world.control('DELETE', member(CALUM));
		await fault({ kind: 'status', status: 403, route: `GET .*/${BILLSPRING}/team_members/.+` });
		assertSucceeded(await run());
		assert.equal(graph.taken.length, 1);
		await world.control('DELETE', '/faults');
		assertSucceeded(await run());
		assert.deepEqual(names(graph.taken[1]), [CALUM]);
	});

	test('too many at once: the run fails, and nothing is sent', async (context) => {
		await begin(context);
		const { members } = await world.control<{ members: Array<{ email: string; role: string }> }>('GET', `/businesses/${BILLSPRING}`);
		for (const { email } of members.filter(({ role }) => role !== 'owner').slice(0, 4)) await world.control('DELETE', member(email));
		const held = await run();
		assert.equal(held.status, 'error');
		assert.match(String(held.error?.message), /^4 people are missing in FreshBooks at once\. Nothing was sent\./);
		assert.equal(graph.taken.length, 1);
	});
});

describe('trouble-message-a-person', () => {
	const NAME = 'trouble-message-a-person';
	let trouble: Workflow;
	let watch: Workflow;

	before(async () => {
		await world.reset();
		trouble = await imported({ diagnostic: console.log }, NAME);
		assert.equal(await world.n8n.client.publish(trouble.id), 'published');
		watch = await publish('Watch roles', {
			nodes: [
				{ name: FRESHBOOKS_TRIGGER, type: TYPES.trigger, typeVersion: 1, position: [0, 0], parameters: { pollTimes: pollTimes(), businesses: 'selected', businessIds: [BILLSPRING], events: ['roleChanged'] }, credentials: { [TYPES.credential]: world.credential } },
				{ name: 'Stop', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, position: [220, 0], parameters: { errorMessage: 'The ticket system is down' } },
			],
			connections: { [FRESHBOOKS_TRIGGER]: { main: [[{ node: 'Stop', type: 'main', index: 0 }]] } },
		});
	});
	after(async () => await world.n8n.client.unpublish(watch.id));

	async function publish(name: string, draft: Pick<WorkflowDraft, 'nodes' | 'connections'>): Promise<Workflow> {
		const { client } = world.n8n;
		const workflow = await client.createWorkflow({ name, ...draft, settings: { executionOrder: 'v1', errorWorkflow: trouble.id } });
		assert.equal(await client.publish(workflow.id), 'published');
		return workflow;
	}

	/** The next run of the error workflow for this workflow's trouble. The trigger of another one may start runs between. */
	async function nextRun({ id: ofWorkflow }: Workflow, happens: () => Promise<unknown>): Promise<Execution> {
		const { client } = world.n8n;
		const before = (await client.executions(trouble.id)).length;
		await happens();
		for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(250)) {
			for (const { id } of (await client.executions(trouble.id)).slice(before)) {
				const execution = await client.finished(id);
				assertSucceeded(execution);
				if ((execution.items('Error Trigger')[0]?.['workflow'] as Json)['id'] === ofWorkflow) return execution;
			}
		}
		return assert.fail('The error workflow was not started.');
	}

	const change = async (role: string): Promise<Json> => await world.control('PATCH', member(TEODOR), { role });

	test('a run fails: a mail with the message and a link to the execution, once', async () => {
		await nextRun(watch, async () => await change('contractor'));
		assert.deepEqual(mailbox.mails.map(({ to, subject }) => [to, subject]), [[['it-desk@example.com'], 'FreshBooks trouble: Watch roles']]);
		const text = mailbox.mails[0]?.text ?? '';
		assert.ok(text.startsWith('The ticket system is down'), text);
		const [failed] = (await world.n8n.client.executions(watch.id)).filter(({ status }) => status === 'error');
		assert.ok(text.includes(`${world.n8n.url}/workflow/${watch.id}/executions/${failed?.id}`), text);

		const again = await nextRun(watch, async () => await change('business_manager'));
		assert.deepEqual(again.items('Once in six hours'), []);
		assert.equal(mailbox.mails.length, 1);
	});

	test("the trigger's polls fail: a mail with the way out and a link to the workflow's executions", async () => {
		await nextRun(watch, async () => await world.control('PATCH', `/businesses/${BILLSPRING}`, { listable: false }));
		assert.equal(mailbox.mails.length, 1);
		const text = mailbox.mails[0]?.text ?? '';
		assert.match(text, /^BillSpring: The connected FreshBooks user has no permission for team members/);
		assert.match(text, /onnect as an owner or admin/);
		assert.ok(text.split(/\r?\n/).includes(`${world.n8n.url}/workflow/${watch.id}/executions`), text);
	});

	test('the SCIM service refuses, on a branch that ends with Stop and Error: a mail with the reason', async () => {
		const token = newToken();
		const { nodes: [trigger] } = await scimWorkflow(world, token);
		assert.ok(trigger);
		const scim = await publish('Provisioning', {
			nodes: [trigger, { name: 'Stop', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, position: [220, 0], parameters: { errorMessage: '={{ $json.report.message }}' } }],
			connections: { [trigger.name]: { main: [[{ node: 'Stop', type: 'main', index: 0 }]] } },
		});
		const provider = new Provider(scim.id, `${world.n8n.url}/webhook/${trigger.webhookId}/${String(trigger.parameters['path'])}`, token);
		await nextRun(scim, async () => {
			const address = `/Users/${Buffer.from(OWNER).toString('base64url')}`;
			const { status } = await provider.ask(address, { method: 'PATCH', body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', path: 'active', value: false }] } });
			assert.equal(status, 403);
		});
		await world.n8n.client.unpublish(scim.id);
		assert.equal(mailbox.mails[0]?.subject, 'FreshBooks trouble: Provisioning');
		assert.ok(mailbox.mails[0].text.includes(OWNER), mailbox.mails[0].text);
	});

	test('the mail fails: Slack gets the message and the reason', async () => {
		mailbox.refuses = true;
		const workflow = await publish('Another', {
			nodes: [
				{ name: FRESHBOOKS_TRIGGER, type: TYPES.trigger, typeVersion: 1, position: [0, 0], parameters: { pollTimes: pollTimes(), businesses: 'selected', businessIds: [HARBOUR], events: ['memberAdded'] }, credentials: { [TYPES.credential]: world.credential } },
				{ name: 'Stop', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, position: [220, 0], parameters: { errorMessage: '<!channel> is down' } },
			],
			connections: { [FRESHBOOKS_TRIGGER]: { main: [[{ node: 'Stop', type: 'main', index: 0 }]] } },
		});
		const execution = await nextRun(workflow, async () => await world.control('POST', `/businesses/${HARBOUR}/members`, { email: 'ada.lovelace@example.com' }));
		await world.n8n.client.unpublish(workflow.id);
		assert.deepEqual(mailbox.mails, []);
		assert.match(String(execution.items('Tell Slack')[0]?.['text']), /^FreshBooks trouble in Another: &lt;!channel&gt; is down .*The mail about it could not be sent: .*550/);
	});
});
