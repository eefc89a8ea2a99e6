// The part of the sandbox's control API that the benchmarks use.
import axios from 'axios';
import { generatedPerson } from '../../sandbox/freshbooks/people.mts';
import type { SandboxAddress } from './stage.mts';

export const BUSINESS = 4242;

async function control(sandbox: SandboxAddress, method: string, route: string, body?: unknown): Promise<unknown> {
	// Not `fetch`: it keeps timers, which a virtual clock would fire.
	const { status, data } = await axios.request<unknown>({ method, url: `${sandbox.url}/sandbox${route}`, data: body, validateStatus: () => true });
	if (status >= 300) throw new Error(`The sandbox answered ${status} to ${method} ${route}: ${JSON.stringify(data)}`);
	return data;
}

/** An answer of the FreshBooks side, as text. */
export async function getText({ url, token }: SandboxAddress, route: string): Promise<string> {
	const { data } = await axios.get<string>(`${url}${route}`, {
		responseType: 'text', transformResponse: (text: string) => text, headers: { authorization: `Bearer ${token}` },
	});
	return data;
}

interface Scene {
	/** How many people, without the connected user. */
	members: number;
	businesses?: number;
	latencyMs?: number;
	/** Requests a second; 429 without Retry-After above. */
	perSecond?: number;
}

/** Replaces all people: businesses numbered from BUSINESS, of `members` people each. */
export async function setScene(sandbox: SandboxAddress, { members, businesses = 1, latencyMs = 0, perSecond }: Scene): Promise<void> {
	await control(sandbox, 'PATCH', '/settings', { latencyMs: 0, rateLimit: null });
	await control(sandbox, 'POST', '/seed', {
		businesses: Array.from({ length: businesses }, (_, index) => ({
			id: BUSINESS + index, name: `Business ${index}`, generate: members, staff: false,
		})),
	});
	await control(sandbox, 'DELETE', '/requests');
	const rateLimit = perSecond === undefined ? null : { perSecond, retryAfter: 'none' };
	await control(sandbox, 'PATCH', '/settings', { latencyMs, rateLimit });
}

interface RequestCount {
	requests: number;
	refused: number;
	/** By method and path, whole numbers replaced with `:id` and UUIDs with `:uuid`. */
	byRoute: Readonly<Record<string, number>>;
}

/** The requests to the sandbox since the scene was set or the last call. */
export async function takeRequestCount(sandbox: SandboxAddress): Promise<RequestCount> {
	const { requests, rateLimited, byRoute } = (await control(sandbox, 'GET', '/stats')) as { requests: number; rateLimited: number; byRoute: Record<string, number> };
	await control(sandbox, 'DELETE', '/requests');
	return { requests, refused: rateLimited, byRoute };
}

const NEW_ROLES = 10;
/** What {@link changePeople} does, as the trigger reports it. */
export const CHANGES = NEW_ROLES + 2;

/** Ten people of the first business get another role, one leaves, one joins: others in each round. */
export async function changePeople(sandbox: SandboxAddress, round: number): Promise<void> {
	const members = `/businesses/${BUSINESS}/members`;
	const addressOf = (place: number): string => encodeURIComponent(generatedPerson(round * (NEW_ROLES + 1) + place).email);
	for (let place = 0; place < NEW_ROLES; place++) await control(sandbox, 'PATCH', `${members}/${addressOf(place)}`, { role: 'business_partner' });
	await control(sandbox, 'DELETE', `${members}/${addressOf(NEW_ROLES)}`);
	await control(sandbox, 'POST', members, { email: `joined.${round}@example.com` });
}

/** The addresses of all invitations of the first business, one entry per invitation. */
export async function invitedAddresses(sandbox: SandboxAddress): Promise<string[]> {
	const { invitations } = (await control(sandbox, 'GET', `/businesses/${BUSINESS}`)) as { invitations: Array<{ email: string }> };
	return invitations.map(({ email }) => email);
}
