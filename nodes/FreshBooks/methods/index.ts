import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import type * as listSearches from './listSearch';
import { searchRoles } from './roles';

/** Fills the editor's lists. The code is loaded when a list is first opened, because n8n loads each package completely at its start. */

type Searches = typeof listSearches;

function search(name: keyof Searches) {
	return async function (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
		const searches: Searches = await import('./listSearch');
		return await searches[name].call(this, filter, paginationToken);
	};
}

/** For the resource locators. */
export const listSearch = {
	searchBusinesses: search('searchBusinesses'),
	searchAccounts: search('searchAccounts'),
	searchTeamMembers: search('searchTeamMembers'),
	searchBusinessMembers: search('searchBusinessMembers'),
	searchInvitations: search('searchInvitations'),
	searchStaff: search('searchStaff'),
	searchRoles,
} satisfies Record<keyof Searches | 'searchRoles', ReturnType<typeof search>>;

/** For lists that allow several choices. */
export const loadOptions = {
	async getBusinesses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const { getBusinesses } = await import('./loadOptions');
		return await getBusinesses.call(this);
	},
};
