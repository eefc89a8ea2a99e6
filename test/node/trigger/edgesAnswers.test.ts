import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { ENGINES, reported } from '../../harness/trigger';
import { acme, addressOf, changesIn, idIn, onAScript, person, SOURCES, unjoined, uuidOf, watched, watchingAcme } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** What an answer leaves out is not a change. */

const FIELDS = ['email', 'first_name', 'last_name', 'role', 'active', 'identity_id', 'invitation_date_accepted', 'updated_at'];

const WAYS: Array<[string, (field: string) => void]> = [
	['is not in the row', (field) => acme().leaveOut(3, field)],
	['is null', (field) => acme().change(3, { [field]: null })],
	['is an empty text', (field) => acme().change(3, { [field]: '' })],
];

const OTHER: IDataObject = {
	email: 'other@example.com',
	first_name: 'Other',
	last_name: 'Other',
	role: 'contractor',
	active: false,
	identity_id: 33,
};

describe.each(SOURCES)('a field of a known person (%s)', (source) => {
	describe.each(WAYS)('%s', (_way, leaveOut) => {
		test.each(FIELDS)('%s: no change, and none when it is back', async (field) => {
			const trigger = await watched(watchingAcme(source));
			const before = acme().one(3)[field];
			leaveOut(field);
			for (let poll = 0; poll < 2; poll++) expect(await trigger.poll()).toEqual({ items: [] });
			acme().change(3, { [field]: before });
			for (let poll = 0; poll < 2; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		});
	});

	test.each(Object.keys(OTHER))('%s, left out and back with another value: one change, from the value last seen', async (field) => {
		const trigger = await watched(watchingAcme(source));
		const from = acme().one(3)[field];
		acme().leaveOut(3, field);
		await trigger.poll();
		acme().change(3, { [field]: OTHER[field] });
		const { items } = await trigger.poll();
		expect(items).toHaveLength(1);
		expect(Object.values(items[0].changes)).toEqual([{ from, to: OTHER[field] }]);
	});

	test('all of them at once, for everybody', async () => {
		const trigger = await watched(watchingAcme(source));
		for (const { id } of acme().people) acme().leaveOut(id, ...FIELDS);
		for (let poll = 0; poll < 2; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('an item shows what is left out with the last known values, now and before', async () => {
		const trigger = await watched(watchingAcme(source));
		acme().leaveOut(3, 'email', 'first_name', 'last_name', 'active', 'identity_id', 'invitation_date_accepted', 'updated_at');
		acme().change(3, { role: 'contractor' });
		const { items } = await trigger.poll();
		const shown = {
			id: idIn(source, 3),
			email: addressOf(3),
			firstName: 'First3',
			lastName: 'Last3',
			active: true,
			identityId: 3,
			invitationAcceptedAt: '2023-01-24T17:17:56Z',
			updatedAt: '2023-03-01T09:45:42Z',
		};
		expect(items).toMatchObject([{ event: 'roleChanged', member: { ...shown, role: 'contractor' }, previous: { ...shown, role: 'business_employee' } }]);
	});

	test('who leaves after an answer without them is shown with the last known values', async () => {
		const trigger = await watched(watchingAcme(source));
		acme().leaveOut(3, ...FIELDS);
		await trigger.poll();
		acme().remove(3);
		const { items } = await trigger.poll();
		expect(items).toMatchObject([{ event: 'memberRemoved', member: { email: addressOf(3), role: 'business_employee', firstName: 'First3' } }]);
	});

	test('an identity left out in one answer still tells who has a new ID in the next', async () => {
		const trigger = await watched(watchingAcme(source));
		acme().leaveOut(3, 'identity_id', 'email');
		await trigger.poll();
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103, email: 'other@example.com' }));
		await trigger.poll();
		await trigger.poll();
		expect(trigger.emitted.map(({ event }) => event)).toEqual(['memberUpdated']);
		expect(trigger.emitted[0].changes).toEqual({ id: { from: idIn(source, 3), to: idIn(source, 103) }, email: { from: addressOf(3), to: 'other@example.com' } });
	});

	test('a new ID in an answer without names and roles is a change of ID alone', async () => {
		const trigger = await watched(watchingAcme(source));
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103, role: null, first_name: null, last_name: null, active: null, invitation_date_accepted: null, email: null }));
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([`memberUpdated ${addressOf(3)} id: ${idIn(source, 3)} -> ${idIn(source, 103)}`]);
		expect(trigger.emitted[0].member).toMatchObject({ role: 'business_employee', firstName: 'First3' });
	});

	test('a name given for the first time is a change', async () => {
		acme().change(3, { first_name: null, last_name: null });
		const trigger = await watched(watchingAcme(source));
		acme().change(3, { first_name: 'Ada' });
		expect(changesIn(await trigger.poll())).toEqual([`memberUpdated ${addressOf(3)} firstName: null -> Ada`]);
	});
});

describe('the answer for a person requested by ID', () => {
	test.each(FIELDS)('without %s is no change, nor is the list that shows them again', async (field) => {
		const trigger = await watched();
		const before = acme().one(3)[field];
		acme().hide(3);
		acme().leaveOut(3, field);
		for (let poll = 0; poll < 2; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().showAll();
		acme().change(3, { [field]: before });
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

test.each(ENGINES)('%s: an answer that leaves the role out every other poll gives no event', async (engine) => {
	const trigger = await watched(watchingAcme(), { engine });
	for (let poll = 0; poll < 6; poll++) {
		if (poll % 2) acme().change(3, { role: 'business_employee' });
		else acme().change(3, { role: null });
		expect(await trigger.poll()).toEqual({ items: [] });
	}
});

test('an acceptance date that is left out and comes back is no acceptance, also beside an invitation', async () => {
	acme().invite(70, { email: addressOf(3) });
	const trigger = await watched();
	acme().leaveOut(3, 'invitation_date_accepted');
	expect(await trigger.poll()).toEqual({ items: [] });
	acme().change(3, { invitation_date_accepted: '2023-01-24T17:17:56Z' });
	expect(await trigger.poll()).toEqual({ items: [] });
});

test('who joins shows an identity for the first time', async () => {
	acme().add(unjoined(20));
	const trigger = await watched();
	acme().change(20, { identity_id: 20, active: true });
	await trigger.poll();
	expect(reported(trigger.emitted)).toContain(`memberReactivated ${addressOf(20)}`);
	expect(trigger.emitted.every(({ member }) => member?.id === uuidOf(20))).toBe(true);
});
