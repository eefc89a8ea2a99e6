import type { IDataObject, INodeParameters } from 'n8n-workflow';
import nock from 'nock';

import { onAFastClock } from '../harness/clock';
import { API, connectedCredential, locator, run } from '../harness/context';
import { invitationRow, memberRow, staffPage, staffRow, teamMemberRow } from '../harness/examples';
import { onLists } from '../harness/lists';
import { onTheWire } from '../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../harness/clock')>('../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

/** A credential with the access Read Team sends no write, whatever FreshBooks would allow. */

const business = locator('id', '789');
const account = locator('id', 'abc');
const EMAIL = 'staff@example.com';
const chosen = { businesses: 'selected', businessIds: [789] };

const WRITES: Array<[string, INodeParameters]> = [
	['Onboard', { resource: 'access', operation: 'onboard', business, email: 'new@example.com', role: 'business_employee' }],
	['Offboard', { resource: 'access', operation: 'offboard', email: EMAIL, ...chosen, options: {} }],
	['Invitation > Create', { resource: 'invitation', operation: 'create', business, email: 'new@example.com', role: 'business_employee' }],
	['Invitation > Revoke', { resource: 'invitation', operation: 'revoke', business, invitation: locator('id', 5) }],
	['Team Member > Update Role', { resource: 'teamMember', operation: 'updateRole', business, member: locator('id', 71), role: 'business_manager' }],
	['Team Member > Remove', { resource: 'teamMember', operation: 'remove', business, member: locator('id', 71) }],
	['Staff > Update', { resource: 'staff', operation: 'update', account, staff: locator('id', 1), updateFields: { fname: 'B' } }],
	['Staff > Delete', { resource: 'staff', operation: 'delete', account, staff: locator('id', 1) }],
	['User > Update Me', { resource: 'user', operation: 'updateMe', updateFields: { company: 'C' } }],
];

test.each(WRITES)('%s sends only reads, and says why', async (name, parameters) => {
	onLists({ team: [teamMemberRow(1, { email: EMAIL, active: true, identity_id: 71 })], members: [memberRow(71, { email: EMAIL })], invitations: [invitationRow(5, { email: 'other@example.com' })] });
	nock(API).get(/staffs/).query(true).optionally().reply(200, staffPage([staffRow(1)]));
	const credential = connectedCredential({ access: 'read', scope: 'user:profile:read user:teams:read' });
	const error = await run(parameters, { credential }).then(
		() => undefined,
		(thrown: Error & { description?: string; context?: IDataObject }) => `${thrown.message} ${thrown.description} ${JSON.stringify(thrown.context?.data)}`,
	);
	expect(error).toContain("'Access' is Read Team");
	// The portal does not offer the scope of Update Me, so another Access would not help.
	if (name === 'User > Update Me') expect(error).not.toContain('Manage Team');
});
