/**
 * Runs the people operations on random histories of FreshBooks. An oracle that knows the truth checks the results. A failure
 * prints fast-check's `seed` and `path`. To replay it, or to run one check only:
 * npx jest test/node/people/histories --globals '{"peopleReplay":{"seed":1,"path":"0:1","check":"falseVerified"}}'
 * More histories: npm run fuzz -- --runs 20000 --only histories
 */
import * as fc from 'fast-check';

import { onAFastClock, waits } from '../../harness/clock';
import { attempt, noteShown, reporting, runs } from '../hostile/campaign.cts';
import { histories, type History } from './arbitraries';
import { play } from './context';
import type { Violation } from './evidence';
import { judge } from './oracle';
import { World } from './world';

jest.mock('n8n-workflow', () => jest.requireActual<typeof import('../../harness/clock')>('../../harness/clock').withFastSleep());

onAFastClock();
reporting('people');

declare const peopleReplay: { seed?: number; path?: string; check?: string; numRuns?: number } | undefined;
const { check = undefined, ...REPLAY } = typeof peopleReplay === 'undefined' ? {} : peopleReplay;

/** Reproducible random numbers from 0 to 1 (mulberry32). */
function luckFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

async function violationsIn({ world: plan, runs: plans, luck }: History): Promise<Violation[]> {
	waits.length = 0;
	jest.spyOn(Math, 'random').mockImplementation(luckFrom(luck));
	const world = new World(plan);
	const ended = await play(world, plans);
	jest.spyOn(Math, 'random').mockRestore();
	for (const { shown } of ended) noteShown(shown);
	return judge(world, ended).filter((one) => check === undefined || one.check === check);
}

it('no history makes an execution do or report something false', async () => {
	const property = fc.asyncProperty(histories, async (history) => {
		await attempt(history.runs[0].operation, 'history', async () => {
			const violations = await violationsIn(history);
			if (violations.length > 0) throw new Error(violations.map((one) => `${one.check}: ${one.sentence}`).join('\n'));
			return 'items';
		});
	});
	await fc.assert(property, { ...runs(800), ...REPLAY });
}, 3_600_000);
