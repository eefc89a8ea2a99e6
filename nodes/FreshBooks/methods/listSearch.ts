import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { toListError } from '../shownErrors';
import { listBusinessMembers } from '../api/businessMembers';
import { isJsonObject, refusal } from '../client/errors';
import { checkAccountId, checkIntegerId, type Checked } from '../client/identifiers';
import { getMe } from '../api/me';
import { listInvitations } from '../api/invitations';
import { readCompleteList, type ListRequest } from '../api/lists';
import { listStaff } from '../api/staff';
import { listTeamMembers } from '../api/teamMembers';
import { connect, type FreshBooksClient } from '../client/client';
import { accountEntries, businessEntries, businessMemberEntries, byName, invitationEntry, plainLetters, staffEntry, teamMemberEntry } from './entries';

/**
 * Fills the resource locators' lists. Entries are sorted by name, and a search covers all of them. The editor requests the next
 * step when the user scrolls, and searches again when the user types. The editor shows an empty list as "No results". So a list
 * without entries throws an error with the reason: the editor then shows the error's message and description instead of the
 * list, and no search box. A search that finds nothing stays an empty list (n8n 2.40, ResourceLocator.vue).
 */

/** Entries per step of a list. Each step reads the complete list, because FreshBooks does not sort it by name. */
const STEP = 1_000;

type Search = (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) => Promise<INodeListSearchResult>;

/** Why a list has no entries, and what to do instead. No hyphens: the editor splits a list's message at them. */
interface Nobody {
	message: string;
	wayOut: string;
}

interface List {
	nobody: Nobody;
	/** All entries. */
	all: () => Promise<INodeListSearchItems[]>;
}

async function searched({ all, nobody }: List, filter = '', token?: string): Promise<INodeListSearchResult> {
	const words = plainLetters(filter.trim());
	const from = Math.max(0, Math.floor((Number(token ?? 0) || 0) / STEP) * STEP);
	const entries = (await all()).filter(({ name, value }) => plainLetters(`${name} ${value}`).includes(words)).sort(byName);
	if (entries.length === 0 && words === '') throw refusal(nobody.message, nobody.wayOut);
	const next = from + STEP;
	return { results: entries.slice(from, next), paginationToken: next < entries.length ? String(next) : undefined };
}

/** A list that shows its failures like the node's errors: with a way out. */
function search(listOf: (context: ILoadOptionsFunctions, client: FreshBooksClient) => List): Search {
	return async function (this: ILoadOptionsFunctions, filter, paginationToken) {
		const step = async () => {
			const client = await connect(this);
			return await searched(listOf(this, client), filter, paginationToken);
		};
		return await step().catch((error: unknown) => Promise.reject(toListError(this.getNode(), error)));
	};
}

function currentLocator<T>(context: ILoadOptionsFunctions, name: string, displayName: string, check: (value: unknown) => Checked<T>): T {
	const raw: unknown = context.getCurrentNodeParameter(name);
	const checked = check(isJsonObject(raw) ? raw.value : raw);
	if (checked.ok) return checked.value;
	throw refusal(
		`This list depends on '${displayName}', which is not chosen`,
		`To fix this, choose a '${displayName}' first. If it is an expression, give this one By ID or By Email.`,
	);
}

async function completeList<Row>(client: FreshBooksClient, request: ListRequest<Row>): Promise<Row[]> {
	return await readCompleteList(client, request, (doubt) => client.warn(doubt));
}

const businessIdIn = (context: ILoadOptionsFunctions) => currentLocator(context, 'business', 'Business', checkIntegerId);

function nobodyIn(businessId: number): Nobody {
	return {
		message: `FreshBooks lists nobody in business ${businessId}`,
		wayOut: 'To fix this, choose another business, or connect as an owner or admin of this one.',
	};
}

const NO_BUSINESS: Nobody = {
	message: 'The connected FreshBooks user belongs to no business',
	wayOut: 'To fix this, connect as an owner or admin of a business, or give its ID.',
};

/** The connected user's businesses. */
export const searchBusinesses = search((_context, client) => ({
	nobody: NO_BUSINESS,
	all: async () => businessEntries((await getMe(client)).memberships),
}));

/** The accounting systems of the connected user's businesses. */
export const searchAccounts = search((_context, client) => ({
	nobody: {
		message: 'FreshBooks names no account whose staff records the connected user may work on',
		wayOut: 'To fix this, connect as an owner or admin of a business, or give its account ID.',
	},
	all: async () => accountEntries((await getMe(client)).memberships),
}));

/** Team members by UUID. */
export const searchTeamMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return { nobody: nobodyIn(businessId), all: async () => await completeList(client, listTeamMembers(businessId, teamMemberEntry)) };
});

/** Team members by the whole-number ID that changes and removals need. Names come from the list of team members if it can be read. */
export const searchBusinessMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return {
		nobody: nobodyIn(businessId),
		all: async () => {
			const members = await completeList(client, listBusinessMembers(businessId, (member) => member));
			const complete = members.every(({ firstName, lastName }) => firstName !== null || lastName !== null);
			const team = complete ? [] : await completeList(client, listTeamMembers(businessId, (person) => person)).catch(() => []);
			return businessMemberEntries(members, team);
		},
	};
});

/** Pending invitations. */
export const searchInvitations = search((context, client) => {
	const businessId = businessIdIn(context);
	return {
		nobody: {
			message: `Business ${businessId} has no pending invitation`,
			wayOut: 'Accepted and revoked invitations are not listed. Check Team Members for a person who accepted.',
		},
		// FreshBooks may list invitations that have ended.
		all: async () => {
			const invitations = await completeList(client, listInvitations(businessId, (invitation) => invitation));
			return invitations.filter(({ state }) => state !== 'ended').map(invitationEntry);
		},
	};
});

/** Staff records of the chosen account. */
export const searchStaff = search((context, client) => {
	const accountId = currentLocator(context, 'account', 'Account', checkAccountId);
	return {
		nobody: {
			message: `Account ${accountId} has no staff records`,
			wayOut: 'To fix this, choose another account, or invite a person to the business: that also creates the staff record.',
		},
		all: async () => await completeList(client, listStaff(accountId, {}, staffEntry)),
	};
});
