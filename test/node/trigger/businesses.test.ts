import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { reported } from '../../harness/trigger';
import { ALWAYS, BILLSPRING, control, credentialFor, fault, HARBOUR, INVITATIONS, LANTERN, ME, clearFaults, onASandbox, people, published, QUARRY, TEAM, teamOf, triggerOf, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const all = watching([], { businesses: 'all' });

async function snapshots(trigger: { state: () => IDataObject | undefined }): Promise<string[]> {
	return Object.keys((trigger.state()?.snapshots ?? {}) as IDataObject).sort();
}

describe("'All' businesses", () => {
	test('are those the user may list; one that never could be is no trouble', async () => {
		const trigger = await published(all);
		expect(await snapshots(trigger)).toEqual([`teamMembers:${HARBOUR}`, `teamMembers:${LANTERN}`, `teamMembers:${BILLSPRING}`]);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('include one the user joins later, with a baseline of its own', async () => {
		const trigger = await published(all);
		await control('POST', '/businesses', { id: 7000001, name: 'Fresh & Co', generate: 5 });
		await control('PATCH', `/businesses/${QUARRY}`, { listable: true });
		expect(await trigger.poll()).toEqual({ items: [] });
		await people.change('petra.vance@example.org', { role: 'partner' }, QUARRY);
		await people.add('ada.new@example.com', {}, 7000001);
		expect(new Set(reported((await trigger.poll()).items))).toEqual(new Set(['memberAdded ada.new@example.com', 'roleChanged petra.vance@example.org']));
	});

	test("'Report Existing People' applies to the first poll, not to a business that comes later", async () => {
		const trigger = await triggerOf({ ...all, options: { emitExisting: true } });
		expect((await trigger.activate()).items).toHaveLength(12 + 131 + 3);
		await control('POST', '/businesses', { id: 7000001, name: 'Fresh & Co', generate: 5 });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('of which none may be listed are reported to the person who publishes, and later', async () => {
		for (const id of [BILLSPRING, HARBOUR, LANTERN]) await control('PATCH', `/businesses/${id}`, { listable: false });
		const trigger = await triggerOf(all);
		expect((await trigger.activate()).error?.message).toMatch(/^BillSpring: The connected FreshBooks user has no permission for team members of business 6806492/);
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.cause).toBe('configuration-invalid');
	});

	test('of which there are none are reported', async () => {
		for (const id of [BILLSPRING, HARBOUR, LANTERN, QUARRY]) await control('DELETE', `/businesses/${id}/membership`);
		const { error } = await (await triggerOf(all)).activate();
		expect(error).toMatchObject({ message: 'The connected FreshBooks user belongs to no business, so there is nobody to watch', cause: 'configuration-invalid' });
	});

	test('without the scope for teams are reported', async () => {
		const trigger = await triggerOf(all, { credential: await credentialFor('user:profile:read') });
		const { error } = await trigger.activate();
		expect(error?.message).toMatch(/user:teams:read is needed/);
		expect(error?.cause).toBe('configuration-invalid');
	});

	test('whose membership holds no business are ignored', async () => {
		await control('PATCH', '/settings', { membershipWithoutBusiness: true, usersMeShape: 'flat' });
		const trigger = await published(all);
		await people.remove(IVO);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	});
});

test('a business to which the user belongs twice is watched once', async () => {
	const trigger = await published(all);
	const membership = (id: number, role: string) => ({ id, role, business: { id: BILLSPRING, name: 'BillSpring' } });
	const body = { response: { id: 712052, business_memberships: [membership(1, 'owner'), membership(2, 'business_manager')] } };
	await fault('status', ME, { status: 200, body });
	await people.change(IVO, { role: 'contractor' });
	expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`]);
});

describe('access that is lost is not everyone leaving', () => {
	test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
		[
			'the user is taken out of the business',
			async () => await control('DELETE', `/businesses/${BILLSPRING}/membership`),
			async () => await control('PUT', `/businesses/${BILLSPRING}/membership`, { role: 'owner' }),
		],
		[
			'the list answers 403',
			async () => await control('PATCH', `/businesses/${BILLSPRING}`, { listable: false }),
			async () => await control('PATCH', `/businesses/${BILLSPRING}`, { listable: true }),
		],
		['the list answers 404', async () => await fault('status', teamOf(BILLSPRING), { status: 404, body: { error: 'not_found' }, ...ALWAYS }), clearFaults],
		['the list answers 401', async () => await fault('status', teamOf(BILLSPRING), { status: 401, body: { error: 'unauthenticated' }, ...ALWAYS }), clearFaults],
		['users/me names no business at all', async () => await fault('wrongShape', ME, { body: { response: { id: 1, business_memberships: [] } }, ...ALWAYS }), clearFaults],
	])('%s', async (_name, lose, regain) => {
		for (const parameters of [watching([BILLSPRING, LANTERN]), all]) {
			const trigger = await published(parameters);
			const before = (await snapshots(trigger)).length;
			await lose();
			const { items, error } = await trigger.poll();
			expect(items).toEqual([]);
			expect(error?.message).toMatch(/6806492|BillSpring/);
			expect(error?.description).toMatch(/Nobody is reported as removed|nobody is reported as removed/);
			expect((await trigger.poll()).error).toBeUndefined();
			expect(await snapshots(trigger)).toHaveLength(before);
			await people.remove((await people.all())[1].email);
			await regain();
			expect((await trigger.poll()).items).toMatchObject([{ event: 'memberRemoved' }]);
		}
	});

	test("does not stop another business's events", async () => {
		const trigger = await published(all);
		await control('DELETE', `/businesses/${BILLSPRING}/membership`);
		await control('PATCH', `/businesses/${HARBOUR}`, { listable: false });
		await people.remove('ravi.montclair@example.org', LANTERN);
		expect(reported((await trigger.poll()).items)).toEqual(['memberRemoved ravi.montclair@example.org']);
		const { error } = await trigger.poll();
		expect(error?.message).toMatch(/business 6806492/);
		expect(error?.description).toMatch(/Also: Harbour & Pine Works: /);
		expect(error?.cause).toBe('temporarily-unavailable');
	});
});

describe('settings changed on a live workflow', () => {
	test('a business added gets a baseline, one removed is forgotten, and neither gives a false event', async () => {
		const trigger = await published(watching([BILLSPRING]));
		await people.remove(IVO);
		expect(reported((await trigger.publish(watching([BILLSPRING, LANTERN]))).items)).toEqual([`memberRemoved ${IVO}`]);
		expect(await trigger.publish(watching([LANTERN]))).toEqual({ items: [] });
		expect(await snapshots(trigger)).toEqual([`teamMembers:${LANTERN}`]);
		await people.add('ada.new@example.com');
		expect(await trigger.publish(watching([BILLSPRING]))).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('from all to selected and back', async () => {
		const trigger = await published(all);
		expect(await trigger.publish(watching([LANTERN]))).toEqual({ items: [] });
		await people.remove(IVO);
		expect(await trigger.publish(all)).toEqual({ items: [] });
		await people.remove('mirela.okafor@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberRemoved mirela.okafor@example.com']);
	});

	test('another source has a baseline of its own, and so has the first when it is chosen again', async () => {
		const trigger = await published(watching([BILLSPRING]));
		await people.remove(IVO);
		expect(await trigger.publish(watching([BILLSPRING], { source: 'businessMembers' }))).toEqual({ items: [] });
		await people.add('ada.new@example.com');
		expect(await trigger.publish(watching([BILLSPRING], { options: { emitExisting: true } }))).toEqual({ items: [] });
		await people.remove('ada.new@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberRemoved ada.new@example.com']);
	});

	test('an event chosen later begins with what changes from then on', async () => {
		const trigger = await published(watching([BILLSPRING], { events: ['memberRemoved'] }));
		await people.change(IVO, { role: 'contractor' });
		await people.invite('late@example.com');
		expect(await trigger.poll()).toEqual({ items: [] });
		expect(await trigger.publish(watching([BILLSPRING]))).toEqual({ items: [] });
		await people.change(IVO, { role: 'business_manager' });
		await people.accept('late@example.com');
		expect(reported((await trigger.poll()).items)).toEqual([`roleChanged ${IVO}`, 'memberAdded late@example.com', 'invitationAccepted late@example.com']);
	});

	test.each<[string, IDataObject, RegExp]>([
		['no business', watching([]), /'Business Names or IDs' is empty/],
		['no event', watching([BILLSPRING], { events: [] }), /'Events' is empty/],
		['a business that is none', { ...watching([]), businessIds: ['a/../b'] }, /'Business Names or IDs' has an entry that must be a whole number/],
		['a limit below 0', watching([BILLSPRING], { options: { maxRemovals: -1 } }), /'Max Removals' must be a number of at least 0/],
	])('%s is thrown with its way out to the person who publishes, touches no state and kills nothing on a restart', async (_name, parameters, message) => {
		const trigger = await published();
		const before = trigger.stored;
		trigger.parameters = parameters as typeof trigger.parameters;
		const { error } = await trigger.activate('activate');
		expect(error).toMatchObject({ message: expect.stringMatching(message), cause: 'configuration-invalid' });
		expect(error?.description).toMatch(/To fix this, correct it in the FreshBooks Trigger/);
		expect(await trigger.restart()).toEqual({ items: [] });
		expect((await trigger.poll()).error?.message).toMatch(message);
		expect((await trigger.poll()).error).toBeUndefined();
		expect(trigger.stored).toBe(before);
	});
});

test('a businessMembers list that FreshBooks does not offer is reported to the person who publishes', async () => {
	await control('PATCH', '/settings', { profile: 'documented' });
	for (const businesses of ['all', 'selected']) {
		const trigger = await triggerOf(watching([BILLSPRING], { businesses, source: 'businessMembers', events: ['memberAdded'] }));
		expect((await trigger.activate()).error?.message).toMatch(/FreshBooks does not offer this to your connection/);
	}
});

test('invitations that FreshBooks does not offer are reported, and the people are watched nevertheless', async () => {
	const trigger = await published();
	await control('PATCH', '/settings', { profile: 'documented' });
	await people.remove(IVO);
	expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${IVO}`]);
	expect((await trigger.poll()).error?.message).toMatch(/invitations of business/);
	await fault('status', TEAM, { status: 500, count: 1 });
	await fault('status', INVITATIONS, { status: 404, count: 1 });
	await people.add('ada.new@example.com');
	expect(reported((await trigger.poll()).items)).toEqual(['memberAdded ada.new@example.com']);
});
