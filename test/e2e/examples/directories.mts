import { StandInServer, type Answer, type Asked } from './standInServer.mts';
import type { Json } from '../support.mts';

/** A person of the company, as every directory knows them. */
export interface DirectoryPerson {
	readonly email: string;
	/** null: the directory does not show it to this caller. */
	readonly active?: boolean | null;
	/** In Google Workspace: archived, which is not suspended. */
	readonly archived?: boolean;
	/** The role expected in FreshBooks. Entra ID has no field of its own for it. */
	readonly role?: string;
}

export type DirectoryName = 'okta' | 'entra' | 'google';

/** The hosts that n8n's nodes ask, whatever their credential says. */
export const DIRECTORY_HOSTS = ['graph.microsoft.com', 'www.googleapis.com'];

const SINCE = '2024-02-05T09:00:00.000Z';

function oktaUser({ email, active = true, role }: DirectoryPerson, index: number): Json {
	const id = `00u${String(index).padStart(17, '0')}`;
	return {
		id,
		...(active !== null && { status: active ? 'ACTIVE' : 'SUSPENDED' }),
		created: SINCE,
		activated: SINCE,
		statusChanged: SINCE,
		lastLogin: null,
		lastUpdated: SINCE,
		passwordChanged: SINCE,
		type: { id: 'otyfnjfba4ye7pgjB0g4' },
		profile: { firstName: 'A', lastName: 'B', mobilePhone: null, secondEmail: null, login: email, email, ...(role && { freshbooksRole: role }) },
		credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
		_links: { self: { href: `https://your-company.okta.com/api/v1/users/${id}` } },
	};
}

/** Entra ID answers with the selected fields. */
function entraUser({ email, active = true }: DirectoryPerson, index: number, selected: string[]): Json {
	// Without a mailbox `mail` is null.
	const user: Json = { id: `87d349ed-44d7-43e1-9a83-${String(index).padStart(12, '0')}`, accountEnabled: active, mail: index % 2 ? null : email, userPrincipalName: email };
	return Object.fromEntries(Object.entries(user).filter(([field]) => selected.includes(field)));
}

function googleUser({ email, active = true, archived = false, role }: DirectoryPerson, index: number): Json {
	return {
		kind: 'admin#directory#user',
		id: `10${String(index).padStart(19, '0')}`,
		etag: `"e${index}"`,
		primaryEmail: email,
		name: { givenName: 'A', familyName: 'B', fullName: 'A B' },
		isAdmin: false,
		isDelegatedAdmin: false,
		lastLoginTime: SINCE,
		creationTime: SINCE,
		agreedToTerms: true,
		...(active !== null && { suspended: !active, archived }),
		changePasswordAtNextLogin: false,
		ipWhitelisted: false,
		emails: [{ address: email, primary: true }],
		customerId: 'C01b1c2d3',
		orgUnitPath: '/',
		isMailboxSetup: true,
		...(role && { customSchemas: { FreshBooks: { role } } }),
	};
}

/**
 * An address on 127.0.0.1 that answers as the user lists of Okta (`/api/v1/users`), Microsoft Graph (`/v1.0/users`) and
 * Google's Admin SDK (`/admin/directory/v1/users`) do, in pages of `pageSize` people.
 */
export class Directories {
	people: DirectoryPerson[] = [];
	pageSize = 3;
	/** The page, from 1, at which the service is not available. */
	failsAtPage: number | undefined;
	/** Requests that Okta takes before it answers 429. */
	oktaLimit = 50;
	#server!: StandInServer;

	static async open(): Promise<Directories> {
		const directories = new Directories();
		directories.#server = await StandInServer.open((asked) => directories.#answer(asked));
		return directories;
	}

	get url(): string {
		return this.#server.url;
	}

	get port(): number {
		return this.#server.port;
	}

	get asked(): Asked[] {
		return this.#server.asked;
	}

	reset(): void {
		this.people = [];
		this.failsAtPage = undefined;
		this.asked.splice(0);
	}

