// The importable workflows of examples/, each run on a real n8n with the packed package. Where a service is not here, the
// run says which node it replaced, and holds what that node would have been given.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { assertShape } from './access/schemas.mts';
import { EXAMPLES, onCanvas, problemsOf } from './examples/checks.mts';
import { Jira } from './examples/jira.mts';
import { Mailbox } from './examples/mailbox.mts';
import { idOf, Okta } from './examples/okta.mts';
import { answerForm, begin, fileOf, firstExecution, importExample, nextExecution, readExample, untilWaiting, type Here } from './examples/running.mts';
import { executionsOf, newToken, Provider, type ScimAnswer } from './scim/provider.mts';
import { TYPES, type Execution, type Workflow } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, BILLSPRING_ACCOUNT, HARBOUR, locator, startWorld, type Json, type World } from './support.mts';

const NEW = 'ada.lovelace@example.com';
const TEODOR = 'teodor.wexley@example.com';
const CALUM = 'calum.prewitt@example.com';
const LUCIA = 'lucia.marchetti@example.com';
const OWNER = 'marlowe.ashdown@example.com';
const FRESHBOOKS_TRIGGER = 'FreshBooks Trigger';

/** What the identity provider shows. */
const scimToken = newToken();

let world: World;
let mailbox: Mailbox;
let okta: Okta;
let jira: Jira;
let here: Here;

const imported = async (context: TestContext, name: string): Promise<Workflow> => await importExample(context, world, name, here);
const member = (email: string, business = BILLSPRING): string => `/businesses/${business}/members/${encodeURIComponent(email)}`;

function assertSucceeded({ status, error }: Execution): void {
	assert.equal(status, 'success', error?.message);
}

/** Runs a workflow by hand as if its trigger had emitted these changes. */
async function runWithChanges(workflow: Workflow, changes: Json[]): Promise<Execution> {
	const { client } = world.n8n;
	await client.updateWorkflow(workflow.id, { pinData: { [FRESHBOOKS_TRIGGER]: changes.map((json) => ({ json })) } });
	const execution = await client.run(workflow.id, FRESHBOOKS_TRIGGER);
	assertSucceeded(execution);
	return execution;
}

before(async () => {
	world = await startWorld('examples');
	mailbox = await Mailbox.open();
	okta = await Okta.open();
	jira = await Jira.open();
	const { client } = world.n8n;
	here = {
		credentials: {
			smtp: await client.createCredential('smtp', 'Mailbox', mailbox.credentialData),
			oktaApi: await client.createCredential('oktaApi', 'Okta', { url: okta.url, accessToken: 'okta-token' }),
			jiraSoftwareCloudApi: await client.createCredential('jiraSoftwareCloudApi', 'Jira', jira.credentialData),
			[TYPES.scimCredential]: await client.createCredential(TYPES.scimCredential, 'FreshBooks SCIM', { token: scimToken }),
		},
		addresses: { 'https://your-company.okta.com': okta.url },
	};
});
beforeEach(async () => {
	await world.reset();
	mailbox.mails.splice(0);
	okta.asked.splice(0);
	jira.tickets.splice(0);
});
after(async () => {
	mailbox?.close();
	okta?.close();
	jira?.close();
	await world?.close();
});

describe('every example', () => {
	for (const name of EXAMPLES) {
		test(`${name}: this n8n knows its nodes, their parameters are right, a note says what to change`, async () => {
			const draft = await readExample(name);
			assert.deepEqual(await problemsOf(world, draft), []);
			assert.deepEqual(onCanvas(draft), []);
		});
	}
});

