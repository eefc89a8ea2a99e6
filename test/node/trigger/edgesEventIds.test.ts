import type { IDataObject } from 'n8n-workflow';

import type { Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import { onAFastClock } from '../../harness/clock';
import { passMinutes, reported, type TestTrigger } from '../../harness/trigger';
import { acme, ACME, addressOf, BOLT, changesIn, newTrigger, onAScript, person, SOURCES, watched, watchingAcme, type Row } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** Event IDs. */

function expectAllDifferent(triggers: readonly TestTrigger[]): void {
	const items = triggers.flatMap(({ emitted }) => emitted);
	const byId = new Map<string, string>();
	for (const item of items) {
		expect(`${byId.get(item.eventId) ?? 'nothing'} has this ID before ${JSON.stringify(item)}`).toMatch(/^nothing/);
		byId.set(item.eventId, JSON.stringify(item));
	}
}

async function polls(trigger: TestTrigger, count = 2): Promise<void> {
	for (let poll = 0; poll < count; poll++) await trigger.poll();
}

/** Everything that can happen to everybody who is there, in one minute each. */
async function changeEverybody(trigger: TestTrigger): Promise<void> {
	const values: IDataObject[] = [{ role: 'contractor' }, { role: 'business_employee' }, { last_name: 'Other' }, { active: false }, { active: true }, { role: 'contractor' }, { role: 'business_employee' }];
	for (const changes of values) {
		for (const { id } of acme().people) acme().change(id, changes);
		await trigger.poll();
	}
}

/** A person gives up an ID for another. */
function move(from: number, to: number): void {
	const row = acme().one(from);
	acme().remove(from);
	acme().add({ ...row, id: to });
}

/** A person who was not there before, under this ID. */
function stranger(id: number, number: number): Row {
	return person(id, { email: addressOf(number), identity_id: number, first_name: `First${number}` });
}

const LIMIT = { options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } };

describe.each(SOURCES)('FreshBooks gives an ID again (%s)', (source) => {
	const watch = async () => {
		acme().people = [person(1), person(5)];
		return await watched(watchingAcme(source, LIMIT));
	};

	test('a person moves from ID 1 to 2, a new person gets 1, and both change alike', async () => {
		const trigger = await watch();
		move(1, 2);
		await polls(trigger);
		acme().add(stranger(1, 40));
		await polls(trigger);
		expect(reported(trigger.emitted)).toEqual([`memberUpdated ${addressOf(1)}`, `memberAdded ${addressOf(40)}`]);
		await changeEverybody(trigger);
		acme().remove(1, 2);
		await polls(trigger);
		expect(reported(trigger.emitted.slice(-2)).sort()).toEqual([`memberRemoved ${addressOf(1)}`, `memberRemoved ${addressOf(40)}`]);
		expectAllDifferent([trigger]);
	});

	test('the same in one minute: an update of the one and an addition of the other', async () => {
		const trigger = await watch();
		move(1, 2);
		acme().add(stranger(1, 40));
		await polls(trigger, 3);
		expect(reported(trigger.emitted).sort()).toEqual([`memberAdded ${addressOf(40)}`, `memberUpdated ${addressOf(1)}`]);
		await changeEverybody(trigger);
		acme().remove(1, 2);
		await polls(trigger);
		expect(reported(trigger.emitted.slice(-2)).sort()).toEqual([`memberRemoved ${addressOf(1)}`, `memberRemoved ${addressOf(40)}`]);
		expectAllDifferent([trigger]);
	});

	test('again and again', async () => {
		const trigger = await watch();
		for (let turn = 0; turn < 4; turn++) {
			move(1, 10 + turn);
			await polls(trigger);
			acme().add(stranger(1, 40 + turn));
			await polls(trigger);
		}
		await changeEverybody(trigger);
		acme().remove(1, 10, 11, 12, 13);
		await polls(trigger);
		expect(reported(trigger.emitted).filter((line) => line.startsWith('memberRemoved'))).toHaveLength(5);
		expectAllDifferent([trigger]);
	});

	test('to a new person after the first has left', async () => {
		const trigger = await watch();
		for (let turn = 0; turn < 3; turn++) {
			acme().remove(1);
			await polls(trigger);
			acme().add(stranger(1, 40 + turn));
			await polls(trigger);
			await changeEverybody(trigger);
		}
		expectAllDifferent([trigger]);
	});

	test('in the minute in which the first leaves: a removal and an addition', async () => {
		const trigger = await watch();
		acme().remove(1);
		acme().add(stranger(1, 40));
		await polls(trigger, 3);
		expect(reported(trigger.emitted).sort()).toEqual([`memberAdded ${addressOf(40)}`, `memberRemoved ${addressOf(1)}`]);
		await changeEverybody(trigger);
		expectAllDifferent([trigger]);
	});

	test('to the same person, who left and came back', async () => {
		const trigger = await watch();
		for (let turn = 0; turn < 3; turn++) {
			acme().remove(1);
			await polls(trigger);
			acme().add(person(1));
			await polls(trigger);
			await changeEverybody(trigger);
		}
		expectAllDifferent([trigger]);
	});

	test('to the same person, there and back', async () => {
		const trigger = await watch();
		for (let turn = 0; turn < 3; turn++) {
			move(1, 2);
			await polls(trigger);
			await changeEverybody(trigger);
			move(2, 1);
			await polls(trigger);
			await changeEverybody(trigger);
		}
		expect(trigger.emitted.every(({ event }) => event !== 'memberAdded' && event !== 'memberRemoved')).toBe(true);
		expectAllDifferent([trigger]);
	});

	test('two people swap their IDs', async () => {
		const trigger = await watch();
		const [one, five] = [acme().one(1), acme().one(5)];
		acme().people = [
			{ ...five, id: 1 },
			{ ...one, id: 5 },
		];
		await polls(trigger, 3);
		expect(trigger.emitted.map(({ event }) => event)).toEqual(['memberUpdated', 'memberUpdated']);
		await changeEverybody(trigger);
		expectAllDifferent([trigger]);
	});
});

