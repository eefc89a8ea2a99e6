import { inBatches, type Task } from '../../nodes/FreshBooks/operations/batch';

/** A task that the test ends, and a log of what happened. */
function workshop() {
	const log: string[] = [];
	const ends = new Map<string, { finish: () => void; fail: () => void }>();
	let running = 0;
	let most = 0;
	const task = (name: string, serialKey?: string): Task<string> => ({
		serialKey,
		run: async () => {
			log.push(`start ${name}`);
			most = Math.max(most, ++running);
			try {
				return await new Promise<string>((resolve, reject) => {
					ends.set(name, { finish: () => resolve(name), fail: () => reject(new Error(name)) });
				});
			} finally {
				running--;
				log.push(`end ${name}`);
			}
		},
	});
	const settle = async () => {
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	};
	const finish = async (name: string) => {
		ends.get(name)?.finish();
		await settle();
	};
	const fail = async (name: string) => {
		ends.get(name)?.fail();
		await settle();
	};
	return { log, task, finish, fail, settle, mostAtOnce: () => most };
}

const mayContinue = () => true;
const mustStop = () => false;

test('outcomes have the order of the tasks, whichever ends first', async () => {
	const { task, finish, settle } = workshop();
	const all = inBatches([task('a'), task('b'), task('c')], 3, mayContinue);
	await settle();
	await finish('c');
	await finish('b');
	await finish('a');
	expect(await all).toEqual(['a', 'b', 'c'].map((result) => ({ done: true, result })));
});

test('at most `size` tasks run at the same time, and the next starts as soon as one ends', async () => {
	const { task, finish, settle, log, mostAtOnce } = workshop();
	const all = inBatches(['a', 'b', 'c', 'd'].map((name) => task(name)), 2, mayContinue);
	await settle();
	expect(log).toEqual(['start a', 'start b']);
	await finish('b');
	expect(log).toEqual(['start a', 'start b', 'end b', 'start c']);
	await finish('a');
	await finish('c');
	await finish('d');
	await all;
	expect(mostAtOnce()).toBe(2);
});

test('tasks about the same person run in sequence, others in parallel', async () => {
	const { task, finish, settle, log } = workshop();
	const all = inBatches([task('a1', 'ann'), task('a2', 'ann'), task('b', 'bob'), task('a3', 'ann')], 4, mayContinue);
	await settle();
	expect(log).toEqual(['start a1', 'start b']);
	await finish('a1');
	expect(log).toEqual(['start a1', 'start b', 'end a1', 'start a2']);
	await finish('a2');
	await finish('a3');
	await finish('b');
	expect((await all).map((outcome) => outcome?.done)).toEqual([true, true, true, true]);
});

test('after a failed task, the next one about the same person starts', async () => {
	const { task, finish, fail, settle } = workshop();
	const all = inBatches([task('a1', 'ann'), task('a2', 'ann')], 2, mayContinue);
	await settle();
	await fail('a1');
	await finish('a2');
	expect(await all).toEqual([
		{ done: false, error: new Error('a1') },
		{ done: true, result: 'a2' },
	]);
});

test('after a failure that must stop, no task starts, running tasks are awaited, and the others have no outcome', async () => {
	const { task, finish, fail, settle, log } = workshop();
	const all = inBatches([task('a', 'ann'), task('b'), task('a2', 'ann'), task('c')], 3, mustStop);
	await settle();
	await fail('a');
	await finish('b');
	const outcomes = await all;
	expect(log).not.toContain('start a2');
	expect(log).not.toContain('start c');
	expect(outcomes).toEqual([{ done: false, error: new Error('a') }, { done: true, result: 'b' }, undefined, undefined]);
});

test('no tasks have no outcomes', async () => {
	expect(await inBatches([], 5, mayContinue)).toEqual([]);
});
