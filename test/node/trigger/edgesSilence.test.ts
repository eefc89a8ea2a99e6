import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, reported, type TestTrigger } from '../../harness/trigger';
import { acme, addressOf, changesIn, idIn, iso, json, onAScript, person, SOURCES, textOf, unjoined, uuidOf, watched, watchingAcme, type Row } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** Sequences of answers in which something would be said by nobody, or said falsely. */

const FORBIDDEN = json({ error: 'forbidden', error_description: 'Permission Denied.' }, 403);

async function polls(trigger: TestTrigger, count: number): Promise<string[]> {
	const lines: string[] = [];
	for (let poll = 0; poll < count; poll++) lines.push(...changesIn(await trigger.poll()));
	return lines;
}

describe('a person with two rows, one of which is over', () => {
	const again = (id: number, of: number, changes = {}): Row => person(id, { ...person(of), id, ...changes });
	const moved = `memberUpdated ${addressOf(3)} id: ${uuidOf(3)} -> ${uuidOf(103)}`;
	const reactivated = `memberReactivated ${addressOf(3)} active: false -> true`;

	test('hired again under a new row while the old one stays, inactive: reactivated', async () => {
		acme().change(3, { active: false });
		const trigger = await watched();
		acme().add(again(103, 3));
		expect(await polls(trigger, 3)).toEqual([reactivated, moved]);
		acme().remove(103);
		expect(await polls(trigger, 3)).not.toEqual([]);
	});

	test('the old row is deactivated after the new one was listed: they are not deactivated', async () => {
		const trigger = await watched();
		acme().add(again(103, 3));
		await polls(trigger, 2);
		acme().change(3, { active: false });
		expect(await polls(trigger, 3)).toEqual([moved]);
	});

	test('the old row is deactivated in the minute in which the new one is listed', async () => {
		const trigger = await watched();
		acme().add(again(103, 3));
		acme().change(3, { active: false });
		expect(await polls(trigger, 3)).toEqual([moved]);
	});

	test.each([
		['first', 3, 103],
		['last', 103, 3],
	])('both since the baseline, the inactive one %s: what becomes of the active one is reported', async (_name, inactive, active) => {
		acme().add(again(103, 3));
		acme().change(inactive, { active: false });
		const trigger = await watched();
		expect(await polls(trigger, 2)).toEqual([]);
		acme().change(active, { role: 'contractor' });
		expect(await polls(trigger, 2)).toEqual([`roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
		acme().change(active, { active: false });
		expect(reported(trigger.emitted.slice(1))).toEqual([]);
		expect(await polls(trigger, 2)).toEqual([`memberDeactivated ${addressOf(3)} active: true -> false`]);
	});

	test('an invited row stays beside the row of who joined: accepted, once', async () => {
		acme().invite(70, { email: addressOf(20) });
		acme().add(unjoined(20));
		const trigger = await watched();
		acme().add(again(120, 20, { invitation_date_accepted: iso(1) }));
		await polls(trigger, 2);
		acme().endInvitation(70);
		await polls(trigger, 3);
		expect(reported(trigger.emitted).filter((line) => line.startsWith('invitation'))).toEqual([`invitationAccepted ${addressOf(20)}`]);
		expect(trigger.emitted.find(({ event }) => event === 'invitationAccepted')?.invitation?.id).toBe(70);
		acme().remove(20);
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test('business members: the inactive row does not hide the active one', async () => {
		acme().change(3, { active: false });
		const trigger = await watched(watchingAcme('businessMembers'));
		acme().add(again(103, 3));
		expect(await polls(trigger, 4)).toEqual([reactivated, `memberUpdated ${addressOf(3)} id: 3 -> 103`]);
	});
});

describe.each(SOURCES)('a list that lacks a person every time, and a second one that has them (%s)', (source) => {
	/** As two servers that answer alternately, one of which lacks a person. */
	function lackByTurns(...ids: number[]): void {
		let lists = 0;
		acme().list = (rows) => (lists++ % 2 === 0 ? rows.filter(({ id }) => !ids.includes(id)) : rows);
	}

	test('what changes of them is reported nevertheless', async () => {
		const trigger = await watched(watchingAcme(source));
		lackByTurns(3);
		expect(await polls(trigger, 2)).toEqual([]);
		acme().change(3, { role: 'contractor' });
		expect(await polls(trigger, 4)).toEqual([`roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
	});

	test('the user learns of it when it has lasted for more than an hour', async () => {
		const trigger = await watched(watchingAcme(source));
		const errors: string[] = [];
		for (let minute = 0; minute < 150; minute += 5) {
			// The first list of every poll lacks them.
			lackByTurns(3);
			const polled = await trigger.poll();
			expect(polled.items).toEqual([]);
			if (polled.error) errors.push(textOf(polled));
			passMinutes(4);
		}
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(addressOf(3));
	});

	test('a new ID in the first list beside the old one in the second is one update in the end', async () => {
		const trigger = await watched(watchingAcme(source));
		acme().add(person(103, { ...person(3), id: 103 }));
		for (let poll = 0; poll < 4; poll++) {
			lackByTurns(3);
			await trigger.poll();
		}
		expect(changesIn({ items: trigger.emitted })).toEqual([`memberUpdated ${addressOf(3)} id: ${idIn(source, 3)} -> ${idIn(source, 103)}`]);
	});
});

describe.each(SOURCES)('who is who among several newcomers (%s)', (source) => {
	test.each([
		['before', [30, 103]],
		['after', [103, 30]],
	])('the identity comes before the address, with the row of the address listed %s', async (_name, order) => {
		const rows = new Map<number, Row>([
			[30, person(30, { email: addressOf(3), identity_id: null, first_name: 'Other' })],
			[103, person(103, { ...person(3), id: 103, email: 'moved@example.com' })],
		]);
		const trigger = await watched(watchingAcme(source));
		acme().remove(3);
		acme().add(...order.flatMap((id) => rows.get(id) ?? []));
		await polls(trigger, 3);
		expect(changesIn({ items: trigger.emitted }).sort()).toEqual([
			`memberAdded ${addressOf(3)}`,
			`memberUpdated moved@example.com id: ${idIn(source, 3)} -> ${idIn(source, 103)} email: ${addressOf(3)} -> moved@example.com`,
		]);
	});
});

test.each(SOURCES)('a new ID in an answer without identity and address, known later: the old one is given up, and no other change is reported twice (%s)', async (source) => {
	const trigger = await watched(watchingAcme(source));
	acme().add(person(103, { ...person(3), id: 103, email: null, identity_id: null }));
	expect(await polls(trigger, 1)).toEqual(['memberAdded ']);
	acme().change(103, { email: addressOf(3), identity_id: 3 });
	await polls(trigger, 1);
	acme().remove(3);
	acme().change(103, { active: false, role: 'contractor' });
	const lines = await polls(trigger, 3);
	expect(lines.sort()).toEqual([
		`memberDeactivated ${addressOf(3)} active: true -> false`,
		`memberUpdated ${addressOf(3)} id: ${idIn(source, 3)} -> ${idIn(source, 103)}`,
		`roleChanged ${addressOf(3)} role: business_employee -> contractor`,
	]);
});

test.each(SOURCES)('a baseline from an answer without roles is no reason for a role change of everybody (%s)', async (source) => {
	for (const { id } of acme().people) acme().leaveOut(id, 'role', 'active');
	const trigger = await watched(watchingAcme(source));
	for (const { id } of acme().people) acme().change(id, { role: 'business_employee', active: true });
	expect(await polls(trigger, 2)).toEqual([]);
	acme().change(3, { role: 'contractor' });
	expect(await polls(trigger, 2)).toEqual([`roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
});

test.each(SOURCES)('a person added by an answer without roles: the role is reported when it is known (%s)', async (source) => {
	const trigger = await watched(watchingAcme(source));
	acme().add(person(20, { role: null }));
	expect(await polls(trigger, 1)).toEqual([`memberAdded ${addressOf(20)}`]);
	acme().change(20, { role: 'contractor' });
	expect(await polls(trigger, 2)).toEqual([`roleChanged ${addressOf(20)} role: null -> contractor`]);
});

test.each([
	['a few hours later, as in another time zone', '2023-01-24T22:17:56Z'],
	['a year later', '2024-01-24T17:17:56Z'],
	['a minute before the baseline', iso(-1)],
])('acceptance dates that FreshBooks gives otherwise, %s, are no acceptance of everybody', async (_name, date) => {
	const trigger = await watched();
	for (const { id } of acme().people) acme().change(id, { invitation_date_accepted: date });
	expect(await polls(trigger, 2)).toEqual([]);
	acme().change(3, { invitation_date_accepted: iso(2) });
	expect(reported((await trigger.poll()).items)).toEqual([`invitationAccepted ${addressOf(3)}`]);
});

test('an inactive person who is off the list and whose answer by ID leaves `active` out needs no error', async () => {
	acme().change(3, { active: false });
	const trigger = await watched();
	acme().hide(3);
	acme().leaveOut(3, 'active');
	for (let minute = 0; minute < 120; minute += 10) {
		expect(await trigger.poll()).toEqual({ items: [] });
		passMinutes(9);
	}
});

test.each(ENGINES)('%s: a clock set back does not silence the error about undecided people', async (engine) => {
	const trigger = await watched(watchingAcme(), { engine });
	acme().undecided(FORBIDDEN, 3);
	expect(await trigger.poll()).toEqual({ items: [] });
	jest.setSystemTime(Date.now() - 10 * 24 * 3_600_000);
	const errors: string[] = [];
	for (let minute = 0; minute < 150; minute += 5) {
		const text = textOf(await trigger.poll());
		if (text !== '') errors.push(text);
		passMinutes(4);
	}
	expect(errors).toHaveLength(1);
});

describe.each(ENGINES)('a state that n8n did not keep as it was (%s)', (engine) => {
	const error = "Acme: the trigger's stored state could not be read";

	test.each([
		['people', (stored: string) => stored.replace('person', 'nobody')],
		['all', (stored: string) => stored.replace(/"v":1,"snapshots"/, '"v":9,"snapshots"')],
	])('damaged (%s), gives one error and a new baseline', async (_what, spoil) => {
		const trigger = await watched(undefined, { engine });
		acme().change(2, { role: 'contractor' });
		await polls(trigger, 1);
		const damaged = spoil(trigger.stored);
		expect(damaged).not.toBe(trigger.stored);
		trigger.stored = damaged;
		await trigger.restart();
		const shown: string[] = [];
		for (let poll = 0; poll < 90; poll++) shown.push((await trigger.poll()).error?.message ?? '');
		expect(shown.filter((message) => message !== '')).toEqual([error]);
		acme().change(3, { role: 'contractor' });
		expect(await polls(trigger, 2)).toHaveLength(1);
	});
});
