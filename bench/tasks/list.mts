// Listing everybody of a business: our node, n8n's HTTP Request node with its own pagination, and the minimum.
import http from 'node:http';
import axios from 'axios';
import { BUSINESS, setScene, takeRequestCount } from '../lib/control.mts';
import { Host, THE_BUSINESS } from '../lib/host.mts';
import { measure, type Times, type Ways } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface ListInput {
	sandbox: SandboxAddress;
	members: number;
	latencyMs: number;
	repeats: number;
}

export interface ListResult {
	/** Requests of one run of our node: to the list, and in all. */
	listRequests: number;
	allRequests: number;
	freshBooks: Times;
	/** Undefined where n8n is not installed. */
	httpRequestNode?: Times;
	floor: Times;
}

const PER_PAGE = 100;
const LIST = `/auth/api/v1/businesses/${BUSINESS}/team_members`;
/** The same, counted by the sandbox. */
const LIST_ROUTE = 'GET /auth/api/v1/businesses/:id/team_members';

interface Page {
	response: unknown[];
	meta: { total: number };
}

/** The settings of the HTTP Request node for FreshBooks' lists. */
function paginationParameters(url: string): Record<string, never> {
	const parameters = {
		method: 'GET',
		url: `${url}${LIST}`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: 'freshBooksOAuth2Api',
		sendQuery: true,
		queryParameters: { parameters: [{ name: 'per_page', value: String(PER_PAGE) }] },
		options: {
			pagination: {
				pagination: {
					paginationMode: 'updateAParameterInEachRequest',
					parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
					paginationCompleteWhen: 'other',
					completeExpression: `={{ $pageCount * ${PER_PAGE} >= $response.body.meta.total }}`,
					limitPagesFetched: false,
					requestInterval: 0,
				},
			},
		},
	};
	return parameters as unknown as Record<string, never>;
}

/** One connection, one page after another, parsed and kept: the cost of the rows themselves. */
async function readBare({ url, token }: SandboxAddress): Promise<number> {
	const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const rows: unknown[] = [];
	for (let page = 1, total = Infinity; rows.length < total; page++) {
		const { data } = await axios.get<string>(`${url}${LIST}?page=${page}&per_page=${PER_PAGE}`, {
			httpAgent, responseType: 'text', transformResponse: (text: string) => text, headers: { authorization: `Bearer ${token}` },
		});
		const body = JSON.parse(data) as Page;
		rows.push(...body.response);
		total = body.meta.total;
	}
	httpAgent.destroy();
	return rows.length;
}

function demand(found: number, members: number, who: string): void {
	if (found !== members) throw new Error(`${who} found ${found} of ${members} people.`);
}

/** The node's Get Many with Return All. */
async function listWithFreshBooks(host: Host, sandbox: SandboxAddress, members: number): Promise<void> {
	const items = await host.run({ resource: 'teamMember', operation: 'getAll', business: THE_BUSINESS, returnAll: true }, sandbox);
	demand(items.length, members, 'Our node');
}

export async function list({ sandbox, members, latencyMs, repeats }: ListInput, stage: Stage): Promise<ListResult> {
	const host = new Host(stage);
	const httpRequestNode = host.httpRequestNode();
	await setScene(sandbox, { members, latencyMs });
	await listWithFreshBooks(host, sandbox, members);
	const { requests: allRequests, byRoute } = await takeRequestCount(sandbox);
	const listRequests = byRoute[LIST_ROUTE] ?? 0;
	const ways: Ways<'freshBooks' | 'floor'> & Partial<Ways<'httpRequestNode'>> = {
		freshBooks: async () => await listWithFreshBooks(host, sandbox, members),
		floor: async () => demand(await readBare(sandbox), members, 'The bare loop'),
	};
	if (httpRequestNode) {
		ways.httpRequestNode = async () => {
			const pages = await host.run(paginationParameters(sandbox.url), sandbox, { rival: httpRequestNode });
			const found = pages.reduce((sum, { json }) => sum + (json as unknown as Page).response.length, 0);
			demand(found, members, 'The HTTP Request node');
		};
	}
	return { listRequests, allRequests, ...(await measure(ways as Ways<'freshBooks' | 'floor'>, { repeats, warmUps: 1 })) };
}
