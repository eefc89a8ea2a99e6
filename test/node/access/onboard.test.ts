import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { locator, shownErrorOf } from '../../harness/context';
import { BUSINESS, businessState, control, kindsOfChange, memberOf, onASandbox, pendingFor, requestsTo, runOnce } from './onSandbox';

const NEW = 'ada.lovelace@example.com';

const onboarding = (email: string, options: INodeParameters = {}, role = 'business_employee'): INodeParameters => ({
	resource: 'access',
	operation: 'onboard',
	business: locator('id', BUSINESS),
	email,
	role,
	options,
});

async function onboard(email: string, options: INodeParameters = {}, role = 'business_employee'): Promise<IDataObject> {
	const [item] = await runOnce(onboarding(email, options, role));
	return item;
}

describe('access: onboard', () => {
	onASandbox();

	test('invites a new person once', async () => {
		expect(await onboard(NEW)).toMatchObject({ status: 'invited', email: NEW, verified: true, invitation: { role: 'business_employee', status: 'pending', ageDays: 0 } });
		expect(await pendingFor(NEW)).toHaveLength(1);
	});

	test('reads the invitations again if the verifying response cannot be parsed, and reports if that fails', async () => {
		const unreadable = (count: number) => control('POST', '/faults', { kind: 'wrongShape', route: 'GET /invitations$', after: 1, count });
		await unreadable(1);
		expect(await onboard(NEW)).toMatchObject({ status: 'invited', verified: true });
		await unreadable(9);
		expect(await onboard('grace.hopper@example.com')).toMatchObject({
			status: 'invited',
			verified: false,
			message: expect.stringContaining('could not be verified'),
		});
	});

	test('returns alreadyInvited for a second run, and sends nothing', async () => {
		const first = await onboard(NEW);
		expect(await onboard(NEW.toUpperCase())).toMatchObject({ status: 'alreadyInvited', invitation: { id: (first.invitation as IDataObject).id } });
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});

	test('two items about the same person in one run leave one invitation', async () => {
		const items = await runOnce({ ...onboarding('={{ $json.email }}') }, { items: [{ email: NEW }, { email: NEW.toUpperCase() }] });
		expect(items.map(({ status }) => status)).toEqual(['invited', 'alreadyInvited']);
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});

	test('returns pending, with the age from the workflow, if it waits for acceptance', async () => {
		await onboard(NEW);
		const invitedAt = new Date(Date.now() - 3.5 * 86_400_000).toISOString();
		expect(await onboard(NEW, { waitForAcceptance: true, invitedAt })).toMatchObject({
			status: 'pending',
			message: expect.stringContaining('for 3 days'),
			invitation: { invitedAt, ageDays: 3 },
		});
		expect(await onboard(NEW, { waitForAcceptance: true })).toMatchObject({ status: 'pending', invitation: { invitedAt: null, ageDays: null } });
	});

	test('returns alreadyMember after the invitation is accepted', async () => {
		await onboard(NEW);
		await control('POST', `/businesses/${BUSINESS}/invitations/${NEW}/accept`);
		expect(await onboard(NEW, { waitForAcceptance: true })).toMatchObject({ status: 'alreadyMember', member: { role: 'business_employee', active: true } });
		expect(await pendingFor(NEW)).toEqual([]);
	});

	test('returns roleDiffers with both roles, and changes nothing by default', async () => {
		const email = 'teodor.wexley@example.com';
		expect(await onboard(email, {}, 'business_manager')).toMatchObject({ status: 'roleDiffers', role: 'business_manager', previousRole: 'business_employee', roleUpdated: false });
		expect((await memberOf(email))?.role).toBe('business_employee');
		expect(await onboard(email, { updateRole: true }, 'business_manager')).toMatchObject({ status: 'roleDiffers', roleUpdated: true });
		expect((await memberOf(email))?.role).toBe('business_manager');
		expect(await onboard(email, {}, 'manager')).toMatchObject({ status: 'alreadyMember' });
	});

	test('after a role change in the same run the next item finds the new role', async () => {
		const items = await runOnce(onboarding('teodor.wexley@example.com', { updateRole: true }, 'business_manager'), { items: [{}, {}] });
		expect(items.map(({ status }) => status)).toEqual(['roleDiffers', 'alreadyMember']);
	});

	test('never changes the role of the connected user', async () => {
		const error = await shownErrorOf(onboard('marlowe.ashdown@example.com', { updateRole: true }));
		expect(error.message).toContain('owns BillSpring (business 6806492), and the role of an owner');
		await control('PATCH', `/businesses/${BUSINESS}/members/marlowe.ashdown@example.com`, { role: 'business_partner' });
		expect((await shownErrorOf(onboard('marlowe.ashdown@example.com', { updateRole: true }))).message).toContain('is the connected user');
	});

	test('returns inactiveMember for a deactivated member, and does not invite again', async () => {
		expect(await onboard('gareth.umber@example.com')).toMatchObject({ status: 'inactiveMember', member: { active: false } });
		expect(await kindsOfChange()).toEqual([]);
	});

	test('treats an invited person whom FreshBooks lists as inactive as invited', async () => {
		await control('PATCH', '/settings', { pendingInTeamMembers: true });
		await onboard(NEW);
		expect(await onboard(NEW)).toMatchObject({ status: 'alreadyInvited' });
	});

	test('treats an invited person without a seat as invited, not as a member with another role', async () => {
		await control('POST', `/businesses/${BUSINESS}/members`, { email: NEW, role: 'no_seat_employee', identityId: null, invitationDateAccepted: null });
		await control('POST', `/businesses/${BUSINESS}/invitations`, { email: NEW, role: 'business_employee' });
		expect(await onboard(NEW, { waitForAcceptance: true, updateRole: true })).toMatchObject({ status: 'pending' });
		await control('POST', `/businesses/${BUSINESS}/invitations/${NEW}/accept`);
		expect(await onboard(NEW, { waitForAcceptance: true })).toMatchObject({ status: 'alreadyMember' });
	});

	test('keeps the oldest of several pending invitations', async () => {
		for (let count = 0; count < 3; count++) await control('POST', `/businesses/${BUSINESS}/invitations`, { email: NEW });
		const ids = (await pendingFor(NEW)).map(({ id }) => id);
		expect(await onboard(NEW)).toMatchObject({ status: 'alreadyInvited', invitation: { id: Math.min(...ids) }, revokedDuplicates: ids.slice(1) });
		expect((await pendingFor(NEW)).map(({ id }) => id)).toEqual([Math.min(...ids)]);
	});

	test('a 500 after the invitation was stored results in one invitation', async () => {
		await control('POST', '/faults', { kind: 'applyThenFail', route: 'POST /invitations$' });
		expect(await onboard(NEW)).toMatchObject({ status: 'invited' });
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});

	test('a connection that breaks after the invitation was stored results in one invitation', async () => {
		await control('POST', '/faults', { kind: 'applyThenFail', route: 'POST /invitations$', with: 'reset' });
		expect(await onboard(NEW)).toMatchObject({ status: 'invited' });
		expect(await onboard(NEW)).toMatchObject({ status: 'alreadyInvited' });
		expect(await kindsOfChange()).toEqual(['invitationCreated']);
	});

	test('20 runs at the same time, one with a 500 after storing, result in one invitation', async () => {
		await control('PATCH', '/settings', { latencyMs: 20 });
		await control('POST', '/faults', { kind: 'applyThenFail', route: 'POST /invitations$', after: 3 });
		const results = await Promise.all(Array.from({ length: 20 }, async () => await onboard(NEW)));
		const left = await pendingFor(NEW);
		expect(left).toHaveLength(1);
		expect(new Set(results.map(({ status }) => status)).size).toBeGreaterThan(0);
		expect(results.every(({ status }) => status === 'invited' || status === 'alreadyInvited')).toBe(true);
		expect(new Set(results.map(({ invitation }) => (invitation as IDataObject).id))).toEqual(new Set([left[0].id]));
		// Proves the race: several were created.
		expect((await businessState()).invitations.filter(({ email }) => email === NEW).length).toBeGreaterThan(1);
	});

	test('sends no invitation if FreshBooks does not offer the list of invitations', async () => {
		await control('PATCH', '/settings', { profile: 'documented' });
		expect((await shownErrorOf(onboard(NEW))).message).toContain('404');
		expect(await kindsOfChange()).toEqual([]);
	});

	test('refuses a bad address before any request', async () => {
		expect((await shownErrorOf(onboard('not an address'))).message).toContain("Parameter 'Email'");
		expect((await shownErrorOf(onboard(NEW, { invitedAt: 'yesterday-ish' }))).message).toContain("Parameter 'Invited At'");
		expect(await requestsTo('GET', '/me')).toBe(0);
	});
});