	close(): void {
		this.#server.close();
	}

	#answer(asked: Asked): Answer {
		const { pathname, searchParams } = asked.url;
		const authorized = asked.headers.authorization;
		if (pathname.startsWith('/api/v1/users')) return authorized === 'SSWS okta-token' ? this.#okta(searchParams) : { status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } };
		if (authorized !== 'Bearer directory-token') return { status: 401, body: { error: { code: 401, message: 'Unauthorized' } } };
		if (pathname === '/v1.0/users') return this.#entra(searchParams);
		if (pathname === '/admin/directory/v1/users') return this.#google(searchParams);
		return { status: 404, body: { error: { code: 404, message: `There is no ${pathname}` } } };
	}

	/** The people from `start` on, and where the next page starts, if there is one. */
	#page(start: number): { people: Array<[DirectoryPerson, number]>; next: number | undefined; fails: boolean } {
		const end = start + this.pageSize;
		const people = this.people.slice(start, end).map((person, index): [DirectoryPerson, number] => [person, start + index]);
		return { people, next: end < this.people.length ? end : undefined, fails: this.failsAtPage === start / this.pageSize + 1 };
	}

	/** Two Link headers, `self` with the cursor of this page: as Okta's reference shows them. */
	#okta(query: URLSearchParams): Answer {
		const after = query.get('after');
		const { people, next, fails } = this.#page(Number(after ?? 0));
		if (fails) return { status: 503, body: { errorCode: 'E0000010', errorSummary: 'Service is in read only mode' } };
		if (this.asked.length > this.oktaLimit) return { status: 429, body: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' } };
		const address = (cursor: string | number | null): string => `<${this.url}/api/v1/users?${cursor === null ? '' : `after=${cursor}&`}limit=200>`;
		const links = [`${address(after)}; rel="self"`, ...(next === undefined ? [] : [`${address(next)}; rel="next"`])];
		return { status: 200, headers: { link: links }, body: people.map(([person, index]) => oktaUser(person, index)) };
	}

	#entra(query: URLSearchParams): Answer {
		const { people, next, fails } = this.#page(Number(query.get('$skiptoken') ?? 0));
		if (fails) return { status: 503, body: { error: { code: 'serviceNotAvailable', message: 'The service is temporarily unavailable.', innerError: { date: SINCE } } } };
		const select = query.get('$select') ?? '';
		const base = 'https://graph.microsoft.com/v1.0';
		return {
			status: 200,
			body: {
				'@odata.context': `${base}/$metadata#users(${select})`,
				...(next !== undefined && { '@odata.nextLink': `${base}/users?$select=${encodeURIComponent(select)}&$skiptoken=${next}` }),
				value: people.map(([person, index]) => entraUser(person, index, select.split(','))),
			},
		};
	}

	/** Without anybody, `users` is absent. */
	#google(query: URLSearchParams): Answer {
		const { people, next, fails } = this.#page(Number(query.get('pageToken') ?? 0));
		if (query.get('customer') !== 'my_customer') return { status: 400, body: { error: { code: 400, message: 'Bad Request' } } };
		if (fails) return { status: 503, body: { error: { code: 503, message: 'The service is currently unavailable.', errors: [{ message: 'The service is currently unavailable.', domain: 'global', reason: 'backendError' }] } } };
		const users = people.map(([person, index]) => googleUser(person, index));
		// A partial answer, such as `users(id,primaryEmail)`: nothing but these fields, not even the next page's token.
		const fields = /^users\((.*)\)$/.exec(query.get('fields') ?? '')?.[1]?.split(',');
		if (fields) return { status: 200, body: { users: users.map((user) => Object.fromEntries(Object.entries(user).filter(([field]) => fields.includes(field)))) } };
		return {
			status: 200,
			body: { kind: 'admin#directory#users', etag: '"list"', ...(users.length > 0 && { users }), ...(next !== undefined && { nextPageToken: String(next) }) },
		};
	}
}