describe('leaver-unassign-okta-app', () => {
	const NAME = 'leaver-unassign-okta-app';
	const finding = (email: string): Json => ({ method: 'GET', url: `/api/v1/users/${encodeURIComponent(email)}`, authorization: 'SSWS okta-token' });
	const unassigning = (email: string): Json => ({
		method: 'DELETE',
		url: `/api/v1/apps/your-freshbooks-app-id/users/${idOf(String(finding(email)['url']))}`,
		authorization: 'SSWS okta-token',
	});
	const slackMessage = (text: string): Json => ({
		authentication: 'oAuth2',
		resource: 'message',
		operation: 'post',
		select: 'channel',
		channelId: { __rl: true, mode: 'name', value: '#access' },
		messageType: 'text',
		text,
		otherOptions: { includeLinkToWorkflow: false, mrkdwn: false },
	});
	const removed = async (email: string): Promise<Json> => await world.control('DELETE', member(email));

	test('removed from the only business: the app is unassigned in Okta, Slack hears of it, and a repeat does nothing', async (context) => {
		await world.withoutQuarry();
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: '<!channel> & Sons' });
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, async () => await removed(TEODOR));
		assertSucceeded(execution);
		assert.deepEqual(okta.asked, [finding(TEODOR), unassigning(TEODOR)]);
		const text = `FreshBooks was unassigned in Okta from ${TEODOR}, who was removed from &lt;!channel&gt; &amp; Sons in FreshBooks.`;
		assert.deepEqual(execution.items('Tell Slack: unassigned'), [slackMessage(text)]);
		assert.deepEqual(execution.items('Tell Slack: look at it'), []);

		const [change] = execution.items(FRESHBOOKS_TRIGGER);
		assert.ok(change);
		const repeated = await runWithChanges(workflow, [change, { ...change, eventId: 'another-change' }]);
		assert.deepEqual(repeated.items('Once per change').map(({ eventId }) => eventId), ['another-change']);
		assert.equal(okta.asked.length, 4);

		const twice = await runWithChanges(workflow, [{ ...change, eventId: 'one-business' }, { ...change, eventId: 'another-business' }]);
		assert.deepEqual(twice.items('In any business still?').map(({ status }) => status), ['notFound', 'notFound']);
		assert.equal(okta.asked.length, 6, 'removed from two businesses in one poll: unassigned once');
		assert.equal(twice.items('Tell Slack: unassigned').length, 1);
	});

	test('a business that the connected user may not list: nothing is unassigned, and a Slack message says which', async (context) => {
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, async () => await removed(TEODOR));
		assertSucceeded(execution);
		assert.match(String(execution.items('Tell Slack: look at it')[0]?.['text']), /Quarry Lane Café/);
		assert.deepEqual(okta.asked, []);
	});

	test('still in another business, or not to be looked for everywhere: nothing is unassigned, and a Slack message says why', async (context) => {
		await world.withoutQuarry();
		await world.control('POST', `/businesses/${HARBOUR}/members`, { email: TEODOR });
		const workflow = await imported(context, NAME);
		const still = await firstExecution(world, workflow.id, async () => await removed(TEODOR));
		assertSucceeded(still);
		const [message] = still.items('Tell Slack: look at it');
		assert.match(
			String(message?.['text']),
			/^Removed from BillSpring in FreshBooks, and left alone in Okta: teodor\.wexley@example\.com\. .* would be offboarded from Harbour &amp; Pine Works \(business 311394\)\. Nothing was changed\./,
		);

		await world.reset();
		await world.withoutQuarry();
		const [change] = still.items(FRESHBOOKS_TRIGGER);
		await world.control('DELETE', member(TEODOR));
		await world.control('POST', '/faults', { kind: 'status', status: 403, route: `GET .*/${HARBOUR}/team_members`, count: 0 });
		const unsure = await runWithChanges(workflow, [{ ...change, eventId: 'not-readable' }]);
		assert.match(String(unsure.items('Tell Slack: look at it')[0]?.['text']), /is not offboarded everywhere: Harbour &amp; Pine Works/);
		assert.deepEqual(okta.asked, []);
		assert.deepEqual(await world.changes(), []);
	});

	test('the same person under another address, or an identity that is not known: nothing is unassigned, and a Slack message says why', async (context) => {
		await world.withoutQuarry();
		const { identityId } = await world.control('GET', member(TEODOR));
		await world.control('POST', `/businesses/${HARBOUR}/members`, { email: 'teodor@home.example', identityId });
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, async () => await removed(TEODOR));
		assertSucceeded(execution);
		assert.deepEqual(execution.items('In any business still?').map(({ status }) => status), ['notFound']);
		assert.match(
			String(execution.items('Tell Slack: look at it')[0]?.['text']),
			/^Removed from BillSpring in FreshBooks, and left alone in Okta: teodor\.wexley@example\.com\. FreshBooks lists the same person as teodor@home\.example in Harbour &amp; Pine Works\.$/,
		);

		await world.control('DELETE', member('teodor@home.example', HARBOUR));
		const [change] = execution.items(FRESHBOOKS_TRIGGER);
		const unknown = { ...change, eventId: 'no-identity', member: { ...(change?.['member'] as Json), identityId: null } };
		const unsure = await runWithChanges(workflow, [unknown]);
		assert.match(String(unsure.items('Tell Slack: look at it')[0]?.['text']), /It is not known if FreshBooks lists the person under another address/);
		assert.deepEqual(okta.asked, []);
	});

	test('Okta does not know the person: a Slack message asks to do it by hand', async (context) => {
		okta.unknown.add(CALUM);
		await world.withoutQuarry();
		const workflow = await imported(context, NAME);
		const execution = await firstExecution(world, workflow.id, async () => await removed(CALUM));
		assertSucceeded(execution);
		assert.deepEqual(okta.asked, [finding(CALUM)]);
		assert.deepEqual(execution.items('Tell Slack: unassigned'), []);
		const [message] = execution.items('Tell Slack: Okta did not');
		assert.match(String(message?.['text']), /^FreshBooks is still assigned in Okta, please unassign it by hand from calum\.prewitt@example\.com, who was removed from BillSpring in FreshBooks\. Okta said: The resource you are requesting could not be found/);
	});
});

