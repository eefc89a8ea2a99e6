/**
 * The whole algorithm against random histories of a business. A failure prints fast-check's `seed` and
 * `path`; to replay it, or to run more histories:
 * npx jest test/unit/trigger/histories --globals '{"triggerReplay":{"seed":1,"path":"0:1","numRuns":800,"kinds":["leave"]}}' -t '<test>'
 */
import type { LookUp } from '../../../nodes/FreshBooksTrigger/changes/decide';
import * as fc from 'fast-check';

import type { ChangeItem, EventName, MemberOutput } from '../../../nodes/FreshBooksTrigger/changes/events';
import type { ListingPurpose } from '../../../nodes/FreshBooksTrigger/changes/listing';
import { addressOf } from '../../../nodes/FreshBooksTrigger/changes/person';
import type { Person, Source } from '../../../nodes/FreshBooksTrigger/changes/person';
import type { BusinessPort, PollSettings } from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import { pollBusiness } from '../../../nodes/FreshBooksTrigger/changes/pollBusiness';
import { ALL_EVENTS, peopleIn } from './fixtures';
import { byHuman, unsettledInvitations } from './ledger';
import type { Change, Row, Weather } from './model';
import { CALM, CHANGE_KINDS, FreshBooksModel, isSamePerson, PageFailure } from './model';

interface Replay {
	seed: number;
	path?: string;
	numRuns?: number;
	/** Only these changes. */
	kinds?: Array<Change['kind']>;
}

declare const triggerReplay: Replay | undefined;

const REPLAY: Replay = typeof triggerReplay === 'undefined' ? { seed: 20261121 } : triggerReplay;
const RUNS = 800;

interface PollStep {
	kind: 'poll';
	pageSize: number;
	weather: Weather;
	/** The second reading fails as well. */
	stormy: boolean;
	/** FreshBooks answers so many questions by ID with an error first. */
	unclear: number;
	bound: number;
	/** At most so many people may be removed. */
	limit: number;
	/** A second reading is declined. */
	declines: boolean;
	invitationsFail: boolean;
	/** Bits that say which fields the rows of known people leave out. */
	leavesOut: number;
}

type Step = PollStep | { kind: 'change'; change: Change } | { kind: 'rollback'; back: number };

const choice = fc.nat(1000);
const change: fc.Arbitrary<Change> = fc.record({
	kind: fc.constantFrom(...(REPLAY.kinds ?? CHANGE_KINDS)),
	who: choice,
	what: choice,
});
/** A list that moves under the reader without its total showing it. */
const swap = fc.record({
	page: fc.nat(2),
	change: fc.constant<Change>({ kind: 'swap', who: 0, what: 0 }),
});
const weather: fc.Arbitrary<Weather> = fc.record(
	{
		during: fc.oneof(
			{ weight: 2, arbitrary: fc.constant([]) },
			{ weight: 2, arbitrary: fc.array(fc.record({ page: fc.nat(3), change }), { maxLength: 4 }) },
			{ weight: 3, arbitrary: fc.array(swap, { minLength: 1, maxLength: 2 }) },
		),
		failing: fc.record({ page: fc.nat(4), how: fc.constantFrom('throws' as const, 'cuts' as const) }),
		lie: fc.constantFrom(0, 0, 0, 0, 1, -1),
	},
	{ requiredKeys: ['during', 'lie'] },
).map((one) => (one.failing !== undefined && one.failing.page > 1 ? { ...one, failing: undefined } : one));
const poll = (leavesOut: fc.Arbitrary<number>): fc.Arbitrary<PollStep> =>
	fc.record({
		kind: fc.constant('poll'),
		pageSize: fc.integer({ min: 1, max: 5 }),
		weather: fc.oneof({ weight: 2, arbitrary: fc.constant(CALM) }, { weight: 1, arbitrary: weather }),
		stormy: fc.boolean(),
		unclear: fc.constantFrom(0, 0, 1, 3),
		bound: fc.constantFrom(1, 2, 50),
		limit: fc.constantFrom(1, 1000, 1000, 1000),
		declines: fc.constantFrom(false, false, true),
		invitationsFail: fc.constantFrom(false, false, false, true),
		leavesOut,
	});
