// What an identity provider's reads through the SCIM Trigger cost FreshBooks, compared with Get Many.
import { BUSINESS, setScene, takeRequestCount } from '../lib/control.mts';
import { Host, THE_BUSINESS, type ScimService } from '../lib/host.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface ScimInput {
	sandbox: SandboxAddress;
	members: number;
	/** Users on a page of the import. */
	pageSize: number;
	/** Requests sent at the same moment. */
	atOnce: number;
	latencyMs: number;
}

/** Requests to FreshBooks. */
interface Cost {
	/** To the published list of people. */
	list: number;
	/** To all endpoints. */
	all: number;
}

export interface ScimResult {
	getMany: Cost;
	import: Cost;
	atOnce: Cost;
	/** Requests of the provider for one import. */
	pages: number;
}

/** Counted by the sandbox. */
const LIST_ROUTE = 'GET /auth/api/v1/businesses/:id/team_members';

async function costOf(sandbox: SandboxAddress, work: () => Promise<void>): Promise<Cost> {
	await takeRequestCount(sandbox);
	await work();
	const { requests, byRoute } = await takeRequestCount(sandbox);
	return { list: byRoute[LIST_ROUTE] ?? 0, all: requests };
}

/** Every page, one after another, as an import does. Returns the number of pages. */
async function importAll(service: ScimService, { members, pageSize }: ScimInput): Promise<number> {
	const found = new Set<unknown>();
	let pages = 0;
	while (found.size < members) {
		const { Resources } = await service.list('Users', { startIndex: String(pages * pageSize + 1), count: String(pageSize) });
		for (const { id } of Resources) found.add(id);
		pages += 1;
		if (Resources.length === 0) throw new Error(`The import found ${found.size} of ${members} people.`);
	}
	return pages;
}

export async function scim(input: ScimInput, stage: Stage): Promise<ScimResult> {
	const { sandbox, members, atOnce, latencyMs } = input;
	const host = new Host(stage);
	await setScene(sandbox, { members, latencyMs });
	let pages = 0;
	// Each has a credential of its own, so that they share nothing.
	const getMany = await costOf(sandbox, async () => {
		await host.run({ resource: 'teamMember', operation: 'getAll', business: THE_BUSINESS, returnAll: true }, sandbox);
	});
	const imported = await costOf(sandbox, async () => {
		pages = await importAll(host.scimService(sandbox), input);
	});
	const burst = await costOf(sandbox, async () => {
		const service = host.scimService(sandbox);
		const answers = await Promise.all(Array.from({ length: atOnce }, async () => await service.list('Users', { count: '1' })));
		const wrong = answers.find(({ totalResults }) => totalResults !== members);
		if (wrong) throw new Error(`One of ${atOnce} requests found ${wrong.totalResults} of the ${members} people of business ${BUSINESS}.`);
	});
	return { getMany, import: imported, atOnce: burst, pages };
}
