/**
 * A clock for tests: the node's `sleep` returns at once and advances the date and the monotonic clock. Every suite that uses it
 * must mock n8n-workflow itself, because jest hoists mocks within one file only:
 *
 *     jest.mock('n8n-workflow', () => jest.requireActual<typeof import('./clock')>('../harness/clock').withFastSleep());
 */

/** All waits of the node since the start of the test, in milliseconds. */
export const waits: number[] = [];

let holding: (() => void) | undefined;

async function fastSleep(ms: number): Promise<void> {
	waits.push(ms);
	if (holding) {
		holding();
		await new Promise(() => undefined);
	}
	passTime(ms);
}

/** Advances the date and `performance.now()`. Timers are not faked, so none fires. */
export function passTime(ms: number): void {
	jest.advanceTimersByTime(ms);
}

/** From now on waits do not end by themselves. Calls `onWait` when one begins. */
export function holdWaits(onWait: () => void): void {
	holding = onWait;
}

export function withFastSleep(): typeof import('n8n-workflow') {
	return { ...jest.requireActual<typeof import('n8n-workflow')>('n8n-workflow'), sleep: fastSleep };
}

export const START = Date.UTC(2026, 10, 21, 10, 0, 0);

/** Call once in a suite: every test starts at the same time, with no recorded waits. */
export function onAFastClock(): void {
	beforeEach(() => {
		waits.length = 0;
		holding = undefined;
		jest.useFakeTimers({
			now: START,
			doNotFake: [
				'hrtime',
				'nextTick',
				'queueMicrotask',
				'setImmediate',
				'clearImmediate',
				'setInterval',
				'clearInterval',
				'setTimeout',
				'clearTimeout',
			],
		});
	});
	afterEach(() => {
		jest.useRealTimers();
	});
}
