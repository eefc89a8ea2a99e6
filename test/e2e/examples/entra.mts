import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../support.mts';

/** A user as Microsoft Graph has them. */
export interface EntraUser {
	readonly id: string;
	readonly displayName: string;
	readonly mail: string | null;
	readonly userPrincipalName: string;
	readonly accountEnabled: boolean;
}

const ACCESS_TOKEN = 'entra-access-token';

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
	readonly #server: Server;

	private constructor() {
		this.#server = createServer((request, answer) => this.#answer(request, answer));
	}

	static async open(): Promise<Entra> {
		const entra = new Entra();
		entra.#server.listen(0, '127.0.0.1');
		await once(entra.#server, 'listening');
		return entra;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
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

	#answer({ url = '', headers }: IncomingMessage, answer: ServerResponse): void {
		const address = new URL(url, this.url);
		const send = (status: number, body: unknown): void => void answer.writeHead(status, { 'content-type': 'application/json;odata.metadata=minimal' }).end(JSON.stringify(body));
		const refuse = (status: number, code: string, message: string): void => send(status, { error: { code, message, innerError: { date: '2026-11-21T10:15:00' } } });
		if (address.pathname.endsWith('/authorize')) return this.#authorize(address, answer);
		if (address.pathname.endsWith('/token')) {
			return send(200, { token_type: 'Bearer', scope: 'User.Read.All', expires_in: 3599, ext_expires_in: 3599, access_token: ACCESS_TOKEN, refresh_token: 'entra-refresh-token' });
		}
		this.asked.push(decodeURIComponent(url.replaceAll('+', ' ')));
		if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return refuse(401, 'InvalidAuthenticationToken', 'Access token is empty.');
		const group = /^\/v1\.0\/groups\/([^/]+)\/transitiveMembers$/.exec(address.pathname)?.[1];
		if (group !== undefined && !(group in this.groups)) return refuse(404, 'Request_ResourceNotFound', `Resource '${group}' does not exist or one of its queried reference-property objects are not present.`);
		return this.#list(address, group, send, refuse);
	}

	#authorize({ searchParams }: URL, answer: ServerResponse): void {
		const back = new URL(searchParams.get('redirect_uri') ?? '');
		back.searchParams.set('code', 'entra-code');
		back.searchParams.set('state', searchParams.get('state') ?? '');
		answer.writeHead(302, { location: back.href }).end();
	}

	#list(address: URL, group: string | undefined, send: (status: number, body: unknown) => void, refuse: (status: number, code: string, message: string) => void): void {
		const { searchParams } = address;
		const page = Number(searchParams.get('$skiptoken') ?? 0);
		if (page >= this.failsFromPage) return refuse(503, 'serviceNotAvailable', 'The service is temporarily unavailable.');
		const filter = searchParams.get('$filter');
		const matches = matcherOf(filter);
		if (!matches) return refuse(400, 'Request_UnsupportedQuery', 'Unsupported Query.');
		const all = group === undefined ? this.users.filter((user) => this.ignoresFilter || matches(user)) : (this.groups[group] ?? []);
		const rows = all.slice(page * this.pageSize, (page + 1) * this.pageSize).map((user) => ({
			...(group !== undefined && { '@odata.type': '#microsoft.graph.user' }),
			...selected(user, searchParams.get('$select')),
		}));
		const next = new URL(address);
		next.searchParams.set('$skiptoken', String(page + 1));
		const isLast = (page + 1) * this.pageSize >= all.length;
		return send(200, { '@odata.context': `${this.url}/v1.0/$metadata#users`, ...(!isLast && { '@odata.nextLink': next.href }), value: rows });
	}

	close(): void {
		this.#server.close();
	}
}