const history = (rollback: number, leavesOut: fc.Arbitrary<number> = fc.constant(0)): fc.Arbitrary<Step[]> =>
	fc.array(
		fc.oneof(
			{ weight: 8, arbitrary: fc.record({ kind: fc.constant('change' as const), change }) },
			{ weight: 6, arbitrary: poll(leavesOut) },
			{ weight: rollback, arbitrary: fc.record({ kind: fc.constant('rollback' as const), back: fc.nat(5) }) },
		),
		{ minLength: 5, maxLength: 40 },
	);

/** What was stored after a poll, and what a reader of the items would have made of them. */
interface Saved {
	stored: unknown;
	replica: ReadonlyMap<string, MemberOutput>;
	/** Who had an ID when last seen, and how often they had joined under it. */
	joins: ReadonlyMap<string, string>;
}

const counts = { histories: 0, polls: 0, failed: 0, items: 0, removals: 0, held: 0 };

/** `expect(...).toEqual(...)`, at a fraction of the time while the two are the same. */
function expectSame(received: unknown, expected: unknown): void {
	if (JSON.stringify(received) !== JSON.stringify(expected)) expect(received).toEqual(expected);
}

/** A trigger on the model, and the checks that hold after each of its polls. */
class Trial {
	readonly model: FreshBooksModel;

	saved: Saved[] = [];

	/** Event IDs by what truly changed. */
	readonly idsByChange = new Map<string, Set<string>>();

	/** Whom each event ID was about. */
	readonly emitted = new Map<string, string>();

	/** The event IDs of each human's acceptances. */
	private readonly accepted = new Map<number | undefined, Set<string>>();

	/** Humans reported as added. */
	private readonly added = new Set<number | undefined>();

	hasRolledBack = false;

	private leavesOut = false;

	/** The ticks at which this poll and the last one that stored something began. */
	private began = { now: 0, last: 0 };

	/** The last poll held removals back: what it saw counts for nothing. */
	private isHeld = false;

	/** Polls in a row whose list moved while it was read. */
	private moved = 0;

	constructor(
		readonly source: Source,
		readonly settings: Partial<PollSettings> = {},
		model?: FreshBooksModel,
	) {
		this.model = model ?? new FreshBooksModel(source);
	}

	get last(): Saved {
		return this.saved[this.saved.length - 1] ?? { stored: undefined, replica: new Map(), joins: new Map() };
	}

	async take(one: Step): Promise<void> {
		if (one.kind === 'change') this.model.apply(one.change);
		else if (one.kind === 'rollback') this.rollBack(one.back);
		else await this.poll(one);
	}

	/** The stored state goes back to an earlier one; what came after it is lost. */
	private rollBack(back: number): void {
		if (this.saved.length < 2 || back === 0) return;
		this.hasRolledBack = true;
		this.saved = this.saved.slice(0, Math.max(1, this.saved.length - back));
	}

