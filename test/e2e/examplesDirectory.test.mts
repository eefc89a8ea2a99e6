// The importable workflows in which a directory (Okta, Entra ID) decides who has access to FreshBooks, each run on a real n8n
// with the packed package. Okta and Entra ID are stand-ins that speak the services' own formats; Slack is a node that shows
// what Slack's would have been given.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { Entra, entraUser } from './examples/entra.mts';
import { Mailbox } from './examples/mailbox.mts';
import { OktaSystemLog } from './examples/oktaSystemLog.mts';
import { answerForm, begin, importExample, untilWaiting, type Here } from './examples/running.mts';
import { deleteTables, rowsOf, updateRows } from './examples/tables.mts';
import type { Execution, Workflow, WorkflowNode } from '../../sandbox/n8n/index.mts';
import { BILLSPRING, LANTERN, startWorld, type Json, type World } from './support.mts';

const NEW = 'ada.lovelace@example.com';
const BEATRIZ = 'beatriz.fontaine@example.com';
const CALUM = 'calum.prewitt@example.com';
const GARETH = 'gareth.umber@example.com';
const HUGH = 'hugh.omalley-reyes@example.com';
const IVO = 'ivo.castellan@example.com';
const LUCIA = 'lucia.marchetti@example.com';
const MIRELA = 'mirela.okafor@example.com';
const NOOR = 'noor.haddad@example.com';
const ODALYS = 'odalys.brandt@example.com';
const OWNER = 'marlowe.ashdown@example.com';
const PRIYANKA = 'priyanka.solheim@example.com';
const SOREN = 'soren.lindqvist@example.com';
const TEODOR = 'teodor.wexley@example.com';
const JUN = 'jun.takeda@example.com';
const STRANGER = 'nobody.known@example.com';

const SLACK = 'Tell Slack: not finished';
/** FreshBooks refuses to remove members. */
const NO_REMOVAL = { kind: 'status', route: `DELETE .*/business/${BILLSPRING}/members/`, status: 403, body: { error: 'forbidden' }, count: 0 };

/** What n8n's Wait node gives when its time is over: all the items that it was given, whatever 'Execute Once' says. */
const UNDECIDED = { 'Wait for the decision': [TEODOR, CALUM].map((email) => ({ json: { email } })) };

const memberRoute = (email: string): string => `/businesses/${BILLSPRING}/members/${encodeURIComponent(email)}`;

let world: World;
let mailbox: Mailbox;
let okta: OktaSystemLog;
let entra: Entra;
let here: Here;

/** Imports an example with other values in its node Settings. */
async function imported(context: TestContext, name: string, settings: Json = {}): Promise<Workflow> {
	const { client } = world.n8n;
	const workflow = await importExample(context, world, name, here);
	const withSettings = ({ parameters, ...node }: WorkflowNode): WorkflowNode => {
		const jsonOutput = JSON.stringify({ ...(JSON.parse(String(parameters['jsonOutput'])) as Json), ...settings });
		return { ...node, parameters: { ...parameters, jsonOutput } };
	};
	return await client.updateWorkflow(workflow.id, { nodes: workflow.nodes.map((node) => (node.name === 'Settings' ? withSettings(node) : node)) });
}

function assertSucceeded({ status, error }: Execution): void {
	assert.equal(status, 'success', error?.message);
}

async function ran(workflow: Workflow, trigger: string): Promise<Execution> {
	const execution = await world.n8n.client.run(workflow.id, trigger);
	assertSucceeded(execution);
	return execution;
}

/** Runs a workflow that must fail, and changes nothing. */
async function failed(workflow: Workflow, trigger: string, message: RegExp): Promise<Execution> {
	const execution = await world.n8n.client.run(workflow.id, trigger);
	assert.equal(execution.status, 'error');
	assert.match(String(execution.error?.message), message);
	assert.deepEqual(await world.changes(), []);
	return execution;
}

/** Runs a workflow up to the form, which names these people and nobody else, and decides. */
async function decided(workflow: Workflow, trigger: string, people: string[], decision: string): Promise<Execution> {
	const before = await removals();
	const executionId = await begin(world, workflow.id, trigger);
	await untilWaiting(world, executionId);
	const [mail, ...more] = mailbox.mails.splice(0);
	assert.deepEqual(more, []);
	assert.equal(mail?.subject, `Approve: offboard ${people.length} from FreshBooks`);
	for (const email of people) assert.ok(mail.text.includes(email), `${email}: ${mail.text}`);
	assert.deepEqual(await removals(), before, 'nobody is removed before the approval');
	const url = /http:\S+/.exec(mail.text)?.[0];
	assert.ok(url, mail.text);
	await answerForm(url, [decision, 'Ines Albrecht']);
	const execution = await world.n8n.client.finished(executionId);
	assertSucceeded(execution);
	return execution;
}

/** Another address of a team member, under the same identity. */
async function alsoKnownAs(email: string, other: string): Promise<void> {
	const { identityId } = await world.control('GET', memberRoute(email));
	await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: other, identityId });
}

/** The texts of every run of a node: n8n runs it once for each branch that leads to it. */
const slackTexts = ({ runData }: Execution, node: string): string[] =>
	(runData[node] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []).map(({ json }) => String(json['text']));