describe('joiner-invite-new-hires', () => {
	test('invited once, followed until accepted, reminded after three days; the mail server is the suite\'s own', async (context) => {
		const workflow = await imported(context, 'joiner-invite-new-hires');
		const execution = await world.n8n.client.run(workflow.id, 'Every morning');
		assertSucceeded(execution);
		await assertShape('onboard', execution.items('Onboard'));
		const emailsOf = (run: Execution, node: string): unknown[] => run.items(node).map((item) => item['email']);
		assert.deepEqual(emailsOf(execution, 'Accepted: tick them off'), [TEODOR]);
		assert.deepEqual(emailsOf(execution, 'Look at these'), ['gareth.umber@example.com']);
		assert.deepEqual(emailsOf(execution, 'Waiting'), [NEW]);
		assert.deepEqual(execution.items('Could not be onboarded'), []);
		assert.deepEqual(mailbox.mails.map(({ to }) => to), [['jun.takeda@example.com']]);
		assert.match(mailbox.mails[0]?.text ?? '', /3 days ago/);
		assert.equal((await world.pendingOf(NEW)).length, 1);

		await world.control('POST', `/businesses/${BILLSPRING}/invitations/jun.takeda@example.com/accept`, {});
		const next = await world.n8n.client.run(workflow.id, 'Every morning');
		assert.deepEqual(emailsOf(next, 'Accepted: tick them off').sort(), ['jun.takeda@example.com', TEODOR]);
		assert.deepEqual(emailsOf(next, 'Waiting'), [NEW]);
		assert.equal(mailbox.mails.length, 1, 'who accepted is not reminded again');
		assert.deepEqual(await world.changes(), ['invitationCreated']);
	});
});

