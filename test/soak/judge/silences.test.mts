import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BEGINNING, BUSINESS, cleanPoll, watcherOf } from './fixtures.mts';
import type { Poll, Reading } from './polls.mts';
import { silencesOf } from './silences.mts';

const MINUTE = 60_000;
const NAMES = new Map([[BUSINESS, 'Alder Works']]);

/** One poll a minute. */
function pollsOf(readings: ReadonlyArray<Partial<Reading>>): Poll[] {
	return readings.map((reading, place) => cleanPoll(place * MINUTE, place * MINUTE + 100, reading));
}

function silent(polls: readonly Poll[], errors: ReadonlyArray<{ minute: number; text: string }> = []): string[] {
	const shown = errors.map(({ minute, text }) => ({ at: BEGINNING + minute * MINUTE + 200, text }));
	return silencesOf({ ...watcherOf([], polls), errors: shown }, NAMES).map(({ words }) => words);
}

describe('a business that may not be read', () => {
	const REFUSED = { clean: false, refused: true };
	const error = { text: 'Alder Works: The connected FreshBooks user has no permission for team members of business 6101' };

	it('has to be an error within three polls in a row', () => {
		const polls = pollsOf([{}, REFUSED, REFUSED, REFUSED, REFUSED]);
		assert.match(silent(polls).join(), /^the trigger, 10:03:00\.000: FreshBooks refused the people of Alder Works in 3 polls in a row since 10:01:00\.000, and no error reported it\.$/);
		for (const minute of [1, 2, 3]) assert.deepEqual(silent(polls, [{ ...error, minute }]), []);
		assert.equal(silent(polls, [{ ...error, minute: 4 }]).length, 1);
	});

	it('need be no error if there was one within the hour before, and one after it', () => {
		const polls = pollsOf([...Array.from({ length: 50 }, () => ({})), REFUSED, REFUSED, REFUSED]);
		assert.deepEqual(silent(polls, [{ ...error, minute: 20 }]), []);
		const later = pollsOf([...Array.from({ length: 90 }, () => ({})), REFUSED, REFUSED, REFUSED]);
		assert.equal(silent(later, [{ ...error, minute: 20 }]).length, 1);
	});

	it('is not reported by an error about another business, or about something else', () => {
		const polls = pollsOf([REFUSED, REFUSED, REFUSED]);
		assert.equal(silent(polls, [{ minute: 1, text: 'Birch & Company: The connected FreshBooks user has no permission' }]).length, 1);
		assert.equal(silent(polls, [{ minute: 1, text: 'Alder Works: FreshBooks is not able to answer' }]).length, 1);
	});

	it('need be no error if a poll in between read it, or the third one has not ended', () => {
		assert.deepEqual(silent(pollsOf([REFUSED, REFUSED, {}, REFUSED, REFUSED])), []);
		const last = pollsOf([REFUSED, REFUSED, REFUSED]).map((poll, place) => (place === 2 ? { ...poll, overBy: Infinity } : poll));
		assert.deepEqual(silent(last), []);
	});
});

describe('somebody who is neither there nor gone', () => {
	const asked = (...ids: string[]): Partial<Reading> => ({ undecided: new Set(ids) });
	const forMinutes = (minutes: number): Array<Partial<Reading>> => Array.from({ length: minutes }, () => asked('ann'));
	const error = { text: 'Alder Works: FreshBooks does not say whether 1 missing person is gone' };

	it('has to be an error after an hour, and not before', () => {
		assert.deepEqual(silent(pollsOf(forMinutes(60))), []);
		assert.match(silent(pollsOf(forMinutes(65))).join(), /says of 1 missing people of Alder Works since 10:00:00\.000/);
		assert.deepEqual(silent(pollsOf(forMinutes(65)), [{ ...error, minute: 61 }]), []);
		assert.equal(silent(pollsOf(forMinutes(65)), [{ ...error, minute: 30 }]).length, 1);
	});

	it('is reported once, and the time continues while polls fail', () => {
		assert.equal(silent(pollsOf(forMinutes(200))).length, 1);
		const failing = [...forMinutes(30), ...Array.from({ length: 30 }, () => ({ clean: false })), ...forMinutes(5)];
		assert.equal(silent(pollsOf(failing)).length, 1);
	});

	it('ends with a poll in which nobody is missing', () => {
		assert.deepEqual(silent(pollsOf([...forMinutes(50), {}, ...forMinutes(50)])), []);
		assert.deepEqual(silent(pollsOf([...forMinutes(50), asked('bob'), ...forMinutes(50)])), []);
	});
});
