import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { shownErrorOf } from '../../harness/context';
import { BUSINESS, businessState, control, kindsOfChange, memberOf, onASandbox, outputsOf, pendingFor, requestsTo, runOnce } from './onSandbox';

const LANTERN = 530277;
const LEAVER = 'lee.aver@example.com';
const IDS = [101, 102, 103, 104, 105];

const offboarding = (email: string, { dryRun = false, ...options }: IDataObject = {}, ids?: number[]): INodeParameters => ({
	resource: 'access',
	operation: 'offboard',
	email,
	businesses: ids ? 'selected' : 'all',
	...(ids ? { businessIds: ids } : {}),
	dryRun: dryRun as boolean,
	options: options as INodeParameters,
});

interface Report extends IDataObject {
	status: string;
	message: string;
	businesses: Array<{ businessId: number; outcome: string; verified: boolean; done: IDataObject[]; notDone: IDataObject[]; remarks: string[] } & IDataObject>;
}

async function offboard(email: string, options: IDataObject = {}, ids?: number[]): Promise<Report> {
	const [item] = await runOnce(offboarding(email, options, ids));
	return item as Report;
}

const outcomes = ({ businesses }: Report) => Object.fromEntries(businesses.map(({ businessId, outcome }) => [businessId, outcome]));

/** Five businesses. In each the leaver is a member, invited, both, or an owner among others. */
async function seedFive(extra: IDataObject = {}): Promise<void> {
	const member = { email: LEAVER, role: 'business_employee', identityId: 555 };
	await control('POST', '/seed', {
		businesses: IDS.map((id) => ({
			id,
			name: `Business ${id}`,
			role: 'business_partner',
			withOwner: true,
			members: [{ email: `boss${id}@example.com`, role: 'owner' }, ...(id === 105 ? [] : [member])],
			invitations: id >= 104 ? [{ email: LEAVER }, { email: 'other@example.com' }] : [],
			...extra,
		})),
	});
}

