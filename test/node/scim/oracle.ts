import type { IDataObject } from 'n8n-workflow';

import { keyOf } from '../people/evidence';
import { addressOf, identityOf, LONGEST_LAG_MS, ME, SECRETS, type WorldPlan } from '../people/plan';
import type { Row, Sent, World } from '../people/world';
import type { Ended } from './provider';

/** What must be true of what a provider was answered, by the truth of the world and not by what its lists showed. */

const ENDS_ACCESS: ReadonlySet<Ended['plan']['kind']> = new Set(['deactivate', 'delete']);
const STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 403, 404, 409, 429, 501, 503]);
/** Statuses of an answer that says that it was done. */
const DONE: ReadonlySet<number> = new Set([200, 201, 204]);

/** The name that a request of kind `rename` gives a person: a later invitation goes there. */
const renamed = (human: number): string => `renamed${human}@example.com`;

const isKey = (address: string | null, key: string): boolean => address !== null && keyOf(address) === key;

function isLate({ lags }: WorldPlan): boolean {
	return Object.values(lags).flat().some((lag) => lag > 0);
}

/** A process was killed, which forgets what lists that lag behind do not show either. */
function forgets(plan: WorldPlan, all: readonly Ended[]): boolean {
	return isLate(plan) && all.some((one) => one.plan.isKilled);
}

/** Nobody and nothing else hides or changes what decides. */
function isClear(plan: WorldPlan, all: readonly Ended[]): boolean {
	const { changes, absent, faults } = plan;
	return !forgets(plan, all) && changes.length === 0 && absent.length === 0 && !faults.some(({ how }) => how === 'hidden' || how === 'empty');
}

function* problemsOf(world: World, all: readonly Ended[], one: Ended): Generator<string> {
	const { plan, address, status, item, body, headers } = one;
	const key = keyOf(address);
	const sent = world.sent.slice(...one.sent);
	const writes = sent.filter(({ method }) => method !== 'GET');
	if (!STATUSES.has(status)) yield `answered ${status}: ${JSON.stringify(body)}`;
	if ((status === 503 || status === 429) && !/^[1-9]\d*$/.test(headers['retry-after'] ?? '')) yield `answered ${status} without Retry-After`;
	if (one.endedAt - one.startedAt > 50_000) yield `took ${one.endedAt - one.startedAt} ms`;

	const known = new Set(sentBefore(world, one).flatMap((row) => (isKey(row.email, key) ? [row.human] : [])));
	const isThem = (row: Row): boolean => isKey(row.email, key) || known.has(row.human) || (row.identity !== null && [...known].some((human) => identityOf(human) === row.identity));
	for (const write of writes) yield* problemsOfWrite(world, write, one, key, isThem);

	const clear = isClear(world.plan, all);
	const { rows, invitations } = world.state(0, one.endedAt);
	if (clear && ENDS_ACCESS.has(plan.kind) && DONE.has(status)) {
		const left = rows.filter((row) => isKey(row.email, key) && !row.removed && row.active);
		const pending = invitations.filter((invitation) => isKey(invitation.email, key) && invitation.status === 'pending');
		if (left.length + pending.length > 0) yield `was answered ${status} to ${plan.kind}, and ${address} still has ${left.length} memberships and ${pending.length} pending invitations`;
	}
	// FreshBooks said that it was done, and did nothing: the item says that it could not be verified.
	const isDoubted = (item?.report as IDataObject | undefined)?.verified === false;
	if (status === 201 && plan.kind === 'create' && !isDoubted && !plan.isKilled && !writes.some((write) => write.applied && write.method === 'POST') && clear) yield 'was answered 201, and nobody was invited';
	if (status === 200 && body.active !== undefined && ENDS_ACCESS.has(plan.kind) && body.active !== false) yield 'was answered active true to a deactivation';

	if (item && clear && !isDoubted && writes.every(({ applied }) => !applied) && item.event !== 'failed' && !['deprovisioned', 'updated'].includes(String(item.event))) yield `got an item ${String(item.event)} of nothing`;
	// Lists that lag behind may show a person once more, whose removal FreshBooks then calls gone.
	if (item?.event === 'deprovisioned' && clear && !isLate(world.plan)) {
		const was = all.slice(0, all.indexOf(one)).findLast((other) => isKey(other.address, key) && other.item?.event === 'deprovisioned');
		const since = all.slice(was ? all.indexOf(was) + 1 : 0, all.indexOf(one)).filter((other) => isKey(other.address, key));
		if (was && !since.some(({ plan: { kind }, status: answer }) => ['create', 'reactivate'].includes(kind) || answer >= 500) && writes.every(({ applied }) => !applied)) yield 'got a second item for one deprovisioning';
	}
}

