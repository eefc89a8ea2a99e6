import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { ALL_EVENTS, passMinutes, reported } from '../../harness/trigger';
import { ALWAYS, BILLSPRING, fault, HARBOUR, INVITATIONS, lookUps, MEMBERS, clearFaults, onASandbox, people, published, TEAM, teamOf, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const harbour = watching([HARBOUR]);
/** The last one on the second page. */
const LAST = 'amara.kowalczyk.131@example.org';

async function someoneOn(page: 1 | 2): Promise<string> {
	return (await people.all(HARBOUR))[page === 1 ? 30 : 115].email;
}

test.each(['teamMembers', 'businessMembers'])('a poll without changes leaves the state of %s as it was, so that n8n has nothing to write', async (source) => {
	const trigger = await published(watching([HARBOUR, BILLSPRING], { source, events: [...ALL_EVENTS] }));
	const baseline = trigger.state();
	expect(await trigger.poll()).toEqual({ items: [] });
	expect(trigger.state()).toEqual(baseline);
	await people.change(await someoneOn(2), { role: 'chief' }, HARBOUR);
	expect((await trigger.poll()).items).toMatchObject([{ event: 'roleChanged' }]);
	const changed = trigger.state();
	expect(changed).not.toEqual(baseline);
	expect(await trigger.poll()).toEqual({ items: [] });
	expect(trigger.state()).toEqual(changed);
});

describe('a row that is skipped between two pages is never a removal', () => {
	test.each<[string, string, IDataObject]>([
		['the list turned by one row', 'rotateRows', {}],
		['the list turned the other way, so that a row repeats', 'rotateRows', { by: -1 }],
		['the list lost its first row meanwhile', 'shiftRows', {}],
		['the list lost its first row meanwhile, and the total did not say so', 'shiftRows', { keepTotal: true }],
	])('%s, once: it is read again, and the change of the same minute is emitted', async (_name, kind, params) => {
		const trigger = await published(harbour);
		const email = await someoneOn(2);
		await people.change(email, { role: 'chief' }, HARBOUR);
		await fault(kind, TEAM, { ...params, count: 2 });
		expect(await trigger.poll()).toMatchObject({ items: [{ event: 'roleChanged', member: { email } }] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test.each<[string, IDataObject]>([
		['rotateRows', {}],
		['rotateRows', { by: -1 }],
		['shiftRows', {}],
		['shiftRows', { keepTotal: true }],
	])('%s %p for ever: nothing is reported removed, what is remembered stays, and the change is emitted later', async (kind, params) => {
		const trigger = await published(harbour);
		await people.change(await someoneOn(1), { role: 'chief' }, HARBOUR);
		await fault(kind, TEAM, { ...params, ...ALWAYS });
		const before = trigger.state();
		for (let poll = 0; poll < 3; poll++) expect((await trigger.poll()).items).toEqual([]);
		expect(trigger.state()).toEqual(before);
		await clearFaults();
		expect((await trigger.poll()).items).toMatchObject([{ event: 'roleChanged' }]);
	});

	test('a person left out of a list that is otherwise consistent is asked for, found, and their changes are seen', async () => {
		const trigger = await published(harbour);
		const email = await someoneOn(2);
		await fault('dropRows', TEAM, { emails: [email], keepTotal: false, ...ALWAYS });
		expect(await trigger.poll()).toEqual({ items: [] });
		await people.change(email, { role: 'chief' }, HARBOUR);
		expect((await trigger.poll()).items).toMatchObject([{ event: 'roleChanged', member: { email } }]);
		await clearFaults();
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('a listing that is incomplete', () => {
	test.each<[string, string, string, IDataObject]>([
		['a row short of its total', 'dropRows', TEAM, { emails: [LAST], keepTotal: true }],
		['more counted than shown', 'totalTooLarge', TEAM, {}],
		['a total that changes between the pages', 'totalTooLarge', TEAM, { query: 'page=2', extra: 1 }],
		['emptied, with the total kept', 'emptyList', TEAM, { keepTotal: true }],
		['its second page emptied', 'emptyList', TEAM, { query: 'page=2' }],
		['its second page of another form', 'wrongShape', TEAM, { query: 'page=2' }],
		['its second page null', 'wrongShape', TEAM, { query: 'page=2', body: null }],
		['rows without ids', 'wrongShape', TEAM, { body: { response: [{ email: 'a@example.com' }], meta: { page: 1, per_page: 100, total: 1 } } }],
		['its second page failing', 'status', TEAM, { query: 'page=2' }],
		['its second page a web page', 'html502', TEAM, { query: 'page=2' }],
		['cut off', 'truncatedJson', TEAM, {}],
		['an error in a 200', 'errorIn200', TEAM, { body: { response: { errors: [{ errno: 500, message: 'Internal Server Error' }] } } }],
		['broken off', 'resetMidBody', TEAM, {}],
	])('%s, for ever: no event, the snapshot untouched, and an error says so at most every 15 minutes', async (_name, kind, route, params) => {
		const trigger = await published(harbour);
		await people.remove(await someoneOn(1), HARBOUR);
		await people.change(await someoneOn(2), { role: 'chief' }, HARBOUR);
		const before = trigger.state();
		await fault(kind, route, { ...params, ...ALWAYS });
		const polls = [];
		const toldAt: number[] = [];
		for (const pause of [0, 0, 4, 6, 4]) {
			passMinutes(pause);
			const startedAt = Date.now();
			const polled = await trigger.poll();
			polls.push(polled);
			if (polled.error) toldAt.push(startedAt);
		}
		expect(polls.flatMap(({ items }) => items)).toEqual([]);
		expect(toldAt).toHaveLength(2);
		expect(polls.map(({ error }) => error !== undefined)).toEqual([true, false, false, false, true]);
		expect(polls[0].error?.message).toContain('Harbour & Pine Works');
		expect(polls[0].error?.description).not.toBe('');
		expect(trigger.state()).toEqual(before);
		await clearFaults();
		expect((await trigger.poll()).items.map(({ event }) => event)).toEqual(['roleChanged', 'memberRemoved']);
	});

	test('once only: it is read again in the same poll and no error is thrown', async () => {
		const trigger = await published(harbour);
		const email = await someoneOn(1);
		for (const kind of ['emptyList', 'totalTooLarge', 'wrongShape', 'truncatedJson', 'status', 'html502', 'resetMidBody']) {
			await people.change(email, { role: `role_${kind}` }, HARBOUR);
			await fault(kind, TEAM, { keepTotal: true });
			expect(await trigger.poll()).toMatchObject({ items: [{ event: 'roleChanged', member: { role: `role_${kind}` } }] });
		}
	});

	test('a total that always counts more than is listed is reported with its way out', async () => {
		const trigger = await published(harbour);
		await fault('totalTooLarge', TEAM, { extra: 5, ...ALWAYS });
		const { error } = await trigger.poll();
		expect(error?.message).toBe('Harbour & Pine Works: FreshBooks did not give the complete list of people (131 listed of 136)');
		expect(error?.description).toMatch(/To fix this, connect a user who may see everybody/);
	});

	test('an emptied list without a total removes nobody: whoever was asked for is there', async () => {
		const trigger = await published();
		await fault('emptyList', TEAM, ALWAYS);
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await lookUps()).toBe(12);
		await clearFaults();
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test.each(['emptyList', 'dropRows'])('business members, %s once: the second complete list keeps the person', async (kind) => {
		const trigger = await published(watching([BILLSPRING], { source: 'businessMembers' }));
		await fault(kind, MEMBERS, { emails: ['ivo.castellan@example.com'], keepTotal: false });
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('the invitations', () => {
	test.each(['status', 'wrongShape', 'html502', 'truncatedJson'])("that cannot be read (%s) do not affect the people's events, revoke nothing and are reported", async (kind) => {
		const trigger = await published();
		await fault(kind, INVITATIONS, ALWAYS);
		await people.remove('ivo.castellan@example.com');
		await people.revoke('jun.takeda@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberRemoved ivo.castellan@example.com']);
		const { items, error } = await trigger.poll();
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/invitations of business 6806492/);
		await clearFaults();
		expect(reported((await trigger.poll()).items)).toEqual(['invitationRevoked jun.takeda@example.com']);
	});

	test('left out of one list are not revoked', async () => {
		const trigger = await published();
		await fault('emptyList', INVITATIONS, { count: 1 });
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('are not asked for where no invitation event is chosen', async () => {
		const trigger = await published(watching([BILLSPRING], { events: ['memberAdded'] }));
		await fault('status', INVITATIONS, ALWAYS);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('first watched on a live workflow are a baseline', async () => {
		const trigger = await published(watching([BILLSPRING], { events: ['memberAdded'] }));
		expect(await trigger.publish(watching([BILLSPRING]))).toEqual({ items: [] });
		await people.revoke('jun.takeda@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['invitationRevoked jun.takeda@example.com']);
	});
});

test('one business whose list is no list does not hold up the others', async () => {
	const trigger = await published(watching([BILLSPRING, HARBOUR]));
	await fault('totalTooLarge', teamOf(HARBOUR), ALWAYS);
	await people.remove('ivo.castellan@example.com');
	const first = await trigger.poll();
	expect(reported(first.items)).toEqual(['memberRemoved ivo.castellan@example.com']);
	expect(first.error).toBeUndefined();
	expect((await trigger.poll()).error?.message).toMatch(/^Harbour & Pine Works: /);
});