const removals = async (): Promise<string[]> => (await world.changes()).filter((kind) => kind === 'memberRemoved' || kind === 'invitationRevoked');
const hasAccess = async (email: string): Promise<boolean> => (await world.memberOf(email)) !== undefined || (await world.pendingOf(email)).length > 0;

/** Runs a workflow up to the form, makes Calum the only owner of BillSpring, and approves the removal. */
async function approvedTooLate(workflow: Workflow, trigger: string): Promise<Execution> {
	const executionId = await begin(world, workflow.id, trigger);
	await untilWaiting(world, executionId);
	await world.control('PATCH', `/businesses/${BILLSPRING}/members/${CALUM}`, { role: 'owner' });
	await world.control('PATCH', `/businesses/${BILLSPRING}/members/${OWNER}`, { role: 'business_partner' });
	await answerForm(/http:\S+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? '', ['Remove access', 'Ines Albrecht']);
	const execution = await world.n8n.client.finished(executionId);
	assertSucceeded(execution);
	return execution;
}

before(async () => {
	world = await startWorld('examplesDirectory');
	mailbox = await Mailbox.open();
	okta = await OktaSystemLog.open();
	entra = await Entra.open();
	const { client } = world.n8n;
	const microsoft = await client.createCredential('microsoftEntraOAuth2Api', 'Microsoft Entra ID', entra.credentialData);
	await client.connectOAuth2(microsoft.id, async (url) => (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
	here = {
		credentials: {
			smtp: await client.createCredential('smtp', 'Mailbox', mailbox.credentialData),
			oktaApi: await client.createCredential('oktaApi', 'Okta', okta.credentialData),
			microsoftEntraOAuth2Api: microsoft,
		},
		addresses: { 'https://your-company.okta.com': okta.url, 'https://graph.microsoft.com': entra.url },
	};
});
beforeEach(async () => {
	await world.reset();
	await world.withoutQuarry();
	await deleteTables(world);
	mailbox.mails.splice(0);
	mailbox.refuses = false;
	okta.reset();
	entra.reset();
});
after(async () => {
	mailbox?.close();
	okta?.close();
	entra?.close();
	await world?.close();
});

describe('leaver-okta-deactivated', () => {
	const NAME = 'leaver-okta-deactivated';
	const HOURLY = 'Every hour';
	const states = async (): Promise<Record<string, unknown>> => Object.fromEntries((await rowsOf(world, 'FreshBooks leavers')).map(({ email, state }) => [email, state]));

	test('every page of the log: offboarded, once per event; the next run reads from a day before the newest event', async (context) => {
		for (const login of [TEODOR, 'service-account', STRANGER, LUCIA]) okta.deactivate(login);
		const workflow = await imported(context, NAME);
		const execution = await ran(workflow, HOURLY);
		assert.deepEqual([await hasAccess(TEODOR), await hasAccess(LUCIA)], [false, false]);
		assert.deepEqual(await states(), { [TEODOR]: 'done', 'service-account': '', [STRANGER]: 'done', [LUCIA]: 'done' });
		assert.match(slackTexts(execution, SLACK).join(), /^Deactivated in Okta, and not offboarded from FreshBooks: service-account\. /);
		assert.deepEqual((await world.changes()).sort(), ['invitationRevoked', 'memberRemoved']);
		assert.equal(okta.queries[0]?.get('filter'), 'eventType eq "user.lifecycle.deactivate" and outcome.result eq "SUCCESS"');
		assert.deepEqual(okta.queries.map((query) => query.get('after')), [null, '1', '2']);

		okta.queries.splice(0);
		okta.deactivate(CALUM);
		await ran(workflow, HOURLY);
		const since = Date.now() - Date.parse(okta.queries[0]?.get('since') ?? '');
		assert.ok(since > 86_400_000 && since < 86_400_000 + 600_000, `since ${since} ms ago`);
		assert.equal((await rowsOf(world, 'FreshBooks leavers')).length, 5);
		assert.equal(await hasAccess(CALUM), false);
		assert.deepEqual((await world.changes()).sort(), ['invitationRevoked', 'memberRemoved', 'memberRemoved']);
	});

	test('the same person deactivated twice, or nobody: no harm', async (context) => {
		const workflow = await imported(context, NAME);
		await ran(workflow, HOURLY);
		assert.deepEqual(await states(), {});
		okta.deactivate(TEODOR, 1);
		okta.deactivate(TEODOR);
		await ran(workflow, HOURLY);
		await ran(workflow, HOURLY);
		assert.deepEqual((await rowsOf(world, 'FreshBooks leavers')).map(({ state }) => state), ['done', 'done']);
		assert.deepEqual(await world.changes(), ['memberRemoved']);
	});

	test('the second page fails: nobody is removed, and the next run makes up for it', async (context) => {
		for (const email of [TEODOR, STRANGER, CALUM]) okta.deactivate(email);
		okta.failsFromPage = 1;
		const workflow = await imported(context, NAME);
		await failed(workflow, HOURLY, /./);
		okta.failsFromPage = Infinity;
		await ran(workflow, HOURLY);
		assert.deepEqual([await hasAccess(TEODOR), await hasAccess(CALUM)], [false, false]);
	});

	test('more than a handful: removed after the approval, and not asked about twice', async (context) => {
		for (const email of [TEODOR, CALUM]) okta.deactivate(email);
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		const executionId = await begin(world, workflow.id, HOURLY);
		await untilWaiting(world, executionId);
		const [mail] = mailbox.mails.splice(0);
		const meanwhile = await ran(workflow, HOURLY);
		assert.equal(meanwhile.runData['Plan (dry run)'], undefined, 'the next run leaves them alone');
		assert.deepEqual(mailbox.mails, []);
		assert.deepEqual(await world.changes(), []);
		// Back in Okta while the approval was waited for.
		okta.statuses.set(CALUM, 'ACTIVE');
		await answerForm(/http:\S+/.exec(mail?.text ?? '')?.[0] ?? '', ['Remove access', 'Ines Albrecht']);
		assertSucceeded(await world.n8n.client.finished(executionId));
		assert.deepEqual(await states(), { [TEODOR]: 'done', [CALUM]: 'reactivated' });
		assert.deepEqual(await world.changes(), ['memberRemoved']);
	});

	test('not approved: nobody is removed, now or later', async (context) => {
		for (const email of [TEODOR, CALUM]) okta.deactivate(email);
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		await decided(workflow, HOURLY, [TEODOR, CALUM], 'Do nothing');
		assert.deepEqual(await states(), { [TEODOR]: 'not approved', [CALUM]: 'not approved' });
		await ran(workflow, HOURLY);
		assert.deepEqual(await world.changes(), []);
	});

	test('nobody decides in time: the next run asks again', async (context) => {
		for (const email of [TEODOR, CALUM]) okta.deactivate(email);
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		await world.n8n.client.updateWorkflow(workflow.id, { pinData: UNDECIDED });
		const undecided = await ran(workflow, HOURLY);
		assert.deepEqual(slackTexts(undecided, SLACK).sort(), [CALUM, TEODOR].map((email) => `Deactivated in Okta, and not offboarded from FreshBooks: ${email}. Nobody decided in time. The next execution tries again.`));
		await ran(workflow, HOURLY);
		assert.equal(mailbox.mails.length, 2);
		assert.deepEqual(await world.changes(), []);
	});

	test('nobody is deactivated for weeks: each run reads from the same moment, so that a pause of n8n loses nobody', async (context) => {
		const workflow = await imported(context, NAME);
		await ran(workflow, HOURLY);
		await ran(workflow, HOURLY);
		const [first, second] = okta.queries.filter((query) => query.has('since')).map((query) => query.get('since'));
		assert.equal(second, first);
		const days = (Date.now() - Date.parse(first ?? '')) / 86_400_000;
		assert.ok(days >= 7 && days < 7.1, `${days} days`);
	});

	test('the first run is to look back further than Okta keeps its log: it reads what there is', async (context) => {
		await ran(await imported(context, NAME, { firstRunLooksBackDays: 100 }), HOURLY);
		const days = (Date.now() - Date.parse(okta.queries[0]?.get('since') ?? '')) / 86_400_000;
		assert.ok(days >= 89 && days < 89.1, `${days} days`);
	});

	test('the mail fails, or n8n forgets who waits for the decision: a later run asks again', async (context) => {
		for (const email of [TEODOR, CALUM]) okta.deactivate(email);
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		mailbox.refuses = true;
		await failed(workflow, HOURLY, /./);
		mailbox.refuses = false;
		await untilWaiting(world, await begin(world, workflow.id, HOURLY));
		assert.equal(mailbox.mails.splice(0).length, 1, 'the mail that failed');
		const askedAt = new Date(Date.now() - 3.1 * 86_400_000).toISOString();
		for (const email of [TEODOR, CALUM]) await updateRows(world, 'FreshBooks leavers', 'email', email, { askedAt });
		await decided(workflow, HOURLY, [TEODOR, CALUM], 'Remove access');
		assert.deepEqual(await states(), { [TEODOR]: 'done', [CALUM]: 'done' });
	});

	test('the only owner by the time of the approval: not removed, and stays open', async (context) => {
		for (const email of [TEODOR, CALUM]) okta.deactivate(email);
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		const executionId = await begin(world, workflow.id, HOURLY);
		await untilWaiting(world, executionId);
		await world.control('PATCH', memberRoute(CALUM), { role: 'owner' });
		await world.control('PATCH', memberRoute(OWNER), { role: 'business_partner' });
		await answerForm(/http:\S+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? '', ['Remove access', 'Ines Albrecht']);
		assertSucceeded(await world.n8n.client.finished(executionId));
		assert.deepEqual(await states(), { [TEODOR]: 'done', [CALUM]: '' });
		assert.equal(await hasAccess(CALUM), true);
	});

	test('not finished: stays open, Slack is notified once, and a later run finishes it', async (context) => {
		okta.deactivate(TEODOR);
		await world.control('POST', '/faults', NO_REMOVAL);
		const workflow = await imported(context, NAME);
		const first = await ran(workflow, HOURLY);
		// Okta's log does not have the event any more when the next run reads.
		okta.forgetEvents();
		const [text, ...more] = slackTexts(first, SLACK);
		assert.deepEqual(more, []);
		assert.match(String(text), /^Deactivated in Okta, and not offboarded from FreshBooks: teodor\.wexley@example\.com\. .+ The next execution tries again\.$/);
		const second = await ran(workflow, HOURLY);
		assert.deepEqual(slackTexts(second, SLACK), []);
		assert.equal(await hasAccess(TEODOR), true);
		await world.control('DELETE', '/faults');
		await ran(workflow, HOURLY);
		assert.deepEqual(await states(), { [TEODOR]: 'done' });
		assert.equal(await hasAccess(TEODOR), false);
	});

	test('Okta does not say whether the person is still deactivated, or the person owns the business: not removed, Slack gets a message', async (context) => {
		okta.deactivate(TEODOR);
		okta.deactivate(OWNER);
		okta.usersFail = true;
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: 'Bill <!channel>' });
		const workflow = await imported(context, NAME);
		const execution = await ran(workflow, HOURLY);
		const texts = slackTexts(execution, SLACK);
		assert.equal(texts.length, 2);
		assert.ok(texts.some((text) => text.includes(TEODOR) && text.includes('Okta answered 503')), texts.join('\n'));
		assert.ok(texts.some((text) => text.includes(OWNER) && text.includes('owns Bill &lt;!channel&gt; (business 6806492) and cannot be removed')), texts.join('\n'));
		assert.deepEqual(await world.changes(), []);
	});

	test("Okta's answer is not a list of users with a status: not removed, Slack gets a message", async (context) => {
		okta.deactivate(TEODOR);
		for (const answer of [{ errorCode: 'E0000010' }, [{ id: 'a user without a status' }]]) {
			await deleteTables(world);
			okta.usersAnswer = answer;
			const [text] = slackTexts(await ran(await imported(context, NAME), HOURLY), SLACK);
			assert.match(String(text), /it is not known if the person is still deactivated/);
		}
		assert.deepEqual(await states(), { [TEODOR]: '' });
		assert.deepEqual(await world.changes(), []);
	});

	test('the only owner by the time of the removal: not removed, Slack gets one message, and the person stays open', async (context) => {
		okta.deactivate(CALUM);
		const workflow = await imported(context, NAME, { approveAbove: 0 });
		const [text, ...more] = slackTexts(await approvedTooLate(workflow, HOURLY), SLACK);
		assert.deepEqual(more, []);
		assert.match(String(text), /^Deactivated in Okta, and not offboarded from FreshBooks: calum\.prewitt@example\.com\. .*owns BillSpring \(business 6806492\) and cannot be removed/);
		assert.deepEqual(await states(), { [CALUM]: '' });
		assert.deepEqual(slackTexts(await ran(workflow, HOURLY), SLACK), [], 'the same reason again');
		assert.deepEqual(await world.changes(), []);
	});

	test('deleted from Okta after the deactivation: offboarded', async (context) => {
		okta.deactivate(TEODOR);
		okta.statuses.set(TEODOR, 'deleted');
		await ran(await imported(context, NAME), HOURLY);
		assert.equal(await hasAccess(TEODOR), false);
	});

	test('deleted, and the login was given to another user: not removed; still being deactivated: offboarded', async (context) => {
		for (const email of [TEODOR, CALUM, HUGH, SOREN]) okta.deactivate(email);
		okta.statuses.set(TEODOR, 'deleted');
		okta.reused.add(TEODOR);
		okta.statuses.set(CALUM, 'leaving');
		// Still there under another login, while somebody else has this one.
		okta.renamed.set(HUGH, 'hugh.was.here@example.com');
		okta.reused.add(HUGH);
		// Active again, under another login.
		okta.renamed.set(SOREN, 'soren.is.back@example.com');
		okta.statuses.set(SOREN, 'ACTIVE');
		await ran(await imported(context, NAME), HOURLY);
		assert.deepEqual(await states(), { [TEODOR]: 'reactivated', [CALUM]: 'done', [HUGH]: 'reactivated', [SOREN]: 'reactivated' });
		assert.deepEqual(await Promise.all([TEODOR, CALUM, HUGH, SOREN].map(hasAccess)), [true, false, true, true]);
	});
});

