import type { Json } from '../support.mts';
import { OKTA_HEADERS, setActive } from './oktaSteps.mts';
import { patch, post, put, USER, type Request } from './steps.mts';

/** How each identity provider takes a person through a life in FreshBooks. */

export interface Dialect {
	readonly name: string;
	readonly headers: Record<string, string>;
	create(email: string): Request;
	/** `user` is what the service last answered of the person. */
	changeRole(user: Json, role: string): Request;
	deactivate(user: Json): Request;
}

const FRESHBOOKS_USER = 'urn:ietf:params:scim:schemas:extension:freshbooks:2.0:User';

const create = (email: string): Request =>
	post({ schemas: [USER], userName: email, externalId: `ext-${email}`, name: { givenName: 'Lena', familyName: 'Life' }, emails: [{ value: email, type: 'work', primary: true }], active: true });

export const DIALECTS: readonly Dialect[] = [
	{
		name: 'Okta, an app of its wizard',
		headers: OKTA_HEADERS,
		create,
		changeRole: (user, role) => put(user, { roles: [{ value: role, primary: true }], [FRESHBOOKS_USER]: undefined }),
		deactivate: (user) => setActive('wizard', user, false),
	},
	{
		name: 'Okta, an app of its catalog',
		headers: OKTA_HEADERS,
		create,
		changeRole: (user, role) => put(user, { [FRESHBOOKS_USER]: { role } }),
		deactivate: (user) => setActive('catalog', user, false),
	},
	{
		name: 'Entra ID',
		headers: {},
		create,
		changeRole: (user, role) => patch(user, { op: 'Replace', path: 'roles[primary eq "True"].value', value: role }),
		deactivate: (user) => patch(user, { op: 'Replace', value: { active: 'False' } }),
	},
];
