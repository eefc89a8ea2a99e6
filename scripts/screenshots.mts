// node scripts/screenshots.mts: makes the pictures in docs/images again, on a real n8n and the sandbox.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { installN8n, readWorkflow, ROOT, TYPES, withCredential, type WorkflowNode } from '../sandbox/n8n/index.mts';
import { itemsOf, publishScim } from '../test/e2e/scim/provider.mts';
import { BILLSPRING, HARBOUR, startWorld, type Json, type World } from '../test/e2e/support.mts';
import { installChromium } from './lib/chromium.mts';
import { entriesOf, openBrowser, openList, openNode, signIn, wear, type Theme } from './lib/editor.mts';
import { giveUp } from './lib/run.mts';

const IMAGES = path.join(ROOT, 'docs/images');
const QUALITY = 0.82;
const NODE_ID = 'the-node';
const LEAVERS = path.join(ROOT, 'sandbox/n8n/workflows/leavers.json');

/** Converts PNG to WebP in the browser. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
	const blank = await page.context().newPage();
	const url = await blank.evaluate(
		async ({ source, quality }) => {
			const image = new Image();
			image.src = source;
			await image.decode();
			const canvas = document.createElement('canvas');
			canvas.width = image.width;
			canvas.height = image.height;
			canvas.getContext('2d')?.drawImage(image, 0, 0);
			return canvas.toDataURL('image/webp', quality);
		},
		{ source: `data:image/png;base64,${png.toString('base64')}`, quality: QUALITY },
	);
	await blank.close();
	return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

class Camera {
	private readonly world: World;
	private readonly page: Page;

	constructor(world: World, page: Page) {
		this.world = world;
		this.page = page;
	}

	async take(name: string, themes: Theme[] = ['light']): Promise<void> {
		for (const theme of themes) {
			await wear(this.page, theme);
			const picture = await toWebp(this.page, await this.page.screenshot());
			const file = theme === 'light' ? `${name}.webp` : `${name}-${theme}.webp`;
			await writeFile(path.join(IMAGES, file), picture);
			console.log(`${file}: ${Math.round(picture.length / 1024)} kB`);
		}
		await wear(this.page, 'light');
	}

	/** Opens the panel of a FreshBooks node in a workflow of its own. */
	async open(parameters: Json): Promise<void> {
		const draft = this.world.workflowOf(parameters, { settings: { id: NODE_ID } });
		const { id } = await this.world.n8n.client.createWorkflow(draft);
		await openNode(this.page, this.world.n8n, id, NODE_ID);
	}

	/** Opens the panel of a trigger. */
	async openTrigger(parameters: Json): Promise<void> {
		const { id, name } = this.world.credential;
		const trigger: WorkflowNode = {
			id: NODE_ID,
			name: 'Somebody leaves FreshBooks',
			type: TYPES.trigger,
			typeVersion: 1,
			position: [0, 0],
			parameters,
			credentials: { [TYPES.credential]: { id, name } },
		};
		const workflow = await this.world.n8n.client.createWorkflow({ name: 'Leavers', nodes: [trigger], connections: {} });
		await openNode(this.page, this.world.n8n, workflow.id, NODE_ID);
	}

	/** Publishes the workflow for leavers, removes somebody, and opens the trigger in the execution that follows. */
	async openLeaver(): Promise<void> {
		const { client, url } = this.world.n8n;
		const draft = withCredential(await readWorkflow(LEAVERS), this.world.credential);
		const trigger = draft.nodes.find(({ type }) => type === TYPES.trigger);
		if (!trigger) throw new Error(`There is no trigger in ${LEAVERS}.`);
		const { id } = await client.createWorkflow(draft);
		await client.publish(id);
		await this.world.control('DELETE', `/businesses/${BILLSPRING}/members/teodor.wexley@example.com`);
		const execution = await this.firstExecution(id);
		await client.unpublish(id);
		await this.page.goto(`${url}/workflow/${id}/executions/${execution}`);
		await this.page.locator('.vue-flow__node').filter({ hasText: trigger.name }).first().dblclick({ force: true });
		await this.page.getByTestId('output-panel').getByText('JSON', { exact: true }).first().click();
		await this.page.getByText('teodor.wexley@example.com').first().waitFor();
	}

	/** Publishes the SCIM trigger, lets a provider deactivate somebody, and opens the trigger. */
	async openScim(): Promise<void> {
		const { client, url } = this.world.n8n;
		const provider = await publishScim(this.world, { business: billSpring });
		const leaver = Buffer.from('calum.prewitt@example.com').toString('base64url');
		await provider.ask(`/Users/${leaver}`, { method: 'PATCH', body: { Operations: [{ op: 'replace', value: { active: false } }] } });
		await itemsOf(this.world, provider, 1);
		await client.unpublish(provider.workflowId);
		await this.page.goto(`${url}/workflow/${provider.workflowId}`);
		await this.page.locator('.vue-flow__node').first().dblclick({ force: true });
		await this.page.getByTestId('ndv').waitFor();
		await this.page.getByText('Webhook URLs').first().click();
		await this.page.getByText('Production URL').first().click();
	}

	private async firstExecution(workflowId: string): Promise<string> {
		for (let tries = 0; tries < 240; tries++) {
			const [execution] = await this.world.n8n.client.executions(workflowId);
			if (execution) return execution.id;
			await this.page.waitForTimeout(500);
		}
		throw new Error('No leaver was reported within two minutes.');
	}

	async execute(shows: string): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
		await this.page.getByTestId('output-panel').getByText(shows).first().waitFor();
		const tab = this.page.getByTestId('output-panel').getByText('Table', { exact: true }).first();
		if (await tab.isVisible()) await tab.click();
		// n8n's notification disappears by itself.
		await this.page.getByRole('alert').first().waitFor({ state: 'detached' }).catch(() => undefined);
	}
}