describe('leaver-hr-list-after-approval', () => {
	/** Runs the example up to the form, opens the address from the mail and decides. */
	async function decide(context: TestContext, decision: string): Promise<Execution> {
		await world.withoutQuarry();
		const workflow = await imported(context, 'leaver-hr-list-after-approval');
		const executionId = await begin(world, workflow.id, 'Every morning');
		const waiting = await untilWaiting(world, executionId);
		assert.deepEqual(await world.changes(), [], 'nothing is removed before the approval');
		assert.deepEqual(waiting.items('Plan (dry run)').map(({ status }) => status), ['planned', 'planned', 'notFound']);
		assert.equal(mailbox.mails.length, 1);
		const [mail] = mailbox.mails;
		assert.equal(mail?.subject, 'Approve: offboard 2 from FreshBooks');
		const url = /http:\S+/.exec(mail.text)?.[0];
		assert.ok(url, mail.text);
		const form = await answerForm(url, [decision, 'Ines Albrecht']);
		assert.ok(form.includes('Offboard from FreshBooks?') && form.includes(CALUM), 'the form shows the plan');
		const execution = await world.n8n.client.finished(executionId);
		assertSucceeded(execution);
		assert.deepEqual(execution.items('Nothing to remove').map(({ email }) => email), ['left.long.ago@example.com']);
		return execution;
	}

	test('approved in its form over HTTP; the mail server is the suite\'s own', async (context) => {
		const execution = await decide(context, 'Remove access');
		await assertShape('offboard', execution.items('Offboard'));
		const filed = execution.items('File the report');
		assert.deepEqual(filed.map(({ decidedBy }) => decidedBy), ['Ines Albrecht', 'Ines Albrecht']);
		assert.deepEqual(filed.map(({ report }) => (report as Json)['status']), ['offboarded', 'offboarded']);
		assert.deepEqual(execution.items('Not finished'), []);
		assert.equal(await world.memberOf(CALUM), undefined);
		assert.deepEqual(await world.pendingOf(LUCIA), []);
		assert.deepEqual((await world.changes()).sort(), ['invitationRevoked', 'memberRemoved']);
	});

	test('nobody decides in time: nobody is removed, and it is told with what is not finished', async (context) => {
		await world.withoutQuarry();
		const workflow = await imported(context, 'leaver-hr-list-after-approval');
		const wait = workflow.nodes.find(({ name }) => name === 'Wait for the decision');
		assert.partialDeepStrictEqual(wait?.parameters, { limitWaitTime: true, limitType: 'afterTimeInterval', resumeAmount: 20, resumeUnit: 'hours' });
		// What n8n's Wait node gives when its time is over: the item that it was given.
		await world.n8n.client.updateWorkflow(workflow.id, { pinData: { 'Wait for the decision': [{ json: { accepted: ['approver@example.com'] } }] } });
		const execution = await world.n8n.client.run(workflow.id, 'Every morning');
		assertSucceeded(execution);
		assert.deepEqual(execution.items('Not finished'), [{ summary: `Nobody decided in time about ${CALUM}, ${LUCIA}. Nobody was removed.`, open: [] }]);
		assert.deepEqual(await world.changes(), []);
	});

	test('the only owner leaves: told with what could not be planned', async (context) => {
		await world.withoutQuarry();
		await world.control('PATCH', member(CALUM), { role: 'owner' });
		await world.control('PATCH', member(OWNER), { role: 'business_partner' });
		const workflow = await imported(context, 'leaver-hr-list-after-approval');
		const executionId = await begin(world, workflow.id, 'Every morning');
		await untilWaiting(world, executionId);
		assert.equal(mailbox.mails[0]?.subject, 'Approve: offboard 1 from FreshBooks');
		await answerForm(/http:\S+/.exec(mailbox.mails[0].text)?.[0] ?? '', ['Do nothing', 'Ines Albrecht']);
		const execution = await world.n8n.client.finished(executionId);
		assertSucceeded(execution);
		assert.deepEqual(execution.items('Could not be planned').map(({ email, status }) => [email, status]), [[CALUM, 'refused']]);
		assert.deepEqual(execution.items('Nothing to remove').map(({ email }) => email), ['left.long.ago@example.com']);
		assert.deepEqual(execution.items('Not finished'), [], 'somebody decided');
	});

	test('removed before, and kept as inactive: nothing to remove', async (context) => {
		const workflow = await imported(context, 'leaver-hr-list-after-approval');
		// What Offboard answers if only the published list keeps the person.
		await world.n8n.client.updateWorkflow(workflow.id, { pinData: { 'Plan (dry run)': [{ json: { status: 'offboarded', email: CALUM } }] } });
		const execution = await world.n8n.client.run(workflow.id, 'Every morning');
		assert.deepEqual(execution.items('Could not be planned'), []);
		assert.deepEqual(execution.items('Nothing to remove').map(({ email }) => email), [CALUM]);
	});

	test('not approved: nobody is removed', async (context) => {
		const execution = await decide(context, 'Do nothing');
		assert.equal(execution.items('Not approved').length, 1);
		assert.equal(execution.runData['Offboard'], undefined);
		assert.deepEqual(await world.changes(), []);
		assert.ok(await world.memberOf(CALUM));
	});
});

