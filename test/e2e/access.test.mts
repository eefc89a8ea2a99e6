// The access lifecycle on a real n8n with the packed package: onboard, offboard and review.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { directoryOf, LEDGER, seedOf, TABLE } from './access/people.mts';
import { assertShape } from './access/schemas.mts';
import { BILLSPRING, HARBOUR, locator, NODE, QUARRY, startWorld, TRIGGER, type Json, type World } from './support.mts';

const NEW = 'ada.lovelace@example.com';
const TEODOR = 'teodor.wexley@example.com';
const LEAVER = 'lee.aver@example.com';
const FIVE = [101, 102, 103, 104, 105];
const MANY = 10_000;

interface BusinessReport {
	businessId: number;
	outcome: string;
	verified: boolean;
	done: Array<{ action: string }>;
	notDone: Array<{ reason: string }>;
}

let world: World;

async function requestCounts(): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const { method, path } of await world.requests()) {
		const name = `${method} ${path.split('/').at(-1)}`;
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}

const onboarding = (email: string, options: Json = {}, role = 'business_employee'): Json => ({
	resource: 'access',
	operation: 'onboard',
	business: locator('id', BILLSPRING),
	email,
	role,
	options,
});

const offboarding = (email: string, options: Json = {}, businessIds?: number[], dryRun = false): Json => ({
	resource: 'access',
	operation: 'offboard',
	email,
	...(businessIds ? { businesses: 'selected', businessIds } : { businesses: 'all' }),
	dryRun,
	options,
});

async function onlyItem(operation: 'onboard' | 'offboard', parameters: Json): Promise<Json> {
	const items = await world.items(parameters);
	await assertShape(operation, items);
	assert.equal(items.length, 1);
	return items[0] ?? {};
}

const onboard = async (...input: Parameters<typeof onboarding>): Promise<Json> => await onlyItem('onboard', onboarding(...input));
const offboard = async (...input: Parameters<typeof offboarding>): Promise<Json> => await onlyItem('offboard', offboarding(...input));

const reportsOf = (report: Json): BusinessReport[] => report['businesses'] as BusinessReport[];
const outcomesOf = (report: Json): Record<number, string> =>
	Object.fromEntries(reportsOf(report).map(({ businessId, outcome }) => [businessId, outcome]));
const severitiesOf = (item: Json): string[] =>
	(item['findings'] as Array<{ kind: string; severity: string }>).map(({ kind, severity }) => `${kind}:${severity}`);

before(async () => {
	world = await startWorld('access');
});
beforeEach(async () => await world.reset());
after(async () => await world.close());

