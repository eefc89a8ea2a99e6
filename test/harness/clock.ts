/**
 * A clock on which waiting costs nothing: the node's `sleep` returns at once and moves the date and the monotonic clock forward. Every suite that uses it
 * mocks n8n-workflow itself, as jest hoists mocks within one file only:
 *
 *     jest.mock('n8n-workflow', () => jest.requireActual<typeof import('./clock')>('../harness/clock').withFastSleep());
 */

/** Every wait the node asked for since the test began, in milliseconds. */
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

/** Moves the date and `performance.now()` forward; no timer is faked, so none rings. */
export function passTime(ms: number): void {
	jest.advanceTimersByTime(ms);
}

/** From now on a wait never ends by itself; `onWait` is called when one begins. */
export function holdWaits(onWait: () => void): void {
	holding = onWait;
}

export function withFastSleep(): typeof import('n8n-workflow') {
	return { ...jest.requireActual<typeof import('n8n-workflow')>('n8n-workflow'), sleep: fastSleep };
}

export const START = Date.UTC(2026, 10, 21, 10, 0, 0);

/** Call once in a suite: every test starts at the same moment, with no waits noted. */
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