describe('review-every-quarter', () => {
	const NAME = 'review-every-quarter';

	test('a sheet without formulas, and a report; an incomplete one has no line to sign', async (context) => {
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: 'sum@example.com', firstName: '=1+1' });
		const workflow = await imported(context, NAME);
		const execution = await world.n8n.client.run(workflow.id, 'Every quarter');
		assertSucceeded(execution);
		const people = execution.items('Review access');
		await assertShape('review', people);
		const sheet = await fileOf(world, execution, 'Sheet');
		assert.match(sheet.name, /^freshbooks-access-\d{4}-\d{2}-\d{2}\.csv$/);
		assert.match(sheet.text, /business,businessId,email/);
		assert.ok(sheet.text.includes(",sum@example.com,'=1+1,"), 'a name is no formula');
		for (const { email } of people) assert.ok(sheet.text.includes(String(email)), `${email} is in the sheet`);
		const report = await fileOf(world, execution, 'Report');
		assert.match(report.name, /\.html$/);
		assert.match(report.text, /<strong>Review incomplete: do not sign off/);
		assert.match(report.text, /Quarry Lane Café: NOT READ/);
		assert.match(report.text, /<td>leaver<\/td>\s*<td>1<\/td>/);
		assert.match(report.text, /Not to be signed:/);
		assert.doesNotMatch(report.text, /Reviewed by:/);
	});

	test('names stand in the report as they are, whatever characters they have, and a complete one has lines to sign', async (context) => {
		await world.withoutQuarry();
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: '<img src=x> & Sons' });
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: 'a_b_c@example.com', role: 'business_partner' });
		const workflow = await imported(context, NAME);
		const execution = await world.n8n.client.run(workflow.id, 'Every quarter');
		const { text } = await fileOf(world, execution, 'Report');
		const shown = {
			nameIsHtml: text.includes('<img'),
			addressIsWhole: text.includes('a_b_c@example.com has the role '),
			linesToSign: /Reviewed by: _{5,}/.test(text),
		};
		assert.deepEqual(shown, { nameIsHtml: false, addressIsWhole: true, linesToSign: true });
	});
});

