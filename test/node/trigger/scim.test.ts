import type { IDataObject } from 'n8n-workflow';

import { SCIM_FRESHBOOKS_USER } from '../../../nodes/FreshBooks/people/scimUser';
import { onAFastClock } from '../../harness/clock';
import { BILLSPRING, onASandbox, people, published, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';
const SCIM = { outputFormat: 'scim' };

/** What FreshBooks' extension says of a mover, who is watched in one source. */
async function extensionIn(source: 'teamMembers' | 'businessMembers'): Promise<unknown> {
	const trigger = await published({ ...watching([BILLSPRING]), source, options: SCIM });
	await people.change(IVO, { role: 'business_accountant' });
	const [item] = (await trigger.poll()).items;
	return (item.member as unknown as IDataObject)[SCIM_FRESHBOOKS_USER];
}

test('with the output format SCIM a mover is a SCIM user now and before, beside the same event', async () => {
	const parameters = watching([BILLSPRING]);
	const trigger = await published({ ...parameters, options: SCIM });
	const { uuid } = await people.get(IVO);
	await people.change(IVO, { role: 'business_accountant' });
	const [item] = (await trigger.poll()).items;
	expect(item).toMatchObject({
		event: 'roleChanged',
		business: { id: BILLSPRING },
		member: {
			schemas: expect.arrayContaining(['urn:ietf:params:scim:schemas:core:2.0:User']) as unknown,
			id: uuid,
			userName: IVO,
			active: true,
			roles: [{ value: 'business_accountant', display: 'Accountant', primary: true }],
			meta: { resourceType: 'User' },
		},
		previous: { id: uuid, roles: [{ value: 'business_manager' }] },
		changes: { role: { from: 'business_manager', to: 'business_accountant' } },
	});
});

test('the extension names the ID by its kind, and gives dates, as the action node does', async () => {
	const { uuid, memberId } = await people.get(IVO);
	expect(await extensionIn('teamMembers')).toMatchObject({ teamMemberId: uuid, invitationAcceptedAt: '2023-03-09T09:12:40.000Z' });
	await people.change(IVO, { role: 'business_manager' });
	const ofMember = await extensionIn('businessMembers');
	expect(ofMember).toMatchObject({ memberId });
	expect(ofMember).not.toHaveProperty('teamMemberId');
});