function fromList(value: number, name: string): Json {
	return { __rl: true, mode: 'list', value: String(value), cachedResultName: name };
}

const billSpring = fromList(BILLSPRING, 'BillSpring (Owner)');

async function takeAll(world: World, page: Page): Promise<void> {
	const camera = new Camera(world, page);
	await camera.openTrigger({ events: ['memberRemoved', 'memberDeactivated'] });
	await camera.take('trigger', ['light', 'dark']);
	await camera.openLeaver();
	await camera.take('editor', ['light', 'dark']);

	await camera.openScim();
	await camera.take('scim', ['light', 'dark']);

	await camera.open({ resource: 'teamMember', operation: 'getAll', business: billSpring });
	await camera.take('action', ['light', 'dark']);
	await camera.execute('odalys.brandt@example.com');
	await camera.take('output');
	await page.getByTestId('credential-edit-button').click();
	await page.getByText(/account connected/i).filter({ visible: true }).first().waitFor();
	await camera.take('credential', ['light', 'dark']);

	await camera.open({ resource: 'teamMember', operation: 'get', business: fromList(HARBOUR, 'Harbour & Pine Works (Admin)') });
	await openList(page, 'member');
	await entriesOf(page).nth(99).waitFor({ state: 'attached' });
	await camera.take('list', ['light', 'dark']);

	await world.control('PATCH', '/settings', { profile: 'documented' });
	await camera.open({ resource: 'access', operation: 'offboard', email: 'ivo.castellan@example.com', businesses: 'selected', businessIds: [BILLSPRING] });
	await camera.execute('Error details');
	await camera.take('error');
}

async function main(): Promise<void> {
	await installChromium();
	await installN8n();
	await mkdir(IMAGES, { recursive: true });
	const world = await startWorld('screenshots');
	const { browser, context, page } = await openBrowser({ width: 1400, height: 900 });
	try {
		await signIn(context, world.n8n);
		await takeAll(world, page);
	} finally {
		await browser.close();
		await world.close();
	}
}

main().catch(giveUp);
