import type { Json } from '../support.mts';
import { StandInServer, type Answer, type Asked } from './standInServer.mts';

/** A user as Microsoft Graph has them. */
export interface EntraUser {
	readonly id: string;
	readonly displayName: string;
	readonly mail: string | null;
	readonly userPrincipalName: string;
	/** Graph shows null to a caller who may not read it. */
	readonly accountEnabled: boolean | null;
}

const ACCESS_TOKEN = 'entra-access-token';

/** Transitive members are of every kind: a group in the group is one, and its people are, too. */
const NESTED_GROUP = { '@odata.type': '#microsoft.graph.group', id: 'id-of-nested', displayName: 'Nested', mail: 'nested@example.com' };

/** A user by address. */
export function entraUser(mail: string, accountEnabled = true): EntraUser {
	const name = mail.split('@')[0] ?? '';
	return { id: `id-of-${name}`, displayName: name, mail, userPrincipalName: `${name}@contoso.onmicrosoft.com`, accountEnabled };
}

/** Which users Graph gives for a filter; undefined for one that the tests do not need. */
function matcherOf(filter: string | null): ((user: EntraUser) => boolean) | undefined {
	if (filter === null) return () => true;
	if (filter === 'accountEnabled eq false') return ({ accountEnabled }) => !accountEnabled;
	const terms = filter.split(' or ').map((term) => /^(mail|userPrincipalName) eq '((?:[^']|'')+)'$/.exec(term));
	if (terms.includes(null)) return undefined;
	const wanted = terms.map((term) => [term?.[1] === 'mail' ? 'mail' : 'userPrincipalName', term?.[2]?.replaceAll("''", "'").toLowerCase()] as const);
	return (user) => wanted.some(([field, value]) => user[field]?.toLowerCase() === value);
}

function graph(status: number, body: unknown): Answer {
	return { status, headers: { 'content-type': 'application/json;odata.metadata=minimal' }, body };
}

function refusal(status: number, code: string, message: string): Answer {
	return graph(status, { error: { code, message, innerError: { date: '2026-11-21T10:15:00' } } });
}

function authorized({ searchParams }: URL): Answer {
	const back = new URL(searchParams.get('redirect_uri') ?? '');
	back.searchParams.set('code', 'entra-code');
	back.searchParams.set('state', searchParams.get('state') ?? '');
	return { status: 302, headers: { location: back.href } };
}

function selected(user: EntraUser, select: string | null): Json {
	const wanted = select?.split(',') ?? [];
	return Object.fromEntries(Object.entries(user).filter(([key]) => wanted.includes(key)));
}

/**
 * An address on 127.0.0.1 that answers as Microsoft's token endpoint does, and as Microsoft Graph does where users and the
 * members of groups are listed (learn.microsoft.com/graph: paging, user-list, group-list-transitivemembers).
 */
export class Entra {
	users: EntraUser[] = [];
	/** Members by the group's ID. */
	groups: Record<string, EntraUser[]> = {};
	/** Paths and queries that Graph was asked, decoded. */
	readonly asked: string[] = [];
	/** Fails from the page of this number on, from 0. */
	failsFromPage = Infinity;
	/** Answers with every user, whatever was filtered for. */
	ignoresFilter = false;
	pageSize = 2;
	#server!: StandInServer;

	static async open(): Promise<Entra> {
		const entra = new Entra();
		entra.#server = await StandInServer.open((asked) => entra.#answer(asked));
		return entra;
	}

	get url(): string {
		return this.#server.url;
	}

	/** What n8n's Microsoft Entra ID credential is filled in with. */
	get credentialData(): Record<string, unknown> {
		return {
			clientId: 'entra-client',
			clientSecret: 'entra-secret',
			authUrl: `${this.url}/common/oauth2/v2.0/authorize`,
			accessTokenUrl: `${this.url}/common/oauth2/v2.0/token`,
			graphApiBaseUrl: this.url,
		};
	}

	/** An empty directory. */
	reset(): void {
		this.users = [];
		this.groups = {};
		this.asked.splice(0);
		this.failsFromPage = Infinity;
		this.ignoresFilter = false;
	}

	#answer({ url, headers }: Asked): Answer {
		const { pathname } = url;
		if (pathname.endsWith('/authorize')) return authorized(url);
		if (pathname.endsWith('/token')) {
			return graph(200, { token_type: 'Bearer', scope: 'User.Read.All', expires_in: 3599, ext_expires_in: 3599, access_token: ACCESS_TOKEN, refresh_token: 'entra-refresh-token' });
		}
		this.asked.push(decodeURIComponent(`${pathname}${url.search}`.replaceAll('+', ' ')));
		if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return refusal(401, 'InvalidAuthenticationToken', 'Access token is empty.');
		const group = /^\/v1\.0\/groups\/([^/]+)\/transitiveMembers$/.exec(pathname)?.[1];
		if (group !== undefined && !(group in this.groups)) return refusal(404, 'Request_ResourceNotFound', `Resource '${group}' does not exist or one of its queried reference-property objects are not present.`);
		return this.#list(url, group);
	}

	#list({ pathname, search, searchParams }: URL, group: string | undefined): Answer {
		const page = Number(searchParams.get('$skiptoken') ?? 0);
		if (page >= this.failsFromPage) return refusal(503, 'serviceNotAvailable', 'The service is temporarily unavailable.');
		const matches = matcherOf(searchParams.get('$filter'));
		if (!matches) return refusal(400, 'Request_UnsupportedQuery', 'Unsupported Query.');
		const all = group === undefined ? this.users.filter((user) => this.ignoresFilter || matches(user)) : (this.groups[group] ?? []);
		const users = all.slice(page * this.pageSize, (page + 1) * this.pageSize).map((user) => ({
			...(group !== undefined && { '@odata.type': '#microsoft.graph.user' }),
			...selected(user, searchParams.get('$select')),
		}));
		const rows = group !== undefined && page === 0 ? [NESTED_GROUP, ...users] : users;
		const next = new URL(`${pathname}${search}`, this.url);
		next.searchParams.set('$skiptoken', String(page + 1));
		const isLast = (page + 1) * this.pageSize >= all.length;
		return graph(200, { '@odata.context': `${this.url}/v1.0/$metadata#users`, ...(!isLast && { '@odata.nextLink': next.href }), value: rows });
	}

	close(): void {
		this.#server.close();
	}
}
