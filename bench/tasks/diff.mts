// What the trigger does with pages that are parsed already, beside parsing them.
import { BUSINESS, getText, setScene } from '../lib/control.mts';
import { Host } from '../lib/host.mts';
import { measure, type Times } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface DiffInput {
	sandbox: SandboxAddress;
	members: number;
	repeats: number;
}

export interface DiffResult {
	parse: Times;
	/** Opening the snapshot, comparing everybody, closing it. */
	diff: Times;
	/** The same, and before it the collecting of rows and picking of fields that the listing does. */
	readAndDiff: Times;
}

interface Listing {
	rows: unknown[];
}

interface Port {
	listPeople(purpose: string): Promise<Listing>;
}

interface Parts {
	freshBooksPort: (client: unknown, businessId: number, source: string) => Port;
	pollBusiness: (port: Port, stored: unknown, settings: unknown) => Promise<{ snapshot: unknown; items: unknown[] }>;
}

const SETTINGS = {
	business: { id: BUSINESS, name: 'Business' },
	source: 'teamMembers',
	events: new Set(['memberAdded', 'memberRemoved', 'memberDeactivated', 'memberReactivated', 'roleChanged']),
	emitExisting: false,
	removalLimit: { maxRemovals: 20, unit: 'percent' },
	maxConfirmations: 50,
};

async function fetchPages(sandbox: SandboxAddress, count: number): Promise<string[]> {
	const texts: string[] = [];
	for (let page = 1; page <= count; page++) {
		texts.push(await getText(sandbox, `/auth/api/v1/businesses/${BUSINESS}/team_members?page=${page}&per_page=100`));
	}
	return texts;
}

export async function diff({ sandbox, members, repeats }: DiffInput, stage: Stage): Promise<DiffResult> {
	const host = new Host(stage);
	const { freshBooksPort } = host.part<Parts>('nodes/FreshBooksTrigger/freshBooksPort.js');
	const { pollBusiness } = host.part<Parts>('nodes/FreshBooksTrigger/changes/pollBusiness.js');
	await setScene(sandbox, { members });
	const texts = await fetchPages(sandbox, Math.ceil(members / 100));
	const pages = texts.map((text) => JSON.parse(text) as unknown);
	const client = { maxInFlight: 1, send: async ({ query }: { query: { page: number } }) => pages[query.page - 1] };
	const port = freshBooksPort(client, BUSINESS, 'teamMembers');
	const listing = await port.listPeople('poll');
	if (listing.rows.length !== members) throw new Error(`${listing.rows.length} of ${members} people were listed.`);
	const { snapshot } = await pollBusiness(port, undefined, SETTINGS);
	const pollWith = async (given: Port): Promise<void> => {
		const { items } = await pollBusiness(given, snapshot, SETTINGS);
		if (items.length > 0) throw new Error(`${items.length} people changed, although nobody did.`);
	};
	return await measure(
		{
			parse: async () => texts.forEach((text) => JSON.parse(text) as unknown),
			diff: async () => await pollWith({ ...port, listPeople: async () => listing }),
			readAndDiff: async () => await pollWith(port),
		},
		{ repeats, warmUps: 1 },
	);
}
