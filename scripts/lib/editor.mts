import { chromium, selectors, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import type { N8n } from '../../sandbox/n8n/index.mts';
import { CHROMIUM } from './chromium.mts';

/** n8n's editor in Chromium, as the end-to-end suite and scripts/screenshots.mts use it. */

const PATIENCE_MS = 60_000;

export type Theme = 'light' | 'dark';

/** A browser of its own with one window. */
export async function openBrowser(viewport: { width: number; height: number }): Promise<{ browser: Browser; context: BrowserContext; page: Page }> {
	selectors.setTestIdAttribute('data-test-id');
	const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
	const browser = await chromium.launch({ executablePath: CHROMIUM, args });
	const context = await browser.newContext({ viewport });
	context.setDefaultTimeout(PATIENCE_MS);
	return { browser, context, page: await context.newPage() };
}

/** Signs the window in as n8n's owner, without the form. */
export async function signIn(context: BrowserContext, n8n: N8n): Promise<void> {
	const [name = '', value = ''] = n8n.client.cookie.split('=');
	await context.addCookies([{ name, value, url: n8n.url }]);
}

/** Opens a node's panel; `nodeId` is the node's own id in the workflow. */
export async function openNode(page: Page, n8n: N8n, workflowId: string, nodeId: string): Promise<void> {
	await page.goto(`${n8n.url}/workflow/${workflowId}/${nodeId}`);
	await page.getByTestId('ndv').waitFor();
}

/** Opens a resource locator's list. */
export async function openList(page: Page, parameter: string): Promise<void> {
	await page.getByTestId(`resource-locator-${parameter}`).getByTestId('rlc-input').click();
}

/** The entries of the open list. */
export function entriesOf(page: Page): Locator {
	return page.getByTestId('rlc-item');
}

/** Switches to a theme, and waits until the transition has ended. */
export async function wear(page: Page, theme: Theme): Promise<void> {
	await page.emulateMedia({ colorScheme: theme });
	await page.waitForTimeout(400);
}