describe('onboard', () => {
	test('invited, then alreadyInvited, then pending with its age, then alreadyMember', async () => {
		const invited = await onboard(NEW);
		assert.deepEqual([invited['status'], invited['verified']], ['invited', true]);
		const [invitation] = await world.pendingOf(NEW);
		assert.ok(invitation);
		const again = await onboard(NEW.toUpperCase());
		assert.deepEqual([again['status'], (again['invitation'] as Json)['id']], ['alreadyInvited', invitation.id]);
		const invitedAt = new Date(Date.now() - 3.5 * 86_400_000).toISOString();
		const pending = await onboard(NEW, { waitForAcceptance: true, invitedAt });
		assert.deepEqual([pending['status'], (pending['invitation'] as Json)['ageDays']], ['pending', 3]);
		await world.control('POST', `/businesses/${BILLSPRING}/invitations/${NEW}/accept`, {});
		assert.equal((await onboard(NEW, { waitForAcceptance: true }))['status'], 'alreadyMember');
		assert.deepEqual(await world.changes(), ['invitationCreated']);
	});

	test('roleDiffers: reported without updateRole, changed with it', async () => {
		const unchanged = await onboard(TEODOR, {}, 'business_manager');
		assert.deepEqual([unchanged['status'], unchanged['previousRole'], unchanged['roleUpdated']], ['roleDiffers', 'business_employee', false]);
		assert.equal((await world.memberOf(TEODOR))?.role, 'business_employee');
		const changed = await onboard(TEODOR, { updateRole: true }, 'business_manager');
		assert.deepEqual([changed['status'], changed['roleUpdated']], ['roleDiffers', true]);
		assert.equal((await world.memberOf(TEODOR))?.role, 'business_manager');
		assert.equal((await onboard(TEODOR, {}, 'business_manager'))['status'], 'alreadyMember');
		assert.deepEqual(await world.changes(), ['roleChanged']);
	});

	test('inactiveMember: a deactivated person is not invited again', async () => {
		assert.equal((await onboard('gareth.umber@example.com'))['status'], 'inactiveMember');
		assert.deepEqual(await world.changes(), []);
	});

	test('20 executions at the same time for one address, with 500s after an invitation was stored: one remains', async (context) => {
		const { client } = world.n8n;
		await world.control('PATCH', '/settings', { latencyMs: 400 });
		await world.control('POST', '/faults', { kind: 'applyThenFail', route: 'POST /invitations$', after: 1, count: 3 });
		const workflow = await client.createWorkflow(world.workflowOf(onboarding(NEW)));
		const runTwenty = async (): Promise<Json[]> => {
			const runs = Array.from({ length: 20 }, async () => await client.run(workflow.id, TRIGGER, { timeoutMs: 120_000 }));
			const executions = await Promise.all(runs);
			for (const { id, status, error } of executions) assert.equal(status, 'success', `execution ${id}: ${error?.message}`);
			return executions.flatMap((execution) => execution.items(NODE));
		};
		const items = await runTwenty();
		await assertShape('onboard', items);
		const made = await world.invitationsOf(NEW);
		const left = await world.pendingOf(NEW);
		const { fired } = await world.control<{ fired: Record<string, number> }>('GET', '/faults');
		const { peakInFlight } = await world.control<{ peakInFlight: number }>('GET', '/stats');
		context.diagnostic(
			`20 executions: ${made.length} invitations stored, ${fired['applyThenFail'] ?? 0} of them answered with 500, ${left.length} left; ${peakInFlight} requests at once`,
		);
		assert.equal(left.length, 1);
		assert.equal(left[0]?.id, Math.min(...made.map(({ id }) => id)), 'the oldest is kept');
		assert.ok(made.length > 1, 'they did race');
		assert.ok((fired['applyThenFail'] ?? 0) > 0, 'a 500 did come');
		assert.equal(items.length, 20);
		for (const item of items) {
			assert.ok(['invited', 'alreadyInvited'].includes(String(item['status'])));
			assert.equal((item['invitation'] as Json)['id'], left[0]?.id);
		}
		const second = await runTwenty();
		assert.deepEqual(new Set(second.map(({ status }) => status)), new Set(['alreadyInvited']));
		assert.equal((await world.invitationsOf(NEW)).length, made.length);
	});
});

/** Adds Teodor with another address and the same FreshBooks identity. */
async function secondAddressOfTeodor(): Promise<string> {
	const { members } = await world.control<{ members: Array<{ email: string; identityId: number }> }>('GET', `/businesses/${BILLSPRING}`);
	const identityId = members.find(({ email }) => email === TEODOR)?.identityId;
	const { email } = await world.control<{ email: string }>('POST', `/businesses/${BILLSPRING}/members`, { email: 'teodor.w@example.net', identityId });
	return email;
}

/** Five businesses. In each the leaver is a member, invited, or both. */
async function seedFive(): Promise<void> {
	await world.control('POST', '/seed', {
		businesses: FIVE.map((id) => ({
			id,
			name: `Business ${id}`,
			role: 'business_partner',
			withOwner: true,
			members: [{ email: `boss${id}@example.com`, role: 'owner' }, ...(id === 105 ? [] : [{ email: LEAVER, identityId: 555 }])],
			invitations: id >= 104 ? [{ email: LEAVER }, { email: 'other@example.com' }] : [],
		})),
	});
}