describe('two triggers with the same settings', () => {
	/** Each in the workflow under a name of its own. */
	async function twoTriggers(source: Source, changes = {}): Promise<TestTrigger[]> {
		const triggers = ['One', 'Two'].map((name) => {
			const trigger = newTrigger(watchingAcme(source, changes));
			trigger.name = name;
			return trigger;
		});
		// At the same moment, so that nothing but the triggers differs.
		const now = Date.now();
		for (const trigger of triggers) {
			jest.setSystemTime(now);
			await trigger.activate();
		}
		return triggers;
	}

	test.each(SOURCES)('share no ID (%s)', async (source) => {
		const triggers = await twoTriggers(source);
		acme().remove(3);
		acme().add(person(20));
		acme().change(4, { role: 'contractor' });
		acme().invite(70);
		for (const trigger of triggers) await polls(trigger);
		acme().endInvitation(70);
		for (const trigger of triggers) await polls(trigger);
		expect(triggers[0].emitted).toHaveLength(5);
		expect(reported(triggers[1].emitted)).toEqual(reported(triggers[0].emitted));
		expectAllDifferent(triggers);
	});

	test.each(SOURCES)("share none with 'Report Existing People' either (%s)", async (source) => {
		const triggers = await twoTriggers(source, { options: { emitExisting: true } });
		expect(triggers.map(({ emitted }) => emitted.length)).toEqual([10, 10]);
		expectAllDifferent(triggers);
	});
});

describe('a new baseline', () => {
	/** The trigger begins again, as after its state was lost. */
	async function beginAgain(trigger: TestTrigger): Promise<void> {
		trigger.stored = '{}';
		passMinutes(10);
		await trigger.restart();
	}

	test.each(SOURCES)("'Report Existing People' after another baseline has other IDs (%s)", async (source) => {
		const trigger = newTrigger(watchingAcme(source, { options: { emitExisting: true } }));
		await trigger.activate();
		await beginAgain(trigger);
		expect(trigger.emitted).toHaveLength(20);
		expectAllDifferent([trigger]);
	});

	test.each(SOURCES)('people and invitations have other IDs after it (%s)', async (source) => {
		const trigger = await watched(watchingAcme(source));
		for (let life = 0; life < 2; life++) {
			acme().invite(70);
			acme().change(4, { role: 'contractor' });
			acme().add(person(20));
			await polls(trigger);
			acme().endInvitation(70);
			acme().change(4, { role: 'business_employee' });
			acme().remove(20);
			await polls(trigger);
			await beginAgain(trigger);
		}
		expect(trigger.emitted).toHaveLength(12);
		expectAllDifferent([trigger]);
	});
});

