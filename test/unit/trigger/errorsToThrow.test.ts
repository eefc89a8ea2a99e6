import { ErrorMemory, errorsToThrow, type PollOutcome } from '../../../nodes/FreshBooksTrigger/errorsToThrow';
import type { Report } from '../../../nodes/FreshBooksTrigger/troubleTexts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function aReport(changes: Partial<Report> = {}): Report {
	return { signature: '1:outage', message: '', description: '', everyMs: 15 * MINUTE, blocksPublishing: false, isDue: true, ...changes };
}

/** Polls at the given minutes; the minutes of those that throw. */
function thrownAt(minutes: number[], outcomeAt: (minute: number) => Partial<PollOutcome> & { isActivation?: boolean }, memory = new ErrorMemory()): number[] {
	return minutes.filter((minute) => {
		const { isActivation = false, ...changes } = outcomeAt(minute);
		const outcome: PollOutcome = { reports: [aReport()], hasItems: false, reachedBusinesses: true, isWholeTrigger: true, ...changes };
		return errorsToThrow(memory, outcome, isActivation, minute * MINUTE).length > 0;
	});
}

function every(step: number, until: number): number[] {
	return Array.from({ length: Math.floor(until / step) + 1 }, (_, place) => place * step);
}

describe('an error of the whole trigger', () => {
	it('is thrown at once, and again after its interval', () => {
		expect(thrownAt(every(1, 31), () => ({}))).toEqual([0, 15, 30]);
		expect(thrownAt(every(60, 49 * 60), () => ({ reports: [aReport({ everyMs: DAY })] }))).toEqual([0, 24 * 60, 48 * 60]);
	});

	it('keeps its interval where the trouble comes and goes by itself', () => {
		expect(thrownAt(every(1, 31), (minute) => (minute % 2 ? { reports: [] } : {}))).toEqual([0, 16]);
	});

	it('is thrown at once where a person had fixed it and it breaks again', () => {
		const reports = [aReport({ blocksPublishing: true, everyMs: DAY })];
		expect(thrownAt([0, 1, 2, 3, 4], (minute) => ({ reports: minute === 2 ? [] : reports }))).toEqual([0, 3]);
	});

	it('is not new after a poll that came to no business', () => {
		const reports = [aReport({ blocksPublishing: true, everyMs: DAY })];
		const unreached = { reports: [], reachedBusinesses: false };
		expect(thrownAt([0, 1, 2, 3], (minute) => (minute === 1 ? unreached : { reports }))).toEqual([0]);
	});

	it('is thrown although the clock was set back', () => {
		expect(thrownAt([100, 10], () => ({}))).toEqual([100, 10]);
	});
});

describe('an error of one business among others', () => {
	it('is thrown at most once an hour', () => {
		expect(thrownAt(every(5, 130), () => ({ isWholeTrigger: false }))).toEqual([0, 60, 120]);
	});

	it.each([true, false])('also where it comes and goes (blocks publishing: %p)', (blocksPublishing) => {
		const reports = [aReport({ blocksPublishing, everyMs: DAY })];
		const polls = thrownAt(every(5, 130), (minute) => ({ isWholeTrigger: false, reports: minute % 10 ? [] : reports }));
		expect(polls).toEqual(blocksPublishing ? [0, 60, 120] : [0]);
	});

	it('is thrown sooner once it is the whole trigger’s', () => {
		expect(thrownAt([0, 10, 20], (minute) => ({ isWholeTrigger: minute > 0 }))).toEqual([0, 20]);
	});
});

describe('trouble that the state says is not due', () => {
	it('is for the log', () => {
		expect(thrownAt([0, 1], () => ({ reports: [aReport({ isDue: false })] }))).toEqual([]);
	});

	it('is thrown by a later poll where it was due and could not be thrown', () => {
		const outcomeAt = (minute: number) => ({ isActivation: minute === 0, reports: [aReport({ isDue: minute === 0 })] });
		expect(thrownAt([0, 1, 2, 20], outcomeAt)).toEqual([1]);
	});
});

describe('items', () => {
	it('are emitted first, then the error is thrown, then the items that waited are emitted', () => {
		expect(thrownAt([0, 1, 2, 3, 15, 16, 17, 18], () => ({ hasItems: true }))).toEqual([1, 17]);
	});

	it('never wait for two errors in a row', () => {
		let place = 0;
		const polls = thrownAt(every(1, 20), () => ({ hasItems: true, reports: [aReport({ signature: `${place++ >> 1}:outage` })] }));
		expect(polls.every((minute) => !polls.includes(minute + 1))).toBe(true);
		expect(polls.length).toBeGreaterThan(3);
	});

	it('do not hide trouble that comes and goes', () => {
		expect(thrownAt(every(1, 6), (minute) => ({ hasItems: minute % 2 === 0, reports: minute % 2 ? [] : [aReport()] }))).toEqual([2]);
	});
});

it('an activation throws nothing, and the poll after it does', () => {
	expect(thrownAt([0, 0, 1], (minute) => ({ isActivation: minute === 0 }))).toEqual([1]);
});

it('all that is due is thrown in one error', () => {
	const reports = [aReport(), aReport({ signature: '2:outage' }), aReport({ signature: '3:outage', isDue: false })];
	const outcome = { reports, hasItems: false, reachedBusinesses: true, isWholeTrigger: true };
	expect(errorsToThrow(new ErrorMemory(), outcome, false, 0)).toEqual(reports.slice(0, 2));
});
