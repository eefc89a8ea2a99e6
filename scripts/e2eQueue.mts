// npm run e2e:queue [-- --small]: the package on n8n's distributed engine (one main process, two workers, a webhook process,
// Redis, PostgreSQL), with each part broken once. Exits with 1 if a report was false, a token was used twice, or something
// was lost that n8n itself does not lose. --small runs a tenth of it.
import { parseArgs } from 'node:util';
import { installN8n } from '../sandbox/n8n/index.mts';
import { ENGINES } from '../test/e2e/trigger/engines.mts';
import { Campaign, type Size } from '../test/queue/campaign.mts';
import { Cluster } from '../test/queue/cluster.mts';
import { report } from '../test/queue/report.mts';
import { installServices } from '../test/queue/services.mts';
import { giveUp } from './lib/run.mts';

const FULL: Size = {
	people: 3_600,
	actions: { invite: 900, onboard: 800, updateRole: 900, revoke: 700, remove: 700, get: 1_000 },
	perExecution: 20,
	executionsAtKill: 4,
	pollsMeasured: 6,
	provisioned: 60,
};
const SMALL: Size = {
	people: 560,
	actions: { invite: 90, onboard: 80, updateRole: 90, revoke: 70, remove: 70, get: 100 },
	perExecution: 10,
	executionsAtKill: 3,
	pollsMeasured: 3,
	provisioned: 16,
};

let cluster: Cluster | undefined;
let stopping = false;

for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
	process.on(event, () => {
		if (stopping) return;
		stopping = true;
		console.log('\nStopping n8n, its workers and webhook process, Redis, PostgreSQL and the sandbox.');
		void Promise.resolve(cluster?.close({ keepLogs: false })).finally(() => process.exit(1));
	});
}

async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
	const [memory, , cursors] = ENGINES;
	if (!memory || !cursors) throw new Error('n8n is expected to have three trigger engines.');
	await installServices();
	await installN8n();
	cluster = await Cluster.prepare();
	console.log('Starting Redis, PostgreSQL, n8n, two workers and a webhook process.');
	await cluster.start(memory);
	const campaign = await Campaign.open(cluster, memory, values.small ? SMALL : FULL);
	await campaign.play(cursors).catch((error: unknown) => {
		campaign.wrong.push(`cut short: ${error instanceof Error ? error.message : String(error)}`);
	});
	await report(campaign);
	return campaign.wrong.length === 0;
}

try {
	const passed = await main();
	stopping = true;
	await cluster?.close({ keepLogs: !passed });
	process.exit(passed ? 0 : 1);
} catch (error) {
	if (!stopping) {
		stopping = true;
		await cluster?.close({ keepLogs: true });
		giveUp(error);
	}
}
