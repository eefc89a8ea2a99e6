// A person in n8n's editor: finds the node, creates a credential, consents, lists a team. Saves screenshots in both themes to
// .cache/e2e/screens.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { entriesOf, openBrowser, openList, openNode, wear } from '../../scripts/lib/editor.mts';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';
import { CACHE, TYPES, type N8n } from '../../sandbox/n8n/index.mts';
import { locator, startFreshN8n, World, type Json } from './support.mts';

const SCREENS = path.join(CACHE, 'e2e/screens');
const THEMES = ['light', 'dark'] as const;
/** A business with more people than the editor shows in one step. */
const LARGE = 700100;
/** A business whose people the connected user may not list. */
const CLOSED = 884410;

let n8n: N8n;
let sandbox: Sandbox;
/** Set after the credential is connected. */
let world: World;
let browser: Browser;
let page: Page;

/** Takes a screenshot in each theme. */
async function screenshot(name: string, of: Page = page): Promise<void> {
	for (const theme of THEMES) {
		await wear(of, theme);
		await of.screenshot({ path: path.join(SCREENS, `${name}-${theme}.png`) });
	}
	await of.emulateMedia({ colorScheme: 'light' });
}

const byId = (id: string): Locator => page.getByTestId(id);

let broken = false;

/** One step. After a failed step the following ones are skipped. */
function step(name: string, work: () => Promise<void>): void {
	test(name, async () => {
		assert.ok(!broken, 'an earlier step failed');
		broken = true;
		try {
			await work();
			broken = false;
		} finally {
			if (broken) await page.screenshot({ path: path.join(SCREENS, 'failed.png') });
		}
	});
}

async function choose(parameter: string, option: string): Promise<void> {
	await byId(`parameter-input-${parameter}`).click();
	await page.getByRole('option', { name: option }).first().click();
}

/** Opens the panel of a FreshBooks node, in a new workflow. */
async function openFreshBooks(parameters: Json): Promise<void> {
	const { id } = await n8n.client.createWorkflow(world.workflowOf(parameters, { settings: { id: 'freshbooks' } }));
	await openNode(page, n8n, id, 'freshbooks');
}

/** Opens the menu of 'Options', takes a screenshot, and returns its names. */
async function showOptions(name: string): Promise<string[]> {
	const menu = byId('ndv').getByPlaceholder('Add option').or(byId('ndv').getByRole('button', { name: 'Add option' })).first();
	await menu.scrollIntoViewIfNeeded();
	await menu.click();
	const entries = page.getByRole('option').or(page.getByRole('menuitem')).filter({ visible: true });
	await entries.first().waitFor();
	await screenshot(name);
	return (await entries.allInnerTexts()).map((text) => text.trim());
}

async function type(parameter: string, text: string): Promise<void> {
	await byId(`parameter-input-${parameter}`).locator('input').fill(text);
}

before(async () => {
	await mkdir(SCREENS, { recursive: true });
	sandbox = await startSandbox();
	n8n = await startFreshN8n('editor');
	({ browser, page } = await openBrowser({ width: 1440, height: 1000 }));
});
after(async () => {
	await browser?.close();
	await n8n?.stop();
	await sandbox?.close();
});

