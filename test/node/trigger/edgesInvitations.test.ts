import type { IDataObject } from 'n8n-workflow';

import { onAFastClock } from '../../harness/clock';
import { ENGINES, passMinutes, reported, type TestTrigger } from '../../harness/trigger';
import { acme, addressOf, changesIn, iso, onAScript, person, SOURCES, textOf, unjoined, watched, watchingAcme } from './onScript';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAScript();
onAFastClock();

/** One acceptance once. */

const NEW = addressOf(20);
const ADDED = `memberAdded ${NEW}`;
const ACCEPTED = `invitationAccepted ${NEW}`;
const CREATED = `invitationCreated ${NEW}`;
const REVOKED = `invitationRevoked ${NEW}`;

function acceptancesOf(trigger: TestTrigger): string[] {
	return reported(trigger.emitted).filter((line) => line.startsWith('invitationAccepted'));
}

async function polls(trigger: TestTrigger, count: number): Promise<string[]> {
	const lines: string[] = [];
	for (let poll = 0; poll < count; poll++) {
		const { items, error } = await trigger.poll();
		if (error) lines.push(error.message);
		lines.push(...reported(items));
	}
	return lines;
}

/** A person joins in this minute. */
const joinedNow = (id: number, changes: IDataObject = {}) => person(id, { invitation_date_accepted: new Date(Date.now() + 30_000).toISOString(), ...changes });

