import type { StoredSnapshot } from '../../../nodes/FreshBooksTrigger/changes/snapshot';
import { isSinceFirstPoll, readTriggerState, writeTriggerState, type OpenState, type TriggerState } from '../../../nodes/FreshBooksTrigger/triggerState';

const snapshot = { v: 1 } as StoredSnapshot;
const first = readTriggerState(undefined, 'teamMembers');

function written(state: OpenState, kept: number[], polled: Array<[number, StoredSnapshot | undefined]>, missingSince = new Map<number, number>()): TriggerState {
	const next = writeTriggerState(state, 'teamMembers', { kept, snapshots: new Map(polled), missingSince });
	return JSON.parse(JSON.stringify(next)) as TriggerState;
}

it('begins empty with the first poll', () => {
	expect(first).toMatchObject({ isDamaged: false, isFirstPoll: true });
	expect(isSinceFirstPoll(first, 1)).toBe(true);
});

it('keeps what was polled and what is to be kept, and drops the rest', () => {
	const next = readTriggerState(written(first, [1, 2, 3], [[1, snapshot], [2, snapshot], [3, snapshot]]), 'teamMembers');
	expect(Object.keys(written(next, [1, 2], [[1, undefined]]).snapshots)).toEqual(['teamMembers:1', 'teamMembers:2']);
});

it('has nothing to compare with after a change of source', () => {
	const other = readTriggerState(written(first, [1], [[1, snapshot]]), 'businessMembers');
	expect(other.snapshots.size).toBe(0);
	expect(isSinceFirstPoll(other, 1)).toBe(false);
});

it('remembers which businesses of the first poll still await their baseline', () => {
	const next = readTriggerState(written(first, [1, 2], [[1, snapshot]]), 'teamMembers');
	expect([isSinceFirstPoll(next, 2), isSinceFirstPoll(next, 3)]).toEqual([true, false]);
});

it('remembers since when a business is missing', () => {
	const next = readTriggerState(written(first, [1], [[1, snapshot]], new Map([[1, 1_000]])), 'teamMembers');
	expect([...next.missingSince]).toEqual([[1, 1_000]]);
});

const good = { v: 1, snapshots: {}, awaited: [], missingSince: {} };

it.each<[string, unknown]>([
	['a text', 'x'],
	['a number', 5],
	['a list', []],
	['empty', {}],
	['of another version', { ...good, v: 2 }],
	['without snapshots', { ...good, snapshots: [] }],
	['without a list of those awaited', { ...good, awaited: {} }],
	['with a text awaited', { ...good, awaited: ['1'] }],
	['without those missing', { ...good, missingSince: undefined }],
	['with a text as a time', { ...good, missingSince: { 1: 'x' } }],
])('is damaged where it is %s', (_name, stored) => {
	expect(readTriggerState(good, 'teamMembers').isDamaged).toBe(false);
	expect(readTriggerState(stored, 'teamMembers')).toMatchObject({ isDamaged: true, isFirstPoll: false });
});