describe('mover-log-role-changes', () => {
	const LOG = 'FreshBooks role changes';

	/** Every row of the log, by a workflow of its own. */
	async function logged(): Promise<Json[]> {
		const read = { resource: 'row', operation: 'get', dataTableId: { __rl: true, mode: 'name', value: LOG }, returnAll: true };
		const { client } = world.n8n;
		const workflow = await client.createWorkflow({
			name: 'Read the log',
			nodes: [
				{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
				{ name: 'Rows', type: 'n8n-nodes-base.dataTable', typeVersion: 1, position: [220, 0], parameters: read },
			],
			connections: { Start: { main: [[{ node: 'Rows', type: 'main', index: 0 }]] } },
		});
		const execution = await client.run(workflow.id, 'Start');
		assertSucceeded(execution);
		return execution.items('Rows');
	}

	test('a role is changed: one row in the log, one message', async (context) => {
		const { client } = world.n8n;
		const workflow = await imported(context, 'mover-log-role-changes');
		const made = await client.run(workflow.id, 'Once, by hand');
		const kept = await client.run(workflow.id, 'Once, by hand');
		assert.deepEqual(kept.items('Make the log')[0]?.['id'], made.items('Make the log')[0]?.['id']);
		const execution = await firstExecution(world, workflow.id, async () => await world.control('PATCH', member(TEODOR), { role: 'business_manager' }));
		assertSucceeded(execution);
		const [change] = execution.items(FRESHBOOKS_TRIGGER);
		const row = {
			eventId: change?.['eventId'],
			detectedAt: change?.['detectedAt'],
			business: 'BillSpring',
			businessId: BILLSPRING,
			email: TEODOR,
			person: 'Teodor Wexley',
			roleBefore: 'business_employee',
			roleAfter: 'business_manager',
		};
		assert.deepEqual(execution.items('What changed'), [row]);
		const rows = await logged();
		assert.equal(rows.length, 1);
		for (const [column, value] of Object.entries(row)) assert.equal(rows[0]?.[column], value, column);
		const [message, ...more] = execution.items('Tell Slack');
		assert.deepEqual(more, []);
		assert.deepEqual(message?.['channelId'], { __rl: true, mode: 'name', value: '#access' });
		assert.equal(message['text'], `Teodor Wexley (${TEODOR}) was business_employee in BillSpring, and is now business_manager.`);
	});
});

describe('joiner-leaver-scim-provisioning', () => {
	const NOBODY = 'nobody.known@example.com';
	let provider: Provider;

	before(async () => {
		const workflow = await importExample({ diagnostic: console.log }, world, 'joiner-leaver-scim-provisioning', here);
		assert.equal(await world.n8n.client.publish(workflow.id), 'published');
		const trigger = workflow.nodes.find(({ type }) => type === TYPES.scimTrigger);
		provider = new Provider(workflow.id, `${world.n8n.url}/webhook/${trigger?.webhookId}/${String(trigger?.parameters['path'])}`, scimToken);
	});
	after(async () => await world.n8n.client.unpublish(provider.workflowId));

	/** A request of the identity provider, and the execution that it starts. */
	async function asked(address: string, method: string, body: Json): Promise<{ answer: ScimAnswer; execution: Execution }> {
		const done = await nextExecution(world, provider.workflowId, async () => await provider.ask(address, { method, body }));
		assertSucceeded(done.execution);
		return done;
	}
	const addressOf = (email: string): string => `/Users/${Buffer.from(email).toString('base64url')}`;
	const deactivate = async (email: string): Promise<{ answer: ScimAnswer; execution: Execution }> =>
		await asked(addressOf(email), 'PATCH', { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'Replace', path: 'active', value: 'False' }] });
	const slackTexts = (execution: Execution, node: string): unknown[] => execution.items(`Tell Slack: ${node}`).map(({ text }) => text);

	test('assigned: invited, and Slack is notified; a read starts nothing', async () => {
		const { answer, execution } = await asked('/Users', 'POST', {
			schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
			userName: NEW,
			name: { givenName: 'Ada', familyName: 'Lovelace' },
			externalId: '00ujl29u0le5T6Aj10h7',
			active: true,
		});
		assert.equal(answer.status, 201);
		assert.equal((await world.pendingOf(NEW)).length, 1);
		const [item] = execution.items('FreshBooks SCIM Trigger');
		assert.deepEqual([item?.['event'], item?.['email'], item?.['externalId']], ['provisioned', NEW, '00ujl29u0le5T6Aj10h7']);
		const [text, ...more] = slackTexts(execution, 'done');
		assert.deepEqual(more, []);
		assert.match(String(text), /^Directory change made in FreshBooks, provisioned: ada\.lovelace@example\.com\. ada\.lovelace@example\.com was invited/);
		assert.deepEqual(jira.tickets, []);

		const started = await executionsOf(world, provider);
		assert.equal((await provider.ask(addressOf(NEW))).status, 200);
		assert.equal(await executionsOf(world, provider), started);
	});

	test('deactivated: removed, and Slack is notified', async () => {
		const { answer, execution } = await deactivate(TEODOR);
		assert.deepEqual([answer.status, answer.body['active']], [200, false]);
		assert.equal(await world.memberOf(TEODOR), undefined);
		const [text, ...more] = slackTexts(execution, 'done');
		assert.deepEqual(more, []);
		assert.match(String(text), /^Directory change made in FreshBooks, deprovisioned: teodor\.wexley@example\.com\. /);
		assert.deepEqual(jira.tickets, []);
	});

	test('refused, and repeated by the provider: one ticket', async () => {
		const first = await deactivate(OWNER);
		assert.equal(first.answer.status, 403);
		const [ticket, ...more] = jira.tickets;
		assert.deepEqual(more, []);
		assert.equal(ticket?.authorization, `Basic ${Buffer.from('it@example.com:jira-token').toString('base64')}`);
		const { description, ...fields } = ticket.fields;
		assert.deepEqual(fields, { summary: `Directory change not made in FreshBooks: ${OWNER}`, project: { id: '10000' }, issuetype: { id: '10001' } });
		assert.match(String(description), /"event": "failed"/);
		assert.deepEqual(slackTexts(first.execution, 'ticket'), [`Directory change not made in FreshBooks: ${OWNER}. Ticket IT-1 says why.`]);

		const again = await deactivate(OWNER);
		assert.equal(again.answer.status, 403);
		assert.equal(jira.tickets.length, 1);
		assert.deepEqual(slackTexts(again.execution, 'ticket'), []);
		assert.deepEqual(await world.changes(), []);
	});

	test('FreshBooks does not offer it and Jira refuses: Slack gets both reasons', async (context) => {
		jira.refuses = true;
		context.after(() => (jira.refuses = false));
		await world.control('POST', '/faults', { kind: 'status', route: '* /invitations', status: 404, body: { error: 'not_found' }, count: 0 });
		const { answer, execution } = await asked('/Users', 'POST', { userName: NOBODY, active: true });
		assert.equal(answer.status, 501);
		assert.deepEqual(await world.changes(), []);
		const [text] = slackTexts(execution, 'no ticket');
		assert.match(String(text), /^Directory change not made in FreshBooks: nobody\.known@example\.com\. .+ No ticket could be opened: .+/);
	});
});