describe('leaver-entra-disabled', () => {
	const NAME = 'leaver-entra-disabled';
	const DAILY = 'Every morning';

	test('every page of the list: offboarded; an exception and a stranger are left alone; a repeat does nothing', async (context) => {
		entra.users = [entraUser(MIRELA), entraUser(STRANGER, false), entraUser(IVO, false), { ...entraUser(TEODOR, false), mail: null, userPrincipalName: TEODOR }, entraUser(CALUM, false)];
		const workflow = await imported(context, NAME, { neverRemove: [IVO.toUpperCase(), entraUser(CALUM).userPrincipalName] });
		const execution = await ran(workflow, DAILY);
		assert.deepEqual(execution.items('Offboard').map(({ email, status }) => [email, status]), [[TEODOR, 'offboarded']]);
		assert.equal(execution.items('File the report').length, 1);
		assert.deepEqual(await world.changes(), ['memberRemoved']);
		assert.ok(entra.asked[0]?.startsWith('/v1.0/users?') && entra.asked[0].includes('$filter=accountEnabled eq false'), entra.asked[0]);
		assert.ok(entra.asked[1]?.includes('$skiptoken=1'), entra.asked[1]);

		const again = await ran(workflow, DAILY);
		assert.equal(again.runData['Offboard'], undefined);
		assert.deepEqual(await world.changes(), ['memberRemoved']);
	});

	test('more than a handful: removed after the approval', async (context) => {
		entra.users = [TEODOR, LUCIA, CALUM].map((email) => entraUser(email, false));
		await world.control('POST', `/businesses/${LANTERN}/members`, { email: TEODOR });
		const workflow = await imported(context, NAME, { approveAbove: 2 });
		await decided(workflow, DAILY, [TEODOR, LUCIA, CALUM], 'Remove access');
		assert.deepEqual((await world.changes()).sort(), ['invitationRevoked', 'memberRemoved', 'memberRemoved', 'memberRemoved']);
	});

	test('not approved: nobody is removed', async (context) => {
		entra.users = [TEODOR, CALUM].map((email) => entraUser(email, false));
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM], 'Do nothing');
		assert.equal(execution.items('Not approved').length, 1);
		assert.deepEqual(slackTexts(execution, SLACK), []);
		assert.deepEqual(await world.changes(), []);
	});

	test('enabled again while the approval was waited for, or another account has the address: not removed', async (context) => {
		const other = { ...entraUser(TEODOR), id: 'another', userPrincipalName: TEODOR, mail: null };
		entra.users = [entraUser(TEODOR, false), other, entraUser(CALUM, false), entraUser(HUGH, false), entraUser(LUCIA, false)];
		const workflow = await imported(context, NAME, { approveAbove: 2 });
		const executionId = await begin(world, workflow.id, DAILY);
		await untilWaiting(world, executionId);
		entra.users = [entraUser(TEODOR, false), other, entraUser(CALUM), entraUser(HUGH, false), { ...entraUser(LUCIA), accountEnabled: null }];
		await answerForm(/http:\S+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? '', ['Remove access', 'Ines Albrecht']);
		assertSucceeded(await world.n8n.client.finished(executionId));
		assert.deepEqual(await Promise.all([TEODOR, CALUM, HUGH, LUCIA].map(hasAccess)), [true, true, false, true]);
		assert.deepEqual(await world.changes(), ['memberRemoved']);
	});

	test('FreshBooks has another address of the person: not removed while an enabled account has either', async (context) => {
		const OTHER = 't.wexley@example.com';
		await alsoKnownAs(TEODOR, OTHER);
		const workflow = await imported(context, NAME);
		entra.users = [entraUser(OTHER, false), { ...entraUser(OTHER), id: 'another', userPrincipalName: OTHER, mail: null }];
		await ran(workflow, DAILY);
		assert.deepEqual(await world.changes(), []);
		entra.users = [entraUser(OTHER, false), entraUser(TEODOR)];
		await ran(workflow, DAILY);
		assert.equal(await hasAccess(TEODOR), true);
	});

	test('an address with an apostrophe: offboarded', async (context) => {
		const email = "maeve.o'brien@example.com";
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email });
		entra.users = [entraUser(email, false)];
		await ran(await imported(context, NAME), DAILY);
		assert.equal(await hasAccess(email), false);
	});

	test('nobody decides in time: Slack gets a message, and the next run asks again', async (context) => {
		entra.users = [TEODOR, CALUM].map((email) => entraUser(email, false));
		const workflow = await imported(context, NAME, { approveAbove: 1 });
		await world.n8n.client.updateWorkflow(workflow.id, { pinData: UNDECIDED });
		const undecided = await ran(workflow, DAILY);
		assert.deepEqual(slackTexts(undecided, SLACK), ['Disabled in Entra ID, and not offboarded from FreshBooks: 2 people. Nobody decided in time. The next execution tries again.']);
		await ran(workflow, DAILY);
		assert.equal(mailbox.mails.length, 2);
		assert.deepEqual(await world.changes(), []);
	});

	test('the only owner by the time of the removal: not removed, and Slack gets a message', async (context) => {
		entra.users = [entraUser(CALUM, false)];
		const execution = await approvedTooLate(await imported(context, NAME, { approveAbove: 0 }), DAILY);
		assert.deepEqual(execution.items('File the report'), []);
		const [text, ...more] = slackTexts(execution, SLACK);
		assert.deepEqual(more, []);
		assert.match(String(text), /^Disabled in Entra ID, and not offboarded from FreshBooks: .*owns BillSpring \(business 6806492\) and cannot be removed/);
		assert.deepEqual(await world.changes(), []);
	});

	test('nobody is disabled, the second page fails, or Graph lists people who are not disabled: nobody is removed', async (context) => {
		const workflow = await imported(context, NAME);
		await ran(workflow, DAILY);
		entra.users = [TEODOR, CALUM, LUCIA].map((email) => entraUser(email, false));
		entra.failsFromPage = 1;
		await failed(workflow, DAILY, /./);
		entra.failsFromPage = Infinity;
		entra.users = [entraUser(TEODOR), entraUser(CALUM)];
		entra.ignoresFilter = true;
		const execution = await ran(workflow, DAILY);
		assert.equal(execution.runData['To be removed'], undefined);
		assert.deepEqual(await world.changes(), []);
	});

	test('not finished, the owner, a business that cannot be read: Slack gets a message, and the next run tries the rest', async (context) => {
		await world.reset();
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: 'Bill <!channel>' });
		entra.users = [entraUser(TEODOR, false), entraUser(OWNER, false)];
		const workflow = await imported(context, NAME);
		const execution = await ran(workflow, DAILY);
		const texts = slackTexts(execution, SLACK);
		assert.ok(texts.some((text) => text.includes(OWNER) && text.includes('Bill &lt;!channel&gt;')), texts.join('\n'));
		assert.match(String(slackTexts(execution, 'Tell Slack: not all read')[0]), /Review incomplete: do not sign off\. .*Quarry Lane Café/);
		assert.ok(await world.memberOf(OWNER));

		await world.reset();
		await world.withoutQuarry();
		await world.control('POST', '/faults', NO_REMOVAL);
		const stuck = await ran(workflow, DAILY);
		assert.ok(slackTexts(stuck, SLACK).some((text) => text.includes(TEODOR)));
		await world.control('DELETE', '/faults');
		await ran(workflow, DAILY);
		assert.equal(await hasAccess(TEODOR), false);
	});
});

