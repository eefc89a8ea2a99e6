import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { toListError } from '../shownErrors';
import { listBusinessMembers } from '../api/businessMembers';
import { isJsonObject, refusal } from '../client/errors';
import { checkAccountId, checkIntegerId, type Checked } from '../client/identifiers';
import { getMe } from '../api/me';
import { listInvitations } from '../api/invitations';
import { PAGE_SIZE, readListPage, readWholeList, type ListRequest } from '../api/lists';
import { listStaff } from '../api/staff';
import { listTeamMembers } from '../api/teamMembers';
import { connect, type FreshBooksClient } from '../client/client';
import { accountEntries, businessEntry, businessMemberEntry, invitationEntry, staffEntry, teamMemberEntry } from './entries';

/**
 * What fills the resource locators' lists. The editor asks for the next step as one scrolls, and again for what one types. An
 * empty list would be shown as "No results", so one that is empty without anything typed is thrown with its reason: the
 * editor shows an error's message and description in the list's place, but no search box, so a search that finds nothing
 * stays an empty list (n8n 2.40, ResourceLocator.vue).
 */

/** Entries per step of a list: as many as FreshBooks gives in one page. */
const STEP = PAGE_SIZE;

type Search = (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) => Promise<INodeListSearchResult>;

/** Why a list has no entries, and what to do instead. Without hyphens, at which the editor cuts a list's message up. */
interface Nobody {
	message: string;
	wayOut: string;
}

interface List {
	nobody: Nobody;
	/** Where FreshBooks pages it: one request shows one step. */
	request?: ListRequest<INodeListSearchItems>;
	/** All entries. */
	all: () => Promise<INodeListSearchItems[]>;
	/** The entries that FreshBooks finds for what was typed, where it can search. */
	found?: (words: string) => Promise<INodeListSearchItems[]>;
}

function contains(item: INodeListSearchItems, words: string): boolean {
	return `${item.name} ${item.value}`.toLowerCase().includes(words);
}

function stepOf(entries: INodeListSearchItems[], from: number, total: number): INodeListSearchResult {
	const next = from + STEP;
	return { results: entries, paginationToken: next < total ? String(next) : undefined };
}

/** One page, where FreshBooks pages the list as asked; undefined where the list must be read whole to be shown in steps. */
async function pageFrom(client: FreshBooksClient, { request }: List, from: number): Promise<INodeListSearchResult | undefined> {
	if (!request) return undefined;
	const { rows, total } = await readListPage(client, request, from / STEP + 1);
	return total === null ? undefined : stepOf(rows, from, total);
}

/** What matches among the entries that FreshBooks finds, else among all: its search may know fewer fields than are shown here. */
async function matching({ all, found }: List, words: string): Promise<INodeListSearchItems[]> {
	const match = (entries: INodeListSearchItems[]) => entries.filter((item) => contains(item, words));
	const hits = words !== '' && found ? match(await found(words)) : [];
	return hits.length > 0 ? hits : match(await all());
}

async function stepFrom(client: FreshBooksClient, list: List, words: string, from: number): Promise<INodeListSearchResult> {
	const page = words === '' ? await pageFrom(client, list, from) : undefined;
	if (page) return page;
	const entries = await matching(list, words);
	return stepOf(entries.slice(from, from + STEP), from, entries.length);
}

async function searched(client: FreshBooksClient, list: List, filter: string | undefined, token: string | undefined): Promise<INodeListSearchResult> {
	const words = (filter ?? '').trim().toLowerCase();
	const from = Math.max(0, Math.floor((Number(token ?? 0) || 0) / STEP) * STEP);
	const step = await stepFrom(client, list, words, from);
	if (step.results.length === 0 && words === '' && from === 0) throw refusal(list.nobody.message, list.nobody.wayOut);
	return step;
}

/** A list whose failures are shown as the node's errors are: with a way out. */
function search(listOf: (context: ILoadOptionsFunctions, client: FreshBooksClient) => List): Search {
	return async function (this: ILoadOptionsFunctions, filter, paginationToken) {
		const step = async () => {
			const client = await connect(this);
			return await searched(client, listOf(this, client), filter, paginationToken);
		};
		return await step().catch((error: unknown) => Promise.reject(toListError(this.getNode(), error)));
	};
}