describe('export-staff-records-to-sheet', () => {
	test('one row for every active staff record of the account, cells as they are', async (context) => {
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: 'sum@example.com', firstName: '=1+1', lastName: 'B' });
		const filters = { visState: 0 };
		const expected = await world.items({ resource: 'staff', operation: 'getAll', account: locator('id', BILLSPRING_ACCOUNT), returnAll: true, filters });
		const workflow = await imported(context, 'export-staff-records-to-sheet');
		const execution = await world.n8n.client.run(workflow.id, 'Every Monday');
		assertSucceeded(execution);
		const rows = execution.items('One row per record');
		assert.equal(rows.length, expected.length);
		assert.ok(rows.length > 10, `${rows.length} records`);
		assert.deepEqual(rows.map(({ id, email }) => [id, email]), expected.map(({ id, email }) => [id, email]));
		assert.deepEqual(Object.keys(rows[0] ?? {}), ['id', 'name', 'email', 'role', 'rate', 'lastLogin', 'asOf']);
		assert.equal(rows.find(({ email }) => email === 'sum@example.com')?.['name'], '=1+1 B');
		assert.match(String(rows[0]?.['asOf']), /^\d{4}-\d{2}-\d{2}$/);
		const [given] = execution.items('Sheet');
		assert.deepEqual(given, {
			authentication: 'oAuth2',
			resource: 'sheet',
			operation: 'appendOrUpdate',
			documentId: { __rl: true, mode: 'id', value: 'put-the-id-of-your-document-here' },
			sheetName: { __rl: true, mode: 'name', value: 'Staff' },
			columns: { mappingMode: 'autoMapInputData', value: {}, matchingColumns: ['id'], schema: [] },
			options: { cellFormat: 'RAW' },
		});
	});
});