	async poll(one: PollStep, later = 60_000): Promise<ChangeItem[]> {
		counts.polls += 1;
		this.model.time += later;
		this.began.now = this.model.tick;
		if (this.isHeld) this.began.last = this.began.now;
		this.isHeld = false;
		this.leavesOut ||= one.leavesOut > 0;
		const before = this.last;
		const settings: PollSettings = {
			trigger: 'workflow 1: Trigger',
			business: { id: 1, name: 'B' },
			source: this.source,
			events: ALL_EVENTS,
			emitExisting: false,
			removalLimit: { maxRemovals: one.limit, unit: 'count' },
			maxConfirmations: one.bound,
			...this.settings,
		};
		this.moved = one.weather.during.length > 0 ? this.moved + 1 : 0;
		const result = await this.attempt(before.stored, settings, one);
		if (result?.snapshot === undefined) {
			counts.failed += 1;
			expect(result?.items ?? []).toEqual([]);
			return [];
		}
		const { items } = result;
		counts.items += items.length;
		const stored: unknown = JSON.parse(JSON.stringify(result.snapshot));
		if (before.stored === undefined) {
			expect(items).toEqual([]);
			const people = peopleIn(stored);
			this.began.last = this.began.now;
			this.saved.push({ stored, replica: replicaOf(people), joins: this.joinsOf(people, new Map()) });
			return items;
		}
		items.forEach((item) => this.check(item, one));
		this.began.last = this.began.now;
		if (settings.events !== ALL_EVENTS) {
			this.saved.push({ ...before, stored });
			return items;
		}
		const replica = replay(before.replica, items);
		const people = peopleIn(stored);
		this.saved.push({ stored, replica, joins: this.joinsOf(people, before.joins) });
		expectSame(comparable(replica), comparable(replicaOf(people)));
		const [removed, revoked] = ['memberRemoved', 'invitationRevoked'].map((name) => items.filter(({ event }) => event === name).length);
		expectSame([removed, revoked].filter((count) => count > settings.removalLimit.maxRemovals), []);
		if (result.troubles.some((trouble) => trouble.kind === 'removalsHeld' && trouble.list !== 'invitations')) {
			counts.held += 1;
			this.isHeld = true;
			expect(items).toEqual([]);
		}
		return items;
	}

	private async attempt(stored: unknown, settings: PollSettings, one: PollStep) {
		return await pollBusiness(this.portOf(one, this.knownHumans()), stored, settings).catch((error: unknown) =>
			error instanceof PageFailure ? undefined : Promise.reject(error),
		);
	}

	/** The IDs that the trigger knows, with whom it knows under them. */
	private knownHumans(): ReadonlySet<string> {
		const { stored } = this.last;
		const people = stored === undefined ? [] : peopleIn(stored);
		return new Set(people.map((person) => `${person.id} ${this.model.rowAsSeen(person)?.human}`));
	}

	private portOf(one: PollStep, known: ReadonlySet<string>): BusinessPort {
		let unclear = one.unclear;
		const weatherOf = (purpose: ListingPurpose): Weather => {
			if (purpose === 'poll' || (purpose === 'repeat' && one.stormy)) return one.weather;
			return CALM;
		};
		// Without a question by ID two listings decide, and a list that moves under both can hide
		// someone from both: the known limit. So a poll whose first listing moves gets its second.
		const declines =
			one.declines && (this.source === 'teamMembers' || one.weather.during.length === 0);
		const cut = { rows: [], totals: [], duplicates: 0, truncated: true };
		const shown = (row: Row) => (one.leavesOut > 0 && known.has(`${row.person.id} ${row.human}`) ? leaveOut(row.person, one.leavesOut) : row.person);
		return {
			listPeople: async (purpose) => {
				if (purpose === 'confirm' && declines) return cut;
				const rows = () => this.model.rows.map(shown);
				return this.model.list(rows, one.pageSize, weatherOf(purpose));
			},
			listInvitations: async (purpose) => {
				if (one.invitationsFail && purpose === 'poll') return { unavailable: 'down' };
				return this.model.list(() => this.model.listedInvitations(), one.pageSize, weatherOf(purpose));
			},
			lookUpMembers: async (ids) =>
				ids.map((id): LookUp => {
					const answer = unclear-- > 0 ? { answer: 'unknown' as const, said: 'HTTP 503' } : this.model.lookUp(id);
					const row = answer.answer === 'found' ? this.model.rowAsSeen(answer.person) : undefined;
					return row === undefined ? answer : { answer: 'found', person: shown(row) };
				}),
			now: () => new Date(this.model.time),
		};
	}

	private check(item: ChangeItem, one: PollStep): void {
		if (item.event === 'memberAdded' && item.member) this.added.add(this.model.rowAsSeen(item.member)?.human);
		if (item.event === 'memberRemoved') this.checkRemoval(item, one);
		if (item.event === 'invitationRevoked') this.checkRevocation(item);
		if (item.event === 'invitationAccepted') this.checkAcceptance(item);
		if (item.member && item.previous) expectSame([item, isOfOne(item.member, item.previous)], [item, true]);
		for (const { to } of Object.values(item.changes)) expectSame([item, to === null], [item, false]);
		this.checkId(item);
	}