describe('review-keep-in-step', () => {
	const NAME = 'review-keep-in-step';
	const DAILY = 'Every morning';
	const LOG = 'FreshBooks kept in step';
	const [ADMINS, MANAGERS, EMPLOYEES] = ['admins', 'managers', 'employees'] as const;
	const settings = {
		dryRun: false,
		neverTouch: [BEATRIZ, NOOR.toUpperCase()],
		groups: [
			{ group: ADMINS, role: 'business_partner' },
			{ group: MANAGERS, role: 'business_manager' },
			{ group: EMPLOYEES, role: 'business_employee' },
		],
	};
	const logged = async (): Promise<Array<[unknown, unknown, unknown]>> => (await rowsOf(world, LOG)).map(({ action, email, state }) => [action, email, state]);

	beforeEach(() => {
		entra.groups = {
			[ADMINS]: [entraUser(ODALYS)],
			[MANAGERS]: [entraUser(IVO), entraUser(PRIYANKA), entraUser(MIRELA)],
			[EMPLOYEES]: [entraUser(MIRELA), entraUser(TEODOR, false), entraUser(HUGH), entraUser(SOREN), entraUser(JUN), entraUser(NEW)],
		};
	});

	test('as imported it is a dry run: the plan is in the table, and nothing is changed', async (context) => {
		const { neverTouch, groups } = settings;
		await alsoKnownAs(BEATRIZ, 'b.fontaine@example.com');
		await ran(await imported(context, NAME, { neverTouch, groups }), DAILY);
		assert.deepEqual((await logged()).sort(), [
			['change role', MIRELA, 'planned'],
			['invite', NEW, 'planned'],
			['keep', 'b.fontaine@example.com', 'planned'],
			['keep', BEATRIZ, 'planned'],
			['keep', OWNER, 'planned'],
			['keep', NOOR, 'planned'],
			['remove', CALUM, 'planned'],
			['remove', LUCIA, 'planned'],
			['remove', TEODOR, 'planned'],
		]);
		assert.deepEqual(await world.changes(), []);
		assert.deepEqual(mailbox.mails, []);
		assert.ok(entra.asked.some((one) => one.startsWith(`/v1.0/groups/${EMPLOYEES}/transitiveMembers?`) && one.includes('$skiptoken=2')));
	});

	test('approved: invited, role corrected, removed, each with a row in the log; a repeat changes nothing', async (context) => {
		const workflow = await imported(context, NAME, settings);
		await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Remove access');
		assert.deepEqual([await hasAccess(TEODOR), await hasAccess(CALUM), await hasAccess(LUCIA)], [false, false, false]);
		assert.equal((await world.memberOf(MIRELA))?.role, 'business_manager');
		assert.equal((await world.pendingOf(NEW)).length, 1);
		assert.deepEqual((await logged()).sort(), [
			['change role', MIRELA, 'done'],
			['invite', NEW, 'done'],
			['remove', CALUM, 'done'],
			['remove', LUCIA, 'done'],
			['remove', TEODOR, 'done'],
		]);
		const rows = await rowsOf(world, LOG);
		const [removed] = rows.filter(({ email }) => email === TEODOR);
		assert.deepEqual([removed?.['roleBefore'], removed?.['decidedBy']], ['business_employee', 'Ines Albrecht']);
		assert.deepEqual(rows.filter(({ email }) => email === MIRELA).map(({ roleBefore, roleAfter }) => [roleBefore, roleAfter]), [['business_employee', 'business_manager']]);

		const before = await world.changes();
		await ran(workflow, DAILY);
		assert.deepEqual(await world.changes(), before);
		assert.deepEqual(mailbox.mails, []);
	});

	test('not approved: nobody is removed; the rest is done', async (context) => {
		const workflow = await imported(context, NAME, settings);
		await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		assert.deepEqual((await world.changes()).sort(), ['invitationCreated', 'roleChanged']);
		assert.deepEqual((await logged()).filter(([action]) => action === 'remove').map(([, , state]) => state), ['not approved', 'not approved', 'not approved']);
	});

	test('a disabled account has the address of an enabled one: kept; nobody decides in time: Slack gets a message', async (context) => {
		entra.groups[MANAGERS]?.unshift({ ...entraUser(HUGH, false), id: 'old' });
		const workflow = await imported(context, NAME, settings);
		await world.n8n.client.updateWorkflow(workflow.id, { pinData: UNDECIDED });
		const execution = await ran(workflow, DAILY);
		const texts = slackTexts(execution, 'Tell Slack: needs a person').sort();
		assert.deepEqual(texts, [CALUM, LUCIA, TEODOR].map((email) => `FreshBooks is not in step with the directory (remove ${email}): Nobody decided in time. The next execution tries again.`));
		assert.deepEqual((await world.changes()).sort(), ['invitationCreated', 'roleChanged']);
	});

	test('over the cap: nothing at all is changed, and the run fails with the reason', async (context) => {
		const workflow = await imported(context, NAME, { ...settings, maxRemovals: 2 });
		await failed(workflow, DAILY, /^3 people would be removed, and maxRemovals is 2\. Nothing was changed\./);
		assert.ok((await logged()).every(([, , state]) => state === 'stopped'));
		assert.deepEqual(mailbox.mails, []);
	});

	test('an empty group, a group that is not there, a failed page, a user without an address: nothing is changed', async (context) => {
		const workflow = await imported(context, NAME, settings);
		const { [EMPLOYEES]: employees = [], ...others } = entra.groups;
		entra.groups = { ...others, [EMPLOYEES]: [] };
		await failed(workflow, DAILY, /The group employees has no people\. Nothing was changed\./);
		entra.groups = others;
		await failed(workflow, DAILY, /./);
		entra.groups = { ...others, [EMPLOYEES]: employees };
		entra.failsFromPage = 2;
		await failed(workflow, DAILY, /./);
		entra.failsFromPage = Infinity;
		entra.groups = { ...others, [EMPLOYEES]: [...employees, { ...entraUser(STRANGER), mail: null, userPrincipalName: '' }] };
		await failed(workflow, DAILY, /does not show the address and the state of user id-of-nobody\.known/);
		entra.groups = { ...others, [EMPLOYEES]: [...employees, { ...entraUser(STRANGER), accountEnabled: null }] };
		await failed(workflow, DAILY, /does not show the address and the state of user id-of-nobody\.known/);
		entra.groups = { ...others, [EMPLOYEES]: [...employees, { ...entraUser(STRANGER), mail: 'not an address' }] };
		await failed(workflow, DAILY, /^The directory was not understood: .* Nothing was changed\./);
	});

	test('a review that is not complete: nothing is changed', async (context) => {
		await world.control('POST', '/faults', { kind: 'status', status: 403, route: `GET .*/business/${BILLSPRING}/invitations`, count: 0 });
		await failed(await imported(context, NAME, settings), DAILY, /Review incomplete: do not sign off\. .*Nothing was changed\./);
	});

	test('the connected user and another owner are in no group: kept as they are, and nobody is asked about them', async (context) => {
		await world.control('PATCH', `/businesses/${BILLSPRING}/members/${CALUM}`, { role: 'owner' });
		await world.control('PATCH', `/businesses/${BILLSPRING}/members/${OWNER}`, { role: 'business_partner' });
		const workflow = await imported(context, NAME, settings);
		await decided(workflow, DAILY, [TEODOR, LUCIA], 'Remove access');
		assert.equal((await world.memberOf(CALUM))?.role, 'owner');
		assert.equal((await world.memberOf(OWNER))?.role, 'business_partner');
	});

	test('invited with another role, also as a member: a Slack message asks to revoke the invitation, and nothing else is done about it', async (context) => {
		entra.groups[MANAGERS]?.push(entraUser(JUN));
		await world.control('POST', `/businesses/${BILLSPRING}/invitations`, { email: IVO, role: 'contractor' });
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		const texts = slackTexts(execution, 'Tell Slack: needs a person').sort();
		assert.deepEqual(texts.map((text) => /^FreshBooks is not in step with the directory \((.+)\): Revoke the invitation[;.] /.exec(text)?.[1]), [`look at ${IVO}`, `look at ${JUN}`]);
		assert.deepEqual((await world.changes()).sort(), ['invitationCreated', 'roleChanged']);
	});

	test('FreshBooks shows no address of somebody: a Slack message asks to remove the person by hand', async (context) => {
		await world.control('PATCH', memberRoute(CALUM), { email: '' });
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, LUCIA], 'Do nothing');
		const texts = slackTexts(execution, 'Tell Slack: needs a person');
		assert.equal(texts.length, 1, texts.join('\n'));
		assert.match(String(texts[0]), /\(look at \): FreshBooks shows no address\. Remove the person in FreshBooks itself\. /);
	});

	test('deactivated in FreshBooks, and the directory expects the person: a Slack message asks to activate', async (context) => {
		entra.groups[EMPLOYEES]?.push(entraUser(GARETH));
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		const texts = slackTexts(execution, 'Tell Slack: needs a person');
		assert.equal(texts.length, 1, texts.join('\n'));
		assert.match(String(texts[0]), /^FreshBooks is not in step with the directory \(look at gareth\.umber@example\.com\): Activate the person in FreshBooks itself\. /);
	});

	test('deactivated, and active again in another row: nobody is asked to activate the old one', async (context) => {
		const again = 'gareth.again@example.com';
		const identityId = 777_001;
		await world.control('PATCH', memberRoute(GARETH), { identityId });
		await world.control('POST', `/businesses/${BILLSPRING}/members`, { email: again, role: 'business_employee', identityId });
		entra.groups[EMPLOYEES]?.push(entraUser(again));
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		assert.deepEqual(slackTexts(execution, 'Tell Slack: needs a person').filter((text) => /gareth/.test(text)), []);
	});

	test('a wrong role and a pending invitation: the role is corrected', async (context) => {
		await world.control('PATCH', memberRoute(IVO), { role: 'business_partner' });
		await world.control('POST', `/businesses/${BILLSPRING}/invitations`, { email: IVO, role: 'business_manager' });
		const workflow = await imported(context, NAME, settings);
		await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		assert.equal((await world.memberOf(IVO))?.role, 'business_manager');
	});

	test('the only owner by the time of the approval: not removed, and Slack gets a message', async (context) => {
		const workflow = await imported(context, NAME, settings);
		const executionId = await begin(world, workflow.id, DAILY);
		await untilWaiting(world, executionId);
		await world.control('PATCH', memberRoute(CALUM), { role: 'owner' });
		await world.control('PATCH', memberRoute(OWNER), { role: 'business_partner' });
		await answerForm(/http:\S+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? '', ['Remove access', 'Ines Albrecht']);
		const execution = await world.n8n.client.finished(executionId);
		assertSucceeded(execution);
		assert.equal((await world.memberOf(CALUM))?.role, 'owner');
		assert.ok(slackTexts(execution, 'Tell Slack: needs a person').some((text) => text.includes(CALUM)));
	});

	test('an owner by the time of the removal: not removed, logged as failed, and Slack gets a message', async (context) => {
		const workflow = await imported(context, NAME, settings);
		const execution = await approvedTooLate(workflow, DAILY);
		assert.deepEqual((await logged()).filter(([, email]) => email === CALUM), [['remove', CALUM, 'failed']]);
		assert.match(slackTexts(execution, 'Tell Slack: needs a person').join(), /\(remove calum\.prewitt@example\.com\): .*owns BillSpring/);
		assert.equal(await hasAccess(CALUM), true);
	});

	test('FreshBooks lists the invited as team members: a role that was not changed is not logged as done, and Slack gets a message', async (context) => {
		await world.control('PATCH', '/settings', { pendingInTeamMembers: true });
		await world.control('DELETE', `/businesses/${BILLSPRING}/invitations/${JUN}`);
		await world.control('POST', `/businesses/${BILLSPRING}/invitations`, { email: JUN, role: 'business_employee' });
		entra.groups[MANAGERS]?.push(entraUser(JUN));
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Do nothing');
		assert.deepEqual((await logged()).filter(([, email]) => email === JUN).map(([, , state]) => state), ['look at']);
		const [text, ...more] = slackTexts(execution, 'Tell Slack: needs a person');
		assert.deepEqual(more, []);
		assert.match(String(text), /^FreshBooks is not in step with the directory \(.+ jun\.takeda@example\.com\): /);
		assert.deepEqual((await world.changes()).sort(), ['invitationCreated', 'memberAdded', 'roleChanged']);
	});

	test('not finished: Slack gets a message, the log has the reason, and the next run tries again', async (context) => {
		await world.control('POST', '/faults', NO_REMOVAL);
		await world.control('POST', '/faults', { kind: 'status', route: 'POST .*/invitations$', status: 422, body: {}, count: 0 });
		await world.control('PATCH', `/businesses/${BILLSPRING}`, { name: 'Bill <!channel>' });
		const workflow = await imported(context, NAME, settings);
		const execution = await decided(workflow, DAILY, [TEODOR, CALUM, LUCIA], 'Remove access');
		const texts = slackTexts(execution, 'Tell Slack: needs a person');
		assert.ok(texts.some((text) => text.includes(TEODOR)), texts.join('\n'));
		assert.ok(texts.some((text) => text.includes('Bill &lt;!channel&gt;')) && !texts.join().includes('<'), texts.join('\n'));
		assert.ok(texts.some((text) => text.includes(`(invite ${NEW})`)), texts.join('\n'));
		assert.ok((await logged()).some(([action, email, state]) => action === 'remove' && email === TEODOR && state === 'failed'));
		await world.control('DELETE', '/faults');
		await decided(workflow, DAILY, [TEODOR, CALUM], 'Remove access');
		assert.equal(await hasAccess(TEODOR), false);
	});
});
