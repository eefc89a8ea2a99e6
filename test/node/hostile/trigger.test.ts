import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { FreshBooksTrigger } from '../../../nodes/FreshBooksTrigger/FreshBooksTrigger.node';
import { connectedCredential } from '../../harness/context';
import { EXAMPLE, invitationRow, invitationsAnswer, memberRow, membersPage, teamMemberRow, teamMembersPage, upTo } from '../../harness/examples';
import { ALL_EVENTS, ENGINES, TestTrigger, type Engine, type Polled } from '../../harness/trigger';
import { hostileAnswer, hostileBody, hostileButNotGone, type HostileAnswer, type HostileBody } from './bodies';
import { attempt, IS_LONG, runs, type Ending } from './campaign.cts';
import { endpointOf, type Endpoint } from './freshBooks';
import { expectClear, expectIntended, expectPrototypeUntouched } from './judge';
import { slotsOf, type Slot } from './parameters';
import { triggerSchemaProblem } from './schemas.cts';
import type { Answer } from './server.cts';
import { hostileSuite } from './suite.cts';
import { hostileValue, LONG_TEXTS } from './values';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
const server = hostileSuite('trigger');

/** The one business of the example of users/me. */
const BUSINESS = 77128;
const REFRESHING = '/auth/oauth/token';
const ENDPOINTS: Endpoint[] = ['me', 'teamMembers', 'teamMember', 'members', 'invitations'];

/** Six people who are always present, unless a test removes one. */
class Team {
	rows: IDataObject[] = upTo(6).map((number) => teamMemberRow(number, { identity_id: number }));

	private readonly everyone = [...this.rows];

	isOneOfThem(member: { id: unknown; email: unknown }): boolean {
		return this.everyone.some(({ uuid, email }) => uuid === member.id || email === member.email);
	}

	answer(method: string, url: string): Answer & { good: unknown } {
		const reply = (good: unknown, status = 200) => ({ status, body: JSON.stringify(good), good });
		switch (endpointOf(method, url)) {
			case 'me':
				return reply(EXAMPLE.usersMeModern);
			case 'teamMembers':
				return reply(teamMembersPage(this.rows));
			case 'members':
				return reply(membersPage(this.rows.map(({ email }, place) => memberRow(place + 1, { email }))));
			case 'invitations':
				return reply(invitationsAnswer(upTo(2).map((number) => invitationRow(number))));
			case 'teamMember': {
				const row = this.rows.find(({ uuid }) => uuid === url.split('/').at(-1));
				return row ? reply({ response: row }) : reply({ error: 'not_found' }, 404);
			}
			default:
				return reply({ error: 'not_found' }, 404);
		}
	}
}

function triggerWith(parameters: INodeParameters, engine: Engine): TestTrigger {
	const credential = connectedCredential({ environment: 'custom', apiBaseUrl: server().url, accessTokenUrl: `${server().url}${REFRESHING}` });
	return new TestTrigger({ credential, engine, parameters });
}

const WATCH: INodeParameters = { businesses: 'selected', businessIds: [BUSINESS], events: ALL_EVENTS, options: { maxRemovals: 1_000, maxRemovalsUnit: 'count' } };

function check(polled: Polled, team: Team): Polled {
	expectPrototypeUntouched();
	expectIntended(server().arrived.filter(({ url }) => url !== REFRESHING), new URL(server().url).host, ENDPOINTS);
	if (polled.error) expectClear(polled.error);
	for (const item of polled.items) {
		const problem = triggerSchemaProblem(item);
		if (problem !== undefined) throw new Error(`Not of the promised form: ${problem}: ${JSON.stringify(item).slice(0, 500)}`);
		if (item.event === 'memberRemoved' && item.member && team.isOneOfThem(item.member)) {
			throw new Error(`Reported as removed, though there: ${JSON.stringify(item).slice(0, 500)}`);
		}
	}
	return polled;
}