describe.each(SOURCES.flatMap((source) => [true, false].map((isDated) => ({ source, isDated }))))('several invitations of one address ($source, with a date: $isDated)', ({ source, isDated }) => {
	const watch = async () => await watched(watchingAcme(source));
	const joins = (id: number) => acme().add(joinedNow(id, isDated ? {} : { invitation_date_accepted: null }));

	test('that end together are one acceptance', async () => {
		for (const id of [70, 71, 72]) acme().invite(id, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70, 71, 72);
		joins(20);
		expect(await polls(trigger, 3)).toEqual([ADDED, ACCEPTED]);
	});

	test('of which one ends with the acceptance and the others are withdrawn later', async () => {
		for (const id of [70, 71]) acme().invite(id, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70);
		joins(20);
		expect(await polls(trigger, 3)).toEqual([ADDED, ACCEPTED]);
		acme().endInvitation(71);
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('all of which are still listed for a while after the acceptance', async () => {
		for (const id of [70, 71]) acme().invite(id, { email: NEW });
		const trigger = await watch();
		joins(20);
		await polls(trigger, 2);
		acme().endInvitation(71);
		await polls(trigger, 2);
		acme().endInvitation(70);
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('re-sent before the acceptance under another number', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70);
		acme().invite(71, { email: NEW });
		await polls(trigger, 2);
		acme().endInvitation(71);
		joins(20);
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
		expect(trigger.emitted.find(({ event }) => event === 'invitationAccepted')?.invitation?.id).toBe(71);
	});

	test('re-sent in the very poll of the acceptance', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70);
		acme().invite(71, { email: NEW });
		joins(20);
		await polls(trigger, 2);
		acme().endInvitation(71);
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('sent again after the acceptance, and withdrawn', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70);
		joins(20);
		await polls(trigger, 2);
		acme().invite(71, { email: NEW });
		await polls(trigger, 2);
		acme().endInvitation(71);
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('in different cases of the address', async () => {
		acme().invite(70, { email: NEW.toUpperCase() });
		acme().invite(71, { email: NEW });
		const trigger = await watch();
		joins(20);
		acme().endInvitation(70);
		await polls(trigger, 2);
		acme().endInvitation(71);
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	/** Invitation 70 is accepted, and the person leaves. */
	const acceptsAndLeaves = async (trigger: Awaited<ReturnType<typeof watch>>): Promise<void> => {
		acme().endInvitation(70);
		joins(20);
		await polls(trigger, 2);
		acme().remove(20);
		await polls(trigger, 2);
	};

	test('are two acceptances where the person left, and was invited and joined again', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		await acceptsAndLeaves(trigger);
		acme().invite(71, { email: NEW });
		await polls(trigger, 2);
		acme().endInvitation(71);
		joins(20);
		await polls(trigger, 2);
		expect(reported(trigger.emitted)).toEqual([ADDED, ACCEPTED, `memberRemoved ${NEW}`, CREATED, ADDED, ACCEPTED]);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(trigger.emitted.length);
	});

	test('are two acceptances where the person left, and joined again by the other one', async () => {
		for (const id of [70, 71]) acme().invite(id, { email: NEW });
		const trigger = await watch();
		await acceptsAndLeaves(trigger);
		acme().endInvitation(71);
		joins(20);
		await polls(trigger, 2);
		expect(reported(trigger.emitted)).toEqual([ADDED, ACCEPTED, `memberRemoved ${NEW}`, ADDED, ACCEPTED]);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(trigger.emitted.length);
	});

	test('of which one is accepted, and the other withdrawn when the person has left: accepted and revoked', async () => {
		for (const id of [70, 71]) acme().invite(id, { email: NEW });
		const trigger = await watch();
		await acceptsAndLeaves(trigger);
		acme().endInvitation(71);
		await polls(trigger, 2);
		expect(reported(trigger.emitted)).toEqual([ADDED, ACCEPTED, `memberRemoved ${NEW}`, REVOKED]);
	});

	test('that go while their person is a member since the baseline are nobody’s acceptance', async () => {
		for (const id of [70, 71]) acme().invite(id, { email: addressOf(3) });
		const trigger = await watch();
		acme().endInvitation(70);
		await polls(trigger, 2);
		acme().endInvitation(71);
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([]);
	});
});

describe('an acceptance that a date shows', () => {
	const listed = async () => {
		acme().add(unjoined(20));
		return await watched();
	};

	test.each<[string, string, number]>([
		['years before the baseline', '2023-01-24T17:17:56Z', 0],
		['a minute before the baseline', iso(-1), 0],
		['after the baseline', iso(1), 1],
	])('that lies %s, without an invitation known', async (_name, date, count) => {
		const trigger = await listed();
		acme().change(20, { invitation_date_accepted: date, identity_id: 20, active: true });
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toHaveLength(count);
	});

	test('for everybody at once, because FreshBooks begins to give old dates', async () => {
		for (const { id } of acme().people) acme().leaveOut(id, 'invitation_date_accepted');
		const trigger = await watched();
		for (const { id } of acme().people) acme().change(id, { invitation_date_accepted: '2023-01-24T17:17:56Z' });
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test.each<[string, string, number]>([
		['before it was sent', iso(15), 0],
		['after it was sent', iso(22), 1],
	])('of an invited person later, %s', async (_name, date, count) => {
		acme().add(unjoined(20));
		const trigger = await watched();
		passMinutes(20);
		acme().invite(70, { email: NEW, created_at: iso(20) });
		expect(await polls(trigger, 1)).toEqual([CREATED]);
		acme().change(20, { invitation_date_accepted: date });
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toHaveLength(count);
	});

	test('and the invitation that goes a poll later, are one', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await listed();
		acme().change(20, { invitation_date_accepted: iso(1), identity_id: 20, active: true });
		await polls(trigger, 2);
		acme().endInvitation(70);
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('a poll after the invitation went, are one', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await listed();
		acme().endInvitation(70);
		acme().change(20, { identity_id: 20, active: true });
		await polls(trigger, 2);
		acme().change(20, { invitation_date_accepted: iso(1) });
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test.each([
		['a fraction', '2023-01-24T17:17:56.000Z'],
		['another fraction', '2023-01-24T17:17:56.789Z'],
		['another zone', '2023-01-24T12:17:56-05:00'],
	])('written with %s is the same date', async (_name, date) => {
		const trigger = await watched();
		acme().change(3, { invitation_date_accepted: date });
		expect(await polls(trigger, 2)).toEqual([]);
		acme().change(3, { invitation_date_accepted: '2023-01-24T17:17:56Z' });
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('whose fraction comes later is no second acceptance', async () => {
		const trigger = await listed();
		acme().change(20, { invitation_date_accepted: '2026-11-21T10:00:40Z', identity_id: 20, active: true });
		await polls(trigger, 2);
		acme().change(20, { invitation_date_accepted: '2026-11-21T10:00:40.512Z' });
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('that is no date at all is none', async () => {
		const trigger = await listed();
		acme().change(20, { invitation_date_accepted: 'yes' });
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([]);
	});

	test('that is later than the one known is another acceptance', async () => {
		const trigger = await watched();
		acme().change(3, { invitation_date_accepted: iso(1) });
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([`invitationAccepted ${addressOf(3)}`]);
	});

	test.each(ENGINES)('%s: that comes and goes alternately is one acceptance', async (engine) => {
		acme().add(unjoined(20));
		const trigger = await watched(watchingAcme(), { engine });
		const date = iso(1);
		for (let turn = 0; turn < 6; turn++) {
			acme().change(20, { invitation_date_accepted: turn % 2 ? null : date, identity_id: 20, active: true });
			await polls(trigger, 1);
		}
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});
});

describe('only `pending` is pending', () => {
	test.each(['accepted', 'cancelled', 'canceled', 'declined', 'deleted', 'expired', 'rejected', 'revoked'])('a row that says %s is none: neither created nor in the baseline', async (status) => {
		acme().invite(70, { email: 'old@example.com', status });
		const trigger = await watched();
		acme().invite(71, { email: NEW, status });
		expect(await polls(trigger, 2)).toEqual([]);
		acme().endInvitation(70, 71);
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test.each(['expired', 'revoked', 'Declined'])('one that turns %s is revoked, once', async (status) => {
		acme().invite(70, { email: NEW });
		const trigger = await watched();
		acme().invitations[0].status = status;
		expect(await polls(trigger, 3)).toEqual([REVOKED]);
		acme().endInvitation(70);
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test('one that turns accepted and whose person joins is accepted, once', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watched();
		acme().invitations[0].status = 'accepted';
		acme().add(joinedNow(20));
		expect(await polls(trigger, 3)).toEqual([ADDED, ACCEPTED]);
		acme().endInvitation(70);
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test.each(['pending', 'Pending', 'PENDING', null, undefined])('%p is pending', async (status) => {
		const trigger = await watched();
		acme().invite(70, { email: NEW, status });
		expect(await polls(trigger, 2)).toEqual([CREATED]);
		acme().endInvitation(70);
		expect(await polls(trigger, 2)).toEqual([REVOKED]);
	});

	test('a status that nobody documents is doubt: neither created nor revoked', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watched();
		acme().invitations[0].status = 'on_hold';
		expect(await polls(trigger, 3)).toEqual([]);
		acme().invitations[0].status = 'pending';
		expect(await polls(trigger, 2)).toEqual([]);
		acme().endInvitation(70);
		expect(await polls(trigger, 2)).toEqual([REVOKED]);
	});

	test('a pending one whose status is left out for a while is no change', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watched();
		delete acme().invitations[0].status;
		expect(await polls(trigger, 2)).toEqual([]);
		acme().invitations[0].status = 'pending';
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('one that expired and is pending again under its number is created again', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watched();
		acme().invitations[0].status = 'expired';
		expect(await polls(trigger, 2)).toEqual([REVOKED]);
		acme().invitations[0].status = 'pending';
		expect(await polls(trigger, 2)).toEqual([CREATED]);
		acme().invitations[0].status = 'expired';
		expect(await polls(trigger, 2)).toEqual([REVOKED]);
		expect(new Set(trigger.emitted.map(({ eventId }) => eventId)).size).toBe(3);
	});
});

describe('`confirmed: false` is no member (businessMembers)', () => {
	const watch = async () => await watched(watchingAcme('businessMembers'));

	test('an invitation that goes while the row says so is not accepted; when it says true, it is, once', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().add(unjoined(20));
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([]);
		acme().endInvitation(70);
		await polls(trigger, 2);
		expect(acceptancesOf(trigger)).toEqual([]);
		acme().change(20, { confirmed: true });
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('one that goes while the row says so is not revoked either, unless the row goes', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().add(unjoined(20));
		acme().endInvitation(70);
		expect(await polls(trigger, 3)).toEqual([]);
		acme().remove(20);
		expect(await polls(trigger, 3)).toEqual([REVOKED]);
	});

	test('who is listed so is not added, and is added when the row says true', async () => {
		const trigger = await watch();
		acme().add(unjoined(20));
		expect(await polls(trigger, 2)).toEqual([]);
		acme().change(20, { confirmed: true });
		expect((await polls(trigger, 2))[0]).toBe(ADDED);
	});

	test('a known person whose row says so for a while is not removed, neither then nor by a list that misses the row once', async () => {
		const trigger = await watch();
		acme().change(3, { confirmed: false });
		expect(await polls(trigger, 2)).toEqual([]);
		let lists = 0;
		acme().list = (rows) => (lists++ === 0 ? rows.filter(({ id }) => id !== 3) : rows);
		expect(await polls(trigger, 2)).toEqual([]);
		acme().change(3, { confirmed: true });
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('a new ID whose row says so is the same person', async () => {
		const trigger = await watch();
		acme().remove(3);
		acme().add(person(103, { ...person(3), id: 103, confirmed: false }));
		expect(await polls(trigger, 3)).toEqual([`memberUpdated ${addressOf(3)}`]);
		acme().change(103, { confirmed: true });
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('two rows of one address, one of which says so: the other is the member', async () => {
		const trigger = await watch();
		acme().add(unjoined(20), person(21, { email: NEW }));
		expect(await polls(trigger, 2)).toEqual([ADDED]);
		acme().remove(20);
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('the same from the baseline on', async () => {
		acme().invite(70, { email: NEW });
		acme().add(unjoined(20));
		const trigger = await watch();
		acme().endInvitation(70);
		acme().change(20, { confirmed: true });
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
	});

	test('who was confirmed all along accepts nothing when their invitation goes', async () => {
		acme().invite(70, { email: addressOf(3) });
		const trigger = await watch();
		acme().endInvitation(70);
		expect((await polls(trigger, 3)).filter((line) => line.startsWith('invitationAccepted'))).toEqual([]);
	});

	test('an answer without `confirmed` is a member', async () => {
		acme().invite(70, { email: NEW });
		const trigger = await watch();
		acme().endInvitation(70);
		acme().add(joinedNow(20, { confirmed: undefined }));
		expect(await polls(trigger, 2)).toEqual([ADDED, ACCEPTED]);
	});
});

describe('an invitation that ended', () => {
	test('with its row, which had not joined: revoked', async () => {
		acme().invite(70, { email: NEW });
		acme().add(unjoined(20));
		const trigger = await watched();
		acme().endInvitation(70);
		acme().remove(20);
		expect((await polls(trigger, 3)).sort()).toEqual([REVOKED, `memberRemoved ${NEW}`]);
	});

	test.each([1, 2, 5])('whose row, which had not joined, leaves %i polls later: revoked', async (later) => {
		acme().invite(70, { email: NEW });
		acme().add(unjoined(20));
		const trigger = await watched();
		acme().endInvitation(70);
		expect(await polls(trigger, later)).toEqual([]);
		acme().remove(20);
		expect((await polls(trigger, 3)).sort()).toEqual([REVOKED, `memberRemoved ${NEW}`]);
	});

	test('by its status, and whose row leaves a poll later: revoked once', async () => {
		acme().invite(70, { email: NEW });
		acme().add(unjoined(20));
		const trigger = await watched();
		acme().invitations[0].status = 'expired';
		await polls(trigger, 2);
		acme().remove(20);
		await polls(trigger, 3);
		expect(reported(trigger.emitted).sort()).toEqual([REVOKED, `memberRemoved ${NEW}`]);
	});

	test('whose row joined before it leaves: accepted, never revoked', async () => {
		acme().invite(70, { email: NEW });
		acme().add(unjoined(20));
		const trigger = await watched();
		acme().endInvitation(70);
		await polls(trigger, 1);
		acme().change(20, { identity_id: 20, active: true, invitation_date_accepted: iso(1) });
		await polls(trigger, 2);
		acme().remove(20);
		await polls(trigger, 3);
		expect(acceptancesOf(trigger)).toEqual([ACCEPTED]);
		expect(reported(trigger.emitted)).not.toContain(REVOKED);
	});

	test('and a row that had joined long ago leaves later: removed, and no invitation event', async () => {
		acme().invite(70, { email: addressOf(3) });
		const trigger = await watched();
		acme().endInvitation(70);
		await polls(trigger, 2);
		acme().remove(3);
		expect((await polls(trigger, 3)).filter((line) => !line.startsWith('invitationRevoked'))).toEqual([`memberRemoved ${addressOf(3)}`]);
	});
});

describe('invitations that vanish all at once', () => {
	const EIGHT = [70, 71, 72, 73, 74, 75, 76, 77];
	const watchEight = async (changes = {}, settings = {}) => {
		for (const id of EIGHT) acme().invite(id);
		return await watched(watchingAcme('teamMembers', changes), settings);
	};

	test.each(ENGINES)('%s: are held like people: an error says how many of how many, hourly, and nothing is revoked', async (engine) => {
		const trigger = await watchEight({}, { engine });
		acme().listInvitations = () => [];
		const minutes: number[] = [];
		for (let poll = 0; poll < 26; poll++) {
			const polled = await trigger.poll();
			expect(polled.items).toEqual([]);
			if (polled.error) {
				minutes.push(poll * 5);
				expect(textOf(polled)).toMatch(/8 of 8 (?:pending )?invitations/);
				expect(textOf(polled)).toContain('Acme');
			}
			passMinutes(4);
		}
		expect(minutes).toEqual([0, 60, 120]);
	});

	test('and come back: nothing is reported', async () => {
		const trigger = await watchEight();
		acme().listInvitations = () => [];
		for (let poll = 0; poll < 3; poll++) expect((await trigger.poll()).items).toEqual([]);
		acme().listInvitations = (rows) => rows;
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test('every other poll: the error hourly, and nothing is revoked', async () => {
		const trigger = await watchEight();
		const minutes: number[] = [];
		for (let poll = 0; poll < 26; poll++) {
			acme().listInvitations = poll % 2 ? (rows) => rows : () => [];
			const polled = await trigger.poll();
			expect(polled.items).toEqual([]);
			if (polled.error) minutes.push(poll * 5);
			passMinutes(4);
		}
		expect(minutes).toEqual([0, 60, 120]);
	});

	test('and a later list misses one that is there: it is not revoked', async () => {
		const trigger = await watchEight();
		acme().listInvitations = () => [];
		await trigger.poll();
		let lists = 0;
		acme().listInvitations = (rows) => (lists++ === 0 ? rows.slice(1) : rows);
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test('were really withdrawn: with a higher limit they are all revoked, each once', async () => {
		const trigger = await watchEight();
		acme().endInvitation(...EIGHT);
		expect((await trigger.poll()).items).toEqual([]);
		const { items } = await trigger.publish(watchingAcme('teamMembers', { options: { maxRemovals: 100, maxRemovalsUnit: 'percent' } }));
		expect([...reported(items), ...(await polls(trigger, 3))].sort()).toEqual(EIGHT.map((id) => `invitationRevoked invited${id}@example.com`));
	});

	test('two of eight are emitted', async () => {
		const trigger = await watchEight();
		acme().endInvitation(70, 71);
		expect(await polls(trigger, 2)).toEqual(['invitationRevoked invited70@example.com', 'invitationRevoked invited71@example.com']);
	});

	test('because all were accepted: no error, and all are accepted', async () => {
		const trigger = await watchEight();
		acme().endInvitation(...EIGHT);
		acme().add(...EIGHT.map((id) => joinedNow(id, { email: `invited${id}@example.com` })));
		const lines = await polls(trigger, 3);
		expect(lines).toHaveLength(16);
		expect(acceptancesOf(trigger)).toHaveLength(8);
	});

	test("people's changes of the same time come out in the end", async () => {
		const trigger = await watchEight();
		acme().listInvitations = () => [];
		acme().change(1, { role: 'contractor' });
		await polls(trigger, 2);
		acme().listInvitations = (rows) => rows;
		await polls(trigger, 2);
		expect(changesIn({ items: trigger.emitted })).toEqual([`roleChanged ${addressOf(1)} role: business_employee -> contractor`]);
	});
});