	/** One change has one ID, and one ID is about one human. */
	private checkId(item: ChangeItem): void {
		const { member, invitation, eventId } = item;
		const human = member === undefined ? `invitation ${invitation?.id}` : `human ${this.model.rowAsSeen(member)?.human}`;
		const other = this.emitted.get(eventId);
		if (!this.hasRolledBack) expectSame([item, other], [item, undefined]);
		// The known limit of a state that went back: it never saw who else had the ID meanwhile.
		const mayBeAnother = this.hasRolledBack && member !== undefined && this.model.isGivenAgain(member.id);
		if (!mayBeAnother) expectSame([item, other ?? human], [item, human]);
		this.emitted.set(eventId, human);
		// The versions behind a stamp do not say which of them an answer left out.
		if (this.leavesOut) return;
		const truth = this.truthOf(item);
		const ids = this.idsByChange.get(truth) ?? new Set();
		this.idsByChange.set(truth, ids.add(eventId));
		expectSame([truth, ...ids], [truth, eventId]);
	}

	/**
	 * Since the last poll the person was there under no ID, by identity or address, and FreshBooks did not find them by ID
	 * during this one. The known limit: two lists in a row that moved as they were read may both have skipped a person; with team
	 * members the row of a new ID, which asking for the old one cannot tell.
	 */
	private checkRemoval({ member }: ChangeItem, { declines }: PollStep): void {
		counts.removals += 1;
		if (member === undefined) throw new Error('a removal of nobody');
		const person: Person = { ...member, id: String(member.id) };
		const isFree = this.source === 'businessMembers' || this.model.wasFreeSince(this.began.now, person);
		const mayBeSkipped = this.source === 'businessMembers' ? this.moved > 0 : declines && this.moved > 1;
		const wasAway = mayBeSkipped || this.model.wasAwaySince(this.began.last, person);
		expectSame([member, isFree, wasAway], [member, true, true]);
	}

	private checkRevocation({ invitation }: ChangeItem): void {
		const entry = this.model.invitations.find((one) => one.invitation.id === String(invitation?.id));
		const address = addressOf(entry?.invitation ?? { email: null });
		const isMember = this.model.rows.some(({ person }) => addressOf(person) === address);
		expectSame([invitation, entry?.outcome === 'revoked' || (entry?.outcome === 'accepted' && !isMember)], [invitation, true]);
	}

	/**
	 * Nobody is reported to have accepted more often than they did; by one event ID each. The known limit: an added person whose
	 * invitation is revoked looks like a person who accepted it.
	 */
	private checkAcceptance(item: ChangeItem): void {
		const { member, eventId, invitation } = item;
		if (member === undefined) throw new Error('an acceptance by nobody');
		const human = this.model.rowAsSeen(member)?.human;
		const entry = this.model.invitations.find((one) => one.invitation.id === String(invitation?.id));
		if (this.hasRolledBack || (entry?.outcome === 'revoked' && this.added.has(human))) return;
		const ids = (this.accepted.get(human) ?? new Set()).add(eventId);
		this.accepted.set(human, ids);
		const isTooOften = ids.size > (this.model.acceptances.get(human ?? 0) ?? 0);
		expectSame([item, isTooOften], [item, false]);
	}

	private joinsOf(people: readonly Person[], before: Saved['joins']): Saved['joins'] {
		const seen = people.map((one) => {
			const row = this.model.rowAsSeen(one);
			return [one.id, `${row?.human}.${row?.joins}`] as const;
		});
		return new Map([...before, ...seen]);
	}