describe('invitations', () => {
	test('that come, go and come again under one number', async () => {
		const trigger = await watched();
		for (let turn = 0; turn < 3; turn++) {
			acme().invite(70);
			await polls(trigger);
			acme().endInvitation(70);
			await polls(trigger);
		}
		expect(reported(trigger.emitted)).toEqual(Array(3).fill(['invitationCreated invited70@example.com', 'invitationRevoked invited70@example.com']).flat());
		expectAllDifferent([trigger]);
	});

	test('that are accepted by one person after another under one number', async () => {
		const trigger = await watched();
		for (const number of [20, 21]) {
			acme().invite(70, { email: addressOf(number) });
			await polls(trigger);
			acme().endInvitation(70);
			acme().add(person(number, { invitation_date_accepted: new Date(Date.now()).toISOString() }));
			await polls(trigger, 3);
		}
		expect(reported(trigger.emitted).filter((line) => line.startsWith('invitationCreated'))).toHaveLength(2);
		expect(reported(trigger.emitted).filter((line) => line.startsWith('invitationAccepted'))).toHaveLength(2);
		expectAllDifferent([trigger]);
	});

	test('have other IDs than people with the same number', async () => {
		acme().people = [person(5)];
		const trigger = await watched(watchingAcme('businessMembers', LIMIT));
		acme().invite(7);
		acme().add(person(7, { email: 'invited7@example.org' }));
		await polls(trigger);
		acme().endInvitation(7);
		acme().remove(7);
		await polls(trigger);
		expect(trigger.emitted).toHaveLength(4);
		expectAllDifferent([trigger]);
	});
});

describe('businesses and sources', () => {
	test('one number in two businesses has two IDs', async () => {
		const trigger = await watched(watchingAcme('businessMembers', { businessIds: [ACME, BOLT] }));
		for (const business of [ACME, BOLT]) {
			acme(business).change(3, { role: 'contractor' });
			acme(business).invite(70);
		}
		await polls(trigger);
		expect(trigger.emitted).toHaveLength(4);
		expectAllDifferent([trigger]);
	});
});

describe('an event that was deselected is not emitted from memory', () => {
	test.each(['scheduler', 'cursors'] as const)('%s: nor is one of a business that is no longer watched', async (engine) => {
		const both = watchingAcme('teamMembers', { businessIds: [ACME, BOLT] });
		const trigger = await watched(both, { engine });
		await trigger.poll();
		const before = trigger.stored;
		acme().change(3, { role: 'contractor', last_name: 'Other' });
		acme(BOLT).change(3, { role: 'contractor' });
		expect((await trigger.poll()).items).toHaveLength(3);
		trigger.stored = before;
		trigger.parameters = watchingAcme('teamMembers', { events: ['memberUpdated'] });
		const { items } = await trigger.poll();
		expect(changesIn({ items })).toEqual([`memberUpdated ${addressOf(3)} lastName: Last3 -> Other`]);
	});

	test.each(['scheduler', 'cursors'] as const)('%s: also not when the workflow is published with the other events', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		await trigger.poll();
		const before = trigger.stored;
		acme().change(3, { role: 'contractor' });
		expect((await trigger.poll()).items).toHaveLength(1);
		trigger.stored = before;
		const { items } = await trigger.publish(watchingAcme('teamMembers', { events: ['memberRemoved'] }));
		expect([...items, ...(await trigger.poll()).items]).toEqual([]);
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([`memberRemoved ${addressOf(3)}`]);
	});
});
