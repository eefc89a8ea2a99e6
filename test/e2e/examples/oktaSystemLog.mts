import { createHash, randomUUID } from 'node:crypto';
import type { Json } from '../support.mts';
import { StandInServer, type Answer, type Asked } from './standInServer.mts';

/** The statuses of Okta's users that the tests need (developer.okta.com, Users API). */
type OktaStatus = 'ACTIVE' | 'DEPROVISIONED' | 'leaving' | 'deleted';

const TOKEN = 'okta-token';
/** No event is younger than this when it is read: the log is asked for what came since. */
const AGE_MS = 60_000;

function idOf(login: string): string {
	return `00u${createHash('sha256').update(login).digest('hex').slice(0, 17)}`;
}

/** An event as the System Log has it (developer.okta.com, System Log API and Event Hooks). */
function eventOf(login: string, published: Date): Json {
	return {
		actor: { id: '00u1qw6mqitPHM8AJ0g7', type: 'User', alternateId: 'admin@example.com', displayName: 'Example Admin', detailEntry: null },
		client: { userAgent: null, zone: 'null', device: null, id: null, ipAddress: '203.0.113.7', geographicalContext: null },
		device: null,
		authenticationContext: { authenticationProvider: null, credentialProvider: null, credentialType: null, issuer: null, interface: null, authenticationStep: 0, externalSessionId: 'trsUz2TG3wKS6ar1lvWzHo71w' },
		displayMessage: 'Deactivate Okta user',
		eventType: 'user.lifecycle.deactivate',
		outcome: { result: 'SUCCESS', reason: null },
		published: published.toISOString(),
		securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
		severity: 'INFO',
		debugContext: { debugData: { requestId: 'WcKPxq1f8QLfFvv3UPHhhgAACGM', requestUri: '/api/v1/users/lifecycle/deactivate' } },
		legacyEventType: 'core.user.config.user_deactivated',
		transaction: { type: 'WEB', id: 'WcKPxq1f8QLfFvv3UPHhhgAACGM', detail: {} },
		uuid: randomUUID(),
		version: '0',
		request: { ipChain: [] },
		// Okta lists whatever the event is about, the user among it.
		target: [
			{ id: '0oa1gjh63g214q0Hq0g4', type: 'AppInstance', alternateId: 'FreshBooks', displayName: 'FreshBooks', detailEntry: null },
			{ id: idOf(login), type: 'User', alternateId: login, displayName: login.split('@')[0], detailEntry: null },
		],
	};
}

function refusal(status: number, errorCode: string, errorSummary: string): Answer {
	return { status, body: { errorCode, errorSummary, errorLink: errorCode, errorId: 'oaeHfmOAx1iRLa0H10DeMz5fQ', errorCauses: [] } };
}

/**
 * An address on 127.0.0.1 that answers as Okta's System Log does to a polling request (pages without an end, each with a
 * link to the next one; an empty page when nothing is new), and as its users do.
 */
export class OktaSystemLog {
	/** Queries of the log, as they came. */
	readonly queries: URLSearchParams[] = [];
	readonly statuses = new Map<string, OktaStatus>();
	/** Logins that another, active user has now. */
	readonly reused = new Set<string>();
	/** Fails from the page of this number on, from 0. */
	failsFromPage = Infinity;
	/** Logins that were changed after the deactivation, by the login of then. */
	readonly renamed = new Map<string, string>();
	/** Every question about a user is answered 503. */
	usersFail = false;
	/** What every question about users is answered with, status 200. */
	usersAnswer: unknown;
	pageSize = 2;
	#events: Json[] = [];
	#server!: StandInServer;

	static async open(): Promise<OktaSystemLog> {
		const okta = new OktaSystemLog();
		okta.#server = await StandInServer.open((asked) => okta.#answer(asked));
		return okta;
	}

	get url(): string {
		return this.#server.url;
	}

	/** What n8n's Okta credential is filled in with. */
	get credentialData(): Record<string, unknown> {
		return { url: this.url, accessToken: TOKEN };
	}

	/** Deactivates a user, a while ago. */
	deactivate(login: string, daysAgo = 0): void {
		this.#events.push(eventOf(login, new Date(Date.now() - AGE_MS - daysAgo * 86_400_000)));
		this.statuses.set(login, 'DEPROVISIONED');
	}

	/** The log is too old to hold an event. */
	forgetEvents(): void {
		this.#events = [];
	}

	/** Nobody was ever deactivated. */
	reset(): void {
		this.forgetEvents();
		this.queries.splice(0);
		this.statuses.clear();
		this.reused.clear();
		this.renamed.clear();
		this.failsFromPage = Infinity;
		this.usersFail = false;
		this.usersAnswer = undefined;
	}

	#answer({ url: { pathname, search, searchParams }, headers }: Asked): Answer {
		if (headers.authorization !== `SSWS ${TOKEN}`) return refusal(401, 'E0000011', 'Invalid token provided');
		if (pathname === '/api/v1/users') return this.#users(searchParams.get('filter') ?? '');
		this.queries.push(searchParams);
		const page = Number(searchParams.get('after') ?? 0);
		if (page >= this.failsFromPage) return refusal(429, 'E0000047', 'API call exceeded rate limit due to too many requests.');
		const isPolling = searchParams.get('sortOrder') === 'ASCENDING' && !searchParams.has('until');
		if (!isPolling || (page === 0) !== searchParams.has('since')) return refusal(400, 'E0000053', 'Invalid parameter');
		const since = Date.parse(searchParams.get('since') ?? '1970-01-01');
		const events = this.#events.filter(({ published }) => Date.parse(String(published)) >= since).slice(page * this.pageSize, (page + 1) * this.pageSize);
		const self = new URL(`${pathname}${search}`, this.url);
		const next = new URL(self);
		next.searchParams.delete('since');
		next.searchParams.set('after', String(page + 1));
		return { status: 200, headers: { link: [`<${self.href}>; rel="self"`, `<${next.href}>; rel="next"`] }, body: events };
	}

	/** Users by ID or login, as the tests ask for them. */
	#users(filter: string): Answer {
		if (this.usersFail) return refusal(503, 'E0000010', 'Service is in read only mode');
		if (this.usersAnswer !== undefined) return { status: 200, body: this.usersAnswer };
		const [, id, wanted] = /^id eq "([^"]*)" or profile\.login eq "([^"]*)"$/.exec(filter) ?? [];
		if (id === undefined) return refusal(400, 'E0000031', 'Invalid search criteria.');
		const known = [...this.statuses].map(([login, status]) => ({ id: idOf(login), status, login: this.renamed.get(login) ?? login }));
		const others = [...this.reused].map((login) => ({ id: idOf(`another ${login}`), status: 'ACTIVE', login }));
		const found = [...known, ...others].filter((user) => user.status !== 'deleted' && (user.id === id || user.login === wanted));
		const statusOf = (status: string): Json => (status === 'leaving' ? { status: 'ACTIVE', transitioningToStatus: 'DEPROVISIONED' } : { status, transitioningToStatus: null });
		return { status: 200, body: found.map(({ id: userId, status, login }) => ({ id: userId, ...statusOf(status), profile: { login, email: login } })) };
	}

	close(): void {
		this.#server.close();
	}
}
