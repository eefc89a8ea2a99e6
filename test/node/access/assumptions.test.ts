import type { INodeParameters } from 'n8n-workflow';

import { connectedCredential, errorOf, locator, type StoredCredential } from '../../harness/context';
import { businessState, BUSINESS, control, credential, onASandbox, pendingFor, runOnce } from './onSandbox';

/** What a user sees when FreshBooks is other than the sandbox assumes: one setting of the sandbox each. */

const business = locator('id', String(BUSINESS));
const account = locator('id', 'zDmNq');
const getMe = { resource: 'user', operation: 'getMe' };

/** A credential that can refresh its token at the sandbox. */
async function refreshable(): Promise<StoredCredential> {
	const { clientId, clientSecret } = await control<{ clientId: string; clientSecret: string }>('GET', '/oauth');
	return connectedCredential({ ...(await credential()).data, clientId, clientSecret });
}

const staffBy = (email: string, more: INodeParameters = {}): INodeParameters => ({ resource: 'staff', operation: 'getAll', account, returnAll: true, filters: { emailLike: email, ...more } });

describe('a FreshBooks that', () => {
	onASandbox();

	test('requires redirect_uri for a refresh: 12 hours after each connection the error asks to connect again, and a new connection works', async () => {
		await control('PATCH', '/settings', { refreshNeedsRedirectUri: true });
		const stored = await refreshable();
		expect(await runOnce(getMe, { credential: stored })).toHaveLength(1);
		await control('POST', '/oauth/expire');
		expect(await errorOf(getMe, { credential: stored })).toMatchObject({
			message: 'FreshBooks no longer accepts the connection, so the connected user could not be reached [item 0]',
			description: expect.stringContaining('open the FreshBooks credential and connect it again.'),
		});
		expect(await runOnce(getMe, { credential: await refreshable() })).toHaveLength(1);
	});

	test('stores the address of an invitation in lower case: the invitation is found by the address as typed', async () => {
		await control('PATCH', '/settings', { invitedAddress: 'lowerCase' });
		const invite = { resource: 'invitation', operation: 'create', business, email: 'New.Person@Example.com', role: 'business_employee' };
		expect(await runOnce(invite)).toMatchObject([{ email: 'new.person@example.com' }]);
		await runOnce({ resource: 'invitation', operation: 'revoke', business, invitation: locator('email', 'New.Person@Example.com') });
		expect(await pendingFor('new.person@example.com')).toEqual([]);
	});

	test('lists active staff records only: a deleted one is found with the filter for its state', async () => {
		await control('PATCH', '/settings', { staffListed: 'active' });
		const [record] = (await businessState()).staff.slice(-1);
		const { email } = record.fields;
		await runOnce({ resource: 'staff', operation: 'delete', account, staff: locator('id', String(record.id)) });
		expect(await runOnce(staffBy(email))).toEqual([]);
		expect(await runOnce(staffBy(email, { visState: 1 }))).toMatchObject([{ id: record.id, email }]);
	});
});
