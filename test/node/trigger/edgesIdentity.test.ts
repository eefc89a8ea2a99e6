import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, reported } from '../../harness/trigger';
import type { Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import { acme, addressOf, changesIn, idIn, json, onAScript, person, SOURCES, unjoined, uuidOf, watched, watchingAcme } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** Who is who. */

const REMOVED = (id: number) => `memberRemoved ${addressOf(id)}`;
const ADDED = (id: number) => `memberAdded ${addressOf(id)}`;
const movedTo = (source: Source, from: number, to: number, email = addressOf(from)) => `memberUpdated ${email} id: ${idIn(source, from)} -> ${idIn(source, to)}`;
const FORBIDDEN = json({ error: 'forbidden', error_description: 'Permission Denied.' }, 403);

describe.each(SOURCES)('two identities are two people (%s)', (source) => {
	const watch = async () => await watched(watchingAcme(source));

	test('a leaver whose address a new person with another identity takes over', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(30, { email: addressOf(3) }));
		expect(reported((await trigger.poll()).items)).toEqual([`memberAdded ${addressOf(3)}`, REMOVED(3)]);
		expect(trigger.emitted.map(({ member }) => member?.id)).toEqual([idIn(source, 30), idIn(source, 3)]);
		expect(trigger.emitted.map(({ member }) => member?.identityId)).toEqual([30, 3]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('the same, with the address in another case', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(30, { email: 'PERSON3@Example.com' }));
		expect(reported((await trigger.poll()).items)).toEqual(['memberAdded PERSON3@Example.com', REMOVED(3)]);
	});

	test('the same, one poll after the other', async () => {
		const trigger = await watch();
		acme().add(person(30, { email: addressOf(3) }));
		expect(changesIn(await trigger.poll())).toEqual([`memberAdded ${addressOf(3)}`]);
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([REMOVED(3)]);
		expect(trigger.emitted[1].member?.id).toBe(idIn(source, 3));
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('the same, leaving first and coming later', async () => {
		const trigger = await watch();
		acme().remove(3);
		expect(reported((await trigger.poll()).items)).toEqual([REMOVED(3)]);
		acme().add(person(30, { email: addressOf(3) }));
		expect(changesIn(await trigger.poll())).toEqual([`memberAdded ${addressOf(3)}`]);
		expect(trigger.emitted[1].member?.id).toBe(idIn(source, 30));
	});

	test('a new person with the address of a person who stays', async () => {
		const trigger = await watch();
		acme().add(person(30, { email: addressOf(3) }));
		expect(changesIn(await trigger.poll())).toEqual([`memberAdded ${addressOf(3)}`]);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('two who swap their addresses are two updates', async () => {
		const trigger = await watch();
		acme().change(3, { email: addressOf(4) });
		acme().change(4, { email: addressOf(3) });
		expect(changesIn(await trigger.poll())).toEqual([
			`memberUpdated ${addressOf(4)} email: ${addressOf(3)} -> ${addressOf(4)}`,
			`memberUpdated ${addressOf(3)} email: ${addressOf(4)} -> ${addressOf(3)}`,
		]);
	});

	test('the same identity under a new ID and a new address is one person', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103, email: 'new@example.com' }));
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([`${movedTo(source, 3, 103, 'new@example.com')} email: ${addressOf(3)} -> new@example.com`]);
	});

	test.each([
		['the leaver', 3],
		['the newcomer', 30],
	])('with the identity of %s unknown, the address decides: one person', async (_name, unknown) => {
		if (unknown === 3) acme().change(3, { identity_id: null });
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(30, { ...person(3), id: 30, identity_id: unknown === 30 ? null : 3 }));
		await trigger.poll();
		await trigger.poll();
		expect(trigger.emitted.map(({ event }) => event)).toEqual(['memberUpdated']);
		expect(trigger.emitted[0].changes.id).toEqual({ from: idIn(source, 3), to: idIn(source, 30) });
	});

	test('of two newcomers the one with the identity is the person, the one with the address is a new person', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(30, { email: addressOf(3) }), person(103, { ...person(3), id: 103, email: 'moved@example.com' }));
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted }).sort()).toEqual([
			`memberAdded ${addressOf(3)}`,
			`${movedTo(source, 3, 103, 'moved@example.com')} email: ${addressOf(3)} -> moved@example.com`,
		]);
	});
});

