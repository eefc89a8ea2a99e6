import type { IDataObject } from 'n8n-workflow';

import { onAFastClock, passTime } from '../../harness/clock';
import { addressOf, QUIET, type Alias, type RowPlan, type WorldPlan, type WriteFault } from '../people/plan';
import { World } from '../people/world';
import { Provider, type Ended, type Options, type RequestPlan } from './provider';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onAFastClock();

/** What the SCIM trigger must do in single situations, each of which it once got wrong. */

const row = (human: number, more: Partial<RowPlan> = {}): RowPlan => ({ human, alias: 'own', role: 'business_employee', active: true, hasIdentity: true, addressNotIn: null, hasAddress: true, ...more });
const fault = (more: Partial<WriteFault>): WriteFault => ({ from: 0, count: 1, effect: 'done', lateMs: 0, answer: 'success', ...more });
const ask = (kind: RequestPlan['kind'], human = 1, more: Partial<RequestPlan> = {}): RequestPlan => ({ kind, human, alias: 'own', dialect: 'entra', role: 'business_manager', process: 0, isKilled: false, after: 0, ...more });
const roles = (...values: string[]): IDataObject => ({ Operations: [{ op: 'Add', path: 'roles', value: values.map((value) => ({ value })) }] });
const renameTo = (value: string): IDataObject => ({ Operations: [{ op: 'Replace', path: 'userName', value }] });

function begin(rows: RowPlan[], plan: Partial<WorldPlan> = {}, options: Options = {}): { world: World; provider: Provider } {
	const world = new World({ ...structuredClone(QUIET), ...plan, businesses: [{ rows, invitations: [] }] });
	return { world, provider: new Provider(world, options) };
}

const sentBy = (world: World, { sent }: Ended): string[] => world.sent.slice(...sent).flatMap(({ method, target, email }) => (method === 'GET' ? [] : [`${method} ${target} ${email ?? ''}`.trim()]));
const isInside = (world: World, human: number): boolean => world.state(0).rows.some((one) => one.human === human && !one.removed && one.active);
const pending = (world: World): string[] => world.state(0).invitations.filter(({ status }) => status === 'pending').map(({ email }) => email);
/** From the first write on the lists show how things were a minute before. */
function lagAfterWrites(world: World): void {
	world.beforeAnswer = async () => {
		if (world.sent.some(({ method }) => method !== 'GET')) world.plan.lags = { teamMembers: [60_000], members: [60_000], invitations: [60_000] };
	};
}
function catchUp(world: World): void {
	world.beforeAnswer = async () => undefined;
	world.plan.lags = { teamMembers: [0], members: [0], invitations: [0] };
}

/** A person changes their address in FreshBooks. */
function move(world: World, human: number, email: string | null): void {
	passTime(10_000);
	const state = world.state(0);
	world.states[0].push({ ...state, at: Date.now(), rows: state.rows.map((one) => (one.human === human ? { ...one, email } : one)) });
}

