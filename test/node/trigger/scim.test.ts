import { onAFastClock } from '../../harness/clock';
import { BILLSPRING, onASandbox, people, published, watching } from './onSandbox';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());
onASandbox();
onAFastClock();

const IVO = 'ivo.castellan@example.com';

test('with the output format SCIM a mover is a SCIM user now and before, beside the same event', async () => {
	const parameters = watching([BILLSPRING]);
	const trigger = await published({ ...parameters, options: { outputFormat: 'scim' } });
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