test('a new person with the address of an undecided person and another identity is added at once, and the other stays undecided', async () => {
	const trigger = await watched();
	acme().undecided(FORBIDDEN, 3);
	acme().add(person(30, { email: addressOf(3) }));
	expect(changesIn(await trigger.poll())).toEqual([`memberAdded ${addressOf(3)}`]);
	acme().byId.clear();
	acme().remove(3);
	expect(reported((await trigger.poll()).items)).toEqual([REMOVED(3)]);
	expect(trigger.emitted[1].member?.id).toBe(uuidOf(3));
});

describe.each(SOURCES)('one change of ID (%s)', (source) => {
	const watch = async () => await watched(watchingAcme(source));
	const again = (id: number, of: number) => person(id, { ...person(of), id });

	test('while both rows are listed nothing is reported, and once the old one goes, one update', async () => {
		const trigger = await watch();
		acme().add(again(103, 3));
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(3);
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo(source, 3, 103)]);
		expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('while both rows are listed and no identity is known', async () => {
		acme().change(3, { identity_id: null });
		const trigger = await watch();
		acme().add(again(103, 3));
		acme().change(103, { identity_id: null });
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(3);
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo(source, 3, 103)]);
	});

	test('both rows are listed from the start: one person, and the later change of ID is one update or none', async () => {
		acme().add(again(103, 3));
		const trigger = await watch();
		for (let poll = 0; poll < 2; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(3);
		for (let poll = 0; poll < 3; poll++) await trigger.poll();
		expect(trigger.emitted.filter(({ event }) => event !== 'memberUpdated')).toEqual([]);
		expect(trigger.emitted.length).toBeLessThanOrEqual(1);
	});

	test('a second row that goes again gives no event', async () => {
		const trigger = await watch();
		acme().add(again(103, 3));
		await trigger.poll();
		acme().remove(103);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('what changes while both rows are listed is reported once', async () => {
		const trigger = await watch();
		acme().add(again(103, 3));
		await trigger.poll();
		acme().change(3, { role: 'contractor' });
		acme().change(103, { role: 'contractor' });
		expect(changesIn(await trigger.poll())).toEqual([`roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
		acme().remove(3);
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted }).slice(1)).toEqual([movedTo(source, 3, 103)]);
	});

	test('both rows leave: removed once', async () => {
		const trigger = await watch();
		acme().add(again(103, 3));
		await trigger.poll();
		acme().remove(3, 103);
		await trigger.poll();
		await trigger.poll();
		expect(reported(trigger.emitted)).toEqual([REMOVED(3)]);
	});

	test('there and back again, with a poll between: two updates', async () => {
		const trigger = await watch();
		for (const [from, to] of [
			[3, 103],
			[103, 3],
		]) {
			acme().add({ ...acme().one(from), id: to });
			acme().remove(from);
			await trigger.poll();
			await trigger.poll();
		}
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo(source, 3, 103), movedTo(source, 103, 3, addressOf(3))]);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(2);
	});

	test('with a new role at the same time: an update and a role change, once', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add({ ...again(103, 3), role: 'contractor' });
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo(source, 3, 103), `roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
	});
});

describe('a new ID whose old one still answers', () => {
	test.each(ENGINES)('%s: off the list, with 200: one update, never an addition', async (engine) => {
		const trigger = await watched(watchingAcme(), { engine });
		acme().add(person(103, { ...person(3), id: 103 }));
		acme().hide(3);
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo('teamMembers', 3, 103)]);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().remove(3);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('off the list, with 403 and then 404', async () => {
		const trigger = await watched();
		acme().add(person(103, { ...person(3), id: 103 }));
		acme().undecided(FORBIDDEN, 3);
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([movedTo('teamMembers', 3, 103)]);
		acme().byId.clear();
		acme().remove(3);
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('listed and off the list alternately: one update', async () => {
		const trigger = await watched();
		acme().add(person(103, { ...person(3), id: 103 }));
		for (let turn = 0; turn < 4; turn++) {
			if (turn % 2) acme().hide(3);
			else acme().showAll();
			await trigger.poll();
			passMinutes(1);
		}
		acme().remove(3);
		for (let poll = 0; poll < 3; poll++) await trigger.poll();
		expect(trigger.emitted.every(({ event }) => event === 'memberUpdated')).toBe(true);
		expect(trigger.emitted.filter(({ changes }) => changes.id?.to === uuidOf(103)).length - trigger.emitted.filter(({ changes }) => changes.id?.to === uuidOf(3)).length).toBe(1);
	});
});

describe('a UUID in another case is the same', () => {
	test('in the list', async () => {
		const trigger = await watched();
		acme().change(3, { uuid: 'DD6392D0-0639-40BD-9502-7D80C44DE9F3' });
		await trigger.poll();
		await trigger.poll();
		expect(trigger.emitted).toHaveLength(1);
		acme().change(3, { uuid: 'dd6392d0-0639-40bd-9502-7d80c44de9f3' });
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
		acme().change(3, { uuid: 'Dd6392D0-0639-40bd-9502-7d80c44de9f3' });
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test('in the baseline, and in the answer for one person', async () => {
		acme().change(3, { uuid: 'dd6392d0-0639-40bd-9502-7d80c44de9f3' });
		const trigger = await watched();
		acme().change(3, { uuid: 'DD6392D0-0639-40BD-9502-7D80C44DE9F3', role: 'contractor' });
		acme().hide(3);
		expect(changesIn(await trigger.poll())).toEqual([`roleChanged ${addressOf(3)} role: business_employee -> contractor`]);
		acme().showAll();
		expect(await trigger.poll()).toEqual({ items: [] });
	});
});

describe.each(SOURCES)('a known person whose own ID stays does not become the leaver by taking the address (%s)', (source) => {
	test.each([
		['both identities known', 3, 5],
		["the leaver's identity unknown", null, 5],
		["the colleague's identity unknown", 3, null],
		['no identity known', null, null],
	])('%s', async (_name, leaver, colleague) => {
		acme().change(3, { identity_id: leaver });
		acme().change(5, { identity_id: colleague });
		const trigger = await watched(watchingAcme(source));
		acme().remove(3);
		acme().change(5, { email: addressOf(3) });
		await trigger.poll();
		await trigger.poll();
		expect(changesIn({ items: trigger.emitted })).toEqual([`memberUpdated ${addressOf(3)} email: ${addressOf(5)} -> ${addressOf(3)}`, REMOVED(3)]);
		expect(trigger.emitted[1].member?.id).toBe(idIn(source, 3));
		for (let poll = 0; poll < 3; poll++) expect(await trigger.poll()).toEqual({ items: [] });
	});

	test.each([
		['with identities', 3, 5],
		['without identities', null, null],
	])('%s, having taken it a poll before the other left', async (_name, leaver, colleague) => {
		acme().change(3, { identity_id: leaver });
		acme().change(5, { identity_id: colleague });
		const trigger = await watched(watchingAcme(source));
		acme().change(5, { email: addressOf(3) });
		expect(changesIn(await trigger.poll())).toEqual([`memberUpdated ${addressOf(3)} email: ${addressOf(5)} -> ${addressOf(3)}`]);
		acme().remove(3);
		await trigger.poll();
		await trigger.poll();
		expect(reported(trigger.emitted.slice(1))).toEqual([REMOVED(3)]);
		expect(trigger.emitted[1].member?.id).toBe(idIn(source, 3));
	});

	test('a person who shared the address since the baseline stays when the other leaves', async () => {
		acme().change(5, { email: addressOf(3) });
		const trigger = await watched(watchingAcme(source));
		acme().remove(3);
		await trigger.poll();
		await trigger.poll();
		expect(reported(trigger.emitted)).toEqual([REMOVED(3)]);
		expect(trigger.emitted[0].member?.id).toBe(idIn(source, 3));
	});
});

test('a person who has not joined and gets another ID is the same by the address', async () => {
	acme().add(unjoined(20));
	const trigger = await watched();
	acme().remove(20);
	acme().add(unjoined(120, { ...unjoined(20), id: 120 }));
	await trigger.poll();
	await trigger.poll();
	expect(changesIn({ items: trigger.emitted })).toEqual([movedTo('teamMembers', 20, 120)]);
	expect(reported(trigger.emitted)).not.toContain(ADDED(20));
});
