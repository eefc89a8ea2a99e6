import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { objectOf } from '../../../nodes/FreshBooks/client/json';
import { removalLimitIn } from '../../../nodes/FreshBooks/people/removalLimit';
import { FreshBooksScimTrigger } from '../../../nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node';
import { FreshBooksTrigger } from '../../../nodes/FreshBooksTrigger/FreshBooksTrigger.node';
import { onAFastClock } from '../../harness/clock';
import { passMinutes, reported } from '../../harness/trigger';
import { ALWAYS, BILLSPRING, control, fault, HARBOUR, LANTERN, lookUps, clearFaults, ONE_MEMBER, onASandbox, people, published, TEAM, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const NOT_FOUND = { status: 404, body: { error: 'not_found', error_description: 'The requested resource was not found.' } };

/** Away from the list, but still answered for when asked by id. */
async function hide(emails: string[], route = TEAM): Promise<void> {
	await fault('dropRows', route, { emails, keepTotal: false, ...ALWAYS });
}

async function addressesOf(business: number, count: number): Promise<string[]> {
	return (await people.all(business)).slice(1, count + 1).map(({ email }) => email);
}

test.each([new FreshBooksTrigger(), new FreshBooksScimTrigger()])('$description.displayName: the limit and its unit are shown together, and are what holds without them', ({ description }) => {
	const options = description.properties.find(({ name }) => name === 'options');
	expect(removalLimitIn(objectOf(options?.default))).toEqual(removalLimitIn({}));
	expect(Object.keys(objectOf(options?.default))).toEqual(['maxRemovals', 'maxRemovalsUnit']);
	const entries = (options?.options ?? []) as INodeProperties[];
	const place = entries.findIndex(({ name }) => name === 'maxRemovals');
	expect(entries[place + 1].name).toBe('maxRemovalsUnit');
	for (const entry of entries.slice(place, place + 2)) expect(entry.default).toBe(objectOf(options?.default)[entry.name]);
});

describe('a person missing from the list is requested by ID', () => {
	test('404 confirms', async () => {
		const trigger = await published();
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
		expect(await lookUps()).toBe(1);
	});

	test('200 keeps the person, and their changes are reported', async () => {
		const trigger = await published();
		await hide([IVO]);
		expect(await trigger.poll()).toEqual({ items: [] });
		await people.deactivate(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberDeactivated ${IVO}`]);
		await clearFaults();
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test.each<[string, string, IDataObject]>([
		['500', 'status', {}],
		['503', 'status', { status: 503 }],
		['a web page with 404', 'status', { status: 404, body: '<html><body>404 Not Found</body></html>', headers: { 'content-type': 'text/html' } }],
		['405', 'status', { status: 405 }],
		['403', 'status', { status: 403, body: { error: 'forbidden' } }],
		['429', 'rateLimited', {}],
		['a web page', 'html502', {}],
		['somebody else', 'wrongShape', { body: { response: { uuid: '00000000-0000-4000-8000-000000000000', email: 'x@example.com' } } }],
		['an empty object', 'wrongShape', { body: {} }],
		['a broken connection', 'resetBefore', {}],
		['half an answer', 'truncatedJson', {}],
	])('%s leaves them with the last known values, to be asked for again', async (_name, kind, params) => {
		const trigger = await published();
		await people.remove(IVO);
		await people.change('mirela.okafor@example.com', { role: 'contractor' });
		await fault(kind, ONE_MEMBER, { ...params, ...ALWAYS });
		expect(reported((await trigger.poll()).items)).toEqual(['roleChanged mirela.okafor@example.com']);
		expect(await trigger.poll()).toEqual({ items: [] });
		await clearFaults();
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('no answer in time leaves them with the last known values', async () => {
		const trigger = await published();
		await people.remove(IVO);
		await fault('delay', ONE_MEMBER, { ms: 20_000, ...ALWAYS });
		trigger.budgetMs = 800;
		expect((await trigger.poll()).items).toEqual([]);
		await clearFaults();
		trigger.budgetMs = undefined;
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('a few at a time, and the rest in the polls that follow', async () => {
		const trigger = await published(watching([HARBOUR], { options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } }));
		const gone = (await people.all(HARBOUR)).slice(1, 121).map(({ email }) => email);
		for (const email of gone) await people.remove(email, HARBOUR);
		const counts: number[] = [];
		for (let poll = 0; poll < 4; poll++) counts.push((await trigger.poll()).items.length);
		expect(counts).toEqual([50, 50, 20, 0]);
		expect(await lookUps()).toBe(120);
		expect(new Set(reported(trigger.emitted))).toEqual(new Set(gone.map((email) => `memberRemoved ${email}`)));
	});

	test('who is there for ever is asked for again and again, and never reported', async () => {
		const trigger = await published();
		await hide([IVO]);
		for (let poll = 0; poll < 5; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		expect(await lookUps()).toBe(5);
	});
});

describe('the safeguard', () => {
	const unlimited = { options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } };

	test('holds an emptied list of which everyone is answered as gone, and says how many of how many and what to do', async () => {
		const trigger = await published(watching([BILLSPRING]));
		await fault('emptyList', TEAM, ALWAYS);
		await fault('status', ONE_MEMBER, { ...NOT_FOUND, ...ALWAYS });
		const { items, error } = await trigger.poll();
		expect(items).toEqual([]);
		expect(error?.message).toBe('12 of 12 people disappeared from BillSpring at once: nothing was emitted');
		expect(error?.description).toMatch(/raise 'Max Removals'/);
		await clearFaults();
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('holds many leavers, tells it hourly, keeps every other event of that business back, and lets go when the limit is raised', async () => {
		const trigger = await published();
		for (const email of await addressesOf(BILLSPRING, 4)) await people.remove(email);
		await people.change('mirela.okafor@example.com', { role: 'contractor' });
		const errors: number[] = [];
		for (let minute = 0; minute < 125; minute += 5) {
			passMinutes(4);
			const { items, error } = await trigger.poll();
			expect(items).toEqual([]);
			if (error) errors.push(minute);
		}
		expect(errors).toEqual([0, 60, 120]);
		const released = await trigger.publish(watching([BILLSPRING], unlimited));
		expect(reported(released.items)).toEqual(expect.arrayContaining(['roleChanged mirela.okafor@example.com', `memberRemoved ${IVO}`]));
		expect(released.items).toHaveLength(5);
	});

	test('lets go by itself when the people come back', async () => {
		const trigger = await published();
		await fault('emptyList', TEAM, ALWAYS);
		await fault('status', ONE_MEMBER, { ...NOT_FOUND, ...ALWAYS });
		expect((await trigger.poll()).error?.message).toMatch(/disappeared/);
		await clearFaults();
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});

	test('does not hold fewer than three people in percent, and counts people where the unit says so', async () => {
		const small = await published(watching([LANTERN]));
		await people.remove('ravi.montclair@example.org', LANTERN);
		expect((await small.poll()).items).toHaveLength(1);
		const strict = await published(watching([BILLSPRING], { options: { maxRemovals: 0, maxRemovalsUnit: 'count' } }));
		await people.remove(IVO);
		expect((await strict.poll()).error?.message).toBe('1 of 12 people disappeared from BillSpring at once: nothing was emitted');
	});

	test('is not got round by the bound on confirmations', async () => {
		const trigger = await published(watching([HARBOUR]));
		for (const { email } of (await people.all(HARBOUR)).slice(1, 100)) await people.remove(email, HARBOUR);
		const polls = [];
		for (let poll = 0; poll < 4; poll++) polls.push(await trigger.poll());
		expect(polls.flatMap(({ items }) => items)).toEqual([]);
		expect(polls[0].error?.message).toBe('99 of 131 people disappeared from Harbour & Pine Works at once: nothing was emitted');
		expect(polls.slice(1).map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
	});

	test('is reported for each of two businesses of one name', async () => {
		await control('PATCH', `/businesses/${HARBOUR}`, { name: 'BillSpring' });
		const trigger = await published(watching([BILLSPRING, HARBOUR], { options: { maxRemovals: 0, maxRemovalsUnit: 'count' } }));
		await people.remove(IVO);
		expect((await trigger.poll()).error?.message).toMatch(/^1 of 12 /);
		const [email] = await addressesOf(HARBOUR, 1);
		await people.remove(email, HARBOUR);
		expect((await trigger.poll()).error?.message).toMatch(/^1 of 131 /);
	});

	test('is reported even if the poll in which it was due had items of another business', async () => {
		const trigger = await published(watching([BILLSPRING, LANTERN]));
		for (const email of await addressesOf(BILLSPRING, 4)) await people.remove(email);
		await people.change('ravi.montclair@example.org', { role: 'contractor' }, LANTERN);
		const first = await trigger.poll();
		expect(reported(first.items)).toEqual(['roleChanged ravi.montclair@example.org']);
		expect((await trigger.poll()).error?.message).toMatch(/^4 of 12 people disappeared from BillSpring/);
		expect((await trigger.poll()).error).toBeUndefined();
	});

	test('is reported after a restart or a publication, whose own poll throws nothing', async () => {
		const trigger = await published();
		for (const email of await addressesOf(BILLSPRING, 4)) await people.remove(email);
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.message).toMatch(/disappeared/);
		passMinutes(90);
		expect(await trigger.activate('activate')).toEqual({ items: [] });
		expect((await trigger.poll()).error?.message).toMatch(/disappeared/);
	});

	test('takes people with another ID for no leavers', async () => {
		const trigger = await published();
		for (const email of await addressesOf(BILLSPRING, 6)) await people.newId(email);
		expect((await trigger.poll()).items.map(({ event }) => event)).toEqual(Array(6).fill('memberUpdated'));
	});
});

test('whoever leaves and comes back between two polls left no trace, and a removed row kept as inactive is a deactivation', async () => {
	const trigger = await published();
	await control('PATCH', '/settings', { removedMembers: 'inactive' });
	await people.remove(IVO);
	expect(reported((await trigger.poll()).items)).toEqual([`memberDeactivated ${IVO}`]);
});