	/**
	 * What truly changed since last seen, in the model's own terms: two items are of the same change
	 * when they name the same versions before and after.
	 */
	private truthOf({ event, member, previous, invitation, changes }: ChangeItem): string {
		if (event === 'invitationCreated' || event === 'invitationRevoked') return `${event} ${invitation?.id}`;
		const after = member && this.model.rowAsSeen(member);
		const before = previous ? this.model.rowAsSeen(previous) : undefined;
		if (event === 'memberRemoved') return `${event} ${member?.id} join ${after?.human}.${after?.joins}`;
		if (event === 'memberAdded')
			return `${event} ${member?.id} join ${this.last.joins.get(`${member?.id}`)}>${after?.human}.${after?.joins}`;
		if (event === 'invitationAccepted') {
			const dates = `${previous?.invitationAcceptedAt}>${member?.invitationAcceptedAt}`;
			return `${event} ${invitation?.id} ${before?.human}>${after?.human} ${dates}`;
		}
		const version = (row: Row | undefined, field: string) =>
			`${row?.human}.${row?.joins}.${field === 'id' ? row?.person.id : row?.versions[field as keyof Row['versions']]}`;
		const fields = Object.keys(changes).map(
			(field) => `${field} ${version(before, field)}>${version(after, field)}`,
		);
		return `${event} ${fields.join()}`;
	}

	/** What two polls in good weather have not settled. */
	async unsettled(): Promise<string[]> {
		for (let count = 0; count < 2; count++) await this.poll(GOOD_POLL);
		const known = peopleIn(this.last.stored);
		return [...this.unsettledPeople(known), ...unsettledInvitations(this.model, this.last.stored)];
	}

	/** Everybody listed is known once, as they are now; who is known beyond them is hidden, or undecided. */
	private unsettledPeople(known: readonly Person[]): string[] {
		const texts = known.map(textOf);
		const { model } = this;
		const unknown = byHuman(model.people()).filter((rows) => rows.filter(({ person }) => texts.includes(textOf(person))).length !== 1);
		const beyond = known.filter((person) => !model.people().some((row) => textOf(row.person) === textOf(person)));
		const false_ = beyond.filter((person) => {
			const isListed = model.people().some((row) => isSamePerson(row.person, person));
			const isHidden = model.hidden.some((row) => textOf(row.person) === textOf(person));
			return isListed || (!isHidden && !model.answers.has(person.id));
		});
		return [...unknown.map((rows) => `not known once: ${JSON.stringify(rows)}`), ...false_.map((person) => `not so: ${textOf(person)}`)];
	}
}

/** Two known identities are two people. */
function isOfOne(member: MemberOutput, previous: MemberOutput): boolean {
	return member.identityId === null || previous.identityId === null || member.identityId === previous.identityId;
}

/** A person for comparison: dates are the same whatever the fraction of their second. */
function textOf(person: Person): string {
	const { id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt, updatedAt } = person;
	return [id, email, firstName, lastName, role, active, identityId, invitationAcceptedAt?.slice(0, 19), updatedAt].join('|');
}

const LEFT_OUT = ['email', 'firstName', 'lastName', 'role', 'active', 'identityId', 'invitationAcceptedAt'] as const;

function leaveOut(person: Person, bits: number): Person {
	const fields = LEFT_OUT.filter((_, at) => ((bits >> at) & 1) === 1).map((field) => [field, null]);
	return { ...person, ...Object.fromEntries(fields) };
}

const GOOD_POLL: PollStep = {
	kind: 'poll',
	pageSize: 3,
	weather: CALM,
	stormy: false,
	unclear: 0,
	bound: 50,
	limit: 1000,
	declines: false,
	invitationsFail: false,
	leavesOut: 0,
};

function replicaOf(people: readonly Person[]): Map<string, MemberOutput> {
	return new Map(people.map((person) => [person.id, { ...person }]));
}

/** Without what no event carries. */
function comparable(replica: ReadonlyMap<string, MemberOutput>): unknown[] {
	return [...replica.values()]
		.map(({ id, email, firstName, lastName, role, active, identityId }) => [String(id), email, firstName, lastName, role, active, identityId])
		.sort((one, other) => String(one[0]).localeCompare(String(other[0])));
}

