import { budgetOf, Places, RequestBudget, wait } from '../../nodes/FreshBooks/client/requestBudget';
import { backoffMs, MAX_TRIES } from '../../nodes/FreshBooks/client/retry';

const QUICK = { durationMs: 20 };
const SLOW = { durationMs: 5_000 };
const THROTTLED = { durationMs: 20, throttled: {} };

async function settle(): Promise<void> {
	for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** Answers come in one after another, each with a place of its own. */
async function answered(budget: RequestBudget, outcome: { durationMs: number; throttled?: object }, times: number): Promise<void> {
	for (let time = 0; time < times; time++) {
		const entering = budget.enter();
		await jest.advanceTimersByTimeAsync(60_000);
		await entering;
		budget.release(outcome);
	}
}

/** Takes places until one has to wait; returns how many were given at once. */
async function takeAll(places: Places): Promise<number> {
	let taken = 0;
	for (let place = 0; place < 40; place++) void places.enter().then(() => taken++);
	await settle();
	return taken;
}

/** When each of `count` requests is let in, in milliseconds from now; each is answered at once. */
async function entries(budget: RequestBudget, count: number): Promise<number[]> {
	const from = Date.now();
	const times: number[] = [];
	for (let request = 0; request < count; request++) {
		void budget.enter().then(() => {
			times.push(Date.now() - from);
			budget.release(QUICK);
		});
	}
	await jest.advanceTimersByTimeAsync(600_000);
	return times;
}

beforeEach(() => {
	jest.useFakeTimers({ now: Date.UTC(2026, 10, 21), doNotFake: ['nextTick', 'setImmediate'] });
});
afterEach(() => {
	jest.useRealTimers();
});

describe('how many at once', () => {
	test('three requests may be under way at first', async () => {
		expect(await takeAll(new RequestBudget())).toBe(3);
	});

	test('each quick answer lets one more begin, up to twelve', async () => {
		const budget = new RequestBudget();
		await answered(budget, QUICK, 2);
		expect(budget.currentLimit).toBe(5);
		await answered(budget, QUICK, 50);
		expect(budget.currentLimit).toBe(12);
		expect(await takeAll(budget)).toBe(12);
	});

	test('an answer much slower than the quickest lets no more begin', async () => {
		const budget = new RequestBudget();
		await answered(budget, QUICK, 1);
		await answered(budget, SLOW, 20);
		expect(budget.currentLimit).toBe(4);
	});

	test('a 429 halves it, and from there it grows by one per round only', async () => {
		const budget = new RequestBudget();
		await answered(budget, QUICK, 9);
		expect(budget.currentLimit).toBe(12);
		await answered(budget, THROTTLED, 1);
		expect(budget.currentLimit).toBe(6);
		await answered(budget, QUICK, 5);
		expect(budget.currentLimit).toBe(6);
		await answered(budget, QUICK, 2);
		expect(budget.currentLimit).toBe(7);
	});

	test('the 429s of requests that were under way together halve it once', async () => {
		const budget = new RequestBudget();
		await answered(budget, QUICK, 9);
		await takeAll(budget);
		await jest.advanceTimersByTimeAsync(50);
		for (let request = 0; request < 12; request++) budget.release({ durationMs: 50, throttled: {} });
		expect(budget.currentLimit).toBe(6);
	});

	test('however many 429s come, one request may still be under way', async () => {
		const budget = new RequestBudget();
		await answered(budget, THROTTLED, 20);
		expect(budget.currentLimit).toBe(1);
		expect(await takeAll(budget)).toBe(1);
	});
});

describe('an announced wait', () => {
	test('holds up every request, and all go on after it', async () => {
		const budget = new RequestBudget();
		await budget.enter();
		budget.release({ durationMs: 0, throttled: { announcedMs: 7_000 } });
		expect((await entries(budget, 2))[0]).toBe(7_000);
	});

	test('counts from the longest of several', async () => {
		const budget = new RequestBudget();
		await takeAll(budget);
		for (const announcedMs of [1_000, 5_000, 100]) budget.release({ durationMs: 0, throttled: { announcedMs } });
		let begun = 0;
		void budget.enter().then(() => begun++);
		await jest.advanceTimersByTimeAsync(4_999);
		expect(begun).toBe(0);
	});

	test('that is longer than anybody would wait holds up nobody else', async () => {
		const budget = new RequestBudget();
		await budget.enter();
		budget.release({ durationMs: 0, throttled: { announcedMs: 3_600_000 } });
		expect((await entries(budget, 1))[0]).toBe(0);
	});
});

describe('the pace after a 429', () => {
	/** Twenty answers spread over a second, then a 429. */
	async function throttledAtTwenty(): Promise<RequestBudget> {
		const budget = new RequestBudget();
		for (let request = 0; request < 20; request++) {
			await budget.enter();
			budget.release(QUICK);
			await jest.advanceTimersByTimeAsync(50);
		}
		await budget.enter();
		budget.release({ durationMs: 0, throttled: {} });
		return budget;
	}

	test('begins below the rate that got through and climbs back to it within a few seconds', async () => {
		const times = await entries(await throttledAtTwenty(), 60);
		const inSecond = (second: number) => times.filter((time) => Math.floor(time / 1_000) === second).length;
		expect(inSecond(0)).toBeGreaterThanOrEqual(14);
		expect(inSecond(0)).toBeLessThanOrEqual(18);
		expect(inSecond(2)).toBeGreaterThanOrEqual(19);
		expect(inSecond(2)).toBeLessThanOrEqual(21);
	});

	test('spaces requests evenly', async () => {
		const times = await entries(await throttledAtTwenty(), 20);
		const gaps = times.slice(1).map((time, index) => time - times[index]);
		expect(Math.max(...gaps)).toBeLessThanOrEqual(80);
		expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(45);
	});

	test('lets a burst count as if it had been spread over its second', async () => {
		const budget = new RequestBudget();
		for (let request = 0; request < 20; request++) {
			await budget.enter();
			budget.release(QUICK);
		}
		await budget.enter();
		budget.release({ durationMs: 0, throttled: {} });
		expect((await entries(budget, 1))[0]).toBe(1_000);
	});

	test('does not hold up a lone request that was refused', async () => {
		const budget = new RequestBudget();
		await budget.enter();
		budget.release(THROTTLED);
		expect(await entries(budget, 1)).toEqual([0]);
	});

	test('is given up once requests get through far faster', async () => {
		const times = await entries(await throttledAtTwenty(), 1_000);
		expect(times[999]).toBe(times[900]);
	});

	test('is remembered through an idle hour', async () => {
		const budget = await throttledAtTwenty();
		await jest.advanceTimersByTimeAsync(3_600_000);
		const times = await entries(budget, 20);
		expect(times[19]).toBeGreaterThan(900);
	});
});

describe('places', () => {
	test('are given in the order in which they were asked for', async () => {
		const places = new Places(1);
		const order: number[] = [];
		await places.enter();
		for (const number of [1, 2, 3]) void places.enter().then(() => order.push(number));
		for (let time = 0; time < 3; time++) {
			places.leave();
			await settle();
		}
		expect(order).toEqual([1, 2, 3]);
	});

	test('go first to those who come again, in their order', async () => {
		const places = new Places(1);
		const order: string[] = [];
		await places.enter();
		void places.enter().then(() => order.push('new'));
		void places.enter(undefined, true).then(() => order.push('again 1'));
		void places.enter(undefined, true).then(() => order.push('again 2'));
		for (let time = 0; time < 3; time++) {
			places.leave();
			await settle();
		}
		expect(order).toEqual(['again 1', 'again 2', 'new']);
	});
});

describe('a cancelled wait', () => {
	test('for a place loses no place', async () => {
		const places = new Places(1);
		const stopped = new AbortController();
		await places.enter();
		const waiting = places.enter(stopped.signal);
		stopped.abort();
		await expect(waiting).rejects.toThrow('cancelled');
		places.leave();
		expect(await takeAll(places)).toBe(1);
	});

	test('lets the next one have the place', async () => {
		const places = new Places(1);
		const stopped = new AbortController();
		await places.enter();
		const waiting = places.enter(stopped.signal).catch(() => 'cancelled');
		let next = false;
		void places.enter().then(() => (next = true));
		stopped.abort();
		places.leave();
		expect(await waiting).toBe('cancelled');
		await settle();
		expect(next).toBe(true);
	});

	test('for the end of an announced wait loses no place', async () => {
		const budget = new RequestBudget();
		const stopped = new AbortController();
		await budget.enter();
		budget.release({ durationMs: 0, throttled: { announcedMs: 60_000 } });
		const waiting = budget.enter(stopped.signal);
		await settle();
		stopped.abort();
		await expect(waiting).rejects.toThrow('cancelled');
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await takeAll(budget)).toBe(1);
	});

	test('that is cancelled already takes no place', async () => {
		const places = new Places(1);
		await expect(places.enter(AbortSignal.abort())).rejects.toThrow('cancelled');
		expect(await takeAll(places)).toBe(1);
	});

	test('leaves no listener behind, nor does one that ended well', async () => {
		const stopped = new AbortController();
		const added = jest.spyOn(stopped.signal, 'addEventListener');
		const removed = jest.spyOn(stopped.signal, 'removeEventListener');
		await new Places(1).enter(stopped.signal);
		expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
	});
});

