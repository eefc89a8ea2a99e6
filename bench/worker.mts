// A process that runs one task, sends its parent the measurements, and ends.
import { once } from 'node:events';
import type { Stage } from './lib/stage.mts';
import { batch } from './tasks/batch.mts';
import { businesses } from './tasks/businesses.mts';
import { heap } from './tasks/heap.mts';
import { list } from './tasks/list.mts';
import { load } from './tasks/load.mts';
import { poll } from './tasks/poll.mts';
import { scim } from './tasks/scim.mts';

const TASKS: Readonly<Record<string, (input: never, stage: Stage) => Promise<unknown>>> = { batch, businesses, heap, list, load, poll, scim };

process.once('disconnect', () => process.exit(1));
const task = TASKS[process.argv[2] ?? ''];
if (!task) throw new Error(`There is no task '${process.argv[2]}'.`);
const [{ stage, input }] = (await once(process, 'message')) as [{ stage: Stage; input: never }];
const answer = await task(input, stage).then(
	(result) => ({ result }),
	(error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
process.send?.(answer);
