// Problems that the trigger had to show to the user, and did not.
import { clock, type Finding } from './findings.mts';
import type { Poll } from './polls.mts';
import type { Watcher } from './triggers.mts';

const HOUR_MS = 3_600_000;
/** The error execution begins when the poll has ended. */
const SHOWN_WITHIN_MS = 10_000;
/** One poll may have no time left for a business. */
const REFUSED_POLLS = 3;

class Judging {
	readonly findings: Finding[] = [];
	readonly #watcher: Watcher;
	readonly #businessId: number;
	readonly #name: string;

	constructor(watcher: Watcher, businessId: number, name: string) {
		this.#watcher = watcher;
		this.#businessId = businessId;
		this.#name = name;
	}

	/** Polls that have ended and read the business. */
	*#polls(): Generator<{ poll: Poll; reading: NonNullable<ReturnType<Poll['readings']['get']>> }> {
		for (const poll of this.#watcher.polls) {
			const reading = poll.readings.get(this.#businessId);
			if (reading && poll.overBy < Infinity) yield { poll, reading };
		}
	}

	#isShown(said: RegExp, from: number, { overBy }: Poll): boolean {
		const isAbout = (text: string): boolean => (text.includes(this.#name) || text.includes(`business ${this.#businessId}`)) && said.test(text);
		return this.#watcher.errors.some(({ at, text }) => at >= from && at <= overBy + SHOWN_WITHIN_MS && isAbout(text));
	}

	#find({ startedAt }: Poll, words: string): void {
		this.findings.push({ kind: 'silent', at: startedAt, words: `${this.#watcher.name}, ${clock(startedAt)}: ${words}` });
	}

	/** A business that may not be read is an error at most once an hour, whatever the other businesses report meanwhile. */
	judgeRefusals(): void {
		let run: Poll[] = [];
		for (const { poll, reading } of this.#polls()) {
			run = reading.refused ? [...run, poll] : [];
			if (run.length !== REFUSED_POLLS || this.#isShown(/permission/, (run[0]?.startedAt ?? 0) - HOUR_MS, poll)) continue;
			this.#find(poll, `FreshBooks refused the people of ${this.#name} in ${REFUSED_POLLS} polls in a row since ${clock(run[0]?.startedAt ?? 0)}, and no error reported it.`);
		}
	}

	/** Somebody whom FreshBooks for more than an hour neither lists nor answers with 404 or 410 is an error, at most once a day. */
	judgeUndecided(): void {
		const since = new Map<string, number>();
		let isFound = false;
		for (const { poll, reading } of this.#polls()) {
			for (const id of reading.undecided) since.set(id, since.get(id) ?? poll.startedAt);
			for (const id of since.keys()) if (reading.clean && !reading.undecided.has(id)) since.delete(id);
			const first = Math.min(...since.values());
			if (isFound || poll.startedAt - first <= HOUR_MS || this.#isShown(/./, first + HOUR_MS, poll)) continue;
			isFound = true;
			this.#find(poll, `FreshBooks says of ${since.size} missing people of ${this.#name} since ${clock(first)} neither that they are there nor that they are gone, and no error reported it.`);
		}
	}
}

/** Judges whether a trigger's error executions reported what they had to. */
export function silencesOf(watcher: Watcher, names: ReadonlyMap<number, string>): Finding[] {
	return watcher.businessIds.flatMap((businessId) => {
		const judging = new Judging(watcher, businessId, names.get(businessId) ?? `business ${businessId}`);
		judging.judgeRefusals();
		judging.judgeUndecided();
		return judging.findings;
	});
}
