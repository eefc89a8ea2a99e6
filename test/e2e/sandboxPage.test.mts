// A person on the sandbox's page: nothing moves under the pointer, nothing is removed without a question, values are copied.
// Screenshots in both themes and two widths are left in .cache/e2e/screens.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { openBrowser, wear } from '../../scripts/lib/editor.mts';
import { startSandbox, type Sandbox } from '../../sandbox/freshbooks/server.mts';
import { CACHE } from '../../sandbox/n8n/index.mts';

const SCREENS = path.join(CACHE, 'e2e/screens');
const BILLSPRING = 6806492;
/** Longer than the page takes to fetch itself again, twice. */
const TWO_REFRESHES_MS = 5_000;

let sandbox: Sandbox;
let browser: Browser;
let context: BrowserContext;
let page: Page;

async function control(method: string, route: string, body?: unknown): Promise<void> {
	const answer = await fetch(`${sandbox.url}/sandbox${route}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) });
	assert.ok(answer.ok, `${method} ${route}: ${answer.status}`);
}

const remove = async (local: string) => await control('DELETE', `/businesses/${BILLSPRING}/members/${local}@example.com`);
const rowOf = (name: string): Locator => page.locator(`#rows${BILLSPRING} tr`).filter({ hasText: name });
const notice = (): Locator => page.getByRole('status');

async function topOf(locator: Locator): Promise<number> {
	const box = await locator.boundingBox();
	assert.ok(box);
	return box.y;
}

before(async () => {
	await mkdir(SCREENS, { recursive: true });
	sandbox = await startSandbox({ n8nUrl: 'http://127.0.0.1:5678' });
	({ browser, context, page } = await openBrowser({ width: 1280, height: 900 }));
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});
beforeEach(async () => {
	await control('POST', '/reset');
	await page.setViewportSize({ width: 1280, height: 900 });
	await page.mouse.move(1, 1);
	await page.goto(sandbox.url);
});
after(async () => {
	await browser.close();
	await sandbox.close();
});

describe("the sandbox's page", () => {
	it('keeps every row in its place while a person points at a button, and marks who is gone', async () => {
		const button = rowOf('Priyanka Solheim').getByRole('button', { name: 'Deactivate' });
		await button.hover();
		const top = await topOf(button);
		await remove('odalys.brandt');
		await control('POST', `/businesses/${BILLSPRING}/members`, { email: 'new@example.com', firstName: 'New', lastName: 'Person' });
		await control('PATCH', `/businesses/${BILLSPRING}/members/priyanka.solheim@example.com`, { lastName: 'Sunne' });
		await rowOf('Odalys Brandt').getByText('Removed').waitFor();
		await rowOf('Priyanka Sunne').waitFor();
		assert.equal(await topOf(rowOf('Priyanka Sunne').getByRole('button', { name: 'Deactivate' })), top);
		assert.equal(await rowOf('Odalys Brandt').getByRole('button').first().isDisabled(), true);
		await rowOf('New Person').waitFor();
		await page.mouse.move(1, 1);
		await rowOf('Odalys Brandt').waitFor({ state: 'detached' });
		const names = await page.locator(`#rows${BILLSPRING} .name`).allTextContents();
		assert.deepEqual(names.slice(-3), ['New Person', 'jun.takeda@example.com', 'lucia.marchetti@example.com']);
	});

	it('shifts nothing below another business that grows', async () => {
		await page.locator('#b530277 summary').click();
		const button = page.locator('#b530277').getByRole('button', { name: 'Deactivate Ravi Montclair' });
		await button.hover();
		const top = await topOf(button);
		await control('POST', `/businesses/${BILLSPRING}/invitations`, { email: 'later@example.com' });
		await page.waitForTimeout(TWO_REFRESHES_MS);
		assert.equal(await topOf(button), top);
		await page.mouse.move(1, 1);
		await rowOf('later@example.com').waitFor();
	});

	it('asks before it removes a person, and removes nobody on Cancel or Escape', async () => {
		const button = rowOf('Teodor Wexley').getByRole('button', { name: 'Remove' });
		await button.click();
		const dialog = page.getByRole('dialog', { name: 'Remove Teodor Wexley (teodor.wexley@example.com) from BillSpring?' });
		await dialog.getByRole('button', { name: 'Cancel' }).click();
		await button.click();
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'hidden' });
		assert.equal(sandbox.parts.world.history.length, 0);
		await button.click();
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await notice().getByText('Teodor Wexley was removed from BillSpring.').waitFor();
		assert.deepEqual(sandbox.parts.world.history.map(({ kind }) => kind), ['memberRemoved']);
	});

	it('resets after a question, and takes everybody back in place', async () => {
		await remove('teodor.wexley');
		await rowOf('Teodor Wexley').waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Reset' }).click();
		await page.getByRole('dialog', { name: 'Reset the sandbox?' }).getByRole('button', { name: 'Reset' }).click();
		await rowOf('Teodor Wexley').waitFor();
		await page.getByText('Nothing has changed yet.').waitFor();
	});

	it('changes a role, and says so', async () => {
		await page.getByLabel('Role of Teodor Wexley').selectOption('Manager');
		await notice().getByText('Teodor Wexley has another role now.').waitFor();
		await page.getByRole('log').getByText('got another role: Employee → Manager').waitFor();
		assert.equal(await page.getByLabel('Role of Teodor Wexley').inputValue(), 'business_manager');
	});

	it('keeps what somebody types while the team changes, and keeps it when it is refused', async () => {
		const email = page.locator(`#b${BILLSPRING}`).getByLabel('Email to invite');
		await email.fill('typed@example.com');
		await remove('teodor.wexley');
		await rowOf('Teodor Wexley').getByText('Removed').waitFor();
		assert.equal(await email.inputValue(), 'typed@example.com');
		await email.press('Enter');
		await notice().getByText('The invitation to BillSpring is pending. No email is sent.').waitFor();
		assert.equal(await email.inputValue(), '');
	});

	it('keeps the keyboard where it was', async () => {
		await rowOf('Teodor Wexley').getByRole('button', { name: 'Deactivate' }).focus();
		await page.keyboard.press('Enter');
		await rowOf('Teodor Wexley').getByText('Inactive').waitFor();
		await page.waitForTimeout(TWO_REFRESHES_MS);
		assert.match(await page.evaluate(() => document.activeElement?.closest('tr')?.textContent ?? ''), /Teodor Wexley/);
	});

	it('copies what a credential needs, and IDs', async () => {
		await page.getByText('Connect an n8n of your own').click();
		await page.getByRole('button', { name: 'Copy Client Secret' }).click();
		await notice().getByText('Copied').waitFor();
		assert.equal(await page.evaluate(async () => await navigator.clipboard.readText()), sandbox.clientSecret);
		await page.getByRole('button', { name: 'Copy the UUID of Teodor Wexley' }).click();
		await notice().getByText(/Copied: [0-9a-f-]{36}/).waitFor();
	});

	it('fits a wide and a narrow window, in both themes', async () => {
		await page.locator('#connect summary').click();
		await page.getByLabel('Role of Teodor Wexley').selectOption('Manager');
		await remove('calum.prewitt');
		await page.getByRole('log').getByText('was removed').waitFor();
		for (const width of [1280, 390]) {
			await page.setViewportSize({ width, height: 900 });
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, `${width} wide`);
			for (const theme of ['light', 'dark'] as const) {
				await wear(page, theme);
				await page.screenshot({ path: path.join(SCREENS, `sandbox-page-${width}-${theme}.png`), fullPage: true });
			}
		}
		await page.setViewportSize({ width: 1280, height: 900 });
		await rowOf('Teodor Wexley').getByRole('button', { name: 'Remove' }).click();
		for (const theme of ['light', 'dark'] as const) {
			await wear(page, theme);
			await page.screenshot({ path: path.join(SCREENS, `sandbox-page-confirm-${theme}.png`) });
		}
		await page.emulateMedia({ colorScheme: 'light' });
	});
});