describe('offboard', () => {
	test('planned changes nothing, offboarded is verified, and a repetition finds nobody: an error, or notFound', async () => {
		const plan = await offboard(TEODOR, {}, [BILLSPRING, HARBOUR], true);
		assert.deepEqual([plan['status'], outcomesOf(plan)], ['planned', { [BILLSPRING]: 'planned', [HARBOUR]: 'notFound' }]);
		assert.ok(await world.memberOf(TEODOR));
		assert.deepEqual(await world.changes(), []);
		const report = await offboard(TEODOR, { staff: 'archive' }, [BILLSPRING, HARBOUR]);
		assert.deepEqual([report['status'], outcomesOf(report)], ['offboarded', { [BILLSPRING]: 'removed', [HARBOUR]: 'notFound' }]);
		const [here] = reportsOf(report);
		assert.deepEqual(here?.done.map(({ action }) => action), ['memberRemoved', 'staffArchived']);
		assert.equal(here.verified, true);
		assert.equal(await world.memberOf(TEODOR), undefined);
		const nobody = await world.run(offboarding(TEODOR, {}, [BILLSPRING, HARBOUR]));
		assert.equal(nobody.status, 'error');
		assert.match(String(nobody.error?.message), /teodor\.wexley@example\.com/);
		assert.equal((await offboard(TEODOR, { ifNotFound: 'succeed' }, [BILLSPRING, HARBOUR]))['status'], 'notFound');
	});

	test('lagging lists: verified after they show that the person is out', async () => {
		await world.control('PATCH', '/settings', { listLagMs: 4_000 });
		const report = await offboard(TEODOR, {}, [BILLSPRING]);
		assert.deepEqual([report['status'], reportsOf(report)[0]?.verified], ['offboarded', true]);
		assert.deepEqual(await world.changes(), ['memberRemoved']);
	});

	test('partial: a business that could not be read, although the person is out of the others', async () => {
		const report = await offboard(TEODOR, { failOnPartial: false });
		assert.deepEqual([report['status'], outcomesOf(report)[BILLSPRING]], ['partial', 'removed']);
		assert.match(String(report['message']), /Quarry Lane Café/);
	});

	test('refused: the connected user, and the only owner of a business', async () => {
		assert.equal((await offboard('Marlowe.Ashdown@example.com', { failOnPartial: false }, [BILLSPRING, HARBOUR]))['status'], 'refused');
		await seedFive();
		const owner = await offboard('boss103@example.com', { failOnPartial: false });
		assert.deepEqual([owner['status'], outcomesOf(owner)[103]], ['refused', 'refused']);
		assert.ok(await world.memberOf('boss103@example.com', 103));
		assert.deepEqual(await world.changes(), []);
	});

	test('five businesses, one fails: partial on the error output with its report; the second run completes it', async () => {
		await seedFive();
		await world.control('POST', '/faults', {
			kind: 'status',
			status: 422,
			body: { error: 'invalid_resource', error_description: 'Payroll is running' },
			route: 'DELETE /business/103/members/',
		});
		const settings = { onError: 'continueErrorOutput' };
		const { execution, status } = await world.run(offboarding(LEAVER), { settings });
		assert.equal(status, 'success');
		assert.deepEqual(execution.items(NODE, 0), []);
		const [failed] = execution.items(NODE, 1);
		assert.match(String(failed?.['error']), /Business 103.*Payroll is running/);
		const partial = failed?.['details'] as Json;
		await assertShape('offboard', [partial]);
		assert.equal(partial['status'], 'partial');
		assert.deepEqual(outcomesOf(partial), { 101: 'removed', 102: 'removed', 103: 'failed', 104: 'removed', 105: 'invitationRevoked' });
		assert.deepEqual(reportsOf(partial)[3]?.done.map(({ action }) => action), ['invitationRevoked', 'memberRemoved']);
		assert.ok(await world.memberOf(LEAVER, 103));

		const healed = await world.run(offboarding(LEAVER), { settings });
		const [report] = healed.execution.items(NODE, 0);
		assert.ok(report);
		await assertShape('offboard', [report]);
		assert.deepEqual(healed.execution.items(NODE, 1), []);
		assert.equal(report['status'], 'offboarded');
		assert.deepEqual(outcomesOf(report), { 101: 'notFound', 102: 'notFound', 103: 'removed', 104: 'notFound', 105: 'notFound' });
		for (const id of FIVE) assert.deepEqual([await world.memberOf(LEAVER, id), await world.pendingOf(LEAVER, id)], [undefined, []]);
		assert.equal((await world.pendingOf('other@example.com', 104)).length, 1);
	});

	test('one identity with two addresses: the other one is named and kept, and removed only if chosen', async () => {
		const other = await secondAddressOfTeodor();
		const report = await offboard(TEODOR, { failOnPartial: false }, [BILLSPRING]);
		assert.equal(report['status'], 'partial');
		assert.match(String(report['message']), /teodor\.w@example\.net/);
		assert.ok(await world.memberOf(other));
		assert.equal(await world.memberOf(TEODOR), undefined);
		assert.equal((await offboard(other, { includeOtherAddresses: true }, [BILLSPRING]))['status'], 'offboarded');
		assert.equal(await world.memberOf(other), undefined);
		assert.deepEqual(await world.changes(), ['memberRemoved', 'memberRemoved']);
	});

	test('both addresses of one identity are removed if chosen', async () => {
		const other = await secondAddressOfTeodor();
		const report = await offboard(TEODOR, { includeOtherAddresses: true }, [BILLSPRING]);
		assert.deepEqual([report['status'], reportsOf(report)[0]?.verified], ['offboarded', true]);
		for (const email of [TEODOR, other]) assert.equal(await world.memberOf(email), undefined);
	});

	test('a failing item stops the execution, and its error has the reports of the others', async () => {
		const { status, error } = await world.run(
			{ ...offboarding('', {}, [BILLSPRING]), email: '={{ $json.email }}' },
			{ input: [{ email: TEODOR }, { email: 'nobody@example.com' }] },
		);
		assert.equal(status, 'error');
		assert.match(String(error?.message), /nobody@example\.com.*\[item 1\]$/);
		const { otherItems } = error?.context?.['data'] as { otherItems: Array<{ item: number; done: Json[] }> };
		await assertShape('offboard', otherItems.flatMap(({ done }) => done));
		assert.deepEqual(otherItems.map(({ item, done }) => [item, done.map((report) => report['status'])]), [[0, ['offboarded']]]);
		assert.equal(await world.memberOf(TEODOR), undefined);
	});

	test('partial: fails the execution, or is an item if chosen', async () => {
		await seedFive();
		await world.control('POST', '/faults', { kind: 'status', status: 403, route: 'DELETE /business/103/members/', count: 0 });
		const stopped = await world.run(offboarding(LEAVER));
		assert.equal(stopped.status, 'error');
		assert.match(String(stopped.error?.message), /not offboarded everywhere/);
		const report = await offboard(LEAVER, { failOnPartial: false });
		assert.deepEqual([report['status'], outcomesOf(report)[103]], ['partial', 'failed']);
	});
});