describe('in the editor', () => {
	step('the owner signs in', async () => {
		await page.goto(`${n8n.url}/signin`);
		await page.locator('input[type=email], input[name=emailOrLdapLoginId]').first().fill(n8n.owner.email);
		await page.locator('input[type=password]').fill(n8n.owner.password);
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/(home|workflow)/);
	});

	step('the FreshBooks node is found by searching, with its actions', async () => {
		await page.goto(`${n8n.url}/workflow/new`);
		await byId('canvas-add-button').getByRole('button').click();
		await page.getByText('Trigger manually').click();
		await byId('canvas-trigger-node').waitFor();
		await byId('node-creator-plus-button').click();
		await byId('node-creator-search-bar').fill('freshbooks');
		const found = byId('item-iterator-item').filter({ hasText: 'FreshBooks' }).first();
		await found.waitFor();
		await screenshot('1-search');
		await found.click();
		await page.getByText('Get many team members').first().waitFor();
		await screenshot('2-actions');
		await page.getByText('Get many team members').first().click();
		await byId('ndv').waitFor();
	});

	step('a credential is created and connected through the consent page', async () => {
		await byId('ndv').getByRole('button', { name: 'Connect to FreshBooks' }).click();
		await byId('parameter-input-clientId').waitFor();
		await screenshot('3-credential-empty');
		await type('clientId', sandbox.clientId);
		await type('clientSecret', sandbox.clientSecret);
		await choose('access', 'Legacy Full Access');
		await choose('environment', 'Custom');
		await type('apiBaseUrl', sandbox.url);
		await type('authBaseUrl', sandbox.url);
		await screenshot('4-credential-filled');
		await byId('quick-connect-button').scrollIntoViewIfNeeded();
		await screenshot('4-credential-connect');
		const popup = page.waitForEvent('popup');
		await byId('quick-connect-button').click();
		const consent = await popup;
		await consent.getByRole('button', { name: 'Allow' }).waitFor();
		await screenshot('5-consent', consent);
		await consent.getByRole('button', { name: 'Allow' }).click();
		// After connecting, n8n closes the form and selects the credential.
		await byId('node-credentials-select').waitFor();
		await byId('credential-edit-button').click();
		await page.getByText(/account connected/i).filter({ visible: true }).first().waitFor();
		const [credential] = await n8n.client.credentials(TYPES.credential);
		assert.ok(credential);
		world = new World(n8n, sandbox, credential);
		await screenshot('6-credential-connected');
		await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
	});

	step('a business is picked from the list', async () => {
		await byId('rlc-input').first().click();
		const billSpring = byId('rlc-item').filter({ hasText: 'BillSpring' });
		await billSpring.waitFor();
		await screenshot('7-businesses');
		await billSpring.click();
		await screenshot('8-panel');
	});

	step('executing the step shows the members', async () => {
		await byId('node-execute-button').click();
		const output = byId('output-panel');
		await output.getByText('odalys.brandt@example.com').waitFor();
		await output.getByText('12 items').waitFor();
		await screenshot('9-output');
	});

	step('a list of 1,000 people comes whole, sorted, with one request a page', async () => {
		await world.control('POST', '/businesses', { id: LARGE, name: 'Large', role: 'owner', withOwner: false, generate: 1000, staff: false });
		await openFreshBooks({ resource: 'teamMember', operation: 'get', business: locator('list', LARGE) });
		await world.clearRequests();
		await openList(page, 'member');
		await entriesOf(page).nth(999).scrollIntoViewIfNeeded();
		const pages = (await world.requests()).map(({ query }) => /(?<![a-z_])page=(\d+)/.exec(query)?.[1]);
		assert.deepEqual([...new Set(pages)].map(Number).sort((one, other) => one - other), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		// The editor itself asks for a step a second time now and then.
		assert.ok(pages.length <= 20, `${pages.length} requests`);
		const names = await entriesOf(page).allInnerTexts();
		assert.equal(names.length, 1000);
		assert.deepEqual(names, [...names].sort(new Intl.Collator(undefined, { numeric: true }).compare));
		await screenshot('12-list');
	});

	step('it is searched over everybody, and a search that finds nobody keeps its box', async () => {
		const last = (await entriesOf(page).last().innerText()).trim();
		const email = /\((\S+?@\S+?)[,)]/.exec(last)?.[1] ?? '';
		await byId('rlc-search').fill(email);
		await page.waitForFunction(() => document.querySelectorAll('[data-test-id=rlc-item]').length === 1);
		assert.equal((await entriesOf(page).innerText()).trim(), last);
		await byId('rlc-search').fill('nobody is called this');
		await page.getByText('No results').waitFor();
		assert.ok(await byId('rlc-search').isVisible());
	});

	step('a list that is empty or cannot be read says why, and what to do', async () => {
		const said = async (parameters: Json, parameter: string): Promise<string> => {
			await openFreshBooks(parameters);
			await openList(page, parameter);
			return (await byId('rlc-error-container').innerText()).replace(/\s+/g, ' ');
		};
		const empty = await said({ resource: 'invitation', operation: 'revoke', business: locator('list', LARGE) }, 'invitation');
		assert.match(empty, /Business 700100 has no pending invitation.*Accepted and revoked invitations are not listed/);
		const closed = await said({ resource: 'teamMember', operation: 'get', business: locator('list', CLOSED) }, 'member');
		assert.match(closed, /403 - The connected FreshBooks user has no permission.*connect as an owner or admin/);
		await screenshot('13-list-error');
	});

	step('what comes out is shown before anything ran, in the order in which it comes', async () => {
		const draft = world.workflowOf({ resource: 'teamMember', operation: 'getAll', business: locator('list', LARGE) });
		const edit = { id: 'edit', name: 'Edit', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [440, 0] as [number, number], parameters: {} };
		const connections = { ...draft.connections, FreshBooks: { main: [[{ node: 'Edit', type: 'main', index: 0 }]] } };
		const { id } = await n8n.client.createWorkflow({ ...draft, nodes: [...draft.nodes, edit], connections });
		await openNode(page, n8n, id, 'edit');
		await page.getByText('Usually outputs the following fields').waitFor();
		// Their order in the page varies.
		const preview = await byId('run-data-schema-item').evaluateAll((fields) =>
			fields.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top).map(({ textContent }) => textContent.trim()),
		);
		// One preview for every source: the published list has no `confirmed`, the members list no `active`.
		const come = new Set<string>();
		for (const source of ['teamMembers', 'businessMembers', 'businessGroup']) {
			const [member = {}] = await world.items({ resource: 'teamMember', operation: 'getAll', business: locator('id', LARGE), source, limit: 1 });
			const fields = Object.keys(member);
			assert.deepEqual(preview.filter((field) => fields.includes(field)), fields, source);
			fields.forEach((field) => come.add(field));
		}
		assert.deepEqual(preview.filter((field) => !come.has(field)), []);
		await screenshot('14-preview');
	});

	step('an operation that FreshBooks does not publish says so before it is run', async () => {
		await openFreshBooks({ resource: 'teamMember', operation: 'getAll', business: locator('list', LARGE) });
		await choose('operation', 'Update Role');
		await byId('ndv').getByText(/undocumented FreshBooks endpoint/i).first().waitFor();
		await screenshot('10-notice');
	});

	step('a role is chosen from the list of the known names', async () => {
		await openFreshBooks({ resource: 'access', operation: 'onboard', business: locator('list', LARGE), email: 'ada.lovelace@example.com' });
		await openList(page, 'role');
		await entriesOf(page).first().waitFor();
		const names = await entriesOf(page).allInnerTexts();
		for (const name of ['business_employee', 'business_manager', 'business_accountant', 'business_partner', 'contractor']) {
			assert.ok(names.some((shown) => shown.includes(name)), `${name} is in ${names.join(', ')}`);
		}
		assert.ok(!names.some((shown) => /\bowner\b/i.test(shown)), names.join(', '));
		await screenshot('15-role');
		await entriesOf(page).filter({ hasText: 'business_manager' }).click();
		await screenshot('16-onboard');
		await showOptions('17-onboard-options');
	});

	step("Offboard's dry run is seen without opening Options", async () => {
		await openFreshBooks({ resource: 'access', operation: 'offboard', email: 'ada.lovelace@example.com' });
		assert.ok(await byId('parameter-input-dryRun').isVisible());
		await screenshot('18-offboard');
		await showOptions('19-offboard-options');
	});

	step("Create's options are shown by name", async () => {
		await openFreshBooks({ resource: 'invitation', operation: 'create', business: locator('list', LARGE), email: 'ada.lovelace@example.com' });
		await screenshot('20-create');
		const names = await showOptions('21-create-options');
		assert.ok(names.includes('If Already Invited'), names.join(', '));
	});

	step('an error is shown with its way out', async () => {
		await openFreshBooks({ resource: 'teamMember', operation: 'getAll', business: locator('list', LARGE) });
		await sandbox.close();
		await byId('node-execute-button').click();
		await byId('output-panel').getByText(/was not reached/).first().waitFor();
		await screenshot('11-error');
		assert.ok(await byId('output-panel').getByText(/Check the network/).first().isVisible());
	});
});
