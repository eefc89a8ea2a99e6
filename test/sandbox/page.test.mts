import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { startSandbox } from '../../sandbox/freshbooks/server.mts';
import { BILLSPRING, INVITATIONS, MEMBERS, STAFF, useSandbox } from './support.mts';

const bench = useSandbox();
const OF = `/businesses/${BILLSPRING}`;
const TEODOR = `${OF}/members/teodor.wexley@example.com`;
const ROLE_IDENTIFIER = /\bbusiness_(?:partner|manager|employee|accountant)\b|no_seat_employee/;

/** What a person reads of some HTML: one line for each block, without tags. */
function words(html: string): string {
	const shown = html.replace(/<(?:script|style)>[\s\S]*?<\/(?:script|style)>/g, '').replace(/<\/(?:li|tr|p|summary)>/g, '\n').replace(/<[^>]+>/g, ' ');
	return shown.replace(/&#(\d+);/g, (_match, code: string) => String.fromCharCode(Number(code))).replace(/[^\S\n]+/g, ' ').replace(/ ([.,;:])/g, '$1');
}

const pageHtml = async () => (await bench.open.get<string>('/')).data;
const page = async () => words(await pageHtml());
/** The changes that the page lists, the newest first, without their times. */
async function changes(): Promise<string[]> {
	const { data } = await bench.open.get<string>('/sandbox/page/activity');
	const list = /<ol id="changes"[^>]*>([\s\S]*?)<\/ol>/.exec(data)?.[1] ?? '';
	return words(list).split('\n').map((line) => line.replace(/^ *\d\d:\d\d:\d\d */, '').trim()).filter(Boolean);
}

describe('the page', () => {
	it('escapes people', async () => {
		await bench.control('POST', `${OF}/members`, { email: 'x@example.com', firstName: '<img src=x onerror=alert(1)>' });
		const html = await pageHtml();
		assert.match(html, /&#60;img src=x/);
		assert.doesNotMatch(html, /<img src=x/);
	});

	it('says who the connected user is, and their role in each business', async () => {
		const shown = await page();
		assert.match(shown, /You are Marlowe Ashdown \(marlowe\.ashdown@example\.com\), the connected user/);
		assert.match(shown, /Your role: Owner\. Business ID 6806492 .*Account ID zDmNq/);
		assert.match(shown, /Your role: Manager\. Business ID 530277 .*No account of its own/);
		assert.match(shown, /Your role: Employee\. FreshBooks does not list these people to you\. Business ID 884410/);
		assert.match(shown, /Marlowe Ashdown You /);
	});

	it('names roles in words', async () => {
		await bench.control('PATCH', TEODOR, { role: 'business_accountant' });
		assert.doesNotMatch(await page(), ROLE_IDENTIFIER);
	});

	it('lists with what an n8n is connected, each value with a copy button', async () => {
		const html = await pageHtml();
		const { clientId, clientSecret, url } = bench.sandbox;
		for (const value of [clientId, clientSecret, url]) {
			assert.ok(html.includes(`<code>${value}</code>`), value);
			assert.ok(html.includes(`data-copy="${value}"`), value);
		}
		assert.match(html, /aria-label="Copy Client Secret"/);
	});

	it('has copy buttons for the IDs of businesses, accounts, team members and invitations', async () => {
		const html = await pageHtml();
		const [business] = bench.sandbox.parts.world.businesses.values();
		for (const id of ['6806492', 'zDmNq', business?.members[3]?.uuid, business?.invitations[0]?.id]) assert.ok(html.includes(`data-copy="${id}"`), String(id));
		assert.match(html, /aria-label="Copy the UUID of Teodor Wexley"/);
	});

	it('asks before it removes, revokes and resets', async () => {
		const html = await pageHtml();
		const destructive = [...html.matchAll(/<button[^>]*data-method="DELETE"[^>]*>|<button[^>]*data-path="\/sandbox\/reset"[^>]*>/g)].map(([button]) => button);
		assert.ok(destructive.length > 100, String(destructive.length));
		assert.deepEqual(destructive.filter((button) => !button.includes('data-confirm="')), []);
		assert.match(words(html.replace(/data-confirm="([^"]*)"/g, '>$1<p')), /Remove Teodor Wexley \(teodor\.wexley@example\.com\) from BillSpring\?/);
	});

	it('says when published workflows notice', async () => {
		assert.match(await page(), /Published workflows notice a change within a minute\./);
		assert.doesNotMatch(await pageHtml(), />Open n8n</);
	});

	it('links to the n8n that was started with it', async () => {
		const sandbox = await startSandbox({ n8nUrl: 'http://127.0.0.1:5678' });
		const html = await (await fetch(sandbox.url)).text();
		await sandbox.close();
		assert.match(html, /<a href="http:\/\/127\.0\.0\.1:5678\/home\/workflows"[^>]*>Open n8n<\/a>/);
	});

	it('labels every control', async () => {
		const html = await pageHtml();
		const unnamed = [...html.matchAll(/<(?:input|select)\b[^>]*>/g)].filter(([tag]) => !/aria-label="[^"]+"|type="hidden"/.test(tag));
		assert.deepEqual(unnamed.map(([tag]) => tag), []);
	});
});

describe("the page's list of changes", () => {
	it('names whom, from what to what, in which business and by whom', async () => {
		await bench.control('PATCH', TEODOR, { role: 'business_manager', lastName: 'Wren' });
		await bench.control('POST', `${TEODOR}/deactivate`);
		await bench.control('DELETE', TEODOR);
		assert.deepEqual(await changes(), [
			'Teodor Wren (teodor.wexley@example.com) was removed. Role: Manager. BillSpring, by this page',
			'Teodor Wren (teodor.wexley@example.com) was deactivated: Active → Inactive. BillSpring, by this page',
			'Teodor Wren (teodor.wexley@example.com) was changed: last name Wexley → Wren. BillSpring, by this page',
			'Teodor Wren (teodor.wexley@example.com) got another role: Employee → Manager. BillSpring, by this page',
		]);
	});

	it('tells the API from the page', async () => {
		const { memberId } = await bench.control('GET', TEODOR);
		await bench.api.put(`${MEMBERS}/${String(memberId)}`, { role: 'contractor' });
		await bench.api.post(INVITATIONS, { email: 'new@example.com', role: 'manager' });
		await bench.control('POST', `${OF}/invitations/new@example.com/accept`);
		assert.deepEqual(await changes(), [
			'New (new@example.com) accepted the invitation. Role: Manager. BillSpring, by this page',
			'New (new@example.com) was added. Role: Manager. BillSpring, by this page',
			'new@example.com was invited. Role: Manager. BillSpring, by the API (n8n)',
			'Teodor Wexley (teodor.wexley@example.com) got another role: Employee → Contractor. BillSpring, by the API (n8n)',
		]);
	});

	it('names staff records and what changed in them', async () => {
		await bench.api.put(`${STAFF}/1`, { staff: { note: 'x', mob_phone: '416', vis_state: 0 } });
		await bench.api.put(`${STAFF}/1`, { staff: { vis_state: 1 } });
		await bench.api.put(`${STAFF}/1`, { staff: { vis_state: 2 } });
		assert.deepEqual(await changes(), [
			'Marlowe Ashdown (marlowe.ashdown@example.com): staff record 1 was changed: state deleted → archived. BillSpring, by the API (n8n)',
			'Marlowe Ashdown (marlowe.ashdown@example.com): staff record 1 was deleted: state active → deleted. BillSpring, by the API (n8n)',
			'Marlowe Ashdown (marlowe.ashdown@example.com): staff record 1 was changed: note (empty) → x, mob phone (empty) → 416. BillSpring, by the API (n8n)',
		]);
	});

	it('names changes of businesses and of the connected user', async () => {
		await bench.control('PATCH', OF, { name: 'Bill & Spring', role: 'business_manager', listable: true });
		await bench.control('DELETE', `${OF}/membership`);
		await bench.api.put('/auth/api/v1/users/me', { first_name: 'Lou' });
		await bench.control('PUT', `${OF}/membership`, { role: 'business_employee' });
		await bench.control('DELETE', OF);
		const shown = await changes();
		assert.equal(shown[0], 'Bill & Spring was deleted, with 12 team members. By this page');
		assert.equal(shown[1], 'You joined. Role: Employee. Bill & Spring, by this page');
		assert.equal(shown[2], 'You were changed: first name Marlowe → Lou. By the API (n8n)');
		assert.equal(shown.at(-2), 'You left. Bill & Spring, by this page');
		assert.equal(shown.at(-1), 'The business was changed: name BillSpring → Bill & Spring, your role Owner → Manager. Bill & Spring, by this page');
	});

	it('is empty after a reset', async () => {
		await bench.control('DELETE', TEODOR);
		await bench.control('POST', '/reset');
		assert.deepEqual(await changes(), ['Nothing has changed yet.']);
	});
});