describe('access: offboard', () => {
	onASandbox();

	test('removes a member from their only business, and verifies it', async () => {
		const email = 'teodor.wexley@example.com';
		const report = await offboard(email, {}, [BUSINESS, 311394]);
		expect(report).toMatchObject({ status: 'offboarded', email, dryRun: false });
		expect(outcomes(report)).toEqual({ [BUSINESS]: 'removed', 311394: 'notFound' });
		expect(report.businesses[0]).toMatchObject({ verified: true, notDone: [], done: [{ action: 'memberRemoved', wasGone: false }] });
		expect(report.notIncluded).toHaveLength(3);
		expect(await memberOf(email)).toBeUndefined();
		expect(await offboard(email, { ifNotFound: 'succeed' }, [BUSINESS, 311394])).toMatchObject({ status: 'notFound', notIncluded: [] });
	});

	test('revokes every pending invitation before it removes the membership', async () => {
		await seedFive();
		const report = await offboard(LEAVER, {}, IDS);
		expect(report.status).toBe('offboarded');
		expect(report.businesses[3].done.map(({ action }) => action)).toEqual(['invitationRevoked', 'memberRemoved']);
		expect(report.businesses[4].done.map(({ action }) => action)).toEqual(['invitationRevoked']);
		const changes = (await kindsOfChange()).filter((kind) => kind === 'invitationRevoked' || kind === 'memberRemoved');
		expect(changes.filter((kind) => kind === 'memberRemoved')).toHaveLength(4);
		expect(await pendingFor(LEAVER, 104)).toEqual([]);
		expect(await pendingFor('other@example.com', 104)).toHaveLength(1);
	});

	test('a dry run returns a plan and changes nothing', async () => {
		await seedFive();
		const report = await offboard(LEAVER, { dryRun: true });
		expect(report).toMatchObject({ status: 'planned', dryRun: true });
		expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(['planned']));
		expect(report.businesses[0].found).toMatchObject({ members: [{ role: 'business_employee' }] });
		expect(await kindsOfChange()).not.toContain('memberRemoved');
		expect(await offboard('nobody@example.com', { dryRun: true, ifNotFound: 'succeed' }, IDS)).toMatchObject({ status: 'notFound' });
	});

	test('a person found nowhere is an error with the report, or an item if chosen', async () => {
		const error = await runOnce(offboarding('nobody@example.com', {}, [BUSINESS])).then(
			() => undefined,
			(reason: unknown) => reason as { message: string; description: string; context: { data: Report } },
		);
		expect(error?.message).toBe('nobody@example.com is in none of the searched businesses: BillSpring (business 6806492) [item 0]');
		expect(error?.description).toContain("'If Not Found'");
		expect(error?.context.data).toMatchObject({ status: 'notFound' });
		expect(await offboard('nobody@example.com', { ifNotFound: 'succeed' }, [BUSINESS])).toMatchObject({ status: 'notFound' });
	});

	test('one of five businesses fails: the others are done, and a second run finishes it', async () => {
		await seedFive();
		await control('POST', '/faults', { kind: 'status', status: 422, body: { error: 'invalid_resource', error_description: 'Payroll is running' }, route: 'DELETE /business/103/members/', count: 1 });
		const context = outputsOf(offboarding(LEAVER));
		const error = await context.then(
			() => undefined,
			(reason: unknown) => reason as { message: string; description: string; context: { data: Report } },
		);
		expect(error?.message).toContain('Business 103 (business 103): FreshBooks did not accept');
		expect(error?.message).toContain('Payroll is running');
		expect(error?.description).toContain('run it again for the rest');
		expect(error?.context.data.status).toBe('partial');
		expect(outcomes(error?.context.data as Report)).toEqual({ 101: 'removed', 102: 'removed', 103: 'failed', 104: 'removed', 105: 'invitationRevoked' });
		expect(await memberOf(LEAVER, 103)).toBeDefined();

		const healed = await offboard(LEAVER, {}, IDS);
		expect(healed.status).toBe('offboarded');
		expect(outcomes(healed)).toEqual({ 101: 'notFound', 102: 'notFound', 103: 'removed', 104: 'notFound', 105: 'notFound' });
		expect(await memberOf(LEAVER, 103)).toBeUndefined();
	});

	test('partial is an error item with the report in its details if the node continues, or a plain item if chosen', async () => {
		await seedFive();
		await control('POST', '/faults', { kind: 'status', status: 403, route: 'DELETE /business/103/members/', count: 0 });
		const [[item]] = await outputsOf(offboarding(LEAVER), { continueOnFail: true });
		expect(Object.keys(item.json)).toEqual(['error', 'message', 'details']);
		expect(item.json.details).toMatchObject({ status: 'partial', email: LEAVER });
		expect(await offboard(LEAVER, { failOnPartial: false })).toMatchObject({ status: 'partial' });
	});

	test('refuses to remove the connected user: an error by default, as their access is left', async () => {
		await control('DELETE', '/requests');
		const error = await shownErrorOf(outputsOf(offboarding('Marlowe.Ashdown@example.com')));
		expect(error.message).toMatch(/^Marlowe\.Ashdown@example\.com owns BillSpring \(business 6806492\) and cannot be removed here, as the connected FreshBooks user\. To fix this, connect as another owner/);
		expect(error.description).toBe("Nothing was changed. If this is not an error for you, switch off the option 'Fail If Incomplete': the status is then 'refused'.");
		const [[item]] = await outputsOf(offboarding('Marlowe.Ashdown@example.com'), { continueOnFail: true });
		expect(item.json.details).toMatchObject({ status: 'refused' });
		expect(await offboard('Marlowe.Ashdown@example.com', { dryRun: true })).toMatchObject({ status: 'refused' });
		const report = await offboard('Marlowe.Ashdown@example.com', { failOnPartial: false });
		const OTHERS = 'Harbour & Pine Works (business 311394), Lantern Bookkeeping (business 530277) and Quarry Lane Café (business 884410)';
		expect(report).toMatchObject({
			status: 'refused',
			message:
				'Marlowe.Ashdown@example.com owns BillSpring (business 6806492) and cannot be removed here, as the connected FreshBooks user. To fix this, connect as another owner; if there is none, ask FreshBooks support to transfer the business first. ' +
				`Marlowe.Ashdown@example.com is the connected FreshBooks user and cannot be removed here: ${OTHERS}. To fix this, connect as another owner or admin.`,
		});
		expect(new Set(Object.values(outcomes(report)))).toEqual(new Set(['refused']));
		expect(await requestsTo('GET', '/team_members')).toBe(0);
		expect(await kindsOfChange()).toEqual([]);
	});

	test('refuses the connected user with another address, by identity', async () => {
		await control('POST', `/businesses/${BUSINESS}/members`, { email: 'alias@example.com', identityId: 712052 });
		expect(await offboard('alias@example.com', { failOnPartial: false }, [BUSINESS])).toMatchObject({ status: 'refused' });
		expect(await memberOf('alias@example.com')).toBeDefined();
	});

	test('refuses the only owner of a business, and removes them from the others', async () => {
		await seedFive();
		await control('POST', '/businesses/102/members', { email: 'boss101@example.com', role: 'business_employee' });
		const report = await offboard('boss101@example.com', { failOnPartial: false });
		expect(report.status).toBe('partial');
		expect(outcomes(report)).toMatchObject({ 101: 'refused', 102: 'removed' });
		expect(await offboard('boss103@example.com', { failOnPartial: false })).toMatchObject({ status: 'refused', message: expect.stringMatching(/^boss103@example\.com owns .* \(business 103\) and cannot be removed\. To fix this, ask FreshBooks support/) });
		expect(await memberOf('boss103@example.com', 103)).toBeDefined();
	});

	test('a member who cannot be removed is not done, with the fix', async () => {
		await control('PATCH', '/settings', { profile: 'documented' });
		const report = await offboard('teodor.wexley@example.com', { failOnPartial: false }, [BUSINESS]);
		expect(report.status).toBe('partial');
		expect(report.businesses[0]).toMatchObject({ outcome: 'failed', verified: false });
		expect(report.businesses[0].notDone.map(({ reason }) => reason).join(' ')).toContain('under Team Members');
	});

	test('a result that cannot be read again is not verified', async () => {
		await control('POST', '/faults', { kind: 'status', status: 403, route: 'GET /team_members$', after: 1, count: 0 });
		const report = await offboard('teodor.wexley@example.com', { failOnPartial: false }, [BUSINESS]);
		expect(report.businesses[0]).toMatchObject({ outcome: 'notVerified', verified: false, done: [{ action: 'memberRemoved' }] });
		expect(report.status).toBe('partial');
		expect(await memberOf('teodor.wexley@example.com')).toBeUndefined();
	});

	test.each(['/team_members$', '/members$', '/invitations$'])('sends nothing if GET %s fails, and reports the list and the reason', async (route) => {
		await control('POST', '/faults', { kind: 'status', status: 403, route: `GET ${route}`, count: 0 });
		const report = await offboard('teodor.wexley@example.com', { failOnPartial: false }, [BUSINESS]);
		expect(report).toMatchObject({ status: 'partial', businesses: [{ outcome: 'notRead', verified: false, done: [], notDone: [{ what: 'reading', reason: expect.stringContaining('no permission') }] }] });
		expect(await memberOf('teodor.wexley@example.com')).toBeDefined();
	});

	test('sends nothing if a list hides rows', async () => {
		await control('POST', '/faults', { kind: 'totalTooLarge', route: 'GET /team_members$', count: 0 });
		const report = await offboard('teodor.wexley@example.com', { failOnPartial: false }, [BUSINESS]);
		expect(report.businesses[0]).toMatchObject({ outcome: 'notRead', verified: false, done: [] });
		expect(String(report.businesses[0].notDone[0].reason)).toContain('some may be hidden');
		expect(await memberOf('teodor.wexley@example.com')).toBeDefined();
	});

	test('a removal whose response broke off after it was carried out is done', async () => {
		await control('POST', '/faults', { kind: 'applyThenFail', route: 'DELETE /members/', count: 1 });
		const report = await offboard('teodor.wexley@example.com', {}, [BUSINESS]);
		expect(report).toMatchObject({ status: 'offboarded', businesses: [{ verified: true, done: [{ action: 'memberRemoved' }] }] });
	});

	test('a person whom FreshBooks keeps as inactive is out', async () => {
		await control('PATCH', '/settings', { removedMembers: 'inactive' });
		const report = await offboard('teodor.wexley@example.com', {}, [BUSINESS]);
		expect(report).toMatchObject({ status: 'offboarded', businesses: [{ outcome: 'removed', verified: true, remarks: [expect.stringContaining('inactive'), expect.stringContaining('Staff record')] }] });
	});

	test('a business that could not be read makes the result partial, and is named', async () => {
		const report = await offboard('nobody.there@example.com', { failOnPartial: false });
		expect(outcomes(report)).toMatchObject({ 884410: 'notManaged' });
		expect(report).toMatchObject({ status: 'partial', message: expect.stringContaining('Quarry Lane Café') });
		await control('PATCH', '/businesses/884410', { role: 'business_manager' });
		const strict = await offboard('nobody.there@example.com', { failOnPartial: false });
		expect(outcomes(strict)).toMatchObject({ 884410: 'notRead' });
		expect(strict.status).toBe('partial');
		expect(await offboard('nobody.there@example.com', { failOnPartial: false }, [884410])).toMatchObject({ status: 'partial' });
	});

	test('staff records are left and reported, or archived and verified', async () => {
		const email = 'teodor.wexley@example.com';
		const state = async () => (await businessState()).staff.find(({ fields }) => fields.email === email)?.visState;
		const left = await offboard(email, {}, [BUSINESS]);
		expect(left.businesses[0].remarks[0]).toContain('stays active in accounting');
		expect(await state()).toBe(0);
		const archived = await offboard(email, { staff: 'archive' }, [BUSINESS]);
		expect(archived).toMatchObject({ status: 'offboarded', message: expect.stringMatching(/^The staff record of .* was archived/), businesses: [{ outcome: 'staffArchived', done: [{ action: 'staffArchived' }] }] });
		expect(await state()).toBe(2);
		expect(await offboard(email, { staff: 'archive', ifNotFound: 'succeed' }, [BUSINESS])).toMatchObject({ status: 'notFound' });
	});

	test('a dry run with archiving reports staff records that cannot be read, and does not call the person not found', async () => {
		await control('POST', '/faults', { kind: 'status', status: 403, route: 'GET /users/staffs', count: 0 });
		const options = { dryRun: true, staff: 'archive', failOnPartial: false };
		const nobody = await offboard('nobody@example.com', options, [BUSINESS]);
		expect(nobody).toMatchObject({ status: 'partial', businesses: [{ verified: false, notDone: [{ what: 'staff', id: null }] }] });
		const planned = await offboard('teodor.wexley@example.com', options, [BUSINESS]);
		expect(planned).toMatchObject({ status: 'planned', message: expect.stringContaining('Expected problems: BillSpring (business 6806492): The connected FreshBooks user has no permission for staff') });
	});

	test("staff records of another business, where this business is a client, are neither read nor archived", async () => {
		const email = 'ravi.montclair@example.org';
		const report = await offboard(email, { staff: 'archive', failOnPartial: false }, [LANTERN]);
		expect(report.businesses[0]).toMatchObject({
			done: [{ action: 'memberRemoved' }],
			notDone: [{ what: 'staff', id: null, reason: expect.stringContaining('no accounting system') }],
		});
		expect(await requestsTo('GET', '/users/staffs')).toBe(0);
	});

	test('the same person twice in one run: each request is sent once, and both items say offboarded', async () => {
		const items = await runOnce(offboarding('={{ $json.email }}', {}, [BUSINESS]), { items: [{ email: 'teodor.wexley@example.com' }, { email: 'TEODOR.wexley@example.com' }] });
		expect(items.map(({ status }) => status)).toEqual(['offboarded', 'offboarded']);
		expect((await kindsOfChange()).filter((kind) => kind === 'memberRemoved')).toHaveLength(1);
	});

	test('several people at once are all removed', async () => {
		const people = (await businessState(311394)).members.filter(({ email }) => email.endsWith('@example.org')).slice(0, 8);
		const items = await runOnce(offboarding('={{ $json.email }}', { batchSize: 8 }, [311394]), { items: people.map(({ email }) => ({ email })) });
		expect(items.map(({ status }) => status)).toEqual(people.map(() => 'offboarded'));
		const left = (await businessState(311394)).members.map(({ email }) => email);
		expect(people.filter(({ email }) => left.includes(email))).toEqual([]);
	});

	test('refuses an empty choice of businesses before any request', async () => {
		expect((await shownErrorOf(offboard(LEAVER, {}, []))).message).toContain('Business Names or IDs is empty');
	});
});
