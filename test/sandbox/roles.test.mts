import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BILLSPRING, INVITATIONS, kinds, MEMBERS, TEAM, useSandbox } from './support.mts';
import type { Body } from './support.mts';

const bench = useSandbox();
const USER_INVITATION = '/auth/api/v1/users/invitation';
const TEODOR = 'teodor.wexley@example.com';

const invite = (role: string) => bench.api.post(INVITATIONS, { email: 'new@example.com', role });
const inviteByUser = (capacity: string) =>
	bench.api.post(USER_INVITATION, { capacity, to_email: 'new@example.com', invitable_id: BILLSPRING, invitable_type: 'business' });

async function changeRole(role: string) {
	const { members } = (await bench.api.get(MEMBERS, { params: { per_page: 100 } })).data.response;
	const { id } = members.find(({ email }: Body) => email === TEODOR);
	return await bench.api.put(`${MEMBERS}/${id}`, { role });
}

async function listedRole(): Promise<unknown> {
	const team: Body[] = (await bench.api.get(TEAM, { params: { per_page: 100 } })).data.response;
	return team.find(({ email }) => email === TEODOR)?.business_role_name;
}

/** The name that is sent, and its name in FreshBooks' lists. */
const TAKEN: [string, string][] = [
	['business_partner', 'business_partner'], ['business_manager', 'business_manager'], ['business_employee', 'business_employee'],
	['business_accountant', 'business_accountant'], ['contractor', 'contractor'], ['no_seat_employee', 'no_seat_employee'],
	['admin', 'business_partner'], ['partner', 'business_partner'], ['manager', 'business_manager'],
	['employee', 'business_employee'], ['accountant', 'business_accountant'],
];
const REFUSED = ['owner', 'superuser', 'Manager', 'business_admin', 'constructor', 'staff', 'client'];

describe('a documented role', () => {
	for (const [sent, listed] of TAKEN) {
		it(`${sent} is listed as ${listed}`, async () => {
			assert.deepEqual((await invite(sent)).data.response.invitation.role, listed);
			assert.equal((await inviteByUser(sent)).status, 200);
			const { invitations } = (await bench.api.get(INVITATIONS)).data.response;
			assert.deepEqual(invitations.filter(({ email }: Body) => email === 'new@example.com').map(({ role }: Body) => role), [listed, listed]);
			assert.equal((await changeRole(sent)).data.response.member.role, listed);
			assert.equal(await listedRole(), listed);
		});
	}

	it('stays in the answer of users/invitation as it was sent', async () => {
		assert.equal((await inviteByUser('manager')).data.response.capacity, 'manager');
	});

	it('is the role of the person who accepts', async () => {
		await invite('manager');
		await bench.control('POST', `/businesses/${BILLSPRING}/invitations/new@example.com/accept`);
		const team: Body[] = (await bench.api.get(TEAM, { params: { per_page: 100 } })).data.response;
		assert.equal(team.find(({ email }) => email === 'new@example.com')?.business_role_name, 'business_manager');
	});
});

describe('an undocumented role', () => {
	for (const role of REFUSED) {
		it(`${role} is refused everywhere, in the auth family's envelope`, async () => {
			for (const answer of [await invite(role), await inviteByUser(role), await changeRole(role)]) {
				assert.deepEqual([answer.status, answer.data], [422, { error: 'invalid_resource', error_description: 'Validation failed: Role is not included in the list' }]);
			}
			assert.deepEqual(await kinds(bench), []);
		});
	}
});