const REVIEW = { resource: 'access', operation: 'review', businesses: 'selected' };

describe('review', () => {
	test(`a hand-made table of ${TABLE.length} people has each finding, and the summary counts them`, async () => {
		await world.control('POST', '/seed', seedOf(TABLE));
		const { execution, items } = await world.run(
			{ ...REVIEW, businessIds: [LEDGER], directory: 'items', options: {} },
			{ input: directoryOf(TABLE) },
		);
		await assertShape('review', items);
		const found = items.map((item) => [item['email'], severitiesOf(item)]);
		// People who are absent as expected have no row.
		const expected = TABLE.filter((row) => row.member ?? row.invited ?? row.expected[0]).map((row) => [row.email, row.expected]);
		assert.deepEqual(new Map(found.sort() as Array<[string, string[]]>), new Map(expected.sort() as Array<[string, string[]]>));
		assert.equal(found.length, expected.length);

		const [summary, ...more] = execution.items(NODE, 1);
		assert.deepEqual(more, []);
		const kinds = TABLE.flatMap((row) => row.expected.map((finding) => finding.split(':')[0]));
		for (const [kind, count] of Object.entries(summary?.['findings'] as Record<string, number>)) {
			assert.ok(count > 0, `${kind} occurs`);
			assert.equal(count, kinds.filter((one) => one === kind).length, kind);
		}
		assert.equal(summary?.['complete'], true);
		assert.match(String(summary['headline']), /^Complete review of 1 business/);
	});

	test('a business that cannot be read is reported first, and the review is not complete', async () => {
		const { execution } = await world.run({ ...REVIEW, businesses: 'all', directory: 'none', options: {} });
		const [summary] = execution.items(NODE, 1);
		assert.match(String(summary?.['headline']), /^Review incomplete/);
		assert.equal(summary?.['complete'], false);
		assert.deepEqual((summary['businessesNotRead'] as Json[]).map(({ businessId }) => businessId), [QUARRY]);
	});

	test('as SCIM, every person is a User', async () => {
		const items = await world.items({ ...REVIEW, businessIds: [BILLSPRING], directory: 'none', options: { outputFormat: 'scim' } });
		assert.equal(items.length, 14);
		for (const item of items) {
			assert.ok((item['schemas'] as string[]).includes('urn:ietf:params:scim:schemas:core:2.0:User'));
			assert.equal(typeof item['userName'], 'string');
		}
	});

	test('10,000 people against a directory of 10,000, in one execution', async (context) => {
		const email = (index: number): string => `person${index}@example.com`;
		const members = Array.from({ length: MANY }, (_, index) => ({ email: email(index), identityId: index + 1 }));
		await world.control('POST', '/seed', { businesses: [{ id: LEDGER, role: 'owner', staff: false, members }] });
		const directory = Array.from({ length: MANY }, (_, index) => ({
			email: email(index + 5),
			role: 'business_employee',
			active: index % 1000 !== 0,
		}));

		const listing = { resource: 'teamMember', operation: 'getAll', business: locator('id', LEDGER), returnAll: true };
		const reviewing = { ...REVIEW, businessIds: [LEDGER], directory: 'items', options: {} };
		async function timed(name: string, parameters: Json, input: Json[]) {
			await world.clearRequests();
			const { execution, items, error } = await world.run(parameters, { input, timeoutMs: 180_000 });
			assert.equal(execution.status, 'success', error?.message);
			const counts = await requestCounts();
			context.diagnostic(`${name}: ${execution.runData[NODE]?.[0]?.executionTime} ms, ${items.length} items, ${JSON.stringify(counts)}`);
			return { execution, items, counts };
		}

		const listed = await timed('list alone', listing, [{}]);
		const reviewed = await timed('review', reviewing, directory);
		await timed('list alone, again', listing, [{}]);
		assert.equal(listed.items.length, MANY);
		assert.equal(reviewed.items.length, MANY + 5);
		await assertShape('review', reviewed.items);
		const [summary] = reviewed.execution.items(NODE, 1);
		assert.deepEqual([summary?.['complete'], summary?.['people']], [true, MANY]);
		const { orphan, missing, leaver, roleMismatch } = summary?.['findings'] as Record<string, number>;
		assert.deepEqual({ orphan, missing, leaver, roleMismatch }, { orphan: 5, missing: 5, leaver: 10, roleMismatch: 0 });
		assert.equal(reviewed.counts['GET team_members'], listed.counts['GET team_members']);
	});
});