/** What becomes of a reader who knows the old people and believes the items, and of each only what it says changed. */
function replay(
	people: ReadonlyMap<string, MemberOutput>,
	items: readonly ChangeItem[],
): Map<string, MemberOutput> {
	const after = new Map(people);
	for (const { event, member, previous, changes } of items) {
		if (member === undefined || event === 'invitationAccepted') continue;
		const id = String(member.id);
		if (event === 'memberAdded') after.set(id, member);
		else if (event === 'memberRemoved') after.delete(id);
		else {
			const oldId = String(previous?.id);
			const known = after.get(id) ?? after.get(oldId) ?? member;
			if (oldId !== id) after.delete(oldId);
			const fields = Object.entries(changes).map(([field, { to }]) => [field, to]);
			after.set(id, { ...known, id, ...Object.fromEntries(fields) });
		}
	}
	return after;
}

async function run(trial: Trial, steps: readonly Step[]): Promise<void> {
	counts.histories += 1;
	for (const one of steps) await trial.take(one);
}

const check = (property: fc.IAsyncPropertyWithHooks<[Step[]]>) =>
	fc.assert(property, { numRuns: RUNS, ...REPLAY });

const TIME_LIMIT = 3_600_000;

// jest's own way to print; n8n's lint forbids the global in TypeScript.
declare const console: { log(line: string): void };

afterAll(() => {
	const { histories, polls, failed, items, removals, held } = counts;
	console.log(
		`trigger: ${histories} histories, ${polls} polls (${failed} given up, ${held} held back), ` +
			`${items} items, ${removals} removals; seed ${REPLAY.seed}`,
	);
});

describe.each(['teamMembers', 'businessMembers'] as const)('random histories, %s', (source) => {
	it('every removal is true, the items carry the old people to the new, IDs tell changes apart', async () => {
		await check(
			fc.asyncProperty(history(0), async (steps) => {
				await run(new Trial(source), steps);
			}),
		);
	}, TIME_LIMIT);

	it('so do they when the stored state goes back, and no change gets a second ID', async () => {
		await check(
			fc.asyncProperty(history(3), async (steps) => {
				await run(new Trial(source), steps);
			}),
		);
	}, TIME_LIMIT);

	it('nobody waits for an undecided person, and nothing is lost once FreshBooks answers clearly', async () => {
		await check(
			fc.asyncProperty(history(2), async (steps) => {
				const trial = new Trial(source);
				await run(trial, steps);
				expectSame(await trial.unsettled(), []);
				trial.model.answerClearly();
				expectSame(await trial.unsettled(), []);
				expectSame(await trial.poll(GOOD_POLL), []);
			}),
		);
	}, TIME_LIMIT);

	it('a field that an answer leaves out is no change, and hides none', async () => {
		await check(
			fc.asyncProperty(history(0, fc.oneof(fc.constant(0), fc.nat(127))), async (steps) => {
				const trial = new Trial(source);
				await run(trial, steps);
				expectSame(await trial.unsettled(), []);
			}),
		);
	}, TIME_LIMIT);

	it('the safeguard lets no poll report more removals than its limit, whatever the bound on confirmations', async () => {
		await check(
			fc.asyncProperty(history(1), async (steps) => {
				await run(new Trial(source, { removalLimit: { maxRemovals: 1, unit: 'count' } }), steps);
			}),
		);
	}, TIME_LIMIT);

	it('the chosen events are those of all events, the snapshot is the same, and another trigger has other IDs', async () => {
		const chosen: ReadonlySet<EventName> = new Set(['memberRemoved', 'invitationAccepted']);
		await check(
			fc.asyncProperty(history(0), async (steps) => {
				const all = new Trial(source);
				const some = new Trial(source, { events: chosen }, all.model);
				const other = new Trial(source, { trigger: 'workflow 2: Trigger' }, all.model);
				counts.histories += 1;
				for (const one of steps) {
					if (one.kind !== 'poll') {
						await all.take(one);
						continue;
					}
					const quiet = { ...one, weather: { ...one.weather, during: [] } };
					const items = await all.poll(quiet);
					const expected = items.filter(({ event }) => chosen.has(event));
					expectSame(await some.poll(quiet, 0), expected);
					await other.poll(quiet, 0);
				}
				expectSame([...other.emitted.keys()].filter((id) => all.emitted.has(id)), []);
			}),
		);
	}, TIME_LIMIT);
});