function currentLocator<T>(context: ILoadOptionsFunctions, name: string, displayName: string, check: (value: unknown) => Checked<T>): T {
	const raw: unknown = context.getCurrentNodeParameter(name);
	const checked = check(isJsonObject(raw) ? raw.value : raw);
	if (checked.ok) return checked.value;
	throw refusal(
		`Choose a '${displayName}' first`,
		`The list depends on it. If '${displayName}' is an expression, give this one by ID or email instead.`,
	);
}

async function wholeList(client: FreshBooksClient, request: ListRequest<INodeListSearchItems>): Promise<INodeListSearchItems[]> {
	return await readWholeList(client, request, (doubt) => client.warn(doubt));
}

/** A list that FreshBooks pages. */
function paged(client: FreshBooksClient, request: ListRequest<INodeListSearchItems>, nobody: Nobody): List {
	return { nobody, request, all: async () => await wholeList(client, request) };
}

const businessIdIn = (context: ILoadOptionsFunctions) => currentLocator(context, 'business', 'Business', checkIntegerId);

function nobodyIn(businessId: number): Nobody {
	return {
		message: `FreshBooks lists nobody in business ${businessId}`,
		wayOut: 'Choose another business. If the person should be there, connect as an owner or admin of it.',
	};
}

const NO_BUSINESS: Nobody = {
	message: 'The connected FreshBooks user belongs to no business',
	wayOut: 'Connect as an owner or admin of a business, or give its ID.',
};

/** The token owner's businesses. */
export const searchBusinesses = search((_context, client) => ({
	nobody: NO_BUSINESS,
	all: async () => (await getMe(client)).memberships.map(businessEntry),
}));

/** The accounting systems of the token owner's businesses; businesses without one are left out. */
export const searchAccounts = search((_context, client) => ({
	nobody: {
		message: "None of the connected user's businesses has an accounting system",
		wayOut: 'Staff records belong to one. Connect as a user of a business that has one, or give its account ID.',
	},
	all: async () => (await getMe(client)).memberships.flatMap(accountEntries),
}));

/** Team members by UUID. */
export const searchTeamMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return paged(client, listTeamMembers(businessId, teamMemberEntry), nobodyIn(businessId));
});

/** Members by the whole number that changes and removals need. */
export const searchBusinessMembers = search((context, client) => {
	const businessId = businessIdIn(context);
	return paged(client, listBusinessMembers(businessId, businessMemberEntry), nobodyIn(businessId));
});

/** Pending invitations. */
export const searchInvitations = search((context, client) => {
	const businessId = businessIdIn(context);
	return {
		nobody: {
			message: `Business ${businessId} has no pending invitation`,
			wayOut: 'One that was accepted or revoked is not listed. A person who accepted is a team member now.',
		},
		// In stitchflow.com's guide this list has no paging.
		all: async () => await wholeList(client, listInvitations(businessId, invitationEntry)),
	};
});

/** Staff by a part of the address and of the name: of filters given together, FreshBooks wants all to match. */
async function foundStaff(client: FreshBooksClient, accountId: string, words: string): Promise<INodeListSearchItems[]> {
	const searches = [{ email_like: words }, ...(words.includes('@') ? [] : [{ user_like: words }])];
	const found = await Promise.all(searches.map(async (search) => await wholeList(client, listStaff(accountId, { search }, staffEntry))));
	return [...new Map(found.flat().map((entry) => [entry.value, entry])).values()];
}

/** Staff records of the chosen account. */
export const searchStaff = search((context, client) => {
	const accountId = currentLocator(context, 'account', 'Account', checkAccountId);
	const list = paged(client, listStaff(accountId, {}, staffEntry), {
		message: `Account ${accountId} has no staff records`,
		wayOut: 'Choose another account. Inviting a person to the business makes the record as well.',
	});
	return { ...list, found: async (words) => await foundStaff(client, accountId, words) };
});
