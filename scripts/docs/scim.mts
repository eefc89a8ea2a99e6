// The answers of the SCIM service, and the items with which it starts the workflow.
import { BILLSPRING } from '../../sandbox/freshbooks/people.mts';
import type { Scene } from './scene.mts';

const NEWCOMER = 'wren.halloway@example.com';
const SCHEMAS = ['urn:ietf:params:scim:schemas:core:2.0:User'];

/** The examples of the SCIM trigger, by name. */
export async function scimExamples(scene: Scene): Promise<Record<string, unknown>> {
	await scene.begin();
	const service = scene.scimService({ business: { __rl: true, mode: 'id', value: BILLSPRING } });
	const body = {
		schemas: SCHEMAS,
		userName: NEWCOMER,
		name: { givenName: 'Wren', familyName: 'Halloway' },
		emails: [{ primary: true, value: NEWCOMER, type: 'work' }],
		externalId: '00ujl29u0le5T6Aj10h7',
		active: true,
	};
	const created = await service.ask('Users', { method: 'POST', body });
	if (created.status !== 201) throw new Error(`The SCIM trigger answered ${created.status}: ${JSON.stringify(created.body)}`);
	return { 'scim.created': created.body, 'scim.provisioned': created.items[0] };
}