test('a wait ends after its time, or at once when it is cancelled, and leaves no listener behind', async () => {
	const stopped = new AbortController();
	const removed = jest.spyOn(stopped.signal, 'removeEventListener');
	const waited = wait(1_000, stopped.signal);
	await jest.advanceTimersByTimeAsync(1_000);
	await waited;
	expect(removed).toHaveBeenCalledTimes(1);
	const cut = wait(1_000, stopped.signal);
	stopped.abort();
	await expect(cut).rejects.toThrow('cancelled');
	await expect(wait(1_000, stopped.signal)).rejects.toThrow('cancelled');
});

test('one credential has one budget in this process', () => {
	expect(budgetOf('7')).toBe(budgetOf('7'));
	expect(budgetOf('7')).not.toBe(budgetOf('8'));
});

/** A service that lets so many requests pass in any second and answers 429 above, at once and without Retry-After. */
class Service {
	refused = 0;

	private passed: number[] = [];

	constructor(
		private readonly perSecond: number,
		private readonly latencyMs = 50,
	) {}

	async answer(): Promise<boolean> {
		this.passed = this.passed.filter((time) => time > Date.now() - 1_000);
		if (this.passed.length >= this.perSecond) {
			this.refused++;
			return false;
		}
		this.passed.push(Date.now());
		await wait(this.latencyMs);
		return true;
	}
}

