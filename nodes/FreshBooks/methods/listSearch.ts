import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { toNodeError } from '../actions/common/nodeErrors';
import { listBusinessMembers } from '../api/businessMembers';
import { isJsonObject } from '../api/failures';
import { checkAccountId, checkIntegerId, type Checked } from '../api/identifiers';
import { getMe, membershipsOf, type BusinessMembership } from '../api/identity';
import { invitationEmail, invitationId, invitationRole, listInvitations } from '../api/invitations';
import { readList, type ListRequest } from '../api/listing';
import { listStaff } from '../api/staff';
import { listTeamMembers } from '../api/teamMembers';
import { connect, type FreshBooksClient } from '../api/transport';
import { numberOrNull, textOrNull, type WireObject } from '../api/wire';

/** What fills the resource locators' lists. */

/** Entries per step of a list; the editor asks for the next ones as one scrolls. */
const STEP = 100;

type Search = (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) => Promise<INodeListSearchResult>;

function contains(item: INodeListSearchItems, filter: string | undefined): boolean {
	const text = `${item.name} ${item.value}`.toLowerCase();
	return !filter || text.includes(filter.trim().toLowerCase());
}

function stepOf(items: INodeListSearchItems[], filter: string | undefined, token: string | undefined): INodeListSearchResult {
	const matching = items.filter((item) => contains(item, filter));
	const from = Math.max(0, Number(token ?? 0) || 0);
	const next = from + STEP;
	return { results: matching.slice(from, next), paginationToken: next < matching.length ? String(next) : undefined };
}

/** A list whose loader's failures are shown as the node's errors are: with a way out. */
function search(load: (context: ILoadOptionsFunctions, client: FreshBooksClient) => Promise<INodeListSearchItems[]>): Search {
	return async function (this: ILoadOptionsFunctions, filter, paginationToken) {
		const client = await connect(this);
		const loaded = await load(this, client).then(
			(items) => ({ items }),
			(error: unknown) => ({ error }),
		);
		if ('error' in loaded) throw toNodeError(this.getNode(), loaded.error);
		return stepOf(loaded.items, filter, paginationToken);
	};
}

function currentLocator<T>(context: ILoadOptionsFunctions, name: string, displayName: string, check: (value: unknown) => Checked<T>): T {
	const raw: unknown = context.getCurrentNodeParameter(name);
	const checked = check(isJsonObject(raw) ? raw.value : raw);
	if (checked.ok) return checked.value;
	throw new NodeOperationError(context.getNode(), `Choose a '${displayName}' first`, {
		description: `The list depends on it. If '${displayName}' is an expression, give this one by ID or email instead.`,
	});
}

async function rowsOf<Kept>(client: FreshBooksClient, request: ListRequest<Kept>): Promise<Kept[]> {
	return (await readList(client, request)).rows;
}

function label(membership: BusinessMembership): string {
	const name = membership.name ?? `Business ${membership.businessId}`;
	return membership.role === null ? name : `${name} (${membership.role})`;
}

function nameOf(row: WireObject, firstName: string, lastName: string): string | null {
	return textOrNull([textOrNull(row[firstName]), textOrNull(row[lastName])].filter((part) => part !== null).join(' '));
}

function described(parts: Array<string | null>): string {
	const [main, ...rest] = parts.filter((part): part is string => part !== null);
	return rest.length > 0 ? `${main} (${rest.join(', ')})` : (main ?? '');
}

const businessIdIn = (context: ILoadOptionsFunctions) => currentLocator(context, 'business', 'Business', checkIntegerId);

/** The token owner's businesses. */
export const searchBusinesses = search(async (_context, client) =>
	membershipsOf(await getMe(client)).map((membership) => ({ name: label(membership), value: membership.businessId })),
);

/** The accounting systems of the token owner's businesses; businesses without one are left out. */
export const searchAccounts = search(async (_context, client) =>
	membershipsOf(await getMe(client)).flatMap((membership) =>
		membership.accountId === null ? [] : [{ name: label(membership), value: membership.accountId }],
	),
);

/** Team members by UUID. */
export const searchTeamMembers = search(async (context, client) =>
	await rowsOf(
		client,
		listTeamMembers(businessIdIn(context), (row) => ({
			name: described([nameOf(row, 'first_name', 'last_name'), textOrNull(row.email), textOrNull(row.business_role_name)]),
			value: textOrNull(row.uuid) ?? '',
		})),
	),
);

/** Members by the whole number that changes and removals need. */
export const searchBusinessMembers = search(async (context, client) =>
	await rowsOf(
		client,
		listBusinessMembers(businessIdIn(context), (row) => ({
			name: described([nameOf(row, 'first_name', 'last_name'), textOrNull(row.email), textOrNull(row.role)]),
			value: numberOrNull(row.id) ?? 0,
		})),
	),
);

/** Pending invitations. */
export const searchInvitations = search(async (context, client) =>
	await rowsOf(
		client,
		listInvitations(businessIdIn(context), (row) => ({
			name: described([invitationEmail(row), invitationRole(row)]),
			value: invitationId(row) ?? 0,
		})),
	),
);

/** Staff records of the chosen account. */
export const searchStaff = search(async (context, client) =>
	await rowsOf(
		client,
		listStaff(currentLocator(context, 'account', 'Account', checkAccountId), {}, (row) => ({
			name: described([nameOf(row, 'fname', 'lname'), textOrNull(row.email)]),
			value: numberOrNull(row.id) ?? numberOrNull(row.userid) ?? 0,
		})),
	),
);
