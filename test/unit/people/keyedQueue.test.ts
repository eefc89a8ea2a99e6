import { KeyedQueue } from '../../../nodes/FreshBooks/people/keyedQueue';

const keysOf = (queue: KeyedQueue): number => (Reflect.get(queue, 'last') as Map<string, unknown>).size;

test('work with the same key runs in order, even after a failure', async () => {
	const queue = new KeyedQueue();
	const order: number[] = [];
	const first = queue.run('a', async () => {
		await Promise.resolve();
		order.push(1);
		throw new Error('broken');
	});
	const second = queue.run('a', async () => order.push(2));
	await expect(first).rejects.toThrow('broken');
	await second;
	expect(order).toEqual([1, 2]);
});

test('a key is removed after its last work: a long-running process has a key for each person', async () => {
	const queue = new KeyedQueue();
	await Promise.all(['a', 'a', 'b'].map(async (key) => await queue.run(key, async () => undefined)));
	// The key is removed just after its work.
	for (let turn = 0; turn < 5; turn++) await Promise.resolve();
	expect(keysOf(queue)).toBe(0);
});
