import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { OFFERED_ROLES, roleTitle } from '../people/roles';

/** Fills the list of roles: `Manager (business_manager)`, by what FreshBooks calls them. Sends nothing. */
export async function searchRoles(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const words = filter.trim().toLowerCase();
	const entries = OFFERED_ROLES.map((role) => ({ name: `${roleTitle(role)} (${role})`, value: role }));
	return { results: entries.filter(({ name }) => name.toLowerCase().includes(words)) };
}
