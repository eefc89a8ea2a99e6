import type { ChangeItem } from '../../../nodes/FreshBooksTrigger/changes/events';
import { memoryOf } from '../../../nodes/FreshBooksTrigger/processMemory';
import type { TriggerState } from '../../../nodes/FreshBooksTrigger/triggerState';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let count = 0;
const aTrigger = () => `workflow:${count++}`;

function aState(digest: string, changes: Partial<TriggerState> = {}): TriggerState {
	return { v: 1, snapshots: { 'teamMembers:1': { digest } }, awaited: [], missingSince: {}, ...changes } as unknown as TriggerState;
}

function items(length: number): ChangeItem[] {
	return Array.from({ length }, (_, place) => ({ eventId: String(place) }) as ChangeItem);
}

describe('what is remembered of a trigger', () => {
	it('is the same within a day, and dropped when it was not polled for a day', () => {
		const [trigger, other] = [aTrigger(), aTrigger()];
		const memory = memoryOf(trigger, 0);
		memory.endPoll(memory.beginPoll(0) as symbol);
		expect(memoryOf(trigger, DAY - 1)).toBe(memory);
		memoryOf(other, DAY);
		expect(memoryOf(trigger, DAY)).not.toBe(memory);
	});

	it('is kept while a poll is under way', () => {
		const trigger = aTrigger();
		const memory = memoryOf(trigger, 0);
		memory.beginPoll(0);
		expect(memoryOf(trigger, 2 * DAY)).toBe(memory);
	});

	it('is another trigger’s for another name', () => {
		expect(memoryOf('workflow:one', 0)).not.toBe(memoryOf('workflow:other', 0));
	});
});

describe('a poll', () => {
	it('returns at once while another is under way', () => {
		const memory = memoryOf(aTrigger(), 0);
		const first = memory.beginPoll(0) as symbol;
		expect(memory.beginPoll(MINUTE)).toBeUndefined();
		memory.endPoll(first);
		expect(memory.beginPoll(MINUTE)).toBeDefined();
	});

	it('that hangs is given up, and then counts for nothing', () => {
		const memory = memoryOf(aTrigger(), 0);
		const hanging = memory.beginPoll(0) as symbol;
		expect(memory.giveUpHangingPoll(15 * MINUTE - 1)).toBe(false);
		expect(memory.giveUpHangingPoll(15 * MINUTE)).toBe(true);
		expect(memory.giveUpHangingPoll(15 * MINUTE)).toBe(false);
		const next = memory.beginPoll(15 * MINUTE) as symbol;
		expect([memory.isUnderWay(hanging), memory.isUnderWay(next)]).toEqual([false, true]);
		memory.endPoll(hanging);
		expect(memory.isUnderWay(next)).toBe(true);
	});
});

describe('a poll resumes', () => {
	const [before, reached] = [aState('a'), aState('b')];

	it('from what n8n kept, where it kept what the last poll reached', () => {
		const memory = memoryOf(aTrigger(), 0);
		memory.remember(before, reached, items(2));
		const stored: unknown = JSON.parse(JSON.stringify(reached));
		expect(memory.resumeFrom(stored)).toEqual({ state: stored, replay: [] });
	});

	it.each<[string, unknown]>([
		['is the one before', before],
		['is none', undefined],
	])('from memory, with the items, where what n8n hands over %s', (_name, read) => {
		const memory = memoryOf(aTrigger(), 0);
		memory.remember(read, reached, items(2));
		expect(memory.resumeFrom(read)).toEqual({ state: reached, replay: items(2) });
	});

	it('from what n8n kept, where another process has stored it', () => {
		const memory = memoryOf(aTrigger(), 0);
		memory.remember(before, reached, items(2));
		const foreign = aState('c');
		expect(memory.resumeFrom(foreign)).toEqual({ state: foreign, replay: [] });
	});

	it.each<[string, TriggerState]>([
		['who is missing since when', aState('a', { missingSince: { 1: 5 } })],
		['who awaits a baseline', aState('a', { awaited: [7] })],
	])('from memory, where only %s is new', (_name, next) => {
		const memory = memoryOf(aTrigger(), 0);
		memory.remember(before, next, []);
		expect(memory.resumeFrom(before).state).toEqual(next);
	});

	it('from what n8n kept, in whatever order its database keeps keys', () => {
		const memory = memoryOf(aTrigger(), 0);
		const [one, other] = [{ digest: '1' }, { digest: '2' }];
		memory.remember(before, aState('', { snapshots: { one, other }, missingSince: { 2: 1, 1: 1 } } as never), items(1));
		expect(memory.resumeFrom({ missingSince: { 1: 1, 2: 1 }, awaited: [], snapshots: { other, one }, v: 1 }).replay).toEqual([]);
	});
});

describe('items kept for replay', () => {
	/** Of so many triggers that found so many items each: those whose items are kept. */
	function keepers(triggers: number, each: number): number {
		const state = aState(String(count));
		const memories = Array.from({ length: triggers }, () => memoryOf(aTrigger(), 0));
		for (const memory of memories) {
			memory.endPoll(memory.beginPoll(0) as symbol);
			memory.remember(undefined, state, items(each));
		}
		const kept = memories.filter((memory) => memory.resumeFrom(undefined).replay.length > 0).length;
		for (const memory of memories) memory.remember(undefined, state, []);
		return kept;
	}

	it('are at most 10,000 over all triggers', () => {
		expect(keepers(3, 3_000)).toBe(3);
		expect(keepers(8, 3_000)).toBe(3);
		expect(keepers(1, 10_001)).toBe(0);
	});

	it('of a trigger that was dropped make room', () => {
		const hoarder = memoryOf(aTrigger(), 0);
		hoarder.endPoll(hoarder.beginPoll(0) as symbol);
		hoarder.remember(undefined, aState('x'), items(9_000));
		expect(keepers(1, 3_000)).toBe(0);
		memoryOf(aTrigger(), DAY);
		expect(keepers(1, 3_000)).toBe(1);
	});
});