/** Everything is reported correctly again: one person leaves, one joins, and both are reported once. */
async function expectAlive(trigger: TestTrigger, team: Team): Promise<void> {
	server().answerWith(({ method, url }) => team.answer(method, url));
	for (let poll = 0; poll < 4; poll++) check(await trigger.poll(), team);
	const [leaver] = team.rows.splice(5, 1);
	team.rows.push(teamMemberRow(7, { identity_id: 7 }));
	const events: string[] = [];
	for (let poll = 0; poll < 4; poll++) {
		const { items } = await trigger.poll();
		for (const { event, member } of items) events.push(`${event} ${member?.email ?? ''}`);
	}
	expect(events).toEqual(expect.arrayContaining([`memberRemoved ${String(leaver.email)}`, 'memberAdded person7@example.com']));
	expect(events.filter((one) => /person[1-7]@/.test(one))).toHaveLength(2);
}

/** The attack of one poll: the responses of lists and lookups; undefined for the truth. */
interface Attack {
	list?: HostileAnswer;
	lookUp?: HostileAnswer;
	me?: HostileAnswer;
	invitations?: HostileAnswer;
}

interface TeamList {
	response: IDataObject[];
}

/** The most dangerous lie: a complete list with a matching count that lacks one person. */
const listWithoutOne: fc.Arbitrary<HostileAnswer> = fc.nat(5).map((place): HostileAnswer => (good) => {
	const rows = (good as TeamList).response.filter((_, at) => at !== place);
	return { status: 200, body: JSON.stringify(teamMembersPage(rows)) };
});

const attack: fc.Arbitrary<Attack> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ list: listWithoutOne, lookUp: hostileButNotGone }) },
	{ weight: 3, arbitrary: fc.record({ list: hostileAnswer }) },
	{ weight: 2, arbitrary: fc.record({ list: hostileAnswer, lookUp: hostileButNotGone }) },
	{ weight: 1, arbitrary: fc.record({ me: hostileAnswer }) },
	{ weight: 1, arbitrary: fc.record({ invitations: hostileAnswer }) },
	{ weight: 1, arbitrary: fc.record({ list: hostileAnswer, me: hostileAnswer, invitations: hostileAnswer }, { requiredKeys: [] }) },
);

function attackOn(team: Team, { list, lookUp, me, invitations }: Attack) {
	return ({ method, url }: { method: string; url: string }): Answer => {
		const answer = team.answer(method, url);
		const attacks: Partial<Record<Endpoint, HostileAnswer | undefined>> = { teamMembers: list, teamMember: lookUp, me, invitations };
		const endpoint = endpointOf(method, url);
		return (endpoint && attacks[endpoint])?.(answer.good) ?? answer;
	};
}

test('for any response, no present person is reported as removed, and the trigger continues', async () => {
	const each = async (engine: Engine, attacks: Attack[]) =>
		await attempt('trigger', 'answer', async (): Promise<Ending> => {
			const team = new Team();
			const trigger = triggerWith(WATCH, engine);
			server().answerWith(({ method, url }) => team.answer(method, url));
			check(await trigger.activate(), team);
			check(await trigger.poll(), team);
			let errors = 0;
			for (const one of attacks) {
				server().answerWith(attackOn(team, one));
				if (check(await trigger.poll(), team).error) errors++;
			}
			await expectAlive(trigger, team);
			return errors > 0 ? 'error' : 'items';
		});
	await fc.assert(fc.asyncProperty(fc.constantFrom(...ENGINES), fc.array(attack, { minLength: 1, maxLength: 4 }), each), runs(12));
});

test('for any response during publishing or a manual test: a clear error, or well-formed items', async () => {
	const each = async (engine: Engine, one: Attack, byHand: boolean) =>
		await attempt('trigger', 'answer at the start', async (): Promise<Ending> => {
			const team = new Team();
			const trigger = triggerWith(WATCH, engine);
			server().answerWith(attackOn(team, one));
			const polled = byHand ? await trigger.tryOut() : await trigger.activate();
			expectPrototypeUntouched();
			if (polled.error) expectClear(polled.error);
			return polled.error ? 'error' : 'items';
		});
	await fc.assert(fc.asyncProperty(fc.constantFrom(...ENGINES), attack, fc.boolean(), each), runs(10));
});

