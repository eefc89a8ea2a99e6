// Inviting many people with one run of the node.
import { invitedAddresses, setScene, takeRequestCount } from '../lib/control.mts';
import { Host, THE_BUSINESS } from '../lib/host.mts';
import { measure, type Times, type Ways } from '../lib/measure.mts';
import type { SandboxAddress, Stage } from '../lib/stage.mts';

export interface BatchInput {
	sandbox: SandboxAddress;
	invitations: number;
	latencyMs: number;
	/** Requests a second that the sandbox allows. Undefined: no limit, and one request at a time is measured too. */
	perSecond?: number;
	repeats: number;
}

export interface BatchResult {
	batch: Times;
	sequential?: Times;
	/** Over all runs: people without an invitation, invitations beyond a person's first, requests answered 429. */
	lost: number;
	repeated: number;
	refused: number;
}

/** How many people the warm-up has; all of them would take as long as a measurement. */
const WARM_UP = 50;

export async function batch(input: BatchInput, stage: Stage): Promise<BatchResult> {
	const { sandbox, invitations, latencyMs, perSecond, repeats } = input;
	const host = new Host(stage);
	const scene = { members: 2, latencyMs, ...(perSecond === undefined ? {} : { perSecond }) };
	const totals = { lost: 0, repeated: 0, refused: 0 };
	const people = Array.from({ length: invitations }, (_, index) => ({ email: `person${index}@example.com` }));
	const invite = async (items: Array<{ email: string }>, options: { batchSize?: number }): Promise<void> => {
		const parameters = { resource: 'invitation', operation: 'create', business: THE_BUSINESS, email: '={{ $json.email }}', role: 'business_employee', options };
		await host.run(parameters, sandbox, { items, continueOnFail: true });
	};
	const check = async (): Promise<void> => {
		const invited = await invitedAddresses(sandbox);
		const different = new Set(invited).size;
		totals.lost += invitations - different;
		totals.repeated += invited.length - different;
		totals.refused += (await takeRequestCount(sandbox)).refused;
	};
	const ways: Ways<'batch' | 'sequential'> = {
		batch: async () => await invite(people, {}),
		sequential: async () => await invite(people, { batchSize: 1 }),
	};
	await setScene(sandbox, scene);
	await invite(people.slice(0, WARM_UP), {});
	const around = { before: async () => await setScene(sandbox, scene), after: check, repeats, warmUps: 0 };
	const times = perSecond === undefined ? await measure(ways, around) : await measure({ batch: ways.batch }, around);
	return { ...times, ...totals };
}