describe('a leaver', () => {
	test('whose new address was deleted before is found by identity', async () => {
		const { world, provider } = begin([row(1)]);
		const moved = addressOf(1, 'other');
		await provider.send(ask('createInactive', 1, { alias: 'other' }));
		expect((await provider.send(ask('delete', 1, { alias: 'other' }))).status).toBe(204);
		await provider.send(ask('changeRole'));
		move(world, 1, moved);
		const { status, body, item } = await provider.send(ask('deactivate'));
		expect([status, body.active, item?.event, isInside(world, 1)]).toEqual([200, false, 'deprovisioned', false]);
	});

	test('whom the directory renamed, and FreshBooks lists under the new name without an identity, is removed', async () => {
		const { world, provider } = begin([row(1, { hasIdentity: false })]);
		await provider.ask(ask('rename'), addressOf(1, 'own'), 'PATCH', renameTo(addressOf(1, 'other')));
		move(world, 1, addressOf(1, 'other'));
		const { status, body } = await provider.send(ask('deactivate'));
		expect([status, body.active, isInside(world, 1)]).toEqual([200, false, false]);
	});

	test('whose row has no address any more does not count as gone', async () => {
		const { world, provider } = begin([row(1)]);
		await provider.send(ask('changeRole'));
		move(world, 1, null);
		const { status, item } = await provider.send(ask('deactivate'));
		expect([status, item?.event, isInside(world, 1)]).not.toEqual([200, undefined, true]);
	});

	test('who is not listed under the address that was invited is in an item, once', async () => {
		const { world, provider } = begin([]);
		await provider.send(ask('create'));
		// Accepted with a login of another address.
		passTime(60_000);
		world.states[0].push({ ...world.state(0), at: Date.now(), invitations: [], rows: [...world.state(0).rows, { ...world.state(0).rows[0], key: 99, memberId: 999, uuid: 'c36c50dd-3b5a-4b5b-8e52-a6d2b0ee5d99', human: 1, email: 'login@example.com', identity: 701, role: 'business_employee' }] });
		const first = await provider.send(ask('deactivate'));
		expect([first.status, first.item?.event, first.item?.status]).toEqual([200, 'deprovisioned', 'notFound']);
		expect((first.item?.report as IDataObject).message).toMatch(/another address/);
		expect((await provider.send(ask('deactivate'))).item).toBeUndefined();
	});

	test('whose invitation the lists do not show yet is not answered as gone', async () => {
		const { world, provider } = begin([], { lags: { teamMembers: [0], members: [0], invitations: [0, 0, 14_000] } });
		expect((await provider.send(ask('create'))).status).toBe(201);
		const { status } = await provider.send(ask('deactivate', 1, { after: 2_000 }));
		expect(status === 503 || pending(world).length === 0).toBe(true);
		const later = await provider.send(ask('deactivate', 1, { after: 60_000 }));
		expect([later.status, pending(world)]).toEqual([200, []]);
	});

	test('whom a try of unknown result removed is in an item of the repeated request', async () => {
		const { world, provider } = begin([row(1), row(2)]);
		lagAfterWrites(world);
		const first = await provider.send(ask('deactivate'));
		expect([first.status, first.item?.event]).toEqual([503, 'failed']);
		catchUp(world);
		const second = await provider.send(ask('deactivate', 1, { after: 300_000 }));
		expect([second.status, second.item?.event, isInside(world, 1)]).toEqual([200, 'deprovisioned', false]);
		expect((await provider.send(ask('deactivate'))).item).toBeUndefined();
	});

	test('whom FreshBooks keeps as inactive is asked for once, and is in one item', async () => {
		const { world, provider } = begin([row(1)], { keepsRemoved: true });
		expect((await provider.send(ask('deactivate'))).item?.event).toBe('deprovisioned');
		const again = await provider.send(ask('deactivate'));
		expect([again.status, again.body.active, again.item, sentBy(world, again)]).toEqual([200, false, undefined, []]);
	});

	test('who was deactivated in FreshBooks by hand is out: nothing is sent', async () => {
		const { world, provider } = begin([row(1, { active: false })]);
		const { status, item, ...ended } = await provider.send(ask('deactivate'));
		expect([status, item, sentBy(world, { status, item, ...ended })]).toEqual([200, undefined, []]);
	});

	test('with an invitation whose revocation was not confirmed is found by the repeated request, in another process too', async () => {
		const { world, provider } = begin([]);
		world.states[0].push({ ...world.state(0), at: Date.now(), invitations: [{ id: 1, human: 1, email: addressOf(1, 'own'), role: 'business_employee', status: 'pending', by: null }] });
		passTime(60_000);
		lagAfterWrites(world);
		expect((await provider.send(ask('deactivate'))).status).toBe(503);
		catchUp(world);
		const { status, body } = await provider.send(ask('deactivate', 1, { process: 1, after: 300_000 }));
		expect([status, body.active, pending(world)]).toEqual([200, false, []]);
	});

	test('in an hour without answers is answered in time, and is in an item', async () => {
		const { world, provider } = begin([row(1), row(2)]);
		world.beforeAnswer = async (number) => {
			if (number === 4) passTime(40_500);
		};
		const { status, item, startedAt, endedAt } = await provider.send(ask('deactivate'));
		expect([status, item?.event]).toEqual([503, 'failed']);
		expect(endedAt - startedAt).toBeLessThan(50_000);
	});
});