/** Everybody who was in the business before a request ended. */
function sentBefore(world: World, { endedAt }: Ended): Row[] {
	return world.states[0].filter(({ at }) => at <= endedAt).flatMap(({ rows }) => rows);
}

function* problemsOfWrite(world: World, write: Sent, { plan, address, item, status, startedAt }: Ended, key: string, isThem: (row: Row) => boolean): Generator<string> {
	const { method, target, id, email } = write;
	const what = `${method} ${write.path}`;
	if (method === 'POST' && (!['create', 'reactivate'].includes(plan.kind) || !(isKey(email, key) || email === renamed(plan.human)))) yield `${what}: invites ${email} for ${plan.kind} of ${address}`;
	if (method === 'DELETE' && target === 'members') {
		if (!ENDS_ACCESS.has(plan.kind)) yield `${what}: removes a member for ${plan.kind}`;
		const rows = world.rowsEver(0, id ?? 0);
		// Who joins while the lists are read may be in the one without identities only.
		const wasThere = world.state(0, startedAt - LONGEST_LAG_MS).rows.some(({ memberId }) => memberId === id);
		const isKnowable = ({ email: shownAs, addressNotIn }: Row): boolean => world.plan.identityInMembers || (wasThere && shownAs !== null && addressNotIn === null);
		if (rows.some((row) => (isKnowable(row) && row.identity === identityOf(ME)) || isKey(row.email, keyOf(addressOf(ME, 'own'))))) yield `${what}: removes the connected user`;
		const wasOwner = (at: number): boolean => world.state(0, at).rows.some(({ memberId, role }) => memberId === id && role === 'owner');
		if (wasOwner(startedAt) && wasOwner(write.at)) yield `${what}: removes an owner`;
		if (rows.length > 0 && !rows.some(isThem)) yield `${what}: removes ${rows[0].email} for ${address}`;
	}
	if (write.applied && !plan.isKilled && item === undefined && DONE.has(status) && plan.kind !== 'create') yield `${what}: done without an item, and answered ${status}`;
}

/** Removals of which no item tells, although a later request about the same address was answered as done. */
function* unreported(world: World, all: readonly Ended[]): Generator<string> {
	for (const [index, one] of all.entries()) {
		const isAboutThem = (other: Ended): boolean => keyOf(other.address) === keyOf(one.address);
		if (!world.sent.slice(...one.sent).some(({ method, applied }) => method === 'DELETE' && applied)) continue;
		const last = all.findIndex((other, at) => at >= index && isAboutThem(other) && ENDS_ACCESS.has(other.plan.kind) && DONE.has(other.status));
		if (last >= 0 && !all.slice(index, last + 1).some((other) => isAboutThem(other) && other.item)) yield `No item is about the removal of ${one.address} by request ${index}.`;
	}
}

/** Sentences on what is wrong; empty where nothing is. */
export function judge(world: World, ended: readonly Ended[], shown: readonly string[]): string[] {
	const problems = ended.flatMap((one, index) => [...problemsOf(world, ended, one)].map((problem) => `Request ${index} (${one.plan.kind} of ${one.address}, ${one.status}): ${problem}`));
	const pending = world.state(0).invitations.filter(({ status, by }) => status === 'pending' && by !== null);
	const keys = pending.map(({ email }) => keyOf(email));
	const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
	if (twice.length > 0 && !forgets(world.plan, ended)) problems.push(`In the end ${twice.join(', ')} has two invitations.`);
	if (!ended.some(({ plan }) => plan.isKilled)) problems.push(...unreported(world, ended));
	if (shown.some((text) => SECRETS.some((secret) => text.includes(secret)))) problems.push('A secret was shown.');
	// Every effect is in an item, by the time a person's last request was answered.
	const texts = ended.flatMap(({ item }) => (item ? [item] : []));
	for (const { method, target, email, applied, run } of world.sent) {
		if (!applied || run !== 0 || method !== 'POST' || target !== 'invitations' || ended.some(({ plan }) => plan.isKilled)) continue;
		if (!texts.some((item: IDataObject) => [item.email, (item.report as IDataObject).email].some((one) => isKey(String(one), keyOf(email ?? ''))))) problems.push(`No item is about the invitation of ${email}.`);
	}
	return problems;
}
