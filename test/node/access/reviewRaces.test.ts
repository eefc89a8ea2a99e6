import { onAFastClock } from '../../harness/clock';
import { jsonOf } from '../../harness/context';
import { EXAMPLE, invitationsAnswer, teamMemberRow, teamMembersPage } from '../../harness/examples';
import { onGet, onTheWire, pageOf } from '../../harness/wire';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onTheWire();
onAFastClock();

test('access: review does not miss a person who accepts during the reading of the lists', async () => {
	let accepted = false;
	onGet('/auth/api/v1/users/me').reply(200, EXAMPLE.usersMeFlat);
	onGet(pageOf('/auth/api/v1/business/789/invitations')).reply(200, () => {
		accepted = true;
		return invitationsAnswer([]);
	});
	onGet(pageOf('/auth/api/v1/businesses/789/team_members')).reply(200, () => teamMembersPage(accepted ? [teamMemberRow(1)] : []));
	const people = await jsonOf({ resource: 'access', operation: 'review', directory: 'none' });
	expect(people).toMatchObject([{ email: 'person1@example.com' }]);
});
