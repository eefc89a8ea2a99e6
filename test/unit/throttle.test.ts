import { shouldRetry, waitBeforeRetry } from '../../nodes/FreshBooks/client/retry';
import { Semaphore, untilAborted, wait } from '../../nodes/FreshBooks/client/semaphore';
import { Throttle, throttleOf } from '../../nodes/FreshBooks/client/throttle';

async function settle(): Promise<void> {
	for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** Acquires until one has to wait; returns how many did not wait. */
async function acquireAll(semaphore: Semaphore): Promise<number> {
	let acquired = 0;
	for (let caller = 0; caller < 40; caller++) void semaphore.acquire().then(() => acquired++);
	await settle();
	return acquired;
}

beforeEach(() => {
	jest.useFakeTimers({ now: Date.UTC(2026, 10, 21), doNotFake: ['nextTick', 'setImmediate'] });
});
afterEach(() => {
	jest.useRealTimers();
});

describe('a semaphore', () => {
	test('allows as many callers as its size', async () => {
		expect(await acquireAll(new Semaphore(3))).toBe(3);
	});

	test('admits callers in the order of their calls', async () => {
		const semaphore = new Semaphore(1);
		const order: number[] = [];
		await semaphore.acquire();
		for (const number of [1, 2, 3]) void semaphore.acquire().then(() => order.push(number));
		for (let time = 0; time < 3; time++) {
			semaphore.release();
			await settle();
		}
		expect(order).toEqual([1, 2, 3]);
	});

	test('has the same free slots after a cancelled wait', async () => {
		const semaphore = new Semaphore(1);
		const stopped = new AbortController();
		await semaphore.acquire();
		const waiting = semaphore.acquire(stopped.signal);
		stopped.abort();
		await expect(waiting).rejects.toThrow('cancelled');
		semaphore.release();
		expect(await acquireAll(semaphore)).toBe(1);
	});

	test('admits the next caller if the first was cancelled', async () => {
		const semaphore = new Semaphore(1);
		const stopped = new AbortController();
		await semaphore.acquire();
		const waiting = semaphore.acquire(stopped.signal).catch(() => 'cancelled');
		let next = false;
		void semaphore.acquire().then(() => (next = true));
		stopped.abort();
		semaphore.release();
		expect(await waiting).toBe('cancelled');
		await settle();
		expect(next).toBe(true);
	});

	test('does not admit a caller that is already cancelled', async () => {
		const semaphore = new Semaphore(1);
		await expect(semaphore.acquire(AbortSignal.abort())).rejects.toThrow('cancelled');
		expect(await acquireAll(semaphore)).toBe(1);
	});

	test('leaves no listener behind', async () => {
		const semaphore = new Semaphore(1);
		const stopped = new AbortController();
		const added = jest.spyOn(stopped.signal, 'addEventListener');
		const removed = jest.spyOn(stopped.signal, 'removeEventListener');
		await semaphore.acquire();
		const waiting = semaphore.acquire(stopped.signal);
		semaphore.release();
		await waiting;
		expect(added).toHaveBeenCalledTimes(1);
		expect(removed).toHaveBeenCalledTimes(1);
	});
});

test('a wait ends after its time, or at once if cancelled, and leaves no listener behind', async () => {
	const stopped = new AbortController();
	const removed = jest.spyOn(stopped.signal, 'removeEventListener');
	const waited = wait(1_000, stopped.signal);
	await jest.advanceTimersByTimeAsync(1_000);
	await waited;
	expect(removed).toHaveBeenCalledTimes(1);
	const cut = wait(1_000, stopped.signal);
	stopped.abort();
	await expect(cut).rejects.toThrow('cancelled');
	await expect(untilAborted(new Promise(() => undefined), stopped.signal)).rejects.toThrow('cancelled');
});

describe('a pause', () => {
	/** When the pause ends for a caller that waits from now, in milliseconds; undefined if not within ten minutes. */
	async function endOf(throttle: Throttle): Promise<number | undefined> {
		const from = performance.now();
		let ended: number | undefined;
		void throttle.untilPauseEnds().then(() => (ended = performance.now() - from));
		await jest.advanceTimersByTimeAsync(600_000);
		return ended;
	}

	test('does not delay callers before it starts', async () => {
		expect(await endOf(new Throttle())).toBe(0);
	});

	test('delays all callers for its time', async () => {
		const throttle = new Throttle();
		throttle.pauseFor(7_000);
		expect(await endOf(throttle)).toBe(7_000);
		expect(await endOf(throttle)).toBe(0);
	});

	test('lasts as long as the longest of several', async () => {
		const throttle = new Throttle();
		for (const ms of [1_000, 5_000, 100]) throttle.pauseFor(ms);
		expect(await endOf(throttle)).toBe(5_000);
	});

	test('is awaited to its new end if it is extended', async () => {
		const throttle = new Throttle();
		throttle.pauseFor(1_000);
		let ended = false;
		void throttle.untilPauseEnds().then(() => (ended = true));
		await jest.advanceTimersByTimeAsync(500);
		throttle.pauseFor(2_000);
		await jest.advanceTimersByTimeAsync(1_999);
		expect(ended).toBe(false);
		await jest.advanceTimersByTimeAsync(1);
		expect(ended).toBe(true);
	});

	test('can be cancelled', async () => {
		const throttle = new Throttle();
		const stopped = new AbortController();
		throttle.pauseFor(60_000);
		const waiting = throttle.untilPauseEnds(stopped.signal);
		stopped.abort();
		await expect(waiting).rejects.toThrow('cancelled');
	});

	test.each([-3, 3])('keeps its length if the system clock changes by %i hours', async (hours) => {
		const throttle = new Throttle();
		throttle.pauseFor(60_000);
		jest.setSystemTime(Date.now() + hours * 3_600_000);
		expect(await endOf(throttle)).toBe(60_000);
	});
});

test('one credential has one throttle in this process', () => {
	expect(throttleOf('7')).toBe(throttleOf('7'));
	expect(throttleOf('7')).not.toBe(throttleOf('8'));
});

/** A service with a limit of requests per second. Above it answers 429 at once, without Retry-After. */
class Service {
	refused = 0;

	private sent: number[] = [];

	constructor(
		private readonly perSecond: number,
		private readonly latencyMs = 50,
	) {}

	async answer(): Promise<boolean> {
		this.sent = this.sent.filter((time) => time > Date.now() - 1_000);
		if (this.sent.length >= this.perSecond) {
			this.refused++;
			return false;
		}
		this.sent.push(Date.now());
		await wait(this.latencyMs);
		return true;
	}
}

interface Work {
	lost: number;
	seconds: number;
	refused: number;
	/** When each workflow ended, in seconds. */
	ends: number[];
}

/** One request, as the client sends it; false if it failed. */
async function send(service: Service, throttle: Throttle): Promise<boolean> {
	const held: Semaphore[] = [throttle.inFlight];
	await throttle.inFlight.acquire();
	let accepted = false;
	for (let tried = 1; !accepted; tried++) {
		await throttle.untilPauseEnds();
		accepted = await service.answer();
		if (accepted) break;
		throttle.pauseFor(waitBeforeRetry(tried, undefined, Math.random()));
		if (!shouldRetry('POST', 'throttled', tried)) break;
		if (held.length > 1) continue;
		await throttle.repeating.acquire();
		held.push(throttle.repeating);
	}
	held.forEach((semaphore) => semaphore.release());
	return accepted;
}

/** Each workflow sends `count` requests, `size` at a time. */
async function work(service: Service, workflows: number, count: number, size = 5): Promise<Work> {
	const throttle = new Throttle();
	const from = Date.now();
	const done: Work = { lost: 0, seconds: 0, refused: 0, ends: [] };
	const workflow = async (): Promise<void> => {
		let left = count;
		const worker = async (): Promise<void> => {
			while (left-- > 0) if (!(await send(service, throttle))) done.lost++;
		};
		await Promise.all(Array.from({ length: size }, worker));
		done.ends.push((Date.now() - from) / 1_000);
	};
	let ended = false;
	void Promise.all(Array.from({ length: workflows }, workflow)).then(() => (ended = true));
	while (!ended) await jest.advanceTimersByTimeAsync(1_000);
	return { ...done, seconds: Math.max(...done.ends), refused: service.refused };
}

describe('with a limit without Retry-After', () => {
	test('1,000 requests at 20 a second: none is lost, in at most 1.6 times the minimum time', async () => {
		const done = await work(new Service(20), 1, 1_000);
		expect(done.lost).toBe(0);
		expect(done.seconds).toBeLessThan(50 * 1.6);
	});

	test.each([1, 2, 5, 10, 50])('%i a second: none is lost', async (perSecond) => {
		const count = perSecond * 40;
		const done = await work(new Service(perSecond), 1, count);
		expect(done.lost).toBe(0);
		expect(done.seconds).toBeLessThan(40 * 2.5);
	});

	test.each([1, 2, 5])('%i a second with twelve at once: none is lost', async (perSecond) => {
		expect((await work(new Service(perSecond), 1, perSecond * 40, 12)).lost).toBe(0);
	});

	test('also with slow responses', async () => {
		const done = await work(new Service(20, 400), 1, 400, 12);
		expect(done.lost).toBe(0);
		expect(done.seconds).toBeLessThan(20 * 1.6);
	});

	test('ten workflows share it fairly and lose no request', async () => {
		const done = await work(new Service(20), 10, 50);
		expect(done.lost).toBe(0);
		expect(Math.min(...done.ends)).toBeGreaterThan(0.8 * Math.max(...done.ends));
		expect(done.seconds).toBeLessThan(25 * 1.6);
	});
});