describe('an invitation of unknown result', () => {
	const invitations = (world: World, ended: readonly Ended[]): string[] => ended.flatMap((one) => sentBy(world, one));

	test('is remembered: the repeated request invites nobody while the lists may not show it yet', async () => {
		const { world, provider } = begin([], { writeFaults: [fault({ answer: 'reset' })] });
		lagAfterWrites(world);
		const first = await provider.send(ask('create'));
		expect([first.status, pending(world)]).toEqual([503, [first.address]]);
		const soon = await provider.send(ask('create', 1, { after: 1_000 }));
		expect([soon.status, soon.headers['retry-after']]).toEqual([503, '60']);
		catchUp(world);
		const later = await provider.send(ask('create', 1, { after: 60_000 }));
		expect([later.status, later.body.scimType]).toEqual([409, 'uniqueness']);
		expect(invitations(world, [first, soon, later])).toHaveLength(1);
		// The provider links the user that it finds, with what it sent of them.
		expect((await provider.send(ask('get'))).body).toMatchObject({ active: true, externalId: '00u1' });
	});

	test('that FreshBooks did not carry out is sent again a minute later', async () => {
		const { world, provider } = begin([], { writeFaults: [fault({ effect: 'none', answer: 'reset' })] });
		const first = await provider.send(ask('create'));
		expect([first.status, pending(world)]).toEqual([503, []]);
		const later = await provider.send(ask('create', 1, { after: 61_000 }));
		expect([later.status, later.item?.event, pending(world)]).toEqual([201, 'provisioned', [first.address]]);
	});
});

describe('the removal limit', () => {
	test('counts a removal that FreshBooks accepted and does not show yet', async () => {
		const { world, provider } = begin([1, 2, 3, 4].map((human) => row(human)), {}, { options: { maxRemovals: 1, maxRemovalsUnit: 'count' } });
		lagAfterWrites(world);
		expect((await provider.send(ask('deactivate', 1))).status).toBe(503);
		catchUp(world);
		expect((await provider.send(ask('deactivate', 2, { after: 60_000 }))).status).toBe(429);
		expect(isInside(world, 2)).toBe(true);
	});

	test('gives back what FreshBooks refused', async () => {
		const { provider } = begin([1, 2, 3].map((human) => row(human)), { writeFaults: [fault({ effect: 'none', answer: 'error', count: 99 })] }, { options: { maxRemovals: 1, maxRemovalsUnit: 'count' } });
		for (const human of [1, 2, 3]) expect((await provider.send(ask('deactivate', human))).status).toBe(503);
	});

	test('does not count a person who is only invited, though FreshBooks lists them among the people', async () => {
		const { world, provider } = begin([1, 2, 3].map((human) => row(human, { hasIdentity: false })), {}, { options: { maxRemovals: 0, maxRemovalsUnit: 'count' } });
		const invitations = [{ id: 1, human: 1, email: addressOf(1, 'own'), role: 'business_employee', status: 'pending', by: null }];
		world.states[0].push({ ...world.state(0), at: Date.now(), invitations });
		expect((await provider.send(ask('deactivate', 1))).status).toBe(200);
		expect((await provider.send(ask('deactivate', 2))).status).toBe(429);
	});

	test('of 0 does not say that waiting helps', async () => {
		const { provider } = begin([row(1)], {}, { options: { maxRemovals: 0, maxRemovalsUnit: 'count' } });
		const { status, body } = await provider.send(ask('deactivate'));
		expect(status).toBe(429);
		expect(body.detail).not.toMatch(/wait/);
	});
});

