// A person in n8n's editor: finds the node, makes a credential, consents, lists a team. Screenshots of
// what they see, in both themes, are left in .cache/e2e/screens.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { CHROMIUM } from '../../scripts/lib/chromium.mts';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';
import { CACHE, type N8n } from '../../sandbox/n8n/index.mts';
import { startFreshN8n } from './support.mts';

const SCREENS = path.join(CACHE, 'e2e/screens');
const PATIENCE_MS = 30_000;
const THEMES = ['light', 'dark'] as const;

let n8n: N8n;
let sandbox: Sandbox;
let browser: Browser;
let page: Page;

/** Keeps what is on the screen, once in each theme. */
async function screenshot(name: string, of: Page = page): Promise<void> {
	for (const theme of THEMES) {
		await of.emulateMedia({ colorScheme: theme });
		// The editor fades between its themes.
		await of.waitForTimeout(400);
		await of.screenshot({ path: path.join(SCREENS, `${name}-${theme}.png`) });
	}
	await of.emulateMedia({ colorScheme: 'light' });
}

const byId = (id: string): Locator => page.getByTestId(id);

let broken = false;

/** One step of the way: the ones after a step that failed are not tried. */
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

async function type(parameter: string, text: string): Promise<void> {
	await byId(`parameter-input-${parameter}`).locator('input').fill(text);
}

before(async () => {
	selectors.setTestIdAttribute('data-test-id');
	await mkdir(SCREENS, { recursive: true });
	sandbox = await startSandbox();
	n8n = await startFreshN8n('editor');
	browser = await chromium.launch({
		executablePath: CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
	});
	const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
	context.setDefaultTimeout(PATIENCE_MS);
	page = await context.newPage();
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
		// Once connected, n8n closes the form by itself and chooses the credential.
		await byId('node-credentials-select').waitFor();
		await byId('credential-edit-button').click();
		await page.getByText(/account connected/i).filter({ visible: true }).first().waitFor();
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

	step('an operation that FreshBooks does not publish says so before it is run', async () => {
		await choose('operation', 'Update Role');
		await byId('ndv').getByText(/does not document/i).first().waitFor();
		await screenshot('10-notice');
	});

	step('an error is shown with its way out', async () => {
		await choose('operation', 'Get Many');
		await sandbox.close();
		await byId('node-execute-button').click();
		await byId('output-panel').getByText(/was not reached/).first().waitFor();
		await screenshot('11-error');
		assert.ok(await byId('output-panel').getByText(/Check the network/).first().isVisible());
	});
});