interface Work {
	lost: number;
	mostTries: number;
	seconds: number;
	refused: number;
	/** When each workflow was done, in seconds. */
	ends: number[];
}

/** Workflows of `size` requests at a time send `count` requests each, as the transport does. */
async function work(service: Service, budget: RequestBudget, workflows: number, count: number, size = 5): Promise<Work> {
	const from = Date.now();
	const done: Work = { lost: 0, mostTries: 0, seconds: 0, refused: 0, ends: [] };
	const send = async (): Promise<void> => {
		for (let tried = 1; tried <= MAX_TRIES; tried++) {
			await budget.enter(undefined, tried > 1);
			const beganAt = Date.now();
			const passed = await service.answer();
			done.mostTries = Math.max(done.mostTries, tried);
			budget.release({ durationMs: Date.now() - beganAt, throttled: passed ? undefined : {} });
			if (passed) return;
			await wait(backoffMs(tried, 0.5));
		}
		done.lost++;
	};
	const workflow = async (): Promise<void> => {
		let left = count;
		const worker = async (): Promise<void> => {
			while (left-- > 0) await send();
		};
		await Promise.all(Array.from({ length: size }, worker));
		done.ends.push((Date.now() - from) / 1_000);
	};
	let ended = false;
	void Promise.all(Array.from({ length: workflows }, workflow)).then(() => (ended = true));
	while (!ended) await jest.advanceTimersByTimeAsync(1_000);
	return { ...done, seconds: Math.max(...done.ends), refused: service.refused };
}

describe('against a limit without Retry-After', () => {
	test('1,000 requests at 20 a second: none lost, and at most an eighth longer than the limit itself takes', async () => {
		const done = await work(new Service(20), new RequestBudget(), 1, 1_000);
		expect(done.lost).toBe(0);
		expect(done.mostTries).toBeLessThan(MAX_TRIES);
		expect(done.seconds).toBeLessThan(50 * 1.125);
	});

	test.each([1, 2, 5, 10, 50])('%i a second: nothing is lost', async (perSecond) => {
		const count = perSecond * 40;
		const done = await work(new Service(perSecond), new RequestBudget(), 1, count);
		expect(done.lost).toBe(0);
		expect(done.seconds).toBeLessThan(40 * 1.5);
	});

	test('slow answers change nothing about it', async () => {
		const done = await work(new Service(20, 400), new RequestBudget(), 1, 400, 12);
		expect(done.lost).toBe(0);
		expect(done.seconds).toBeLessThan(20 * 1.25);
	});

	test('ten workflows share it fairly and lose nothing', async () => {
		const done = await work(new Service(20), new RequestBudget(), 10, 50);
		expect(done.lost).toBe(0);
		expect(Math.min(...done.ends)).toBeGreaterThan(0.9 * Math.max(...done.ends));
		expect(done.seconds).toBeLessThan(25 * 1.25);
	});
});

describe("the machine's clock", () => {
	const HOURS_MS = 3 * 3_600_000;

	test.each([
		['before the first 429', {}, 0],
		['after a 429', { throttled: {} }, 2_000],
		['while FreshBooks asks to wait', { throttled: { announcedMs: 60_000 } }, 62_000],
	])('may be set back by hours, %s', async (_name, outcome, longest) => {
		const budget = new RequestBudget();
		await answered(budget, QUICK, 3);
		await budget.enter();
		budget.release({ ...QUICK, ...outcome });
		jest.setSystemTime(Date.now() - HOURS_MS);
		const times = await entries(budget, 3);
		expect(times).toHaveLength(3);
		expect(times[0]).toBeLessThanOrEqual(longest);
	});

	it('set back during a request makes no other one look slow', async () => {
		const budget = new RequestBudget();
		await budget.enter();
		budget.release({ durationMs: -HOURS_MS });
		await answered(budget, { durationMs: 400 }, 12);
		expect(budget.currentLimit).toBe(12);
	});
});