test('for any damage to the stored state, nobody is reported as removed, and the trigger continues', async () => {
	const each = async (engine: Engine, spoil: HostileBody) =>
		await attempt('trigger', 'stored state', async (): Promise<Ending> => {
			const team = new Team();
			const first = triggerWith(WATCH, 'cursors');
			server().answerWith(({ method, url }) => team.answer(method, url));
			await first.activate();
			await first.poll();
			const trigger = triggerWith(WATCH, engine);
			const good = JSON.parse(first.stored) as IDataObject;
			trigger.stored = asObject(spoil(engine === 'cursors' ? good : { 'node:FreshBooks': good }));
			if (holdsNoObject(trigger.stored)) {
				// The first poll in a process may be an activation, which throws nothing.
				const error = (await trigger.poll()).error ?? (await trigger.poll()).error;
				expect(expectClear(error)).toContain('has no usable place for the state');
				return 'error';
			}
			for (let poll = 0; poll < 2; poll++) check(await trigger.poll(), team);
			await expectAlive(trigger, team);
			return 'items';
		});
	await fc.assert(fc.asyncProperty(fc.constantFrom<Engine>('legacy', 'cursors'), hostileBody, each), runs(8));
});

/** n8n stores only objects, and overflows its stack with deeply nested ones before the trigger runs. */
function asObject(text: string): string {
	if (text.startsWith('{"response":'.repeat(1_000))) return '{}';
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : '{}';
	} catch {
		return '{}';
	}
}

describe('for any parameter value: a clear error, or a poll of the intended paths', () => {
	const slots = new FreshBooksTrigger().description.properties.flatMap(slotsOf);

	async function tryValue(slot: Slot, value: unknown): Promise<Ending> {
		const team = new Team();
		const trigger = triggerWith(slot.fill(WATCH, value as string), 'legacy');
		server().answerWith(({ method, url }) => team.answer(method, url));
		const { error } = check(await trigger.activate(), team);
		if (!error) return 'requests';
		if (!slot.displayNames.some((name) => error.message.includes(`'${name}'`)) && !/no longer belongs to/.test(error.message)) {
			throw new Error(`The error does not name ${slot.displayNames[0]}: ${error.message}`);
		}
		return 'error';
	}

	const isNoExpression = (value: unknown) => typeof value !== 'string' || !value.startsWith('=');

	test.each(slots)('$name', async (slot) => {
		const each = async (value: unknown) => await attempt('trigger', 'input', async () => await tryValue(slot, value));
		await fc.assert(fc.asyncProperty(hostileValue.filter(isNoExpression), each), runs(6));
		for (const value of IS_LONG ? LONG_TEXTS : LONG_TEXTS.slice(-2)) await attempt('trigger', 'long text', async () => await tryValue(slot, value));
	});
});

/** Whether the trigger's entry is not the object that n8n needs for a state. */
function holdsNoObject(text: string): boolean {
	const { 'node:FreshBooks': entry } = JSON.parse(text) as Record<string, unknown>;
	return entry !== undefined && (typeof entry !== 'object' || entry === null || Array.isArray(entry));
}

test.each(['null', '"x"', '5', '[]'])('a stored state that is %s cannot be used: a clear error with the fix', async (entry) => {
	const team = new Team();
	server().answerWith(({ method, url }) => team.answer(method, url));
	const trigger = triggerWith(WATCH, 'legacy');
	trigger.stored = `{"node:FreshBooks":${entry}}`;
	const { error } = await trigger.poll();
	expect(expectClear(error)).toContain('has no usable place for the state');
	const { description } = error as Error & { description?: string };
	expect(description).toContain('To fix this, rename the trigger');
	expect(description).not.toContain('keeps what it knows');
});
