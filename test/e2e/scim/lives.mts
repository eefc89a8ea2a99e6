import type { Json } from '../support.mts';
import { appRole } from './entraSteps.mts';
import { OKTA_HEADERS, setActive } from './oktaSteps.mts';
import { EMPLOYEE, patch, post, put, USER, type Request } from './steps.mts';

/** A person's lifecycle in FreshBooks, with the requests of each identity provider. */

export interface Dialect {
	readonly name: string;
	readonly headers: Record<string, string>;
	/** The role's name in responses, before and after the change. */
	readonly roles: readonly [string, string];
	create(email: string): Request;
	/** From employee to manager. `user` is the service's last response for the person. */
	promote(user: Json): Request;
	deactivate(user: Json): Request;
}

const FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';
const MANAGER = 'business_manager';

const create = (email: string, more: Json = {}): Request =>
	post({ schemas: [USER], userName: email, externalId: `ext-${email}`, name: { givenName: 'Lena', familyName: 'Life' }, emails: [{ value: email, type: 'work', primary: true }], active: true, ...more });

const okta = { headers: OKTA_HEADERS, roles: [EMPLOYEE, MANAGER], create } as const;

const entra = {
	headers: {},
	roles: ['Employee', 'Manager'],
	create: (email: string) => create(email, { roles: [{ primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'Employee' }] }),
} as const;

/** Okta sends the whole user that it read, with its changes; Entra ID only the changes. */
export const DIALECTS: readonly Dialect[] = [
	{
		...okta,
		name: 'Okta, an app of its wizard',
		promote: (user) => put(user, { roles: [{ value: MANAGER, primary: true }] }),
		deactivate: (user) => setActive('wizard', user, false),
	},
	{
		...okta,
		name: 'Okta, an app of its catalog, with the role in the extension',
		promote: (user) => put(user, { [FRESHBOOKS_USER]: { ...(user[FRESHBOOKS_USER] as Json), role: MANAGER } }),
		deactivate: (user) => setActive('catalog', user, false),
	},
	{
		...entra,
		name: 'Entra ID',
		roles: ['Employee', appRole('Manager')],
		promote: (user) => patch(user, { op: 'Add', path: 'roles', value: [{ value: appRole('Manager') }] }),
		deactivate: (user) => patch(user, { op: 'Replace', path: 'active', value: 'False' }),
	},
	{
		...entra,
		name: 'Entra ID with its flag for the form of PATCH',
		promote: (user) => patch(user, { op: 'replace', path: 'roles[primary eq "True"].value', value: 'Manager' }),
		deactivate: (user) => patch(user, { op: 'Replace', value: { active: 'False' } }),
	},
];
