import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { toListError } from '../shownErrors';
import { listBusinessMembers } from '../api/businessMembers';
import { isJsonObject, refusal } from '../client/errors';
import { checkAccountId, checkIntegerId, type Checked } from '../client/identifiers';
import { getMe } from '../api/me';
import { listInvitations } from '../api/invitations';
import { readWholeList, type ListRequest } from '../api/lists';
import { listStaff } from '../api/staff';
import { listTeamMembers } from '../api/teamMembers';
import { connect, type FreshBooksClient } from '../client/client';
import { accountEntries, businessEntries, businessMemberEntries, byName, invitationEntry, plainLetters, staffEntry, teamMemberEntry } from './entries';

/**
 * What fills the resource locators' lists: sorted by name, and searched over all of them. The editor asks for the next step as
 * one scrolls, and again for what one types. An empty list would be shown as "No results", so one that is empty without anything
 * typed is thrown with its reason: the editor shows an error's message and description in the list's place, but no search box, so
 * a search that finds nothing stays an empty list (n8n 2.40, ResourceLocator.vue).
 */

/** Entries per step of a list. Each step reads the whole list, as FreshBooks sorts by nothing that is asked for here. */
const STEP = 1_000;

type Search = (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) => Promise<INodeListSearchResult>;

/** Why a list has no entries, and what to do instead. Without hyphens, at which the editor cuts a list's message up. */
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

/** A list whose failures are shown as the node's errors are: with a way out. */
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

async function wholeList<Kept>(client: FreshBooksClient, request: ListRequest<Kept>): Promise<Kept[]> {
	return await readWholeList(client, request, (doubt) => client.warn(doubt));
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

/** The token owner's businesses. */
export const searchBusinesses = search((_context, client) => ({
	nobody: NO_BUSINESS,
	all: async () => businessEntries((await getMe(client)).memberships),
}));

/** The accounting systems of the token owner's businesses. */
export const searchAccounts = search((_context, client) => ({
	nobody: {
		message: "The connected user may work on the staff records of no business",
		wayOut: 'To fix this, connect as an owner or admin of a business, or give its account ID.',
	},
	all: async () => accountEntries((await getMe(client)).memberships),
}));

/** Team members by UUID. */
export const searchTeamMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return { nobody: nobodyIn(businessId), all: async () => await wholeList(client, listTeamMembers(businessId, teamMemberEntry)) };
});

/** Members by the whole number that changes and removals need, with names from the list of team members if it can be read. */
export const searchBusinessMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return {
		nobody: nobodyIn(businessId),
		all: async () => {
			const members = await wholeList(client, listBusinessMembers(businessId, (member) => member));
			const complete = members.every(({ firstName, lastName }) => firstName !== null || lastName !== null);
			const team = complete ? [] : await wholeList(client, listTeamMembers(businessId, (person) => person)).catch(() => []);
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
			wayOut: 'Check Team Members: a person who accepted is there. One that was accepted or revoked is not listed.',
		},
		all: async () => await wholeList(client, listInvitations(businessId, invitationEntry)),
	};
});

/** Staff records of the chosen account. */
export const searchStaff = search((context, client) => {
	const accountId = currentLocator(context, 'account', 'Account', checkAccountId);
	return {
		nobody: {
			message: `Account ${accountId} has no staff records`,
			wayOut: 'To fix this, choose another account, or invite a person to the business: that makes the record as well.',
		},
		all: async () => await wholeList(client, listStaff(accountId, {}, staffEntry)),
	};
});
