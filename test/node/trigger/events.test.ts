import { onAFastClock, START } from '../../harness/clock';
import { reported } from '../../harness/trigger';
import { asOutput, BILLSPRING, fault, LANTERN, onASandbox, people, published, triggerOf, TEAM, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const HUGH = 'hugh.omalley-reyes@example.com';
const MIRELA = 'mirela.okafor@example.com';
const JUN = 'jun.takeda@example.com';
const LUCIA = 'lucia.marchetti@example.com';

const business = { id: BILLSPRING, name: 'BillSpring' };
const envelope = { eventId: expect.stringMatching(/^[0-9a-f]{64}$/), detectedAt: new Date(START + 60_000).toISOString(), business };

test.each(['freshBooks', 'scim'])('items begin with the event, the name and the address, and end with the event ID (%s)', async (outputFormat) => {
	const trigger = await published(watching([BILLSPRING], { options: { outputFormat } }));
	await people.invite('new.person@example.com');
	await people.change('ivo.castellan@example.com', { role: 'contractor' });
	const { items } = await trigger.poll();
	expect(items.map((item) => Object.keys(item))).toEqual([
		['event', 'invitation', 'changes', 'business', 'previous', 'detectedAt', 'eventId'],
		['event', 'member', 'changes', 'business', 'previous', 'detectedAt', 'eventId'],
	]);
	expect(Object.keys(items[0].invitation ?? {})).toEqual(['email', 'role', 'status', 'id']);
	if (outputFormat === 'freshBooks') expect(Object.keys(items[1].member ?? {}).slice(0, 4)).toEqual(['firstName', 'lastName', 'email', 'role']);
});

describe('the first poll', () => {
	test('only takes the baseline', async () => {
		const trigger = await triggerOf();
		expect(await trigger.activate()).toEqual({ items: [] });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test("emits everyone as added where 'Report Existing People' says so, once", async () => {
		const trigger = await triggerOf(watching([BILLSPRING], { options: { emitExisting: true } }));
		const { items } = await trigger.activate();
		expect(items.map(({ event }) => event)).toEqual(Array(12).fill('memberAdded'));
		expect(items[2]).toMatchObject({ member: asOutput(await people.get(IVO)), previous: null, changes: {} });
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('the nine events', () => {
	test('memberAdded', async () => {
		const trigger = await published();
		const after = asOutput(await people.add('ada.new@example.com', { firstName: 'Ada', lastName: 'New', role: 'contractor' }));
		const { items } = await trigger.poll();
		expect(items).toEqual([{ ...envelope, event: 'memberAdded', member: after, previous: null, changes: {} }]);
		expect(Object.keys(items[0].member ?? {})).toEqual(Object.keys(after));
	});

	test('memberRemoved shows the person with the last known values', async () => {
		const trigger = await published();
		const before = asOutput(await people.remove(IVO));
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'memberRemoved', member: before, previous: before, changes: {} }]);
	});

	test('memberDeactivated', async () => {
		const trigger = await published();
		const before = asOutput(await people.get(IVO));
		await people.deactivate(IVO);
		const after = asOutput(await people.get(IVO));
		const changes = { active: { from: true, to: false } };
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'memberDeactivated', member: after, previous: before, changes }]);
	});

	test('memberReactivated', async () => {
		await people.deactivate(IVO);
		const trigger = await published();
		const before = asOutput(await people.get(IVO));
		await people.reactivate(IVO);
		const after = asOutput(await people.get(IVO));
		const changes = { active: { from: false, to: true } };
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'memberReactivated', member: after, previous: before, changes }]);
	});

	test('roleChanged, to a role nobody has heard of as well', async () => {
		const trigger = await published();
		const before = asOutput(await people.get(IVO));
		const after = asOutput(await people.change(IVO, { role: 'chief_of_cake' }));
		const changes = { role: { from: 'business_manager', to: 'chief_of_cake' } };
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'roleChanged', member: after, previous: before, changes }]);
	});

	test('memberUpdated', async () => {
		const trigger = await published();
		const before = asOutput(await people.get(IVO));
		const after = asOutput(await people.change(IVO, { email: 'ivo@example.com', lastName: 'Castellan-Wu' }));
		const changes = { email: { from: IVO, to: 'ivo@example.com' }, lastName: { from: 'Castellan', to: 'Castellan-Wu' } };
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'memberUpdated', member: after, previous: before, changes }]);
	});

	test('invitationCreated', async () => {
		const trigger = await published();
		const { id } = await people.invite('newcomer@example.com', 'contractor');
		const invitation = { id, email: 'newcomer@example.com', role: 'contractor', status: 'pending' };
		expect((await trigger.poll()).items).toEqual([{ ...envelope, event: 'invitationCreated', invitation, previous: null, changes: {} }]);
	});

	test('invitationAccepted carries the member and the invitation, beside memberAdded', async () => {
		const trigger = await published();
		const member = asOutput(await people.accept(JUN));
		const { items } = await trigger.poll();
		expect(reported(items)).toEqual([`memberAdded ${JUN}`, `invitationAccepted ${JUN}`]);
		expect(items[1]).toEqual({
			...envelope,
			event: 'invitationAccepted',
			member,
			invitation: { id: expect.any(Number), email: JUN, role: 'business_employee', status: 'pending' },
			previous: null,
			changes: { invitationAcceptedAt: { from: null, to: member.invitationAcceptedAt } },
		});
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('invitationRevoked', async () => {
		const trigger = await published();
		await people.revoke(LUCIA);
		const { items } = await trigger.poll();
		const invitation = { id: expect.any(Number), email: LUCIA, role: 'contractor', status: 'pending' };
		expect(items).toEqual([{ ...envelope, event: 'invitationRevoked', invitation, previous: null, changes: {} }]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe('one acceptance is one event', () => {
	test('of a listed person before they accept, who has a date afterwards', async () => {
		const trigger = await published();
		await people.invite('noor.haddad@example.com', 'business_employee');
		expect(reported((await trigger.poll()).items)).toEqual(['invitationCreated noor.haddad@example.com']);
		await people.accept('noor.haddad@example.com');
		const { items } = await trigger.poll();
		expect(items.filter(({ event }) => event === 'invitationAccepted')).toHaveLength(1);
		expect(items.every(({ member }) => member?.email === 'noor.haddad@example.com')).toBe(true);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('and none where neither the invitation nor the person without a date was ever seen: they are added', async () => {
		const trigger = await published();
		await people.invite('quick@example.com');
		await people.accept('quick@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberAdded quick@example.com']);
	});
});

describe('items', () => {
	test('one person with several changes is one item per event that applies', async () => {
		const trigger = await published();
		await people.change(IVO, { role: 'contractor', firstName: 'Iva', active: false });
		const { items } = await trigger.poll();
		expect(reported(items)).toEqual([`memberUpdated ${IVO}`, `roleChanged ${IVO}`, `memberDeactivated ${IVO}`]);
		expect(items.map(({ changes }) => Object.keys(changes))).toEqual([['firstName'], ['role'], ['active']]);
		expect(new Set(items.map(({ eventId }) => eventId)).size).toBe(3);
	});

	test("come business by business in the order of the memberships, then in FreshBooks' order, removals last", async () => {
		const trigger = await published(watching([LANTERN, BILLSPRING]));
		await people.change('ravi.montclair@example.org', { role: 'contractor' }, LANTERN);
		await people.add('zoe@example.com');
		await people.remove(IVO);
		await people.change(MIRELA, { role: 'contractor' });
		await people.change(HUGH, { role: 'contractor' });
		expect(reported((await trigger.poll()).items)).toEqual([
			`roleChanged ${MIRELA}`,
			`roleChanged ${HUGH}`,
			'memberAdded zoe@example.com',
			`memberRemoved ${IVO}`,
			'roleChanged ravi.montclair@example.org',
		]);
	});

	test('do not come of updated_at alone, nor of a change of what no event tells', async () => {
		const trigger = await published();
		await people.change(IVO, { updatedAt: '2026-11-20T10:00:00Z' });
		await people.change(HUGH, { jobTitle: 'Poet' });
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('are those of the chosen events only, but everything is remembered', async () => {
		const trigger = await published(watching([BILLSPRING], { events: ['memberRemoved'] }));
		await people.add('ada.new@example.com');
		await people.change(IVO, { role: 'contractor' });
		expect(await trigger.poll()).toEqual({ items: [] });
		await people.remove('ada.new@example.com');
		expect(reported((await trigger.poll()).items)).toEqual(['memberRemoved ada.new@example.com']);
	});
});

describe('the same person with another ID', () => {
	test('is updated, never removed', async () => {
		const trigger = await published();
		const before = asOutput(await people.get(IVO));
		const after = asOutput(await people.newId(IVO));
		const { items } = await trigger.poll();
		expect(items).toEqual([{ ...envelope, event: 'memberUpdated', member: after, previous: before, changes: { id: { from: before.id, to: after.id } } }]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('is not reported removed when the list is emptied in that same minute', async () => {
		const trigger = await published();
		await people.newId(IVO);
		await fault('emptyList', TEAM, { count: 1 });
		expect((await trigger.poll()).items).toEqual([]);
		expect((await trigger.poll()).items.map(({ event }) => event)).toEqual(['memberUpdated']);
	});

	test('is known by the address in any case, where FreshBooks gives no identity', async () => {
		const trigger = await published();
		await people.remove(IVO);
		await people.add('Ivo.CASTELLAN@Example.com', { firstName: 'Ivo', lastName: 'Castellan', role: 'business_manager', identityId: null });
		const { items } = await trigger.poll();
		expect(items.map(({ event }) => event)).not.toContain('memberRemoved');
		expect(items.map(({ event }) => event)).not.toContain('memberAdded');
		expect(items.find(({ event }) => event === 'memberUpdated')?.changes).toMatchObject({ email: { from: IVO, to: 'Ivo.CASTELLAN@Example.com' } });
	});
});

describe('an event ID', () => {
	test('is the same when the same change is found again after the stored state went back', async () => {
		const trigger = await published();
		const before = trigger.stored;
		await people.change(IVO, { role: 'contractor' });
		await people.remove(HUGH);
		await people.add('ada.new@example.com');
		await people.revoke(LUCIA);
		await people.accept(JUN);
		const { items } = await trigger.poll();
		expect(items).toHaveLength(6);
		trigger.stored = before;
		const again = await trigger.restart();
		expect(again.items.map(({ eventId }) => eventId)).toEqual(items.map(({ eventId }) => eventId));
	});

	test('is another when the same kind of change happens again', async () => {
		const trigger = await published();
		const ids: string[] = [];
		for (const role of ['contractor', 'business_manager', 'contractor', 'business_manager']) {
			await people.change(IVO, { role });
			ids.push(...(await trigger.poll()).items.map(({ eventId }) => eventId));
		}
		for (let time = 0; time < 2; time++) {
			await people.remove(HUGH);
			ids.push(...(await trigger.poll()).items.map(({ eventId }) => eventId));
			await people.add(HUGH, { uuid: 'dd6392d0-0639-40bd-9502-7d80c44de9f3' });
			ids.push(...(await trigger.poll()).items.map(({ eventId }) => eventId));
		}
		expect(ids).toHaveLength(8);
		expect(new Set(ids).size).toBe(8);
	});

	test('differs between people, businesses and sources', async () => {
		const trigger = await published(watching([LANTERN, BILLSPRING]));
		const email = 'marlowe.ashdown@example.com';
		await people.change(email, { firstName: 'Low' });
		await people.change(email, { firstName: 'Low' }, LANTERN);
		await people.change(IVO, { firstName: 'Low' });
		expect(new Set((await trigger.poll()).items.map(({ eventId }) => eventId)).size).toBe(3);
	});
});

describe('the source Business Members', () => {
	const parameters = watching([BILLSPRING], { source: 'businessMembers' });

	test('reports whole numbers, joins, roles and leavers, and confirms a leaver with a second list', async () => {
		const trigger = await published(parameters);
		const { memberId } = await people.get(IVO);
		await people.change(HUGH, { role: 'contractor' });
		await people.remove(IVO);
		await people.add('ada.new@example.com', { role: 'contractor' });
		const { items } = await trigger.poll();
		expect(reported(items)).toEqual([`roleChanged ${HUGH}`, 'memberAdded ada.new@example.com', `memberRemoved ${IVO}`]);
		expect(items[2].member).toEqual({
			id: memberId,
			email: IVO,
			firstName: null,
			lastName: null,
			role: 'business_manager',
			active: null,
			identityId: null,
			invitationAcceptedAt: null,
			updatedAt: null,
		});
	});
});

test('a poll that n8n hands the state from before the last one misses nothing that was undone since, and repeats by the same IDs', async () => {
	const trigger = await published(watching([BILLSPRING]), { engine: 'scheduler' });
	const before = trigger.stored;
	await people.deactivate(IVO);
	const [deactivated] = (await trigger.poll()).items;
	trigger.stored = before;
	await people.reactivate(IVO);
	const { items } = await trigger.poll();
	expect(items.map(({ event }) => event)).toEqual(['memberDeactivated', 'memberReactivated']);
	expect(items[0]).toEqual(deactivated);
	expect(await trigger.poll()).toEqual({ items: [] });
});