describe('a role', () => {
	test('that Entra ID adds beside the one before is the one that is wanted', async () => {
		const { world, provider } = begin([row(1)]);
		const address = addressOf(1, 'own');
		await provider.ask(ask('changeRole'), address, 'PATCH', roles('business_manager'));
		const { item } = await provider.ask(ask('changeRole'), address, 'PATCH', roles('contractor'));
		expect([item?.event, item?.role, world.state(0).rows[1].role]).toEqual(['updated', 'contractor', 'contractor']);
		const again = await provider.ask(ask('changeRole'), address, 'PATCH', roles('contractor'));
		expect(sentBy(world, again)).toEqual([]);
	});
});

describe('a name', () => {
	test('that another user has is refused, and a leaver goes nevertheless', async () => {
		const { world, provider } = begin([row(1), row(2)]);
		const taken = addressOf(2, 'own');
		const { status, body } = await provider.ask(ask('rename'), addressOf(1, 'own'), 'PATCH', renameTo(taken));
		expect([status, body.scimType]).toEqual([409, 'uniqueness']);
		const out = await provider.ask(ask('deactivate'), addressOf(1, 'own'), 'PUT', { userName: taken, active: false });
		expect([out.status, isInside(world, 1), isInside(world, 2)]).toEqual([200, false, true]);
	});

	test('that the directory changed while the person was out is where the new invitation goes', async () => {
		const { world, provider } = begin([row(1)]);
		const renamed = addressOf(1, 'other');
		await provider.send(ask('deactivate'));
		await provider.ask(ask('rename'), addressOf(1, 'own'), 'PATCH', renameTo(renamed));
		const { status, body, item } = await provider.send(ask('reactivate'));
		expect([status, body.id, item?.event, pending(world)]).toEqual([200, Buffer.from(addressOf(1, 'own')).toString('base64url'), 'reactivated', [renamed]]);
		expect((await provider.send(ask('get', 1, { after: 60_000 }))).body.active).toBe(true);
		expect((await provider.send(ask('deactivate', 1, { after: 60_000 }))).status).toBe(200);
		expect(pending(world)).toEqual([]);
	});
});

describe('texts', () => {
	test.each<[string, Alias]>([['another address of a member', 'other']])('of %s name no option of another node', async (_name, alias) => {
		const { provider } = begin([row(1), row(1, { alias: 'other' }), row(2)], { identityInMembers: true });
		const out = await provider.send(ask('deactivate', 1));
		expect(JSON.stringify([out.body, out.item])).not.toMatch(/turn on 'Include/);
		expect(out.status).toBe(503);
		const created = await provider.send(ask('create', 1, { alias }));
		expect(JSON.stringify(created.body)).not.toMatch(/option '/);
	});

	test('of a member whom the ID does not find name no option of another node', async () => {
		const { provider } = begin([row(1, { alias: 'other' }), row(1, { addressNotIn: 'teamMembers' })]);
		const created = await provider.send(ask('create', 1));
		expect([created.status, JSON.stringify(created.body)]).toEqual([409, expect.not.stringMatching(/option '/)]);
	});
});

describe('what is remembered', () => {
	test('of a person with many roles keeps the name and the externalId', async () => {
		const { provider } = begin([row(1)]);
		const body = { userName: addressOf(1, 'own'), externalId: '00u7', active: true, roles: Array.from({ length: 90 }, (_, index) => ({ value: `a role with a long name for ${index}, which FreshBooks does not have` })) };
		const first = await provider.ask(ask('reactivate'), addressOf(1, 'own'), 'PUT', body);
		expect([first.status, (await provider.send(ask('get'))).body.externalId]).toEqual([200, '00u7']);
	});

	test('is no condition for the externalId of a failed item', async () => {
		const { provider } = begin([], { absent: ['invitations'] });
		const { status, item } = await provider.send(ask('create'));
		expect([status, item?.event, item?.externalId]).toEqual([501, 'failed', '00u1']);
	});
});
