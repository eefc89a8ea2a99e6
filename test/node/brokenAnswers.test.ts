import type { IDataObject } from 'n8n-workflow';

import { locator } from '../harness/context';
import { BUSINESS, control, onASandbox, pendingFor, requestsTo, runOnce } from './access/onSandbox';

onASandbox();

const EMAIL = 'broken.off@example.com';
const business = locator('id', String(BUSINESS));

describe('an invitation whose response breaks off after FreshBooks created it', () => {
	const ENDPOINTS = ['businessInvitations', 'userInvitation'];
	const FAULTS: Array<[string, IDataObject]> = [
		['a 200', { kind: 'resetMidBody' }],
		['a 500', { kind: 'applyThenFail', with: 'cut' }],
		['a 503', { kind: 'applyThenFail', status: 503, with: 'cut' }],
	];

	test.each(ENDPOINTS.flatMap((endpoint) => FAULTS.map(([name, fault]) => [endpoint, name, fault] as const)))('%s, %s: is searched for, found and not sent again', async (endpoint, _name, fault) => {
		await control('POST', '/faults', { ...fault, route: 'POST /(users/invitation|invitations)$' });
		await runOnce({ resource: 'invitation', operation: 'create', business, email: EMAIL, role: 'contractor', options: { endpoint } });
		expect(await pendingFor(EMAIL)).toHaveLength(1);
		expect((await requestsTo('POST', '/invitations')) + (await requestsTo('POST', '/users/invitation'))).toBe(1);
	});
});
